"""Literal pairs, a roll person and a register row: which tier and confidence the row gets, and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pytest

TOWNSHIPS = [
    {"township_code": "320681104", "township_name": "东海镇", "county_name": "启东市", "village": "安港村"},
    {"township_code": "320681106", "township_name": "海复镇", "county_name": "启东市", "village": "长胜村"},
    {
        "township_code": "320681107",
        "township_name": "启东海工船舶工业园",
        "county_name": "启东市",
        "village": "海联社区",
    },
    {
        "township_code": "430529201",
        "township_name": "兰蓉苗族乡",
        "county_name": "城步苗族自治县",
        "village": "报木坪",
    },
    {"township_code": "320681108", "township_name": "王鲍", "county_name": "启东市", "village": "安港村"},
    {"township_code": "430581109", "township_name": "近海", "county_name": None, "village": "安港村"},
    {"township_code": "411423100", "township_name": "城关镇", "county_name": "宁陵县", "village": "东街"},
    {"township_code": "411424100", "township_name": "城关镇", "county_name": "柘城县", "village": "北关"},
]


@dataclass(frozen=True)
class Pair:
    """One case: roll people as (first 17 digits, name, extra columns) and a funerals row.

    `{0}` in the row is the first one's number.

    expected: {place in `roll`: (tier, confidence, name_relation)}.
    """

    case: str
    roll: list[tuple[str, str | None, dict[str, Any]]]
    row: dict[str, Any]
    expected: dict[int, tuple[str, float, str]] = field(default_factory=dict)


AT_EAST_SEA = {"township_code": "320681104", "village": "安港村"}
BORN = dt.date(1936, 10, 30)


def same_number(
    case: str, roll_name: str | None, name: str | None, tier: str, confidence: float, relation: str
) -> Pair:
    return Pair(case, [("{n}", roll_name, {})], {"name": name, "id_number": "{0}"}, {0: (tier, confidence, relation)})


EXACT, CONFLICT, REPAIRED, PLACE = "id_exact", "id_exact_name_conflict", "id_repaired", "name_birth_place"

SAME_NUMBER = [
    same_number("equal names", "张志明", "张志明", EXACT, 1.0, "equal"),
    same_number("the register has no name: nothing speaks against the number", "张志明", None, EXACT, 1.0, "missing"),
    same_number("the roll has no name", None, "张志明", EXACT, 1.0, "missing"),
    same_number("a homophone: clerks type by sound", "王海君", "王海军", EXACT, 0.95, "alike"),
    same_number("homophones in two characters", "刘绣娟", "刘秀涓", EXACT, 0.95, "alike"),
    same_number("a homophone of a two-character name", "李红", "李虹", EXACT, 0.95, "alike"),
    same_number("单 is read shan as a surname, as 善 is", "单小虎", "善小虎", EXACT, 0.95, "alike"),
    same_number("解 is read xie as a surname, as 谢 is", "解放军", "谢放军", EXACT, 0.95, "alike"),
    same_number("another character in a name of three", "张志明", "张志强", EXACT, 0.95, "one_off"),
    same_number("one character lost of four", "欧阳志明", "欧阳明", EXACT, 0.95, "one_off"),
    same_number("one character too many", "古丽·吐尔逊", "古丽·吐尔逊江", EXACT, 0.95, "one_off"),
    same_number("two-character names have no room for a slip", "王敏", "王静", CONFLICT, 0.6, "conflict"),
    same_number("two against three characters", "李明", "李小明", CONFLICT, 0.6, "conflict"),
    same_number("another surname", "张志明", "李志明", CONFLICT, 0.6, "conflict"),
    same_number(
        "the second half of a compound surname is surname too",
        "欧阳志明",
        "欧明志明",
        CONFLICT,
        0.6,
        "conflict",
    ),
    same_number("a compound surname shortened is another surname", "欧阳明月", "欧明月", CONFLICT, 0.6, "conflict"),
    same_number("two characters differ", "李凤慧", "李春燕", CONFLICT, 0.6, "conflict"),
    same_number("two characters swapped are two substitutions", "李明志", "李志明", CONFLICT, 0.6, "conflict"),
    Pair(
        "one number, two names on the roll: agreement with either counts",
        [("{n}", "孙才", {"household_id": "H1"}), ("{n}", "张鹏飞", {"household_id": "H2"})],
        {"name": "张鹏飞", "id_number": "{0}"},
        {0: (EXACT, 1.0, "equal")},
    ),
]

# 320681193610302 61 2: the damaged numbers below are spelled out so that the reader can count the digits.
JOHN = ("32068119361030261", "张志明", AT_EAST_SEA)  # 320681193610302612
REPAIRS = [
    Pair(
        "one digit wrong",
        [JOHN],
        {"name": "张志明", "id_number": "320681193610309612"},
        {0: (REPAIRED, 0.97, "equal")},
    ),
    Pair(
        "check digit wrong",
        [JOHN],
        {"name": "张志明", "id_number": "320681193610302615"},
        {0: (REPAIRED, 0.97, "equal")},
    ),
    Pair(
        "a letter for a digit",
        [JOHN],
        {"name": "张志明", "id_number": "32068119361O302612"},
        {0: (REPAIRED, 0.97, "equal")},
    ),
    Pair(
        "neighbours swapped",
        [JOHN],
        {"name": "张志明", "id_number": "320681193610032612"},
        {0: (REPAIRED, 0.97, "equal")},
    ),
    Pair(
        "swapped in the middle",
        [JOHN],
        {"name": "张志明", "id_number": "320681196310302612"},
        {0: (REPAIRED, 0.97, "equal")},
    ),
    Pair(
        "the last two swapped",
        [JOHN],
        {"name": "张志明", "id_number": "320681193610302621"},
        {0: (REPAIRED, 0.97, "equal")},
    ),
    Pair(
        "cut by a spreadsheet",
        [JOHN],
        {"name": "张志明", "id_number": "320681193610302000"},
        {0: (REPAIRED, 0.97, "equal")},
    ),
    Pair(
        "rounded up in the 15th digit",
        [JOHN],
        {"name": "张志明", "id_number": "320681193610303000"},
        {0: (REPAIRED, 0.97, "equal")},
    ),
    Pair("rounded up, but 61 2 rounds no two up", [JOHN], {"name": "张志明", "id_number": "320681193610304000"}),
    Pair(
        "rounded up with a carry into the 14th digit",
        [("32068119361030961", "张志明", {})],
        {"name": "张志明", "id_number": "320681193610310000"},
        {0: (REPAIRED, 0.97, "equal")},
    ),
    Pair(
        "below 500 nothing is rounded up",
        [("32068119361030241", "张志明", {})],
        {"name": "张志明", "id_number": "320681193610303000"},
    ),
    Pair(
        "the nearest binary double",
        [JOHN],
        {"name": "张志明", "id_number": "320681193610302592"},
        {0: (REPAIRED, 0.97, "equal")},
    ),
    Pair(
        "a multiple of 16 that is no double",
        [JOHN],
        {"name": "张志明", "id_number": "320681193610302576"},
    ),
    Pair(
        "a double in the fewest digits that mean it",
        [JOHN],
        {"name": "张志明", "id_number": "320681193610302600"},
        {0: (REPAIRED, 0.97, "equal")},
    ),
    Pair(
        "sixteen digits of the double",
        [("32068119370916573", "张志明", {})],
        {"name": "张志明", "id_number": "320681193709165800"},
        {0: (REPAIRED, 0.97, "equal")},
    ),
    Pair(
        "rounded to sixteen digits and then to fifteen",
        [("32068119600109143", "张志明", {})],
        {"name": "张志明", "id_number": "3.20681196001092E+17"},
        {0: (REPAIRED, 0.97, "equal")},
    ),
    *(
        Pair(
            f"all digits a spreadsheet holds, in its notation: {written}",
            [JOHN],
            {"name": "张志明", "id_number": written},
            {0: (REPAIRED, 0.97, "equal")},
        )
        for written in (
            "3.20681193610303E+17",
            "3.20681193610302E+17",
            "3.20681193610303E+017",
            "3.206811936103026E+17",
            "3.2068119361030259E17",
        )
    ),
    Pair(
        "zeros at the end are left out of the notation",
        [("32068119361030011", "张志明", {})],
        {"name": "张志明", "id_number": "3.206811936103E+17"},
        {0: (REPAIRED, 0.97, "equal")},
    ),
    Pair(
        "nobody's pen slipped in a spreadsheet's notation",
        [("32068119361030200", "张志明", {})],
        {"name": "张志明", "id_number": "3.20681193610342E+17"},
    ),
    Pair(
        "rounded, and valid by chance",
        [("32068119361030001", "张志明", {})],
        {"name": "张志明", "id_number": "320681193610300000"},
        {0: (REPAIRED, 0.97, "equal")},
    ),
    Pair(
        "rounded, valid by chance, and of a digit more than the person's",
        [("32068119361030101", "张志明", AT_EAST_SEA)],
        {
            "name": "张志明",
            "id_number": "320681193610300000",
            "sex": "男",
            "birth_date": BORN,
            "address": "启东市东海镇安港村",
        },
    ),
    Pair(
        "a name of the same sound is too little beside a damaged number",
        [JOHN],
        {"name": "章志明", "id_number": "320681193610309612"},
        {},
    ),
    Pair(
        "one character off is too little beside a damaged number",
        [JOHN],
        {"name": "张志强", "id_number": "320681193610309612"},
    ),
    Pair(
        "no name: a damaged number alone names nobody",
        [JOHN],
        {"name": None, "id_number": "320681193610309612"},
    ),
    Pair("two digits wrong", [JOHN], {"name": "张志明", "id_number": "320681193619309612"}),
    Pair("digits swapped that are no neighbours", [JOHN], {"name": "张志明", "id_number": "320681193310602612"}),
    Pair(
        "one digit lost: not one of the three slips",
        [JOHN],
        {"name": "张志明", "id_number": "32068119361030261"},
    ),
    Pair("scientific notation identifies nobody", [JOHN], {"name": "张志明", "id_number": "3.20681E+17"}),
    Pair(
        "two people fit the rounded number",
        [("32068119361030261", "张志明", {}), ("32068119361030227", "张志明", {})],
        {"name": "张志明", "id_number": "320681193610302000"},
        {0: (REPAIRED, 0.7, "equal"), 1: (REPAIRED, 0.7, "equal")},
    ),
    Pair(
        "three people fit the rounded number",
        [
            ("32068119361030261", "张志明", {}),
            ("32068119361030227", "张志明", {}),
            ("32068119361030234", "张志明", {}),
        ],
        {"name": "张志明", "id_number": "320681193610302000"},
        dict.fromkeys(range(3), (REPAIRED, 0.4, "equal")),
    ),
    Pair(
        "the other who fits the rounded number has another name",
        [("32068119361030261", "张志明", {}), ("32068119361030227", "刘建国", {})],
        {"name": "张志明", "id_number": "320681193610302000"},
        {0: (REPAIRED, 0.97, "equal")},
    ),
    Pair(
        "a valid number is somebody else's, however near",
        [JOHN],
        {
            "name": "张志明",
            "id_number": "320681193610302671",
            "sex": "男",
            "birth_date": BORN,
            "address": "启东市东海镇安港村",
        },
    ),
]


def by_place(case: str, address: str | None, fits: bool, **change: Any) -> Pair:
    row = {"name": "张志明", "id_number": None, "sex": "男", "birth_date": BORN, "address": address} | change
    return Pair(case, [JOHN], row, {0: (PLACE, 0.96, "equal")} if fits else {})


PLACES = [
    by_place("the address names township and village", "启东市东海镇安港村13组33号", True),
    by_place("the township alone", "启东市东海镇", True),
    by_place("the village alone, the county left out", "安港村13组", True),
    by_place("the township without 镇, after the county", "启东市东海安港", True),
    by_place("the township without 镇, after the county without 市", "启东东海", True),
    by_place("乡 before it became 镇", "启东市东海乡", True),
    by_place("东海 inside 启东海工 is no township", "启东海工产业带", False),
    by_place("another township of the list that contains the two characters", "启东海工船舶工业园海联社区", False),
    *(
        by_place(f"a county or city of the township's name: {address}", address, False)
        for address in (
            "江苏省连云港市东海县牛山街道利民村9号",
            "东海县",
            "黑龙江省东海市某某路1号",
            "启东市东海小区3幢",
        )
    ),
    by_place("a village of the same name in another township, without 镇", "启东市海复安港村3组", False),
    by_place("the same, after the county without 市", "启东海复安港村3组", False),
    by_place("the township named beside the stem of another", "启东市东海镇安港村海复路", True),
    by_place("a village of the same name in another township", "启东市海复镇安港村", False),
    by_place("another township", "启东市海复镇长胜村", False),
    by_place("no address", None, False),
    by_place("another sex", "启东市东海镇安港村", False, sex="女"),
    by_place("sex unknown does not agree", "启东市东海镇安港村", False, sex=None),
    by_place("another birth day", "启东市东海镇安港村", False, birth_date=dt.date(1936, 10, 31)),
    by_place("a birth month only is no birth date", "启东市东海镇安港村", False, birth_date_month_only=True),
    by_place("a homophone is for the probabilistic tier", "启东市东海镇安港村", False, name="章志明"),
    by_place("number in scientific notation", "启东市东海镇", True, id_number="3.20681E+17"),
    by_place("a digit lost, the last four still his", "启东市东海镇", True, id_number="32068119361032612"),
    by_place(
        "a wrong number with other last digits speaks for somebody else",
        "启东市东海镇",
        False,
        id_number="320681193610300987",
    ),
    *(
        by_place(f"a number that shows nothing, or what is his: {number}", "启东市东海镇", True, id_number=number)
        for number in (
            "无身份证",
            "待查",
            "0",
            "000000000000000000",
            "111111111111111111",
            "19361030",
            "******************",
            "32068119361030****",
            "3206**********2612",
            "32068119361030XXXX",
            "3.21E+17",
        )
    ),
    *(
        by_place(f"a number that shows another's digits: {number}", "启东市东海镇", False, id_number=number)
        for number in (
            "32068119361031****",
            "3206**********2613",
            "3.20682195001013E+17",
            "3.20681193610308E+17",
            "3.30681E+17",
        )
    ),
    by_place("a rounded number of somebody else", "启东市东海镇", False, id_number="320681193610308000"),
    Pair(
        "a village may bear the name of the township next to it",
        [(JOHN[0], JOHN[1], AT_EAST_SEA | {"village": "海复村"})],
        {"name": "张志明", "id_number": None, "sex": "男", "birth_date": BORN, "address": "启东市海复村3组"},
        {0: (PLACE, 0.96, "equal")},
    ),
    *(
        Pair(
            f"towns of one name in two counties: {address}",
            [("41142319361030261", "张志明", {"township_code": "411423100", "village": "东街"})],
            {"name": "张志明", "id_number": None, "sex": "男", "birth_date": BORN, "address": address},
            expected,
        )
        for address, expected in (
            ("河南省商丘市柘城县城关镇", {}),
            ("柘城县城关镇东街", {}),
            ("宁陵县城关镇", {0: (PLACE, 0.96, "equal")}),
            ("城关镇东街", {0: (PLACE, 0.96, "equal")}),
        )
    ),
    *(
        Pair(
            f"a list that gives stems alone: {address}",
            [(JOHN[0], JOHN[1], {"township_code": "320681108", "village": "安港村"})],
            {"name": "张志明", "id_number": None, "sex": "男", "birth_date": BORN, "address": address},
            {0: (PLACE, 0.96, "equal")} if fits else {},
        )
        for address, fits in (
            ("启东市王鲍镇", True),
            ("启东市王鲍安港村", True),
            ("江苏省王鲍县", False),
            ("启东市海复镇王鲍安港村", False),
        )
    ),
    Pair(
        "a list of stems without counties",
        [("43058119361030261", "张志明", {"township_code": "430581109", "village": "安港村"})],
        {"name": "张志明", "id_number": None, "sex": "男", "birth_date": BORN, "address": "近海镇永红村"},
        {0: (PLACE, 0.96, "equal")},
    ),
    Pair(
        "an autonomous county's township without 苗族乡",
        [("43052919361030261", "张志明", {"township_code": "430529201", "village": "报木坪"})],
        {"name": "张志明", "id_number": None, "sex": "男", "birth_date": BORN, "address": "城步兰蓉"},
        {0: (PLACE, 0.96, "equal")},
    ),
    Pair(
        "a damaged number on the roll gives no birth date",
        [("320681193610302000", "张志明", AT_EAST_SEA)],
        {
            "name": "张志明",
            "id_number": None,
            "sex": "男",
            "birth_date": BORN,
            "address": "启东市东海镇安港村",
        },
    ),
    Pair(
        "two fit equally well",
        [JOHN, ("32068119361030227", "张志明", {"township_code": "320681104", "village": "丰渔村"})],
        {"name": "张志明", "id_number": None, "sex": "男", "birth_date": BORN, "address": "启东市东海镇"},
        {0: (PLACE, 0.7, "equal"), 1: (PLACE, 0.7, "equal")},
    ),
    Pair(
        "of two in one township the village tells which",
        [JOHN, ("32068119361030235", "张志明", {"township_code": "320681104", "village": "丰渔村"})],
        {
            "name": "张志明",
            "id_number": None,
            "sex": "男",
            "birth_date": BORN,
            "address": "启东市东海镇安港村",
        },
        {0: (PLACE, 0.96, "equal")},
    ),
    Pair(
        "three fit",
        [JOHN, ("32068119361030259", "张志明", AT_EAST_SEA), ("32068119361030275", "张志明", AT_EAST_SEA)],
        {
            "name": "张志明",
            "id_number": None,
            "sex": "男",
            "birth_date": BORN,
            "address": "启东市东海镇安港村",
        },
        dict.fromkeys(range(3), (PLACE, 0.4, "equal")),
    ),
]


def _world(pair: Pair, number) -> tuple[dict[str, Any], list[str]]:
    """The staged rows of one case, and the numbers of its roll people."""
    numbers = []
    for first, _, _ in pair.roll:
        digits = first.replace("{n}", "32068119361030261")
        numbers.append(digits if len(digits) == 18 else number(digits))
    roll = [
        {
            "household_id": f"H{place}",
            "id_number": digits,
            "name": name,
            "sex": "男",
            "township_code": "320681104",
            "status": "在享",
        }
        | more
        for place, (digits, (_, name, more)) in enumerate(zip(numbers, pair.roll, strict=True))
    ]
    row = {key: numbers[0] if value == "{0}" else value for key, value in pair.row.items()}
    return {"benefit_roll": roll, "townships": TOWNSHIPS, "funerals": [row]}, numbers


def test_a_number_in_a_spreadsheet_s_notation_is_repaired_in_registers_that_describe_nobody(link, number) -> None:
    rows, numbers = _world(Pair("", [JOHN], {}), number)
    vehicle = {"owner_name": "张志明", "owner_id_number": "3.20681193610303E+17"}
    con = link(rows | {"vehicles": [vehicle]})
    got = con.execute("SELECT id_number, tier FROM links WHERE dataset = 'vehicles'").fetchall()
    assert got == [(numbers[0], REPAIRED)]


def test_what_a_number_shows_speaks_in_the_probabilistic_tier_too(link, number) -> None:
    by = {"name": "张志明", "sex": "男", "birth_date": BORN, "address": "启东市东海镇安港村"}
    shown = ("32068119361030****", "32068119361031****", "3.20681193610308E+17")
    confidence = []
    for id_number in shown:
        # A name of the same sound is for this tier only.
        rows, _ = _world(Pair("", [JOHN], by | {"name": "章志明", "id_number": id_number}), number)
        confidence += link(rows).execute("SELECT tier, confidence FROM links WHERE dataset = 'funerals'").fetchall()
    assert [tier for tier, _ in confidence] == ["probabilistic"] * 3
    assert confidence[0][1] >= 0.9 > max(confidence[1][1], confidence[2][1])


@pytest.mark.parametrize(
    ("code", "village", "here", "elsewhere"),
    [
        ("411423100", "东街", "宁陵县城关镇东街", "柘城县城关镇东街"),
        ("320681104", "安港村", "启东市安港村", "启东市海复安港村"),
    ],
    ids=["another county's name", "another township's stem"],
)
def test_what_an_address_names_speaks_in_the_probabilistic_tier_too(
    link, number, code: str, village: str, here: str, elsewhere: str
) -> None:
    confidence = []
    for address in (here, elsewhere):
        roll = (f"{code[:6]}19361030261", "张志明", {"township_code": code, "village": village})
        row = {"name": "章志明", "sex": "男", "birth_date": BORN, "address": address}
        con = link(_world(Pair("", [roll], row), number)[0])
        confidence += con.execute("SELECT confidence FROM links WHERE tier = 'probabilistic'").fetchall()
    assert confidence[0][0] >= 0.9 > confidence[1][0]


@pytest.mark.parametrize("pair", SAME_NUMBER + REPAIRS + PLACES, ids=lambda pair: pair.case)
def test_pair(pair: Pair, link, number) -> None:
    rows, numbers = _world(pair, number)
    con = link(rows)
    got = con.execute(
        "SELECT id_number, tier, confidence, name_relation FROM links"
        " WHERE dataset = 'funerals' AND tier <> 'probabilistic'"
    ).fetchall()
    assert {row[0]: row[1:] for row in got} == {numbers[place]: expected for place, expected in pair.expected.items()}
    assert len(got) == len(pair.expected)
