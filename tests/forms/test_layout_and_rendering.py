"""The layout of every kind of form against golden files, and what LibreOffice makes of them.

HEDUI_REGENERATE_GOLDEN=1 writes the golden files anew; look at the forms before committing them.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.golden import assert_layout_as_agreed

PAGE = rb"/Type\s*/Page\b.*?/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]"
GOLDEN = Path(__file__).parent / "golden"
BOOKS = {
    "township": "年检_320681101_北新镇.xlsx",
    "township_without_anybody": "年检_320681103_近海镇.xlsx",
    "county": "年检_320681_启东市_汇总.xlsx",
    "inspection": "大排查_320681_启东市.xlsx",
    "roster": "农村低保调整花名册_320681101_北新镇.xlsx",
}


def layout(sheet: Any) -> dict[str, Any]:
    """All of a sheet that shows: values, sizes, merges, drop-downs, panes, print set-up."""
    page = sheet.page_setup
    return {
        "cells": {c.coordinate: c.value for row in sheet.iter_rows() for c in row if c.value is not None},
        "widths": {k: d.width for k, d in sorted(sheet.column_dimensions.items())},
        "heights": {str(k): d.height for k, d in sorted(sheet.row_dimensions.items())},
        "merged": sorted(str(area) for area in sheet.merged_cells.ranges),
        "choices": [[v.formula1, str(v.sqref)] for v in sheet.data_validations.dataValidation],
        "freeze_panes": sheet.freeze_panes,
        "print": [page.orientation, page.paperSize, page.fitToWidth, page.fitToHeight, str(sheet.print_area)],
        "print_titles": sheet.print_title_rows,
        "footer": [sheet.oddFooter.left.text, sheet.oddFooter.center.text, sheet.oddFooter.right.text],
    }


@pytest.mark.parametrize("name", BOOKS)
def test_layout_is_as_agreed(name: str, folder: Path) -> None:
    assert_layout_as_agreed(folder / BOOKS[name], layout, GOLDEN / f"{name}.json")


def convert(soffice: str, kind: str, paths: list[Path], out: Path) -> None:
    profile = f"-env:UserInstallation={(out / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", kind, "--outdir", str(out), *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)


def test_libreoffice_prints_every_form_on_a4(folder: Path, tmp_path: Path, program) -> None:
    convert(program("LibreOffice"), "pdf", [folder / name for name in BOOKS.values()], tmp_path)
    for name in BOOKS.values():
        printed = (tmp_path / name).with_suffix(".pdf").read_bytes()
        pages = re.findall(PAGE, printed)
        assert len(pages) >= len(openpyxl.load_workbook(folder / name).worksheets)
        assert {tuple(sorted((round(float(w)), round(float(h))))) for w, h in pages} == {(595, 842)}, name


def test_annex_3_follows_the_opinions_of_annex_4(folder: Path, tmp_path: Path, program) -> None:
    soffice, answered = program("LibreOffice"), {}
    for name, opinions in {"none": (), "some": ("否定",), "all": ("否定", "维持")}.items():
        book = openpyxl.load_workbook(folder / BOOKS["township"])
        # Household 1 (one ill person) stands on row 5, household 2 (two) on rows 6 to 8.
        for row, opinion in zip((5, 6), opinions, strict=False):
            book["附件4"].cell(row, 13).value = opinion
        book.save(tmp_path / f"{name}.xlsx")
    (tmp_path / "done").mkdir()
    convert(soffice, "xlsx", sorted(tmp_path.glob("*.xlsx")), tmp_path / "done")
    for name in ("none", "some", "all"):
        sheet: Any = openpyxl.load_workbook(tmp_path / "done" / f"{name}.xlsx", data_only=True)["附件3"]
        answered[name] = [[sheet.cell(row, column).value or "" for column in range(2, 14)] for row in (6, 7)]
        answered[name].append(sheet["O6"].value)
    blank: list[object] = [""] * 8
    assert answered["none"] == [[2, 3, "", "", *blank]] * 2 + ["待填附件4镇复核意见"]
    assert answered["some"] == [[2, 3, "", "", 1, 1, *blank[:6]]] * 2 + ["不平：附件4还有未填的镇复核意见"]
    assert answered["all"] == [[2, 3, "", "", 1, 1, "", "", 1, 2, "", ""]] * 2 + ["平"]
