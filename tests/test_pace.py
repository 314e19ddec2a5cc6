from __future__ import annotations

import pytest

from transforms.pace import Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("total", "seconds", "done", "rows", "told"),
    [
        pytest.param(200, 2, 50, 1000, "25%, 1,000 rows", id="short work guesses nothing"),
        pytest.param(
            200, 60, 50, 1_200_000, "25%, 1,200,000 rows, 20,000 rows/s, about 3 min left", id="rate and time left"
        ),
        pytest.param(3, 20, 2, 0, "67%, about 10 s left", id="without rows only the share and the time left"),
        pytest.param(100, 3600, 25, 0, "25%, about 3 h 0 min left", id="hours"),
        pytest.param(0, 0, 0, 0, "0%", id="nothing to do is no error"),
    ],
)
def test_what_is_told_of_work(total: int, seconds: int, done: int, rows: int, told: str) -> None:
    clock = Clock()
    pace = Pace(total, clock)
    assert str(pace) == "0%"
    clock.now += seconds
    pace.add(done, rows=rows)
    assert str(pace) == told
