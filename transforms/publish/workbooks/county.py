"""The county's workbook: townships side by side, rules, reconciliation, files, what was not compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from transforms.decisions.precision import Precision
from transforms.publish.workbooks import cover
from transforms.publish.workbooks import reading as read
from transforms.publish.workbooks.guide import basis_text
from transforms.publish.workbooks.header import RunHeader
from transforms.publish.workbooks.labels import RULE_STATUS, SEVERITIES, SEVERITY, month_label
from transforms.publish.workbooks.measured import write_measured
from transforms.publish.workbooks.reading import InputFile, Lead, Rule, Table, Township
from transforms.publish.workbooks.reconciliation import COUNTY_BLOCKS, Block, read_blocks, write_reconciliation
from transforms.publish.workbooks.reviews import precision_text, rule_precision
from transforms.publish.workbooks.sheet import Book, Content, Marked, Sheet, TableColumn, Value
from transforms.publish.workbooks.styles import CENTRED, COUNT, MONEY, STRONG
from transforms.publish.workbooks.writing import collector_at_rest

TOWNSHIPS_ABREAST = 18
MATRIX_WIDTHS = (22, *(8,) * (TOWNSHIPS_ABREAST + 1))
RULE_WIDTHS = (20, 12, 6, 9, 8, 8, 8, 8, 8, 8, 14, 16, 50)


@dataclass(frozen=True)
class CountyPage:
    """A county, its townships, households and persons on the roll by township, and the findings."""

    code: str
    name: str
    townships: Sequence[Township]
    sizes: Mapping[str, tuple[int, int]]
    leads: Sequence[Lead]

    @property
    def open_leads(self) -> list[Lead]:
        """The findings without a decision that holds."""
        return [lead for lead in self.leads if lead.state != "decided"]


def write_county_workbooks(con: duckdb.DuckDBPyConnection, paths: Mapping[str, Path], run: RunHeader) -> Iterator[Path]:
    """Write the workbooks of some counties (code → path) from the tables of run.duckdb; each path once it is written.

    Sheets: 封面, 各镇汇总, 规则汇总, 核查实测, 对账, 文件接收, 未评估. A finding counts once, in its own township.
    Raises LookupError when core_township has no township of a county.
    """
    townships = {code: read.townships_of(con, code) for code in paths}
    for code, of in townships.items():
        if not of:
            raise LookupError(f"core_township has no township of county {code}")
    # One look at every person of the roll and every household of the ledgers, however many counties there are.
    sizes = read.roll_sizes(con, {t.township_code for of in townships.values() for t in of})
    blocks = read_blocks(con, paths, COUNTY_BLOCKS)
    for code, of in townships.items():
        name = run.county_names.get(code) or of[0].county_name or code
        with collector_at_rest():
            path = _write(con, CountyPage(code, name, of, sizes, read.county_leads(con, code)), blocks, run).save(
                paths[code]
            )
        yield path


def _write(
    con: duckdb.DuckDBPyConnection,
    page: CountyPage,
    blocks: Sequence[tuple[Block, Mapping[str, Table]]],
    run: RunHeader,
) -> Book:
    rules, files = read.rules(con), read.input_files(con)
    book = Book(run, f"{page.name}社会救助核对汇总")
    _write_cover(book, con, page, rules, files)
    _write_townships(book, page, rules)
    _write_rules(book, page, rules, rule_precision(con, page.code))
    names = {
        "rule_id": {rule.rule_id: rule.title for rule in rules},
        "township_code": {t.township_code: t.township_name for t in page.townships},
    }
    write_measured(book, con, page.code, names["rule_id"], names["township_code"])
    write_reconciliation(book, page.code, blocks, names)
    _write_intake(book, con, files)
    _write_not_compared(book, rules, files)
    return book


def _write_cover(
    book: Book,
    con: duckdb.DuckDBPyConnection,
    page: CountyPage,
    rules: Sequence[Rule],
    files: Sequence[InputFile],
) -> None:
    leads = page.open_leads
    month = read.latest_pay_month(con)
    sizes = [page.sizes[t.township_code] for t in page.townships]
    facts = [
        ("镇（街道）", f"{len(page.townships)}个"),
        ("在享对象", f"{sum(h for h, _ in sizes)}户、{sum(p for _, p in sizes)}人"),
        ("数据时间", f"发放台账到{month_label(month)}" if month else ""),
        (
            "线索",
            f"待核查{len(leads)}条，{cover.households_in_words(leads)}；已核结{len(page.leads) - len(leads)}条",
        ),
    ]
    sheet = cover.open_cover(book, "社会救助核对汇总", f"{page.name}（{page.code}）", book.run, facts)
    cover.write_counts(sheet, "线索数量", leads)
    cover.write_not_compared(sheet, cover.not_compared(rules, files))
    cover.write_parameters(sheet, read.parameters_for(con, [page.code])[page.code], with_region=True)


def _write_townships(book: Book, page: CountyPage, rules: Sequence[Rule]) -> None:
    sheet = book.sheet("各镇汇总", MATRIX_WIDTHS)
    sheet.title("各镇（街道）待核查线索")
    columns = [
        TableColumn("镇（街道）", STRONG),
        *(TableColumn(SEVERITY[s], COUNT) for s in SEVERITIES),
        TableColumn("合计", COUNT),
        TableColumn("户数", COUNT),
        TableColumn("新增", COUNT),
        TableColumn("证据\n有变", COUNT),
        TableColumn("重新\n打开", COUNT),
        TableColumn("已核结", COUNT),
        TableColumn("涉及金额（元）", MONEY, span=2),
    ]
    own = {t.township_code: [x for x in page.leads if x.township_code == t.township_code] for t in page.townships}
    sheet.table(
        columns,
        [
            *(_totals(t.township_name, own[t.township_code]) for t in page.townships),
            _totals("合计", page.leads),
        ],
    )
    sheet.line(
        "每条线索只计入其所属的镇（街道）；涉及其他镇（街道）的，在各有关镇（街道）的名单中都列出，因此各镇名单条数之和可能大于本表。"
    )
    for start in range(0, len(page.townships), TOWNSHIPS_ABREAST):
        _write_matrix(sheet, page, rules, page.townships[start : start + TOWNSHIPS_ABREAST])


def _totals(name: str, leads: Sequence[Lead]) -> tuple[Value, ...]:
    still_open = [lead for lead in leads if lead.state != "decided"]
    severity, state = Counter(x.severity for x in still_open), Counter(x.state for x in leads)
    amounts = [x.amount_at_risk for x in still_open if x.amount_at_risk is not None]
    return (
        name,
        *(severity[s] for s in SEVERITIES),
        len(still_open),
        cover.households(still_open),
        state["new"],
        state["changed"],
        state["reopened"],
        state["decided"],
        sum(amounts, Decimal(0)),
    )


def _write_matrix(sheet: Sheet, page: CountyPage, rules: Sequence[Rule], townships: Sequence[Township]) -> None:
    sheet.section("各类疑点在各镇（街道）的分布（待核查条数，空白为零）")
    counts = Counter((x.rule_id, x.township_code) for x in page.open_leads)
    columns = [
        TableColumn("疑点类型", STRONG),
        *(TableColumn(t.township_name, COUNT) for t in townships),
        TableColumn("小计", COUNT),
    ]
    rows = []
    for rule in rules:
        cells = [counts[rule.rule_id, t.township_code] or None for t in townships]
        if any(cells):
            rows.append((rule.title, *cells, sum(cell or 0 for cell in cells)))
    sheet.table(columns, rows, empty="没有待核查的线索。")


def _write_rules(book: Book, page: CountyPage, rules: Sequence[Rule], measured: Mapping[str, Precision]) -> None:
    sheet = book.sheet("规则汇总", RULE_WIDTHS)
    sheet.title("各类疑点线索汇总")
    columns = [
        TableColumn("疑点类型", STRONG),
        TableColumn("类别"),
        TableColumn("级别", CENTRED),
        TableColumn("核对情况", CENTRED),
        TableColumn("待核查", COUNT),
        TableColumn("新增", COUNT),
        TableColumn("证据\n有变", COUNT),
        TableColumn("重新\n打开", COUNT),
        TableColumn("已核结", COUNT),
        TableColumn("户数", COUNT),
        TableColumn("涉及金额\n（元）", MONEY),
        TableColumn("以往核查\n（95%区间）"),
        TableColumn("政策依据"),
    ]
    by_rule: dict[str, list[Lead]] = {}
    for lead in page.leads:
        by_rule.setdefault(lead.rule_id, []).append(lead)
    rows = [_rule_row(rule, by_rule.get(rule.rule_id, []), measured.get(rule.rule_id)) for rule in rules]
    heading = sheet.table(columns, rows)
    sheet.worksheet.freeze_panes = f"B{heading + 1}"
    sheet.worksheet.auto_filter.ref = f"A{heading}:M{sheet.row - 1}"
    sheet.worksheet.print_title_rows = f"{heading}:{heading}"


def _rule_row(rule: Rule, leads: Sequence[Lead], measured: Precision | None) -> tuple[Content, ...]:
    reviewed = precision_text(measured) if measured else "尚无"
    _, _, _, _, still_open, households, new, changed, reopened, decided, amount = _totals("", leads)
    severity = Marked(
        SEVERITY.get(rule.severity, rule.severity), rule.severity if rule.severity in SEVERITY else "plain"
    )
    status = RULE_STATUS.get(rule.status, rule.status)
    if rule.status != "evaluated":
        # Not compared is not zero.
        return (
            rule.title,
            cover.family_label(rule.family),
            severity,
            Marked(status, "differs"),
            *(None,) * 7,
            reviewed,
            basis_text(rule.basis),
        )
    return (
        rule.title,
        cover.family_label(rule.family),
        severity,
        status,
        still_open,
        new,
        changed,
        reopened,
        decided,
        households,
        amount or None,
        reviewed,
        basis_text(rule.basis),
    )


def _write_intake(book: Book, con: duckdb.DuckDBPyConnection, files: Sequence[InputFile]) -> None:
    sheet = book.sheet("文件接收", cover.WIDTHS)
    sheet.title("文件接收")
    sheet.line("收到行数＝入库＋隔离＋忽略。")
    heading = sheet.table(cover.INPUT_COLUMNS, [cover.input_row(file) for file in files], empty="没有收到数据。")
    sheet.worksheet.freeze_panes = f"A{heading + 1}"
    sheet.section("忽略的行")
    titles = {file.dataset: file.title for file in files}
    rows = [
        (titles.get(dataset, dataset), (file or "").removeprefix(f"{dataset}/"), count, reason)
        for dataset, file, reason, count in read.ignored_rows(con)
    ]
    sheet.table(
        [
            TableColumn("数据", STRONG),
            TableColumn("文件"),
            TableColumn("行数", COUNT),
            TableColumn("原因", span=5),
        ],
        rows,
    )


def _write_not_compared(book: Book, rules: Sequence[Rule], files: Sequence[InputFile]) -> None:
    sheet = book.sheet("未评估", cover.WIDTHS)
    sheet.title("未评估的规则和数据")
    cover.write_not_compared(sheet, cover.not_compared(rules, files))
