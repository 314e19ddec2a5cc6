"""Small drops written as departments write them, and staged for real."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import duckdb
import openpyxl
import pytest
import xlwt

from data_contracts import load_contracts
from transforms.intake import take_in
from transforms.staging import Snapshot, stage_inbox

Cells = Sequence[Sequence[object]]


class Drop:
    """An inbox that is filled file by file and then staged."""

    def __init__(self, root: Path) -> None:
        self.inbox, self.root = root / "inbox", root
        self.inbox.mkdir()
        self.snapshots = root / "snapshots"

    def csv(self, name: str, rows: Cells, encoding: str = "utf-8") -> None:
        """A comma separated file."""
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        self._path(name).write_bytes(text.getvalue().encode(encoding))

    def xlsx(self, name: str, sheets: dict[str, Cells], merged: Sequence[str] = (), hidden: Sequence[str] = ()) -> None:
        """A workbook; the same ranges are merged in every sheet."""
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(list(row))
            for area in merged:
                sheet.merge_cells(area)
            sheet.sheet_state = "hidden" if title in hidden else "visible"
        book.save(self._path(name))

    def xls(self, name: str, rows: Cells) -> None:
        """An old workbook: cells under a merged title are empty."""
        book = xlwt.Workbook()
        sheet = book.add_sheet("Sheet1")
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                if value is not None:
                    sheet.write(i, j, value)
        book.save(str(self._path(name)))

    def parquet(self, name: str, select: str) -> None:
        """A Parquet file of a SELECT."""
        duckdb.sql(f"COPY ({select}) TO '{self._path(name)}' (FORMAT parquet)")

    def stage(self, contracts=None, **options) -> Snapshot:
        """Take the inbox in and stage it."""
        received = take_in(self.inbox, self.root / "raw")
        return stage_inbox(received, contracts or load_contracts(), self.snapshots, self.root / "work", **options)

    def _path(self, name: str) -> Path:
        path = self.inbox / name
        path.parent.mkdir(exist_ok=True)
        return path


@pytest.fixture
def make_drop():
    """Makes an empty inbox in a folder."""
    return Drop


@pytest.fixture
def drop(tmp_path: Path) -> Drop:
    """An empty inbox."""
    return Drop(tmp_path)


def rows_of(snapshot: Snapshot, dataset: str, columns: str = "*") -> list[tuple]:
    """Staged rows in order."""
    return duckdb.sql(f"SELECT {columns} FROM '{snapshot.staged(dataset)}' ORDER BY _row_id").fetchall()


def quarantine_of(snapshot: Snapshot, dataset: str) -> list[dict]:
    """Quarantined rows in order, received cells read from their JSON."""
    found = duckdb.sql(f"SELECT * FROM '{snapshot.path}/quarantine/{dataset}.parquet' ORDER BY file, sheet, row")
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    return [{**row, "received": json.loads(row["received"])} for row in rows]


@pytest.fixture
def read():
    """The two readers above (test modules cannot import this file)."""
    return rows_of, quarantine_of
