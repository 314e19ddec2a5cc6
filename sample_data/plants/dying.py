"""Planted deaths."""

from __future__ import annotations

from datetime import date, timedelta

from sample_data.numbers import mistyped
from sample_data.plants.case import Case, Row


def died(case: Case, person: Row, household: Row, day: date, source: str = "公安") -> None:
    case.edits.add(
        "deaths",
        name=person["name"],
        id_number=person["id_number"],
        sex=person["sex"],
        birth_date=person["birth_date"],
        death_date=day,
        register_date=day + timedelta(days=6),
        source=source,
        address=household["address"],
    )


def cremated(case: Case, person: Row, household: Row, day: date, **values: object) -> None:
    row: Row = {
        "name": person["name"],
        "id_number": person["id_number"],
        "sex": person["sex"],
        "birth_date": person["birth_date"],
        "age": (day - person["birth_date"]).days * 4 // 1461,
        "death_date": day,
        "cremation_date": day + timedelta(days=2),
        "funeral_home": "第一殡仪馆",
        "address": household["address"],
    }
    case.edits.add("funerals", **{**row, **values})


def _checked_before(case: Case, household: Row) -> None:
    """Let the last visit be before the death: nothing contradicts it."""
    case.edits.change("benefit_roll", {"household_id": household["household_id"]}, last_check_date=case.day(-4, 8))


def still_on_roll(case: Case) -> None:
    household, (_, spouse, _) = case.take("rural_family", "urban_family", "low_family")
    _checked_before(case, household)
    day = case.day(-2, 17)
    died(case, spouse, household, day)
    cremated(case, spouse, household, day)
    case.edits.expect(
        "death_still_on_roll", spouse["id_number"], household["township_code"], "deaths and cremations agree"
    )


def still_on_roll_without_number(case: Case) -> None:
    household, (_, spouse, _) = case.take("rural_family", "urban_family", "low_family")
    _checked_before(case, household)
    cremated(case, spouse, household, case.day(-3, 9), id_number=None)
    case.edits.expect(
        "death_still_on_roll", spouse["id_number"], household["township_code"], "cremation without ID number"
    )


def still_on_roll_mistyped(case: Case) -> None:
    household, (_, spouse, _) = case.take("rural_family", "urban_family", "low_family")
    _checked_before(case, household)
    cremated(case, spouse, household, case.day(-2, 21), id_number=mistyped(spouse["id_number"]))
    case.edits.expect(
        "death_still_on_roll",
        spouse["id_number"],
        household["township_code"],
        "cremation with a mistyped ID number",
    )


def stop_due(case: Case) -> None:
    household, (_, spouse) = case.take("rural_couple", "urban_couple")
    died(case, spouse, household, case.day(0, 1), "卫健")
    case.edits.expect("death_stop_due", spouse["id_number"], household["township_code"], "died in the month of as_of")


def paid_after(case: Case) -> None:
    household, (person,) = case.take("left_adult")
    end = household["end_date"]
    died(case, person, household, (end - timedelta(days=75)).replace(day=20))
    case.edits.expect(
        "death_paid_after", person["id_number"], household["township_code"], "stopped months after the death"
    )


def head_not_changed(case: Case) -> None:
    household, (head, *_) = case.take("rural_family", "urban_family")
    _checked_before(case, household)
    died(case, head, household, case.day(-3, 5))
    for rule in ("death_head_not_changed", "death_still_on_roll", "death_paid_after"):
        key = household["household_id"] if rule == "death_head_not_changed" else head["id_number"]
        case.edits.expect(rule, key, household["township_code"], "the head died and is still paid")


def name_only(case: Case) -> None:
    household, (_, spouse, _) = case.take("rural_family", "urban_family", "low_family")
    cremated(case, spouse, household, case.day(-5, 12), name=case.other_name())
    case.edits.expect(
        "death_name_only_match",
        spouse["id_number"],
        household["township_code"],
        "a stranger cremated under the number",
    )


def date_conflict(case: Case) -> None:
    household, (person,) = case.take("left_dead")
    died(case, person, household, household["death_date"] - timedelta(days=60), "卫健")
    case.edits.expect("death_date_conflict", person["id_number"], household["township_code"], "two dates 60 days apart")
    case.edits.expect(
        "death_paid_after", person["id_number"], household["township_code"], "by the earlier of the two dates"
    )


PLANTS = (
    still_on_roll,
    still_on_roll_without_number,
    still_on_roll_mistyped,
    stop_due,
    paid_after,
    head_not_changed,
    name_only,
    date_conflict,
)
