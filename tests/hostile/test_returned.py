"""Returned lists made to do harm: refused in Chinese, within bounded memory and time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile import makers
from transforms.decisions.returned import UnreadableReturn, read_returned
from transforms.publish.workbooks import LEADS_SHEET

LISTED: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb": (lambda: makers.bomb(makers.STRINGS, 260), "打开不安全"),
    "laughs": (lambda: makers.laughs(makers.STRINGS, "sst"), "请用下发的核查表"),
    "cut": (lambda: makers.zipped(makers.workbook_parts())[:900], "不是可读的 .xlsx"),
    "broken xml": (lambda: makers.workbook_with(makers.SHEET, "</sheetData>", "<"), "请用下发的核查表"),
    "no such string": (lambda: makers.workbook_with(makers.SHEET, "<v>1</v>", "<v>99999</v>"), "请用下发的核查表"),
    "far row": (lambda: makers.workbook_with(makers.SHEET, '<row r="2"', '<row r="4000000000"'), "很远处还有单元格"),
    "far cells": (lambda: _wide(), "很远处还有单元格"),
    "another workbook": (lambda: makers.zipped(makers.workbook_parts()), "请勿"),
}


def _wide() -> bytes:
    rows = "".join(f'<row r="{row}"><c r="XFD{row}"><v>1</v></c></row>' for row in range(3, 2_000))
    heading = 'r="A1" t="s"><v>0</v></c>'
    assert heading in makers.workbook_parts()[makers.SHEET]
    return makers.workbook_with(makers.SHEET, "</sheetData>", f"{rows}</sheetData>")


@pytest.mark.parametrize("name", LISTED)
def test_it_is_refused_with_what_to_do(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch):
    make, message = LISTED[name]
    monkeypatch.setattr("transforms.decisions.returned.HEADING_ROWS", 10**10)
    path = tmp_path / "报回.xlsx"
    content = make()
    if name != "another workbook":
        content = _renamed(content)
    path.write_bytes(content)
    with pytest.raises(UnreadableReturn, match=message):
        read_returned(path)


def _renamed(content: bytes) -> bytes:
    """The same archive with the sheet named as the list is, where it is whole."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace("名册".encode(), LEADS_SHEET.encode()) if name == makers.BOOK else data)
    return out.getvalue()
