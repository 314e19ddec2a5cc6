"""DuckDB and Spark side by side: the same drops, the same SQL files, and whether the findings are the same.

    python -m benchmarks.spark_engines [--master local[2]] [--drop NAME=INBOX ...]

Each drop (the sample's and those of HEDUI_DROPS when none is named) is run once per engine, each run a process of its own with a store of its
own. Prints a table and writes benchmarks/results/spark_engines.json: wall and CPU seconds of the process and what it started, seconds of the
stages an engine changes, and per rule the findings of either that the other has not. Exit status 1 when the engines differ.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measure import Measured, measure

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results"
RESULT_FILE = RESULTS / "spark_engines.json"
ENGINES = ("duckdb", "spark")
STAGES = ("staging", "core", "rules")
#: Of a run, not of what it found.
RUN_COLUMNS = ("run_id",)
#: Sums of logarithms in another order, and another library's power function.
CLOSE = 1e-9


@dataclass(frozen=True)
class Drop:
    """A drop and the date it is checked on."""

    name: str
    inbox: Path
    as_of: str


@dataclass(frozen=True)
class EngineRun:
    """One drop on one engine."""

    measured: Measured
    run_dir: Path
    snapshot: Path
    manifest: dict[str, Any]


def drops_given(named: list[str]) -> list[Drop]:
    """The drops to compare: those named as NAME=INBOX, else the sample and every one of HEDUI_DROPS."""
    if named:
        return [
            Drop(name, Path(inbox), _as_of(Path(inbox))) for name, _, inbox in (text.partition("=") for text in named)
        ]
    sample = [Drop("sample", ROOT / "sample_data" / "drop", "2021-09-30")]
    folder = os.environ.get("HEDUI_DROPS")
    shared = sorted(Path(folder).glob("*/inbox")) if folder else []
    return sample + [Drop(inbox.parent.name, inbox, _as_of(inbox)) for inbox in shared]


def run_drop(drop: Drop, engine: str, master: str, work: Path) -> EngineRun:
    """Run one drop on one engine, as the command does it."""
    store = work / f"{drop.name}-{engine}"
    command = [
        sys.executable,
        "-m",
        "flows.cli",
        "run",
        "--inbox",
        str(drop.inbox),
        "--store",
        str(store),
        "--as-of",
        drop.as_of,
        "--json",
    ]
    measured = measure(
        [*command, "--engine", engine, *(["--spark-master", master] if engine == "spark" else [])], cwd=ROOT
    )
    if measured.exit_status not in (0, 3):
        raise SystemExit(f"{drop.name} on {engine}: exit status {measured.exit_status}")
    run_dir = Path(json.loads(measured.output)["run_dir"])
    manifest = json.loads((run_dir / "manifest.json").read_text(encoding="utf-8"))
    return EngineRun(measured, run_dir, store / "snapshots" / manifest["snapshot_id"], manifest)


def compare(one: EngineRun, other: EngineRun) -> dict[str, dict[str, int]]:
    """What differs, by rule and by link table; {} when nothing does. Also rules whose status or number of findings differs."""
    differing = differing_rows("suspects", *(run.run_dir / "suspects.parquet" for run in (one, other)))
    links = [run.snapshot / "links" for run in (one, other)]
    for file in sorted({path.relative_to(folder) for folder in links for path in folder.rglob("*.parquet")}):
        differing |= differing_rows(str(file), *(folder / file for folder in links))
    for rule_id in one.manifest["rules"]:
        said = [
            (run.manifest["rules"][rule_id]["status"], run.manifest["rules"][rule_id]["findings"])
            for run in (one, other)
        ]
        if said[0] != said[1]:
            differing.setdefault(rule_id, {"only_first": said[0][1], "only_second": said[1][1]})
    return differing


def differing_rows(name: str, one: Path, other: Path) -> dict[str, dict[str, int]]:
    """Rows of one Parquet file the other has not, and the other way round: of 'suspects' by rule, of another table under its name."""
    label = "rule_id" if name == "suspects" else f"'{name}'"
    found: dict[str, dict[str, int]] = {}
    with duckdb.connect() as con:
        for side, file in {"a": one, "b": other}.items():
            kinds = con.execute(f"DESCRIBE SELECT * FROM '{file}'").fetchall()
            columns = [_compared(column, kind) for column, kind, *_ in kinds if column not in RUN_COLUMNS]
            con.execute(f"CREATE TABLE {side} AS SELECT {', '.join(columns)} FROM '{file}'")
        for side, (first, second) in {"only_first": ("a", "b"), "only_second": ("b", "a")}.items():
            rows = con.execute(
                f"SELECT {label}, count(*) FROM (SELECT * FROM {first} EXCEPT ALL SELECT * FROM {second}) GROUP BY ALL"
            ).fetchall()
            for key, count in rows:
                if count:
                    found.setdefault(key, {})[side] = count
    return found


def _compared(name: str, kind: str) -> str:
    return f'round("{name}" / {CLOSE}) AS "{name}"' if kind == "DOUBLE" else f'"{name}"'


def _as_of(inbox: Path) -> str:
    about = inbox.parent / "about.json"
    return str(json.loads(about.read_text(encoding="utf-8"))["as_of"])


def _result(drop: Drop, runs: dict[str, EngineRun]) -> dict[str, Any]:
    told: dict[str, Any] = {"drop": drop.name, "differing": compare(runs["duckdb"], runs["spark"])}
    for engine, run in runs.items():
        seconds = {stage["name"]: round(stage["seconds"], 2) for stage in run.manifest["stages"]}
        rules = run.manifest["rules"].values()
        told[engine] = run.measured.as_dict() | {
            "findings": run.manifest["findings"],
            "rules_evaluated": sum(rule["status"] == "evaluated" for rule in rules),
            "stages_s": {stage: seconds.get(stage) for stage in STAGES},
        }
    return told


def _print(result: dict[str, Any]) -> None:
    print(f"\n{result['drop']}: " + ("identical" if not result["differing"] else f"DIFFERENT {result['differing']}"))
    for engine in ENGINES:
        r = result[engine]
        stages = ", ".join(f"{stage} {seconds} s" for stage, seconds in r["stages_s"].items())
        print(f"  {engine:7} {r['findings']} findings of {r['rules_evaluated']} rules; wall {r['wall_s']} s, CPU {r['cpu_s']} s, "
              f"peak {r['peak_mib']} MiB; {stages}")  # fmt: skip


def _with_others(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """These results and what the file says of other drops."""
    known = json.loads(RESULT_FILE.read_text(encoding="utf-8")) if RESULT_FILE.exists() else []
    by_drop = {result["drop"]: result for result in [*known, *results]}
    return [by_drop[name] for name in sorted(by_drop)]


def main() -> int:
    """Compare the engines and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--master", default="local[*]")
    parser.add_argument("--drop", action="append", default=[], metavar="NAME=INBOX")
    given = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory(prefix="hedui-engines-") as work:
        for drop in drops_given(given.drop):
            runs = {engine: run_drop(drop, engine, given.master, Path(work)) for engine in ENGINES}
            results.append(_result(drop, runs))
            _print(results[-1])
    RESULTS.mkdir(exist_ok=True)
    RESULT_FILE.write_text(json.dumps(_with_others(results), ensure_ascii=False, indent=2), encoding="utf-8")
    return 1 if any(result["differing"] for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
