"""Received files to raw sheets, whatever their kind."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from .apart import open_apart
from .delimited import open_delimited
from .kinds import detect
from .models import RawSheet, ReceivedFile
from .sql import connect


def open_raw(file: ReceivedFile, work_dir: Path) -> list[RawSheet]:
    """The sheets of `file` that hold anything, in its order; a CSV or Parquet file has one.

    The scans read the kept file or files in `work_dir` named after its hash, which must stay until the last
    scan. Raises UnreadableFile when the file cannot be taken in.
    """
    work_dir.mkdir(parents=True, exist_ok=True)
    kind = detect(file.path)
    if kind == "csv":
        return [open_delimited(file.path, work_dir, file.sha256)]
    return open_apart(file.path, kind, work_dir, file.sha256)


def rows_at(file: ReceivedFile, sheet: str, rows: Collection[int], work_dir: Path) -> dict[int, tuple[str | None, ...]]:
    """The cells of the physical rows `rows` of one sheet ('' for CSV and Parquet) as received, by row; rows
    beyond the last are left out.

    Reads the file again. Raises KeyError when it has no such sheet, UnreadableFile as `open_raw`.
    """
    for raw in open_raw(file, work_dir):
        if raw.sheet == sheet:
            wanted = ", ".join(str(int(row)) for row in sorted(rows)) or "NULL"
            with connect(work_dir) as connection:
                found = connection.execute(
                    f"SELECT * FROM ({raw.scan}) WHERE _row IN ({wanted}) ORDER BY _row"
                ).fetchall()
            return {int(row): tuple(cells) for row, *cells in found}
    raise KeyError(sheet)


def cells_at(file: ReceivedFile, sheet: str, row: int, work_dir: Path) -> tuple[str | None, ...]:
    """The cells of one physical row as received; see `rows_at`. Raises KeyError when there is no such row."""
    return rows_at(file, sheet, (row,), work_dir)[row]
