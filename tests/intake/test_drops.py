"""Every file of the drops with a known answer, row for row (HEDUI_DROPS names their folder)."""

from __future__ import annotations

import json
import os
from pathlib import Path

import duckdb
import pytest

from transforms.intake import UnreadableFile, open_raw, take_in

DROPS = Path(os.environ.get("HEDUI_DROPS", ""))
pytestmark = pytest.mark.skipif(not os.environ.get("HEDUI_DROPS"), reason="HEDUI_DROPS is not set")


def drops() -> list[Path]:
    return sorted(path.parent for path in DROPS.glob("*/mess.json")) if os.environ.get("HEDUI_DROPS") else []


@pytest.mark.parametrize("drop", drops(), ids=lambda path: path.name)
def test_every_physical_row_of_every_file_is_there(drop: Path, tmp_path: Path) -> None:
    expected = {entry["file"]: entry for entry in json.loads((drop / "mess.json").read_text("utf-8"))["files"]}
    received = take_in(drop / "inbox", tmp_path / "raw", [folder.name for folder in (drop / "inbox").iterdir()])
    assert {file.name for file in received.files} == set(expected)
    wrong: list[object] = []
    for file in received.files:
        entry = expected[file.name]
        try:
            sheets = open_raw(file, tmp_path / "work")
        except UnreadableFile as error:
            if entry["expected"] == "accepted":
                wrong.append((file.name, error.message))
            continue
        found = {raw.sheet: duckdb.sql(f"SELECT count(*) FROM ({raw.scan})").fetchall()[0][0] for raw in sheets}
        written = {sheet["sheet"]: sheet["rows_written"] for sheet in entry["sheets"]}
        if found != written or any(raw.rows != found[raw.sheet] for raw in sheets):
            wrong.append((file.name, found, written))
    assert not wrong
