"""`hedui contracts check`: a file against its contract before it is dropped."""

from __future__ import annotations

import tempfile
from pathlib import Path

from data_contracts import load_contracts
from flows.plan import UsageError
from flows.settings import Settings
from transforms.staging.check_file import FileReport, check_file


def check(file: Path, dataset: str | None) -> FileReport:
    """Everything that is wrong with the file. Raises UsageError when the dataset named is none."""
    contracts = load_contracts(Settings().contracts)
    if dataset is not None and dataset not in contracts:
        raise UsageError(f"no dataset {dataset}; known: {', '.join(contracts)}")
    with tempfile.TemporaryDirectory(prefix="hedui-check-") as work:
        return check_file(file.resolve(), contracts, Path(work), dataset)
