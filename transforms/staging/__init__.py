"""Staging: raw sheets and contracts → cleaned, quarantined and ignored rows; one Parquet per dataset."""

from transforms.staging.columns import LINEAGE, clean_rows, staged_columns
from transforms.staging.model import FileAccount, SheetAccount, Snapshot, load_snapshot
from transforms.staging.snapshot import code_version, dataset_keys, stage_inbox
from transforms.staging.views import staged_views

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
