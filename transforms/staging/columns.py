"""The SQL of one staged dataset: which columns it has, and how its cells are cleaned."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from data_contracts import Codes, Contract
from transforms.intake.sql import text_of
from transforms.values import VALUE_TYPES, Context, Layer, merge_layers, name, select_layers

LINEAGE = {
    "_row_id": "BIGINT",
    "_file_no": "INTEGER",
    "_file": "VARCHAR",
    "_sheet": "VARCHAR",
    "_row": "BIGINT",
}
#: In the staged file beside what views show: bit i, the cell of column i of faults.unusable_cells held what cannot be read.
UNREADABLE = "_bad"


def staged_columns(contract: Contract) -> dict[str, str]:
    """Column → DuckDB type of the staged table without its lineage: contract columns and their extras."""
    columns: dict[str, str] = {}
    for column in contract.columns:
        kind = VALUE_TYPES[column.type]
        columns[column.name] = kind.sql_type
        columns |= {column.name + suffix: sql_type for suffix, sql_type in kind.extras.items()}
    return columns


def cleaning_layers(
    contract: Contract,
    cells: Mapping[str, str],
    codes: Codes,
    units: Mapping[str, int],
    tick_only: Collection[str] = (),
    typed: Mapping[str, str] = MappingProxyType({}),
) -> list[Layer]:
    """Layers that clean cells. cells: contract column → SQL name of its cell. units: yuan per unit. typed: column → DuckDB type of its cell
    where that is no text."""
    layers = []
    for column in contract.columns:
        if column.name in cells:
            cell, kind = cells[column.name], typed.get(column.name)
            native = (cell, kind) if kind else None
            ctx = Context(
                codes, column.values, column.synonyms, units.get(column.name), column.name in tick_only, native
            )
            layers.append(VALUE_TYPES[column.type].layers(column.name, text_of(cell, kind) if kind else cell, ctx))
    return merge_layers(layers)


def select_columns(contract: Contract) -> str:
    """The staged columns as a SELECT list over cleaned rows."""
    return ", ".join(
        f"CAST({name(column)} AS {kind}) AS {name(column)}" for column, kind in staged_columns(contract).items()
    )


def clean_rows(contract: Contract, source: str, present: Collection[str], codes: Codes) -> str:
    """A SELECT of the staged columns (no lineage) of rows of text, the other columns of `source` before them.

    source: a table name, or a SELECT in brackets, with a VARCHAR column for each contract column in
    `present`; the others are empty. The connection needs transforms.values.register_functions.
    """
    have = [column.name for column in contract.columns if column.name in present]
    cells = {column.name: f"cell__{column.name}" for column in contract.columns}
    taken = ", ".join(
        f"{name(column) if column in have else 'NULL::VARCHAR'} AS {cell}" for column, cell in cells.items()
    )
    own = f" EXCLUDE ({', '.join(map(name, have))})" if have else ""
    layers = cleaning_layers(contract, cells, codes, {})
    made = [*cells.values(), *(column for layer in layers for column in layer)]
    cleaned = select_layers(f"(SELECT *{own}, {taken} FROM {source})", layers)
    return f"SELECT * EXCLUDE ({', '.join(map(name, made))}), {select_columns(contract)} FROM ({cleaned})"
