"""Titles, headings and notes of every form against a literal list, slips of the notices included."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

TOWNSHIP, COUNTY = "年检_320681101_北新镇.xlsx", "年检_320681_启东市_汇总.xlsx"
INSPECTION, ROSTER = "大排查_320681_启东市.xlsx", "农村低保调整花名册_320681101_北新镇.xlsx"
PERSONS = "人数\n（入系统人数）"
LOW_INCOME_1 = ["大重疾病医疗医疗", None, "一户 多残", "依老养残"]
LOW_INCOME_2 = ["大重疾病医疗医疗", None, "一户 多残", "依老  养残"]
LOW_INCOME_3 = ["大重疾病医疗医疗", None, "一户多残", "依老养残"]
HEADINGS: dict[tuple[str, str], tuple[str, list[list[str | None]]]] = {
    (TOWNSHIP, "附件1"): (
        "启东市北新镇城乡低保动态复核情况汇总表",
        [
            [
                "序号",
                "居住地址",
                "姓名",
                "与申请人关系",
                "身份证号",
                "5月保障人口",
                "5月保障金/元",
                "重病病种",
                "残疾类别",
                "残疾等级",
                "低保家庭情况",
                "变动情况",
                "是否与经办人有近亲属关系",
                "6月保障人口",
                "6月保障金/元",
                "是否单人保",
                "备注",
            ]
        ],
    ),
    (TOWNSHIP, "附件2"): (
        "启东市北新镇特困人员复核情况汇总表",
        [
            ["序  号", "姓名", "性别", "身份证", "居住地址", "镇街（园区）复核意见", None, None],
            [None, None, None, None, None, "特困人员情况", "变动情况", "本次复核意见"],
        ],
    ),
    (TOWNSHIP, "附件3"): (
        "启东市北新镇低收入年检动态管理上报表",
        [
            [
                "区城",
                "年检总数",
                None,
                None,
                None,
                "年检否定数",
                None,
                None,
                None,
                "年检符合数",
                None,
                None,
                None,
            ],
            [None, *LOW_INCOME_1, *LOW_INCOME_2, *LOW_INCOME_3],
            [None, *["户数", PERSONS, "户数", "户数"] * 3],
        ],
    ),
    (TOWNSHIP, "附件4"): (
        "启东市北新镇低收入家庭年检明细表",
        [
            [
                "开始救助时间",
                "序号",
                "类型",
                "家庭成员",
                "与户主\n关系",
                "性别",
                "残疾类别及等级（病种）",
                "身份证号码",
                "家庭住址",
                "资料情况",
                "联系电话",
                "镇（街道、园区）复核意见",
                None,
            ],
            [*[None] * 11, "变动情况", "镇复核意见"],
        ],
    ),
    (TOWNSHIP, "附件5"): (
        "启东市北新镇脱贫检测户信息采集表",
        [["序号", "村名", "姓名", "家庭人口", "身份证号码", "返贫风险", "采取的帮扶措施"]],
    ),
    (COUNTY, "附件3"): ("启东市低收入年检动态管理上报表", [["区城", "年检总数"]]),
    (COUNTY, "附件6"): ("2021年6月启东市低保缓退数据汇总", [["序号", "区域", "户数", "人数"]]),
    (COUNTY, "附件7"): ("2021年6月启东市单人保数据汇总", [["序号", "区域", "户数", "人数"]]),
    (COUNTY, "附件8"): (
        "2018年以来退出低保后经复核重新纳入\n保障数据汇总",
        [["序号", "区域", "户数", "人数", "纳入保障类型"]],
    ),
    (INSPECTION, "附件1"): (
        "民政领域巩固拓展脱贫攻坚成果“大排查大整改大提升”排查情况统计表（样表）",
        [
            [
                "序号",
                "镇名",
                "辖区内建档立卡总数",
                None,
                "防贫监测",
                None,
                None,
                None,
                "“3+1”保障",
                *[None] * 7,
                "产业就业帮扶",
                *[None] * 4,
                "资金项目管理",
                *[None] * 3,
                "社会帮扶",
                None,
                "涉贫舆情",
                *[None] * 5,
            ],
            [
                None,
                None,
                "户数",
                "人数",
                "脱贫不稳定户",
                None,
                "边缘易致贫户",
                None,
                "义务教育",
                None,
                "基本医疗",
                "住房安全",
                "饮水安全",
                "社会保障",
                None,
                None,
                "产业帮扶",
                None,
                None,
                "就业帮扶",
                None,
                "财政扶贫项目是否规范、是否发挥效益",
                "扶贫小额信贷累计发放户数",
                "是否建立扶贫台账",
                None,
                "驻村帮扶",
                "消费扶贫",
                "是否制定方案",
                None,
                "是否成立专班",
                None,
                "发现涉贫舆情条数",
                "处置涉贫舆情条数",
            ],
        ],
    ),
    (INSPECTION, "附件2"): (
        "启东市民政领域巩固拓展脱贫攻坚成果“大排查大整改大提升”部门核查问题清单",
        [
            [
                "序号",
                "主要内容",
                "重点任务",
                "责任单位",
                "重点任务完成情况",
                "发现问题情况\n(问题表述及数量)",
                "整改措施",
                "整改成效",
                "完成时限",
            ]
        ],
    ),
    (ROSTER, "花名册"): (
        "启东市北新镇农村低保调整花名册",
        [["序号", "村（居）", "户主姓名", "身份证号", "家庭住址", "调整前"]],
    ),
}
NOTES = {
    (TOWNSHIP, "附件1"): "注：单人保放在表格的最上面，备注单人保",
    (
        TOWNSHIP,
        "附件3",
    ): "注意：由于大重疾病医疗类别中有些家庭不止1人生病录入系统，所以此项目统计户数和人数两项。",
    (
        TOWNSHIP,
        "附件4",
    ): "注：1、救助时间填写年份季度 2、镇（街道、园区）复核意见填写维持或否定（不得更改）。",
    (
        INSPECTION,
        "附件2",
    ): "填表说明：“重点任务完成情况”一栏请对照本部门重点任务工作标准，逐项说明工作完成情况。",
}
MERGED = {
    (TOWNSHIP, "附件2"): {"A4:A5", "F4:H4"},
    (TOWNSHIP, "附件3"): {"A3:A5", "B3:E3", "F3:I3", "J3:M3", "B4:C4", "F4:G4", "J4:K4"},
    (TOWNSHIP, "附件4"): {"A3:A4", "L3:M3"},
}


def heading_row(sheet: Any) -> int:
    """The first row of the headings: where the rows repeated on each page begin."""
    return int(sheet.print_title_rows.split(":")[0].strip("$"))


@pytest.mark.parametrize(("book", "name"), HEADINGS)
def test_title_and_headings_are_the_notices(folder: Path, book: str, name: str) -> None:
    sheet: Any = openpyxl.load_workbook(folder / book)[name]
    title, headings = HEADINGS[book, name]
    top = heading_row(sheet)
    assert title in [row[0].value for row in sheet.iter_rows(min_row=1, max_row=top - 1)]
    for row, wanted in enumerate(headings, start=top):
        assert [sheet.cell(row, column).value for column in range(1, len(wanted) + 1)] == wanted


@pytest.mark.parametrize(("book", "name"), NOTES)
def test_note_below_the_form(folder: Path, book: str, name: str) -> None:
    sheet: Any = openpyxl.load_workbook(folder / book)[name]
    assert NOTES[book, name] in [row[0].value for row in sheet.iter_rows()]


@pytest.mark.parametrize(("book", "name"), MERGED)
def test_headings_of_several_levels_are_merged(folder: Path, book: str, name: str) -> None:
    sheet: Any = openpyxl.load_workbook(folder / book)[name]
    assert MERGED[book, name] <= {str(area) for area in sheet.merged_cells.ranges}


def test_what_the_notice_leaves_open_is_marked(folder: Path) -> None:
    for book, name in ((INSPECTION, "附件1"), (ROSTER, "花名册")):
        sheet: Any = openpyxl.load_workbook(folder / book)[name]
        assert any(str(row[0].value).startswith("待确认") for row in sheet.iter_rows()), name


def test_every_township_has_its_line(folder: Path) -> None:
    book: Any = openpyxl.load_workbook(folder / COUNTY)
    for name, column in (("附件3", 1), ("附件6", 2), ("附件7", 2), ("附件8", 2)):
        cells = [row[column - 1].value for row in book[name].iter_rows()]
        assert [cell for cell in cells if cell in ("北新镇", "惠萍镇", "近海镇")] == [
            "北新镇",
            "惠萍镇",
            "近海镇",
        ], name
