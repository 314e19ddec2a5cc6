"""One nightly run of the sample drop on each engine, as whole processes, shared by the tests that only read them."""

import json
import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.flows.command import SAMPLE, SAMPLE_AS_OF, Finished, hedui
from tests.flows.conftest import published
from tests.made_once import made_once

__all__ = ["published"]

#: A short life is not worth Java's second compiler.
QUICK_JAVA = {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m"}
ON_SPARK = ("--engine", "spark", "--spark-master", "local[2]")


@pytest.fixture
def spark_there(program):
    """Java and PySpark; without them the test is skipped, or fails in make test-full."""
    program("Java")
    if find_spec("pyspark") is None:
        (pytest.fail if os.environ.get("HEDUI_TEST_FULL") else pytest.skip)(
            "PySpark is not installed: make setup-extras"
        )


@pytest.fixture
def on_spark(spark_there, tmp_path_factory) -> Path:
    """A store with one published run of the sample drop, linked and checked by Spark; `stderr.txt` beside it is what the run said."""

    def run(folder: Path) -> None:
        done = hedui(
            "run",
            "--inbox",
            SAMPLE,
            "--store",
            folder / "store",
            "--as-of",
            SAMPLE_AS_OF,
            "--json",
            *ON_SPARK,
            env=QUICK_JAVA,
        )
        (folder / "stderr.txt").write_text(done.err)
        assert done.status == 0, done.err

    return made_once(tmp_path_factory, "spark-store", run) / "store"


@pytest.fixture
def on_duckdb(published) -> Path:
    """The same by DuckDB."""
    return published


def latest(store: Path) -> Path:
    """The folder of a store's latest run."""
    return store / "runs" / json.loads((store / "latest.json").read_text())["run_id"]


def rerun(store: Path, township: str, *options: str) -> Finished:
    """A township's rerun."""
    return hedui("rerun", township, "--store", store, "--json", *options, env=QUICK_JAVA)
