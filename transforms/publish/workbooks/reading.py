"""What the workbooks read from run.duckdb, as small typed rows. Nothing here writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Self

import duckdb

from transforms.publish.workbooks.labels import SEVERITIES

UNKNOWN_TOWNSHIP = "000000000"
COUNTY_DIGITS = 6


class _Row:
    """A row read by its field names."""

    @classmethod
    def columns(cls) -> str:
        return ", ".join(f.name for f in fields(cls))  # type: ignore[arg-type]

    @classmethod
    def of(cls, values: tuple[Any, ...]) -> Self:
        return cls(*values)


@dataclass(frozen=True)
class Township(_Row):
    """One township of core_township."""

    township_code: str
    township_name: str
    county_code: str
    county_name: str


@dataclass(frozen=True)
class Lead(_Row):
    """One row of out_finding."""

    rule_id: str
    rule_title: str
    severity: str
    subject_kind: str
    subject_key: str
    township_code: str
    township_name: str | None
    village: str | None
    household_id: str | None
    head_name: str | None
    id_number: str | None
    name: str | None
    benefit_type: str | None
    match_tier: str | None
    match_confidence: float | None
    amount_at_risk: Decimal | None
    evidence: str | None
    contradictions: str | list[str] | None
    explanation: str
    state: str
    finding_id: str
    evidence_hash: str

    @property
    def household(self) -> str:
        """What keeps leads together: the household, or the person or account where no household is known."""
        return self.household_id or f"\uffff{self.subject_key.split('|')[0]}"


@dataclass(frozen=True)
class InputFile(_Row):
    """One row of run_input: a received file and its row counts."""

    dataset: str
    title: str
    file: str | None
    status: str
    reason: str | None
    received: int | None
    loaded: int | None
    quarantined: int | None
    ignored: int | None


@dataclass(frozen=True)
class Rule(_Row):
    """One row of run_rule."""

    rule_id: str
    title: str
    family: str
    severity: str
    status: str
    reason: str | None
    findings: int | None
    basis: str | list[Any] | None
    false_positives: str | list[Any] | None
    review_steps: str | list[Any] | None
    closing_action: str | list[Any] | None
    note: str | list[Any] | None


@dataclass(frozen=True)
class ParameterInForce(_Row):
    """One row of run_parameter."""

    name: str
    title: str | None
    region: str
    valid_from: dt.date | None
    value: str
    unit: str | None
    source: str | None
    is_example: bool


@dataclass(frozen=True)
class Table:
    """Rows of a reconciliation table with their column names."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def ask(
    con: duckdb.DuckDBPyConnection, sql: str, values: Sequence[str] | Mapping[str, str] = ()
) -> duckdb.DuckDBPyConnection:
    """Run a query with its values written in: binding them would import pandas, which costs more than a
    township's workbook.
    """
    if isinstance(values, Mapping):
        for name, value in values.items():
            sql = sql.replace(f"${name}", _literal(value))
    else:
        for value in values:
            sql = sql.replace("?", _literal(value), 1)
    return con.execute(sql)


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def township(con: duckdb.DuckDBPyConnection, code: str) -> Township:
    """The township of a code; raises LookupError when core_township does not know it."""
    row = ask(con, f"SELECT {Township.columns()} FROM core_township WHERE township_code = ?", [code]).fetchone()
    if row is None:
        raise LookupError(f"core_township has no township {code}")
    return Township.of(row)


def townships_of(con: duckdb.DuckDBPyConnection, county_code: str) -> list[Township]:
    """The townships of a county by code; 未定 only where it has findings."""
    rows = ask(
        con,
        f"""SELECT {Township.columns()} FROM core_township
            WHERE county_code = ?
                AND (township_code <> ? OR township_code IN (SELECT township_code FROM out_finding))
            ORDER BY township_code""",
        [county_code, UNKNOWN_TOWNSHIP],
    ).fetchall()
    return [Township.of(row) for row in rows]


def leads_of(con: duckdb.DuckDBPyConnection, code: str, likely: Callable[[Lead], float] = lambda _: 0.5) -> list[Lead]:
    """The findings a township sees: its own and those that concern it too, in the order of the sheet.

    Households come by their gravest lead, of equal ones by how often such leads were confirmed (`likely`, 0
    to 1), then by village; inside one the gravest lead comes first, then the likeliest.
    """
    rows = ask(
        con,
        # also_townships may be a list or text: a code in it stands between characters that are no digits.
        f"""SELECT {Lead.columns()} FROM out_finding
            WHERE township_code = $code
                OR regexp_matches(CAST(also_townships AS VARCHAR), '(^|[^0-9])' || $code || '([^0-9]|$)')""",
        {"code": code},
    ).fetchall()
    leads = [Lead.of(row) for row in rows]
    gravity = {severity: rank for rank, severity in enumerate(SEVERITIES)}
    gravest: dict[str, int] = {}
    place: dict[str, tuple[bool, str]] = {}
    for lead in leads:
        rank = gravity.get(lead.severity, len(gravity))
        gravest[lead.household] = (
            min(rank, gravest.get(lead.household, rank)) if lead.state != "decided" else gravest.get(lead.household, 9)
        )
        where = (lead.township_code != code, lead.village or "\uffff")
        place[lead.household] = min(where, place.get(lead.household, where))
    likeliest: dict[str, float] = {}
    for lead in leads:
        counts = lead.state != "decided" and gravity.get(lead.severity, len(gravity)) == gravest[lead.household]
        likeliest[lead.household] = max(likeliest.get(lead.household, 0.0), likely(lead) if counts else 0.0)
    return sorted(
        leads,
        key=lambda x: (
            gravest[x.household],
            -likeliest[x.household],
            place[x.household],
            x.household,
            gravity.get(x.severity, 9),
            -likely(x),
            x.rule_id,
            x.subject_key,
            x.finding_id,
        ),
    )


def county_leads(con: duckdb.DuckDBPyConnection, county_code: str) -> list[Lead]:
    """The findings that belong to a county's townships, each once."""
    rows = ask(
        con,
        f"""SELECT {Lead.columns()} FROM out_finding
            WHERE township_code IN (SELECT township_code FROM core_township WHERE county_code = ?)
            ORDER BY finding_id""",
        [county_code],
    ).fetchall()
    return [Lead.of(row) for row in rows]


def input_files(con: duckdb.DuckDBPyConnection) -> list[InputFile]:
    """Every file received, by dataset and name."""
    rows = ask(con, f"SELECT {InputFile.columns()} FROM run_input ORDER BY dataset, file").fetchall()
    return [InputFile.of(row) for row in rows]


def ignored_rows(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, int]]:
    """(dataset, file, reason, rows) of the rows left aside."""
    return ask(con, "SELECT dataset, file, reason, rows FROM run_ignored ORDER BY dataset, file, reason").fetchall()


def rules(con: duckdb.DuckDBPyConnection) -> list[Rule]:
    """Every rule of the run, gravest first within its family."""
    rows = [Rule.of(row) for row in ask(con, f"SELECT {Rule.columns()} FROM run_rule ORDER BY rule_id").fetchall()]
    return sorted(
        rows,
        key=lambda r: (r.family, SEVERITIES.index(r.severity) if r.severity in SEVERITIES else 9, r.rule_id),
    )


def parameters_for(con: duckdb.DuckDBPyConnection, region: str) -> list[ParameterInForce]:
    """Values that hold for a township (longest region prefix); for a county code its townships' own too."""
    rows = ask(
        con,
        f"""SELECT {ParameterInForce.columns()} FROM run_parameter
            WHERE starts_with($region, region) OR starts_with(region, $region)
            QUALIFY length(region) >= coalesce(
                max(CASE WHEN starts_with($region, region) THEN length(region) END)
                    OVER (PARTITION BY name), 0)
            ORDER BY name, region, valid_from""",
        {"region": region},
    ).fetchall()
    return [ParameterInForce.of(row) for row in rows]


def latest_pay_month(con: duckdb.DuckDBPyConnection) -> int | None:
    """The latest month paid for (month index), None without payments."""
    row = ask(con, "SELECT latest_pay_month FROM core_ctx").fetchone()
    return row[0] if row else None


def roll_size(con: duckdb.DuckDBPyConnection, township_code: str) -> tuple[int, int]:
    """Households and persons on active rows in a township."""
    row = ask(
        con,
        """SELECT (SELECT count(*) FROM core_household WHERE active AND township_code = $code),
                  (SELECT count(*) FROM core_person WHERE active AND township_code = $code)""",
        {"code": township_code},
    ).fetchone()
    return row if row else (0, 0)


def recon_tables(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Names of the reconciliation tables this run has, without their prefix."""
    rows = ask(
        con, "SELECT table_name FROM information_schema.tables WHERE starts_with(table_name, 'recon_')"
    ).fetchall()
    return {name.removeprefix("recon_") for (name,) in rows}


def recon_rows(con: duckdb.DuckDBPyConnection, name: str, level: str, region: str, sql: str) -> Table:
    """What `sql` selects from `rows`, the rows of recon_<name> at one level of a township or county."""
    code = "township_code" if len(region) > COUNTY_DIGITS else "county_code"
    result = ask(
        con,
        f"WITH rows AS (SELECT * FROM recon_{name} WHERE level = ? AND {code} = ?) {sql}",
        [level, region],
    )
    return Table(tuple(column[0] for column in result.description or ()), tuple(result.fetchall()))
