"""Reads what officers write in the green columns: an outcome of the list, days in the ways people write them,
plain text.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from transforms.decisions.returned import Entry
from transforms.publish.workbooks import OUTCOMES
from transforms.publish.workbooks.sheet import cell_text

#: Spreadsheets count days from here (their 1900 was a leap year).
SERIAL_ZERO = dt.date(1899, 12, 30)
SERIALS = range(36_526, 73_051)  # 2000 to 2099
WRITTEN_DAY = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?(?:[ T]0?0:00(?::00)?)?")
COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
DAY_EXPECTED = "日期，如 2021-07-15"


class WrongEntry(ValueError):
    """A cell that does not hold what its column asks for; `code` names the mistake, the message says what was
    expected.
    """

    def __init__(self, code: str, expected: str) -> None:
        super().__init__(expected)
        self.code = code


def outcome_of(entry: Entry) -> str:
    """The outcome chosen. Raises WrongEntry for anything outside the list."""
    return word_of(entry, OUTCOMES)


def word_of(entry: Entry, words: Sequence[str]) -> str:
    """The word chosen from a drop-down. Raises WrongEntry for anything outside it."""
    said = "".join(unicodedata.normalize("NFKC", _plain(entry).text).split())
    if said not in words:
        raise WrongEntry("outcome_not_listed", f"应为以下之一：{'、'.join(words)}")
    return said


def day_of(entry: Entry) -> dt.date | None:
    """The day written, as a date cell, a serial number or text; None for an empty cell.

    Raises WrongEntry for what is no day.
    """
    value: Any = _plain(entry).value
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and int(value) in SERIALS:
        return SERIAL_ZERO + dt.timedelta(days=int(value))
    said = unicodedata.normalize("NFKC", entry.text).strip()
    if not said:
        return None
    found = WRITTEN_DAY.fullmatch(said) or COMPACT_DAY.fullmatch(said)
    try:
        return dt.date(*map(int, found.groups())) if found else _no_day()
    except ValueError:
        return _no_day()


def text_of(entry: Entry) -> str | None:
    """Text as a cell may hold it; None for an empty one. Raises WrongEntry for a formula."""
    return cell_text(_plain(entry).text).strip() or None


def _no_day() -> dt.date:
    raise WrongEntry("wrong_date", f"应为{DAY_EXPECTED}")


def _plain(entry: Entry) -> Entry:
    if entry.kind == "formula":
        raise WrongEntry("formula", "应填写文字或日期，不能是公式")
    if entry.kind == "error":
        raise WrongEntry("formula", "单元格是公式错误值，应填写文字或日期")
    return entry
