"""One nightly run of the sample drop, as a whole process, shared by the tests that only read it."""

import json
from pathlib import Path

import pytest

from tests.flows.command import SAMPLE, SAMPLE_AS_OF, hedui


@pytest.fixture(scope="session")
def published(tmp_path_factory) -> Path:
    """A store with one published run of the sample drop."""
    store = tmp_path_factory.mktemp("published") / "store"
    done = hedui("run", "--inbox", SAMPLE, "--store", store, "--as-of", SAMPLE_AS_OF, "--json")
    assert done.status == 0, done.err
    return store


@pytest.fixture(scope="session")
def latest(published) -> Path:
    """The folder of that run."""
    return published / "runs" / json.loads((published / "latest.json").read_text())["run_id"]
