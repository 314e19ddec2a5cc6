"""Dates and months in every form registers write them. Two-digit years are not guessed."""

from typing import ClassVar

from transforms.values.base import Context, Layer, ValueType, literal, name
from transforms.values.folding import empty_as_null, tidy

_YEAR = "(18[5-9][0-9]|19[0-9]{2}|2[01][0-9]{2}|2200)"
_MONTH, _DAY = "(0?[1-9]|1[0-2])", "(0?[1-9]|[12][0-9]|3[01])"
_SEP = r" ?[-/.年] ?"
_CLOCK = r"(?:[上下]午 ?)?[0-9]{1,2}[:时点][0-9:.分秒+Z]*(?: ?[AaPp][Mm])?"
_DAY_TAIL = rf"(?: ?[日号.]? ?|(?: ?[日号] ?|[ T] ?){_CLOCK})"
_COMPACT = rf"([01][0-9])([0-3][0-9])(?:[0-9]{{6}}|\.0+|[ T] ?{_CLOCK})?"
_FULL = rf"^{_YEAR}(?:{_COMPACT}|{_SEP}{_MONTH} ?[-/.月] ?{_DAY}{_DAY_TAIL})$"
_MONTH_ONLY = rf"^{_YEAR}(?:([01][0-9])(?:\.0+)?|{_SEP}{_MONTH} ?月?份?)$"
_FULL_PARTS, _MONTH_PARTS = "['y', 'm', 'd', 'm2', 'd2']", "['y', 'm', 'm2']"
# Days since 1899-12-30, as spreadsheets count. Bare years (1850 to 2200) are no serials, and below them lie
# typing errors; 2201 is 1906-01-09, 73050 is 2099-12-31.
_SERIAL_FROM, _SERIAL_TO = 2201, 73050
_SERIAL = r"^([0-9]{4,5})(?:\.[0-9]+)?$"
_FIRST_DAY, _LAST_DAY = "DATE '1850-01-01'", "DATE '2200-12-31'"
_FOREVER = ("长期", "长期有效", "永久", "永久有效", "至今")


class Day(ValueType):
    """A day. Of 2021年5月, 2021-05, 2021.5 and 202105 the first is taken, and _month_only is true.

    Spreadsheet serials count from 2201 (1906-01-09) to 73050 (2099-12-31). Years 1850 to 2200.
    """

    sql_type = "DATE"
    extras: ClassVar = {"_month_only": "BOOLEAN"}
    native: ClassVar = frozenset({"DATE", "TIMESTAMP"})

    def layers(self, column: str, raw: str, ctx: Context) -> list[Layer]:
        day, month, iso, rest = (f"{column}__{part}" for part in ("day", "month", "iso", "rest"))
        return [
            {iso: f"CAST({ctx.native[0]} AS DATE)" if ctx.native else _iso(raw)},
            {rest: f"CASE WHEN {iso} BETWEEN {_FIRST_DAY} AND {_LAST_DAY} THEN NULL ELSE {raw} END"},
            *_read_date(column, rest, ctx),
            {day: _day(column), month: _month_start(column)},
            {
                column: f"CASE WHEN {iso} BETWEEN {_FIRST_DAY} AND {_LAST_DAY} THEN {iso} "
                f"ELSE coalesce({day}, {month}, {_serial(column)}) END",
                f"{column}_month_only": f"{day} IS NULL AND {month} IS NOT NULL",
            },
        ]

    def is_bad(self, column: str) -> str:
        return f"({name(column)} IS NULL AND ({column}__fast.y <> '' OR {column}__said IS NOT NULL))"


class Month(ValueType):
    """A month as year * 12 + month, from 202105, 2021-05, 2021年5月, 2021.5, and from any form of a day."""

    sql_type = "INTEGER"

    def layers(self, column: str, raw: str, ctx: Context) -> list[Layer]:
        common = f"regexp_full_match({raw}, '(19|20)[0-9]{{2}}-?(0[1-9]|1[0-2])')"
        compact, day = f"{column}__compact", f"{column}__any"
        first = f"coalesce({column}__day, {column}__month, {_serial(column)})"
        return [
            {compact: f"CASE WHEN {common} THEN CAST(replace({raw}, '-', '') AS INTEGER) END"},
            {f"{column}__rest": f"CASE WHEN {compact} IS NULL THEN {raw} END"},
            *_read_date(column, f"{column}__rest", ctx),
            {f"{column}__day": _day(column), f"{column}__month": _month_start(column)},
            {day: first},
            {column: f"coalesce({compact} // 100 * 12 + {compact} % 100, year({day}) * 12 + month({day}))"},
        ]

    def is_bad(self, column: str) -> str:
        return f"({name(column)} IS NULL AND ({column}__fast.y <> '' OR {column}__said IS NOT NULL))"


def _iso(raw: str) -> str:
    """SQL: the day of a cell written 2021-05-31 (at midnight perhaps) or 20210531, as most are; years are still to be checked."""
    dashed = (
        f"(strlen({raw}) = 10 AND {raw} LIKE '____-__-__') OR (strlen({raw}) = 19 AND {raw} LIKE '____-__-__ 00:00:00')"
    )
    digits = f"strlen({raw}) = 8 AND regexp_full_match({raw}, '[0-9]{{8}}')"
    parts = ", '-', ".join(f"substr({raw}, {start}, {length})" for start, length in ((1, 4), (5, 2), (7, 2)))
    return (
        f"CASE WHEN {dashed} THEN TRY_CAST(substr({raw}, 1, 10) AS DATE) "
        f"WHEN {digits} THEN TRY_CAST(concat({parts}) AS DATE) END"
    )


def _read_date(column: str, raw: str, ctx: Context) -> list[Layer]:
    """column__fast: parts of a full date as received; column__said: the folded text of any other filled cell;
    column__full, column__ym: its parts as a full date, as a month."""
    fast, text, said = f"{column}__fast", f"{column}__text", f"{column}__said"
    nothing = ctx.codes.null_words | set(_FOREVER)
    return [
        {fast: f"regexp_extract({raw}, {literal(_FULL)}, {_FULL_PARTS})"},
        {text: f"CASE WHEN {fast}.y = '' THEN {tidy(raw)} END"},
        {said: empty_as_null(text, nothing)},
        {
            f"{column}__full": f"CASE WHEN {said} IS NOT NULL "
            f"THEN regexp_extract({said}, {literal(_FULL)}, {_FULL_PARTS}) END",
            f"{column}__ym": f"CASE WHEN {said} IS NOT NULL "
            f"THEN regexp_extract({said}, {literal(_MONTH_ONLY)}, {_MONTH_PARTS}) END",
        },
    ]


def _day(column: str) -> str:
    def joined(parts: str) -> str:
        # One of the two groups for a month, and of those for a day, is empty.
        return f"TRY_CAST(concat({parts}.y, '-', {parts}.m, {parts}.m2, '-', {parts}.d, {parts}.d2) AS DATE)"

    fast, full = f"{column}__fast", f"{column}__full"
    return f"CASE WHEN {fast}.y <> '' THEN {joined(fast)} WHEN {full}.y <> '' THEN {joined(full)} END"


def _month_start(column: str) -> str:
    parts = f"{column}__ym"
    first = f"concat({parts}.y, '-', {parts}.m, {parts}.m2, '-01')"
    return f"CASE WHEN {parts}.y <> '' THEN TRY_CAST({first} AS DATE) END"


def _serial(column: str) -> str:
    number = f"TRY_CAST(regexp_extract({column}__said, {literal(_SERIAL)}, 1) AS INTEGER)"
    return (
        f"CASE WHEN regexp_full_match({column}__said, {literal(_SERIAL)}) "
        f"AND {number} BETWEEN {_SERIAL_FROM} AND {_SERIAL_TO} THEN DATE '1899-12-30' + {number} END"
    )
