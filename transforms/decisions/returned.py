"""Reads a returned township workbook as it is: cells of the lead sheet by heading, and which list its cover
says it is.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from transforms.publish.workbooks import FILL_IN_HEADINGS, HIDDEN_KEYS, LEADS_SHEET
from transforms.publish.workbooks.cover import SHEET as COVER_SHEET

#: The locked columns that say whom a row is about: rows sorted apart from their hidden keys show here.
SHOWN_HEADINGS = ("疑点类型", "户编号", "姓名", "身份证号")
HEADING_ROWS, COVER_ROWS = 10, 20
LONGEST_NAME = 255
MOST_BYTES = 200 * 1024 * 1024
TOWNSHIP_IN_BRACKETS = re.compile(r"（([0-9A-Za-z]+)）\s*$")


class UnreadableReturn(ValueError):
    """A file that is no returned list; the message says in Chinese what was expected of it."""


@dataclass(frozen=True)
class Entry:
    """One cell as it came: its value, and whether it is a formula or an error instead of a value."""

    value: Any = None
    kind: str = "value"

    @property
    def text(self) -> str:
        """The value as text without surrounding blanks; '' for an empty cell."""
        return "" if self.value is None else str(self.value).strip()


@dataclass(frozen=True)
class ReturnedRow:
    """One row of the lead sheet: its number in the file (from 1) and its cells by heading."""

    number: int
    cells: Mapping[str, Entry]

    def __getitem__(self, heading: str) -> Entry:
        return self.cells.get(heading, Entry())

    @property
    def answered(self) -> bool:
        """Whether 核查结果 holds anything."""
        outcome = self["核查结果"]
        return bool(outcome.text) or outcome.kind != "value"

    @property
    def keyed(self) -> bool:
        """Whether any hidden key is there."""
        return any(self[key].text for key in HIDDEN_KEYS)


@dataclass(frozen=True)
class ReturnedBook:
    """A readable returned list: `columns` are letters by heading; run_id and township_code say which list it
    is ('' unknown).
    """

    file_name: str
    sha256: str
    run_id: str
    township_code: str
    columns: Mapping[str, str]
    rows: Sequence[ReturnedRow]


def read_returned(path: Path) -> ReturnedBook:
    """Read a filled-in township workbook.

    Raises UnreadableReturn when it is no .xlsx, protected by a password, or without the lead sheet, its
    headings or its hidden keys.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableReturn(f"文件超过{MOST_BYTES // 1024 // 1024}MB，不是下发的核查表")
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UnreadableReturn(f"文件读不出（{error.strerror}）") from None
    try:
        book = openpyxl.load_workbook(path, read_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        raise UnreadableReturn(
            "不是可读的 .xlsx 文件（可能设有打开密码，或另存成了 .xls）；请用下发的核查表填写后原样报回"
        ) from None
    try:
        return _read_book(book, path.name, sha256)
    finally:
        book.close()


def _read_book(book: Any, name: str, sha256: str) -> ReturnedBook:
    sheets = {str(sheet.title).strip(): sheet for sheet in book.worksheets}
    if LEADS_SHEET not in sheets:
        raise UnreadableReturn(f"没有“{LEADS_SHEET}”工作表；请勿改动工作表名称")
    rows = _rows(sheets[LEADS_SHEET])
    columns = _headings(rows)
    found = list(_lead_rows(rows, columns))
    run_id, township = _list_named_on_cover(sheets.get(COVER_SHEET))
    letters = {heading: get_column_letter(position + 1) for heading, position in columns.items()}
    return ReturnedBook(
        name[:LONGEST_NAME],
        sha256,
        run_id or _commonest(found, "run_id"),
        township or _commonest(found, "township_code"),
        letters,
        found,
    )


def _rows(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    # What a sheet says of its own size is not to be relied on once other programs have written it.
    sheet.reset_dimensions()
    try:
        yield from enumerate(sheet.iter_rows(), start=1)
    except (ValueError, KeyError, SyntaxError):
        raise UnreadableReturn(f"“{sheet.title}”工作表内容损坏，读不出") from None


def _headings(rows: Iterator[tuple[int, tuple[Any, ...]]]) -> dict[str, int]:
    needed = {"核查结果", *HIDDEN_KEYS}
    for number, cells in rows:
        columns: dict[str, int] = {}
        for position, cell in enumerate(cells):
            if cell.value is not None:
                columns.setdefault(_heading(str(cell.value)), position)
        if needed <= set(columns):
            wanted = {*FILL_IN_HEADINGS, *HIDDEN_KEYS, *SHOWN_HEADINGS}
            return {heading: position for heading, position in columns.items() if heading in wanted}
        if number >= HEADING_ROWS:
            break
    raise UnreadableReturn(
        f"“{LEADS_SHEET}”前{HEADING_ROWS}行中没有完整的表头（应有“核查结果”和隐藏列 "
        f"{'、'.join(HIDDEN_KEYS)}）；请勿增删列"
    )


def _heading(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _lead_rows(rows: Iterator[tuple[int, tuple[Any, ...]]], columns: Mapping[str, int]) -> Iterator[ReturnedRow]:
    for number, cells in rows:
        row = ReturnedRow(
            number,
            {h: _entry(cells[p]) for h, p in columns.items() if p < len(cells) and cells[p].value is not None},
        )
        if row.keyed or row.answered:
            yield row


def _entry(cell: Any) -> Entry:
    return Entry(cell.value, {"f": "formula", "e": "error"}.get(cell.data_type, "value"))


def _list_named_on_cover(sheet: Any) -> tuple[str, str]:
    if sheet is None:
        return "", ""
    said = {}
    for number, cells in _rows(sheet):
        if len(cells) > 1 and cells[0].value is not None:
            said[str(cells[0].value).strip()] = str(cells[1].value or "")
        if number >= COVER_ROWS:
            break
    place = TOWNSHIP_IN_BRACKETS.search(said.get("范围", ""))
    return said.get("批次号", "").split("（")[0].strip(), place.group(1) if place else ""


def _commonest(rows: Sequence[ReturnedRow], key: str) -> str:
    counts = Counter(row[key].text for row in rows if row[key].text)
    return counts.most_common(1)[0][0] if counts else ""
