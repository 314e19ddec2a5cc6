"""Fills in a township's workbook as an officer would, with openpyxl."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl

from transforms.publish.workbooks import LEADS_SHEET

HEADING_ROW = 2


class Officer:
    """A workbook being filled in."""

    def __init__(self, workbook: Path, sheet: str = LEADS_SHEET) -> None:
        self.book: Any = openpyxl.load_workbook(workbook)
        self.sheet = self.book[sheet]
        self.columns = {str(c.value).replace("\n", ""): c.column for c in self.sheet[HEADING_ROW] if c.value}

    @property
    def rows(self) -> list[int]:
        """Row numbers that hold a lead."""
        return [r for r in range(HEADING_ROW + 1, self.sheet.max_row + 1) if self.get(r, "finding_id")]

    def get(self, row: int, heading: str) -> Any:
        """A cell's value."""
        return self.sheet.cell(row, self.columns[heading]).value

    def put(self, row: int, **cells: Any) -> None:
        """Write cells by heading."""
        for heading, value in cells.items():
            self.sheet.cell(row, self.columns[heading]).value = value

    def answer(self, row: int, outcome: str, **more: Any) -> None:
        """Fill in a row."""
        self.put(
            row,
            **{
                "核查结果": outcome,
                "核查人": "查核员",
                "核查日期": "2021-10-08",
                "整改措施": "次月调整",
                "完成时限": "2021-10-31",
                "说明": "入户核实",
                **more,
            },
        )

    def copy_row(self, row: int, to: int) -> None:
        """Copy a whole row, hidden cells and all."""
        for column in self.columns.values():
            self.sheet.cell(to, column).value = self.sheet.cell(row, column).value

    def row_of(self, finding_id: str) -> int:
        """The row of a finding."""
        return next(r for r in self.rows if self.get(r, "finding_id") == finding_id)

    def save(self, path: Path) -> Path:
        """Write the file."""
        self.book.save(path)
        return path
