"""The whole chain over the small drop finds what was planted and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl

SAMPLE = Path(__file__).parents[2] / "sample_data"


def test_found_is_planted(store):
    hedui = [sys.executable, "-c", "import sys; from flows.cli import main; sys.exit(main())"]
    asked = ["run", "--inbox", str(SAMPLE / "drop"), "--store", str(store), "--as-of", "2021-09-30", "--json"]
    run = subprocess.run([*hedui, *asked], cwd=SAMPLE.parent, stdout=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 0
    suspects = pl.read_parquet(Path(json.loads(run.stdout)["run_dir"]) / "suspects.parquet")
    truth = pl.read_csv(SAMPLE / "truth.csv", infer_schema=False)
    keys = ["rule_id", "subject_key", "township_code"]
    assert set(suspects.select(keys).rows()) == set(truth.select(keys).rows())
    assert suspects.height == truth.height
