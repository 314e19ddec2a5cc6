"""Planted property, income and well-off supporters."""

from __future__ import annotations

import numpy as np

from sample_data import numbers
from sample_data.plants.case import Case, Row, parent_word


def car(case: Case, person: Row, value: float, **values: object) -> None:
    case.accounts_used += 1
    row: Row = {
        "owner_name": person["name"],
        "owner_id_number": person["id_number"],
        "plate_number": f"贵J{90000 + case.accounts_used}",
        "plate_type": "小型汽车",
        "vehicle_type": "小型轿车",
        "brand_model": "山岭LZ6430",
        "use_character": "非营运",
        "first_registered": case.day(-20, 9),
        "status": "正常",
        "value": value,
    }
    case.edits.add("vehicles", **{**row, **values})


def business(case: Case, person: Row, entity_type: str, role: str, capital: float, **values: object) -> None:
    case.accounts_used += 1
    kind = {"个体工商户": 2, "农民专业合作社": 3}.get(entity_type, 1)
    code = numbers.credit_codes(case.world.settings.county, np.array([kind]), 10**9 + case.accounts_used)[0]
    row: Row = {
        "credit_code": code,
        "entity_name": f"远岫{case.accounts_used}{entity_type}",
        "entity_type": entity_type,
        "person_name": person["name"],
        "person_id_number": person["id_number"],
        "role": role,
        "registered_capital": capital,
        "established": case.day(-30, 3),
        "status": "存续",
    }
    case.edits.add("business_licenses", **{**row, **values})


def home(case: Case, person: Row, **values: object) -> None:
    case.accounts_used += 1
    row: Row = {
        "owner_name": person["name"],
        "owner_id_number": person["id_number"],
        "certificate_no": f"黔(2019)不动产权第9{case.accounts_used:07d}号",
        "address": "新城路",
        "area": 88.0,
        "use": "住宅",
        "registered_date": case.day(-25, 7),
        "status": "现势",
    }
    case.edits.add("housing", **{**row, **values})


def owns_vehicle(case: Case) -> None:
    household, members = case.take("urban_couple", "rural_couple")
    car(case, members[1], 36000.0)
    case.edits.expect("asset_vehicle", members[1]["id_number"], household["township_code"], "a car in use")


def owns_business(case: Case) -> None:
    household, (head, *_) = case.take("low_family", "urban_family")
    business(case, head, "个体工商户", "经营者", 80000.0)
    case.edits.expect("asset_business", head["id_number"], household["township_code"], "a shop above the capital limit")


def owns_homes(case: Case) -> None:
    household, (head, spouse) = case.take("urban_couple", "rural_couple")
    home(case, head)
    home(case, spouse, use="成套住宅")
    case.edits.expect(
        "asset_house",
        household["household_id"],
        household["township_code"],
        "two dwellings between two members",
    )


def has_deposit(case: Case) -> None:
    household, (head, _) = case.take("urban_couple", "rural_couple")
    case.edits.change("bank_assets", {"id_number": head["id_number"]}, total=260000.0)
    case.edits.expect(
        "asset_deposit", household["household_id"], household["township_code"], "deposits far above the limit"
    )


def pays_into_pension(case: Case) -> None:
    household, (head,) = case.take("rural_adult", "urban_adult")
    case.edits.add(
        "pensions",
        name=head["name"],
        id_number=head["id_number"],
        scheme="企业职工养老保险",
        kind="缴费",
        monthly_amount=3500.0,
        month=case.latest_month - 1,
    )
    case.edits.expect("income_pension", head["id_number"], household["township_code"], "contributes as an employee")


def has_wages(case: Case) -> None:
    """Above the standard for the person, below it when shared by three."""
    household, (head, *_) = case.take("rural_family", "urban_family")
    for back in (6, 5, 4):
        case.edits.add(
            "income_tax",
            name=head["name"],
            id_number=head["id_number"],
            month=case.latest_month - back,
            income=3000.0,
            employer="清泉水务公司",
        )
    case.edits.expect("income_tax", head["id_number"], household["township_code"], "9,000 yuan of wages in the year")


def income_over(case: Case) -> None:
    household, _ = case.take("rural_couple", "urban_couple")
    case.edits.change("benefit_roll", {"household_id": household["household_id"]}, declared_income=1900.0)
    case.edits.expect(
        "income_over_standard",
        household["household_id"],
        household["township_code"],
        "declared income above the standard",
    )


def low_income_over(case: Case) -> None:
    household, _ = case.take("low_ill", "low_family")
    case.edits.change("benefit_roll", {"household_id": household["household_id"]}, declared_income=2600.0)
    case.edits.expect(
        "income_over_standard",
        household["household_id"],
        household["township_code"],
        "low-income household above the multiple",
    )


def supporter_with_car(case: Case) -> None:
    household, (person,) = case.take("rural_adult", "urban_adult")
    parent = case.stranger(elder=True, namesake_of=person)
    case.kin(person, parent_word(parent), parent)
    car(case, parent, 168000.0)
    case.edits.expect(
        "supporter_capacity",
        f"{household['household_id']}|{parent['id_number']}",
        household["township_code"],
        "an expensive car",
    )


def supporter_with_company(case: Case) -> None:
    household, (person,) = case.take("tekun")
    child = case.stranger()
    case.kin(child, parent_word(person), person)
    business(case, child, "有限责任公司", "股东", 2_000_000.0, share_ratio=40.0)
    case.edits.expect(
        "supporter_capacity",
        f"{household['household_id']}|{child['id_number']}",
        household["township_code"],
        "shareholder",
    )


def supporter_with_homes(case: Case) -> None:
    household, (person,) = case.take("rural_adult", "urban_adult")
    parent = case.stranger(elder=True)
    case.kin(person, parent_word(parent), parent)
    for _ in range(3):
        home(case, parent)
    case.edits.expect(
        "supporter_capacity",
        f"{household['household_id']}|{parent['id_number']}",
        household["township_code"],
        "three dwellings",
    )


PLANTS = (
    owns_vehicle,
    owns_business,
    owns_homes,
    has_deposit,
    pays_into_pension,
    has_wages,
    income_over,
    low_income_over,
    supporter_with_car,
    supporter_with_company,
    supporter_with_homes,
)
