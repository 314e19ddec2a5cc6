"""The invented drops: the same every time, valid where they should be, nobody else's people, a case for
every rule."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from pypinyin import lazy_pinyin
from stdnum.cn import ric, uscc

from data_contracts import load_contracts
from sample_data import generate, names, numbers
from sample_data.edits import Edits
from sample_data.plants import plant
from sample_data.world import Settings, build_world, read_townships

ROOT = Path(generate.__file__).parents[1]
OTHER_COUNTY = pl.DataFrame(
    {
        "township_code": ["110101001", "110101002"],
        "township_name": ["甲镇", "乙乡"],
        "county_name": ["某县"] * 2,
    }
)


def settings(**values) -> Settings:
    base = {**generate.SMALL, "townships": read_townships(ROOT / "sample_data" / "townships.csv", "522728")}
    return Settings(**{**base, **values})


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> Path:
    """A drop in Parquet with another seed than the small one's."""
    folder = tmp_path_factory.mktemp("plain")
    generate.write_drop(settings(seed=7, persons=600, cases=2), folder, "parquet")
    return folder


def read(drop: Path, dataset: str) -> pl.DataFrame:
    frame = pl.concat([pl.read_parquet(p) for p in sorted((drop / "drop" / dataset).glob("*.parquet"))])
    contract = load_contracts()[dataset]
    return frame.rename(dict(zip(frame.columns, [c.name for c in contract.columns], strict=True)))


def test_the_small_drop_in_the_repository_is_what_its_seed_gives(tmp_path):
    generate.write_drop(settings(), tmp_path)
    assert contents(tmp_path / "drop") == contents(ROOT / "sample_data" / "drop")
    assert (tmp_path / "truth.csv").read_bytes() == (ROOT / "sample_data" / "truth.csv").read_bytes()


def test_another_seed_gives_other_people():
    one, two = (build_world(settings(seed=seed)).members["id_number"] for seed in (1, 2))
    assert not set(one) & set(two)


def test_the_small_drop_is_small():
    assert sum(len(content) for content in contents(ROOT / "sample_data" / "drop").values()) < 400_000


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet", "mixed"])
def test_every_format_has_all_datasets(tmp_path, form):
    rows = generate.write_drop(settings(), tmp_path, form)
    assert set(rows) == set(load_contracts())
    assert all(any((tmp_path / "drop" / dataset).iterdir()) for dataset in rows)


def test_every_rule_is_planted():
    planted = set(pl.read_csv(ROOT / "sample_data" / "truth.csv")["rule_id"])
    assert planted == {path.stem for path in (ROOT / "rules").glob("*.sql")}


def test_no_row_is_empty(plain):
    for dataset, contract in load_contracts().items():
        required = [c.name for c in contract.columns if c.required]
        assert read(plain, dataset).filter(pl.all_horizontal(pl.col(required).is_null())).is_empty(), dataset


def test_no_subject_is_expected_twice(plain):
    truth = pl.read_csv(plain / "truth.csv", infer_schema=False)
    assert truth.select("rule_id", "subject_key").is_unique().all()


def test_id_numbers_are_valid_and_different(plain):
    population = read(plain, "population")
    assert all(ric.is_valid(number) for number in population["id_number"])
    assert population["id_number"].is_unique().all()
    ids = population["id_number"]
    assert (ids.str.slice(6, 8) == population["birth_date"].dt.to_string("%Y%m%d")).all()
    assert ((ids.str.slice(16, 1).cast(pl.Int64) % 2 == 1) == (population["sex"] == "男")).all()


def test_credit_codes_are_valid(plain):
    codes = read(plain, "business_licenses")["credit_code"]
    assert codes.is_unique().all()
    assert all(uscc.is_valid(code) for code in codes)


def test_only_planted_id_faults_are_on_the_roll(plain):
    truth = pl.read_csv(plain / "truth.csv", infer_schema=False)
    planted = set(truth.filter(pl.col("rule_id").is_in(["id_format_invalid", "id_excel_truncated"]))["subject_key"])
    roll = read(plain, "benefit_roll")
    faulty = roll.filter(~pl.Series([ric.is_valid(n or "") for n in roll["id_number"]]))
    as_keys = {
        n if n and "E+" not in n else f"{h}:{name}"
        for n, h, name in faulty.select("id_number", "household_id", "name").rows()
    }
    assert as_keys == planted


def test_rolls_are_about_as_large_as_asked():
    members = build_world(settings(persons=5000)).members
    assert 5000 <= len(members) <= 6000


def test_shared_drops_have_nobody_of_the_small_drop(hedui_drops):
    world = build_world(settings())
    own = set(
        pl.concat(
            [getattr(world, part).select("id_number") for part in ("members", "kin", "public", "officials", "extras")]
        )["id_number"]
    )
    theirs = itertools.chain.from_iterable(
        pl.read_csv(path, infer_schema=False)["subject_key"].str.extract_all(r"\d{17}[\dX]").explode()
        for path in hedui_drops.glob("*/truth.csv")
    )
    assert not own & set(theirs)
    populations = [pl.read_parquet(p) for p in hedui_drops.glob("*/inbox/population/*.parquet")]
    for frame in populations:
        for column in frame.columns:
            assert not own & set(frame[column].cast(pl.String).str.to_uppercase())


def test_rare_and_compound_surnames_sound_like_no_other():
    sound = lambda chars: {"".join(lazy_pinyin(c)) for c in chars}  # noqa: E731
    assert not sound(names.FAMILY) & sound(names.RARE)
    assert len(set(names.FAMILY)) == len(names.FAMILY)
    assert not sound(names.RARE) & {lazy_pinyin(c)[0] for c in names.COMPOUND}


def test_id_draw_never_repeats_under_pressure():
    """Of the 500 numbers of one place, day and sex, 400 are used once each."""
    count = 400
    drawn = numbers.draw_id_numbers(
        np.random.default_rng(1),
        np.full(count, 522728),
        np.full(count, np.datetime64("1980-02-29")),
        np.full(count, True),
    )
    assert drawn.is_unique().all()


def test_a_mistyped_number_is_one_digit_off_and_invalid():
    number = str(numbers.id_text(np.array([52272819800229001]))[0])
    wrong = numbers.mistyped(number)
    assert sum(a != b for a, b in zip(number, wrong, strict=True)) == 1
    assert not ric.is_valid(wrong)


def test_edits_remove_change_and_add_in_order():
    frame = pl.DataFrame({"k": ["a", "b", "c"], "v": [1, 2, 3], "day": [date(2021, 1, 1)] * 3})
    edits = Edits()
    edits.remove("t", {"k": "b"})
    edits.change("t", {"k": "a"}, v=9)
    edits.change("t", {"k": "c"}, day=None)
    edits.add("t", k="d", v=4)
    assert edits.apply("t", frame).rows() == [("a", 9, date(2021, 1, 1)), ("c", 3, None), ("d", 4, None)]
    assert edits.apply("t", frame, {"k": "e"}).height == 2


def test_a_roll_too_small_for_the_cases_is_refused(tmp_path):
    with pytest.raises(ValueError, match="--persons"):
        generate.write_drop(settings(persons=60), tmp_path)


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "drop" / "holiday").mkdir(parents=True)
    with pytest.raises(ValueError, match="holiday"):
        generate.write_drop(settings(), tmp_path)
    assert (tmp_path / "drop" / "holiday").exists()


def test_an_unknown_county_is_refused_in_one_line(tmp_path, capsys):
    assert generate.main(["--out", str(tmp_path), "--county", "110101"]) == 2
    assert "110101" in capsys.readouterr().err


@pytest.mark.parametrize("as_of", [date(2020, 2, 29), date(2021, 9, 3), date(2022, 12, 31)])
def test_other_counties_and_dates_hold_every_case(as_of):
    edits = plant(build_world(settings(county="110101", townships=OTHER_COUNTY, as_of=as_of)))
    assert {e.rule_id for e in edits.expected} == {path.stem for path in (ROOT / "rules").glob("*.sql")}
