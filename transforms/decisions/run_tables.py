"""Brings the decisions into a run: current_decision, decision_evidence, decision_history, finding_review,
measured_precision.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import duckdb

from transforms.decisions.place import has_decisions
from transforms.decisions.precision import Z

FOLDER = Path(__file__).parent
LOADED_COLUMNS = {
    "id": "BIGINT",
    "finding_id": "VARCHAR",
    "rule_id": "VARCHAR",
    "rule_version": "INTEGER",
    "subject_key": "VARCHAR",
    "match_tier": "VARCHAR",
    "run_id": "VARCHAR",
    "run_as_of": "DATE",
    "township_code": "VARCHAR",
    "owner_township_code": "VARCHAR",
    "outcome": "VARCHAR",
    "checked_by": "VARCHAR",
    "checked_on": "DATE",
    "measures": "VARCHAR",
    "due": "DATE",
    "note": "VARCHAR",
    "evidence_hash": "VARCHAR",
    "evidence": "VARCHAR",
    "lead": "VARCHAR",
    "decided_on": "DATE",
    "decided_at": "TIMESTAMP",
    "expires_on": "DATE",
    "file_name": "VARCHAR",
    "sha256": "VARCHAR",
    "source_row": "BIGINT",
}


def load_decisions(con: duckdb.DuckDBPyConnection, store_root: Path, configured: str | None, as_of: dt.date) -> int:
    """Create the decision tables of run.duckdb and return how many decisions the run knows.

    current_decision(finding_id, outcome, evidence_hash, decided_on, expires_on) and
    finding_review(finding_id, reviewed, confirmed: 0 or 1), one row per finding ever answered;
    decision_evidence(finding_id, outcome, checked_by, decided_on, evidence_hash, evidence_before);
    decision_history (every answer); measured_precision(rule_id, match_tier ('' where the finding rests on no
    link), township_code, reviewed, confirmed, low, high). Only answers to lists of `as_of` or before count.
    Raises DecisionsError.
    """
    columns = ", ".join(f"{name} {kind}" for name, kind in LOADED_COLUMNS.items())
    con.execute(f"CREATE OR REPLACE TEMP TABLE loaded_decision ({columns})")
    if has_decisions(store_root, configured):
        _fill(con, store_root, configured)
    # Values are written into the SQL: binding them would import pandas, which costs more than the tables.
    sql = (FOLDER / "decision_tables.sql").read_text(encoding="utf-8")
    con.execute(sql.replace("$as_of", f"'{as_of.isoformat()}'").replace("$z", repr(Z)))
    con.execute("DROP TABLE loaded_decision")
    return int(con.execute("SELECT count(*) FROM decision_history").fetchall()[0][0])


def _fill(con: duckdb.DuckDBPyConnection, store_root: Path, configured: str | None) -> None:
    """loaded_decision from the database, in chunks by way of a file: a table of Arrow would import pandas."""
    import pyarrow as pa
    from pyarrow import parquet

    from transforms.decisions.database import open_decisions
    from transforms.decisions.repository import every_decision

    kinds = {
        "BIGINT": pa.int64(),
        "INTEGER": pa.int32(),
        "DATE": pa.date32(),
        "TIMESTAMP": pa.timestamp("us"),
    }
    schema = pa.schema([(name, kinds.get(kind, pa.string())) for name, kind in LOADED_COLUMNS.items()])
    beside = store_root / "tmp"
    with (
        tempfile.TemporaryDirectory(prefix="rerun-decisions-", dir=beside if beside.is_dir() else None) as folder,
        open_decisions(store_root, configured) as engine,
    ):
        chunk = Path(folder) / "chunk.parquet"
        for rows in every_decision(engine):
            parquet.write_table(pa.Table.from_pylist(rows, schema), chunk)
            con.execute(f"INSERT INTO loaded_decision SELECT {', '.join(LOADED_COLUMNS)} FROM read_parquet('{chunk}')")
