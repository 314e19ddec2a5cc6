"""What the registers draw from: people of the roll and of the public, dates, values.

Each dataset has its own random numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from sample_data.world import World

SERIAL = {
    "kinship": 1,
    "vehicles": 2,
    "business": 3,
    "housing": 4,
    "pensions": 5,
    "tax": 6,
    "bank": 7,
    "cards": 8,
    "poverty": 9,
    "illness": 10,
    "doubts": 11,
    "population": 12,
}


def stream(world: World, name: str) -> np.random.Generator:
    """The random numbers of one dataset: independent of the other datasets'."""
    return np.random.default_rng([world.settings.seed, SERIAL[name]])


def draw_public(world: World, rng: np.random.Generator, share: float, adults: bool = True) -> pl.DataFrame:
    """People of the public, share of them all, different ones unless share is above 1; families stand as
    father, mother, child."""
    count = len(world.public)
    times = int(share) + (rng.random(count) < share % 1)
    if adults:
        times[np.arange(count) % 3 == 2] = 0
    return world.public[np.repeat(np.arange(count), times)]


def pick(
    rng: np.random.Generator, values: Sequence[object], count: int, weight: Sequence[float] | None = None
) -> pl.Series:
    """A column of values drawn from a short list."""
    return pl.Series(list(values)).gather(rng.choice(len(values), size=count, p=weight))


def days_before(world: World, rng: np.random.Generator, low: int, high: int, count: int) -> pl.Series:
    """Dates between low and high days before as_of."""
    day = np.datetime64(world.settings.as_of, "D") - rng.integers(low, high, count)
    return pl.Series(day.astype("datetime64[ms]")).cast(pl.Date)


def members_of(world: World, *kinds: str) -> pl.DataFrame:
    """Members of households of these kinds (all active ones when none is named) with household columns
    beside their own."""
    own = world.households.select(
        "household_id",
        "kind",
        "state",
        "benefit_type",
        "township_code",
        "township_name",
        "village",
        "address",
        "size",
        "end_date",
        "death_date",
    )
    joined = pl.concat([world.members, own[world.members["household"]]], how="horizontal")
    return joined.filter(pl.col("kind").is_in(kinds) if kinds else pl.col("state") == "active")


def place_of(world: World, rng: np.random.Generator, count: int) -> pl.DataFrame:
    """township_code, township_name, village and address drawn for people of the public."""
    rows = world.households[rng.integers(0, len(world.households), count)]
    return rows.select("township_code", "township_name", "village", "address")
