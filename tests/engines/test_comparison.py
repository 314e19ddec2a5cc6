"""What benchmarks/spark_engines.py calls the same: equal rows in any order, doubles to nine places; anything else is counted per rule."""

import duckdb

from benchmarks.spark_engines import differing_rows


def findings(path, *rows):
    listed = ", ".join(
        f"('{rule}', '{subject}', CAST({confidence!r} AS DOUBLE), 'run-{path.stem}')"
        for rule, subject, confidence in rows
    )
    columns = "rule_id, subject_key, match_confidence, run_id"
    duckdb.sql(f"COPY (SELECT * FROM (VALUES {listed}) AS v({columns})) TO '{path}' (FORMAT parquet)")
    return path


def test_order_run_and_the_last_bits_do_not_matter(tmp_path):
    one = findings(tmp_path / "a.parquet", ("pay_missing", "H1", 0.95), ("pay_late", "H2", 1.0))
    other = findings(tmp_path / "b.parquet", ("pay_late", "H2", 1.0), ("pay_missing", "H1", 0.9500000000000001))
    assert differing_rows("suspects", one, other) == {}
    assert differing_rows("links", one, other) == {}


def test_every_rule_that_differs_is_named_with_its_rows(tmp_path):
    one = findings(
        tmp_path / "a.parquet", ("pay_missing", "H1", 0.95), ("pay_late", "H2", 1.0), ("pay_late", "H3", 1.0)
    )
    other = findings(tmp_path / "b.parquet", ("pay_missing", "H1", 0.7), ("pay_late", "H2", 1.0))
    assert differing_rows("suspects", one, other) == {
        "pay_missing": {"only_first": 1, "only_second": 1},
        "pay_late": {"only_first": 1},
    }
    assert differing_rows("links", one, other) == {"links": {"only_first": 2, "only_second": 1}}
