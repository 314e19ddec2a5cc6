"""Contract → the checks its dataset must stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from data_contracts import Check, Contract
from transforms.validate.model import Delivery, PlannedCheck


def plan_checks(contract: Contract) -> tuple[PlannedCheck, ...]:
    """Every check of a contract: row floor, required columns, those it states, code lists, freshness.

    Row floor and required columns are fail; code lists and freshness are warn (a word outside the list is for
    people to look at; late data are still data). Without a freshness column there is nothing to measure.
    """
    required = tuple(column.name for column in contract.columns if column.required)
    checks = [
        PlannedCheck("row_floor", "row_floor", "fail", minimum=contract.row_floor),
        PlannedCheck("columns", "columns", "fail", required),
        *_named(check for column in contract.columns for check in column.checks),
        *_named(contract.checks),
    ]
    checks += [
        PlannedCheck(f"{column.name}.values", "values", "warn", (column.name,), values=column.values)
        for column in contract.columns
        if column.values
    ]
    if contract.freshness_column:
        named = (contract.freshness_column,)
        checks.append(PlannedCheck("freshness", "freshness", "warn", named, maximum=contract.freshness_days))
    return tuple(checks)


def applicable_checks(delivery: Delivery) -> tuple[PlannedCheck, ...]:
    """The checks that can be carried out on what was delivered.

    Left out are those on a column no file had (whether required ones are there is a check of its own), and
    freshness of a dataset without rows. Where only some files had an optional column, its emptiness counts in
    their rows alone.
    """
    return tuple(_narrowed(check, delivery) for check in plan_checks(delivery.contract) if _applies(check, delivery))


def _named(checks: Iterator[Check] | tuple[Check, ...]) -> Iterator[PlannedCheck]:
    seen: Counter[str] = Counter()
    for check in checks:
        key = ".".join((*check.columns, check.kind))
        seen[key] += 1
        # A column may have two ranges: what is impossible, and what is only unlikely.
        name = key if seen[key] == 1 else f"{key}.{seen[key]}"
        yield PlannedCheck(
            name,
            check.kind,
            check.level,
            check.columns,
            check.at_most,
            check.pattern,
            check.minimum,
            check.maximum,
        )


def _applies(check: PlannedCheck, delivery: Delivery) -> bool:
    if check.kind in ("row_floor", "columns"):
        return True
    if check.kind == "freshness" and not delivery.rows:
        return False
    return all(name in delivery.columns and delivery.given.get(name, (True, True))[0] for name in check.columns)


def _narrowed(check: PlannedCheck, delivery: Delivery) -> PlannedCheck:
    if check.kind == "not_null" and not delivery.given.get(check.columns[0], (True, True))[1]:
        return replace(check, condition=f"has_{check.columns[0]}")
    return check
