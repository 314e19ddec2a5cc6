"""The 整改台账: what was confirmed, how and by when it is put right, and what is closed; a sheet of the list
and a file of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from transforms.publish.workbooks import reading as read
from transforms.publish.workbooks.header import RunHeader
from transforms.publish.workbooks.labels import SEVERITY, chinese_date
from transforms.publish.workbooks.reading import Township
from transforms.publish.workbooks.reviews import has_table
from transforms.publish.workbooks.sheet import Book, Content, Marked, TableColumn, protect
from transforms.publish.workbooks.styles import CENTRED, COUNT, FIGURE_TEXT, NOTE, STRONG

SHEET = "整改台账"
WIDTHS = (5, 9, 9, 12, 9, 13, 12, 5, 34, 8, 11, 20, 11, 10, 11, 18, 16)
STATUS = {"overdue": "逾期未完成", "open": "整改中", "closed": "已销号"}
DAY = replace(FIGURE_TEXT, align="center")
COLUMNS = (
    TableColumn("序号", COUNT),
    TableColumn("村（居）"),
    TableColumn("户主"),
    TableColumn("户编号", FIGURE_TEXT),
    TableColumn("姓名", STRONG),
    TableColumn("身份证号", FIGURE_TEXT),
    TableColumn("疑点类型", STRONG),
    TableColumn("级别", CENTRED),
    TableColumn("疑点说明"),
    TableColumn("核查人"),
    TableColumn("核查日期", DAY),
    TableColumn("整改措施"),
    TableColumn("完成时限", DAY),
    TableColumn("销号情况", CENTRED),
    TableColumn("销号日期", DAY),
    TableColumn("销号依据或未销号原因"),
    TableColumn("说明"),
)
NAMES = (
    "village",
    "head_name",
    "household_id",
    "name",
    "id_number",
    "rule_title",
    "severity",
    "explanation",
    "checked_by",
    "decided_on",
    "measures",
    "due",
    "status",
    "closed_on",
    "remark",
    "note",
)
Item = dict[str, Any]


def write_rectification(con: duckdb.DuckDBPyConnection, township_code: str, path: Path, run: RunHeader) -> Path:
    """Write one township's 整改台账 to `path` from the tables of run.duckdb and return the path.

    Raises LookupError when core_township lacks the code.
    """
    place = read.townships(con, [township_code])[township_code]
    book = Book(run, f"{place.county_name}{place.township_name}整改台账")
    write_rectification_sheet(book, place, items_of(con, [township_code])[township_code])
    for worksheet in book.workbook.worksheets:
        protect(worksheet)
    return book.save(path)


def write_rectification_sheet(book: Book, place: Township, rows: Sequence[Item]) -> None:
    """The ledger of a township (its items as items_of gives them) as a sheet of a book."""
    counts = Counter(row["status"] for row in rows)
    sheet = book.sheet(SHEET, WIDTHS)
    sheet.title(f"{place.county_name}{place.township_name}整改台账")
    sheet.line(
        f"截至{chinese_date(book.run.as_of)}：共{len(rows)}条，"
        + "，".join(f"{words}{counts[status]}条" for status, words in STATUS.items())
        + "。疑点在源头数据中消失，或复核改变结论的，予以销号。",
        replace(NOTE, colour="1F2933"),
    )
    heading = sheet.table(
        COLUMNS, [_row(number, row) for number, row in enumerate(rows, start=1)], empty="没有需要整改的事项。"
    )
    sheet.worksheet.freeze_panes = f"A{heading + 1}"
    sheet.worksheet.print_title_rows = f"{heading}:{heading}"


def items_of(con: duckdb.DuckDBPyConnection, codes: Collection[str]) -> dict[str, list[Item]]:
    """The ledgers of some townships: overdue items first, then what is under way, then what is closed."""
    found: dict[str, list[Item]] = {code: [] for code in codes}
    if not has_table(con, "rectification"):
        return found
    rows = read.ask(
        con,
        f"""SELECT township_code, {", ".join(NAMES)} FROM rectification WHERE township_code IN $codes
            ORDER BY CASE status WHEN 'overdue' THEN 1 WHEN 'open' THEN 2 ELSE 3 END,
                due NULLS LAST, closed_on DESC, household_id, rule_id, finding_id""",
        {"codes": codes},
    ).fetchall()
    for code, *values in rows:
        found[code].append(dict(zip(NAMES, values, strict=True)))
    return found


def _row(number: int, item: Item) -> tuple[Content, ...]:
    status: Content = STATUS[item["status"]]
    if item["status"] == "overdue":
        status = Marked(STATUS["overdue"], "differs")
    elif item["status"] == "closed" and item["due"] and item["closed_on"] > item["due"]:
        status = "逾期后销号"
    severity = item["severity"] or ""
    days = {name: item[name].isoformat() if item[name] else None for name in ("decided_on", "due", "closed_on")}
    return (
        number,
        item["village"],
        item["head_name"],
        item["household_id"],
        item["name"],
        item["id_number"],
        item["rule_title"],
        SEVERITY.get(severity, severity),
        item["explanation"],
        item["checked_by"],
        days["decided_on"],
        item["measures"],
        days["due"] or "未定",
        status,
        days["closed_on"],
        item["remark"],
        item["note"],
    )
