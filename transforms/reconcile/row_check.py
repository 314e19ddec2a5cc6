"""Which roll rows pass the contract's row checks: the ground of the two quality rates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from data_contracts.loader import Contract
from data_contracts.model import Column
from transforms.staging.columns import UNREADABLE
from transforms.staging.faults import outside_range
from transforms.values import literal


def create_row_check(con: duckdb.DuckDBPyConnection, contract: Contract, staged: Path | None) -> None:
    """Create row_check (_row_id, code_ok, passed) over stg_benefit_roll.

    code_ok: every closed code is on its list. passed: that, and all else the contract asks of a row, however many rows may break it: every
    required column has a value, ID numbers that are given are valid, values are of their pattern and within their range, and no cell held what
    cannot be read as its column's type. staged: the snapshot's file of the roll, which knows of such cells.
    """
    codes = _all(
        f"coalesce({c.name} IN ({', '.join(map(literal, c.values))}), TRUE)"
        for c in contract.columns
        if c.type == "code" and c.values
    )
    rest = _all(condition for column in contract.columns for condition in _asked(column))
    con.execute(
        f"CREATE OR REPLACE TABLE row_check AS SELECT _row_id, {codes} AS code_ok, ({codes}) AND ({rest}) AND _row_id NOT IN "
        f"({_unreadable(con, staged)}) AS passed FROM stg_benefit_roll"
    )


def _asked(column: Column) -> Iterator[str]:
    """SQL conditions on a row; what the contract warns of is asked of each row as well. That a value is nobody else's is not its row's affair."""
    if column.required or column.row_required:
        yield f"{column.name} IS NOT NULL"
    if column.type == "id18":
        yield f"{column.name}_status IN ('valid', 'empty')"
    for check in column.checks:
        if check.kind == "not_null" and not column.required:
            yield f"({column.name} IS NOT NULL OR NOT has_{column.name})"
        if check.kind == "pattern" and column.type != "id18":
            yield f"coalesce(regexp_matches({column.name}, {literal(str(check.pattern))}), TRUE)"
        if check.kind == "range":
            yield f"coalesce(NOT {outside_range(column.name, check)}, TRUE)"


def _unreadable(con: duckdb.DuckDBPyConnection, staged: Path | None) -> str:
    """SELECT of the rows with a cell that could not be read; none in snapshots of versions that did not note them."""
    nothing = "SELECT CAST(NULL AS BIGINT) WHERE FALSE"
    if staged is None:
        return nothing
    rows = f"read_parquet({literal(str(staged))}, hive_partitioning = false)"
    noted = any(row[0] == UNREADABLE for row in con.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall())
    return f"SELECT _row_id FROM {rows} WHERE {UNREADABLE} <> 0" if noted else nothing


def _all(conditions: Iterator[str]) -> str:
    return " AND ".join(conditions) or "TRUE"
