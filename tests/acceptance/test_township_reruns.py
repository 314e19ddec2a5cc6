"""A rerun of a township gives exactly that township's part of the night's run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from tests.acceptance.conftest import STRAY, Small
from tests.acceptance.drop import Bench, Checked
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


@pytest.fixture
def province(small: Small, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the parts of counties are kept, of a snapshot that counts as a province's."""
    monkeypatch.setattr("flows.stages.matching.PROVINCE_ROWS", 0)
    kept = bench.store.counties(str(small.checked.plan.snapshot_id))
    yield kept
    shutil.rmtree(kept, ignore_errors=True)


def test_of_a_province_the_first_rerun_keeps_what_its_county_needs_and_later_ones_read_that(small: Small, bench: Bench, province: Path):  # fmt: skip
    codes = township_codes(small)[1:3]
    assert codes[0][:6] == codes[1][:6]
    snapshot = bench.snapshot(small.checked.plan).path
    before = {path: path.stat().st_mtime_ns for path in snapshot.rglob("*")}
    assert_rerun_gives_the_part(small, bench, codes[0])
    (part,) = province.iterdir()
    assert part.name.startswith(codes[0][:6])
    files = {path.name: path.stat().st_mtime_ns for path in part.iterdir()}
    assert {"links.parquet", "kin_closed.parquet", "stg_benefit_roll.parquet", "near_vehicles.parquet"} <= files.keys()
    # Whoever reads the registers of the whole province now reads another number of rows.
    rows = pl.scan_parquet(part / "near_vehicles.parquet").select(pl.len()).collect().item()
    assert 0 < rows < small.checked.query("SELECT count(*) FROM stg_vehicles")[0][0]
    assert_rerun_gives_the_part(small, bench, codes[1])
    assert [path.name for path in province.iterdir()] == [part.name]
    assert {path.name: path.stat().st_mtime_ns for path in part.iterdir()} == files
    assert {path: path.stat().st_mtime_ns for path in snapshot.rglob("*")} == before, "a snapshot never changes"


def test_what_a_county_needs_holds_what_its_townships_need(small: Small, bench: Bench, province: Path, monkeypatch: pytest.MonkeyPatch):  # fmt: skip
    """The drop is of one county; counties of ten townships each make it several, whose part is not the whole."""
    monkeypatch.setattr("transforms.core.scope.county_of", lambda township: township[:8])
    monkeypatch.setattr("flows.stages.matching.county_of", lambda township: township[:8])
    codes = township_codes(small)[1:]
    for code in codes:
        assert_rerun_gives_the_part(small, bench, code)
    kept = [
        pl.scan_parquet(p / "stg_benefit_roll.parquet").select(pl.len()).collect().item() for p in province.iterdir()
    ]
    assert len(kept) == len({code[:8] for code in codes}) > 1
    assert max(kept) < small.checked.query("SELECT count(*) FROM core_row")[0][0]


def test_a_countys_part_rests_on_what_was_found_there_before(small: Small, published: Checked, bench: Bench, province: Path):  # fmt: skip
    before = bench.store.latest()
    assert before is not None
    for told_against in (None, before["run_id"]):
        plan = bench.plan(None, kind="rerun", township=township_codes(small)[1], previous_run_id=told_against)
        bench.match(replace(plan, snapshot_id=published.plan.snapshot_id))
    assert len(list(province.iterdir())) == 2


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
