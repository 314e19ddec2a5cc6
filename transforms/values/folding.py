"""A cell's text without what typing and exporting leave in it: widths, invisible characters, stray quotes."""

from collections.abc import Collection, Iterable
from functools import lru_cache

from transforms.values.base import literal

FULL_WIDTH = "".join(map(chr, range(0xFF01, 0xFF5F)))
HALF_WIDTH = "".join(map(chr, range(0x21, 0x7F)))
# Classes of RE2: what prints nothing, what separates words, what spreadsheets put round a text.
INVISIBLE = (
    r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\x{ad}\x{180e}\x{200b}-\x{200f}"
    r"\x{202a}-\x{202e}\x{2060}-\x{206f}\x{feff}"
)
BLANK = r"\x09-\x0d \x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
QUOTES = "'`´‘’"
WIDE = r"\x{ff01}-\x{ff5e}"
_ODD_BLANK = BLANK.replace(" ", "")
_ODD = f"[{INVISIBLE}{_ODD_BLANK}{WIDE}]|  "
_UNTIDY = f"{_ODD}|^[ {QUOTES}]|[ {QUOTES}]$"
_EDGES = f"^[ {QUOTES}]+|[ {QUOTES}]+$"


def widths(text: str) -> str:
    """SQL: full-width ASCII as half-width; only where there is any: translate() builds a map for each row."""
    return (
        f"CASE WHEN regexp_matches({text}, '[{WIDE}]') "
        f"THEN translate({text}, {literal(FULL_WIDTH)}, {literal(HALF_WIDTH)}) ELSE {text} END"
    )


def tidy(raw: str) -> str:
    """SQL: width folded, no invisible characters, any blanks one space, no blanks and quotes at the ends.

    raw: the name of a VARCHAR column. An empty text stays ''.
    """
    visible = f"regexp_replace({widths(raw)}, '[{INVISIBLE}]', '', 'g')"
    spaced = f"regexp_replace({visible}, '[{BLANK}]+', ' ', 'g')"
    folded = f"regexp_replace({spaced}, {literal(_EDGES)}, '', 'g')"
    return f"CASE WHEN regexp_matches({raw}, {literal(_UNTIDY)}) THEN {folded} ELSE {raw} END"


def compact(raw: str) -> str:
    """SQL: width folded, no invisible characters, no blanks, no stray quotes. For cells not as expected."""
    visible = f"regexp_replace({widths(raw)}, '[{INVISIBLE}{BLANK}]', '', 'g')"
    return f"regexp_replace({visible}, {literal(_EDGES)}, '', 'g')"


def empty_as_null(text: str, null_words: Collection[str]) -> str:
    """SQL: NULL for '' and for words that say 'nothing here' (无, -, #N/A), else the text, a column name."""
    longest, pattern = _nothing(frozenset(null_words))
    nothing = f"strlen({text}) <= {longest} AND regexp_full_match({text}, {pattern})"
    return f"CASE WHEN {nothing} THEN NULL ELSE {text} END"


def untidy(null_words: Collection[str]) -> str:
    """RE2 pattern: in a cell between bars, what `tidy` would change or `empty_as_null` take for nothing."""
    return f"{_ODD}|{at_the_ends(f'[ {QUOTES}]')}|{said_nothing(null_words)}"


def at_the_ends(pattern: str) -> str:
    """RE2 pattern: the one given at either end of a cell between bars."""
    return rf"\|{pattern}|{pattern}\|"


def said_nothing(null_words: Collection[str]) -> str:
    """RE2 pattern: a cell between bars is empty or a word for nothing."""
    return rf"\|({_any_of(frozenset(null_words))})\|"


@lru_cache(maxsize=64)
def _nothing(words: frozenset[str]) -> tuple[int, str]:
    """Bytes of the longest word, and the words as an SQL literal of a regular expression, '' among them."""
    return max((len(word.encode()) for word in words), default=0), literal(_any_of(words))


def _any_of(words: frozenset[str]) -> str:
    return "|".join(_escape(word) for word in ["", *sorted(words)])


def one_of(text: str, words: Iterable[str]) -> str:
    """SQL: is the text one of a few words? (DuckDB makes a join of a long IN list.)"""
    return "(" + " OR ".join(f"{text} = {literal(word)}" for word in words) + ")"


def _escape(word: str) -> str:
    return "".join(character if character.isalnum() else f"\\x{{{ord(character):x}}}" for character in word)
