"""Finding the heading of a sheet and its columns."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts import load_contracts
from transforms.staging.headings import HeadingIndex, cell_labels, read_heading, read_names

CONTRACTS = load_contracts()
INDEX = HeadingIndex(CONTRACTS)


def find(rows, dataset):
    """The heading found in rows numbered from 1, or None."""
    head = {number: tuple(row) for number, row in enumerate(rows, 1)}
    candidate = INDEX.candidates(head).get(dataset)
    return read_heading(head, candidate, CONTRACTS[dataset]) if candidate else None


@st.composite
def headings(draw):
    """A dataset, its columns in any order under any of their headings, dressed as bureaus dress them."""
    dataset = draw(st.sampled_from(sorted(CONTRACTS)))
    columns = draw(st.permutations(CONTRACTS[dataset].columns))
    dress = st.sampled_from(["{}", "*{}", " {} ", "{}（必填）", "{}\n", "{}(18位)"])
    cells = {c.name: draw(dress).format(draw(st.sampled_from([*c.aliases, c.name]))) for c in columns}
    titles = draw(st.integers(0, 3))
    return dataset, cells, titles


@settings(max_examples=60, deadline=None)
@given(headings())
def test_any_order_any_alias_any_dress(drawn):
    dataset, cells, titles = drawn
    rows = [["某县花名册"] + [None] * 3] * titles + [list(cells.values()), ["x"] * len(cells)]
    found = find(rows, dataset)
    assert (found.first, found.last) == (titles + 1, titles + 1)
    assert dict(found.columns) == {column: place for place, column in enumerate(cells)}
    assert not found.missing(CONTRACTS[dataset])
    assert found.leftover == found.duplicates == ()


GROUPS = ["序号", "家庭情况", None, "救助对象情况", None, "死亡日期"]
LOWER = [None, "户籍地址", "性别", "姓名", "身份证号", None]
FILLED = ["序号", "家庭情况", "家庭情况", "救助对象情况", "救助对象情况", "死亡日期"]


@pytest.mark.parametrize(
    ("upper", "lower"),
    [(GROUPS, LOWER), (FILLED, ["序号", *LOWER[1:5], "死亡日期"])],
    ids=["blanks beside group titles (.xls)", "merged cells filled (.xlsx)"],
)
def test_two_row_headings(upper, lower):
    found = find([["某县死亡人员"] * 6, upper, lower, ["1", "x", "男", "王五", "无", "20210101"]], "deaths")
    assert (found.first, found.last) == (2, 3)
    assert dict(found.columns) == {"address": 1, "sex": 2, "name": 3, "id_number": 4, "death_date": 5}
    assert found.leftover == ()


def test_a_group_title_tells_equal_headings_apart():
    upper = ["户主", None, "家庭成员", None, "户编号"]
    lower = ["姓名", "身份证号", "姓名", "身份证号", None]
    found = find([upper, lower], "benefit_roll")
    assert dict(found.columns) == {
        "head_name": 0,
        "head_id_number": 1,
        "name": 2,
        "id_number": 3,
        "household_id": 4,
    }


def test_a_row_that_numbers_the_columns_belongs_to_the_heading():
    found = find([["姓名", "身份证号", "死亡日期"], ["1", "2", "3"], ["王五", "x", "20210101"]], "deaths")
    assert (found.first, found.last) == (1, 2)
    assert find([["姓名", "身份证号", "死亡日期"], ["1", "2", "20210101"]], "deaths").last == 1


def test_a_shorter_block_wins_over_one_with_the_title():
    assert find([["死亡人员信息"] * 3, ["姓名", "身份证号", "死亡日期"]], "deaths").first == 2


def test_duplicates_leftovers_and_ignored_headings():
    found = find([["序号", "姓名", "身份证号", "死亡日期", "姓 名", "血型", "备注"]], "deaths")
    assert (found.duplicates, found.leftover) == (("姓 名",), ("血型",))
    assert found.columns["name"] == 1


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("注册资本（万元）", 10_000),
        ("注册资本(单位：万元)", 10_000),
        ("注册资本（元）", 1),
        ("注册资本（万）", 10_000),
        ("注册资本", None),
    ],
)
def test_units_of_money_columns(heading, unit):
    found = find([["统一社会信用代码", "企业名称", "类型", "姓名", "身份证号", "状态", heading]], "business_licenses")
    assert found.units.get("registered_capital") == unit


def test_a_unit_above_the_heading_holds_where_a_column_names_none():
    rows = [["某县企业名录", "单位：万元"], ["企业名称", "姓名", "身份证号", "注册资本"]]
    assert find(rows, "business_licenses").units == {"registered_capital": 10_000}
    rows[1][3] = "注册资本（元）"
    assert find(rows, "business_licenses").units == {"registered_capital": 1}


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("单位：万元", 10_000),
        ("金额单位：人民币万元", 10_000),
        ("（单位：万元）", 10_000),
        ("单位：万元    填报日期：2021年6月30日", 10_000),
        ("计量单位：万元", 10_000),
        ("单位（万元）", 10_000),
        ("单位:万", 10_000),
        ("单位：千元", 1_000),
        ("单位：元", None),
        ("填报单位：万元镇", None),
        ("单位：万元镇", None),
        ("单位：万家乐公司", None),
    ],
)
def test_the_unit_a_title_says(title, unit):
    rows = [["某县企业名录", title], ["企业名称", "姓名", "身份证号", "注册资本"]]
    assert find(rows, "business_licenses").units.get("registered_capital") == unit


def test_no_heading():
    assert find([["王五", "男"], ["李四", "女"]], "deaths") is None


def test_names_of_a_parquet_file():
    found = read_names(("name", "id_number", "sex", "x"), CONTRACTS["population"])
    assert (found.last, dict(found.columns), found.leftover) == (
        0,
        {"name": 0, "id_number": 1, "sex": 2},
        ("x",),
    )


def test_labels_of_cells_are_unique():
    assert cell_labels(("姓名", "", "姓名"), 4) == ("姓名", "第2列", "姓名（第3列）", "第4列")
