"""Planted people the roll should have and has not."""

from __future__ import annotations

from typing import Any

from sample_data.plants.case import Case, Row


def _place(case: Case) -> Row:
    return case.world.households.row(case.strangers_used % len(case.world.households), named=True)


def _registered(case: Case, person: Row, place: Row, **values: Any) -> None:
    case.accounts_used += 1
    row: Row = {
        "household_id": f"P{place['township_code']}{7_000_000 + case.accounts_used}",
        "name": person["name"],
        "id_number": person["id_number"],
        "township_code": place["township_code"],
        "village": place["village"],
        "risk": "因病",
        "measures": None,
        "monthly_income": 280.0,
        "risk_removed": "否",
    }
    case.edits.add("poverty_registry", **{**row, **values})


def _card(case: Case, person: Row, place: Row, grade: int, income: float | None) -> None:
    case.edits.add(
        "disability_register",
        name=person["name"],
        id_number=person["id_number"],
        card_no=f"{person['id_number']}{grade}1",
        disability_type="肢体",
        disability_grade=grade,
        valid_until=case.day(30, 15),
        status="有效",
        township_code=place["township_code"],
        monthly_income=income,
    )


def monitored(case: Case) -> None:
    person, place = case.stranger(), _place(case)
    _registered(case, person, place, category="边缘易致贫户")
    case.edits.expect("missed_monitor_household", person["id_number"], place["township_code"])


def severely_disabled(case: Case) -> None:
    person, place = case.stranger(), _place(case)
    _card(case, person, place, 1, 250.0)
    case.edits.expect("missed_severe_disabled", person["id_number"], place["township_code"])


def severely_ill(case: Case) -> None:
    person, place = case.stranger(), _place(case)
    for paid in (48000.0, 37000.0):
        case.edits.add(
            "severe_illness",
            name=person["name"],
            id_number=person["id_number"],
            illness="恶性肿瘤",
            self_paid=paid,
            township_code=place["township_code"],
        )
    case.edits.expect("missed_severe_illness", person["id_number"], place["township_code"], "two bills together")


def without_subsidy(case: Case) -> None:
    household, (_, spouse) = case.take("rural_couple", "urban_couple")
    _card(case, spouse, household, 3, None)
    case.edits.expect("missed_disability_subsidy", spouse["id_number"], household["township_code"])


def left_and_poor(case: Case) -> None:
    household, (person, *_) = case.take("left_adult", "left_family")
    _registered(case, person, household, category="脱贫户", monthly_income=None)
    case.edits.expect("missed_exited_recheck", person["id_number"], household["township_code"])


PLANTS = (monitored, severely_disabled, severely_ill, without_subsidy, left_and_poor)
