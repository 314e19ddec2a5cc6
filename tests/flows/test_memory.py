from __future__ import annotations

import os
from pathlib import Path

import pytest

from flows.memory import memory_limit
from flows.settings import Settings


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "vehicles").mkdir()
    return tmp_path


@pytest.mark.parametrize(("size", "limit"), [(10, "1000MB"), (500_000_000, "1500MB"), (10**10, "4000MB")])
def test_the_limit_follows_the_drop(inbox: Path, size: int, limit: str) -> None:
    with (inbox / "vehicles" / "a.parquet").open("wb") as file:
        file.truncate(size)
    assert memory_limit(inbox, Settings()) == limit


def test_what_the_bureau_says_holds(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEDUI_MEMORY_LIMIT", "6GB")
    assert memory_limit(inbox, Settings()) == "6GB"


def test_a_rerun_has_no_inbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEDUI_MEMORY_LIMIT", raising=False)
    assert memory_limit(None, Settings()) == Settings().memory_limit


def test_what_may_not_be_looked_at_or_is_gone_is_left_to_intake(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (inbox / "vehicles" / "a.csv").touch()
    stat = Path.stat

    def refuse(self: Path, **how: bool) -> os.stat_result:
        if self.name == "a.csv":
            raise PermissionError(13, "Permission denied")
        return stat(self, **how)

    monkeypatch.setattr(Path, "stat", refuse)
    assert memory_limit(inbox, Settings()) == "1000MB"
