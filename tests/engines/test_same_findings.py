"""Every rule on both engines over the sample drop: the same links, the same findings, the same lists."""

import json
from collections import Counter

import duckdb
import pytest

from rules.engine.corpus import load_corpus
from tests.engines.conftest import ON_SPARK, latest, rerun
from transforms.linkage.files import EXACT, SNAPSHOT_TABLES

# A whole night on Spark.
pytestmark = [pytest.mark.full, pytest.mark.early]

#: Of a run, not of what it found.
OF_THE_RUN = ("run_id",)


def manifest(run_dir):
    return json.loads((run_dir / "manifest.json").read_text(encoding="utf-8"))


def rows(file, keep="TRUE"):
    """Every row of a Parquet file as text, doubles to nine places, in order; the columns that name the run left out."""
    with duckdb.connect() as con:
        kinds = con.execute(f"DESCRIBE SELECT * FROM '{file}'").fetchall()
        columns = [f'round("{n}", 9)' if kind == "DOUBLE" else f'"{n}"' for n, kind, *_ in kinds if n not in OF_THE_RUN]
        return con.execute(f"SELECT {', '.join(columns)} FROM '{file}' WHERE {keep} ORDER BY ALL").fetchall()


def test_every_rule_was_evaluated_by_spark(on_spark):
    said = manifest(latest(on_spark))
    assert said["engine"] == "spark"
    assert {i: r["status"] for i, r in said["rules"].items()} == dict.fromkeys(load_corpus(), "evaluated")


@pytest.mark.parametrize("rule_id", load_corpus())
def test_a_rule_finds_the_same(on_duckdb, on_spark, rule_id):
    found = [rows(latest(store) / "suspects.parquet", f"rule_id = '{rule_id}'") for store in (on_duckdb, on_spark)]
    assert found[0], "the sample drop has a case of every rule"
    assert found[0] == found[1]


def test_linkage_leaves_the_same(on_duckdb, on_spark):
    folders = [
        store / "snapshots" / manifest(latest(store))["snapshot_id"] / "links" for store in (on_duckdb, on_spark)
    ]
    files = [sorted(path.relative_to(folder) for path in folder.rglob("*.parquet")) for folder in folders]
    assert files[0] == files[1]
    assert {file.parts[0].removesuffix(".parquet") for file in files[0]} == {EXACT, *SNAPSHOT_TABLES}
    for file in files[0]:
        one, other = (folder / file for folder in folders)
        assert rows(one) == rows(other), file
        with duckdb.connect() as con:
            columns = [[c[0] for c in con.execute(f"DESCRIBE FROM '{path}'").fetchall()] for path in (one, other)]
        assert columns[0] == columns[1], file


def test_the_reconciliation_is_the_same(on_duckdb, on_spark):
    files = [
        sorted(p.relative_to(latest(store)) for p in latest(store).glob("recon*/*.parquet"))
        for store in (on_duckdb, on_spark)
    ]
    assert files[0] and files[0] == files[1]
    for file in files[0]:
        assert rows(latest(on_duckdb) / file) == rows(latest(on_spark) / file)


def test_a_township_rerun_on_spark_finds_the_same(on_duckdb, on_spark):
    with duckdb.connect() as con:
        found = con.execute(
            f"SELECT township_code, rule_id FROM '{latest(on_duckdb)}/suspects.parquet' ORDER BY 1, 2"
        ).fetchall()
    township = Counter(code for code, _ in found).most_common(1)[0][0]
    # Every rule was compared already; what is narrowed to one township is what the core tables are made of.
    rules = list(dict.fromkeys(rule for code, rule in found if code == township))[:3]
    options = [part for rule in rules for part in ("--rule", rule)]
    reruns = [rerun(on_duckdb, township, *options), rerun(on_spark, township, *options, *ON_SPARK)]
    assert [done.status for done in reruns] == [0, 0], reruns[1].err
    stores = (on_duckdb, on_spark)
    again = [
        rows(store / "runs" / done.json["run_id"] / "suspects.parquet")
        for store, done in zip(stores, reruns, strict=True)
    ]
    assert again[0]
    assert again[0] == again[1]


def test_nothing_of_spark_is_left_and_nobody_is_named(on_spark):
    assert [path.name for path in on_spark.rglob("*") if "spark" in path.name or path.name == "metastore_db"] == []
    said = (on_spark.parent / "stderr.txt").read_text()
    with duckdb.connect() as con:
        snapshot = on_spark / "snapshots" / manifest(latest(on_spark))["snapshot_id"]
        people = con.execute(
            f"SELECT DISTINCT id_number, name FROM '{snapshot}/staged/benefit_roll.parquet'"
        ).fetchall()
    assert people
    assert [text for person in people for text in person if text and text in said] == []
