"""The rules of benchmarks.eleven as an analyst would write them in Polars, lazily and streamed:  python -m benchmarks.in_polars --inbox DIR --out DIR"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl

from benchmarks.columns import folders_asked, received_columns
from benchmarks.drops import AS_OF

DAY = dt.date.fromisoformat(AS_OF)
THIS_MONTH = f"{DAY:%Y%m}"
DIBAO = ("城市低保", "农村低保")
Tables = dict[str, pl.LazyFrame]


def tables(inbox: Path) -> Tables:
    """One lazy frame per dataset of the inbox, columns under their contract names."""
    return {
        dataset: pl.scan_parquet(inbox / dataset / "*.parquet").select(
            pl.col(heading).alias(column) for column, heading in columns.items()
        )
        for dataset, columns in received_columns(inbox).items()
    }


def _key(column: str) -> pl.Expr:
    return pl.col(column).str.slice(0, 17).cast(pl.Int64, strict=False).alias("key")


def _active(t: Tables) -> pl.LazyFrame:
    start, end = pl.col("start_date"), pl.col("end_date")
    numbered = pl.col("id_number").str.len_chars() == 18
    rows = numbered & pl.col("status").is_in(["在享", "缓退"]) & (start <= DAY) & (end.is_null() | (end > DAY))
    return t["benefit_roll"].filter(rows).select(_key("id_number"), "household_id", "benefit_type")


def _dibao(t: Tables) -> pl.LazyFrame:
    return _active(t).filter(pl.col("benefit_type").is_in(DIBAO))


def _dead(t: Tables) -> pl.LazyFrame:
    return t["deaths"].select(_key("id_number"), "death_date").group_by("key").agg(pl.col("death_date").min())


def _paid(t: Tables) -> pl.LazyFrame:
    return t["payments"].filter(pl.col("result") == "成功")


def death_still_on_roll(t: Tables) -> pl.LazyFrame:
    dead = _dead(t).filter(pl.col("death_date") < DAY.replace(day=1))
    found = _active(t).join(dead, on="key").group_by("key")
    return found.agg(pl.col("household_id").first(), pl.col("death_date").min())


def death_paid_after(t: Tables) -> pl.LazyFrame:
    paid = _paid(t).select(_key("payee_id_number"), "pay_month", "amount_paid")
    late = paid.join(_dead(t), on="key").filter(pl.col("pay_month") > pl.col("death_date").dt.to_string("%Y%m"))
    return late.group_by("key").agg(pl.len().alias("months"), pl.col("amount_paid").sum())


def asset_vehicle(t: Tables) -> pl.LazyFrame:
    cars = (pl.col("status") == "正常") & pl.col("vehicle_type").str.starts_with("小型")
    owned = t["vehicles"].filter(cars).select(_key("owner_id_number"))
    return owned.join(_dibao(t), on="key").group_by("household_id").agg(pl.len().alias("vehicles"))


def asset_business(t: Tables) -> pl.LazyFrame:
    open_ones = t["business_licenses"].filter(pl.col("status") == "存续").select(_key("person_id_number"))
    return open_ones.join(_dibao(t), on="key").group_by("household_id").agg(pl.len().alias("entities"))


def asset_house(t: Tables) -> pl.LazyFrame:
    homes = t["housing"].filter(pl.col("use").is_in(["住宅", "成套住宅"]))
    owned = homes.select(_key("owner_id_number"), "certificate_no").join(_active(t), on="key")
    return owned.group_by("household_id").agg(pl.col("certificate_no").n_unique()).filter(pl.col("certificate_no") >= 2)


def income_pension(t: Tables) -> pl.LazyFrame:
    drawn = t["pensions"].filter(pl.col("kind") == "领取").select(_key("id_number"), "monthly_amount")
    return drawn.join(_dibao(t), on="key").group_by("key").agg(pl.col("monthly_amount").max())


def dup_two_households(t: Tables) -> pl.LazyFrame:
    homes = _active(t).group_by("key", "benefit_type").agg(pl.col("household_id").n_unique())
    return homes.filter(pl.col("household_id") >= 2)


def official_on_roll(t: Tables) -> pl.LazyFrame:
    officials = t["officials"].select(_key("id_number"))
    return _active(t).join(officials, on="key").select("key", "household_id").unique()


def pay_after_exit(t: Tables) -> pl.LazyFrame:
    until = pl.col("end_date").fill_null(dt.date(9999, 12, 31)).max().dt.to_string("%Y%m").alias("until")
    since = pl.col("start_date").min().dt.to_string("%Y%m").alias("since")
    term = t["benefit_roll"].group_by("household_id").agg(since, until)
    month = pl.col("pay_month")
    outside = _paid(t).join(term, on="household_id").filter((month < pl.col("since")) | (month > pl.col("until")))
    return outside.group_by("household_id").agg(pl.len().alias("months"), pl.col("amount_paid").sum())


def pay_not_on_roll(t: Tables) -> pl.LazyFrame:
    strange = _paid(t).join(t["benefit_roll"], on="household_id", how="anti")
    return strange.group_by("household_id").agg(pl.len().alias("months"), pl.col("amount_paid").sum())


def pay_one_account_many(t: Tables) -> pl.LazyFrame:
    month = pl.col("pay_month")
    latest = t["payments"].filter(month <= THIS_MONTH).select(month.max())
    homes = _paid(t).join(latest, on="pay_month").group_by("bank_account")
    counted = homes.agg(pl.col("household_id").n_unique().alias("households"), pl.col("amount_paid").sum())
    return counted.filter(pl.col("households") >= 2)


RULES: dict[str, Callable[[Tables], pl.LazyFrame]] = {
    rule.__name__: rule
    for rule in (
        death_still_on_roll, death_paid_after, asset_vehicle, asset_business, asset_house, income_pension, dup_two_households,
        official_on_roll, pay_after_exit, pay_not_on_roll, pay_one_account_many,
    )
}  # fmt: skip


def main() -> int:
    """The command line: all rules in this process, one Parquet file of subjects each."""
    inbox, out = folders_asked(__doc__)
    found = tables(inbox)
    for name, rule in RULES.items():
        rule(found).collect(engine="streaming").write_parquet(out / f"{name}.parquet")
    return 0


if __name__ == "__main__":
    sys.exit(main())
