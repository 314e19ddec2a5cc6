"""The 对账 sheet: whichever reconciliation tables a run has, block below block, differences marked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import duckdb

from transforms.publish.workbooks.labels import CHANGE, OUTCOME, SEVERITY
from transforms.publish.workbooks.reading import Table, recon_rows, recon_tables
from transforms.publish.workbooks.sheet import Book, Content, Marked, Sheet, TableColumn
from transforms.publish.workbooks.styles import CENTRED, COUNT, FIGURE_TEXT, MONEY, RATE, STRONG

SHEET = "对账"
WIDTHS = (22, *(13.5,) * 15)
MOST_ROWS = 1000
KEY = replace(FIGURE_TEXT, bold=True)
Names = Mapping[str, str]
RowMaker = Callable[[Sequence[Any]], Sequence[Content]]


@dataclass(frozen=True)
class Block:
    """One table of the sheet: the recon table, its SQL over the rows of one level and some regions, its columns.

    `rows` stands in the SQL for those rows, each with its `region`, which is also the first thing selected.
    `make` turns a row read into cells, without the region.
    """

    title: str
    table: str
    level: str
    sql: str
    columns: tuple[TableColumn, ...]
    make: RowMaker = tuple
    note: str = ""


LEDGERS = ("花名册", "发放", "档案")
LEDGER_NOTE = "发放为最近一个发放月份的成功发放；花名册金额每户每类救助只计一次。“相差”为发放或档案减花名册；低保、特困以外没有档案的，不与档案比对。"
#: Whether a row of recon_ledgers is compared with the archive: it has one, or households of its benefit are told to lack one.
ARCHIVE_COMPARED = (
    "archive_households > 0 OR benefit_type IN (SELECT benefit_type FROM recon_ledgers WHERE level = 'household' "
    "AND reason LIKE '%无档案%')"
)
ARCHIVE_DIFFERENCE = f"CASE WHEN {ARCHIVE_COMPARED} THEN diff_archive_yuan END AS diff_archive_yuan"
DIFFERENCES = (
    TableColumn("发放与\n花名册相差", MONEY),
    TableColumn("档案与\n花名册相差", MONEY),
    TableColumn("是否一致", CENTRED),
    TableColumn("说明", span=2),
)
MOVED = """SELECT {by}, how, households, persons, yuan FROM (
    SELECT {by}, 1 AS rank, '新增' AS how, joined AS households, joined_persons AS persons,
        joined_yuan AS yuan FROM rows
    UNION ALL SELECT {by}, 2, '退出', "left", left_persons, left_yuan FROM rows
    UNION ALL SELECT {by}, 3, '调高', raised, raised_persons, raised_yuan FROM rows
    UNION ALL SELECT {by}, 4, '调低', lowered, lowered_persons, lowered_yuan FROM rows
    UNION ALL SELECT {by}, 5, '不变', unchanged, unchanged_persons, NULL FROM rows)
    WHERE households > 0 ORDER BY {by}, rank"""
OUTCOME_COUNTS = ", ".join(f"sum(CASE WHEN outcome = '{code}' THEN roll_rows ELSE 0 END)" for code in OUTCOME)


def _marked_ledger(row: Sequence[Any]) -> Sequence[Content]:
    """A ledger row ends with diff_paid, diff_archive, reason: mark the differences, add the verdict."""
    *values, paid, archive, reason = row
    differs = bool(paid or archive or reason)
    return (
        *values,
        Marked(paid, "differs") if paid else paid,
        Marked(archive, "differs") if archive else archive,
        Marked("有差异", "differs") if differs else "一致",
        reason,
    )


def _ledger(title: str, level: str, by: Mapping[str, str], extra: str = "", households: bool = True) -> Block:
    counted = ("households", "persons", "yuan") if households else ("persons", "yuan")
    words = {"households": "户", "persons": "人", "yuan": "元"}
    sides = zip(LEDGERS, ("roll", "paid", "archive"), strict=True)
    figures = [
        (f"{side}_{what}", f"{word}\n（{words[what]}）", MONEY if what == "yuan" else COUNT)
        for word, side in sides
        for what in counted
    ]
    picks = ", ".join([*by, *(name for name, _, _ in figures), "diff_paid_yuan", ARCHIVE_DIFFERENCE, "reason"])
    columns = (
        *(TableColumn(heading, KEY if name == "household_id" else STRONG) for name, heading in by.items()),
        *(TableColumn(heading, look) for _, heading, look in figures),
        *DIFFERENCES,
    )
    return Block(
        title,
        "ledgers",
        level,
        f"SELECT region, {picks} FROM rows {extra} ORDER BY region, {', '.join(by)}",
        columns,
        _marked_ledger,
        LEDGER_NOTE,
    )


def _movement(title: str, level: str, by: Mapping[str, str]) -> Block:
    columns = (
        *(TableColumn(h, STRONG) for h in by.values()),
        TableColumn("变动", CENTRED),
        TableColumn("户数", COUNT),
        TableColumn("人数", COUNT),
        TableColumn("每月金额\n变动（元）", MONEY),
    )
    return Block(title, "movement", level, MOVED.format(by=", ".join(["region", *by])), columns)


def _outcomes(title: str, level: str, by: Mapping[str, str]) -> Block:
    keys = ", ".join(["region", *by])
    columns = (
        *(TableColumn(h, STRONG) for h in by.values()),
        *(TableColumn(word, COUNT) for word in OUTCOME.values()),
        TableColumn("合计", COUNT),
    )
    return Block(
        title,
        "outcomes",
        level,
        f"SELECT {keys}, {OUTCOME_COUNTS}, sum(roll_rows) FROM rows GROUP BY {keys} ORDER BY {keys}",
        columns,
        note="花名册每一在享行只计入一种结果；有多条线索的按最重的一条计。未核对：有规则未能运行，或身份证号有误无法比对。",
    )


def _quality(title: str, level: str, by: Mapping[str, str]) -> Block:
    keys = ", ".join(["region", *by])
    figures = "roll_rows, accurate_rows, accuracy_rate, passed_rows, pass_rate"
    columns = (
        *(TableColumn(h, STRONG) for h in by.values()),
        TableColumn("花名册行数", COUNT),
        TableColumn("身份和代码\n无误", COUNT),
        TableColumn("信息入库\n准确率", RATE),
        TableColumn("通过全部校验", COUNT),
        TableColumn("校验通过率", RATE),
    )
    sql = f"SELECT {keys}, {figures} FROM rows WHERE kind = 'quality' ORDER BY {keys}"
    return Block(title, "intake", level, sql, columns)


def _by_rule(level: str) -> Block:
    figures = {
        "findings": "线索数",
        "persons": "人数",
        "households": "户数",
        "amount_at_risk": "涉及金额\n（元）",
        "new": "新增",
        "continuing": "延续",
        "changed": "证据有变",
        "decided": "已核结",
        "reopened": "重新打开",
        "reviewed": "已核查",
        "confirmed": "查实",
    }
    columns = (
        TableColumn("疑点类型", STRONG),
        TableColumn("级别", CENTRED),
        *(TableColumn(h, MONEY if "金额" in h else COUNT) for h in figures.values()),
    )
    return Block(
        "各类疑点线索",
        "suspects_by_rule",
        level,
        f"SELECT region, rule_id, severity, {', '.join(figures)} FROM rows ORDER BY region, rule_id, severity",
        columns,
    )


CHANGE_COUNTS = Block(
    "与上次核对相比的线索变化",
    "changes",
    "household",
    "SELECT region, change, reason, count(*) FROM rows GROUP BY ALL ORDER BY region, change, reason",
    (TableColumn("变化", STRONG), TableColumn("原因", span=3), TableColumn("线索数", COUNT)),
)
GONE = Block(
    "上次有、本次没有的线索",
    "changes",
    "household",
    "SELECT region, rule_id, severity, household_id, subject_key, reason FROM rows WHERE change = 'gone' "
    "ORDER BY region, rule_id, household_id, subject_key",
    (
        TableColumn("疑点类型", STRONG),
        TableColumn("级别", CENTRED),
        TableColumn("户编号", span=2),
        TableColumn("对象", span=4),
        TableColumn("原因", span=3),
    ),
)

BENEFIT = {"benefit_type": "救助类型"}
TOWNSHIP = {"township_code": "镇（街道）"}
TOWNSHIP_BLOCKS = (
    _ledger("系统、财务、档案三方对账", "township", BENEFIT),
    _ledger(
        "三方不一致的户",
        "household",
        {"household_id": "户编号", **BENEFIT},
        "WHERE reason IS NOT NULL",
        households=False,
    ),
    _movement("与上期花名册相比的变动", "township", BENEFIT),
    _outcomes("在册对象核对结果（花名册行数）", "township", {}),
    _quality("信息入库与校验", "township", {}),
    _by_rule("township"),
    CHANGE_COUNTS,
    GONE,
)
COUNTY_BLOCKS = (
    _ledger("系统、财务、档案三方对账", "county", BENEFIT),
    _ledger("系统、财务、档案三方对账：各镇（街道）", "township", {**TOWNSHIP, **BENEFIT}),
    _movement("与上期花名册相比的变动", "county", BENEFIT),
    _movement("与上期花名册相比的变动：各镇（街道）", "township", {**TOWNSHIP, **BENEFIT}),
    _outcomes("在册对象核对结果（花名册行数）", "county", {}),
    _outcomes("在册对象核对结果（花名册行数）：各镇（街道）", "township", TOWNSHIP),
    _quality("信息入库与校验", "county", {}),
    _quality("信息入库与校验：各镇（街道）", "township", TOWNSHIP),
    _by_rule("county"),
    CHANGE_COUNTS,
)


def read_blocks(
    con: duckdb.DuckDBPyConnection, regions: Collection[str], blocks: Sequence[Block]
) -> list[tuple[Block, Mapping[str, Table]]]:
    """The blocks this run has tables for, each with what it says of the regions (townships or counties, by code) it has rows for."""
    tables = recon_tables(con)
    return [(b, recon_rows(con, b.table, b.level, regions, b.sql)) for b in blocks if b.table in tables]


def write_reconciliation(
    book: Book, region: str, blocks: Sequence[tuple[Block, Mapping[str, Table]]], names: Mapping[str, Names]
) -> Sheet:
    """Write the blocks of `read_blocks` for one of their regions.

    `names` words the codes: 'rule_id' → titles, 'township_code' → township names.
    """
    sheet = book.sheet(SHEET, WIDTHS)
    sheet.title("对账")
    words = {"severity": SEVERITY, "change": CHANGE, **names}
    written, noted = 0, ""
    for block, tables in blocks:
        read = tables.get(region)
        if read is None:
            continue
        sheet.section(block.title)
        if block.note not in ("", noted):
            sheet.line(block.note)
            noted = block.note
        _write_block(sheet, block, [_worded(read.columns, row, words) for row in read.rows])
        written += 1
    if not written:
        sheet.line("本次核对没有可列的对账数据。")
    return sheet


def _write_block(sheet: Sheet, block: Block, rows: Sequence[Sequence[Any]]) -> None:
    sheet.table(block.columns, [block.make(row) for row in rows[:MOST_ROWS]])
    if len(rows) > MOST_ROWS:
        sheet.line(f"以上列出前{MOST_ROWS}行，另有{len(rows) - MOST_ROWS}行见核对系统的对账表。")


def _worded(columns: Sequence[str], row: Sequence[Any], words: Mapping[str, Names]) -> list[Any]:
    return [
        words[c].get(str(v), str(v)) if c in words and v is not None else _number(v)
        for c, v in zip(columns, row, strict=True)
    ]


def _number(value: Any) -> Any:
    # Sums of whole numbers come back as decimals without a fraction.
    return int(value) if isinstance(value, Decimal) and value.as_tuple().exponent == 0 else value
