"""ID numbers (GB 11643) and credit codes (GB 32100)."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from transforms.values import is_credit_code

# Counties that have had their code since before the years drawn: stdnum checks places, the pipeline does not.
PLACES = st.sampled_from(["110101", "310104", "320102", "440103", "430102", "520102"])
BIRTHS = st.dates(dt.date(1990, 1, 1), dt.date(2020, 12, 31))
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
MANY = settings(max_examples=15, deadline=None)


def complete(body: str) -> str:
    """17 digits with their check character."""
    return body + ric.calc_check_digit(body + "0")


NUMBERS = st.builds(
    lambda place, birth, order: complete(f"{place}{birth:%Y%m%d}{order:03}"),
    PLACES,
    BIRTHS,
    st.integers(0, 999),
)
DRESSED = st.sampled_from(
    [
        lambda n: n,
        lambda n: "'" + n,
        lambda n: "`" + n,
        lambda n: n.lower(),
        lambda n: n.translate(FULL_WIDTH),
        lambda n: f" {n[:6]} {n[6:14]}\u00a0{n[14:]}\t",
        lambda n: f"{n[:6]}-{n[6:14]}－{n[14:]}",
        lambda n: n.replace("X", "Х"),
        lambda n: n.replace("X", "х"),
        lambda n: n.replace("X", "×"),
        lambda n: "\ufeff" + n + "\u200b",
        lambda n: n if n.endswith("X") else n + ".0",
    ]
)


@MANY
@given(st.lists(st.tuples(NUMBERS, DRESSED), min_size=1, max_size=30))
def test_dress_does_not_matter(cleaner, drawn):
    rows = cleaner.rows("id18", [dress(number) for number, dress in drawn])
    assert [(row["value"], row["_status"], row["_key"]) for row in rows] == [
        (n, "valid", int(n[:17])) for n, _ in drawn
    ]


@st.composite
def damaged(draw) -> str:
    """A number with one character replaced behind its place code."""
    number = draw(NUMBERS)
    position = draw(st.integers(6, 17))
    return (
        number[:position]
        + draw(st.sampled_from("0123456789X" if position == 17 else "0123456789"))
        + number[position + 1 :]
    )


@MANY
@given(st.lists(st.one_of(NUMBERS, damaged()), min_size=1, max_size=50))
def test_validity_agrees_with_stdnum(cleaner, numbers):
    # stdnum knows no first year and takes a place for the years it had that code only.
    numbers = [n for n in numbers if "1990" <= n[6:10] <= "2020"]
    rows = cleaner.rows("id18", numbers)
    assert [row["_status"] == "valid" for row in rows] == [ric.is_valid(n) for n in numbers]
    assert all((row["_key"] is not None) == (row["_status"] == "valid") for row in rows)


@MANY
@given(PLACES, st.dates(dt.date(1900, 1, 1), dt.date(1999, 12, 31)), st.integers(0, 999))
def test_fifteen_digits_get_century_and_check_character(cleaner, place, birth, order):
    row = cleaner.one("id18", f"{place}{birth:%y%m%d}{order:03}")
    assert row["value"] == complete(f"{place}{birth:%Y%m%d}{order:03}")
    assert row["_status"] == "valid"


@pytest.mark.parametrize(
    ("cell", "value", "status"),
    [
        ("3.20681E+17", "3.20681E+17", "scientific"),
        ("３．２０６８１e+17", "3.20681E+17", "scientific"),
        ("3E17", "3E17", "scientific"),
        ("320681197706185000", "320681197706185000", "truncated"),
        ("320681197706185000.0", "320681197706185000", "truncated"),
        ("32068119951301001X", "32068119951301001X", "invalid"),
        ("320681770618500", "320681197706185009", "valid"),
        ("320681771318500", "320681771318500", "invalid"),
        ("32068119770618500", "32068119770618500", "invalid"),
        ("不详", None, "empty"),
        ("#N/A", None, "empty"),
        ("", None, "empty"),
        (" \u3000", None, "empty"),
        (None, None, "empty"),
        ("护照G123", "护照G123", "invalid"),
        ("999999999999999999", "999999999999999999", "invalid"),
    ],
)
def test_status(cleaner, cell, value, status):
    row = cleaner.one("id18", cell)
    assert (row["value"], row["_status"]) == (value, status)
    assert (row["_key"] is None) == (status != "valid")


def test_zeros_at_the_end_with_the_right_check_character_are_no_damage(cleaner):
    number = next(n for n in (complete(f"32010219800101{k:03}") for k in range(0, 1000, 100)) if n.endswith("000"))
    assert cleaner.one("id18", number)["_status"] == "valid"


@pytest.mark.parametrize(
    ("birth", "valid"),
    [
        ("18500101", True),
        ("18491231", False),
        ("19000229", False),
        ("20000229", True),
        ("19990431", False),
        ("19991200", False),
    ],
)
def test_birth_day_must_exist(cleaner, birth, valid):
    assert (cleaner.one("id18", complete(f"320102{birth}001"))["_status"] == "valid") == valid


def test_equal_keys_are_equal_numbers(cleaner):
    number = complete("32010219800101001")
    keys = [
        row["_key"]
        for row in cleaner.rows(
            "id18", [number, f"'{number}", number[:6] + number[8:17], complete("32010219800101003")]
        )
    ]
    assert keys[0] == keys[1] == keys[2] != keys[3]


CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_CODES = st.builds(
    lambda head, body: (code := head + body) + uscc.calc_check_digit(code),
    st.text("0123456789", min_size=8, max_size=8),
    st.text(CREDIT_ALPHABET, min_size=9, max_size=9),
)


@MANY
@given(
    st.lists(
        st.one_of(CREDIT_CODES, st.text(CREDIT_ALPHABET + "IOSVZ", min_size=17, max_size=19)),
        min_size=1,
        max_size=30,
    )
)
def test_credit_codes_agree_with_stdnum(cleaner, codes):
    cleaner.con.execute(
        "CREATE OR REPLACE TEMP TABLE code AS "
        "SELECT unnest($1::VARCHAR[]) AS c, generate_subscripts($1::VARCHAR[], 1) AS i",
        [codes],
    )
    found = cleaner.con.execute(f"SELECT {is_credit_code('c')} FROM code ORDER BY i").fetchall()
    assert [row[0] for row in found] == [uscc.is_valid(code) for code in codes]


@MANY
@given(CREDIT_CODES)
def test_credit_codes_lose_case_blanks_and_dashes(cleaner, code):
    cells = [code, code.lower(), f" {code[:8]}-{code[8:]}\u3000", "".join(chr(ord(c) + 0xFEE0) for c in code)]
    assert cleaner.values("uscc", cells) == [code] * 4
