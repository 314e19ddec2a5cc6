"""Large files are taken in with bounded memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.drop import ROOT
from tests.acceptance.large_files import ROLL_ROWS, VEHICLE_ROWS, write_roll, write_vehicles

MOST_MB = 2500


def staged(inbox: Path, work: Path) -> dict[str, Any]:
    """What a process of its own said after staging the inbox within 1 GB of DuckDB memory."""
    done = subprocess.run([sys.executable, "-m", "tests.acceptance.staging_probe", str(inbox), str(work)],
                          cwd=ROOT, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    print(done.stdout)
    return dict(json.loads(done.stdout))


@pytest.mark.full
@pytest.mark.parametrize(
    ("dataset", "name", "write", "rows"),
    [
        ("vehicles", "机动车登记信息.csv", write_vehicles, VEHICLE_ROWS),
        ("benefit_roll", "花名册.xlsx", write_roll, ROLL_ROWS),
    ],
)
def test_a_large_file_is_staged_whole_in_bounded_memory(
    dataset: str, name: str, write: Callable[[Path], None], rows: int, tmp_path: Path
):
    (tmp_path / "inbox" / dataset).mkdir(parents=True)
    write(tmp_path / "inbox" / dataset / name)
    told = staged(tmp_path / "inbox", tmp_path / "work")
    account = {
        "dataset": dataset,
        "status": "loaded",
        "received": rows + 1,
        "loaded": rows,
        "quarantined": 0,
        "ignored": 1,
    }
    assert told["files"] == [account]
    assert told["peak_mb"] < MOST_MB
