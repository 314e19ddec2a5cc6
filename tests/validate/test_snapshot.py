"""Verdicts on planted breaches, row by row and by counting."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from data_contracts import Column, load_contracts
from transforms.validate import reading, snapshot
from transforms.validate.plan import plan_checks

CONTRACTS = load_contracts()
AS_OF = dt.date(2021, 6, 30)
WAYS = pytest.mark.parametrize("measured", [False, True], ids=["whole", "measured"])


def found(result, expectation, columns, level):
    """The one result of an expectation on columns at a level."""
    matching = [
        c for c in result.checks if (c.expectation, c.columns, c.level) == (f"expect_{expectation}", columns, level)
    ]
    assert len(matching) == 1, [c.message for c in matching]
    return matching[0]


def failing(result):
    return [(check.expectation.removeprefix("expect_"), check.columns) for check in result.checks if not check.success]


@WAYS
def test_clean_data_pass_every_contract(staged, measured):
    for contract in CONTRACTS.values():
        staged.add(contract)
    result = staged.run(measured)
    assert failing(result) == []
    assert result.rejected == {}
    assert {check.unexpected_count for check in result.checks} == {0}
    assert {check.scope for check in result.checks} == {"measured" if measured else "whole"}
    assert len(result.checks) == sum(len(plan_checks(contract)) for contract in CONTRACTS.values())


# (expectation, columns, level, SQL of the column with some rows broken, rows broken, rejected)
BREACHES = [
    (
        "column_values_to_match_regex",
        ("id_number",),
        "warn",
        {"id_number": "if(i<5, concat('3.2E+', i), {clean})"},
        5,
        False,
    ),
    (
        "column_values_to_not_be_null",
        ("id_number",),
        "warn",
        {"id_number": "if(i<3, NULL, {clean})"},
        3,
        False,
    ),
    (
        "column_values_to_be_unique",
        ("id_number",),
        "warn",
        {"id_number": "if(i<3, '32068119500101900X', {clean})"},
        3,
        False,
    ),
    ("column_values_to_not_be_null", ("name",), "fail", {"name": "if(i=7, NULL, {clean})"}, 1, True),
    ("column_values_to_be_in_set", ("sort",), "warn", {"sort": "if(i<4, '丙', {clean})"}, 4, False),
    ("column_values_to_be_between", ("amount",), "fail", {"amount": "if(i<2, -0.01, {clean})"}, 2, True),
    ("column_values_to_be_between", ("amount",), "warn", {"amount": "if(i<2, 1000.01, {clean})"}, 2, False),
    (
        "column_values_to_be_between",
        ("day",),
        "warn",
        {"day": "if(i<2, DATE '1949-12-31', {clean})"},
        2,
        False,
    ),
    (
        "column_values_to_be_between",
        ("day",),
        "warn",
        {"day": "if(i<2, DATE '2999-01-01', {clean})"},
        2,
        False,
    ),
    (
        "compound_columns_to_be_unique",
        ("name", "day"),
        "warn",
        {"name": "if(i<2, '同名', {clean})", "day": "if(i<2, DATE '2021-06-01', {clean})"},
        2,
        False,
    ),
    ("column_values_to_not_be_null", ("remark",), "warn", {"remark": "if(i<101, NULL, {clean})"}, 101, False),
]


@WAYS
@pytest.mark.parametrize("breach", BREACHES, ids=lambda b: ".".join((b[0], *b[1], b[2])))
def test_breach_is_found_with_its_count(staged, probe, clean, breach, measured):
    expectation, columns, level, broken, count, rejects = breach
    values = {name: sql.format(clean=clean(probe.column(name))) for name, sql in broken.items()}
    staged.add(probe, **values)
    result = staged.run(measured)
    check = found(result, expectation, columns, level)
    assert (check.success, check.unexpected_count) == (False, count)
    assert check.unexpected_share == pytest.approx(count / check.observed, abs=1e-6)
    assert failing(result) == [(expectation, columns)]
    assert f"{count:,} 行" in check.message
    assert ("probe" in result.rejected) == rejects
    if rejects:
        assert check.message in result.rejected["probe"]


@WAYS
@pytest.mark.parametrize(("broken", "holds"), [(4, True), (5, False)])
def test_the_allowed_share_itself_is_allowed(staged, probe, clean, broken, holds, measured):
    staged.add(probe, id_number=f"if(i<{broken}, concat('?', i), {clean(probe.column('id_number'))})")
    check = found(staged.run(measured), "column_values_to_match_regex", ("id_number",), "warn")
    assert (check.success, check.unexpected_count) == (holds, broken)


@WAYS
def test_empty_values_break_nothing_but_not_null(staged, probe, measured):
    staged.add(probe, id_number="NULL", sort="NULL", amount="NULL", remark="NULL")
    assert failing(staged.run(measured)) == [
        ("column_values_to_not_be_null", ("id_number",)),
        ("column_values_to_not_be_null", ("remark",)),
    ]


@WAYS
def test_rows_of_a_file_without_the_column_do_not_count_as_empty(staged, probe, measured):
    staged.add(probe, remark="if(i<150, NULL, 'x')", has_remark="i>=150")
    check = found(staged.run(measured), "column_values_to_not_be_null", ("remark",), "warn")
    assert (check.success, check.observed, check.unexpected_count) == (True, 50, 0)
    staged.add(probe, remark="if(i<176, NULL, 'x')", has_remark="i>=150")
    check = found(staged.run(measured), "column_values_to_not_be_null", ("remark",), "warn")
    assert (check.success, check.observed, check.unexpected_count) == (False, 50, 26)


@WAYS
def test_column_no_file_has_is_not_checked(staged, probe, measured):
    staged.add(probe, remark="NULL", has_remark="FALSE")
    assert not [check for check in staged.run(measured).checks if "remark" in check.columns]


@WAYS
@pytest.mark.parametrize(("rows", "rejected"), [(5, False), (4, True), (0, True)])
def test_row_floor(staged, probe, rows, rejected, measured):
    staged.add(probe, rows)
    result = staged.run(measured)
    check = found(result, "table_row_count_to_be_between", (), "fail")
    assert (check.success, check.observed) == (not rejected, rows)
    assert list(result.rejected) == (["probe"] if rejected else [])
    if rejected:
        assert result.rejected["probe"] == f"只有 {rows} 行，少于下限 5 行"


@WAYS
def test_empty_dataset_that_may_be_empty_passes(staged, probe, measured):
    staged.add(dataclasses.replace(probe, row_floor=0), 0)
    result = staged.run(measured)
    assert (failing(result), result.rejected) == ([], {})


@WAYS
def test_missing_required_column_rejects(staged, probe, measured):
    staged.add(probe)
    staged.con.execute("ALTER TABLE stg_probe DROP COLUMN amount")
    result = staged.run(measured)
    check = found(result, "table_columns_to_match_set", ("id_number", "name", "sort", "amount", "day"), "fail")
    assert (check.success, check.observed, check.message) == (False, 1, "缺少必需的列：金额")
    assert result.rejected == {"probe": "缺少必需的列：金额"}


@WAYS
@pytest.mark.parametrize(
    ("newest", "age", "fresh"),
    [("2021-06-30", 0, True), ("2021-05-30", 31, True), ("2021-05-29", 32, False)],
)
def test_freshness_of_days(staged, probe, newest, age, fresh, measured):
    # A day after as_of says nothing of how fresh the data are.
    staged.add(probe, day=f"if(i=0, DATE '2021-07-01', DATE '{newest}' - CAST(i AS INTEGER) + 1)")
    result = staged.run(measured)
    check = found(result, "column_min_to_be_between", ("day",), "warn")
    assert (check.success, check.observed, check.level) == (fresh, age, "warn")
    assert result.rejected == {}


@WAYS
@pytest.mark.parametrize(
    ("as_of", "year_month", "age", "fresh"),
    [
        (dt.date(2021, 6, 30), (2021, 6), 0, True),
        (dt.date(2021, 6, 15), (2021, 6), 0, True),
        (dt.date(2021, 6, 30), (2021, 5), 30, True),
        (dt.date(2021, 7, 1), (2021, 5), 31, True),
        (dt.date(2021, 7, 2), (2021, 5), 32, False),
        (dt.date(2021, 1, 31), (2020, 12), 31, True),
        (dt.date(2021, 2, 1), (2020, 12), 32, False),
    ],
)
def test_freshness_of_months_counts_from_the_months_end(staged, probe, as_of, year_month, age, fresh, measured):
    month = Column("month", "month", True, False, ("月份",), (), {}, "")
    contract = dataclasses.replace(probe, columns=(*probe.columns, month), freshness_column="month")
    year, number = year_month
    staged.add(contract, month=f"{year * 12 + number} - CAST(i AS INTEGER)")
    check = found(staged.run(measured, as_of=as_of), "column_min_to_be_between", ("month",), "warn")
    assert (check.success, check.observed) == (fresh, age)


@WAYS
def test_freshness_without_any_date_is_a_warning(staged, probe, measured):
    staged.add(probe, day="NULL")
    result = staged.run(measured)
    check = found(result, "column_min_to_be_between", ("day",), "warn")
    assert (check.success, check.observed) == (False, None)
    assert result.rejected == {}


def test_both_ways_say_the_same_of_messy_data(staged, clean):
    for number, contract in enumerate(CONTRACTS.values()):
        values = {
            column.name: (
                f"CASE (i * 7 + {number + place}) % 41 WHEN 0 THEN NULL WHEN 1 THEN {_odd(column)} "
                f"WHEN 2 THEN {_odd(column)} ELSE {clean(column)} END"
            )
            for place, column in enumerate(contract.columns)
        }
        flags = {f"has_{column.name}": f"i % 3 <> {number % 3}" for column in contract.columns if not column.required}
        staged.add(contract, 250, **values, **flags)
    whole, measured = staged.run(), staged.run(measured=True)
    assert [dataclasses.replace(check, scope="whole") for check in measured.checks] == whole.checks
    assert measured.rejected == whole.rejected
    assert whole.rejected
    assert len({kind for kind, _ in failing(whole)}) >= 5


def test_only_delivered_datasets_are_looked_at(staged, probe):
    staged.add(probe)
    other = dataclasses.replace(probe, dataset="other")
    result = snapshot.validate_snapshot(staged.con, {"other": other, "probe": probe}, {"probe": 200}, AS_OF, None, None)
    assert {check.dataset for check in result.checks} == {"probe"}


def test_size_decides_which_way(staged, probe):
    staged.add(probe, 20)
    for limit, scope in ((20, "whole"), (19, "measured")):
        result = snapshot.validate_snapshot(
            staged.con, {"probe": probe}, {"probe": 20}, AS_OF, None, None, whole_rows=limit
        )
        assert {check.scope for check in result.checks} == {scope}


def test_sample_that_holds_more_than_was_counted_is_told(staged, probe, monkeypatch):
    staged.add(probe, amount="2000")
    counting = reading.measure

    def blind(*args):
        return {key: dataclasses.replace(f, unexpected=0) for key, f in counting(*args).items()}

    assert not [c for c in staged.run(measured=True).checks if "抽样" in c.message]
    monkeypatch.setattr(snapshot, "measure", blind)
    told = [check for check in staged.run(measured=True).checks if "抽样" in check.message]
    assert [(check.columns, check.level, check.success) for check in told] == [(("amount",), "warn", False)]
    assert told[0].unexpected_count > 0


def test_results_fit_the_manifest(staged, probe):
    staged.add(probe)
    line = staged.run().checks[0].as_dict()
    assert line == {
        "dataset": "probe",
        "columns": [],
        "expectation": "expect_table_row_count_to_be_between",
        "level": "fail",
        "success": True,
        "unexpected_count": 0,
        "unexpected_share": 0.0,
        "observed": 200,
        "scope": "whole",
        "message": "共 200 行，不少于下限 5 行",
    }


def _odd(column: Column) -> str:
    """SQL of a value that breaks what its column asks."""
    odd = {
        "money": "-5",
        "number": "-5",
        "int": "77",
        "bool": "TRUE",
        "date": "DATE '1888-08-08'",
        "month": "24000",
    }
    return odd.get(column.type, "'??'")
