"""The validation process beside a nightly run: started first, asked once the snapshot is there, heard before anything is published."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from flows.children import start_child
from flows.failures import PassingError
from flows.memory import memory_limit
from flows.plan import RunError, RunPlan
from flows.settings import Settings
from transforms.publish.store import Store

#: The folder of a run with the Data Docs.
PAGES = "data_docs"
COMMAND = [sys.executable, "-m", "flows.validation_worker"]


@dataclass(frozen=True)
class Validated:
    """Results of every contract check (as the manifest lists them) and the datasets that may not be used, with why."""

    checks: tuple[dict[str, Any], ...] = ()
    rejected: tuple[tuple[str, str], ...] = ()


class Validator:
    """One child process that imports Great Expectations while the drop is being read."""

    def __init__(self) -> None:
        self._process = _started()
        self._question = ""

    def ask(self, plan: RunPlan, settings: Settings) -> None:
        """Have the plan's snapshot validated; Data Docs go into the run's work folder."""
        store = Store(plan.store)
        asked = {
            "snapshot": str(store.snapshots / str(plan.snapshot_id)),
            "earlier": str(store.runs / plan.previous_run_id / PAGES) if plan.previous_run_id else None,
            "as_of": plan.as_of.isoformat(),
            "out_dir": str(plan.work / PAGES),
            "spill": str(plan.work / "spill-validation"),
            "memory_limit": memory_limit(plan.inbox, settings),
            "threads": settings.threads,
            "contracts": str(settings.contracts) if settings.contracts else None,
        }
        self._question = json.dumps(asked) + "\n"
        self._send()

    def answer(self) -> Validated:
        """Wait for the results; a further call, after a failure, has the same validated again. Raises RunError when the validation itself
        failed, PassingError where another attempt may succeed: an unchecked drop is not published."""
        # Known only of a process that was waited for: it has answered before.
        if self._process.returncode is not None:
            self._process = _started()
            self._send()
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        self._process.wait()
        found: dict[str, Any] = (
            json.loads(line)
            if line.strip()
            else {"error": f"the validation process ended with status {self._process.returncode}"}
        )
        if "error" in found:
            kind = PassingError if found.get("may_pass") else RunError
            raise kind(f"the drop could not be validated: {found['error']}; nothing is published")
        return Validated(tuple(found["checks"]), tuple(found["rejected"].items()))

    def stop(self) -> None:
        """End the process when its answer is not wanted any more."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _send(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(self._question)
        self._process.stdin.flush()


def _started() -> subprocess.Popen[str]:
    return start_child(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
