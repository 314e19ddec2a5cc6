"""Days and months in the forms registers write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

MANY = settings(max_examples=15, deadline=None)
DAYS = st.dates(dt.date(1850, 1, 1), dt.date(2200, 12, 31))
WIDE = str.maketrans("0123456789./-", "０１２３４５６７８９．／－")
DAY_FORMS = {
    "20210531": lambda d: f"{d:%Y%m%d}",
    "2021.5.31": lambda d: f"{d.year}.{d.month}.{d.day}",
    "2021/5/31": lambda d: f"{d.year}/{d.month}/{d.day}",
    "2021/05/31": lambda d: f"{d:%Y/%m/%d}",
    "2021-05-31": lambda d: f"{d:%Y-%m-%d}",
    "2021-05-31 00:00:00": lambda d: f"{d:%Y-%m-%d} 00:00:00",
    "2021-05-31T08:30:00.000Z": lambda d: f"{d:%Y-%m-%d}T08:30:00.000Z",
    "2021/5/31 8:30": lambda d: f"{d.year}/{d.month}/{d.day} 8:30",
    "2021年5月31日": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "2021 年 05 月 31 日": lambda d: f"{d.year} 年 {d.month:02} 月 {d.day:02} 日",
    "20210531083000": lambda d: f"{d:%Y%m%d}083000",
    "full width": lambda d: f"{d.year}.{d.month}.{d.day}".translate(WIDE),
    "apostrophe": lambda d: f"'{d:%Y-%m-%d}",
    "blanks": lambda d: f"\u3000{d:%Y/%m/%d}\t",
}
MONTH_FORMS = {
    "202105": lambda d: f"{d:%Y%m}",
    "2021-05": lambda d: f"{d:%Y-%m}",
    "2021.5": lambda d: f"{d.year}.{d.month}",
    "2021/5": lambda d: f"{d.year}/{d.month}",
    "2021年5月": lambda d: f"{d.year}年{d.month}月",
    "2021年05月份": lambda d: f"{d.year}年{d.month:02}月份",
    "full width": lambda d: f"{d:%Y-%m}".translate(WIDE),
}


@pytest.mark.parametrize("form", DAY_FORMS)
@MANY
@given(days=st.lists(DAYS, min_size=1, max_size=30))
def test_every_form_of_a_day(cleaner, form, days):
    rows = cleaner.rows("date", [DAY_FORMS[form](day) for day in days])
    assert [row["value"] for row in rows] == days
    assert not any(row["_month_only"] or row["bad"] for row in rows)


@pytest.mark.parametrize("form", MONTH_FORMS)
@MANY
@given(days=st.lists(DAYS, min_size=1, max_size=30))
def test_a_month_is_its_first_day_and_says_so(cleaner, form, days):
    cells = [MONTH_FORMS[form](day) for day in days]
    rows = cleaner.rows("date", cells)
    assert [row["value"] for row in rows] == [day.replace(day=1) for day in days]
    assert all(row["_month_only"] for row in rows)
    assert cleaner.values("month", cells) == [day.year * 12 + day.month for day in days]


@MANY
@given(days=st.lists(st.dates(dt.date(1906, 1, 9), dt.date(2099, 12, 31)), min_size=1, max_size=30))
def test_spreadsheet_serials(cleaner, days):
    serials = [(day - dt.date(1899, 12, 30)).days for day in days]
    for cells in ([str(s) for s in serials], [f"{s}.0" for s in serials], [f"{s}.5" for s in serials]):
        rows = cleaner.rows("date", cells)
        assert [row["value"] for row in rows] == days
        assert not any(row["_month_only"] for row in rows)


@pytest.mark.parametrize("form", DAY_FORMS)
@MANY
@given(days=st.lists(DAYS, min_size=1, max_size=20))
def test_the_month_of_a_day(cleaner, form, days):
    assert cleaner.values("month", [DAY_FORMS[form](day) for day in days]) == [
        day.year * 12 + day.month for day in days
    ]


@MANY
@given(days=st.lists(DAYS, min_size=1, max_size=30))
def test_cleaning_a_cleaned_day_changes_nothing(cleaner, days):
    assert cleaner.values("date", [day.isoformat() for day in days]) == days


@pytest.mark.parametrize(
    "cell",
    ["2021-13-45", "20211345", "2021-02-30", "20210229", "2021-00-10", "2021-05-00", "1849-12-31",
     "2201-01-01", "9999-12-31", "21-5-31", "210531", "5/31/2021", "2021", "2021年", "1905", "73051", "2200",
     "0", "12", "2021111", "202113", "2021-05-31x", "2021-05-31至2021-06-30", "下月", "3.2E+07"],
)  # fmt: skip
def test_what_is_no_date(cleaner, cell):
    row = cleaner.one("date", cell)
    assert row == {"value": None, "_month_only": False, "bad": True}
    assert cleaner.one("month", cell) == {"value": None, "bad": True}


@pytest.mark.parametrize("cell", [None, "", " ", "无", "-", "/", "NULL", "#N/A", "长期", "长期有效"])
def test_an_empty_cell_is_not_bad(cleaner, cell):
    assert cleaner.one("date", cell) == {"value": None, "_month_only": False, "bad": False}
    assert cleaner.one("month", cell) == {"value": None, "bad": False}


@pytest.mark.parametrize(
    ("cell", "day"),
    [("14734", dt.date(1940, 5, 3)), ("44351", dt.date(2021, 6, 4)), ("8078", dt.date(1922, 2, 11)),
     ("2201", dt.date(1906, 1, 9)), ("73050", dt.date(2099, 12, 31))],
)  # fmt: skip
def test_serials_of_old_births_and_the_ends_of_the_range(cleaner, cell, day):
    assert cleaner.one("date", cell)["value"] == day
