"""Counts, grades, measures and money."""

from abc import abstractmethod
from typing import ClassVar

from transforms.values.base import Context, Layer, ValueType, literal, name
from transforms.values.folding import compact, empty_as_null

_AMOUNT = r"([-+]?)(?:人民币|RMB|CNY)?[￥¥]?(-?[0-9][0-9,]*(?:\.[0-9]*)?|-?\.[0-9]+)(?:[Ee]([-+]?[0-9]{1,3}))?"
_MONEY = rf"^{_AMOUNT}(百|千|万|十万|百万|千万|亿)?(元|圆|块)?整?(?:/[人户年月]{{1,3}})?$"
_NUMBER = rf"^{_AMOUNT}()(%|㎡|m2|m²|平方米|平方|平米)?$"
_GROUPED = r"-?[0-9]{1,3}(,[0-9]{3}){1,3}(\.[0-9]{1,2})?"
_PARTS = "['sign', 'digits', 'power', 'scale', 'unit']"
_SCALES = {"百": 100, "千": 1000, "万": 10_000, "十万": 100_000, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_HAN, _HAN_VALUES = "〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖两ⅠⅡⅢⅣ", "0012345678912345678921234"
# A count stands alone among words: no second number, no 十 or 百 that would change it, no range or fraction.
_WORDS = rf"[^0-9{_HAN}十百千万拾佰仟.,+%/<>~\-]*"
_COUNT = rf"^{_WORDS}(-?[0-9]{{1,9}})(?:\.0*)?{_WORDS}$"
_HAN_COUNT = rf"^{_WORDS}([{_HAN}]){_WORDS}$"


class Numeric(ValueType):
    """A number: the common form is read at once; what it does not fit is folded and read with care."""

    native: ClassVar = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "DOUBLE"})

    def layers(self, column: str, raw: str, ctx: Context) -> list[Layer]:
        fast, text, said = f"{column}__fast", f"{column}__text", f"{column}__said"
        filled = f" AND {ctx.native[0]} IS NOT NULL" if ctx.native else ""
        return [
            {fast: self._taken(ctx.native[0]) if ctx.native else self._fast(raw, ctx)},
            {text: f"CASE WHEN {fast} IS NULL{filled} THEN {compact(raw)} END"},
            {said: empty_as_null(text, ctx.codes.null_words)},
            *self._slow(column, said, ctx),
        ]

    def is_bad(self, column: str) -> str:
        return f"({name(column)} IS NULL AND {column}__said IS NOT NULL)"

    @abstractmethod
    def _taken(self, number: str) -> str:
        """SQL of the value where the cell is a number (a column name) whose text would give just this, else NULL. NaN is above all bounds."""

    @abstractmethod
    def _fast(self, raw: str, ctx: Context) -> str:
        """SQL of the value where the cell has the common form, else NULL."""

    @abstractmethod
    def _slow(self, column: str, text: str, ctx: Context) -> list[Layer]:
        """Layers that make `column` from column__fast, or else from the folded text (a column name)."""


class Whole(Numeric):
    """A count or a grade: 3, 3.0, 3人, 一级, 壹级, 3级, 肢体二级. One number of at most nine digits."""

    sql_type = "INTEGER"

    def _taken(self, number: str) -> str:
        return f"CASE WHEN {number} BETWEEN -999999999 AND 999999999 AND {number} = trunc({number}) THEN CAST({number} AS INTEGER) END"

    def _fast(self, raw: str, ctx: Context) -> str:
        return f"CASE WHEN regexp_full_match({raw}, '-?[0-9]{{1,9}}') THEN CAST({raw} AS INTEGER) END"

    def _slow(self, column: str, text: str, ctx: Context) -> list[Layer]:
        words = " ".join(
            f"WHEN {literal(word)} THEN {int(value)}" for word, value in ctx.synonyms.items() if not word.isdigit()
        )
        from_word = f"CASE {text} {words} END" if words else "NULL"
        count = f"TRY_CAST(nullif(regexp_extract({text}, {literal(_COUNT)}, 1), '') AS INTEGER)"
        numeral = f"regexp_extract({text}, {literal(_HAN_COUNT)}, 1)"
        numeral = f"translate({numeral}, {literal(_HAN)}, {literal(_HAN_VALUES)})"
        found = f"coalesce({from_word}, {count}, TRY_CAST(nullif({numeral}, '') AS INTEGER))"
        return [{column: f"CASE WHEN {text} IS NULL THEN {column}__fast ELSE {found} END"}]


class Scaled(Numeric):
    """A number with a unit behind it, worked out exactly before it is rounded to the column's type."""

    fast_pattern: str
    pattern: str
    exact_type: str

    def _fast(self, raw: str, ctx: Context) -> str:
        unit = f" * {ctx.unit}" if ctx.unit not in (None, 1) else ""
        plain, grouped = (f"regexp_full_match({raw}, {literal(pattern)})" for pattern in (self.fast_pattern, _GROUPED))
        number = f"TRY_CAST(CAST(replace({raw}, ',', '') AS {self.exact_type}){unit} AS {self.sql_type})"
        common = (
            f"TRY_CAST(CAST({raw} AS {self.exact_type}){unit} AS {self.sql_type})"
            if unit
            else f"CAST({raw} AS {self.sql_type})"
        )
        return f"CASE WHEN {plain} THEN {common} WHEN {grouped} THEN {number} END"

    def _slow(self, column: str, text: str, ctx: Context) -> list[Layer]:
        inner, parts, exact, factor = (f"{column}__{part}" for part in ("inner", "parts", "exact", "factor"))
        # Bookkeepers write a negative amount in brackets.
        opened = f"regexp_replace({text}, '^\\(([^-()]+)\\)$', '-\\1')"
        power = f"CASE WHEN {parts}.power <> '' THEN concat('E', {parts}.power) ELSE '' END"
        number = f"concat({parts}.sign, replace({parts}.digits, ',', ''), {power})"
        return [
            {inner: opened},
            {
                parts: f"CASE WHEN {inner} IS NOT NULL "
                f"THEN regexp_extract({inner}, {literal(self.pattern)}, {_PARTS}) END"
            },
            {
                exact: f"CASE WHEN {parts}.digits <> '' THEN TRY_CAST({number} AS {self.exact_type}) END",
                factor: self._factor(parts, ctx),
            },
            {
                column: f"CASE WHEN {text} IS NULL THEN {column}__fast "
                f"ELSE TRY_CAST({exact} * {factor} AS {self.sql_type}) END"
            },
        ]

    @abstractmethod
    def _factor(self, parts: str, ctx: Context) -> str:
        """SQL of what the number is multiplied with."""


class Number(Scaled):
    """A measure: 12.5, 12.5%, 1,200.5, 89.6㎡, 89.6平方米."""

    sql_type = "DOUBLE"
    exact_type = "DOUBLE"
    fast_pattern = r"-?[0-9]{1,15}(\.[0-9]{1,15})?"
    pattern = _NUMBER

    def _taken(self, number: str) -> str:
        return f"CASE WHEN {number} BETWEEN -{10**15} AND {10**15} THEN CAST({number} AS DOUBLE) END"

    def _factor(self, parts: str, ctx: Context) -> str:
        return "1"


class Money(Scaled):
    """An amount in yuan: 1,515.00, ￥80, 80元, 1.2万元. A unit in the cell goes before the heading's."""

    sql_type = "DECIMAL(18,2)"
    # Wide enough for any amount of 22 digits times 亿: a product that does not fit ends the query
    exact_type = "DECIMAL(28,6)"
    fast_pattern = r"-?[0-9]{1,12}(\.[0-9]{1,6})?"
    pattern = _MONEY

    def _taken(self, number: str) -> str:
        # A double is the nearest to so many cents, or it has a fraction of a cent, which is rounded as it is written.
        cents = f"CAST({number} AS DOUBLE) * 100"
        return (
            f"CASE WHEN {number} BETWEEN -{10**12} AND {10**12} AND round({cents}) / 100 = CAST({number} AS DOUBLE) "
            f"THEN CAST({number} AS {self.sql_type}) END"
        )

    def _factor(self, parts: str, ctx: Context) -> str:
        scales = " ".join(f"WHEN {literal(word)} THEN {factor}" for word, factor in _SCALES.items())
        return (
            f"CASE WHEN {parts}.scale <> '' THEN CASE {parts}.scale {scales} END "
            f"WHEN {parts}.unit <> '' THEN 1 ELSE {ctx.unit or 1} END"
        )
