"""A dataset that did not come: the rules that need it say so, all others find what they found."""

from __future__ import annotations

import pytest

from rules.engine.corpus import Rule
from tests.acceptance.conftest import Small
from tests.acceptance.drop import CONTRACTS, RULES, Bench, Checked, Drop, differing

NEEDED = {"benefit_roll", "townships"}
QUICK = {"payments", "deaths"}
REMOVED = [
    pytest.param(dataset, marks=() if dataset in QUICK else pytest.mark.full)
    for dataset in CONTRACTS
    if dataset not in NEEDED
]


def stopped(rule: Rule, absent: set[str]) -> bool:
    """Whether the catalogue lets a rule do without these datasets."""
    return bool(absent & set(rule.requires)) or (bool(rule.any_of) and set(rule.any_of) <= absent)


def test_the_catalogue_has_fifteen_datasets_that_are_not_core():
    assert sum(not contract.core for contract in CONTRACTS.values()) == 15


@pytest.mark.parametrize("dataset", REMOVED)
def test_exactly_the_rules_that_need_a_dataset_fall_with_it(dataset: str, small: Small, bench: Bench, copy: Drop):
    checked = bench.check(copy.remove(dataset))
    assert_only_these_fell(checked, small.checked, {dataset})
    assert checked.status == "incomplete" or not (checked.not_evaluated or CONTRACTS[dataset].core)


def test_a_rule_whose_choices_are_all_gone_is_not_evaluated(small: Small, bench: Bench, copy: Drop):
    absent = {"deaths", "funerals", "archives", "payments", "vehicles", "business_licenses", "housing"}
    for dataset in absent:
        copy.remove(dataset)
    checked = bench.check(copy)
    assert {"death_still_on_roll", "recon_three_way", "supporter_capacity"} <= checked.not_evaluated
    assert_only_these_fell(checked, small.checked, absent)


def assert_only_these_fell(checked: Checked, base: Checked, absent: set[str]) -> None:
    """Not evaluated: the rules that cannot do without; noted: those that can; equal: everything else."""
    assert checked.not_evaluated == {rule.id for rule in RULES.values() if stopped(rule, absent)}
    assert not [o.rule_id for o in checked.outcomes.values() if o.status == "failed"]
    touched = set(checked.not_evaluated)
    for rule in RULES.values():
        outcome = checked.outcomes[rule.id]
        if outcome.status == "not_evaluated":
            lacking = absent & {*rule.requires, *rule.any_of}
            assert any(CONTRACTS[dataset].title in outcome.reason for dataset in lacking), rule.id
            assert rule.id not in checked.found
            continue
        for dataset in absent & {*rule.any_of, *rule.uses}:
            touched.add(rule.id)
            assert CONTRACTS[dataset].title in outcome.note, rule.id
    assert set(differing(base, checked)) <= touched


def test_a_refused_file_stands_against_what_rests_on_a_row_that_is_missing(small: Small, bench: Bench, copy: Drop):
    (copy.inbox / "benefit_roll" / "补报.csv").write_text("户编号,姓名\nH1,某人\n", encoding="utf-8")
    checked = bench.check(copy)
    assert sum(file.status == "rejected" for file in bench.snapshot(checked.plan).of("benefit_roll")) == 1
    said = "SELECT rule_id, severity, contradictions, evidence_hash FROM out_finding WHERE rule_id IN ('pay_not_on_roll', 'pay_duplicate') ORDER BY ALL"
    before, now = small.checked.query(said), checked.query(said)
    assert {rule for rule, *_ in now} == {"pay_not_on_roll", "pay_duplicate"}
    refused = f"{CONTRACTS['benefit_roll'].title}有1个文件被拒收、未参与比对，查不到不等于没有，补报前先核实"
    expected = [
        (rule, "medium", [*against, refused], hashed)
        if rule == "pay_not_on_roll"
        else (rule, severity, against, hashed)
        for rule, severity, against, hashed in before
    ]
    assert now == expected
    assert "1个文件被拒收" in checked.outcomes["death_still_on_roll"].note
    assert list(differing(small.checked, checked)) == []


def test_a_list_of_nothing_but_its_heading_is_told_as_such(bench: Bench, copy: Drop):
    """A county may have filed no relative; a register of nobody is no register."""
    for dataset in ("relative_filings", "poverty_registry"):
        copy.edit_all(dataset, lambda table: table.clear())
    checked = bench.check(copy)
    assert checked.not_evaluated == {rule.id for rule in RULES.values() if stopped(rule, {"poverty_registry"})}
    assert "收到的文件共0行数据，至少应有1行" in checked.outcomes["missed_monitor_household"].reason
