"""The named macros of the rules: one definition per engine, the same names."""

from __future__ import annotations

from pathlib import Path

import duckdb

MACRO_FOLDER = Path(__file__).parent.parent / "macros"


def create_macros(con: duckdb.DuckDBPyConnection) -> None:
    """Define every macro of rules/macros/duckdb.sql on this connection's database."""
    con.execute((MACRO_FOLDER / "duckdb.sql").read_text(encoding="utf-8"))


def spark_macros() -> str:
    """The same macros as Spark's CREATE FUNCTION statements."""
    return (MACRO_FOLDER / "spark.sql").read_text(encoding="utf-8")
