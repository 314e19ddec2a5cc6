"""A roll person and a register row, as literal cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import duckdb

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
JOHN = ("32068119361030261", "张志明", AT_EAST_SEA)  # 320681193610302612


def world(pair: Pair, number) -> tuple[dict[str, Any], list[str]]:
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


def assert_linked_as_expected(
    pair: Pair, link: Callable[..., duckdb.DuckDBPyConnection], number: Callable[[str], str]
) -> None:
    """The register row's links, but those of the probabilistic tier, are those the case expects."""
    rows, numbers = world(pair, number)
    con = link(rows)
    got = con.execute(
        "SELECT id_number, tier, confidence, name_relation FROM links"
        " WHERE dataset = 'funerals' AND tier <> 'probabilistic'"
    ).fetchall()
    assert {row[0]: row[1:] for row in got} == {numbers[place]: expected for place, expected in pair.expected.items()}
    assert len(got) == len(pair.expected)
