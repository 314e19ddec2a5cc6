"""One row of a kept file as it was received: what `hedui explain` shows beside the cleaned values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from transforms.intake import ReceivedFile, open_raw, rows_at
from transforms.staging.model import FileAccount, SheetAccount, Snapshot


def received_rows(snapshot: Snapshot, raw_dir: Path, file: str, wanted: Mapping[str, Collection[int]], work: Path) -> dict[tuple[str, int], dict[str, str]]:
    """(sheet, physical row) → heading → cell, empty cells left out, of the rows asked for by sheet. Reads the kept file again.

    Rows of a file that is no longer kept are left out (retention may have removed it).
    """
    account = next((f for f in snapshot.files if f.file == file), None)
    kept = _kept(account, raw_dir) if account else None
    if account is None or kept is None:
        return {}
    found = {}
    for sheet, rows in wanted.items():
        headings, cells = _read(kept, account, sheet, rows, work)
        for row in rows:
            if row in cells:
                found[sheet, row] = _named(headings, cells[row])
    return found


def _kept(account: FileAccount, raw_dir: Path) -> ReceivedFile | None:
    path = next(iter((raw_dir / account.sha256[:2]).glob(f"{account.sha256}*")), None)
    return None if path is None else ReceivedFile(account.dataset, account.file, path, account.sha256, path.stat().st_size)


def _read(kept: ReceivedFile, account: FileAccount, sheet: str, rows: Collection[int], work: Path) -> tuple[list[str], dict[int, tuple[str | None, ...]]]:
    known: SheetAccount | None = next((s for s in account.sheets if s.sheet == sheet), None)
    if known is None or known.heading is None:
        header = next((raw.header for raw in open_raw(kept, work) if raw.sheet == sheet), None)
        return list(header or ()), rows_at(kept, sheet, rows, work)
    lines = list(range(known.heading[0], known.heading[1] + 1))
    cells = rows_at(kept, sheet, {*rows, *lines}, work)
    levels = [cells[line] for line in lines if line in cells]
    width = max((len(level) for level in levels), default=0)
    # In a two-level heading the lower text names the column, the upper one its group.
    return [next((level[n] for level in reversed(levels) if n < len(level) and level[n]), "") or "" for n in range(width)], cells


def _named(headings: list[str], cells: tuple[str | None, ...]) -> dict[str, str]:
    named: dict[str, str] = {}
    for number, cell in enumerate(cells):
        if cell in (None, ""):
            continue
        heading = " ".join(headings[number].split()) if number < len(headings) else ""
        key = heading or f"第{number + 1}列"
        named[key if key not in named else f"{key}（第{number + 1}列）"] = str(cell)
    return named
