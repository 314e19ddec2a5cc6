"""Names one character off, and numbers one slip away, against plain definitions."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin
from stdnum.cn import ric

from transforms.linkage.pinyin import SURNAME_READINGS, pinyin_table
from transforms.linkage.runner import REFERENCE
from transforms.linkage.tables import sql_text
from transforms.values import fold_name

COMPOUND = ("欧阳", "司马")


def surname(name: str) -> str:
    return name[:2] if name[:2] in COMPOUND and len(name) > 2 else name[:1]


def one_character_off(a: str, b: str) -> bool:
    """Three or more characters each, the same surname, one substitution, insertion or deletion."""
    if a == b or min(len(a), len(b)) < 3 or surname(a) != surname(b):
        return False
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) == 1
    longer, shorter = sorted((a, b), key=len, reverse=True)
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))


def connection(tables: dict[str, str], *build: str) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.register("ref_pinyin", pinyin_table())
    for table in REFERENCE:
        con.execute(f"CREATE TABLE {table} AS {sql_text(table)}")
    for table, columns in tables.items():
        con.execute(f"CREATE TABLE {table} ({columns})")
    for table in build:
        con.execute(f"CREATE VIEW {table} AS {sql_text(table)}")
    return con


@pytest.fixture(scope="module")
def names() -> duckdb.DuckDBPyConnection:
    question = {"name_question": "person_key VARCHAR, name VARCHAR, person_name VARCHAR"}
    return connection(question, "name_reading", "name_one_off")


NAME = st.text("欧阳司马李明志", min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(pairs=st.sets(st.tuples(NAME, NAME), min_size=20, max_size=60))
def test_one_off_is_the_plain_definition(names: duckdb.DuckDBPyConnection, pairs: set[tuple[str, str]]) -> None:
    names.execute("DELETE FROM name_question")
    names.executemany("INSERT INTO name_question VALUES ('p', ?, ?)", [list(pair) for pair in pairs])
    got = set(names.execute("SELECT name, person_name FROM name_one_off").fetchall())
    assert got == {pair for pair in pairs if one_character_off(*pair)}


def test_edited_names_are_one_off_of_each_other(names: duckdb.DuckDBPyConnection) -> None:
    pairs = [
        ("司马志明", "司马李明"),
        ("司马志明", "司马志李明"),
        ("李明志", "李明明"),
        ("李明志欧", "李明欧"),
    ]
    names.execute("DELETE FROM name_question")
    names.executemany("INSERT INTO name_question VALUES ('p', ?, ?)", [list(pair) for pair in pairs])
    assert names.execute("SELECT count(*) FROM name_one_off").fetchone() == (4,)


@pytest.fixture(scope="module")
def repairs() -> duckdb.DuckDBPyConnection:
    tables = {
        "register_row": "shown_number VARCHAR",
        "link_person": "person_key VARCHAR, id_number VARCHAR, id_key BIGINT",
    }
    return connection(tables, "damaged_number", "damaged_digit", "repair_candidate", "rounded_candidate", "id_repair")


def repaired(con: duckdb.DuckDBPyConnection, damaged: str, valid: str) -> bool:
    con.execute("DELETE FROM register_row; DELETE FROM link_person")
    con.execute("INSERT INTO register_row VALUES (?)", [damaged])
    con.execute("INSERT INTO link_person VALUES (?, ?, ?)", [valid, valid, int(valid[:17])])
    return con.execute("SELECT count(*) FROM id_repair").fetchone() == (1,)


VALID = st.from_regex(r"[1-6][0-9]{16}", fullmatch=True).map(lambda first: first + ric.calc_check_digit(first + "0"))


@settings(max_examples=60, deadline=None)
@given(valid=VALID, place=st.integers(0, 17), other=st.sampled_from("0123456789"))
def test_every_substitution_is_repaired(repairs, valid: str, place: int, other: str) -> None:
    damaged = valid[:place] + other + valid[place + 1 :]
    assume(damaged != valid)
    assert repaired(repairs, damaged, valid)


@settings(max_examples=60, deadline=None)
@given(valid=VALID, place=st.integers(0, 16))
def test_every_swap_of_neighbours_is_repaired(repairs, valid: str, place: int) -> None:
    damaged = valid[:place] + valid[place + 1] + valid[place] + valid[place + 2 :]
    assume(damaged != valid)
    assert repaired(repairs, damaged, valid)


@settings(max_examples=60, deadline=None)
@given(valid=VALID)
def test_what_a_spreadsheet_makes_of_a_number_is_repaired(repairs, valid: str) -> None:
    assume(valid[-1] != "X")
    whole = int(valid)
    cut, rounded, binary = whole // 1000 * 1000, (whole + 500) // 1000 * 1000, int(float(whole))
    written = {str(int(Decimal(form % whole))) for form in ("%.15g", "%.16g", "%.17g")}
    shortest = int(Decimal(repr(float(whole))))
    for damaged in {str(cut), str(rounded), str(binary), str(shortest)} | written - {valid}:
        assert repaired(repairs, damaged, valid)


@settings(max_examples=60, deadline=None)
@given(valid=VALID, away=st.integers(-8, 8))
def test_a_number_no_program_makes_of_the_person_s_is_not_repaired(repairs, valid: str, away: int) -> None:
    # Multiples of 16 near the number: of those only the double nearest to it is its image.
    assume(valid[-1] != "X")
    damaged = str(int(valid) // 16 * 16 + 16 * away)
    slips = sum(a != b for a, b in zip(damaged, valid, strict=True)) <= 1 or sorted(damaged) == sorted(valid)
    assume(not slips and damaged[-1] != "0" and int(damaged) != int(float(valid)))
    assert not repaired(repairs, damaged, valid)


@settings(max_examples=60, deadline=None)
@given(valid=VALID, damaged=VALID.map(lambda v: v[:-1] + ("0" if v[-1] != "0" else "1")))
def test_a_number_further_away_is_not_repaired(repairs, valid: str, damaged: str) -> None:
    differing = [i for i in range(18) if valid[i] != damaged[i]]
    swapped = len(differing) == 2 and differing[1] == differing[0] + 1
    assume(len(differing) > 1 and not swapped and valid[:13] != damaged[:13])
    assert not repaired(repairs, damaged, valid)


def test_every_character_is_read_as_pypinyin_reads_it() -> None:
    table = pinyin_table().to_pydict()
    assert len(table["ch"]) > 40_000
    assert table["syllable"] == [lazy_pinyin(ch, style=Style.NORMAL)[0] for ch in table["ch"]]


def test_readings_of_surnames_are_those_of_characters_as_names_are_folded() -> None:
    assert [character for character in SURNAME_READINGS if fold_name(character) != character] == []
