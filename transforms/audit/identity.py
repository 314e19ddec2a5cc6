"""Who is at work, and the secret that seals entries and makes keys: never from hedui.toml."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from transforms.audit.errors import AuditError

OPERATOR = "HEDUI_OPERATOR"
AUDIT_KEY, AUDIT_KEY_FILE = "HEDUI_AUDIT_KEY", "HEDUI_AUDIT_KEY_FILE"
SHORTEST_KEY = 16


def operator() -> str:
    """The person at work: HEDUI_OPERATOR, else the account of the operating system, else 'unknown'."""
    named = os.environ.get(OPERATOR, "").strip()
    if named:
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def audit_key() -> bytes | None:
    """The secret of HEDUI_AUDIT_KEY, else of the file HEDUI_AUDIT_KEY_FILE names; None when neither is set.

    Raises AuditError when the file cannot be read or the secret is too short to keep anybody from guessing
    it.
    """
    text, source = os.environ.get(AUDIT_KEY, ""), AUDIT_KEY
    path = os.environ.get(AUDIT_KEY_FILE, "")
    if not text and path:
        source = AUDIT_KEY_FILE
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise AuditError(f"{AUDIT_KEY_FILE} names {path}, which cannot be read as text ({error})") from None
    elif not text:
        return None
    key = text.strip().encode()
    if len(key) < SHORTEST_KEY:
        raise AuditError(f"the secret of {source} is under {SHORTEST_KEY} bytes; make one with `openssl rand -hex 32`")
    return key


def required_audit_key() -> bytes:
    """The secret, for what cannot be done without. Raises AuditError saying how to set it."""
    key = audit_key()
    if key is None:
        raise AuditError(
            f"a secret is needed: set {AUDIT_KEY}, or {AUDIT_KEY_FILE} to a file that holds it; make one "
            "with `openssl rand -hex 32` and keep it, or later keys will not match these"
        )
    return key
