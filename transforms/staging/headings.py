"""Finds the heading of a sheet among its first rows, by how many of a contract's columns it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from data_contracts import Contract, normalise_heading
from data_contracts.headings import heading_forms, title_unit

HEAD_ROWS = 20
_DEEPEST = 3

Row = Sequence[str | None]


@dataclass(frozen=True)
class Heading:
    """A heading read against one contract.

    first, last: physical rows it fills (0, 0 for Parquet). texts: heading of each cell as received ('' for
    none). rows: the cells of each heading row, to find repeats further down. columns: contract column → index
    of its cell. units: column → yuan per unit. leftover: headings nothing answers to. duplicates: headings of
    a column already found. titles: what stands above it.
    """

    first: int
    last: int
    texts: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    columns: Mapping[str, int]
    units: Mapping[str, int]
    leftover: tuple[str, ...]
    duplicates: tuple[str, ...]
    titles: frozenset[str] = frozenset()

    def missing(self, contract: Contract) -> list[str]:
        """Required columns the heading lacks."""
        return [column.name for column in contract.columns if column.required and column.name not in self.columns]

    def required_found(self, contract: Contract) -> int:
        """How many of the contract's required columns the heading has."""
        return sum(column.required for column in contract.columns) - len(self.missing(contract))


@dataclass(frozen=True)
class Candidate:
    """A block of rows that may be a heading of a dataset, and the columns of its contract that it names."""

    first: int
    depth: int
    columns: frozenset[str]


class HeadingIndex:
    """Finds headings of all contracts at once: a sheet's first rows are looked through one time."""

    def __init__(self, contracts: Mapping[str, Contract]) -> None:
        self._contracts = contracts
        self._claims: dict[str, list[tuple[str, str]]] = {}
        for dataset, contract in contracts.items():
            for key, column in contract.headings().items():
                self._claims.setdefault(key, []).append((dataset, column))

    def candidates(self, head: Mapping[int, Row]) -> dict[str, Candidate]:
        """Dataset → the block of one to three rows that names most of its columns; of equals the shortest.

        head: physical row → cells, the first HEAD_ROWS rows. Datasets no row names a column of are left out.
        """
        best: dict[str, Candidate] = {}
        for depth in range(1, _DEEPEST + 1):
            for first in sorted(head):
                block = [head.get(row, ()) for row in range(first, first + depth)]
                if all(any(row) for row in block):
                    for dataset, columns in self._named(block).items():
                        if dataset not in best or len(columns) > len(best[dataset].columns):
                            best[dataset] = Candidate(first, depth, frozenset(columns))
        return best

    def named(self, names: Sequence[str]) -> dict[str, Candidate]:
        """The same for the column names of a Parquet file, which fill no row."""
        return {dataset: Candidate(0, 1, frozenset(columns)) for dataset, columns in self._named([names]).items()}

    def _named(self, block: Sequence[Row]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        rows = _cells(block)
        for index in range(len(rows[0])):
            claimed: set[str] = set()
            for form in _candidate_forms(_parts(rows, index)):
                for dataset, column in self._claims.get(form, ()):
                    # The first form that means something to a dataset is what the heading says to it.
                    if dataset not in claimed:
                        claimed.add(dataset)
                        found.setdefault(dataset, set()).add(column)
        return found


def read_heading(head: Mapping[int, Row], candidate: Candidate, contract: Contract) -> Heading:
    """A candidate read in full: which cell is which column, its unit, and what is left over."""
    first = _upper_edge(head, candidate)
    block = [head[row] for row in range(first, candidate.first + candidate.depth)]
    above = frozenset(cell.strip() for row in head if row < first for cell in head[row] if cell)
    heading = replace(_read(first, block, contract), titles=above - {""})
    return _with_sheet_unit(_with_numbering(heading, head), contract)


def _upper_edge(head: Mapping[int, Row], candidate: Candidate) -> int:
    """The first row of the heading.

    A cell merged over two heading rows arrives in both: the lower row names every column, and still the upper
    one belongs to the heading.
    """
    first = candidate.first
    while first - 1 in head and candidate.first + candidate.depth - (first - 1) <= _DEEPEST:
        if not any(upper and upper == lower for upper, lower in zip(head[first - 1], head[first], strict=False)):
            break
        first -= 1
    return first


def read_names(names: Sequence[str], contract: Contract) -> Heading:
    """The heading of a Parquet file: its column names, no physical row."""
    return _read(0, [names], contract, last=0)


def _read(first: int, block: Sequence[Row], contract: Contract, last: int | None = None) -> Heading:
    rows = _cells(block)
    texts, columns, units, leftover, duplicates = [], {}, {}, [], []
    for index in range(len(rows[0])):
        parts = _parts(rows, index)
        text = parts[-1] if parts else ""
        texts.append(text)
        column = _column(parts, contract)
        if column is None:
            if text and not contract.ignores_heading(text):
                leftover.append(text)
        elif column in columns:
            duplicates.append(text)
        else:
            columns[column] = index
            unit = next((u for u in map(_unit, reversed(parts)) if u), None)
            if unit and contract.column(column).type == "money":
                units[column] = unit
    return Heading(
        first,
        first + len(block) - 1 if last is None else last,
        tuple(texts),
        rows,
        columns,
        units,
        tuple(leftover),
        tuple(duplicates),
    )


def _parts(rows: Sequence[Sequence[str]], index: int) -> list[str]:
    """What stands over one column, group titles first, the column's own heading last.

    A title over several columns may stand in its first cell only (.xls): it reaches right over cells that
    have a heading below but none of their own.
    """
    parts: list[str] = []
    for depth, row in enumerate(rows):
        text = row[index]
        if not text and any(below[index] for below in rows[depth + 1 :]):
            text = next((row[left] for left in range(index, -1, -1) if row[left]), "")
        if text and text not in parts:
            parts.append(text)
    return parts


def _column(parts: Sequence[str], contract: Contract) -> str | None:
    headings = contract.headings()
    return next((headings[form] for form in _candidate_forms(parts) if form in headings), None)


def _candidate_forms(parts: Sequence[str]) -> list[str]:
    """What a heading may be known as: with its group title (户主 over 姓名), else by itself."""
    return [form for start in range(max(0, len(parts) - 2), len(parts)) for form in _forms("".join(parts[start:]))]


def _cells(block: Sequence[Row]) -> tuple[tuple[str, ...], ...]:
    width = max(map(len, block))
    return tuple(tuple((row[i] or "").strip() if i < len(row) else "" for i in range(width)) for row in block)


def _with_numbering(heading: Heading, head: Mapping[int, Row]) -> Heading:
    """Forms number their columns (1 2 3 …, 甲 乙 1 2 …) in a row below the heading, which is part of it."""
    below = [(cell or "").strip() for cell in head.get(heading.last + 1, ())]
    filled = [cell.removesuffix(".0") for cell in below if cell]
    numbers = [cell for cell in filled if cell not in ("甲", "乙", "丙", "丁", "栏次")]
    if len(filled) < 3 or numbers != [str(n) for n in range(1, len(numbers) + 1)]:
        return heading
    return replace(heading, last=heading.last + 1, rows=(*heading.rows, tuple(below)))


def _with_sheet_unit(heading: Heading, contract: Contract) -> Heading:
    """单位：万元 in a title above the heading holds for the money columns that name no unit of their own."""
    unit = next((said for title in heading.titles if (said := title_unit(title))), 1)
    if unit == 1:
        return heading
    money = {c.name: unit for c in contract.columns if c.type == "money" and c.name in heading.columns}
    return replace(heading, units=money | dict(heading.units))


@lru_cache(maxsize=16_384)
def _forms(text: str) -> tuple[str, ...]:
    return heading_forms(text)


@lru_cache(maxsize=4_096)
def _unit(text: str) -> int | None:
    return normalise_heading(text).unit


def cell_labels(texts: Sequence[str], width: int) -> tuple[str, ...]:
    """What to call each of `width` cells: its heading; its place too where it has none or an equal one."""
    labels: list[str] = []
    for index in range(width):
        text = texts[index] if index < len(texts) else ""
        label = text or f"第{index + 1}列"
        labels.append(f"{label}（第{index + 1}列）" if label in labels else label)
    return tuple(labels)


def heading_keys(column_headings: Iterable[str]) -> list[str]:
    """Matching forms of headings (for repeats of a heading in another spelling)."""
    return sorted({form for text in column_headings for form in _forms(text)})
