"""run.duckdb: the database of one run, built stage by stage in the run's work folder and opened read-only by analysts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from transforms.intake.sql import draw_no_bar, path_literal
from transforms.sql_words import in_order

RUN_DATABASE = "run.duckdb"
# What a view onto a snapshot has for the store: the text before the snapshot's folder, as it stands in the literal.
_STORE = re.compile(r"'((?:[^']|'')*)/snapshots/[0-9a-f]+/")


@dataclass(frozen=True)
class EngineLimits:
    """What DuckDB may use: memory (text such as '4GB'), threads (None = all cores), and where it spills."""

    memory_limit: str = "4GB"
    threads: int | None = None
    spill: Path | None = None


def open_database(path: Path | None, limits: EngineLimits, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Connect to a DuckDB file (None: in memory) within the limits. Extensions are never fetched: the network is closed."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": limits.memory_limit,
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        # Tables are written once: merging the ends two threads left would encode most of their rows a second time at the checkpoint.
        "max_vacuum_tasks": "0",
    }
    if limits.threads:
        config["threads"] = limits.threads
    if limits.spill:
        config["temp_directory"] = str(limits.spill)
    con = duckdb.connect(str(path) if path else ":memory:", read_only=read_only, config=config)
    # Every rule reads the same Parquet files anew, and their footers grow with the province.
    con.execute("SET parquet_metadata_cache = true")
    # Trying it on every column costs a fifth of writing a table; without it the file is a fifth larger and read as fast. Given as a config it is ignored.
    con.execute("SET GLOBAL disabled_compression_methods = 'dictionary'")
    draw_no_bar(con)
    return con


def create_views(con: duckdb.DuckDBPyConnection, views: Mapping[str, str]) -> None:
    """One view per name and SELECT, in their order."""
    for name, select in views.items():
        con.execute(f"CREATE OR REPLACE VIEW {name} AS {select}")


def open_published(run_dir: Path, limits: EngineLimits) -> duckdb.DuckDBPyConnection:
    """The run.duckdb of a published run, read-only, its views onto the snapshot as the store lies now.

    Views keep the path the store had when the run was made: one that was moved, or restored elsewhere, would be read where it was.
    """
    con = open_database(run_dir / RUN_DATABASE, limits, read_only=True)
    views = dict(con.execute("SELECT view_name, sql FROM duckdb_views() WHERE NOT internal").fetchall())
    before = next((found[1] for sql in views.values() if (found := _STORE.search(sql))), None)
    now = path_literal(run_dir.parent.parent)[1:-1]
    if before not in (None, now):
        moved = {view: sql.replace(f"'{before}/", f"'{now}/") for view, sql in views.items() if f"'{before}/" in sql}
        # Temporary views of the same names: the views that stay read these in their place.
        for sql in in_order(moved).values():
            # What retention has removed cannot be read, wherever the store lies.
            with suppress(duckdb.IOException):
                con.execute(sql.replace("CREATE VIEW", "CREATE TEMP VIEW", 1))
    return con
