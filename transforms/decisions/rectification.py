"""The 整改台账 of a run: what was confirmed, by when it is to be put right, and whether it was (对账销号)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

FOLDER = Path(__file__).parent
#: What a ledger is told by the one before: when an item was closed, and what it was in the run that last had it.
KEPT = {
    "finding_id": "VARCHAR",
    "rule_id": "VARCHAR",
    "township_code": "VARCHAR",
    "closed_on": "DATE",
    "seen_version": "INTEGER",
    "seen_run_id": "VARCHAR",
    "subject_key": "VARCHAR",
    "match_tier": "VARCHAR",
    "event_date": "DATE",
    "seen_evidence": "VARCHAR",
}


def build_rectification(con: duckdb.DuckDBPyConnection, as_of: dt.date) -> int:
    """Create `rectification`, one row per finding ever confirmed, and return its row count.

    status is 'open', 'overdue' (its deadline lies before `as_of`) or 'closed'; closed_on is the day of the
    first run that knows it fixed at the source, or of the decision that closed it. Needs decision_history,
    current_decision, out_finding, gone_reason and previous_rectification.
    """
    # The day is written into the SQL: binding it would import pandas.
    sql = (FOLDER / "rectification.sql").read_text(encoding="utf-8")
    con.execute(sql.replace("$as_of", f"'{as_of.isoformat()}'"))
    return int(con.execute("SELECT count(*) FROM rectification").fetchall()[0][0])


def load_previous_rectification(con: duckdb.DuckDBPyConnection, previous_run: Path | None) -> None:
    """Create previous_rectification (KEPT) from the last published run's folder, with what that run's version kept of it."""
    columns = ", ".join(f"{name} {kind}" for name, kind in KEPT.items())
    con.execute(f"CREATE OR REPLACE TEMP TABLE previous_rectification ({columns})")
    if previous_run is None:
        return
    path = str(previous_run / "run.duckdb").replace("'", "''")
    con.execute(f"ATTACH '{path}' AS previous_ledger (READ_ONLY)")
    try:
        known = con.execute(
            "SELECT column_name FROM duckdb_columns() WHERE database_name = 'previous_ledger' AND table_name = "
            "'rectification'"
        ).fetchall()
        if known:
            kept = ", ".join(name for (name,) in known if name in KEPT)
            con.execute(f"INSERT INTO previous_rectification BY NAME SELECT {kept} FROM previous_ledger.rectification")
    finally:
        con.execute("DETACH previous_ledger")
