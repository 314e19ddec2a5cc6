"""The 核查指引 sheet: for each kind of lead, what to check, why it may be wrong, and on what it rests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from transforms.publish.workbooks.labels import SEVERITY
from transforms.publish.workbooks.reading import Rule
from transforms.publish.workbooks.sheet import Book, Marked, TableColumn
from transforms.publish.workbooks.styles import CENTRED, STRONG

SHEET = "核查指引"
WIDTHS = (16, 6, 40, 40, 34, 40)


def write_guide(book: Book, rules: Sequence[Rule]) -> None:
    """One row per rule: review steps, known false positives, closing action and policy basis."""
    sheet = book.sheet(SHEET, WIDTHS)
    sheet.title("核查指引")
    columns = [
        TableColumn("疑点类型", STRONG),
        TableColumn("级别", CENTRED),
        TableColumn("怎样核查"),
        TableColumn("哪些情况不算问题"),
        TableColumn("核实后怎样处理"),
        TableColumn("政策依据"),
    ]
    rows = [
        (
            r.title,
            Marked(SEVERITY.get(r.severity, r.severity), r.severity if r.severity in SEVERITY else "plain"),
            listed(r.review_steps),
            listed(r.false_positives),
            listed(r.closing_action),
            basis_text(r.basis),
        )
        for r in rules
    ]
    heading = sheet.table(columns, rows, empty="没有待核查的线索。")
    sheet.worksheet.freeze_panes = f"B{heading + 1}"
    sheet.worksheet.print_title_rows = f"{heading}:{heading}"


def listed(text: str | list[Any] | None) -> str:
    """Several texts (lines, a list, or a list as JSON) as numbered lines; a single one as it is."""
    parts = _parsed(text)
    parts = parts.split("\n") if isinstance(parts, str) else parts
    if isinstance(parts, list):
        return (
            "\n".join(f"{n}. {part}" for n, part in enumerate(parts, start=1))
            if len(parts) > 1
            else "".join(str(p) for p in parts)
        )
    return str(parts or "")


def basis_text(basis: str | list[Any] | None) -> str:
    """The policy basis (list of document, number, clause, asks, or texts) as one line per clause."""
    parts = _parsed(basis)
    if not isinstance(parts, list):
        return str(parts or "")
    return "\n".join(_clause(part) if isinstance(part, dict) else str(part) for part in parts)


def _clause(part: dict[str, Any]) -> str:
    document, number, clause, asks = (str(part.get(key) or "") for key in ("document", "number", "clause", "asks"))
    numbered = f"（{number}）" if number and number not in document else ""
    return f"{document}{numbered}{' ' if clause else ''}{clause}{'：' if asks else ''}{asks}"


def _parsed(value: str | list[Any] | None) -> Any:
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
