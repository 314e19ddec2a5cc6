"""`hedui backtest`: the same snapshot under two versions of a rule or parameter. Nothing is published."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

from flows import stages
from flows.plan import Progress, RunPlan, UsageError
from flows.settings import Settings
from transforms.core.run_database import RUN_DATABASE, EngineLimits, open_database
from transforms.decisions.precision import precision
from transforms.publish.store import Store, new_run_id

CONFIRMED, REFUTED = ("属实", "属实但豁免"), ("不属实",)
COMPARED = (
    "finding_id",
    "rule_id",
    "subject_key",
    "township_code",
    "township_name",
    "name",
    "severity",
    "evidence_hash",
    "amount_at_risk",
)


def run_backtest(store_root: Path, rule_id: str, overrides: dict[str, str], rules_folder: Path | None, as_of: dt.date | None,
                 settings: Settings, progress: Progress) -> dict[str, Any]:  # fmt: skip
    """Findings of one rule as published and as changed: gained, lost, kept (and kept with other evidence or severity).

    `overrides` changes parameters, `rules_folder` holds another version of the rule's file. Every finding tells its decision; `decided` counts
    the confirmed and refuted among gained, lost and kept, `before` and `after` have the precision measured on them (a share of 0 to 1, with its
    Wilson interval) and `precision_change` the difference. Raises UsageError when neither is given or the rule is not known.
    """
    if not overrides and rules_folder is None:
        raise UsageError(
            "nothing to compare: give --set parameter=value or --rules FOLDER with another version of the rule"
        )
    store = Store(store_root.resolve()).prepare()
    manifest = store.manifest()
    base = RunPlan(
        store=store.root, run_id=new_run_id("rerun-backtest"), as_of=as_of or dt.date.fromisoformat(manifest["as_of"]), kind="rerun",
        snapshot_id=manifest["snapshot_id"], previous_run_id=manifest["previous_run_id"], rule_ids=(rule_id,),
        started=dt.datetime.now().astimezone().isoformat(timespec="seconds"), rejected=manifest["rejected_datasets"],
    )  # fmt: skip
    changed_settings = settings.model_copy(update={"rules": rules_folder}) if rules_folder else settings
    changed = replace(base, run_id=new_run_id("rerun-backtest"), overrides=overrides)
    # What is wrong with the change is told before anything that takes long.
    stages.rules_and_parameters(changed, changed_settings)
    before = _findings(base, settings, progress)
    after = _findings(changed, changed_settings, progress)
    gained, lost = [after[i] for i in after if i not in before], [before[i] for i in before if i not in after]
    kept = [after[i] for i in after if i in before]
    measured = [_measured(list(side.values())) for side in (before, after)]
    return {
        "rule_id": rule_id,
        "as_of": base.as_of,
        "snapshot_id": base.snapshot_id,
        "changes": {"parameters": overrides, "rules": str(rules_folder) if rules_folder else None},
        "before": measured[0],
        "after": measured[1],
        "precision_change": _change(*(side["precision"] for side in measured)),
        "decided": {"gained": _decided(gained), "lost": _decided(lost), "kept": _decided(kept)},
        "gained": gained,
        "lost": lost,
        "kept": len(kept),
        "kept_changed": [row for row in kept if (row["evidence_hash"], row["severity"]) != tuple(before[row["finding_id"]][k] for k in ("evidence_hash", "severity"))],
    }  # fmt: skip


def _findings(plan: RunPlan, settings: Settings, progress: Progress) -> dict[str, dict[str, Any]]:
    with Store(plan.store).working(plan.run_id) as work:
        outcomes, _ = stages.match(plan, settings, progress)
        failed = [o for o in outcomes if o.status != "evaluated"]
        if failed:
            raise UsageError(f"{failed[0].rule_id} could not be evaluated: {failed[0].reason}")
        with open_database(work / RUN_DATABASE, EngineLimits(), read_only=True) as con:
            cursor = con.execute(
                f"SELECT {', '.join('f.' + c for c in COMPARED)}, d.outcome AS decision FROM out_finding AS f "
                "LEFT JOIN current_decision AS d ON d.finding_id = f.finding_id ORDER BY f.township_code, f.subject_key"
            )
            names = [d[0] for d in cursor.description]
            return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


def _measured(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """How many findings; of those a decision settled, how many it confirmed, with the Wilson interval."""
    counts = _decided(rows)
    measured = precision(counts["confirmed"], counts["confirmed"] + counts["refuted"])
    known = bool(measured.reviewed)
    return {"findings": len(rows), "reviewed": measured.reviewed, "confirmed": measured.confirmed,
            "precision": round(measured.confirmed / measured.reviewed, 4) if known else None,
            "low": round(measured.low, 4) if known else None, "high": round(measured.high, 4) if known else None}  # fmt: skip


def _change(before: float | None, after: float | None) -> float | None:
    return round(after - before, 4) if before is not None and after is not None else None


def _decided(rows: list[dict[str, Any]]) -> dict[str, int]:
    """How many of the findings were confirmed, refuted, or not settled."""
    confirmed = sum(row["decision"] in CONFIRMED for row in rows)
    refuted = sum(row["decision"] in REFUTED for row in rows)
    return {"confirmed": confirmed, "refuted": refuted, "open": len(rows) - confirmed - refuted}
