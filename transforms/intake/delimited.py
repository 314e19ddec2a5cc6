"""CSV and other delimited text to a raw sheet."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import duckdb
import numpy as np

from . import records
from .encodings import Text, detect_encoding
from .models import MAX_CELL_BYTES, MAX_COLUMNS, MAX_RECORDS, RawSheet, UnreadableFile, cell_too_long, too_many_records
from .sql import BLANK_CHARACTERS, connect, literal, long_cell, parquet_scan, path_literal

_DELIMITERS = (b",", b"\t", b";", b"|")
_SNIFFED = 1 << 18
# Exports of a whole sheet fill each record up with empty cells; beyond what old sheets could hold these are
# cut
_WIDE = 256
# Cells in one group of rows of the stored sheet
_GROUP = 16 << 20
# A longer record is no table but a file without line ends
MAX_RECORD_BYTES = 8 << 20
# Exports write ="320681…" so that a spreadsheet leaves a long number as it is; the text in quotes is the cell
_FORMULA = b'="'
# Room for one group of rows
_MEMORY = "2GB"
# What a record without content may still hold; 0x1A ends files written by DOS programs
_EMPTY = BLANK_CHARACTERS.encode() + records.UNIT + records.LINE_FEED + records.CARRIAGE_RETURN + records.BLANK


@dataclass
class _Written:
    """What has been written so far: counts over all records, and up to the last that has content."""

    records: int = 0
    size: int = 0
    width: int = 0
    longest: int = 0
    breaks: bool = False
    formulas: bool = False
    filled_records: int = 0
    filled_size: int = 0


def open_delimited(path: Path, work_dir: Path, stem: str) -> RawSheet:
    """The one sheet of the text file at `path`, its cells kept in `<work_dir>/<stem>.parquet`.

    Memory is bounded by the block size. Raises UnreadableFile.
    """
    text = Text(path, detect_encoding(path))
    plain = work_dir / f"{stem}.records"
    target = work_dir / f"{stem}.parquet"
    try:
        blocks = text.blocks()
        head = next(blocks, b"")
        delimiter = sniff(head[:_SNIFFED])
        with plain.open("wb") as file:
            written = _write(itertools.chain((head,), blocks), delimiter, file)
            file.truncate(written.filled_size)
        if not written.filled_records:
            raise UnreadableFile("文件里没有任何有内容的单元格；请补上数据后重新报送。")
        _to_parquet(plain, target, written)
    finally:
        plain.unlink(missing_ok=True)
    return RawSheet(
        sheet_no=0,
        sheet="",
        scan=parquet_scan(target, written.width),
        width=written.width,
        header=None,
        kind="csv",
        encoding=text.encoding,
        delimiter=delimiter.decode(),
        hidden=False,
        rows=written.filled_records,
    )


def sniff(head: bytes) -> bytes:
    """The delimiter: the one under which most records of `head` (UTF-8) agree on the largest number of cells;
    a comma if none parts anything.
    """
    named = head[:5].lower()
    if named.startswith(b"sep=") and named[4:5] in _DELIMITERS:
        return named[4:5]
    best, best_score = _DELIMITERS[0], 0.0
    for delimiter in _DELIMITERS:
        cut = records.clean(head, delimiter, final=False)
        if not cut.consumed:
            cut = records.clean(head, delimiter, final=True)
        cells = records.widths(cut.records)
        if not len(cells):
            continue
        counts = np.bincount(cells)
        usual = len(counts) - 1 - int(np.argmax(counts[::-1]))
        score = float(counts[usual]) / len(cells) * float(np.log(usual))
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _write(blocks: Iterator[bytes], delimiter: bytes, file: BinaryIO) -> _Written:
    written = _Written()
    rest = b""
    for block in blocks:
        rest += block
        part = records.clean(rest, delimiter, final=False)
        _append(part.records, file, written)
        rest = rest[part.consumed :]
        if len(rest) > MAX_RECORD_BYTES:
            raise UnreadableFile(
                f"第 {written.records + 1} 条记录超过 {MAX_RECORD_BYTES >> 20} MiB，文件该换行的地方没有换行；"
                "请另存为 CSV 后重新报送。"
            )
    _append(records.clean(rest, delimiter, final=True).records, file, written)
    return written


def _append(plain: bytes, file: BinaryIO, written: _Written) -> None:
    shape = records.shape(plain)
    if shape.width > _WIDE:
        plain = records.without_empty_tails(plain)
        shape = records.shape(plain)
    if shape.width > MAX_COLUMNS:
        raise UnreadableFile(
            f"有一条记录多达 {shape.width} 个单元格，超过可读的 {MAX_COLUMNS} 个；请另存为 CSV 或 .xlsx 后重新报送。"
        )
    filled = plain.rstrip(_EMPTY)
    if filled:
        written.filled_records = written.records + filled.count(b"\n") + 1
        written.filled_size = written.size + plain.index(b"\n", len(filled)) + 1
    file.write(plain)
    written.records += shape.records
    if written.records > MAX_RECORDS:
        raise too_many_records(written.records)
    written.size += len(plain)
    written.width = max(written.width, shape.width)
    written.longest = max(written.longest, shape.longest)
    written.formulas = written.formulas or _FORMULA in plain
    written.breaks = written.breaks or records.LINE_FEED in plain or records.CARRIAGE_RETURN in plain


def _to_parquet(plain: Path, target: Path, written: _Written) -> None:
    """Number the records and store them as columns: read many times after this, and numbers in a column
    survive any query plan.
    """
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(written.width))
    longest = max(written.longest + 1, 2 << 20)
    group = min(122_880, max(2048, _GROUP // written.width))
    cells = [f"c{i}" for i in range(written.width)]
    cells[0] = f"nullif(c0, {literal(records.BLANK.decode())})"
    if written.breaks:
        marks = literal((records.LINE_FEED + records.CARRIAGE_RETURN).decode())
        cells = [f"translate({cell}, {marks}, {literal(chr(10) + chr(13))})" for cell in cells]
    if written.formulas:
        cells = [
            f"""CASE WHEN regexp_full_match({cell}, '(?s)="[^"]*"') THEN nullif({cell}[3:-2], '') ELSE {cell} END"""
            for cell in cells
        ]
    named = ", ".join(f"{cell} AS c{i}" for i, cell in enumerate(cells))
    query = f"""
        COPY (
            SELECT row_number() OVER () AS _row, {named}
            FROM read_csv(
                {path_literal(plain)}, columns = {{{columns}}}, auto_detect = false, header = false,
                delim = {literal(records.UNIT.decode())}, quote = '', escape = '', new_line = '\\n',
                null_padding = true, parallel = false, hive_partitioning = false, max_line_size = {longest}
            )
        ) TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {group})
    """
    # The numbering runs in one thread anyway; others would only hold records back. The limit makes the reader
    # let
    # go of what it has read
    with connect(target.parent, threads=1, memory_limit=_MEMORY) as connection:
        try:
            stored = connection.execute(query).fetchall()[0][0]
        except duckdb.Error:
            raise UnreadableFile("文件中的记录读不出；请另存为 CSV（UTF-8）或 .xlsx 后重新报送。") from None
        if written.longest > MAX_CELL_BYTES:
            place = long_cell(connection, parquet_scan(target, written.width), written.width, MAX_CELL_BYTES)
            if place:
                raise cell_too_long(*place)
    if stored != written.filled_records:
        raise RuntimeError(f"{written.filled_records} records were written, {stored} read back")
