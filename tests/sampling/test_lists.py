"""The command's lists: one workbook per township, the seed printed, the same bytes for the same draw."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from flows.plan import UsageError
from flows.sample import run_sample, sample_lines
from flows.settings import Settings
from tests.decisions.nightly import sample_store

SETTINGS = Settings(database_url=None)
MARKED = "大坪村"  # 整村必查 in the sample drop


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    """A copy of the sample's store: lists are drawn into it."""
    return Path(shutil.copytree(sample_store(tmp_path_factory), tmp_path_factory.mktemp("sampled") / "store"))


def texts(path: str, sheet: str) -> list[tuple]:
    rows = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
    return [tuple(v for v in row if v is not None) for row in rows]


def test_the_list_says_how_it_was_drawn_and_whom_to_visit(store, tmp_path):
    report = run_sample(store, SETTINGS, seed=20211008, out=tmp_path)
    assert [t["township_code"] for t in report.townships] == ["522728001", "522728108", "522728219"]
    town = report.townships[0]
    said = dict(row for row in texts(town["file"], "抽查说明") if len(row) == 2)
    assert said["随机种子"] == "20211008"
    assert said["批次号"] == report.run_id
    assert "30.00%" in said["抽查比例"], "the region's parameter"
    rows = [r for r in texts(town["file"], "抽查名单") if isinstance(r[0], int)]
    assert len(rows) == town["households"]
    assert all("整村必查" in r for r in rows if r[1] == MARKED)
    assert MARKED in {r[1] for r in rows}
    assert all(c["share"] >= 0.3 for t in report.townships for c in t["coverage"])
    assert not any("522728" in line.split("：")[1] for line in sample_lines(report)[1:]), (
        "no household in what is printed"
    )


@pytest.mark.parametrize("more", [{}, {"whole_village": True, "include_unflagged": True, "fraction": 0.1}])
def test_equal_draws_give_equal_bytes(store, tmp_path, more):
    first, second = (run_sample(store, SETTINGS, seed=7, out=tmp_path / name, **more) for name in ("a", "b"))
    for one, other in zip(first.townships, second.townships, strict=True):
        assert Path(one["file"]).read_bytes() == Path(other["file"]).read_bytes()


def test_without_a_seed_one_is_drawn_that_gives_the_list_again(store):
    report = run_sample(store, SETTINGS)
    assert report.out.parent == store / "samples"
    again = run_sample(store, SETTINGS, seed=report.seed)
    assert again.townships == report.townships
    assert run_sample(store, SETTINGS).seed != report.seed


@pytest.mark.parametrize("wrong", [{"fraction": 0}, {"fraction": 1.2}, {"fraction": -0.1}, {"seed": -1}])
def test_wrong_usage(store, wrong):
    with pytest.raises(UsageError):
        run_sample(store, SETTINGS, **wrong)
