"""Every check of every contract becomes one expectation that asks the same."""

from __future__ import annotations

import pytest

from data_contracts import load_contracts
from transforms.validate import gx, suites
from transforms.validate.plan import plan_checks
from transforms.validate.reading import number_of
from transforms.validate.wording import describe

CONTRACTS = load_contracts()


@pytest.mark.parametrize("dataset", CONTRACTS)
def test_plan_holds_what_the_contract_says(dataset):
    contract = CONTRACTS[dataset]
    planned = plan_checks(contract)
    stated = [check for column in contract.columns for check in column.checks] + list(contract.checks)
    asked = [
        (p.kind, p.level, p.columns, p.at_most, p.pattern, p.minimum, p.maximum)
        for p in planned
        if p.kind in ("not_null", "unique", "pattern", "range")
    ]
    assert asked == [(c.kind, c.level, c.columns, c.at_most, c.pattern, c.minimum, c.maximum) for c in stated]
    stated_kinds = ("not_null", "unique", "pattern", "range")
    others: set[tuple[object, ...]] = set()
    others |= {
        (p.kind, p.level, p.columns, p.minimum, p.maximum, p.values) for p in planned if p.kind not in stated_kinds
    }
    required = tuple(c.name for c in contract.columns if c.required)
    expected: set[tuple[object, ...]] = {
        ("row_floor", "fail", (), contract.row_floor, None, ()),
        ("columns", "fail", required, None, None, ()),
    }
    expected |= {("values", "warn", (c.name,), None, None, c.values) for c in contract.columns if c.values}
    if contract.freshness_column:
        column = (contract.freshness_column,)
        expected.add(("freshness", "warn", column, None, contract.freshness_days, ()))
    assert others == expected
    assert len({p.key for p in planned}) == len(planned)


@pytest.mark.parametrize("dataset", CONTRACTS)
def test_suite_asks_what_the_plan_says(dataset):
    contract = CONTRACTS[dataset]
    planned = plan_checks(contract)
    texts = [describe(contract, check) for check in planned]
    suite = suites.whole_suite(gx.load(), dataset, planned, texts)
    by_key = {e.meta["check"]: e for e in suite.expectations}
    assert set(by_key) == {check.key for check in planned}
    for check in planned:
        made = by_key[check.key]
        kwargs = made.configuration.kwargs
        assert made.configuration.type == suites.expectation_name(check)
        assert made.severity == {"fail": "critical", "warn": "warning"}[check.level]
        if not check.of_table:
            assert kwargs.get("mostly", 1) == pytest.approx(1 - check.at_most)
            assert kwargs.get("column_list", [kwargs.get("column")]) == list(check.columns)
        if check.kind == "range":
            bounds = [None if b is None else number_of(b) for b in (check.minimum, check.maximum)]
            assert [kwargs.get("min_value"), kwargs.get("max_value")] == bounds
        assert kwargs.get("regex") == check.pattern
        assert tuple(kwargs.get("value_set", ())) == check.values


def test_exactly_the_allowed_share_is_met():
    # 1 - at_most in binary is at times just above the share it stands for.
    contract = CONTRACTS["benefit_roll"]
    for check in plan_checks(contract):
        allowed = round(check.at_most * 10_000)
        assert (10_000 - allowed) / 10_000 >= check.mostly


@pytest.mark.parametrize("dataset", CONTRACTS)
def test_descriptions_render_as_they_are(dataset):
    # Great Expectations fills $names in; a contract's text must not be taken for one.
    assert not any("$" in describe(CONTRACTS[dataset], check) for check in plan_checks(CONTRACTS[dataset]))
