"""Brings the decisions into a run: current_decision, decision_evidence, decision_history, finding_review,
measured_precision; and the spot checks: sample_result, sample_estimate.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

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
VISIT_COLUMNS = {
    "draw_id": "VARCHAR",
    "run_id": "VARCHAR",
    "run_as_of": "DATE",
    "township_code": "VARCHAR",
    "household_id": "VARCHAR",
    "benefit_types": "VARCHAR",
    "method": "VARCHAR",
    "flagged": "BOOLEAN",
    "result": "VARCHAR",
    "problem_kind": "VARCHAR",
    "checked_on": "DATE",
}


def load_decisions(
    con: duckdb.DuckDBPyConnection, store_root: Path, configured: str | None, as_of: dt.date, work: Path
) -> int:
    """Create the decision tables of run.duckdb and return how many decisions the run knows.

    current_decision(finding_id, outcome, evidence_hash, decided_on, expires_on) and
    finding_review(finding_id, reviewed, confirmed: 0 or 1), one row per finding ever answered;
    decision_evidence(finding_id, outcome, checked_by, decided_on, evidence_hash, evidence_before);
    decision_history (every answer); measured_precision(rule_id, match_tier ('' where the finding rests on no
    link), township_code, reviewed, confirmed, low, high). sample_result has one row per household of every draw
    with what its visit found; sample_estimate what share of the households drawn at random had a problem, and of
    those without a finding (misses), by level, place and benefit type ('' for all). Only answers to lists and
    draws of `as_of` or before count. work: the reader's own folder, through which the answers pass:
    what a process that dies leaves there is swept with it. Raises DecisionsError.
    """
    for table, columns in (("loaded_decision", LOADED_COLUMNS), ("loaded_visit", VISIT_COLUMNS)):
        said = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({said})")
    if has_decisions(store_root, configured):
        _fill(con, store_root, configured, work / "decisions.parquet")
    # Values are written into the SQL: binding them would import pandas, which costs more than the tables.
    for name in ("decision_tables.sql", "sample_tables.sql"):
        sql = (FOLDER / name).read_text(encoding="utf-8")
        con.execute(sql.replace("$as_of", f"'{as_of.isoformat()}'").replace("$z", repr(Z)))
    con.execute("DROP TABLE loaded_decision; DROP TABLE loaded_visit")
    return int(con.execute("SELECT count(*) FROM decision_history").fetchall()[0][0])


def _fill(con: duckdb.DuckDBPyConnection, store_root: Path, configured: str | None, chunk: Path) -> None:
    from transforms.decisions.database import open_decisions
    from transforms.decisions.repository import every_decision
    from transforms.decisions.spot_checks import every_visit

    try:
        with open_decisions(store_root, configured) as engine:
            _load(con, "loaded_decision", LOADED_COLUMNS, every_decision(engine), chunk)
            _load(con, "loaded_visit", VISIT_COLUMNS, every_visit(engine), chunk)
    finally:
        chunk.unlink(missing_ok=True)


def _load(
    con: duckdb.DuckDBPyConnection,
    table: str,
    columns: Mapping[str, str],
    chunks: Iterator[Sequence[dict[str, Any]]],
    chunk: Path,
) -> None:
    """Fill a table in chunks by way of a file: a table of Arrow would import pandas."""
    import pyarrow as pa
    from pyarrow import parquet

    kinds = {
        "BIGINT": pa.int64(), "INTEGER": pa.int32(), "DATE": pa.date32(), "TIMESTAMP": pa.timestamp("us"), "BOOLEAN": pa.bool_(),
    }  # fmt: skip
    schema = pa.schema([(name, kinds.get(kind, pa.string())) for name, kind in columns.items()])
    for rows in chunks:
        parquet.write_table(pa.Table.from_pylist(list(rows), schema), chunk)
        con.execute(f"INSERT INTO {table} SELECT {', '.join(columns)} FROM read_parquet('{chunk}')")
