"""How much memory a nightly run gives DuckDB when the bureau has not said: enough for the drop, not all there is."""

from __future__ import annotations

import os
from pathlib import Path

from flows.settings import Settings

LEAST, MEGABYTE = 1_000, 1_000_000
#: Of memory per byte received; Parquet, the densest form, needs most. What does not fit is spilled.
PER_BYTE = 3


def memory_limit(inbox: Path | None, settings: Settings) -> str:
    """The limit set (HEDUI_MEMORY_LIMIT); else one that grows with the inbox, from 1 GB up to the default."""
    if inbox is None or "memory_limit" in settings.model_fields_set:
        return settings.memory_limit
    size = sum(_bytes(Path(folder, name)) for folder, _, names in os.walk(inbox) for name in names)
    most = int(settings.memory_limit.removesuffix("GB")) * 1_000
    return f"{min(most, max(LEAST, PER_BYTE * size // MEGABYTE))}MB"


def _bytes(file: Path) -> int:
    """The size of a file; 0 of one that is gone meanwhile or not ours to look at, which intake tells of."""
    try:
        return file.stat().st_size
    except OSError:
        return 0
