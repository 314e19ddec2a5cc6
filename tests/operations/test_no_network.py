"""The main job needs no network and asks for none: it runs where there is no route, and no name is looked up."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.flows.command import ROOT, SAMPLE, SAMPLE_AS_OF
from tests.flows.conftest import tried_on_the_network
from tests.operations import sealed


@pytest.fixture
def sealed_off(tmp_path):
    """A function that runs a command without a network and gives how it ended and what it tried."""
    if not sealed.permitted():
        pytest.skip("this account may not make a network namespace")

    def run(*command: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
        env = {name: value for name, value in os.environ.items() if name not in sealed.SAID_BY_TESTS}
        (tmp_path / "home").mkdir(exist_ok=True)
        done = sealed.run_sealed(tmp_path / "record", list(command), ROOT, {**env, "HOME": str(tmp_path / "home")})
        return done, (tmp_path / "record").read_text().splitlines()

    return run


def test_an_attempt_would_be_seen(sealed_off):
    asks = "import socket, subprocess, sys\ntry:\n    socket.getaddrinfo('nobody.invalid', 80)\nexcept OSError:\n    pass\n"
    asks += "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ntry:\n    s.sendto(b'', ('192.0.2.1', 9))\nexcept OSError as e:\n    print(e.strerror)\n"
    done, tried = sealed_off(
        sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {asks!r}])"
    )
    assert "socket.getaddrinfo nobody.invalid" in tried
    assert "dns nobody.invalid" in tried
    assert "socket.sendto 192.0.2.1" in tried
    assert "unreachable" in done.stdout


def test_the_nightly_run_needs_no_network_and_looks_up_no_name(published):
    record = tried_on_the_network(published)
    if not record.exists():
        pytest.skip("this account may not make a network namespace")
    assert record.read_text() == ""


@pytest.mark.full
def test_the_very_first_run_of_an_account_needs_none_either(sealed_off, tmp_path):
    store = str(tmp_path / "store")
    done, tried = sealed_off(
        sys.executable, "-m", "flows.cli", "run", "--inbox", str(SAMPLE), "--store", store, "--as-of", SAMPLE_AS_OF
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "store" / "latest.json").exists()
    assert tried == []
