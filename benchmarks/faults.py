"""Faults on purpose: commands killed at random moments, a full disk, a read-only store, a changing file, rivals, a clock that goes backwards.

`python -m benchmarks.faults [--kills 50] [--seed N]` prints one line per fault: times, lost, doubled, what was found wrong, and the message.
tests/operations/test_faults.py does the same on a small scale.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.store_health import decisions_in, problems_of, recorded_answers
from tests.decisions.officer import Officer

ROOT = Path(__file__).parent.parent
SAMPLE, AS_OF = ROOT / "sample_data" / "drop", "2021-09-30"
HEDUI = [sys.executable, "-m", "flows.cli"]
PATIENCE = 900
MB = 1 << 20
#: Command, room left on the disk, and where Prefect keeps its files: on the same disk, as at a bureau, or not.
FULL_DISKS = [
    ("run", 0, "store"), ("run", 3 * MB, "store"), ("run", 8 * MB, "store"), ("run", 0, "elsewhere"), ("run", MB // 2, "elsewhere"),
    ("run", 3 * MB, "elsewhere"), ("rerun", 0, "elsewhere"), ("rerun", MB, "elsewhere"), ("rerun", 3 * MB, "elsewhere"), ("import", 0, "elsewhere"),
    ("import", MB // 16, "elsewhere"),
]  # fmt: skip


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

    def line(self) -> str:
        """One row of the table."""
        verdict = "; ".join(dict.fromkeys(self.wrong)) or "none"
        return (
            f"| {self.fault} | {self.times} | {self.hit} | {self.lost} | {self.doubled} | {verdict} | {self.message} |"
        )


class Bench:
    """A store with one published run and a filled-in list, and commands to do harm to."""

    def __init__(self, work: Path, rng: random.Random) -> None:
        self.work, self.rng = work, rng
        self.store, self.out = work / "store", work / "out"
        self.env = {**os.environ, "PREFECT_HOME": str(work / "prefect"), "TMPDIR": str(work)}
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


def kill_at_random(bench: Bench, kind: str, times: int) -> Outcome:
    """SIGKILL a command at random moments: every other time the whole process group, else the main process alone."""
    if kind not in bench.durations:
        bench.timed(kind, bench.command(kind))
    outcome = Outcome(f"SIGKILL of {kind}")
    for number in range(times):
        before = recorded_answers(bench.store)
        arguments = bench.command(kind)
        process = bench.start(arguments)
        # Python's own start is no moment of hedui's.
        time.sleep(bench.rng.uniform(0.05, 1.0) * bench.durations[kind])
        alive = process.poll() is None
        if alive and number % 2:
            os.killpg(process.pid, signal.SIGKILL)
        elif alive:
            process.kill()
        process.communicate()
        outcome.times += 1
        outcome.hit += alive
        outcome.wrong += [f"{kind}: {p}" for p in problems_of(bench.store, bench.out)]
        if kind == "import":
            _finish_import(bench, arguments, before, outcome)
        if kind == "extract":
            outcome.wrong += _after(bench, ["audit", "verify", "--store", str(bench.store)], "audit trail")
    if kind == "run":
        outcome.wrong += _after(bench, bench.command("run"), "the run afterwards")
        outcome.wrong += [
            f"left in tmp: {p.name}" for p in (bench.store / "tmp").iterdir() if p.name.startswith("nightly")
        ]
        outcome.wrong += [f"left in snapshots: {p.name}" for p in (bench.store / "snapshots").glob(".*")]
    return outcome


def _finish_import(bench: Bench, arguments: list[str], before: int, outcome: Outcome) -> None:
    """The killed import took all or nothing; given again, every answer is there once."""
    listed = len(Officer(bench.work / "issued.xlsx").rows)
    if recorded_answers(bench.store) not in (before, before + listed):
        outcome.wrong.append("a killed import recorded a part")
    outcome.wrong += _after(bench, arguments, "the import given again")
    after = recorded_answers(bench.store)
    outcome.lost += max(0, before + listed - after)
    outcome.doubled += max(0, after - before - listed)
    outcome.doubled += sum(count - 1 for count in decisions_in(bench.store).values())


def _after(bench: Bench, arguments: list[str], what: str) -> list[str]:
    done = bench.run(arguments)
    return [] if done.returncode in (0, 3) else [f"{what} failed: {said(done.stderr)}"]


def full_disk(bench: Bench) -> Outcome:
    """The store lies on a disk that fills up during run, rerun and import: a tmpfs of a size that ends each of them."""
    outcome = Outcome("full disk")
    disk = bench.work / "disk"
    disk.mkdir()
    needed = sum(p.stat().st_size for p in bench.store.rglob("*") if p.is_file())
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={needed * 3}", "tmpfs", str(disk)], check=True)
    try:
        store = disk / "store"
        shutil.copytree(bench.store, store, copy_function=shutil.copy2)
        for kind, room, home in FULL_DISKS:
            before = recorded_answers(store)
            filling = _fill(disk, room)
            done = bench.run(
                bench.command(kind, store),
                PREFECT_HOME=str(store / "prefect" if home == "store" else bench.work / "prefect"),
            )
            filling.unlink()
            outcome.times += 1
            _judge(outcome, done, store, f"{kind} with {room >> 10} KB left, Prefect's files in {home}")
            outcome.lost += max(0, before - recorded_answers(store))
        done = bench.run(bench.command("run", store), PREFECT_HOME=str(store / "prefect"))
        if done.returncode not in (0, 3):
            outcome.wrong.append(f"with room again: {said(done.stderr)}")
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    return outcome


def _fill(disk: Path, room: int) -> Path:
    filling = disk / "filling"
    free = shutil.disk_usage(disk).free
    with filling.open("wb") as file:
        file.write(b"\0" * max(0, free - room))
    return filling


def _judge(outcome: Outcome, done: subprocess.CompletedProcess[str], store: Path, what: str) -> None:
    """A command that failed must say what to do, and leave a whole run named."""
    outcome.wrong += [f"{what}: {p}" for p in problems_of(store)]
    if done.returncode in (0, 3):
        return
    outcome.hit += 1
    outcome.message = said(done.stderr)
    if "Traceback" in done.stderr:
        outcome.wrong.append(f"{what}: a traceback")
    if not outcome.message or "unexpectedly" in outcome.message:
        outcome.wrong.append(f"{what}: no advice ({outcome.message or done.stderr[-200:]})")


def read_only_store(bench: Bench) -> Outcome:
    """The store's disk is mounted read-only."""
    outcome = Outcome("read-only store")
    disk = bench.work / "read-only"
    disk.mkdir()
    subprocess.run(["mount", "--bind", str(bench.store), str(disk)], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(disk)], check=True)
        for kind in ("run", "rerun", "import", "extract"):
            done = bench.run(bench.command(kind, disk))
            outcome.times += 1
            _judge(outcome, done, disk, kind)
            if done.returncode in (0, 3):
                outcome.wrong.append(f"{kind}: succeeded")
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    return outcome


def changing_file(bench: Bench) -> Outcome:
    """A file of the inbox grows for as long as the run reads: it is rejected with a reason, and the rest goes on."""
    outcome = Outcome("file that changes while it is read")
    inbox, store = bench.work / "changing", bench.work / "changing-store"
    shutil.copytree(SAMPLE, inbox)
    grower = "import sys, time\nwith open(sys.argv[1], 'ab', buffering=0) as f:\n    while True:\n        f.write(b'x' * 4096)\n        time.sleep(0.0002)\n"
    process = subprocess.Popen([sys.executable, "-c", grower, str(inbox / "vehicles" / "正在上传.csv")])
    time.sleep(1)
    try:
        starting = bench.start(["run", "--inbox", str(inbox), "--store", str(store), "--as-of", AS_OF])
        assert starting.stderr is not None
        lines = []
        for line in starting.stderr:
            lines.append(line)
            if line.startswith("staging …"):
                process.kill()
        starting.wait()
    finally:
        process.kill()
        process.wait()
    outcome.times = 1
    outcome.wrong += problems_of(store)
    manifest = json.loads(next((store / "runs").glob("*/manifest.json")).read_text())
    reasons = [
        i["reason"] for i in manifest["inputs"] if i["file"] == "vehicles/正在上传.csv" and i["status"] == "rejected"
    ]
    outcome.hit = len(reasons)
    outcome.message = reasons[0] if reasons else ""
    if starting.returncode != 3 or not reasons:
        outcome.wrong.append("the changing file was taken in")
    return outcome


def rivals(bench: Bench, reruns: int) -> Outcome:
    """Two nightly runs at once, and several reruns beside them: one night is refused, everything else is whole."""
    outcome = Outcome(f"two nights at once, {reruns} reruns beside")
    nights = [bench.start(bench.command("run")) for _ in range(2)]
    beside = [bench.start(bench.command("rerun")) for _ in range(reruns)]
    ended = [(p, p.communicate(timeout=PATIENCE)[1]) for p in (*nights, *beside)]
    outcome.times = len(ended)
    refused = [text for process, text in ended[:2] if process.returncode == 1]
    outcome.hit = len(refused)
    outcome.message = said(refused[0]) if refused else ""
    if len(refused) != 1 or "another nightly run" not in outcome.message:
        outcome.wrong.append(f"{len(refused)} of two nights were refused")
    outcome.wrong += [f"rerun: {said(text)}" for process, text in ended[2:] if process.returncode not in (0, 3)]
    outcome.wrong += problems_of(bench.store)
    return outcome


def clock_backwards(bench: Bench) -> Outcome:
    """Run ids and folders date from a clock that then goes back a day: the run that finished last is the latest, and nothing is swept too soon."""
    outcome = Outcome("clock that goes backwards", 2)
    first, second = (bench.run([*bench.command("run"), "--json"], TZ=zone) for zone in ("Etc/GMT-14", "Etc/GMT+12"))
    ids = [json.loads(done.stdout)["run_id"] if done.stdout else said(done.stderr) for done in (first, second)]
    outcome.hit = int(ids[1] < ids[0])
    if not outcome.hit:
        outcome.wrong.append("the second run id does not sort before the first: no fault was made")
    if bench.latest.name != ids[1]:
        outcome.wrong.append("the latest run is not the one that finished last")
    previous = json.loads((bench.latest / "manifest.json").read_text())["previous_run_id"]
    if previous != ids[0]:
        outcome.wrong.append("states are not told against the run before")
    outcome.wrong += problems_of(bench.store)
    return outcome


def main() -> int:
    """Every fault; exit status 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--reruns", type=int, default=10)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    shares = {"run": 0.3, "rerun": 0.3, "import": 0.2, "extract": 0.2}
    with tempfile.TemporaryDirectory(prefix="hedui-faults-") as work:
        bench = Bench(Path(work), random.Random(given.seed)).prepare()
        faults: list[Callable[[], Outcome]] = [
            *(lambda kind=kind, share=share: kill_at_random(bench, kind, round(given.kills * share)) for kind, share in shares.items()),  # type: ignore[misc]
            *([lambda: full_disk(bench), lambda: read_only_store(bench)] if os.geteuid() == 0 else []),
            lambda: changing_file(bench), lambda: rivals(bench, given.reruns), lambda: clock_backwards(bench),
        ]  # fmt: skip
        print("| fault | times | hit | lost | doubled | wrong | message |\n|---|---|---|---|---|---|---|", flush=True)
        ok = True
        for fault in faults:
            outcome = fault()
            print(outcome.line(), flush=True)
            ok = ok and outcome.ok
    return 0 if ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
