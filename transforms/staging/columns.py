"""The SQL of one staged dataset: which columns it has, and how its cells are cleaned."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from data_contracts import Codes, Contract
from transforms.intake.sql import text_of
from transforms.values import (
    VALUE_TYPES,
    Context,
    Layer,
    ValueType,
    merge_layers,
    name,
    select_layers,
    undisturbed,
    unless,
)

LINEAGE = {
    "_row_id": "BIGINT",
    "_file_no": "INTEGER",
    "_file": "VARCHAR",
    "_sheet": "VARCHAR",
    "_row": "BIGINT",
}
#: In the staged file beside what views show: bit i, the cell of column i of faults.unusable_cells held what cannot be read.
UNREADABLE = "_bad"
#: From so many kinds of columns on, one search of all cells comes before one per kind.
SEVERAL_KINDS = 2


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
    layers, plain = [], Plain(codes)
    for column in contract.columns:
        if column.name in cells:
            cell, kind, cleaner = cells[column.name], typed.get(column.name), VALUE_TYPES[column.type]
            native = (cell, kind) if kind else None
            ctx = Context(
                codes, column.values, column.synonyms, units.get(column.name), column.name in tick_only, native
            )
            own = cleaner.layers(column.name, text_of(cell, kind) if kind else cell, ctx)
            layers.append(own if kind else plain.spare(cleaner, own, column.name, cell))
    return [*plain.layers(), *merge_layers(layers)]


class Plain:
    """Most cells need no cleaning: of a row, all columns that the same things would disturb are searched for them at once."""

    def __init__(self, codes: Codes) -> None:
        self._codes = codes
        self._cells: dict[str, list[str]] = {}

    def spare(self, cleaner: ValueType, layers: list[Layer], column: str, cell: str) -> list[Layer]:
        """The layers of one column, which need not be worked out in rows that nothing disturbs."""
        pattern = cleaner.disturbance(self._codes)
        if pattern is None:
            return layers
        self._cells.setdefault(pattern, []).append(cell)
        return unless(self._name(pattern), layers, column, cell)

    def layers(self) -> list[Layer]:
        """What the layers given out read; to come before them. Nearly every row is settled by one search for anything in all of its cells."""
        found = {self._name(pattern): undisturbed(cells, pattern) for pattern, cells in self._cells.items()}
        if len(found) < SEVERAL_KINDS:
            return [found]
        cells = [cell for group in self._cells.values() for cell in group]
        return [
            {"plain__row": undisturbed(cells, "|".join(self._cells))},
            {plain: f"CASE WHEN plain__row THEN TRUE ELSE {sql} END" for plain, sql in found.items()},
        ]

    def _name(self, pattern: str) -> str:
        return f"plain__{list(self._cells).index(pattern)}"


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
