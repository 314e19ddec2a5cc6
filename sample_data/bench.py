"""Measures hedui run over a generated drop:  python -m sample_data.bench --persons N --work DIR

Prints one line per stage (seconds, rows) and the whole run's seconds and peak memory. The drop is kept
and used again.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from sample_data import generate

AS_OF = "2021-09-30"


def drop_of(work: Path, persons: int, registers: float) -> Path:
    """A Parquet drop of this size under work, written unless it is there."""
    folder = work / f"{persons}x{registers:g}"
    if not (folder / "truth.csv").exists():
        sizes = ["--persons", str(persons), "--registers", str(registers), "--cases", "5"]
        if generate.main(["--out", str(folder), "--as-of", AS_OF, "--format", "parquet", *sizes]):
            raise SystemExit(1)
    return folder / "drop"


def measure(inbox: Path, store: Path) -> int:
    """Run hedui over the drop in a process of its own and print what it took; returns its exit status."""
    command = [
        str(Path(sys.executable).with_name("hedui")),
        "run",
        "--inbox",
        str(inbox),
        "--store",
        str(store),
        "--as-of",
        AS_OF,
        "--json",
    ]
    started = time.perf_counter()
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
    if run.stdout:
        manifest = json.loads((Path(json.loads(run.stdout)["run_dir"]) / "manifest.json").read_text(encoding="utf-8"))
        for stage in manifest["stages"]:
            print(f"{stage['name']:<20}{stage['seconds']:>9.1f} s {stage['rows'] or '':>14}")
    print(f"{'whole run':<20}{seconds:>9.1f} s   peak {peak:.1f} GB   exit status {run.returncode}")
    return run.returncode


def main() -> int:
    """The command line; the exit status is that of the run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--registers", type=float, default=1.0, help="size of the registers against the roll")
    parser.add_argument("--work", type=Path, required=True)
    asked = parser.parse_args()
    inbox = drop_of(asked.work, asked.persons, asked.registers)
    return measure(inbox, asked.work / "store")


if __name__ == "__main__":
    sys.exit(main())
