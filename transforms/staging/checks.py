"""Checks on a dataset as a whole that only staging can make, because they count rows that are not staged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from data_contracts import Contract
from transforms.staging.model import FileAccount


def count_checks(contract: Contract, files: Sequence[FileAccount]) -> list[Mapping[str, Any]]:
    """row_floor (rows loaded) and quarantine_limit (share of records quarantined) of a dataset with a file.

    Each a mapping of dataset, check, columns, level (fail or warn), rows, failing, share, at_most, passed.
    """
    if not any(file.status == "loaded" for file in files):
        return []
    loaded, quarantined = sum(file.loaded for file in files), sum(file.quarantined for file in files)
    missing = max(0, contract.row_floor - loaded)
    return [
        _result(contract.dataset, "row_floor", "fail", contract.row_floor, missing, 0.0),
        _result(
            contract.dataset,
            "quarantine_limit",
            "warn",
            loaded + quarantined,
            quarantined,
            contract.quarantine_limit,
        ),
    ]


def _result(dataset: str, check: str, level: str, rows: int, failing: int, at_most: float) -> Mapping[str, Any]:
    share = failing / rows if rows else 0.0
    return {
        "dataset": dataset,
        "check": check,
        "columns": [],
        "level": level,
        "rows": rows,
        "failing": failing,
        "share": round(share, 6),
        "at_most": at_most,
        "passed": share <= at_most,
    }
