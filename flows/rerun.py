"""The township rerun: the latest snapshot matched again for one township, in process. It never touches what the nightly run published."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from flows import stages
from flows.plan import Progress, RunPlan
from flows.settings import Settings
from flows.validation import Validated
from transforms.publish.store import Store, StoreError, new_run_id


def plan_rerun(
    store: Store, township: str, as_of: dt.date | None, rule_ids: tuple[str, ...], overrides: dict[str, str]
) -> RunPlan:
    """A plan on the latest published snapshot. States are told against the same earlier run as the nightly run told them."""
    manifest = store.manifest()
    return RunPlan(
        store=store.root,
        run_id=new_run_id("rerun"),
        as_of=as_of or dt.date.fromisoformat(manifest["as_of"]),
        kind="rerun",
        snapshot_id=manifest["snapshot_id"],
        previous_run_id=manifest["previous_run_id"],
        township=township,
        rule_ids=rule_ids,
        overrides=overrides,
        rejected=manifest["rejected_datasets"],
        started=dt.datetime.now().astimezone().isoformat(timespec="seconds"),
    )


def run_rerun(store_root: Path, township: str, as_of: dt.date | None, rule_ids: tuple[str, ...], overrides: dict[str, str],
              settings: Settings, progress: Progress) -> dict[str, Any]:  # fmt: skip
    """Check one township again and return the rerun's manifest.

    Raises StoreError when nothing was published yet or the township is not known.
    """
    store = Store(store_root.resolve())
    plan = plan_rerun(store, township, as_of, rule_ids, overrides)
    stages.check_township(plan)
    store.prepare()
    with store.working(plan.run_id):
        outcomes, match_reports = stages.match(plan, settings, progress)
        recon_reports = stages.reconcile(plan, settings, progress)
        return stages.publish(plan, settings, [*match_reports, *recon_reports], outcomes, Validated(), progress)


__all__ = ["StoreError", "plan_rerun", "run_rerun"]
