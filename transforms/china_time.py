"""The clock of the bureaus. All of China keeps one time, without a summer time, whatever the machine's own clock is set to."""

from __future__ import annotations

import datetime as dt

TIME_ZONE = "Asia/Shanghai"
CHINA = dt.timezone(dt.timedelta(hours=8), TIME_ZONE)


def today() -> dt.date:
    """The day it is in China."""
    return dt.datetime.now(CHINA).date()
