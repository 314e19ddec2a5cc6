"""The commands as a user runs them: extract, explain and audit verify leave and check one trail."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.flows.command import hedui
from transforms.publish.store import Store


@pytest.fixture
def whole_store(published, tmp_path):
    """A copy of the store with its received files, which explain reads."""
    return shutil.copytree(published, tmp_path / "store")


def test_extract_explain_and_verify(whole_store, tmp_path):
    done = hedui(
        "extract",
        "--store",
        whole_store,
        "--audience",
        "supervisor",
        "--severity",
        "high",
        "--out",
        tmp_path / "out",
        "--json",
    )
    assert done.status == 0, done.err
    assert done.json["who"] == "督查一组" and (tmp_path / "out" / done.json["files"][0]["name"]).exists()
    listed = hedui("findings", "--store", whole_store, "--json").json["findings"]
    assert hedui("explain", listed[0]["finding_id"], "--store", whole_store, "--json").status == 0
    verified = hedui("audit", "verify", "--store", whole_store, "--json")
    assert (verified.status, verified.json["ok"], verified.json["entries"]) == (0, True, 2)
    trail = whole_store / "audit" / "audit.jsonl"
    entry = json.loads(trail.read_text().splitlines()[1])
    assert entry["action"] == "explain"
    assert entry["details"] == {"finding_id": listed[0]["finding_id"], "run_id": Store(whole_store).run_dir().name}
    trail.write_bytes(trail.read_bytes().replace(b"supervisor", b"superviser", 1))
    verified = hedui("audit", "verify", "--store", whole_store, "--json")
    assert (verified.status, verified.json["first_bad"]) == (1, 1)


def test_wrong_usage_and_a_missing_secret_have_their_exit_status(store, tmp_path):
    wrong = hedui("extract", "--store", store, "--audience", "police", "--out", tmp_path / "out")
    assert wrong.status == 2 and "--audience police" in wrong.err
    secret = hedui("extract", "--store", store, "--audience", "auditor", "--out", tmp_path / "out")
    assert secret.status == 1 and "HEDUI_AUDIT_KEY" in secret.err


def test_explain_goes_on_where_the_trail_cannot_be_written(whole_store):
    finding = hedui("findings", "--store", whole_store, "--json").json["findings"][0]["finding_id"]
    (whole_store / "audit").write_text("a file where the folder should be")
    done = hedui("explain", finding, "--store", whole_store, "--json")
    assert done.status == 0 and done.json["finding"]["finding_id"] == finding
    assert "not recorded in the audit trail" in done.err


def test_verify_needs_a_store(tmp_path):
    done = hedui("audit", "verify", "--store", tmp_path / "nowhere")
    assert done.status == 1 and "no store" in done.err
