"""A process whose standard output another one reads: nothing but its answers may stand there."""

from __future__ import annotations

import os
from typing import TextIO


def take_standard_output() -> TextIO:
    """A stream of its own to the standard output; whatever else is printed, by native code too, goes to standard error from now on."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers
