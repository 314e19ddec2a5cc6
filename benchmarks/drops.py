"""The drops that are measured: written once per size by sample_data.generate, from one seed, and kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

AS_OF = "2021-09-30"
PERSONS_PER_CASE = 2_000


@dataclass(frozen=True)
class Drop:
    """One generated drop: an inbox of Parquet files for about so many persons on active rows, and what a run over it must find."""

    persons: int
    folder: Path

    @property
    def inbox(self) -> Path:
        return self.folder / "drop"

    @property
    def truth(self) -> Path:
        return self.folder / "truth.csv"

    def rows(self) -> dict[str, int]:
        """Rows per dataset, from the files' own counts."""
        return {
            folder.name: sum(pq.read_metadata(path).num_rows for path in folder.glob("*.parquet"))
            for folder in sorted(self.inbox.iterdir())
        }


def drop_of(work: Path, persons: int, registers: float = 1.0) -> Drop:
    """The drop of this size under `work`, written unless it is there. Raises CalledProcessError when it cannot be made."""
    drop = Drop(persons, work / f"{persons}x{registers:g}")
    if not drop.truth.exists():
        sizes = [
            "--persons",
            str(persons),
            "--registers",
            str(registers),
            "--cases",
            str(max(1, persons // PERSONS_PER_CASE)),
        ]
        subprocess.run(
            [
                sys.executable,
                "-m",
                "sample_data.generate",
                "--out",
                str(drop.folder),
                "--as-of",
                AS_OF,
                "--format",
                "parquet",
                *sizes,
            ],
            check=True,
        )
    return drop


def with_one_register_changed(drop: Drop, folder: Path, dataset: str = "vehicles") -> Path:
    """An inbox of the same files but for one register, which lacks its last row. Returns it; an earlier one there is replaced."""
    shutil.rmtree(folder, ignore_errors=True)
    for path in drop.inbox.rglob("*"):
        target = folder / path.relative_to(drop.inbox)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        elif path.parent.name != dataset:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(path, target)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            table = pq.read_table(path)
            pq.write_table(table.slice(0, table.num_rows - 1), target)
    return folder
