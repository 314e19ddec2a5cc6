"""Coverage-guided fuzzing of every reader and parser (atheris, requirements/fuzz.txt):  python -m benchmarks.fuzz --minutes 10

Each target runs in a process of its own, so that a fault of native code ends only it. What is found is kept in build/fuzz/<target>/ as the bytes that
did it, once per place; a line per target tells minutes, cases and findings, also in
benchmarks/results/fuzz.md. Exit status 1 when something was found.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "build" / "fuzz"
RESULTS = ROOT / "benchmarks" / "results" / "fuzz.md"
#: What a single case may take before it counts as a finding of its own.
SECONDS_A_CASE = 60
MEMORY_MB = 4096
MOST_BYTES = 16_384
CASES = re.compile(rb"^#(\d+)\s", re.M)


@dataclass
class Told:
    """What became of one target."""

    target: str
    seconds: float = 0
    cases: int = 0
    findings: list[str] = field(default_factory=list)


def main() -> int:
    """Fuzz all targets, or those named, for so many minutes in all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--target", action="append", help="only this target (repeatable)")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    given, rest = parser.parse_known_args()
    if given.child:
        return _fuzz(given.child, rest)
    from benchmarks.fuzz_targets import TARGETS

    names = given.target or list(TARGETS)
    told = [_run(name, given.minutes * 60 / len(names)) for name in names]
    table = _table(told)
    print(table)
    for finding in (finding for one in told for finding in one.findings):
        print(finding)
    if not given.target:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(f"# `python -m benchmarks.fuzz --minutes {given.minutes:g}`\n\n{table}\n", encoding="utf-8")
    return 1 if any(one.findings for one in told) else 0


def _table(told: list[Told]) -> str:
    head = ["| target | minutes | cases | findings |", "|---|---|---|---|"]
    rows = [f"| {one.target} | {one.seconds / 60:.1f} | {one.cases:,} | {len(one.findings)} |" for one in told]
    cases, findings = sum(one.cases for one in told), sum(len(one.findings) for one in told)
    return "\n".join([*head, *rows, f"| all | {sum(one.seconds for one in told) / 60:.1f} | {cases:,} | {findings} |"])


def _run(target: str, seconds: float) -> Told:
    """Fuzz one target until its time is over, starting it again where a case ended it."""
    told, folder = Told(target), KEPT / target.replace(" ", "_")
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    before = _kept(folder)
    started = time.monotonic()
    while (left := seconds - (time.monotonic() - started)) > 1:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.fuzz", "--child", target, f"-max_total_time={int(left)}", f"-timeout={SECONDS_A_CASE}", f"-report_slow_units={SECONDS_A_CASE}",
             f"-rss_limit_mb={MEMORY_MB}", f"-max_len={MOST_BYTES}", f"-artifact_prefix={folder}/ended-", str(folder / "corpus")],
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, env={**os.environ, "TMPDIR": _temporary(folder)},
        )  # fmt: skip
        told.cases += max(map(int, CASES.findall(done.stderr)), default=0)
        (folder / "last.log").write_bytes(done.stderr[-20_000:])
        if b"ModuleNotFoundError: No module named 'atheris'" in done.stderr:
            sys.exit("atheris is not installed: uv pip install --require-hashes -r requirements/fuzz.txt")
    told.seconds = time.monotonic() - started
    told.findings = sorted(str(path.relative_to(ROOT)) for path in _kept(folder) - before)
    return told


def _kept(folder: Path) -> set[Path]:
    return {path for pattern in ("ended-*", "raised-*") for path in folder.glob(pattern)}


def _temporary(folder: Path) -> str:
    """In memory where there is such a place: a case writes a file or two."""
    shared = Path("/dev/shm")
    return str(shared if shared.is_dir() else folder)


def _fuzz(target: str, options: list[str]) -> int:
    """In the process of one target: instrument, then mutate until told to stop."""
    import atheris

    with atheris.instrument_imports(
        include=["transforms.intake", "transforms.staging", "transforms.decisions", "data_contracts"]
    ):
        from benchmarks.fuzz_targets import TARGETS

    folder = KEPT / target.replace(" ", "_")
    for seed in TARGETS[target].seeds():
        (folder / "corpus" / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    atheris.Setup([sys.argv[0], *options], _noting(TARGETS[target].run, folder))
    atheris.Fuzz()
    return 0


def _noting(run: Callable[[bytes], None], folder: Path) -> Callable[[bytes], None]:
    """Keep the first bytes that raise at each place, and go on: the fuzzer would stop at the first."""

    def noting(data: bytes) -> None:
        try:
            run(data)
        except Exception as error:
            frames = [
                f
                for f in traceback.extract_tb(error.__traceback__)
                if str(ROOT) in f.filename and ".venv" not in f.filename
            ]
            place = f"{type(error).__name__}-{Path(frames[-1].filename).stem}-{frames[-1].lineno}"
            kept = folder / f"raised-{place}"
            if not kept.exists():
                kept.write_bytes(data)
                kept.with_name(f"why-{place}.txt").write_text(traceback.format_exc(), encoding="utf-8")

    return noting


if __name__ == "__main__":
    sys.exit(main())
