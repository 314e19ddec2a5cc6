"""Statements of DuckDB's dialect run by Spark, and the macros of both engines on the same values."""

import datetime as dt

import duckdb
import pyarrow as pa
import pytest

from rules.engine.macros import create_macros, spark_macros
from tests.engines.conftest import QUICK_JAVA
from transforms.engines import SparkStatementError
from transforms.engines.spark_connection import spark_connection
from transforms.engines.spark_session import SparkPlace

# Starts Java.
pytestmark = pytest.mark.full

NAME = "龘靐齉"
DAYS = [dt.date(2020, 2, 29), dt.date(2020, 8, 31), dt.date(2021, 2, 28), dt.date(1999, 12, 31), None]
MACROS: dict[str, tuple[str, str, list]] = {
    "month_index": ("d", "DATE", DAYS),
    "month_start": ("i", "INTEGER", [24241, 24252, 24253, None]),
    "month_end": ("i", "INTEGER", [24242, 24254, None]),
    "month_text": ("i", "INTEGER", [24241, 24252, None]),
    "cn_date": ("d", "DATE", DAYS),
    "cn_month": ("i", "INTEGER", [24241, 24252, None]),
    # 2.335 and 1.005 lie just below half a cent; hundredfold only 2.335 does not.
    "cents": ("x", "DOUBLE", [2.335, 2.345, 1.005, -1.125, 0.0, 100.06 / 12, 1234567.895, None]),
    "yuan": ("x", "DECIMAL(18, 4)", ["2.3450", "-2.3450", "0.0000", "1200.0049", None]),
    "birth_of": ("s", "VARCHAR", ["32068119600101001X", None]),
    "account_of": ("s", "VARCHAR", ["6228480402564890018", "6228480402560000", "622848", "6228-48", "", None]),
    "township_of": ("s", "VARCHAR", ["320681101", "320681101203", "3206", "32068110120", "张三", "", None]),
}
PAIRS: dict[str, list] = {
    "add_months(d, n)": [(dt.date(2020, 8, 31), 6), (dt.date(2020, 2, 29), 12), (dt.date(2021, 1, 31), -2), (None, 1)],
    "age_on(d, CAST(add_months(d, n) AS DATE))": [
        (dt.date(2000, 2, 29), 216),
        (dt.date(2000, 2, 29), 215),
        (dt.date(1960, 6, 30), 720),
    ],
}


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    """Spark in this process."""
    folder = tmp_path_factory.mktemp("engine") / "spark"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(*next(iter(QUICK_JAVA.items())))
        with spark_connection(SparkPlace("local[2]", "1GB", folder)) as connection:
            connection.define_macros(spark_macros())
            yield connection
    assert not folder.exists()


@pytest.fixture
def both(spark_there, spark):
    """Spark and a DuckDB, with the macros."""
    with duckdb.connect() as con:
        create_macros(con)
        yield con, spark


def on_both(engines, create, select):
    """What both engines answer, after one statement each."""
    answers = []
    for engine in engines:
        engine.execute(create)
        answers.append(engine.execute(select).fetchall())
    return answers


def literal(value, kind):
    return "CAST(NULL AS " + kind + ")" if value is None else f"CAST('{value}' AS {kind})"


@pytest.mark.parametrize("macro", MACROS)
def test_a_macro_gives_the_same(both, macro):
    column, kind, values = MACROS[macro]
    listed = " UNION ALL ".join(f"SELECT {n} AS n, {literal(v, kind)} AS {column}" for n, v in enumerate(values))
    duck, spark = on_both(
        both, f"CREATE OR REPLACE TABLE given AS {listed}", f"SELECT n, {macro}({column}) AS v FROM given ORDER BY n"
    )
    assert any(value is not None for _, value in duck)
    assert duck == spark


@pytest.mark.parametrize("call", PAIRS)
def test_a_macro_of_two_gives_the_same(both, call):
    listed = " UNION ALL ".join(
        f"SELECT {n} AS k, {literal(d, 'DATE')} AS d, {m} AS n" for n, (d, m) in enumerate(PAIRS[call])
    )
    duck, spark = on_both(
        both, f"CREATE OR REPLACE TABLE pairs AS {listed}", f"SELECT k, {call} AS v FROM pairs ORDER BY k"
    )
    assert duck == spark


def test_person_key_of(both):
    cases = [
        ("valid", "1X", "H1", "甲"),
        ("empty", None, "H1", "甲"),
        ("scientific", "3.2E17", "H1", None),
        ("invalid", "12", "H1", "甲"),
    ]
    listed = " UNION ALL ".join(
        "SELECT " + ", ".join(f"{literal(v, 'VARCHAR')} AS {c}" for v, c in zip(case, "sihn", strict=True))
        for case in cases
    )
    duck, spark = on_both(
        both,
        f"CREATE OR REPLACE TABLE persons AS {listed}",
        "SELECT person_key_of(s, i, h, n) AS v FROM persons ORDER BY s",
    )
    assert [row[0] for row in duck] == ["H1:甲", "12", "H1:", "1X"]
    assert duck == spark


def test_a_table_is_worked_out_once_and_read_by_duckdb(both):
    con, spark = both
    spark.execute("CREATE OR REPLACE TABLE counted AS SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v(n, t)")
    spark.execute("CREATE OR REPLACE TABLE counted AS SELECT n + 1 AS n, t FROM counted")
    assert con.execute(f"{spark.fetch_sql('counted')} ORDER BY n").fetchall() == [(2, "a"), (3, "b")]


def test_rows_are_added_by_name_and_by_place(both):
    _, spark = both
    spark.execute("CREATE OR REPLACE TABLE kept (n BIGINT, t VARCHAR)")
    spark.execute("INSERT INTO kept SELECT 1, 'a'")
    spark.execute("CREATE OR REPLACE TABLE more AS SELECT 'b' AS t, 2 AS n")
    spark.execute("INSERT INTO kept BY NAME FROM more")
    assert spark.execute("SELECT n, t FROM kept ORDER BY n").fetchall() == [(1, "a"), (2, "b")]


def test_an_arrow_table_can_be_read_and_forgotten(both):
    _, spark = both
    spark.register("arrow", pa.table({"x": ["一", None]}))
    assert spark.execute("SELECT x FROM arrow ORDER BY x").fetchall() == [("一",), (None,)]
    spark.unregister("arrow")
    with pytest.raises(SparkStatementError):
        spark.execute("SELECT x FROM arrow")


def test_what_duckdb_holds_is_taken_over(both):
    con, spark = both
    con.execute("CREATE TABLE param_x AS SELECT 'a' AS key, CAST(1.5 AS DECIMAL(18, 4)) AS value")
    con.execute("CREATE VIEW stg_x AS SELECT key, concat('x:', key) AS ref FROM param_x")
    con.execute("CREATE TABLE other AS SELECT 1 AS n")
    spark.take(con, ("param_", "stg_"))
    assert [
        str(v)
        for v in spark.execute("SELECT s.ref, p.value FROM stg_x AS s JOIN param_x AS p ON p.key = s.key").fetchone()
    ] == ["x:a", "1.5000"]
    with pytest.raises(SparkStatementError):
        spark.execute("SELECT * FROM other")


@pytest.mark.parametrize(
    "fault", ["CAST(name AS INTEGER)", "CAST(name AS DATE)", "CAST(concat(name, '1') AS DECIMAL(5, 2))", "error(name)"]
)
def test_a_failing_statement_quotes_nobody(both, capfd, fault):
    _, spark = both
    spark.execute(f"CREATE OR REPLACE TABLE person AS SELECT '{NAME}' AS name")
    with pytest.raises(SparkStatementError) as error:
        spark.execute(f"CREATE OR REPLACE TABLE broken AS SELECT {fault} AS x FROM person")
    said = capfd.readouterr()
    assert NAME not in str(error.value)
    assert error.value.__cause__ is None
    assert NAME not in said.out + said.err
    assert str(error.value).startswith("Spark: ")
