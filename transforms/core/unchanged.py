"""What a run need not make again: tables and answers the last run made from the same things.

A second run for the same check date (a department sent a file again) starts from a copy of the last run's database. A table of it holds again when
its print is the same: a hash of its SQL, and of all that SQL reads, down to the files of the snapshot, the check date and the values of parameters.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import duckdb

from transforms.versions import code_hash

MADE = "run_made"
#: Relations a run's statements read are in this schema; temporary ones are worked out from views of the same name.
_HERE = "NOT internal AND schema_name = 'main' AND NOT temporary"


class Prints:
    """Prints of the statements of one run: equal prints, equal rows."""

    def __init__(self, con: duckdb.DuckDBPyConnection, parser: duckdb.DuckDBPyConnection, snapshot: Path) -> None:
        """con: the run's database with the snapshot's views, parameters and core_ctx, as the statements will find them. parser: a connection
        that knows the macros and no relation: it tells what a statement names, where `con` would look through views."""
        self._con = con
        self._parser = parser
        self._snapshot = snapshot
        views = con.execute(f"SELECT view_name, sql FROM duckdb_views() WHERE {_HERE}").fetchall()
        # As it is kept: CREATE VIEW name AS SELECT …;
        self._views = {name: str(sql).partition(" AS ")[2].rstrip(";") for name, sql in views}
        self._known: dict[str, str | None] = {}

    def define(self, name: str, sql: str) -> str | None:
        """The print of a relation made by this SQL, under whose name others may read it from now on."""
        self._known[name] = self.of(sql)
        return self._known[name]

    def of(self, sql: str) -> str | None:
        """The print of a statement; None where what it reads cannot be told, or it is no statement: it must be run."""
        try:
            return self._of(sql)
        except (duckdb.Error, OSError):
            return None

    def _of(self, sql: str) -> str | None:
        digest = hashlib.sha256(sql.replace(str(self._snapshot), "").encode())
        for file in sorted(self._files(sql)):
            # A file taken over from another snapshot is the same file (or a copy with its time): files of snapshots never change.
            kept = (self._snapshot / file).stat()
            digest.update(f"{file}:{kept.st_size}:{kept.st_mtime_ns}\0".encode())
        for name in sorted(self._parser.get_table_names(sql)):
            read = self._relation(name)
            if read is None:
                return None
            digest.update(f"{name}={read}\0".encode())
        return digest.hexdigest()

    def _relation(self, name: str) -> str | None:
        if name not in self._known:
            self._known[name] = self.of(self._views[name]) if name in self._views else self._content(name)
        return self._known[name]

    def _content(self, table: str) -> str:
        rows = self._con.execute(f"SELECT count(*), sum(hash(*COLUMNS(*))) FROM main.{table}").fetchall()
        return str(rows[0])

    def _files(self, sql: str) -> set[str]:
        return set(re.findall(re.escape(str(self._snapshot)) + r"/([^']+)'", sql))


@cache
def matching_version() -> str:
    """The code that makes core tables and applies rules, and DuckDB's version: others may give other rows from the same SQL and data."""
    return f"{code_hash('rules/engine', 'rules/macros', 'transforms/core')}, DuckDB {duckdb.__version__}"


def keep_only(con: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> None:
    """Drop every view and every table but these: what a copied database holds besides is its own run's. Their place in the file is free again."""
    kept = {*tables, MADE}
    con.begin()
    for (view,) in con.execute(f"SELECT view_name FROM duckdb_views() WHERE {_HERE}").fetchall():
        con.execute(f'DROP VIEW "{view}"')
    for (table,) in con.execute(f"SELECT table_name FROM duckdb_tables() WHERE {_HERE}").fetchall():
        if table not in kept:
            con.execute(f'DROP TABLE "{table}"')
    con.commit()
    con.execute("CHECKPOINT")


def read_made(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Name of a table or rule → print it was made with, as the database was left; empty for a new one."""
    if not con.execute(f"SELECT count(*) FROM duckdb_tables() WHERE table_name = '{MADE}'").fetchall()[0][0]:
        return {}
    return dict(con.execute(f"SELECT name, print FROM {MADE}").fetchall())


def forget(con: duckdb.DuckDBPyConnection, changed: Iterable[str]) -> None:
    """Drop the prints of what is made anew: a run that dies may leave it made, before its print is written."""
    for name in changed:
        con.execute(f"DELETE FROM {MADE} WHERE name = '{name}'")
