"""The corpus as a whole: what no single rule's test can see."""

import re
from pathlib import Path

import pytest
import yaml

from data_contracts import load_contracts
from rules.engine.catalogue_table import README, render, replaced
from rules.engine.corpus import RULE_FOLDER, CorpusError, load_corpus
from rules.engine.lock import LOCK_FILE, locked, logic_hash, stale
from rules.engine.parameters import load_parameters

RULES = load_corpus()
TESTS = Path(__file__).parent / "rules"
# Read by commands, not by a rule's SELECT.
COMMAND_PARAMETERS = {
    "sample_fraction",
    "decision_months_confirmed",
    "decision_months_exempt",
    "decision_months_refuted",
}
# Read by the core tables for every rule.
CORE_PARAMETERS = {"dibao_standard_rural", "dibao_standard_urban"}


def test_the_first_wave_is_complete():
    assert len(RULES) >= 52


@pytest.mark.parametrize("rule_id", RULES)
def test_every_rule_has_a_test_with_a_hit_and_a_near_miss(rule_id):
    document = yaml.safe_load((TESTS / f"{rule_id}.yaml").read_text(encoding="utf-8"))
    cases = document["cases"]
    assert any(case["expect"] for case in cases), "no case expects a finding"
    assert any(not case["expect"] for case in cases), "no case expects silence"


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda r: r.id)
def test_what_a_rule_names_exists(rule):
    contracts, parameters = load_contracts(), load_parameters()
    datasets = {*rule.requires, *rule.any_of, *rule.uses}
    assert datasets <= set(contracts)
    assert set(rule.parameters) <= set(parameters.parameters)
    for named in (rule.columns, rule.uses_columns, rule.evidence):
        for dataset, columns in named.items():
            assert dataset in contracts
            for column in columns:
                for alternative in column.split("|"):
                    contracts[dataset].column(alternative)
    for dataset in (*rule.columns, *rule.uses_columns, *rule.absence):
        assert dataset in datasets


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda r: r.id)
def test_a_rule_lists_every_parameter_its_select_reads(rule):
    read = set(re.findall(r"\bparam_([a-z_]+)\b", rule.sql))
    if re.search(r"\bstandard\b|core_standard", rule.sql):
        assert set(rule.parameters) & CORE_PARAMETERS, "reads the standard without naming its parameters"
    assert read <= set(rule.parameters)


def test_every_parameter_is_used():
    used = {p for rule in RULES.values() for p in rule.parameters} | COMMAND_PARAMETERS
    assert set(load_parameters().parameters) == used


def test_every_cited_clause_is_in_the_list_of_clauses():
    clauses = yaml.safe_load((RULE_FOLDER / "clauses.yaml").read_text(encoding="utf-8"))
    known = {clause["id"] for clause in clauses["clauses"]}
    assert len(known) == len(clauses["clauses"])
    for rule in RULES.values():
        cited = {c for basis in rule.basis for c in re.findall(r"\b[QBLDG]\d{2}\b", basis.clause)}
        assert cited, f"{rule.id} cites no clause of the notices"
        assert cited <= known, f"{rule.id} cites {cited - known}"


def test_a_changed_rule_bumps_its_version():
    assert LOCK_FILE.exists()
    assert stale(RULES, locked()) == []
    assert {i: logic_hash(r) for i, r in RULES.items()} == {i: entry["sha256"] for i, entry in locked().items()}, (
        "run: python -m rules.engine.lock"
    )


def test_the_lock_notices_a_change_without_a_bump():
    rule = next(iter(RULES.values()))
    lock = {rule.id: {"version": rule.version, "sha256": "other"}}
    assert stale({rule.id: rule}, lock) == [
        f"{rule.id}: its logic changed but its version is still {rule.version}; bump it"
    ]


def test_the_readme_table_is_current():
    text = README.read_text(encoding="utf-8")
    assert replaced(text, render(RULES)) == text, "run: python -m rules.engine.catalogue_table"


def test_problems_of_all_files_are_told_at_once(tmp_path):
    (tmp_path / "a.sql").write_text("SELECT 1")
    (tmp_path / "b.sql").write_text("/*\nid: c\n*/ SELECT 1")
    with pytest.raises(CorpusError) as error:
        load_corpus(tmp_path)
    assert "a.sql" in str(error.value)
    assert "b.sql" in str(error.value)


@pytest.mark.parametrize(
    ("instead", "told"),
    [
        ({"version": "two"}, "version: expected a whole number"),
        ({"basis": ["最低生活保障审核确认办法"]}, "basis: expected a list of mappings"),
        ({"requires": "benefit_roll"}, "requires: expected a list"),
        ({"evidence": {"benefit_roll": "name"}}, "evidence: expected columns by dataset"),
        ({"review_steps": 3}, "review_steps: expected a text"),
    ],
)
def test_a_key_of_another_shape_is_told_with_its_file(instead, told, tmp_path):
    text = (RULE_FOLDER / "death_still_on_roll.sql").read_text(encoding="utf-8")
    head = yaml.safe_load(text.split("/*")[1].split("*/")[0]) | instead
    (tmp_path / "death_still_on_roll.sql").write_text(f"/*\n{yaml.safe_dump(head)}*/ SELECT 1", encoding="utf-8")
    with pytest.raises(CorpusError, match=f"death_still_on_roll.sql: {told}"):
        load_corpus(tmp_path)


def test_a_rule_saved_by_another_editor_is_read_or_refused_by_name(tmp_path):
    text = (RULE_FOLDER / "death_still_on_roll.sql").read_text(encoding="utf-8")
    (tmp_path / "death_still_on_roll.sql").write_text(text, encoding="utf-8-sig")
    assert load_corpus(tmp_path)["death_still_on_roll"] == RULES["death_still_on_roll"]
    other = tmp_path / "other"
    other.mkdir()
    (other / "death_still_on_roll.sql").write_text(text, encoding="gb18030")
    with pytest.raises(CorpusError, match=r"death_still_on_roll\.sql: not plain text in UTF-8"):
        load_corpus(other)
