"""SQL text around DuckDB's readers: quoting of paths and literals, and the shape of a raw scan."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import duckdb

from transforms.china_time import TIME_ZONE

# White space a cell may hold and still be empty; 0x1A ends files written by DOS programs
BLANK_CHARACTERS = " \t\n\v\f\r\x1a"


def literal(text: str) -> str:
    """`text` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def path_literal(path: Path) -> str:
    """A path as a literal for a DuckDB reader, which would take `*`, `?` and `[` in it for patterns."""
    escaped = "".join(f"[{c}]" if c in "*?[" else c for c in str(path))
    return literal(escaped)


def parquet_files_literal(folder: Path) -> str:
    """Every Parquet file of a folder as a literal for a DuckDB reader."""
    return path_literal(folder)[:-1] + "/*.parquet'"


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


def text_of(column: str, kind: str) -> str:
    """An SQL expression for a column (its SQL name) of a DuckDB type as text: ISO dates, plain numbers (no exponent, no needless decimals),
    TRUE and FALSE; NULL where empty.
    """
    if kind in {"DOUBLE", "FLOAT"}:
        return _plain_number(column, 1e15 if kind == "DOUBLE" else 1e6)
    if kind == "BOOLEAN":
        return f"CASE WHEN {column} THEN 'TRUE' WHEN NOT {column} THEN 'FALSE' END"
    if kind == "TIMESTAMP WITH TIME ZONE":
        # Instants are shown on the clock of the departments that wrote them.
        return f"CAST(timezone({literal(TIME_ZONE)}, {column}) AS VARCHAR)"
    return f"nullif(CAST({column} AS VARCHAR), '')"


def _plain_number(column: str, exact: float) -> str:
    """The shortest digits that mean this number, written out (NaN, which pandas writes for a missing one, is
    empty): 3.2e+17 as 320000000000000000, 1e-07 as 0.0000001, 5.0 as 5.

    exact: up to here whole numbers of the type are exact and are written without an exponent.
    """
    text = f"CAST({column} AS VARCHAR)"
    sign = f"CASE WHEN {column} < 0 THEN '-' ELSE '' END"
    digits = f"regexp_replace(split_part({text}, 'e', 1), '[-.]', '', 'g')"
    power = f"abs(CAST(split_part({text}, 'e', 2) AS INTEGER))"
    # Nearly every number is whole or has a short fraction: neither needs the text to be taken apart.
    return f"""CASE
        WHEN isnan({column}) THEN NULL
        WHEN abs({column}) BETWEEN 1 AND {exact} AND {column} = trunc({column})
        THEN CAST(CAST({column} AS BIGINT) AS VARCHAR)
        WHEN abs({column}) BETWEEN 1 AND {exact} THEN {text}
        WHEN contains({text}, 'e+') THEN concat({sign}, {digits}, repeat('0', {power} + 1 - length({digits})))
        WHEN contains({text}, 'e-') THEN concat({sign}, '0.', repeat('0', {power} - 1), {digits})
        ELSE regexp_replace({text}, '\\.0$', '') END"""


def draw_no_bar(con: duckdb.DuckDBPyConnection) -> None:
    """Keep DuckDB from drawing a bar of its own after two seconds of work: on standard output, where answers are read."""
    con.execute("SET enable_progress_bar = false")


@contextlib.contextmanager
def connect(temp_dir: Path, **settings: str | int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A private in-memory database with these settings that spills into `temp_dir`."""
    connection = duckdb.connect(":memory:", config={"temp_directory": str(temp_dir), **settings})
    draw_no_bar(connection)
    try:
        yield connection
    finally:
        connection.close()
