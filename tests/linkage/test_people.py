"""Who the people are: person keys on the roll, and the people off it that rules ask about."""

from __future__ import annotations

import datetime as dt

import pytest


def on_roll(**change):
    return {
        "household_id": "H1",
        "name": "王建国",
        "township_code": "320681104",
        "status": "在享",
        "sex": "男",
    } | change


def test_person_keys(link, number) -> None:
    valid = number("32068119600101101")
    roll = [
        on_roll(id_number=valid),
        on_roll(id_number=valid, name="王大国", household_id="H2"),
        on_roll(id_number="320681196001011019999"),
        on_roll(id_number=None, name="李四"),
        on_roll(id_number="3.20681E+17", name="张三"),
    ]
    con = link({"benefit_roll": roll})
    assert con.execute("SELECT person_key, id_key FROM link_person ORDER BY 1").fetchall() == [
        (valid, int(valid[:17])),
        ("320681196001011019999", None),
        ("H1:张三", None),
        ("H1:李四", None),
    ]
    names = con.execute("SELECT name FROM link_person_name WHERE person_key = ? ORDER BY 1", [valid]).fetchall()
    assert names == [("王大国",), ("王建国",)]


def test_sex_and_birth_date_are_the_numbers(link, number) -> None:
    woman = number("32068119600229102")
    con = link({"benefit_roll": [on_roll(id_number=woman, sex="男"), on_roll(id_number=woman + "1", sex="女")]})
    assert con.execute("SELECT sex, birth_date FROM link_person ORDER BY person_key").fetchall() == [
        ("女", dt.date(1960, 2, 29)),
        ("女", None),
    ]


@pytest.mark.parametrize(
    ("rows", "household"),
    [
        ([("H1", "320681107", "在享", 2015), ("H2", "320681104", "缓退", 2010)], "H2"),
        ([("H1", "320681107", "在享", 2015), ("H2", "320681104", "停发", 2020)], "H1"),
        ([("H1", "320681104", "退出", 2015), ("H2", "320681107", "停发", 2020)], "H2"),
    ],
    ids=[
        "lowest township in receipt",
        "a row in receipt before one that ended",
        "none in receipt: the latest",
    ],
)
def test_the_household_of_a_person(link, number, rows, household: str) -> None:
    valid = number("32068119600101101")
    roll = [
        on_roll(id_number=valid, household_id=h, township_code=code, status=status, start_date=dt.date(year, 1, 1))
        for h, code, status, year in rows
    ]
    con = link({"benefit_roll": roll, "vehicles": [{"owner_id_number": valid, "owner_name": "王建国"}]})
    assert con.execute("SELECT household_id FROM links").fetchall() == [(household,)]


@pytest.fixture
def off_roll(link, number):
    """A function from a mention of somebody off the roll and register rows to (dataset, tier, confidence)."""
    person = number("32068119700101101")
    member = number("32068119400101102")

    def linked(mention: dict, registers: dict):
        rows = {"benefit_roll": [on_roll(id_number=member)], **mention, **registers}
        con = link(rows)
        columns = "dataset, id_number, person_key, household_id, tier, confidence"
        got = con.execute(f"SELECT {columns} FROM links WHERE NOT on_roll ORDER BY 1").fetchall()
        assert all(row[1:4] == (person, person, None) for row in got)
        return [(row[0], *row[4:]) for row in got]

    return person, member, linked


def test_everybody_rules_ask_about_is_known(off_roll) -> None:
    person, member, linked = off_roll
    mentions = [
        {"kinship": [{"a_id_number": member, "relation": "儿子", "b_id_number": person, "b_name": "王强"}]},
        {"kinship": [{"a_id_number": person, "a_name": "王强", "relation": "父亲", "b_id_number": member}]},
        {"officials": [{"id_number": person, "name": "王强"}]},
        {"poverty_registry": [{"id_number": person, "name": "王强"}]},
        {"disability_register": [{"id_number": person, "name": "王强"}]},
        {"severe_illness": [{"id_number": person, "name": "王强"}]},
        {"benefit_roll": [on_roll(id_number=member, head_id_number=person, head_name="王强")]},
    ]
    vehicle = {"vehicles": [{"owner_id_number": person, "owner_name": "王强"}]}
    for mention in mentions:
        assert linked(mention, vehicle) == [("vehicles", "id_exact", 1.0)], next(iter(mention))
    assert linked({}, vehicle) == [], "somebody nobody asks about"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("王强", True), (None, True), ("王墙", False), ("李强", False)],
    ids=["equal", "none", "a homophone is weaker than equal", "another"],
)
def test_off_the_roll_names_must_agree(off_roll, name: str | None, expected: bool) -> None:
    person, _, linked = off_roll
    official = {"officials": [{"id_number": person, "name": "王强"}]}
    got = linked(official, {"deaths": [{"id_number": person, "name": name}]})
    assert got == ([("deaths", "id_exact", 1.0)] if expected else [])


def test_off_the_roll_nothing_is_repaired_or_guessed(off_roll) -> None:
    person, _, linked = off_roll
    official = {"officials": [{"id_number": person, "name": "王强"}]}
    row = {"name": "王强", "sex": "男", "birth_date": dt.date(1970, 1, 1), "address": "东海镇"}
    rows = [row | {"id_number": person[:15] + "000"}, row | {"id_number": None}]
    assert linked(official, {"deaths": rows}) == []


def test_registers_no_rule_reads_for_people_off_the_roll(off_roll) -> None:
    person, _, linked = off_roll
    official = {"officials": [{"id_number": person, "name": "王强"}]}
    assert linked(official, {"bank_assets": [{"id_number": person, "name": "王强"}]}) == []


def test_rows_left_open(link, number) -> None:
    """What the probabilistic tier gets: no usable number, nobody found, and something said of the person."""
    valid, stranger, official = (number(f"3206811936010110{i}") for i in (1, 2, 3))
    rows = {
        "benefit_roll": [on_roll(id_number=valid)],
        "officials": [{"id_number": official, "name": "王强"}],
        "funerals": [
            {"name": "王建国", "id_number": None, "age": 84, "cremation_date": dt.date(2020, 3, 1)},
            {"name": "王建国", "id_number": valid},
            {"name": "王建国", "id_number": stranger, "age": 83},
            {"name": "王建国", "id_number": None},
            {"name": "王建国", "id_number": valid[:14] + "9999", "age": 84},
            {"name": None, "id_number": None, "age": 84},
            {"name": "李四", "id_number": official, "age": 84},
        ],
        "vehicles": [{"owner_name": "王建国", "owner_id_number": None}],
    }
    con = link(rows)
    opened = con.execute("SELECT dataset, _row_id, id_status, age, age_on FROM open_row ORDER BY _row_id").fetchall()
    assert opened == [("funerals", 1, "empty", 84, dt.date(2020, 3, 1)), ("funerals", 5, "invalid", 84, None)]
