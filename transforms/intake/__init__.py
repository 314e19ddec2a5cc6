"""Intake: what departments sent, kept by content hash, and its cells as text with physical row numbers."""

from .apart import stop_reader
from .models import Intake, Notice, RawSheet, ReceivedFile, UnreadableFile
from .reading import cells_at, open_raw, rows_at
from .receive import receive, take_in

__all__ = [
    "Intake",
    "Notice",
    "RawSheet",
    "ReceivedFile",
    "UnreadableFile",
    "cells_at",
    "open_raw",
    "receive",
    "rows_at",
    "stop_reader",
    "take_in",
]
