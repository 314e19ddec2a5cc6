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
from http import HTTPStatus
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


def _answer(request: urllib.request.Request) -> bytes | None:
    """What the server says; None where its database is too busy to say anything."""
    try:
        with urllib.request.urlopen(request, timeout=300) as answer:
            return answer.read() or b" "
    except urllib.error.HTTPError as error:
        if error.code != HTTPStatus.SERVICE_UNAVAILABLE:
            raise
        return None


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
        text = until(lambda: _answer(request), f"an answer to {path}")
        return json.loads(text) if text.strip() else None

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

    def run(self, run: str) -> dict[str, Any]:
        return self.ask(f"/flow_runs/{run}", method="GET")

    def tasks(self, run: str) -> list[dict[str, Any]]:
        return self.ask("/task_runs/filter", {"flow_runs": {"id": {"any_": [run]}}})

    def start(self, deployment: str, **parameters: Any) -> str:
        """Start a run of a deployment as anybody at the API would; its id."""
        return self.ask(
            f"/deployments/{deployment}/create_flow_run", {"parameters": parameters, "state": {"type": "SCHEDULED"}}
        )["id"]

    def ended(self, run: str) -> dict[str, Any]:
        """Wait for a run to end, for good, and give it: what crashed is started again a moment later."""

        def look() -> dict[str, Any] | None:
            found = self.run(run)
            return found if found["state_type"] in ENDED - {"CRASHED"} else None

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
def server(home: Path, **settings: str) -> Iterator[Server]:
    """`prefect server start` on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/api"
    # Runs start in a folder of Prefect's own: PYTHONPATH has them import this checkout all the same.
    env = {
        **os.environ,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": url,
        "PREFECT_LOGGING_LEVEL": "INFO",
        "PYTHONPATH": str(ROOT),
    }
    env |= settings
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    log = (home.parent / "server.log").open("w")
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)
    with log, stopped_at_the_end(process):
        running = Server(url, env)
        until(running.is_up, "the Prefect server")
        yield running


@dataclass
class Schedule:
    """`hedui schedule` of the sample drop at a server, which can be stopped, killed and started again."""

    server: Server
    store: Path
    settings: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def start(self, cron: str) -> dict[str, str]:
        """Start it and give the ids of its deployments by flow name, once they have that schedule."""
        command = [sys.executable, "-m", "flows.cli", "schedule", "--cron", cron, "--inbox", str(SAMPLE), "--store", str(self.store),
                   "--name", "sample"]  # fmt: skip
        with self.log.open("a") as log:
            self.process = process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**self.server.env, **self.settings},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

        def registered() -> dict[str, str]:
            assert process.poll() is None, self.log.read_text()
            flows = {flow["id"]: flow["name"] for flow in self.server.ask("/flows/filter")}
            deployments = self.server.ask("/deployments/filter")
            crons = {s["schedule"]["cron"] for d in deployments for s in d["schedules"]}
            found = {flows[d["flow_id"]]: d["id"] for d in deployments}
            return found if len(found) == 2 and crons == {cron} else {}

        return until(registered, "the deployments")

    def stop(self) -> None:
        """As systemd does."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=60)
        self.kill()

    def kill(self) -> None:
        """As a power cut does."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    @property
    def log(self) -> Path:
        return self.store.parent / "schedule.log"


def process_of(run: str) -> int:
    """The process that runs a flow run."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes().split(b"\0")
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if b"prefect" in command and any(
            line.startswith(b"PREFECT__FLOW_RUN_ID=") and run.encode() in line for line in environment
        ):
            return int(process.name)
    raise AssertionError(f"no process runs {run}")
