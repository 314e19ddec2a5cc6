"""Who may read a store: its owner and its group, nobody else, whatever the umask of the account."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest

from flows.private_files import keep_files_private
from tests.flows.command import ROOT
from transforms.publish.store import Store


def test_nothing_of_a_store_is_open_to_the_world_and_the_group_reads_it(published):
    """The shared run was started under an open umask."""
    modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in [published, *published.rglob("*")]}
    assert {str(p): oct(mode) for p, mode in modes.items() if mode & 0o027} == {}
    data = {p: mode for p, mode in modes.items() if "prefect" not in p.parts}
    assert {str(p): oct(mode) for p, mode in data.items() if not mode & stat.S_IRGRP} == {}


def test_what_is_received_can_no_longer_be_written(published):
    assert {stat.S_IMODE(p.stat().st_mode) for p in (published / "raw").glob("??/*")} == {0o440}


def test_folders_hand_their_group_on(tmp_path):
    store = Store(tmp_path / "store").prepare()
    assert all(
        folder.stat().st_mode & stat.S_ISGID
        for folder in (store.root, store.raw, store.runs, store.snapshots, store.temporary)
    )


def test_a_folder_that_is_there_keeps_the_mode_it_was_given(tmp_path):
    (tmp_path / "store").mkdir(mode=0o700)
    assert stat.S_IMODE(Store(tmp_path / "store").prepare().root.stat().st_mode) == 0o700


@pytest.mark.parametrize(("before", "after"), [(0o022, 0o027), (0o002, 0o027), (0o077, 0o077), (0, 0o027)])
def test_a_stricter_umask_stays(before, after):
    given = os.umask(before)
    try:
        keep_files_private()
        assert os.umask(0) == after
    finally:
        os.umask(given)


def test_a_rerun_and_what_is_written_elsewhere_are_private_too(published, tmp_path):
    out = tmp_path / "forms"
    loose = "import os, sys; os.umask(0); sys.argv[0] = 'hedui'; from flows.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", loose, "forms", "--store", str(published), "--out", str(out)],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    files = [p for p in out.rglob("*") if p.is_file()]
    assert files
    assert not [p for p in files if p.stat().st_mode & 0o027]
