"""Builds the reconciliation tables from the core tables, the findings and the intake accounting.

Every table has `level` (household, township, county), county_code, township_code and, at household level, household_id. The household
level is computed; townships are sums of their households and counties of their townships, so that they foot by construction.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

SQL_FOLDER = Path(__file__).parent
RECON_TABLES = ("ledgers", "movement", "outcomes", "suspects_by_rule", "intake", "changes")


def build_reconciliation(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Create recon_<name> for every reconciliation table; return their names.

    Needs core_*, out_finding, raw_finding, run_rule, run_input, run_ignored, row_check, previous_roll, previous_suspect and the decision
    tables (transforms.decisions.run_tables).
    """
    for name in RECON_TABLES:
        con.execute((SQL_FOLDER / f"recon_{name}.sql").read_text(encoding="utf-8"))
    return [f"recon_{name}" for name in RECON_TABLES]
