"""A rerun of a township gives exactly that township's part of the night's run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from tests.acceptance.conftest import STRAY, Small
from tests.acceptance.drop import Bench, Checked, Drop
from tests.linkage.conftest import with_check_digit
from transforms.publish.outputs import concerning
from transforms.reconcile.build import RECON_TABLES

NOWHERE = "000000000"
HEAD, OFFICIAL = with_check_digit("52272819400101553"), with_check_digit("52272819800101551")


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


def test_heads_and_whom_a_filing_names_are_looked_at_from_wherever_they_are(small: Small, bench: Bench, copy: Drop):
    """What no kinship row, account or row of the roll binds to the township: a dead head on no row, paid in another township's
    household too; an official's filing of somebody elsewhere; an official by a damaged number whose filing has the right one."""
    (roll,) = copy.files("benefit_roll")
    rows = copy.read(roll).filter(pl.col("status") == "在享", pl.col("id_number").str.len_chars() == 18)
    home, away = (rows.filter(pl.col("township_code") == code) for code in ("522728001", "522728219"))
    household, elsewhere = home["household_id"][0], away["household_id"][0]
    copy.assign(roll, {"household_id": household}, head_name="贾亡父", head_id_number=HEAD)
    copy.append(copy.files("deaths")[0], name="贾亡父", id_number=HEAD, sex="男", death_date="2021-03-05")
    for number, paid in enumerate((household, elsewhere), -2):
        copy.assign(copy.files("payments")[number], {"household_id": paid}, payee_name="贾亡父", payee_id_number=HEAD)
    (officials,), (filings,) = copy.files("officials"), copy.files("relative_filings")
    copy.append(officials, name="贾官员", id_number=OFFICIAL, township_code="522728001", start_date="2015-01-01")
    neighbour, serving, filed = away.row(-1, named=True), away.row(-5, named=True), home.row(-1, named=True)
    copy.append(filings, official_id_number=OFFICIAL, beneficiary_id_number=neighbour["id_number"])
    damaged = serving["id_number"][:14] + str(9 - int(serving["id_number"][14])) + serving["id_number"][15:]
    copy.append(officials, name=serving["name"], id_number=damaged, township_code="522728219", start_date="2015-01-01")
    copy.append(filings, official_id_number=serving["id_number"], beneficiary_id_number=filed["id_number"])
    edited = replace(small, drop=copy, checked=bench.check(copy, reconcile=True))
    assert household in edited.checked.found["death_head_not_changed"]
    assert HEAD in edited.checked.found["death_paid_after"]
    assert serving["id_number"] in edited.checked.found["official_on_roll"], "the damaged number is repaired"
    for code in ("522728001", "522728219"):
        assert_rerun_gives_the_part(edited, bench, code)


def test_what_a_rerun_says_of_no_township_is_said_of_the_whole_roll(small: Small, bench: Bench, copy: Drop):
    """A code the bureau's list lacks, on rows of another township than the one that is looked at again: it is a township still, and what
    belongs nowhere belongs to the county with the most rows."""
    (roll,) = copy.files("benefit_roll")
    stray = copy.read(roll).filter(pl.col("township_code") == "522728219")["household_id"][0]
    copy.assign(roll, {"household_id": stray}, township_code="320681999")
    copy.append(
        copy.files("archives")[0], archive_no="外2", household_id="522728001N9999999", township_code="320681999"
    )
    edited = replace(small, drop=copy, checked=bench.check(copy, reconcile=True))
    plan = replace(bench.plan(None, kind="rerun", township="522728001"), snapshot_id=edited.checked.plan.snapshot_id)
    rerun = bench.match(plan)
    for ask in ("SELECT * FROM core_township ORDER BY ALL", "SELECT * FROM run_parameter ORDER BY ALL"):
        assert rerun.query(ask) == edited.checked.query(ask)
    assert_rerun_gives_the_part(edited, bench, "522728001")


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
