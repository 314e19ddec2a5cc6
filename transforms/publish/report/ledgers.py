"""Reads the reconciliation of a run: the three ledgers, the outcomes of the roll, the two rates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import duckdb

from transforms.publish.report.model import LedgerLine, Ledgers, Outcomes, QualityLine, Scope
from transforms.publish.workbooks.reading import ask
from transforms.publish.workbooks.reconciliation import ARCHIVE_COMPARED

COUNTED = (
    "roll_households",
    "roll_persons",
    "roll_yuan",
    "paid_households",
    "paid_persons",
    "paid_yuan",
    "archive_households",
    "archive_persons",
    "archive_yuan",
    "diff_paid_yuan",
    "diff_archive_yuan",
)
SUMS = ", ".join(
    f"sum({c}) FILTER (WHERE {ARCHIVE_COMPARED}) AS {c}" if c == "diff_archive_yuan" else f"sum({c}) AS {c}"
    for c in COUNTED
)
# How many differ is said in words above household level; the households themselves are counted here.
LINES = f"""
WITH lines AS (
    SELECT {{by}} AS key, {SUMS}
    FROM recon_ledgers WHERE level = $level AND {{where}} GROUP BY ALL
),

differing AS (
    SELECT {{by}} AS key, count(reason) AS differing
    FROM recon_ledgers WHERE level = 'household' AND {{where}} GROUP BY ALL
)

SELECT {{name}}, {", ".join(f"l.{c}" for c in COUNTED)}, coalesce(d.differing, 0)
FROM lines AS l
LEFT JOIN differing AS d ON d.key IS NOT DISTINCT FROM l.key
{{join}}
ORDER BY {{order}}
"""
REASONS = """
SELECT reason, count(*)
FROM (
    SELECT unnest(string_split(reason, '；')) AS reason
    FROM recon_ledgers WHERE level = 'household' AND {where} AND reason IS NOT NULL
)
GROUP BY reason
ORDER BY count(*) DESC, reason
"""
OUTCOMES = """
SELECT o.township_code, t.township_name, o.outcome, sum(o.roll_rows)
FROM recon_outcomes AS o
INNER JOIN core_township AS t ON t.township_code = o.township_code
WHERE o.level = 'township' AND ($township IS NULL OR o.township_code = $township)
GROUP BY ALL
ORDER BY o.township_code, o.outcome
"""
OUTCOME_TOTALS = """
SELECT outcome, sum(roll_rows) FROM recon_outcomes
WHERE level = $level AND ($township IS NULL OR township_code = $township)
GROUP BY outcome
"""
QUALITY = """
SELECT
    coalesce(t.township_name, c.county_name, i.county_code),
    sum(i.roll_rows), sum(i.accurate_rows), sum(i.passed_rows)
FROM recon_intake AS i
LEFT JOIN core_township AS t ON t.township_code = i.township_code
LEFT JOIN (
    SELECT DISTINCT county_code, county_name FROM core_township
) AS c ON c.county_code = i.county_code
WHERE i.kind = 'quality' AND i.level IN ('county', 'township')
    AND ($township IS NULL OR i.township_code = $township)
GROUP BY i.level, i.county_code, i.township_code, t.township_name, c.county_name
ORDER BY i.county_code, i.level, i.township_code
"""

Con = duckdb.DuckDBPyConnection


def read_ledgers(con: Con, scope: Scope) -> list[Ledgers]:
    """The ledgers of each county by code; of a rerun those of its township."""
    if scope.township:
        where = {"code": scope.township}
        rows = ask(con, "SELECT DISTINCT township_name FROM core_township WHERE township_code = $code", where)
        return [_ledgers(con, "township_code", scope.township, rows.fetchall()[0][0], "township")]
    counties = con.execute(
        """SELECT county_code, any_value(county_name) FROM core_township
           WHERE county_code IN (SELECT county_code FROM recon_ledgers)
           GROUP BY county_code ORDER BY county_code"""
    ).fetchall()
    return [_ledgers(con, "county_code", code, name, "county") for code, name in counties]


def _ledgers(con: Con, column: str, code: str, name: str, level: str) -> Ledgers:
    where = f"{column} = $code"
    by_benefit = LINES.format(by="benefit_type", where=where, name="l.key", join="", order="l.key")
    townships = LINES.format(
        by="township_code",
        where=where,
        name="coalesce(t.township_name, l.key)",
        join="LEFT JOIN core_township AS t ON t.township_code = l.key",
        order="l.key",
    )
    lines = _lines(con, by_benefit, {"code": code, "level": level})
    by_township = _lines(con, townships, {"code": code, "level": "township"}) if level == "county" else []
    reasons = ask(con, REASONS.format(where=where), {"code": code}).fetchall()
    return Ledgers(name, tuple(lines), _total(lines), tuple(by_township), tuple((r, n) for r, n in reasons))


def _lines(con: Con, sql: str, values: dict[str, Any]) -> list[LedgerLine]:
    rows: Sequence[tuple[Any, ...]] = ask(con, sql, values).fetchall()
    return [LedgerLine(*row) for row in rows]


def _total(lines: Iterable[LedgerLine]) -> LedgerLine:
    of = list(lines)
    sums: dict[str, Any] = {c: sum(getattr(line, c) or 0 for line in of) for c in (*COUNTED, "differing")}
    return LedgerLine("合计", **sums)


def read_outcomes(con: Con, scope: Scope) -> Outcomes:
    """Active roll rows by outcome, in all and by township."""
    where = {"township": scope.township}
    total = ask(con, OUTCOME_TOTALS, {**where, "level": scope.level}).fetchall()
    by_township: dict[tuple[str, str], dict[str, int]] = {}
    for code, name, outcome, rows in ask(con, OUTCOMES, where).fetchall():
        by_township.setdefault((code, name), {})[outcome] = int(rows)
    return Outcomes(
        {outcome: int(rows) for outcome, rows in total},
        tuple((name, rows) for (_, name), rows in by_township.items()),
    )


def read_quality(con: Con, scope: Scope) -> list[QualityLine]:
    """The two rates by county and township, each county before its townships."""
    rows = ask(con, QUALITY, {"township": scope.township}).fetchall()
    return [QualityLine(name, *map(int, counts)) for name, *counts in rows]
