"""A rerun of a township gives exactly that township's part of the night's run."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from tests.acceptance.conftest import STRAY, Small
from tests.acceptance.drop import Bench

NOWHERE = "000000000"


def township_codes(small: Small) -> list[str]:
    """Every township of the run."""
    return [row[0] for row in small.checked.query("SELECT township_code FROM core_township ORDER BY 1")]


def assert_rerun_gives_the_part(small: Small, bench: Bench, asked: list[str]) -> None:
    """Match again for the first township asked for; its list and those of the others are parts of the whole."""
    plan = replace(bench.plan(None, kind="rerun", township=asked[0]), snapshot_id=small.checked.plan.snapshot_id)
    rerun = bench.match(plan)
    whole = bench.suspects(small.checked).drop("run_id")
    for code in asked:
        part = bench.suspects(rerun, code).drop("run_id")
        concerned = (pl.col("township_code") == code) | pl.col("also_townships").list.contains(code)
        assert part.equals(whole.filter(concerned)), code


def test_every_finding_is_in_the_rerun_of_its_townships(small: Small, bench: Bench):
    codes = township_codes(small)
    assert len(codes) == 4
    assert_rerun_gives_the_part(small, bench, codes)


@pytest.mark.full
@pytest.mark.parametrize("position", [1, 2, 3])
def test_so_it_is_for_the_rerun_of_each_township(position: int, small: Small, bench: Bench):
    codes = township_codes(small)
    assert_rerun_gives_the_part(small, bench, codes[position:] + codes[:position])


def test_some_findings_concern_two_townships_and_one_belongs_nowhere(small: Small):
    both = small.checked.query("SELECT count(*) FROM out_finding WHERE len(also_townships) > 0")
    assert both[0][0] > 0
    assert small.checked.query(f"SELECT rule_id, subject_key FROM out_finding WHERE township_code = '{NOWHERE}'") == [
        ("pay_not_on_roll", STRAY)
    ]
