"""Citizen identification numbers (GB 11643) and unified social credit codes (GB 32100)."""

from typing import ClassVar

from transforms.values.base import Context, Layer, ValueType, literal
from transforms.values.folding import BLANK, INVISIBLE, QUOTES, empty_as_null, widths
from transforms.values.texts import SCIENTIFIC

# Cyrillic Х and х, Greek Χ and χ, the multiplication signs and the Roman ten stand in for the letter X.
_LOOKALIKES, _LETTERS = "ХхΧχ×✕✖Ⅹⅹ", "X" * 9
_CLUTTER = rf"[{INVISIBLE}{BLANK}{QUOTES}\-‐‑‒–—―−_\"“”]"
_CHECK_CHARACTERS = "0123456789X"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class IdNumber(ValueType):
    """An ID number of 18 characters; 15 digits that name a real day get their century and check character.

    _status: valid (18 characters, a day of the calendar from 1850 on, the check character of GB 11643 / ISO
    7064 MOD 11-2), empty, scientific (3.20681E+17), truncated (18 characters ending in 000, check character
    wrong), invalid. _key: the first 17 digits as a number, of valid numbers only: equal keys are equal
    numbers. Place codes are not checked: they come and go, and the check character tells a typing error.
    """

    extras: ClassVar = {"_status": "VARCHAR", "_key": "BIGINT"}

    def layers(self, column: str, raw: str, ctx: Context) -> list[Layer]:
        typed, bare, whole, text, body, check, real, right = (
            f"{column}__{part}" for part in ("typed", "bare", "whole", "text", "body", "check", "real", "right")
        )
        old = f"strlen({text}) = 15"
        wanted = f"substr('{_CHECK_CHARACTERS}', {check} + 1, 1)"
        return [
            {typed: f"regexp_full_match({raw}, '[0-9]{{17}}[0-9X]')"},
            {bare: f"CASE WHEN {typed} THEN {raw} ELSE {_clean_number(raw)} END"},
            {
                whole: f"CASE WHEN contains({bare}, '.') "
                f"THEN regexp_replace({bare}, '^([0-9]+X?)\\.0*$', '\\1') ELSE {bare} END"
            },
            {text: f"CASE WHEN {typed} THEN {whole} ELSE {empty_as_null(whole, ctx.codes.null_words)} END"},
            {body: _first_17_digits(text, typed)},
            {check: _check_character(body), real: is_calendar_date(f"{body} // 1000 % 100000000")},
            {
                right: f"{real} AND ({old} OR ascii(substr({text}, 18, 1)) = "
                f"CASE {check} WHEN 10 THEN 88 ELSE 48 + {check} END)"
            },
            {
                column: f"CASE WHEN {old} AND {right} THEN concat({body}, {wanted}) ELSE {text} END",
                f"{column}_status": f"CASE WHEN {text} IS NULL THEN 'empty' WHEN {right} THEN 'valid' "
                f"WHEN regexp_full_match({text}, {literal(SCIENTIFIC)}) THEN 'scientific' "
                f"WHEN {_ends_in_zeros(text, check)} THEN 'truncated' ELSE 'invalid' END",
                f"{column}_key": f"CASE WHEN {right} THEN {body} END",
            },
        ]


def is_calendar_date(number: str) -> str:
    """SQL predicate: an integer yyyymmdd is a day of the calendar in 1850 or later."""
    year, month, day = f"({number}) // 10000", f"({number}) // 100 % 100", f"({number}) % 100"
    leap = f"({year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0))"
    february = f"CASE WHEN {leap} THEN 29 ELSE 28 END"
    length = f"CASE WHEN {month} = 2 THEN {february} WHEN {month} IN (4, 6, 9, 11) THEN 30 ELSE 31 END"
    return (
        f"({year} >= 1850 AND {month} BETWEEN 1 AND 12 AND {day} BETWEEN 1 AND 31 "
        f"AND ({day} <= 28 OR {day} <= {length}))"
    )


def is_credit_code(code: str) -> str:
    """SQL predicate: a cleaned code (a column name) meets GB 32100: 18 characters, weights 3^i modulo 31."""
    pattern = f"[0-9]{{8}}[{_CREDIT_ALPHABET}]{{10}}"
    total = " + ".join(f"{3**i % 31} * {_credit_value(code, i + 1)}" for i in range(17))
    return (
        f"CASE WHEN regexp_full_match({code}, '{pattern}') "
        f"THEN ({total} + {_credit_value(code, 18)}) % 31 = 0 ELSE FALSE END"
    )


def _credit_value(code: str, position: int) -> str:
    return f"(strpos('{_CREDIT_ALPHABET}', substr({code}, {position}, 1)) - 1)"


def _clean_number(raw: str) -> str:
    letters = f"translate({widths(raw)}, {literal(_LOOKALIKES)}, '{_LETTERS}')"
    any_lookalike = f"regexp_matches({raw}, '[{_LOOKALIKES}]')"
    folded = f"CASE WHEN {any_lookalike} THEN {letters} ELSE {widths(raw)} END"
    return f"upper(regexp_replace({folded}, {literal(_CLUTTER)}, '', 'g'))"


def _first_17_digits(text: str, typed: str) -> str:
    old = f"concat(substr({text}, 1, 6), '19', substr({text}, 7, 9))"
    new = f"{typed} OR regexp_full_match({text}, '[0-9]{{17}}[0-9X]')"
    return (
        f"CASE WHEN {new} THEN CAST(substr({text}, 1, 17) AS BIGINT) "
        f"WHEN regexp_full_match({text}, '[0-9]{{15}}') THEN CAST({old} AS BIGINT) END"
    )


def _check_character(body: str) -> str:
    """SQL: the check character (10 is X) of 17 digits in a BIGINT.

    ISO 7064 MOD 11-2 wants (2 f + c) mod 11 = 1 where f is the digits read in base 2. With
    q(i) = body // 10^i, digit i is q(i) - 10 q(i+1), so that f = body - 4 (2 q(1) + 4 q(2) + 8 q(3) + …): no
    digit need be taken out of the number.
    """
    halves = f"{body} // {10**16}"
    for power in range(15, 0, -1):
        halves = f"({halves}) * 2 + {body} // {10**power}"
    return f"(12 - 2 * ({body} - 8 * ({halves})) % 11) % 11"


def _ends_in_zeros(text: str, check: str) -> str:
    return f"{check} IS NOT NULL AND strlen({text}) = 18 AND ends_with({text}, '000') AND {check} <> 0"
