"""One file against its contract before it is dropped: everything a sender should mend, by sheet, row and column."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from data_contracts import Codes, Column, Contract, load_codes
from transforms.intake import RawSheet, ReceivedFile, UnreadableFile, open_raw
from transforms.intake.sql import connect
from transforms.staging.classify import RECORD
from transforms.staging.faults import EXPECTED, MISREAD_SAID, contract_faults, misread_bit, set_bits, unusable_cells
from transforms.staging.headings import HeadingIndex
from transforms.staging.recognise import RejectedFile, SheetReading, choose_sheets, read_sheet
from transforms.staging.sheet import SheetPlan, read_head, tick_columns, write_rows
from transforms.values import literal, name, register_functions

MOST_PROBLEMS = 1000
HIDDEN = "（不显示）"
#: A short word of a code list that is not listed; a number, amount or date in whatever spelling. Nothing longer is repeated.
CODE_WORD = re.compile(r"\D{1,8}|[\w（）()]{1,6}")
NUMBER_OR_DATE = re.compile(
    r"[0-9０-９零〇一二三四五六七八九十年月日号时分元万亿千百角整人民币¥￥,，.。:：/\\\-+*%＃#\s]{1,30}"
)
MANY_DIGITS = re.compile(r"[0-9０-９]{11}")
ID_SAID = {"empty": "空", "scientific": "科学计数", "truncated": "末三位为000，被表格截尾", "invalid": "校验不通过"}


@dataclass(frozen=True)
class Problem:
    """One thing to mend. row 0: the whole sheet or file. level: fail (rejected or quarantined) or warn."""

    level: str
    sheet: str
    row: int
    column: str
    found: str
    expected: str


@dataclass
class FileReport:
    """What a file is, and what is wrong with it. usable: it would be loaded, rows aside."""

    file: str
    dataset: str | None
    title: str
    usable: bool
    looks_like: str | None = None
    rows: int = 0
    problems: list[Problem] = field(default_factory=list)
    more: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For --json."""
        return asdict(self)


def check_file(path: Path, contracts: Mapping[str, Contract], work: Path, dataset: str | None = None) -> FileReport:
    """Check one file. dataset: the contract to hold it against; else its folder's name, else the contract it looks like.

    work: an empty folder for temporary files. Cells that identify a person are not repeated in the report.
    """
    received = ReceivedFile(
        dataset or path.parent.name, path.name, path, hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size
    )
    try:
        sheets = open_raw(received, work / "raw")
    except UnreadableFile as error:
        return FileReport(
            path.name,
            dataset,
            "",
            False,
            problems=[Problem("fail", "", 0, "", error.message, "能打开的 XLSX、XLS、CSV 或 Parquet")],
        )
    with connect(work / "spill") as con:
        register_functions(con)
        heads = {sheet.sheet_no: read_head(con, sheet) for sheet in sheets}
        index = HeadingIndex(contracts)
        chosen = dataset or (
            path.parent.name if path.parent.name in contracts else _resembled(sheets, heads, index, contracts)
        )
        if chosen is None:
            return FileReport(
                path.name,
                None,
                "",
                False,
                problems=[Problem("fail", "", 0, "", "前 20 行中找不到任何数据的表头", "数据合同中的表头")],
            )
        return _against(con, path, contracts[chosen], contracts, sheets, heads, index, work)


def _resembled(
    sheets: list[RawSheet], heads: Mapping[int, Any], index: HeadingIndex, contracts: Mapping[str, Contract]
) -> str | None:
    best: tuple[int, str | None] = (0, None)
    for sheet in sheets:
        found = index.candidates(heads[sheet.sheet_no]) if sheet.header is None else index.named(sheet.header)
        for dataset, candidate in found.items():
            required = {c.name for c in contracts[dataset].columns if c.required}
            score = len(candidate.columns) + (100 if required <= candidate.columns else 0)
            best = max(best, (score, dataset), key=lambda b: b[0])
    return best[1]


def _against(con: duckdb.DuckDBPyConnection, path: Path, contract: Contract, contracts: Mapping[str, Contract], sheets: list[RawSheet],
             heads: Mapping[int, Any], index: HeadingIndex, work: Path) -> FileReport:  # fmt: skip
    report = FileReport(path.name, contract.dataset, contract.title, True)
    readings = [read_sheet(sheet, heads[sheet.sheet_no], contract, contracts, index) for sheet in sheets]
    report.looks_like = next((r.like for r in readings if r.like), None)
    try:
        chosen = choose_sheets(path.name, readings, contract, contracts)
    except RejectedFile as error:
        report.usable = False
        report.problems.append(Problem("fail", "", 0, "", str(error), "必需的列都在"))
        return report
    report.problems += _sheet_problems(readings, chosen)
    codes = load_codes()
    plans = [SheetPlan(1, path.name, r.sheet, r.heading) for r in chosen if r.heading]
    ticks = tick_columns(con, plans, contract, codes)
    for number, plan in enumerate(plans):
        _row_problems(
            con,
            SheetPlan(1, plan.file, plan.sheet, plan.heading, ticks),
            contract,
            codes,
            work / f"rows-{number}.parquet",
            report,
        )
    return report


def _sheet_problems(readings: list[SheetReading], chosen: list[SheetReading]) -> Iterator[Problem]:
    for reading in readings:
        sheet = reading.sheet
        if reading not in chosen and reading.verdict != "empty":
            yield Problem(
                "warn", sheet.sheet, 0, "", f"没有本数据的表头，{sheet.rows} 行不会读入", "本数据的表头，或删去此工作表"
            )
        if sheet.hidden:
            yield Problem("warn", sheet.sheet, 0, "", "隐藏的工作表，会照常读入", "不需要的工作表请删去")
        if reading.heading and reading in chosen:
            for text in reading.heading.leftover:
                yield Problem(
                    "warn", sheet.sheet, reading.heading.last, text, "合同没有的列", "改用合同列出的表头，或删去此列"
                )
            for text in reading.heading.duplicates:
                yield Problem("warn", sheet.sheet, reading.heading.last, text, "同一列出现多次，只取第一个", "每列一次")


def _row_problems(
    con: duckdb.DuckDBPyConnection, plan: SheetPlan, contract: Contract, codes: Codes, part: Path, report: FileReport
) -> None:
    write_rows(con, [plan], contract, codes, part)
    faults, unusable = contract_faults(contract), list(unusable_cells(contract))
    place = plan.heading.columns
    present = [c for c in contract.columns if c.name in place]
    ids = [c for c in present if c.type == "id18"]
    listed = [c for c in present if c.type == "code" and c.values]
    strange = [f"{name(c.name)} NOT IN ({', '.join(map(literal, c.values))})" for c in listed]
    wrong_id = [f"coalesce({name(c.name + '_status')}, 'empty') <> 'valid'" for c in ids]
    columns = ", ".join(
        [*(f"coalesce({name(c.name + '_status')}, 'empty')" for c in ids), *(name(c.name) for c in listed)]
    )
    cells = ", ".join(f"s.c{place[c.name]}" for c in present)
    rows = con.execute(
        f"SELECT p._row, p._faults, p._bad, [{cells}]{', ' + columns if columns else ''} "
        f"FROM read_parquet({literal(str(part))}) AS p INNER JOIN ({plan.sheet.scan}) AS s ON s._row = p._row "
        f"WHERE p._kind = '{RECORD}' AND (p._faults <> 0 OR p._bad <> 0 OR {' OR '.join([*strange, *wrong_id]) or 'FALSE'}) ORDER BY p._row"
    ).fetchall()
    report.rows += plan.sheet.rows
    for row, held, bad, received, *marks in rows:
        cell = dict(zip([c.name for c in present], received, strict=True))
        if held & misread_bit(contract):
            _add(report, Problem("fail", plan.sheet.sheet, row, "", MISREAD_SAID, "与第一行相同的表头"))
            continue
        told = {unusable[bit] for bit in set_bits(bad)}
        for column in sorted(told):
            _add(report, Problem("warn", plan.sheet.sheet, row, contract.column(column).label, _shown(contract.column(column), cell.get(column)),
                                 EXPECTED.get(contract.column(column).type, "")))  # fmt: skip
        for bit in set_bits(held):
            about = faults[bit].code.partition(":")[2]
            known = contract.column(about) if about in {c.name for c in contract.columns} else None
            _add(report, Problem("fail", plan.sheet.sheet, row, known.label if known else "", faults[bit].text,
                                 EXPECTED.get(known.type, "有值") if known else "有值"))  # fmt: skip
        for id_column, status in zip(ids, marks, strict=False):
            if status != "valid" and (status != "empty" or id_column.required):
                _add(report, Problem("warn", plan.sheet.sheet, row, id_column.label, ID_SAID[status], EXPECTED["id18"]))
        for code_column, value in zip(listed, marks[len(ids) :], strict=True):
            if value is not None and value not in code_column.values:
                _add(report, Problem("warn", plan.sheet.sheet, row, code_column.label, _shown(code_column, cell.get(code_column.name)),
                                     "、".join(code_column.values)))  # fmt: skip


def _shown(column: Column, cell: str | None) -> str:
    """What a cell held, unless it may name somebody: columns slip, and a name or an ID number comes to stand under 死亡日期."""
    if column.classification or column.type in ("id18", "name", "account"):
        return HIDDEN
    if not cell:
        return "空"
    telling = CODE_WORD if column.type == "code" else NUMBER_OR_DATE
    return cell if telling.fullmatch(cell) and not MANY_DIGITS.search(cell) else HIDDEN


def _add(report: FileReport, problem: Problem) -> None:
    if len(report.problems) < MOST_PROBLEMS:
        report.problems.append(problem)
    else:
        report.more += 1


__all__ = ["FileReport", "Problem", "check_file"]
