"""Names made to mislead, and things in the inbox that are no files: none is followed, none breaks a line, none stops the run."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hostile import makers

GOOD_TEXT = "\n".join(",".join(row) for row in (makers.HEADINGS, makers.PERSON)).encode()
#: File name → how it is shown.
NAMES = {
    "a\nINFO run complete.csv": "a\\nINFO run complete.csv",
    "汇\u202egnp.csv": "汇\\u202egnp.csv",
    "零宽\u200b\u200f.csv": "零宽\\u200b\\u200f.csv",
    "终端\x1b[2J.csv": "终端\\x1b[2J.csv",
    "a\\..\\..\\windows.csv": "a\\..\\..\\windows.csv",
    "=cmd|' -C calc'!A0.csv": "=cmd|' -C calc'!A0.csv",
    "$(touch x) `id` 'a' \"b\" [1]*?.csv": "$(touch x) `id` 'a' \"b\" [1]*?.csv",
    "--inbox=x.csv": "--inbox=x.csv",
}
SHEET_NAME = "../../etc/&#10;&#x202e;=cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def told(inbox, stage) -> Iterator[dict[str, Any]]:
    deaths = inbox / "deaths"
    for day, name in enumerate(NAMES, 2):
        (deaths / name).write_bytes(GOOD_TEXT.replace(b"2021-05-01", f"2021-05-{day:02}".encode()))
    with open(os.fsencode(deaths) + "/死亡\uff0e".encode("gb18030") + b"\xff.csv", "wb") as file:  # noqa: PTH123
        file.write(GOOD_TEXT)
    (deaths / "表名.xlsx").write_bytes(makers.zipped(makers.workbook_parts(SHEET_NAME)))
    outside = inbox.parent / "outside.csv"
    outside.write_bytes(GOOD_TEXT)
    (deaths / "外面.csv").symlink_to(outside)
    (deaths / "密码.csv").symlink_to("/etc/passwd")
    (deaths / "自己.csv").symlink_to("自己.csv")
    (deaths / "零.csv").symlink_to("/dev/zero")
    (deaths / "回路").symlink_to("..")
    (inbox / "vehicles").symlink_to(inbox)
    os.mkfifo(deaths / "管道.csv")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(deaths)
        try:
            listener.bind("插座.csv")
        finally:
            os.chdir(here)
        yield stage(inbox, inbox.parent / "work")


@pytest.fixture(scope="module")
def accounts(told) -> dict[str, dict[str, Any]]:
    return {file["file"].removeprefix("deaths/"): file for file in told["files"]}


@pytest.mark.parametrize("shown", NAMES.values())
def test_a_misleading_name_is_shown_for_what_it_is(accounts, shown: str):
    assert (accounts[shown]["status"], accounts[shown]["loaded"]) == ("loaded", 1)


@pytest.mark.parametrize("name", ["外面.csv", "密码.csv", "自己.csv", "零.csv", "回路", "vehicles"])
def test_no_link_is_followed(accounts, name: str):
    account = accounts[name]
    assert (account["status"], account["received"]) == ("rejected", 0)
    assert "是符号链接" in account["reason"]


@pytest.mark.parametrize("name", ["管道.csv", "插座.csv"])
def test_what_is_no_file_is_not_opened(accounts, name: str):
    assert accounts[name]["status"] == "rejected"
    assert "不是普通文件" in accounts[name]["reason"]


def test_a_sheet_is_shown_by_its_name_and_kept_under_a_number(accounts, told, inbox):
    assert accounts["表名.xlsx"]["loaded"] == 1
    snapshot = (Path(told["snapshot"]) / "snapshot.json").read_text(encoding="utf-8")
    assert r"../../etc/\\n\\u202e=cmd|' /C calc'!A0" in snapshot
    assert "\u202e" not in snapshot
    assert not [path for path in inbox.parent.rglob("*") if "etc" in path.name]


def test_no_line_of_the_log_can_be_forged(told):
    lines = [line for said in told["said"] for line in said.splitlines()]
    assert len(lines) == len(told["said"])
    assert not [line for line in lines if any(ord(character) < 32 for character in line) or "\u202e" in line]


def test_every_file_is_named_once(told):
    names = [file["file"] for file in told["files"]]
    assert len(names) == len(set(names)) == len(NAMES) + 3 + 8
