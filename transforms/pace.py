"""How far long work has come, in words: share done, rate, time left. Knows no stage."""

from __future__ import annotations

import time
from collections.abc import Callable

Progress = Callable[[str], None]

# Before this many seconds a rate is a guess, and short work needs none.
SETTLED_SECONDS = 3.0
MINUTE, HOUR = 60, 3600


class Pace:
    """Measures work of a known size from now on.

    total: all there is to do, in the unit that time is proportional to (bytes of files, number of workbooks).
    """

    def __init__(self, total: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self.done = 0.0
        self.rows = 0
        self._clock = clock
        self._started = clock()

    def add(self, done: float, rows: int = 0) -> None:
        """Some of the work has been done, and gave so many rows."""
        self.done += done
        self.rows += rows

    def __str__(self) -> str:
        """'40%, 1,200,000 rows, 300,000 rows/s, about 2 min left'; the rate and the rest only once there is something to go by."""
        share = self.done / self.total if self.total else 0.0
        seconds = self._clock() - self._started
        said = [f"{share:.0%}"]
        if self.rows:
            said.append(f"{self.rows:,} rows")
        if seconds >= SETTLED_SECONDS and share > 0:
            if self.rows:
                said.append(f"{self.rows / seconds:,.0f} rows/s")
            said.append(f"about {_duration(seconds * (1 - share) / share)} left")
        return ", ".join(said)


def _duration(seconds: float) -> str:
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    if seconds < HOUR:
        return f"{seconds / MINUTE:.0f} min"
    return f"{seconds // HOUR:.0f} h {seconds % HOUR / MINUTE:.0f} min"
