"""Which roll rows pass the contract's row checks: the ground of the two quality rates."""

from __future__ import annotations

import duckdb

from data_contracts.loader import Contract


def create_row_check(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Create row_check (_row_id, code_ok, passed) over stg_benefit_roll.

    code_ok: every closed code is on its list. passed: that, and every required column has a value.
    """
    lists = [c for c in contract.columns if c.type == "code" and c.values]
    codes = (
        " AND ".join(f"coalesce({c.name} IN ({', '.join(_text(v) for v in c.values)}), TRUE)" for c in lists) or "TRUE"
    )
    filled = " AND ".join(f"{c.name} IS NOT NULL" for c in contract.columns if c.required or c.row_required) or "TRUE"
    con.execute(
        f"CREATE OR REPLACE TABLE row_check AS SELECT _row_id, {codes} AS code_ok, ({codes}) AND ({filled}) AS passed FROM stg_benefit_roll"
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
