"""One small drop, staged and checked once per worker; every test changes a copy of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.drop import Bench, Checked, Drop, new_bench, write_small_drop


@dataclass(frozen=True)
class Small:
    """The drop, the bench that knows its staged rows, what a run over it said, and the folder of its truth.csv."""

    drop: Drop
    bench: Bench
    checked: Checked
    folder: Path


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """The small drop as CSV files and a run over it."""
    folder = tmp_path_factory.mktemp("small")
    drop = write_small_drop(folder)
    bench = new_bench(folder / "store")
    return Small(drop, bench, bench.check(drop, reconcile=True), folder)


@pytest.fixture
def bench(small: Small) -> Iterator[Bench]:
    """The shared bench; the runs of the test are swept away after it."""
    before = set(small.bench.store.temporary.iterdir())
    yield small.bench
    small.bench.sweep(before)


@pytest.fixture
def copy(small: Small, tmp_path: Path) -> Drop:
    """A copy of the small drop for the test to edit."""
    return small.drop.copy(tmp_path / "inbox")
