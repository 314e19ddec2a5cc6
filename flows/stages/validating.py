"""What the contract checks found."""

from __future__ import annotations

from dataclasses import replace

from data_contracts.loader import load_contracts
from flows.plan import Progress, RunError, RunPlan, StageReport, timed
from flows.settings import Settings
from flows.stages.run import NEEDED
from flows.validation import Validated, Validator


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
    needed = [f"{contracts[d].title}: {rejected[d]}" for d in NEEDED if d in rejected]
    if needed:
        raise RunError("the contract checks reject " + " and ".join(needed) + "; nothing is published")
    return replace(plan, rejected=rejected), validated, [report]
