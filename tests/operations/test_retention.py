"""Retention: what is old and unused goes, what is needed or must be accounted for stays."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from flows.listing import explain_finding
from flows.plan import UsageError
from flows.retention import apply_retention, retention_lines
from flows.settings import Settings
from tests.decisions.nightly import SAMPLE, nightly
from tests.decisions.officer import Officer
from transforms.audit import verify
from transforms.publish.store import Store, StoreBusyError, StoreError

LATER = dt.date.today() + dt.timedelta(days=400)

# Three nights a worker.
pytestmark = pytest.mark.full


@pytest.fixture
def store(three_nights, tmp_path) -> Store:
    """A copy of the store of three nights."""
    return Store(shutil.copytree(three_nights, tmp_path / "store"))


@pytest.fixture(scope="module")
def three_nights(tmp_path_factory) -> Path:
    """The first night of an inbox with another roll and other vehicles; the second and third of the sample drop."""
    tmp_path = tmp_path_factory.mktemp("nights")
    inbox = tmp_path / "inbox"
    shutil.copytree(SAMPLE, inbox)
    roll = next(inbox.glob("benefit_roll/低收入*.csv"))
    roll.write_bytes(b"\n".join(roll.read_bytes().splitlines()[:-1]))
    vehicles = next(inbox.glob("vehicles/*.csv"))
    vehicles.write_bytes(b"\n".join(vehicles.read_bytes().splitlines()[:-1]))
    for drop in (inbox, SAMPLE, SAMPLE):
        nightly(tmp_path / "store", drop, Settings())
    return tmp_path / "store"


def runs_in_order(store: Store) -> list[str]:
    order = [store.run_dir().name]
    while previous := store.manifest(order[0])["previous_run_id"]:
        order.insert(0, previous)
    return order


def raw(store: Store) -> set[str]:
    return {p.name[:64] for p in store.raw.glob("??/*")}


def test_raw_files_and_snapshots_go_when_the_latest_run_does_not_use_them(store):
    first, _, last = runs_in_order(store)
    used = {i["sha256"] for i in store.manifest(last)["inputs"]}
    gone = {i["sha256"] for i in store.manifest(first)["inputs"]} - used
    assert len(gone) == 2
    # What reruns kept of both snapshots for single counties.
    for run in (first, last):
        part = store.counties(store.manifest(run)["snapshot_id"]) / "320681-part"
        part.mkdir(parents=True)
        (part / "links.parquet").write_bytes(b"kept")
    report = apply_retention(store.root, 30, None, Settings(), LATER)
    assert (set(report.raw), raw(store)) == (gone, used)
    assert report.snapshots == [store.manifest(first)["snapshot_id"]]
    for folder in (store.snapshots, store.root / "counties"):
        assert [p.name for p in folder.iterdir()] == [store.manifest(last)["snapshot_id"]]
    assert report.bytes > 0
    assert report.runs == []


def test_what_was_used_lately_stays(store):
    before = raw(store)
    report = apply_retention(store.root, 30, 30, Settings(), dt.date.today() + dt.timedelta(days=30))
    assert (report.raw, report.snapshots, report.runs, raw(store)) == ([], [], [], before)


def test_an_old_run_keeps_its_manifest_only_and_those_the_next_night_needs_stay_whole(store, tmp_path):
    first, second, third = runs_in_order(store)
    nightly(store.root, SAMPLE, Settings())
    fourth = store.latest()["run_id"]
    report = apply_retention(store.root, None, 30, Settings(), LATER)
    # The first has the last other roll, the third is what the latest was told against.
    assert report.runs == [second]
    assert sorted(p.name for p in (store.runs / second).iterdir()) == ["manifest.json", "removed.json"]
    assert all((store.runs / run / "run.duckdb").exists() for run in (first, third, fourth))
    assert store.manifest(second)["run_id"] == second
    with pytest.raises(StoreError, match="removed by retention"):
        store.run_dir(second)
    nightly(store.root, SAMPLE, Settings())
    assert apply_retention(store.root, None, 30, Settings(), LATER).runs == [third]


def test_decisions_and_the_trail_stay_and_the_trail_says_what_was_done(store, tmp_path):
    from flows.feedback import decisions_of, import_feedback

    book = Officer(next(store.run_dir().glob("workbooks/*_疑点线索.xlsx")))
    book.answer(book.rows[0], "不属实")
    finding = book.get(book.rows[0], "finding_id")
    assert import_feedback(store.root, [book.save(tmp_path / "报回.xlsx")], Settings()).recorded == 1
    report = apply_retention(store.root, 30, 30, Settings(), LATER)
    assert len(decisions_of(store.root, finding)) == 1
    assert verify(store.root).ok
    entry = json.loads((store.root / "audit" / "audit.jsonl").read_text().splitlines()[-1])
    assert (entry["action"], entry["details"]) == ("retention", report.as_json())


def test_nothing_is_recorded_when_nothing_is_deleted(store):
    apply_retention(store.root, 30, 30, Settings())
    assert not (store.root / "audit").exists()


def test_a_finding_of_an_old_run_is_still_explained_by_its_cleaned_values(store):
    first = runs_in_order(store)[0]
    apply_retention(store.root, 30, None, Settings(), LATER)
    with_rows = Officer(next((store.runs / first).glob("workbooks/*_疑点线索.xlsx")))
    chain = explain_finding(store.root, with_rows.get(with_rows.rows[0], "finding_id"), first)
    assert chain["rows"]
    assert all(row["values"] and "received" not in row for row in chain["rows"])


def test_the_record_comes_first(store, monkeypatch):
    from transforms.audit import AuditError

    def refuse(*_, **__):
        raise AuditError("the trail cannot be written")

    monkeypatch.setattr("flows.retention.record", refuse)
    before = {*store.root.rglob("*"), store.root / ".nightly.lock"}
    with pytest.raises(AuditError):
        apply_retention(store.root, 30, 30, Settings(), LATER)
    assert {*store.root.rglob("*")} == before


def test_not_while_a_night_is_under_way(store):
    with store.nightly_lock(), pytest.raises(StoreBusyError):
        apply_retention(store.root, 30, 30, Settings(), LATER)


@pytest.mark.parametrize(("raw_days", "runs_days"), [(None, None), (0, None), (None, -1), (30, 0)])
def test_how_long_must_be_said(store, raw_days, runs_days):
    with pytest.raises(UsageError):
        apply_retention(store.root, raw_days, runs_days, Settings(), LATER)


def test_the_time_can_come_from_the_settings(store):
    report = apply_retention(store.root, None, None, Settings(raw_days=30), LATER)
    assert (len(report.raw), report.runs) == (2, [])
    assert "原始文件2个" in retention_lines(report)[0]


def test_drawn_samples_go_with_the_runs(store, tmp_path):
    from flows.sample import run_sample

    drawn = Path(run_sample(store.root, Settings(), fraction=0.2, seed=1).out)
    assert apply_retention(store.root, 30, None, Settings(), LATER).samples == []
    assert apply_retention(store.root, None, 30, Settings(), LATER).samples == [drawn.name]
    assert not drawn.exists()
