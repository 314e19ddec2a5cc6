"""`hedui retention`: delete received files, snapshots and published lists once they are no longer needed; keep decisions, trail and manifests."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from flows.plan import UsageError
from flows.settings import Settings
from transforms import china_time
from transforms.audit import record
from transforms.publish.store import REMOVED, Store

KEPT_OF_A_RUN = ("manifest.json", REMOVED)


@dataclass(frozen=True)
class RetentionReport:
    """What was deleted. raw: SHA-256 of received files; snapshots, runs: ids; samples: folder names; bytes: what it freed."""

    raw_days: int | None
    runs_days: int | None
    raw: list[str] = field(default_factory=list)
    snapshots: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)
    bytes: int = 0

    def as_json(self) -> dict[str, Any]:
        """One plain object."""
        return asdict(self)


@dataclass(frozen=True)
class _Run:
    """What a manifest says of a run, and when it ended."""

    id: str
    kind: str
    ended: dt.date
    snapshot_id: str
    previous: str | None
    roll: str | None
    files: frozenset[str]


def apply_retention(
    store_root: Path, raw_days: int | None, runs_days: int | None, settings: Settings, today: dt.date | None = None
) -> RetentionReport:
    """Delete what was last used longer ago than the days given (settings where not given) and record it in the audit trail.

    raw_days: received files and snapshots, unless the latest run uses them. runs_days: everything of a run but its manifest, unless the
    latest run is or the next one will be told against it; and drawn samples. Nothing runs meanwhile: raises StoreBusyError when a nightly run is under way,
    StoreError without a store, UsageError when neither number is given or one is below 1, AuditError when it cannot be recorded: then nothing
    is deleted.
    """
    raw_days = settings.raw_days if raw_days is None else raw_days
    runs_days = settings.runs_days if runs_days is None else runs_days
    if raw_days is None and runs_days is None:
        raise UsageError("say how long: --raw-days N, --runs-days N or both (or HEDUI_RAW_DAYS, HEDUI_RUNS_DAYS)")
    if any(days is not None and days < 1 for days in (raw_days, runs_days)):
        raise UsageError("--raw-days and --runs-days are whole days, 1 or more")
    store, day = Store(store_root.resolve()), today or china_time.today()
    store.run_dir()
    with store.nightly_lock():
        runs = {run.id: run for run in _runs(store)}
        latest = store.latest() or {}
        doomed = [*_old_raw(store, runs, latest, day, raw_days), *_old_runs(store, runs, latest, day, runs_days)]
        report = _report(raw_days, runs_days, doomed)
        if doomed:
            # Before, not after: what is deleted without a record cannot be accounted for.
            record(store.root, "retention", report.as_json())
            for kind, path in doomed:
                _delete(kind, path, day)
    return report


def _runs(store: Store) -> Iterator[_Run]:
    for path in sorted(store.runs.glob("*/manifest.json")):
        said = json.loads(path.read_text(encoding="utf-8"))
        yield _Run(said["run_id"], said["kind"], dt.datetime.fromisoformat(said["finished"]).date(), str(said["snapshot_id"]), said["previous_run_id"],
                   said.get("datasets", {}).get("benefit_roll"), frozenset(i["sha256"] for i in said["inputs"] if i["sha256"]))  # fmt: skip


def _old_raw(
    store: Store, runs: dict[str, _Run], latest: dict[str, str], day: dt.date, days: int | None
) -> Iterator[tuple[str, Path]]:
    if days is None:
        return
    used = runs[latest["run_id"]]
    for path in sorted(store.raw.glob("??/*")):
        sha256 = path.name[:64]
        ends = [run.ended for run in runs.values() if sha256 in run.files]
        if sha256 not in used.files and _is_old(path, ends, day, days):
            yield "raw", path
    for path in sorted(p for p in store.snapshots.iterdir() if not p.name.startswith(".")):
        ends = [run.ended for run in runs.values() if run.snapshot_id == path.name]
        if path.name != latest["snapshot_id"] and _is_old(path, ends, day, days):
            yield "snapshots", path


def _old_runs(
    store: Store, runs: dict[str, _Run], latest: dict[str, str], day: dt.date, days: int | None
) -> Iterator[tuple[str, Path]]:
    if days is None:
        return
    needed = _needed_runs(runs, latest["run_id"])
    for run in runs.values():
        if run.id not in needed and store.keeps(run.id) and (day - run.ended).days > days:
            yield "runs", store.runs / run.id
    samples = store.root / "samples"
    for path in sorted(samples.iterdir()) if samples.is_dir() else ():
        if _is_old(path, [], day, days):
            yield "samples", path


def _needed_runs(runs: dict[str, _Run], latest: str) -> set[str]:
    """The latest run, the run it was told against, and the last one before with another roll (the movement table)."""
    needed = {latest}
    roll, run = runs[latest].roll, runs.get(runs[latest].previous or "")
    if run:
        needed.add(run.id)
    while run and run.roll == roll:
        run = runs.get(run.previous or "")
    return needed | ({run.id} if run else set())


def _is_old(path: Path, ends: list[dt.date], day: dt.date, days: int) -> bool:
    last_used = max(ends, default=dt.date.fromtimestamp(path.stat().st_mtime))
    return (day - last_used).days > days


def _report(raw_days: int | None, runs_days: int | None, doomed: list[tuple[str, Path]]) -> RetentionReport:
    named: dict[str, list[str]] = {"raw": [], "snapshots": [], "runs": [], "samples": []}
    for kind, path in doomed:
        named[kind].append(path.name[:64] if kind == "raw" else path.name)
    return RetentionReport(raw_days, runs_days, **named, bytes=sum(_size(kind, path) for kind, path in doomed))


def _size(kind: str, path: Path) -> int:
    folders = (path, _of_counties(path)) if kind == "snapshots" else (path,)
    files = [path] if path.is_file() else [p for folder in folders for p in folder.rglob("*") if p.is_file()]
    # Snapshots share the files of datasets that did not change: those go with their last name.
    return sum(
        p.stat().st_size for p in files if p.stat().st_nlink == 1 and not (kind == "runs" and p.name in KEPT_OF_A_RUN)
    )


def _delete(kind: str, path: Path, day: dt.date) -> None:
    if kind == "raw":
        path.unlink()
    elif kind == "runs":
        # The mark first: a run half deleted must not be taken for whole.
        (path / REMOVED).write_text(json.dumps({"removed": day.isoformat()}), encoding="utf-8")
        for part in path.iterdir():
            if part.name not in KEPT_OF_A_RUN:
                shutil.rmtree(part) if part.is_dir() else part.unlink()
    else:
        # Out of sight in one step; the next night sweeps what is left of it.
        if kind == "snapshots":
            shutil.rmtree(_of_counties(path), ignore_errors=True)
        hidden = path.rename(path.with_name(f".{path.name}.part"))
        shutil.rmtree(hidden)


def _of_counties(snapshot: Path) -> Path:
    return Store(snapshot.parents[1]).counties(snapshot.name)


def retention_lines(report: RetentionReport) -> list[str]:
    """The report as lines for a person."""
    return [f"已删除：原始文件{len(report.raw)}个、快照{len(report.snapshots)}个、批次内容{len(report.runs)}个、抽查名单{len(report.samples)}份，"
            f"共{report.bytes / 1024 / 1024:.1f}MB；核查结果、审计记录和各批次说明（manifest.json）均保留。"]  # fmt: skip
