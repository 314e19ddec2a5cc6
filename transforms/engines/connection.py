"""What linkage and the rules ask of a database connection, so that they run on either engine."""

from __future__ import annotations

from typing import Any, Protocol


class Answer(Protocol):
    """What a statement gave."""

    @property
    def description(self) -> list[Any]:
        """One tuple per column, its name first."""

    def fetchall(self) -> list[Any]:
        """Every row, as tuples."""

    def fetchone(self) -> Any:
        """The next row, or None."""


class SqlConnection(Protocol):
    """A DuckDB connection is one; SparkConnection is the other. Statements are in DuckDB's dialect on both."""

    def execute(self, query: str, /) -> Answer:
        """Run one statement. Raises duckdb.Error."""

    def register(self, view_name: str, python_object: object, /) -> Any:
        """Make an Arrow table readable under a name."""

    def unregister(self, view_name: str, /) -> Any:
        """Forget a registered name."""
