"""Decides what a file is: which of its sheets are staged, and why a file is rejected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from data_contracts import Contract
from transforms.intake import RawSheet
from transforms.staging.headings import Candidate, Heading, HeadingIndex, Row, read_heading, read_names

# A sheet of another dataset names at least this many columns more there than here.
_CLEARLY_BETTER = 2
_SHOWN_HEADINGS = 4


class RejectedFile(Exception):
    """The file cannot be staged. The message tells the sender file, sheet, what is missing and expected."""


@dataclass(frozen=True)
class SheetReading:
    """A sheet read against its folder's contract.

    verdict: good; missing (this dataset's heading without a required column); other (another dataset's,
    `like`); none (no heading of any dataset); empty.
    """

    sheet: RawSheet
    verdict: Literal["good", "missing", "other", "none", "empty"]
    heading: Heading | None = None
    like: str | None = None


def read_sheet(
    sheet: RawSheet,
    head: Mapping[int, Row],
    contract: Contract,
    contracts: Mapping[str, Contract],
    index: HeadingIndex,
) -> SheetReading:
    """What a sheet is, by its first rows (physical row → cells) or, in Parquet, by its column names."""
    if not sheet.rows:
        return SheetReading(sheet, "empty")
    candidates = index.candidates(head) if sheet.header is None else index.named(sheet.header)
    heading = _heading(sheet, head, candidates.get(contract.dataset), contract)
    found = len(heading.columns) if heading else 0
    like, explained = _resembles(candidates, contract, contracts)
    if heading is not None and not heading.missing(contract):
        better = explained >= found + _CLEARLY_BETTER
        return SheetReading(sheet, "other", heading, like) if better else SheetReading(sheet, "good", heading)
    if like is not None and explained > found:
        return SheetReading(sheet, "other", heading, like)
    if heading is not None and found >= 2 and heading.required_found(contract) * 2 >= _required(contract):
        return SheetReading(sheet, "missing", heading)
    return SheetReading(sheet, "none", heading)


def choose_sheets(
    name: str, readings: Sequence[SheetReading], contract: Contract, contracts: Mapping[str, Contract]
) -> list[SheetReading]:
    """The sheets to stage. Raises RejectedFile when one lacks a required column, or none is good."""
    good = [reading for reading in readings if reading.verdict == "good"]
    missing = next((reading for reading in readings if reading.verdict == "missing"), None)
    if good and missing is None:
        return good
    filled = [reading for reading in readings if reading.verdict != "empty"]
    if not filled:
        raise RejectedFile(f"文件 {name} 里没有数据，请重新报送。")
    worst = missing or max(filled, key=lambda reading: len(reading.heading.columns) if reading.heading else 0)
    raise RejectedFile(_message(name, worst, contract, contracts))


def _message(name: str, reading: SheetReading, contract: Contract, contracts: Mapping[str, Contract]) -> str:
    where = f"文件 {name}" + (f" 的工作表「{reading.sheet.sheet}」" if reading.sheet.sheet else "")
    lacking = reading.heading.missing(contract) if reading.heading else [c.name for c in contract.columns if c.required]
    parts = [f"{where} 不能作为「{contract.title}」使用"]
    if reading.heading is None:
        parts.append("前 20 行中找不到表头")
    if lacking:
        accepted = "；".join(_accepted(contract, column) for column in lacking)
        parts.append(f"缺少必需的列：{accepted}")
    if reading.like:
        parts.append(f"看起来是「{contracts[reading.like].title}」，应放在 {reading.like} 文件夹")
    return "，".join(parts) + "。"


def _accepted(contract: Contract, column: str) -> str:
    found = contract.column(column)
    headings = list(dict.fromkeys([*found.aliases[:_SHOWN_HEADINGS], column]))
    return f"{found.label}（表头可写 {'、'.join(headings)}）"


def _heading(
    sheet: RawSheet, head: Mapping[int, Row], candidate: Candidate | None, contract: Contract
) -> Heading | None:
    if candidate is None:
        return None
    return read_heading(head, candidate, contract) if sheet.header is None else read_names(sheet.header, contract)


def _resembles(
    candidates: Mapping[str, Candidate], contract: Contract, contracts: Mapping[str, Contract]
) -> tuple[str | None, int]:
    """The other dataset, its required columns all there, that explains most headings, and how many."""
    best: tuple[str | None, int] = (None, 0)
    for dataset, candidate in candidates.items():
        required = {column.name for column in contracts[dataset].columns if column.required}
        if dataset != contract.dataset and required <= candidate.columns and len(candidate.columns) > best[1]:
            best = (dataset, len(candidate.columns))
    return best


def _required(contract: Contract) -> int:
    return sum(column.required for column in contract.columns)
