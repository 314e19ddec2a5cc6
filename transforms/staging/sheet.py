"""One sheet → a Parquet file of all its rows, cleaned and marked, in a single pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_contracts import Codes, Contract
from transforms.intake import RawSheet
from transforms.staging.classify import RECORD, kind_layers
from transforms.staging.columns import cleaning_layers, select_columns, staged_columns
from transforms.staging.faults import Fault, bits, contract_faults, unusable_cells
from transforms.staging.headings import HEAD_ROWS, Heading
from transforms.values import literal, merge_layers, name, only_ticks, select_layers

SHEETS_PER_FILE = 1_000
ROWS_PER_SHEET = 1_000_000_000


@dataclass(frozen=True)
class SheetPlan:
    """A sheet that will be staged. number: file_no * 1000 + sheet_no, the head of its rows' _row_id.

    faults, unusable: what each bit of _faults and _bad stands for.
    """

    file_no: int
    file: str
    sheet: RawSheet
    heading: Heading
    faults: tuple[Fault, ...]
    unusable: tuple[str, ...]

    @property
    def number(self) -> int:
        return self.file_no * SHEETS_PER_FILE + self.sheet.sheet_no


def plan_sheet(file_no: int, file: str, sheet: RawSheet, heading: Heading, contract: Contract) -> SheetPlan:
    """Fix what the bits of a sheet's rows mean."""
    present = heading.columns
    return SheetPlan(
        file_no, file, sheet, heading, tuple(contract_faults(contract, present)), tuple(unusable_cells(contract, present))
    )


def read_head(con: duckdb.DuckDBPyConnection, sheet: RawSheet) -> dict[int, tuple[str | None, ...]]:
    """Physical row → cells, of the first rows of a sheet."""
    if sheet.header is not None or not sheet.rows:
        return {}
    cells = ", ".join(f"c{i}" for i in range(sheet.width))
    rows = con.execute(f"SELECT _row, {cells} FROM ({sheet.scan}) WHERE _row <= {HEAD_ROWS} ORDER BY _row").fetchall()
    return {row: tuple(cells) for row, *cells in rows}


def write_rows(
    con: duckdb.DuckDBPyConnection, plan: SheetPlan, contract: Contract, codes: Codes, ticks: frozenset[str], target: Path
) -> None:
    """Write every row of the sheet to `target`: lineage, staged columns, and

    _kind (RECORD or why it is none), _faults and _bad (bits, see SheetPlan), _hash (of the staged columns: equal rows
    have equal hashes), _received (JSON of heading → cell as received, of rows with a fault only).
    """
    con.execute(f"COPY ({_rows_sql(plan, contract, codes, ticks)}) TO {literal(str(target))} (FORMAT parquet, COMPRESSION snappy)")


def tick_columns(con: duckdb.DuckDBPyConnection, plans: list[SheetPlan], contract: Contract, codes: Codes) -> frozenset[str]:
    """The yes/no columns one file marks with ticks only: in them an empty cell means no."""
    columns = [column.name for column in contract.columns if column.type == "bool"]
    asked = [column for column in columns if any(column in plan.heading.columns for plan in plans)]
    if not asked:
        return frozenset()
    tables = [_yes_no_cells(plan, asked, contract, codes) for plan in plans]
    marks = ", ".join(only_ticks(name(column), codes.null_words) for column in asked)
    found = con.execute(f"SELECT {marks} FROM ({' UNION ALL '.join(tables)})").fetchall()[0]
    return frozenset(column for column, ticks in zip(asked, found, strict=True) if ticks)


def _yes_no_cells(plan: SheetPlan, asked: list[str], contract: Contract, codes: Codes) -> str:
    place = plan.heading.columns
    cells = ", ".join(f"{f'c{place[c]}' if c in place else 'NULL::VARCHAR'} AS {name(c)}" for c in asked)
    typed = {c: i for c, i in place.items() if contract.column(c).type == "id18"}
    # The marks of headings, totals and footnotes do not count.
    typed_layer = {f"{column}__typed": f"regexp_full_match(c{i}, '[0-9]{{17}}[0-9X]')" for column, i in typed.items()}
    layers = merge_layers([[typed_layer], kind_layers(plan.sheet, plan.heading, contract, codes)])
    return f"SELECT {cells} FROM ({select_layers(f'({plan.sheet.scan})', layers)}) WHERE _kind = '{RECORD}'"


def _rows_sql(plan: SheetPlan, contract: Contract, codes: Codes, ticks: frozenset[str]) -> str:
    place = plan.heading.columns
    cells = {column: f"c{index}" for column, index in place.items()}
    kinds = kind_layers(plan.sheet, plan.heading, contract, codes)
    cleaning = cleaning_layers(contract, cells, codes, plan.heading.units, ticks)
    unusable = unusable_cells(contract, place)
    record = f"_kind = '{RECORD}'"
    marks = {
        "_faults": f"CASE WHEN {record} THEN {bits([f.condition for f in plan.faults])} ELSE 0 END",
        "_bad": f"CASE WHEN {record} THEN {bits([f'coalesce({unusable[c]}, FALSE)' for c in plan.unusable])} ELSE 0 END",
    }
    cleaned = select_layers(f"({plan.sheet.scan})", [*merge_layers([cleaning, kinds]), marks])
    hashed = ", ".join(name(c) for c in staged_columns(contract) if c in place)
    return (
        f"SELECT {plan.number * ROWS_PER_SHEET} + _row AS _row_id, {plan.file_no}::INTEGER AS _file_no, "
        f"{literal(plan.file)} AS _file, {literal(plan.sheet.sheet)} AS _sheet, _row, {select_columns(contract, place)}, "
        f"_kind, _faults, _bad, hash({hashed}) AS _hash, {_received(plan)} AS _received FROM ({cleaned})"
    )


def _received(plan: SheetPlan) -> str:
    """JSON of a quarantined row as it came, under its own headings; equal headings are told apart by their place."""
    used: set[str] = set()
    pairs = []
    for index in range(plan.sheet.width):
        text = plan.heading.texts[index] if index < len(plan.heading.texts) else ""
        key = text or f"第{index + 1}列"
        if key in used:
            key = f"{key}（第{index + 1}列）"
        used.add(key)
        pairs.append(f"{literal(key)}, c{index}")
    return f"CASE WHEN _faults <> 0 THEN CAST(json_object({', '.join(pairs)}) AS VARCHAR) END"


def present_columns(heading: Heading) -> Mapping[str, str]:
    """Contract column → heading as received."""
    return {column: heading.texts[index] for column, index in heading.columns.items()}
