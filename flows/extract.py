"""`hedui extract`: what supervisors, townships, auditors and other departments get of a published run, and
who took it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flows.feedback import run_header
from flows.plan import RunError, UsageError
from flows.settings import Settings
from transforms.audit import AuditError, operator, required_audit_key
from transforms.core.run_database import RUN_DATABASE, EngineLimits, open_database
from transforms.extract import (
    Built,
    ExtractError,
    ExtractReceipt,
    ExtractRequest,
    build_extract,
    deliver,
)
from transforms.publish.store import Store


def write_extract(  # noqa: PLR0913  one argument per option of the command
    store: Path, audience: str, out: Path, *, townships: Sequence[str] = (), severities: Sequence[str] = (),
    rules: Sequence[str] = (), department: str | None = None, password_file: Path | None = None, run_id: str | None = None,
    who: str | None = None,
) -> ExtractReceipt:  # fmt: skip
    """Write an extract of the latest (or the named) run to `out` and record who took it in the store's audit
    trail.

    Raises UsageError for an audience, department, filter or password that cannot be, StoreError without such
    a run, RunError when the secret of auditors' keys is missing, or the trail or `out` cannot be written;
    then nothing is handed over.
    """
    try:
        request = ExtractRequest(audience, tuple(townships), tuple(severities), tuple(rules), department)
        password = read_password(password_file) if password_file else None
        opened = Store(store.resolve())
        run_dir = opened.run_dir(run_id)
        key = required_audit_key() if audience == "auditor" else None
        settings = Settings()
        limits = EngineLimits(settings.memory_limit, settings.threads)
        with open_database(run_dir / RUN_DATABASE, limits, read_only=True) as con:
            header = run_header(con, opened.manifest(run_dir.name))
            built: list[Built] = build_extract(con, request, header, key)
        return deliver(
            opened.root, out.resolve(), request, built, run_id=run_dir.name, as_of=header.as_of, who=who or operator(),
            password=password,
        )  # fmt: skip
    except ExtractError as error:
        raise UsageError(str(error)) from None
    except AuditError as error:
        raise RunError(f"{error}; nothing was handed over") from None
    except OSError as error:
        raise RunError(
            f"{error.filename} cannot be written ({error.strerror}); nothing was handed over. "
            "Check the owner, the mode and the room of that place, then give the command again"
        ) from None


def read_password(path: Path) -> str:
    """The first line of a file. Raises UsageError when there is none."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeError):
        raise UsageError(f"--password-file {path}: no file of UTF-8 text that can be read") from None
    if not lines or not lines[0].strip():
        raise UsageError(f"--password-file {path}: its first line must hold the password")
    return lines[0]


def extract_lines(receipt: ExtractReceipt) -> list[str]:
    """The receipt as lines for a person."""
    whom = receipt.audience if receipt.department is None else f"{receipt.audience} {receipt.department}"
    lines = [f"取数编号 {receipt.extract_id}（{whom}），批次 {receipt.run_id}，取数人 {receipt.who}，{receipt.at}"]
    lines += [f"  {file.name}：{file.rows}条，SHA-256 {file.sha256}" for file in receipt.files]
    lines += [f"  {'已加密' if receipt.encrypted else '未加密'}，文件在 {receipt.out}", f"  回执 {receipt.receipt}"]
    return lines
