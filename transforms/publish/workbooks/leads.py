"""The sheets that list leads one by one: 疑点线索 to be filled in at the village, and 已核结."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from transforms.publish.workbooks.evidence import evidence_text
from transforms.publish.workbooks.header import RunHeader
from transforms.publish.workbooks.labels import SEVERITY, STATE, chinese_date, in_lines, match_label
from transforms.publish.workbooks.reading import Lead, Township
from transforms.publish.workbooks.reviews import Reviews, reopened_text
from transforms.publish.workbooks.sheet import Book, Sheet, Value
from transforms.publish.workbooks.styles import (
    FIGURE_TEXT,
    FILL_IN_HEAD,
    HEAD,
    MONEY,
    NOTE_LINE,
    TEXT,
    Look,
    lines_needed,
    row_points,
    varied,
)

LEADS_SHEET = "疑点线索"
DECIDED_SHEET = "已核结"
OUTCOMES = ("属实", "不属实", "属实但豁免", "待查")
HIDDEN_KEYS = ("run_id", "township_code", "finding_id", "evidence_hash")
ALSO = "【涉及本镇】"
HEADING_ROW = 2
SIZE = 12
EVIDENCE_WIDTH = 34
BODY = replace(TEXT, size=SIZE, vertical="top")


@dataclass(frozen=True)
class LeadPage:
    """What a column needs to know beside the lead itself."""

    township: Township
    run: RunHeader
    dataset_titles: Mapping[str, str]
    reviews: Reviews = field(default_factory=Reviews)


@dataclass(frozen=True)
class LeadColumn:
    """One column that shows something of a lead."""

    heading: str
    width: float
    value: Callable[[Lead, LeadPage], Value]
    look: Look = BODY


def _evidence(lead: Lead, page: LeadPage) -> str:
    again = reopened_text(lead, page.reviews, page.dataset_titles)
    return evidence_text(lead, page.dataset_titles, EVIDENCE_WIDTH, SIZE, again)


def _village(lead: Lead, page: LeadPage) -> str:
    if lead.township_code == page.township.township_code:
        return lead.village or ""
    return f"{ALSO}{lead.township_name or ''}{lead.village or ''}"


MIDDLE, BOLD = replace(BODY, align="center"), replace(BODY, bold=True)
DIGITS = replace(FIGURE_TEXT, size=SIZE, vertical="top")
NUMBER, HIDDEN = replace(MIDDLE, number="0"), replace(TEXT, wrap=False)
DATE = replace(DIGITS, align="center", number="yyyy-mm-dd")
COLUMNS = (
    LeadColumn("级\n别", 4.5, lambda x, _: SEVERITY.get(x.severity, x.severity), replace(MIDDLE, bold=True)),
    LeadColumn("疑点类型", 10, lambda x, _: x.rule_title, BOLD),
    LeadColumn("村\n（居）", 8.5, _village),
    LeadColumn("户主", 8, lambda x, _: x.head_name),
    LeadColumn("户编号", 12, lambda x, _: x.household_id, DIGITS),
    LeadColumn("姓名", 8, lambda x, _: x.name, BOLD),
    LeadColumn("身份证号", 12, lambda x, _: x.id_number, DIGITS),
    LeadColumn("救助\n类型", 6, lambda x, _: x.benefit_type),
    LeadColumn("疑点说明", 29, lambda x, _: x.explanation),
    LeadColumn("依据（数据、文件、行号）", EVIDENCE_WIDTH, _evidence),
    LeadColumn("匹配方式", 9.5, lambda x, _: match_label(x.match_tier, x.match_confidence)),
    LeadColumn("同类线索\n以往核查", 9.5, lambda x, page: page.reviews.text(x)),
    LeadColumn("矛盾之处", 9.5, lambda x, _: in_lines(x.contradictions)),
    LeadColumn("涉及金额\n（元）", 11, lambda x, _: x.amount_at_risk, replace(MONEY, size=SIZE, vertical="top")),
    LeadColumn("状态", 6, lambda x, _: STATE.get(x.state, x.state), MIDDLE),
)
FILL_IN = (
    ("核查结果", 10, MIDDLE),
    ("核查人", 9, BODY),
    ("核查日期", 12, DATE),
    ("整改措施", 14, BODY),
    ("完成时限", 12, DATE),
    ("说明", 14, BODY),
)
FILL_IN_HEADINGS = tuple(heading for heading, _, _ in FILL_IN)
NUMBER_WIDTH, KEY_WIDTH = 4.5, 14


def write_leads(book: Book, leads: Sequence[Lead], page: LeadPage) -> None:
    """The list of open leads with its columns to fill in and the hidden keys a returned list is known by."""
    name = f"{page.township.county_name}{page.township.township_name}"
    title = f"{name}疑点线索（核对基准日 {chinese_date(page.run.as_of)}，共{len(leads)}条）。浅绿色各列由核查人员填写。"
    sheet = _lead_sheet(book, LEADS_SHEET, title, fill_in=True)
    _write_rows(sheet, leads, page, fill_in=True)
    last = HEADING_ROW + len(leads)
    if leads:
        _add_validations(sheet, page.run, last)
    else:
        sheet.put(HEADING_ROW + 1, 1, "本次核对没有发现与本镇（街道）有关的疑点线索。", NOTE_LINE)
    _finish(sheet, last)


def write_decided(book: Book, leads: Sequence[Lead], page: LeadPage) -> None:
    """The findings a decision holds for: listed so that nobody wonders where they went."""
    title = (
        f"已核结线索（共{len(leads)}条）：已有核查结果且依据没有变化，本次不需再核查；依据变化时会重新列入疑点线索。"
    )
    sheet = _lead_sheet(book, DECIDED_SHEET, title, fill_in=False)
    _write_rows(sheet, leads, page, fill_in=False)
    if not leads:
        sheet.put(HEADING_ROW + 1, 1, "没有已核结的线索。", NOTE_LINE)
    _finish(sheet, HEADING_ROW + len(leads))


def _lead_sheet(book: Book, name: str, title: str, fill_in: bool) -> Sheet:
    widths = [NUMBER_WIDTH, *(c.width for c in COLUMNS)]
    headings = [("序\n号", HEAD), *((c.heading, HEAD) for c in COLUMNS)]
    if fill_in:
        widths += [width for _, width, _ in FILL_IN] + [KEY_WIDTH] * len(HIDDEN_KEYS)
        headings += [(h, FILL_IN_HEAD) for h in FILL_IN_HEADINGS] + [(key, HEAD) for key in HIDDEN_KEYS]
    sheet = book.sheet(name, widths)
    sheet.put(1, 1, title, replace(NOTE_LINE, bold=True, size=SIZE + 1))
    sheet.height(1, 24)
    for column, (heading, look) in enumerate(headings, start=1):
        sheet.put(HEADING_ROW, column, heading, replace(look, size=SIZE))
    sheet.height(HEADING_ROW, 38)
    if fill_in:
        for column in range(len(widths) - len(HIDDEN_KEYS) + 1, len(widths) + 1):
            sheet.worksheet.column_dimensions[get_column_letter(column)].hidden = True
    return sheet


def _write_rows(sheet: Sheet, leads: Sequence[Lead], page: LeadPage, fill_in: bool) -> None:
    household, banded = None, True
    for number, lead in enumerate(leads, start=1):
        starts = lead.household != household
        if starts:
            household, banded = lead.household, not banded
        _write_lead(sheet, number, lead, page, "band" if banded else "plain", starts, fill_in)


def _write_lead(sheet: Sheet, number: int, lead: Lead, page: LeadPage, fill: str, starts: bool, fill_in: bool) -> None:
    row, lines = HEADING_ROW + number, 2
    looks = _looks(lead.severity, fill, starts)
    sheet.put(row, 1, number, looks[0])
    for position, column in enumerate(COLUMNS, start=2):
        value = column.value(lead, page)
        sheet.put(row, position, value, looks[position - 1])
        if isinstance(value, str) and len(value) * 2 > column.width - 2:
            lines = max(lines, lines_needed(value, column.width, SIZE))
    sheet.height(row, row_points(lines, SIZE))
    if not fill_in:
        return
    first = len(COLUMNS) + 2
    for position, look in enumerate(_fill_in_looks(starts), start=first):
        sheet.put(row, position, None, look)
    # The workbook's own township: the list is returned by who filled it in, not by who owns the finding.
    keys = (page.run.run_id, page.township.township_code, lead.finding_id, lead.evidence_hash)
    for position, key in enumerate(keys, start=first + len(FILL_IN)):
        sheet.put(row, position, key, HIDDEN)


@cache
def _looks(severity: str, fill: str, starts: bool) -> tuple[Look, ...]:
    """The number's look and those of COLUMNS; the first of them, the severity, wears its own fill."""
    first, *others = (column.look for column in COLUMNS)
    shade = severity if severity in SEVERITY else fill
    return tuple(varied(look, shade if look is first else fill, starts) for look in (NUMBER, first, *others))


@cache
def _fill_in_looks(starts: bool) -> tuple[Look, ...]:
    return tuple(varied(look, "fill_in", starts, False) for _, _, look in FILL_IN)


def _add_validations(sheet: Sheet, run: RunHeader, last: int) -> None:
    first_column = len(COLUMNS) + 2
    letters = {heading: get_column_letter(first_column + n) for n, heading in enumerate(FILL_IN_HEADINGS)}
    outcome = DataValidation(
        type="list",
        formula1=f'"{",".join(OUTCOMES)}"',
        allow_blank=True,
        showErrorMessage=True,
        showInputMessage=True,
    )
    outcome.errorTitle, outcome.error = "核查结果", f"请从下拉列表中选择：{'、'.join(OUTCOMES)}。"
    outcome.promptTitle, outcome.prompt = "核查结果", "请从下拉列表中选择。"
    earliest = run.as_of.replace(day=1)
    day = DataValidation(
        type="date",
        operator="greaterThanOrEqual",
        formula1=f"DATE({earliest.year},{earliest.month},1)",
        allow_blank=True,
        showErrorMessage=True,
        showInputMessage=True,
    )
    day.errorTitle, day.error = "日期", f"请按 2021-07-15 的样式填写日期，且不早于{chinese_date(earliest)}。"
    day.promptTitle, day.prompt = "日期", "请按 2021-07-15 的样式填写。"
    for validation, headings in ((outcome, ("核查结果",)), (day, ("核查日期", "完成时限"))):
        for heading in headings:
            validation.add(f"{letters[heading]}{HEADING_ROW + 1}:{letters[heading]}{last}")
        sheet.worksheet.add_data_validation(validation)


def _finish(sheet: Sheet, last: int) -> None:
    worksheet = sheet.worksheet
    shown = sum(1 for d in worksheet.column_dimensions.values() if not d.hidden)
    # Everything up to the person's name stays in sight.
    worksheet.freeze_panes = worksheet.cell(HEADING_ROW + 1, 8).coordinate
    worksheet.auto_filter.ref = f"A{HEADING_ROW}:{get_column_letter(len(sheet.widths))}{max(last, HEADING_ROW + 1)}"
    worksheet.print_title_rows = f"1:{HEADING_ROW}"
    worksheet.print_area = f"A1:{get_column_letter(shown)}{max(last, HEADING_ROW + 1)}"
