"""Planted faults of ID numbers and names."""

from __future__ import annotations

import numpy as np

from sample_data.numbers import ID_CHECK, check_characters
from sample_data.plants.case import Case, Row

FAMILIES = ("rural_family", "urban_family", "low_family")


def _renumber(case: Case, household: Row, person: Row, number: str | None) -> None:
    where = {"household_id": household["household_id"], "id_number": person["id_number"]}
    case.edits.change("benefit_roll", where, id_number=number)


def wrong_check_character(case: Case) -> None:
    household, (_, spouse, _) = case.take(*FAMILIES)
    number = spouse["id_number"]
    number = number[:17] + ID_CHECK[(ID_CHECK.index(number[17]) + 4) % 11]
    _renumber(case, household, spouse, number)
    case.edits.expect("id_format_invalid", number, household["township_code"], "check character")


def no_number(case: Case) -> None:
    household, (_, _, child) = case.take(*FAMILIES)
    _renumber(case, household, child, None)
    case.edits.expect(
        "id_format_invalid",
        f"{household['household_id']}:{child['name']}",
        household["township_code"],
        "empty",
    )


def rounded(case: Case) -> None:
    """18 characters ending in 000 that fail their check; a number that passes by chance is one of
    another person."""
    household, (_, spouse, _) = case.take(*FAMILIES)
    number = spouse["id_number"][:15] + "000"
    if check_characters(np.array([int(number[:17])]))[0] == "0":
        rounded(case)
        return
    _renumber(case, household, spouse, number)
    case.edits.expect("id_excel_truncated", number, household["township_code"], "tail rounded away")


def scientific(case: Case) -> None:
    household, (_, spouse, _) = case.take(*FAMILIES)
    _renumber(case, household, spouse, f"{float(spouse['id_number'][:17]) * 10:.5E}")
    case.edits.expect(
        "id_excel_truncated",
        f"{household['household_id']}:{spouse['name']}",
        household["township_code"],
        "scientific notation",
    )


def other_sex(case: Case) -> None:
    household, (_, spouse, _) = case.take(*FAMILIES)
    where = {"household_id": household["household_id"], "id_number": spouse["id_number"]}
    case.edits.change("benefit_roll", where, sex="女" if spouse["sex"] == "男" else "男")
    case.edits.expect("id_sex_mismatch", spouse["id_number"], household["township_code"])


def other_name(case: Case) -> None:
    household, (_, spouse, _) = case.take(*FAMILIES)
    case.edits.change("population", {"id_number": spouse["id_number"]}, name=case.other_name())
    case.edits.expect("id_name_conflict", spouse["id_number"], household["township_code"])


PLANTS = (wrong_check_character, no_number, rounded, scientific, other_sex, other_name)
