"""The project's SQL, written for DuckDB, in the words of Spark SQL: sqlglot, and the few things it leaves as they are."""

from __future__ import annotations

import re
from functools import lru_cache

from sqlglot import exp, parse_one
from sqlglot.dialects.dialect import groupconcat_sql, rename_func
from sqlglot.dialects.spark import Spark
from sqlglot.errors import ErrorLevel
from sqlglot.generators.spark import SparkGenerator

KEPT = "_kept"


class HeduiSpark(Spark):
    """Spark SQL as this project needs it."""

    class Generator(SparkGenerator):
        """What sqlglot has no Spark words for."""

        TRANSFORMS = {  # noqa: RUF012  sqlglot's own name and kind
            **SparkGenerator.TRANSFORMS,
            exp.ArrayOverlaps: rename_func("ARRAYS_OVERLAP"),
            exp.Concat: lambda self, e: _concat(self, e),
            exp.GroupConcat: lambda self, e: _string_agg(self, e),
            exp.RegexpReplace: lambda self, e: _regexp_replace(self, e),
            # Wherever a cluster keeps its own files, the store's are in the file system.
            exp.ReadParquet: lambda self, e: f"parquet.`file://{e.expressions[0].name.replace('`', '``')}`",
        }


@lru_cache(maxsize=512)
def parsed(sql: str) -> exp.Expr:
    """The tree of one statement in DuckDB's dialect; shared, so not to be changed."""
    return parse_one(sql, read="duckdb")


def to_spark(statement: exp.Expr) -> str:
    """A parsed statement as Spark SQL. Raises UnsupportedError for what Spark has no words for."""
    told = statement.copy()
    while found := next((s for s in told.find_all(exp.Select) if s.args.get("qualify")), None):
        filtered = _filtered_outside(found)
        told = filtered if found is told else _put(told, found, filtered)
    return told.sql(HeduiSpark, comments=False, unsupported_level=ErrorLevel.RAISE)


def condition_to_spark(sql: str) -> str:
    """One expression, such as a condition of the linkage model, as Spark SQL."""
    return to_spark(parsed(sql))


def _concat(generator: SparkGenerator, call: exp.Concat) -> str:
    """concat skips what is missing in DuckDB; a number beside '' would make Spark read '' as a number."""
    parts = [
        generator.sql(x) if isinstance(x, exp.Literal) else f"COALESCE(CAST({generator.sql(x)} AS STRING), '')"
        for x in call.expressions
    ]
    return f"CONCAT({', '.join(parts)})"


def _regexp_replace(generator: SparkGenerator, call: exp.RegexpReplace) -> str:
    """A group in the replacement is \\1 in DuckDB and $1 in Spark."""
    said = call.copy()
    said.set("replacement", exp.Literal.string(re.sub(r"\\(\d)", r"$\1", call.args["replacement"].name)))
    return SparkGenerator.TRANSFORMS[exp.RegexpReplace](generator, said)


def _string_agg(generator: SparkGenerator, call: exp.GroupConcat) -> str:
    """string_agg(DISTINCT x, sep ORDER BY x): Spark's LISTAGG fails with DISTINCT over a SQL function or beside another DISTINCT."""
    order = call.this
    distinct = order.this if isinstance(order, exp.Order) else order
    if not isinstance(distinct, exp.Distinct):
        return groupconcat_sql(generator, call)
    value = distinct.expressions[0]
    ordered = order.expressions if isinstance(order, exp.Order) else []
    if [o.this for o in ordered] != [value] or ordered[0].args.get("desc"):
        generator.unsupported("string_agg(DISTINCT x) not ordered by x alone")
    x, separator = generator.sql(value), generator.sql(call, "separator")
    return f"CASE WHEN COUNT({x}) > 0 THEN ARRAY_JOIN(ARRAY_SORT(COLLECT_SET({x})), {separator}) END"


def _put(tree: exp.Expr, old: exp.Expr, new: exp.Expr) -> exp.Expr:
    old.replace(new)
    return tree


def _filtered_outside(select: exp.Select) -> exp.Select:
    """QUALIFY as a filter around the SELECT. sqlglot's own way lets the filter's column out through a star."""
    inner = select.copy()
    common = inner.args.get("with_")
    if common:
        common.pop()
    inner.select(exp.alias_(inner.args["qualify"].pop().this, KEPT), copy=False)
    outer = exp.select(exp.Star(except_=[exp.to_identifier(KEPT)])).from_(inner.subquery("_t")).where(exp.column(KEPT))
    if common:
        outer.set("with_", common)
    return outer
