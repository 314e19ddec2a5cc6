"""Where decisions are, without opening them: a run that has none pays for no database library."""

from __future__ import annotations

from pathlib import Path

DATABASE_FILE = "decisions.db"


class DecisionsError(RuntimeError):
    """The decisions database cannot be used; the message says what happened and what to do."""


def has_decisions(store_root: Path, configured: str | None) -> bool:
    """Whether there can be any decision: a configured database, or a file in the store."""
    return bool(configured) or (store_root / DATABASE_FILE).exists()
