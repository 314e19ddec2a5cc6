"""`hedui schedule`: register the nightly run (and the township rerun) with a Prefect server and serve both until stopped."""

from __future__ import annotations

import os
import re
import socket
import sys
from pathlib import Path
from typing import cast

from flows.plan import UsageError
from flows.prefect_server import NO_TELEMETRY, no_answer, reach_loopback_directly, start_server
from flows.private_files import keep_files_private
from transforms.china_time import TIME_ZONE
from transforms.publish.store import Store

USUAL_PORT = 4200


def serve_schedule(cron: str, inbox: Path, store_root: Path, name: str | None = None) -> None:
    """Serve `hedui-nightly/<name>` on the cron's times in China and `hedui-rerun/<name>` on demand. Returns when stopped.

    name: made of the store's path when not given, so that each store has its own. With PREFECT_API_URL set, that server keeps the
    schedule; else one is started for as long as this command runs. Raises UsageError for a cron or a HEDUI_NOTIFY that is none, StoreError when the store
    cannot be written, RunError when the server does not start or cannot be reached.
    """
    keep_files_private()
    store = Store(store_root.resolve()).prepare()
    _prepare_environment(store)
    from prefect import serve
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.deployments.runner import RunnerDeployment
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from flows.scheduled import nightly, rerun

    called = name or deployment_name(store.root)
    one_at_a_time = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE)
    place = {"store": str(store.root)}
    try:
        night = nightly.to_deployment(
            called, schedule=Cron(cron, timezone=TIME_ZONE), parameters={**place, "inbox": str(inbox.resolve())}, concurrency_limit=one_at_a_time,
            entrypoint_type=EntrypointType.MODULE_PATH, tags=["hedui"],
        )  # fmt: skip
    except ValueError:
        raise UsageError(
            f"--cron {cron!r} is no cron expression; write it as '0 2 * * *' (02:00 every night)"
        ) from None
    _prepare_server(called, store)
    again = rerun.to_deployment(called, parameters=place, entrypoint_type=EntrypointType.MODULE_PATH, tags=["hedui"])
    print(f"hedui: serving hedui-nightly/{called} ({cron}, {TIME_ZONE}) and hedui-rerun/{called}; server {os.environ['PREFECT_API_URL']}",
          file=sys.stderr, flush=True)  # fmt: skip
    # A night missed while the service was being restarted is made up for: its schedule is not paused.
    serve(
        cast(RunnerDeployment, night),
        cast(RunnerDeployment, again),
        pause_on_shutdown=False,
        print_starting_message=False,
    )


def _prepare_server(called: str, store: Store) -> None:
    """What the server must have before it is served, and the runs it still believes to be under way."""
    import httpx
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound

    from flows.crashes import resume_orphans, skip_missed
    from flows.notices import check_notify
    from flows.settings import Settings

    try:
        check_notify(Settings())
        with get_client(sync_client=True) as client:
            deployment = client.read_deployment_by_name(f"hedui-nightly/{called}").id
            resume_orphans(client, deployment, store)
            skip_missed(client, deployment)
    except ObjectNotFound:
        # Served for the first time.
        return
    except httpx.HTTPError as error:
        raise no_answer(error) from None


def deployment_name(store: Path) -> str:
    """A name that no other store on this machine has: /srv/hedui/store → srv-hedui-store."""
    return re.sub(r"[^\w.]+", "-", str(store)).strip("-") or "store"


def _prepare_environment(store: Store) -> None:
    for variable, value in NO_TELEMETRY.items():
        os.environ.setdefault(variable, value)
    # The service's account may have no home, nor write where Prefect is installed.
    os.environ.setdefault("PREFECT_HOME", str(store.prefect_home))
    if "PREFECT_API_URL" in os.environ:
        return
    os.environ.setdefault("PREFECT_UI_STATIC_DIRECTORY", str(store.prefect_home / "ui"))
    reach_loopback_directly()
    os.environ["PREFECT_API_URL"] = start_server(
        dict(os.environ), USUAL_PORT if _is_free(USUAL_PORT) else None, quiet=False
    )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
