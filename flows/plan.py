"""What one run is asked to do, and the report each stage gives."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

Progress = Callable[[str], None]


class RunError(RuntimeError):
    """The run cannot go on and publishes nothing; the message says why and what to do."""


class UsageError(RunError):
    """The command was asked for something that does not exist: wrong usage, exit status 2."""


def describe(error: BaseException) -> str:
    """An unexpected error without its text, which may quote a cell: its type and where it came from."""
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    place = f" at {Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else ""
    return f"{type(error).__name__}{place}"


@dataclass(frozen=True)
class RunPlan:
    """One run. kind is nightly or rerun; township, rule_ids and overrides narrow or change a rerun only."""

    store: Path
    run_id: str
    as_of: dt.date
    kind: str = "nightly"
    inbox: Path | None = None
    snapshot_id: str | None = None
    previous_run_id: str | None = None
    township: str | None = None
    rule_ids: tuple[str, ...] = ()
    overrides: dict[str, str] = field(default_factory=dict)
    started: str = ""
    rejected: dict[str, str] = field(default_factory=dict)
    """Datasets whose contract checks failed as a whole, with why: they are not used."""

    @property
    def work(self) -> Path:
        """The folder this run is written in before it is published."""
        return self.store / "tmp" / self.run_id


@dataclass
class StageReport:
    """How long one stage took and how many rows it gave."""

    name: str
    seconds: float = 0.0
    rows: int = 0


@contextmanager
def timed(name: str, progress: Progress) -> Iterator[StageReport]:
    """Announce a stage, time it, and say what it gave."""
    report = StageReport(name)
    progress(f"{name} …")
    started = time.perf_counter()
    yield report
    report.seconds = round(time.perf_counter() - started, 3)
    progress(f"{name}: {report.rows:,} rows, {report.seconds:.1f} s")
