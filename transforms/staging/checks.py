"""The contracts' dataset checks, measured on the staged rows in one pass per dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from data_contracts import Check, Contract
from transforms.staging.faults import outside_range
from transforms.staging.model import FileAccount
from transforms.values import literal, name


def check_dataset(con: duckdb.DuckDBPyConnection, contract: Contract, files: Sequence[FileAccount], staged: Path) -> list[Mapping[str, Any]]:
    """One mapping per check: dataset, check, columns, level (fail or warn), rows, failing, share, at_most, passed.

    Besides the contract's own: row_floor (rows loaded) and quarantine_limit (share of records quarantined). A column
    that is in no file is not checked. Empty for a dataset without a usable file.
    """
    if not staged.exists():
        return []
    loaded, quarantined = sum(file.loaded for file in files), sum(file.quarantined for file in files)
    present = {column for file in files for column in file.columns}
    checks = [check for column in contract.columns for check in column.checks] + list(contract.checks)
    asked = [check for check in checks if set(check.columns) <= present]
    results = [
        _result(contract, "row_floor", (), "fail", loaded, max(0, contract.row_floor - loaded), 0.0),
        _result(contract, "quarantine_limit", (), "warn", loaded + quarantined, quarantined, contract.quarantine_limit),
    ]
    if asked:
        sums = ", ".join(_failing(check) for check in asked)
        found = con.execute(f"SELECT {sums} FROM read_parquet({literal(str(staged))}, hive_partitioning = false)").fetchall()[0]
        results += [
            _result(contract, check.kind, check.columns, check.level, loaded, failing or 0, check.at_most)
            for check, failing in zip(asked, found, strict=True)
        ]
    return results


def _failing(check: Check) -> str:
    """SQL aggregate: how many rows break the check."""
    if check.kind == "unique":
        filled = " AND ".join(f"{name(column)} IS NOT NULL" for column in check.columns)
        key = f"hash({', '.join(map(name, check.columns))})"
        return f"count(*) FILTER ({filled}) - count(DISTINCT {key}) FILTER ({filled})"
    value = name(check.columns[0])
    condition = {
        "not_null": f"{value} IS NULL",
        "pattern": f"NOT regexp_matches({value}, {literal(check.pattern or '')})",
        "range": outside_range(value, check) if check.kind == "range" else "",
    }[check.kind]
    return f"count(*) FILTER ({condition})"


def _result(
    contract: Contract, check: str, columns: tuple[str, ...], level: str, rows: int, failing: int, at_most: float
) -> Mapping[str, Any]:
    share = failing / rows if rows else float(failing > 0)
    return {
        "dataset": contract.dataset,
        "check": check,
        "columns": list(columns),
        "level": level,
        "rows": rows,
        "failing": failing,
        "share": round(share, 6),
        "at_most": at_most,
        "passed": share <= at_most if check != "row_floor" else failing == 0,
    }
