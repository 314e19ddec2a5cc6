"""The 核查实测 sheet: how often the rules' leads were confirmed, and what the spot checks found beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from transforms.decisions.precision import precision
from transforms.publish.workbooks.labels import match_label
from transforms.publish.workbooks.reviews import MeasuredLine, SpotCheck, measured_lines, spot_checks
from transforms.publish.workbooks.sheet import Book, Content, Sheet, TableColumn
from transforms.publish.workbooks.styles import CENTRED, COUNT, RATE, STRONG

SHEET = "核查实测"
WIDTHS = (26, 22, 16, 11, 11, 12, 20, 11, 11, 12, 20, 12, 14, 14)
PRECISION_NOTE = "按报回的核查结果实测：属实含属实但豁免，待查不计；区间为95%威尔逊区间，条数少时很宽。匹配方式空白的，线索不依赖人员匹配。"
MISSES_NOTE = (
    "随机抽查：按比例随机抽取和抽到的整村（整村必查的村不是随机抽到的，另列）。漏查：抽取时系统没有任何疑点、入户却查出问题的户，"
    "含另行补充抽取的无疑点户。一户享受几类救助的，在各类中都计入，合计只计一次。整村抽取时同村各户情况相近，实际区间比表中更宽。"
)
NO_CHECKS = "还没有报回的抽查结果，无从估计漏查。"


def write_measured(
    book: Book, con: duckdb.DuckDBPyConnection, county_code: str, rules: Mapping[str, str], townships: Mapping[str, str]
) -> None:
    """One sheet for a county. `rules` and `townships`: names by id and code."""
    sheet = book.sheet(SHEET, WIDTHS)
    sheet.title("核查结果实测")
    sheet.section("随机抽查与漏查估计")
    _write_spot_checks(sheet, spot_checks(con, county_code), townships)
    sheet.line(MISSES_NOTE)
    sheet.section("线索属实率（规则 × 匹配方式 × 镇）")
    sheet.line(PRECISION_NOTE)
    _write_precision(sheet, measured_lines(con, county_code), rules, townships)


def _write_precision(
    sheet: Sheet, lines: Sequence[MeasuredLine], rules: Mapping[str, str], townships: Mapping[str, str]
) -> None:
    columns = [
        TableColumn("疑点类型", STRONG),
        TableColumn("匹配方式"),
        TableColumn("镇（街道）"),
        TableColumn("已核查", COUNT),
        TableColumn("属实", COUNT),
        TableColumn("属实率", RATE),
        TableColumn("95%区间", CENTRED),
    ]
    rows = [
        (
            rules.get(x.rule_id, x.rule_id),
            match_label(x.match_tier or None, None),
            townships.get(x.township_code, x.township_code),
            *_counted(x.measured.confirmed, x.measured.reviewed),
        )
        for x in lines
    ]
    sheet.table(columns, rows, empty="还没有报回的核查结果。")


def _write_spot_checks(sheet: Sheet, checks: Sequence[SpotCheck], townships: Mapping[str, str]) -> None:
    columns = [
        TableColumn("区域", STRONG),
        TableColumn("救助类型"),
        TableColumn("抽到户数", COUNT),
        TableColumn("随机抽查\n已核查", COUNT),
        TableColumn("发现问题", COUNT),
        TableColumn("问题率", RATE),
        TableColumn("95%区间", CENTRED),
        TableColumn("无疑点户\n已核查", COUNT),
        TableColumn("漏查户", COUNT),
        TableColumn("漏查率", RATE),
        TableColumn("95%区间", CENTRED),
        TableColumn("其中\n应退未退", COUNT),
        TableColumn("有疑点户\n问题/核查", CENTRED),
        TableColumn("整村必查\n问题/核查", CENTRED),
    ]
    rows = [
        (
            townships.get(x.township_code or "", x.township_code or "全县"),
            x.benefit_type or "合计",
            x.drawn,
            *_counted(x.problems, x.reviewed),
            *_counted(x.misses, x.clean_reviewed),
            x.misses_to_end,
            f"{x.flagged_problems}/{x.flagged_reviewed}",
            f"{x.whole_problems}/{x.whole_reviewed}",
        )
        for x in checks
    ]
    sheet.table(columns, rows, empty=NO_CHECKS)


def _counted(found: int, reviewed: int) -> tuple[Content, ...]:
    """Reviewed, found, share and interval; the last two empty where nothing was reviewed."""
    if not reviewed:
        return (reviewed, found, None, None)
    measured = precision(found, reviewed)
    return (reviewed, found, found / reviewed, f"{measured.low:.1%}～{measured.high:.1%}")
