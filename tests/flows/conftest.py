"""One nightly run of the sample drop, as a whole process, shared by the tests that only read it.

It runs as carelessly as an account may be set up (umask 0), without a network where that may be arranged, and without what the
tests say to libraries otherwise: tests/operations looks at what came of that.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.command import ROOT, SAMPLE, SAMPLE_AS_OF, prefect_home
from tests.made_once import made_once
from tests.operations import sealed

RUN = [
    "sh",
    "-c",
    'umask 0; exec "$@"',
    "sh",
    sys.executable,
    "-m",
    "flows.cli",
    "run",
    "--inbox",
    str(SAMPLE),
    "--as-of",
    SAMPLE_AS_OF,
    "--json",
]


@pytest.fixture(scope="session")
def published(tmp_path_factory) -> Path:
    """A store with one published run of the sample drop."""

    def run(store: Path) -> None:
        env = {k: v for k, v in os.environ.items() if k not in sealed.SAID_BY_TESTS} | {
            "PREFECT_HOME": str(prefect_home())
        }
        command = [*RUN, "--store", str(store)]
        if sealed.permitted():
            done = sealed.run_sealed(tried_on_the_network(store), command, ROOT, env)
        else:
            done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    return made_once(tmp_path_factory, "published-store", run)


def tried_on_the_network(store: Path) -> Path:
    """The file that says what the shared run tried; it is there only where a network could be taken away."""
    return store.with_suffix(".network")


@pytest.fixture(scope="session")
def latest(published) -> Path:
    """The folder of that run."""
    return published / "runs" / json.loads((published / "latest.json").read_text())["run_id"]
