"""The project's SQL in Spark's words, without a Spark: what is said, and that nothing is left unsaid."""

import re
from pathlib import Path

import pytest
from sqlglot.errors import UnsupportedError

from data_contracts import load_contracts
from rules.engine.corpus import load_corpus
from rules.engine.macros import MACRO_FOLDER
from transforms.core import build
from transforms.engines.spark_dialect import condition_to_spark, parsed, to_spark
from transforms.linkage import runner, tables
from transforms.linkage.probabilistic import load_model, tier
from transforms.linkage.roles import person_roles

TEMPLATES = {"register_mention", "link_weight"}
#: Spark has these by the same name and with the same result.
SPARKS_OWN = {"add_months"}


def spark(sql):
    return to_spark(parsed(sql))


def every_statement():
    yield from ((f"rule {rule.id}", rule.sql) for rule in load_corpus().values())
    yield from ((path.stem, path.read_text()) for path in sorted(Path(build.__file__).parent.glob("core_*.sql")))
    for folder, sql_text in ((runner.FOLDER, tables.sql_text), (tier.FOLDER, tier.sql_text)):
        stems = sorted(path.stem for path in folder.glob("*.sql"))
        yield from ((stem, sql_text(stem)) for stem in stems if stem not in TEMPLATES)
    yield "register_mention", runner.register_mention_sql(person_roles(load_contracts()))
    yield "link_weight", tier.link_weight_sql(load_model())


@pytest.mark.parametrize(("name", "sql"), list(every_statement()), ids=lambda value: value if "\n" not in value else "")
def test_every_statement_has_words_in_spark(name, sql):
    assert "SELECT" in spark(sql)


def test_qualify_filters_outside_and_its_column_does_not_pass_the_star():
    said = spark("SELECT s.*, 1 AS n FROM s QUALIFY row_number() OVER (PARTITION BY a ORDER BY b DESC) = 1")
    assert said == (
        "SELECT * EXCEPT (_kept) FROM (SELECT s.*, 1 AS n, ROW_NUMBER() OVER (PARTITION BY a ORDER BY b DESC) = 1 AS _kept FROM s) AS _t "
        "WHERE _kept"
    )


def test_qualify_in_a_common_table_and_outside_it():
    said = spark(
        "WITH a AS (SELECT * FROM t QUALIFY rank() OVER (ORDER BY b) = 1) SELECT x FROM a QUALIFY rank() OVER (ORDER BY x) = 1"
    )
    assert "QUALIFY" not in said
    assert said.startswith("WITH a AS (SELECT * EXCEPT (_kept)")
    assert said.count("WHERE _kept") == 2


def test_nulls_come_last_as_in_duckdb():
    assert "ORDER BY a NULLS LAST, b DESC" in spark("SELECT * FROM t ORDER BY a, b DESC")


def test_missing_text_is_skipped_by_concat_as_in_duckdb():
    assert "CONCAT('a', COALESCE(CAST(b AS STRING), ''))" in spark("SELECT concat('a', b) FROM t")


def test_a_distinct_list_in_its_own_order():
    said = spark("SELECT string_agg(DISTINCT ref, ' ' ORDER BY ref) AS refs FROM t")
    assert "ARRAY_JOIN(ARRAY_SORT(COLLECT_SET(ref)), ' ')" in said


@pytest.mark.parametrize("order", ["ORDER BY other", "ORDER BY ref DESC", ""])
def test_a_distinct_list_in_another_order_is_refused(order):
    with pytest.raises(UnsupportedError):
        spark(f"SELECT string_agg(DISTINCT ref, ' ' {order}) FROM t")


def test_a_list_in_the_order_of_something_else_keeps_it():
    assert "WITHIN GROUP (ORDER BY i" in spark("SELECT string_agg(x, ' ' ORDER BY i) FROM t")


def test_a_group_in_a_replacement():
    said = spark(r"SELECT regexp_replace(a, '([市县])', '\1|', 'g') FROM t")
    assert said == "SELECT REGEXP_REPLACE(a, '([市县])', '$1|') FROM t"


def test_conditions_of_the_linkage_model():
    assert condition_to_spark("blanked_l && blanked_r") == "ARRAYS_OVERLAP(blanked_l, blanked_r)"
    assert condition_to_spark("(a - b) // 10000 = c") == "(a - b) DIV 10000 = c"


def test_a_parquet_file_is_read_where_it_lies():
    said = spark("SELECT a FROM read_parquet('/store/one two/x.parquet', (hive_partitioning = CAST('f' AS BOOLEAN)))")
    assert said == "SELECT a FROM parquet.`file:///store/one two/x.parquet`"


def test_both_engines_have_the_same_macros():
    duckdb = set(re.findall(r"CREATE OR REPLACE MACRO (\w+)\(", (MACRO_FOLDER / "duckdb.sql").read_text()))
    spark_sql = set(re.findall(r"CREATE TEMPORARY FUNCTION (\w+)\(", (MACRO_FOLDER / "spark.sql").read_text()))
    assert duckdb == spark_sql | SPARKS_OWN
    assert not spark_sql & SPARKS_OWN
