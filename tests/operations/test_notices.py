"""Who hears of a failed run, and that nothing secret is said when nobody could be told."""

from __future__ import annotations

import logging
import shlex
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr

from flows import notices
from tests.operations.mailbox import mailbox

FLOW, RUN = SimpleNamespace(name="hedui-nightly"), SimpleNamespace(name="quiet-owl")
FAILED: Any = SimpleNamespace(name="Failed", message="the disk is full; free some space")
WRITES = "import os, sys; open(sys.argv[1], 'w').write('|'.join(os.environ['HEDUI_FAILED_' + n] for n in ('FLOW', 'RUN', 'STATE', 'MESSAGE')))"


@pytest.fixture
def told(monkeypatch, caplog):
    """A function that tells of a failure with a block of that URL, or a command, and gives what was logged by hedui, and by anybody."""
    monkeypatch.setattr(notices, "flow_run_logger", lambda *_: logging.getLogger("hedui.told"))
    caplog.set_level(logging.DEBUG)

    def tell(*, mail: str | None = None, command: str | None = None) -> tuple[list[str], str]:
        if mail:
            monkeypatch.setenv("HEDUI_NOTIFY", "hedui-mail/duty")
            monkeypatch.setattr(notices, "_block", lambda name: notices.HeduiMail(url=SecretStr(mail)))
        if command:
            monkeypatch.setenv("HEDUI_ON_FAILURE", command)
        notices.tell(FLOW, RUN, FAILED)
        return [r.getMessage() for r in caplog.records if r.name == "hedui.told"], caplog.text

    return tell


def test_nobody_asked_to_be_told(told):
    assert told()[0] == []


def test_the_command_hears_what_failed_and_why(told, tmp_path):
    assert told(command=shlex.join([sys.executable, "-c", WRITES, str(tmp_path / "said")]))[0] == []
    assert (tmp_path / "said").read_text() == "hedui-nightly|quiet-owl|Failed|the disk is full; free some space"


@pytest.mark.parametrize(
    ("command", "error"),
    [("false", "CalledProcessError"), ("no-such-program-here x", "FileNotFoundError"), ("'", "ValueError")],
)
def test_a_command_that_fails_is_said_and_harms_nothing(told, command, error):
    assert told(command=command)[0] == [f"nobody was told through HEDUI_ON_FAILURE: {error}"]


def test_a_letter_says_what_failed_and_where_to_read_on(told):
    with mailbox() as box:
        assert told(mail=box.url)[0] == []
    (letter,) = box.received
    assert letter["to"] == "duty@county.example"
    assert "hedui-nightly / quiet-owl" in letter["subject"]
    body = letter.get_body(("plain",)).get_content()
    assert "the disk is full; free some space" in body
    assert "docs/operations.md" in body


def test_a_mail_server_that_is_away_is_said_without_its_password(told):
    ours, everybody = told(mail="mailto://hedui:Kennwort7@127.0.0.1:1?from=a@county.example&to=b@county.example")
    assert ours == ["nobody was told through HEDUI_NOTIFY: NotificationError"]
    assert "Kennwort7" not in everybody
