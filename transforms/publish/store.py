"""The store on disk. A run is written beside the others, moved into place whole, and only then named by latest.json."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DIRECTORY_MODE = 0o2750
#: In the folder of a run of which retention has left only the manifest.
REMOVED = "removed.json"
STALE_SECONDS = 24 * 3600


class StoreError(RuntimeError):
    """The store cannot be used as asked; the message says what was found and what to do."""


class StoreBusyError(StoreError):
    """Another process holds the store; this passes."""


@dataclass(frozen=True)
class Store:
    """Paths of one store and the few operations that must be atomic."""

    root: Path

    @property
    def raw(self) -> Path:
        return self.root / "raw"

    @property
    def snapshots(self) -> Path:
        return self.root / "snapshots"

    def counties(self, snapshot_id: str) -> Path:
        """Where reruns keep what single counties need of a snapshot (transforms.core.scope); it goes with the snapshot."""
        return self.root / "counties" / snapshot_id

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def temporary(self) -> Path:
        return self.root / "tmp"

    @property
    def prefect_home(self) -> Path:
        return self.root / "prefect"

    def prepare(self) -> Store:
        """Create the store's folders. Raises StoreError when they cannot be written."""
        try:
            for folder in (self.root, self.raw, self.snapshots, self.runs, self.temporary):
                _make_private(folder)
            probe = self.temporary / f".probe-{secrets.token_hex(4)}"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise StoreError(
                f"the store {self.root} cannot be written ({error.strerror}); check its owner, mode and free space"
            ) from error
        return self

    def latest(self) -> dict[str, str] | None:
        """What latest.json names (run_id, snapshot_id), or None before the first published run."""
        path = self.root / "latest.json"
        if not path.exists():
            return None
        return dict(json.loads(path.read_text(encoding="utf-8")))

    def run_dir(self, run_id: str | None = None) -> Path:
        """The folder of a run, the latest when none is named. Raises StoreError when there is none, or retention has emptied it."""
        folder = self._folder_of(run_id)
        if not self.keeps(folder.name):
            raise StoreError(
                f"what run {folder.name} published was removed by retention; its manifest and all decisions remain"
            )
        return folder

    def nightly_dir(self, run_id: str | None = None) -> Path:
        """As run_dir, of a run that says something of every township. Raises StoreError for a rerun, too."""
        folder = self.run_dir(run_id)
        if self.manifest(folder.name)["kind"] != "nightly":
            raise StoreError(
                f"run {folder.name} is a rerun: a trial that holds one township and a part of its neighbours; name a nightly "
                "run, or leave --run out for the latest"
            )
        return folder

    def whole_run_dir(self, run_id: str | None = None) -> Path:
        """As nightly_dir, of a run whose snapshot is there, too. Raises StoreError."""
        folder = self.nightly_dir(run_id)
        if not self.has_rows(folder.name):
            raise StoreError(f"the rows run {folder.name} was made from were removed by retention; name a later run")
        return folder

    def _folder_of(self, run_id: str | None) -> Path:
        if run_id is None:
            named = self.latest()
            if named is None:
                raise StoreError(
                    f"no run has been published in {self.root}; run `hedui run --inbox DIR --store {self.root}` first"
                )
            run_id = named["run_id"]
        folder = self.runs / run_id
        if not (folder / "manifest.json").exists():
            raise StoreError(f"the store {self.root} has no run {run_id}")
        return folder

    def knows(self, run_id: str) -> bool:
        """Whether a run of this id was published here; a decision may name one of another store."""
        return (self.runs / run_id / "manifest.json").exists()

    def keeps(self, run_id: str) -> bool:
        """Whether what a run published is still there; of others retention has left the manifest."""
        return self.knows(run_id) and not (self.runs / run_id / REMOVED).exists()

    def has_rows(self, run_id: str) -> bool:
        """Whether the snapshot a run was made from is still there."""
        return (self.snapshots / str(self.manifest(run_id)["snapshot_id"])).is_dir()

    def manifest(self, run_id: str | None = None) -> dict[str, Any]:
        """manifest.json of a run, the latest when none is named."""
        return dict(json.loads((self._folder_of(run_id) / "manifest.json").read_text(encoding="utf-8")))

    def work_dir(self, run_id: str) -> Path:
        """A new folder beside the published runs, on the same file system, for one run to be written in."""
        folder = self.temporary / run_id
        folder.mkdir(mode=DIRECTORY_MODE)
        return folder

    @contextlib.contextmanager
    def working(self, run_id: str) -> Iterator[Path]:
        """work_dir for as long as a run lasts: what it leaves there without publishing is removed, it holds people's data."""
        folder = self.work_dir(run_id)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextlib.contextmanager
    def passing(self, reader: str) -> Iterator[Path]:
        """A folder for a reader's passing files, in tmp/ or, where that is missing or not to be written, the system's. A night's sweep
        spares it as it does a rerun's."""
        here = self.temporary if self.temporary.is_dir() and os.access(self.temporary, os.W_OK) else None
        with tempfile.TemporaryDirectory(dir=here, prefix=f"rerun-{reader}-") as folder:
            yield Path(folder)

    def publish(self, work: Path, run_id: str, snapshot_id: str, *, name_latest: bool) -> Path:
        """Move a finished run into place and, for a nightly run, name it in latest.json last of all."""
        target = self.runs / run_id
        for path in (*work.rglob("*"), work):
            _flush(path)
        work.rename(target)
        try:
            _flush(self.runs)
            if name_latest:
                self._write_latest({"run_id": run_id, "snapshot_id": snapshot_id})
        except OSError:
            # Not named, not published: a run nobody is told of must not lie among the others.
            target.rename(work)
            raise
        return target

    def _write_latest(self, content: dict[str, str]) -> None:
        beside = self.root / f".latest-{secrets.token_hex(4)}.json"
        try:
            beside.write_text(json.dumps(content), encoding="utf-8")
            _flush(beside)
            beside.replace(self.root / "latest.json")
        finally:
            beside.unlink(missing_ok=True)
        _flush(self.root)

    @contextlib.contextmanager
    def nightly_lock(self) -> Iterator[None]:
        """One nightly run per store at a time; released by the system when the process dies. Raises StoreBusyError when another holds it."""
        with (self.root / ".nightly.lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StoreBusyError(
                    f"another nightly run is under way in {self.root}; wait for it or stop it first"
                ) from None
            yield

    def sweep(self) -> None:
        """Remove what dead runs left in tmp/: with the nightly lock held, anything but the work of reruns still fresh."""
        for left in self.temporary.iterdir():
            if left.name.startswith("rerun-") and time.time() - left.stat().st_mtime < STALE_SECONDS:
                continue
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
        for part in (
            *self.snapshots.glob(".*.part"),
            *(self.root / "samples").glob(".*.part"),
            *self.root.glob(".latest-*.json"),
            *(self.raw / ".incoming").glob("*"),
        ):
            shutil.rmtree(part, ignore_errors=True) if part.is_dir() else part.unlink(missing_ok=True)


def _make_private(folder: Path) -> None:
    """A folder for the service and its group; what is made in it takes its group. One that is there keeps the mode it was given."""
    if folder.is_dir():
        return
    folder.mkdir(parents=True, mode=DIRECTORY_MODE)
    folder.chmod(DIRECTORY_MODE)


def new_run_id(kind: str) -> str:
    """`nightly-20210630T020000-1a2b3c`: readable, sortable, unique even when the clock goes backwards."""
    return f"{kind}-{time.strftime('%Y%m%dT%H%M%S')}-{secrets.token_hex(3)}"


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
