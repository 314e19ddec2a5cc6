"""One nightly run of the sample drop, as a whole process, shared by the tests that only read it."""

import json
from pathlib import Path

import pytest

from tests.flows.command import SAMPLE, SAMPLE_AS_OF, hedui
from tests.made_once import made_once


@pytest.fixture(scope="session")
def published(tmp_path_factory) -> Path:
    """A store with one published run of the sample drop."""

    def run(store: Path) -> None:
        done = hedui("run", "--inbox", SAMPLE, "--store", store, "--as-of", SAMPLE_AS_OF, "--json")
        assert done.status == 0, done.err

    return made_once(tmp_path_factory, "published-store", run)


@pytest.fixture(scope="session")
def latest(published) -> Path:
    """The folder of that run."""
    return published / "runs" / json.loads((published / "latest.json").read_text())["run_id"]
