"""A process that stages one inbox with little memory and says what became of the rows:  python -m tests.acceptance.staging_probe INBOX WORK"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from data_contracts import load_contracts
from transforms.core.run_database import EngineLimits
from transforms.intake import stop_reader, take_in
from transforms.staging import stage_inbox


def main(inbox: Path, work: Path) -> None:
    """Print rows by outcome, seconds, and the largest resident set, of this process or the readers', in MB."""
    for folder in ("raw", "snapshots", "work"):
        (work / folder).mkdir(parents=True)
    started = time.perf_counter()
    limits = EngineLimits("1GB", 2, work / "spill")
    snapshot = stage_inbox(
        take_in(inbox, work / "raw"), load_contracts(), work / "snapshots", work / "work", limits=limits
    )
    told = [
        {key: file[key] for key in ("dataset", "status", "received", "loaded", "quarantined", "ignored")}
        for file in snapshot.inputs
    ]
    stop_reader()
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    print(json.dumps({"files": told, "seconds": round(time.perf_counter() - started, 1), "peak_mb": round(peak)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
