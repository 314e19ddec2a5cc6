"""`hedui forms` on a store: which run, which month before, and what it never overwrites."""

from __future__ import annotations

import copy
import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from flows.forms import write_forms
from flows.plan import UsageError
from tests.forms.conftest import build, content
from transforms.publish.store import REMOVED, StoreError

TOWNSHIP = Path("2021-06") / "320681_启东市" / "年检_320681101_北新镇.xlsx"


def publish(store: Path, run_id: str, as_of: str, given: dict[str, Any], started: str = "2021-07-01T02:00:00") -> None:
    """A published run with the tables the forms read."""
    folder = store / "runs" / run_id
    folder.mkdir(parents=True)
    (store / "snapshots" / "s").mkdir(parents=True, exist_ok=True)
    manifest = {
        "run_id": run_id,
        "kind": "nightly",
        "status": "complete",
        "as_of": as_of,
        "started": started,
        "snapshot_id": "s",
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with duckdb.connect(str(folder / "run.duckdb"), config={"threads": 1}) as con:
        build(con, given, dt.date.fromisoformat(as_of))
    (store / "latest.json").write_text(json.dumps({"run_id": run_id, "snapshot_id": "s"}), encoding="utf-8")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with runs as of May, where N1 received 700, and of June."""
    store = tmp_path_factory.mktemp("published")
    may = copy.deepcopy(content())
    for row in may["rows"]["benefit_roll"][:3]:
        row["household_amount"] = 700
    publish(store, "may", "2021-05-31", may)
    publish(store, "june", "2021-06-30", content())
    return store


def month_before(path: Path) -> object:
    sheet: Any = openpyxl.load_workbook(path)["附件1"]
    return next(row[6].value for row in sheet.iter_rows() if row[2].value == "王一")


def test_the_latest_run_against_the_run_of_the_month_before(published: Path, tmp_path: Path) -> None:
    written = write_forms(published, tmp_path, "320681", None)
    assert tmp_path / TOWNSHIP in written and all(path.exists() for path in written)
    assert written.breaks == []
    assert month_before(tmp_path / TOWNSHIP) == 700
    assert not list(tmp_path.glob(".*"))


def test_the_period_chooses_the_run(published: Path, tmp_path: Path) -> None:
    (path,) = [p for p in write_forms(published, tmp_path, None, "2021-05") if p.name.startswith("年检_320681101")]
    assert path.parent.parent.name == "2021-05"
    assert openpyxl.load_workbook(path)["附件1"].cell(4, 6).value == "4月保障人口"


def test_a_month_before_that_retention_has_removed_is_told_from_the_payments(published: Path, tmp_path: Path) -> None:
    store, out = tmp_path / "store", tmp_path / "out"
    shutil.copytree(published, store)
    (store / "runs" / "may" / REMOVED).touch()
    (store / "runs" / "may" / "run.duckdb").unlink()
    write_forms(store, out)
    assert month_before(out / TOWNSHIP) != 700
    with pytest.raises(UsageError, match=r"2021-05 is kept; there are runs as of 2021-06"):
        write_forms(store, out, None, "2021-05")


@pytest.mark.parametrize(
    ("county", "period", "run_id", "said"),
    [
        (None, "2021-04", None, "2021-05, 2021-06"),
        (None, "2021-13", None, "write it as 2021-06"),
        (None, "2021-05", "june", "as of 2021-06-30"),
        ("999999", None, None, "320681 启东市"),
    ],
)
def test_what_the_store_does_not_know_is_wrong_usage(
    county: str | None, period: str | None, run_id: str | None, said: str, published: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=said):
        write_forms(published, tmp_path / "out", county, period, run_id)
    assert not list(tmp_path.rglob("*"))


def test_a_store_without_a_run_says_so(tmp_path: Path) -> None:
    for period in (None, "2021-06"):
        with pytest.raises(StoreError, match="no run has been published"):
            write_forms(tmp_path / "store", tmp_path / "out", None, period)


def test_what_a_person_filled_in_is_never_overwritten(published: Path, tmp_path: Path) -> None:
    write_forms(published, tmp_path)
    write_forms(published, tmp_path)  # untouched files may be written again
    book: Any = openpyxl.load_workbook(tmp_path / TOWNSHIP)
    book["附件4"]["M5"] = "维持"
    book.save(tmp_path / TOWNSHIP)
    kept = (tmp_path / TOWNSHIP).read_bytes()
    with pytest.raises(StoreError, match="have been edited"):
        write_forms(published, tmp_path)
    assert (tmp_path / TOWNSHIP).read_bytes() == kept
    assert not list(tmp_path.glob(".*"))
