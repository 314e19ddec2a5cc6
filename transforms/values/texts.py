"""Columns that stay text: free text, keys, account numbers, code lists."""

from collections.abc import Iterable

from data_contracts import Codes
from transforms.values.base import Context, Layer, ValueType, literal, name
from transforms.values.folding import (
    BLANK,
    INVISIBLE,
    QUOTES,
    WIDE,
    compact,
    empty_as_null,
    one_of,
    said_nothing,
    tidy,
    untidy,
)

_NOT_IN_KEYS = f"{INVISIBLE}{BLANK}{WIDE}{QUOTES}"
_NUMERIC_TAIL = r"^([0-9]+)\.0+$"
SCIENTIFIC = r"[0-9](\.[0-9]+)?E\+?[0-9]+"
"""A long number a spreadsheet has shortened (3.20681E+17), in upper case."""
_BRACKETS = "([【〔"
_BRACKET = "[" + _BRACKETS.replace("[", r"\[") + "]"
_REMARK = r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕"
_OPEN_REMARK = f"{_BRACKET}.*$"


class Text(ValueType):
    """Free text: tidied, one space between words."""

    def layers(self, column: str, raw: str, ctx: Context) -> list[Layer]:
        text = f"{column}__text"
        return [{text: tidy(raw)}, {column: empty_as_null(text, ctx.codes.null_words)}]

    def disturbance(self, codes: Codes) -> str:
        return untidy(codes.null_words)


class Identifier(ValueType):
    """A code or number used as a key: no blanks, no '.0' of a number cell."""

    def layers(self, column: str, raw: str, ctx: Context) -> list[Layer]:
        text = f"{column}__text"
        plain = f"regexp_full_match({raw}, {literal(f'[^{_NOT_IN_KEYS}]*')})"
        whole = f"regexp_replace({text}, {literal(_NUMERIC_TAIL)}, '\\1')"
        return [
            {text: f"CASE WHEN {plain} THEN {raw} ELSE {compact(raw)} END"},
            {f"{column}__key": f"CASE WHEN contains({text}, '.0') THEN {whole} ELSE {text} END"},
            {column: empty_as_null(f"{column}__key", ctx.codes.null_words)},
        ]

    def disturbance(self, codes: Codes) -> str:
        return rf"[{_NOT_IN_KEYS}]|\.0|{said_nothing(codes.null_words)}"


class CreditCode(ValueType):
    """A credit code (GB 32100) or an older registration number: upper case, no blanks, no dashes."""

    def layers(self, column: str, raw: str, ctx: Context) -> list[Layer]:
        text = f"{column}__text"
        plain = f"regexp_full_match({raw}, '[0-9A-Z]+')"
        loose = f"upper(regexp_replace({compact(raw)}, {literal(f'[-{QUOTES}]')}, '', 'g'))"
        cleaned = f"CASE WHEN {plain} THEN {raw} ELSE {loose} END"
        return [{text: cleaned}, {column: empty_as_null(text, ctx.codes.null_words)}]


class Account(ValueType):
    """A bank account: letters and digits. One in scientific notation stays as it is (see account_damaged)."""

    def layers(self, column: str, raw: str, ctx: Context) -> list[Layer]:
        text, kept, stripped = f"{column}__text", f"{column}__kept", f"{column}__stripped"
        whole = f"regexp_replace({kept}, {literal(_NUMERIC_TAIL)}, '\\1')"
        bare = f"regexp_replace({whole}, '[^0-9A-Za-z]', '', 'g')"
        plain = f"{column}__plain"
        grouped = f"WHEN regexp_full_match({raw}, '[0-9 ]+') THEN replace({raw}, ' ', '')"
        return [
            {plain: f"regexp_full_match({raw}, '[0-9]+')"},
            {text: f"CASE WHEN {plain} THEN {raw} {grouped} ELSE {compact(raw)} END"},
            {kept: empty_as_null(text, ctx.codes.null_words)},
            {
                stripped: f"CASE WHEN {plain} OR regexp_full_match({kept}, '[0-9]+') THEN {kept} "
                f"WHEN {account_damaged(kept)} THEN upper({kept}) ELSE {bare} END"
            },
            # Once more: ?NA is NA without its mark.
            {column: f"CASE WHEN {plain} THEN {raw} ELSE {empty_as_null(stripped, ctx.codes.null_words)} END"},
        ]


def account_damaged(account: str) -> str:
    """SQL predicate: the number was shortened to scientific notation and names no account any more."""
    return f"regexp_full_match(upper({account}), {literal(SCIENTIFIC)})"


class Coded(ValueType):
    """A word of an open code list: tidied, bracketed remarks cut (存续（在营） → 存续)."""

    def layers(self, column: str, raw: str, ctx: Context) -> list[Layer]:
        text, bare = f"{column}__text", f"{column}__bare"
        return [
            {text: tidy(raw)},
            {bare: without_remarks(text)},
            {column: empty_as_null(bare, ctx.codes.null_words)},
        ]

    def disturbance(self, codes: Codes) -> str:
        return rf"{untidy(codes.null_words)}|{_BRACKET}"


class Code(ValueType):
    """A word of a closed list, synonyms mapped. An unlisted word is kept clean, and staging reports it."""

    def layers(self, column: str, raw: str, ctx: Context) -> list[Layer]:
        text, bare, listed = f"{column}__text", f"{column}__bare", f"{column}__listed"
        # A listed word is as it should be, unless a bracket in it looks like a remark or it is itself a synonym.
        whole = [word for word in ctx.values if word not in ctx.synonyms and not set(word) & set(_BRACKETS)]
        synonyms = " ".join(f"WHEN {literal(got)} THEN {literal(means)}" for got, means in ctx.synonyms.items())
        mapped = f"CASE {bare} {synonyms} ELSE {bare} END" if synonyms else bare
        said = empty_as_null(f"{column}__mapped", ctx.codes.null_words - set(ctx.values))
        return [
            {listed: f"coalesce({one_of(raw, whole)}, FALSE)" if whole else "FALSE"},
            {text: f"CASE WHEN NOT {listed} THEN {_unless_listed(raw, ctx)} END"},
            {bare: without_remarks(text)},
            {f"{column}__mapped": mapped},
            {column: f"CASE WHEN {listed} THEN {raw} ELSE {said} END"},
        ]


def _unless_listed(raw: str, ctx: Context) -> str:
    """SQL: the cell folded; a listed word with a bracket or a blank in it stays as it is."""
    return f"CASE WHEN {one_of(raw, ctx.values)} THEN {raw} ELSE {compact(raw)} END" if ctx.values else compact(raw)


class YesNo(ValueType):
    """Yes or no in words or ticks; an empty cell is no where the column marks with ticks only, else NULL."""

    sql_type = "BOOLEAN"

    def layers(self, column: str, raw: str, ctx: Context) -> list[Layer]:
        text, bare, said = f"{column}__text", f"{column}__bare", f"{column}__said"
        yes, no = (one_of(bare, _words(ctx, truth)) for truth in (True, False))
        empty = "FALSE" if ctx.tick_only else "NULL"
        # The usual words need no folding; what they mean is looked up below like everything else.
        usual = one_of(raw, _USUAL)
        return [
            {text: f"CASE WHEN {usual} THEN {raw} ELSE {compact(raw)} END"},
            {
                bare: f"CASE WHEN {usual} THEN {raw} ELSE regexp_replace({without_remarks(text)}, {literal(_NUMERIC_TAIL)}, '\\1') END"
            },
            {said: empty_as_null(bare, ctx.codes.null_words)},
            # 无 is a word for no before it is a word for nothing.
            {column: f"CASE WHEN {yes} THEN TRUE WHEN {no} THEN FALSE WHEN {said} IS NULL THEN {empty} END"},
        ]

    def is_bad(self, column: str) -> str:
        return f"({name(column)} IS NULL AND {column}__said IS NOT NULL)"


_USUAL = ("是", "否", "TRUE", "FALSE", "Y", "N", "1", "0")
TICKS = ("√", "✓", "✔", "☑", "V", "v")
_WIDE_TICKS = ("Ｖ", "ｖ")


def may_be_tick(cell: str) -> str:
    """SQL predicate: a character of the cell (a column name) is a tick, of any width. Every tick `only_ticks` sees is one."""
    return f"regexp_matches({cell}, '[{''.join(TICKS + _WIDE_TICKS)}]')"


def only_ticks(cell: str, null_words: Iterable[str]) -> str:
    """SQL aggregate over the cells of a column: there are marks, and all are ticks. cell: a column name."""
    nothing = one_of(compact(cell), ["", *sorted(null_words)])
    tick = one_of(compact(cell), TICKS)
    # A plain yes or no is no tick and not nothing: nearly every cell is settled without folding it.
    marks = (
        f"CASE WHEN {one_of(cell, ('是', '否', 'TRUE', 'FALSE'))} THEN FALSE WHEN {nothing} THEN NULL ELSE {tick} END"
    )
    return f"coalesce(bool_and({marks}), FALSE)"


def without_remarks(text: str) -> str:
    """SQL: a text (a column name, width folded) without bracketed remarks; one that is nothing else stays."""
    cut = f"regexp_replace({text}, {literal(_REMARK)}, '', 'g')"
    # Once more for a remark within a remark, then what an unclosed bracket opens.
    cut = f"regexp_replace(regexp_replace({cut}, {literal(_REMARK)}, '', 'g'), {literal(_OPEN_REMARK)}, '')"
    bare = f"coalesce(nullif(trim({cut}, {literal(' ' + QUOTES)}), ''), {text})"
    return f"CASE WHEN regexp_matches({text}, '{_BRACKET}') THEN {bare} ELSE {text} END"


def _words(ctx: Context, truth: bool) -> list[str]:
    shared = ctx.codes.true_words if truth else ctx.codes.false_words
    means = {"1", "true", "是"} if truth else {"0", "false", "否"}
    own = [word for word, value in ctx.synonyms.items() if value.lower() in means]
    # The usual words first: they are what most cells hold.
    return sorted(shared | set(own), key=lambda word: (word not in _USUAL, word))
