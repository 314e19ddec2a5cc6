"""What may be told of an error of the database: most of its messages quote the value they failed on."""

from __future__ import annotations

import duckdb

from transforms.engines import SparkStatementError

#: Raised while a statement is being read, before it has seen a row (or worded without what it saw): these speak of the statement only.
OF_THE_STATEMENT = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ParserException,
    duckdb.SyntaxException,
    SparkStatementError,
)
LONGEST = 200


def told(error: Exception) -> str:
    """An error's type, and the first line of its message where that cannot quote anybody's data."""
    kind = type(error).__name__
    if isinstance(error, OF_THE_STATEMENT):
        return f"{kind}: {str(error).splitlines()[0][:LONGEST]}"
    return kind
