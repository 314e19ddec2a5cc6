"""The inbox becomes a snapshot: intake, staging and linkage."""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any

import duckdb

from data_contracts import load_codes
from data_contracts.loader import Contract, load_contracts
from flows.engine import engine_version, fetch, linking_engine
from flows.plan import Progress, RunError, RunPlan, StageReport, timed
from flows.settings import Settings
from flows.stages.run import NEEDED, limits
from rules.engine.macros import create_macros
from transforms.linkage.roles import registers
from transforms.publish.store import Store
from transforms.staging.model import Snapshot


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
            intake, contracts, store.snapshots, plan.work, limits=limits(plan, settings), progress=progress,
            previous=_latest_snapshot(store), finish=lambda con, folder, earlier, changed: _link(con, folder, earlier, changed, contracts, settings, plan, progress),
            finish_version=version,
            codes=load_codes(settings.contracts / "codes") if settings.contracts else None,
        )  # fmt: skip
        report.rows = sum(i["loaded"] or 0 for i in snapshot.inputs)
    reports.append(report)
    needed = [contracts[d] for d in NEEDED if not snapshot.usable(d)]
    if needed:
        titles = " and ".join(contract.title for contract in needed)
        told = [*(line for contract in needed for line in _lacking(snapshot, contract)), *_rejections(snapshot.inputs)]
        raise RunError(f"no usable file of {titles}; nothing is published. " + " ".join(told))
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


def _latest_snapshot(store: Store) -> Path | None:
    named = store.latest()
    return store.snapshots / named["snapshot_id"] if named else None


def _lacking(snapshot: Snapshot, contract: Contract) -> list[str]:
    """Why a dataset is not usable though no file of it was rejected: none came, or those that came hold too few rows."""
    came = [i for i in snapshot.inputs if i["dataset"] == contract.dataset]
    if not came:
        return [f"[{contract.dataset}: 没有收到文件；请把文件放进收件箱的 {contract.dataset} 文件夹。]"]
    floor = f"收到的文件合计至少应有{contract.row_floor}行。"
    return [f"[{i['file']}: 有{i['loaded']}行数据，{floor}]" for i in came if i["status"] == "loaded"]


def _rejections(inputs: list[dict[str, Any]]) -> list[str]:
    return [f"[{i['file']}: {i['reason']}]" for i in inputs if i["status"] == "rejected"]
