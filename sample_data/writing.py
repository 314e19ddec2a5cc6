"""Writes the files of a drop. The same rows and looks give the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import polars as pl
from openpyxl import Workbook

from data_contracts import Contract
from sample_data.files import LARGEST_SHEET, Look, as_text, heading, month_text

WRITTEN_ON = "2000-01-01T00:00:00Z"


def write_part(
    folder: Path, contract: Contract, frame: pl.DataFrame, looks: tuple[Look, ...], titles: tuple[str, str]
) -> list[Path]:
    """Write a dataset's rows (contract columns, typed) into its folder, one file per look that has rows.

    titles: the two title rows of files that have some.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for look in looks:
        rows = frame if look.rows is None else frame.filter(look.rows)
        if look.form == "parquet":
            written.append(_write_parquet(folder, contract, rows, look))
        elif look.form == "xlsx" and len(rows) <= LARGEST_SHEET:
            written.append(_write_xlsx(folder, contract, rows, look, titles))
        else:
            written.append(_write_csv(folder, contract, rows, look, titles))
    return written


def _write_parquet(folder: Path, contract: Contract, frame: pl.DataFrame, look: Look) -> Path:
    """Typed columns under Chinese headings; months as 202109, since a month index means nothing outside."""
    months = [month_text(pl.col(c)).alias(c) for c in frame.columns if contract.column(c).type == "month"]
    path = folder / f"{look.name}.parquet"
    renamed = frame.with_columns(months).rename({c: heading(contract.column(c), look) for c in frame.columns})
    renamed.write_parquet(path, compression="zstd", statistics=False)
    return path


def _write_csv(folder: Path, contract: Contract, frame: pl.DataFrame, look: Look, titles: tuple[str, str]) -> Path:
    table = as_text(frame, contract, look)
    lines = [title + "," * (table.width - 1) + "\n" for title in titles] if look.titles else []
    body = table.write_csv(line_terminator="\n")
    if look.totals:
        body += ",".join(_totals(frame, contract, look)) + "\n"
    path = folder / f"{look.name}.csv"
    path.write_bytes(("".join(lines) + body).encode(look.encoding))
    return path


def _totals(frame: pl.DataFrame, contract: Contract, look: Look) -> list[str]:
    """The cells of a 合计 row: sums of the money columns and nothing else."""
    sums = [
        f"{frame[c].sum():.2f}" if contract.column(c).type == "money" and c not in look.ten_thousands else ""
        for c in frame.columns
    ]
    return ["合计", *sums]


def _write_xlsx(folder: Path, contract: Contract, frame: pl.DataFrame, look: Look, titles: tuple[str, str]) -> Path:
    """Dates and numbers as such, ID numbers and accounts as text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    for title in titles if look.titles else ():
        sheet.append([title])
    columns = [contract.column(c) for c in frame.columns]
    serial = ["序号"] if look.serial else []
    sheet.append(serial + [heading(c, look) for c in columns])
    scaled = frame.with_columns(
        [pl.col(c.name) / 10000 for c in columns if c.name in look.ten_thousands]
        + [month_text(pl.col(c.name)).alias(c.name) for c in columns if c.type == "month"]
    )
    for number, row in enumerate(scaled.iter_rows(), start=1):
        sheet.append(([number] if look.serial else []) + list(row))
    if look.totals:
        sheet.append(_totals(frame, contract, look))
    buffer = io.BytesIO()
    book.save(buffer)
    path = folder / f"{look.name}.xlsx"
    path.write_bytes(_without_clock(buffer.getvalue()))
    return path


def _without_clock(workbook: bytes) -> bytes:
    """The workbook with the hour of its writing taken out, which would make every drop different."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", WRITTEN_ON.encode(), content)
            entry = zipfile.ZipInfo(name, date_time=(2000, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return out.getvalue()
