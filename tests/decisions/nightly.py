"""A nightly run in process, stage by stage, without Prefect and the contract checks beside it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from flows import stages
from flows.plan import RunPlan
from flows.settings import Settings
from flows.validation import Validated
from tests.made_once import made_once
from transforms.publish.store import Store, new_run_id

ROOT = Path(__file__).parent.parent.parent
SAMPLE = ROOT / "sample_data" / "drop"
AS_OF = dt.date(2021, 9, 30)


def nightly(store_root: Path, inbox: Path, settings: Settings, as_of: dt.date = AS_OF) -> Path:
    """Publish one run and return its folder."""
    store = Store(store_root).prepare()
    latest = store.latest()
    plan = RunPlan(
        store.root,
        new_run_id("nightly"),
        as_of,
        inbox=inbox,
        previous_run_id=latest["run_id"] if latest else None,
        started=f"{as_of}T02:00:00+08:00",
    )
    store.work_dir(plan.run_id)
    snapshot, _ = stages.take_in(plan, settings, _quiet)
    plan = replace(plan, snapshot_id=snapshot.id)
    outcomes, _ = stages.match(plan, settings, _quiet)
    stages.reconcile(plan, settings, _quiet)
    stages.publish(plan, settings, [], outcomes, Validated(), _quiet)
    return store.run_dir()


def sample_store(factory: pytest.TempPathFactory) -> Path:
    """A store with one run of the sample drop, decisions in its SQLite, shared by all test workers: read only."""
    return made_once(factory, "sample-store", lambda store: nightly(store, SAMPLE, Settings(database_url=None)))


def _quiet(_: str) -> None:
    pass
