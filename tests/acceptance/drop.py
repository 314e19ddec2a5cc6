"""A generated drop whose files a test may edit, and one run over it: plain stage functions, nothing published."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from data_contracts import Contract, load_contracts
from flows import stages
from flows.plan import RunPlan
from flows.settings import Settings
from flows.stages.run import looked_at
from rules.engine.apply import RuleOutcome
from rules.engine.corpus import load_corpus
from sample_data import generate
from sample_data.files import Look, heading
from sample_data.world import Settings as DropSettings
from sample_data.world import read_townships
from transforms.core.run_database import RUN_DATABASE
from transforms.publish import outputs
from transforms.publish.store import Store
from transforms.reconcile.history import write_earlier_findings
from transforms.staging.model import Snapshot, load_snapshot

ROOT = Path(generate.__file__).parents[1]
SMALL_AS_OF = dt.date(2021, 9, 30)
RULES = load_corpus()
CONTRACTS = load_contracts()
SETTINGS = Settings(threads=1, memory_limit="1GB")


@dataclass(frozen=True)
class Checked:
    """What one run said: of each rule, what became of it, and whom it found (subject keys)."""

    plan: RunPlan
    status: str
    outcomes: dict[str, RuleOutcome]
    found: dict[str, frozenset[str]]

    @property
    def database(self) -> Path:
        """The run's database."""
        return self.plan.work / RUN_DATABASE

    @property
    def not_evaluated(self) -> set[str]:
        """The rules that lacked data."""
        return {rule for rule, outcome in self.outcomes.items() if outcome.status == "not_evaluated"}

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query over the run's database."""
        with duckdb.connect(str(self.database), read_only=True) as con:
            return con.execute(sql).fetchall()


@dataclass
class Drop:
    """An inbox of CSV files in a folder of its own, hard links to the drop it was copied from until edited."""

    inbox: Path

    def copy(self, to: Path) -> Drop:
        """The same drop in another folder."""
        shutil.copytree(self.inbox, to, copy_function=os.link)
        return Drop(to)

    def files(self, dataset: str) -> list[Path]:
        """The files of a dataset, by name."""
        return sorted((self.inbox / dataset).iterdir())

    def remove(self, dataset: str) -> Drop:
        """Take a dataset out of the inbox."""
        shutil.rmtree(self.inbox / dataset)
        return self

    def read(self, path: Path) -> pl.DataFrame:
        """The table of a file: all cells text, columns under their contract names."""
        ours = {heading: name for name, heading in headings(CONTRACTS[path.parent.name]).items()}
        return pl.read_csv(path, infer_schema=False).rename(ours, strict=False)

    def write(self, path: Path, table: pl.DataFrame) -> Drop:
        """Write a table under the headings of its dataset, as a file of its own where the drop was copied from another."""
        path.unlink(missing_ok=True)
        table.rename(headings(CONTRACTS[path.parent.name]), strict=False).write_csv(path)
        return self

    def edit(self, path: Path, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Drop:
        """Change the table of a file."""
        return self.write(path, change(self.read(path)))

    def edit_all(self, dataset: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Drop:
        """Change every file of a dataset."""
        for path in self.files(dataset):
            self.edit(path, change)
        return self

    def append(self, path: Path, **row: str) -> Drop:
        """Add a row to a file; columns not named stay empty."""
        return self.edit(path, lambda table: pl.concat([table, pl.DataFrame([row])], how="diagonal"))

    def assign(self, path: Path, where: dict[str, str], **values: str | None) -> Drop:
        """Give these values to the rows of a file that equal `where`. Raises LookupError when there are none."""
        hit = pl.all_horizontal(pl.col(column) == value for column, value in where.items())
        if self.read(path).filter(hit).is_empty():
            raise LookupError(f"no such row in {path.name}")
        new = [
            pl.when(hit).then(pl.lit(value, pl.String)).otherwise(column).alias(column)
            for column, value in values.items()
        ]
        return self.edit(path, lambda table: table.with_columns(new))

    def without_column(self, dataset: str, column: str) -> Drop:
        """Take a column out of every file of a dataset."""
        return self.edit_all(dataset, lambda table: table.drop(column))


def headings(contract: Contract) -> dict[str, str]:
    """Contract column → the heading a generated CSV file has for it."""
    return {column.name: heading(column, Look("")) for column in contract.columns}


def write_small_drop(folder: Path, **values: Any) -> Drop:
    """Generate a CSV drop into folder/drop (truth beside it), the small one's settings but for `values`."""
    county = values.get("county", generate.SMALL["county"])
    townships = values.pop("townships", None)
    if townships is None:
        townships = read_townships(ROOT / "sample_data" / "townships.csv", county)
    settings = DropSettings(**{**generate.SMALL, "townships": townships, **values})
    generate.write_drop(settings, folder, "csv")
    return Drop(folder / "drop")


@dataclass
class Bench:
    """A store to run drops in, one after the other; datasets that did not change are not staged again."""

    store: Store
    settings: Settings
    runs: int = 0

    def plan(self, inbox: Path | None, as_of: dt.date = SMALL_AS_OF, **more: Any) -> RunPlan:
        """A plan with a work folder of its own."""
        self.runs += 1
        plan = RunPlan(
            self.store.root, f"run-{self.runs:03}", as_of, inbox=inbox, started="2021-10-01T02:00:00+08:00", **more
        )
        self.store.work_dir(plan.run_id)
        return plan

    def take_in(self, plan: RunPlan) -> RunPlan:
        """The plan with the snapshot of its inbox; the first one is what later ones take unchanged datasets from."""
        snapshot, _ = stages.take_in(plan, self.settings, quiet)
        if self.store.latest() is None:
            named = {"run_id": plan.run_id, "snapshot_id": snapshot.id}
            (self.store.root / "latest.json").write_text(json.dumps(named))
        return replace(plan, snapshot_id=snapshot.id)

    def match(self, plan: RunPlan, reconcile: bool = False) -> Checked:
        """Core tables, rules and findings over the plan's snapshot, and the reconciliation tables if asked for."""
        outcomes, _ = stages.match(plan, self.settings, quiet)
        if reconcile:
            stages.reconcile(plan, self.settings, quiet)
        status = stages.run_status(self.snapshot(plan), outcomes, CONTRACTS, {})
        checked = Checked(plan, status, {o.rule_id: o for o in outcomes}, {})
        found: dict[str, set[str]] = {}
        for rule, subject in checked.query("SELECT rule_id, subject_key FROM out_finding"):
            found.setdefault(rule, set()).add(subject)
        return replace(checked, found={rule: frozenset(keys) for rule, keys in found.items()})

    def snapshot(self, plan: RunPlan) -> Snapshot:
        """The staged rows of a plan that was taken in."""
        return load_snapshot(self.store.snapshots / str(plan.snapshot_id))

    def publish(self, checked: Checked) -> None:
        """Put a copy of a run among the published ones, as far as later runs read it, and name it the latest."""
        plan = replace(checked.plan, run_id=f"{checked.plan.run_id}-published")
        shutil.copytree(checked.plan.work, plan.work)
        with duckdb.connect(str(plan.work / RUN_DATABASE)) as con:
            outputs.write_suspects(con, plan.work)
            write_earlier_findings(con, plan.work)
            looked = looked_at(con, plan, self.snapshot(plan))
        outputs.write_manifest(plan.work, {"run_id": plan.run_id, "previous_run_id": plan.previous_run_id, **looked})
        self.store.publish(plan.work, plan.run_id, str(plan.snapshot_id), name_latest=True)

    def suspects(self, checked: Checked, township: str | None = None) -> pl.DataFrame:
        """suspects.parquet of a run, or of a rerun of one township."""
        folder = checked.plan.work / f"out-{township}"
        folder.mkdir(exist_ok=True)
        with duckdb.connect(str(checked.database), read_only=True) as con:
            outputs.write_suspects(con, folder, township)
        return pl.read_parquet(folder / "suspects.parquet")

    def sweep(self, keep: set[Path]) -> None:
        """Remove the work folders of all runs but these."""
        for folder in set(self.store.temporary.iterdir()) - keep:
            shutil.rmtree(folder)

    def check(self, drop: Drop, as_of: dt.date = SMALL_AS_OF, *, reconcile: bool = False, **more: Any) -> Checked:
        """Run a drop."""
        return self.match(self.take_in(self.plan(drop.inbox, as_of, **more)), reconcile)


def quiet(line: str) -> None:
    """No progress."""


def new_bench(folder: Path, settings: Settings = SETTINGS) -> Bench:
    """A bench with an empty store."""
    return Bench(Store(folder).prepare(), settings)


def truth_of(folder: Path) -> dict[str, frozenset[str]]:
    """Rule → the subjects a run must find, as truth.csv of a generated drop says."""
    table = pl.read_csv(folder / "truth.csv", infer_schema=False)
    grouped = table.group_by("rule_id").agg("subject_key")
    return {rule: frozenset(keys) for rule, keys in grouped.iter_rows()}


def differing(one: Checked, other: Checked) -> Iterator[str]:
    """The rules that did not find the same subjects in both runs."""
    for rule in RULES:
        if one.found.get(rule, frozenset()) != other.found.get(rule, frozenset()):
            yield rule
