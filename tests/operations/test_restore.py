"""Restore from backup, rehearsed as docs/operations.md says: a copy taken while the store is in use, the store lost, the copy put back."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from benchmarks.store_health import decisions_in, problems_of
from flows.feedback import decisions_of, import_feedback
from flows.forms import write_forms
from flows.listing import explain_finding
from flows.sample import run_sample
from flows.settings import Settings
from tests.decisions.nightly import SAMPLE, nightly, sample_store
from tests.decisions.officer import Officer
from transforms.audit import record, verify
from transforms.core.run_database import EngineLimits, open_published
from transforms.publish.store import Store, StoreError

SETTINGS = Settings(database_url=None)


def back_up(store: Path, copy: Path) -> None:
    """What the page's four commands do."""
    copy.mkdir()
    with closing(sqlite3.connect(store / "decisions.db")) as used, closing(sqlite3.connect(copy / "kept.db")) as kept:
        used.backup(kept)
    named = (store / "latest.json").read_bytes()
    left_out = shutil.ignore_patterns("tmp", "prefect", "decisions.db*", "latest.json")
    shutil.copytree(store, copy / "store", ignore=left_out)
    (copy / "store" / "latest.json").write_bytes(named)
    (copy / "kept.db").rename(copy / "store" / "decisions.db")


@pytest.fixture
def restored(tmp_path_factory, tmp_path):
    """A store that was lost and restored, a workbook filled in before and one filled in after the copy was taken, and what was answered."""
    store = tmp_path / "store"
    shutil.copytree(sample_store(tmp_path_factory), store)
    first, second = sorted(Store(store).run_dir().glob("workbooks/*_疑点线索.xlsx"))[:2]
    book = Officer(first)
    book.answer(book.rows[0], "不属实")
    finding = book.get(book.rows[0], "finding_id")
    before = book.save(tmp_path / "报回前.xlsx")
    assert import_feedback(store, [before], SETTINGS).recorded == 1
    record(store, "import", {"recorded": 1})
    late = Officer(second)
    late.answer(late.rows[0], "属实")
    after = late.save(tmp_path / "报回后.xlsx")
    # Somebody reads while the copy is taken, and a run is being written.
    (store / "tmp" / "nightly-under-way").mkdir()
    with closing(sqlite3.connect(store / "decisions.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM decision").fetchall()
        back_up(store, tmp_path / "backup")
    shutil.rmtree(store)
    shutil.copytree(tmp_path / "backup" / "store", store)
    return store, before, after, finding


def test_a_store_restored_elsewhere_is_read_where_it_lies(published, tmp_path):
    store = Store(shutil.copytree(published, tmp_path / "here's [1]"))
    staged = store.snapshots / store.manifest()["snapshot_id"] / "staged" / "disability_register.parquet"
    pl.read_parquet(staged, glob=False).head(1).write_parquet(staged)
    with open_published(store.run_dir(), EngineLimits()) as con:
        for view in ("stg_disability_register", "link_disability_register", "core_card"):
            assert con.execute(f"SELECT count(*) FROM {view}").fetchall() == [(1,)], view
        assert con.execute("SELECT count(*) FROM links").fetchall() != [(0,)]


def test_forms_and_spot_checks_say_when_what_they_read_was_removed(published, tmp_path):
    store = Store(shutil.copytree(published, tmp_path / "store"))
    shutil.rmtree(store.snapshots / store.manifest()["snapshot_id"])
    for ask in (lambda: write_forms(store.root, tmp_path / "out"), lambda: run_sample(store.root, SETTINGS)):
        with pytest.raises(StoreError, match="removed by retention"):
            ask()


@pytest.mark.full
def test_a_restored_store_explains_takes_answers_and_goes_on(restored):
    store, before, after, finding = restored
    assert problems_of(store) == []
    assert verify(store).ok
    assert len(decisions_of(store, finding, SETTINGS)) == 1
    chain = explain_finding(store, finding, None)
    assert chain["rows"]
    assert all("received" in row for row in chain["rows"])

    # Nothing is doubled by importing what had been imported, and what came later is taken.
    again = import_feedback(store, [before, after], SETTINGS)
    assert (again.recorded, again.as_json()["known"]) == (1, 1)
    assert set(decisions_in(store).values()) == {1}

    restored_run = Store(store).manifest()
    run_dir = nightly(store, SAMPLE, SETTINGS)
    manifest = Store(store).manifest()
    assert (manifest["previous_run_id"], manifest["snapshot_id"]) == (
        restored_run["run_id"],
        restored_run["snapshot_id"],
    )
    states = pl.read_parquet(run_dir / "suspects.parquet", columns=["finding_id", "state"])
    assert set(states["state"]) == {"continuing", "decided"}
    assert states.filter(pl.col("finding_id") == finding)["state"].to_list() == ["decided"]
