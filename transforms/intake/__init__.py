"""Intake: what departments sent, kept by content hash, and its cells as text with physical row numbers.

Names are looked up on first use: a rerun needs the shape of a path in SQL, and no reader of files.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .apart import start_reader, stop_reader
    from .models import Intake, Notice, RawSheet, ReceivedFile, UnreadableFile
    from .reading import cells_at, open_raw, rows_at
    from .receive import take_in

_HOME = {
    "Intake": "models",
    "Notice": "models",
    "RawSheet": "models",
    "ReceivedFile": "models",
    "UnreadableFile": "models",
    "cells_at": "reading",
    "open_raw": "reading",
    "rows_at": "reading",
    "start_reader": "apart",
    "stop_reader": "apart",
    "take_in": "receive",
}

__all__ = [
    "Intake",
    "Notice",
    "RawSheet",
    "ReceivedFile",
    "UnreadableFile",
    "cells_at",
    "open_raw",
    "rows_at",
    "start_reader",
    "stop_reader",
    "take_in",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
