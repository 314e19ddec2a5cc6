"""What several stages ask of a run: its database, and the runs before it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import duckdb

from flows.memory import memory_limit
from flows.plan import RunPlan
from flows.settings import Settings
from rules.engine.parameters import month_start
from transforms.core.run_database import RUN_DATABASE, EngineLimits, open_database
from transforms.core.unchanged import matching_version
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


def looked_at(con: duckdb.DuckDBPyConnection, plan: RunPlan, snapshot: Snapshot) -> dict[str, Any]:
    """The part of the manifest that says what a run looked at: later ones tell by it why a finding is gone (transforms.reconcile.gone)."""
    names = ("name", "region", "valid_from", "value", "unit", "source", "example")
    rows = con.execute("SELECT name, region, valid_from, value, unit, source, is_example FROM run_parameter").fetchall()
    month, confidence = con.execute("SELECT latest_pay_month, min_confidence FROM core_ctx").fetchall()[0]
    return {
        "as_of": plan.as_of.isoformat(),
        "matching": matching_version(),
        "latest_pay_month": f"{month_start(month):%Y-%m}" if month else None,
        "min_confidence": confidence,
        "inputs": [{**i, "columns": list(i["columns"])} for i in snapshot.inputs],
        "usable": [d for d in snapshot.keys if snapshot.usable(d) and d not in plan.rejected],
        "datasets": dict(snapshot.keys),
        "parameters": [dict(zip(names, row, strict=True)) for row in rows],
    }


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
