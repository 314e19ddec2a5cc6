"""The eleven rules of the floor find the same subjects in hand-written DuckDB, Polars and pandas: what is compared is the same work."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest

from benchmarks import floor, in_pandas, in_polars
from benchmarks.drops import Drop, settings_of
from benchmarks.eleven import RULES
from sample_data.generate import write_drop

PERSONS = 4_000


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench")
    write_drop(settings_of(PERSONS), folder, "parquet")
    return Drop(PERSONS, folder).inbox


@pytest.fixture(scope="module")
def by_hand(inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    out = tmp_path_factory.mktemp("rules")
    with duckdb.connect() as con:
        floor.rules(con, inbox, out)
    return {rule: pl.read_parquet(out / f"{rule}.parquet") for rule in RULES}


def test_every_rule_finds_somebody(by_hand: dict[str, pl.DataFrame]) -> None:
    empty = {rule for rule, found in by_hand.items() if found.is_empty()}
    # Nobody leaves the roll in the three months the drop pays for, at this size.
    assert empty <= {"pay_after_exit"}


def test_polars_finds_the_same(inbox: Path, by_hand: dict[str, pl.DataFrame]) -> None:
    tables = in_polars.tables(inbox)
    for rule, find in in_polars.RULES.items():
        assert _subjects(find(tables).collect()) == _subjects(by_hand[rule]), rule


def test_pandas_finds_the_same(inbox: Path, by_hand: dict[str, pl.DataFrame]) -> None:
    tables = in_pandas.Tables(inbox)
    for rule, find in in_pandas.RULES.items():
        assert _subjects(pl.from_pandas(find(tables))) == _subjects(by_hand[rule]), rule


def test_all_of_them_know_all_rules() -> None:
    assert set(in_polars.RULES) == set(in_pandas.RULES) == set(RULES)


def _subjects(found: pl.DataFrame) -> list[object]:
    key = next(c for c in ("key", "bank_account", "household_id") if c in found.columns)
    return sorted(found[key].to_list())
