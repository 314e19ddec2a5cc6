"""Splink on the engine the linkage runs on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb

from transforms.engines import SqlConnection


def splink_backend(con: SqlConnection) -> tuple[Any, Callable[[str], str]]:
    """Splink's interface to the connection's engine, and how it wants the model's conditions said, which are in DuckDB's dialect.

    Splink is imported here: only a drop with pairs to score pays for it.
    """
    if isinstance(con, duckdb.DuckDBPyConnection):
        from splink import DuckDBAPI

        return DuckDBAPI(connection=con), str
    from splink import SparkAPI

    from transforms.engines.spark_connection import SparkConnection
    from transforms.engines.spark_dialect import condition_to_spark

    assert isinstance(con, SparkConnection)
    # The model compares with Spark's own functions: Splink's Java library is not loaded.
    api: Any = SparkAPI(  # type: ignore[no-untyped-call]
        spark_session=con.session, break_lineage_method="persist", register_udfs_automatically=False
    )
    return api, condition_to_spark
