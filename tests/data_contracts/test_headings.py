"""Headings as they come, and the column and unit they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_contracts import Heading, load_contracts, normalise_heading
from transforms.staging.headings import read_names

CONTRACTS = load_contracts()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("姓名", Heading("姓名", None)),
        (" 姓 名\n", Heading("姓名", None)),
        ("*身份证号(18位)", Heading("身份证号", None)),
        ("＊身份证号［18位］", Heading("身份证号", None)),
        ("批准\r\n时间：", Heading("批准时间", None)),
        ("月保障金（元）", Heading("月保障金", 1)),
        ("注册资本(人民币:万元)", Heading("注册资本", 10_000)),
        ("注册资本（单位：万元", Heading("注册资本", 10_000)),
        ("收入额（千元）", Heading("收入额", 1000)),
        ("账户余额/万元", Heading("账户余额", 10_000)),
        ("月保障金（元/月）", Heading("月保障金", 1)),
        ("余额（百万元）", Heading("余额", 1_000_000)),
        ("存款余额（美元）", Heading("存款余额", None)),
        ("住址（幢、单元、室）", Heading("住址", None)),
        ("金额（元）（必填【是】）", Heading("金额", 1)),
        ("\ufeffID_Number", Heading("id_number", None)),
        ("（元）", Heading("", 1)),
        ("", Heading("", None)),
        (None, Heading("", None)),
    ],
)
def test_normalise_heading(text: str | None, expected: Heading) -> None:
    assert normalise_heading(text) == expected


@pytest.mark.parametrize(
    ("dataset", "text", "expected"),
    [
        ("benefit_roll", "村（居）", ("village", None)),
        ("benefit_roll", "村(社区)", ("village", None)),
        ("benefit_roll", "与户主 关系", ("relation_to_head", None)),
        ("benefit_roll", "*月保障金\n(元)", ("household_amount", 1)),
        ("benefit_roll", "HOUSEHOLD_ID", ("household_id", None)),
        ("business_licenses", "法定代表人（经营者）", ("person_name", None)),
        ("business_licenses", "注册资本（万元）", ("registered_capital", 10_000)),
        ("townships", "县（市、区）名称", ("county_name", None)),
        ("townships", "县(市、区) 名称", ("county_name", None)),
        ("vehicles", "车辆价格（万元）", ("value", 10_000)),
        ("vehicles", "工作单位", None),
        ("vehicles", "", None),
        ("vehicles", "（元）", None),
    ],
)
def test_a_heading_finds_its_column_and_unit(dataset: str, text: str, expected: tuple[str, int | None] | None) -> None:
    heading = read_names([text], CONTRACTS[dataset])
    assert [(column, heading.units.get(column)) for column in heading.columns] == ([expected] if expected else [])


@pytest.mark.parametrize("text", ["序号", "备 注", "*序号", "备注（选填）", "NO.", "Ｎｏ", "编号", "备注说明"])
def test_headings_that_carry_nothing_are_known(text: str) -> None:
    assert all(contract.ignores_heading(text) for contract in CONTRACTS.values())


def test_a_heading_that_may_matter_is_not_ignored() -> None:
    assert not CONTRACTS["benefit_roll"].ignores_heading("劳动能力")


def test_the_index_serves_a_plain_look_up_of_the_key() -> None:
    headings = CONTRACTS["business_licenses"].headings()
    assert headings[normalise_heading("法定代表人（经营者）").key] == "person_name"
    assert headings["entity_name"] == "entity_name"
    assert headings["企业名称"] == "entity_name"


@given(st.text(max_size=30))
def test_a_key_has_no_blank_star_or_bracket_and_stays_as_it_is(text: str) -> None:
    key = normalise_heading(text).key
    assert not set(key) & set(" *()[]{}<>【】\n\u3000")
    assert normalise_heading(key).key == key or "元" in key
