"""The tables the forms are filled from: temporary, made anew in a connection that reads run.duckdb."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import duckdb

from transforms.forms.model import Place, Row

HERE = Path(__file__).parent
UNKNOWN_TOWNSHIP = "000000000"
TABLES = ("form_row", "form_household", "form_clue", "form_monitor")
LOOKBACK = "param_exit_lookback_start"
ROLL_COLUMNS = """
    household_id, benefit_type, coalesce(low_income_type, '') AS low_type, person_key, name, id_number,
    id_valid, sex, relation_to_head, township_code, village, address, single_person, illness,
    disability_type, disability_grade, start_date, status, end_date, grace_start, declared_income,
    care_class, authorisation_date, has_authorisation_date, phone, head_name, head_id_number,
    household_amount, persons_covered, active, _row_id, _file,
    CASE WHEN is_dibao THEN 'dibao' WHEN is_tekun THEN 'tekun' ELSE 'low' END AS kind
"""
ON_FORMS = "(is_dibao OR is_tekun OR is_low_income)"


def create_form_tables(con: duckdb.DuckDBPyConnection, month: int, previous: Path | None) -> None:
    """Create the temporary form_* tables in a connection to run.duckdb.

    `previous` is the run.duckdb of a run in the month before `month` (a month index): its roll is then the
    roll of that month. Without it the roll of that month is told from the start and end dates of this one.
    """
    con.execute(
        """CREATE OR REPLACE TEMP TABLE form_ctx AS
           SELECT as_of, min_confidence, CAST($month AS INTEGER) AS month,
               CAST($month - 1 AS INTEGER) AS before_month,
               month_end(CAST($month - 1 AS INTEGER)) AS before_end,
               CAST($previous AS BOOLEAN) AS has_previous
           FROM core_ctx""",
        {"month": month, "previous": previous is not None},
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE form_roll AS SELECT {ROLL_COLUMNS} FROM core_row WHERE {ON_FORMS}")
    _create_before(con, previous)
    for table in TABLES:
        con.execute((HERE / f"{table}.sql").read_text(encoding="utf-8"))
    if has_table(con, LOOKBACK):
        con.execute((HERE / "form_reentry.sql").read_text(encoding="utf-8"))


def _create_before(con: duckdb.DuckDBPyConnection, previous: Path | None) -> None:
    if previous is None:
        con.execute(
            """CREATE OR REPLACE TEMP TABLE form_before AS
               SELECT r.*
               FROM form_roll AS r
               CROSS JOIN form_ctx AS c
               WHERE r.start_date <= c.before_end AND (r.end_date IS NULL OR r.end_date > c.before_end)
                   AND (r.active OR r.end_date IS NOT NULL)"""
        )
        return
    quoted = str(previous).replace("'", "''")
    con.execute(f"ATTACH '{quoted}' AS form_previous (READ_ONLY)")
    try:
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE form_before AS
                SELECT {ROLL_COLUMNS} FROM form_previous.core_row WHERE active AND {ON_FORMS}"""
        )
    finally:
        con.execute("DETACH form_previous")


def has_table(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether the run has a table or view of this name."""
    return bool(
        con.execute("SELECT count(*) FROM information_schema.tables WHERE table_name = ?", [name]).fetchall()[0][0]
    )


def rows(
    con: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object] | dict[str, object] | None = None
) -> list[Row]:
    """What a query gives, one dict per row."""
    result = con.execute(sql, values)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def one(con: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object] | dict[str, object] | None = None) -> Row:
    """The first row of a query that always gives one."""
    return rows(con, sql, values)[0]


def counties(con: duckdb.DuckDBPyConnection) -> list[Place]:
    """Every county of the run's townships."""
    found = con.execute(
        """SELECT county_code, max(county_name) FROM core_township
           WHERE township_code <> ? GROUP BY county_code ORDER BY county_code""",
        [UNKNOWN_TOWNSHIP],
    ).fetchall()
    return [Place(code, name or code) for code, name in found]


def townships(con: duckdb.DuckDBPyConnection, county: Place) -> list[Place]:
    """Every township of a county by code; 未定 last, and only where somebody belongs to it."""
    found = con.execute(
        """SELECT township_code, township_name FROM core_township
           WHERE county_code = $county AND (township_code <> $unknown
               OR $unknown IN (SELECT township_code FROM form_row
                               UNION ALL SELECT township_code FROM form_monitor))
           ORDER BY township_code = $unknown, township_code""",
        {"county": county.county_code, "unknown": UNKNOWN_TOWNSHIP},
    ).fetchall()
    return [Place(county.county_code, county.county_name, code, name or code) for code, name in found]


def month_of(day: dt.date) -> int:
    """A date's month index."""
    return day.year * 12 + day.month
