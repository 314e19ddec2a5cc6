"""What a run publishes, and whether it is complete."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping
from typing import Any

import duckdb

from data_contracts.loader import Contract, load_contracts
from flows.plan import Progress, RunPlan, StageReport, timed
from flows.settings import Settings
from flows.stages.run import looked_at, run_database
from flows.validation import Validated
from rules.engine.apply import RuleOutcome
from transforms.pace import Pace
from transforms.publish import outputs
from transforms.publish.store import Store
from transforms.reconcile.history import write_earlier_findings
from transforms.staging.model import Snapshot, load_snapshot


def publish(plan: RunPlan, settings: Settings, reports: list[StageReport], outcomes: list[RuleOutcome], validated: Validated,
            progress: Progress) -> dict[str, Any]:  # fmt: skip
    """Write everything a run publishes, then move it into place whole; return the manifest."""
    from transforms.publish.workbooks import RunHeader

    store = Store(plan.store)
    snapshot = load_snapshot(store.snapshots / str(plan.snapshot_id))
    status = run_status(snapshot, outcomes, load_contracts(settings.contracts), plan.rejected)
    with run_database(plan, settings) as con, timed("publish", progress) as report:
        report.rows = outputs.write_suspects(con, plan.work, plan.township)
        if plan.kind == "nightly":
            write_earlier_findings(con, plan.work)
        outputs.write_links(con, plan.work)
        outputs.write_reconciliation(con, plan.work, [row[0] for row in con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'recon_%' ORDER BY 1").fetchall()])  # fmt: skip
        started = dt.datetime.fromisoformat(plan.started)
        counties = dict(con.execute("SELECT DISTINCT county_code, county_name FROM core_township").fetchall())
        header = RunHeader(plan.run_id, plan.as_of, plan.kind, status, started, None, counties)
        _workbooks(con, plan, header, progress)
        by_severity = _by_severity(con, plan)
    manifest = _manifest(plan, settings, snapshot, outcomes, [*reports, report], status, by_severity, validated)
    if plan.kind == "nightly":
        _report(plan, settings, header, manifest)
    outputs.write_manifest(plan.work, manifest)
    for spill in ("spill", "spill-validation"):
        shutil.rmtree(plan.work / spill, ignore_errors=True)
    store.publish(plan.work, plan.run_id, str(plan.snapshot_id), name_latest=plan.kind == "nightly")
    return manifest


def run_status(
    snapshot: Snapshot,
    outcomes: list[RuleOutcome],
    contracts: Mapping[str, Contract],
    rejected_datasets: Mapping[str, str],
) -> str:
    """'complete', or 'incomplete' when a core dataset is missing, a rule could not run, a file was rejected, or too many rows of a dataset were
    quarantined."""
    rejected = any(i["status"] == "rejected" for i in snapshot.inputs)
    not_run = any(o.status != "evaluated" for o in outcomes)
    lacking = missing_core(snapshot, contracts)
    short = rejected or rejected_datasets or not_run or lacking or over_quarantine_limit(snapshot, contracts)
    return "incomplete" if short else "complete"


def missing_core(snapshot: Snapshot, contracts: Mapping[str, Contract]) -> list[str]:
    """The core datasets no file of which could be used."""
    return [dataset for dataset, contract in contracts.items() if contract.core and not snapshot.usable(dataset)]


def over_quarantine_limit(snapshot: Snapshot, contracts: Mapping[str, Contract]) -> list[str]:
    """The datasets of which more rows were quarantined than their contract allows."""
    over = []
    for dataset, contract in contracts.items():
        files = [i for i in snapshot.inputs if i["dataset"] == dataset and i["status"] == "loaded"]
        loaded, quarantined = (sum(i[k] or 0 for i in files) for k in ("loaded", "quarantined"))
        if quarantined and quarantined > contract.quarantine_limit * (loaded + quarantined):
            over.append(dataset)
    return over


def _report(plan: RunPlan, settings: Settings, header: Any, manifest: dict[str, Any]) -> None:
    from transforms.linkage.report import write_linkage_report
    from transforms.publish.report import write_report

    with run_database(plan, settings) as con:
        write_report(con, plan.work / outputs.REPORT, header, manifest)
        write_linkage_report(con, plan.work / outputs.LINKAGE_REPORT)


def _workbooks(con: duckdb.DuckDBPyConnection, plan: RunPlan, header: Any, progress: Progress) -> None:
    from transforms.publish import workbooks

    folder = plan.work / outputs.WORKBOOK_FOLDER
    folder.mkdir()
    townships = con.execute("SELECT township_code, township_name, county_code FROM core_township ORDER BY 1").fetchall()
    wanted = [t for t in townships if plan.township in (None, t[0])]
    paths = {
        code: folder / workbooks.township_file_name(code, name)
        for code, name, _ in wanted
        if code != "000000000" or plan.township or _concerned(con, code)
    }
    pace = Pace(len(paths))
    for number, (code, _) in enumerate(
        zip(paths, workbooks.write_township_workbooks(con, paths, header), strict=True), start=1
    ):
        pace.add(1)
        progress(f"  workbook {number}/{len(paths)}: {code} ({pace})")
    if plan.kind == "nightly":
        counties = sorted({county for _, _, county in townships})
        files = {county: folder / workbooks.county_file_name(county) for county in counties}
        for path in workbooks.write_county_workbooks(con, files, header):
            progress(f"  workbook {path.name}")


def _concerned(con: duckdb.DuckDBPyConnection, code: str) -> bool:
    return bool(con.execute(f"SELECT count(*) FROM out_finding WHERE {outputs.concerning(code)}").fetchall()[0][0])


def _by_severity(con: duckdb.DuckDBPyConnection, plan: RunPlan) -> dict[str, int]:
    where = f"WHERE {outputs.concerning(plan.township)}" if plan.township else ""
    return dict(con.execute(f"SELECT severity, count(*) FROM out_finding {where} GROUP BY 1").fetchall())


def _manifest(plan: RunPlan, settings: Settings, snapshot: Snapshot, outcomes: list[RuleOutcome], reports: list[StageReport], status: str,
              by_severity: Mapping[str, int], validated: Validated) -> dict[str, Any]:  # fmt: skip
    finished = dt.datetime.now().astimezone()
    contracts = load_contracts(settings.contracts)
    with run_database(plan, settings) as con:
        looked = looked_at(con, plan, snapshot)
    return {
        "run_id": plan.run_id,
        "kind": plan.kind,
        "status": status,
        "snapshot_id": plan.snapshot_id,
        "previous_run_id": plan.previous_run_id,
        "started": plan.started,
        "finished": finished.isoformat(timespec="seconds"),
        "engine": settings.engine,
        "versions": outputs.versions(),
        "township": plan.township,
        "findings": sum(by_severity.values()),
        "by_severity": {s: by_severity.get(s, 0) for s in ("high", "medium", "low")},
        **looked,
        "over_quarantine_limit": over_quarantine_limit(snapshot, contracts),
        "missing_core": missing_core(snapshot, contracts),
        "rules": {
            o.rule_id: {"status": o.status, "reason": o.reason, "note": o.note, "version": o.version, "findings": o.findings,
                        "seconds": round(o.seconds, 3), "unchanged": o.unchanged}
            for o in outcomes
        },
        "overrides": plan.overrides,
        "checks": [*validated.checks, *(c for c in snapshot.checks if c["check"] == "quarantine_limit")],
        "rejected_datasets": plan.rejected,
        "stages": [{"name": r.name, "seconds": r.seconds, "rows": r.rows} for r in reports],
    }  # fmt: skip
