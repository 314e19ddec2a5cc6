"""Near misses: they look like a case of some rule, and no rule may flag them."""

from __future__ import annotations

from sample_data.plants.assets import business, car
from sample_data.plants.case import Case, parent_word
from sample_data.plants.dying import died
from sample_data.plants.paying import PAID
from sample_data.world import month_day


def within_grace(case: Case) -> None:
    """Income above the standard, below twice it, and the grace period has begun."""
    household, _ = case.take("rural_couple", "urban_couple")
    where = {"household_id": household["household_id"]}
    case.edits.change("benefit_roll", where, status="缓退", grace_start=case.day(-3, 10), declared_income=720.0)


def filed_relative(case: Case) -> None:
    household, (person,) = case.take("rural_adult", "urban_adult")
    official = case.stranger(namesake_of=person)
    case.kin(person, "姐妹" if official["sex"] == "女" else "兄弟", official)
    case.official(official, household["township_code"])
    case.edits.add(
        "relative_filings",
        official_id_number=official["id_number"],
        beneficiary_id_number=person["id_number"],
        relation="兄弟姐妹",
        filed_date=case.day(-9, 8),
    )


def dead_supporter(case: Case) -> None:
    """A rich parent who is no longer alive supports nobody."""
    household, (person,) = case.take("rural_adult", "urban_adult")
    parent = case.stranger(elder=True, namesake_of=person)
    case.kin(person, parent_word(parent), parent)
    car(case, parent, 190000.0)
    died(case, parent, household, case.day(-6, 6))


def modest_supporter(case: Case) -> None:
    _, (person,) = case.take("rural_adult", "urban_adult")
    parent = case.stranger(elder=True)
    case.kin(person, parent_word(parent), parent)
    car(case, parent, 42000.0)
    business(case, parent, "个体工商户", "经营者", 500000.0)


def small_shop(case: Case) -> None:
    _, (head, *_) = case.take("rural_three", "rural_family")
    business(case, head, "个体工商户", "经营者", 8000.0)


def repaid_in_time(case: Case) -> None:
    household, _ = case.take(*PAID)
    case.change_payment(household, 6, result="失败", pay_date=None, repaid_date=month_day(case.latest_month - 6, 19))


NEAR_MISSES = (within_grace, filed_relative, dead_supporter, modest_supporter, small_shop, repaid_in_time)
