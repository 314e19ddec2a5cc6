"""Runs the rules over the core tables and gathers what they found in `raw_finding` (one row per rule and subject)."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

import duckdb

from rules.engine.availability import Arrived, judge
from rules.engine.corpus import Rule
from transforms.core.told_errors import told

REQUIRED = ("subject_key", "evidence", "explanation")
OPTIONAL = {
    "person_key": "VARCHAR",
    "household_id": "VARCHAR",
    "name": "VARCHAR",
    "id_number": "VARCHAR",
    "township_code": "VARCHAR",
    "village": "VARCHAR",
    "severity": "VARCHAR",
    "event_date": "DATE",
    "amount_at_risk": "DECIMAL(18, 2)",
    "match_tier": "VARCHAR",
    "match_confidence": "DOUBLE",
    "contradictions": "VARCHAR",
    "also_keys": "VARCHAR",
    "besides": "VARCHAR",
}


@dataclass(frozen=True)
class RuleOutcome:
    """What became of one rule in one run; status is evaluated, not_evaluated or failed. reason and note are Chinese.

    unchanged: its answer was taken over from the last run, which asked the same of the same data.
    """

    rule_id: str
    version: int
    status: str
    reason: str = ""
    note: str = ""
    findings: int = 0
    seconds: float = 0.0
    unchanged: bool = False


def its_own(rule: Rule) -> str:
    """The rule's SELECT as its file says it."""
    return rule.sql


def apply_rules(con: duckdb.DuckDBPyConnection, rules: Iterable[Rule], arrived: Mapping[str, Arrived],
                progress: Callable[[RuleOutcome], None] | None = None, select: Callable[[Rule], str] = its_own,
                unchanged: Collection[str] = ()) -> list[RuleOutcome]:  # fmt: skip
    """Run every rule whose data arrived; fill `raw_finding`; say of each rule what became of it. A rule that fails stops nothing.

    select: the SELECT that gives a rule's rows here; another engine may have worked them out. unchanged: ids of rules whose rows in the
    `raw_finding` that is there hold again.
    """
    columns = ", ".join(f"{name} {kind}" for name, kind in OPTIONAL.items())
    # In memory while the rules run: a table of the file would be flushed to disk after every rule.
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE new_finding (rule_id VARCHAR, subject_key VARCHAR, evidence VARCHAR, explanation VARCHAR, {columns})"
    )
    outcomes = []
    for rule in rules:
        outcome = _apply(con, rule, arrived, select, rule.id in unchanged)
        outcomes.append(outcome)
        if progress:
            progress(outcome)
    con.execute("CREATE OR REPLACE TABLE raw_finding AS SELECT * FROM new_finding")
    return outcomes


def _apply(con: duckdb.DuckDBPyConnection, rule: Rule, arrived: Mapping[str, Arrived], select: Callable[[Rule], str],
           unchanged: bool) -> RuleOutcome:  # fmt: skip
    verdict = judge(rule, arrived)
    if not verdict.runs:
        return RuleOutcome(rule.id, rule.version, "not_evaluated", verdict.reason)
    started = time.perf_counter()
    try:
        found = _take_over(con, rule) if unchanged else _run(con, rule, select(rule))
    except (duckdb.Error, RuleShapeError) as error:
        reason = str(error) if isinstance(error, RuleShapeError) else told(error)
        return RuleOutcome(rule.id, rule.version, "failed", reason, seconds=time.perf_counter() - started)
    seconds = time.perf_counter() - started
    return RuleOutcome(rule.id, rule.version, "evaluated", "", "；".join(verdict.notes), found, seconds, unchanged)


class RuleShapeError(ValueError):
    """A rule's SELECT does not give the columns, or gives a subject twice."""


def _take_over(con: duckdb.DuckDBPyConnection, rule: Rule) -> int:
    return int(
        con.execute(f"INSERT INTO new_finding SELECT * FROM raw_finding WHERE rule_id = '{rule.id}'").fetchall()[0][0]
    )


def _run(con: duckdb.DuckDBPyConnection, rule: Rule, select: str) -> int:
    # A temporary table, not a view: planning a rule's SELECT costs more than running it over a county.
    con.execute(f"CREATE OR REPLACE TEMP TABLE rule_result AS {select}")
    given = [column[0] for column in con.execute("SELECT * FROM rule_result LIMIT 0").description]
    lacking = [c for c in REQUIRED if c not in given]
    unknown = [c for c in given if c not in REQUIRED and c not in OPTIONAL]
    if lacking or unknown:
        raise RuleShapeError(f"rule {rule.id}: lacks columns {lacking}, has unknown columns {unknown}")
    optional = ", ".join(f"CAST({c if c in given else 'NULL'} AS {kind}) AS {c}" for c, kind in OPTIONAL.items())
    count, subjects, empty = con.execute(
        "SELECT count(*), count(DISTINCT subject_key), count(*) - count(subject_key) FROM rule_result"
    ).fetchall()[0]
    if count != subjects or empty:
        raise RuleShapeError(f"rule {rule.id}: {count} rows for {subjects} subjects; one row per subject is expected")
    if count:
        con.execute(
            f"INSERT INTO new_finding SELECT '{rule.id}', subject_key, evidence, explanation, {optional} FROM rule_result"
        )
    return int(count)
