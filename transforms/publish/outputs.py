"""Writes what a run publishes beside its workbooks: suspects.parquet, links.parquet, reconciliation/*.parquet, manifest.json."""

from __future__ import annotations

import datetime as dt
import json
from importlib import metadata
from pathlib import Path
from typing import Any

import duckdb

from transforms.staging.views import place_of

VERSIONED = ("duckdb", "polars", "pyarrow", "prefect", "great-expectations", "openpyxl", "splink", "sqlglot", "hedui")
WORKBOOK_FOLDER = "workbooks"
REPORT = "report.html"
LINKAGE_REPORT = "linkage_report.html"


def write_suspects(con: duckdb.DuckDBPyConnection, run_dir: Path, township_code: str | None = None) -> int:
    """suspects.parquet in the order of out_finding; for a rerun only what concerns the township. Returns the rows written."""
    where = f"WHERE {concerning(township_code)}" if township_code else ""
    path = _quoted(run_dir / "suspects.parquet")
    con.execute(f"COPY (SELECT * FROM out_finding {where}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    return int(con.execute(f"SELECT count(*) FROM read_parquet('{path}')").fetchall()[0][0])


def concerning(township_code: str) -> str:
    """The SQL condition on out_finding: findings of a township, and those that concern it too."""
    code = "'" + township_code.replace("'", "''") + "'"
    return f"(township_code = {code} OR list_contains(also_townships, {code}))"


def write_links(con: duckdb.DuckDBPyConnection, run_dir: Path) -> None:
    """links.parquet: register rows linked to people on the roll, by file, sheet and physical row; in the order of the snapshot's links.

    Numbers of people and households are too many for a dictionary of values: none is tried beyond the limit.
    """
    number, row = place_of("l._row_id")
    con.execute(
        f"""
        COPY (
            SELECT l.dataset, s._file AS file, s._sheet AS sheet, {row} AS row, l.household_id, l.id_number, l.person_key, l.role, l.tier,
                l.confidence
            FROM links AS l INNER JOIN staged_sheet AS s ON s.dataset = l.dataset AND s.number = {number}
            WHERE l.on_roll
        ) TO '{_quoted(run_dir / "links.parquet")}' (FORMAT parquet, COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 2000)
        """
    )


def write_reconciliation(con: duckdb.DuckDBPyConnection, run_dir: Path, tables: list[str]) -> None:
    """One Parquet file per reconciliation table."""
    folder = run_dir / "reconciliation"
    folder.mkdir()
    for table in tables:
        path = _quoted(folder / f"{table.removeprefix('recon_')}.parquet")
        con.execute(f"COPY (SELECT * FROM {table}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")


def write_manifest(run_dir: Path, manifest: dict[str, Any]) -> None:
    """manifest.json, last of a run's own files."""
    text = json.dumps(manifest, ensure_ascii=False, indent=1, default=_plain)
    (run_dir / "manifest.json").write_text(text, encoding="utf-8")


def versions() -> dict[str, str]:
    """The versions of what a run's figures depend on."""
    found = {}
    for name in VERSIONED:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def _plain(value: Any) -> str:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
