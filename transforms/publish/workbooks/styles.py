"""The look of every workbook: one restrained palette, and each style made once and shared by its cells."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import cache, lru_cache
from math import ceil
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils.indexed_list import IndexedList

FONT = "微软雅黑"
# Digits alone are set in Arial: its width is the same on every machine, so no number turns into ####.
FIGURES = "Arial"
# Column widths count in digits of this font; in openpyxl's Calibri they would change with the machine.
UNIT_FONT = Font(name=FIGURES, size=10, family=2)
INK, QUIET, ACCENT = "1F2933", "5F6C7B", "2F4B66"
# Orange, pale yellow and grey differ in lightness too: apart for the colour-blind and in grey print.
# The word stands beside them anyway.
FILLS = {
    "head": "DCE5EE",
    "fill_in_head": "CFE3DC",
    "band": "F4F7FA",
    "fill_in": "EFF7F3",
    "high": "F6CFAE",
    "medium": "FAE9B4",
    "low": "E6EAEF",
    "differs": "FBE3CC",
    "plain": None,
}
LINE, HOUSEHOLD_LINE = "C5CED8", "5F7A94"
BODY_SIZE = 11
PIXELS_PER_UNIT = 7
PIXELS_PER_POINT = 96 / 72
WIDE_EM, NARROW_EM, LINE_EM = 1.0, 0.62, 1.47
TALLEST = 408.0
WORDS = re.compile(r"[\x21-\x7e]+|[\x00-\x20]+|[^\x00-\x7f]+")


@dataclass(frozen=True)
class Look:
    """What a cell looks like; two equal looks share one style in the file."""

    fill: str = "plain"
    bold: bool = False
    size: int = BODY_SIZE
    font: str = FONT
    colour: str = INK
    align: str = "left"
    vertical: str = "center"
    wrap: bool = True
    number: str = "General"
    boxed: bool = True
    household_starts: bool = False
    locked: bool = True
    quoted: bool = False
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Looked up once per cell: the hash of thirteen fields, taken anew each time, would cost more than the cell.
        object.__setattr__(self, "_hash", hash(tuple(getattr(self, f.name) for f in fields(self) if f.compare)))

    def __hash__(self) -> int:
        return self._hash


TEXT = Look(number="@")
CENTRED = replace(TEXT, align="center")
STRONG = replace(TEXT, bold=True)
FIGURE_TEXT = replace(TEXT, font=FIGURES)
MONEY = Look(align="right", wrap=False, number="#,##0.00", font=FIGURES)
COUNT = replace(MONEY, number="#,##0")
RATE = replace(MONEY, number="0.00%")
HEAD = Look(fill="head", bold=True, align="center", colour=ACCENT)
FILL_IN_HEAD = replace(HEAD, fill="fill_in_head")
TITLE = Look(bold=True, size=18, colour=ACCENT, wrap=False, boxed=False)
SECTION = Look(bold=True, size=13, colour=ACCENT, wrap=False, boxed=False)
NOTE = Look(colour=QUIET, boxed=False)
NOTE_LINE = replace(NOTE, wrap=False)


@cache
def varied(look: Look, fill: str, household_starts: bool = False, locked: bool = True) -> Look:
    """The same look on another fill, with a household's first line, or open to be filled in."""
    return replace(look, fill=fill, household_starts=household_starts, locked=locked)


@cache
def marked(look: Look, fill: str) -> Look:
    """The same look, bold on a fill that stands out."""
    return replace(look, fill=fill, bold=True)


@cache
def quoted(look: Look) -> Look:
    """The same look for text that a spreadsheet would take for a formula."""
    return replace(look, quoted=True)


class Styles(dict[Look, StyleArray]):
    """The styles of one workbook by look, made on first use.

    Fonts, fills and the like are registered once each: openpyxl compares a new one with all it has, which
    would cost more than the cells.
    """

    def __init__(self, workbook: Workbook) -> None:
        super().__init__()
        # The lists of parts are openpyxl's own, without public names.
        book: Any = workbook
        book._fonts = IndexedList([UNIT_FONT])
        self._workbook = book
        self._parts: dict[tuple[object, ...], int] = {}

    def __missing__(self, look: Look) -> StyleArray:
        made = self[look] = self._make(look)
        return made

    def _make(self, look: Look) -> StyleArray:
        book, style = self._workbook, StyleArray()
        style.fontId = self._part(
            book._fonts,
            (look.font, look.size, look.bold, look.colour),
            lambda: Font(name=look.font, size=look.size, bold=look.bold, color=look.colour),
        )
        fill = FILLS[look.fill]
        if fill:
            style.fillId = self._part(book._fills, (fill,), lambda: PatternFill("solid", fgColor=fill))
        if look.boxed:
            style.borderId = self._part(book._borders, (look.household_starts,), lambda: _border(look.household_starts))
        style.alignmentId = self._part(
            book._alignments,
            (look.align, look.vertical, look.wrap),
            lambda: Alignment(horizontal=look.align, vertical=look.vertical, wrap_text=look.wrap),
        )
        style.protectionId = self._part(book._protections, (look.locked,), lambda: Protection(locked=look.locked))
        # The quickest way to a number format's index is openpyxl's own setter.
        cell: Any = Cell(book.active, row=1, column=1)
        cell.number_format = look.number
        style.numFmtId = cell._style.numFmtId
        style.quotePrefix = int(look.quoted)
        return style

    def _part(self, parts: IndexedList[Any], key: tuple[object, ...], make: Callable[[], object]) -> int:
        known = (id(parts), *key)
        if known not in self._parts:
            self._parts[known] = parts.add(make())
        return self._parts[known]


def _border(household_starts: bool) -> Border:
    line = Side("thin", color=LINE)
    return Border(
        left=line,
        right=line,
        bottom=line,
        top=Side("medium", color=HOUSEHOLD_LINE) if household_starts else line,
    )


@lru_cache(maxsize=8192)
def lines_needed(text: str, width: float, size: int = BODY_SIZE) -> int:
    """Lines a text takes in a column `width` units wide; rather one too many: fonts differ by machine.

    Chinese breaks anywhere, a number or file name only where it must. What all townships' workbooks say alike is
    measured once.
    """
    room = max((width * PIXELS_PER_UNIT - 4) / (size * PIXELS_PER_POINT), 1.0)
    total = 0
    for paragraph in text.split("\n"):
        total += 1
        if len(paragraph) * WIDE_EM <= room:
            continue
        used = 0.0
        for word in WORDS.findall(paragraph):
            length = len(word) * (NARROW_EM if word.isascii() else WIDE_EM)
            if used + length <= room:
                used += length
            elif length <= room or not word.isascii():
                # Runs of Chinese fill the line first; a word goes to the next one whole.
                over = length - (room - used) // WIDE_EM * WIDE_EM if not word.isascii() else length
                more = ceil(over / (room // WIDE_EM * WIDE_EM))
                total += more
                used = over - (more - 1) * (room // WIDE_EM * WIDE_EM)
            else:
                more = ceil(length / room)
                total += more if used else more - 1
                used = length - (more - 1) * room
    return total


def row_points(lines: int, size: int = BODY_SIZE) -> float:
    """Height of a row of so many lines, within what a spreadsheet allows."""
    return min(round(lines * size * LINE_EM + 5, 1), TALLEST)
