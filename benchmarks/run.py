"""Measures hedui against the least that could be done with the same files:  python -m benchmarks.run [--sizes 50k,500k,5m] [--parts night,floor] [--datasets deaths,…] [--work DIR]

Per size, each in a process of its own with wall time, CPU time and peak memory of the process tree: the nightly run, a second night in which one
register changed, the night of the next day in which another did, the rerun of one township and of another one of its county, the three parts of the floor (benchmarks.floor),
and eleven rules in Polars, in pandas (on the drop a tenth as large) and, where PySpark and Java are there, on Spark local. Prints ratios to the floor in CPU time and how they grow between sizes; writes results/<machine day>.json and a chart.
Nothing is asserted: times are those of this machine on this day.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import shutil
import sys
from collections.abc import Collection
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import pairwise
from math import log
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.chart import write_chart
from benchmarks.drops import AS_OF, NEXT_DAY, Drop, drop_of, of_datasets, with_one_register_changed
from benchmarks.measure import Measured, measure

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results"
FLOOR = ("intake", "rules", "workbooks")
UNITS = {"k": 1_000, "m": 1_000_000}
NOTHING_TO_COMPARE = 20_000
# 3: published, but a rule had no data (of a part of the datasets).
DONE = (0, 3)
PARTS = ("night", "rerun", "floor", "second night", "next day", "polars", "pandas", "spark")


@dataclass
class SizeResult:
    """What was measured at one size: name of the process → its figures; stages: of the two nights and the rerun, in wall seconds."""

    persons: int
    rows: dict[str, int]
    processes: dict[str, dict[str, float | int]] = field(default_factory=dict)
    stages: dict[str, dict[str, float]] = field(default_factory=dict)
    findings: int = 0

    def cpu(self, *names: str) -> float | None:
        """CPU seconds of some processes together; None when one is missing or failed."""
        done = [f for f in map(self.processes.get, names) if f and f["exit"] in DONE]
        return sum(float(f["cpu_s"]) for f in done) if len(done) == len(names) else None

    @property
    def floor(self) -> float | None:
        return self.cpu(*(f"floor {part}" for part in FLOOR))

    def ratios(self) -> dict[str, float]:
        """CPU time against the floor's, and the second night's against the first's."""
        told: dict[str, float] = {}
        night, floor = self.cpu("night"), self.floor
        if night and floor:
            told["night / floor"] = round(night / floor, 2)
        for name in ("second night", "next day"):
            cost = self.cpu(name)
            if night and cost:
                told[f"{name} / night"] = round(cost / night, 2)
        for name in ("polars", "pandas, a tenth", "spark local"):
            cost, rules = self.cpu(name), self.cpu("floor rules")
            if cost and rules:
                told[f"{name} / floor rules"] = round(cost / rules, 2)
        return told


def size_of(text: str) -> int:
    """50k → 50000. Raises ValueError."""
    number = text.strip().lower()
    return int(float(number[:-1]) * UNITS[number[-1]]) if number[-1:] in UNITS else int(number)


def measure_size(
    work: Path, persons: int, parts: Collection[str] = PARTS, datasets: Collection[str] = ()
) -> SizeResult:
    """Those of PARTS at one size; all but the last three rest on the night. A process that fails leaves its exit status and no figures that
    rest on it. datasets: only these of the drop (all)."""
    store, scratch = work / f"store-{persons}", work / f"scratch-{persons}"
    for folder in (store, scratch):
        shutil.rmtree(folder, ignore_errors=True)
    drop = drop_of(work, persons)
    if datasets:
        drop = of_datasets(drop, scratch / "part", datasets)
    result = SizeResult(persons, drop.rows())
    run_dir = _night(result, "night", drop.inbox, store) if "night" in parts else None
    if run_dir and "rerun" in parts:
        _rerun(result, store, run_dir)
    if run_dir and "floor" in parts:
        _floor(result, drop, scratch, run_dir)
    if run_dir and "second night" in parts:
        changed = with_one_register_changed(drop.inbox, scratch / "changed")
        _night(result, "second night", changed, store)
        if "next day" in parts:
            another = with_one_register_changed(changed, scratch / "next", "business_licenses")
            _night(result, "next day", another, store, NEXT_DAY)
    if "polars" in parts:
        _module(result, "polars", "benchmarks.in_polars", drop, scratch)
    if "pandas" in parts and persons >= NOTHING_TO_COMPARE * 10:
        _module(result, "pandas, a tenth", "benchmarks.in_pandas", drop_of(work, persons // 10), scratch)
    if "spark" in parts and find_spec("pyspark") and shutil.which("java"):
        _module(result, "spark local", "benchmarks.spark_eleven", drop, scratch)
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.rmtree(store, ignore_errors=True)
    return result


def _night(result: SizeResult, name: str, inbox: Path, store: Path, as_of: str = AS_OF) -> Path | None:
    command = ["flows.cli", "run", "--inbox", str(inbox), "--store", str(store), "--as-of", as_of, "--json"]
    told = _measured(result, name, command)
    run_dir = _run_dir(told)
    if run_dir is None:
        return None
    manifest = _stages(result, name, run_dir)
    result.findings = result.findings or int(manifest["findings"])
    return run_dir


def _rerun(result: SizeResult, store: Path, run_dir: Path) -> None:
    """The township in the middle of the list of those with findings, then the one beside it: in a province the second reads what the first kept."""
    with duckdb.connect() as con:
        suspects = str(run_dir / "suspects.parquet").replace("'", "''")
        rows = con.execute(f"SELECT DISTINCT township_code FROM read_parquet('{suspects}') ORDER BY 1").fetchall()
    townships = [str(row[0]) for row in rows]
    first = townships[len(townships) // 2]
    beside = next((code for code in townships if code != first and code[:6] == first[:6]), first)
    for name, township in (("rerun", first), ("rerun beside", beside)):
        told = _measured(result, name, ["flows.cli", "rerun", township, "--store", str(store), "--json"])
        found = _run_dir(told)
        if found:
            _stages(result, name, found)


def _floor(result: SizeResult, drop: Drop, scratch: Path, run_dir: Path) -> None:
    for part in FLOOR:
        out = scratch / f"floor-{part}"
        command = ["benchmarks.floor", part, "--inbox", str(drop.inbox), "--out", str(out), "--run", str(run_dir)]
        _measured(result, f"floor {part}", command)
        shutil.rmtree(out, ignore_errors=True)


def _module(result: SizeResult, name: str, module: str, drop: Drop, scratch: Path) -> None:
    out = scratch / module
    _measured(result, name, [module, "--inbox", str(drop.inbox), "--out", str(out)])
    shutil.rmtree(out, ignore_errors=True)


def _measured(result: SizeResult, name: str, module_and_arguments: list[str]) -> Measured:
    told = measure([sys.executable, "-m", *module_and_arguments], cwd=ROOT)
    result.processes[name] = told.as_dict()
    print(
        f"{result.persons:>10,}  {name:<18} wall {told.wall:8.1f} s   cpu {told.cpu:8.1f} s   peak {told.peak_bytes / 2**30:5.2f} GiB"
        + (f"   EXIT {told.exit_status}" if told.exit_status else ""),
        flush=True,
    )
    return told


def _run_dir(told: Measured) -> Path | None:
    lines = [line for line in told.output.splitlines() if line.startswith("{")]
    return Path(json.loads(lines[-1])["run_dir"]) if lines and told.exit_status in DONE else None


def _stages(result: SizeResult, name: str, run_dir: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((run_dir / "manifest.json").read_text(encoding="utf-8"))
    result.stages[name] = {stage["name"]: round(stage["seconds"], 2) for stage in manifest["stages"]}
    seconds = result.stages[name]
    print(" " * 12 + "  ".join(f"{stage} {took:.1f}" for stage, took in seconds.items()), flush=True)
    return manifest


def growth(results: list[SizeResult]) -> dict[str, float]:
    """Exponent e of CPU time ~ persons^e between neighbouring sizes, of the night and of the floor."""
    told = {}
    for small, large in pairwise(results):
        for name, before, after in (
            ("night", small.cpu("night"), large.cpu("night")),
            ("floor", small.floor, large.floor),
        ):
            if before and after:
                told[f"{name} {small.persons:,} → {large.persons:,}"] = round(
                    log(after / before) / log(large.persons / small.persons), 3
                )
    return told


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
        "load_at_start": round(os.getloadavg()[0], 1),
    }


def write_results(results: list[SizeResult], about: dict[str, Any], folder: Path, *, in_part: bool = False) -> Path:
    """results.json and results.svg of this measurement, named by its day, sizes and, of a part of the datasets, their number. Returns the JSON's path."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes = [
        {
            "persons": r.persons,
            "rows": r.rows,
            "processes": r.processes,
            "stages_wall_s": r.stages,
            "findings": r.findings,
            "floor_cpu_s": r.floor,
            "ratios": r.ratios(),
        }
        for r in results
    ]
    content = {"day": f"{dt.date.today()}", "machine": about, "sizes": sizes, "growth_exponents": growth(results)}
    part = f"-{len(results[0].rows)}-datasets" if in_part else ""
    path = folder / f"{dt.date.today()}-{'-'.join(str(r.persons) for r in results)}{part}.json"
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    write_chart(content, path.with_suffix(".svg"))
    return path


def main() -> int:
    """The command line; exit status 1 when a process failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="50k,500k", help="persons on the roll (default %(default)s)")
    parser.add_argument("--parts", default=",".join(PARTS), help="what is measured (default: all: %(default)s)")
    parser.add_argument("--datasets", default="", help="only these of the drop, by comma (default: all)")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "bench", help="drops are kept here")
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked = parser.parse_args()
    about = machine()
    results: list[SizeResult] = []
    datasets = [name for name in asked.datasets.split(",") if name]
    for persons in sorted(size_of(text) for text in asked.sizes.split(",")):
        results.append(measure_size(asked.work.resolve(), persons, asked.parts.split(","), datasets))
        # After each size: a later one may take hours, or all the memory there is.
        path = write_results(results, about, asked.results, in_part=bool(datasets))
    for result in results:
        print(
            f"{result.persons:,} persons: " + ", ".join(f"{name} {value:g}" for name, value in result.ratios().items())
        )
    print("growth: " + ", ".join(f"{name} {value:g}" for name, value in growth(results).items()))
    print(f"written: {path} and {path.with_suffix('.svg').name}")
    return int(any(figures["exit"] not in DONE for result in results for figures in result.processes.values()))


if __name__ == "__main__":
    sys.exit(main())
