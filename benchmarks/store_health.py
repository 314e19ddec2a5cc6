"""Is a store whole? What must hold after any fault: latest.json names a whole run, no half-written file counts, every decision is there once."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zipfile
from collections import Counter
from contextlib import closing
from pathlib import Path

import duckdb
import psycopg


def problems_of(store: Path, out: Path | None = None) -> list[str]:
    """What is wrong with a store (and with the folder extracts go to); [] for a whole one."""
    found = [*_raw(store), *_runs(store), *_decisions(store)]
    if (store / "latest.json").exists():
        found += _latest(store)
    if out is not None and out.is_dir():
        found += [f"half an extract: {p.name}" for p in out.glob("[!.]*.xlsx") if not zipfile.is_zipfile(p)]
    return found


def _latest(store: Path) -> list[str]:
    try:
        named = json.loads((store / "latest.json").read_text(encoding="utf-8"))
    except ValueError:
        return ["latest.json is no JSON"]
    if not named["run_id"].startswith("nightly-") or not (store / "runs" / named["run_id"] / "manifest.json").exists():
        return ["latest.json names no nightly run that is there"]
    return _snapshot(store / "snapshots" / named["snapshot_id"])


def _snapshot(folder: Path) -> list[str]:
    if not (folder / "snapshot.json").exists():
        return [f"snapshot {folder.name} is not whole"]
    with duckdb.connect() as con:
        try:
            for path in sorted(folder.rglob("*.parquet")):
                con.execute(f"SELECT count(*) FROM read_parquet('{path}')")
        except duckdb.Error:
            return [f"{path.name} of snapshot {folder.name} cannot be read"]
    return []


def _runs(store: Path) -> list[str]:
    found = []
    for folder in sorted((store / "runs").iterdir()):
        try:
            found += _run(folder)
        except (OSError, ValueError, KeyError, duckdb.Error, zipfile.BadZipFile) as error:
            found.append(f"run {folder.name} is not whole ({type(error).__name__})")
    return found


def _run(folder: Path) -> list[str]:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    with duckdb.connect(str(folder / "run.duckdb"), read_only=True) as con:
        listed = con.execute(f"SELECT count(*) FROM read_parquet('{folder / 'suspects.parquet'}')").fetchall()[0][0]
        con.execute("SELECT count(*) FROM out_finding").fetchall()
        for path in sorted((folder / "reconciliation").glob("*.parquet")):
            con.execute(f"SELECT count(*) FROM read_parquet('{path}')").fetchall()
    for path in (folder / "workbooks").glob("*.xlsx"):
        with zipfile.ZipFile(path) as book:
            if book.testzip():
                return [f"run {folder.name}: {path.suffix} damaged"]
    left = [p.name for p in folder.iterdir() if p.name.startswith("spill")]
    return ([] if listed == manifest["findings"] else [f"run {folder.name}: manifest and list differ"]) + [
        f"run {folder.name}: {n} left" for n in left
    ]


def _raw(store: Path) -> list[str]:
    kept = [p for p in (store / "raw").glob("??/*") if p.is_file()]
    return [
        f"raw file {p.name[:12]} is not what its name says"
        for p in kept
        if hashlib.sha256(p.read_bytes()).hexdigest() != p.name[:64]
    ]


def _decisions(store: Path) -> list[str]:
    if not (store / "decisions.db").exists():
        return []
    with closing(sqlite3.connect(store / "decisions.db")) as con:
        check = con.execute("PRAGMA integrity_check").fetchall()
    return [] if check == [("ok",)] else ["decisions.db is damaged"]


def decisions_in(store: Path, database: str | None = None) -> Counter[tuple[str, str]]:
    """How often each answer (finding, what was said) is recorded: in the store, or in the PostgreSQL of a URL."""
    asked = "SELECT finding_id, content_key FROM decision"
    if database:
        with psycopg.connect(database) as server:
            return Counter(server.execute(asked).fetchall())
    if not (store / "decisions.db").exists():
        return Counter()
    with closing(sqlite3.connect(store / "decisions.db")) as con:
        if not con.execute("SELECT 1 FROM sqlite_master WHERE name = 'decision'").fetchall():
            return Counter()
        return Counter(con.execute(asked).fetchall())


def recorded_answers(store: Path) -> int:
    """How many answers are recorded."""
    return sum(decisions_in(store).values())
