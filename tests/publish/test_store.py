"""The store: a run is there whole or not at all."""

import json

import pytest

from transforms.publish.store import Store, StoreError, new_run_id


@pytest.fixture
def prepared(tmp_path):
    return Store(tmp_path / "store").prepare()


def finished(store, run_id):
    work = store.work_dir(run_id)
    (work / "manifest.json").write_text(json.dumps({"run_id": run_id}))
    return work


def test_nothing_is_latest_before_the_first_run(prepared):
    assert prepared.latest() is None
    with pytest.raises(StoreError, match="hedui run"):
        prepared.run_dir()


def test_publishing_names_the_run_last(prepared):
    work = finished(prepared, "nightly-1")
    target = prepared.publish(work, "nightly-1", "snap", name_latest=True)
    assert prepared.latest() == {"run_id": "nightly-1", "snapshot_id": "snap"}
    assert prepared.run_dir() == target
    assert not work.exists()


def test_a_rerun_does_not_become_latest(prepared):
    prepared.publish(finished(prepared, "nightly-1"), "nightly-1", "snap", name_latest=True)
    prepared.publish(finished(prepared, "rerun-1"), "rerun-1", "snap", name_latest=False)
    assert prepared.latest()["run_id"] == "nightly-1"
    assert prepared.run_dir("rerun-1").name == "rerun-1"


def test_one_nightly_run_at_a_time(prepared):
    with (
        prepared.nightly_lock(),
        pytest.raises(StoreError, match="another nightly run"),
        prepared.nightly_lock(),
    ):
        pass
    with prepared.nightly_lock():
        pass


def test_sweeping_removes_what_dead_runs_left_but_not_a_fresh_rerun(prepared):
    prepared.work_dir("nightly-dead")
    prepared.work_dir("rerun-alive")
    prepared.sweep()
    assert [p.name for p in prepared.temporary.iterdir()] == ["rerun-alive"]


def test_a_store_that_cannot_be_made_says_what_to_check(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        Store(tmp_path / "file" / "store").prepare()


def test_run_ids_never_repeat():
    assert len({new_run_id("nightly") for _ in range(200)}) == 200
