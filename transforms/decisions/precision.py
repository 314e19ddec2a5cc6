"""Precision that is measured: how many reviewed findings were confirmed, with the interval the count leaves
open.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

#: 95 %, two-sided.
Z = 1.959963984540054


@dataclass(frozen=True)
class Precision:
    """Findings confirmed of findings reviewed; low and high are the Wilson interval (0 to 1 where nothing was
    reviewed).
    """

    reviewed: int
    confirmed: int
    low: float
    high: float

    @property
    def middle(self) -> float:
        """The middle of the interval: what to order by.

        0.5 where nothing is known, near the share where much is.
        """
        return (self.low + self.high) / 2


def wilson_interval(confirmed: int, reviewed: int, z: float = Z) -> tuple[float, float]:
    """The Wilson score interval (E. B. Wilson, 1927) of a share; (0, 1) for nothing reviewed.

    Raises ValueError unless 0 <= confirmed <= reviewed.
    """
    if not 0 <= confirmed <= reviewed:
        raise ValueError(f"confirmed {confirmed} of {reviewed} reviewed")
    if reviewed == 0:
        return 0.0, 1.0
    share, squared = confirmed / reviewed, z * z
    centre = share + squared / (2 * reviewed)
    spread = z * sqrt(share * (1 - share) / reviewed + squared / (4 * reviewed * reviewed))
    scale = 1 + squared / reviewed
    # At the ends rounding may leave a hair's breadth beyond them.
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def precision(confirmed: int, reviewed: int) -> Precision:
    """The counts with their interval."""
    return Precision(reviewed, confirmed, *wilson_interval(confirmed, reviewed))
