"""What the forms are made of: the run behind them, headings, columns, and what must agree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from transforms.publish.workbooks import RunHeader
from transforms.publish.workbooks.styles import BODY_SIZE, FIGURES, INK, Look

SONG, HEI = "宋体", "黑体"
Row = dict[str, Any]

TEXT = Look(font=SONG, number="@")
MIDDLE = replace(TEXT, align="center")
DIGITS = replace(MIDDLE, font=FIGURES, size=BODY_SIZE - 1)
COUNT = Look(font=FIGURES, size=BODY_SIZE, align="center", number="0", wrap=False)
MONEY = replace(COUNT, align="right", number="0.00")
HEADING = replace(MIDDLE, bold=True)
TOTAL = replace(MIDDLE, bold=True)
LABEL = Look(font=HEI, boxed=False, wrap=False, size=BODY_SIZE)
FORM_TITLE = Look(font=SONG, bold=True, size=18, align="center", boxed=False, colour=INK)
FORM_LINE = Look(font=SONG, boxed=False, wrap=False)
FORM_NOTE = Look(font=SONG, boxed=False)
ASIDE = Look(font=SONG, size=BODY_SIZE - 1, boxed=False, colour="5F6C7B")
ASIDE_HEADING = replace(ASIDE, bold=True)
UNCONFIRMED = Look(font=HEI, boxed=False, colour="B3261E", bold=True)

COMPUTED, PREFILLED, HUMAN = "C", "P", "H"


@dataclass(frozen=True)
class Head:
    """A heading of a form with the headings below it."""

    text: str
    below: tuple[Head, ...] = ()

    @property
    def leaves(self) -> int:
        """Columns it stands over."""
        return sum(head.leaves for head in self.below) or 1


@dataclass(frozen=True)
class Field:
    """One column of a form, left to right under the leaves of its headings.

    key: what the rows call it. household: said once per household, on its first row. why_empty: what the
    notes sheet says when a cell that should be filled has no data; '' where an empty cell is an answer.
    """

    name: str
    key: str
    width: float
    look: Look = TEXT
    fill: str = COMPUTED
    household: bool = False
    why_empty: str = ""


@dataclass(frozen=True)
class Check:
    """Two numbers of the forms that must agree. expected None: a person's cells are still missing."""

    place: str
    form: str
    rule: str
    found: int | Decimal
    expected: int | Decimal | None
    remark: str = ""
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """Whether it agrees; also while it cannot be told yet."""
        if self.expected is None:
            return True
        return self.found >= self.expected if self.at_least else self.found == self.expected


@dataclass(frozen=True)
class Gap:
    """Cells of a form that stay empty, and why."""

    form: str
    column: str
    cells: int | None
    reason: str


@dataclass(frozen=True)
class Place:
    """A township, or with an empty township_code its whole county."""

    county_code: str
    county_name: str
    township_code: str = ""
    township_name: str = ""

    @property
    def name(self) -> str:
        """What stands in titles in place of 启东市XX镇."""
        return f"{self.county_name}{self.township_name}"


@dataclass(frozen=True)
class FormsRun:
    """The run behind the forms and the months they compare.

    month and before_month are month indexes (year * 12 + month). before_source says where the amounts
    of the month before come from: 'run' (a run of that month, before_run_id), 'payments', or '' (nowhere).
    not_evaluated: rules that could not be applied.
    """

    header: RunHeader
    month: int
    before_source: str = ""
    before_run_id: str = ""
    not_evaluated: int = 0

    @property
    def before_month(self) -> int:
        return self.month - 1


def month_number(month: int) -> int:
    """The calendar month of a month index."""
    return (month - 1) % 12 + 1


def year_number(month: int) -> int:
    """The year of a month index."""
    return (month - 1) // 12
