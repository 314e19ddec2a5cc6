"""SQL text around DuckDB's readers: quoting of paths and literals, and the shape of a raw scan."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import duckdb

# White space a cell may hold and still be empty; 0x1A ends files written by DOS programs
BLANK_CHARACTERS = " \t\n\v\f\r\x1a"


def literal(text: str) -> str:
    """`text` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def path_literal(path: Path) -> str:
    """A path as a literal for a DuckDB reader, which would take `*`, `?` and `[` in it for patterns."""
    escaped = "".join(f"[{c}]" if c in "*?[" else c for c in str(path))
    return literal(escaped)


def parquet_scan(path: Path, width: int) -> str:
    """The scan of a raw sheet whose `_row` and cells are stored at `path`."""
    columns = ", ".join(["_row", *(f"c{i}" for i in range(width))])
    return f"SELECT {columns} FROM read_parquet({path_literal(path)}, hive_partitioning = false)"


def long_cell(connection: duckdb.DuckDBPyConnection, scan: str, width: int, most_bytes: int) -> tuple[int, int] | None:
    """Row and column (both from 1) of the first cell of a raw scan longer than `most_bytes`, or None."""
    sizes = ", ".join(f"coalesce(strlen(c{i}), 0)" for i in range(width))
    found = connection.execute(
        f"SELECT _row, list_position(list_transform([{sizes}], lambda n: n > {most_bytes}), true) "
        f"FROM ({scan}) WHERE greatest({sizes}, 0) > {most_bytes} ORDER BY _row LIMIT 1"
    ).fetchone()
    return None if found is None else (int(found[0]), int(found[1]))


@contextlib.contextmanager
def connect(temp_dir: Path, **settings: str | int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A private in-memory database with these settings that spills into `temp_dir`."""
    connection = duckdb.connect(":memory:", config={"temp_directory": str(temp_dir), **settings})
    try:
        yield connection
    finally:
        connection.close()
