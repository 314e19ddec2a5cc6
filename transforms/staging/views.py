"""The stg_ views a run reads."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from data_contracts import Column, Contract
from transforms.intake.sql import path_literal
from transforms.staging.columns import LINEAGE, staged_columns
from transforms.staging.model import Snapshot
from transforms.staging.sheet import ROWS_PER_SHEET, SHEETS_PER_FILE
from transforms.values import literal, name


def staged_views(con: duckdb.DuckDBPyConnection, snapshot: Snapshot, contracts: Mapping[str, Contract]) -> None:
    """Create view stg_<dataset> for every contract.

    Columns: those of the staged Parquet, ref ('<dataset>:<_row_id>'), and has_<column> for each optional
    column (was it in this row's sheet?). A dataset without a usable file has an empty view of the same shape.
    And view staged_sheet: dataset, number (_row_id // ROWS_PER_SHEET of its rows), _file, _sheet.
    """
    con.execute(f"CREATE OR REPLACE VIEW staged_sheet AS {_sheets(snapshot)}")
    for dataset, contract in contracts.items():
        con.execute(f"CREATE OR REPLACE VIEW {name(f'stg_{dataset}')} AS {_view(snapshot, dataset, contract)}")


def place_of(row_id: str) -> tuple[str, str]:
    """SQL from a _row_id: the number of its sheet in staged_sheet, and its _row."""
    return f"{row_id} // {ROWS_PER_SHEET}", f"{row_id} % {ROWS_PER_SHEET}"


def _sheets(snapshot: Snapshot) -> str:
    rows = [
        f"({literal(file.dataset)}, {file.file_no * SHEETS_PER_FILE + sheet.sheet_no}::BIGINT, {literal(file.file)}, {literal(sheet.sheet)})"
        for file in snapshot.files
        for sheet in file.sheets
        if sheet.loaded
    ]
    nothing = "('', 0::BIGINT, '', '')"
    return f"SELECT * FROM (VALUES {', '.join(rows) or nothing}) AS v(dataset, number, _file, _sheet)"


def _view(snapshot: Snapshot, dataset: str, contract: Contract) -> str:
    path = snapshot.staged(dataset)
    optional = [column for column in contract.columns if not column.required]
    if path is None:
        shape = {**LINEAGE, **staged_columns(contract), "ref": "VARCHAR"}
        shape |= {f"has_{column.name}": "BOOLEAN" for column in optional}
        empty = ", ".join(f"CAST(NULL AS {kind}) AS {name(column)}" for column, kind in shape.items())
        return f"SELECT {empty} WHERE FALSE"
    columns = ", ".join(map(name, [*LINEAGE, *staged_columns(contract)]))
    has = [f"{_has(snapshot, dataset, column)} AS {name(f'has_{column.name}')}" for column in optional]
    ref = f"concat({literal(dataset + ':')}, _row_id) AS ref"
    source = f"read_parquet({path_literal(path)}, hive_partitioning = false)"
    return f"SELECT {', '.join([columns, ref, *has])} FROM {source}"


def _has(snapshot: Snapshot, dataset: str, column: Column) -> str:
    sheets = {
        file.file_no * SHEETS_PER_FILE + sheet.sheet_no: column.name in sheet.columns
        for file in snapshot.of(dataset)
        for sheet in file.sheets
        if sheet.loaded
    }
    having = [number for number, has in sheets.items() if has]
    if len(having) in (0, len(sheets)):
        return "TRUE" if having else "FALSE"
    return f"(_row_id // {ROWS_PER_SHEET} IN ({', '.join(map(str, having))}))"
