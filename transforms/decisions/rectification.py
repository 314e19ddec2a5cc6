"""The 整改台账 of a run: what was confirmed, by when it is to be put right, and whether it was (对账销号)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

FOLDER = Path(__file__).parent
NO_PREVIOUS = (
    "SELECT CAST(NULL AS VARCHAR) AS finding_id, CAST(NULL AS DATE) AS closed_on, "
    "CAST(NULL AS INTEGER) AS seen_version WHERE FALSE"
)


def build_rectification(con: duckdb.DuckDBPyConnection, previous_run: Path | None, as_of: dt.date) -> int:
    """Create `rectification`, one row per finding ever confirmed, and return its row count.

    status is 'open', 'overdue' (its deadline lies before `as_of`) or 'closed'; closed_on is the day of the
    first run without it, or of the decision that closed it. Needs decision_history, current_decision,
    out_finding and run_rule; `previous_run` is the folder of the last published run, whose closing days are
    kept.
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE previous_rectification AS {NO_PREVIOUS}")
    if previous_run is not None:
        _load_previous(con, previous_run)
    # The day is written into the SQL: binding it would import pandas.
    sql = (FOLDER / "rectification.sql").read_text(encoding="utf-8")
    con.execute(sql.replace("$as_of", f"'{as_of.isoformat()}'"))
    con.execute("DROP TABLE previous_rectification")
    return int(con.execute("SELECT count(*) FROM rectification").fetchall()[0][0])


def _load_previous(con: duckdb.DuckDBPyConnection, previous_run: Path) -> None:
    path = str(previous_run / "run.duckdb").replace("'", "''")
    con.execute(f"ATTACH '{path}' AS previous_ledger (READ_ONLY)")
    try:
        known = con.execute(
            "SELECT count(*) FROM duckdb_tables() WHERE database_name = 'previous_ledger' AND table_name = "
            "'rectification'"
        ).fetchall()[0][0]
        if known:
            con.execute(
                "INSERT INTO previous_rectification SELECT finding_id, closed_on, seen_version FROM "
                "previous_ledger.rectification"
            )
    finally:
        con.execute("DETACH previous_ledger")
