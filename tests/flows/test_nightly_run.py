"""The nightly run as its users meet it: one command, files out."""

import csv
import json
import shutil
from collections import Counter

import duckdb
import polars as pl
import pytest

from rules.engine.findings import SUSPECT_COLUMNS
from tests.flows.command import SAMPLE, SAMPLE_AS_OF, hedui


def test_the_suspects_are_exactly_those_planted(latest):
    with (SAMPLE.parent / "truth.csv").open(encoding="utf-8", newline="") as file:
        planted = {(row["rule_id"], row["subject_key"]) for row in csv.DictReader(file) if row["expect"] == "must"}
    found = {
        tuple(row)
        for row in pl.read_parquet(latest / "suspects.parquet", columns=["rule_id", "subject_key"]).iter_rows()
    }
    assert found == planted


def test_the_suspect_list_has_the_agreed_columns_in_order(latest):
    assert tuple(pl.read_parquet_schema(latest / "suspects.parquet")) == SUSPECT_COLUMNS


def test_no_finding_is_listed_twice(latest):
    frame = pl.read_parquet(latest / "suspects.parquet")
    assert frame["finding_id"].n_unique() == frame.height


def test_every_row_of_every_file_is_accounted_for(latest):
    manifest = json.loads((latest / "manifest.json").read_text())
    assert manifest["inputs"]
    for file in manifest["inputs"]:
        assert file["received"] == file["loaded"] + file["quarantined"] + file["ignored"], file["file"]


def test_every_township_has_its_workbook(latest):
    with duckdb.connect(str(latest / "run.duckdb"), read_only=True) as con:
        townships = [
            row[0]
            for row in con.execute(
                "SELECT township_code FROM core_township WHERE township_code <> '000000000'"
            ).fetchall()
        ]
    names = [path.name for path in (latest / "workbooks").iterdir()]
    for code in townships:
        assert sum(name.startswith(f"{code}_") and name.endswith("_疑点线索.xlsx") for name in names) == 1
    assert any(name.endswith("_汇总.xlsx") for name in names)


def test_evidence_names_rows_that_exist(latest):
    inputs = {i["file"]: i for i in json.loads((latest / "manifest.json").read_text())["inputs"]}
    for evidence in pl.read_parquet(latest / "suspects.parquet")["evidence"]:
        items = json.loads(evidence)
        assert items
        for item in items:
            assert item["dataset"] == inputs[item["file"]]["dataset"]
            assert 1 <= item["row"] <= inputs[item["file"]]["received"]


def test_reconciliation_foots(latest):
    for table, numbers in (("outcomes", ["roll_rows"]), ("ledgers", ["roll_yuan", "paid_yuan", "archive_yuan", "roll_persons", "diff_paid_yuan"]),
                           ("suspects_by_rule", ["findings", "persons", "amount_at_risk"])):  # fmt: skip
        frame = pl.read_parquet(latest / "reconciliation" / f"{table}.parquet")
        for number in numbers:
            sums = {
                level: frame.filter(pl.col("level") == level)[number].sum()
                for level in ("household", "township", "county")
            }
            assert sums["household"] == sums["township"] == sums["county"], (table, number)


def test_each_active_roll_row_has_one_outcome(latest):
    frame = pl.read_parquet(latest / "reconciliation" / "outcomes.parquet").filter(pl.col("level") == "county")
    with duckdb.connect(str(latest / "run.duckdb"), read_only=True) as con:
        active = con.execute("SELECT count(*) FROM core_row WHERE active").fetchall()[0][0]
    assert frame["roll_rows"].sum() == active


@pytest.mark.full
def test_json_output_is_one_object(published, tmp_path):
    done = hedui("run", "--inbox", SAMPLE, "--store", tmp_path / "store", "--as-of", SAMPLE_AS_OF, "--json")
    assert set(done.json) == {
        "run_id",
        "status",
        "run_dir",
        "findings",
        "by_severity",
        "not_evaluated",
        "rejected_files",
        "seconds",
    }


@pytest.mark.full
def test_two_runs_in_two_stores_find_the_same_in_the_same_order(latest, tmp_path):
    done = hedui("run", "--inbox", SAMPLE, "--store", tmp_path / "other", "--as-of", SAMPLE_AS_OF, "--json")
    other = pl.read_parquet(f"{done.json['run_dir']}/suspects.parquet").drop("run_id")
    assert other.equals(pl.read_parquet(latest / "suspects.parquet").drop("run_id"))


@pytest.mark.full
def test_a_second_night_without_change_continues_every_finding(published, latest, tmp_path):
    store = tmp_path / "store"
    shutil.copytree(published, store, ignore=shutil.ignore_patterns("prefect"))
    done = hedui("run", "--inbox", SAMPLE, "--store", store, "--as-of", SAMPLE_AS_OF, "--json")
    assert done.status == 0, done.err
    frame = pl.read_parquet(f"{done.json['run_dir']}/suspects.parquet")
    assert Counter(frame["state"]) == Counter({"continuing": frame.height})
    changes = pl.read_parquet(f"{done.json['run_dir']}/reconciliation/changes.parquet")
    assert changes.height == 0


@pytest.mark.full
@pytest.mark.parametrize(("dataset", "rules"), [("vehicles", {"asset_vehicle"}), ("population", {"id_name_conflict"})])
def test_a_missing_register_switches_off_its_rules_and_says_so(latest, tmp_path, dataset, rules):
    inbox = tmp_path / "inbox"
    shutil.copytree(SAMPLE, inbox, ignore=shutil.ignore_patterns(dataset))
    done = hedui("run", "--inbox", inbox, "--store", tmp_path / "store", "--as-of", SAMPLE_AS_OF, "--json")
    assert done.status == 3
    assert set(done.json["not_evaluated"]) == rules
    found = pl.read_parquet(f"{done.json['run_dir']}/suspects.parquet")
    assert not rules & set(found["rule_id"])


@pytest.mark.full
@pytest.mark.parametrize("dataset", ["benefit_roll", "townships"])
def test_without_a_roll_or_townships_nothing_is_published(tmp_path, dataset):
    inbox = tmp_path / "inbox"
    shutil.copytree(SAMPLE, inbox, ignore=shutil.ignore_patterns(dataset))
    done = hedui("run", "--inbox", inbox, "--store", tmp_path / "store", "--as-of", SAMPLE_AS_OF)
    assert done.status == 1
    assert "nothing is published" in done.err
    assert not (tmp_path / "store" / "latest.json").exists()
    assert list((tmp_path / "store" / "runs").iterdir()) == []


def test_a_prefect_server_that_does_not_answer_is_named_without_its_password(tmp_path):
    url = {"PREFECT_API_URL": "http://duty:s3cret@127.0.0.1:9/api"}
    done = hedui("run", "--inbox", SAMPLE, "--store", tmp_path / "store", "--as-of", SAMPLE_AS_OF, env=url)
    assert done.status == 1
    assert "the Prefect server at http://127.0.0.1:9/api does not answer" in done.err
    assert "s3cret" not in done.err


def test_without_a_usable_township_list_it_is_said_what_of_it_came(tmp_path):
    inbox, out = tmp_path / "inbox", ["--store", tmp_path / "store", "--as-of", SAMPLE_AS_OF]
    for needed in ("benefit_roll", "townships"):
        shutil.copytree(SAMPLE / needed, inbox / needed)
    codes = next((inbox / "townships").iterdir())
    codes.write_bytes(codes.read_bytes().splitlines()[0])
    assert (
        f"[townships/{codes.name}: 有0行数据，收到的文件合计至少应有1行。]" in hedui("run", "--inbox", inbox, *out).err
    )
    codes.unlink()
    assert "[townships: 没有收到文件；" in hedui("run", "--inbox", inbox, *out).err
