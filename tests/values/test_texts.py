"""Names, free text, keys, accounts, code lists and ticks."""

from __future__ import annotations

from pathlib import Path

import duckdb
import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts import load_codes, load_contracts
from transforms.values import account_damaged, fold_name, only_ticks, register_functions

MANY = settings(max_examples=40, deadline=None)
# Letters, digits, Chinese, brackets, quotes, and blanks and invisible characters of all kinds.
ODD = (
    "aZ0９Ｘ王黃吳峯·•．.,-_*?无N/A#'`’\"()（）[]【】〔〕{ }𠮷×Х√+E"
    "\u3000\u00a0\t\n\r\x00\x1e\u200b\ufeff\u2028\u0085\ue000"
)
CELLS = st.one_of(st.text(ODD, max_size=12), st.text(max_size=8))
TEXT_TYPES = ["id18", "name", "text", "identifier", "account", "coded", "code", "uscc"]


@pytest.mark.parametrize("kind", TEXT_TYPES)
@MANY
@given(cells=st.lists(CELLS, min_size=1, max_size=40))
def test_cleaning_a_cleaned_cell_changes_nothing(cleaner, kind, cells):
    cells = [cell.encode("utf-8", "ignore").decode() for cell in cells]
    context = {"values": ("男", "女"), "synonyms": {"M": "男", "男性": "男"}} if kind == "code" else {}
    once = cleaner.values(kind, cells, **context)
    assert cleaner.values(kind, once, **context) == once
    assert "" not in once


@pytest.mark.parametrize("kind", TEXT_TYPES)
@MANY
@given(cells=st.lists(CELLS, min_size=1, max_size=20))
def test_nothing_invisible_and_no_full_width_is_left(cleaner, kind, cells):
    cells = [cell.encode("utf-8", "ignore").decode() for cell in cells]
    for value in filter(None, cleaner.values(kind, cells)):
        assert value == value.strip()
        assert not any("！" <= c <= "～" or c in "\u200b\ufeff\u00a0\u3000\x00\t\n\r" for c in value)
        assert kind in ("text", "coded") or " " not in value


@pytest.mark.parametrize("kind", TEXT_TYPES)
def test_words_for_nothing_are_nothing(cleaner, kind):
    words = sorted(load_codes().null_words)
    assert set(cleaner.values(kind, [*words, None, "", "\u3000"])) == {None}


def character_pairs():
    """Every (character, other) of OpenCC's two character dictionaries."""
    folder = Path(opencc.__file__).parent / "dictionary"
    for dictionary in ("TSCharacters.txt", "STCharacters.txt"):
        for line in (folder / dictionary).read_text("utf-8").splitlines():
            key, _, others = line.partition("\t")
            yield from ((key, other) for other in others.split())


def test_every_simplified_and_traditional_pair_is_one_name(cleaner):
    pairs = list(character_pairs())
    left = cleaner.values("name", [f"王{a}明" for a, _ in pairs])
    right = cleaner.values("name", [f"王{b}明" for _, b in pairs])
    assert len(pairs) > 8_000
    assert left == right


@pytest.mark.parametrize(
    "pair",
    [
        "吕呂",
        "黄黃",
        "吴吳",
        "陈陳",
        "张張",
        "刘劉",
        "叶葉",
        "赵趙",
        "国國",
        "兰蘭",
        "凤鳳",
        "华華",
        "强強",
        "峰峯",
        "群羣",
        "夫伕",
        "仇讎",
        "了瞭",
        "仿彷",
        "著着",
        "幺么",
    ],
)
def test_common_variants_fold_to_the_common_form(cleaner, pair):
    common, variant = pair
    assert cleaner.values("name", [f"李{variant}", f"李{common}"]) == [f"李{common}"] * 2
    assert fold_name(f"李 {variant}") == f"李{common}"


def test_common_simplified_characters_stay(cleaner):
    names = ["王小明", "欧阳建国", "沈丽华", "于海", "周后生", "范云", "余干", "钟发"]
    assert cleaner.values("name", names) == names


def test_characters_everybody_writes_are_published_as_they_are():
    # GB 2312's first level.
    rows = (bytes([row, cell]) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    common = [character for code in rows if (character := code.decode("gb2312", "ignore"))]
    assert len(common) == 3755
    changed = {character: fold_name(character) for character in common if fold_name(character) != character}
    # OpenCC pairs these with another of them: one form of two has to go.
    assert changed == dict(zip("乾划覆链藉着么", "干画复炼借著幺", strict=True))


def test_middle_dots_blanks_and_widths_of_names(cleaner):
    dotted = [f"古丽{dot}吐尔逊" for dot in "·•・．.‧∙･"]
    assert set(cleaner.values("name", dotted)) == {"古丽·吐尔逊"}
    dressed = [" 张 三", "李\u3000四 ", "王五\u00a0", "'赵六", "Ｔｏｍ", "张\n三", "\ufeff张三"]
    assert cleaner.values("name", dressed) == ["张三", "李四", "王五", "赵六", "Tom", "张三", "张三"]


def test_lost_characters_of_names_stay(cleaner):
    assert cleaner.values("name", ["王?", "李\ue000华", "王？明"]) == ["王?", "李\ue000华", "王?明"]


def test_names_fold_in_a_cursor_and_registering_twice_is_harmless():
    con = duckdb.connect()
    register_functions(con)
    register_functions(con)
    assert con.cursor().execute("SELECT hedui_fold_name('張 三')").fetchall() == [("张三",)]


def test_free_text_keeps_its_words(cleaner):
    assert cleaner.values("text", ["  启东市 （城区）\n3号 ", "a\u3000 b", "无锡市", "`x"]) == [
        "启东市 (城区) 3号",
        "a b",
        "无锡市",
        "x",
    ]


def test_keys_have_no_blanks_and_no_decimal_point_of_a_number_cell(cleaner):
    cells = ["320681 100N 1", "320681100.0", "苏（2010）第1号", "v1.0", "'0012", "3.2E+14"]
    assert cleaner.values("identifier", cells) == [
        "320681100N1",
        "320681100",
        "苏(2010)第1号",
        "v1.0",
        "0012",
        "3.2E+14",
    ]


def test_accounts(cleaner):
    cells = [
        "6217 0069 0305 9906 887",
        "'6217006903059906887",
        "6217-0069",
        "6217.0",
        "农行6217",
        "6.21701E+18",
        "6.21701e18",
    ]
    values = cleaner.values("account", cells)
    assert values == ["6217006903059906887"] * 2 + ["62170069", "6217", "6217", "6.21701E+18", "6.21701E18"]
    damaged = [
        cleaner.con.execute(f"SELECT {account_damaged('a')} FROM (SELECT ? AS a)", [v]).fetchall()[0][0] for v in values
    ]
    assert damaged == [False] * 5 + [True] * 2


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("存续（在营）", "存续"),
        ("存续(在营(开业))", "存续"),
        ("存续（在营", "存续"),
        ("（在营）", "(在营)"),
        ("正常 [无异议]", "正常"),
        ("无（空）", None),
    ],
)
def test_bracketed_remarks_of_codes_are_cut(cleaner, cell, value):
    assert cleaner.one("coded", cell)["value"] == value


def test_every_listed_word_and_synonym_of_every_contract(cleaner):
    for contract in load_contracts().values():
        for column in contract.columns:
            if column.type == "code":
                words = {**{value: value for value in column.values}, **column.synonyms}
                found = cleaner.values("code", list(words), values=column.values, synonyms=column.synonyms)
                assert found == list(words.values()), (contract.dataset, column.name)


def test_an_unlisted_code_is_kept_clean(cleaner):
    assert cleaner.values("code", [" 在 享 ", "在享（临时）", "死 亡"], values=("在享",)) == [
        "在享",
        "在享",
        "死亡",
    ]


@pytest.mark.parametrize("word", ["是", "√", "Y", "y", "1", "1.0", "true", "TRUE", "已处理", "是（重残）", " 是 "])
def test_yes(cleaner, word):
    assert cleaner.one("bool", word) == {"value": True, "bad": False}


@pytest.mark.parametrize("word", ["否", "N", "n", "0", "0.0", "false", "FALSE", "未处理", "无", "×"])
def test_no(cleaner, word):
    assert cleaner.one("bool", word) == {"value": False, "bad": False}


def test_neither_yes_nor_no(cleaner):
    assert cleaner.rows("bool", ["", None, "/", "不详", "大概"]) == [
        {"value": None, "bad": bad} for bad in (False,) * 4 + (True,)
    ]


def test_an_empty_cell_of_a_ticked_column_means_no(cleaner):
    assert cleaner.values("bool", ["√", "", None, "/", "大概"], tick_only=True) == [
        True,
        False,
        False,
        False,
        None,
    ]


@pytest.mark.parametrize(
    ("cells", "ticks"),
    [
        (["√", None, ""], True),
        (["√", "是"], False),
        (["√", "否"], False),
        ([None, ""], False),
        (["√", "/", " ✓ "], True),
        (["1", None], False),
    ],
)
def test_columns_that_mark_with_ticks_only(cleaner, cells, ticks):
    asked = only_ticks("c", load_codes().null_words)
    assert cleaner.con.execute(f"SELECT {asked} FROM (SELECT unnest($1::VARCHAR[]) AS c)", [cells]).fetchall() == [
        (ticks,)
    ]
