"""The draw: exact shares, whole villages, marked villages, reproducible from the seed, blind to row order."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import ceil

import duckdb
import pytest

from transforms.sampling import Draw, SampleRequest, draw_sample
from transforms.sampling.draw import villages_until

TOWN, OTHER = "522728001", "522728108"
TYPES = ("农村低保", "城市低保", "特困供养", "低收入家庭")


def households(count: int = 240) -> list[tuple[str, str, str, str]]:
    """(township, village, household, benefit type): two townships, villages of unequal size, one of a single
    household.
    """
    rows = []
    for n in range(count):
        town = TOWN if n % 3 else OTHER
        village = f"第{n % 7}村" if n % 11 else "边远村"
        rows.append((town, village, f"{town}N{n:05}", TYPES[0] if n % 2 else TYPES[n % 4]))
    return [*rows, (TOWN, "独户村", f"{TOWN}N99999", TYPES[0]), (TOWN, "第1村", f"{TOWN}N00001", TYPES[3])]


def database(
    rows: Sequence[tuple[str, str, str, str]],
    full: Sequence[tuple[str, str | None]] = (),
    flagged: Sequence[str] = (),
) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(
        "CREATE TABLE core_row (township_code VARCHAR, village VARCHAR, household_id VARCHAR, benefit_type "
        "VARCHAR, active BOOLEAN, "
        "address VARCHAR, phone VARCHAR)"
    )
    con.executemany("INSERT INTO core_row VALUES (?, ?, ?, ?, TRUE, '某路1号', NULL)", [list(r) for r in rows])
    con.execute("INSERT INTO core_row VALUES (?, '第1村', 'GONE', '农村低保', FALSE, NULL, NULL)", [TOWN])
    con.execute(
        "CREATE TABLE core_household AS SELECT DISTINCT household_id, '户主' AS head_name, '1' AS "
        "head_id_number, 2 AS head_count FROM core_row"
    )
    con.execute(
        "CREATE TABLE core_member AS SELECT DISTINCT household_id, 'P' || household_id AS person_key FROM core_row"
    )
    con.execute(
        "CREATE TABLE core_township AS SELECT DISTINCT township_code, '镇' AS township_name, '罗甸县' AS "
        "county_name FROM core_row"
    )
    con.execute("CREATE TABLE stg_townships (township_code VARCHAR, village VARCHAR, full_check BOOLEAN)")
    con.execute("INSERT INTO stg_townships VALUES (?, '第0村', FALSE)", [TOWN])
    for town, village in full:
        con.execute("INSERT INTO stg_townships VALUES (?, ?, TRUE)", [town, village])
    con.execute("CREATE TABLE raw_finding (household_id VARCHAR, person_key VARCHAR, also_keys VARCHAR)")
    for n, household in enumerate(flagged):
        row = [(household, None, None), (None, f"P{household}", None), (None, None, f"X {household}")][n % 3]
        con.execute("INSERT INTO raw_finding VALUES (?, ?, ?)", list(row))
    return con


def draw(con: duckdb.DuckDBPyConnection, seed: int = 1, fraction: str = "0.2", **more: bool) -> Draw:
    return draw_sample(con, SampleRequest({TOWN: Decimal(fraction), OTHER: Decimal(fraction)}, seed, **more))


def drawn(found: Draw) -> set[str]:
    return {h["household_id"] for t in found.townships for h in t.households}


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = database(households())
    yield connection
    connection.close()


@pytest.mark.parametrize("fraction", ["0.2", "0.3", "0.07", "1", "0.001"])
def test_each_benefit_type_gets_its_share_rounded_up(fraction):
    rows = [r for r in households() if r[2] != f"{TOWN}N00001"]  # no household of two types: counts are exact
    for t in draw(database(rows), fraction=fraction).townships:
        for c in t.coverage:
            assert c.drawn == ceil(c.households * Decimal(fraction)), c


def test_the_share_is_exact_where_binary_fractions_are_not():
    rows = [(TOWN, "一村", f"H{n}", "农村低保") for n in range(100)]
    assert 0.07 * 100 > 7
    assert len(drawn(draw(database(rows), fraction="0.07"))) == 7


@pytest.mark.parametrize("more", [{}, {"whole_village": True}, {"include_unflagged": True}])
def test_the_order_of_the_rows_does_not_matter(more):
    rows = households()
    shuffled = random.Random(3).sample(rows, len(rows))
    full, flagged = [(TOWN, "第2村")], [r[2] for r in rows[::5]]
    assert draw(database(rows, full, flagged), **more) == draw(database(shuffled, full, flagged), **more)


def test_the_seed_decides(con):
    assert drawn(draw(con, 5)) == drawn(draw(con, 5))
    assert len({frozenset(drawn(draw(con, seed))) for seed in range(6)}) == 6


def test_every_household_has_its_chance(con):
    """Over many seeds each household is drawn about as often as the fraction says, the one alone in its
    village too.
    """
    seeds, counts = 200, dict.fromkeys((r[2] for r in households()), 0)
    for seed in range(seeds):
        for household in drawn(draw(con, seed)):
            counts[household] += 1
    # Binomial(200, 0.2) leaves 22 to 62 once in 3000; rounding up per type adds a little.
    two_types = f"{TOWN}N00001"
    assert all(20 <= n <= 68 for h, n in counts.items() if h != two_types), sorted(counts.items(), key=lambda x: x[1])
    assert counts[two_types] > 40, "drawn for either type"


def test_the_draw_is_spread_over_the_villages():
    rows = [(TOWN, f"第{n // 30}村", f"H{n:03}", "农村低保") for n in range(150)]
    for seed in range(20):
        villages = [h["village"] for h in draw(database(rows), seed).townships[0].households]
        assert all(5 <= villages.count(f"第{v}村") <= 7 for v in range(5)), villages


def test_a_marked_village_is_checked_whole_and_does_not_count_for_the_share():
    rows = [(TOWN, "重点村" if n < 40 else "普通村", f"H{n:03}", "农村低保") for n in range(140)]
    (town,) = draw(database(rows, full=[(TOWN, " 重点村 ")])).townships
    assert [h["village"] for h in town.households].count("重点村") == 40
    assert [h["village"] for h in town.households].count("普通村") == 20
    assert {h["method"] for h in town.households if h["village"] == "重点村"} == {"整村必查"}
    assert town.villages == (("重点村", "整村必查", 40),)


def test_a_marked_township_is_checked_whole():
    rows = households()
    (other, town) = sorted(draw(database(rows, full=[(TOWN, None)])).townships, key=lambda t: t.township_code == TOWN)
    assert all(c.drawn == c.households for c in town.coverage)
    assert any(c.drawn < c.households for c in other.coverage)


def test_a_marked_village_without_households_is_shown():
    (_, town) = sorted(
        draw(database(households(), full=[(TOWN, "无人村")])).townships, key=lambda t: t.township_code == TOWN
    )
    assert town.villages == (("无人村", "整村必查", 0),)


def test_whole_villages_reach_every_types_share(con):
    for seed in range(5):
        for town in draw(con, seed, whole_village=True).townships:
            whole = {v for v, _, _ in town.villages}
            assert whole
            assert all(c.share >= 0.2 for c in town.coverage)
            listed = {(r[1], r[2]) for r in households() if r[0] == town.township_code and r[1] in whole}
            assert {(h["village"], h["household_id"]) for h in town.households} == listed, (
                "each village whole, no other household"
            )


@pytest.mark.parametrize(
    ("villages", "fraction", "chosen"),
    [
        ({"a": {"x": 10}, "b": {"x": 10}}, "0.2", ["a"]),
        ({"a": {"x": 3}, "b": {"x": 7}}, "0.5", ["a", "b"]),
        (
            {"a": {"x": 10}, "b": {"x": 1}, "c": {"y": 1}},
            "0.2",
            ["a", "c"],
        ),  # b has nothing of what is lacking
        ({"a": {"x": 1}, "b": {"x": 9}}, "1", ["a", "b"]),
        ({}, "0.2", []),
    ],
)
def test_villages_until_the_share_is_reached(villages, fraction, chosen):
    assert villages_until(villages, Decimal(fraction)) == chosen


def test_a_share_of_the_clean_households_comes_on_top():
    rows = [(TOWN, f"第{n % 5}村", f"H{n:03}", "农村低保") for n in range(100)]
    con = database(rows, flagged=[f"H{n:03}" for n in range(40)])
    plain, more = draw(con), draw(con, include_unflagged=True)
    extra = [h for h in more.townships[0].households if h["method"] == "补充抽取"]
    clean_left = 60 - plain.townships[0].coverage[0].clean_drawn
    assert len(extra) == ceil(Decimal("0.2") * clean_left)
    assert not {h["household_id"] for h in extra} & ({f"H{n:03}" for n in range(40)} | drawn(plain))
    assert drawn(plain) < drawn(more)


def test_households_that_left_are_not_drawn(con):
    assert "GONE" not in drawn(draw(con, fraction="1"))
