"""The process of the validation: what it answers is all it says on standard output."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from transforms.core.run_database import EngineLimits, open_database

ROOT = Path(__file__).parents[2]
NOISY = """
import os, sys
from transforms.validate import worker
def answer(asked):
    os.write(1, b"84% (<1 second remaining)\\n")
    print("and Python too")
    return {"checks": [asked["as_of"]], "rejected": {}}
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
