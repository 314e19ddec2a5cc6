"""Cleaning lists of cells through DuckDB, as staging does."""

from __future__ import annotations

import duckdb
import pytest

from data_contracts import load_codes
from transforms.values import VALUE_TYPES, Context, merge_layers, name, register_functions, select_layers


class Cleaner:
    """Cleans many cells in one query."""

    def __init__(self) -> None:
        self.con = duckdb.connect()
        register_functions(self.con)
        self.codes = load_codes()

    def rows(self, kind: str, cells: list[str | None], **context) -> list[dict]:
        """One mapping per cell: value, each extra suffix, and bad."""
        value_type = VALUE_TYPES[kind]
        layers = merge_layers([value_type.layers("x", "raw", Context(self.codes, **context))])
        columns = {"value": "x", **{suffix: f"x{suffix}" for suffix in value_type.extras}}
        listed = ", ".join(f"{name(column)} AS {name(label)}" for label, column in columns.items())
        self.con.execute(
            "CREATE OR REPLACE TEMP TABLE cell AS "
            "SELECT unnest($1::VARCHAR[]) AS raw, generate_subscripts($1::VARCHAR[], 1) AS i",
            [cells],
        )
        bad = f"coalesce({value_type.is_bad('x')}, FALSE) AS bad"
        found = self.con.execute(f"SELECT {listed}, {bad} FROM ({select_layers('cell', layers)}) ORDER BY i")
        labels = [column[0] for column in found.description]
        return [dict(zip(labels, row, strict=True)) for row in found.fetchall()]

    def values(self, kind: str, cells: list[str | None], **context) -> list:
        """The cleaned values alone."""
        return [row["value"] for row in self.rows(kind, cells, **context)]

    def one(self, kind: str, cell: str | None, **context) -> dict:
        """One cell."""
        return self.rows(kind, [cell], **context)[0]

    def bad(self, kind: str, cells: list[str | None], **context) -> list[bool]:
        """Which cells hold something unusable."""
        return [row["bad"] for row in self.rows(kind, cells, **context)]


@pytest.fixture(scope="session")
def cleaner() -> Cleaner:
    """Shared by all tests of values: it keeps no state between calls."""
    return Cleaner()
