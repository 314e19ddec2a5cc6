"""Rows as they came, read again from the kept file: for explaining a finding."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import duckdb

from transforms.intake import ReceivedFile, open_raw
from transforms.staging.headings import cell_labels
from transforms.staging.model import FileAccount, Snapshot


def received_rows(
    snapshot: Snapshot, raw: Path, file: str, wanted: Mapping[str, Collection[int]], work: Path
) -> dict[tuple[str, int], dict[str, str]]:
    """(sheet, physical row) → heading → cell as received, empty cells left out.

    raw: the folder of kept files. file: its name in the inbox. wanted: sheet ('' for CSV and Parquet) → rows;
    rows the file has not are left out. work: a folder for temporary files.
    Raises KeyError when the snapshot has no such file, FileNotFoundError when the store has not kept it.
    """
    account = next((account for account in snapshot.files if account.file == file), None)
    if account is None:
        raise KeyError(f"snapshot {snapshot.id} has no file {file}")
    headings = {sheet.sheet: sheet.headings for sheet in account.sheets}
    folder = work / account.sha256
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[tuple[str, int], dict[str, str]] = {}
    for sheet in open_raw(_kept(account, raw), folder):
        asked = ", ".join(str(int(row)) for row in sorted(wanted.get(sheet.sheet, ())))
        if not asked:
            continue
        labels = headings.get(sheet.sheet) or cell_labels((), sheet.width)
        cells = ", ".join(f"c{index}" for index in range(sheet.width))
        with duckdb.connect(":memory:") as con:
            found = con.execute(f"SELECT _row, {cells} FROM ({sheet.scan}) WHERE _row IN ({asked}) ORDER BY _row")
            for number, *values in found.fetchall():
                filled = {label: value for label, value in zip(labels, values, strict=True) if value is not None}
                rows[sheet.sheet, number] = filled
    return rows


def _kept(account: FileAccount, raw: Path) -> ReceivedFile:
    path = next(raw.rglob(f"{account.sha256}*"), None)
    if path is None:
        raise FileNotFoundError(f"the store has not kept {account.file} (sha256 {account.sha256})")
    return ReceivedFile(account.dataset, account.file, path, account.sha256, path.stat().st_size)
