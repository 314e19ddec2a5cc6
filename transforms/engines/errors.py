"""What can go wrong with an engine."""

from __future__ import annotations

import duckdb


class EngineUnavailable(RuntimeError):
    """The engine asked for cannot be used on this machine; the message says what to install."""


class SparkStatementError(duckdb.Error):
    """Spark could not run a statement. One of DuckDB's, so that every stage tells it as it tells DuckDB's own: by type, without its message."""
