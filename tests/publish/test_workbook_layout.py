"""The layout of both workbooks against golden files, and their rendering by LibreOffice.

HEDUI_REGENERATE_GOLDEN=1 writes the golden files anew; look at the workbooks before committing them.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from tests.golden import assert_layout_as_agreed
from tests.publish.conftest import write_county_workbook, write_township_workbook
from transforms.publish.workbooks import RunHeader

Con = duckdb.DuckDBPyConnection
GOLDEN = Path(__file__).parent / "golden"
MAIN, EMPTY, COUNTY = "320681100", "320681102", "320681"
WRITERS = {
    "township": (write_township_workbook, MAIN),
    "township_without_leads": (write_township_workbook, EMPTY),
    "county": (write_county_workbook, COUNTY),
}


def layout(sheet: Any) -> dict[str, Any]:
    """All of a sheet that shows: values, sizes, merges, validations, panes, filter, print, protection."""
    cells = {c.coordinate: c.value for row in sheet.iter_rows() for c in row if c.value is not None}
    page, footer = sheet.page_setup, sheet.oddFooter
    return {
        "cells": cells,
        "unlocked": [c.coordinate for row in sheet.iter_rows() for c in row if not c.protection.locked],
        "widths": {k: d.width for k, d in sorted(sheet.column_dimensions.items())},
        "hidden": sorted(k for k, d in sheet.column_dimensions.items() if d.hidden),
        "heights": {str(k): d.height for k, d in sorted(sheet.row_dimensions.items())},
        "merged": sorted(str(r) for r in sheet.merged_cells.ranges),
        "validations": [
            [v.type, v.operator, v.formula1, str(v.sqref), v.showErrorMessage]
            for v in sheet.data_validations.dataValidation
        ],
        "freeze_panes": sheet.freeze_panes,
        "auto_filter": sheet.auto_filter.ref,
        "print": [
            page.orientation,
            page.paperSize,
            page.fitToWidth,
            page.fitToHeight,
            sheet.sheet_properties.pageSetUpPr.fitToPage,
        ],
        "print_titles": sheet.print_title_rows,
        "print_area": str(sheet.print_area),
        "footer": [footer.left.text, footer.center.text, footer.right.text],
        "protected": [sheet.protection.sheet, sheet.protection.password],
    }


@pytest.mark.parametrize("name", WRITERS)
def test_layout_is_as_agreed(name: str, con: Con, run: RunHeader, tmp_path: Path) -> None:
    write, code = WRITERS[name]
    assert_layout_as_agreed(write(con, code, tmp_path / "book.xlsx", run), layout, GOLDEN / f"{name}.json")


def test_every_sheet_is_set_up_for_a4_landscape(con: duckdb.DuckDBPyConnection, run: RunHeader, tmp_path: Path) -> None:
    for name, (write, code) in WRITERS.items():
        book: Any = openpyxl.load_workbook(write(con, code, tmp_path / f"{name}.xlsx", run))
        for sheet in book.worksheets:
            assert layout(sheet)["print"] == ["landscape", 9, 1, 0, True], sheet.title
            assert sheet.print_title_rows, sheet.title
            assert "&P" in sheet.oddFooter.center.text, sheet.title


def test_libreoffice_prints_them_on_a4_landscape(con: Con, run: RunHeader, tmp_path: Path, program) -> None:
    soffice = program("LibreOffice")
    paths = [write(con, code, tmp_path / f"{name}.xlsx", run) for name, (write, code) in WRITERS.items()]
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        soffice,
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        *map(str, paths),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    for path in paths:
        printed = path.with_suffix(".pdf").read_bytes()
        pages = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", printed)
        assert len(pages) >= len(openpyxl.load_workbook(path).worksheets)
        assert {(round(float(w)), round(float(h))) for w, h in pages} == {(842, 595)}
