"""Delimited text to plain records: one line per record, cells parted by U+001F, no quoting left.

The grammar is RFC 4180, and lenient where departments are: a cell is quoted when it starts with a quote,
doubles the quotes inside and ends with a quote before a delimiter or the end of the record; any other quote
is an ordinary character. LF, CR LF and CR end a record, also mixed. No record is ever dropped or joined, and
a blank line is a record of its own.

Plain records: cells parted by `UNIT`; a line end inside a cell is `LINE_FEED` or `CARRIAGE_RETURN`; a record
without any character is `BLANK`, because readers skip empty lines. The input must be UTF-8 without these four
bytes.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

UNIT, LINE_FEED, CARRIAGE_RETURN, BLANK = b"\x1f", b"\x1e", b"\x1d", b"\x1c"

# A spreadsheet cell holds 32,767 characters, at most 4 bytes each: a quote that is not closed within that was
# never an opening one
QUOTED_LIMIT = 4 * 32767
_WINDOW = 1 << 16
_EMPTY_TAIL = re.compile(rb"(?<!\x1f)\x1f++(?=\n)")
_QUOTE, _LF, _CR = b'"'[0], b"\n"[0], b"\r"[0]


class Cleaned(NamedTuple):
    """Plain records and how many bytes of the input they stand for; the rest of the input is an unfinished
    record.
    """

    records: bytes
    consumed: int


class Shape(NamedTuple):
    """Of plain records: how many there are, the most cells and the most bytes of any one."""

    records: int
    width: int
    longest: int


def clean(block: bytes, delimiter: bytes, *, final: bool) -> Cleaned:
    """The records in `block`, which starts at the start of a record; `final` when nothing follows it.
    `delimiter` is one ASCII character.

    Works on whole blocks with array operations. Where quotes break the grammar, only the windows that hold
    them are parsed cell by cell.
    """
    whole = _fast(block, delimiter, final)
    if whole is not None:
        return whole
    parts: list[bytes] = []
    at = 0
    while at < len(block):
        last = at + _WINDOW >= len(block)
        part = _fast(block[at : at + _WINDOW], delimiter, final and last)
        if part is None or not part.consumed:
            part = _careful(block, at, at + _WINDOW, delimiter, final)
        if not part.consumed:
            break
        parts.append(part.records)
        at += part.consumed
    return Cleaned(b"".join(parts), at)


def without_empty_tails(records: bytes) -> bytes:
    """Plain records without the empty cells at the end of each."""
    return _mark_blank(_EMPTY_TAIL.sub(b"", records))


def shape(records: bytes) -> Shape:
    """Measure plain records."""
    marks, ends = _marks(records)
    if not len(ends):
        return Shape(0, 0, 0)
    cells = np.diff(ends, prepend=-1)
    return Shape(len(ends), int(cells.max()), int(np.diff(marks[ends], prepend=-1).max()))


def widths(records: bytes) -> npt.NDArray[np.int64]:
    """The number of cells of each plain record that has any character."""
    marks, ends = _marks(records)
    first = np.concatenate(([0], marks[ends][:-1] + 1)) if len(ends) else marks[:0]
    filled = np.frombuffer(records, dtype=np.uint8)[first] != BLANK[0]
    cells: npt.NDArray[np.int64] = np.diff(ends, prepend=-1)[filled]
    return cells


def _marks(records: bytes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Places of all cell and record ends, and which of those end a record."""
    data = np.frombuffer(records, dtype=np.uint8)
    marks = np.flatnonzero(_table(UNIT + b"\n")[data])
    return marks, np.flatnonzero(data[marks] == _LF)


@functools.cache
def _table(characters: bytes) -> npt.NDArray[np.bool_]:
    table = np.zeros(256, dtype=np.bool_)
    table[list(characters)] = True
    return table


def _fast(block: bytes, delimiter: bytes, final: bool) -> Cleaned | None:
    """`clean` for blocks whose quotes all keep the grammar, else None."""
    if not block:
        return Cleaned(b"", 0)
    if b'"' in block:
        return _quoted(block, delimiter, final)
    end = len(block) if final else _last_end(block)
    body = block[:end]
    if end and not body.endswith((b"\n", b"\r")):
        body += b"\n"
    if b"\r" in body:
        body = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return Cleaned(_mark_blank(body.replace(delimiter, UNIT)), end)


def _last_end(block: bytes) -> int:
    """The end of the last record that is surely over: a CR at the end of the block may be half of a CR LF."""
    stop = len(block) - 1 if block.endswith(b"\r") else len(block)
    return max(block.rfind(b"\n", 0, stop), block.rfind(b"\r", 0, stop)) + 1


def _mark_blank(records: bytes) -> bytes:
    if records.startswith(b"\n"):
        records = BLANK + records
    if b"\n\n" in records:
        # Twice: matches do not overlap, so the first pass sees every other of several blank lines
        marked = b"\n" + BLANK + b"\n"
        records = records.replace(b"\n\n", marked).replace(b"\n\n", marked)
    return records


def _quoted(block: bytes, delimiter: bytes, final: bool) -> Cleaned | None:
    """Quotes by parity: a byte after an odd number of quotes is inside a cell.

    True to the grammar if each quote stands where the grammar has one.
    """
    data = np.frombuffer(block, dtype=np.uint8)
    at = np.flatnonzero(_table(b'"\n\r' + delimiter)[data])
    byte = data[at]
    quote = byte == _QUOTE
    inside = (np.cumsum(quote) & 1).astype(np.bool_)
    opening, closing = at[quote & inside], at[quote & ~inside]
    before = np.where(opening > 0, data[opening - 1], _LF)
    after = np.where(closing + 1 < len(data), data[np.minimum(closing + 1, len(data) - 1)], _LF)
    allowed = _table(b'"\n\r' + delimiter)
    if not (allowed[before].all() and allowed[after].all()):
        return None
    if _overlong(opening[before != _QUOTE], closing[after != _QUOTE], len(data)):
        return None
    line_end = ((byte == _LF) | (byte == _CR)) & ~inside
    if final:
        if inside[-1]:
            return None
        end = len(data)
    else:
        ends = at[line_end]
        if len(ends) and ends[-1] == len(data) - 1 and data[-1] == _CR:
            ends = ends[:-1]
        if not len(ends):
            return Cleaned(b"", 0)
        end = int(ends[-1]) + 1
    out = data[:end].copy()
    kept = np.ones(end, dtype=np.bool_)
    kept[closing[closing < end]] = False
    # The second of two quotes is the one that stands for a quote
    kept[opening[(opening < end) & (before != _QUOTE)]] = False
    here = at < end
    at, byte, inside, line_end = at[here], byte[here], inside[here], line_end[here]
    out[at[(byte == delimiter[0]) & ~inside]] = UNIT[0]
    out[at[(byte == _LF) & inside]] = LINE_FEED[0]
    out[at[(byte == _CR) & inside]] = CARRIAGE_RETURN[0]
    returns = at[(byte == _CR) & line_end]
    kept[returns[data[np.minimum(returns + 1, len(data) - 1)] == _LF]] = False
    out[returns] = _LF
    body = out[kept].tobytes()
    if not (len(at) and at[-1] == end - 1 and line_end[-1]):
        body += b"\n"
    return Cleaned(_mark_blank(body), end)


def _overlong(starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64], size: int) -> bool:
    """Whether a quoted cell is too long to be one.

    `starts` and `ends` are the outer quotes; the last cell may have no end yet.
    """
    if len(starts) > len(ends) and size - int(starts[-1]) > QUOTED_LIMIT:
        return True
    return bool(len(ends) and (ends - starts[: len(ends)]).max() >= QUOTED_LIMIT)


@dataclass(frozen=True)
class _Patterns:
    quoted: re.Pattern[bytes]
    unfinished: re.Pattern[bytes]
    plain: re.Pattern[bytes]


@functools.cache
def _patterns(delimiter: bytes) -> _Patterns:
    end = re.escape(delimiter)
    return _Patterns(
        re.compile(rb'"([^"]*+(?:""[^"]*+)*+)"(?=[%b\r\n]|\Z)' % end),
        re.compile(rb'"[^"]*+(?:""[^"]*+)*+"?\Z'),
        re.compile(rb"[^%b\r\n]*+" % end),
    )


def _careful(block: bytes, start: int, stop: int, delimiter: bytes, final: bool) -> Cleaned:
    """`clean` cell by cell for the records that start between `start` and `stop`: the grammar of this module,
    written down.
    """
    records: list[bytes] = []
    over = at = start
    while over < min(stop, len(block)):
        cells: list[bytes] = []
        while True:
            cell = _cell(block, at, _patterns(delimiter), final)
            if cell is None:
                return Cleaned(b"".join(records), over - start)
            value, at = cell
            cells.append(value)
            if at == len(block) or block[at] != delimiter[0]:
                break
            at += 1
        records.append((UNIT.join(cells) or BLANK) + b"\n")
        at = min(len(block), at + (2 if block[at : at + 2] == b"\r\n" else 1))
        over = at
    return Cleaned(b"".join(records), over - start)


def _cell(block: bytes, at: int, patterns: _Patterns, final: bool) -> tuple[bytes, int] | None:
    """The cell that starts at `at` and where it ends, or None when the block ends before that can be told."""
    quoted = patterns.quoted.match(block, at)
    if quoted and quoted.end() - at <= QUOTED_LIMIT:
        value = quoted[1].replace(b'""', b'"').replace(b"\n", LINE_FEED).replace(b"\r", CARRIAGE_RETURN)
        end = quoted.end()
    else:
        if not final and len(block) - at <= QUOTED_LIMIT and patterns.unfinished.match(block, at):
            return None
        plain = patterns.plain.match(block, at)
        assert plain is not None  # matches the empty string
        value, end = plain[0], plain.end()
    if not final and (end == len(block) or block[end:] == b"\r"):
        return None
    return value, end
