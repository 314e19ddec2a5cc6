"""Planned checks → Great Expectations suites."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from transforms.validate.model import PlannedCheck
from transforms.validate.reading import AGE, number_of

_NAMES = {
    "row_floor": "expect_table_row_count_to_be_between",
    "columns": "expect_table_columns_to_match_set",
    "freshness": "expect_column_min_to_be_between",
    "not_null": "expect_column_values_to_not_be_null",
    "pattern": "expect_column_values_to_match_regex",
    "values": "expect_column_values_to_be_in_set",
    "range": "expect_column_values_to_be_between",
}
_SEVERITY = {"fail": "critical", "warn": "warning"}


def expectation_name(check: PlannedCheck) -> str:
    """The expectation a check is, by Great Expectations' name."""
    if check.kind == "unique":
        group = len(check.columns) > 1
        return "expect_compound_columns_to_be_unique" if group else "expect_column_values_to_be_unique"
    return _NAMES[check.kind]


def whole_suite(gx: Any, name: str, checks: Sequence[PlannedCheck], described: Sequence[str]) -> Any:
    """The suite for a frame with a row per staged row (reading.read_batch). described: a text per check."""
    made = [
        _expectation(gx, expectation_name(check), check, text, _on_rows(gx, check))
        for check, text in zip(checks, described, strict=True)
    ]
    return gx.ExpectationSuite(name=name, expectations=made)


def measured_suite(gx: Any, name: str, checks: Sequence[PlannedCheck], described: Sequence[str]) -> Any:
    """The suite for a one-row frame with a column per check, named by its key (measurement_frame)."""
    made = [
        # Without any date there is no figure: a minimum then fails, a look at values would pass.
        _expectation(gx, _NAMES["freshness" if check.kind == "freshness" else "range"], check, text, _on_figure(check))
        for check, text in zip(checks, described, strict=True)
    ]
    return gx.ExpectationSuite(name=name, expectations=made)


def _expectation(gx: Any, name: str, check: PlannedCheck, text: str, arguments: dict[str, Any]) -> Any:
    kind = getattr(gx.expectations, "".join(word.title() for word in name.split("_")))
    severity = _SEVERITY[check.level]
    return kind(meta={"check": check.key}, description=text, severity=severity, **arguments)


def _on_rows(gx: Any, check: PlannedCheck) -> dict[str, Any]:
    """What the expectation asks of the frame of rows."""
    low, high = (None if bound is None else number_of(bound) for bound in (check.minimum, check.maximum))
    if check.kind == "row_floor":
        return {"min_value": low}
    if check.kind == "columns":
        return {"column_set": list(check.columns), "exact_match": False}
    if check.kind == "freshness":
        return {"column": AGE, "max_value": high}
    asked: dict[str, Any] = {"mostly": check.mostly}
    if len(check.columns) > 1:
        return asked | {"column_list": list(check.columns), "ignore_row_if": "any_value_is_missing"}
    asked["column"] = check.columns[0]
    if check.condition:
        asked["row_condition"] = gx.expectations.row_conditions.Column(check.condition) == True  # noqa: E712
    if check.kind == "pattern":
        asked["regex"] = check.pattern
    elif check.kind == "values":
        asked["value_set"] = list(check.values)
    elif check.kind == "range":
        asked |= {"min_value": low, "max_value": high}
    return asked


def _on_figure(check: PlannedCheck) -> dict[str, Any]:
    """What the expectation asks of the check's one figure."""
    bounds: dict[str, dict[str, Any]] = {
        "row_floor": {"min_value": check.minimum},
        "columns": {"max_value": 0},
        "freshness": {"max_value": check.maximum},
    }
    return {"column": check.key, **bounds.get(check.kind, {"min_value": check.mostly})}
