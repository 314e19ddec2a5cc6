"""The hedui command as a whole process."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SAMPLE = ROOT / "sample_data" / "drop"
SAMPLE_AS_OF = "2021-09-30"


@dataclass(frozen=True)
class Finished:
    """A finished process: exit status, standard output and error."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        return json.loads(self.out)


def prefect_home() -> Path:
    """Making Prefect's database anew costs ten seconds a run: one home per test worker."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", os.getpid())
    return Path(tempfile.gettempdir()) / f"hedui-test-prefect-{run}-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def hedui(*arguments: str | Path, env: dict[str, str] | None = None) -> Finished:
    """Run the command as a user would."""
    done = subprocess.run([sys.executable, "-m", "flows.cli", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False,
                          env={**os.environ, "PREFECT_HOME": str(prefect_home()), **(env or {})})  # fmt: skip
    return Finished(done.returncode, done.stdout, done.stderr)
