"""Money, counts, grades and measures."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts import load_contracts

MANY = settings(max_examples=15, deadline=None)
AMOUNTS = st.decimals(Decimal("-99999999999.99"), Decimal("99999999999.99"), places=2)
WIDE = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")
FORMS: dict[str, Callable[[Decimal], str]] = {
    "1515.00": str,
    "1,515.00": lambda a: f"{a:,}",
    "元": lambda a: f"{a}元",
    "￥": lambda a: f"￥{a:,}",
    "¥ before the sign": lambda a: f"¥{a}",
    "blanks": lambda a: f" {a}\u00a0",
    "full width": lambda a: f"{a:,}".translate(WIDE),
    "RMB": lambda a: f"RMB{a}",
}


@pytest.mark.parametrize("form", FORMS)
@MANY
@given(amounts=st.lists(AMOUNTS, min_size=1, max_size=30))
def test_every_form_of_an_amount(cleaner, form, amounts):
    assert cleaner.values("money", [FORMS[form](amount) for amount in amounts]) == amounts


@MANY
@given(
    amounts=st.lists(
        st.decimals(Decimal("-999999.999999"), Decimal("999999.999999"), places=6), min_size=1, max_size=30
    )
)
def test_ten_thousand_yuan_in_the_heading_or_in_the_cell(cleaner, amounts):
    yuan = [amount * 10_000 for amount in amounts]
    assert cleaner.values("money", [str(a) for a in amounts], unit=10_000) == yuan
    assert cleaner.values("money", [f"{a}万元" for a in amounts]) == yuan
    assert cleaner.values("money", [f"{a}万" for a in amounts], unit=10_000) == yuan


@pytest.mark.parametrize(
    ("cell", "unit", "value"),
    [("5000元", 10_000, "5000.00"), ("(420.00)", None, "-420.00"), ("（420）", None, "-420.00"),
     ("5000元整", None, "5000.00"), ("1.2E+05", None, "120000.00"), ("1515.0000000000002", None, "1515.00"),
     ("0", None, "0.00"), ("500元/月", None, "500.00"), ("1.5亿", None, "150000000.00"),
     ("3千元", None, "3000.00"), (".5", None, "0.50"), ("8.", None, "8.00")],
)  # fmt: skip
def test_amounts_as_bookkeepers_write_them(cleaner, cell, unit, value):
    assert cleaner.one("money", cell, unit=unit) == {"value": Decimal(value), "bad": False}


@pytest.mark.parametrize(
    "cell",
    [
        "约5000",
        "1-2",
        "--5",
        "12345678901234567890",
        "五百",
        "5000美元",
        "1.2.3",
        "元",
        "inf",
        "0x10",
        "1_000",
    ],
)
def test_what_is_no_amount(cleaner, cell):
    assert cleaner.one("money", cell) == {"value": None, "bad": True}


@pytest.mark.parametrize("kind", ["money", "number", "int"])
def test_an_empty_cell_is_not_bad(cleaner, kind):
    rows = cleaner.rows(kind, [None, "", " ", "无", "-", "—", "/", "#VALUE!"])
    assert rows == [{"value": None, "bad": False}] * 8


@MANY
@given(st.lists(st.integers(-999_999_999, 999_999_999), min_size=1, max_size=30))
def test_counts(cleaner, counts):
    assert cleaner.values("int", [str(n) for n in counts]) == counts
    assert cleaner.values("int", [f"{n}.0" for n in counts]) == counts
    assert cleaner.values("int", [f" {n}人" for n in counts]) == counts


@pytest.mark.parametrize(
    ("cell", "value"),
    [("一级", 1), ("壹级", 1), ("贰级", 2), ("叁级", 3), ("肆级", 4), ("3级", 3), ("三", 3), ("肢体二级", 2),
     ("Ⅱ级", 2), ("２", 2), ("第2级", 2), ("60岁", 60), ("两人", 2), ("(3)", 3)],
)  # fmt: skip
def test_grades_and_words_around_a_count(cleaner, cell, value):
    assert cleaner.one("int", cell) == {"value": value, "bad": False}
    assert load_contracts()["benefit_roll"].column("disability_grade").type == "int"


@pytest.mark.parametrize("cell", ["十二", "一二级", "3.5", "10-12", "1/2", "1E5", "5%", "多", "1234567890", "<5"])
def test_what_is_no_count(cleaner, cell):
    assert cleaner.one("int", cell) == {"value": None, "bad": True}


def test_words_of_the_contract_give_a_count(cleaner):
    assert cleaner.values("int", ["重度", "二级", "x"], synonyms={"重度": "1"}) == [1, 2, None]


@MANY
@given(st.lists(st.floats(-1e12, 1e12, allow_nan=False, allow_subnormal=False), min_size=1, max_size=30))
def test_measures_come_back(cleaner, numbers):
    assert cleaner.values("number", [repr(n) for n in numbers]) == numbers


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12.5%", 12.5),
        ("12.5％", 12.5),
        ("89.6㎡", 89.6),
        ("89.6平方米", 89.6),
        ("1,200.5", 1200.5),
        ("-3", -3.0),
    ],
)
def test_units_of_measures(cleaner, cell, value):
    assert cleaner.one("number", cell) == {"value": value, "bad": False}


@pytest.mark.parametrize("unit", [None, 10_000, 10**8])
def test_an_amount_beyond_every_account_is_unusable_and_ends_nothing(cleaner, unit):
    cells = [
        "320681191250000",
        "999999999999",
        "320681191250000万元",
        "9" * 22 + "亿元",
        "9" * 40,
        "1E300",
        "99,999,999,999亿",
    ]
    rows = cleaner.rows("money", cells, unit=unit)
    assert [row["bad"] for row in rows] == [row["value"] is None for row in rows]
    assert rows[-1]["bad"]
    assert rows[2]["bad"]
