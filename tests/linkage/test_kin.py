"""The kinship register closed: both directions, two steps, and what must not follow."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest


@pytest.fixture
def closed(link, number):
    """A function from (on the roll, kinship rows of single letters for people) to the closed pairs.

    Returns {(a, relation, b): (ended, row numbers of refs)} and the connection.
    """

    def close(on_roll: str, rows: list[tuple[Any, ...]]):
        people = {letter: number(f"3206811960010110{ord(letter) % 10}") for letter in "abcdefghij"}
        letters = {digits: letter for letter, digits in people.items()}
        kinship = [
            {
                "a_id_number": people[a],
                "a_name": f"甲{a}",
                "relation": relation,
                "b_id_number": people[b],
                "b_name": f"甲{b}",
            }
            | ({"end_date": rest[0]} if rest else {})
            for a, relation, b, *rest in rows
        ]
        roll = [
            {
                "household_id": f"H{x}",
                "id_number": people[x],
                "name": f"甲{x}",
                "township_code": "1",
                "status": "在享",
            }
            for x in on_roll
        ]
        con = link({"benefit_roll": roll, "kinship": kinship})
        pairs = con.execute("SELECT a_id, relation, b_id, ended, refs FROM kin_closed").fetchall()
        found = {
            (letters[a], relation, letters[b]): (
                ended,
                [int(ref.removeprefix("kinship:")) for ref in refs.split(" ")],
            )
            for a, relation, b, ended, refs in pairs
        }
        assert len(found) == len(pairs), "a pair has one row per relation"
        return found, con

    return close


def test_a_row_reads_in_both_directions(closed) -> None:
    found, con = closed("a", [("a", "父亲", "b"), ("c", "配偶", "a"), ("a", "姐妹", "d"), ("e", "外孙女", "a")])
    assert found == {
        ("a", "parent", "b"): (None, [1]),
        ("b", "child", "a"): (None, [1]),
        ("a", "spouse", "c"): (None, [2]),
        ("c", "spouse", "a"): (None, [2]),
        ("a", "sibling", "d"): (None, [3]),
        ("d", "sibling", "a"): (None, [3]),
        ("e", "grandchild", "a"): (None, [4]),
        ("a", "grandparent", "e"): (None, [4]),
    }
    keys = con.execute(
        "SELECT a_name, a_person_key = a_id, b_name, b_person_key FROM kin_closed WHERE relation = 'parent'"
    )
    assert keys.fetchall() == [("甲a", True, "甲b", None)]


def test_two_rows_about_one_relation_are_one_pair_with_both_refs(closed) -> None:
    found, _ = closed("a", [("a", "母亲", "b"), ("b", "儿子", "a")])
    assert found == {("a", "parent", "b"): (None, [1, 2]), ("b", "child", "a"): (None, [1, 2])}


def test_children_of_one_parent_are_siblings(closed) -> None:
    found, _ = closed("a", [("a", "父亲", "b"), ("b", "女儿", "c")])
    assert found[("a", "sibling", "c")] == found[("c", "sibling", "a")] == (None, [1, 2])


def test_siblings_through_both_parents_carry_all_four_rows(closed) -> None:
    found, _ = closed("a", [("a", "父亲", "b"), ("a", "母亲", "c"), ("d", "父亲", "b"), ("d", "母亲", "c")])
    assert found[("a", "sibling", "d")] == (None, [1, 2, 3, 4])
    assert ("b", "spouse", "c") not in found, "parents of one child need not be married"


def test_grandparents_and_grandchildren_in_two_steps(closed) -> None:
    found, _ = closed("a", [("a", "父亲", "b"), ("c", "儿子", "b"), ("a", "儿子", "d"), ("e", "母亲", "d")])
    assert found[("a", "grandparent", "c")] == found[("c", "grandchild", "a")] == (None, [1, 2])
    assert found[("a", "grandchild", "e")] == found[("e", "grandparent", "a")] == (None, [3, 4])


def test_what_is_no_near_relative_does_not_follow(closed) -> None:
    # An uncle, a brother-in-law, a stepchild and a great-grandparent
    rows = [
        ("a", "父亲", "b"),
        ("b", "兄弟", "c"),
        ("a", "配偶", "d"),
        ("d", "兄弟", "e"),
        ("d", "儿子", "f"),
    ]
    found, _ = closed("a", [*rows, ("b", "父亲", "g"), ("g", "父亲", "h")])
    related = {b for a, _, b in found if a == "a"}
    assert related == {"b", "d", "g"}


def test_nobody_is_their_own_relative(closed) -> None:
    found, con = closed("ab", [("a", "配偶", "a"), ("a", "父亲", "b"), ("b", "父亲", "a")])
    assert set(found) == {
        ("a", "parent", "b"),
        ("b", "child", "a"),
        ("b", "parent", "a"),
        ("a", "child", "b"),
    }
    assert con.execute("SELECT count(*) FROM kin_closed WHERE a_id = b_id").fetchone() == (0,)


def test_an_ended_marriage_keeps_its_end_in_both_directions(closed) -> None:
    found, _ = closed("a", [("a", "配偶", "b", dt.date(2019, 5, 6)), ("b", "配偶", "a")])
    assert found[("a", "spouse", "b")] == found[("b", "spouse", "a")] == (dt.date(2019, 5, 6), [1, 2])


def test_only_marriages_end(closed) -> None:
    found, _ = closed("a", [("a", "父亲", "b", dt.date(2019, 5, 6))])
    assert found[("a", "parent", "b")] == (None, [1])


def test_pairs_with_nobody_on_the_roll_are_left_out(closed) -> None:
    found, _ = closed("a", [("a", "父亲", "b"), ("b", "女儿", "c"), ("b", "女儿", "d"), ("c", "配偶", "e")])
    assert ("a", "sibling", "c") in found and ("a", "sibling", "d") in found
    assert all("a" in (x, y) for x, _, y in found)


def test_a_number_with_a_crowd_of_children_concludes_nothing(link, number) -> None:
    parent = number("32068119400101101")
    children = [number(f"320681197001011{i:02d}") for i in range(40)]
    rows = {
        "benefit_roll": [{"household_id": "H", "id_number": children[0], "name": "王一", "township_code": "1"}],
        "kinship": [{"a_id_number": child, "relation": "母亲", "b_id_number": parent} for child in children],
    }
    con = link(rows)
    assert con.execute("SELECT id_number, children FROM kin_overloaded").fetchall() == [(parent, 40)]
    assert con.execute("SELECT DISTINCT relation FROM kin_closed ORDER BY 1").fetchall() == [
        ("child",),
        ("parent",),
    ]


def test_a_large_family_is_no_error(link, number) -> None:
    parent = number("32068119400101101")
    children = [number(f"320681197001011{i:02d}") for i in range(20)]
    rows = {
        "benefit_roll": [{"household_id": "H", "id_number": children[0], "name": "王一", "township_code": "1"}],
        "kinship": [{"a_id_number": child, "relation": "母亲", "b_id_number": parent} for child in children],
    }
    siblings = link(rows).execute(
        "SELECT count(*) FROM kin_closed WHERE relation = 'sibling' AND a_id = ?", [children[0]]
    )
    assert siblings.fetchone() == (19,)


def test_whose_row_it_is_follows_the_links(link, number) -> None:
    """A repaired number stands for the roll person, a number under quite another name for nobody."""
    roll, child, other = (number(f"3206811960010110{i}") for i in (1, 2, 3))
    damaged = roll[:9] + str((int(roll[9]) + 1) % 10) + roll[10:]
    rows = {
        "benefit_roll": [{"household_id": "H", "id_number": roll, "name": "王建国", "township_code": "1"}],
        "kinship": [
            {
                "a_id_number": damaged,
                "a_name": "王建国",
                "relation": "儿子",
                "b_id_number": child,
                "b_name": "王强",
            },
            {
                "a_id_number": roll,
                "a_name": "李红",
                "relation": "儿子",
                "b_id_number": other,
                "b_name": "李军",
            },
            {
                "a_id_number": damaged,
                "a_name": "赵六",
                "relation": "儿子",
                "b_id_number": other,
                "b_name": "赵军",
            },
        ],
    }
    con = link(rows)
    found = con.execute("SELECT a_id, b_id, refs FROM kin_closed WHERE relation = 'child'").fetchall()
    assert found == [(roll, child, "kinship:1")]
    assert con.execute("SELECT count(*) FROM kin_row WHERE a_id IS NULL").fetchone() == (2,)


def test_a_pair_is_as_sure_as_the_surest_way_it_is_told(link, number) -> None:
    one, two, child, parent = (number(f"3206811960010110{n}") for n in range(4))
    damaged = two[:17] + ("1" if two[17] != "1" else "2")
    roll = [
        {"household_id": f"H{n}", "id_number": person, "name": f"赵{n}", "township_code": "1", "status": "在享"}
        for n, person in enumerate((one, two))
    ]

    def kin(a: str, a_name: str, relation: str, b: str, b_name: str) -> dict[str, str]:
        return {"a_id_number": a, "a_name": a_name, "relation": relation, "b_id_number": b, "b_name": b_name}

    rows = [
        kin(one, "赵0", "父亲", parent, "赵父"),
        kin(damaged, "赵1", "父亲", parent, "赵父"),
        kin(damaged, "赵1", "儿子", child, "赵儿"),
        kin(child, "赵儿", "父亲", two, "赵1"),
    ]
    con = link({"benefit_roll": roll, "kinship": rows})
    said = con.execute("SELECT a_person_key, relation, b_id, tier, confidence FROM kin_link ORDER BY ALL").fetchall()
    doubtful = {(two, "parent", parent), (one, "sibling", two), (two, "sibling", one)}
    assert set(said) == {(*pair, "id_repaired", 0.97) for pair in doubtful}, "told plainly too: father and son"
