"""How a column type says what its SQL is.

DuckDB does not share subexpressions inside CASE, so a cleaner is a short list of layers, each a SELECT over
the one before: a layer may use the received cell, the columns of earlier layers, and nothing of its own.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from data_contracts import Codes

Layer = dict[str, str]
"""New column name → SQL expression."""


@dataclass(frozen=True)
class Context:
    """What one column of one file needs besides its type.

    codes: the shared word lists. values, synonyms: of a code column, as in its contract (synonyms of an int
    column give digits). unit: yuan per unit as the heading says (万元 → 10000), None when it says nothing.
    tick_only: the column marks with ticks only in this file, so that an empty cell means no. native: of a cell that is no text, its SQL
    name and its DuckDB type; `raw` is then an SQL expression of its text.
    """

    codes: Codes
    values: tuple[str, ...] = ()
    synonyms: Mapping[str, str] = field(default_factory=dict)
    unit: int | None = None
    tick_only: bool = False
    native: tuple[str, str] | None = None


class ValueType(ABC):
    """Cleans the VARCHAR cells of one column type.

    sql_type: DuckDB type of the cleaned column. extras: suffix → DuckDB type of columns that come with it. native: DuckDB types of cells it
    takes as they are (Context.native); the value is that of the cell's text.
    """

    sql_type: str = "VARCHAR"
    extras: ClassVar[Mapping[str, str]] = {}
    native: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def layers(self, column: str, raw: str, ctx: Context) -> list[Layer]:
        """Layers that make `column` and `column` + each extra suffix from the cell `raw`, an SQL column name (or as Context.native says).

        Helper columns are named `column` + '__…'. Empty cells and words for nothing become NULL; a cell that
        cannot be read as the type becomes NULL too and is told from an empty one by is_bad.
        """

    def disturbance(self, codes: Codes) -> str | None:
        """RE2 pattern that is found in a cell between bars (|cell|) wherever the value would not be the cell as it came. None: there is none."""
        return None

    def is_bad(self, column: str) -> str:
        """SQL predicate over the last layer: the cell holds something, and it cannot be used as this type."""
        return "FALSE"


def select_layers(source: str, layers: Iterable[Layer]) -> str:
    """A SELECT of everything in `source` (a table, or a SELECT in brackets) and the columns of the layers."""
    query = f"SELECT * FROM {source}"
    for layer in filter(None, layers):
        added = ", ".join(f"{expression} AS {name(column)}" for column, expression in layer.items())
        query = f"SELECT *, {added} FROM ({query})"
    return query


def undisturbed(cells: Iterable[str], pattern: str) -> str:
    """SQL predicate: the pattern (ValueType.disturbance) is found in none of the cells. One search in all of them costs a fraction of one in each."""
    return f"NOT regexp_matches(concat_ws('|', '', {', '.join(cells)}, ''), {literal(pattern)})"


def unless(plain: str, layers: Iterable[Layer], column: str, raw: str) -> list[Layer]:
    """The layers of a column, worked out only where the predicate (a column of an earlier layer) is false: elsewhere the value is the cell."""
    return [
        {
            made: f"CASE WHEN {plain} THEN {raw if made == column else 'NULL'} ELSE {sql} END"
            for made, sql in layer.items()
        }
        for layer in layers
    ]


def merge_layers(columns: Sequence[list[Layer]]) -> list[Layer]:
    """The layers of several columns side by side: as many SELECTs as the longest of them has."""
    merged: list[Layer] = [{} for _ in range(max(map(len, columns), default=0))]
    for layers in columns:
        for into, layer in zip(merged, layers, strict=False):
            into.update(layer)
    return merged


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def literal_rows(rows: Iterable[Iterable[Any]]) -> str:
    """A few rows as SQL text, to follow VALUES; '' for none.

    Binding values or registering Arrow would import pandas, which costs more than a small table, or a rerun's rules.
    """
    return ", ".join("(" + ", ".join(map(_scalar, row)) + ")" for row in rows)


def _scalar(value: Any) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, bool | int | float) else literal(str(value))


def name(identifier: str) -> str:
    """A name as a quoted SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'
