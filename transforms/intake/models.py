"""What intake hands to the stages after it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

# No register has as many columns; a stray cell far to the right, a wrong delimiter or binary data has
MAX_COLUMNS = 1024


class UnreadableFile(Exception):
    """A received file cannot be taken in as a whole.

    `message` is one English sentence or two for the manifest: what was found and what the sender should do.
    It never holds a value of a cell.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


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

    `rejected` is True for what a sender may have meant as data (to be listed as a rejected file), False for
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
    the place of the sheet in its workbook, from 0. `encoding` and `delimiter` are those of a 'csv'.
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
