"""启东 annexes 1-5: what stands in which cell, what stays empty, what adds up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from tests.forms.conftest import NORTH, PLACE, SOUTH, build, identity
from transforms.forms import Check, FormsRun, write_county_forms
from transforms.forms.tables import create_form_tables

BOOKS = {NORTH: f"年检_{NORTH}_北新镇.xlsx", SOUTH: f"年检_{SOUTH}_惠萍镇.xlsx"}
Cells = list[list[Any]]


def sheet_of(folder: Path, township: str, name: str) -> Any:
    return openpyxl.load_workbook(folder / BOOKS[township])[name]


def body(sheet: Any) -> Cells:
    """The cells below the headings, inside the printed form."""
    first = int(sheet.print_title_rows.split(":")[1].strip("$")) + 1
    last_column = openpyxl.utils.range_boundaries(sheet.print_area.split("!")[1].replace("$", ""))[2]
    rows = [[cell.value for cell in row[:last_column]] for row in sheet.iter_rows(min_row=first)]
    return [row for row in rows if any(cell is not None for cell in row)]


def column(rows: Cells, number: int) -> list[Any]:
    return [row[number - 1] for row in rows]


def notes(folder: Path, township: str) -> list[tuple[Any, ...]]:
    return [tuple(cell.value for cell in row) for row in sheet_of(folder, township, "说明").iter_rows()]


def written(given: dict[str, Any], run: FormsRun, out: Path, previous: Path | None = None) -> list[Check]:
    """Write the forms of changed rows into `out`; returns the broken checks."""
    with duckdb.connect(config={"threads": 1}) as con:
        build(con, given)
        create_form_tables(con, run.month, previous)
        return write_county_forms(con, run, PLACE, out)[1]


def test_annex_1_single_person_households_first_then_heads_before_members(folder: Path) -> None:
    rows = body(sheet_of(folder, NORTH, "附件1"))
    assert column(rows, 3)[:6] == ["赵四", "孙六", "王一", "李二", "王三", "钱五"]
    assert column(rows, 1) == [1, 2, 3, None, None, 4, "合计", "注：单人保放在表格的最上面，备注单人保"]
    assert column(rows, 4)[2:5] == ["户主", "妻", "子"]
    assert (column(rows, 16)[:6], column(rows, 17)[:6]) == (
        ["是", "否", "否", None, None, "否"],
        ["单人保", *[None] * 5],
    )


def test_annex_1_compares_the_two_months(folder: Path) -> None:
    rows = body(sheet_of(folder, NORTH, "附件1"))
    before = list(zip(column(rows, 6), column(rows, 7), strict=True))
    after = list(zip(column(rows, 14), column(rows, 15), strict=True))
    assert before[:7] == [(1, 500), (0, 0), (3, 800), (None, None), (None, None), (1, 300), (5, 1600)]
    assert after[:7] == [(1, 500), (1, 400), (3, 900), (None, None), (None, None), (0, 0), (5, 1800)]
    assert column(rows, 12)[:6] == [
        "维持",
        "增：新纳入，自2021年6月5日起",
        "增：月保障金800.00元变为900.00元",
        None,
        None,
        "停：退出，2021年6月10日",
    ]
    assert column(rows, 2)[6] == "5月3户，6月3户"


def test_annex_1_says_who_is_a_relative_of_an_official(folder: Path) -> None:
    assert column(body(sheet_of(folder, NORTH, "附件1")), 13)[:2] == ["是", "否"]
    assert column(body(sheet_of(folder, SOUTH, "附件1")), 13)[:3] == ["否", "是", "否"]


def test_a_register_fills_what_the_roll_leaves_blank_and_the_notes_say_so(folder: Path) -> None:
    wife = body(sheet_of(folder, NORTH, "附件1"))[3]
    assert wife[7:10] == [None, "肢体", "三级"]
    assert any(row[0] == "附件1" and "残联" in str(row[4]) for row in notes(folder, NORTH))


def test_grace_and_open_findings_are_said_in_annex_1(folder: Path) -> None:
    rows = body(sheet_of(folder, SOUTH, "附件1"))
    assert column(rows, 12)[1] == "维持；缓退，自2021年3月1日起"
    assert (
        column(body(sheet_of(folder, NORTH, "附件1")), 11)[0] == "残疾1人；待核线索：死亡人员仍在册、近亲属享受未备案"
    )


def test_without_the_relatives_screen_no_cell_says_no(given: dict[str, Any], run: FormsRun, tmp_path: Path) -> None:
    given["rules"][3][4] = "not_evaluated"
    written(given, run, tmp_path)
    assert column(body(sheet_of(tmp_path, NORTH, "附件1")), 13)[:6] == ["是", *[None] * 5]
    assert any("近亲属筛查未能进行" in str(row[4]) for row in notes(tmp_path, NORTH))


def test_ids_are_text_and_no_cell_of_a_register_is_a_formula(folder: Path) -> None:
    ids = set()
    for name in BOOKS.values():
        for sheet in openpyxl.load_workbook(folder / name).worksheets:
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                assert cell.data_type != "f" or sheet.title == "附件3", cell.coordinate
                if str(cell.value).startswith("320681") and len(str(cell.value)) == 18:
                    assert (cell.data_type, cell.number_format) == ("s", "@")
                    ids.add(cell.value)
    assert identity(1) in ids
    address = sheet_of(folder, NORTH, "附件1")["B7"]
    assert (address.value, address.data_type, address.quotePrefix) == ("=甲村1组", "s", True)


def test_annex_2_leaves_the_opinion_empty_and_puts_the_proposal_beside_the_form(folder: Path) -> None:
    sheet = sheet_of(folder, SOUTH, "附件2")
    row = body(sheet)[0]
    assert row[:5] == [1, "冯十", "男", identity(10), "丁村3组"]
    assert row[7] is None
    assert sheet["J6"].value == "建议：先核实，属实的停止供养（死亡人员仍在册）"
    assert sheet.print_area.endswith(f"$A$1:$H${sheet.max_row}")


def test_annex_4_merges_a_household_and_offers_two_words(folder: Path) -> None:
    sheet = sheet_of(folder, NORTH, "附件4")
    rows = body(sheet)
    assert rows[1] == [
        "2019年三季度", 2, "大重疾病医疗", "陈甲", "户主", "男", "恶性肿瘤", identity(11), "甲村9组",
        "有纸质档案，档-1；2021年1月2日签署核对授权书", "13800000000", None, None,
    ]  # fmt: skip
    assert rows[3][:9] == ["2019年三季度", None, None, "陈丙", "子", "男", None, identity(13), None]
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {f"{letter}6:{letter}8" for letter in "BCIJKLM"} <= merged
    assert not any(area.startswith(("A6", "D6", "H6")) for area in merged)
    (validation,) = sheet.data_validations.dataValidation
    assert (validation.type, validation.formula1, str(validation.sqref)) == ("list", '"维持,否定"', "M5:M8")
    assert validation.showErrorMessage
    assert column(rows, 13)[:4] == [None] * 4
    assert [sheet[f"O{row}"].value for row in (5, 6, 7)] == [
        "建议：维持",
        "建议：入户核实后再定（名下有机动车）",
        None,
    ]
    assert sheet_of(folder, SOUTH, "附件4")["O5"].value == "建议：否定（核实属实：有工资薪金申报）"


def test_annex_3_counts_annex_4_by_type(folder: Path) -> None:
    assert body(sheet_of(folder, NORTH, "附件3"))[0][:5] == ["北新镇", 2, 3, 0, 0]
    assert body(sheet_of(folder, SOUTH, "附件3"))[0][:5] == ["惠萍镇", 0, 0, 1, 0]
    book: Any = openpyxl.load_workbook(folder / "年检_320681_启东市_汇总.xlsx")
    rows = body(book["附件3"])
    assert [row[:5] for row in rows[:4]] == [
        ["北新镇", 2, 3, 0, 0],
        ["惠萍镇", 0, 0, 1, 0],
        ["近海镇", 0, 0, 0, 0],
        ["合计", 2, 3, 1, 0],
    ]
    assert all(cell is None for row in rows[:4] for cell in row[5:])


def test_annex_5_lists_monitored_households_whose_risk_remains(folder: Path) -> None:
    assert body(sheet_of(folder, NORTH, "附件5"))[:3] == [
        [1, "乙村", "沈己", None, identity(20), "因学", None],
        [2, "甲村", "王一", 3, identity(1), "因病", "产业帮扶；享受农村低保"],
        ["合计", "2户", None, 3, None, None, None],
    ]
    said = [(row[0], row[1], row[3]) for row in notes(folder, NORTH)]
    assert ("附件5", "家庭人口", 1) in said and ("附件5", "采取的帮扶措施", 1) in said


def test_without_payments_or_an_earlier_run_the_month_before_stays_empty(
    given: dict[str, Any], run: FormsRun, tmp_path: Path
) -> None:
    given["rows"]["payments"] = []
    written(given, FormsRun(run.header, run.month), tmp_path)
    rows = body(sheet_of(tmp_path, NORTH, "附件1"))
    assert column(rows, 7)[:7] == [None, 0, None, None, None, None, 0]
    assert column(rows, 6)[:3] == [1, 0, 3]
    assert column(rows, 12)[0] is None
    assert any(row[1] == "5月保障金/元" and row[3] == 3 for row in notes(tmp_path, NORTH))


def test_an_earlier_run_tells_the_month_before(given: dict[str, Any], run: FormsRun, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.duckdb"
    with duckdb.connect(config={"threads": 1}) as con:
        build(con, given)
        con.execute(f"ATTACH '{earlier}' AS kept")
        con.execute("CREATE TABLE kept.core_row AS SELECT * FROM core_row")
        con.execute("UPDATE kept.core_row SET household_amount = 950 WHERE household_id = 'N1'")
        con.execute("DELETE FROM kept.core_row WHERE household_id IN ('N4', 'N3')")
        con.execute("UPDATE kept.core_row SET household_id = 'GONE', person_key = 'x' WHERE household_id = 'S2'")
    written(given, FormsRun(run.header, run.month, "run", "nightly-0"), tmp_path / "out", earlier)
    north, south = (body(sheet_of(tmp_path / "out", place, "附件1")) for place in (NORTH, SOUTH))
    assert column(north, 12)[:3] == [
        "维持",
        "增：新纳入，自2021年6月5日起",
        "减：月保障金950.00元变为900.00元",
    ]
    assert "钱五" not in column(north, 3)
    assert "停：名册已无此户" in column(south, 12)


@pytest.mark.parametrize(
    ("change", "form", "rule"),
    [
        ({"household_id": "N2", "name": "赵二", "id_number": identity(40)}, "附件1", "单人保 户数＝人数"),
        ({"household_id": "N2", "name": "赵二", "id_number": identity(40)}, "附件7", "户数＝人数"),
        (
            {"household_id": "D9", "benefit_type": "低收入家庭", "name": "赵二", "id_number": identity(40)},
            "附件3、4",
            "附件3三类户数之和＝附件4户数",
        ),
        (
            {
                "household_id": "D9", "benefit_type": "低收入家庭", "low_income_type": "大重疾病医疗",
                "name": "赵二",
                "id_number": identity(40), "township_code": SOUTH,
            },
            "附件3",
            "大重疾病医疗人数（入系统人数）≥户数",
        ),
    ],
)  # fmt: skip
def test_a_break_is_returned_and_shown(
    change: dict[str, Any], form: str, rule: str, given: dict[str, Any], run: FormsRun, tmp_path: Path
) -> None:
    given["rows"]["benefit_roll"].append({"single_person": "是" if form in ("附件1", "附件7") else "否", **change})
    broken = {(check.form, check.rule) for check in written(given, run, tmp_path)}
    assert (form, rule) in broken
    books = [openpyxl.load_workbook(path) for path in tmp_path.glob("年检*.xlsx")]
    shown = [tuple(cell.value for cell in row) for book in books for row in book["说明"].iter_rows()]
    assert any(row[0] == form and row[2] == rule and row[5] == "不平" for row in shown)


def test_the_county_s_forms_agree(con: duckdb.DuckDBPyConnection, run: FormsRun, tmp_path: Path) -> None:
    create_form_tables(con, run.month, None)
    assert write_county_forms(con, run, PLACE, tmp_path)[1] == []


def test_equal_tables_give_equal_bytes(
    con: duckdb.DuckDBPyConnection, run: FormsRun, folder: Path, tmp_path: Path
) -> None:
    create_form_tables(con, run.month, None)
    paths, _ = write_county_forms(con, run, PLACE, tmp_path)
    assert [path.name for path in paths] == sorted(path.name for path in folder.iterdir())
    for path in paths:
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name
