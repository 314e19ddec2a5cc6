"""Prints tell statements that give other rows apart, and know those that give the same from another snapshot's folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from transforms.core.run_database import EngineLimits, open_database
from transforms.core.unchanged import Prints, forget, keep_only, read_made
from transforms.publish.run_tables import write_made

RULE = "WITH held AS (SELECT * FROM link_cars) SELECT twice(n) FROM held CROSS JOIN core_ctx"
Connection = duckdb.DuckDBPyConnection
Change = Callable[[Connection, Path], object]


def _snapshot(folder: Path, cars: int = 3) -> Path:
    (folder / "staged").mkdir(parents=True)
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT range AS n FROM range({cars})) TO '{folder}/staged/cars.parquet'")
    return folder


def _run(con: Connection, snapshot: Path) -> None:
    """A run's database as far as it is there before the core tables."""
    con.execute("CREATE MACRO twice(n) AS n * 2")
    con.execute("CREATE TABLE core_ctx AS SELECT DATE '2021-06-30' AS as_of")
    con.execute(f"CREATE VIEW stg_cars AS SELECT n, n > 1 AS has_n FROM read_parquet('{snapshot}/staged/cars.parquet')")
    con.execute("CREATE VIEW links_cars AS SELECT n FROM stg_cars")
    con.execute("CREATE TABLE param_limit AS SELECT 'x' AS region, 1 AS value")


def _prints(con: Connection, snapshot: Path, rule: str = RULE) -> str | None:
    with duckdb.connect() as parser:
        parser.execute("CREATE MACRO twice(n) AS n * 2")
        prints = Prints(con, parser, snapshot)
        prints.define("link_cars", "SELECT s.* FROM stg_cars AS s INNER JOIN links_cars AS l ON l.n = s.n")
        return prints.of(rule)


@pytest.fixture
def con() -> Iterator[Connection]:
    with duckdb.connect() as con:
        yield con


@pytest.fixture
def snapshot(tmp_path) -> Path:
    return _snapshot(tmp_path / "1")


def test_the_same_file_in_another_snapshot_gives_the_same_print(con, snapshot, tmp_path) -> None:
    _run(con, snapshot)
    other = tmp_path / "2"
    (other / "staged").mkdir(parents=True)
    os.link(snapshot / "staged" / "cars.parquet", other / "staged" / "cars.parquet")
    with duckdb.connect() as later:
        _run(later, other)
        assert _prints(later, other) == _prints(con, snapshot) is not None


def _other_file(con: Connection, snapshot: Path) -> None:
    (snapshot / "staged" / "cars.parquet").unlink()
    (snapshot / "staged").rmdir()
    _snapshot(snapshot)


CHANGES: dict[str, Change] = {
    "a file": _other_file,
    "the check date": lambda con, _: con.execute("UPDATE core_ctx SET as_of = DATE '2021-07-01'"),
    "a view below": lambda con, folder: con.execute(
        f"CREATE OR REPLACE VIEW stg_cars AS SELECT n, TRUE AS has_n FROM read_parquet('{folder}/staged/cars.parquet')"
    ),
    "links": lambda con, _: con.execute("CREATE OR REPLACE VIEW links_cars AS SELECT n FROM stg_cars WHERE n > 0"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_it_rests_on_changes_a_print(con, snapshot, change) -> None:
    _run(con, snapshot)
    before = _prints(con, snapshot)
    change(con, snapshot)
    assert before != _prints(con, snapshot) is not None


def test_what_it_does_not_read_leaves_a_print_as_it_is(con, snapshot) -> None:
    _run(con, snapshot)
    before = _prints(con, snapshot), _prints(con, snapshot, "SELECT value FROM param_limit")
    con.execute("UPDATE param_limit SET value = 2")
    after = _prints(con, snapshot), _prints(con, snapshot, "SELECT value FROM param_limit")
    assert after[0] == before[0]
    assert after[1] != before[1]


@pytest.mark.parametrize("rule", ["SELECT * FROM nowhere", "SELECT FROM WHERE", "SELECT * FROM links_lost"])
def test_a_statement_that_cannot_be_told_has_no_print(con, snapshot, rule) -> None:
    _run(con, snapshot)
    con.execute(f"CREATE VIEW links_lost AS SELECT * FROM read_parquet('{snapshot}/staged/*.parquet')")
    assert _prints(con, snapshot, rule) is None


def test_a_copied_database_keeps_what_is_asked_for_and_its_prints(snapshot, tmp_path) -> None:
    path = tmp_path / "run.duckdb"
    with open_database(path, EngineLimits()) as con:
        assert read_made(con) == {}
        _run(con, snapshot)
        con.execute("CREATE TABLE core_row AS SELECT range AS n FROM range(500000)")
        con.execute("CREATE TABLE recon_ledgers AS SELECT range AS n FROM range(500000)")
        write_made(con, {"core_row": "a1", "asset_vehicle": "b2", "unknown": None})
    size = path.stat().st_size
    with open_database(path, EngineLimits()) as con:
        assert read_made(con) == {"core_row": "a1", "asset_vehicle": "b2"}
        keep_only(con, ["core_row"])
        names = con.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
        assert names == [("core_row",), ("run_made",)]
        assert con.execute("SELECT count(*) FROM duckdb_views() WHERE NOT internal").fetchone() == (0,)
        assert con.execute("SELECT sum(n) FROM core_row").fetchone() == (sum(range(500000)),)
        con.execute("CREATE TABLE recon_ledgers AS SELECT range AS n FROM range(500000)")
    assert path.stat().st_size <= size


def test_what_is_made_anew_has_no_print_until_it_is_made(con) -> None:
    write_made(con, {"core_row": "1", "core_kin": "2", "a_rule": "3"})
    forget(con, ["core_row", "a_rule", "never_made"])
    assert read_made(con) == {"core_kin": "2"}
