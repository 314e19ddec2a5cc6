"""Estimating lines, so that no text is cut off, and wording values."""

from __future__ import annotations

from decimal import Decimal

import pytest

from transforms.publish.workbooks.guide import basis_text, listed
from transforms.publish.workbooks.labels import match_label, month_label, stored_value_label, value_label
from transforms.publish.workbooks.sheet import cell_text
from transforms.publish.workbooks.styles import TALLEST, lines_needed, row_points


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, 1),
        ("高", 4.5, 1),
        ("一二三四", 10, 1),  # 66 pixels of room hold four characters of 14.7
        ("一二三四五", 10, 2),
        ("一\n二\n三", 10, 3),
        ("一二三四五六七八九", 10, 3),
        ("320621194203140619", 12, 3),  # longer than a line: breaks inside
        ("户号320621194203140619", 26, 2),  # goes to the next line whole
        ("账户\n", 10, 2),
    ],
)
def test_lines_needed(text: str, width: float, lines: int) -> None:
    assert lines_needed(text, width) == lines


def test_a_longer_text_never_needs_fewer_lines() -> None:
    text = "陆永康于2021年3月5日死亡，账户6228480402555566666在chongming_2021年.xlsx第12行"
    counts = [lines_needed(text[:length], 13) for length in range(len(text))]
    assert counts == sorted(counts)


def test_rows_grow_with_lines_up_to_what_a_sheet_allows() -> None:
    assert row_points(1) < row_points(2) < row_points(20) <= TALLEST
    assert row_points(1000) == TALLEST < 409.5


def test_cell_text_keeps_line_breaks_and_drops_control_characters() -> None:
    assert cell_text("一\r\n二\t三\x00\ud800\uffff") == "一\n二三"
    assert len(cell_text("长" * 40_000)) < 32_767


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        (True, "是"),
        (False, "否"),
        (0, "0"),
        (710.5, "710.5"),
        (1e16, "10000000000000000"),
        (Decimal("1E+2"), "100"),
        ("3.20681E+17", "3.20681E+17"),
        (["轮椅车", "三轮汽车"], "轮椅车、三轮汽车"),
        ({"城市低保": "城市低保金"}, "城市低保 城市低保金"),
    ],
)
def test_values_in_words(value: object, words: str) -> None:
    assert value_label(value) == words


def test_stored_values_that_look_like_json_but_are_not_stay_as_they_are() -> None:
    assert stored_value_label('["轮椅车", "三轮汽车"]') == "轮椅车、三轮汽车"
    assert stored_value_label("[轮椅车") == "[轮椅车"


def test_match_in_words() -> None:
    assert match_label("id_repaired", 0.97) == "身份证号订正后一致（可信度0.97）"
    assert match_label("a_new_tier", None) == "a_new_tier"
    assert match_label(None, None) == ""


def test_months() -> None:
    assert [month_label(2021 * 12 + n) for n in (1, 12)] == ["2021年1月", "2021年12月"]
    assert month_label(None) == ""


def test_rule_texts_in_any_of_their_forms() -> None:
    assert listed('["到户", "看证明"]') == "1. 到户\n2. 看证明" == listed("到户\n看证明")
    assert listed(["到户", "看证明"]) == "1. 到户\n2. 看证明"
    assert listed("到户") == "到户" == listed(["到户"])
    assert listed(None) == ""
    clause = {"document": "办法", "number": "民发〔2012〕220号", "clause": "第三十一条", "asks": "按月发放"}
    assert basis_text([clause]) == "办法（民发〔2012〕220号） 第三十一条：按月发放"
    assert basis_text("办法 第三十一条") == "办法 第三十一条"
