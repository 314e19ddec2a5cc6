from __future__ import annotations

from transforms.pace import Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_short_work_tells_how_much_is_done_and_guesses_nothing() -> None:
    clock = Clock()
    pace = Pace(200, clock)
    assert str(pace) == "0%"
    clock.now += 2
    pace.add(50, rows=1000)
    assert str(pace) == "25%, 1,000 rows"


def test_long_work_tells_rate_and_time_left() -> None:
    clock = Clock()
    pace = Pace(200, clock)
    clock.now += 60
    pace.add(50, rows=1_200_000)
    assert str(pace) == "25%, 1,200,000 rows, 20,000 rows/s, about 3 min left"


def test_without_rows_only_the_share_and_the_time_left() -> None:
    clock = Clock()
    pace = Pace(3, clock)
    clock.now += 20
    pace.add(2)
    assert str(pace) == "67%, about 10 s left"


def test_nothing_to_do_is_no_error() -> None:
    assert str(Pace(0, Clock())) == "0%"


def test_hours() -> None:
    clock = Clock()
    pace = Pace(100, clock)
    clock.now += 3600
    pace.add(25)
    assert str(pace) == "25%, about 3 h 0 min left"
