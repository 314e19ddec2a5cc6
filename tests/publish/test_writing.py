"""Equal content gives equal files, and reading townships together changes nothing."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from openpyxl import load_workbook

from tests.publish.conftest import write_township_workbook
from transforms.publish.workbooks import RunHeader, township, write_township_workbooks
from transforms.publish.workbooks.sheet import Book
from transforms.publish.workbooks.styles import TEXT

MAIN, OTHER, EMPTY = "320681100", "320681101", "320681102"
VALUES = (
    "=1+1",
    "<b>&\"'",
    " 前后 ",
    "  ",
    "",
    "一\n二",
    "\t=2",
    "@\u200b",
    0,
    -3,
    1234567.891,
    Decimal("710.50"),
    None,
)


def test_equal_content_gives_equal_bytes_and_every_value_comes_back(run: RunHeader, tmp_path: Path) -> None:
    for name in ("one", "two"):
        book = Book(run, "表")
        sheet = book.sheet("一", [12, 9])
        for number, value in enumerate(VALUES, start=1):
            sheet.put(number, 1, value, TEXT)
        sheet.height(2, 40)
        book.save(tmp_path / f"{name}.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    read: Any = load_workbook(tmp_path / "one.xlsx").active
    cells = [read.cell(number, 1) for number in range(1, len(VALUES) + 1)]
    assert [cell.value for cell in cells] == [
        "=1+1", "<b>&\"'", " 前后 ", "  ", None, "一\n二", "=2", "@\u200b", 0, -3, 1234567.891, 710.5, None,
    ]  # fmt: skip
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"} and read.row_dimensions[2].height == 40


@pytest.mark.parametrize("together", [1, 2, 64])
def test_townships_read_together_are_as_read_alone(
    con: duckdb.DuckDBPyConnection, run: RunHeader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    monkeypatch.setattr(township, "TOGETHER", together)
    paths = {code: tmp_path / f"{code}.xlsx" for code in (EMPTY, MAIN, OTHER)}
    assert list(write_township_workbooks(con, paths, run)) == list(paths.values())
    written = {code: path.read_bytes() for code, path in paths.items()}
    alone = {code: write_township_workbook(con, code, tmp_path / "alone.xlsx", run).read_bytes() for code in paths}
    assert written == alone and len(set(written.values())) == len(paths)
