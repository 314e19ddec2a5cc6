"""The roll and what follows from it month by month: payments, accounts, archives. One function per
dataset, contract columns, typed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from sample_data.kinds import RELATION_WORDS
from sample_data.world import World, month_day

#: The names payments carry, per benefit.
BENEFIT_ITEMS = {
    "城市低保": "城市低保金",
    "农村低保": "农村低保金",
    "特困供养": "特困供养金",
    "低收入家庭": "低收入家庭救助金",
    "临时救助": "临时救助金",
    "精减退职": "精减退职救济金",
}


def benefit_roll(world: World) -> pl.DataFrame:
    """One row per person and benefit; household columns repeated on each."""
    members = world.members
    own = world.households[members["household"]].drop("size")
    low = pl.col("benefit_type") == "低收入家庭"
    size = world.households["size"].gather(members["household"])
    return pl.concat(
        [members.drop("birth_date"), own.with_columns(size.alias("persons_covered"))], how="horizontal"
    ).select(
        "benefit_type",
        pl.when(low & pl.col("illness").is_not_null())
        .then(pl.lit("大重疾病医疗"))
        .when(low)
        .then(pl.lit("一户多残"))
        .alias("low_income_type"),
        "household_id",
        "head_name",
        "head_id_number",
        "name",
        "id_number",
        "sex",
        pl.col("role").replace_strict(RELATION_WORDS).alias("relation_to_head"),
        "township_code",
        "village",
        "address",
        pl.when(pl.col("kind") == "rural_disabled").then(pl.lit("是")).otherwise(pl.lit("否")).alias("single_person"),
        "persons_covered",
        "household_amount",
        "start_date",
        "status",
        "end_date",
        pl.lit(None, pl.Date).alias("grace_start"),
        "declared_income",
        "illness",
        "disability_type",
        "disability_grade",
        "care_class",
        "last_check_date",
        "authorisation_date",
        "bank_account",
        pl.col("head_name").alias("account_name"),
        "phone",
    )


def payments(world: World) -> Iterator[pl.DataFrame]:
    """One frame per pay month, oldest first: every household in force in it, paid in full before the pay
    day."""
    base = world.households.select(
        "household_id",
        "township_code",
        "start_date",
        "end_date",
        "head_name",
        "head_id_number",
        "bank_account",
        "size",
        "household_amount",
        pl.col("benefit_type").replace_strict(BENEFIT_ITEMS).alias("item"),
    )
    latest = world.settings.latest_month
    for month in range(latest - world.settings.months + 1, latest + 1):
        first = month_day(month)
        in_force = (pl.col("start_date") <= first) & (pl.col("end_date").is_null() | (pl.col("end_date") > first))
        yield base.filter(in_force).select(
            pl.lit(month).alias("pay_month"),
            "household_id",
            pl.col("head_name").alias("payee_name"),
            pl.col("head_id_number").alias("payee_id_number"),
            "bank_account",
            pl.col("head_name").alias("account_name"),
            "item",
            pl.col("household_amount").alias("amount_due"),
            pl.col("household_amount").alias("amount_paid"),
            pl.col("size").alias("persons"),
            pl.lit(month_day(month, 6)).alias("pay_date"),
            pl.lit("成功").alias("result"),
            pl.lit(None, pl.Date).alias("repaid_date"),
        )


def active_households(world: World) -> pl.DataFrame:
    """The households on active rows."""
    return world.households.filter(pl.col("state") == "active")


def account_activity(world: World) -> pl.DataFrame:
    """Every account the roll names, drawn on within the last weeks."""
    own = active_households(world)
    rng = np.random.default_rng([world.settings.seed, 101])
    ago = pl.lit(pl.Series(rng.integers(2, 40, len(own))))
    return own.select(
        "bank_account",
        pl.col("head_name").alias("account_name"),
        (pl.lit(world.settings.as_of) - pl.duration(days=ago)).alias("last_withdrawal"),
        pl.Series("balance", rng.integers(20, 2500, len(own)).astype(np.float64)),
        pl.lit(world.settings.as_of).alias("as_of"),
    )


def archives(world: World) -> pl.DataFrame:
    """The paper files of 低保, 特困 and 低收入 households, as the roll has them."""
    kept = active_households(world).filter(
        pl.col("benefit_type").is_in(["城市低保", "农村低保", "特困供养", "低收入家庭"])
    )
    return kept.select(
        ("DA" + pl.col("household_id")).alias("archive_no"),
        "household_id",
        "head_name",
        pl.col("size").alias("persons"),
        "household_amount",
        "township_code",
    )
