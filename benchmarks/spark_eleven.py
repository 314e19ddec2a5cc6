"""The rules of benchmarks.eleven on Spark local, their DuckDB text transpiled:  python -m benchmarks.spark_eleven --inbox DIR --out DIR

Needs the extra that brings PySpark, and Java.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import sqlglot

from benchmarks.columns import folders_asked, received_columns
from benchmarks.eleven import RULES


def spark_session(scratch: Path) -> Any:
    """A local session on all cores that opens no port to the outside and asks nobody anything."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[*]").appName("hedui-bench")
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "4g",
        "spark.local.dir": str(scratch),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.sql.shuffle.partitions": "16",
        "spark.sql.ansi.enabled": "false",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def main() -> int:
    """The command line: all rules in this process and its JVM, one Parquet folder of subjects each."""
    inbox, out = folders_asked(__doc__)
    spark = spark_session(out / "scratch")
    try:
        for dataset, columns in received_columns(inbox).items():
            frame = spark.read.parquet(str(inbox / dataset))
            frame.selectExpr(*(f"`{h}` AS {c}" for c, h in columns.items())).createOrReplaceTempView(dataset)
        for name, sql in RULES.items():
            spark.sql(sqlglot.transpile(sql, "duckdb", "spark")[0]).write.parquet(str(out / name))
    finally:
        spark.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
