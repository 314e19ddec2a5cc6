"""Results of unchanged datasets are taken over with their pages; whatever they rest on changes, the dataset is looked at again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from data_contracts import load_contracts
from tests.validate.conftest import AS_OF, Staged
from transforms.validate import unchanged, validate_snapshot
from transforms.validate.unchanged import keep_results, results_that_hold, take_pages

KEYS = {"vehicles": "1", "deaths": "2"}
ROWS = dict.fromkeys(KEYS, 200)


@pytest.fixture
def two() -> Staged:
    staged = Staged()
    for dataset in KEYS:
        staged.add(load_contracts()[dataset])
    return staged


@pytest.fixture
def earlier(two, tmp_path) -> Path:
    result = two.run(out_dir=tmp_path / "1")
    keep_results(tmp_path / "1", result.checks, KEYS, AS_OF)
    return tmp_path / "1"


def test_only_changed_datasets_are_looked_at_again(two, earlier, tmp_path) -> None:
    two.add(load_contracts()["deaths"], death_date="NULL")
    whole = two.run(out_dir=tmp_path / "whole")
    settled = results_that_hold(earlier, {**KEYS, "deaths": "3"}, AS_OF)
    assert list(settled) == ["vehicles"]
    two.con.execute("DROP TABLE stg_vehicles")
    again = validate_snapshot(two.con, two.contracts, ROWS, AS_OF, tmp_path / "2", settled=settled)
    take_pages(earlier, tmp_path / "2", settled)
    assert again == whole
    assert {check.dataset for check in again.checks if not check.success} == {"deaths"}
    pages = sorted(path.name for path in (tmp_path / "whole").iterdir())
    assert pages == ["deaths.html", "index.html", "vehicles.html"]
    assert [(tmp_path / "2" / page).read_text() for page in pages] == [
        (tmp_path / "whole" / page).read_text() for page in pages
    ]


def test_nothing_holds_on_another_day_for_another_version_or_without_its_page(earlier, monkeypatch) -> None:
    assert set(results_that_hold(earlier, KEYS, AS_OF)) == set(KEYS)
    assert results_that_hold(earlier, KEYS, AS_OF + dt.timedelta(days=1)) == {}
    assert results_that_hold(None, KEYS, AS_OF) == results_that_hold(earlier.parent, KEYS, AS_OF) == {}
    (earlier / "deaths.html").unlink()
    assert set(results_that_hold(earlier, KEYS, AS_OF)) == {"vehicles"}
    monkeypatch.setattr(unchanged, "_version", lambda: "another")
    assert results_that_hold(earlier, KEYS, AS_OF) == {}


def test_results_come_back_as_they_were(two, earlier) -> None:
    found = two.run()
    kept = results_that_hold(earlier, KEYS, AS_OF)
    assert [check for dataset in two.contracts for check in kept[dataset]] == found.checks
