"""Staging: raw sheets and contracts → cleaned, quarantined and ignored rows; one Parquet per dataset.

Names are looked up on first use: a rerun reads a snapshot without the readers of files.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transforms.staging.columns import LINEAGE, clean_rows, staged_columns
    from transforms.staging.model import FileAccount, SheetAccount, Snapshot, load_snapshot
    from transforms.staging.snapshot import code_version, dataset_keys, stage_inbox
    from transforms.staging.views import staged_views

_HOME = {
    "FileAccount": "model",
    "LINEAGE": "columns",
    "SheetAccount": "model",
    "Snapshot": "model",
    "clean_rows": "columns",
    "code_version": "snapshot",
    "dataset_keys": "snapshot",
    "load_snapshot": "model",
    "stage_inbox": "snapshot",
    "staged_columns": "columns",
    "staged_views": "views",
}

__all__ = [
    "LINEAGE",
    "FileAccount",
    "SheetAccount",
    "Snapshot",
    "clean_rows",
    "code_version",
    "dataset_keys",
    "load_snapshot",
    "stage_inbox",
    "staged_columns",
    "staged_views",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
