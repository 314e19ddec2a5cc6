"""Literal pairs, roll people and a cremation without a usable number: how far the model's confidence may go, and why.

All cases share one county of 3,000 people, as a model's answer depends on how many could be meant.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pytest

from data_contracts import load_contracts
from transforms.linkage.runner import build_links

SURE, LEAD, REFUSED = (0.9, 0.95), (0.5, 0.8999), (0.0, 0.4999)
BORN = dt.date(1938, 3, 9)
DIED = dt.date(2021, 3, 5)
EAST_SEA, SOUTH_SUN = "320681104", "320681106"
TOWNSHIPS = [
    {"township_code": EAST_SEA, "township_name": "东海镇", "county_name": "启东市"},
    {"township_code": SOUTH_SUN, "township_name": "南阳镇", "county_name": "启东市"},
]


@dataclass(frozen=True)
class Person:
    """Somebody on the roll of 东海镇, born on BORN unless told otherwise; `mate` lives in the household."""

    name: str
    village: str
    born: dt.date = BORN
    mate: str | None = None


@dataclass(frozen=True)
class Case:
    """expected: the band of each person of `people`, in order; rows: cremations that speak of them."""

    reason: str
    people: list[Person]
    row: dict[str, Any]
    expected: list[tuple[float, float]]
    more_rows: list[dict[str, Any]] = field(default_factory=list)


def at(village: str, township: str = "东海镇") -> str:
    return f"启东市{township}{village}13组33号"


def one(reason: str, person: Person, band: tuple[float, float], **row: Any) -> Case:
    """One person and one cremation; the row says name, sex, birth date and address of the person unless told otherwise."""
    said = {"name": person.name, "sex": "男", "birth_date": person.born, "address": at(person.village)} | row
    return Case(reason, [person], said, [band])


CASES = [
    one("a homophone: clerks type by sound", Person("顾志墙", "安一村"), SURE, name="顾志强"),
    one("a homophone of another tone", Person("顾汉明", "安二村"), SURE, name="顾涵明"),
    one("a minority name without its dot", Person("才让·多吉", "安三村"), SURE, name="才让多吉"),
    one("one character differs: a twin's name would too", Person("顾志高", "安四村"), LEAD, name="顾志远"),
    one("one character lost of four", Person("欧阳志明", "安五村"), LEAD, name="欧阳志"),
    one("two characters swapped", Person("顾正才", "安六村"), LEAD, name="顾才正"),
    one("quite another name at the same place and birth date", Person("顾福元", "安七村"), REFUSED, name="陆建忠"),
    one("another surname, the rest the same", Person("顾永生", "安八村"), REFUSED, name="施永生"),
    one("day and month of birth swapped", Person("龚金才", "安九村"), SURE, birth_date=dt.date(1938, 9, 3)),
    one("a lunar birth date lies weeks before", Person("龚金龙", "丰一村"), LEAD, birth_date=dt.date(1938, 2, 8)),
    one("a few days off", Person("龚金宝", "丰二村"), LEAD, birth_date=dt.date(1938, 3, 19)),
    one("another birth date at the same place: a namesake", Person("龚玉明", "丰三村"), REFUSED,
        birth_date=dt.date(1941, 11, 20)),
    one("the register knows the birth month only", Person("龚玉成", "丰四村"), LEAD,
        birth_date=dt.date(1938, 3, 1), birth_date_month_only=True),
    one("no birth date: the age fits", Person("龚玉林", "丰五村"), LEAD, birth_date=None, age=82),
    one("no birth date: the age is counted the old way", Person("龚玉山", "丰六村"), LEAD, birth_date=None, age=83),
    one("no birth date: the age is five years off", Person("龚玉海", "丰七村"), REFUSED, birth_date=None, age=77),
    one("a name and a village are not a person", Person("龚玉国", "丰八村"), REFUSED, birth_date=None),
    one("a name and an age elsewhere in the township", Person("龚玉平", "丰九村"), REFUSED,
        birth_date=None, age=82, address=at("安一村")),
    one("a name and a birth date are not a person", Person("沙兆祥", "和一村"), LEAD, address=None),
    one("... nor in another township", Person("沙兆林", "和二村"), LEAD, address=at("外村", "南阳镇")),
    one("... but the relative is of the household", Person("沙兆明", "和三村", mate="宋佩华"), SURE,
        address=None, relative_name="宋佩华"),
    one("... not where the address is another's", Person("沙兆华", "和四村", mate="宋佩芳"), LEAD,
        address=at("外村", "南阳镇"), relative_name="宋佩芳"),
    one("age, village and relative: still no birth date", Person("沙兆清", "和五村", mate="宋佩兰"), LEAD,
        birth_date=None, age=82, relative_name="宋佩兰"),
    one("a damaged number like nobody's speaks for somebody else", Person("沙兆文", "和六村"), LEAD,
        id_number="320681195512120987"),
    one("all agrees but the sex", Person("沙兆武", "和七村"), LEAD, sex="女"),
    Case("two who fit equally well", [Person("倪汉生", "和八村"), Person("倪汉生", "和八村", dt.date(1938, 5, 2))],
         {"name": "倪汉生", "sex": "男", "age": 82, "address": at("和八村")}, [LEAD, LEAD]),
    Case("three who fit equally well",
         [Person("倪汉林", "和九村"), Person("倪汉林", "和九村", dt.date(1938, 5, 2)), Person("倪汉林", "和九村", dt.date(1938, 6, 2))],
         {"name": "倪汉林", "sex": "男", "age": 82, "address": at("和九村")}, [REFUSED] * 3),
    Case("of two the birth date tells which", [Person("倪汉清", "曙一村"), Person("倪汉清", "曙一村", dt.date(1950, 7, 7))],
         {"name": "倪汗清", "sex": "男", "birth_date": BORN, "address": at("曙一村")}, [SURE, REFUSED]),
    Case("two cremations a year apart: who dies but once", [Person("季福生", "曙二村")],
         {"name": "季福生", "sex": "男", "age": 82, "address": at("曙二村")}, [LEAD],
         [{"name": "季福生", "sex": "男", "age": 81, "address": at("曙二村"), "cremation_date": dt.date(2020, 3, 5)}]),
    Case("three cremations a year apart each", [Person("季福林", "曙三村")],
         {"name": "季福林", "sex": "男", "age": 82, "address": at("曙三村")}, [REFUSED],
         [{"name": "季福林", "sex": "男", "age": 81, "address": at("曙三村"), "cremation_date": dt.date(2020, 3, 5)},
          {"name": "季福林", "sex": "男", "age": 80, "address": at("曙三村"), "cremation_date": dt.date(2019, 3, 5)}]),
    Case("a cremation under the person's number, years before: another death is another's", [Person("季福明", "曙四村")],
         {"name": "季福明", "sex": "男", "age": 82, "address": at("曙四村")}, [REFUSED],
         [{"name": "季福明", "id_number": "{0}", "cremation_date": dt.date(2017, 3, 5)}]),
    Case("a cremation under the person's number at the time: the same death", [Person("季福清", "曙五村")],
         {"name": "季福清", "sex": "男", "age": 82, "address": at("曙五村")}, [LEAD],
         [{"name": "季福清", "id_number": "{0}", "cremation_date": dt.date(2021, 3, 8)}]),
]  # fmt: skip

# 3,000 people of 40 × 30 names, born over 60 years, in 60 villages; made in SQL as the fixtures insert row by row.
FILLERS = """
INSERT INTO stg_benefit_roll BY NAME
SELECT
    1000000 + i AS _row_id, 'benefit_roll/b.csv' AS _file, '' AS _sheet, i AS _row, concat('benefit_roll:', 1000000 + i) AS ref,
    concat('F', i) AS household_id, concat('F', i) AS id_number, 'invalid' AS id_number_status,
    concat(substr('王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余', i % 40 + 1, 1),
        substr('建国秀玉桂凤海德文红', (i // 40) % 10 + 1, 1), substr('英兰芳', (i // 400) % 3 + 1, 1)) AS name,
    '320681104' AS township_code, concat('镇', i % 60, '村') AS village, '在享' AS status
FROM range(3000) AS r(i)
"""


def _number(number, born: dt.date, order: int) -> str:
    """A man's valid number with that birth date."""
    return number(f"320681{born:%Y%m%d}{order:02d}1")


@dataclass(frozen=True)
class World:
    con: duckdb.DuckDBPyConnection
    numbers: list[list[str]]
    first_rows: list[int]

    def confidences(self, case: int) -> list[float]:
        """The confidence of each person's link with the case's row, 0 without one."""
        found = dict(
            self.con.execute(
                "SELECT person_key, confidence FROM links WHERE dataset = 'funerals' AND _row_id = ?"
                " AND tier = 'probabilistic'",
                [self.first_rows[case]],
            ).fetchall()
        )
        return [found.get(person, 0.0) for person in self.numbers[case]]


@pytest.fixture(scope="module")
def world(link, number) -> World:
    roll: list[dict[str, Any]] = []
    funerals: list[dict[str, Any]] = []
    numbers, first_rows = [], []
    for i, case in enumerate(CASES):
        numbers.append([_number(number, p.born, i) for p in case.people])
        for j, (person, digits) in enumerate(zip(case.people, numbers[-1], strict=True)):
            place = {
                "household_id": f"H{i}.{j}",
                "township_code": EAST_SEA,
                "village": person.village,
                "status": "在享",
            }
            roll.append(place | {"id_number": digits, "name": person.name, "sex": "男"})
            if person.mate:
                roll.append(place | {"id_number": _number(number, dt.date(1940, 1, 1), i), "name": person.mate})
        first_rows.append(len(funerals) + 1)
        for row in [case.row, *case.more_rows]:
            given = {"cremation_date": DIED} | row
            funerals.append(given | ({"id_number": numbers[-1][0]} if row.get("id_number") == "{0}" else {}))
    con = link({"townships": TOWNSHIPS, "benefit_roll": roll, "funerals": funerals})
    con.execute(FILLERS)
    build_links(con, load_contracts())
    return World(con, numbers, first_rows)


@pytest.mark.parametrize("place", range(len(CASES)), ids=[case.reason for case in CASES])
def test_case(place: int, world: World) -> None:
    got = world.confidences(place)
    for confidence, (least, most) in zip(got, CASES[place].expected, strict=True):
        assert least <= confidence <= most, got


def test_two_equals_get_what_the_other_tiers_give_two_equals(world: World) -> None:
    [place] = [i for i, case in enumerate(CASES) if case.reason == "two who fit equally well"]
    assert world.confidences(place) == [0.7, 0.7]


def test_names_are_compared_as_in_the_other_tiers(world: World) -> None:
    relations = dict(
        world.con.execute(
            "SELECT r.name, l.name_relation FROM links AS l JOIN stg_funerals AS r USING (_row_id)"
            " WHERE l.tier = 'probabilistic' AND l.confidence >= 0.5"
        ).fetchall()
    )
    assert relations["顾志强"] == "alike"
    assert relations["才让多吉"] == "one_off"
    assert relations["顾志远"] == "one_off"
    assert relations["顾才正"] == "conflict"
    assert relations["沙兆祥"] == "equal"


def test_a_common_name_weighs_less_than_a_rare_one(link, number) -> None:
    people = [("欧阳姝羽", BORN), *(("张秀英", BORN + dt.timedelta(days=200 * i)) for i in range(40))]
    roll = [
        {
            "household_id": f"H{i}",
            "id_number": number(f"320681{born:%Y%m%d}0{i % 10}2"),
            "name": name,
            "village": f"第{i}村",
        }
        for i, (name, born) in enumerate(people)
    ]
    rows = [{"name": name, "sex": "女", "birth_date": BORN, "cremation_date": DIED} for name in ("欧阳姝羽", "张秀英")]
    con = link({"townships": TOWNSHIPS, "benefit_roll": roll, "funerals": rows})
    con.execute(FILLERS)
    build_links(con, load_contracts())
    weights = dict(
        con.execute(
            "SELECT _row_id, max(weight) FROM link_weight WHERE comparison = 'name' GROUP BY _row_id"
        ).fetchall()
    )
    assert weights[1] > weights[2] + 2
