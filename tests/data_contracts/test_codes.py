"""The shared lists of words."""

from pathlib import Path

import pytest

from data_contracts import ContractError, load_codes

CODES = load_codes()


@pytest.mark.parametrize("word", ["无", "/", "—", "-", "不详", "未知", "NULL", "null", "#N/A", "#VALUE!", "／", "－"])
def test_words_for_nothing(word: str) -> None:
    assert word in CODES.null_words


@pytest.mark.parametrize("word", ["√", "✓", "✔", "Y", "y", "Ｙ", "是", "有", "1", "true", "TRUE", "已处理"])
def test_words_for_yes(word: str) -> None:
    assert word in CODES.true_words


@pytest.mark.parametrize("word", ["否", "×", "N", "n", "0", "false", "FALSE", "未处理"])
def test_words_for_no(word: str) -> None:
    assert word in CODES.false_words


def test_no_word_says_both_yes_and_no() -> None:
    assert not CODES.true_words & CODES.false_words
    assert not CODES.true_words & CODES.null_words


def test_totals_and_footnotes() -> None:
    assert {"合计", "小计", "总计", "共计", "累计"} <= CODES.total_words
    for cell in (
        "注：以上数据",
        "注:以上",
        "备注：本表",
        "说明：",
        "填表人：",
        "制表人",
        "审核人",
        "填报日期",
        "经办人签字",
    ):
        assert cell.startswith(tuple(CODES.footnote_starts)), cell


@pytest.mark.parametrize("cell", ["注销", "说明书", "备注", "联系人", "负责人"])
def test_a_value_is_not_taken_for_a_footnote(cell: str) -> None:
    assert not cell.startswith(tuple(CODES.footnote_starts))


def test_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "colours.yaml").write_text("values: {red: [rot], blue: [ROT]}", encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("null_words: [", encoding="utf-8")
    (tmp_path / "other.yaml").write_text("null_wrods: [none]", encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        load_codes(tmp_path)
    text = str(caught.value)
    assert "colours.yaml: claimed by two values" in text
    assert "broken.yaml: not YAML" in text
    assert "other.yaml: null_wrods is neither" in text
    assert "no list true_words" in text
