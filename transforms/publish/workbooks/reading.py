"""What the workbooks read from run.duckdb, as small typed rows. Nothing here writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
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


Asked = str | int | None | Collection[str]


def ask(
    con: duckdb.DuckDBPyConnection, sql: str, values: Sequence[str] | Mapping[str, Asked] = ()
) -> duckdb.DuckDBPyConnection:
    """Run a query with its values written in: binding them would import pandas, which costs more than a
    township's workbook. Several values of one name become a list for IN.
    """
    if isinstance(values, Mapping):
        for name, value in values.items():
            sql = sql.replace(f"${name}", _literal(value))
    else:
        for value in values:
            sql = sql.replace("?", _literal(value), 1)
    return con.execute(sql)


def _literal(value: Asked) -> str:
    if value is None or isinstance(value, int):
        # An untyped NULL has no type to compare a text with.
        return "CAST(NULL AS VARCHAR)" if value is None else str(value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"({', '.join(map(_literal, value))})"


def townships(con: duckdb.DuckDBPyConnection, codes: Collection[str]) -> dict[str, Township]:
    """The townships of some codes by code; raises LookupError when core_township lacks one."""
    rows = ask(
        con, f"SELECT {Township.columns()} FROM core_township WHERE township_code IN $codes", {"codes": codes}
    ).fetchall()
    found = {row[0]: Township.of(row) for row in rows}
    for code in codes:
        if code not in found:
            raise LookupError(f"core_township has no township {code}")
    return found


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


def leads_of(con: duckdb.DuckDBPyConnection, codes: Collection[str]) -> dict[str, list[Lead]]:
    """The findings each of some townships sees: its own and those that concern it too. `in_order` puts them as on the sheet."""
    rows = ask(
        con,
        # also_townships may be a list or text: a code in it stands between characters that are no digits. Most concern one
        # township only: two scans, each of little more than it needs, cost less than one of everything.
        f"""SELECT township_code AS listed_in, {Lead.columns()} FROM out_finding WHERE township_code IN $codes
            UNION ALL
            SELECT listed_in, {Lead.columns()} FROM (
                SELECT unnest(list_distinct(regexp_extract_all(CAST(also_townships AS VARCHAR), '[0-9]+'))) AS listed_in, *
                FROM out_finding WHERE length(CAST(also_townships AS VARCHAR)) > 2)
            WHERE listed_in IN $codes AND listed_in IS DISTINCT FROM township_code""",
        {"codes": codes},
    ).fetchall()
    found: dict[str, list[Lead]] = {code: [] for code in codes}
    for code, *values in rows:
        found[code].append(Lead(*values))
    return found


def in_order(leads: Sequence[Lead], code: str, likely: Callable[[Lead], float] = lambda _: 0.5) -> list[Lead]:
    """The leads of a township in the order of the sheet.

    Households come by their gravest lead, of equal ones by how often such leads were confirmed (`likely`, 0
    to 1), then by village; inside one the gravest lead comes first, then the likeliest.
    """
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


def parameters_for(con: duckdb.DuckDBPyConnection, regions: Collection[str]) -> dict[str, list[ParameterInForce]]:
    """Values that hold for each of some townships (longest region prefix); for a county code its townships' own too."""
    rows = ask(
        con,
        f"""SELECT wanted, {ParameterInForce.columns()} FROM run_parameter
            INNER JOIN (SELECT unnest(list_value$regions) AS wanted) ON starts_with(wanted, region) OR starts_with(region, wanted)
            QUALIFY length(region) >= coalesce(
                max(CASE WHEN starts_with(wanted, region) THEN length(region) END)
                    OVER (PARTITION BY wanted, name), 0)
            ORDER BY wanted, name, region, valid_from""",
        {"regions": regions},
    ).fetchall()
    found: dict[str, list[ParameterInForce]] = {region: [] for region in regions}
    for region, *values in rows:
        found[region].append(ParameterInForce(*values))
    return found


def latest_pay_month(con: duckdb.DuckDBPyConnection) -> int | None:
    """The latest month paid for (month index), None without payments."""
    row = ask(con, "SELECT latest_pay_month FROM core_ctx").fetchone()
    return row[0] if row else None


def roll_sizes(con: duckdb.DuckDBPyConnection, codes: Collection[str]) -> dict[str, tuple[int, int]]:
    """Households and persons on active rows in each of some townships."""
    households, persons = (
        dict(
            ask(
                con,
                f"SELECT township_code, count(*) FROM {table} WHERE active AND township_code IN $codes GROUP BY 1",
                {"codes": codes},
            ).fetchall()
        )
        for table in ("core_household", "core_person")
    )
    return {code: (households.get(code, 0), persons.get(code, 0)) for code in codes}


def recon_tables(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Names of the reconciliation tables this run has, without their prefix."""
    rows = ask(
        con, "SELECT table_name FROM information_schema.tables WHERE starts_with(table_name, 'recon_')"
    ).fetchall()
    return {name.removeprefix("recon_") for (name,) in rows}


def recon_rows(
    con: duckdb.DuckDBPyConnection, name: str, level: str, regions: Collection[str], sql: str
) -> dict[str, Table]:
    """What `sql` selects from `rows`, the rows of recon_<name> at one level of some townships or counties, by region.

    `rows` has the region's code as `region`, and so has what `sql` selects as its first column.
    """
    code = "township_code" if all(len(region) > COUNTY_DIGITS for region in regions) else "county_code"
    result = ask(
        con,
        f"WITH rows AS (SELECT *, {code} AS region FROM recon_{name} WHERE level = $level AND {code} IN $regions) {sql}",
        {"level": level, "regions": regions},
    )
    columns = tuple(column[0] for column in result.description or ())[1:]
    found: dict[str, list[tuple[Any, ...]]] = {}
    for region, *values in result.fetchall():
        found.setdefault(region, []).append(tuple(values))
    return {region: Table(columns, tuple(rows)) for region, rows in found.items()}
