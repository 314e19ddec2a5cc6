"""Builds the core tables from the staged views, the links and the parameters. One SQL file per table, the file's stem is its name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import duckdb

from transforms.core.told_errors import told
from transforms.engines import SqlConnection
from transforms.sql_words import in_order, words_of

SQL_FOLDER = Path(__file__).parent
# Views in the run's database, as the staged registers are: one row per row of a register, worked out from that row, and what only rules
# read, which is not worth its place on disk.
AS_VIEWS = ("core_payment", "core_kin", "core_card", "core_official", "core_member", "core_account")


class CoreError(RuntimeError):
    """A core table could not be built; names the table."""


def core_table_names() -> list[str]:
    """The tables with a SQL file, in the order they can be built."""
    return list(in_order(_statements()))


def stored_tables() -> list[str]:
    """Those of them a run's database holds as tables; the others are views there."""
    return [name for name in core_table_names() if name not in AS_VIEWS]


def create_context(con: duckdb.DuckDBPyConnection, as_of: dt.date, min_confidence: float) -> None:
    """Create core_ctx (one row): as_of, as_of_month, first_month, min_confidence, and what is said of whole registers: latest_pay_month,

    payment_results_known (some file of the payments has the result column), archives_arrived; and core_ctx_township (township_code, roll_rows), the
    townships the whole roll names: a rerun has part of its rows.
    """
    con.execute(
        f"""
        CREATE OR REPLACE TABLE core_ctx AS
        SELECT
            d.as_of,
            month_index(d.as_of) AS as_of_month,
            month_index(d.as_of) - 11 AS first_month,
            (SELECT max(pay_month) FROM stg_payments WHERE pay_month <= {as_of.year * 12 + as_of.month}) AS latest_pay_month,
            (SELECT coalesce(bool_or(has_result), FALSE) FROM stg_payments) AS payment_results_known,
            (SELECT count(*) > 0 FROM stg_archives) AS archives_arrived,
            CAST({min_confidence} AS DOUBLE) AS min_confidence
        FROM (SELECT DATE '{as_of.isoformat()}' AS as_of) AS d
        """
    )
    con.execute(
        """
        CREATE OR REPLACE TABLE core_ctx_township AS
        SELECT township_of(township_code) AS township_code, CAST(sum(roll_rows) AS BIGINT) AS roll_rows
        FROM (SELECT township_code, count(*) AS roll_rows FROM stg_benefit_roll GROUP BY township_code) AS c
        WHERE township_of(township_code) <> '000000000'
        GROUP BY township_of(township_code)
        """
    )


def core_definitions(linked_datasets: Iterable[str], near: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """Name → SELECT of view link_<dataset> for every dataset given, then of every core_* table, each after what it reads.

    near: dataset → the view that holds those of its rows links lead to, where stg_<dataset> need not be read for them.
    """
    views = {f"link_{d}": link_table_sql(d, near.get(d, f"stg_{d}")) for d in linked_datasets}
    return views | in_order(_statements())


def build_core(con: SqlConnection, linked_datasets: Iterable[str], settle: Callable[[str], None] = lambda table: None,
               readers: Sequence[str] = (), views: Sequence[str] = AS_VIEWS, made: Mapping[str, str] | None = None,
               kept: Collection[str] = (), near: Mapping[str, str] = MappingProxyType({})) -> list[str]:  # fmt: skip
    """Create what core_definitions names; return the names in the order built.

    Needs: macros, core_ctx, param_* tables, stg_* views, `links_<dataset>` and `kin_closed`. What is AS_VIEWS becomes a view too; for the SQL in
    `readers`, to be run on this connection, it is worked out once, with the columns they name. made: tables another engine has worked out,
    with the SELECT that fetches each. kept: tables that are there already (transforms.core.unchanged). near: as of core_definitions. settle is called with each table made,
    no view, before others read it. Raises CoreError naming the table that failed.
    """
    built = []
    for name, select in core_definitions(linked_datasets, near).items():
        if name in kept:
            continue
        if name not in views and not name.startswith("link_"):
            built.append(_create(con, "TABLE", name, (made or {}).get(name, select)))
            settle(name)
            continue
        built.append(_create(con, "VIEW", name, select))
        if name in views:
            _work_out(con, name, [text for text in readers if name in text])
    return built


def create_link_parts(con: SqlConnection, datasets: Iterable[str]) -> None:
    """View links_<dataset> for each dataset given: its rows of `links`."""
    for dataset in datasets:
        con.execute(f"CREATE OR REPLACE VIEW links_{dataset} AS SELECT * FROM links WHERE dataset = '{dataset}'")


def _work_out(con: SqlConnection, name: str, readers: Sequence[str]) -> None:
    """A temporary table of the view's name, which this connection reads in its place: only the columns its readers name."""
    words = words_of(readers)
    columns = [row[0] for row in con.execute(f"DESCRIBE {name}").fetchall() if row[0] in words]
    if columns:
        _create(con, "TEMP TABLE", name, f"SELECT {', '.join(columns)} FROM main.{name}")


def link_table_sql(dataset: str, rows: str) -> str:
    """The register rows of one dataset that are about a person of interest: the staged columns, from the view given, and the link's."""
    return (
        f"SELECT s.*, l.person_key, l.on_roll, l.tier, l.confidence, l.name_relation "
        f"FROM {rows} AS s INNER JOIN links_{dataset} AS l ON l._row_id = s._row_id"
    )


def _create(con: SqlConnection, kind: str, name: str, select: str) -> str:
    try:
        con.execute(f"CREATE OR REPLACE {kind} {name} AS {select}")
    except duckdb.Error as error:
        raise CoreError(f"{kind.lower()} {name} could not be built: {told(error)}") from None
    return name


def _statements() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(SQL_FOLDER.glob("core_*.sql"))}
