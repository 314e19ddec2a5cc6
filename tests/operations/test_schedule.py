"""The nightly run as a deployment on a really started Prefect server: by itself, again after what passes, never after what does not."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import logging
import os
import shlex
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import polars as pl
import pytest
from prefect.exceptions import TerminationSignal

from flows.artifacts import publish_artifacts, row_accounting, rules_outcome, top_changes, where_the_lists_are
from flows.failures import PassingError, may_pass
from flows.nightly import Retries, without_values
from flows.plan import RunError, UsageError
from flows.schedule import deployment_name, serve_schedule
from tests.flows.command import ROOT, SAMPLE
from tests.operations import canary, prefect_api
from tests.operations.mailbox import mailbox
from tests.operations.prefect_api import until
from transforms.publish.store import Store, StoreBusyError, StoreError

HOOK = "import json, os, sys; print(json.dumps({k: v for k, v in os.environ.items() if k.startswith('HEDUI_FAILED')}), file=open(sys.argv[1], 'a'))"
full = pytest.mark.full
pytestmark = pytest.mark.early


MAIL = "import sys; from flows.notices import HeduiMail; HeduiMail(url=sys.argv[1]).save('duty')"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A server; a schedule of every minute, stopped once it has run twice; a run that comes late; and then a schedule of once a year."""
    root = tmp_path_factory.mktemp("scheduled")
    (root / "prefect").mkdir()
    hook = root / "hook.jsonl"
    settings = {
        "HEDUI_ON_FAILURE": shlex.join([sys.executable, "-c", HOOK, str(hook)]), "HEDUI_NOTIFY": "hedui-mail/duty",
        "HEDUI_RETRY_SECONDS": "1", "HEDUI_RETRIES": "5",
    }  # fmt: skip
    with mailbox() as mails, prefect_api.server(root / "prefect") as server, ExitStack() as at_the_end:
        subprocess.run(
            [sys.executable, "-c", MAIL, mails.url], cwd=ROOT, env=server.env, check=True, capture_output=True
        )
        schedule = prefect_api.Schedule(server, root / "store", settings)
        at_the_end.callback(schedule.stop)
        deployments = schedule.start("* * * * *")
        night, rerun = deployments["hedui-nightly"], deployments["hedui-rerun"]
        deployment = server.ask(f"/deployments/{night}", method="GET")

        def twice():
            done = [run for run in server.runs(night) if run["state_type"] in prefect_api.ENDED]
            return done if len(done) >= 2 else None

        scheduled = until(twice, "two scheduled runs")[:2]
        schedule.stop()
        late = server.start(night)
        until(lambda: server.run(late)["state_name"] == "Late", "the run to be late")
        schedule.start("0 3 1 1 *")
        yield SimpleNamespace(
            server=server,
            night=night,
            rerun=rerun,
            deployment=deployment,
            scheduled=scheduled,
            late=server.ended(late),
            schedule=schedule,
            store=Store(root / "store"),
            hook=hook,
            mails=mails.received,
            root=root,
        )


def hooked(house, run_name: str) -> list[dict[str, str]]:
    said = [json.loads(line) for line in house.hook.read_text().splitlines()] if house.hook.exists() else []
    return [line for line in said if line["HEDUI_FAILED_RUN"] == run_name]


def mailed(house, run_name: str) -> list[str]:
    return [mail.get_body(("plain",)).get_content() for mail in house.mails if run_name in mail["subject"]]


@full
def test_a_night_runs_by_itself_twice_the_second_reusing_what_did_not_change(house):
    assert [(r["state_name"], r["auto_scheduled"]) for r in house.scheduled] == [("Completed", True)] * 2
    first, second = (house.store.manifest(run["state"]["message"].split(":")[0]) for run in house.scheduled)
    assert second["previous_run_id"] == first["run_id"]
    assert second["snapshot_id"] == first["snapshot_id"]
    assert len(list(house.store.snapshots.iterdir())) == 1
    # What did not change was neither staged nor linked again: its files are those of the first night.
    snapshot = house.store.snapshots / first["snapshot_id"]
    ended = dt.datetime.fromisoformat(first["finished"]).timestamp()
    assert max(path.stat().st_mtime for path in snapshot.rglob("*")) <= ended
    suspects = pl.read_parquet(house.store.runs / second["run_id"] / "suspects.parquet")
    assert set(suspects["state"]) == {"continuing"}
    begun = dt.datetime.fromisoformat(second["started"]).astimezone(dt.timezone(dt.timedelta(hours=8)))
    assert second["as_of"] == begun.date().isoformat()


@full
def test_a_run_due_while_nobody_served_it_comes_late(house):
    assert (house.late["state_name"], house.late["run_count"]) == ("Completed", 1), house.late["state"]["message"]


@full
def test_the_schedule_is_in_the_time_of_china_one_run_at_a_time(house):
    deployment = house.deployment
    schedule = deployment["schedules"][0]["schedule"]
    assert (schedule["cron"], schedule["timezone"]) == ("* * * * *", "Asia/Shanghai")
    assert deployment["global_concurrency_limit"]["limit"] == 1
    assert deployment["concurrency_options"]["collision_strategy"] == "ENQUEUE"
    assert deployment["parameters"] == {"inbox": str(SAMPLE), "store": str(house.store.root)}


@full
def test_each_run_has_its_artifacts_and_none_names_anybody(house):
    found = house.server.ask("/artifacts/filter", {"flow_runs": {"id": {"any_": [house.scheduled[1]["id"]]}}})
    assert {"lists", "row-accounting", "rules"} <= {a["key"] for a in found}
    names, numbers = canary.people_of(next(house.store.snapshots.iterdir()))
    text = json.dumps(found, ensure_ascii=False)
    assert house.store.latest()["run_id"][:10] in text
    assert canary.everybody_in(text.encode(), names, numbers) == set()


@full
def test_a_stage_that_fails_is_tried_again_until_what_ails_it_is_mended(house):
    """First the store is another's, then the decisions cannot be opened."""
    decisions = house.store.root / "decisions.db"
    with (house.store.root / ".nightly.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        decisions.mkdir()
        run = house.server.start(house.night)
        until(lambda: _is_tried_again(house, run, "hold the store"), "another try for the store")
        before = house.store.latest()
    until(lambda: _is_tried_again(house, run, "match"), "another try to match")
    decisions.rmdir()
    ended = house.server.ended(run)
    assert (ended["state_name"], ended["run_count"]) == ("Completed", 1), ended["state"]["message"]
    assert house.store.latest() != before
    tries = {t["name"].rpartition("-")[0]: t["run_count"] for t in house.server.tasks(run)}
    assert {name: n > 1 for name, n in tries.items()} == {
        "hold the store": True, "take in": False, "match": True, "validate": False, "reconcile": False, "publish": False}  # fmt: skip


def _is_tried_again(house, run: str, task: str) -> bool:
    return any(
        t["name"].startswith(task) and t["state_name"] in ("AwaitingRetry", "Retrying") for t in house.server.tasks(run)
    )


@full
def test_what_will_not_pass_is_not_tried_again_and_the_hook_is_told(house):
    run = house.server.start(house.night, inbox=str(house.root / "no-such-inbox"))
    ended = house.server.ended(run)
    assert (ended["state_type"], ended["run_count"]) == ("FAILED", 1)
    assert "is not a folder" in ended["state"]["message"]
    said = until(lambda: hooked(house, ended["name"]), "the hook")
    assert [s["HEDUI_FAILED_FLOW"] for s in said] == ["hedui-nightly"]
    assert "is not a folder" in said[0]["HEDUI_FAILED_MESSAGE"]
    letters = until(lambda: mailed(house, ended["name"]), "the e-mail")
    assert len(letters) == 1
    assert "is not a folder" in letters[0]


@full
def test_an_inbox_without_a_roll_fails_after_one_try_of_its_stage(house):
    (house.root / "bare" / "deaths").mkdir(parents=True, exist_ok=True)
    before = house.store.latest()
    run = house.server.start(house.night, inbox=str(house.root / "bare"))
    assert house.server.ended(run)["state_type"] == "FAILED"
    assert {t["name"].split("-")[0]: t["run_count"] for t in house.server.tasks(run)}["take in"] == 1
    assert house.store.latest() == before


@full
def test_a_township_is_run_again_from_the_servers_api(house):
    township = pl.read_parquet(house.store.run_dir() / "suspects.parquet")["township_code"][0]
    before = house.store.latest()
    run = house.server.start(
        house.rerun, township_code=township, rules=["asset_vehicle"], parameters={"dibao_standard_rural": "1"}
    )
    ended = house.server.ended(run)
    assert ended["state_name"] == "Completed", ended["state"]["message"]
    made = house.store.manifest(ended["state"]["message"].split(":")[0])
    assert (made["kind"], made["township"], list(made["rules"]), made["overrides"]) == (
        "rerun", township, ["asset_vehicle"], {"dibao_standard_rural": "1"})  # fmt: skip
    assert house.store.latest() == before


@full
def test_a_crashed_run_is_told_of_and_resumed(house):
    snapshots = set(house.store.snapshots.iterdir())
    run = house.server.start(house.night)
    until(lambda: _is_under_way(house, run, "match"), "the run to match")
    os.kill(prefect_api.process_of(run), signal.SIGKILL)
    name = house.server.run(run)["name"]
    said = until(lambda: hooked(house, name), "the hook")
    assert [s["HEDUI_FAILED_STATE"] for s in said] == ["Crashed"]
    assert "started again at" in said[0]["HEDUI_FAILED_MESSAGE"]
    ended = house.server.ended(run)
    assert (ended["state_name"], ended["run_count"]) == ("Completed", 2), ended["state"]["message"]
    assert list(house.store.temporary.iterdir()) == []
    assert set(house.store.snapshots.iterdir()) == snapshots


def _is_under_way(house, run: str, task: str = "") -> bool:
    """Whether a task of this name, or any, is running: one alone may be over between two looks."""
    return any(t["name"].startswith(task) and t["state_type"] == "RUNNING" for t in house.server.tasks(run))


@full
@pytest.mark.parametrize("how", ["power cut", "service stopped"])
def test_a_run_that_died_with_its_service_is_resumed_when_that_is_back(house, how):
    run = house.server.start(house.night)
    until(lambda: _is_under_way(house, run), "the run to be under way")
    process = prefect_api.process_of(run)
    if how == "power cut":
        house.schedule.kill()
        os.kill(process, signal.SIGKILL)
    else:
        house.schedule.stop()
    house.schedule.start("0 3 1 1 *")
    ended = house.server.ended(run)
    assert (ended["state_name"], ended["run_count"]) == ("Completed", 2), ended["state"]["message"]


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (StoreBusyError("in use"), True), (OSError(5, "Input/output error"), True), (BlockingIOError(), True), (ConnectionResetError(), True),
        (PassingError("full"), True), (StoreError("cannot be written"), False), (RunError("no usable roll"), False), (UsageError("no such rule"), False),
        (FileNotFoundError(2, "x"), False), (ValueError("x"), False), (KeyError("x"), False),
    ],
)  # fmt: skip
def test_what_may_pass_is_told_from_what_will_not(error, passes):
    assert may_pass(error) is passes


def test_a_stage_hides_its_error_and_keeps_whether_it_may_pass():
    def breaks():
        raise OSError(28, "No space left on device", canary.NAMES[0])

    with pytest.raises(PassingError) as told:
        without_values(breaks)()
    assert canary.NAMES[0] not in str(told.value)
    assert told.value.__suppress_context__


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), TerminationSignal(signal.SIGTERM)])
def test_a_stop_in_the_middle_of_a_query_is_no_failure_of_its_stage(stop):
    def is_stopped():
        # What DuckDB raises while a query runs.
        raise RuntimeError("Query interrupted") from stop

    with pytest.raises(type(stop)):
        without_values(is_stopped)()


def test_waits_double():
    assert Retries(3, 60).waits == [60, 120, 240]
    assert Retries().waits == []


def test_of_several_missed_nights_the_last_is_made_up_for():
    from flows.crashes import skip_missed

    nights = [SimpleNamespace(id=n, auto_scheduled=True, run_count=0) for n in ("mon", "tue", "wed")]
    asked_for = SimpleNamespace(id="asked for", auto_scheduled=False, run_count=0)
    crashed = SimpleNamespace(id="crashed", auto_scheduled=True, run_count=1)
    cancelled = []
    client: Any = SimpleNamespace(
        read_flow_runs=lambda **_: [asked_for, *nights[:2], crashed, nights[2]],
        set_flow_run_state=lambda run, state, force: cancelled.append((run, state.type.value)),
    )
    assert skip_missed(client, uuid4()) == 2
    assert cancelled == [("mon", "CANCELLED"), ("tue", "CANCELLED")]


def test_every_store_has_a_name_of_its_own():
    assert deployment_name(Path("/srv/hedui/store")) == "srv-hedui-store"
    assert deployment_name(Path("/srv/启东/store")) == "srv-启东-store"


def test_a_cron_that_is_none_is_wrong_usage(tmp_path, monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    with pytest.raises(UsageError, match="cron"):
        serve_schedule("every night", SAMPLE, tmp_path / "store")


def test_artifacts_account_for_every_row_and_name_no_file(latest):
    manifest = json.loads((latest / "manifest.json").read_text())
    rows = row_accounting(manifest)
    assert sum(r["received"] for r in rows) == sum(r["loaded"] + r["quarantined"] + r["ignored"] for r in rows) > 1000
    assert {r["dataset"] for r in rows} == {i["dataset"] for i in manifest["inputs"]}
    rules = rules_outcome(manifest)
    assert {r["rule"] for r in rules} == set(manifest["rules"])
    assert sum(r["findings"] for r in rules) == manifest["findings"]
    text = json.dumps([rows, rules, top_changes(latest), where_the_lists_are(manifest, latest)], ensure_ascii=False)
    assert str(latest / "workbooks") in text
    assert not [i["file"] for i in manifest["inputs"] if Path(i["file"]).name in text]


def test_changes_are_counted_most_first(tmp_path):
    (tmp_path / "reconciliation").mkdir()
    rows = [("a", "new")] * 2 + [("b", "gone")] * 3 + [("a", "gone")]
    pl.DataFrame(rows, schema=["rule_id", "change"], orient="row").write_parquet(
        tmp_path / "reconciliation" / "changes.parquet"
    )
    assert [(r["rule"], r["change"], r["findings"]) for r in top_changes(tmp_path)] == [
        ("b", "gone", 3),
        ("a", "new", 2),
        ("a", "gone", 1),
    ]


def test_a_published_run_does_not_fail_for_its_page(latest, monkeypatch, caplog):
    manifest = json.loads((latest / "manifest.json").read_text())
    monkeypatch.setattr("prefect.artifacts.create_markdown_artifact", lambda *_, **__: 1 / 0)
    publish_artifacts(manifest, latest, logging.getLogger("hedui.page"))
    assert [record.levelname for record in caplog.records if record.name == "hedui.page"] == ["WARNING"]
