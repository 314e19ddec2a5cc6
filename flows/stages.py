"""The stages of a run as plain functions, in the order data travels. Flows wrap them in Prefect tasks; an analyst's rerun calls them as they are."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Mapping, Set
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from data_contracts import load_codes
from data_contracts.loader import Contract, load_contracts
from flows.engine import engine_version, fetch, linking_engine, rule_engine
from flows.feedback import load_into_run
from flows.memory import memory_limit
from flows.plan import Progress, RunError, RunPlan, StageReport, UsageError, timed
from flows.settings import Settings
from flows.validation import Validated, Validator
from rules.engine.apply import RuleOutcome, apply_rules
from rules.engine.availability import Arrived
from rules.engine.corpus import RULE_FOLDER, Rule, load_corpus
from rules.engine.findings import build_findings, finding_sql
from rules.engine.macros import create_macros
from rules.engine.parameters import ParameterSet, create_parameter_tables, load_parameters, values_in_use
from transforms.core.build import build_core, core_definitions, create_context, stored_tables
from transforms.core.run_database import RUN_DATABASE, EngineLimits, create_views, open_database
from transforms.core.scope import HOUSEHOLDS, is_narrowed, narrow_to
from transforms.core.unchanged import Prints, forget, keep_only, matching_version, read_made
from transforms.decisions.rectification import build_rectification
from transforms.linkage.files import link_views
from transforms.linkage.roles import registers
from transforms.pace import Pace
from transforms.publish import outputs, run_tables
from transforms.publish.store import Store
from transforms.reconcile.build import OF_CORE_TABLES, build_reconciliation, keep_township, recon_sql
from transforms.reconcile.history import load_previous_findings, load_previous_roll
from transforms.reconcile.row_check import create_row_check
from transforms.staging.model import Snapshot, load_snapshot
from transforms.staging.views import staged_views

# Their people are in core_row and core_kin.
UNLINKED = {"benefit_roll", "kinship"}
LARGE_TABLE = 500_000


def take_in(plan: RunPlan, settings: Settings, progress: Progress) -> tuple[Snapshot, list[StageReport]]:
    """Intake, staging and linkage: the inbox becomes a snapshot. Raises RunError without a usable roll or township list."""
    from transforms.intake import take_in as receive_drop
    from transforms.staging import stage_inbox

    assert plan.inbox is not None
    contracts = load_contracts(settings.contracts)
    store = Store(plan.store)
    version = _linkage_version(settings)
    reports = []
    with timed("intake", progress) as report:
        intake = receive_drop(plan.inbox, store.raw)
        report.rows = len(intake.files)
    reports.append(report)
    with timed("staging", progress) as report:
        snapshot = stage_inbox(
            intake, contracts, store.snapshots, plan.work, limits=_limits(plan, settings), progress=progress,
            previous=_latest_snapshot(store), finish=lambda con, folder, earlier, changed: _link(con, folder, earlier, changed, contracts, settings, plan, progress),
            finish_version=version,
            codes=load_codes(settings.contracts / "codes") if settings.contracts else None,
        )  # fmt: skip
        report.rows = sum(i["loaded"] or 0 for i in snapshot.inputs)
    reports.append(report)
    needed = [contracts[d].title for d in ("benefit_roll", "townships") if not snapshot.usable(d)]
    if needed:
        raise RunError(
            f"no usable file of {' and '.join(needed)}; nothing is published. " + _rejections(snapshot.inputs)
        )
    return snapshot, reports


def _linkage_version(settings: Settings) -> str:
    from transforms.linkage.runner import linkage_version

    return linkage_version() + engine_version(settings)


def _link(con: duckdb.DuckDBPyConnection, folder: Path, earlier: Path | None, changed: Set[str], contracts: Mapping[str, Contract],
          settings: Settings, plan: RunPlan, progress: Progress) -> None:  # fmt: skip
    """The snapshot's links; those of an earlier snapshot stay where all they rest on is the same (DuckDB only)."""
    from transforms.intake import stop_reader
    from transforms.linkage import files, runner

    # Every file has been read; linkage wants the memory.
    stop_reader()
    create_macros(con)
    links, before = folder / "links", earlier / "links" if earlier and settings.engine == "duckdb" else None
    exact, version = links / files.EXACT, _linkage_version(settings)
    exact.mkdir(parents=True)
    redo = files.datasets_to_link(before, changed, contracts, version)
    if before is not None and redo is not None:
        runner.link_again(con, contracts, before, links, redo, progress)
    else:
        with linking_engine(con, settings, plan.work) as engine:
            runner.build_links(engine, contracts, progress, exact=exact if engine is con else None)
            if engine is not con:
                fetch(con, engine, (*files.SNAPSHOT_TABLES, "links_exact"))
                files.split_exact(con, "links_exact", exact, contracts)
            files.write_links(con, links, registers(contracts))
    (links / files.VERSION).write_text(version, encoding="utf-8")


def match(plan: RunPlan, settings: Settings, progress: Progress) -> tuple[list[RuleOutcome], list[StageReport]]:
    """Core tables, rules and findings, in the run's own run.duckdb in its work folder."""
    contracts = load_contracts(settings.contracts)
    snapshot = load_snapshot(Store(plan.store).snapshots / str(plan.snapshot_id))
    parameters = _parameters(plan, settings)
    rules = _rules(plan, settings)
    reports = []
    with _begun(plan, settings, snapshot) as con, ExitStack() as held:
        with timed("core", progress) as report:
            engine = held.enter_context(rule_engine(settings, plan.work))
            if plan.township:
                here = f"household_id IN (SELECT household_id FROM previous_run.core_row WHERE township_code = '{plan.township}')"
                load_previous_roll(con, _other_roll(plan, snapshot), here)
            made = read_made(con)
            # Few transactions: every table made on its own would be flushed to disk on its own.
            con.begin()
            # What was found and answered before comes first: a rerun looks at those people and households again.
            load_previous_findings(con, _run_path(plan, plan.previous_run_id), as_view=plan.kind == "rerun")
            load_into_run(con, plan.store, settings, plan.as_of)
            linked = _prepare(con, plan, settings, snapshot, contracts, parameters, rules)
            prints = _prints(con, snapshot, linked, rules) if _may_be_taken_over(plan, settings) else {}
            unchanged = {name for name, print_ in prints.items() if print_ and made.get(name) == print_}
            forget(con, made.keys() - unchanged)
            for table in set(OF_CORE_TABLES) - unchanged:
                con.execute(f"DROP TABLE IF EXISTS {table}")
            tables = engine.core(con, linked)
            readers = [*engine.readers(rule for i, rule in rules.items() if i not in unchanged), *finding_sql()]
            build_core(con, linked, lambda table: _settle(con, table), readers=readers, made=tables, kept=unchanged)
            con.commit()
            report.rows = _count(con, "core_row")
        reports.append(report)
        with timed("rules", progress) as report:
            pace = Pace(len(rules))

            def tell(outcome: RuleOutcome) -> None:
                pace.add(1)
                as_before = ", as in the last run" if outcome.unchanged else ""
                progress(f"  {outcome.rule_id}: {outcome.status}, {outcome.findings} findings{as_before} ({pace})")

            outcomes = apply_rules(
                con, rules.values(), arrived(snapshot, contracts, plan.rejected), tell, engine.select, unchanged
            )
            unanswered = {o.rule_id for o in outcomes if o.status != "evaluated"}
            run_tables.write_made(con, {name: print_ for name, print_ in prints.items() if name not in unanswered})
            run_tables.write_rules(con, rules, outcomes)
            report.rows = build_findings(con, rules.values(), contracts, parameters, plan.run_id, plan.as_of)
            build_rectification(con, _run_path(plan, plan.previous_run_id), plan.as_of)
        reports.append(report)
    return outcomes, reports


def _settle(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """End the transaction after a large core table: what is not committed is read by one thread only."""
    if _count(con, table) > LARGE_TABLE:
        con.commit()
        con.begin()


def _may_be_taken_over(plan: RunPlan, settings: Settings) -> bool:
    """Whether a later run may take over what this one makes, and this one what the last made: whole runs, worked out by DuckDB."""
    return plan.kind == "nightly" and settings.engine == "duckdb"


def _begun(plan: RunPlan, settings: Settings, snapshot: Snapshot) -> duckdb.DuckDBPyConnection:
    """The run's database: new, or with core tables and answers that may hold again: those an earlier attempt of this run left, else those of
    the last run where that knew the same roll on the same date."""
    database = plan.work / RUN_DATABASE
    if not database.exists() and _may_be_taken_over(plan, settings) and plan.previous_run_id:
        manifest = Store(plan.store).manifest(plan.previous_run_id)
        last = Store(plan.store).runs / plan.previous_run_id / RUN_DATABASE
        same_roll = manifest.get("datasets", {}).get("benefit_roll") == snapshot.keys.get("benefit_roll")
        alike = {"as_of": plan.as_of.isoformat(), "engine": settings.engine, "matching": matching_version()}
        if same_roll and last.exists() and all(manifest.get(said) == now for said, now in alike.items()):
            shutil.copyfile(last, database)
    fresh = not database.exists()
    con = _database(plan, settings)
    if not fresh:
        keep_only(con, [*stored_tables(), *OF_CORE_TABLES, "raw_finding"])
    return con


def _prints(con: duckdb.DuckDBPyConnection, snapshot: Snapshot, linked: list[str], rules: Mapping[str, Rule]) -> dict[str, str | None]:  # fmt: skip
    """Prints of the core tables, of the rules' answers and of what reconciliation makes of core tables alone."""
    with open_database(None, EngineLimits()) as parser:
        create_macros(parser)
        prints = Prints(con, parser, snapshot.path)
        made = {name: prints.define(name, select) for name, select in core_definitions(linked).items()}
        read = {i: rule.sql for i, rule in rules.items()} | {table: recon_sql(table) for table in OF_CORE_TABLES}
        return {name: made[name] for name in stored_tables()} | {name: prints.of(sql) for name, sql in read.items()}


def validate(
    plan: RunPlan, settings: Settings, validator: Validator, progress: Progress
) -> tuple[RunPlan, Validated, list[StageReport]]:
    """Hear what the contract checks found; the plan returned leaves out the datasets they rejected.

    Raises RunError when the roll or the township list is among them.
    """
    contracts = load_contracts(settings.contracts)
    with timed("validate", progress) as report:
        validated = validator.answer()
        report.rows = len(validated.checks)
    rejected = dict(validated.rejected)
    for dataset, reason in rejected.items():
        progress(f"{dataset}: rejected, {reason}")
    needed = [f"{contracts[d].title}: {rejected[d]}" for d in ("benefit_roll", "townships") if d in rejected]
    if needed:
        raise RunError("the contract checks reject " + " and ".join(needed) + "; nothing is published")
    return replace(plan, rejected=rejected), validated, [report]


def reconcile(plan: RunPlan, settings: Settings, progress: Progress) -> list[StageReport]:
    """The reconciliation tables."""
    contracts = load_contracts(settings.contracts)
    snapshot = load_snapshot(Store(plan.store).snapshots / str(plan.snapshot_id))
    with _database(plan, settings) as con, timed("reconcile", progress) as report:
        load_previous_roll(con, _other_roll(plan, snapshot), HOUSEHOLDS if is_narrowed(con) else "TRUE")
        con.begin()
        run_tables.write_inputs(con, snapshot.inputs, contracts)
        create_row_check(con, contracts["benefit_roll"])
        tables = build_reconciliation(con)
        if plan.township:
            keep_township(con, plan.township)
        report.rows = sum(_count(con, table) for table in tables)
        con.commit()
    return [report]


def publish(plan: RunPlan, settings: Settings, reports: list[StageReport], outcomes: list[RuleOutcome], validated: Validated,
            progress: Progress) -> dict[str, Any]:  # fmt: skip
    """Write everything a run publishes, then move it into place whole; return the manifest."""
    from transforms.publish.workbooks import RunHeader

    store = Store(plan.store)
    snapshot = load_snapshot(store.snapshots / str(plan.snapshot_id))
    status = run_status(snapshot, outcomes, load_contracts(settings.contracts), plan.rejected)
    with _database(plan, settings) as con, timed("publish", progress) as report:
        report.rows = outputs.write_suspects(con, plan.work, plan.township)
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


def _report(plan: RunPlan, settings: Settings, header: Any, manifest: dict[str, Any]) -> None:
    from transforms.linkage.report import write_linkage_report
    from transforms.publish.report import write_report

    with _database(plan, settings) as con:
        write_report(con, plan.work / outputs.REPORT, header, manifest)
        write_linkage_report(con, plan.work / outputs.LINKAGE_REPORT)


def check_township(plan: RunPlan) -> None:
    """Raise UsageError unless the latest published run knows the plan's township."""
    database = Store(plan.store).run_dir() / RUN_DATABASE
    with open_database(database, EngineLimits(), read_only=True) as con:
        known = dict(con.execute("SELECT township_code, township_name FROM core_township ORDER BY 1").fetchall())
    if plan.township not in known:
        raise UsageError(
            f"no township {plan.township} in the latest run; known: " + ", ".join(f"{c} {n}" for c, n in known.items())
        )


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


def arrived(
    snapshot: Snapshot, contracts: Mapping[str, Contract], rejected_datasets: Mapping[str, str]
) -> dict[str, Arrived]:
    """What the snapshot holds of every dataset, for the rules to judge whether they can run."""
    found = {}
    for dataset, contract in contracts.items():
        files = [file for file in snapshot.of(dataset) if file.status == "loaded"]
        sheets = [sheet for file in files for sheet in file.sheets if sheet.loaded]
        present = {c.name: sum(c.name in file.columns for file in files) for c in contract.columns}
        without = {
            c.name: sum(sheet.loaded for sheet in sheets if c.name not in sheet.columns) for c in contract.columns
        }
        rejected = sum(file.status == "rejected" for file in snapshot.of(dataset))
        reason = f"{rejected}个文件均被拒收" if rejected and not files else rejected_datasets.get(dataset, "")
        usable = snapshot.usable(dataset) and dataset not in rejected_datasets
        headings = {c.name: next((a for a in c.aliases if not a.isascii()), c.name) for c in contract.columns}
        found[dataset] = Arrived(contract.title, usable, len(files), reason, present, without, headings)
    return found


def _limits(plan: RunPlan, settings: Settings) -> EngineLimits:
    return EngineLimits(memory_limit(plan.inbox, settings), settings.threads or os.cpu_count(), plan.work / "spill")


def _database(plan: RunPlan, settings: Settings) -> duckdb.DuckDBPyConnection:
    return open_database(plan.work / RUN_DATABASE, _limits(plan, settings))


def _rules(plan: RunPlan, settings: Settings) -> dict[str, Rule]:
    rules = load_corpus(settings.rules or RULE_FOLDER)
    unknown = [r for r in plan.rule_ids if r not in rules]
    if unknown:
        raise UsageError(f"unknown rule {', '.join(unknown)}; `hedui rules list` names them all")
    return {i: r for i, r in rules.items() if not plan.rule_ids or i in plan.rule_ids}


def _parameters(plan: RunPlan, settings: Settings) -> ParameterSet:
    parameters = load_parameters(county_folder=settings.parameters)
    return parameters.with_overrides(plan.overrides) if plan.overrides else parameters


def _prepare(con: duckdb.DuckDBPyConnection, plan: RunPlan, settings: Settings, snapshot: Snapshot, contracts: Mapping[str, Contract],
             parameters: ParameterSet, rules: Mapping[str, Rule]) -> list[str]:  # fmt: skip
    """All that core tables and rules read of a run; returns the datasets linked to people."""
    create_macros(con)
    staged_views(con, snapshot, contracts)
    for dataset in plan.rejected:
        con.execute(f"CREATE TABLE rejected_{dataset} AS SELECT * FROM stg_{dataset} LIMIT 0")
        con.execute(f"CREATE OR REPLACE VIEW stg_{dataset} AS SELECT * FROM rejected_{dataset}")
    linked = [c.dataset for c in contracts.values() if (c.person or c.other_persons) and c.dataset not in UNLINKED]
    create_views(con, link_views(snapshot.path / "links", linked))
    create_context(con, plan.as_of, settings.min_confidence)
    if plan.township:
        narrow_to(con, plan.township, linked)
    townships = {row[0] for row in con.execute(
        "SELECT DISTINCT township_of(township_code) FROM stg_townships UNION SELECT DISTINCT township_of(township_code) FROM stg_benefit_roll "
        "WHERE township_code IS NOT NULL").fetchall()} - {"000000000"}  # fmt: skip
    last = plan.as_of.year * 12 + plan.as_of.month
    used = {name for rule in rules.values() for name in rule.parameters}
    codes = townships | {"000000000"}
    create_parameter_tables(con, parameters, codes, plan.as_of, range(last - 11, last + 1), used)
    titles = {p.name: p.title for p in parameters.parameters.values()}
    run_tables.write_parameters(con, values_in_use(parameters, townships, plan.as_of), titles)
    return linked


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
    return {
        "run_id": plan.run_id,
        "kind": plan.kind,
        "status": status,
        "as_of": plan.as_of,
        "snapshot_id": plan.snapshot_id,
        "previous_run_id": plan.previous_run_id,
        "started": plan.started,
        "finished": finished.isoformat(timespec="seconds"),
        "engine": settings.engine,
        "versions": outputs.versions(),
        "matching": matching_version(),
        "township": plan.township,
        "findings": sum(by_severity.values()),
        "by_severity": {s: by_severity.get(s, 0) for s in ("high", "medium", "low")},
        "inputs": [{**i, "columns": list(i["columns"])} for i in snapshot.inputs],
        "over_quarantine_limit": over_quarantine_limit(snapshot, contracts),
        "missing_core": missing_core(snapshot, contracts),
        "rules": {
            o.rule_id: {"status": o.status, "reason": o.reason, "note": o.note, "version": o.version, "findings": o.findings,
                        "seconds": round(o.seconds, 3), "unchanged": o.unchanged}
            for o in outcomes
        },
        "parameters": _parameters_said(plan, settings, snapshot, contracts),
        "overrides": plan.overrides,
        "checks": [*validated.checks, *(c for c in snapshot.checks if c["check"] == "quarantine_limit")],
        "rejected_datasets": plan.rejected,
        "datasets": dict(snapshot.keys),
        "stages": [{"name": r.name, "seconds": r.seconds, "rows": r.rows} for r in reports],
    }  # fmt: skip


def _parameters_said(
    plan: RunPlan, settings: Settings, snapshot: Snapshot, contracts: Mapping[str, Contract]
) -> list[dict[str, Any]]:
    with open_database(plan.work / RUN_DATABASE, _limits(plan, settings)) as con:
        names = ("name", "region", "valid_from", "value", "unit", "source", "example")
        rows = con.execute(
            "SELECT name, region, valid_from, value, unit, source, is_example FROM run_parameter"
        ).fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows]


def _run_path(plan: RunPlan, run_id: str | None) -> Any:
    return Store(plan.store).run_dir(run_id) if run_id else None


def _other_roll(plan: RunPlan, snapshot: Snapshot) -> Any:
    """The last published run before this one whose roll was another."""
    store, run_id = Store(plan.store), plan.previous_run_id
    while run_id:
        manifest = store.manifest(run_id)
        if manifest.get("datasets", {}).get("benefit_roll") != snapshot.keys.get("benefit_roll"):
            return store.run_dir(run_id)
        run_id = manifest.get("previous_run_id")
    return None


def _latest_snapshot(store: Store) -> Any:
    named = store.latest()
    return store.snapshots / named["snapshot_id"] if named else None


def _rejections(inputs: list[dict[str, Any]]) -> str:
    return " ".join(f"[{i['file']}: {i['reason']}]" for i in inputs if i["status"] == "rejected")


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])
