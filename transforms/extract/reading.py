"""What extracts read from run.duckdb. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from transforms.extract.request import ExtractError, ExtractRequest
from transforms.publish.workbooks.reading import UNKNOWN_TOWNSHIP, Lead, Township

#: What medical insurance is told of (黔南州2021年度核查通知 三（二是）: 低保、特困供养、低收入和60年代精减退职老职工).
MEDICAL_TYPES = ("城市低保", "农村低保", "特困供养", "低收入家庭", "精减退职")
#: What housing is told of (same, 三（三是）: the people recognised as low-income; those on dibao and tekun count as such).
HOUSING_TYPES = ("城市低保", "农村低保", "特困供养", "低收入家庭")


@dataclass(frozen=True)
class PlacedLead:
    """A finding with the township that owns it and those it concerns too."""

    lead: Lead
    county_code: str
    concerns: frozenset[str]


def check_request(con: duckdb.DuckDBPyConnection, request: ExtractRequest) -> None:
    """Raises ExtractError when the run knows no such township or rule: a mistyped filter must not give an
    empty extract.
    """
    for what, given, sql in (
        ("township", request.townships, "SELECT township_code FROM core_township ORDER BY 1"),
        ("rule", request.rules, "SELECT rule_id FROM run_rule ORDER BY 1"),
    ):
        known = [row[0] for row in con.execute(sql).fetchall()] if given else []
        for value in given:
            if value not in known:
                raise ExtractError(f"the run knows no {what} {value}; known: {', '.join(known)}")


def townships(con: duckdb.DuckDBPyConnection) -> dict[str, Township]:
    """Every township by its code; 000000000 only where it has findings."""
    rows = con.execute(
        f"SELECT {Township.columns()} FROM core_township WHERE township_code <> ? "
        "OR township_code IN (SELECT township_code FROM out_finding) ORDER BY township_code",
        [UNKNOWN_TOWNSHIP],
    ).fetchall()
    return {row[0]: Township.of(row) for row in rows}


def placed_leads(con: duckdb.DuckDBPyConnection, request: ExtractRequest) -> list[PlacedLead]:
    """The findings a request asks for, by township, severity, household and rule; of a township also those
    that concern it.
    """
    where, values = _conditions(request)
    rows = con.execute(
        f"""SELECT {", ".join(f"f.{column}" for column in Lead.columns().split(", "))},
                coalesce(t.county_code, substr(f.township_code, 1, 6)),
                list_distinct(list_append(coalesce(f.also_townships, []), f.township_code))
            FROM out_finding AS f LEFT JOIN core_township AS t ON t.township_code = f.township_code
            WHERE {where}
            ORDER BY f.township_code, list_position(['high', 'medium', 'low'], f.severity), f.household_id,
                f.rule_id, f.subject_key, f.finding_id""",
        values,
    ).fetchall()
    return [PlacedLead(Lead.of(row[:-2]), row[-2], frozenset(row[-1])) for row in rows]


def _conditions(request: ExtractRequest) -> tuple[str, list[Any]]:
    wheres, values = ["TRUE"], list[Any]()
    if request.townships:
        wheres.append("(list_contains(?, f.township_code) OR list_has_any(f.also_townships, ?))")
        values += [list(request.townships)] * 2
    for column, given in (("rule_id", request.rules), ("severity", request.severities)):
        if given:
            wheres.append(f"list_contains(?, f.{column})")
            values.append(list(given))
    return " AND ".join(wheres), values


def medical_list(con: duckdb.DuckDBPyConnection, codes: Sequence[str]) -> list[tuple[Any, ...]]:
    """(county_code, township_name, name, id_number, benefit_type): each person in receipt on the check date,
    once per benefit.
    """
    return con.execute(
        """SELECT DISTINCT t.county_code, t.township_name, r.name, r.id_number, r.benefit_type,
        r.township_code FROM core_row AS r INNER JOIN core_township AS t ON t.township_code =
        coalesce(r.township_code, '000000000') WHERE r.active AND list_contains(?, r.benefit_type) AND (len(?)
        = 0 OR list_contains(?, t.township_code))
            ORDER BY t.county_code, r.township_code, r.name, r.id_number, r.benefit_type""",
        [list(MEDICAL_TYPES), list(codes), list(codes)],
    ).fetchall()


def housing_list(con: duckdb.DuckDBPyConnection, codes: Sequence[str]) -> list[tuple[Any, ...]]:
    """(county_code, township_name, head_name, head_id_number, benefit_type): each household in receipt, once
    per benefit.
    """
    return con.execute(
        """WITH received AS (
                SELECT DISTINCT household_id, benefit_type FROM core_row
                WHERE active AND list_contains(?, benefit_type))
            SELECT t.county_code, t.township_name, h.head_name, h.head_id_number, b.benefit_type
            FROM received AS b
            INNER JOIN core_household AS h ON h.household_id = b.household_id
            INNER JOIN core_township AS t ON t.township_code = coalesce(h.township_code, '000000000')
            WHERE len(?) = 0 OR list_contains(?, t.township_code)
            ORDER BY t.county_code, t.township_code, h.head_name, h.head_id_number, b.benefit_type,
                b.household_id""",
        [list(HOUSING_TYPES), list(codes), list(codes)],
    ).fetchall()


@dataclass(frozen=True)
class CountedRule:
    """A rule as auditors see it."""

    rule_id: str
    title: str
    severity: str


def counted_rules(con: duckdb.DuckDBPyConnection) -> list[CountedRule]:
    """The rules that were evaluated, by severity and id."""
    rows = con.execute(
        """SELECT rule_id, title, severity FROM run_rule WHERE status = 'evaluated'
            OR rule_id IN (SELECT rule_id FROM out_finding)
            ORDER BY list_position(['high', 'medium', 'low'], severity), rule_id"""
    ).fetchall()
    return [CountedRule(*row) for row in rows]
