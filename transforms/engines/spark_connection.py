"""The part of a DuckDB connection that linkage, the core tables and the rules use, on Spark: the same statements, transpiled."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp
from sqlglot.errors import SqlglotError

from transforms.engines.errors import SparkStatementError
from transforms.engines.spark_dialect import parsed, to_spark
from transforms.engines.spark_session import SparkPlace, start_session

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class SparkAnswer:
    """What a SELECT gave, on this machine."""

    def __init__(self, names: list[str], rows: list[tuple[Any, ...]]) -> None:
        self.description = [(name,) for name in names]
        self._rows = rows

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Every row not yet fetched."""
        rows, self._rows = self._rows, []
        return rows

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row, or None."""
        return self._rows.pop(0) if self._rows else None


class SparkConnection:
    """Runs statements of DuckDB's dialect on Spark.

    A table is a folder of Parquet files under the session's own folder, and a view of its name over them: worked out once, and open to DuckDB
    (`fetch_sql`). Understands CREATE TABLE … AS, CREATE TABLE with columns, CREATE VIEW, INSERT … SELECT (BY NAME or by place), DROP and SELECT.
    """

    def __init__(self, session: SparkSession, folder: Path) -> None:
        self.session = session
        self._folder = folder
        self._home: dict[str, Path] = {}
        self._made = 0

    def execute(self, query: str, /) -> SparkAnswer:
        """Run one statement. Raises SparkStatementError, which says neither the statement nor any value."""
        try:
            return self._run(parsed(query))
        except SqlglotError as error:
            raise SparkStatementError(f"cannot be said in Spark's dialect: {type(error).__name__}") from None
        except Exception as error:
            if isinstance(error, SparkStatementError):
                raise
            raise SparkStatementError(f"Spark: {_told(error)}") from None

    def register(self, view_name: str, table: pa.Table, /) -> None:
        """Make an Arrow table readable under a name."""
        path = self._new_home(view_name)
        path.mkdir(parents=True)
        pq.write_table(table, path / "part.parquet", compression="snappy")
        self.view_of_files(view_name, path)

    def unregister(self, view_name: str, /) -> None:
        """Forget a registered name."""
        self.session.catalog.dropTempView(view_name)

    def define_macros(self, definitions: str) -> None:
        """Run the CREATE FUNCTION statements of rules/macros/spark.sql, each ended by a semicolon at a line's end."""
        for statement in definitions.split(";\n"):
            if "CREATE" in statement:
                self.session.sql(statement)

    def view_of_files(self, view_name: str, path: Path) -> None:
        """A view over a Parquet file or a folder of them."""
        self.session.read.parquet(_url(path)).createOrReplaceTempView(view_name)
        self._home[view_name] = path

    def take(self, con: duckdb.DuckDBPyConnection, begin: tuple[str, ...]) -> None:
        """Make the tables and views of a DuckDB database whose names begin so readable here: tables copied, views over files said again."""
        here = "database_name = current_database() AND NOT internal AND NOT temporary"
        tables = con.execute(f"SELECT table_name FROM duckdb_tables() WHERE {here} ORDER BY table_oid").fetchall()
        for (name,) in tables:
            if name.startswith(begin):
                home = self._new_home(name)
                home.mkdir(parents=True)
                target = str(home / "part.parquet").replace("'", "''")
                con.execute(f"COPY (SELECT * FROM {name}) TO '{target}' (FORMAT parquet)")
                self.view_of_files(name, home)
        views = con.execute(f"SELECT view_name, sql FROM duckdb_views() WHERE {here} ORDER BY view_oid").fetchall()
        for name, sql in views:
            if name.startswith(begin):
                self.execute(sql.strip().rstrip(";"))

    def fetch_sql(self, table: str) -> str:
        """The SELECT by which DuckDB reads a table made here."""
        files = str(self._home[table] / "*.parquet").replace("'", "''")
        return f"SELECT * FROM read_parquet('{files}', hive_partitioning = false)"

    def made(self, table: str) -> bool:
        """Whether the name is a table of this connection (not a view)."""
        return table in self._home

    def _run(self, statement: exp.Expr) -> SparkAnswer:
        if isinstance(statement, exp.Create):
            return self._create(statement)
        if isinstance(statement, exp.Insert):
            return self._insert(statement)
        if isinstance(statement, exp.Drop):
            self.session.catalog.dropTempView(statement.this.name)
            self._home.pop(statement.this.name, None)
            return SparkAnswer([], [])
        frame = self.session.sql(to_spark(statement))
        return SparkAnswer(list(frame.columns), [tuple(row) for row in frame.collect()])

    def _create(self, statement: exp.Create) -> SparkAnswer:
        body, target = statement.expression, statement.this
        if body is None:
            columns = ", ".join(
                f"CAST(NULL AS {column.args['kind'].sql('duckdb')}) AS {column.name}" for column in target.expressions
            )
            self._keep(target.this.name, self.session.sql(to_spark(parsed(f"SELECT {columns} WHERE FALSE"))))
        elif statement.kind == "VIEW":
            self.session.sql(to_spark(body)).createOrReplaceTempView(target.name)
            self._home.pop(target.name, None)
        else:
            self._keep(target.name, self.session.sql(to_spark(body)))
        return SparkAnswer([], [])

    def _insert(self, statement: exp.Insert) -> SparkAnswer:
        name = statement.this.name
        there, new = self.session.table(name), self.session.sql(to_spark(statement.expression))
        if not statement.args.get("by_name"):
            new = new.toDF(*there.columns)
        typed = new.select([new[field.name].cast(field.dataType).alias(field.name) for field in there.schema.fields])
        typed.write.mode("append").parquet(_url(self._home[name]))
        self.session.read.schema(there.schema).parquet(_url(self._home[name])).createOrReplaceTempView(name)
        return SparkAnswer([], [])

    def _keep(self, name: str, frame: DataFrame) -> None:
        """Work a table out into files; where it reads an older table of its own name, that one stays until the end."""
        path = self._new_home(name)
        frame.write.parquet(_url(path))
        self.session.read.schema(frame.schema).parquet(_url(path)).createOrReplaceTempView(name)
        self._home[name] = path

    def _new_home(self, name: str) -> Path:
        self._made += 1
        return self._folder / "tables" / f"{name}-{self._made}"


@contextmanager
def spark_connection(place: SparkPlace) -> Iterator[SparkConnection]:
    """Spark for the length of a stage; what it wrote is gone afterwards. Raises EngineUnavailable."""
    shutil.rmtree(place.folder, ignore_errors=True)
    session = start_session(place)
    try:
        yield SparkConnection(session, place.folder)
    finally:
        session.stop()
        shutil.rmtree(place.folder, ignore_errors=True)


def _url(path: Path) -> str:
    """Where Spark finds a file, wherever a cluster keeps its own. Not percent-encoded: Spark does not decode."""
    return f"file://{path.resolve()}"


def _told(error: Exception) -> str:
    """Type and Spark's error class ('DIVIDE_BY_ZERO'); its messages may quote a value."""
    condition: Callable[[], str | None] | None = getattr(error, "getCondition", None) or getattr(
        error, "getErrorClass", None
    )
    return " ".join(filter(None, (type(error).__name__, condition() if condition else None)))
