"""Hands an extract over: files written beside and named only once the audit trail says who took what; then
the receipt.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from transforms.audit import record
from transforms.extract.encryption import encrypt_workbook
from transforms.extract.request import Built, ExtractRequest

REFERENCES = Path("audit") / "extracts"
FILE_MODE, REFERENCE_MODE = 0o600, 0o640


@dataclass(frozen=True)
class ExtractFile:
    """One file as it was handed over. rows: of its list."""

    name: str
    sha256: str
    bytes: int
    rows: int


@dataclass(frozen=True)
class ExtractReceipt:
    """Who took what and when (UTC). entry, entry_hash: of the audit trail, a copy of which this receipt keeps
    elsewhere.
    """

    extract_id: str
    audience: str
    department: str | None
    filters: dict[str, list[str]]
    run_id: str
    as_of: str
    who: str
    at: str
    encrypted: bool
    files: list[ExtractFile]
    out: str
    receipt: str
    entry: int
    entry_hash: str

    def as_json(self) -> dict[str, Any]:
        """One plain object."""
        return asdict(self)


def new_extract_id() -> str:
    """`20210630T020000-1a2b3c`: readable, sortable, unique."""
    return f"{dt.datetime.now():%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


def deliver(
    store: Path, out: Path, request: ExtractRequest, built: Sequence[Built], *, run_id: str, as_of: dt.date,
    who: str, password: str | None = None,
) -> ExtractReceipt:  # fmt: skip
    """Write the workbooks (encrypted with `password` if one is given) and their receipt to `out`, and record
    it in the audit trail.

    Which finding each printed number stands for stays in the store (audit/extracts), for the bureau. Raises
    AuditError when the trail cannot be written: then nothing is handed over. Raises OSError when `out` cannot
    be written.
    """
    extract_id = new_extract_id()
    out.mkdir(parents=True, exist_ok=True)
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    beside: dict[Path, Path] = {}
    files = []
    with contextlib.ExitStack() as stack:
        stack.callback(_remove, beside)
        for book in built:
            content = encrypt_workbook(book.content, password) if password else book.content
            target = out / f"{book.name}_{extract_id}.xlsx"
            beside[target] = _write_beside(target, content, FILE_MODE)
            files.append(ExtractFile(target.name, hashlib.sha256(content).hexdigest(), len(content), book.rows))
        said = {
            "extract_id": extract_id, "audience": request.audience, "department": request.department,
            "filters": request.filters, "run_id": run_id, "as_of": as_of.isoformat(), "encrypted": bool(password),
            "files": [asdict(file) for file in files],
        }  # fmt: skip
        _keep_references(store, extract_id, built)
        entry = record(store, "extract", said, who=who)
        for target, written in beside.items():
            written.replace(target)
    receipt = out / f"取数回执_{extract_id}.json"
    made = ExtractReceipt(
        extract_id, request.audience, request.department, request.filters, run_id, as_of.isoformat(), who, at,
        bool(password), files, str(out), str(receipt), entry.n, entry.hash,
    )  # fmt: skip
    _write_beside(receipt, _json(made.as_json()), FILE_MODE).replace(receipt)
    return made


def _keep_references(store: Path, extract_id: str, built: Sequence[Built]) -> None:
    references = {f"{b.name}_{extract_id}.xlsx": b.references for b in built if b.references}
    if references:
        folder = store / REFERENCES
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{extract_id}.json"
        _write_beside(target, _json(references), REFERENCE_MODE).replace(target)


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _write_beside(target: Path, content: bytes, mode: int) -> Path:
    beside = target.with_name(f".{secrets.token_hex(6)}.part")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    return beside


def _remove(beside: dict[Path, Path]) -> None:
    for written in beside.values():
        written.unlink(missing_ok=True)
