"""Helpers that make received files and read them back cell for cell."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb

from transforms.intake import RawSheet, ReceivedFile

Cells = list[tuple[str | None, ...]]


def cells(raw: RawSheet) -> Cells:
    """All rows of a sheet in order; fails when row numbers are not 1, 2, 3 …"""
    rows = duckdb.sql(f"SELECT * FROM ({raw.scan}) ORDER BY _row").fetchall()
    assert [row[0] for row in rows] == list(range(1, raw.rows + 1))
    return [row[1 : 1 + raw.width] for row in rows]


def as_received(path: Path) -> ReceivedFile:
    """A file as if it had come through the inbox."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return ReceivedFile("deaths", f"deaths/{path.name}", path, digest, len(content))
