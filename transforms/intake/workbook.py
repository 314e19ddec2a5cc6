"""Workbooks (.xlsx, .xlsm, .xls) to raw sheets: each cell as plain text, in its physical place, merged cells
filled.

Dates come as `2021-05-31 00:00:00`, a cell with a date format that holds 0 as `1900-01-00`, one that holds 20210630 as `20210630`, booleans
as `TRUE` and `FALSE`, numbers without exponent, error values (#N/A) as NULL, formulas as the value last computed. At most nine decimals are kept. A date in
one of Excel's regional built-in formats (27 to 36, 50 to 58) comes as its serial number.
"""

from __future__ import annotations

import contextlib
import functools
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import fastexcel
import numpy as np
import polars as pl
import python_calamine

from .kinds import password_protected
from .models import MAX_CELL_BYTES, RawSheet, UnreadableFile, cell_too_long, visible
from .sql import BLANK_CHARACTERS, parquet_scan
from .workbook_parts import (
    BROKEN,
    MAX_SHEET_CELLS,
    Range,
    SheetFacts,
    check_archive,
    plain_number,
    sheet_facts,
    sheet_parts,
)

# The cell reader shows nine decimals: of large numbers more than a double holds, of small ones too few
_LONG_NUMBER = 1e6
_SMALL_NUMBER = 1e-8


def open_workbook(path: Path, kind: str, work_dir: Path, stem: str) -> list[RawSheet]:
    """All worksheets of the workbook at `path` that have a cell with a value, in its order, kept in
    `<work_dir>/<stem>_<sheet_no>.parquet`.

    `kind` is 'xlsx' or 'xls'. Raises UnreadableFile.
    """
    if kind == "xlsx":
        check_archive(path)
    with _named(path, work_dir, f"{stem}.{kind}") as link, _guarded():
        typed = _TypedBook(link)
        parts = sheet_parts(path) if kind == "xlsx" else {}
        sheets = []
        reader = fastexcel.read_excel(link)
        for number, name in enumerate(reader.sheet_names):
            if name not in parts and not typed.is_table(name):
                continue
            # Before the cells are read, so that a sheet that would not fit is refused and not tried
            facts = sheet_facts(path, parts[name]) if name in parts else typed.facts(name)
            if not facts.complete:
                facts = typed.facts(name)
            cells = reader.load_sheet(number, header_row=None, skip_rows=0, dtypes="string")
            if cells.width and cells.height:
                first = typed.first_column(name) if facts.first_column is None else facts.first_column
                columns = _placed_columns(cells, first)
                rows = _complete(columns, facts)
                if rows:
                    target = work_dir / f"{stem}_{number}.parquet"
                    _store(columns, rows, target)
                    sheets.append(_raw_sheet(number, cells, kind, target, len(columns), rows))
    if not sheets:
        raise UnreadableFile("工作簿的所有工作表都没有内容；请补上数据后重新报送。")
    return sheets


@contextlib.contextmanager
def _named(path: Path, work_dir: Path, name: str) -> Iterator[str]:
    """The file under a name with the ending its content asks for: the readers go by the ending."""
    link = work_dir / name
    link.unlink(missing_ok=True)
    link.symlink_to(path.resolve())
    try:
        yield str(link)
    finally:
        link.unlink(missing_ok=True)


@contextlib.contextmanager
def _guarded() -> Iterator[None]:
    """Turn every failure of the readers into UnreadableFile; a panic of theirs is no Exception.

    Their messages may hold cell values and are not kept.
    """
    try:
        yield
    except UnreadableFile:
        raise
    except python_calamine.PasswordError:
        raise password_protected() from None
    except (python_calamine.CalamineError, fastexcel.FastExcelError):
        raise UnreadableFile(BROKEN) from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise UnreadableFile(BROKEN) from None
        raise


class _TypedBook:
    """The workbook as typed cells: slower than the XML, and right for every format.

    Opened when first asked.
    """

    def __init__(self, link: str) -> None:
        self._link = link

    @functools.cached_property
    def _book(self) -> python_calamine.CalamineWorkbook:
        return python_calamine.CalamineWorkbook.from_path(self._link)

    def is_table(self, name: str) -> bool:
        """Whether a sheet has cells; charts, macros and dialogs have not."""
        kinds = {sheet.name: sheet.typ for sheet in self._book.sheets_metadata}
        return kinds.get(name) == python_calamine.SheetTypeEnum.WorkSheet

    def first_column(self, name: str) -> int:
        """The column of the leftmost cell, from 0."""
        start = self._book.get_sheet_by_name(name).start
        return start[1] if start else 0

    def facts(self, name: str) -> SheetFacts:
        """What `sheet_facts` finds in XML."""
        sheet = self._book.get_sheet_by_name(name)
        if sheet.start is None:
            return SheetFacts()
        top, left = sheet.start
        exact = [
            (top + row, left + column, text)
            for row, cells in enumerate(sheet.to_python())
            for column, value in enumerate(cells)
            if (text := _exact_text(value)) is not None
        ]
        merges = [(a, b, c, d) for (a, b), (c, d) in sheet.merged_cell_ranges or []]
        return SheetFacts(left, merges, exact)


def _exact_text(value: object) -> str | None:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and (abs(value) >= _LONG_NUMBER or 0 < abs(value) < _SMALL_NUMBER):
        return plain_number(value)
    return None


def _complete(columns: list[pl.Series], facts: SheetFacts) -> int:
    """Correct and fill the columns of one sheet in place; the number of rows up to the last with a value."""
    _put_exact(columns, facts.exact)
    _check_cells(columns)
    rows = _filled_rows(columns)
    _fill_merges(columns, facts.merges, rows)
    return rows


def _store(columns: list[pl.Series], rows: int, target: Path) -> None:
    numbers = pl.int_range(1, rows + 1, dtype=pl.Int64, eager=True).alias("_row")
    pl.DataFrame([numbers, *(column.head(rows) for column in columns)]).write_parquet(target)


def _raw_sheet(number: int, cells: fastexcel.ExcelSheet, kind: str, target: Path, width: int, rows: int) -> RawSheet:
    return RawSheet(
        sheet_no=number,
        sheet=visible(cells.name),
        scan=parquet_scan(target, width),
        width=width,
        header=None,
        kind=kind,
        encoding=None,
        delimiter=None,
        hidden=cells.visible != "visible",
        rows=rows,
    )


def _placed_columns(sheet: fastexcel.ExcelSheet, first: int) -> list[pl.Series]:
    """c0 … from column A and row 1 on, whatever the reader starts at; empty text is NULL."""
    frame = pl.DataFrame(sheet.to_arrow())
    empty = [pl.Series(f"c{i}", [None] * frame.height, dtype=pl.String) for i in range(first)]
    cells = frame.select(
        pl.when(column != "").then(_no_day(column)) for column in (pl.nth(i) for i in range(frame.width))
    )
    return empty + [_too_far(series).alias(f"c{first + i}") for i, series in enumerate(cells.get_columns())]


def _no_day(cell: pl.Expr) -> pl.Expr:
    """A cell with a date format that holds no day, as the spreadsheet shows it: 0 (what a lookup gives for an empty cell) is 1900-01-00, a part of a
    day is a time. The reader tells of them as days of 1899, which would be believed."""
    before = cell.str.starts_with("1899-12-3") & (cell.str.len_bytes() == len("1899-12-31 00:00:00"))
    shown = pl.when(cell.str.ends_with(" 00:00:00")).then(pl.lit("1900-01-00")).otherwise(cell.str.slice(11))
    return pl.when(~before).then(cell).otherwise(shown)


def _too_far(column: pl.Series) -> pl.Series:
    """A cell with a date format that holds a number beyond the calendar is that number again: 20210630 is a day as people write it. The reader
    tells of it as a day of the year 57234."""
    signed = column.str.starts_with("+").fill_null(False).arg_true()
    told = column.gather(signed).str.extract(r"^\+([0-9]{5,6}-[0-9]{2}-[0-9]{2}) 00:00:00$")
    far, days = signed.filter(told.is_not_null()), told.drop_nulls()
    if not len(far):
        return column
    numbers = np.array(days.to_list(), dtype="datetime64[D]") - np.datetime64("1899-12-30", "D")
    return column.scatter(far, numbers.astype(np.int64).astype(str))


def _put_exact(columns: list[pl.Series], exact: list[tuple[int, int, str]]) -> None:
    """Replace what the cell reader made of booleans and long numbers."""
    by_column: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for row, column, text in exact:
        if column < len(columns) and row < len(columns[column]):
            by_column[column].append((row, text))
    for column, cells in by_column.items():
        rows, texts = zip(*cells, strict=True)
        columns[column] = columns[column].scatter(list(rows), list(texts))


def _check_cells(columns: list[pl.Series]) -> None:
    for number, column in enumerate(columns, 1):
        long = (column.str.len_bytes() > MAX_CELL_BYTES).arg_true()
        if len(long):
            raise cell_too_long(int(long[0]) + 1, number)


def _filled_rows(columns: list[pl.Series]) -> int:
    """Rows up to the last that holds more than white space."""
    rows = 0
    for column in columns:
        filled = (column.str.strip_chars(BLANK_CHARACTERS) != "").fill_null(False).arg_true()
        if len(filled):
            rows = max(rows, int(filled[-1]) + 1)
    return rows


def _fill_merges(columns: list[pl.Series], merges: list[Range], rows: int) -> None:
    """Copy the value at the top left of each merged range to all its cells within the table, column by column
    and for all ranges at once.
    """
    filled = sum(
        (min(bottom, rows - 1) - top + 1) * (min(right, len(columns) - 1) - left + 1)
        for top, left, bottom, right in merges
        if top < rows and left < len(columns)
    )
    if filled > MAX_SHEET_CELLS:
        raise UnreadableFile(BROKEN)
    pairs: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for top, left, bottom, right in merges:
        if top < rows and left < len(columns):
            for column in range(left, min(right, len(columns) - 1) + 1):
                pairs[left, column].append((top, min(bottom, rows - 1)))
    received = list(columns)
    for (left, column), spans in pairs.items():
        tops, bottoms = np.array(spans, dtype=np.int64).T
        heights = bottoms - tops + 1
        sources = np.repeat(tops, heights)
        within = np.arange(heights.sum()) - np.repeat(np.cumsum(heights) - heights, heights)
        columns[column] = columns[column].scatter(
            pl.Series(sources + within), received[left].gather(pl.Series(sources))
        )
