"""What several stages ask of a run: its database, and the runs before it."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from flows.memory import memory_limit
from flows.plan import RunPlan
from flows.settings import Settings
from transforms.core.run_database import RUN_DATABASE, EngineLimits, open_database
from transforms.publish.store import Store
from transforms.staging.model import Snapshot

#: Without a usable file of each nothing is published.
NEEDED = ("benefit_roll", "townships")


def limits(plan: RunPlan, settings: Settings) -> EngineLimits:
    """What DuckDB may use of the machine; it spills to the run's work folder."""
    return EngineLimits(memory_limit(plan.inbox, settings), settings.threads or os.cpu_count(), plan.work / "spill")


def run_database(plan: RunPlan, settings: Settings) -> duckdb.DuckDBPyConnection:
    """The run.duckdb this run is making, new where there is none yet."""
    return open_database(plan.work / RUN_DATABASE, limits(plan, settings))


def run_path(plan: RunPlan, run_id: str | None) -> Path | None:
    """The folder of a published run."""
    return Store(plan.store).run_dir(run_id) if run_id else None


def other_roll(plan: RunPlan, snapshot: Snapshot) -> Path | None:
    """The folder of the last published run before this one whose roll was another."""
    store, run_id = Store(plan.store), plan.previous_run_id
    while run_id:
        manifest = store.manifest(run_id)
        if manifest.get("datasets", {}).get("benefit_roll") != snapshot.keys.get("benefit_roll"):
            return store.run_dir(run_id)
        run_id = manifest.get("previous_run_id")
    return None


def count_rows(con: duckdb.DuckDBPyConnection, table: str) -> int:
    """Rows of a table."""
    return int(con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])
