"""How much memory a nightly run gives DuckDB when the bureau has not said: enough for the drop, not all there is."""

from __future__ import annotations

from pathlib import Path

from flows.settings import Settings

LEAST, MEGABYTE = 1_000, 1_000_000
#: Of memory per byte received; Parquet, the densest form, needs most. What does not fit is spilled.
PER_BYTE = 3


def memory_limit(inbox: Path | None, settings: Settings) -> str:
    """The limit set (HEDUI_MEMORY_LIMIT); else one that grows with the inbox, from 1 GB up to the default."""
    if inbox is None or "memory_limit" in settings.model_fields_set:
        return settings.memory_limit
    size = sum(path.stat().st_size for path in inbox.rglob("*") if path.is_file())
    most = int(settings.memory_limit.removesuffix("GB")) * 1_000
    return f"{min(most, max(LEAST, PER_BYTE * size // MEGABYTE))}MB"
