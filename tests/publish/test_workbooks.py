"""What the two workbooks promise the officers who fill them in and the importer who reads them back."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from tests.publish.conftest import write_county_workbook, write_township_workbook
from transforms.publish.workbooks import (
    FILL_IN_HEADINGS,
    HIDDEN_KEYS,
    LEADS_SHEET,
    OUTCOMES,
    RunHeader,
    county_file_name,
    township_file_name,
)

MAIN, OTHER, EMPTY, COUNTY = "320681100", "320681101", "320681102", "320681"
HEADING_ROW = 2
Con = duckdb.DuckDBPyConnection
# openpyxl's cells are unions of a dozen types: tests that look into them go without.
Worksheet = Any


def headings(sheet: Worksheet) -> dict[str, int]:
    """Column number by heading, without line breaks."""
    return {str(c.value).replace("\n", ""): c.column for c in sheet[HEADING_ROW] if c.value}


def column(sheet: Worksheet, heading: str) -> list[Any]:
    """The values below a heading of the lead sheets."""
    number = headings(sheet)[heading]
    return [sheet.cell(row, number).value for row in range(HEADING_ROW + 1, sheet.max_row + 1)]


def leads(con: Con, code: str, run: RunHeader, folder: Path) -> Worksheet:
    """The 疑点线索 sheet of a township's workbook."""
    return openpyxl.load_workbook(write_township_workbook(con, code, folder / f"{code}.xlsx", run))[LEADS_SHEET]


def texts(sheet: Worksheet) -> list[str]:
    """Every text of a sheet."""
    return [c.value for row in sheet.iter_rows() for c in row if isinstance(c.value, str)]


def rows_of(sheet: Worksheet) -> list[tuple[Any, ...]]:
    """Every row of a sheet as its values that are not empty."""
    rows = (tuple(v for v in row if v is not None) for row in sheet.iter_rows(values_only=True))
    return [row for row in rows if row]


STARTS = ("=1+1", "=cmd|'/C calc'!A0", "+86 513", "-2+3", "@SUM(1)", "\t=2+2", "\r=3+3", "=", "+", "-", "@")
PLANTED = {
    "out_finding": (
        "name",
        "village",
        "head_name",
        "explanation",
        "benefit_type",
        "id_number",
        "household_id",
        "rule_title",
    ),
    "run_input": ("file", "reason", "title"),
    "run_rule": ("title", "reason", "review_steps"),
    "run_parameter": ("value", "source"),
    "recon_ledgers": ("benefit_type", "reason"),
    "core_township": ("township_name",),
}


def plant_formulas(con: Con) -> set[str]:
    """Put every dangerous start into many columns; return the texts as a cell may hold them."""
    number = 0
    for table, names in PLANTED.items():
        for name in names:
            con.execute(f"UPDATE {table} SET {name} = ?", [STARTS[number % len(STARTS)]])
            number += 1
    con.execute("UPDATE out_finding SET contradictions = [?]", [STARTS[2]])
    return {start.lstrip("\t\r") for start in STARTS}


def test_no_text_becomes_a_formula(con: Con, run: RunHeader, tmp_path: Path) -> None:
    planted, found = plant_formulas(con), set()
    for path in (
        write_township_workbook(con, MAIN, tmp_path / "t.xlsx", run),
        write_county_workbook(con, COUNTY, tmp_path / "c.xlsx", run),
    ):
        with zipfile.ZipFile(path) as archive:
            sheets = [archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/worksheets/")]
        assert not any("<f>" in sheet or "<f " in sheet or 't="e"' in sheet for sheet in sheets)
        book: Any = openpyxl.load_workbook(path)
        for sheet in book.worksheets:
            for cell in (c for row in sheet.iter_rows() for c in row if isinstance(c.value, str)):
                assert cell.data_type == "s"
                if cell.value.startswith(("=", "+", "-", "@")):
                    assert cell.quotePrefix, cell.coordinate
                    found.add(cell.value)
    assert found >= planted


def test_control_characters_are_stripped(con: Con, run: RunHeader, tmp_path: Path) -> None:
    con.execute("UPDATE out_finding SET name = ?", ["张\x0b三\x01\x7f\ufffe"])
    assert set(column(leads(con, MAIN, run, tmp_path), "姓名")) == {"张三"}


def test_numbers_that_identify_are_text(con: Con, run: RunHeader, tmp_path: Path) -> None:
    sheet = leads(con, MAIN, run, tmp_path)
    for heading in ("身份证号", "户编号"):
        number = headings(sheet)[heading]
        cells = [sheet.cell(row, number) for row in range(HEADING_ROW + 1, sheet.max_row + 1)]
        assert {cell.number_format for cell in cells} == {"@"}
        assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert "320621194203140619" in column(sheet, "身份证号")
    assert "3.20681E+17" in column(sheet, "身份证号")


def test_outcomes_are_chosen_from_a_list_on_every_row(con: Con, run: RunHeader, tmp_path: Path) -> None:
    sheet = leads(con, MAIN, run, tmp_path)
    at = headings(sheet)
    lists = [v for v in sheet.data_validations.dataValidation if v.type == "list"]
    days = [v for v in sheet.data_validations.dataValidation if v.type == "date"]
    assert [v.formula1 for v in lists] == ['"属实,不属实,属实但豁免,待查"']
    assert OUTCOMES == ("属实", "不属实", "属实但豁免", "待查")
    for row in range(HEADING_ROW + 1, sheet.max_row + 1):
        assert sheet.cell(row, at["核查结果"]).coordinate in lists[0].sqref
        assert sheet.cell(row, at["核查日期"]).coordinate in days[0].sqref
        assert sheet.cell(row, at["完成时限"]).coordinate in days[0].sqref


def test_keys_are_hidden_and_locked_and_only_the_fill_in_columns_are_open(
    con: Con, run: RunHeader, tmp_path: Path
) -> None:
    sheet = leads(con, MAIN, run, tmp_path)
    at = headings(sheet)
    assert list(at)[-len(HIDDEN_KEYS) :] == list(HIDDEN_KEYS)
    assert sheet.protection.sheet and not sheet.protection.password
    assert not sheet.protection.autoFilter, "filtering is allowed"
    for key in HIDDEN_KEYS:
        letter = sheet.cell(HEADING_ROW, at[key]).column_letter
        assert sheet.column_dimensions[letter].hidden
    for row in range(HEADING_ROW + 1, sheet.max_row + 1):
        unlocked = {h for h, number in at.items() if not sheet.cell(row, number).protection.locked}
        assert unlocked == set(FILL_IN_HEADINGS)
    assert set(column(sheet, "run_id")) == {run.run_id}
    assert set(column(sheet, "township_code")) == {MAIN}
    stored = con.execute("SELECT finding_id, evidence_hash FROM out_finding WHERE state <> 'decided'").fetchall()
    assert sorted(zip(column(sheet, "finding_id"), column(sheet, "evidence_hash"), strict=True)) == sorted(stored)


def test_households_stay_together_gravest_first(con: Con, run: RunHeader, tmp_path: Path) -> None:
    sheet = leads(con, MAIN, run, tmp_path)
    households, severities = column(sheet, "户编号"), column(sheet, "级别")
    seen = [h for n, h in enumerate(households) if h and (n == 0 or households[n - 1] != h)]
    assert len(seen) == len(set(seen))
    gravest: dict[int, str] = {}
    for n, household in enumerate(households):
        start = n if household is None or n == 0 or households[n - 1] != household else max(gravest)
        gravest.setdefault(start, severities[n])
        assert "高中低".index(severities[n]) >= "高中低".index(gravest[start])
    assert list(gravest.values()) == sorted(gravest.values(), key="高中低".index)
    assert column(sheet, "序号") == list(range(1, len(households) + 1))


def test_a_lead_of_another_township_is_shown_and_marked(con: Con, run: RunHeader, tmp_path: Path) -> None:
    main, other = leads(con, MAIN, run, tmp_path), leads(con, OTHER, run, tmp_path)
    assert (
        dict(zip(column(main, "疑点类型"), column(main, "村（居）"), strict=True))["近亲属享受未备案"]
        == "【涉及本镇】南阳镇启隆村"
    )
    assert dict(zip(column(other, "疑点类型"), column(other, "村（居）"), strict=True)) == {
        "一个账户收多户资金": "【涉及本镇】汇龙镇丰联村",
        "近亲属享受未备案": "启隆村",
    }
    assert set(column(other, "township_code")) == {OTHER}, "the list is returned by who filled it in"


def test_also_townships_may_be_text(con: Con, run: RunHeader, tmp_path: Path) -> None:
    con.execute("ALTER TABLE out_finding ALTER also_townships TYPE VARCHAR USING array_to_string(also_townships, ' ')")
    con.execute("UPDATE out_finding SET also_townships = '3206811011' WHERE rule_id = 'pay_late'")
    assert set(column(leads(con, OTHER, run, tmp_path), "疑点类型")) == {
        "一个账户收多户资金",
        "近亲属享受未备案",
    }


def test_decided_findings_are_listed_apart(con: Con, run: RunHeader, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_township_workbook(con, MAIN, tmp_path / "t.xlsx", run))
    assert "家庭收入超标" not in column(book[LEADS_SHEET], "疑点类型")
    assert column(book["已核结"], "疑点类型") == ["家庭收入超标"]
    assert "核查结果" not in headings(book["已核结"])


def test_a_township_without_leads_is_told_so(con: Con, run: RunHeader, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_township_workbook(con, EMPTY, tmp_path / "t.xlsx", run))
    assert "本次核对没有发现与本镇（街道）有关的疑点线索。" in texts(book[LEADS_SHEET])
    assert "本次核对没有发现疑点线索。" in texts(book["封面"])
    assert not book[LEADS_SHEET].data_validations.dataValidation


def test_an_unknown_township_is_refused(con: Con, run: RunHeader, tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="999999999"):
        write_township_workbook(con, "999999999", tmp_path / "t.xlsx", run)
    with pytest.raises(LookupError, match="999999"):
        write_county_workbook(con, "999999", tmp_path / "c.xlsx", run)


def test_cover_says_what_was_not_compared_and_which_values_are_to_be_confirmed(
    con: Con, run: RunHeader, tmp_path: Path
) -> None:
    cover = rows_of(openpyxl.load_workbook(write_township_workbook(con, MAIN, tmp_path / "t.xlsx", run))["封面"])
    assert ("金融资产超标", "未核对", "缺金融资产核对结果（文件已拒收：没有“身份证号”列）") in cover
    assert ("家庭收入超标", "部分核对", "未使用个人所得税申报信息（未收到）") in cover
    assert any(row[:2] == ("金融资产核对结果", "已拒收") and "金融资产核对_1.xlsx" in row[2] for row in cover)
    assert any(row[:2] == ("社会救助对象花名册", "部分隔离") and "6行" in row[2] for row in cover)
    # 320681 has a value of its own; 3207 is another city.
    assert [row[1:5] for row in cover if row[0] == "农村低保标准"] == [("710", "元/人·月", "2020-07-01", "待确认")]
    assert [row[1:5] for row in cover if row[0] == "每月发放截止日"] == [("10", "日（每月）", "2015-01-01", "已确认")]
    assert ("核对基准日", "2021年6月30日") in cover and ("批次号", run.run_id) in cover


def test_a_rerun_says_that_it_replaces_nothing(con: Con, run: RunHeader, tmp_path: Path) -> None:
    rerun = RunHeader("r2", run.as_of, "rerun", "complete")
    cover = openpyxl.load_workbook(write_township_workbook(con, MAIN, tmp_path / "t.xlsx", rerun))["封面"]
    assert ("批次号", "r2（复查试算，不代替已下发的名单）") in rows_of(cover)


def test_evidence_names_the_row_and_says_shared_values_once(con: Con, run: RunHeader, tmp_path: Path) -> None:
    sheet = leads(con, MAIN, run, tmp_path)
    evidence = dict(zip(column(sheet, "疑点类型"), column(sheet, "依据（数据、文件、行号）"), strict=True))
    assert evidence["死亡人员仍在册"].splitlines() == [
        "【社会救助对象花名册】城乡低保花名册.xlsx（农村低保）第17行：状态 在享；开始救助时间 2016-01-01；月保障金 710",
        "【死亡人员信息】卫健死亡信息.xlsx（2021年）第112行：死亡日期 2021-03-05；来源 卫健",
        "【殡葬火化信息】殡仪馆火化登记.xls（Sheet1）第203行：火化日期 2021-03-07",
    ]
    paid = evidence["死亡后仍发放"].splitlines()
    assert paid[1] == "【救助资金发放台账】发放台账_上半年.csv：打卡名目 农村低保金；实发金额 710；发放结果 成功"
    assert paid[2] == "第4000行：发放月份 2021-04；银行账号 6228480402123456000"
    shown = sum(1 for line in paid if line.startswith("第")) + 1
    assert paid[-1] == f"……其余{15 - shown}条依据见核对系统中该线索的明细。"


def test_the_tallest_row_can_be_shown(con: Con, run: RunHeader, tmp_path: Path) -> None:
    item = '{"dataset":"payments","file":"payments/a.csv","row":7,"values":{"item":"一二三四五六七八九十"}}'
    con.execute("UPDATE out_finding SET evidence = ?", [f"[{','.join([item] * 300)}]"])
    sheet = leads(con, MAIN, run, tmp_path)
    assert all(d.height <= 409 for d in sheet.row_dimensions.values() if d.height)
    assert all(text.endswith("条依据见核对系统中该线索的明细。") for text in column(sheet, "依据（数据、文件、行号）"))


def test_tier_confidence_and_contradictions_are_in_words(con: Con, run: RunHeader, tmp_path: Path) -> None:
    sheet = leads(con, MAIN, run, tmp_path)
    row = column(sheet, "疑点类型").index("殡葬名单疑似相符")
    assert column(sheet, "匹配方式")[row] == "姓名、出生日期和住址相符（可信度0.72）"
    assert column(sheet, "矛盾之处")[row] == "两人同样相符\n入户核查日期2021年5月20日晚于死亡日期"
    assert set(column(sheet, "状态")) == {"新增", "延续", "证据有变", "重新打开"}


def test_the_same_tables_give_the_same_bytes(con: Con, run: RunHeader, tmp_path: Path) -> None:
    first = (
        write_township_workbook(con, MAIN, tmp_path / "a.xlsx", run),
        write_county_workbook(con, COUNTY, tmp_path / "b.xlsx", run),
    )
    con.execute("CREATE TABLE turned AS SELECT * FROM out_finding ORDER BY finding_id DESC; DROP TABLE out_finding")
    con.execute("ALTER TABLE turned RENAME TO out_finding")
    second = (
        write_township_workbook(con, MAIN, tmp_path / "c.xlsx", run),
        write_county_workbook(con, COUNTY, tmp_path / "d.xlsx", run),
    )
    for before, after in zip(first, second, strict=True):
        assert before.read_bytes() == after.read_bytes()


def test_properties_name_nobody_and_carry_the_check_date(con: Con, run: RunHeader, tmp_path: Path) -> None:
    properties = openpyxl.load_workbook(write_township_workbook(con, MAIN, tmp_path / "t.xlsx", run)).properties
    assert (properties.creator, properties.lastModifiedBy) == ("hedui", None)
    assert properties.created == properties.modified == dt.datetime(2021, 6, 30)


def test_reconciliation_marks_differences_and_skips_absent_tables(con: Con, run: RunHeader, tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(write_township_workbook(con, MAIN, tmp_path / "t.xlsx", run))["对账"]
    rows = rows_of(sheet)
    assert (
        "农村低保",
        310,
        402,
        220100,
        309,
        401,
        219390,
        310,
        402,
        220100,
        -710,
        0,
        "有差异",
        "1户不一致",
    ) in rows
    assert ("特困供养", 40, 40, 56800, 40, 40, 56800, 40, 40, 56800, 0, 0, "一致") in rows
    listed = [row for row in rows if row and str(row[0]).startswith("3206811")]
    assert [row[0] for row in listed] == ["320681100001001"], "only households that differ"
    assert ("未按规定日期发放", "低", "320681100009001", "320681100009001|2021-03", "源头已更正") in rows
    for table in ("ledgers", "movement", "outcomes", "suspects_by_rule", "intake", "changes"):
        con.execute(f"DROP TABLE recon_{table}")
    bare = openpyxl.load_workbook(write_township_workbook(con, MAIN, tmp_path / "t.xlsx", run))["对账"]
    assert "本次核对没有可列的对账数据。" in texts(bare)


def test_county_totals_foot(con: Con, run: RunHeader, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_county_workbook(con, COUNTY, tmp_path / "c.xlsx", run))
    assert book.sheetnames == ["封面", "各镇汇总", "规则汇总", "核查实测", "对账", "文件接收", "未评估"]
    rows = {row[0]: row for row in rows_of(book["各镇汇总"]) if len(row) == 11 and row[0] != "镇（街道）"}
    assert list(rows) == ["汇龙镇", "南阳镇", "北新镇", "合计"]
    assert rows["汇龙镇"][1:5] == (3, 4, 2, 9)
    for place in range(1, 11):
        assert rows["合计"][place] == sum(rows[t][place] for t in ("汇龙镇", "南阳镇", "北新镇"))
    matrix = {
        row[0]: row[1:] for row in rows_of(book["各镇汇总"]) if row and row[0] in ("近亲属享受未备案", "死亡后仍发放")
    }
    assert matrix == {"近亲属享受未备案": (1, 1), "死亡后仍发放": (1, 1)}


def test_county_does_not_count_what_was_not_compared_as_zero(con: Con, run: RunHeader, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_county_workbook(con, COUNTY, tmp_path / "c.xlsx", run))
    deposit = next(row for row in rows_of(book["规则汇总"]) if row and row[0] == "金融资产超标")
    assert deposit[:4] == ("金融资产超标", "财产", "中", "未核对")
    assert not any(isinstance(value, int) for value in deposit)
    assert any(row[:2] == ("金融资产超标", "未核对") for row in rows_of(book["未评估"]))
    assert ("社会救助对象花名册", "城乡低保花名册.xlsx", 12, "重复行") in rows_of(book["文件接收"])


def test_findings_of_no_township_have_a_workbook_and_a_line(con: Con, run: RunHeader, tmp_path: Path) -> None:
    con.execute("UPDATE out_finding SET township_code = '000000000' WHERE rule_id = 'pay_late'")
    assert column(leads(con, "000000000", run, tmp_path), "疑点类型") == ["未按规定日期发放"]
    county = openpyxl.load_workbook(write_county_workbook(con, COUNTY, tmp_path / "c.xlsx", run))["各镇汇总"]
    assert any(row and row[0] == "未定" for row in rows_of(county))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("汇龙镇", "320681100_汇龙镇_疑点线索.xlsx"),
        ("../汇龙/镇\\:*?", "320681100_汇龙镇_疑点线索.xlsx"),
        ("", "320681100_未定_疑点线索.xlsx"),
        ("镇" * 200, f"320681100_{'镇' * 40}_疑点线索.xlsx"),
        ("汇\u202e龙\n镇. ", "320681100_汇龙镇_疑点线索.xlsx"),
    ],
)
def test_file_names_are_safe(name: str, expected: str) -> None:
    assert township_file_name("320681100", name) == expected
    assert county_file_name("320681") == "320681_汇总.xlsx"
