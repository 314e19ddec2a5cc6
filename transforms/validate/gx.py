"""Great Expectations, kept at arm's length: loaded on first use, silent, offline, and holding nothing on disk."""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from transforms.validate.model import Finding, PlannedCheck
from transforms.validate.reading import AGE, number_of

# What a result may keep: counts. Values of rows, exception texts and tracebacks (they quote values) are dropped.
_COUNTS = frozenset(
    {
        "element_count",
        "missing_count",
        "missing_percent",
        "unexpected_count",
        "unexpected_percent",
        "unexpected_percent_total",
        "unexpected_percent_nonmissing",
    }
)
_RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0, "include_unexpected_rows": False}
_SEVERITY = {"fail": "critical", "warn": "warning"}


def load() -> Any:
    """The great_expectations package, with its usage statistics off."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with _collector_paused():
        import great_expectations
    return great_expectations


@contextmanager
def _collector_paused() -> Iterator[None]:
    # The import makes millions of lasting objects; looking for garbage among them is a fifth of its time.
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Session:
    """One ephemeral context. Suites and batches live in memory and end with it."""

    def __init__(self) -> None:
        gx = load()
        from great_expectations.data_context.types.base import ProgressBarsConfig

        self._gx = gx
        context = gx.get_context(mode="ephemeral")
        context.enable_analytics(False)
        context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
        self._source = context.data_sources.add_pandas("staging")

    def whole_suite(self, name: str, checks: Sequence[PlannedCheck], described: Sequence[str]) -> Any:
        """The suite for a frame with a row per staged row (reading.read_batch)."""
        return self._suite(name, checks, described, self._on_rows)

    def measured_suite(self, name: str, checks: Sequence[PlannedCheck], described: Sequence[str]) -> Any:
        """The suite for a one-row frame of measurements (measured.measurement_frame)."""
        return self._suite(name, checks, described, self._on_measurement)

    def validate(self, suite: Any, frame: Any) -> Any:
        """Great Expectations' result of a suite on a frame, cleared of everything but counts."""
        asset = self._source.add_dataframe_asset(suite.name)
        batch = asset.add_batch_definition_whole_dataframe("rows").get_batch({"dataframe": frame})
        with warnings.catch_warnings():
            # pandas remarks on every pattern with a group that nothing is taken out of it.
            warnings.simplefilter("ignore", UserWarning)
            outcome = batch.validate(suite, result_format=_RESULT_FORMAT)
        for result in outcome.results:
            _strip(result)
        return outcome

    def _suite(self, name: str, checks: Sequence[PlannedCheck], described: Sequence[str], make: Any) -> Any:
        expectations = [make(check, text) for check, text in zip(checks, described, strict=True)]
        return self._gx.ExpectationSuite(name=name, expectations=expectations)

    def _on_rows(self, check: PlannedCheck, description: str) -> Any:
        expect, common = self._gx.expectations, _common(check, description)
        column = {"column": check.columns[0]} if check.columns else {}
        if check.kind == "row_floor":
            return expect.ExpectTableRowCountToBeBetween(min_value=check.minimum, **common)
        if check.kind == "columns":
            return expect.ExpectTableColumnsToMatchSet(column_set=list(check.columns), exact_match=False, **common)
        if check.kind == "freshness":
            return expect.ExpectColumnMinToBeBetween(column=AGE, max_value=check.maximum, **common)
        common["mostly"] = check.mostly
        if check.kind == "not_null":
            if check.condition:
                common["row_condition"] = self._gx.expectations.row_conditions.Column(check.condition) == True  # noqa: E712
            return expect.ExpectColumnValuesToNotBeNull(**column, **common)
        if check.kind == "pattern":
            return expect.ExpectColumnValuesToMatchRegex(**column, regex=check.pattern, **common)
        if check.kind == "values":
            return expect.ExpectColumnValuesToBeInSet(**column, value_set=list(check.values), **common)
        if check.kind == "range":
            low, high = (None if bound is None else number_of(bound) for bound in (check.minimum, check.maximum))
            return expect.ExpectColumnValuesToBeBetween(**column, min_value=low, max_value=high, **common)
        if len(check.columns) == 1:
            return expect.ExpectColumnValuesToBeUnique(**column, **common)
        group = {"column_list": list(check.columns), "ignore_row_if": "any_value_is_missing"}
        return expect.ExpectCompoundColumnsToBeUnique(**group, **common)

    def _on_measurement(self, check: PlannedCheck, description: str) -> Any:
        bounds: dict[str, Any] = {
            "row_floor": {"min_value": check.minimum},
            "columns": {"max_value": 0},
            "freshness": {"max_value": check.maximum},
        }.get(check.kind, {"min_value": check.mostly})
        common = _common(check, description)
        # A mean of one row fails when there is no figure (no date at all), which a test of values would pass.
        if check.kind == "freshness":
            return self._gx.expectations.ExpectColumnMinToBeBetween(column=check.key, **bounds, **common)
        return self._gx.expectations.ExpectColumnValuesToBeBetween(column=check.key, **bounds, **common)


def expectation_name(check: PlannedCheck) -> str:
    """The expectation a check is, by Great Expectations' name."""
    return {
        "row_floor": "expect_table_row_count_to_be_between",
        "columns": "expect_table_columns_to_match_set",
        "freshness": "expect_column_min_to_be_between",
        "not_null": "expect_column_values_to_not_be_null",
        "pattern": "expect_column_values_to_match_regex",
        "values": "expect_column_values_to_be_in_set",
        "range": "expect_column_values_to_be_between",
        "unique": "expect_column_values_to_be_unique"
        if len(check.columns) == 1
        else "expect_compound_columns_to_be_unique",
    }[check.kind]


def findings(outcome: Any) -> dict[str, Finding]:
    """Check key → finding, from a stripped result."""
    return {result.expectation_config.meta["check"]: _finding(result) for result in outcome.results}


def _common(check: PlannedCheck, description: str) -> dict[str, Any]:
    return {"meta": {"check": check.key}, "description": description, "severity": _SEVERITY[check.level]}


def _finding(result: Any) -> Finding:
    counts = result.result
    checked = counts.get("element_count", 0)
    if result.expectation_config.type != "expect_column_values_to_not_be_null":
        checked -= counts.get("missing_count") or 0
    return Finding(
        bool(result.success),
        checked,
        counts.get("unexpected_count") or 0,
        counts.get("observed_value"),
        result.expectation_config.meta.get("error"),
    )


def _strip(result: Any) -> None:
    """Leave counts in a result; of an observed value, only a count of rows or an age in days."""
    error = _exception_class(result.exception_info)
    if error:
        result.expectation_config.meta["error"] = error
    result.exception_info = {"raised_exception": False, "exception_traceback": None, "exception_message": None}
    kept = {key: value for key, value in (result.result or {}).items() if key in _COUNTS}
    observed = (result.result or {}).get("observed_value")
    if isinstance(observed, int | float) and observed == observed:
        kept["observed_value"] = int(observed)
    result.result = kept


def _exception_class(info: Any) -> str | None:
    """Whether carrying out a check raised: the name of the exception's class, else None."""
    infos = [info] if "raised_exception" in (info or {}) else list((info or {}).values())
    for item in infos:
        if item and item.get("raised_exception"):
            last = (item.get("exception_traceback") or "").strip().splitlines()
            return (last[-1].partition(":")[0].rpartition(".")[2] if last else "") or "Exception"
    return None
