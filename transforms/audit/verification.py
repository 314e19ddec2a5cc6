"""Reading the trail from its first entry: does every entry stand where it was written, as it was written, and is none gone?"""

from __future__ import annotations

import contextlib
import fcntl
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transforms.audit.trail import (
    HEAD,
    NO_HASH,
    TRAIL,
    AuditError,
    Head,
    TrailFiles,
    canonical,
    hash_of,
    locked,
    read_head,
    seal_of,
    trail_of,
)

KEYS = {"n", "at", "who", "action", "details", "prev", "hash"}


@dataclass(frozen=True)
class AuditReport:
    """What verification found.

    entries: sound entries from the first on; first_bad: number of the first entry that is not, None when all are sound (or
    only head.json is not); problem: what is wrong with it, '' when nothing is; last_hash: hash of the last sound entry (a copy kept
    elsewhere, such as in an extract's receipt, also shows that the whole trail was replaced); sealed_through: the last entry sealed
    with the secret, which vouches for all before it; None without a secret.
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
    sealed: int = 0
    first_bad: int | None = None
    problem: str = ""

    def fail(self, problem: str, number: int | None) -> None:
        self.problem, self.first_bad = problem, number


def verify(store: Path, *, key: bytes | None = None) -> AuditReport:
    """Check the audit trail of the store's folder and name the first bad entry.

    `key`: the secret (that of the environment unless given); with it seals are checked too. A store without a trail has
    nothing wrong with it. Raises AuditError when the files cannot be read at all.
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
    if files.trail.exists():
        with files.trail.open("rb") as lines:
            for line in lines:
                problem = _problem(line, reading, key)
                if problem:
                    break
        if problem := problem if reading.problem or files.trail.stat().st_size else "":
            pass
    _against_head(files, reading)


def _problem(line: bytes, reading: _Reading, key: bytes | None) -> str:
    raise NotImplementedError


def _against_head(files: TrailFiles, reading: _Reading) -> None:
    raise NotImplementedError
