"""A rerun of a township gives exactly that township's part of the night's run."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from tests.acceptance.conftest import STRAY, Small
from tests.acceptance.drop import Bench
from transforms.publish.outputs import concerning
from transforms.reconcile.build import RECON_TABLES

NOWHERE = "000000000"


def township_codes(small: Small) -> list[str]:
    """Every township of the run."""
    return [row[0] for row in small.checked.query("SELECT township_code FROM core_township ORDER BY 1")]


def assert_rerun_gives_the_part(small: Small, bench: Bench, code: str) -> None:
    """Match again for one township: its list and its rows of every reconciliation table are parts of the whole."""
    plan = replace(bench.plan(None, kind="rerun", township=code), snapshot_id=small.checked.plan.snapshot_id)
    rerun = bench.match(plan, reconcile=True)
    whole = bench.suspects(small.checked).drop("run_id")
    concerned = (pl.col("township_code") == code) | pl.col("also_townships").list.contains(code)
    assert bench.suspects(rerun, code).drop("run_id").equals(whole.filter(concerned)), code
    for table in RECON_TABLES:
        ask = f"SELECT * FROM recon_{table} WHERE township_code = '{code}' ORDER BY ALL"
        assert rerun.query(ask) == small.checked.query(ask), (table, code)
    assert rerun.query(f"SELECT count(*) FROM out_finding WHERE NOT {concerning(code)}") == [(0,)]


def test_every_finding_is_in_the_rerun_of_its_townships(small: Small, bench: Bench):
    codes = township_codes(small)
    assert len(codes) == 4
    for code in codes[:2]:
        assert_rerun_gives_the_part(small, bench, code)


@pytest.mark.full
@pytest.mark.parametrize("position", [2, 3])
def test_so_it_is_for_the_rerun_of_each_township(position: int, small: Small, bench: Bench):
    assert_rerun_gives_the_part(small, bench, township_codes(small)[position])


def test_a_rerun_reads_what_its_township_needs_and_no_more(small: Small, bench: Bench):
    codes = township_codes(small)
    plan = replace(bench.plan(None, kind="rerun", township=codes[1]), snapshot_id=small.checked.plan.snapshot_id)
    rerun = bench.match(plan)
    ask = "SELECT count(DISTINCT household_id), count(DISTINCT township_code) FROM core_household"
    (kept, townships), (all_of_them, _) = rerun.query(ask)[0], small.checked.query(ask)[0]
    assert kept < all_of_them / 2
    assert townships > 1, "neighbours in other townships are looked at too"


def test_some_findings_concern_two_townships_and_one_belongs_nowhere(small: Small):
    both = small.checked.query("SELECT count(*) FROM out_finding WHERE len(also_townships) > 0")
    assert both[0][0] > 0
    assert small.checked.query(f"SELECT rule_id, subject_key FROM out_finding WHERE township_code = '{NOWHERE}'") == [
        ("pay_not_on_roll", STRAY)
    ]
