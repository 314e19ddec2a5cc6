"""Layouts of workbooks against golden files; HEDUI_REGENERATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl


def assert_layout_as_agreed(book: Path, layout: Callable[[Any], dict[str, Any]], golden: Path) -> None:
    """What `layout` tells of each sheet of a workbook is what the golden file has, sheet by sheet and part by part."""
    sheets = openpyxl.load_workbook(book).worksheets
    found = json.loads(json.dumps({sheet.title: layout(sheet) for sheet in sheets}, ensure_ascii=False, default=str))
    if os.environ.get("HEDUI_REGENERATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    agreed = json.loads(golden.read_text(encoding="utf-8"))
    assert list(found) == list(agreed)
    for sheet in agreed:
        for part in agreed[sheet]:
            assert found[sheet][part] == agreed[sheet][part], f"{sheet}: {part}"
