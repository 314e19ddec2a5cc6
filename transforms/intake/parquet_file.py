"""Parquet to a raw sheet: every column as the text a spreadsheet would show."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from .models import MAX_CELL_BYTES, MAX_COLUMNS, MAX_RECORDS, RawSheet, UnreadableFile, cell_too_long, too_many_records
from .sql import BLANK_CHARACTERS, connect, literal, long_cell, path_literal, text_of
from .workbook_parts import MAX_RATIO

_DAMAGED = "Parquet 文件损坏、不完整，或含有不是 UTF-8 的文字；请重新导出后报送。"
# DuckDB's own column for the place of a record in its file
_RECORD_NUMBER = "file_row_number"
# A few values may stand for any number of cells: so much text is looked at against the size of the file
_TEXT_FROM_BYTES = 8 << 30
# Records at the end of a file among which the last filled one is first looked for
_TAIL = 1_000
# Room for the look at every cell
_MEMORY = "2GB"


def open_parquet(path: Path, work_dir: Path) -> RawSheet:
    """The one sheet of the Parquet file at `path`; its scan reads the file itself.

    `_row` is the record number from 1. Raises UnreadableFile.
    """
    header = _header(path)
    with connect(work_dir, memory_limit=_MEMORY) as connection:
        try:
            options = "hive_partitioning = false, binary_as_string = true, file_row_number = true"
            source = f"read_parquet({path_literal(path)}, {options})"
            described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
            # DuckDB tells names that differ only in case apart by a number, so they are taken from it, in
            # their order
            columns = [(str(row[0]), str(row[1])) for row in described][:-1]
            cells = ", ".join(f"{text_of(_name(name), kind)} AS c{i}" for i, (name, kind) in enumerate(columns))
            native = tuple(None if kind == "VARCHAR" else kind for _, kind in columns)
            cells += "".join(f", {_name(name)} AS n{i}" for i, (name, _) in enumerate(columns) if native[i])
            scan = f"SELECT {_RECORD_NUMBER} + 1 AS _row, {cells} FROM {source}"
            records, longest, text = _checked_records(connection, source, columns)
            if text > _TEXT_FROM_BYTES and text > MAX_RATIO * path.stat().st_size:
                raise UnreadableFile(
                    f"Parquet 文件展开后有 {text >> 30} GiB 文字，与文件大小不相称；请核对导出是否有误后重新报送。"
                )
            long = long_cell(connection, scan, len(columns), MAX_CELL_BYTES) if longest > MAX_CELL_BYTES else None
            if long:
                raise cell_too_long(*long)
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
        native=native,
    )


def _header(path: Path) -> tuple[str, ...]:
    try:
        with pq.ParquetFile(path) as file:
            schema, records = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowException, OSError, ValueError):
        raise UnreadableFile(_DAMAGED) from None
    if not schema.names:
        raise UnreadableFile("Parquet 文件没有任何列；请重新导出后报送。")
    if len(schema.names) > MAX_COLUMNS:
        raise UnreadableFile(
            f"Parquet 文件有 {len(schema.names)} 列，超过可读的 {MAX_COLUMNS} 列；请只导出需要的列后重新报送。"
        )
    if _RECORD_NUMBER in {name.lower() for name in schema.names}:
        raise UnreadableFile(f"Parquet 文件有一列名为 {_RECORD_NUMBER}，此名由系统保留；请改名后重新报送。")
    if not 0 <= records <= MAX_RECORDS:
        raise too_many_records(records)
    if any(len(name.encode()) > MAX_CELL_BYTES for name in schema.names):
        raise UnreadableFile(_DAMAGED)
    nested = [str(place) for place, field in enumerate(schema, 1) if pa.types.is_nested(field.type)]
    if nested:
        raise UnreadableFile(
            f"Parquet 文件的第 {'、'.join(nested[:5])} 列一格存了多个值（列表或嵌套记录）；请每格只存一个值后重新报送。"
        )
    return tuple(schema.names)


def _checked_records(
    connection: duckdb.DuckDBPyConnection, source: str, columns: list[tuple[str, str]]
) -> tuple[int, int, int]:
    """The number of records, the bytes of the longest text and those of all texts.

    Reads every cell once, so that damage shows here and not in a later stage.
    """
    cells = ", ".join(_name(name) for name, _ in columns)
    texts = [f"strlen({_name(name)})" for name, kind in columns if kind == "VARCHAR"]
    longest = f"greatest(0, {', '.join(f'max({size})' for size in texts)})" if texts else "0"
    total = " + ".join(f"coalesce(sum({size}), 0)" for size in texts) or "0"
    counted = connection.execute(f"SELECT count(*), {longest}, {total}, bit_xor(hash({cells})) FROM {source}")
    found = counted.fetchall()[0]
    return int(found[0]), int(found[1]), int(found[2])


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
