"""Literal pairs, a roll person and a register row: which tier and confidence a number gets the row, and why."""

from __future__ import annotations

import pytest

from tests.linkage.pairs import AT_EAST_SEA, BORN, JOHN, Pair, assert_linked_as_expected, world


def same_number(
    case: str, roll_name: str | None, name: str | None, tier: str, confidence: float, relation: str
) -> Pair:
    return Pair(case, [("{n}", roll_name, {})], {"name": name, "id_number": "{0}"}, {0: (tier, confidence, relation)})


EXACT, CONFLICT, REPAIRED = "id_exact", "id_exact_name_conflict", "id_repaired"

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


def test_a_number_in_a_spreadsheet_s_notation_is_repaired_in_registers_that_describe_nobody(link, number) -> None:
    rows, numbers = world(Pair("", [JOHN], {}), number)
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
        rows, _ = world(Pair("", [JOHN], by | {"name": "章志明", "id_number": id_number}), number)
        confidence += link(rows).execute("SELECT tier, confidence FROM links WHERE dataset = 'funerals'").fetchall()
    assert [tier for tier, _ in confidence] == ["probabilistic"] * 3
    assert confidence[0][1] >= 0.9 > max(confidence[1][1], confidence[2][1])


@pytest.mark.parametrize("pair", SAME_NUMBER + REPAIRS, ids=lambda pair: pair.case)
def test_pair(pair: Pair, link, number) -> None:
    assert_linked_as_expected(pair, link, number)
