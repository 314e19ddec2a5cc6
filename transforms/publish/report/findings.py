"""Reads the findings of a run from run.duckdb: how many, by rule, by township, and what changed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import duckdb

from transforms.publish.report.model import (
    ChangedFinding,
    Changes,
    Graded,
    Headline,
    Movement,
    RuleLine,
    Scope,
    TownshipLine,
)
from transforms.publish.workbooks.labels import SEVERITIES
from transforms.publish.workbooks.reading import ask

NAMED_CHANGES = 100
# Without a household the subject stands for it where money is counted once; it is no household where those are counted.
SCOPED = """
WITH scoped AS (
    SELECT
        rule_id, rule_title, severity, township_code, state, state <> 'decided' AS is_open,
        coalesce(amount_at_risk, 0) AS amount,
        household_id, coalesce(household_id, split_part(subject_key, '|', 1)) AS about
    FROM out_finding
    WHERE $township IS NULL OR township_code = $township OR list_contains(also_townships, $township)
)
"""
HEADLINE = """
SELECT
    (SELECT count(*) FROM core_household WHERE active AND ($township IS NULL OR township_code = $township)),
    (SELECT count(*) FROM core_person WHERE active AND ($township IS NULL OR township_code = $township))
"""
GRADES = """
SELECT
    severity, count(*) FILTER (is_open), count(DISTINCT household_id) FILTER (is_open),
    coalesce(sum(amount) FILTER (is_open), 0), count(*) FILTER (NOT is_open)
FROM scoped
GROUP BY severity
"""
ONCE = """
SELECT count(*), coalesce(sum(amount), 0), coalesce(sum(largest), 0)
FROM (SELECT sum(amount) AS amount, max(amount) AS largest FROM scoped WHERE is_open GROUP BY about)
"""
BY_RULE = """
, reviews AS (
    SELECT rule_id, severity, sum(reviewed) AS reviewed, sum(confirmed) AS confirmed
    FROM recon_suspects_by_rule
    WHERE level = $level AND ($township IS NULL OR township_code = $township)
    GROUP BY rule_id, severity
)
SELECT
    s.rule_id, any_value(s.rule_title), coalesce(any_value(r.family), ''), s.severity,
    count(*) FILTER (s.is_open), count(DISTINCT s.household_id) FILTER (s.is_open),
    coalesce(sum(s.amount) FILTER (s.is_open), 0), count(*) FILTER (s.state = 'new'),
    count(*) FILTER (s.state = 'changed'), count(*) FILTER (s.state = 'reopened'),
    count(*) FILTER (s.state = 'decided'),
    CAST(coalesce(any_value(v.reviewed), 0) AS BIGINT), CAST(coalesce(any_value(v.confirmed), 0) AS BIGINT)
FROM scoped AS s
LEFT JOIN run_rule AS r ON r.rule_id = s.rule_id
LEFT JOIN reviews AS v ON v.rule_id = s.rule_id AND v.severity = s.severity
GROUP BY s.rule_id, s.severity
"""
BY_TOWNSHIP = """
, counted AS (
    SELECT
        township_code,
        count(*) FILTER (is_open AND severity = 'high') AS high,
        count(*) FILTER (is_open AND severity = 'medium') AS medium,
        count(*) FILTER (is_open AND severity = 'low') AS low,
        count(DISTINCT household_id) FILTER (is_open) AS households, sum(amount) FILTER (is_open) AS amount,
        count(*) FILTER (state = 'new') AS new, count(*) FILTER (NOT is_open) AS decided
    FROM scoped
    GROUP BY township_code
),

roll AS (
    SELECT township_code, count(*) AS households FROM core_household WHERE active GROUP BY township_code
)

SELECT
    t.township_code, t.township_name, t.county_code, coalesce(r.households, 0),
    coalesce(c.high, 0), coalesce(c.medium, 0), coalesce(c.low, 0),
    coalesce(c.households, 0), coalesce(c.amount, 0), coalesce(c.new, 0), coalesce(c.decided, 0)
FROM core_township AS t
LEFT JOIN counted AS c ON c.township_code = t.township_code
LEFT JOIN roll AS r ON r.township_code = t.township_code
WHERE ($township IS NULL OR t.township_code = $township)
    AND (t.township_code <> '000000000' OR c.township_code IS NOT NULL OR r.households > 0)
"""
# A rerun of some rules knows nothing of the others: their findings did not go.
CHANGES = """
WITH changes AS (
    SELECT
        c.finding_id, c.rule_id, c.township_code, c.severity, c.change, c.reason,
        c.evidence_before IS NOT NULL AS was_there
    FROM recon_changes AS c
    WHERE ($township IS NULL OR c.township_code = $township)
        AND ($township IS NULL OR c.rule_id IN (SELECT rule_id FROM run_rule))
)
"""
CHANGE_COUNTS = """
SELECT change, severity, reason, count(*), count(*) FILTER (was_there)
FROM changes
GROUP BY change, severity, reason
"""
STATES = """
SELECT
    count(*), count(*) FILTER (state = 'new')
FROM out_finding
WHERE $township IS NULL OR township_code = $township
"""
NAMED = """
SELECT
    c.finding_id, coalesce(r.title, c.rule_id), coalesce(t.township_name, c.township_code), c.severity,
    c.change, c.reason
FROM changes AS c
LEFT JOIN run_rule AS r ON r.rule_id = c.rule_id
LEFT JOIN core_township AS t ON t.township_code = c.township_code
WHERE c.change <> 'new'
ORDER BY
    CASE c.severity WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END,
    CASE c.change WHEN 'reopened' THEN 1 WHEN 'changed' THEN 2 ELSE 3 END,
    c.township_code, c.rule_id, c.finding_id
LIMIT $most
"""
MOVEMENT = """
SELECT benefit_type, sum(joined), sum("left"), sum(raised), sum(lowered), sum(unchanged)
FROM recon_movement
WHERE level = $level AND ($township IS NULL OR township_code = $township)
GROUP BY benefit_type
ORDER BY benefit_type
"""

Con = duckdb.DuckDBPyConnection


def read_headline(con: Con, scope: Scope) -> Headline:
    """The roll's size and what is open by severity, gravest first."""
    where = {"township": scope.township}
    households, persons = _one(con, HEADLINE, where)
    by_severity = {row[0]: Graded(*row) for row in _all(con, SCOPED + GRADES, where)}
    nothing = (0, 0, Decimal(0), 0)
    grades = tuple(by_severity.get(s, Graded(s, *nothing)) for s in SEVERITIES)
    return Headline(households, persons, grades, *_one(con, SCOPED + ONCE, where))


def read_rules(con: Con, scope: Scope) -> list[RuleLine]:
    """One line per rule and severity that found something, gravest first, then most open findings."""
    where = {"township": scope.township, "level": scope.level}
    lines = [RuleLine(*row) for row in _all(con, SCOPED + BY_RULE, where)]
    gravity = {severity: rank for rank, severity in enumerate(SEVERITIES)}
    return sorted(lines, key=lambda x: (gravity[x.severity], -x.findings, x.rule_id))


def read_townships(con: Con, scope: Scope) -> list[TownshipLine]:
    """One line per township by code, also those without a finding; 未定 only where it has something."""
    rows = _all(con, SCOPED + BY_TOWNSHIP, {"township": scope.township})
    return sorted((TownshipLine(*row) for row in rows), key=lambda x: (x.county_code, x.code))


def read_changes(con: Con, scope: Scope) -> Changes:
    """What came, changed and went. previous + appeared - gone = now."""
    where = {"township": scope.township}
    now, new = _one(con, STATES, where)
    rows = _all(con, CHANGES + CHANGE_COUNTS, where)
    counts: dict[tuple[str, str], int] = {}
    reasons: dict[tuple[str, str], int] = {}
    for change, severity, reason, number, _ in rows:
        counts[change, severity] = counts.get((change, severity), 0) + number
        reasons[change, reason] = reasons.get((change, reason), 0) + number
    gone = sum(number for (change, _), number in counts.items() if change == "gone")
    # A settled finding that was away for a run may come back as reopened.
    back = sum(number - there for change, _, _, number, there in rows if change in ("reopened", "returned"))
    known = sum(number for (change, _), number in counts.items() if change != "new")
    named = [ChangedFinding(*row) for row in _all(con, CHANGES + NAMED, {**where, "most": NAMED_CHANGES})]
    moves = _all(con, MOVEMENT, {**where, "level": scope.level})
    return Changes(
        previous=now - new - back + gone,
        appeared=new + back,
        gone=gone,
        now=now,
        counts=counts,
        reasons=tuple(sorted((change, reason, n) for (change, reason), n in reasons.items())),
        named=tuple(named),
        unnamed=known - len(named),
        movement=tuple(Movement(row[0], *map(int, row[1:])) for row in moves),
    )


def _all(con: Con, sql: str, values: dict[str, Any]) -> Sequence[tuple[Any, ...]]:
    return ask(con, sql, values).fetchall()


def _one(con: Con, sql: str, values: dict[str, Any]) -> tuple[Any, ...]:
    return _all(con, sql, values)[0]
