"""Over drops of any county and date: every planted fault is found and nothing else, and every table adds up."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from tests.acceptance.conftest import STRAY, Small
from tests.acceptance.drop import Bench, Checked, new_bench, truth_of, write_small_drop
from tests.acceptance.footing import assert_complete, assert_each_row_has_one_outcome, assert_foots

NAMES = ("甲镇", "乙乡", "丙街道", "丁镇", "戊乡", "己镇")


def county(code: str, townships: int) -> pl.DataFrame:
    """An invented county."""
    numbers = [f"{code}{100 + n:03}" for n in range(townships)]
    return pl.DataFrame(
        {"township_code": numbers, "township_name": NAMES[:townships], "county_name": ["某县"] * townships}
    )


def one_county(code: str, townships: int, **values) -> dict:
    """Settings of a drop."""
    return {"county": code, "townships": county(code, townships), **values}


DROPS = [
    one_county("110101", 2, seed=5, persons=260, as_of=dt.date(2022, 12, 31)),
    pytest.param(
        one_county("320681", 6, seed=11, persons=600, cases=2, as_of=dt.date(2021, 6, 30)), marks=pytest.mark.full
    ),
    pytest.param(
        one_county("430529", 3, seed=23, persons=400, as_of=dt.date(2020, 2, 29), registers=2.0), marks=pytest.mark.full
    ),
    pytest.param(one_county("650102", 1, seed=31, persons=300, as_of=dt.date(2021, 1, 1)), marks=pytest.mark.full),
    pytest.param(
        one_county("469021", 4, seed=47, persons=500, as_of=dt.date(2023, 3, 8), registers=0.2), marks=pytest.mark.full
    ),
]


@pytest.mark.parametrize("drop", DROPS, ids=lambda drop: f"{drop['county']}-{drop['as_of']}")
def test_all_that_was_planted_is_found_and_the_tables_add_up(drop: dict, tmp_path: Path):
    written = write_small_drop(tmp_path, **drop)
    checked = new_bench(tmp_path / "store").check(written, drop["as_of"], reconcile=True)
    truth = truth_of(tmp_path)
    assert {r: sorted(checked.found.get(r, frozenset()) ^ truth.get(r, frozenset())) for r in checked.outcomes} == {
        r: [] for r in checked.outcomes
    }
    assert_adds_up(checked)


def test_the_small_drop_adds_up_with_what_belongs_nowhere(small: Small):
    truth = truth_of(small.folder)
    assert small.checked.found == {**truth, "pay_not_on_roll": truth["pay_not_on_roll"] | {STRAY}}
    assert_adds_up(small.checked)


def assert_adds_up(checked: Checked) -> None:
    """All of it."""
    assert_foots(checked)
    assert_complete(checked)
    assert_each_row_has_one_outcome(checked)


@pytest.mark.full
def test_a_roll_of_unlisted_and_unreadable_townships_adds_up(small: Small, bench: Bench, copy):
    roll = copy.files("benefit_roll")[0]
    households = copy.read(roll)["household_id"].unique(maintain_order=True).to_list()
    for household, code in zip(households[:3], ("522728999", "石桥镇", "52272800120"), strict=True):
        copy.assign(roll, {"household_id": household}, township_code=code)
    assert_adds_up(bench.check(copy, reconcile=True))
