"""The rules of benchmarks.eleven as an analyst would write them in pandas:  python -m benchmarks.in_pandas --inbox DIR --out DIR"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.columns import folders_asked, received_columns
from benchmarks.drops import AS_OF

DAY = pd.Timestamp(AS_OF)
THIS_MONTH = f"{DAY:%Y%m}"
DIBAO = ("城市低保", "农村低保")
Frame = Any


class Tables:
    """Reads the columns it is asked for, under their contract names, and keeps what several rules share."""

    def __init__(self, inbox: Path) -> None:
        self.inbox = inbox
        self.headings = received_columns(inbox)

    def read(self, dataset: str, *columns: str) -> Frame:
        """A frame of some columns of a dataset."""
        headings = {self.headings[dataset][column]: column for column in columns}
        parts = [
            pd.read_parquet(path, columns=list(headings)) for path in sorted((self.inbox / dataset).glob("*.parquet"))
        ]
        return pd.concat(parts, ignore_index=True).rename(columns=headings)

    @cached_property
    def roll(self) -> Frame:
        """The roll, with the key of its people."""
        rows = self.read(
            "benefit_roll", "id_number", "household_id", "benefit_type", "status", "start_date", "end_date"
        )
        rows["start_date"], rows["end_date"] = pd.to_datetime(rows.start_date), _days(rows.end_date)
        return _keyed(rows, "id_number")

    @cached_property
    def active(self) -> Frame:
        """People on active rows."""
        roll = self.roll
        in_force = (roll.start_date <= DAY) & (roll.end_date.isna() | (roll.end_date > DAY))
        return roll[roll.status.isin(["在享", "缓退"]) & in_force]

    @cached_property
    def dibao(self) -> Frame:
        """People on active rows of 低保."""
        return self.active[self.active.benefit_type.isin(DIBAO)]

    @cached_property
    def dead(self) -> Frame:
        """First day of death by key."""
        rows = _keyed(self.read("deaths", "id_number", "death_date"), "id_number")
        rows["death_date"] = pd.to_datetime(rows.death_date)
        return rows.groupby("key", as_index=False).death_date.min()

    @cached_property
    def paid(self) -> Frame:
        """Payments that succeeded."""
        columns = ("payee_id_number", "household_id", "bank_account", "pay_month", "amount_paid", "result")
        rows = self.read("payments", *columns)
        return rows[rows.result == "成功"]


def _days(column: Frame) -> Frame:
    # A day beyond what pandas can hold (year 9999) is no day to it.
    return pd.to_datetime(column, errors="coerce")


def _keyed(rows: Frame, column: str) -> Frame:
    # Through a float, as to_numeric would go, 17 digits lose their last ones.
    named = rows[rows[column].str.fullmatch("[0-9]{17}[0-9X]", na=False)]
    return named.assign(key=named[column].str.slice(0, 17).astype("int64"))


def _sums(rows: Frame, by: str) -> Frame:
    return rows.groupby(by, as_index=False).agg(months=("amount_paid", "size"), amount=("amount_paid", "sum"))


def death_still_on_roll(t: Tables) -> Frame:
    dead = t.dead[t.dead.death_date < DAY.replace(day=1)]
    return t.active.merge(dead, on="key").groupby("key", as_index=False).death_date.min()


def death_paid_after(t: Tables) -> Frame:
    paid = _keyed(t.paid, "payee_id_number").merge(t.dead, on="key")
    return _sums(paid[paid.pay_month > paid.death_date.dt.strftime("%Y%m")], "key")


def asset_vehicle(t: Tables) -> Frame:
    rows = t.read("vehicles", "owner_id_number", "status", "vehicle_type")
    cars = rows[(rows.status == "正常") & rows.vehicle_type.str.startswith("小型")]
    return _keyed(cars, "owner_id_number").merge(t.dibao, on="key").groupby("household_id", as_index=False).size()


def asset_business(t: Tables) -> Frame:
    rows = t.read("business_licenses", "person_id_number", "status")
    owned = _keyed(rows[rows.status == "存续"], "person_id_number")
    return owned.merge(t.dibao, on="key").groupby("household_id", as_index=False).size()


def asset_house(t: Tables) -> Frame:
    rows = t.read("housing", "owner_id_number", "certificate_no", "use")
    owned = _keyed(rows[rows.use.isin(["住宅", "成套住宅"])], "owner_id_number").merge(t.active, on="key")
    homes = owned.groupby("household_id", as_index=False).certificate_no.nunique()
    return homes[homes.certificate_no >= 2]


def income_pension(t: Tables) -> Frame:
    rows = t.read("pensions", "id_number", "kind", "monthly_amount")
    drawn = _keyed(rows[rows.kind == "领取"], "id_number").merge(t.dibao, on="key")
    return drawn.groupby("key", as_index=False).monthly_amount.max()


def dup_two_households(t: Tables) -> Frame:
    homes = t.active.groupby(["key", "benefit_type"], as_index=False).household_id.nunique()
    return homes[homes.household_id >= 2]


def official_on_roll(t: Tables) -> Frame:
    officials = _keyed(t.read("officials", "id_number"), "id_number")[["key"]]
    return t.active.merge(officials, on="key")[["key", "household_id"]].drop_duplicates()


def pay_after_exit(t: Tables) -> Frame:
    roll = t.roll.assign(end_date=t.roll.end_date.fillna(pd.Timestamp(dt.datetime(2200, 1, 1))))
    term = roll.groupby("household_id", as_index=False).agg(since=("start_date", "min"), until=("end_date", "max"))
    term["since"], term["until"] = term.since.dt.strftime("%Y%m"), term.until.dt.strftime("%Y%m")
    paid = t.paid.merge(term, on="household_id")
    return _sums(paid[(paid.pay_month < paid.since) | (paid.pay_month > paid.until)], "household_id")


def pay_not_on_roll(t: Tables) -> Frame:
    return _sums(t.paid[~t.paid.household_id.isin(t.roll.household_id)], "household_id")


def pay_one_account_many(t: Tables) -> Frame:
    months = t.read("payments", "pay_month").pay_month
    latest = t.paid[t.paid.pay_month == months[months <= THIS_MONTH].max()]
    homes = latest.groupby("bank_account", as_index=False).household_id.nunique()
    return homes[homes.household_id >= 2]


RULES: dict[str, Callable[[Tables], Frame]] = {
    rule.__name__: rule
    for rule in (
        death_still_on_roll, death_paid_after, asset_vehicle, asset_business, asset_house, income_pension, dup_two_households,
        official_on_roll, pay_after_exit, pay_not_on_roll, pay_one_account_many,
    )
}  # fmt: skip


def main() -> int:
    """The command line: all rules in this process, one Parquet file of subjects each."""
    inbox, out = folders_asked(__doc__)
    found = Tables(inbox)
    for name, rule in RULES.items():
        rule(found).to_parquet(out / f"{name}.parquet")
    return 0


if __name__ == "__main__":
    sys.exit(main())
