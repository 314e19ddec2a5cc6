"""What a person sees while a command works: lines on standard error, never on standard output."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from flows.plan import Progress

# A log is told of a detail this often at most: enough to see that long work goes on, and nothing at all of short work.
LOG_SECONDS = 30.0
# An ID number or account somebody has put into the name of a file he sent.
LONG_NUMBER = re.compile(r"[0-9]{15,}[Xx]?")


def without_numbers(line: str) -> str:
    """The line as a log may hold it."""
    return LONG_NUMBER.sub("[number]", line)


def progress_to(console: Console | None, clock: Callable[[], float] = time.monotonic) -> Progress:
    """Progress lines on the console; none when it is None.

    Detail lines (indented: which file, rows so far, rate, time left) replace each other on a terminal; in a log only what is being done every
    LOG_SECONDS is told.
    """
    if console is None:
        return lambda _: None
    if not console.is_terminal:
        return _log(console, clock)
    status = console.status("hedui")
    status.start()

    def show(line: str) -> None:
        if line.startswith("  "):
            status.update(without_numbers(line.strip()))
        else:
            console.print(without_numbers(line), highlight=False, markup=False)
            status.update(without_numbers(line))

    return show


def _log(console: Console, clock: Callable[[], float]) -> Progress:
    told = clock()

    def show(line: str) -> None:
        nonlocal told
        now = clock()
        if line.startswith("  ") and now - told < LOG_SECONDS:
            return
        told = now
        console.print(without_numbers(line), highlight=False, markup=False)

    return show


class _Unheeded(Console):
    """A console whose reader may go away (a closed pipe of a log, `| head`): work of hours is not given up for that."""

    def on_broken_pipe(self) -> None:
        # What is still buffered would fail again when the process ends.
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), self.file.fileno())


def stderr_console() -> Console:
    """A console on standard error."""
    return _Unheeded(file=sys.stderr, soft_wrap=True)


def stdout_console() -> Console:
    """A console on standard output."""
    return _Unheeded(file=sys.stdout, soft_wrap=True)
