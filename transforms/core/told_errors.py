"""What may be told of an error of the database: most of its messages quote the value they failed on."""

from __future__ import annotations

import duckdb

#: Raised while a statement is being read, before it has seen a row: these speak of the statement only.
OF_THE_STATEMENT = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ParserException,
    duckdb.SyntaxException,
)
LONGEST = 200


def told(error: Exception) -> str:
    """An error's type, and the first line of its message where that cannot quote anybody's data."""
    kind = type(error).__name__
    if isinstance(error, OF_THE_STATEMENT):
        return f"{kind}: {str(error).splitlines()[0][:LONGEST]}"
    return kind
