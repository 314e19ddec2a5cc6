"""Runs the suites of all datasets of a snapshot and gathers what they found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from data_contracts import Contract
from transforms.validate.gx import Session, findings
from transforms.validate.model import CheckResult, Delivery, Finding, PlannedCheck, Scope, ValidationResult
from transforms.validate.pages import DatasetPage, write_pages
from transforms.validate.plan import applicable_checks
from transforms.validate.reading import look_at, measure, missing_columns, read_batch
from transforms.validate.suites import expectation_name, measured_suite, whole_suite
from transforms.validate.wording import describe, disagreement, message

# A million rows of the dataset with most checks: row by row 5 s of CPU and 1.4 GB, counted 2 s and 0.7 GB; what is beside the run must not
# need more memory than the run.
WHOLE_ROWS = 200_000
SAMPLE_ROWS = 20_000


@dataclass(frozen=True)
class _Verdict:
    """One dataset's results, and Great Expectations' own for the documentation (None: taken over from an earlier run)."""

    results: Sequence[CheckResult]
    page: DatasetPage | None


def validate_snapshot(
    con: duckdb.DuckDBPyConnection,
    datasets: Mapping[str, Contract],
    rows: Mapping[str, int],
    as_of: dt.date,
    out_dir: Path | None,
    progress: Callable[[str], None] | None = None,
    *,
    whole_rows: int = WHOLE_ROWS,
    settled: Mapping[str, Sequence[CheckResult]] | None = None,
) -> ValidationResult:
    """Hold every delivered dataset against its contract.

    con has the views stg_<dataset>. datasets: contracts by name. rows: rows loaded, of the datasets that have
    a usable file; others are not looked at. as_of: the day freshness is counted to. out_dir: the folder the
    pages of the Data Docs are written to (index.html, <dataset>.html), None for none. Datasets of more than
    `whole_rows` rows are counted in the database and the counts judged; smaller ones are judged row by row. settled: results an earlier
    run had of the same rows, which are not looked at again and get no page.
    A dataset is rejected when a check of level fail does not hold. No result and no page holds a value of a
    row. Raises duckdb.CatalogException when a view is not there.
    """
    session = Session()
    verdicts = []
    delivered = [name for name in datasets if name in rows]
    for dataset in delivered:
        if settled and dataset in settled:
            verdicts.append(_Verdict(settled[dataset], None))
            continue
        delivery = look_at(con, datasets[dataset])
        judge = _whole if rows[dataset] <= whole_rows else _measured
        verdicts.append(judge(con, session, delivery, as_of))
        if progress:
            failed = sum(not result.success for result in verdicts[-1].results)
            progress(f"  {dataset}: {len(verdicts[-1].results)} checks, {failed} not met")
    checks = [result for verdict in verdicts for result in verdict.results]
    result = ValidationResult(checks, _rejected(checks))
    if out_dir is not None:
        pages = [verdict.page for verdict in verdicts if verdict.page]
        write_pages(out_dir, pages, result, [datasets[name] for name in delivered], as_of)
    return result


def _whole(con: duckdb.DuckDBPyConnection, session: Session, delivery: Delivery, as_of: dt.date) -> _Verdict:
    checks = applicable_checks(delivery)
    suite = whole_suite(session.gx, delivery.contract.dataset, checks, _described(delivery, checks))
    outcome = session.validate(suite, read_batch(con, delivery, checks, as_of))
    results = _results(delivery, checks, findings(outcome), "whole", as_of)
    return _Verdict(results, DatasetPage(delivery.contract, outcome, None))


def _measured(con: duckdb.DuckDBPyConnection, session: Session, delivery: Delivery, as_of: dt.date) -> _Verdict:
    """Counts of all rows are judged; a sample judged row by row shows whether both ways count alike."""
    dataset, checks = delivery.contract.dataset, applicable_checks(delivery)
    counted = measure(con, delivery, checks, as_of)
    suite = measured_suite(session.gx, dataset, checks, _described(delivery, checks))
    outcome = session.validate(suite, measurement_frame(checks, counted))
    judged = findings(outcome)
    told = {key: replace(found, success=judged[key].success, error=judged[key].error) for key, found in counted.items()}
    results = _results(delivery, checks, told, "measured", as_of)
    by_row = [check for check in checks if not check.of_table]
    sampled = None
    if by_row:
        suite = whole_suite(session.gx, f"{dataset}_sample", by_row, _described(delivery, by_row))
        one_in = max(2, -(-delivery.rows // SAMPLE_ROWS))
        sampled = session.validate(suite, read_batch(con, delivery, by_row, as_of, one_in))
        results += _disagreements(delivery, by_row, counted, findings(sampled))
    return _Verdict(results, DatasetPage(delivery.contract, outcome, sampled))


def measurement_frame(checks: Sequence[PlannedCheck], counted: Mapping[str, Finding]) -> Any:
    """One row, a column per check: the share of values that hold, or the figure of a check on the table."""
    import pandas as pd

    figures = {check.key: _figure(check, counted[check.key]) for check in checks}
    return pd.DataFrame({key: [figure] for key, figure in figures.items()}, dtype="float64")


def _figure(check: PlannedCheck, found: Finding) -> float | None:
    if check.of_table:
        return found.observed
    return (found.checked - found.unexpected) / found.checked if found.checked else None


def _results(
    delivery: Delivery,
    checks: Sequence[PlannedCheck],
    found: Mapping[str, Finding],
    scope: Scope,
    as_of: dt.date,
) -> list[CheckResult]:
    return [_result(delivery, check, found[check.key], scope, as_of) for check in checks]


def _result(delivery: Delivery, check: PlannedCheck, found: Finding, scope: Scope, as_of: dt.date) -> CheckResult:
    missing = missing_columns(delivery, check)
    observed = found.observed if check.of_table else found.checked
    return CheckResult(
        dataset=delivery.contract.dataset,
        columns=check.columns,
        expectation=expectation_name(check),
        # A check that could not be carried out says nothing about the data: nothing is rejected for it.
        level="warn" if found.error else check.level,
        success=found.success,
        unexpected_count=found.unexpected,
        unexpected_share=round(found.share, 6),
        observed=len(missing) if check.kind == "columns" else observed,
        scope=scope,
        message=message(delivery.contract, check, found, missing, as_of),
    )


def _disagreements(
    delivery: Delivery,
    checks: Sequence[PlannedCheck],
    counted: Mapping[str, Finding],
    sampled: Mapping[str, Finding],
) -> list[CheckResult]:
    return [
        CheckResult(
            dataset=delivery.contract.dataset,
            columns=check.columns,
            expectation=expectation_name(check),
            level="warn",
            success=False,
            unexpected_count=sampled[check.key].unexpected,
            unexpected_share=round(sampled[check.key].share, 6),
            observed=sampled[check.key].checked,
            scope="measured",
            message=disagreement(
                delivery.contract, check, counted[check.key].unexpected, sampled[check.key].unexpected
            ),
        )
        for check in checks
        if sampled[check.key].unexpected > counted[check.key].unexpected
    ]


def _described(delivery: Delivery, checks: Sequence[PlannedCheck]) -> list[str]:
    return [describe(delivery.contract, check) for check in checks]


def _rejected(checks: Sequence[CheckResult]) -> dict[str, str]:
    reasons: dict[str, list[str]] = {}
    for check in checks:
        if check.level == "fail" and not check.success:
            reasons.setdefault(check.dataset, []).append(check.message)
    return {dataset: "；".join(messages) for dataset, messages in reasons.items()}
