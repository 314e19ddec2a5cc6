"""What an analyst does after the night: rerun a township, list, explain, try a parameter."""

import json
import shutil
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from flows.listing import explain_finding
from tests.flows.command import ROOT, SAMPLE_AS_OF, hedui


@pytest.fixture(scope="module")
def store(published, tmp_path_factory) -> Path:
    """A copy of the published store that reruns may write into."""
    copy = tmp_path_factory.mktemp("reruns") / "store"
    shutil.copytree(published, copy, ignore=shutil.ignore_patterns("prefect"))
    return copy


def townships(latest: Path) -> list[str]:
    return sorted(pl.read_parquet(latest / "suspects.parquet")["township_code"].unique())


def test_a_rerun_gives_exactly_the_townships_part_of_the_run(store, latest):
    whole = pl.read_parquet(latest / "suspects.parquet")
    # Every township's is compared stage by stage in tests/acceptance; this is the command.
    for code in townships(latest)[:1]:
        done = hedui("rerun", code, "--store", store, "--json")
        assert done.status == 0, done.err
        part = pl.read_parquet(f"{done.json['run_dir']}/suspects.parquet")
        expected = whole.filter((pl.col("township_code") == code) | pl.col("also_townships").list.contains(code))
        assert part.drop("run_id").equals(expected.drop("run_id"))


def test_a_rerun_leaves_the_published_run_alone(store, latest):
    before = (store / "latest.json").read_bytes()
    done = hedui("rerun", townships(latest)[0], "--store", store, "--rule", "asset_vehicle", "--json")
    assert (store / "latest.json").read_bytes() == before
    manifest = json.loads(Path(done.json["run_dir"], "manifest.json").read_text())
    assert manifest["kind"] == "rerun"
    assert set(manifest["rules"]) == {"asset_vehicle"}


def test_a_parameter_set_for_a_rerun_is_recorded_and_used(store, latest):
    code = townships(latest)[0]
    plain = hedui("rerun", code, "--store", store, "--rule", "income_over_standard", "--json")
    changed = hedui(
        "rerun", code, "--store", store, "--rule", "income_over_standard", "--set", "dibao_standard_rural=1", "--json"
    )
    assert changed.json["findings"] > plain.json["findings"]
    manifest = json.loads(Path(changed.json["run_dir"], "manifest.json").read_text())
    assert manifest["overrides"] == {"dibao_standard_rural": "1"}


@pytest.mark.parametrize("arguments", [["rerun", "999999999"], ["rerun", "TOWNSHIP", "--set", "no_such=1"], ["rerun", "TOWNSHIP", "--rule", "no_such"],
                                       ["rerun", "TOWNSHIP", "--set", "pay_day=soon"], ["rerun", "TOWNSHIP", "--set", "asset_multiple=nan"],
                                       ["findings", "--severity", "hihg"], ["findings", "--township", "999999999"],
                                       ["findings", "--rule", "no_such", "--state", "old"]])  # fmt: skip
def test_wrong_usage_exits_2_with_a_message(store, latest, arguments):
    done = hedui(*[townships(latest)[0] if a == "TOWNSHIP" else a for a in arguments], "--store", store)
    assert done.status == 2
    assert done.err.strip()
    assert "Traceback" not in done.err


def test_explain_shows_the_whole_chain_of_one_finding_of_each_family(published, latest):
    frame = pl.read_parquet(latest / "suspects.parquet")
    families = frame.with_columns(pl.col("rule_id").str.split("_").list.first().alias("family")).unique(
        "family", keep="first", maintain_order=True
    )
    for finding_id in families["finding_id"]:
        chain = explain_finding(published, finding_id, None)
        assert chain["rows"]
        for row in chain["rows"]:
            assert row["file"]
            assert row["row"] > 0
            assert row["received"], "the cells as they came"
        assert chain["rule"]["basis"]
        assert chain["run"]["as_of"] == SAMPLE_AS_OF
    told = hedui("explain", finding_id, "--store", published, "--json").json
    assert told["finding"]["explanation"] == chain["finding"]["explanation"]
    text = hedui("explain", finding_id, "--store", published)
    assert text.status == 0, text.err
    assert chain["finding"]["explanation"][:10] in text.out


def test_findings_can_be_filtered(published, latest):
    frame = pl.read_parquet(latest / "suspects.parquet")
    listed = hedui("findings", "--store", published, "--severity", "high", "--json").json
    assert listed["count"] == frame.filter(pl.col("severity") == "high").height


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_the_catalogue_is_listed_without_a_subcommand(options):
    done = hedui("rules", *options)
    assert (done.status, done.out) == (0, hedui("rules", "list", *options).out)


def test_a_new_rule_needs_no_python(store, latest, tmp_path):
    rules = tmp_path / "rules"
    rules.mkdir()
    for path in (ROOT / "rules").glob("asset_v*.sql"):
        shutil.copy(path, rules / path.name)
    (rules / "village_unnamed.sql").write_text(
        """/*
id: village_unnamed
title: 村居未填写
title_en: Village not filled in
family: identity
severity: low
status: experimental
version: 1
subject: person
basis: [{document: 启东市2021年度年检通知, clause: 一（一）2（Q02）, asks: 档案要规范}]
requires: [benefit_roll]
evidence: {benefit_roll: [name, village]}
amount: none
false_positives: [无]
review_steps: [补填]
closing_action: 补填
*/
SELECT person_key AS subject_key, person_key, refs AS evidence, concat_ws('', name, '在', village, '享受救助。') AS explanation
FROM core_person WHERE active
""",
        encoding="utf-8",
    )
    done = hedui("rerun", townships(latest)[0], "--store", store, "--json", env={"HEDUI_RULES": str(rules)})
    assert done.status == 0, done.err
    found = Counter(pl.read_parquet(f"{done.json['run_dir']}/suspects.parquet")["rule_id"])
    assert set(found) <= {"village_unnamed", "asset_vehicle"}
    assert found["village_unnamed"] > 30


@pytest.mark.parametrize(
    ("arguments", "status"), [(["findings"], 1), (["rerun", "320681101"], 1), (["run", "--inbox", "EMPTY"], 1)]
)
def test_a_command_that_fails_says_so_in_its_object_too(tmp_path, arguments, status):
    empty = tmp_path / "inbox"
    empty.mkdir()
    done = hedui(*[empty if a == "EMPTY" else a for a in arguments], "--store", tmp_path / "store", "--json")
    assert done.status == status
    assert done.json["status"] == "failed"
    assert done.json["message"] in done.err
    assert done.json["message"].strip()
