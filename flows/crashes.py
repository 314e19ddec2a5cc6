"""A night whose process died (killed, out of memory, power cut) is started again as the same run; what it had taken in is taken over.
Of several nights that nobody served, the last is made up for.

Only what Prefect runs imports this module: importing Prefect takes seconds.
"""

from __future__ import annotations

import datetime as dt
from contextlib import ExitStack
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import AwaitingRetry, Cancelled, Crashed

from flows.notices import tell
from flows.settings import Settings
from transforms.publish.store import Store, StoreBusyError


def crashed(flow: Any, flow_run: Any, state: State) -> None:
    """What happens when a run's process died: it is started again as often as HEDUI_RETRIES says, and somebody hears of it."""
    with get_client(sync_client=True) as client:
        again = _start_again(client, client.read_flow_run(flow_run.id))
    message = f"{state.message or 'the process of the run died'} " + (
        f"It is started again at {again.astimezone():%H:%M:%S}."
        if again
        else "It is not started again; see why its process died (memory, disk, a restart), then start it by hand."
    )
    tell(flow, flow_run, state.model_copy(update={"message": message}))


def resume_orphans(client: SyncPrefectClient, deployment: UUID, store: Store) -> int:
    """Start those runs of a deployment again that were under way when whoever served it died; how many there were.

    They are known by the store's lock: a run that lives holds it. Nothing is done while one does.
    """
    with ExitStack() as held:
        try:
            held.enter_context(store.nightly_lock())
        except StoreBusyError:
            return 0
        under_way = FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING]))
        )
        orphans = client.read_flow_runs(flow_run_filter=under_way, deployment_filter=_only(deployment))
        for orphan in orphans:
            # By way of Crashed: that gives back its place among the runs allowed at once.
            client.set_flow_run_state(orphan.id, Crashed(message="Whoever served the run died with it."), force=True)
            _start_again(client, orphan)
        return len(orphans)


def skip_missed(client: SyncPrefectClient, deployment: UUID) -> int:
    """Of the scheduled runs that fell due while nobody served them, leave the last and cancel the others; how many those were.

    They would check the same inbox for the same day, one after another. Runs somebody asked for stay.
    """
    due = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
            expected_start_time=FlowRunFilterExpectedStartTime.model_validate({"before_": dt.datetime.now(dt.UTC)}),
        ),
        deployment_filter=_only(deployment),
        sort=FlowRunSort.EXPECTED_START_TIME_ASC,
    )
    missed = [run for run in due if run.auto_scheduled and not run.run_count][:-1]
    for run in missed:
        client.set_flow_run_state(run.id, Cancelled(message="Missed; a later run makes up for it."), force=True)
    return len(missed)


def _only(deployment: UUID) -> DeploymentFilter:
    return DeploymentFilter(id=DeploymentFilterId(any_=[deployment]))


def _start_again(client: SyncPrefectClient, run: FlowRun) -> dt.datetime | None:
    settings = Settings()
    if run.run_count > settings.retries:
        return None
    wait = settings.retry_seconds * 2 ** max(0, run.run_count - 1)
    again = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=wait)
    client.set_flow_run_state(run.id, AwaitingRetry(scheduled_time=again), force=True)
    return again
