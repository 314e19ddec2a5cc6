"""A run may die at any moment: latest.json then still names the run before, and the next run starts clean."""

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

from flows.cli import main
from tests.flows.command import ROOT, SAMPLE, SAMPLE_AS_OF, hedui

MOMENTS = ["staging", "core", "rules", "reconcile", "publish"]


def kill_at(stage: str, store) -> int:
    """Start a nightly run and kill it as soon as it announces a stage. Returns its exit status (-9 when killed)."""
    process = subprocess.Popen([sys.executable, "-u", "-m", "flows.cli", "run", "--inbox", SAMPLE, "--store", store, "--as-of", SAMPLE_AS_OF],
                               cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True)  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(f"{stage} …"):
            os.killpg(process.pid, signal.SIGKILL)
            break
    process.stderr.close()
    return process.wait()


@pytest.mark.full
def test_a_killed_run_leaves_the_published_one_and_the_next_completes(published, tmp_path):
    store = tmp_path / "store"
    shutil.copytree(published, store)
    before = (store / "latest.json").read_bytes()
    runs = sorted(p.name for p in (store / "runs").iterdir())
    for stage in MOMENTS:
        assert kill_at(stage, store) == -signal.SIGKILL, stage
        assert (store / "latest.json").read_bytes() == before
        assert sorted(p.name for p in (store / "runs").iterdir()) == runs
    done = hedui("run", "--inbox", SAMPLE, "--store", store, "--as-of", SAMPLE_AS_OF, "--json")
    assert done.status == 0, done.err
    assert json.loads((store / "latest.json").read_text())["run_id"] == done.json["run_id"]
    assert list((store / "tmp").iterdir()) == []


@pytest.mark.full
def test_a_run_that_dies_in_its_first_publication_leaves_no_latest(tmp_path):
    store = tmp_path / "store"
    assert kill_at("publish", store) == -signal.SIGKILL
    assert not (store / "latest.json").exists()
    assert list((store / "runs").iterdir()) == []


def test_ctrl_c_in_the_middle_of_a_query_is_no_fault(published, capsys, monkeypatch):
    def interrupted(*_, **__):
        # What DuckDB raises while a query runs.
        raise RuntimeError("Query interrupted") from KeyboardInterrupt()

    monkeypatch.setattr("flows.listing.list_findings", interrupted)
    monkeypatch.setattr(sys, "argv", ["hedui", "findings", "--store", str(published)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code, capsys.readouterr().err) == (130, "")
