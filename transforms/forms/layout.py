"""Drawing one official form: title, seal, merged headings, body, total, note, and what stands beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from openpyxl.styles import Border, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from transforms.forms.model import (
    ASIDE,
    ASIDE_HEADING,
    FORM_LINE,
    FORM_NOTE,
    FORM_TITLE,
    HEADING,
    HUMAN,
    LABEL,
    TOTAL,
    UNCONFIRMED,
    Field,
    Gap,
    Head,
    Row,
)
from transforms.publish.workbooks import RunHeader
from transforms.publish.workbooks.sheet import Book, Sheet, Value
from transforms.publish.workbooks.styles import Look, Styles, lines_needed, row_points

BESIDE_GAP, BESIDE_WIDTH = 3, 46
GAP = "{gap}"


class FormStyles(Styles):
    """The shared styles with the black rules an official form is printed with."""

    def _make(self, look: Look) -> StyleArray:
        style = super()._make(look)
        if look.boxed:
            parts: Any = self._workbook
            line = Side("thin", color="000000")
            style.borderId = self._part(
                parts._borders, ("form",), lambda: Border(left=line, right=line, top=line, bottom=line)
            )
        return style


class FormBook(Book):
    """A workbook of forms under construction."""

    def __init__(self, run: RunHeader, title: str) -> None:
        super().__init__(run, title)
        self.styles = FormStyles(self.workbook)

    def form(self, name: str, heads: Sequence[Head], fields: Sequence[Field], *, portrait: bool = False) -> FormSheet:
        """A new form. Raises ValueError when its fields do not match the leaves of its headings."""
        if sum(head.leaves for head in heads) != len(fields):
            raise ValueError(f"{name}: {len(fields)} columns under other headings")
        sheet = self.sheet(name, [field.width for field in fields])
        worksheet: Any = sheet.worksheet
        worksheet.page_setup.orientation = "portrait" if portrait else "landscape"
        # A form that is filed carries page numbers and nothing of ours.
        worksheet.oddFooter.left.text = worksheet.oddFooter.right.text = None
        return FormSheet(sheet, heads, fields)


class FormSheet(Sheet):
    """One form, drawn from top to bottom."""

    def __init__(self, sheet: Sheet, heads: Sequence[Head], fields: Sequence[Field]) -> None:
        super().__init__(sheet.worksheet, sheet.styles, sheet.widths)
        self.heads, self.fields = list(heads), list(fields)
        self.first_body_row = 0
        self.gaps: list[Gap] = []

    @property
    def name(self) -> str:
        """The sheet's name."""
        return str(self.worksheet.title)

    def opening(self, label: str, title: str, seal: str = "") -> None:
        """附件N, the title over all columns, and the line with the seal and the reporting date."""
        if label:
            self.line(label, LABEL)
        self.line(title, FORM_TITLE, 32 * (1 + title.count("\n")))
        if seal:
            self.signed(seal)

    def signed(self, text: str) -> None:
        """A line of several parts, such as the seal and the reporting date, spread over the form's width."""
        parts = text.split(GAP)
        for number, part in enumerate(parts):
            self.put(self.row, self._column_at(number / len(parts) if number else 0.0), part, FORM_LINE)
        self.height(self.row, 24)
        self.row += 1

    def _column_at(self, share: float) -> int:
        reached, wanted = 0.0, share * sum(self.widths)
        for column, width in enumerate(self.widths, start=1):
            if reached >= wanted:
                return column
            reached += width
        return len(self.widths)

    def warn(self, text: str) -> None:
        """A line in red across the form that asks for confirmation."""
        self.line(text, UNCONFIRMED)

    def headings(self, heights: Sequence[float] = ()) -> None:
        """The heading tree; a heading with nothing below it reaches down to the last level."""
        levels = _depth(self.heads)
        top = self.row
        for row in range(top, top + levels):
            for column in range(1, len(self.fields) + 1):
                self.put(row, column, None, HEADING)
            self.height(row, heights[row - top] if row - top < len(heights) else 30)
        self._place(self.heads, top, 1, top + levels - 1)
        self.row = top + levels
        self.first_body_row = self.row
        self.worksheet.print_title_rows = f"{top}:{self.row - 1}"
        self.worksheet.freeze_panes = f"A{self.row}"

    def _place(self, heads: Sequence[Head], row: int, column: int, last_row: int) -> None:
        for head in heads:
            self.put(row, column, head.text, HEADING)
            end_row, end_column = (row if head.below else last_row), column + head.leaves - 1
            if (end_row, end_column) != (row, column):
                self.worksheet.merge_cells(start_row=row, start_column=column, end_row=end_row, end_column=end_column)
            self._place(head.below, row + 1, column, last_row)
            column += head.leaves

    def body(self, rows: Sequence[Row], *, merge: bool = False, least: int = 0) -> None:
        """One line per row in the fields' order; `merge` joins household cells over the household's rows.

        A row says with `first` whether its household starts there. `least` blank lines stand where there is
        no data, so that the form can be filled in by hand.
        """
        starts: list[int] = []
        for row in rows:
            if row.get("first", True):
                starts.append(self.row)
            self._body_row(row, merge)
        for _ in range(max(0, least - len(rows))):
            starts.append(self.row)
            self._body_row({}, merge=False)
        if merge:
            for start, following in zip(starts, [*starts[1:], self.row], strict=True):
                self._merge_household(start, following - 1)
        self._count_gaps(rows)

    def _body_row(self, row: Row, merge: bool) -> None:
        lines = 1
        for column, field in enumerate(self.fields, start=1):
            shown = not field.household or row.get("first", True)
            value = row.get(field.key) if shown and field.fill != HUMAN else None
            self.put(self.row, column, value, field.look)
            # A merged cell has the height of all its household's rows.
            if isinstance(value, str) and not (merge and field.household and row.get("members", 1) > 1):
                lines = max(lines, lines_needed(value, field.width, field.look.size))
        self.height(self.row, max(21.0, row_points(lines, self.fields[0].look.size)))
        self.row += 1

    def _merge_household(self, start: int, end: int) -> None:
        if start == end:
            return
        for column, field in enumerate(self.fields, start=1):
            if field.household:
                self.worksheet.merge_cells(start_row=start, start_column=column, end_row=end, end_column=column)
                value = self.worksheet.cell(start, column).value
                if isinstance(value, str):
                    self._stretch(start, end, lines_needed(value, field.width, field.look.size))

    def _stretch(self, start: int, end: int, lines: int) -> None:
        heights = self.worksheet.row_dimensions
        short = row_points(lines) - sum(heights[row].height or 0 for row in range(start, end + 1))
        if short > 0:
            for row in range(start, end + 1):
                heights[row].height = round((heights[row].height or 0) + short / (end - start + 1), 1)

    def _count_gaps(self, rows: Sequence[Row]) -> None:
        for field in self.fields:
            if not field.why_empty or field.fill == HUMAN:
                continue
            applies = [row for row in rows if not field.household or row.get("first", True)]
            empty = sum(1 for row in applies if row.get(field.key) is None)
            if empty:
                self.gaps.append(Gap(self.name, field.name, empty, field.why_empty))

    def total(self, values: Mapping[str, Value]) -> None:
        """The 合计 row: its word in the first column, the sums under their fields."""
        lines = 1
        for column, field in enumerate(self.fields, start=1):
            value = "合计" if column == 1 else values.get(field.key)
            look = TOTAL if column == 1 or isinstance(value, str) else replace(field.look, bold=True)
            self.put(self.row, column, value, look)
            if isinstance(value, str):
                lines = max(lines, lines_needed(value, field.width, look.size))
        self.height(self.row, max(24.0, row_points(lines)))
        self.row += 1

    def note(self, text: str) -> None:
        """A line below the form."""
        self.line(text, FORM_NOTE)

    def formula(self, row: int, column: int, text: str, look: Look) -> None:
        """A formula of our own; `put` never writes one."""
        self.put(row, column, None, look)
        cell: Any = self.worksheet.cell(row, column)
        cell._value, cell.data_type = text, "f"

    def beside(
        self,
        heading: str,
        rows: Sequence[Row],
        text: Callable[[Row], Value],
        offset: int = 0,
        width: float = BESIDE_WIDTH,
    ) -> str:
        """A column outside the form, right of a gap, on each household's first row; returns its letter."""
        column = len(self.fields) + 2 + offset
        letter = get_column_letter(column)
        self.worksheet.column_dimensions[get_column_letter(len(self.fields) + 1)].width = BESIDE_GAP
        self.worksheet.column_dimensions[letter].width = width
        self.put(self.first_body_row - 1, column, heading, ASIDE_HEADING)
        for number, row in enumerate(rows, start=self.first_body_row):
            if row.get("first", True):
                self.put(number, column, text(row), ASIDE)
        return letter

    def choices(self, field: int, last_row: int, words: Sequence[str], message: str) -> None:
        """A drop-down of these words, and nothing else, in a column of the body."""
        validation = DataValidation(
            type="list",
            formula1=f'"{",".join(words)}"',
            allow_blank=True,
            showErrorMessage=True,
            showInputMessage=True,
        )
        validation.errorTitle = validation.promptTitle = self.fields[field - 1].name
        validation.error = validation.prompt = message
        letter = get_column_letter(field)
        validation.add(f"{letter}{self.first_body_row}:{letter}{last_row}")
        self.worksheet.add_data_validation(validation)

    def close(self) -> None:
        """The printed area is the form alone, not what stands beside it."""
        self.worksheet.print_area = f"A1:{get_column_letter(len(self.fields))}{self.row - 1}"


def _depth(heads: Sequence[Head]) -> int:
    return 1 + max((_depth(head.below) for head in heads if head.below), default=0)


def filled(template: str, **words: object) -> str:
    """A title or line of a notice with its blanks filled in; the gap before a signature stays."""
    return template.format(**{"gap": GAP, **words})
