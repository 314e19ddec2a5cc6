"""The runner and its SQL files as a whole."""

from __future__ import annotations

import duckdb
import pytest
import sqlglot
from sqlglot import ErrorLevel

from data_contracts import load_contracts
from transforms.linkage.files import BY_DATASET, SNAPSHOT_TABLES, write_links
from transforms.linkage.roles import person_roles
from transforms.linkage.runner import (
    FOLDER,
    KIN,
    PAIRS,
    PEOPLE,
    REFERENCE,
    REGISTERS,
    build_links,
    register_mention_sql,
)
from transforms.linkage.tables import LinkageError, sql_text

STEPS = REFERENCE + PEOPLE + REGISTERS + PAIRS + KIN


def test_every_sql_file_is_a_step_and_every_step_a_file() -> None:
    assert sorted(STEPS) == sorted(path.stem for path in FOLDER.glob("*.sql"))


@pytest.mark.parametrize("table", STEPS)
def test_each_step_is_one_select_that_spark_can_be_given(table: str) -> None:
    text = register_mention_sql(person_roles(load_contracts())) if table == "register_mention" else sql_text(table)
    [spark] = sqlglot.transpile(text, read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE)
    for refused in ("LEVENSHTEIN", "STRPTIME", "LATERAL", "UNNEST", "FILTER("):
        assert refused not in spark.upper()


def test_every_person_column_of_every_register_is_a_role() -> None:
    contracts = load_contracts()
    roles = {(role.dataset, role.id_column) for role in person_roles(contracts)}
    columns = {
        (d, column.name) for d, contract in contracts.items() for column in contract.columns if column.type == "id18"
    }
    assert roles == {pair for pair in columns if pair[0] != "benefit_roll"}


def test_a_property_has_an_address_that_is_not_the_owners() -> None:
    roles = {(role.dataset, role.id_column): role for role in person_roles(load_contracts())}
    assert roles["housing", "owner_id_number"].address is None
    assert roles["funerals", "id_number"].address == "address"
    assert roles["relative_filings", "official_id_number"].name_column is None
    assert roles["kinship", "b_id_number"].name_column == "b_name"


@pytest.fixture
def small(link, number) -> duckdb.DuckDBPyConnection:
    people = [number(f"3206811960010110{i}") for i in range(5)]
    return link(
        {
            "benefit_roll": [
                {"household_id": "H", "id_number": p, "name": "王建国", "township_code": "1"} for p in people
            ],
            "kinship": [{"a_id_number": people[0], "a_name": "王建国", "relation": "儿子", "b_id_number": people[1]}],
            "deaths": [{"id_number": p, "name": "王建国"} for p in reversed(people)],
        }
    )


def test_every_step_leaves_a_table(small) -> None:
    tables = {name for (name,) in small.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert tables >= set(STEPS)
    by_tier = small.execute("SELECT dataset, tier, count(*) FROM links GROUP BY ALL ORDER BY ALL").fetchall()
    assert by_tier == [("deaths", "id_exact", 5), ("kinship", "id_exact", 2)]


def test_with_files_only_what_is_read_later_stays(small, tmp_path) -> None:
    small.execute(" ".join(f"DROP TABLE IF EXISTS {table};" for table in STEPS))
    small.execute("DROP VIEW links")
    build_links(small, load_contracts(), exact=tmp_path)
    left = {name for (name,) in small.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert left >= {*SNAPSHOT_TABLES, "register_row", "roll_person_row"}
    assert left.isdisjoint({"off_roll_mention", "known_name", "known_person", "kin_row", "kin_edge", "kin_two_step"})
    assert small.execute("SELECT count(*) FROM links").fetchone() == (7,)


def test_the_same_rows_make_files_of_the_same_rows(small, tmp_path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    for folder in (first, second):
        folder.mkdir()
        build_links(small, load_contracts())
        write_links(small, folder, ["vehicles", "deaths"])
    assert {path.stem for path in first.iterdir()} == set(SNAPSHOT_TABLES)
    files = [path.relative_to(first) for path in first.rglob("*.parquet")]
    assert len(files) == len(SNAPSHOT_TABLES) - len(BY_DATASET) + 2 * len(BY_DATASET)
    for file in files:
        one, other = (duckdb.sql(f"FROM '{folder / file}' ORDER BY ALL").fetchall() for folder in (first, second))
        assert one == other, file


def test_links_has_the_agreed_columns(small) -> None:
    columns = "dataset role _row_id person_key household_id id_number on_roll tier confidence name_relation"
    assert [column[0] for column in small.execute("SELECT * FROM links").description] == columns.split()


def test_an_empty_drop_links_nothing(link) -> None:
    assert link({}).execute("SELECT count(*) FROM links").fetchone() == (0,)


def test_a_table_that_fails_is_named_without_a_value(small) -> None:
    small.execute("CREATE OR REPLACE TABLE stg_townships AS SELECT 1 AS nothing")
    with pytest.raises(
        LinkageError, match=r"^linkage table township_name could not be built: BinderException$"
    ) as failed:
        build_links(small, load_contracts())
    assert failed.value.__cause__ is None and failed.value.__suppress_context__
