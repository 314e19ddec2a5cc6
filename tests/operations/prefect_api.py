"""A really started Prefect server and `hedui schedule`, and the few calls of the server's API that the tests make."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.flows.command import ROOT, SAMPLE

ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
#: How often a condition is looked at, half a second apart, before it is given up.
ATTEMPTS = 600


def until(found: Callable[[], Any], what: str) -> Any:
    """Wait until `found` gives something. Raises AssertionError naming what never came."""
    pause = threading.Event()
    for _ in range(ATTEMPTS):
        if value := found():
            return value
        pause.wait(0.5)
    raise AssertionError(f"waited in vain for {what}")


@dataclass
class Server:
    """The API of a running server."""

    url: str
    env: dict[str, str]

    def ask(self, path: str, body: Any = None, method: str = "POST") -> Any:
        """Call the API."""
        data = None if method == "GET" else json.dumps(body or {}).encode()
        request = urllib.request.Request(
            f"{self.url}{path}", data=data, method=method, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def is_up(self) -> bool:
        try:
            return self.ask("/health", method="GET") is True
        except (urllib.error.URLError, OSError):
            return False

    def runs(self, deployment: str) -> list[dict[str, Any]]:
        """Flow runs of a deployment, in the order they were to start."""
        return self.ask(
            "/flow_runs/filter", {"deployments": {"id": {"any_": [deployment]}}, "sort": "EXPECTED_START_TIME_ASC"}
        )

    def tasks(self, run: str) -> list[dict[str, Any]]:
        return self.ask("/task_runs/filter", {"flow_runs": {"id": {"any_": [run]}}})

    def start(self, deployment: str, **parameters: Any) -> str:
        """Start a run of a deployment as anybody at the API would; its id."""
        return self.ask(
            f"/deployments/{deployment}/create_flow_run", {"parameters": parameters, "state": {"type": "SCHEDULED"}}
        )["id"]

    def ended(self, run: str) -> dict[str, Any]:
        """Wait for a run to end and give it."""

        def look() -> dict[str, Any] | None:
            found = self.ask(f"/flow_runs/{run}", method="GET")
            return found if found["state_type"] in ENDED else None

        return until(look, f"run {run} to end")


@contextmanager
def stopped_at_the_end(process: subprocess.Popen[Any]) -> Iterator[None]:
    """Stop a process and what it started."""
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=60)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def server(home: Path) -> Iterator[Server]:
    """`prefect server start` on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/api"
    env = {**os.environ, "PREFECT_HOME": str(home), "PREFECT_API_URL": url, "PREFECT_LOGGING_LEVEL": "INFO"}
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    log = (home.parent / "server.log").open("w")
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)
    with log, stopped_at_the_end(process):
        running = Server(url, env)
        until(running.is_up, "the Prefect server")
        yield running


@contextmanager
def schedule(running: Server, store: Path, cron: str, **settings: str) -> Iterator[dict[str, str]]:
    """`hedui schedule` at that server; the ids of its deployments by flow name."""
    command = [
        sys.executable,
        "-m",
        "flows.cli",
        "schedule",
        "--cron",
        cron,
        "--inbox",
        str(SAMPLE),
        "--store",
        str(store),
        "--name",
        "sample",
    ]
    log = (store.parent / "schedule.log").open("w")
    process = subprocess.Popen(
        command, cwd=ROOT, env={**running.env, **settings}, stdout=log, stderr=log, start_new_session=True
    )

    def registered() -> dict[str, str]:
        assert process.poll() is None, (store.parent / "schedule.log").read_text()
        flows = {flow["id"]: flow["name"] for flow in running.ask("/flows/filter")}
        found = {flows[d["flow_id"]]: d["id"] for d in running.ask("/deployments/filter")}
        return found if len(found) == 2 else {}

    with log, stopped_at_the_end(process):
        yield until(registered, "the deployments")
