from __future__ import annotations

import io
import os
import subprocess
import sys
from typing import Any

import pytest
from rich.console import Console

from flows.console import LOG_SECONDS, progress_to
from tests.flows.command import ROOT


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_log_of_short_work_holds_no_detail() -> None:
    written, clock = io.StringIO(), Clock()
    show = progress_to(Console(file=written, soft_wrap=True), clock)
    show("staging …")
    for _ in range(10):
        clock.now += LOG_SECONDS / 20
        show("  vehicles.parquet: loaded, 5 rows")
    show("staging: 50 rows, 1.0 s")
    assert written.getvalue().splitlines() == ["staging …", "staging: 50 rows, 1.0 s"]


def test_a_log_of_long_work_tells_now_and_then_what_goes_on() -> None:
    written, clock = io.StringIO(), Clock()
    show = progress_to(Console(file=written, soft_wrap=True), clock)
    show("staging …")
    for number in range(8):
        clock.now += LOG_SECONDS / 4
        show(f"  file {number}")
    assert written.getvalue().splitlines() == ["staging …", "  file 3", "  file 7"]


def test_nothing_is_told_where_nobody_looks() -> None:
    assert progress_to(None)("staging …") is None


def test_a_number_in_the_name_of_a_file_is_not_logged() -> None:
    written = io.StringIO()
    progress_to(Console(file=written, soft_wrap=True))(
        "benefit_roll/花名册_52272819761201742X.csv: rejected, run 20261123T055532"
    )
    assert written.getvalue() == "benefit_roll/花名册_[number].csv: rejected, run 20261123T055532\n"


@pytest.mark.parametrize("stream", ["stderr", "stdout"])
def test_work_goes_on_when_nobody_reads_along_any_more(stream: str) -> None:
    code = (
        "from flows.console import progress_to, stderr_console, stdout_console\n"
        f"show = progress_to({stream}_console())\n"
        "show('staging …'); show('core …')\n"
        "raise SystemExit(7)"
    )
    reader, writer = os.pipe()
    streams: dict[str, Any] = {stream: writer}
    os.close(reader)
    try:
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, **streams)
    finally:
        os.close(writer)
    assert done.returncode == 7
