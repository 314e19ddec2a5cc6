"""How every step of this stage makes its table."""

from __future__ import annotations

from pathlib import Path

import duckdb

from transforms.engines import SqlConnection
from transforms.intake.sql import literal

# Numbers and names hardly repeat: trying dictionaries for them costs a quarter of the writing.
FEW_VALUES = "DICTIONARY_SIZE_LIMIT 1000"


class LinkageError(RuntimeError):
    """A table of this stage could not be built; names the table and the kind of error."""


def sql_text(table: str) -> str:
    """The SELECT behind one table of this stage."""
    return (Path(__file__).parent / f"{table}.sql").read_text(encoding="utf-8")


def replace_table(con: SqlConnection, table: str, select: str) -> None:
    """Create or replace a table from a SELECT. Raises LinkageError naming the table."""
    _run(con, table, f"CREATE OR REPLACE TABLE {table} AS\n{select}")


def replace_view(con: SqlConnection, view: str, select: str) -> None:
    """Create or replace a view of a SELECT. Raises LinkageError naming the view."""
    _run(con, view, f"CREATE OR REPLACE VIEW {view} AS\n{select}")


def add_rows(con: SqlConnection, table: str, select: str) -> None:
    """Add the rows of a SELECT to a table of the same columns. Raises LinkageError naming the table."""
    _run(con, table, f"INSERT INTO {table}\n{select}")


def write_file(con: SqlConnection, select: str, path: Path) -> None:
    """Write the rows of a SELECT to a Parquet file. Raises LinkageError naming the file."""
    _run(con, path.stem, f"COPY ({select}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION snappy, {FEW_VALUES})")


def _run(con: SqlConnection, table: str, statement: str) -> None:
    try:
        con.execute(statement)
    except duckdb.Error as error:
        # The engine's message may quote the value it failed on, which may be a person's: neither kept nor chained.
        raise LinkageError(f"linkage table {table} could not be built: {type(error).__name__}") from None
