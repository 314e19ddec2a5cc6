"""Sheets of one dataset → one Parquet file of all their rows, cleaned and marked, in a single pass."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from data_contracts import Codes, Contract
from transforms.staging.classify import OTHER_HEADING, RECORD, REPEATED_HEADING, kind_layers
from transforms.staging.columns import LINEAGE, cleaning_layers, select_columns
from transforms.staging.faults import bits, contract_faults, misread_bit, unusable_cells
from transforms.staging.headings import HEAD_ROWS, Heading, cell_labels
from transforms.values import VALUE_TYPES, literal, may_be_tick, name, only_ticks, select_layers

if TYPE_CHECKING:
    from transforms.intake import RawSheet

SHEETS_PER_FILE = 1_000
ROWS_PER_SHEET = 1_000_000_000
_FEW_ROWS = 200_000
# Few columns of a register repeat more values than these in a part of the file: looking for more costs a twentieth of staging and makes no smaller files.
STAGED_FORMAT = "(FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 2000)"


@dataclass(frozen=True)
class SheetPlan:
    """A sheet that will be staged. ticks: the yes/no columns its file marks with ticks only."""

    file_no: int
    file: str
    sheet: RawSheet
    heading: Heading
    ticks: frozenset[str] = frozenset()

    @property
    def number(self) -> int:
        """The head of its rows' _row_id: file_no * 1000 + sheet_no."""
        return self.file_no * SHEETS_PER_FILE + self.sheet.sheet_no

    def reading(self, contract: Contract) -> Hashable:
        """What the cleaning of its cells depends on: sheets of equal reading are cleaned in one query."""
        units = frozenset(item for item in self.heading.units.items() if item[1] != 1)
        return self.ticks, units, frozenset(self.typed(contract).items())

    def typed(self, contract: Contract) -> dict[str, str]:
        """Contract column → DuckDB type of its cells, where they are taken as they are and not by way of their text."""
        kinds = {
            column: self.sheet.native[index] for column, index in self.heading.columns.items() if self.sheet.native
        }
        return {
            column: kind
            for column, kind in kinds.items()
            if kind in VALUE_TYPES[contract.column(column).type].native and self.heading.units.get(column, 1) == 1
        }


def read_head(con: duckdb.DuckDBPyConnection, sheet: RawSheet) -> dict[int, tuple[str | None, ...]]:
    """Physical row → cells, of the first rows of a sheet."""
    if sheet.header is not None or not sheet.rows:
        return {}
    cells = ", ".join(f"c{i}" for i in range(sheet.width))
    rows = con.execute(f"SELECT _row, {cells} FROM ({sheet.scan}) WHERE _row <= {HEAD_ROWS} ORDER BY _row").fetchall()
    return {row: tuple(cells) for row, *cells in rows}


def write_rows(
    con: duckdb.DuckDBPyConnection, plans: Sequence[SheetPlan], contract: Contract, codes: Codes, target: Path
) -> None:
    """Write every row of sheets of equal reading to `target`: lineage, staged columns, and

    _kind (RECORD or why it is none), _faults and _bad (bit i: reason i of contract_faults, column i of
    unusable_cells), _hash (of the contract's columns: equal rows have equal hashes; not worked out where repeats are facts).
    """
    cells = {column.name: f"cell__{column.name}" for column in contract.columns}
    record = f"_kind = '{RECORD}'"
    faults = [fault.condition for fault in contract_faults(contract)]
    marks = {
        "_faults": f"CASE WHEN {record} THEN {bits(faults)} ELSE 0 END",
        "_bad": f"CASE WHEN {record} THEN {bits(list(unusable_cells(contract).values()))} ELSE 0 END",
    }
    typed = plans[0].typed(contract)
    received = " UNION ALL ".join(_received(plan, contract, codes, cells, typed) for plan in plans)
    layers = cleaning_layers(contract, cells, codes, plans[0].heading.units, plans[0].ticks, typed)
    lineage = ", ".join(LINEAGE)
    hashed = (
        "0" if contract.repeats_are_facts else f"hash({', '.join(name(column.name) for column in contract.columns)})"
    )
    # Each branch of a union sets up all of the cleaning for itself: small sheets are gathered first.
    gathered = "MATERIALIZED" if sum(plan.sheet.rows for plan in plans) <= _FEW_ROWS else "NOT MATERIALIZED"
    con.execute(
        f"COPY (WITH received AS {gathered} ({received}) "
        f"SELECT {lineage}, {select_columns(contract)}, _kind, _faults, _bad, {hashed} AS _hash "
        f"FROM ({select_layers('received', [*layers, marks])})) "
        f"TO {literal(str(target))} {STAGED_FORMAT}"
    )
    _hold_misread(con, contract, target)


def _hold_misread(con: duckdb.DuckDBPyConnection, contract: Contract, target: Path) -> None:
    """Mark the records that stand below a heading which is not their sheet's: nearly never is there one, then nothing is written again."""
    rows = f"read_parquet({literal(str(target))})"
    if not con.execute(f"SELECT 1 FROM {rows} WHERE _kind = '{OTHER_HEADING}' LIMIT 1").fetchall():
        return
    above = (
        f"last_value(CASE WHEN _kind IN ('{REPEATED_HEADING}', '{OTHER_HEADING}') THEN _kind END IGNORE NULLS) "
        f"OVER (PARTITION BY _row_id // {ROWS_PER_SHEET} ORDER BY _row_id)"
    )
    held = f"_kind = '{RECORD}' AND above = '{OTHER_HEADING}'"
    marked = target.with_suffix(".marked")
    con.execute(
        f"COPY (SELECT * EXCLUDE (above) REPLACE (CASE WHEN {held} THEN _faults | {misread_bit(contract)} ELSE _faults END AS _faults) "
        f"FROM (SELECT *, {above} AS above FROM {rows})) TO {literal(str(marked))} {STAGED_FORMAT}"
    )
    marked.replace(target)


def tick_columns(
    con: duckdb.DuckDBPyConnection, plans: Sequence[SheetPlan], contract: Contract, codes: Codes
) -> frozenset[str]:
    """The yes/no columns the sheets of one file mark with ticks only: in them an empty cell means no."""
    cells = {column.name: f"cell__{column.name}" for column in contract.columns if column.type == "bool"}
    asked = _perhaps_ticked(con, plans, cells)
    if not asked:
        return frozenset()
    received = " UNION ALL ".join(_received(plan, contract, codes, cells) for plan in plans)
    marks = ", ".join(only_ticks(cells[column], codes.null_words) for column in asked)
    found = con.execute(f"SELECT {marks} FROM ({received}) WHERE _kind = '{RECORD}'").fetchall()[0]
    return frozenset(column for column, ticks in zip(asked, found, strict=True) if ticks)


def _perhaps_ticked(con: duckdb.DuckDBPyConnection, plans: Sequence[SheetPlan], columns: Iterable[str]) -> list[str]:
    """Those columns under whose heading some cell, in whatever row, has a tick in it: nearly always none, and then nothing more is asked."""
    present = [column for column in columns if any(column in plan.heading.columns for plan in plans)]
    if not present:
        return []
    places = [[plan.heading.columns.get(column) for column in present] for plan in plans]
    cells = [", ".join("NULL::VARCHAR" if i is None else f"c{i}" for i in place) for place in places]
    rows = " UNION ALL ".join(
        f"SELECT {taken} FROM ({plan.sheet.scan})" for taken, plan in zip(cells, plans, strict=True)
    )
    names = [f"cell{number}" for number in range(len(present))]
    asked = ", ".join(f"bool_or({may_be_tick(cell)})" for cell in names)
    found = con.execute(f"SELECT {asked} FROM ({rows}) AS received({', '.join(names)})").fetchall()[0]
    return [column for column, ticks in zip(present, found, strict=True) if ticks]


def received_json(plan: SheetPlan) -> str:
    """SELECT _row_id, received (JSON of heading → cell as it came) of a sheet."""
    labels = cell_labels(plan.heading.texts, plan.sheet.width)
    pairs = ", ".join(f"{literal(label)}, c{index}" for index, label in enumerate(labels))
    said = f"CAST(json_object({pairs}) AS VARCHAR)"
    return f"SELECT {_row_id(plan)} AS _row_id, {said} AS received FROM ({plan.sheet.scan})"


def present_columns(heading: Heading) -> dict[str, str]:
    """Contract column → heading as received."""
    return {column: heading.texts[index] for column, index in heading.columns.items()}


def _received(
    plan: SheetPlan, contract: Contract, codes: Codes, cells: Mapping[str, str], typed: Collection[str] = ()
) -> str:
    """The rows of a sheet: lineage, _kind, and the cell of each asked column, NULL where there is none; as text but for those typed."""
    place = plan.heading.columns
    where = {column: f"{'n' if column in typed else 'c'}{index}" for column, index in place.items()}
    taken = ", ".join(f"{where.get(column, 'NULL::VARCHAR')} AS {cell}" for column, cell in cells.items())
    kinds = select_layers(f"({plan.sheet.scan})", kind_layers(plan.sheet, plan.heading, contract, codes))
    return (
        f"SELECT {_row_id(plan)} AS _row_id, {plan.file_no}::INTEGER AS _file_no, "
        f"{literal(plan.file)} AS _file, {literal(plan.sheet.sheet)} AS _sheet, _row, _kind, {taken} "
        f"FROM ({kinds})"
    )


def _row_id(plan: SheetPlan) -> str:
    return f"{plan.number * ROWS_PER_SHEET}::BIGINT + _row"
