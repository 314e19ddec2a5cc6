"""The lists of findings for supervisors (masked) and for townships (whole)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from openpyxl.utils import get_column_letter

from transforms.publish.workbooks import cover
from transforms.publish.workbooks.evidence import evidence_text
from transforms.publish.workbooks.labels import SEVERITIES, SEVERITY, STATE, chinese_date, in_lines, match_label
from transforms.publish.workbooks.reading import Lead
from transforms.publish.workbooks.sheet import Book, Content, Marked, Sheet, TableColumn, Value
from transforms.publish.workbooks.styles import CENTRED, COUNT, FIGURE_TEXT, MONEY, STRONG, TEXT, Look

LIST_SHEET = "疑点线索"
EVIDENCE_WIDTH = 44
SIZE = 10


@dataclass(frozen=True)
class ListText:
    """What a list says of itself. facts: lines of its cover; notes: what a reader must know."""

    title: str
    place: str
    facts: Sequence[tuple[str, str]]
    notes: Sequence[str]


@dataclass(frozen=True)
class ListPage:
    """What a column needs beside the finding: Chinese title by dataset, and what earlier reviews measured of such findings."""

    titles: Mapping[str, str]
    measured: Callable[[Lead], str]


@dataclass(frozen=True)
class ListColumn:
    """One column: heading, width and what it shows of a finding."""

    heading: str
    width: float
    value: Callable[[Lead, ListPage], Value]
    look: Look = TEXT


COLUMNS = (
    ListColumn("线索编号", 10, lambda x, _: x.finding_id, FIGURE_TEXT),
    ListColumn("级别", 6, lambda x, _: SEVERITY.get(x.severity, x.severity), CENTRED),
    ListColumn("疑点类型", 14, lambda x, _: x.rule_title, STRONG),
    ListColumn("乡镇\n（街道）", 9, lambda x, _: x.township_name),
    ListColumn("村（居）", 10, lambda x, _: x.village),
    ListColumn("户主", 9, lambda x, _: x.head_name),
    ListColumn("户编号", 12, lambda x, _: x.household_id, FIGURE_TEXT),
    ListColumn("姓名", 9, lambda x, _: x.name, STRONG),
    ListColumn("身份证号", 12, lambda x, _: x.id_number, FIGURE_TEXT),
    ListColumn("救助类型", 10, lambda x, _: x.benefit_type),
    ListColumn("核查对象", 13, lambda x, _: x.subject_key, FIGURE_TEXT),
    ListColumn("疑点说明", 36, lambda x, _: x.explanation),
    ListColumn("依据（数据、文件、行号）", EVIDENCE_WIDTH, lambda x, page: evidence_text(x, page.titles, EVIDENCE_WIDTH, SIZE)),
    ListColumn("匹配方式", 13, lambda x, _: match_label(x.match_tier, x.match_confidence)),
    ListColumn("同类线索以往核查", 14, lambda x, page: page.measured(x)),
    ListColumn("矛盾之处", 14, lambda x, _: in_lines(x.contradictions)),
    ListColumn("涉及金额\n（元）", 11, lambda x, _: x.amount_at_risk, MONEY),
    ListColumn("状态", 8, lambda x, _: STATE.get(x.state, x.state), CENTRED),
)  # fmt: skip


def write_list(book: Book, leads: Sequence[Lead], text: ListText, missing: cover.NotCompared, page: ListPage) -> None:
    """A cover and the list. `missing`: what could not be compared."""
    sheet = cover.open_cover(book, text.title, text.place, book.run, text.facts)
    for note in text.notes:
        sheet.line(note)
    cover.write_counts(sheet, "线索数量", leads)
    _write_by_township(sheet, leads)
    cover.write_not_compared(sheet, missing)
    _write_leads(book, leads, text.title, page)


def _write_by_township(sheet: Sheet, leads: Sequence[Lead]) -> None:
    counts = Counter((lead.township_code, lead.township_name or "", lead.severity) for lead in leads)
    sheet.section("各乡镇（街道）线索数")
    rows: list[list[Content]] = []
    for code, name in sorted({key[:2] for key in counts}):
        numbers = [counts[code, name, severity] for severity in SEVERITIES]
        marked = [Marked(n, s) if n else n for n, s in zip(numbers, SEVERITIES, strict=True)]
        rows.append([f"{name}（{code}）", *marked, sum(numbers)])
    severities = [TableColumn(SEVERITY[severity], COUNT) for severity in SEVERITIES]
    sheet.table([TableColumn("乡镇（街道）", STRONG), *severities, TableColumn("合计", COUNT)], rows)


def _write_leads(book: Book, leads: Sequence[Lead], title: str, page: ListPage) -> None:
    sheet = book.sheet(LIST_SHEET, [column.width for column in COLUMNS])
    sheet.line(
        f"{title}（核对基准日 {chinese_date(book.run.as_of)}，共{len(leads)}条）",
        replace(STRONG, boxed=False, wrap=False),
    )
    heading = sheet.table(
        [TableColumn(c.heading, replace(c.look, size=SIZE, vertical="top")) for c in COLUMNS],
        ([column.value(lead, page) for column in COLUMNS] for lead in leads),
        empty="没有符合条件的疑点线索。",
    )
    sheet.worksheet.freeze_panes = sheet.worksheet.cell(heading + 1, 4).coordinate
    sheet.worksheet.auto_filter.ref = f"A{heading}:{get_column_letter(len(COLUMNS))}{sheet.row - 1}"
    sheet.worksheet.print_title_rows = f"1:{heading}"


def scope(request_filters: Mapping[str, Sequence[str]], rule_titles: Mapping[str, str]) -> str:
    """The filters of an extract in words."""
    words = (
        [f"乡镇（街道）{'、'.join(request_filters.get('townships', ()))}"] if request_filters.get("townships") else []
    )
    if severities := request_filters.get("severities"):
        words.append(f"级别{'、'.join(SEVERITY[s] for s in SEVERITIES if s in severities)}")
    if rules := request_filters.get("rules"):
        words.append(f"疑点类型{'、'.join(rule_titles.get(rule, rule) for rule in rules)}")
    return "；".join(words) or "全部"
