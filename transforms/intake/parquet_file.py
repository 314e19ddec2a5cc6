"""Parquet to a raw sheet: every column as the text a spreadsheet would show."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from .models import MAX_COLUMNS, RawSheet, UnreadableFile
from .sql import BLANK_CHARACTERS, connect, literal, path_literal

_DAMAGED = "The Parquet file is damaged, cut off, or holds text that is not UTF-8; write it and send it again."
# DuckDB's own column for the place of a record in its file
_RECORD_NUMBER = "file_row_number"
# Records at the end of a file among which the last filled one is first looked for
_TAIL = 1_000
# Instants are shown on the clock of the departments that wrote them
_CLOCK = "Asia/Shanghai"


def open_parquet(path: Path, work_dir: Path) -> RawSheet:
    """The one sheet of the Parquet file at `path`; its scan reads the file itself.

    `_row` is the record number from 1. Raises UnreadableFile.
    """
    header = _header(path)
    with connect(work_dir) as connection:
        try:
            options = "hive_partitioning = false, binary_as_string = true, file_row_number = true"
            source = f"read_parquet({path_literal(path)}, {options})"
            described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
            # DuckDB tells names that differ only in case apart by a number, so they are taken from it, in
            # their order
            columns = [(str(row[0]), str(row[1])) for row in described][:-1]
            cells = ", ".join(f"{_as_text(name, kind)} AS c{i}" for i, (name, kind) in enumerate(columns))
            scan = f"SELECT {_RECORD_NUMBER} + 1 AS _row, {cells} FROM {source}"
            records = _checked_records(connection, source, [name for name, _ in columns])
            rows = _last_filled(connection, scan, len(columns), records)
        except duckdb.Error:
            raise UnreadableFile(_DAMAGED) from None
    return RawSheet(
        sheet_no=0,
        sheet="",
        scan=scan if rows == records else f"SELECT * FROM ({scan}) WHERE _row <= {rows}",
        width=len(columns),
        header=header,
        kind="parquet",
        encoding=None,
        delimiter=None,
        hidden=False,
        rows=rows,
    )


def _header(path: Path) -> tuple[str, ...]:
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError, ValueError):
        raise UnreadableFile(_DAMAGED) from None
    if not schema.names:
        raise UnreadableFile("The Parquet file has no columns.")
    if len(schema.names) > MAX_COLUMNS:
        raise UnreadableFile(
            f"The Parquet file has {len(schema.names)} columns, more than the {MAX_COLUMNS} that can be read."
        )
    if _RECORD_NUMBER in {name.lower() for name in schema.names}:
        raise UnreadableFile(f"The Parquet file has a column named {_RECORD_NUMBER}, which is reserved; rename it.")
    nested = [field.name for field in schema if pa.types.is_nested(field.type)]
    if nested:
        raise UnreadableFile(
            f"Columns of the Parquet file hold lists or records ({', '.join(nested[:5])}); write one value per cell."
        )
    return tuple(schema.names)


def _checked_records(connection: duckdb.DuckDBPyConnection, source: str, columns: list[str]) -> int:
    """The number of records. Reads every cell once, so that damage shows here and not in a later stage."""
    cells = ", ".join(map(_name, columns))
    counted = connection.execute(f"SELECT count(*), bit_xor(hash({cells})) FROM {source}").fetchone()
    return int(counted[0]) if counted else 0


def _last_filled(connection: duckdb.DuckDBPyConnection, scan: str, width: int, records: int) -> int:
    """The number of the last record that is not empty: looked for at the end, and everywhere where it is empty."""
    blank = literal(BLANK_CHARACTERS)
    filled = " OR ".join(f"trim(c{i}, {blank}) <> ''" for i in range(width))
    for start in (max(0, records - _TAIL), 0):
        end = f"{scan} WHERE {_RECORD_NUMBER} >= {start}"
        found = connection.execute(f"SELECT max(_row) FILTER (WHERE {filled}) FROM ({end})").fetchone()
        if found and found[0] is not None:
            return int(found[0])
    return 0


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _as_text(name: str, kind: str) -> str:
    """An SQL expression for the column as text: ISO dates, plain numbers (no exponent, no needless decimals),
    TRUE and FALSE; NULL where empty.
    """
    column = _name(name)
    if kind in {"DOUBLE", "FLOAT"}:
        return _plain_number(column, 1e15 if kind == "DOUBLE" else 1e6)
    if kind == "BOOLEAN":
        return f"CASE WHEN {column} THEN 'TRUE' WHEN NOT {column} THEN 'FALSE' END"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"CAST(timezone({literal(_CLOCK)}, {column}) AS VARCHAR)"
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
