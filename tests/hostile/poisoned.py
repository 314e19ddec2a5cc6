"""The sample drop with something hostile before every name and every free text of every dataset."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts import Contract, load_contracts
from transforms.intake import RawSheet, open_raw, take_in

MARK = "投毒"
#: Formulas, commands, markup, and characters no workbook or page may hold.
PAYLOADS = (
    "=cmd|' /C calc'!A0", "+HYPERLINK(\"http://evil.example\")", "-2+3", "@SUM(1+1)", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1",
    "=WEBSERVICE(\"http://evil.example\")", "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;script&gt;", "{{7*7}}", "`${1}`",
    "\u202e", "\x00\x01\x0b\x1b", "_xD800_", "_x003D_1", "'=1+1", "http://evil.example ", "internal:A1", "\ufffe", "\U0001f480", "]]>", "/../../../",
)  # fmt: skip
#: Types whose cells a sender writes freely.
FREE = {"name", "text"}


def poison(drop: Path, inbox: Path, work: Path) -> Path:
    """Write `drop` to `inbox` as Parquet files, which may hold any character; `work` is for temporary files."""
    contracts = load_contracts()
    payloads = itertools.cycle(PAYLOADS)
    for file in take_in(drop, work / "raw").files:
        contract = contracts[file.dataset]
        (inbox / file.dataset).mkdir(parents=True, exist_ok=True)
        for sheet in open_raw(file, work / file.sha256):
            table = _poisoned(sheet, contract, payloads)
            pq.write_table(table, inbox / file.dataset / f"{file.sha256[:8]}-{sheet.sheet_no}.parquet")
    return inbox


def _poisoned(sheet: RawSheet, contract: Contract, payloads: Iterator[str]) -> pa.Table:
    with duckdb.connect() as con:
        rows = [row[1:] for row in con.execute(f"SELECT * FROM ({sheet.scan}) ORDER BY _row").fetchall()]
    rows = rows if sheet.header is None else [sheet.header, *rows]
    known = contract.headings()
    heading = next(i for i, row in enumerate(rows) if sum(cell in known for cell in row) >= 2)
    columns = {}
    for place, title in enumerate(rows[heading]):
        cells = [row[place] for row in rows[heading + 1 :]]
        if title in known and contract.column(known[title]).type in FREE:
            cells = [f"{next(payloads)}{MARK}{cell}" if cell else cell for cell in cells]
        columns[title or f"无标题{place}"] = pa.array(cells, pa.string())
    return pa.table(columns)
