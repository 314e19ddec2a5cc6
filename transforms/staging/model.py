"""What staging knows of a drop: the account of every sheet and file, and the snapshot that holds the rows."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ACCOUNTING = "snapshot.json"
STAGED, QUARANTINE = "staged", "quarantine"


@dataclass(frozen=True)
class SheetAccount:
    """What became of one sheet. Counts are rows; received = loaded + quarantined + ignored.

    heading: first and last physical row of the heading, None for Parquet and for a sheet without one.
    columns: contract column → heading as received. headings: what to call each cell of a row as received.
    units: money column → yuan per unit, where the heading names one. leftover: headings no column answers to.
    duplicates: headings of a column that an earlier heading has already. unusable: column → cells that hold
    something but not what the column's type asks for. unknown_codes: code column → unlisted word → rows.
    """

    sheet_no: int
    sheet: str
    received: int
    loaded: int = 0
    quarantined: Mapping[str, int] = field(default_factory=dict)
    ignored: Mapping[str, int] = field(default_factory=dict)
    quarantined_rows: int = 0
    heading: tuple[int, int] | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    headings: tuple[str, ...] = ()
    units: Mapping[str, int] = field(default_factory=dict)
    leftover: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    unusable: Mapping[str, int] = field(default_factory=dict)
    unknown_codes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    kind: str = ""
    encoding: str | None = None
    hidden: bool = False

    @property
    def ignored_rows(self) -> int:
        """Rows that are no records: headings, blank rows, totals, footnotes, repeats."""
        return sum(self.ignored.values())


@dataclass(frozen=True)
class FileAccount:
    """What became of one received file. file_no numbers the files of a dataset from 1, in name order.

    What lay in the inbox and was not taken in has neither a number (0) nor a sha256. may_pass: rejected, but another time the same file may be read.
    """

    dataset: str
    file: str
    file_no: int
    sha256: str
    status: str
    reason: str
    sheets: tuple[SheetAccount, ...] = ()
    warnings: tuple[str, ...] = ()
    may_pass: bool = False

    @property
    def received(self) -> int:
        return sum(sheet.received for sheet in self.sheets)

    @property
    def loaded(self) -> int:
        return sum(sheet.loaded for sheet in self.sheets)

    @property
    def quarantined(self) -> int:
        return sum(sheet.quarantined_rows for sheet in self.sheets)

    @property
    def ignored(self) -> int:
        return sum(sheet.ignored_rows for sheet in self.sheets)

    @property
    def columns(self) -> tuple[str, ...]:
        """Contract columns some sheet of the file has."""
        return tuple(dict.fromkeys(column for sheet in self.sheets for column in sheet.columns))


@dataclass(frozen=True)
class Snapshot:
    """The staged rows of one drop: `path`/staged/<dataset>.parquet, `path`/quarantine/<dataset>.parquet.

    keys: dataset → hash of its files, contract and the staging code; equal keys mean equal staged rows.
    checks: row floors and quarantine limits (see staging.checks).
    """

    id: str
    path: Path
    files: tuple[FileAccount, ...]
    keys: Mapping[str, str]
    checks: tuple[Mapping[str, Any], ...] = ()

    def of(self, dataset: str) -> tuple[FileAccount, ...]:
        """The received files of a dataset."""
        return tuple(file for file in self.files if file.dataset == dataset)

    def usable(self, dataset: str) -> bool:
        """Whether a file of the dataset was accepted, and its files gave the rows the contract's floor asks.

        An empty list of filings is usable, an empty roll is not.
        """
        accepted = any(file.status == "loaded" for file in self.of(dataset))
        floor = [
            check["passed"] for check in self.checks if check["dataset"] == dataset and check["check"] == "row_floor"
        ]
        return accepted and all(floor)

    @property
    def to_be_tried_again(self) -> bool:
        """Whether a file was rejected that may be read another time."""
        return any(file.may_pass for file in self.files)

    def staged(self, dataset: str) -> Path | None:
        """The Parquet file of a dataset's staged rows; None when no file of it is usable."""
        path = self.path / STAGED / f"{dataset}.parquet"
        return path if path.exists() else None

    @property
    def inputs(self) -> list[dict[str, Any]]:
        """One mapping per received file, as the manifest lists them, with its columns and warnings."""
        return [_input(file) for file in self.files]

    def with_path(self, path: Path) -> Snapshot:
        """The same snapshot in another folder."""
        return Snapshot(self.id, path, self.files, self.keys, self.checks)

    def write(self) -> None:
        """Write snapshot.json into the snapshot's folder."""
        content = {
            "id": self.id,
            "keys": dict(self.keys),
            "checks": list(self.checks),
            "files": [asdict(file) for file in self.files],
        }
        (self.path / ACCOUNTING).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


class SnapshotFormatError(ValueError):
    """The snapshot was written by another version of hedui."""


def take_file(source: Path, target: Path) -> None:
    """Give a file of an earlier snapshot or run its place in another: the same file under a second name, or a copy where that cannot be."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def load_snapshot(path: Path) -> Snapshot:
    """Read a snapshot's folder.

    Raises FileNotFoundError when there is none, SnapshotFormatError when another version wrote it.
    """
    content = json.loads((path / ACCOUNTING).read_text(encoding="utf-8"))
    try:
        files = tuple(_file(item) for item in content["files"])
        return Snapshot(content["id"], path, files, content["keys"], tuple(content["checks"]))
    except (KeyError, TypeError):
        raise SnapshotFormatError(
            f"snapshot {path.name} was written by another version of hedui; the next `hedui run` makes a new one"
        ) from None


def _file(item: dict[str, Any]) -> FileAccount:
    sheets = tuple(_sheet(sheet) for sheet in item["sheets"])
    return FileAccount(**{**item, "sheets": sheets, "warnings": tuple(item["warnings"])})


def _sheet(item: dict[str, Any]) -> SheetAccount:
    heading = tuple(item["heading"]) if item["heading"] else None
    texts = {key: tuple(item[key]) for key in ("headings", "leftover", "duplicates", "warnings")}
    return SheetAccount(**{**item, **texts, "heading": heading})


def _input(file: FileAccount) -> dict[str, Any]:
    return {
        "dataset": file.dataset,
        "file": file.file,
        "sha256": file.sha256,
        "status": file.status,
        "reason": file.reason,
        "received": file.received,
        "loaded": file.loaded,
        "quarantined": file.quarantined,
        "ignored": file.ignored,
        "quarantined_by_reason": _summed(sheet.quarantined for sheet in file.sheets),
        "ignored_by_reason": _summed(sheet.ignored for sheet in file.sheets),
        "columns": file.columns,
        "sheets": [sheet.sheet for sheet in file.sheets if sheet.columns],
        "warnings": [*file.warnings, *(warning for sheet in file.sheets for warning in sheet.warnings)],
    }


def _summed(counts: Iterator[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for mapping in counts:
        for reason, rows in mapping.items():
            total[reason] = total.get(reason, 0) + rows
    return total
