"""Reads a returned workbook as it is: cells of its list by heading, and which list its cover says it is."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import from_excel

from transforms.intake import UnreadableFile
from transforms.intake.kinds import detect
from transforms.intake.workbook_parts import check_archive, sheet_facts, sheet_parts
from transforms.publish.workbooks import FILL_IN_HEADINGS, HIDDEN_KEYS, LEADS_SHEET
from transforms.publish.workbooks.cover import SHEET as COVER_SHEET

ANSWER_HEADING = "核查结果"
HEADING_ROWS, COVER_ROWS = 10, 20
LONGEST_NAME = 255
MOST_BYTES = 200 * 1024 * 1024
#: A list of a township: what is larger was made so.
MOST_UNPACKED = 1 << 30
MOST_ROWS, MOST_CELLS = 1_048_576, 20_000_000
TOWNSHIP_IN_BRACKETS = re.compile(r"（([0-9A-Za-z]+)）\s*$")


@dataclass(frozen=True)
class ReturnForm:
    """One kind of list that comes back: the sheets it is known by, the columns to be filled in, the hidden keys, and the locked
    columns that say whom a row is about (rows sorted apart from their hidden keys show there). `about`: what a row is called.
    """

    sheet: str
    cover: str
    fill_in: tuple[str, ...]
    keys: tuple[str, ...]
    shown: tuple[str, ...]
    about: str


LEADS_FORM = ReturnForm(
    LEADS_SHEET, COVER_SHEET, FILL_IN_HEADINGS, HIDDEN_KEYS, ("疑点类型", "户编号", "姓名", "身份证号"), "线索"
)


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
    """One row of a list: its number in the file (from 1) and its cells by heading."""

    number: int
    cells: Mapping[str, Entry]

    def __getitem__(self, heading: str) -> Entry:
        return self.cells.get(heading, Entry())

    @property
    def answered(self) -> bool:
        """Whether 核查结果 holds anything."""
        return self.holds(ANSWER_HEADING)

    def holds(self, heading: str) -> bool:
        """Whether a cell holds anything, a formula without a result included."""
        entry = self[heading]
        return bool(entry.text) or entry.kind != "value"


@dataclass(frozen=True)
class ReturnedBook:
    """A readable returned list: `columns` are letters by heading; run_id and township_code say which list it
    is ('' unknown). `other_sheets` hold answers, too, in copies of the list or in a list of the other form: they are not read.
    """

    form: ReturnForm
    file_name: str
    sha256: str
    run_id: str
    township_code: str
    columns: Mapping[str, str]
    rows: Sequence[ReturnedRow]
    other_sheets: Sequence[str] = ()

    def commonest(self, key: str) -> str:
        """What most rows hold in a hidden column, '' where none holds anything."""
        counts = Counter(row[key].text for row in self.rows if row[key].text)
        return counts.most_common(1)[0][0] if counts else ""


def read_returned(path: Path, forms: Sequence[ReturnForm] = (LEADS_FORM,)) -> ReturnedBook:
    """Read a filled-in workbook of one of the forms.

    Raises UnreadableReturn when it is no .xlsx, protected by a password, or without the sheet of any form,
    its headings or its hidden keys.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableReturn(f"文件超过{MOST_BYTES // 1024 // 1024}MB，不是下发的核查表")
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UnreadableReturn(f"文件读不出（{error.strerror}）") from None
    if not _is_workbook(path):
        raise UnreadableReturn(
            "不是可读的 .xlsx 文件；设有打开密码的请取消密码，另存成 .xls、.et、.ods 的请打开后另存为 .xlsx，再报回"
        )
    try:
        check_archive(path, MOST_UNPACKED)
        book: Any = openpyxl.load_workbook(path, read_only=True)
        # Numbers are turned into days by _value: openpyxl warns of those that are none, cell and all, and calls them errors.
        book._date_formats = set()
    except UnreadableFile as refusal:
        raise UnreadableReturn(refusal.message) from None
    except Exception:
        # openpyxl has an error of its own for every way a workbook can be broken
        raise UnreadableReturn("工作簿内容损坏，读不出；请用下发的核查表重新填写后报回") from None
    try:
        return _read_book(book, forms, path, sha256)
    except UnreadableFile as refusal:
        raise UnreadableReturn(refusal.message) from None
    finally:
        book.close()


def _is_workbook(path: Path) -> bool:
    """Whether a file is an .xlsx, whatever its ending: what is not may still be saved as one."""
    try:
        return detect(path) == "xlsx"
    except UnreadableFile:
        return False


def _read_book(book: Any, forms: Sequence[ReturnForm], path: Path, sha256: str) -> ReturnedBook:
    sheets = {str(sheet.title).strip(): sheet for sheet in book.worksheets}
    form = next((form for form in forms if form.sheet in sheets), None)
    if form is None:
        raise UnreadableReturn(f"没有“{'”或“'.join(f.sheet for f in forms)}”工作表；请勿改动工作表名称")
    sheet = sheets[form.sheet]
    rows = _rows(sheet)
    columns = _headings(rows, form)
    found = list(_answer_rows(rows, columns, form, _merged_down(path, sheet)))
    others = tuple(str(other.title) for other in book.worksheets if other is not sheet and _is_filled_in(other, forms))
    letters = {heading: get_column_letter(position + 1) for heading, position in columns.items()}
    run_id, township = _list_named_on_cover(sheets.get(form.cover))
    read = ReturnedBook(form, path.name[:LONGEST_NAME], sha256, run_id, township, letters, found, others)
    return replace(
        read, run_id=run_id or read.commonest("run_id"), township_code=township or read.commonest("township_code")
    )


def _rows(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    # What a sheet says of its own size is not to be relied on once other programs have written it.
    sheet.reset_dimensions()
    cells = 0
    rows = sheet.iter_rows()
    for number in range(1, MOST_ROWS + 2):
        try:
            row = next(rows, None)
        except Exception:
            raise UnreadableReturn(f"“{sheet.title}”工作表内容损坏，读不出；请用下发的核查表重新填写后报回") from None
        if row is None:
            return
        cells += len(row)
        if number > MOST_ROWS or cells > MOST_CELLS:
            raise UnreadableReturn(f"“{sheet.title}”工作表在表格之外很远处还有单元格；请用下发的核查表重新填写后报回")
        yield number, row


def _merged_down(path: Path, sheet: Any) -> dict[tuple[int, int], int]:
    """The last row of cells merged over several rows, by their first row and position."""
    # The sheet as it is read here knows nothing of merged cells.
    merges = sheet_facts(path, sheet_parts(path)[sheet.title], bounded=False).merges
    return {(top + 1, left): bottom + 1 for top, left, bottom, _ in merges if bottom > top}


def _is_filled_in(sheet: Any, forms: Sequence[ReturnForm]) -> bool:
    """Whether a sheet is a list of one of the forms that holds answers."""
    for form in forms:
        rows = _rows(sheet)
        try:
            columns = _headings(rows, form)
            return any(row.answered for row in _answer_rows(rows, columns, form, {}))
        except UnreadableReturn:
            continue
    return False


def _headings(rows: Iterator[tuple[int, tuple[Any, ...]]], form: ReturnForm) -> dict[str, int]:
    needed = {ANSWER_HEADING, *form.keys}
    for number, cells in rows:
        said = [(_heading(str(cell.value)), position) for position, cell in enumerate(cells) if cell.value is not None]
        # Of equal headings the first counts.
        columns = dict(reversed(said))
        if needed <= set(columns):
            times = Counter(heading for heading, _ in said)
            twice = [heading for heading in (*form.fill_in, *form.keys) if times[heading] > 1]
            if twice:
                raise UnreadableReturn(
                    f"“{form.sheet}”的表头中“{'”“'.join(twice)}”不止一列，分不清以哪一列为准；请只留一列后报回"
                )
            wanted = {*form.fill_in, *form.keys, *form.shown}
            return {heading: position for heading, position in columns.items() if heading in wanted}
        if number >= HEADING_ROWS:
            break
    raise UnreadableReturn(
        f"“{form.sheet}”前{HEADING_ROWS}行中没有完整的表头（应有“{ANSWER_HEADING}”和隐藏列 "
        f"{'、'.join(form.keys)}）；请勿增删列"
    )


def _heading(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _answer_rows(
    rows: Iterator[tuple[int, tuple[Any, ...]]],
    columns: Mapping[str, int],
    form: ReturnForm,
    merged: Mapping[tuple[int, int], int],
) -> Iterator[ReturnedRow]:
    """The rows that hold a key or something filled in; what a cell merged over several rows shows is said of each of them."""
    until: dict[str, tuple[int, Entry]] = {}
    for number, cells in rows:
        said = {h: _entry(cells[p]) for h, p in columns.items() if p < len(cells) and cells[p].value is not None}
        for heading in form.fill_in:
            if (number, columns.get(heading, -1)) in merged:
                until[heading] = (merged[number, columns[heading]], said.get(heading, Entry()))
            elif number <= until.get(heading, (0,))[0] and said.keys() & form.keys:
                said[heading] = until[heading][1]
        row = ReturnedRow(number, said)
        if any(row.holds(heading) for heading in form.fill_in) or any(row[key].text for key in form.keys):
            yield row


def _value(cell: Any) -> Any:
    """What a cell holds; of a cell with a date format the day, or the number where it is none: 20210630 says a day all the same."""
    if cell.data_type != "n" or not cell.is_date:
        return cell.value
    try:
        return from_excel(cell.value, cell.parent.parent.epoch)
    except (OverflowError, ValueError):
        return cell.value


def _entry(cell: Any) -> Entry:
    return Entry(_value(cell), {"f": "formula", "e": "error"}.get(cell.data_type, "value"))


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
