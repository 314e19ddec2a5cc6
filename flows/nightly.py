"""The nightly comparison: take in the drop, match, reconcile, publish. Each step is a Prefect task around a stage function."""

from __future__ import annotations

import datetime as dt
import functools
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flows.failures import PassingError, is_ours, may_pass, stopped_by, unexpected
from flows.plan import Progress, RunError, RunPlan
from flows.prefect_server import answering, prepare_prefect
from flows.private_files import keep_files_private
from flows.settings import Settings
from flows.validation import Validator
from transforms.intake import start_reader, stop_reader
from transforms.publish.store import Store, new_run_id


@dataclass(frozen=True)
class Retries:
    """How often a step is tried again after a failure that may pass, and how long first; the wait doubles each time."""

    times: int = 0
    first_wait_seconds: float = 60

    @property
    def waits(self) -> list[float]:
        """The wait before each new attempt."""
        return [self.first_wait_seconds * 2**n for n in range(self.times)]


def plan_nightly(inbox: Path, store: Store, as_of: dt.date) -> RunPlan:
    """A plan for a nightly run; its work folder is made when the run starts."""
    latest = store.latest()
    return RunPlan(
        store=store.root,
        run_id=new_run_id("nightly"),
        as_of=as_of,
        inbox=inbox,
        previous_run_id=latest["run_id"] if latest else None,
        started=dt.datetime.now().astimezone().isoformat(timespec="seconds"),
    )


def goes_back(store: Store, plan: RunPlan) -> str | None:
    """What to tell when the check date lies before that of the run the new one is told against."""
    last = store.manifest(plan.previous_run_id)["as_of"] if plan.previous_run_id else ""
    if plan.as_of.isoformat() >= last:
        return None
    return (
        f"the check date {plan.as_of} lies before that of the latest run, {last}: this run becomes the latest, "
        "and what is new, changed or gone is told against the later day"
    )


def run_nightly(
    inbox: Path, store_root: Path, as_of: dt.date, settings: Settings, progress: Progress
) -> dict[str, Any]:
    """Run the nightly comparison through Prefect and return the manifest of the published run.

    Raises StoreError when the store cannot be used or another nightly run holds it, RunError when nothing can be published.
    """
    keep_files_private()
    store = Store(store_root.resolve()).prepare()
    with store.nightly_lock(), helpers() as validator:
        progress("starting Prefect …")
        prepare_prefect(store.prefect_home)
        # Prefect is imported here: its import takes seconds, which no other command should pay.
        from prefect import flow

        logging.getLogger("prefect").setLevel(os.environ.get("PREFECT_LOGGING_LEVEL", "CRITICAL"))

        @flow(name="hedui-nightly", validate_parameters=False, persist_result=False, log_prints=False)
        def nightly() -> dict[str, Any]:
            return compare(store, inbox.resolve(), as_of, settings, progress, Retries(), validator)

        with answering():
            return nightly()


def hold_store(store: Store, held: ExitStack, retries: Retries) -> None:
    """Take the store's lock inside a flow, waiting as `retries` says while another nightly run has it. Raises StoreBusyError."""

    def hold() -> None:
        held.enter_context(store.nightly_lock())

    _task("hold the store", hold, retries)()


@contextmanager
def helpers() -> Iterator[Validator]:
    """The processes that check the contracts and open received files, started ahead: both import for a while, beside what comes first."""
    validator = Validator()
    try:
        start_reader()
        yield validator
    finally:
        validator.stop()
        stop_reader()


def compare(
    store: Store, inbox: Path, as_of: dt.date, settings: Settings, progress: Progress, retries: Retries, validator: Validator
) -> dict[str, Any]:  # fmt: skip
    """One nightly comparison, inside a flow, with the store's lock held and its helpers started; the manifest of the published run."""
    from flows import stages

    store.sweep()
    plan = plan_nightly(inbox, store, as_of)
    # What is wrong with these is told before anything that takes long.
    stages.rules_and_parameters(plan, settings)
    if back := goes_back(store, plan):
        progress(back)
    with store.working(plan.run_id):
        return _stages(plan, settings, validator, progress, retries)


def without_values(stage: Callable[..., Any]) -> Callable[..., Any]:
    """The stage, its unexpected errors told by type and place only: Prefect logs what a task raises, and an error may quote a cell."""

    @functools.wraps(stage)
    def run(*arguments: Any) -> Any:
        try:
            return stage(*arguments)
        except Exception as error:
            if stop := stopped_by(error):
                raise stop from None
            if is_ours(error) or os.environ.get("HEDUI_DEBUG"):
                raise
            kind = PassingError if may_pass(error) else RunError
            raise kind(f"{stage.__name__}: {unexpected(error)}; nothing was published") from None

    return run


def _task(name: str, stage: Callable[..., Any], retries: Retries) -> Callable[..., Any]:
    from prefect import task
    from prefect.cache_policies import NO_CACHE

    def worth_retrying(_task: Any, _run: Any, state: Any) -> bool:
        try:
            state.result()
        except Exception as error:
            return may_pass(error)
        return False

    made: Callable[..., Any] = task(
        name=name, cache_policy=NO_CACHE, persist_result=False, retries=retries.times, retry_delay_seconds=retries.waits or None,
        retry_condition_fn=worth_retrying,
    )(without_values(stage))  # fmt: skip
    return made


def _stages(
    plan: RunPlan, settings: Settings, validator: Validator, progress: Progress, retries: Retries
) -> dict[str, Any]:
    from flows import stages

    take_in, match, validate, reconcile, publish = (
        _task(name, stage, retries)
        for stage, name in ((stages.take_in, "take in"), (stages.match, "match"), (stages.validate, "validate"), (stages.reconcile, "reconcile"),
                            (stages.publish, "publish"))
    )  # fmt: skip
    snapshot, intake_reports = take_in(plan, settings, progress)
    staged = replace(plan, snapshot_id=snapshot.id)
    validator.ask(staged, settings)
    outcomes, match_reports = match(staged, settings, progress)
    checked, validated, validate_reports = validate(staged, settings, validator, progress)
    if checked.rejected:
        outcomes, match_reports = match(checked, settings, progress)
    recon_reports = reconcile(checked, settings, progress)
    reports = [*intake_reports, *validate_reports, *match_reports, *recon_reports]
    return publish(checked, settings, reports, outcomes, validated, progress)
