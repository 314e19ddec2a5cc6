"""A command as a process of its own: its wall time, the CPU time and the peak memory of it and everything it starts."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
SET_CHILD_SUBREAPER = 36
FORGET_MOST = "5"
POLL_SECONDS = 0.1
# Telling the memory of 5 GB takes the kernel a twentieth of a second in which the process may wait: looking may not slow what is looked at.
SECONDS_PER_GIB = 0.25
LINGER_SECONDS = 30


@dataclass(frozen=True)
class Measured:
    """wall and cpu in seconds, peak_bytes of the process tree (shared pages count once), exit status, standard output."""

    wall: float
    cpu: float
    peak_bytes: int
    exit_status: int
    output: str

    def as_dict(self) -> dict[str, float | int]:
        """For the results file."""
        return {
            "wall_s": round(self.wall, 2),
            "cpu_s": round(self.cpu, 2),
            "peak_mib": round(self.peak_bytes / 2**20),
            "exit": self.exit_status,
        }


def measure(command: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None) -> Measured:
    """Run the command and wait for it and for what it leaves behind (a server that is shutting down).

    Linux only: reads /proc, and takes over orphans so that their CPU time counts too.
    """
    ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = _children_cpu()
    peak = _Peak()
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        process = subprocess.Popen(list(command), cwd=cwd, env={**os.environ, **(env or {})}, stdout=output)
        watcher = threading.Thread(target=peak.watch, args=(process.pid,), daemon=True)
        watcher.start()
        status = process.wait()
        wall = time.perf_counter() - started
        peak.stop()
        watcher.join()
        _reap_orphans()
        output.seek(0)
        return Measured(wall, _children_cpu() - before, peak.bytes, status, output.read())


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _reap_orphans() -> None:
    deadline = time.monotonic() + LINGER_SECONDS
    while time.monotonic() < deadline:
        try:
            found, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not found:
            time.sleep(POLL_SECONDS)


class _Peak:
    """The largest memory a process tree was seen with."""

    def __init__(self) -> None:
        self.bytes = 0
        self._done = threading.Event()

    def stop(self) -> None:
        self._done.set()

    def watch(self, root: int) -> None:
        wait = POLL_SECONDS
        while not self._done.wait(wait):
            now = sum(_memory(pid) for pid in _tree(root))
            self.bytes = max(self.bytes, now)
            wait = max(POLL_SECONDS, now / 2**30 * SECONDS_PER_GIB)


def _tree(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            # The second field is the name in brackets, which may hold anything.
            children.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry.name))
    found = [root]
    for pid in found:
        found.extend(children.get(pid, []))
    return found


def _memory(pid: int) -> int:
    """Its proportional set, and how much more it had at the most since it was last asked (which the kernel keeps at no cost)."""
    process = PROC / str(pid)
    try:
        proportional = _kilobytes(process / "smaps_rollup", "Pss")
        resident, most = (_kilobytes(process / "status", field) for field in ("VmRSS", "VmHWM"))
        (process / "clear_refs").write_text(FORGET_MOST)
    except OSError:
        return 0
    return (proportional + max(0, most - resident)) * 1024


def _kilobytes(path: Path, field: str) -> int:
    lines = path.read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{field}:")), 0)
