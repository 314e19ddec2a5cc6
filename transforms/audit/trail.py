"""Writing the trail: store/audit/audit.jsonl, one entry a line, and head.json, which says where it ends.

An entry is {n, at, who, action, details, prev, hash}: `prev` is the hash of the entry before, `hash` the
SHA-256 of the rest of the line. With a secret it also holds `mac`, an HMAC-SHA256 that nobody without the
secret can make. Both files are in one canonical form, so that every byte counts.

head.json holds the line about to be written before it is, so that a writer killed at any moment leaves a
trail that the next one completes and that verification takes for what it is.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from transforms.audit.errors import AuditError
from transforms.audit.identity import audit_key, operator

FOLDER, TRAIL, HEAD, LOCK = "audit", "audit.jsonl", "head.json", ".lock"
NO_HASH = "0" * 64
ACTION = re.compile(r"[a-z][a-z_]*")
ID_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
)
FILE_MODE, FOLDER_MODE = 0o640, 0o2750


@dataclass(frozen=True)
class Entry:
    """One entry. at: UTC, ISO 8601; details: what was done, without anybody's data; prev, hash: SHA-256."""

    n: int
    at: str
    who: str
    action: str
    details: Mapping[str, Any]
    prev: str
    hash: str
    mac: str | None = None


@dataclass(frozen=True)
class Head:
    """Where the trail ends: number and hash of the last entry, bytes up to it, the line being written."""

    n: int = 0
    hash: str = NO_HASH
    size: int = 0
    pending: str = ""


@dataclass(frozen=True)
class TrailFiles:
    """The files of one store's trail."""

    folder: Path

    @property
    def trail(self) -> Path:
        return self.folder / TRAIL

    @property
    def head(self) -> Path:
        return self.folder / HEAD

    @property
    def lock(self) -> Path:
        return self.folder / LOCK


def trail_of(store: Path) -> TrailFiles:
    """The trail of a store's folder."""
    return TrailFiles(store / FOLDER)


def record(
    store: Path, action: str, details: Mapping[str, Any], *, who: str | None = None, key: bytes | None = None
) -> Entry:
    """Add an entry to the trail of the store's folder; returns once it is on the disk. Safe beside other
    writers.

    `action` is one word (extract, explain, import, retention …); `details` plain JSON that says what without
    anybody's data (run ids, finding ids, hashes, counts). `who` is the operator and `key` the secret of the
    environment unless given. Raises AuditError when the trail cannot be written, its head is gone, or
    `details` holds an ID number.
    """
    if not ACTION.fullmatch(action):
        raise ValueError(f"action {action!r}: expected one word of small letters")
    plain = json.dumps(dict(details), ensure_ascii=False, allow_nan=False)
    if ID_NUMBER.search(plain):
        raise AuditError("the details of an audit entry must not hold an ID number; nothing was recorded")
    files, seal, by = trail_of(store), key or audit_key(), who or operator()
    try:
        files.folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
        with locked(files, fcntl.LOCK_EX):
            head = _complete(files, _current_head(files))
            at = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
            entry, line = sealed_entry(head.n + 1, at, by, action, json.loads(plain), head.hash, seal)
            _write_head(files, Head(head.n, head.hash, head.size, line))
            _append(files, line)
            _write_head(files, Head(entry.n, entry.hash, _size(files)))
    except OSError as error:
        raise AuditError(f"the audit trail {files.folder} cannot be written ({error.strerror})") from None
    return entry


def sealed_entry(
    n: int, at: str, who: str, action: str, details: Mapping[str, Any], prev: str, key: bytes | None
) -> tuple[Entry, str]:
    """An entry with its hashes worked out, and its line."""
    content: dict[str, Any] = {
        "n": n, "at": at, "who": who, "action": action, "details": details, "prev": prev,
    }  # fmt: skip
    if key:
        content["mac"] = seal_of(content, key)
    content["hash"] = hash_of(content)
    return Entry(**content), canonical(content)


def canonical(content: Mapping[str, Any]) -> str:
    """The one way to write a JSON object: keys sorted, no spaces, ASCII."""
    return json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)


def hash_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of an entry without its own hash."""
    return hashlib.sha256(canonical({k: v for k, v in content.items() if k != "hash"}).encode()).hexdigest()


def seal_of(content: Mapping[str, Any], key: bytes) -> str:
    """HMAC-SHA256 of an entry without its seal and hash."""
    bare = canonical({k: v for k, v in content.items() if k not in ("hash", "mac")})
    return hmac.new(key, bare.encode(), hashlib.sha256).hexdigest()


@contextlib.contextmanager
def locked(files: TrailFiles, kind: int) -> Iterator[None]:
    """Hold the trail's lock (fcntl.LOCK_EX or LOCK_SH); the system releases it when the process dies."""
    with files.lock.open("a" if kind == fcntl.LOCK_EX else "r") as handle:
        fcntl.flock(handle, kind)
        yield


def read_head(files: TrailFiles) -> Head | None:
    """head.json, None when there is none. Raises AuditError when it is not as it was written."""
    try:
        raw = files.head.read_bytes()
    except FileNotFoundError:
        return None
    try:
        head = Head(**json.loads(raw))
        if canonical(head.__dict__).encode() != raw or not _sound(head):
            raise ValueError
    except (ValueError, TypeError, RecursionError):
        raise AuditError(f"{HEAD} was altered") from None
    return head


def _sound(head: Head) -> bool:
    kinds = ((head.n, int), (head.hash, str), (head.size, int), (head.pending, str))
    return all(type(value) is kind for value, kind in kinds)


def _current_head(files: TrailFiles) -> Head:
    head = read_head(files)
    if head is None and _size(files):
        raise AuditError(
            f"the audit trail {files.folder} lost its {HEAD}; see `hedui audit verify`, then move it aside"
        )
    return head or Head()


def _complete(files: TrailFiles, head: Head) -> Head:
    """Finish what a writer that died had begun: its line is in the trail whole, in part or not at all."""
    if not head.pending:
        return head
    line = f"{head.pending}\n".encode()
    tail = _tail(files, head.size)
    if line.startswith(tail) and tail != line:
        with files.trail.open("ab") as out:
            out.write(line[len(tail) :])
            _flush(out)
    entry = json.loads(head.pending)
    done = Head(entry["n"], entry["hash"], _size(files))
    _write_head(files, done)
    return done


def _tail(files: TrailFiles, start: int) -> bytes:
    try:
        with files.trail.open("rb") as trail:
            trail.seek(start)
            return trail.read()
    except FileNotFoundError:
        return b""


def _append(files: TrailFiles, line: str) -> None:
    descriptor = os.open(files.trail, os.O_WRONLY | os.O_APPEND | os.O_CREAT, FILE_MODE)
    with os.fdopen(descriptor, "ab") as out:
        out.write(f"{line}\n".encode())
        _flush(out)


def _write_head(files: TrailFiles, head: Head) -> None:
    beside = files.folder / f".{HEAD}-{secrets.token_hex(4)}"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(descriptor, "wb") as out:
        out.write(canonical(head.__dict__).encode())
        _flush(out)
    beside.replace(files.head)
    folder = os.open(files.folder, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _size(files: TrailFiles) -> int:
    return files.trail.stat().st_size if files.trail.exists() else 0


def _flush(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
