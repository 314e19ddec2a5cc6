"""What auditors get: how many findings of each kind in each township, and a keyed hash for each finding to
draw checks from.

No name, no ID number, no finding id (it is an unkeyed hash of an ID number, which can be found by trying them
all), no place beside a key: with one, the counts that were left out could be counted. Only the bureau, which
holds the secret, can say which finding a key stands for; equal people have equal keys in every extract made
with one secret.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from transforms.extract.reading import CountedRule, PlacedLead
from transforms.extract.suppression import THRESHOLD, ProtectedTable, protect_table
from transforms.publish.workbooks.labels import SEVERITY, chinese_date
from transforms.publish.workbooks.reading import Lead, Township
from transforms.publish.workbooks.sheet import Book, Sheet, TableColumn
from transforms.publish.workbooks.styles import CENTRED, COUNT, FIGURE_TEXT, NOTE, STRONG, TEXT

HIDDEN = "*"
KEY_DIGITS = 32
LARGEST_SHARE = Decimal("0.7")
ROUNDED_TO = Decimal(100)
OTHER = "合并"
NOTES = (
    "本表不含姓名、身份证号、账号和户编号。各“键”由县级民政部门用密钥加密计算（HMAC-SHA256），同一人、同一户在各次提取中键相同；"
    "需要核对原始记录时，把“线索键”报民政部门查对。",
    f"“{HIDDEN}”：不足{THRESHOLD}条（包括没有），或为避免由合计倒推而不列的数字；合计不足{THRESHOLD}条的疑点类型、乡镇（街道）合并列出。",
    "明细不列乡镇（街道），按键排序，以免与汇总表对照推算。",
)


@dataclass(frozen=True)
class AuditTables:
    """The published tables of one county. rules, townships: given lines; table: what may be seen of their
    counts.
    """

    rules: Sequence[CountedRule]
    townships: Sequence[Township]
    table: ProtectedTable

    def rule_label(self, row: tuple[int, ...]) -> str:
        """Title of a published row; one that stands for several rules is called after the first of them."""
        first = self.rules[row[0]].title
        return first if len(row) == 1 else f"{OTHER}：{first}等{len(row)}类"

    def severity_label(self, row: tuple[int, ...]) -> str:
        """Severity of a published row as its rules have it."""
        return "、".join(dict.fromkeys(SEVERITY.get(self.rules[i].severity, "") for i in row))

    def township_label(self, column: tuple[int, ...]) -> str:
        """Name of a published column."""
        first = self.townships[column[0]].township_name
        return first if len(column) == 1 else f"{OTHER}：{first}等{len(column)}个"

    def joined(self) -> list[tuple[str, str]]:
        """What each label stands for, of the rows and columns that were put together."""
        rules = [(self.rule_label(row), [self.rules[i].title for i in row]) for row in self.table.rows]
        places = [(self.township_label(c), [self.townships[i].township_name for i in c]) for c in self.table.columns]
        return [(label, "、".join(names)) for label, names in [*rules, *places] if len(names) > 1]


def audit_tables(
    leads: Sequence[PlacedLead], rules: Sequence[CountedRule], townships: Sequence[Township]
) -> AuditTables:
    """The counts of one county's findings by rule and owning township, protected."""
    counts = Counter((x.lead.rule_id, x.lead.township_code) for x in leads)
    table = protect_table([[counts[r.rule_id, t.township_code] for t in townships] for r in rules])
    return AuditTables(rules, townships, table)


def keyed(key: bytes, kind: str, text: str) -> str:
    """A key for a person, household or finding: the same in every extract made with this secret, and worth
    nothing without it.
    """
    return hmac.new(key, f"{kind}|{text}".encode(), hashlib.sha256).hexdigest()[:KEY_DIGITS]


def write_audit_book(
    book: Book, leads: Sequence[PlacedLead], tables: AuditTables, filters: Mapping[str, Sequence[str]], key: bytes
) -> int:  # fmt: skip
    """Write 说明, 汇总 and 明细 and return the number of rows of 明细.

    `leads`: every finding of the county; `filters` choose among what is published of all of it, and never
    make other totals: two extracts with different filters, taken together, tell no more than one without.
    """
    rows = [row for row in tables.table.rows if _chosen_rule(tables, row, filters)]
    columns = [c for c in tables.table.columns if _chosen_township(tables, c, filters)]
    _write_cover(book, tables, rows)
    _write_counts(book, tables, rows, columns)
    _write_amounts(book, leads, tables, rows)
    return _write_keys(book, leads, tables, rows, bool(filters.get("townships")), key)


def _chosen_rule(tables: AuditTables, row: tuple[int, ...], filters: Mapping[str, Sequence[str]]) -> bool:
    rules = [tables.rules[i] for i in row]
    by_rule = "rules" not in filters or any(r.rule_id in filters["rules"] for r in rules)
    return by_rule and ("severities" not in filters or any(r.severity in filters["severities"] for r in rules))


def _chosen_township(tables: AuditTables, column: tuple[int, ...], filters: Mapping[str, Sequence[str]]) -> bool:
    wanted = filters.get("townships")
    return wanted is None or any(tables.townships[i].township_code in wanted for i in column)


def _write_cover(book: Book, tables: AuditTables, rows: Sequence[tuple[int, ...]]) -> None:
    sheet = book.sheet("说明", (30, 100))
    sheet.title(book.title)
    county = tables.townships[0].county_name if tables.townships else ""
    total = tables.table.total
    sheet.table(
        [TableColumn("项目", STRONG), TableColumn("内容", TEXT)],
        [
            ("范围", f"{county}，疑点类型{len(rows)}项"),
            ("核对基准日", chinese_date(book.run.as_of)),
            ("批次号", book.run.run_id),
            ("线索总数", f"不足{THRESHOLD}条" if total is None else f"{total}条"),
            *tables.joined(),
        ],
    )
    for note in NOTES:
        sheet.line(note, NOTE)


def _write_counts(
    book: Book, tables: AuditTables, rows: Sequence[tuple[int, ...]], columns: Sequence[tuple[int, ...]]
) -> None:
    table = tables.table
    sheet = book.sheet("汇总", [34, 8, *[12] * len(columns), 12])
    sheet.title("各疑点类型、各乡镇（街道）线索数")
    places = [table.columns.index(column) for column in columns]
    body: list[list[str | int]] = []
    for row in rows:
        r = table.rows.index(row)
        cells = [_shown(table.cells[r][c]) for c in places]
        body.append([tables.rule_label(row), tables.severity_label(row), *cells, table.row_totals[r]])
    if body:
        totals = [table.column_totals[c] for c in places]
        body.append(["全县合计（全部疑点类型）", "", *totals, table.total or 0])
    heading = sheet.table(
        [
            TableColumn("疑点类型", STRONG),
            TableColumn("级别", CENTRED),
            *(TableColumn(tables.township_label(column), COUNT) for column in columns),
            TableColumn("全县合计", COUNT),
        ],
        body,
        empty=f"线索总数不足{THRESHOLD}条，不予列示。",
    )
    sheet.worksheet.freeze_panes = f"C{heading + 1}"


def _shown(count: int | None) -> str | int:
    return HIDDEN if count is None else count


def _write_amounts(
    book: Book, leads: Sequence[PlacedLead], tables: AuditTables, rows: Sequence[tuple[int, ...]]
) -> None:
    """Amounts at risk by row, none of them where few findings have one or one has nearly all."""
    amounts: dict[str, list[Decimal]] = defaultdict(list)
    for lead in (x.lead for x in leads):
        if lead.amount_at_risk:
            amounts[lead.rule_id].append(lead.amount_at_risk)
    sheet: Sheet = book.sheet("金额", (34, 8, 18))
    sheet.title("各疑点类型涉及金额")
    sheet.line(
        f"四舍五入到百元；有金额的线索不足{THRESHOLD}条、或一条占七成以上的，以“{HIDDEN}”代替。各类型之间可能重复，不合计。", NOTE
    )  # fmt: skip
    body = []
    for row in rows:
        found = [amount for i in row for amount in amounts[tables.rules[i].rule_id]]
        body.append([tables.rule_label(row), tables.severity_label(row), _amount_shown(found)])
    sheet.table(
        [TableColumn("疑点类型", STRONG), TableColumn("级别", CENTRED), TableColumn("涉及金额（元）", COUNT)], body
    )


def _amount_shown(amounts: Sequence[Decimal]) -> str | int:
    total = sum(amounts, Decimal(0))
    if not amounts:
        return 0
    if len(amounts) < THRESHOLD or max(amounts) > LARGEST_SHARE * total:
        return HIDDEN
    return int((total / ROUNDED_TO).quantize(Decimal(1)) * ROUNDED_TO)


def _write_keys(
    book: Book, leads: Sequence[PlacedLead], tables: AuditTables, rows: Sequence[tuple[int, ...]],
    by_township: bool, key: bytes,
) -> int:  # fmt: skip
    sheet = book.sheet("明细", (8, 34, 36, 36, 36))
    sheet.title("线索明细（键）")
    label = {tables.rules[i].rule_id: tables.rule_label(row) for row in rows for i in row}
    keys = sorted(_keys(x.lead, label[x.lead.rule_id], key) for x in leads if x.lead.rule_id in label)
    if by_township:
        # Keys of one township, found again in an extract of all, would say where each finding is.
        sheet.line("按乡镇（街道）提取时不列明细。", NOTE)
        return 0
    heading = sheet.table(
        [
            TableColumn("序号", COUNT),
            TableColumn("疑点类型", STRONG),
            *(TableColumn(name, FIGURE_TEXT) for name in ("线索键", "对象键", "户键")),
        ],
        ([number, *row] for number, row in enumerate(keys, start=1)),
    )
    sheet.worksheet.freeze_panes = f"A{heading + 1}"
    return len(keys)


def _keys(lead: Lead, label: str, key: bytes) -> tuple[str, str, str, str]:
    subject = lead.id_number or lead.subject_key
    household = keyed(key, "household", lead.household_id) if lead.household_id else ""
    return label, keyed(key, "finding", lead.finding_id), keyed(key, "subject", subject), household
