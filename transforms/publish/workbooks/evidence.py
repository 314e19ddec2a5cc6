"""Evidence as lines an officer can follow: dataset, file, sheet, row and the values that matter."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from transforms.publish.workbooks.labels import column_titles, value_label
from transforms.publish.workbooks.reading import Lead
from transforms.publish.workbooks.styles import lines_needed

MOST_LINES = 20


def evidence_text(lead: Lead, dataset_titles: Mapping[str, str], width: float, size: int) -> str:
    """Readable lines for a finding's evidence; what a printed row cannot hold is counted at the end.

    Items of one sheet come together: what they share is said once. The lead's household, name and ID number
    have columns of their own and are not repeated. `dataset_titles`: Chinese title by dataset; `width` and
    `size`: of the column and its type.
    """
    items = json.loads(lead.evidence) if lead.evidence else []
    own = {v for v in (lead.household_id, lead.name, lead.id_number) if v}
    sheets: dict[tuple[str, str, str], list[tuple[Any, dict[str, str]]]] = {}
    for item in items:
        dataset, file, sheet = (str(item.get(key) or "") for key in ("dataset", "file", "sheet"))
        row = (item.get("row"), _values(dataset, item.get("values") or {}, own))
        sheets.setdefault((dataset, file, sheet), []).append(row)
    lines: list[str] = []
    shown, used = 0, 1
    for (dataset, file, sheet), rows in sheets.items():
        heading, said = _heading(
            dataset_titles.get(dataset, dataset), file.removeprefix(f"{dataset}/"), sheet, rows
        )
        for number, row_said in enumerate(said):
            line = f"{heading}{row_said}" if number == 0 else row_said
            used += lines_needed(line, width, size)
            if shown and used > MOST_LINES:
                return "\n".join([*lines, f"……其余{len(items) - shown}条依据见核对系统中该线索的明细。"])
            lines.append(line)
            shown += 1
    return "\n".join(lines)


def item_text(item: Mapping[str, Any], dataset_titles: Mapping[str, str]) -> str:
    """One fact without its file and row: 【dataset】 and the values that matter."""
    dataset = str(item.get("dataset") or "")
    values = _values(dataset, item.get("values") or {}, set())
    return f"【{dataset_titles.get(dataset, dataset)}】{_said(values)}"


def _values(dataset: str, values: Mapping[str, Any], own: set[str]) -> dict[str, str]:
    titles = column_titles(dataset)
    return {
        titles.get(key, key): value_label(value)
        for key, value in values.items()
        if value not in (None, "") and value not in own
    }


def _heading(
    title: str, file: str, sheet: str, rows: Sequence[tuple[Any, dict[str, str]]]
) -> tuple[str, list[str]]:
    """The line that names the sheet, with what all its rows share, and a line per row with the rest."""
    place = f"【{title}】{file}{f'（{sheet}）' if sheet else ''}"
    if len(rows) == 1:
        return place, [_line(*rows[0])]
    first = rows[0][1]
    shared = {
        key: value for key, value in first.items() if all(values.get(key) == value for _, values in rows)
    }
    rest = [
        _line(row, {key: value for key, value in values.items() if key not in shared}) for row, values in rows
    ]
    return f"{place}{'：' if shared else ''}{_said(shared)}\n", rest


def _line(row: Any, values: Mapping[str, str]) -> str:
    return f"第{row}行{'：' if values else ''}{_said(values)}"


def _said(values: Mapping[str, str]) -> str:
    return "；".join(f"{title} {value}" for title, value in values.items())
