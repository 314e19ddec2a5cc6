"""The SQL that reads a staged dataset: the columns Great Expectations looks at, or counts in their place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import duckdb

from data_contracts import Contract
from transforms.validate.model import Delivery, Finding, PlannedCheck
from transforms.values import literal, name

AGE = "age_in_days"
_NUMERIC = ("money", "number", "int", "month", "bool")


def look_at(con: duckdb.DuckDBPyConnection, contract: Contract) -> Delivery:
    """Row count of stg_<dataset>, its columns, and which optional columns the files had.

    Raises duckdb.CatalogException without that view.
    """
    view = name(f"stg_{contract.dataset}")
    columns = frozenset(row[0] for row in con.execute(f"DESCRIBE {view}").fetchall())
    optional = [c.name for c in contract.columns if not c.required and f"has_{c.name}" in columns]
    flags = "".join(
        f", coalesce({whether}({name(f'has_{column}')}), FALSE)"
        for column in optional
        for whether in ("bool_or", "bool_and")
    )
    counted = con.execute(f"SELECT count(*){flags} FROM {view}").fetchall()[0]
    given = {column: (counted[1 + 2 * i], counted[2 + 2 * i]) for i, column in enumerate(optional)}
    return Delivery(contract, counted[0], columns, given)


def read_batch(
    con: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    checks: Sequence[PlannedCheck],
    as_of: dt.date,
    one_in: int = 1,
) -> Any:
    """The pandas frame the checks are carried out on: one staged row in `one_in`, the columns they ask for.

    Text as it is; numbers as float64; days as the number yyyymmdd (Great Expectations compares float64
    columns at once, others value by value); columns only asked to be filled as 1 or missing;
    has_<column> flags; `age_in_days`.
    """
    columns = batch_columns(delivery, checks, as_of)
    chosen = ", ".join(f"{expression} AS {name(column)}" for column, expression in columns.items())
    # By hash and not by USING SAMPLE: the same rows whatever the number of threads.
    sample = f" WHERE hash(_row_id) % {one_in} = 0" if one_in > 1 else ""
    return con.execute(f"SELECT {chosen} FROM {delivery.view}{sample}").to_arrow_table().to_pandas()


def batch_columns(delivery: Delivery, checks: Sequence[PlannedCheck], as_of: dt.date) -> dict[str, str]:
    """Column of the batch → SQL expression."""
    contract = delivery.contract
    columns: dict[str, str] = {}
    for check in checks:
        if check.kind in ("columns", "not_null"):
            there = [column for column in check.columns if column in delivery.columns]
            for column in there:
                columns.setdefault(column, f"CASE WHEN {name(column)} IS NOT NULL THEN 1.0::DOUBLE END")
            if check.condition:
                columns[check.condition] = name(check.condition)
        elif check.kind == "freshness":
            columns[AGE] = f"CAST({_age(contract, check.columns[0], as_of)} AS DOUBLE)"
        else:
            columns |= {column: _value(contract, column) for column in check.columns}
    return columns or {"_row": "1.0::DOUBLE"}


def measure(
    con: duckdb.DuckDBPyConnection, delivery: Delivery, checks: Sequence[PlannedCheck], as_of: dt.date
) -> dict[str, Finding]:
    """Check key → what one pass over the view counted for it. `success` stays False: others judge."""
    counts = [_counts(delivery, check, as_of) for check in checks]
    asked = ", ".join(f"{checked}, {unexpected}, {observed}" for checked, unexpected, observed in counts)
    found = con.execute(f"SELECT {asked} FROM {delivery.view}").fetchall()[0]
    return {
        check.key: Finding(False, found[3 * i] or 0, int(found[3 * i + 1] or 0), found[3 * i + 2])
        for i, check in enumerate(checks)
    }


def missing_columns(delivery: Delivery, check: PlannedCheck) -> tuple[str, ...]:
    """Those of a check's columns that the view does not have."""
    return tuple(column for column in check.columns if column not in delivery.columns)


def day_number(iso: str) -> int:
    """2021-06-30 → 20210630."""
    return int(dt.date.fromisoformat(iso).strftime("%Y%m%d"))


def _counts(delivery: Delivery, check: PlannedCheck, as_of: dt.date) -> tuple[str, str, str]:
    """SQL aggregates: values looked at, those that break the check, figure of a check on the table."""
    if check.kind == "row_floor":
        return "count(*)", "0", "count(*)"
    if check.kind == "columns":
        return "count(*)", "0", str(len(missing_columns(delivery, check)))
    if check.kind == "freshness":
        return "count(*)", "0", f"min({_age(delivery.contract, check.columns[0], as_of)})"
    column = name(check.columns[0])
    if check.kind == "not_null":
        rows = name(check.condition) if check.condition else "TRUE"
        return f"count(*) FILTER ({rows})", f"count(*) FILTER ({rows} AND {column} IS NULL)", "NULL"
    if check.kind == "unique":
        filled = " AND ".join(f"{name(c)} IS NOT NULL" for c in check.columns)
        keys = ", ".join(map(name, check.columns))
        repeated = f"SELECT count(*) AS n FROM {delivery.view} WHERE {filled} GROUP BY {keys} HAVING count(*) > 1"
        return f"count(*) FILTER ({filled})", f"(SELECT sum(n) FROM ({repeated}))", "NULL"
    return f"count({column})", f"count(*) FILTER ({_broken(delivery.contract, check)})", "NULL"


def _broken(contract: Contract, check: PlannedCheck) -> str:
    value = name(check.columns[0])
    if check.kind == "pattern":
        return f"NOT regexp_matches({value}, {literal(check.pattern or '')})"
    if check.kind == "values":
        return f"{value} NOT IN ({', '.join(map(literal, check.values))})"
    number = _value(contract, check.columns[0])
    bounds = [("<", check.minimum), (">", check.maximum)]
    return " OR ".join(f"{number} {sign} {number_of(bound)}" for sign, bound in bounds if bound is not None)


def number_of(bound: float | str) -> float:
    """A range's bound in the numbers of the batch: days become yyyymmdd."""
    return day_number(bound) if isinstance(bound, str) else bound


def _value(contract: Contract, column: str) -> str:
    kind, quoted = contract.column(column).type, name(column)
    if kind == "date":
        return f"CAST(year({quoted}) * 10000 + month({quoted}) * 100 + day({quoted}) AS DOUBLE)"
    return f"CAST({quoted} AS DOUBLE)" if kind in _NUMERIC else quoted


def _age(contract: Contract, column: str, as_of: dt.date) -> str:
    """SQL: days from a value to as_of; NULL for a value after as_of, which would make old data look new.

    A month counts to its last day, and not below zero.
    """
    today, quoted = f"DATE '{as_of.isoformat()}'", name(column)
    if contract.column(column).type != "month":
        return f"CASE WHEN {quoted} <= {today} THEN date_diff('day', {quoted}, {today}) END"
    first = f"make_date(CAST(({quoted} - 1) // 12 AS BIGINT), CAST(({quoted} - 1) % 12 + 1 AS BIGINT), 1)"
    return f"CASE WHEN {first} <= {today} THEN greatest(0, date_diff('day', last_day({first}), {today})) END"
