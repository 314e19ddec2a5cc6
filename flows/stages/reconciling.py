"""The reconciliation tables."""

from __future__ import annotations

from data_contracts.loader import load_contracts
from flows.plan import Progress, RunPlan, StageReport, timed
from flows.settings import Settings
from flows.stages.run import count_rows, other_roll, run_database
from transforms.core.scope import HOUSEHOLDS, is_narrowed
from transforms.publish import run_tables
from transforms.publish.store import Store
from transforms.reconcile.build import build_reconciliation, keep_township
from transforms.reconcile.history import load_previous_roll
from transforms.reconcile.row_check import create_row_check
from transforms.staging.model import load_snapshot


def reconcile(plan: RunPlan, settings: Settings, progress: Progress) -> list[StageReport]:
    """The reconciliation tables."""
    contracts = load_contracts(settings.contracts)
    snapshot = load_snapshot(Store(plan.store).snapshots / str(plan.snapshot_id))
    with run_database(plan, settings) as con, timed("reconcile", progress) as report:
        load_previous_roll(con, other_roll(plan, snapshot), HOUSEHOLDS if is_narrowed(con) else "TRUE")
        con.begin()
        run_tables.write_inputs(con, snapshot.inputs, contracts)
        create_row_check(con, contracts["benefit_roll"], snapshot.staged("benefit_roll"))
        tables = build_reconciliation(con)
        if plan.township:
            keep_township(con, plan.township)
        report.rows = sum(count_rows(con, table) for table in tables)
        con.commit()
    return [report]
