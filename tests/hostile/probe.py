"""A process of little memory and time that stages one inbox:  python -m tests.hostile.probe INBOX WORK"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from data_contracts import load_contracts
from transforms.core.run_database import EngineLimits
from transforms.intake import stop_reader, take_in
from transforms.staging import stage_inbox

#: What the kernel ends the process at: writable memory, and seconds of processor time.
MEMORY, SECONDS = 3 << 30, 120


def main(inbox: Path, work: Path) -> None:
    """Print what became of each file, what was said meanwhile, and the largest resident set of this process and of its readers in MB."""
    for folder in ("raw", "snapshots", "work"):
        (work / folder).mkdir(parents=True)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    said: list[str] = []
    snapshot = stage_inbox(
        take_in(inbox, work / "raw"), load_contracts(), work / "snapshots", work / "work",
        limits=EngineLimits("1GB", 2, work / "spill"), progress=said.append,
    )  # fmt: skip
    # Only of processes that have ended the kernel tells what they took
    stop_reader()
    peaks = [_peak_kilobytes() >> 10, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10]
    print(json.dumps({"files": snapshot.inputs, "said": said, "peak_mb": peaks, "snapshot": str(snapshot.path)}))


def _peak_kilobytes() -> int:
    """Largest resident set of this program. What getrusage tells of it begins with that of the process it was started from."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
