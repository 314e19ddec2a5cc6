"""Evidence as lines an officer can follow: dataset, file, sheet, row and the values that matter."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from transforms.publish.workbooks.labels import column_titles, value_label
from transforms.publish.workbooks.reading import Lead
from transforms.publish.workbooks.styles import lines_needed

MOST_LINES = 20


def evidence_text(lead: Lead, dataset_titles: Mapping[str, str], width: float, size: int, above: str = "") -> str:
    """Readable lines for a finding's evidence; what a printed row cannot hold is counted at the end.

    Items of one sheet come together: what they share is said once. The lead's household, name and ID number
    have columns of their own and are not repeated. `dataset_titles`: Chinese title by dataset; `width` and
    `size`: of the column and its type; `above` is put before it and takes of its room.
    """
    items = json.loads(lead.evidence) if lead.evidence else []
    own = {v for v in (lead.household_id, lead.name, lead.id_number) if v}
    sheets: dict[tuple[str, str, str], list[tuple[Any, dict[str, str]]]] = {}
    for item in items:
        dataset, file, sheet = (str(item.get(key) or "") for key in ("dataset", "file", "sheet"))
        row = (item.get("row"), _values(dataset, item.get("values") or {}, own))
        sheets.setdefault((dataset, file, sheet), []).append(row)
    lines: list[str] = [above] if above else []
    shown, used = 0, 1 + (lines_needed(above, width, size) if above else 0)
    for (dataset, file, sheet), rows in sheets.items():
        heading, said = _heading(dataset_titles.get(dataset, dataset), file.removeprefix(f"{dataset}/"), sheet, rows)
        for number, row_said in enumerate(said):
            line = f"{heading}{row_said}" if number == 0 else row_said
            used += lines_needed(line, width, size)
            if shown and used > MOST_LINES:
                return "\n".join([*lines, f"……其余{len(items) - shown}条依据见核对系统中该线索的明细。"])
            lines.append(line)
            shown += 1
    return "\n".join(lines)


def changed_facts(before: str | None, now: str | None, dataset_titles: Mapping[str, str]) -> list[str]:
    """What differs between two evidence lists (JSON), 当时 and 现在 a line each; file and row are no difference.

    Facts of one dataset that share most of their values are one fact that changed: only what differs is said.
    """
    old, new = ([_fact(item) for item in json.loads(text or "[]")] for text in (before, now))
    gone, came = [f for f in old if f not in new], [f for f in new if f not in old]
    lines: list[str] = []
    for dataset, values in gone:
        place = f"【{dataset_titles.get(dataset, dataset)}】"
        twin = _twin((dataset, values), came)
        if twin is None:
            lines.append(f"当时：{place}{_said(values)}")
            continue
        came.remove(twin)
        differing = [key for key in {**values, **twin[1]} if values.get(key) != twin[1].get(key)]
        for label, side in (("当时", values), ("现在", twin[1])):
            lines.append(f"{label}：{place}{_said({key: side.get(key) or '无' for key in differing})}")
    return lines + [f"现在：【{dataset_titles.get(dataset, dataset)}】{_said(values)}" for dataset, values in came]


def _fact(item: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    dataset = str(item.get("dataset") or "")
    return dataset, _values(dataset, item.get("values") or {}, set())


def _twin(
    fact: tuple[str, dict[str, str]], among: Sequence[tuple[str, dict[str, str]]]
) -> tuple[str, dict[str, str]] | None:
    """The fact of the same dataset that shares most values, if more than half of them."""
    shared = [
        (sum(values.get(key) == value for key, value in fact[1].items()), -position)
        for position, (dataset, values) in enumerate(among)
        if dataset == fact[0]
    ]
    most, position = max(shared, default=(0, 0))
    return among[-position] if most * 2 > len(fact[1]) else None


def _values(dataset: str, values: Mapping[str, Any], own: set[str]) -> dict[str, str]:
    titles = column_titles(dataset)
    return {
        titles.get(key, key): value_label(value)
        for key, value in values.items()
        if value not in (None, "") and value not in own
    }


def _heading(title: str, file: str, sheet: str, rows: Sequence[tuple[Any, dict[str, str]]]) -> tuple[str, list[str]]:
    """The line that names the sheet, with what all its rows share, and a line per row with the rest."""
    place = f"【{title}】{file}{f'（{sheet}）' if sheet else ''}"
    if len(rows) == 1:
        return place, [_line(*rows[0])]
    first = rows[0][1]
    shared = {key: value for key, value in first.items() if all(values.get(key) == value for _, values in rows)}
    rest = [_line(row, {key: value for key, value in values.items() if key not in shared}) for row, values in rows]
    return f"{place}{'：' if shared else ''}{_said(shared)}\n", rest


def _line(row: Any, values: Mapping[str, str]) -> str:
    return f"第{row}行{'：' if values else ''}{_said(values)}"


def _said(values: Mapping[str, str]) -> str:
    return "；".join(f"{title} {value}" for title, value in values.items())
