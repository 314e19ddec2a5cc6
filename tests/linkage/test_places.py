"""Literal pairs, a roll person and a register row without a usable number: whether the place the row names is the person's."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.linkage.pairs import AT_EAST_SEA, BORN, JOHN, Pair, assert_linked_as_expected, world

PLACE = "name_birth_place"


def unnumbered(address: str | None) -> dict[str, Any]:
    """A register row about JOHN without his number."""
    return {"name": "张志明", "id_number": None, "sex": "男", "birth_date": BORN, "address": address}


def by_place(case: str, address: str | None, fits: bool, **change: Any) -> Pair:
    return Pair(case, [JOHN], unnumbered(address) | change, {0: (PLACE, 0.96, "equal")} if fits else {})


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
        by_place(f"a number that shows {what}: {number}", "启东市东海镇", fits, id_number=number)
        for what, fits, numbers in (
            (
                "nothing, or what is his",
                True,
                "无身份证 待查 0 000000000000000000 111111111111111111 19361030 ****************** 32068119361030****"
                " 3206**********2612 32068119361030XXXX 3.21E+17",
            ),
            (
                "another's digits",
                False,
                "32068119361031**** 3206**********2613 3.20682195001013E+17 3.20681193610308E+17 3.30681E+17",
            ),
        )
        for number in numbers.split()
    ),
    by_place("a rounded number of somebody else", "启东市东海镇", False, id_number="320681193610308000"),
    Pair(
        "a village may bear the name of the township next to it",
        [(JOHN[0], JOHN[1], AT_EAST_SEA | {"village": "海复村"})],
        unnumbered("启东市海复村3组"),
        {0: (PLACE, 0.96, "equal")},
    ),
    *(
        Pair(
            f"towns of one name in two counties: {address}",
            [("41142319361030261", "张志明", {"township_code": "411423100", "village": "东街"})],
            unnumbered(address),
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
            unnumbered(address),
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
        unnumbered("近海镇永红村"),
        {0: (PLACE, 0.96, "equal")},
    ),
    Pair(
        "an autonomous county's township without 苗族乡",
        [("43052919361030261", "张志明", {"township_code": "430529201", "village": "报木坪"})],
        unnumbered("城步兰蓉"),
        {0: (PLACE, 0.96, "equal")},
    ),
    Pair(
        "a damaged number on the roll gives no birth date",
        [("320681193610302000", "张志明", AT_EAST_SEA)],
        unnumbered("启东市东海镇安港村"),
    ),
    Pair(
        "two fit equally well",
        [JOHN, ("32068119361030227", "张志明", {"township_code": "320681104", "village": "丰渔村"})],
        unnumbered("启东市东海镇"),
        {0: (PLACE, 0.7, "equal"), 1: (PLACE, 0.7, "equal")},
    ),
    Pair(
        "of two in one township the village tells which",
        [JOHN, ("32068119361030235", "张志明", {"township_code": "320681104", "village": "丰渔村"})],
        unnumbered("启东市东海镇安港村"),
        {0: (PLACE, 0.96, "equal")},
    ),
    Pair(
        "three fit",
        [JOHN, ("32068119361030259", "张志明", AT_EAST_SEA), ("32068119361030275", "张志明", AT_EAST_SEA)],
        unnumbered("启东市东海镇安港村"),
        dict.fromkeys(range(3), (PLACE, 0.4, "equal")),
    ),
]


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
        con = link(world(Pair("", [roll], row), number)[0])
        confidence += con.execute("SELECT confidence FROM links WHERE tier = 'probabilistic'").fetchall()
    assert confidence[0][0] >= 0.9 > confidence[1][0]


@pytest.mark.parametrize("pair", PLACES, ids=lambda pair: pair.case)
def test_pair(pair: Pair, link, number) -> None:
    assert_linked_as_expected(pair, link, number)
