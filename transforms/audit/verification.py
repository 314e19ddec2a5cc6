"""Reading the trail: does every entry stand where and as it was written, and is none gone?"""

from __future__ import annotations

import contextlib
import fcntl
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transforms.audit.errors import AuditError
from transforms.audit.trail import (
    HEAD,
    NO_HASH,
    TRAIL,
    Head,
    TrailFiles,
    canonical,
    hash_of,
    locked,
    read_head,
    seal_of,
    trail_of,
)

BROKEN = "it does not follow the entry before it"
KEYS = {"n", "at", "who", "action", "details", "prev", "hash"}


@dataclass(frozen=True)
class AuditReport:
    """What verification found.

    entries: sound entries from the first on; first_bad: number of the first entry that is not, None when all
    are sound (or only head.json is not); problem: what is wrong with it, '' when nothing is; last_hash: hash
    of the last sound entry (a copy kept elsewhere, such as in an extract's receipt, also shows that the whole
    trail was replaced); sealed_through: the last entry sealed with the secret, which vouches for all before
    it; None without a secret.
    """

    entries: int
    first_bad: int | None
    problem: str
    last_hash: str
    sealed_through: int | None

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problem


@dataclass
class _Reading:
    """How far the trail is sound, and the first thing that is wrong."""

    n: int = 0
    hash: str = NO_HASH
    before: str = NO_HASH
    size: int = 0
    sealed: int = 0
    first_bad: int | None = None
    problem: str = ""

    def fail(self, problem: str, number: int | None) -> None:
        self.problem, self.first_bad = problem, number

    def step_back(self) -> int:
        """Take back the last entry that seemed sound; returns its number."""
        self.n, self.hash, self.sealed = self.n - 1, self.before, min(self.sealed, self.n - 1)
        return self.n + 1


def verify(store: Path, *, key: bytes | None = None) -> AuditReport:
    """Check the audit trail of the store's folder and name the first bad entry.

    `key`: the secret (that of the environment unless given); with it seals are checked too. A store without a
    trail has nothing wrong with it. Raises AuditError when the files cannot be read at all.
    """
    from transforms.audit.identity import audit_key

    files, seal = trail_of(store), key or audit_key()
    reading = _Reading()
    try:
        if files.folder.exists():
            with _shared(files):
                _read(files, seal, reading)
    except OSError as error:
        raise AuditError(f"the audit trail {files.folder} cannot be read ({error.strerror})") from None
    sealed = reading.sealed if seal else None
    return AuditReport(reading.n, reading.first_bad, reading.problem, reading.hash, sealed)


@contextlib.contextmanager
def _shared(files: TrailFiles) -> Iterator[None]:
    if files.lock.exists():
        with locked(files, fcntl.LOCK_SH):
            yield
    else:  # a copy of the trail without its lock: nobody writes it
        yield


def _read(files: TrailFiles, key: bytes | None, reading: _Reading) -> None:
    head, head_problem = _head(files)
    if files.trail.exists():
        with files.trail.open("rb") as lines:
            for line, following in _with_next(lines):
                if head and reading.n == head.n and _is_begun(line, head):
                    break
                problem = _line_problem(line, reading, head, key)
                if problem == BROKEN and reading.n and _is_vouched_for(line, following, head):
                    return reading.fail("the entry after it follows another one", reading.step_back())
                if problem:
                    return reading.fail(problem, reading.n + 1)
    if head is None:
        return reading.fail(head_problem or f"{HEAD} is missing", None if files.trail.exists() else 1)
    if reading.n < head.n:
        return reading.fail(f"the trail ends before it; {HEAD} knows {head.n} entries", reading.n + 1)
    if head.n == 0 and (head.hash, head.size) != (NO_HASH, 0):
        return reading.fail(f"{HEAD} was altered", None)
    return None


def _head(files: TrailFiles) -> tuple[Head | None, str]:
    try:
        return read_head(files), ""
    except AuditError as error:
        return None, str(error)


def _with_next(lines: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Each line with the one after it, b'' after the last."""
    before = b""
    for line in lines:
        if before:
            yield before, line
        before = line
    if before:
        yield before, b""


def _is_vouched_for(line: bytes, following: bytes, head: Head | None) -> bool:
    """Whether what comes next knows this line's entry: then it is the entry before that was put there later."""
    content, after = _parsed(line), _parsed(following)
    known = after["prev"] if after else head.hash if head else None
    return content is not None and content["hash"] == known


def _is_begun(line: bytes, head: Head) -> bool:
    """Whether this is the unfinished line of a writer that died: the next one completes it."""
    return bool(head.pending) and not line.endswith(b"\n") and head.pending.encode().startswith(line)


def _line_problem(line: bytes, reading: _Reading, head: Head | None, key: bytes | None) -> str:
    """What is wrong with the next line, '' when nothing is; a sound one moves the reading on."""
    content = _parsed(line)
    if content is None:
        return f"its line in {TRAIL} is not as it was written"
    if content["n"] != reading.n + 1:
        return f"entry {content['n']} stands in its place"
    if content["hash"] != hash_of(content):
        return "its content is not what its hash was made of"
    if content["prev"] != reading.hash:
        return BROKEN
    if key and "mac" in content and content["mac"] != seal_of(content, key):
        return "its seal was not made with this secret"
    if head and (problem := _against_head(content, reading.size + len(line), head)):
        return problem
    reading.size += len(line)
    reading.n, reading.hash, reading.before = content["n"], content["hash"], reading.hash
    reading.sealed = reading.n if "mac" in content else reading.sealed
    return ""


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(line)
        if not line.endswith(b"\n") or f"{canonical(content)}\n".encode() != line:
            return None
    except (ValueError, TypeError, RecursionError):
        return None
    known = content.keys() in (KEYS, KEYS | {"mac"})
    return content if known and type(content["n"]) is int and isinstance(content["hash"], str) else None


def _against_head(content: dict[str, Any], size: int, head: Head) -> str:
    number = content["n"]
    if number == head.n and (content["hash"], size) != (head.hash, head.size):
        return f"{HEAD} knows another entry of this number"
    if number == head.n + 1 and canonical(content) == head.pending:
        return ""
    return f"{HEAD} knows {head.n} entries; it was added by other means" if number > head.n else ""
