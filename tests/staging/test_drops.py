"""The two drops with a known answer, file by file (HEDUI_DROPS)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data_contracts import load_contracts
from transforms.intake import take_in
from transforms.staging import stage_inbox

# The drops hold a few rows that repeat another by nature, which mess.json does not list.
MOST_REPEATS_BY_NATURE = 3


@pytest.fixture(scope="module", params=["qidong_2021-06", "chengbu_2021-06"])
def staged(request, hedui_drops: Path, tmp_path_factory):
    """(mess.json's files, the snapshot) of one drop."""
    root = tmp_path_factory.mktemp(request.param)
    received = take_in(hedui_drops / request.param / "inbox", root / "raw")
    snapshot = stage_inbox(received, load_contracts(), root / "snapshots", root / "work")
    mess = json.loads((hedui_drops / request.param / "mess.json").read_text("utf-8"))
    return {file["file"]: file for file in mess["files"]}, snapshot


def test_every_file_is_accounted_for(staged):
    mess, snapshot = staged
    assert {file.file for file in snapshot.files} == set(mess)
    for file in snapshot.files:
        assert file.received == file.loaded + file.quarantined + file.ignored
        assert file.status == {"accepted": "loaded", "rejected": "rejected"}[mess[file.file]["expected"]], file.reason


def test_rejected_files_say_why(staged):
    mess, snapshot = staged
    for file in snapshot.files:
        assert bool(file.reason) == (file.status == "rejected")
        if "another dataset" in mess[file.file].get("why", ""):
            assert "缺少必需的列" in file.reason and "看起来是" in file.reason


def test_counts_of_accepted_files(staged):
    mess, snapshot = staged
    for file in (file for file in snapshot.files if file.status == "loaded"):
        known = mess[file.file]
        repeats = sum(sheet.ignored.get("重复行", 0) for sheet in file.sheets)
        assert (file.received, file.quarantined) == (known["rows_written"], known["broken"]), file.file
        assert file.ignored - repeats == sum(sheet["ignored"] for sheet in known["sheets"]), file.file
        assert 0 <= repeats - known["duplicates"] <= MOST_REPEATS_BY_NATURE, file.file


KINDS = {
    "title": "标题行",
    "heading": "表头",
    "total": "合计行",
    "blank": "空行",
    "footnote": "脚注",
    "repeated_heading": "重复表头",
}


def test_kinds_of_ignored_rows_sheet_by_sheet(staged):
    mess, snapshot = staged
    for file in (file for file in snapshot.files if file.status == "loaded"):
        for sheet, known in zip(file.sheets, mess[file.file]["sheets"], strict=True):
            found = {kind: sheet.ignored.get(word, 0) for kind, word in KINDS.items()}
            assert found == {kind: known[kind] for kind in KINDS}, (file.file, sheet.sheet)
