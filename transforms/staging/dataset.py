"""All files of one dataset → its staged rows, its quarantine, and the accounting of both."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from data_contracts import Codes, Contract
from transforms.intake import RawSheet, ReceivedFile, UnreadableFile, open_raw
from transforms.intake.sql import path_literal
from transforms.staging.accounting import describe_sheets
from transforms.staging.classify import OTHER_SHEET, RECORD, REJECTED, SAME_FILE
from transforms.staging.columns import LINEAGE, UNREADABLE, staged_columns
from transforms.staging.faults import contract_faults
from transforms.staging.headings import HeadingIndex
from transforms.staging.model import QUARANTINE, STAGED, FileAccount, SheetAccount
from transforms.staging.recognise import RejectedFile, SheetReading, choose_sheets, read_sheet
from transforms.staging.rounding import rounded_numbers
from transforms.staging.sheet import (
    ROWS_PER_SHEET,
    STAGED_FORMAT,
    SheetPlan,
    read_head,
    received_json,
    tick_columns,
    write_rows,
)
from transforms.values import literal, name

Progress = Callable[[str], None]


@dataclass
class DatasetWork:
    """What is known of a dataset while its files are read one after the other."""

    contract: Contract
    contracts: Mapping[str, Contract]
    index: HeadingIndex
    codes: Codes
    folder: Path
    plans: list[SheetPlan] = field(default_factory=list)
    files: list[FileAccount] = field(default_factory=list)


def stage_dataset(
    con: duckdb.DuckDBPyConnection,
    received: Sequence[ReceivedFile],
    work: DatasetWork,
    target: Path,
    progress: Progress,
) -> list[FileAccount]:
    """Write staged/<dataset>.parquet and quarantine/<dataset>.parquet under `target`; account for every row.

    received: the dataset's files in name order. A dataset without a usable file gets no Parquet.
    """
    seen: dict[str, str] = {}
    for file_no, file in enumerate(received, 1):
        account = _stage_file(con, file_no, file, seen.get(file.sha256), work)
        if account.status == "loaded":
            seen.setdefault(file.sha256, file.name)
        work.files.append(account)
        rows = account.received + sum(plan.sheet.rows for plan in work.plans if plan.file_no == file_no)
        progress(f"  {file.name}: {account.status}, {rows:,} rows")
    if not work.plans:
        return work.files
    parts = _write_parts(con, work)
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW part AS SELECT * FROM read_parquet({_list(parts)}, hive_partitioning = false)"
    )
    _find_repeats(con, work.contract)
    _write_staged(con, work.contract, parts, target)
    _write_quarantine(con, work, target)
    accounts = _account(con, work)
    _move_staged(work, parts, target)
    shutil.rmtree(work.folder)
    return accounts


def _stage_file(
    con: duckdb.DuckDBPyConnection, file_no: int, file: ReceivedFile, twin: str | None, work: DatasetWork
) -> FileAccount:
    account = FileAccount(work.contract.dataset, file.name, file_no, file.sha256, "loaded", "")
    folder = work.folder / str(file_no)
    folder.mkdir(parents=True)
    sheets: list[RawSheet] = []
    try:
        sheets = open_raw(file, folder)
        if twin is not None:
            warning = f"与 {twin} 内容完全相同，只计一次"
            return replace(account, sheets=_unstaged(sheets, SAME_FILE), warnings=(warning,))
        readings = [
            read_sheet(sheet, read_head(con, sheet), work.contract, work.contracts, work.index) for sheet in sheets
        ]
        chosen = choose_sheets(file.name, readings, work.contract, work.contracts)
    except UnreadableFile as error:
        return replace(account, status="rejected", reason=f"文件无法读入：{error.message}", may_pass=error.may_pass)
    except RejectedFile as error:
        return replace(account, status="rejected", reason=str(error), sheets=_unstaged(sheets, REJECTED))
    plans = [SheetPlan(file_no, file.name, reading.sheet, reading.heading) for reading in chosen if reading.heading]
    ticks = tick_columns(con, plans, work.contract, work.codes)
    work.plans += [replace(plan, ticks=ticks) for plan in plans]
    others = [reading for reading in readings if reading not in chosen and reading.verdict != "empty"]
    return replace(
        account,
        sheets=tuple(_unstaged_sheet(reading.sheet, OTHER_SHEET) for reading in others),
        warnings=tuple(_notice(reading, work) for reading in others),
    )


def _write_parts(con: duckdb.DuckDBPyConnection, work: DatasetWork) -> list[Path]:
    """The rows of all sheets, those of equal reading in one file."""
    groups: dict[object, list[SheetPlan]] = defaultdict(list)
    for plan in work.plans:
        groups[plan.reading(work.contract)].append(plan)
    parts = []
    for number, plans in enumerate(groups.values()):
        parts.append(work.folder / f"rows-{number}.parquet")
        write_rows(con, plans, work.contract, work.codes, parts[-1])
    return parts


def _find_repeats(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Temp table repeat_row (_row_id): rows equal in every staged column to an earlier row of their file.

    Two files that overlap are two departments' word for the same fact: both stay, and rules count it once. Rows with a cell nobody can read are
    no repeats: they may differ in it.
    """
    if contract.repeats_are_facts:
        con.execute("CREATE OR REPLACE TEMP TABLE repeat_row (_row_id BIGINT)")
        return
    usable = f"_kind = '{RECORD}' AND _faults = 0 AND _bad = 0"
    columns = ", ".join(map(name, staged_columns(contract)))
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE repeat_row AS
        SELECT _row_id FROM (
            SELECT _row_id, row_number() OVER (PARTITION BY _file_no, {columns} ORDER BY _row_id) AS copy
            FROM part
            WHERE {usable}
                AND _hash IN (SELECT _hash FROM part WHERE {usable} GROUP BY _hash HAVING count(*) > 1)
        )
        WHERE copy > 1
        """
    )


def _write_staged(con: duckdb.DuckDBPyConnection, contract: Contract, parts: Sequence[Path], target: Path) -> None:
    """Write the usable rows of `part`; nothing where there is one file of rows and all of them are usable as they are (see _move_staged)."""
    rounded = rounded_numbers(con, contract)
    repeats, others = con.execute(
        f"SELECT (SELECT count(*) FROM repeat_row), (SELECT count(*) FROM part WHERE _kind <> '{RECORD}' OR _faults <> 0)"
    ).fetchall()[0]
    if len(parts) == 1 and not (rounded or repeats or others):
        return
    kept = [*LINEAGE, *staged_columns(contract), UNREADABLE]
    columns = ", ".join(rounded.get(column, name(column)) for column in kept)
    path = target / STAGED / f"{contract.dataset}.parquet"
    new = "AND _row_id NOT IN (SELECT _row_id FROM repeat_row)" if repeats else ""
    con.execute(
        f"COPY (SELECT {columns} FROM part WHERE _kind = '{RECORD}' AND _faults = 0 {new}) "
        f"TO {literal(str(path))} {STAGED_FORMAT}"
    )


def _move_staged(work: DatasetWork, parts: Sequence[Path], target: Path) -> None:
    """The one file of rows becomes the staged file where none was written: a second copy of a large register costs a fifth of its staging.

    Its marks (_kind, _faults, _bad, _hash) stay in it; no view shows them.
    """
    path = target / STAGED / f"{work.contract.dataset}.parquet"
    if not path.exists():
        shutil.move(parts[0], path)


def _write_quarantine(con: duckdb.DuckDBPyConnection, work: DatasetWork, target: Path) -> None:
    """dataset, file, sheet, row, reasons (Chinese, joined by ；), codes (joined by blanks), received."""
    reasons = ", ".join(
        f"({bit}, {literal(fault.code)}, {literal(fault.text)})"
        for bit, fault in enumerate(contract_faults(work.contract))
    )
    held = {
        row[0]
        for row in con.execute(f"SELECT DISTINCT _row_id // {ROWS_PER_SHEET} FROM part WHERE _faults <> 0").fetchall()
    }
    sheets = [received_json(plan) for plan in work.plans if plan.number in held]
    nothing = "SELECT 0::BIGINT AS _row_id, '' AS received"
    path = target / QUARANTINE / f"{work.contract.dataset}.parquet"
    con.execute(
        f"""
        COPY (
            SELECT
                {literal(work.contract.dataset)} AS dataset,
                held._file AS file, held._sheet AS sheet, held._row AS row,
                string_agg(reason.said, '；' ORDER BY reason.bit) AS reasons,
                string_agg(reason.code, ' ' ORDER BY reason.bit) AS codes,
                any_value(came.received) AS received
            FROM part AS held
            INNER JOIN ({" UNION ALL ".join(sheets) or nothing}) AS came USING (_row_id)
            INNER JOIN (VALUES {reasons or "(0, '', '')"}) AS reason (bit, code, said)
                ON (held._faults >> reason.bit) & 1 = 1
            WHERE held._faults <> 0
            GROUP BY held._row_id, held._file, held._sheet, held._row
            ORDER BY held._row_id
        ) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)
        """
    )


def _account(con: duckdb.DuckDBPyConnection, work: DatasetWork) -> list[FileAccount]:
    staged: dict[int, list[SheetAccount]] = defaultdict(list)
    for plan, account in describe_sheets(con, work.plans, work.contract):
        staged[plan.file_no].append(account)
    return [
        replace(
            file,
            sheets=tuple(sorted([*file.sheets, *staged[file.file_no]], key=lambda sheet: sheet.sheet_no)),
        )
        for file in work.files
    ]


def _unstaged(sheets: Sequence[RawSheet], reason: str) -> tuple[SheetAccount, ...]:
    return tuple(_unstaged_sheet(sheet, reason) for sheet in sheets)


def _unstaged_sheet(sheet: RawSheet, reason: str) -> SheetAccount:
    ignored = {reason: sheet.rows} if sheet.rows else {}
    return SheetAccount(
        sheet.sheet_no,
        sheet.sheet,
        sheet.rows,
        ignored=ignored,
        kind=sheet.kind,
        encoding=sheet.encoding,
        hidden=sheet.hidden,
    )


def _notice(reading: SheetReading, work: DatasetWork) -> str:
    looks = f"，看起来是「{work.contracts[reading.like].title}」" if reading.like else ""
    return f"工作表「{reading.sheet.sheet}」没有本数据集的表头{looks}，其中 {reading.sheet.rows} 行未读入"


def _list(paths: Sequence[Path]) -> str:
    return "[" + ", ".join(map(path_literal, paths)) + "]"
