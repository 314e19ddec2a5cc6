"""Core tables, rules and findings of a snapshot."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import ExitStack

import duckdb

from data_contracts.loader import Contract, load_contracts
from flows.engine import rule_engine
from flows.feedback import load_into_run
from flows.plan import Progress, RunPlan, StageReport, UsageError, timed
from flows.settings import Settings
from flows.stages.run import count_rows, looked_at, other_roll, run_database, run_path
from rules.engine.apply import RuleOutcome, apply_rules
from rules.engine.availability import Arrived
from rules.engine.corpus import RULE_FOLDER, Rule, load_corpus
from rules.engine.findings import build_findings, finding_sql
from rules.engine.macros import create_macros
from rules.engine.parameters import (
    ParameterSet,
    create_parameter_tables,
    load_parameters,
    register_townships,
    values_in_use,
)
from transforms.core.build import build_core, core_definitions, create_context, stored_tables
from transforms.core.run_database import RUN_DATABASE, EngineLimits, create_views, open_database
from transforms.core.scope import NOWHERE, county_of, narrow_to, narrow_to_county
from transforms.core.unchanged import Prints, forget, keep_only, matching_version, read_made
from transforms.decisions.rectification import build_rectification, load_previous_rectification
from transforms.linkage.files import link_views
from transforms.pace import Pace
from transforms.publish import run_tables
from transforms.publish.store import Store
from transforms.reconcile.build import OF_CORE_TABLES, recon_sql
from transforms.reconcile.gone import LookedAt, explain_gone, list_gone
from transforms.reconcile.history import load_previous_findings, load_previous_roll
from transforms.staging.model import Snapshot, load_snapshot
from transforms.staging.views import staged_views

# Their people are in core_row and core_kin.
UNLINKED = {"benefit_roll", "kinship"}
LARGE_TABLE = 500_000
#: From here on the first rerun of a county writes what the county needs: at 9 million rows that costs it as much as two later ones save, at 88 million
#: less than one.
PROVINCE_ROWS = 20_000_000


def match(plan: RunPlan, settings: Settings, progress: Progress) -> tuple[list[RuleOutcome], list[StageReport]]:
    """Core tables, rules and findings, in the run's own run.duckdb in its work folder."""
    contracts = load_contracts(settings.contracts)
    snapshot = load_snapshot(Store(plan.store).snapshots / str(plan.snapshot_id))
    rules, parameters = rules_and_parameters(plan, settings)
    reports = []
    with _begun(plan, settings, snapshot) as con, ExitStack() as held:
        with timed("core", progress) as report:
            engine = held.enter_context(rule_engine(settings, plan.work))
            if plan.township:
                place = county_of(plan.township) if _is_province(snapshot) else plan.township
                here = f"household_id IN (SELECT household_id FROM previous_run.core_row WHERE township_code LIKE '{place}%')"
                load_previous_roll(con, other_roll(plan, snapshot), here)
            made = read_made(con)
            # Few transactions: every table made on its own would be flushed to disk on its own.
            con.begin()
            # What was found and answered before comes first: a rerun looks at those people and households again.
            load_previous_findings(con, run_path(plan, plan.previous_run_id), as_view=plan.kind == "rerun")
            load_into_run(con, plan, settings)
            linked = _read_snapshot(con, plan, settings, snapshot, contracts)
            near = _narrow(con, plan, settings, snapshot, linked, progress)
            _set_parameters(con, plan, parameters, rules, contracts)
            prints = _prints(con, snapshot, linked, rules) if _may_be_taken_over(plan, settings) else {}
            unchanged = {name for name, print_ in prints.items() if print_ and made.get(name) == print_}
            forget(con, made.keys() - unchanged)
            for table in set(OF_CORE_TABLES) - unchanged:
                con.execute(f"DROP TABLE IF EXISTS {table}")
            tables = engine.core(con, linked)
            readers = [*engine.readers(rule for i, rule in rules.items() if i not in unchanged), *finding_sql()]
            build_core(
                con, linked, lambda table: _settle(con, table), readers=readers, made=tables, kept=unchanged, near=near
            )
            con.commit()
            report.rows = count_rows(con, "core_row")
        reports.append(report)
        with timed("rules", progress) as report:
            pace = Pace(len(rules))

            def tell(outcome: RuleOutcome) -> None:
                pace.add(1)
                as_before = ", as in the last run" if outcome.unchanged else ""
                progress(f"  {outcome.rule_id}: {outcome.status}, {outcome.findings} findings{as_before} ({pace})")

            came = arrived(snapshot, contracts, plan.rejected)
            outcomes = apply_rules(con, rules.values(), came, tell, engine.select, unchanged)
            unanswered = {o.rule_id for o in outcomes if o.status != "evaluated"}
            run_tables.write_made(con, {name: print_ for name, print_ in prints.items() if name not in unanswered})
            run_tables.write_rules(con, rules, outcomes)
            report.rows = build_findings(con, rules.values(), came, contracts, parameters, plan.run_id, plan.as_of)
            load_previous_rectification(con, run_path(plan, plan.previous_run_id))
            _explain_gone(con, plan, snapshot, rules, contracts)
            build_rectification(con, plan.as_of)
        reports.append(report)
    return outcomes, reports


def _explain_gone(con: duckdb.DuckDBPyConnection, plan: RunPlan, snapshot: Snapshot, rules: Mapping[str, Rule],
                  contracts: Mapping[str, Contract]) -> None:  # fmt: skip
    """Why what was found before is not found now, told against the runs that last had it; a manifest outlives what its run published."""
    store, runs = Store(plan.store), list_gone(con, plan.previous_run_id, plan.township)
    seen = {run_id: LookedAt.of(store.manifest(run_id) if store.knows(run_id) else {}) for run_id in runs}
    explain_gone(con, LookedAt.of(looked_at(con, plan, snapshot)), seen, rules.values(), contracts, snapshot)


def check_township(plan: RunPlan) -> None:
    """Raise UsageError unless the latest published run knows the plan's township."""
    database = Store(plan.store).run_dir() / RUN_DATABASE
    with open_database(database, EngineLimits(), read_only=True) as con:
        known = dict(con.execute("SELECT township_code, township_name FROM core_township ORDER BY 1").fetchall())
    if plan.township not in known:
        raise UsageError(
            f"no township {plan.township} in the latest run; known: " + ", ".join(f"{c} {n}" for c, n in known.items())
        )


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
        enough = snapshot.usable(dataset)
        reason = rejected_datasets.get(dataset, "")
        if rejected and not files:
            reason = f"{rejected}个文件均被拒收"
        elif files and not enough:
            rows = sum(sheet.loaded for sheet in sheets)
            reason = f"收到的文件共{rows}行数据，至少应有{contract.row_floor}行"
        usable = enough and dataset not in rejected_datasets
        headings = {c.name: next((a for a in c.aliases if not a.isascii()), c.name) for c in contract.columns}
        found[dataset] = Arrived(contract.title, usable, len(files), reason, present, without, headings, rejected)
    return found


def _settle(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """End the transaction after a large core table: what is not committed is read by one thread only."""
    if count_rows(con, table) > LARGE_TABLE:
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
    con = run_database(plan, settings)
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


def _read_snapshot(
    con: duckdb.DuckDBPyConnection,
    plan: RunPlan,
    settings: Settings,
    snapshot: Snapshot,
    contracts: Mapping[str, Contract],
) -> list[str]:
    """What core tables and rules read of the snapshot; returns the datasets linked to people."""
    create_macros(con)
    staged_views(con, snapshot, contracts)
    for dataset in plan.rejected:
        con.execute(f"CREATE TABLE rejected_{dataset} AS SELECT * FROM stg_{dataset} LIMIT 0")
        con.execute(f"CREATE OR REPLACE VIEW stg_{dataset} AS SELECT * FROM rejected_{dataset}")
    linked = [c.dataset for c in contracts.values() if (c.person or c.other_persons) and c.dataset not in UNLINKED]
    create_views(con, link_views(snapshot.path / "links", linked))
    create_context(con, plan.as_of, settings.min_confidence)
    return linked


def _narrow(con: duckdb.DuckDBPyConnection, plan: RunPlan, settings: Settings, snapshot: Snapshot, linked: list[str],
            progress: Progress) -> dict[str, str]:  # fmt: skip
    """Of a rerun the township's part of the snapshot, found in its county's part where the snapshot is large; returns core_definitions' `near`."""
    near = {}
    if plan.township and plan.township != NOWHERE and settings.engine == "duckdb" and _is_province(snapshot):
        near = narrow_to_county(
            con, plan.township, linked, Store(plan.store).counties(snapshot.id), plan.work, progress
        )
    if plan.township:
        narrow_to(con, plan.township, linked)
    return near


def _is_province(snapshot: Snapshot) -> bool:
    """Whether the snapshot is so large that a county's part of it is worth keeping for reruns."""
    return sum(sheet.loaded for file in snapshot.files for sheet in file.sheets) > PROVINCE_ROWS


def _set_parameters(
    con: duckdb.DuckDBPyConnection, plan: RunPlan, parameters: ParameterSet, rules: Mapping[str, Rule], contracts: Mapping[str, Contract]
) -> None:  # fmt: skip
    """The parameters these rules read, by township and month, and those in use for the reader of the run."""
    townships = {row[0] for row in con.execute(
        "SELECT DISTINCT township_of(township_code) FROM stg_townships UNION SELECT township_code FROM core_ctx_township").fetchall()} - {"000000000"}  # fmt: skip
    last = plan.as_of.year * 12 + plan.as_of.month
    used = {name for rule in rules.values() for name in rule.parameters}
    codes = townships | {"000000000"}
    create_parameter_tables(
        con, parameters, codes, plan.as_of, range(last - 11, last + 1), used, register_townships(con, contracts)
    )
    titles = {p.name: p.title for p in parameters.parameters.values()}
    run_tables.write_parameters(con, values_in_use(parameters, townships, plan.as_of), titles)


def rules_and_parameters(plan: RunPlan, settings: Settings) -> tuple[dict[str, Rule], ParameterSet]:
    """The rules the run applies, by id, and the parameters with its own values. Raises CorpusError, ParameterError, UsageError for an unknown rule."""
    rules = load_corpus(settings.rules or RULE_FOLDER)
    unknown = [r for r in plan.rule_ids if r not in rules]
    if unknown:
        raise UsageError(f"unknown rule {', '.join(unknown)}; `hedui rules list` names them all")
    applied = {i: r for i, r in rules.items() if not plan.rule_ids or i in plan.rule_ids}
    parameters = load_parameters(county_folder=settings.parameters)
    return applied, parameters.with_overrides(plan.overrides) if plan.overrides else parameters
