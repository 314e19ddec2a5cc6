"""Faults on purpose, on a small scale (benchmarks/faults.py does more of the same): whatever happens, the store is whole and says what to do."""

from __future__ import annotations

import errno
import hashlib
import importlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import types
from pathlib import Path

import duckdb
import pytest

from benchmarks import fault_bench, faults
from benchmarks.store_health import problems_of
from flows.failures import FULL, MEMORY, READ_ONLY, advice, unexpected
from tests.flows.command import SAMPLE
from transforms.intake import take_in
from transforms.publish.store import Store

KILLS = {"run": 2, "rerun": 3, "import": 3, "extract": 2}
#: One of each kind; the benchmark has more.
FULL_DISKS = [
    ("run", 0, "store"),
    ("run", 3 * faults.MB, "elsewhere"),
    ("rerun", faults.MB, "elsewhere"),
    ("import", 0, "elsewhere"),
]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk takes root")


@pytest.fixture(scope="module")
def bench(tmp_path_factory) -> fault_bench.Bench:
    """A store with one published run, to do harm to."""
    return fault_bench.Bench(tmp_path_factory.mktemp("faults"), random.Random()).prepare()


def shown(outcome: fault_bench.Outcome) -> str:
    return f"lost {outcome.lost}, doubled {outcome.doubled}, wrong {outcome.wrong}, message {outcome.message}"


@pytest.mark.full
@pytest.mark.parametrize("kind", KILLS)
def test_a_killed_command_loses_and_doubles_nothing(bench, kind):
    outcome = faults.kill_at_random(bench, kind, KILLS[kind])
    assert outcome.ok, shown(outcome)


@pytest.mark.full
@as_root
def test_a_full_disk_is_told_and_harms_nothing(bench):
    outcome = faults.full_disk(bench, FULL_DISKS)
    assert outcome.ok, shown(outcome)
    assert outcome.hit >= 3


@pytest.mark.full
@as_root
def test_a_read_only_store_is_told(bench):
    outcome = faults.read_only_store(bench)
    assert outcome.ok, shown(outcome)


@pytest.mark.full
def test_a_file_that_changes_while_it_is_read_is_rejected(bench):
    outcome = faults.changing_file(bench)
    assert outcome.ok, shown(outcome)


@pytest.mark.full
def test_a_database_that_goes_away_takes_nothing_with_it(bench, program):
    program("PostgreSQL")
    outcome = faults.database_away(bench, 1)
    assert outcome.ok, shown(outcome)


@pytest.mark.full
def test_of_two_nights_one_is_refused_and_reruns_go_on(bench):
    outcome = faults.rivals(bench, 3)
    assert outcome.ok, shown(outcome)


@pytest.mark.full
def test_a_clock_that_goes_backwards_confuses_nothing(bench):
    outcome = faults.clock_backwards(bench)
    assert outcome.ok, shown(outcome)


@pytest.mark.full
def test_a_killed_run_leaves_no_process_behind(bench):
    """Neither Prefect's server nor the validation process outlives the run, though only the main process is killed."""
    process = bench.start(bench.command("run"))
    assert process.stderr is not None
    next(line for line in process.stderr if line.startswith("core …"))
    session = process.pid
    assert _processes_of(session) >= 2
    process.kill()
    process.communicate()
    assert _wait_until_gone(session)


def _processes_of(session: int) -> int:
    listed = subprocess.run(
        ["ps", "-o", "pid=,stat=", "--sid", str(session)], capture_output=True, text=True, check=False
    ).stdout
    return sum(not line.split()[1].startswith("Z") for line in listed.splitlines())


def _wait_until_gone(session: int) -> bool:
    pause = threading.Event()
    return any(_processes_of(session) == 0 or pause.wait(0.2) for _ in range(100)) and _processes_of(session) == 0


def test_a_file_that_grows_as_fast_as_it_is_read_ends(tmp_path, monkeypatch):
    inbox = tmp_path / "inbox"
    (inbox / "deaths").mkdir(parents=True)
    growing = inbox / "deaths" / "上传中.csv"
    growing.write_bytes(b"x" * 4096)

    class Growing:
        """A hash that appends to the file twice what it is given, as long as it is given anything."""

        def __init__(self) -> None:
            self.digest = hashlib.sha256()

        def update(self, block: bytes) -> None:
            assert growing.stat().st_size < 100 << 20, "reading does not end"
            self.digest.update(block)
            with growing.open("ab") as file:
                file.write(b"x" * 2 * (1 << 20))

    module = importlib.import_module("transforms.intake.receive")
    monkeypatch.setattr(module, "hashlib", types.SimpleNamespace(sha256=Growing))
    intake = take_in(inbox, tmp_path / "raw", ["deaths"])
    assert [(n.name, "还在变化" in n.message) for n in intake.notices] == [("deaths/上传中.csv", True)]
    assert [p for p in (tmp_path / "raw").rglob("*") if p.is_file()] == []


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), FULL),
        (OSError(errno.EROFS, "Read-only file system"), READ_ONLY),
        (duckdb.IOException("IO Error: Could not write file: No space left on device"), FULL),
        (duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate data of size 1.0 GiB"), MEMORY),
        (sqlite3.OperationalError("database or disk is full"), FULL),
        (MemoryError(), MEMORY),
        (ValueError("张三 320681193309178894"), None),
    ],
)  # fmt: skip
def test_failures_of_the_machine_come_with_advice(error, told):
    assert advice(error) == told
    outer = RuntimeError("outside")
    outer.__cause__ = error
    assert advice(outer) == told
    assert "张三" not in unexpected(error)


def test_a_reader_without_a_writable_tmp_uses_the_systems(tmp_path):
    store = Store(tmp_path / "store")
    with store.passing("explain") as folder:
        assert folder.parent == Path(tempfile.gettempdir())
    with store.prepare().passing("explain") as folder:
        store.sweep()
        assert list(store.temporary.iterdir()) == [folder]
    assert list(store.temporary.iterdir()) == []


def test_what_cannot_be_named_latest_is_not_published(tmp_path, monkeypatch):
    store = Store(tmp_path / "store").prepare()

    def full(self, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Store, "_write_latest", full)
    with pytest.raises(OSError, match="No space"), store.working("nightly-1") as work:
        (work / "manifest.json").write_text("{}")
        store.publish(work, "nightly-1", "snap", name_latest=True)
    assert list(store.runs.iterdir()) == list(store.temporary.iterdir()) == []
    assert store.latest() is None


def test_work_of_a_rerun_dated_in_the_future_is_not_swept(tmp_path):
    """The clock went back since."""
    store = Store(tmp_path / "store").prepare()
    folder = store.work_dir("rerun-1")
    os.utime(folder, (2**33, 2**33))
    store.sweep()
    assert folder.is_dir()


def test_what_killed_runs_leave_is_swept(tmp_path):
    store = Store(tmp_path / "store").prepare()
    (store.raw / ".incoming").mkdir()
    (store.raw / ".incoming" / "tmpabc").write_text("half a file")
    (store.root / ".latest-1a2b.json").write_text("{")
    (store.snapshots / ".abc.part" / "staged").mkdir(parents=True)
    store.sweep()
    assert [*(store.raw / ".incoming").iterdir(), *store.root.glob(".latest*"), *store.snapshots.iterdir()] == []


@pytest.mark.parametrize("harm", ["latest", "duckdb", "workbook", "snapshot", "raw", "manifest"])
def test_harm_to_a_store_is_seen(published, tmp_path, harm):
    """The judge of the faults above is no fool."""
    store = tmp_path / "store"
    shutil.copytree(published, store, ignore=shutil.ignore_patterns("prefect"))
    assert problems_of(store) == []
    named = json.loads((store / "latest.json").read_text())
    run = store / "runs" / named["run_id"]
    target = {
        "latest": store / "latest.json", "duckdb": run / "run.duckdb", "workbook": next((run / "workbooks").iterdir()), "manifest": run / "manifest.json",
        "snapshot": next((store / "snapshots").rglob("benefit_roll.parquet")), "raw": next((store / "raw").glob("??/*")),
    }[harm]  # fmt: skip
    target.chmod(0o640)
    target.write_bytes(target.read_bytes()[: target.stat().st_size // 2])
    assert problems_of(store) != []


def test_the_sample_drop_is_not_written_to():
    assert not [p for p in SAMPLE.rglob("*") if p.name.startswith((".", "正在上传"))]
