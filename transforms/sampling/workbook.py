"""The list of a township's spot check: how it was drawn, what it covers, whom to visit, and what the visits found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from transforms.decisions.models import RESULTS
from transforms.publish.workbooks import HIDDEN_KEYS, RunHeader, township_file_name
from transforms.publish.workbooks.labels import chinese_date
from transforms.publish.workbooks.sheet import Book, Content, Marked, Sheet, TableColumn, protect
from transforms.publish.workbooks.styles import (
    CENTRED,
    COUNT,
    FIGURE_TEXT,
    FILL_IN_HEAD,
    HEAD,
    NOTE,
    RATE,
    STRONG,
    TEXT,
    Look,
    varied,
)
from transforms.sampling.draw import (
    CHECKED_TYPES_NOTE,
    EXTRA,
    FULL,
    RANDOM,
    VILLAGE,
    SampleRequest,
    TownshipSample,
)
from transforms.sampling.issue import draw_number, visit

COVER_SHEET, LIST_SHEET = "抽查说明", "抽查名单"
COVER_WIDTHS = (22, 12, 14, 12, 12, 14, 14, 30)
DRAW_KEY = "draw_id"
#: Hidden, locked columns; finding_id is the number of the visit.
VISIT_KEYS = (*HIDDEN_KEYS, DRAW_KEY)
PROBLEM_KINDS = ("应退未退", "应降未降", "应升未升", "人员信息有误", "手续材料不全", "其他")
FIGURES_CENTRED = replace(FIGURE_TEXT, align="center", number="yyyy-mm-dd")
#: Heading, width, look, and what it shows of a household.
SHOWN: tuple[tuple[str, float, Look, Callable[[Mapping[str, Any]], Any]], ...] = (
    ("村（居）", 11, TEXT, lambda h: h["village"]),
    ("户编号", 19, FIGURE_TEXT, lambda h: h["household_id"]),
    ("户主", 9, STRONG, lambda h: h["head_name"]),
    ("户主身份证号", 21, FIGURE_TEXT, lambda h: h["head_id_number"]),
    ("救助类型", 11, TEXT, lambda h: h["benefit_types"]),
    ("人数", 6, COUNT, lambda h: h["head_count"]),
    ("家庭住址", 22, TEXT, lambda h: h["address"]),
    ("联系电话", 13, FIGURE_TEXT, lambda h: h["phone"]),
    ("抽取方式", 9, CENTRED, lambda h: h["method"]),
)
FILL_IN = (
    ("核查结果", 9, CENTRED),
    ("问题类别", 11, CENTRED),
    ("发现的问题", 24, TEXT),
    ("核查人", 9, TEXT),
    ("核查日期", 12, FIGURES_CENTRED),
)
FILL_IN_HEADINGS = tuple(heading for heading, _, _ in FILL_IN)
HOW_TO_FILL_IN = (
    "一、逐户入户核查，在“抽查名单”表的浅绿色各列填写。“核查结果”选符合、不符合或待查：符合，是指在享类型、金额、人员与实际相符；选“不符合”的，在“问题类别”中选一类，并写明“发现的问题”。",
    "二、本表不标出系统已发现疑点的户，请按实际情况独立判断。无疑点户中查出的问题即为漏查，用来估计系统核对的漏查率。",
    "三、其他单元格已锁定，请不要插入、删除行列，也不要改动工作表名称；填好后原样报回县级民政部门。",
)
METHOD = {
    RANDOM: "按救助类型分别随机抽取，各村按户数均衡分布",
    VILLAGE: "按村随机抽取，抽到的村（居）整村核查，直到各救助类型都达到比例",
    FULL: "代码表中标明整村必查的村（居）全部核查，不占抽查比例",
    EXTRA: "从没有疑点线索、也未被抽到的户中另行随机抽取，用来估计漏查情况",
}


def sample_file_name(township_code: str, township_name: str) -> str:
    """File name of a township's list."""
    return township_file_name(township_code, township_name).replace("疑点线索", LIST_SHEET)


def write_sample_workbook(
    sample: TownshipSample, request: SampleRequest, path: Path, run: RunHeader, past: str = ""
) -> Path:
    """Write a township's list to `path` and return the path. Equal draws give equal bytes. `past`: what earlier
    spot checks found there.

    The list does not say which households the rules flagged: who visits is to judge for himself.
    """
    book = Book(run, f"{sample.county_name}{sample.township_name}社会救助随机抽查")
    _write_cover(book, sample, request, past)
    _write_list(book, sample, draw_number(request, run.run_id))
    for worksheet in book.workbook.worksheets:
        protect(worksheet)
    return book.save(path)


def _write_cover(book: Book, sample: TownshipSample, request: SampleRequest, past: str) -> None:
    sheet = book.sheet(COVER_SHEET, COVER_WIDTHS)
    sheet.title("社会救助随机抽查说明")
    methods = [FULL] if any(method == FULL for _, method, _ in sample.villages) else []
    methods += [VILLAGE if request.whole_village else RANDOM] + ([EXTRA] if request.include_unflagged else [])
    facts = [
        ("范围", f"{sample.county_name} {sample.township_name}（{sample.township_code}）"),
        ("核对基准日", chinese_date(book.run.as_of)),
        ("批次号", book.run.run_id),
        ("抽查编号", draw_number(request, book.run.run_id)),
        ("抽查比例", f"每类救助对象的{sample.fraction:.2%}（户数向上取整）"),
        ("随机种子", str(request.seed)),
        *((f"方法：{method}", METHOD[method]) for method in methods),
        (
            "怎样复现",
            "用同一批次、同一随机种子和同样的选项重新抽取，得到的名单完全相同；与花名册各行的先后无关",
        ),
        ("本镇抽查", f"{len(sample.households)}户"),
        *([("以往抽查", past)] if past else []),
    ]
    sheet.table([TableColumn("项目", STRONG), TableColumn("内容", TEXT, span=7)], facts)
    sheet.section("如何填写")
    for text in HOW_TO_FILL_IN:
        sheet.line(text, replace(NOTE, colour="1F2933"))
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


def _write_list(book: Book, sample: TownshipSample, number: str) -> None:
    widths = [5.0, *(c[1] for c in SHOWN), *(c[1] for c in FILL_IN), *(16 for _ in VISIT_KEYS)]
    sheet = book.sheet(LIST_SHEET, widths)
    sheet.title(f"{sample.county_name}{sample.township_name}抽查名单（共{len(sample.households)}户）")
    columns = [
        TableColumn("序号", COUNT),
        *(TableColumn(heading, look) for heading, _, look, _ in SHOWN),
        *(TableColumn(heading, varied(look, "fill_in", locked=False)) for heading, _, look in FILL_IN),
        *(TableColumn(key, replace(TEXT, wrap=False)) for key in VISIT_KEYS),
    ]
    rows = []
    for place, household in enumerate(sample.households, start=1):
        asked = visit(number, sample.township_code, household)
        keys = (book.run.run_id, sample.township_code, asked.id, asked.evidence_hash, number)
        rows.append((place, *(show(household) for *_, show in SHOWN), *(None for _ in FILL_IN), *keys))
    heading = sheet.table(columns, rows, empty="没有抽到的户。")
    first = len(SHOWN) + 2
    for position, text in enumerate(FILL_IN_HEADINGS, start=first):
        sheet.put(heading, position, text, FILL_IN_HEAD)
    for position, key in enumerate(VISIT_KEYS, start=first + len(FILL_IN)):
        sheet.put(heading, position, key, HEAD)
        sheet.worksheet.column_dimensions[get_column_letter(position)].hidden = True
    sheet.worksheet.freeze_panes = f"E{heading + 1}"
    sheet.worksheet.print_title_rows = f"{heading}:{heading}"
    if rows:
        _add_choices(sheet, first, heading + 1, heading + len(rows))
    sheet.line(f"随机种子见“{COVER_SHEET}”。本表含个人信息，仅供核查使用，不得外传。", replace(NOTE, wrap=False))
    sheet.worksheet.print_area = f"A1:{get_column_letter(first + len(FILL_IN) - 1)}{sheet.row - 1}"


def _add_choices(sheet: Sheet, first_column: int, top: int, bottom: int) -> None:
    for heading, words in (("核查结果", RESULTS), ("问题类别", PROBLEM_KINDS)):
        letter = get_column_letter(first_column + FILL_IN_HEADINGS.index(heading))
        choice = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True, showErrorMessage=True)
        choice.errorTitle, choice.error = heading, f"请从下拉列表中选择：{'、'.join(words)}。"
        choice.add(f"{letter}{top}:{letter}{bottom}")
        sheet.worksheet.add_data_validation(choice)
