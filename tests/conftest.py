"""Fixtures shared by all tests, and the line that says what could not be tested on this machine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

# Before anything imports Prefect or Great Expectations: no test reports home.
os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
os.environ["DO_NOT_TRACK"] = "1"
os.environ["GX_ANALYTICS_ENABLED"] = "false"

#: What the tests marked `full` call, with the names it goes by.
PROGRAMS = {
    "PostgreSQL": ("pg_ctlcluster", "postgres", "psql"),
    "Java": ("java",),
    "Chromium": ("chromium", "chromium-browser", "google-chrome"),
    "LibreOffice": ("soffice", "libreoffice"),
    "pdftoppm": ("pdftoppm",),
}


def find_program(name: str) -> str | None:
    """Path of a system program of PROGRAMS, or None when this machine has none of its names."""
    return next((path for path in map(shutil.which, PROGRAMS[name]) if path), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `early` come first, all others as they were."""
    items.sort(key=lambda item: item.get_closest_marker("early") is None)


@pytest.fixture
def program():
    """A function that gives a program's path; without it the test is skipped, or fails in make
    test-full."""

    def need(name: str) -> str:
        path = find_program(name)
        if path is None and os.environ.get("HEDUI_TEST_FULL"):
            pytest.fail(f"{name} is not installed: make setup-extras")
        if path is None:
            pytest.skip(f"{name} is not installed")
        assert path is not None
        return path

    return need


@pytest.fixture(scope="session")
def hedui_drops() -> Path:
    """The folder of drops with known answers, named by HEDUI_DROPS; tests that ask for it skip when it
    is unset."""
    folder = os.environ.get("HEDUI_DROPS")
    if not folder:
        pytest.skip("HEDUI_DROPS is not set")
    return Path(folder)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """An empty store folder of this test alone."""
    folder = tmp_path / "store"
    folder.mkdir()
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what was left out for want of a system program, or because it is for make
    test-full."""
    missing = [name for name in PROGRAMS if find_program(name) is None]
    if missing:
        terminalreporter.write_line(f"skipped for want of a system program: tests that need {', '.join(missing)}")
    elif not os.environ.get("HEDUI_TEST_FULL"):
        terminalreporter.write_line("skipped for want of a system program: nothing (make test-full runs the rest)")
