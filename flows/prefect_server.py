"""What Prefect is told before its first import, and the server it gets when none is configured."""

from __future__ import annotations

import atexit
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.children import start_child
from flows.plan import RunError

NO_TELEMETRY = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}
STARTUP_SECONDS = 240
LOOPBACK = "127.0.0.1"
#: What Prefect itself sets for the server it starts on its own.
OF_TEMPORARY_SERVER = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}


def prepare_prefect(prefect_home: Path) -> None:
    """Set Prefect's environment: no telemetry; without PREFECT_API_URL its home in the store and a server for this process only.

    Raises RunError when that server does not start.
    """
    for name, value in NO_TELEMETRY.items():
        os.environ.setdefault(name, value)
    if "PREFECT_API_URL" not in os.environ:
        os.environ.setdefault("PREFECT_HOME", str(prefect_home))
        os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
        reach_loopback_directly()
        os.environ["PREFECT_API_URL"] = start_server({**os.environ, **OF_TEMPORARY_SERVER})


@contextmanager
def answering() -> Iterator[None]:
    """Tell that the server of PREFECT_API_URL does not answer, which Prefect says with an error like any other. Raises RunError."""
    try:
        yield
    except RuntimeError as error:
        if not str(error).startswith("Failed to reach API"):
            raise
        raise no_answer(error.__cause__ or error) from None


def no_answer(error: BaseException) -> RunError:
    """What to tell when the server does not answer; an address may hold a password."""
    address = re.sub(r"//[^/@]*@", "//", os.environ["PREFECT_API_URL"])
    return RunError(
        f"the Prefect server at {address} does not answer ({type(error).__name__}); "
        "start it, or mend PREFECT_API_URL, then give the command again"
    )


def reach_loopback_directly() -> None:
    """A proxy the machine uses for the rest of the world must not be asked for 127.0.0.1."""
    for name in ("NO_PROXY", "no_proxy"):
        known = [part for part in os.environ.get(name, "").split(",") if part]
        os.environ[name] = ",".join(dict.fromkeys([*known, LOOPBACK, "localhost"]))


def start_server(environment: dict[str, str], port: int | None = None, *, quiet: bool = True) -> str:
    """Start Prefect's API on a port of the loopback and return its URL once it answers. It ends with this process, however that ends.

    Prefect starts such a server too, but leaves it running when the process is killed. Raises RunError.
    """
    port = port or _free_port()
    url = f"http://{LOOPBACK}:{port}/api"
    own = {k: v for k, v in environment.items() if k != "PREFECT_API_URL"} | {"PREFECT_UI_API_URL": url}
    command = [sys.executable, "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app", "--host", LOOPBACK, "--port", str(port),
               "--log-level", "error", "--lifespan", "on"]  # fmt: skip
    server = start_child(command, env=own, stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL if quiet and not os.environ.get("HEDUI_DEBUG") else None)  # fmt: skip
    atexit.register(server.terminate)
    deadline = time.monotonic() + STARTUP_SECONDS
    while not _answers(url):
        if server.poll() is not None or time.monotonic() > deadline:
            home = environment.get("PREFECT_HOME", "~/.prefect")
            raise RunError(f"Prefect's server did not start (its files are in {home}); see that the disk has room and that the folder can be written, "
                           "or set PREFECT_API_URL to a server that runs; nothing was published")  # fmt: skip
        time.sleep(0.1)
    return url


def _answers(url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{url}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
