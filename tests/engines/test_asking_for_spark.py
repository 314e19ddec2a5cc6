"""`--engine spark` on a machine that lacks something: one message that says what to install, before anything is done."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from flows.cli import app
from tests.flows.command import ROOT, SAMPLE, SAMPLE_AS_OF, hedui
from transforms.engines import EngineUnavailable, spark_session


def fake_java(folder, version):
    folder.mkdir()
    java = folder / "java"
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2020-01-01' >&2\n")
    java.chmod(0o755)
    return folder


@pytest.fixture
def pyspark_there(monkeypatch):
    """As if PySpark were installed."""
    monkeypatch.setattr(spark_session, "find_spec", lambda name: object())
    monkeypatch.delenv("JAVA_HOME", raising=False)


def test_without_pyspark(monkeypatch):
    monkeypatch.setattr(spark_session, "find_spec", lambda name: None)
    with pytest.raises(EngineUnavailable, match=r"pip install 'hedui\[spark\]'.*requirements/spark\.txt"):
        spark_session.check_spark()


def test_without_java(pyspark_there, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineUnavailable, match=r"Java 17 or newer.*default-jre-headless"):
        spark_session.check_spark()


@pytest.mark.parametrize(("version", "major"), [("11.0.22", 11), ("1.8.0_402", 8)])
def test_with_an_old_java(pyspark_there, monkeypatch, tmp_path, version, major):
    monkeypatch.setenv("PATH", str(fake_java(tmp_path / "bin", version)))
    with pytest.raises(EngineUnavailable, match=f"found Java {major}$"):
        spark_session.check_spark()


def test_a_new_java_will_do(pyspark_there, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(fake_java(tmp_path / "bin", "21.0.4")))
    spark_session.check_spark()


def test_java_home_comes_before_the_path(pyspark_there, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(fake_java(tmp_path / "old", "11.0.22")))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    fake_java(tmp_path / "home" / "bin", "17.0.15")
    assert spark_session.java_version() == 17


def test_the_command_says_so_and_leaves_the_store_alone(tmp_path):
    done = hedui(
        "run", "--inbox", SAMPLE, "--store", tmp_path / "store", "--as-of", SAMPLE_AS_OF, "--engine", "spark",
        env={"PATH": str(tmp_path), "JAVA_HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.status == 1
    assert done.err.startswith("hedui: --engine spark needs ")
    assert len(done.err.splitlines()) == 1
    assert not (tmp_path / "store").exists()


def test_an_unknown_engine_is_wrong_usage(tmp_path):
    done = CliRunner().invoke(
        app, ["run", "--inbox", str(SAMPLE), "--store", str(tmp_path / "store"), "--engine", "hive"]
    )
    assert done.exit_code == 2
    assert not (tmp_path / "store").exists()


def test_duckdb_needs_nothing_of_spark():
    imported = "import flows.stages, flows.engine, transforms.linkage.runner, sys; print([m for m in ('pyspark', 'sqlglot') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", imported], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
