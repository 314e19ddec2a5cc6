"""How every step of this stage makes its table."""

from __future__ import annotations

import duckdb

from transforms.engines import SqlConnection


class LinkageError(RuntimeError):
    """A table of this stage could not be built; names the table and the kind of error."""


def replace_table(con: SqlConnection, table: str, select: str) -> None:
    """Create or replace a table from a SELECT. Raises LinkageError naming the table."""
    try:
        con.execute(f"CREATE OR REPLACE TABLE {table} AS\n{select}")
    except duckdb.Error as error:
        # The engine's message may quote the value it failed on, which may be a person's: neither kept nor chained.
        raise LinkageError(f"linkage table {table} could not be built: {type(error).__name__}") from None
