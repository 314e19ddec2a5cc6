"""The check date of a run that names none: today in China, not on the machine's own clock."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows import cli, nightly


class Asked(Exception):
    """Stands in for the run that would have begun."""


def day_in_china() -> dt.date:
    return (dt.datetime.now(dt.UTC) + dt.timedelta(hours=8)).date()


# 26 hours apart: at any moment at least one of them has another day than China.
@pytest.fixture(params=["Etc/GMT+12", "Pacific/Kiritimati", "UTC"])
def _machine_elsewhere(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as there:
        there.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_machine_elsewhere")
def test_the_machine_s_time_zone_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dt.date] = []

    def run(inbox: Path, store: Path, as_of: dt.date, *_: Any) -> None:
        asked.append(as_of)
        raise Asked

    monkeypatch.setattr(nightly, "run_nightly", run)
    before = day_in_china()
    with pytest.raises(Asked):
        cli.run(tmp_path, tmp_path / "store")
    # Midnight may pass in between.
    assert asked[0] in {before, day_in_china()}
