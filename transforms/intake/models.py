"""What intake hands to the stages after it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from .sql import text_of

# No register has as many columns; a stray cell far to the right, a wrong delimiter or binary data has
MAX_COLUMNS = 1024
# Four times the largest register met; row numbers of a sheet have room for a thousand million
MAX_RECORDS = 200_000_000
# What a cell of a spreadsheet can hold, at most 4 bytes each; a longer one is a slip of quotes or of the export, and
# no workbook could show it
MAX_CELL_CHARACTERS = 32_767
MAX_CELL_BYTES = 4 * MAX_CELL_CHARACTERS
# Control, format, surrogate and private characters, and those that end a line or a paragraph
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def visible(name: str) -> str:
    """A name of a file or sheet with what would break a line or turn the writing round shown by its code
    (`\\u202e`).
    """
    return "".join(
        c.encode("unicode_escape", "surrogatepass").decode() if unicodedata.category(c) in _UNSEEN else c for c in name
    )


class UnreadableFile(Exception):
    """A received file cannot be taken in as a whole.

    `message` is one Chinese sentence or two for the sender, as the manifest, the lists and the report show it:
    what was found and what to do. It never holds a value of a cell. may_pass: it may have been the machine's doing, not the
    file's: another time the same file may be read.
    """

    def __init__(self, message: str, *, may_pass: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.may_pass = may_pass


def cell_too_long(row: int, column: int) -> UnreadableFile:
    """The refusal of a file with a cell beyond MAX_CELL_BYTES; row and column count from 1."""
    return UnreadableFile(
        f"第 {row} 行第 {column} 列的一格超过 {MAX_CELL_CHARACTERS:,} 字，多半是引号不成对或导出时出错；请改正后重新报送。"
    )


def too_many_records(records: int) -> UnreadableFile:
    """The refusal of a file of more than MAX_RECORDS rows, or that says it has so many."""
    return UnreadableFile(
        f"文件自称有 {records:,} 行，超过可读的 {MAX_RECORDS:,} 行；请核对导出是否有误，或拆成较小的文件后重新报送。"
    )


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """One file of the drop: `name` is `<dataset>/<file name>` in the inbox, `path` the copy kept under its
    SHA-256, `size` in bytes.
    """

    dataset: str
    name: str
    path: Path
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something in the inbox that was not taken in.

    `message` says in Chinese what it is and what to do. `rejected` is True for what a sender may have meant as data (to be listed as a rejected file), False for
    what office programs leave behind.
    """

    name: str
    message: str
    rejected: bool


@dataclass(frozen=True, slots=True)
class Intake:
    """All files of a drop, ordered by dataset then file name, and what else lay there, ordered by name."""

    files: tuple[ReceivedFile, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class RawSheet:
    """The cells of one sheet, CSV file or Parquet file, as received.

    `scan` is a SELECT with `_row BIGINT` (physical row or record, from 1) and `c0 … c{width-1} VARCHAR`; NULL
    is an empty cell. Rows come in no promised order: order by `_row`. `rows` counts them. `header` holds the
    column names of a Parquet file, else None. `sheet` is '' unless `kind` is 'xlsx' or 'xls'; `sheet_no` is
    the place of the sheet in its workbook, from 0. `encoding` and `delimiter` are those of a 'csv'. `native` is the
    DuckDB type of each column of a Parquet file that is no text (None for text; () for other files): `scan` has it
    as it is beside its text, as `n<i>`.
    """

    sheet_no: int
    sheet: str
    scan: str
    width: int
    header: tuple[str, ...] | None
    kind: str
    encoding: str | None
    delimiter: str | None
    hidden: bool
    rows: int
    native: tuple[str | None, ...] = ()

    def text(self, index: int) -> str:
        """SQL over `scan` of the text of a cell, made from the typed column where there is one: only for the rows it is asked of."""
        kind = self.native[index] if self.native else None
        return text_of(f"n{index}", kind) if kind else f"c{index}"
