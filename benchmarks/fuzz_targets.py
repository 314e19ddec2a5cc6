"""What `benchmarks.fuzz` feeds: every reader and parser of what others send, with seeds and what must hold for any bytes."""

from __future__ import annotations

import functools
import hashlib
import io
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import xlwt

from data_contracts import load_codes, load_contracts, normalise_heading
from data_contracts.headings import heading_forms
from transforms.decisions.returned import UnreadableReturn, read_returned
from transforms.intake import ReceivedFile, UnreadableFile, ole, open_raw, records, workbook_parts
from transforms.intake.delimited import open_delimited
from transforms.intake.kinds import detect
from transforms.staging.check_file import check_file
from transforms.values import VALUE_TYPES, Context, register_functions, select_layers

HEADINGS = ("姓名", "身份证号", "死亡日期", "金额（万元）", "是否重残")
PEOPLE = (
    ("张三", "320681199303091146", "2021-05-31", "1.25", "是"),
    ("'李·四", "３２０６８１１９９３０３０９１１４６", "2021年5月", "￥3,000.00", "√"),
    ("=1+1", "3.20681E+17", "44347", "壹仟元整", "否"),
)
SEPARATOR = "\x1e"


@dataclass(frozen=True)
class Target:
    """`run` takes any bytes and raises only when something is wrong with the product; `seeds` are where mutation starts."""

    run: Callable[[bytes], None]
    seeds: Callable[[], Sequence[bytes]]


def _table(delimiter: str = ",", end: str = "\n") -> str:
    return "".join(delimiter.join(row) + end for row in (HEADINGS, *PEOPLE))


def _texts() -> list[bytes]:
    quoted = '"a""b","c\nd",e\r\n"x"y,,\n'
    return [
        _table().encode(),
        _table("\t", "\r\n").encode("gb18030"),
        _table(";").encode("utf-16"),
        _table("|", "\r").encode("utf-8-sig"),
        quoted.encode(),
        b"sep=;\na;b\n",
    ]


def _in_folder(run: Callable[[Path, Path], object]) -> Callable[[bytes], None]:
    """A run on a file of these bytes and an empty folder; a refusal is as good as an answer."""

    def on_bytes(data: bytes) -> None:
        with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
            path, work = Path(folder) / "deaths" / "a.bin", Path(folder) / "work"
            path.parent.mkdir()
            work.mkdir()
            path.write_bytes(data)
            try:
                run(path, work)
            except (UnreadableFile, UnreadableReturn) as refusal:
                if not any("一" <= character <= "鿿" for character in str(refusal)):
                    raise AssertionError("a refusal is in Chinese") from None

    return on_bytes


def _read(path: Path, work: Path) -> None:
    """Every cell of the file is there to be read, in rows numbered from 1."""
    received = ReceivedFile("deaths", "deaths/a.bin", path, hashlib.sha256(path.read_bytes()).hexdigest(), 1)
    for sheet in open_raw(received, work):
        with duckdb.connect() as con:
            cells = "".join(f", max(c{i})" for i in range(sheet.width))
            found = con.execute(f"SELECT count(*), min(_row), max(_row){cells} FROM ({sheet.scan})").fetchone()
        if found is None or found[0] != sheet.rows or (sheet.rows and found[1:3] != (1, sheet.rows)):
            raise AssertionError("rows are not numbered from 1 without a gap")


def _same_in_pieces(data: bytes) -> None:
    """Plain records do not depend on how the text was cut into blocks."""
    text = data.translate(None, b"\x1c\x1d\x1e\x1f")
    whole = records.clean(text, b",", final=True)
    if whole.consumed != len(text):
        raise AssertionError("a final block is read to its end")
    rest, pieces = b"", []
    for start in range(0, len(text), 11):
        rest += text[start : start + 11]
        part = records.clean(rest, b",", final=False)
        pieces.append(part.records)
        rest = rest[part.consumed :]
    pieces.append(records.clean(rest, b",", final=True).records)
    if b"".join(pieces) != whole.records:
        raise AssertionError("records depend on the blocks")


def _ole_names(path: Path, _: Path) -> None:
    try:
        ole.stream_names(path)
    except ValueError:
        return


@functools.cache
def _workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEADINGS, *PEOPLE, (320681199303091000, True, 0.1, 1e-12, None)):
        sheet.append(row)
    sheet.merge_cells("A5:A6")
    book.create_sheet("隐").sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@functools.cache
def _parts() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(_workbook())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _with_part(data: bytes) -> tuple[str, bytes]:
    """The workbook with one part replaced: the first byte says which, the others are its content."""
    names = sorted(_parts())
    chosen = names[(data[0] if data else 0) % len(names)]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, data[1:] if name == chosen else _parts()[name])
    return chosen, out.getvalue()


def _part_seeds() -> list[bytes]:
    return [bytes([number]) + _parts()[name] for number, name in enumerate(sorted(_parts()))]


def _sheet_xml(path: Path, work: Path) -> None:
    """What Python reads of a workbook, where coverage guides; then all of it."""
    for part in workbook_parts.sheet_parts(path).values():
        workbook_parts.sheet_facts(path, part)
    _read(path, work)


def _old_workbook() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("名册")
    for number, row in enumerate((HEADINGS, *PEOPLE)):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _parquet() -> bytes:
    out = io.BytesIO()
    columns = {heading: [row[i] for row in PEOPLE] for i, heading in enumerate(HEADINGS)}
    pq.write_table(pa.table(columns | {"n": [1.5, None, 3.0], "b": [True, None, False]}), out)
    return out.getvalue()


@functools.cache
def _connection() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(config={"threads": 1})
    register_functions(con)
    return con


@functools.cache
def _cleaning(kind: str) -> str:
    synonyms = {"int": {"一级": "1"}, "code": {"有": "是"}}.get(kind, {})
    layers = VALUE_TYPES[kind].layers("x", "raw", Context(load_codes(), ("是", "否"), synonyms, 10_000))
    source = select_layers("(SELECT unnest($1::VARCHAR[]) AS raw)", layers)
    return f"SELECT count(*), count(x), bool_or({VALUE_TYPES[kind].is_bad('x')}) FROM ({source})"


def _clean(data: bytes) -> None:
    """The first byte says which column type cleans the cells after it: cleaning is total, whatever a cell holds."""
    kind = sorted(VALUE_TYPES)[data[0] % len(VALUE_TYPES)] if data else "text"
    cells = data[1:].decode("utf-8", errors="ignore").split(SEPARATOR)
    found = _connection().execute(_cleaning(kind), [cells]).fetchone()
    if found is None or found[0] != len(cells):
        raise AssertionError("cleaning lost a cell")


def _cell_seeds() -> list[bytes]:
    cells = SEPARATOR.join(cell for row in PEOPLE for cell in row).encode()
    return [bytes([number]) + cells for number in range(len(VALUE_TYPES))]


def _headings(data: bytes) -> None:
    """The key of a heading is its own key, unless it may name a unit."""
    key = normalise_heading(data.decode("utf-8", errors="ignore")).key
    if normalise_heading(key).key != key and "元" not in key:
        raise AssertionError("the key of a heading changes when it is taken again")
    heading_forms(data.decode("utf-8", errors="ignore"))


def _check(path: Path, work: Path) -> None:
    report = check_file(path, load_contracts(), work, "deaths")
    if report.usable == any(problem.level == "fail" and problem.row == 0 for problem in report.problems):
        raise AssertionError("a file is usable, or it is said why not")


def _returned(path: Path, _: Path) -> None:
    list(read_returned(path).rows)


TARGETS = {
    "records": Target(_same_in_pieces, _texts),
    "text": Target(_in_folder(lambda path, work: open_delimited(path, work, "a")), _texts),
    "kind": Target(
        _in_folder(lambda path, work: detect(path)), lambda: [*_texts(), b"<?xml version='1.0'?><!-- x --><html>"]
    ),
    "compound file": Target(_in_folder(_ole_names), lambda: [_old_workbook()[:4096], _old_workbook()]),
    "xlsx parts": Target(lambda data: _in_folder(_sheet_xml)(_with_part(data)[1]), _part_seeds),
    "xlsx bytes": Target(_in_folder(_read), lambda: [_workbook()]),
    "xls bytes": Target(_in_folder(_read), lambda: [_old_workbook()]),
    "parquet bytes": Target(_in_folder(_read), lambda: [_parquet()]),
    "cells": Target(_clean, _cell_seeds),
    "headings": Target(_headings, lambda: [heading.encode() for heading in HEADINGS]),
    "contracts check": Target(_in_folder(_check), _texts),
    "returned list": Target(lambda data: _in_folder(_returned)(_with_part(data)[1]), _part_seeds),
}
