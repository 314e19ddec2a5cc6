"""Planted household irregularities and relatives of officials."""

from __future__ import annotations

from sample_data.plants.case import Case, parent_word


def split(case: Case) -> None:
    one, (a,) = case.take("rural_adult", where={"head_sex": "男"})
    other, (b,) = case.take("rural_adult", where={"head_sex": "女"})
    case.kin(b, "配偶", a)
    key = "|".join(sorted((a["id_number"], b["id_number"])))
    township = one["township_code"] if key.startswith(a["id_number"]) else other["township_code"]
    case.edits.expect("split_household", key, township, "husband and wife in two households")


def single_ineligible(case: Case) -> None:
    household, (person,) = case.take("rural_adult", "urban_adult")
    case.edits.change("benefit_roll", {"household_id": household["household_id"]}, single_person="是")
    case.edits.expect(
        "single_person_ineligible",
        person["id_number"],
        household["township_code"],
        "neither card nor illness",
    )


def misclassified(case: Case) -> None:
    household, (person,) = case.take("rural_elder")
    case.edits.remove("kinship", {"a_id_number": person["id_number"]})
    case.edits.expect(
        "misclass_tekun_in_dibao",
        person["id_number"],
        household["township_code"],
        "old, alone, no relatives known",
    )


def dibao_and_tekun(case: Case) -> None:
    household, (_, person) = case.take("rural_couple", "urban_couple")
    case.second_household(household, person, "特困供养", "T")
    case.edits.expect("dup_dibao_tekun", person["id_number"], household["township_code"])


def urban_and_rural(case: Case) -> None:
    household, (_, person, _) = case.take("rural_family")
    case.second_household(household, person, "城市低保", "C")
    case.edits.expect("dup_urban_rural", person["id_number"], household["township_code"])


def two_households(case: Case) -> None:
    household, (_, person, _) = case.take("rural_family")
    case.second_household(household, person, "农村低保", "N")
    case.edits.expect("dup_two_households", person["id_number"], household["township_code"])


def low_income_overlap(case: Case) -> None:
    household, (_, person) = case.take("rural_couple", "urban_couple")
    case.second_household(household, person, "低收入家庭", "D")
    case.edits.expect("dup_low_income_overlap", person["id_number"], household["township_code"])


def official_benefits(case: Case) -> None:
    household, (person,) = case.take("rural_adult", "urban_adult")
    case.official(person, household["township_code"])
    case.edits.expect("official_on_roll", person["id_number"], household["township_code"])


def relative_unfiled(case: Case) -> None:
    """That they are siblings follows from the parent they share."""
    household, (person,) = case.take("rural_adult", "urban_adult")
    official, parent = case.stranger(namesake_of=person), case.stranger(elder=True, namesake_of=person)
    case.kin(person, parent_word(parent), parent)
    case.kin(parent, "儿子" if official["sex"] == "男" else "女儿", official)
    case.official(official, household["township_code"])
    key = f"{person['id_number']}|{official['id_number']}"
    case.edits.expect("relative_unfiled", key, household["township_code"], "siblings through a parent")


def filing_stale(case: Case) -> None:
    household, (person,) = case.take("left_adult")
    official = case.stranger()
    case.official(official, household["township_code"])
    case.edits.add(
        "relative_filings",
        official_id_number=official["id_number"],
        beneficiary_id_number=person["id_number"],
        relation="兄弟姐妹",
        filed_date=case.day(-14, 8),
    )
    key = f"{person['id_number']}|{official['id_number']}"
    case.edits.expect("relative_filing_stale", key, household["township_code"], "the beneficiary has left")


PLANTS = (
    split,
    single_ineligible,
    misclassified,
    dibao_and_tekun,
    urban_and_rural,
    two_households,
    low_income_overlap,
    official_benefits,
    relative_unfiled,
    filing_stale,
)
