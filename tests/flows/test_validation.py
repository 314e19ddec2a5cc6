"""The process of the validation: what it answers is all it says on standard output, and a failure that may pass is tried again."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import pytest

from flows import validation
from flows.failures import FULL, PassingError
from flows.plan import RunPlan
from flows.settings import Settings
from transforms.core.run_database import EngineLimits, open_database

ROOT = Path(__file__).parents[2]
NOISY = """
import os, sys
from flows import validation_worker as worker
def answer(asked):
    os.write(1, b"84% (<1 second remaining)\\n")
    print("and Python too")
    return {"checks": [asked["as_of"]], "rejected": {}}
worker._answer = answer
sys.exit(worker.main())
"""
# A first attempt finds the disk full, the next one does not.
FULL_AT_FIRST = """
import errno, pathlib, sys
from flows import validation_worker as worker
def answer(asked):
    tried = pathlib.Path(asked["snapshot"])
    if tried.exists():
        return {"checks": [{"check": asked["as_of"]}], "rejected": {}}
    tried.parent.mkdir(parents=True)
    tried.touch()
    raise OSError(errno.ENOSPC, "No space left on device", "张三.parquet")
worker._answer = answer
sys.exit(worker.main())
"""


def test_native_code_that_prints_does_not_stand_before_the_answer() -> None:
    told = subprocess.run(
        [sys.executable, "-c", NOISY],
        input='{"as_of": "2021-06-30"}\n',
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert [json.loads(line) for line in told.stdout.splitlines()] == [{"checks": ["2021-06-30"], "rejected": {}}]
    assert "84%" in told.stderr


def test_a_full_disk_is_told_as_that_and_validated_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "COMMAND", [sys.executable, "-c", FULL_AT_FIRST])
    monkeypatch.chdir(ROOT)
    plan = RunPlan(tmp_path, "nightly-1", dt.date(2021, 6, 30), inbox=tmp_path / "inbox", snapshot_id="abc")
    validator = validation.Validator()
    try:
        validator.ask(plan, Settings())
        with pytest.raises(PassingError) as failure:
            validator.answer()
        assert FULL in str(failure.value) and "张三" not in str(failure.value)
        assert validator.answer().checks == ({"check": "2021-06-30"},)
    finally:
        validator.stop()


def test_duckdb_draws_no_bar_of_its_own() -> None:
    with open_database(None, EngineLimits()) as con:
        assert con.execute("SELECT current_setting('enable_progress_bar')").fetchone() == (False,)


def test_the_package_is_imported_without_pyspark_even_where_that_is_there_already() -> None:
    code = """
import sys, types
there, inner = types.ModuleType("pyspark"), types.ModuleType("pyspark.sql")
sys.modules |= {"pyspark": there, "pyspark.sql": inner}
from transforms.validate.gx import load
load()
from great_expectations.compatibility import pyspark
print(pyspark.pyspark is there, sys.modules["pyspark"] is there, sys.modules["pyspark.sql"] is inner)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert told.stdout.split() == ["False", "True", "True"]
