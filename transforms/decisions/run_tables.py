"""Brings the decisions into a run: current_decision, decision_evidence, decision_history, finding_review,
measured_precision.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pyarrow as pa

from transforms.decisions.database import has_decisions, open_decisions
from transforms.decisions.precision import Z

FOLDER = Path(__file__).parent
TEXT, DAY, COUNT = pa.string(), pa.date32(), pa.int64()
LOADED_COLUMNS = {
    "id": COUNT,
    "finding_id": TEXT,
    "rule_id": TEXT,
    "rule_version": pa.int32(),
    "subject_key": TEXT,
    "match_tier": TEXT,
    "run_id": TEXT,
    "run_as_of": DAY,
    "township_code": TEXT,
    "owner_township_code": TEXT,
    "outcome": TEXT,
    "checked_by": TEXT,
    "checked_on": DAY,
    "measures": TEXT,
    "due": DAY,
    "note": TEXT,
    "evidence_hash": TEXT,
    "evidence": TEXT,
    "lead": TEXT,
    "decided_on": DAY,
    "decided_at": pa.timestamp("us"),
    "expires_on": DAY,
    "file_name": TEXT,
    "sha256": TEXT,
    "source_row": COUNT,
}


def load_decisions(
    con: duckdb.DuckDBPyConnection, store_root: Path, configured: str | None, as_of: dt.date
) -> int:
    """Create the decision tables of run.duckdb and return how many decisions the run knows.

    current_decision(finding_id, outcome, evidence_hash, decided_on, expires_on) and
    finding_review(finding_id, reviewed, confirmed: 0 or 1), one row per finding ever answered;
    decision_evidence(finding_id, outcome, checked_by, decided_on, evidence_hash, evidence_before);
    decision_history (every answer); measured_precision(rule_id, match_tier ('' where the finding rests on no
    link), township_code, reviewed, confirmed, low, high). Only answers to lists of `as_of` or before count.
    Raises DecisionsError.
    """
    empty = pa.schema(list(LOADED_COLUMNS.items())).empty_table()
    con.register("decision_rows", empty)
    con.execute("CREATE OR REPLACE TEMP TABLE loaded_decision AS SELECT * FROM decision_rows")
    con.unregister("decision_rows")
    if has_decisions(store_root, configured):
        _fill(con, store_root, configured)
    for statement in con.extract_statements((FOLDER / "decision_tables.sql").read_text(encoding="utf-8")):
        values = {"as_of": as_of, "z": Z}
        con.execute(statement, {name: values[name] for name in statement.named_parameters})
    con.execute("DROP TABLE loaded_decision")
    return int(con.execute("SELECT count(*) FROM decision_history").fetchall()[0][0])


def _fill(con: duckdb.DuckDBPyConnection, store_root: Path, configured: str | None) -> None:
    from transforms.decisions.repository import every_decision

    with open_decisions(store_root, configured) as engine:
        for rows in every_decision(engine):
            table = pa.table({c: pa.array([r[c] for r in rows], kind) for c, kind in LOADED_COLUMNS.items()})
            con.register("decision_rows", table)
            con.execute("INSERT INTO loaded_decision SELECT * FROM decision_rows")
            con.unregister("decision_rows")
