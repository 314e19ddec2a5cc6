"""What a person sees while a command works: lines on standard error, never on standard output."""

from __future__ import annotations

import sys

from rich.console import Console

from flows.plan import Progress


def progress_to(console: Console | None) -> Progress:
    """Progress lines on the console; none when it is None. Detail lines (indented) replace each other on a terminal."""
    if console is None:
        return lambda _: None
    if not console.is_terminal:
        return lambda line: None if line.startswith("  ") else console.print(line, highlight=False, markup=False)
    status = console.status("hedui")
    status.start()

    def show(line: str) -> None:
        if line.startswith("  "):
            status.update(line.strip())
        else:
            console.print(line, highlight=False, markup=False)
            status.update(line)

    return show


def stderr_console() -> Console:
    """A console on standard error."""
    return Console(file=sys.stderr, soft_wrap=True)
