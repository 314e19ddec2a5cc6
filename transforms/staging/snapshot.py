"""A drop → a snapshot: every dataset staged, written beside and moved into place whole."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Protocol

import duckdb

from data_contracts import Codes, Contract, load_codes
from transforms.intake import Intake, ReceivedFile
from transforms.intake.sql import connect
from transforms.pace import Pace
from transforms.staging.checks import count_checks
from transforms.staging.dataset import DatasetWork, Progress, stage_dataset
from transforms.staging.headings import HeadingIndex
from transforms.staging.model import (
    ACCOUNTING,
    QUARANTINE,
    STAGED,
    FileAccount,
    Snapshot,
    SnapshotFormatError,
    load_snapshot,
    take_file,
)
from transforms.staging.views import staged_views
from transforms.values import register_functions
from transforms.versions import code_hash

Finish = Callable[[duckdb.DuckDBPyConnection, Path, Path | None, Set[str]], object]
"""Adds tables to a snapshot: given a connection with the stg_ views, its folder, an earlier snapshot's, and the datasets other than in that."""


Task = tuple[DatasetWork, Sequence[ReceivedFile]]
# Datasets whose files are no larger are staged beside each other, up to so many of them
SMALL_BYTES, MOST_AT_ONCE = 8 << 20, 4


class Limits(Protocol):
    """What DuckDB may use: memory (text such as '4GB'), threads (None = all cores), and where it spills."""

    @property
    def memory_limit(self) -> str: ...
    @property
    def threads(self) -> int | None: ...
    @property
    def spill(self) -> Path | None: ...


def stage_inbox(  # noqa: PLR0913  a stage's every setting, by name
    received: Intake | Sequence[ReceivedFile],
    contracts: Mapping[str, Contract],
    snapshots: Path,
    work: Path,
    *,
    limits: Limits | None = None,
    progress: Progress = lambda line: None,
    previous: Path | None = None,
    finish: Finish | None = None,
    finish_version: str = "",
    codes: Codes | None = None,
) -> Snapshot:
    """Stage a drop into `snapshots`/<id>: id follows from files, contracts, code; an existing one is reused, unless a file of it could not be read
    for a cause that may have passed.

    work: a folder for temporary files. previous: a snapshot whose datasets of equal key are linked instead of
    staged again. finish: called at the end, to add tables to the snapshot; finish_version tells its versions apart. progress gets lines without values
    of cells.
    Raises AssertionError when rows do not add up, duckdb.Error when a limit is exceeded.
    """
    files, refused = _split(received)
    keys = dataset_keys(files, contracts)
    home, found = _place(snapshots, keys, [finish_version, *(f"{file.file}:{file.reason}" for file in refused)])
    if found:
        return found
    snapshot_id = home.name
    folder = snapshots / f".{snapshot_id}.part"
    shutil.rmtree(folder, ignore_errors=True)
    for part in (STAGED, QUARANTINE):
        (folder / part).mkdir(parents=True)
    scratch = work / f"staging-{snapshot_id}"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    before = _readable(previous)
    index, words = HeadingIndex(contracts), codes or load_codes()
    with connect(limits.spill if limits and limits.spill else scratch / "spill", **_settings(limits)) as con:
        register_functions(con)
        accounts: dict[str, Sequence[FileAccount]] = {}
        tasks = []
        for dataset, contract in contracts.items():
            own = [file for file in files if file.dataset == dataset]
            if before and own and before.keys.get(dataset) == keys[dataset]:
                accounts[dataset] = _link(before, dataset, folder)
                progress(f"  {dataset}: unchanged, {len(own)} files")
            elif own:
                tasks.append((DatasetWork(contract, contracts, index, words, scratch / dataset), own))
        accounts.update(_stage(con, tasks, folder, _at_once(limits), progress))
        listed = [account for dataset in contracts for account in accounts.get(dataset, ())]
        checks = [check for d, contract in contracts.items() for check in count_checks(contract, accounts.get(d, ()))]
        # What may be read another time is not to be taken for this.
        unread = {account.dataset for account in listed if account.may_pass}
        keys |= {dataset: _digest({dataset: keys[dataset]}, snapshot_id) for dataset in unread}
        snapshot = Snapshot(snapshot_id, folder, (*listed, *refused), keys, tuple(checks))
        if finish:
            staged_views(con, snapshot, contracts)
            changed = {d for d in contracts if before is None or before.keys.get(d) != keys.get(d)}
            finish(con, folder, before.path if before else None, changed)
    snapshot.write()
    shutil.rmtree(scratch)
    # Renaming onto a folder another process has finished meanwhile fails; its content is the same.
    try:
        folder.rename(home)
    except OSError:
        if not (home / ACCOUNTING).exists():
            raise
        shutil.rmtree(folder)
    return snapshot.with_path(home)


def _place(snapshots: Path, keys: Mapping[str, str], more: Sequence[str]) -> tuple[Path, Snapshot | None]:
    """Where the snapshot of these datasets belongs, and the snapshot if it is there and no file of it is to be tried again."""
    home = snapshots / _digest(keys, *more)[:16]
    while (home / ACCOUNTING).exists():
        found = load_snapshot(home)
        if not found.to_be_tried_again:
            return home, found
        # A snapshot never changes: the next attempt has a name of its own.
        home = snapshots / _digest(keys, *more, home.name)[:16]
    return home, None


def _stage(
    con: duckdb.DuckDBPyConnection, tasks: Sequence[Task], folder: Path, at_once: int, progress: Progress
) -> Iterator[tuple[str, list[FileAccount]]]:
    """Stage datasets, first the small ones, several at once: reading and planning one of them keeps one core busy. Large ones have all cores."""
    pace = Pace(sum(map(_size, tasks)))

    def stage(task: Task) -> list[FileAccount]:
        work, own = task
        progress(f"  staging {work.contract.dataset}, {len(own)} files of {_size(task) / 1e6:,.1f} MB ({pace})")
        with con.cursor() as cursor:
            return stage_dataset(cursor, own, work, folder, progress)

    small = [task for task in tasks if _size(task) <= SMALL_BYTES]
    large = [task for task in tasks if _size(task) > SMALL_BYTES]
    with ThreadPoolExecutor(at_once) as pool:
        for task, found in zip((*small, *large), chain(pool.map(stage, small), map(stage, large)), strict=True):
            pace.add(_size(task), sum(file.received for file in found))
            yield task[0].contract.dataset, found


def _size(task: Task) -> int:
    return sum(file.size for file in task[1])


def _at_once(limits: Limits | None) -> int:
    return min((limits.threads if limits else None) or os.cpu_count() or 1, MOST_AT_ONCE)


def dataset_keys(files: Sequence[ReceivedFile], contracts: Mapping[str, Contract]) -> dict[str, str]:
    """Dataset with a file → hash of its files' names and contents, the contracts and the staging code.

    Of all contracts: their headings tell whether a file is of another dataset than its folder says.
    """
    keys = {}
    told_apart_by = _digest({dataset: contract.content_hash for dataset, contract in contracts.items()})
    for dataset in contracts:
        own = sorted((file.name, file.sha256) for file in files if file.dataset == dataset)
        if own:
            keys[dataset] = _digest(dict(own), told_apart_by, code_version())
    return keys


@cache
def code_version() -> str:
    """Hash of the code that reads and cleans files: other code may give other rows."""
    return code_hash("transforms/values", "transforms/intake", "transforms/staging")


def _readable(previous: Path | None) -> Snapshot | None:
    """An earlier snapshot to take datasets over from; None when there is none or another version wrote it."""
    if previous is None or not (previous / ACCOUNTING).exists():
        return None
    try:
        return load_snapshot(previous)
    except SnapshotFormatError:
        return None


def _split(received: Intake | Sequence[ReceivedFile]) -> tuple[list[ReceivedFile], list[FileAccount]]:
    """Files in name order, and accounts of what lay in the inbox and could not be taken in."""
    if not isinstance(received, Intake):
        return sorted(received, key=lambda file: (file.dataset, file.name)), []
    refused = [
        FileAccount(notice.name.split("/")[0], notice.name, 0, "", "rejected", notice.message)
        for notice in received.notices
        if notice.rejected
    ]
    return sorted(received.files, key=lambda file: (file.dataset, file.name)), refused


def _link(before: Snapshot, dataset: str, folder: Path) -> tuple[FileAccount, ...]:
    """Take a dataset over from an earlier snapshot: the same files under another name. What was refused then is not: it is told of this drop anew."""
    for part in (STAGED, QUARANTINE):
        source = before.path / part / f"{dataset}.parquet"
        if source.exists():
            take_file(source, folder / part / source.name)
    return tuple(account for account in before.of(dataset) if account.sha256)


def _settings(limits: Limits | None) -> dict[str, str | int]:
    settings: dict[str, str | int] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        # As in open_database: merging row groups of what was just linked costs more than it saves.
        "max_vacuum_tasks": "0",
    }
    if limits:
        settings["memory_limit"] = limits.memory_limit
        if limits.threads:
            settings["threads"] = limits.threads
    return settings


def _digest(mapping: Mapping[str, str], *more: str) -> str:
    lines: Iterable[str] = [*(f"{key}={value}" for key, value in sorted(mapping.items())), *more]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
