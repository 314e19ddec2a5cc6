"""Deaths and cremations: of the public, and of those who left the roll because they died."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data import names
from sample_data.drawing import days_before, draw_public, members_of, pick, place_of
from sample_data.world import World

ID_MISSING, ID_MISTYPED = 0.3, 0.05


def _dead(world: World) -> pl.DataFrame:
    """name, id_number, sex, birth_date, death_date, address, township_name, on_roll of all who died; the
    same for both registers."""
    rng = np.random.default_rng([world.settings.seed, 201])
    columns = ["name", "id_number", "sex", "birth_date", "death_date", "address", "township_name"]
    own = members_of(world, "left_dead").select(columns).with_columns(on_roll=pl.lit(True))
    people = draw_public(world, rng, world.settings.share("deaths", 0.4))
    place = place_of(world, rng, len(people)).select("address", "township_name")
    public = pl.concat([people, place], how="horizontal").with_columns(
        death_date=days_before(world, rng, 20, 2500, len(people))
    )
    public = (
        public.filter(pl.col("death_date") > pl.col("birth_date")).select(columns).with_columns(on_roll=pl.lit(False))
    )
    return pl.concat([own, public])


def deaths(world: World) -> pl.DataFrame:
    """One row per dead person; a third a second time from the other source."""
    dead = _dead(world)
    rng = np.random.default_rng([world.settings.seed, 202])
    base = dead.select(
        "name",
        "id_number",
        "sex",
        "birth_date",
        "death_date",
        register_date=pl.col("death_date") + pl.duration(days=pl.lit(pl.Series(rng.integers(2, 25, len(dead))))),
        source=pl.lit("公安"),
        address="address",
    )
    again = base.filter(pl.Series(rng.random(len(base)) < 0.33)).with_columns(source=pl.lit("卫健"))
    return pl.concat([base, again])


def funerals(world: World) -> pl.DataFrame:
    """Cremations of half the dead, or as many of them as the share of the dataset says. Many strangers' ID numbers are missing, some are mistyped; such a
    stranger bears a rare name, for
    nobody could tell a namesake of theirs from somebody on the roll."""
    rng = np.random.default_rng([world.settings.seed, 203])
    dead = _dead(world)
    dead = dead.filter(pl.Series(rng.random(len(dead)) < world.settings.share("funerals", 0.5)) | pl.col("on_roll"))
    luck = pl.Series(rng.random(len(dead)))
    stranger = ~pl.col("on_roll")
    missing = stranger & (luck < ID_MISSING)
    mistyped = stranger & (luck >= ID_MISSING) & (luck < ID_MISSING + ID_MISTYPED)
    wrong_digit = ((pl.col("id_number").str.slice(15, 1).cast(pl.Int64, strict=False) + 3) % 10).cast(pl.String)
    wrong = pl.concat_str(pl.col("id_number").str.slice(0, 15), wrong_digit, pl.col("id_number").str.slice(16))
    rare = names.rare_names(rng, (dead["sex"] == "男").to_numpy())
    later = pl.duration(days=pl.lit(pl.Series(rng.integers(1, 4, len(dead)))))
    return dead.with_columns(missing=missing, mistyped=mistyped, rare=rare).select(
        name=pl.when(pl.col("missing") | pl.col("mistyped")).then("rare").otherwise("name"),
        id_number=pl.when("missing").then(None).when("mistyped").then(wrong).otherwise("id_number"),
        sex="sex",
        birth_date="birth_date",
        age=((pl.col("death_date") - pl.col("birth_date")).dt.total_days() // 365.2425).cast(pl.Int64),
        death_date="death_date",
        cremation_date=pl.col("death_date") + later,
        funeral_home=pick(rng, ["第一殡仪馆", "第二殡仪馆"], len(dead)),
        address="address",
        relative_name=pl.lit(None, pl.String),
        relative_phone=pl.lit(None, pl.String),
    )
