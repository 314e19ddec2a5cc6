"""Bombs, lies and damage in received files: each costs its own file only, within bounded memory and time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.hostile import makers

#: The largest resident set allowed, in MB: of the run itself, and of the process that reads workbooks and Parquet files.
MOST_MB, MOST_MB_OF_READER = 1200, 2000


@pytest.fixture(scope="module")
def told(inbox, stage) -> dict[str, Any]:
    """What staging all of them at once said."""
    for name, (make, _) in makers.REFUSED.items():
        (inbox / "deaths" / name).write_bytes(make())
    for name, make in makers.HARMLESS.items():
        (inbox / "deaths" / name).write_bytes(make())
    makers.sparse(inbox / "deaths" / "空洞.csv", 1 << 40)
    return stage(inbox, inbox.parent / "work")


@pytest.fixture(scope="module")
def accounts(told) -> dict[str, dict[str, Any]]:
    return {Path(file["file"]).name: file for file in told["files"]}


@pytest.mark.parametrize("name", [*makers.REFUSED, "空洞.csv"])
def test_each_gets_one_rejection_that_says_in_chinese_what_to_do(accounts, name: str):
    account = accounts[name]
    expected = makers.REFUSED[name][1] if name in makers.REFUSED else "空洞"
    assert account["status"] == "rejected"
    assert expected in account["reason"]
    assert re.search("请.*(报送|报回|索取)", account["reason"])
    assert not re.search(
        "[A-Za-z]{3,}", re.sub("CSV|UTF|Parquet|Office|xlsx|xls|MiB|GiB|zip|[（(].*?[）)]", "", account["reason"])
    )
    assert account["warnings"] == []
    assert (account["received"], account["loaded"]) == (0, 0)


@pytest.mark.parametrize("name", makers.HARMLESS)
def test_what_says_less_than_it_seems_is_read(accounts, name: str):
    account = accounts[name]
    assert (account["status"], account["loaded"]) == ("loaded", 1)


def test_the_good_file_is_loaded_as_if_it_had_come_alone(accounts):
    account = accounts["好.csv"]
    assert (account["status"], account["received"], account["loaded"]) == ("loaded", 2, 1)


def test_every_row_received_is_accounted_for(accounts):
    for account in accounts.values():
        assert account["received"] == account["loaded"] + account["quarantined"] + account["ignored"]
    assert len(accounts) == len(makers.REFUSED) + len(makers.HARMLESS) + 2


def test_memory_is_bounded(told):
    own, reader = told["peak_mb"]
    assert own < MOST_MB
    assert reader < MOST_MB_OF_READER


def test_nothing_is_left_of_the_hollow_file(told, inbox):
    kept = [path for path in (inbox.parent / "work" / "raw").rglob("*") if path.is_file()]
    assert max(path.stat().st_size for path in kept) < 100 * makers.MEBIBYTE
    assert not list((inbox.parent / "work" / "raw" / ".incoming").iterdir())
