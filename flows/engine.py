"""The engine that links and applies the rules: DuckDB, or Spark from the same SQL files. Everything before and after is DuckDB's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import duckdb

from flows.settings import Settings
from rules.engine.corpus import Rule
from rules.engine.macros import spark_macros
from transforms.core.build import build_core
from transforms.engines import SqlConnection

if TYPE_CHECKING:
    from transforms.engines.spark_connection import SparkConnection

#: What linkage reads of the staging connection, and core tables and rules of the run's database: names that begin so.
LINKAGE_READS = ("stg_",)
MATCHING_READS = ("stg_", "rejected_", "links", "kin_closed", "kin_link", "kin_overloaded", "core_ctx", "param_")


class RuleEngine(Protocol):
    """Works out the core tables and the rules' answers."""

    def core(self, con: duckdb.DuckDBPyConnection, linked: Iterable[str]) -> dict[str, str]:
        """Work out the core tables, where that is not DuckDB's own work: name → the SELECT that gives the table here."""

    def select(self, rule: Rule) -> str:
        """The SELECT that gives a rule's rows in the run's database. Raises duckdb.Error."""

    def readers(self, rules: Iterable[Rule]) -> list[str]:
        """The SQL of those rules that the run's database will run itself."""


class DuckDBRules:
    """The run's database works everything out."""

    def core(self, con: duckdb.DuckDBPyConnection, linked: Iterable[str]) -> dict[str, str]:
        """Nothing is worked out elsewhere."""
        return {}

    def select(self, rule: Rule) -> str:
        """The rule's own SELECT."""
        return rule.sql

    def readers(self, rules: Iterable[Rule]) -> list[str]:
        """All of them."""
        return [rule.sql for rule in rules]


class SparkRules:
    """Spark works core tables and rules out, over the snapshot's Parquet; the run's database reads what it wrote."""

    def __init__(self, spark: SparkConnection) -> None:
        self._spark = spark

    def core(self, con: duckdb.DuckDBPyConnection, linked: Iterable[str]) -> dict[str, str]:
        """Build the core tables on Spark from what `con` holds."""
        self._spark.take(con, MATCHING_READS)
        names = build_core(self._spark, linked, views=())
        return {name: self._spark.fetch_sql(name) for name in names if self._spark.made(name)}

    def select(self, rule: Rule) -> str:
        """Run the rule on Spark; a SELECT over its answer."""
        self._spark.execute(f"CREATE OR REPLACE TABLE rule_{rule.id} AS {rule.sql}")
        return self._spark.fetch_sql(f"rule_{rule.id}")

    def readers(self, rules: Iterable[Rule]) -> list[str]:
        """None."""
        return []


def check_engine(settings: Settings) -> None:
    """Raise EngineUnavailable, saying what to install, when the engine asked for cannot be had here."""
    if settings.engine == "spark":
        from transforms.engines.spark_session import check_spark

        check_spark()


def engine_version(settings: Settings) -> str:
    """What tells links made by one engine from those of the other; '' for DuckDB."""
    return "" if settings.engine == "duckdb" else settings.engine


@contextmanager
def linking_engine(con: duckdb.DuckDBPyConnection, settings: Settings, work: Path) -> Iterator[SqlConnection]:
    """What links the registers that `con` has views of: `con` itself, or Spark. What Spark makes is there until the block ends (`fetch`)."""
    if settings.engine == "duckdb":
        yield con
        return
    with _spark(settings, work) as spark:
        spark.take(con, LINKAGE_READS)
        yield spark


def fetch(con: duckdb.DuckDBPyConnection, engine: SqlConnection, tables: Sequence[str]) -> None:
    """Let `con` read the tables an engine made, if that was not `con`."""
    if engine is con:
        return
    from transforms.engines.spark_connection import SparkConnection

    assert isinstance(engine, SparkConnection)
    for table in tables:
        con.execute(f"CREATE OR REPLACE VIEW {table} AS {engine.fetch_sql(table)}")


@contextmanager
def rule_engine(settings: Settings, work: Path) -> Iterator[RuleEngine]:
    """What works out the core tables and the rules of a run."""
    if settings.engine == "duckdb":
        yield DuckDBRules()
        return
    with _spark(settings, work) as spark:
        yield SparkRules(spark)


@contextmanager
def _spark(settings: Settings, work: Path) -> Iterator[SparkConnection]:
    from transforms.engines.spark_connection import spark_connection
    from transforms.engines.spark_session import SparkPlace

    # Below the folder DuckDB spills to, which is no part of what a run publishes.
    with spark_connection(SparkPlace(settings.spark_master, settings.memory_limit, work / "spill" / "spark")) as spark:
        spark.define_macros(spark_macros())
        yield spark
