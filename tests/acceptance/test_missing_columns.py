"""An optional column that no file has, or that some lack: rules that decide on it stop or say what is unknown, all others go on as before."""

from __future__ import annotations

import polars as pl
import pytest

from rules.engine.availability import READ_BY_ALL
from rules.engine.corpus import Rule
from tests.acceptance.conftest import Small
from tests.acceptance.drop import CONTRACTS, RULES, Bench, Checked, Drop, differing, headings

LISTED = sorted(
    {
        (dataset, name)
        for rule in RULES.values()
        for named in (rule.columns, rule.uses_columns)
        for dataset, columns in named.items()
        for column in columns
        for name in column.split("|")
    }
)
OTHERS = [
    ("benefit_roll", "end_date"),
    ("deaths", "birth_date"),
    ("benefit_roll", "village"),
    ("benefit_roll", "illness"),
    ("benefit_roll", "relation_to_head"),
    ("benefit_roll", "disability_type"),
    ("benefit_roll", "account_name"),
    ("payments", "persons"),
    ("vehicles", "plate_type"),
    ("kinship", "a_name"),
    ("kinship", "b_name"),
    ("funerals", "age"),
    ("funerals", "sex"),
    ("archives", "township_code"),
    ("population", "birth_date"),
    ("townships", "village"),
    ("townships", "county_name"),
]
QUICK = {("vehicles", "value")}
QUICK_PARTLY = {("benefit_roll", "authorisation_date")}


def marked(pairs: list[tuple[str, str]], quick: set[tuple[str, str]]) -> list:
    """The pairs as parameters; those that are not quick run in make test-full only."""
    return [pytest.param(*pair, id=".".join(pair), marks=() if pair in quick else pytest.mark.full) for pair in pairs]


def named(rule: Rule, dataset: str, column: str) -> str:
    """How a rule's front matter names a column: 'decides', 'uses', or '' (not at all)."""
    decided = {name for entry in rule.columns.get(dataset, ()) for name in entry.split("|")}
    if column in decided:
        return "decides"
    used = column in rule.uses_columns.get(dataset, ()) or column in READ_BY_ALL.get(dataset, ())
    return "uses" if used and dataset in {*rule.requires, *rule.any_of, *rule.uses} else ""


def stops(rule: Rule, dataset: str, column: str) -> bool:
    """Whether a rule cannot be evaluated when no file has the column and everything else is there."""
    return dataset in rule.requires and column in rule.columns.get(dataset, ())


def heard(checked: Checked, rule: Rule, dataset: str, column: str) -> bool:
    """Whether a rule's note names the column by its heading and dataset."""
    heading = headings(CONTRACTS[dataset])[column]
    return (
        f"“{heading}”" in checked.outcomes[rule.id].note and CONTRACTS[dataset].title in checked.outcomes[rule.id].note
    )


def alone(rule: Rule, dataset: str, column: str) -> bool:
    """Whether no other column stands for this one."""
    return not any(column in entry.split("|") for entry in rule.columns.get(dataset, ()) if "|" in entry)


def read_first(rule: Rule, dataset: str, column: str) -> bool:
    """Whether a rule reads this column before any that may stand for it."""
    entries = (*rule.columns.get(dataset, ()), *rule.uses_columns.get(dataset, ()), *READ_BY_ALL.get(dataset, ()))
    return any(entry.split("|")[0] == column for entry in entries)


@pytest.mark.parametrize(("dataset", "column"), marked(LISTED + [pair for pair in OTHERS if pair not in LISTED], QUICK))
def test_a_column_no_file_has_stops_the_rules_that_decide_on_it_and_no_other(
    dataset: str, column: str, small: Small, bench: Bench, copy: Drop
):
    checked = bench.check(copy.without_column(dataset, column))
    assert checked.not_evaluated == {rule.id for rule in RULES.values() if stops(rule, dataset, column)}
    assert not [o.rule_id for o in checked.outcomes.values() if o.status == "failed"]
    concerned = {rule.id for rule in RULES.values() if named(rule, dataset, column)}
    assert set(differing(small.checked, checked)) <= concerned
    for rule_id in concerned - checked.not_evaluated:
        if alone(RULES[rule_id], dataset, column):
            assert heard(checked, RULES[rule_id], dataset, column), rule_id
    for rule_id in checked.not_evaluated:
        assert f"“{headings(CONTRACTS[dataset])[column]}”" in checked.outcomes[rule_id].reason


@pytest.mark.parametrize(("dataset", "column"), marked(LISTED, QUICK_PARTLY))
def test_a_column_some_files_lack_is_unknown_there_and_flags_nobody(
    dataset: str, column: str, small: Small, bench: Bench, copy: Drop
):
    set_apart(copy, dataset, column)
    checked = bench.check(copy)
    assert not checked.not_evaluated
    without = [f for f in bench.snapshot(checked.plan).of(dataset) if column not in f.columns]
    counted = f"{CONTRACTS[dataset].title}有{sum(f.loaded for f in without)}行所在文件无“{headings(CONTRACTS[dataset])[column]}”列"
    concerned = {rule.id: named(rule, dataset, column) for rule in RULES.values() if named(rule, dataset, column)}
    assert set(differing(small.checked, checked)) <= set(concerned)
    for rule_id, how in concerned.items():
        if read_first(RULES[rule_id], dataset, column):
            assert counted in checked.outcomes[rule_id].note, rule_id
        if how == "decides":
            found = checked.found.get(rule_id, frozenset())
            assert found <= small.checked.found.get(rule_id, frozenset()), rule_id


@pytest.mark.parametrize(
    ("dataset", "column"),
    marked([("officials", c) for c in ("end_date", "start_date", "township_code")], {("officials", "end_date")}),
)
def test_nobody_is_an_official_by_what_his_file_does_not_say(
    dataset: str, column: str, small: Small, bench: Bench, copy: Drop
):
    set_apart(copy, dataset, column)
    checked = bench.check(copy)
    for rule_id in ("official_on_roll", "relative_unfiled", "relative_filing_stale", "pay_to_official_account"):
        assert checked.found.get(rule_id, frozenset()) <= small.checked.found.get(rule_id, frozenset()), rule_id
    unknown = checked.query("SELECT count(*) FROM core_official WHERE serving IS NULL OR township_unknown")[0][0]
    assert unknown > 0


def set_apart(drop: Drop, dataset: str, column: str) -> None:
    """Give two rows of a dataset a file of their own, and take the column out of all other files."""
    first = drop.files(dataset)[0]
    whole = drop.read(first)
    drop.without_column(dataset, column)
    drop.edit(first, lambda table: table.slice(2))
    drop.write(first.with_name("另册.csv"), whole.head(2))


def test_without_results_a_row_with_a_pay_date_counts_as_paid(bench: Bench, copy: Drop):
    copy.edit(copy.files("payments")[-1], lambda table: table.with_columns(
        pl.when(pl.int_range(pl.len()) < 3).then(None).otherwise("pay_date").alias("pay_date")))  # fmt: skip
    checked = bench.check(copy.without_column("payments", "result"))
    rows = dict(
        checked.query(
            "SELECT pay_date IS NOT NULL, min(succeeded) = max(succeeded) AND max(succeeded) FROM core_payment GROUP BY 1"
        )
    )
    assert rows == {True: True, False: False}


@pytest.mark.full
def test_without_results_and_pay_dates_no_rule_says_that_nothing_was_found(bench: Bench, copy: Drop):
    checked = bench.check(copy.without_column("payments", "result").without_column("payments", "pay_date"))
    assert checked.not_evaluated >= {"death_paid_after", "pay_short", "pay_not_on_roll", "pay_duplicate", "pay_missing"}
    assert "“发放结果”或“发放日期”" in checked.outcomes["pay_short"].reason
