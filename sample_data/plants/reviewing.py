"""Planted faults of reviews, filings and archives."""

from __future__ import annotations

from sample_data.plants.case import Case
from sample_data.plants.paying import PAID


def disability_differs(case: Case) -> None:
    household, (_, spouse) = case.take("rural_couple", "urban_couple")
    where = {"household_id": household["household_id"], "id_number": spouse["id_number"]}
    case.edits.change("benefit_roll", where, disability_type="肢体", disability_grade=2)
    case.edits.expect("disability_unverified", spouse["id_number"], household["township_code"], "no card")


def grace_over(case: Case) -> None:
    household, _ = case.take(*PAID)
    case.edits.change(
        "benefit_roll",
        {"household_id": household["household_id"]},
        status="缓退",
        grace_start=case.day(-14, 10),
    )
    case.edits.expect("grace_expired", household["household_id"], household["township_code"])


def overdue(case: Case) -> None:
    household, _ = case.take(*PAID)
    case.edits.change("benefit_roll", {"household_id": household["household_id"]}, last_check_date=case.day(-14, 10))
    case.edits.expect("review_overdue", household["household_id"], household["township_code"])


def not_authorised(case: Case) -> None:
    household, _ = case.take("rural_couple", "urban_adult", "rural_adult", "low_family")
    case.edits.change("benefit_roll", {"household_id": household["household_id"]}, authorisation_date=None)
    case.edits.expect("authorization_missing", household["household_id"], household["township_code"])


def doubt_open(case: Case) -> None:
    household, members = case.take(*PAID)
    case.edits.add(
        "doubtful_history",
        name=members[0]["name"],
        id_number=members[0]["id_number"],
        doubt_type="名下车辆",
        feedback_date=case.day(-8, 4),
        key_case="是",
        handled="否",
    )
    case.edits.expect("clue_unhandled", members[0]["id_number"], household["township_code"])


def archive_differs(case: Case) -> None:
    household, _ = case.take(*PAID)
    case.edits.change(
        "archives",
        {"household_id": household["household_id"]},
        household_amount=household["household_amount"] + 60,
    )
    case.edits.expect("recon_three_way", household["household_id"], household["township_code"], "amount")


def no_archive(case: Case) -> None:
    household, _ = case.take(*PAID)
    case.edits.remove("archives", {"household_id": household["household_id"]})
    case.edits.expect("recon_three_way", household["household_id"], household["township_code"], "no archive")


PLANTS = (disability_differs, grace_over, overdue, not_authorised, doubt_open, archive_differs, no_archive)
