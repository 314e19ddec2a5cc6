"""One small drop, staged and checked once per worker; every test changes a copy of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.drop import Bench, Checked, Drop, new_bench, write_small_drop

STRAY = "不明户"


@dataclass(frozen=True)
class Small:
    """The drop, the bench that knows its staged rows, what a run over it said, and the folder of its truth.csv."""

    drop: Drop
    bench: Bench
    checked: Checked
    folder: Path


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """The small drop as CSV files, with a payment and an archive that belong nowhere, and a run over it."""
    folder = tmp_path_factory.mktemp("small")
    drop = write_small_drop(folder)
    drop.append(
        drop.files("payments")[-1],
        pay_month="202109",
        household_id=STRAY,
        payee_name="无名氏",
        bank_account="6299000999999999991",
        amount_due="300",
        amount_paid="300",
        pay_date="2021-09-05",
        result="成功",
    )
    drop.append(
        drop.files("archives")[0],
        archive_no="外1",
        household_id="外地户",
        township_code="999999999",
        household_amount="77",
    )
    bench = new_bench(folder / "store")
    return Small(drop, bench, bench.check(drop, reconcile=True), folder)


@pytest.fixture(scope="session")
def published(small: Small) -> Checked:
    """The run over the small drop, published in the shared store."""
    small.bench.publish(small.checked)
    return small.checked


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
