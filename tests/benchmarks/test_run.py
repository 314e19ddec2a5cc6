from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.measure import measure
from benchmarks.run import SizeResult, growth, measure_size, size_of, write_results

ROOT = Path(__file__).parents[2]


def figures(cpu: float, exit_status: int = 0) -> dict[str, float | int]:
    return {"wall_s": cpu, "cpu_s": cpu, "peak_mib": 100, "exit": exit_status}


def result(persons: int, night: float, floor: float, **more: dict[str, float | int]) -> SizeResult:
    parts = {f"floor {part}": figures(floor / 3) for part in ("intake", "rules", "workbooks")}
    return SizeResult(persons, {"benefit_roll": persons}, {"night": figures(night), **parts, **more})


def test_sizes_are_told_in_thousands_and_millions() -> None:
    assert [size_of(text) for text in ("50k", " 5M", "1.5m", "200")] == [50_000, 5_000_000, 1_500_000, 200]


def test_ratios_are_of_cpu_time() -> None:
    told = result(
        50_000, 30, 15, **{"second night": figures(9), "next day": figures(18), "polars": figures(20)}
    ).ratios()
    assert told == {
        "night / floor": 2.0,
        "second night / night": 0.3,
        "next day / night": 0.6,
        "polars / floor rules": 4.0,
    }


def test_a_failed_process_gives_no_ratio() -> None:
    failed = result(50_000, 30, 15)
    failed.processes["floor rules"] = figures(1, exit_status=1)
    assert failed.floor is None
    assert failed.ratios() == {}


def test_growth_is_the_exponent_between_sizes() -> None:
    """Ten times the persons at ten times the cost is 1, at a hundred times the cost 2."""
    told = growth([result(50_000, 10, 6), result(500_000, 100, 600)])
    assert told == {"night 50,000 → 500,000": 1.0, "floor 50,000 → 500,000": 2.0}


def test_results_are_written_with_a_chart(tmp_path: Path) -> None:
    path = write_results([result(50_000, 10, 6), result(500_000, 90, 60)], {"cores": 2}, tmp_path)
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    assert [size["floor_cpu_s"] for size in content["sizes"]] == [6, 60]
    chart = path.with_suffix(".svg").read_text(encoding="utf-8")
    assert "persons on the roll" in chart and "floor intake" in chart


def test_cpu_and_memory_of_children_count() -> None:
    """A process that does nothing itself but starts another that holds 200 MB and works."""
    work = "x = bytearray(b'1' * 200_000_000); sum(i * i for i in range(3_000_000)); import time; time.sleep(0.5)"
    told = measure(
        [sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}])"], cwd=ROOT
    )
    assert told.exit_status == 0
    assert told.peak_bytes > 200_000_000
    assert told.cpu > 0.05


def test_a_night_for_want_of_data_incomplete_is_measured() -> None:
    told = result(50_000, 30, 15)
    told.processes["night"] = figures(30, exit_status=3)
    assert told.ratios() == {"night / floor": 2.0}


@pytest.mark.full
def test_a_part_of_the_datasets_is_measured_against_its_own_floor(tmp_path: Path) -> None:
    named = ("benefit_roll", "townships", "deaths", "payments")
    measured = measure_size(tmp_path, 2_000, ("night", "floor"), named)
    assert set(measured.rows) == set(named)
    assert {name: told["exit"] for name, told in measured.processes.items()} == {
        "night": 3, "floor intake": 0, "floor rules": 0, "floor workbooks": 0,
    }  # fmt: skip
    assert measured.ratios().keys() == {"night / floor"}
    with pytest.raises(ValueError, match=r"the drop has no lottery; it has account_activity, .*vehicles"):
        measure_size(tmp_path, 2_000, ("night",), ["lottery"])


@pytest.mark.full
def test_nights_are_measured_one_after_the_other(tmp_path: Path) -> None:
    measured = measure_size(tmp_path, 2_000, ("night", "rerun", "second night", "next day"))
    assert {name: told["exit"] for name, told in measured.processes.items()} == dict.fromkeys(measured.stages, 0)
    assert set(measured.stages) == {"night", "rerun", "rerun beside", "second night", "next day"}
    assert set(measured.ratios()) == {"second night / night", "next day / night"}
    assert list(tmp_path.iterdir()) == [tmp_path / "drop-2000"]
