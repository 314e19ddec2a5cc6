"""One published run of the sample drop, made once for all test workers; tests that write get a copy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.decisions.nightly import sample_store
from transforms.publish.store import Store

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="session")
def published(tmp_path_factory) -> Path:
    """A store with one published run; read only."""
    return sample_store(tmp_path_factory)


@pytest.fixture
def store(published: Path, tmp_path: Path) -> Path:
    """A copy of its run that a test may extract from."""
    run_dir = Store(published).run_dir()
    copy = tmp_path / "store"
    shutil.copytree(run_dir, copy / "runs" / run_dir.name)
    shutil.copy(published / "latest.json", copy / "latest.json")
    return copy


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """No secret and a known operator, whatever the machine has."""
    for name in ("HEDUI_AUDIT_KEY", "HEDUI_AUDIT_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HEDUI_OPERATOR", "督查一组")
