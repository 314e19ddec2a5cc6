"""Writing one sheet: safe text, tables, print set-up, protection; and saving the same bytes every time."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from transforms.publish.workbooks.header import RunHeader
from transforms.publish.workbooks.styles import (
    HEAD,
    NOTE,
    SECTION,
    TEXT,
    TITLE,
    Look,
    Styles,
    lines_needed,
    marked,
    quoted,
    row_points,
)
from transforms.publish.workbooks.writing import save

NOT_IN_A_CELL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
LONGEST_TEXT = 32_000
A4 = 9
Value = str | int | float | Decimal | None


def cell_text(text: str) -> str:
    """Text as a cell can hold it: no control characters, line breaks as line feeds, cut at a cell's limit."""
    # Most text is one line without anything to take out.
    kept = text if text.isprintable() else NOT_IN_A_CELL.sub("", text.replace("\r\n", "\n"))
    return kept if len(kept) <= LONGEST_TEXT else f"{kept[:LONGEST_TEXT]}……"


@dataclass(frozen=True)
class Marked:
    """A value of a table cell that wears a fill of its own, such as a difference."""

    value: Value
    fill: str


Content = Value | Marked


@dataclass(frozen=True)
class TableColumn:
    """One column of a table: its heading, look, and how many columns of the sheet it spans."""

    heading: str
    look: Look = TEXT
    span: int = 1


class Sheet:
    """A worksheet that is filled from top to bottom; `row` is the next free row."""

    def __init__(self, worksheet: Worksheet, styles: Styles, widths: Sequence[float]) -> None:
        self.worksheet = worksheet
        self.styles = styles
        self.widths = list(widths)
        self.row = 1
        for number, width in enumerate(self.widths, start=1):
            worksheet.column_dimensions[get_column_letter(number)].width = width

    def put(self, row: int, column: int, value: Value, look: Look) -> None:
        """Write one cell. Text stays text whatever it starts with: no register's value becomes a formula."""
        cell: Any = Cell(self.worksheet, row=row, column=column)
        if isinstance(value, str):
            text = cell_text(value)
            if text.startswith(FORMULA_STARTS) or (text is not value and value.startswith(FORMULA_STARTS)):
                look = quoted(look)
            # Set past openpyxl's guess at the type, which would make a formula of text that starts with '='.
            cell._value, cell.data_type = text, "s"
        elif value is not None and value == value:  # NaN is no value
            cell._value = value
        cell._style = self.styles[look]
        self.worksheet._cells[row, column] = cell

    def _join(self, column: int, span: int) -> None:
        """Make one cell of some that stand side by side in the current row; it looks like the first of them.

        merge_cells of openpyxl works the borders out side by side and cell by cell: half of the time of a workbook.
        """
        worksheet: Any = self.worksheet
        last = column + span - 1
        area = CellRange(min_row=self.row, min_col=column, max_row=self.row, max_col=last)
        worksheet.merged_cells.ranges.add(area)
        style = worksheet._cells[self.row, column]._style
        for place in range(column + 1, last + 1):
            cell: Any = MergedCell(worksheet, self.row, place)
            cell._style = style
            worksheet._cells[self.row, place] = cell

    def height(self, row: int, points: float) -> None:
        """Set a row's height in points."""
        self.worksheet.row_dimensions[row].height = points

    def line(self, text: str, look: Look = NOTE, points: float | None = None) -> None:
        """One line of text across the whole sheet; text that wraps gets the merged width."""
        self.put(self.row, 1, text, look)
        if look.wrap and len(self.widths) > 1:
            self._join(1, len(self.widths))
        lines = lines_needed(text, sum(self.widths)) if look.wrap else 1
        self.height(self.row, points or row_points(lines))
        self.row += 1

    def title(self, text: str) -> None:
        """The sheet's title, kept in sight and printed on each page unless a table's heading replaces it."""
        self.line(text, TITLE, 34)
        self.worksheet.freeze_panes = "A2"
        self.worksheet.print_title_rows = "1:1"

    def section(self, text: str) -> None:
        """A heading inside the sheet, with room above it."""
        self.height(self.row, 10)
        self.row += 1
        self.line(text, SECTION, 24)

    def table(self, columns: Sequence[TableColumn], rows: Iterable[Sequence[Content]], empty: str = "无") -> int:
        """A table with its heading row; returns the heading's row number. Without a row it says `empty`."""
        heading_row = self.row
        self._table_row([c.heading for c in columns], [(HEAD, c.span) for c in columns])
        looks = [(c.look, c.span) for c in columns]
        for values in rows:
            self._table_row(values, looks)
        if self.row == heading_row + 1:
            self.line(empty)
        return heading_row

    def _table_row(self, values: Sequence[Content], looks: Sequence[tuple[Look, int]]) -> None:
        column, points = 1, row_points(1)
        for content, (plain, span) in zip(values, looks, strict=True):
            value = content.value if isinstance(content, Marked) else content
            look = marked(plain, content.fill) if isinstance(content, Marked) else plain
            self.put(self.row, column, value, look)
            if span > 1:
                self._join(column, span)
            if isinstance(value, str) and look.wrap:
                lines = lines_needed(value, sum(self.widths[column - 1 : column - 1 + span]), look.size)
                points = max(points, row_points(lines, look.size))
            column += span
        self.height(self.row, points)
        self.row += 1


class Book:
    """A workbook under construction."""

    def __init__(self, run: RunHeader, title: str) -> None:
        self.run = run
        self.title = title
        self.workbook = Workbook()
        first = self.workbook.active
        assert isinstance(first, Worksheet)
        self._free: Worksheet | None = first
        self.styles = Styles(self.workbook)

    def sheet(self, name: str, widths: Sequence[float]) -> Sheet:
        """A new sheet with its column widths (in characters of the default font)."""
        worksheet = self._free or self.workbook.create_sheet()
        self._free = None
        worksheet.title = name
        _set_up_print(worksheet, f"{self.title} · {name}", self.run)
        return Sheet(worksheet, self.styles, widths)

    def save(self, path: Path) -> Path:
        """Write the file; equal content gives equal bytes, whenever and wherever it is written."""
        properties = self.workbook.properties
        properties.title, properties.creator, properties.lastModifiedBy = self.title, "hedui", None
        properties.created = properties.modified = dt.datetime.combine(self.run.as_of, dt.time())
        return save(self.workbook, path)


def protect(worksheet: Worksheet) -> None:
    """Lock the sheet without a password: unlocked cells can be filled in, rows filtered, columns widened."""
    protection = worksheet.protection
    protection.autoFilter = protection.sort = protection.formatColumns = protection.formatRows = False
    protection.enable()


def _set_up_print(sheet: Worksheet, title: str, run: RunHeader) -> None:
    worksheet: Any = sheet
    worksheet.page_setup.orientation = "landscape"
    worksheet.page_setup.paperSize = A4
    worksheet.page_setup.fitToWidth, worksheet.page_setup.fitToHeight = 1, 0
    worksheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = worksheet.page_margins
    margins.left = margins.right = 0.3
    margins.top, margins.bottom, margins.header, margins.footer = 0.4, 0.55, 0.2, 0.25
    worksheet.print_options.horizontalCentered = True
    footer = worksheet.oddFooter
    footer.left.text, footer.center.text = _plain(title), "第 &P 页，共 &N 页"
    footer.right.text = _plain(f"核对基准日 {run.as_of}  批次 {run.run_id}")
    for part in (footer.left, footer.center, footer.right):
        part.size = 8
    worksheet.HeaderFooter.scaleWithDoc = False
    worksheet.sheet_view.showGridLines = False


def _plain(text: str) -> str:
    # In headers and footers '&' starts a code.
    return cell_text(text).replace("&", "＆")
