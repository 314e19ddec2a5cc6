"""Two runs of one drop in two empty stores say the same, in the same order."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from flows.settings import Settings
from tests.acceptance.conftest import Small
from tests.acceptance.drop import Bench, new_bench


def test_another_store_and_other_threads_give_equal_suspects_in_equal_order(small: Small, bench: Bench, tmp_path: Path):
    other = new_bench(tmp_path / "store", Settings(threads=3, memory_limit="500MB"))
    checked = other.check(small.drop, reconcile=True)
    assert other.suspects(checked).drop("run_id").equals(bench.suspects(small.checked).drop("run_id"))
    assert other.snapshot(checked.plan).id == bench.snapshot(small.checked.plan).id
    for table in ("ledgers", "outcomes", "suspects_by_rule", "intake"):
        sql = f"SELECT * FROM recon_{table}"
        assert checked.query(sql) == small.checked.query(sql), table


def test_the_order_of_lists_is_by_township_then_severity(small: Small, bench: Bench):
    listed = bench.suspects(small.checked).select(
        "township_code", pl.col("severity").replace_strict({"high": 1, "medium": 2, "low": 3})
    )
    assert listed.height > 50
    assert listed.equals(listed.sort("township_code", "severity", maintain_order=True))
