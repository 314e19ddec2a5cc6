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
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import psycopg

from benchmarks.fault_bench import AS_OF, EARLIER, HEADINGS, PATIENCE, SAMPLE, Bench, Outcome, said
from benchmarks.store_health import decisions_in, problems_of, recorded_answers
from tests.decisions import postgres
from tests.decisions.officer import Officer

#: A command may end before it is killed.
PATIENT_TIMES = 3
RESULTS = Path(__file__).parent / "results"
MB = 1 << 20
#: Command, room left on the disk, and where Prefect keeps its files: on the same disk, as at a bureau, or not.
FULL_DISKS = [
    ("run", 0, "store"), ("run", 3 * MB, "store"), ("run", 8 * MB, "store"), ("run", 0, "elsewhere"), ("run", MB // 2, "elsewhere"),
    ("run", 3 * MB, "elsewhere"), ("rerun", 0, "elsewhere"), ("rerun", MB, "elsewhere"), ("rerun", 3 * MB, "elsewhere"), ("import", 0, "elsewhere"),
    ("import", MB // 16, "elsewhere"),
]  # fmt: skip


def kill_at_random(bench: Bench, kind: str, times: int) -> Outcome:
    """SIGKILL a command at random moments until so many were hit: every other time the whole process group, else the main process alone."""
    if kind not in bench.durations:
        bench.timed(kind, bench.command(kind))
    outcome = Outcome(f"SIGKILL of {kind}", message="(none; the next command goes on by itself)")
    while outcome.hit < times and outcome.times < PATIENT_TIMES * times:
        before = recorded_answers(bench.store)
        arguments = bench.command(kind)
        process = bench.start(arguments)
        # Python's own start is no moment of hedui's.
        time.sleep(bench.rng.uniform(0.05, 1.0) * bench.durations[kind])
        alive = process.poll() is None
        if alive and outcome.times % 2:
            os.killpg(process.pid, signal.SIGKILL)
        elif alive:
            process.kill()
        else:
            # It was measured on a busier machine.
            bench.durations[kind] *= 0.8
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
    _count(outcome, bench, before, decisions_in(bench.store))


def _count(outcome: Outcome, bench: Bench, before: int, found: Counter[tuple[str, str]]) -> None:
    """What is lost or doubled where one more list ought to be recorded than before."""
    expected = before + len(Officer(bench.work / "issued.xlsx").rows)
    outcome.lost += max(0, expected - found.total())
    outcome.doubled += max(0, found.total() - expected)
    outcome.doubled += sum(count - 1 for count in found.values())


def _after(bench: Bench, arguments: list[str], what: str) -> list[str]:
    done = bench.run(arguments)
    return [] if done.returncode in (0, 3) else [f"{what} failed: {said(done.stderr)}"]


def full_disk(bench: Bench, cases: Sequence[tuple[str, int, str]] = FULL_DISKS) -> Outcome:
    """The store lies on a disk that fills up during run, rerun and import: a tmpfs of a size that ends each of them."""
    outcome = Outcome("full disk")
    disk = bench.work / "disk"
    disk.mkdir()
    needed = sum(p.stat().st_size for p in bench.store.rglob("*") if p.is_file())
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={needed * 3}", "tmpfs", str(disk)], check=True)
    try:
        store = disk / "store"
        shutil.copytree(bench.store, store, copy_function=shutil.copy2)
        for kind, room, home in cases:
            before = recorded_answers(store)
            filling = _fill(disk, room)
            done = bench.run(
                bench.command(kind, store),
                PREFECT_HOME=str(store / "prefect" if home == "store" else bench.work / "prefect"),
            )
            filling.unlink()
            outcome.times += 1
            _judge(outcome, done, store, f"{kind} with {room >> 10} KB left, Prefect's files in {home}")
            taken = len(Officer(bench.work / "issued.xlsx").rows) if kind == "import" and done.returncode == 0 else 0
            outcome.lost += max(0, before + taken - recorded_answers(store))
            outcome.doubled += max(0, recorded_answers(store) - before - taken)
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
    """The clock goes back by more than a day, so that the new run's id sorts first: what finished last is the latest, told against the run before."""
    outcome = Outcome("clock that goes backwards", 1)
    before = bench.latest.name
    done = bench.run([*bench.command("run"), "--json"], TZ=EARLIER)
    run_id = json.loads(done.stdout)["run_id"] if done.stdout else said(done.stderr)
    outcome.hit = int(run_id < before)
    if not outcome.hit:
        outcome.wrong.append("the second run id does not sort before the first: no fault was made")
    if bench.latest.name != run_id:
        outcome.wrong.append("the latest run is not the one that finished last")
    elif json.loads((bench.latest / "manifest.json").read_text())["previous_run_id"] != before:
        outcome.wrong.append("states are not told against the run before")
    outcome.wrong += problems_of(bench.store)
    return outcome


def database_away(bench: Bench, times: int) -> Outcome:
    """PostgreSQL is stopped at once while an import writes to it, and is away during a run and a rerun; then it is back."""
    outcome = Outcome("database that goes away")
    server = postgres.Server()
    try:
        server.start()
        first = bench.command("import")
        _expect(outcome, bench.run(first, HEDUI_DATABASE_URL=server.url), 0, "the first import")
        for _ in range(times):
            before, arguments = decisions_in(bench.store, server.url).total(), bench.command("import")
            done = _stopped_while_it_writes(bench, server, arguments)
            outcome.times += 1
            _judge(outcome, done, bench.store, "import")
            server.start()
            if decisions_in(bench.store, server.url).total() != before:
                outcome.wrong.append("a part of the import was recorded")
            _expect(outcome, bench.run(arguments, HEDUI_DATABASE_URL=server.url), 0, "the import given again")
            _count(outcome, bench, before, decisions_in(bench.store, server.url))
        server.stop()
        for kind in ("run", "rerun"):
            outcome.times += 1
            _judge(outcome, bench.run(bench.command(kind), HEDUI_DATABASE_URL=server.url), bench.store, kind)
        if outcome.hit != outcome.times:
            outcome.wrong.append(f"{outcome.times - outcome.hit} of {outcome.times} went on without their database")
    finally:
        server.remove()
    return outcome


def _stopped_while_it_writes(
    bench: Bench, server: postgres.Server, arguments: list[str]
) -> subprocess.CompletedProcess[str]:
    """Hold the decisions so that the import must wait with its transaction open, and stop the server then."""
    # Closed, not committed: the server is gone by then.
    with closing(psycopg.connect(server.url)) as con:
        con.execute("LOCK TABLE decision IN SHARE MODE")
        process = bench.start(arguments, HEDUI_DATABASE_URL=server.url)
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        while process.poll() is None and con.execute(waits).fetchall() == [(0,)]:
            time.sleep(0.05)
        server.stop()
        message = process.communicate(timeout=PATIENCE)[1]
    return subprocess.CompletedProcess(arguments, process.returncode, "", message)


def _expect(outcome: Outcome, done: subprocess.CompletedProcess[str], status: int, what: str) -> None:
    if done.returncode != status:
        outcome.wrong.append(f"{what} failed: {said(done.stderr)}")


def _faults(bench: Bench, kills: int, reruns: int) -> list[Callable[[], Outcome]]:
    shares = {"run": 0.3, "rerun": 0.3, "import": 0.2, "extract": 0.2}
    return [
        *([lambda: full_disk(bench), lambda: read_only_store(bench)] if os.geteuid() == 0 else []),
        lambda: changing_file(bench), lambda: database_away(bench, 3), lambda: rivals(bench, reruns), lambda: clock_backwards(bench),
        *(lambda kind=kind, share=share: kill_at_random(bench, kind, round(kills * share)) for kind, share in shares.items()),
    ]  # fmt: skip


def table(outcomes: list[Outcome]) -> str:
    """The outcomes as a Markdown table."""
    return "\n".join(
        [f"| {' | '.join(HEADINGS)} |", "|" + "---|" * len(HEADINGS), *(outcome.line() for outcome in outcomes)]
    )


def _write(outcomes: list[Outcome], command: str) -> None:
    RESULTS.mkdir(exist_ok=True)
    found = {"command": command, "outcomes": [outcome.as_json() for outcome in outcomes]}
    (RESULTS / "faults.json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    text = f"# Faults on purpose\n\n`{command}`: hit = the command was under way, or was refused. lost, doubled: decisions.\n\n{table(outcomes)}\n"
    (RESULTS / "faults.md").write_text(text, encoding="utf-8")


def main() -> int:
    """Every fault; exit status 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--reruns", type=int, default=10)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args()
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="hedui-faults-") as work:
        bench = Bench(Path(work), random.Random(given.seed)).prepare()
        for fault in _faults(bench, given.kills, given.reruns):
            outcomes.append(fault())
            print(outcomes[-1].line(), file=sys.stderr, flush=True)
            _write(
                outcomes,
                f"python -m benchmarks.faults --kills {given.kills} --reruns {given.reruns} --seed {given.seed}",
            )
    print(table(outcomes))
    return 0 if all(outcome.ok for outcome in outcomes) else 1


if __name__ == "__main__":
    raise SystemExit(main())
