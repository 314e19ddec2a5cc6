"""The list of a township's spot check: how it was drawn, what it covers, and whom to visit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from openpyxl.worksheet.datavalidation import DataValidation

from transforms.publish.workbooks import RunHeader, township_file_name
from transforms.publish.workbooks.labels import chinese_date
from transforms.publish.workbooks.sheet import Book, Content, Marked, Sheet, TableColumn, protect
from transforms.publish.workbooks.styles import CENTRED, COUNT, FIGURE_TEXT, NOTE, RATE, STRONG, TEXT
from transforms.sampling.draw import (
    CHECKED_TYPES_NOTE,
    EXTRA,
    FULL,
    RANDOM,
    VILLAGE,
    SampleRequest,
    TownshipSample,
)

COVER_SHEET, LIST_SHEET = "抽查说明", "抽查名单"
COVER_WIDTHS = (22, 12, 14, 12, 12, 14, 14, 30)
LIST_WIDTHS = (5, 11, 13, 9, 13, 11, 6, 22, 12, 9, 9, 22, 9, 12)
RESULTS = ("符合", "不符合", "待查")
METHOD = {
    RANDOM: "按救助类型分别随机抽取，各村按户数均衡分布",
    VILLAGE: "按村随机抽取，抽到的村（居）整村核查，直到各救助类型都达到比例",
    FULL: "代码表中标明整村必查的村（居）全部核查，不占抽查比例",
    EXTRA: "从没有疑点线索、也未被抽到的户中另行随机抽取，用来估计漏查情况",
}


def sample_file_name(township_code: str, township_name: str) -> str:
    """File name of a township's list."""
    return township_file_name(township_code, township_name).replace("疑点线索", LIST_SHEET)


def write_sample_workbook(sample: TownshipSample, request: SampleRequest, path: Path, run: RunHeader) -> Path:
    """Write a township's list to `path` and return the path. Equal draws give equal bytes.

    The list does not say which households the rules flagged: who visits is to judge for himself.
    """
    book = Book(run, f"{sample.county_name}{sample.township_name}社会救助随机抽查")
    _write_cover(book, sample, request)
    _write_list(book, sample)
    for worksheet in book.workbook.worksheets:
        protect(worksheet)
    return book.save(path)


def _write_cover(book: Book, sample: TownshipSample, request: SampleRequest) -> None:
    sheet = book.sheet(COVER_SHEET, COVER_WIDTHS)
    sheet.title("社会救助随机抽查说明")
    methods = [FULL] if any(method == FULL for _, method, _ in sample.villages) else []
    methods += [VILLAGE if request.whole_village else RANDOM] + ([EXTRA] if request.include_unflagged else [])
    facts = [
        ("范围", f"{sample.county_name} {sample.township_name}（{sample.township_code}）"),
        ("核对基准日", chinese_date(book.run.as_of)),
        ("批次号", book.run.run_id),
        ("抽查比例", f"每类救助对象的{sample.fraction:.2%}（户数向上取整）"),
        ("随机种子", str(request.seed)),
        *((f"方法：{method}", METHOD[method]) for method in methods),
        (
            "怎样复现",
            "用同一批次、同一随机种子和同样的选项重新抽取，得到的名单完全相同；与花名册各行的先后无关",
        ),
        ("本镇抽查", f"{len(sample.households)}户"),
    ]
    sheet.table([TableColumn("项目", STRONG), TableColumn("内容", TEXT, span=7)], facts)
    _write_coverage(sheet, sample)
    sheet.section("整村核查的村（居）")
    sheet.table(
        [TableColumn("村（居）", STRONG), TableColumn("方式", CENTRED), TableColumn("户数", COUNT)],
        [
            (village or "全部村（居）", method, count if count else Marked(0, "differs"))
            for village, method, count in sample.villages
        ],
    )
    if any(not count for _, _, count in sample.villages):
        sheet.line("户数为0的村（居）在花名册中没有在享户，请核对代码表与花名册的村（居）名称是否一致。")


def _write_coverage(sheet: Sheet, sample: TownshipSample) -> None:
    sheet.section("各救助类型覆盖情况")
    columns = [
        TableColumn("救助类型", STRONG),
        TableColumn("在享户数", COUNT),
        TableColumn("其中整村必查", COUNT),
        TableColumn("抽查户数", COUNT),
        TableColumn("抽查比例", RATE),
        TableColumn("无疑点线索户", COUNT),
        TableColumn("其中抽查", COUNT),
        TableColumn("是否达到比例", CENTRED),
    ]
    rows: list[tuple[Content, ...]] = [
        (
            c.benefit_type,
            c.households,
            c.in_full_villages,
            c.drawn,
            c.share,
            c.clean,
            c.clean_drawn,
            "达到" if c.share >= sample.fraction else Marked("未达到", "differs"),
        )
        for c in sample.coverage
    ]
    sheet.table(columns, rows)
    sheet.line(CHECKED_TYPES_NOTE)


def _write_list(book: Book, sample: TownshipSample) -> None:
    sheet = book.sheet(LIST_SHEET, LIST_WIDTHS)
    sheet.title(f"{sample.county_name}{sample.township_name}抽查名单（共{len(sample.households)}户）")
    fill_in = replace(TEXT, fill="fill_in", locked=False)
    columns = [
        TableColumn("序号", COUNT),
        TableColumn("村（居）"),
        TableColumn("户编号", FIGURE_TEXT),
        TableColumn("户主", STRONG),
        TableColumn("户主身份证号", FIGURE_TEXT),
        TableColumn("救助类型"),
        TableColumn("人数", COUNT),
        TableColumn("家庭住址"),
        TableColumn("联系电话", FIGURE_TEXT),
        TableColumn("抽取方式", CENTRED),
        *(TableColumn(heading, fill_in) for heading in ("核查结果", "发现的问题", "核查人", "核查日期")),
    ]
    rows = [
        (
            number,
            h["village"],
            h["household_id"],
            h["head_name"],
            h["head_id_number"],
            h["benefit_types"],
            h["head_count"],
            h["address"],
            h["phone"],
            h["method"],
            None,
            None,
            None,
            None,
        )
        for number, h in enumerate(sample.households, start=1)
    ]
    heading = sheet.table(columns, rows, empty="没有抽到的户。")
    sheet.worksheet.freeze_panes = f"E{heading + 1}"
    sheet.worksheet.print_title_rows = f"{heading}:{heading}"
    if rows:
        choice = DataValidation(type="list", formula1=f'"{",".join(RESULTS)}"', allow_blank=True, showErrorMessage=True)
        choice.add(f"K{heading + 1}:K{heading + len(rows)}")
        sheet.worksheet.add_data_validation(choice)
    sheet.line(f"随机种子见“{COVER_SHEET}”。本表含个人信息，仅供核查使用，不得外传。", NOTE)
