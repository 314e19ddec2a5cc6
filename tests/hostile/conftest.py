"""Hostile inboxes, staged in a process that the kernel ends when it takes too much."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.flows.command import ROOT
from tests.hostile import makers

Staged = dict[str, Any]


@pytest.fixture(scope="session")
def stage() -> Callable[[Path, Path], Staged]:
    """Stages an inbox and says what became of every file."""

    def staged(inbox: Path, work: Path) -> Staged:
        done = subprocess.run([sys.executable, "-m", "tests.hostile.probe", str(inbox), str(work)], cwd=ROOT, capture_output=True,
                              text=True, check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return dict(json.loads(done.stdout))

    return staged


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One good file of deaths; the tests put others beside it."""
    inbox = tmp_path_factory.mktemp("hostile") / "inbox"
    (inbox / "deaths").mkdir(parents=True)
    text = "\n".join(",".join(row) for row in (makers.HEADINGS, makers.PERSON))
    (inbox / "deaths" / "好.csv").write_text(text, encoding="utf-8")
    return inbox
