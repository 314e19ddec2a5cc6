"""Builds the reconciliation tables from the core tables, the findings and the intake accounting.

Every table has `level` (household, township, county), county_code, township_code and, at household level, household_id. The household
level is computed; townships are sums of their households and counties of their townships, so that they foot by construction.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

SQL_FOLDER = Path(__file__).parent
RECON_TABLES = ("ledgers", "movement", "outcomes", "suspects_by_rule", "intake", "changes")
#: What rests on the core tables, the payments and the archives alone: a run may take it over (transforms.core.unchanged).
OF_CORE_TABLES = ("recon_ledgers",)


def build_reconciliation(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Create recon_<name> for every reconciliation table, but one of OF_CORE_TABLES that is there; return their names.

    Needs core_*, out_finding, raw_finding, run_rule, run_input, run_ignored, row_check, previous_roll, previous_suspect and the decision
    tables (transforms.decisions.run_tables).
    """
    tables = [f"recon_{name}" for name in RECON_TABLES]
    there = {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    con.execute(f"CREATE OR REPLACE TEMP TABLE finding_about AS {recon_sql('finding_about')}")
    for table in tables:
        if table not in OF_CORE_TABLES or table not in there:
            create_table(con, table)
    return tables


def create_table(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Make one of them."""
    con.execute(f"CREATE OR REPLACE TABLE {table} AS {recon_sql(table)}")


def recon_sql(table: str) -> str:
    """The SELECT behind one table of this stage."""
    return (SQL_FOLDER / f"{table}.sql").read_text(encoding="utf-8")


def keep_township(con: duckdb.DuckDBPyConnection, township: str) -> None:
    """Leave of the findings and tables of a rerun what concerns its township; a county's sums are not to be had from one of its townships.

    What became of the files (kind 'file' of recon_intake) is the snapshot's and stays.
    """
    code = "'" + township.replace("'", "''") + "'"
    for name in RECON_TABLES:
        file = "kind IS DISTINCT FROM 'file' AND " if name == "intake" else ""
        con.execute(f"DELETE FROM recon_{name} WHERE {file}township_code IS DISTINCT FROM {code}")
    con.execute(f"DELETE FROM rectification WHERE township_code IS DISTINCT FROM {code}")
    con.execute(f"DELETE FROM out_finding WHERE township_code <> {code} AND NOT list_contains(also_townships, {code})")
