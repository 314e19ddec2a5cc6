"""The SQL of one staged dataset: which columns it has, and how its cells are cleaned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from data_contracts import Codes, Column, Contract
from transforms.values import VALUE_TYPES, Context, Layer, merge_layers, name, select_layers

LINEAGE = {"_row_id": "BIGINT", "_file_no": "INTEGER", "_file": "VARCHAR", "_sheet": "VARCHAR", "_row": "BIGINT"}


def staged_columns(contract: Contract) -> dict[str, str]:
    """Column → DuckDB type of the staged table without its lineage: every contract column and what comes with it."""
    columns: dict[str, str] = {}
    for column in contract.columns:
        kind = VALUE_TYPES[column.type]
        columns[column.name] = kind.sql_type
        columns |= {column.name + suffix: sql_type for suffix, sql_type in kind.extras.items()}
    return columns


def context(column: Column, codes: Codes, unit: int | None = None, *, tick_only: bool = False) -> Context:
    """What the cleaner of a column needs to know."""
    return Context(codes, column.values, column.synonyms, unit, tick_only)


def cleaning_layers(
    contract: Contract, cells: Mapping[str, str], codes: Codes, units: Mapping[str, int], tick_only: Iterable[str] = ()
) -> list[Layer]:
    """Layers that clean the columns a sheet has. cells: contract column → SQL name of its received cell."""
    ticks = set(tick_only)
    return merge_layers(
        [
            VALUE_TYPES[column.type].layers(
                column.name, cells[column.name], context(column, codes, units.get(column.name), tick_only=column.name in ticks)
            )
            for column in contract.columns
            if column.name in cells
        ]
    )


def select_columns(contract: Contract, present: Iterable[str]) -> str:
    """The staged columns as a SELECT list over cleaned rows; NULL for those of columns the sheet has not."""
    have = set(present)
    parts = []
    for column in contract.columns:
        kind = VALUE_TYPES[column.type]
        for suffix, sql_type in {"": kind.sql_type, **kind.extras}.items():
            source = name(column.name + suffix) if column.name in have else _absent(suffix)
            parts.append(f"CAST({source} AS {sql_type}) AS {name(column.name + suffix)}")
    return ", ".join(parts)


def _absent(suffix: str) -> str:
    """The status of an ID number and the mark of a month are never NULL."""
    return {"_status": "'empty'", "_month_only": "FALSE"}.get(suffix, "NULL")


def clean_rows(contract: Contract, source: str, present: Iterable[str], codes: Codes) -> str:
    """A SELECT of staged columns (no lineage) from rows of text in contract columns.

    source: a table name, or a SELECT in brackets, with a VARCHAR column for each name in `present`; its other columns
    come first, unchanged. The connection needs transforms.values.register_functions.
    """
    have = [column.name for column in contract.columns if column.name in set(present)]
    renamed = ", ".join(f"{name(column)} AS cell__{column}" for column in have)
    rest = f"SELECT * EXCLUDE ({', '.join(map(name, have))}), {renamed} FROM {source}" if have else f"SELECT * FROM {source}"
    layers = cleaning_layers(contract, {column: f"cell__{column}" for column in have}, codes, {})
    others = f"* EXCLUDE ({_helpers(layers, have)}), " if layers else "*, "
    return f"SELECT {others}{select_columns(contract, have)} FROM ({select_layers(f'({rest})', layers)})"


def _helpers(layers: list[Layer], have: list[str]) -> str:
    made = [column for layer in layers for column in layer]
    return ", ".join(map(name, [*(f"cell__{column}" for column in have), *made]))
