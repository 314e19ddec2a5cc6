"""Planted payment irregularities."""

from __future__ import annotations

from datetime import timedelta

from sample_data.plants.case import Case, Row
from sample_data.roll import BENEFIT_ITEMS
from sample_data.world import month_day

PAID = ("tekun", "rural_couple", "urban_adult", "rural_adult", "rural_three", "rural_elder", "rural_disabled")


def account_name(case: Case) -> None:
    household, _ = case.take(*PAID)
    case.change_payment(household, 0, account_name=case.other_name())
    case.edits.expect("pay_account_name_mismatch", household["household_id"], household["township_code"])


def one_account(case: Case) -> None:
    first, _ = case.take(*PAID)
    second, _ = case.take(*PAID)
    case.change_payment(second, 0, bank_account=first["bank_account"])
    township = min(first, second, key=lambda h: str(h["household_id"]))["township_code"]
    case.edits.expect("pay_one_account_many", first["bank_account"], township)


def official_account(case: Case) -> None:
    household, _ = case.take(*PAID)
    official = case.stranger(name=case.other_name())
    case.official(official, household["township_code"])
    case.change_payment(household, 0, account_name=official["name"])
    key = f"{household['household_id']}|{official['id_number']}"
    case.edits.expect("pay_to_official_account", key, household["township_code"])
    case.edits.expect(
        "pay_account_name_mismatch",
        household["household_id"],
        household["township_code"],
        "the account is an official's",
    )


def late(case: Case) -> None:
    household, _ = case.take(*PAID)
    case.change_payment(household, 3, pay_date=month_day(case.latest_month - 3, 28))
    case.edits.expect("pay_late", f"{household['household_id']}|{case.month_text(3)}", household["township_code"])


def failed(case: Case) -> None:
    household, _ = case.take(*PAID)
    case.change_payment(household, 2, result="失败", amount_paid=0.0, pay_date=None)
    case.edits.expect(
        "pay_failed_unresolved",
        f"{household['household_id']}|{case.month_text(2)}",
        household["township_code"],
    )


def short(case: Case) -> None:
    household, _ = case.take(*PAID)
    case.change_payment(household, 5, amount_paid=household["household_amount"] - 50)
    case.edits.expect("pay_short", f"{household['household_id']}|{case.month_text(5)}", household["township_code"])


def not_on_roll(case: Case) -> None:
    township = str(case.world.households["township_code"][0])
    case.accounts_used += 1
    household_id, account, payee = (
        f"{township}N{8_000_000 + case.accounts_used}",
        case.account(),
        case.stranger(),
    )
    for back in range(4):
        case.pay(back, household_id, payee, account, BENEFIT_ITEMS["农村低保"], 240.0)
    case.edits.expect("pay_not_on_roll", household_id, township)


def after_exit(case: Case) -> None:
    household, (head, *_) = case.take("left_adult", "left_family")
    end = household["end_date"].year * 12 + household["end_date"].month
    back = case.latest_month - end - 1
    case.pay(
        back,
        household["household_id"],
        head,
        household["bank_account"],
        BENEFIT_ITEMS[household["benefit_type"]],
        300.0,
    )
    case.edits.expect("pay_after_exit", household["household_id"], household["township_code"])


def missing(case: Case) -> None:
    household, _ = case.take(*PAID)
    case.edits.remove("payments", {"household_id": household["household_id"], "pay_month": case.latest_month})
    case.edits.expect("pay_missing", household["household_id"], household["township_code"])


def duplicate(case: Case) -> None:
    household, members = case.take(*PAID)
    month = month_day(case.latest_month - 4, 6)
    item = BENEFIT_ITEMS[household["benefit_type"]]
    head: Row = members[0]
    amount = household["household_amount"]
    case.pay(
        4,
        household["household_id"],
        head,
        household["bank_account"],
        item,
        amount,
        pay_date=month + timedelta(days=2),
    )
    case.edits.expect("pay_duplicate", f"{household['household_id']}|{case.month_text(4)}", household["township_code"])


def item(case: Case) -> None:
    household, _ = case.take(*PAID)
    case.change_payment(household, 0, item="民政补助")
    case.edits.expect(
        "pay_item_nonstandard",
        f"{household['household_id']}|{case.month_text(0)}",
        household["township_code"],
    )


def dormant(case: Case) -> None:
    household, _ = case.take(*PAID)
    case.edits.change("account_activity", {"bank_account": household["bank_account"]}, last_withdrawal=case.day(-9, 14))
    case.edits.expect("pay_dormant_account", household["bank_account"], household["township_code"])


def never_drawn(case: Case) -> None:
    household, _ = case.take(*PAID)
    case.edits.change("account_activity", {"bank_account": household["bank_account"]}, last_withdrawal=None)
    case.edits.expect("pay_dormant_account", household["bank_account"], household["township_code"], "never drawn")


def remind(case: Case) -> None:
    household, _ = case.take(*PAID)
    case.edits.change("account_activity", {"bank_account": household["bank_account"]}, last_withdrawal=case.day(-4, 11))
    case.edits.expect("pay_dormant_remind", household["bank_account"], household["township_code"])


PLANTS = (
    account_name,
    one_account,
    official_account,
    late,
    failed,
    short,
    not_on_roll,
    after_exit,
    missing,
    duplicate,
    item,
    dormant,
    never_drawn,
    remind,
)
