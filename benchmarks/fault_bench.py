"""A store to do harm to, the commands that are disturbed, and what comes of it."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.decisions.officer import Officer

ROOT = Path(__file__).parent.parent
SAMPLE, AS_OF = ROOT / "sample_data" / "drop", "2021-09-30"
HEDUI = [sys.executable, "-m", "flows.cli"]
PATIENCE = 900
#: Time zones 26 hours apart: a change of them is a clock that jumps.
LATER, EARLIER = "Etc/GMT-14", "Etc/GMT+12"
#: A path of this machine's temporary folder, also as part of a URL.
TEMPORARY = re.compile(r"(/|%2F)tmp(/|%2F)[^\s);?]*")
HEADINGS = ("fault", "times", "hit", "lost", "doubled", "wrong", "message")


@dataclass
class Outcome:
    """What repeating one fault showed. lost, doubled: decisions; wrong: what was found amiss; message: the last one that was said."""

    fault: str
    times: int = 0
    hit: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: list[str] = field(default_factory=list)
    message: str = ""

    @property
    def ok(self) -> bool:
        return not self.wrong and not self.lost and not self.doubled

    def as_json(self) -> dict[str, Any]:
        """One plain object."""
        return {**asdict(self), "message": TEMPORARY.sub("…", self.message)}

    def line(self) -> str:
        """One row of the table under HEADINGS."""
        verdict = "; ".join(dict.fromkeys(self.wrong)) or "none"
        cells = (
            self.fault,
            self.times,
            self.hit,
            self.lost,
            self.doubled,
            verdict,
            TEMPORARY.sub("…", self.message) or "(none)",
        )
        return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


class Bench:
    """A store with one published run and a filled-in list, and commands to do harm to."""

    def __init__(self, work: Path, rng: random.Random) -> None:
        self.work, self.rng = work, rng
        self.store, self.out = work / "store", work / "out"
        self.env = {**os.environ, "PREFECT_HOME": str(work / "prefect"), "TMPDIR": str(work), "TZ": LATER}
        self.durations: dict[str, float] = {}
        self.answers_given = 0

    def prepare(self) -> Bench:
        """The first run, undisturbed. Raises RuntimeError when it fails."""
        self.timed("run", self.command("run"))
        self.township = next(p.name[:9] for p in sorted(self.latest.glob("workbooks/*_疑点线索.xlsx")))
        return self

    @property
    def latest(self) -> Path:
        return self.store / "runs" / json.loads((self.store / "latest.json").read_text())["run_id"]

    def command(self, kind: str, store: Path | None = None) -> list[str]:
        """Arguments of hedui; for an import, a list newly filled in with other words than ever before."""
        place = ["--store", str(store or self.store)]
        if kind == "run":
            return ["run", "--inbox", str(SAMPLE), *place, "--as-of", AS_OF]
        if kind == "rerun":
            return ["rerun", self.township, *place]
        if kind == "extract":
            return ["extract", "--audience", "supervisor", "--out", str(self.out), *place]
        return ["feedback", "import", str(self._filled_in()), *place]

    def _filled_in(self) -> Path:
        self.answers_given += 1
        # Of one list all along: its cover names the run.
        issued = self.work / "issued.xlsx"
        if not issued.exists():
            shutil.copy(next(self.latest.glob(f"workbooks/{self.township}_*_疑点线索.xlsx")), issued)
        book = Officer(issued)
        for row in book.rows:
            book.answer(row, "不属实", 说明=f"第{self.answers_given}次填报")
        return book.save(self.work / f"报回{self.answers_given}.xlsx")

    def run(self, arguments: list[str], **env: str) -> subprocess.CompletedProcess[str]:
        """Run hedui to its end."""
        return subprocess.run(
            [*HEDUI, *arguments],
            cwd=ROOT,
            env={**self.env, **env},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def timed(self, kind: str, arguments: list[str]) -> None:
        """Run to its end and remember how long it took. Raises RuntimeError when it fails."""
        started = time.monotonic()
        done = self.run(arguments)
        if done.returncode not in (0, 3):
            raise RuntimeError(f"{kind} failed without any fault: {done.stderr}")
        self.durations[kind] = time.monotonic() - started

    def start(self, arguments: list[str], **env: str) -> subprocess.Popen[str]:
        """Start hedui in a session of its own."""
        return subprocess.Popen([*HEDUI, *arguments], cwd=ROOT, env={**self.env, **env}, text=True, start_new_session=True,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # fmt: skip


def said(stderr: str) -> str:
    """The message of a command: its last line that is one."""
    return next((line for line in reversed(stderr.splitlines()) if line.startswith("hedui:")), "")
