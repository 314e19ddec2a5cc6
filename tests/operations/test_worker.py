"""docs/operations/prefect.yaml on a really started Prefect server with PostgreSQL and a real worker."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.flows.command import ROOT, SAMPLE
from tests.operations import prefect_api
from tests.operations.prefect_api import stopped_at_the_end
from transforms.publish.store import Store

DEPLOYMENTS = ROOT / "docs" / "operations" / "prefect.yaml"


@pytest.mark.full
def test_the_example_is_deployed_and_a_worker_runs_it(tmp_path, postgres):
    (tmp_path / "prefect").mkdir()
    store = Store(tmp_path / "store")
    database = {"PREFECT_SERVER_DATABASE_CONNECTION_URL": postgres.url.replace("postgresql:", "postgresql+asyncpg:")}
    with prefect_api.server(tmp_path / "prefect", **database) as server:
        env = server.env | {"HEDUI_INBOX": str(SAMPLE), "HEDUI_STORE": str(store.root)}

        def prefect(*arguments: str) -> list[str]:
            return [sys.executable, "-m", "prefect", "--no-prompt", *arguments]

        for arguments in (
            ("work-pool", "create", "hedui", "--type", "process"),
            ("deploy", "--all", "--prefect-file", str(DEPLOYMENTS)),
        ):
            done = subprocess.run(
                prefect(*arguments), cwd=tmp_path, env=env, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout + done.stderr
        flows = {flow["id"]: flow["name"] for flow in server.ask("/flows/filter")}
        deployments = {flows[d["flow_id"]]: d for d in server.ask("/deployments/filter")}
        assert {d["name"] for d in deployments.values()} == {"county"}
        night = deployments["hedui-nightly"]
        assert night["parameters"] == {"inbox": str(SAMPLE), "store": str(store.root)}
        assert night["schedules"][0]["schedule"]["timezone"] == "Asia/Shanghai"
        assert night["global_concurrency_limit"]["limit"] == 1
        with (tmp_path / "worker.log").open("w") as log:
            worker = subprocess.Popen(prefect("worker", "start", "--pool", "hedui"), cwd=tmp_path, env=env, stdout=log, stderr=log,
                                      start_new_session=True)  # fmt: skip
            with stopped_at_the_end(worker):
                ended = server.ended(server.start(night["id"]))
        assert ended["state_name"] == "Completed", (tmp_path / "worker.log").read_text()
        assert store.manifest()["status"] == "complete"
