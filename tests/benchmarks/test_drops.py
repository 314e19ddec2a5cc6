from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from benchmarks.drops import Drop, province, settings_of, with_one_register_changed
from sample_data.generate import write_drop

PERSONS = 3_000


def test_a_large_province_has_different_townships_of_many_counties() -> None:
    townships = province(5_000_000)
    assert len(townships) == 1_000
    assert townships["township_code"].n_unique() == 1_000
    assert townships["township_code"].str.len_chars().unique().to_list() == [9]
    assert townships["county_name"].n_unique() == 50


def test_the_mix_of_registers_is_that_of_the_province(tmp_path: Path) -> None:
    """Per person on the roll about 4 vehicles, 2.4 kinship rows, 1.6 licences, 0.6 deaths and 0.5 cremations."""
    rows = write_drop(settings_of(PERSONS), tmp_path, "parquet")
    wanted = {"vehicles": 4.0, "kinship": 2.4, "business_licenses": 1.6, "deaths": 0.6, "funerals": 0.5}
    told = {dataset: rows[dataset] / PERSONS for dataset in wanted}
    assert {d: round(told[d] / wanted[d], 1) for d in wanted} == dict.fromkeys(wanted, 1.0) | {"deaths": 1.1}
    assert Drop(PERSONS, tmp_path).rows() == rows


def test_the_second_night_brings_one_changed_register(tmp_path: Path) -> None:
    write_drop(settings_of(PERSONS), tmp_path / "first", "parquet")
    drop = Drop(PERSONS, tmp_path / "first")
    changed = with_one_register_changed(drop.inbox, tmp_path / "second")
    for path in drop.inbox.rglob("*.parquet"):
        other = changed / path.relative_to(drop.inbox)
        if path.parent.name == "vehicles":
            assert pl.read_parquet(other).equals(pl.read_parquet(path).head(-1))
        else:
            assert other.samefile(path)
    assert (
        pq.read_schema(next((changed / "vehicles").iterdir())).names
        == pq.read_schema(next((drop.inbox / "vehicles").iterdir())).names
    )
