"""People who exist nowhere, planted in every dataset and in every cell that can break; and the search for them in by-products."""

from __future__ import annotations

import csv
import fnmatch
import json
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import openpyxl
import polars as pl

from data_contracts import Column, Contract, load_contracts

NAMES = ("龘靐齉", "爩龖麤", "灪龗厵")
IDS = ("320681193309178894", "320681194411226666", "320681195503317770")
BROKEN_IDS = ("320681196607198881", "32068119441122666")
ACCOUNT = "6228489300031415926"
PHONE = "13900314159"
NUMBERS = (*IDS, *BROKEN_IDS, ACCOUNT, PHONE)
#: Given to the commands as a bureau gives them: in the environment, or in a file.
KEY = "0dda7c4be1f0a9e5d2c86b317f4a58e90dda7c4be1f0a9e5d2c86b317f4a58e9"
PASSWORD = "Kanarienvogel-7391-gelb"
SECRETS = (KEY, PASSWORD)
#: What a cell of each type holds when all is well.
GOOD = {
    "date": "2021-03-04",
    "month": "2021-03",
    "money": "100",
    "int": "1",
    "number": "1",
    "bool": "是",
    "uscc": "91320681MA1XXXXX0X",
}
#: The folders and files that hold people's data because they are made for it; all others are by-products.
FOR_DATA = ("raw/*", "snapshots/*", "runs/*/run.duckdb", "runs/*/suspects.parquet", "runs/*/links.parquet", "runs/*/reconciliation/*",
            "runs/*/workbooks/*.xlsx", "samples/*", "decisions.db*")  # fmt: skip


def plant(drop: Path, inbox: Path) -> Path:
    """Copy a drop and add a file of canaries to every dataset: a good row of each, then a row for every cell, broken."""
    shutil.copytree(drop, inbox)
    for contract in load_contracts().values():
        if contract.dataset != "townships":
            _csv(inbox / contract.dataset / "补报.csv", [_headings(contract), *_rows(contract)])
    deaths = load_contracts()["deaths"]
    _csv(inbox / "deaths" / "没有表头.csv", list(_rows(deaths)))
    _csv(
        inbox / "deaths" / "放错文件夹.csv",
        [_headings(load_contracts()["vehicles"]), *_rows(load_contracts()["vehicles"])],
    )
    _workbook(inbox / "deaths" / "补报.xlsx", [_headings(deaths), *_rows(deaths)])
    whole = (inbox / "deaths" / "补报.xlsx").read_bytes()
    (inbox / "deaths" / "截断.xlsx").write_bytes(whole[: len(whole) // 2])
    (inbox / "deaths" / "引号.csv").write_text(
        f'姓名,身份证号,死亡日期\n"{NAMES[0]},{IDS[0]},2021-05-01\n{NAMES[1]}"{IDS[1]}', encoding="utf-8"
    )
    (inbox / "deaths" / "乱码.csv").write_bytes(b"\xff\xfe\x00" + f"{NAMES[0]}{IDS[0]}".encode())
    pl.DataFrame({NAMES[0]: [IDS[0]], "name": [NAMES[1]]}).write_parquet(inbox / "deaths" / "列名.parquet")
    return inbox


def _headings(contract: Contract) -> list[str]:
    return [column.label for column in contract.columns]


def _rows(contract: Contract) -> Iterator[list[str]]:
    for person in range(len(NAMES)):
        yield [_cell(column, person) for column in contract.columns]
    for broken in contract.columns:
        yield [_broken(column) if column is broken else _cell(column, 0) for column in contract.columns]


def _cell(column: Column, person: int) -> str:
    if column.name == "township_code":
        return "522728108"
    if column.type == "id18":
        return IDS[person]
    if column.type == "name":
        return NAMES[person]
    if column.type == "account":
        return ACCOUNT
    if column.type == "identifier":
        return PHONE if "phone" in column.name else f"HH-{IDS[person]}"
    if column.type == "code":
        return "正常享受" if "正常享受" in column.values else column.values[0]
    return GOOD.get(column.type, f"{NAMES[person]}家")


def _broken(column: Column) -> str:
    if column.type == "id18":
        return BROKEN_IDS[0]
    if column.type in ("date", "month", "money", "int", "number", "bool", "code", "coded"):
        return f"{NAMES[1]} {IDS[1]} 2021-13-45"
    return f"'{NAMES[2]}\" {IDS[2]}"


def _csv(path: Path, rows: Iterable[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def _workbook(path: Path, rows: Iterable[list[str]]) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


def planted_signs() -> dict[str, bytes]:
    """What to look for: every canary as the bytes it would have as text, as an escape, in a URL and in GB 18030."""
    signs = {}
    for name in NAMES:
        signs |= {f"{name} utf-8": name.encode(), f"{name} escaped": json.dumps(name)[1:-1].encode(), f"{name} url": quote(name).encode(),
                  f"{name} gb18030": name.encode("gb18030"), f"{name} utf-16": name.encode("utf-16-le")}  # fmt: skip
    # The first 17 digits are the key that joins use: it tells as much as the number.
    return (
        signs
        | {number: number[:17].encode() for number in NUMBERS}
        | {f"secret {number}": secret.encode() for number, secret in enumerate(SECRETS, 1)}
    )


def found_in(content: bytes) -> list[str]:
    """Which canaries the bytes hold."""
    return [name for name, sign in planted_signs().items() if sign in content]


def people_of(snapshot: Path) -> tuple[set[str], set[str]]:
    """Everybody in a snapshot: names of three or more characters; ID numbers and accounts."""
    names: set[str] = set()
    numbers: set[str] = set()
    for dataset, contract in load_contracts().items():
        path = snapshot / "staged" / f"{dataset}.parquet"
        if path.exists():
            frame = pl.read_parquet(path)
            for column in contract.columns:
                values = {str(v) for v in frame[column.name].drop_nulls().unique()}
                if column.type == "name":
                    names |= {v for v in values if re.fullmatch("[一-鿿]{3}", v)}
                elif column.type in ("id18", "account"):
                    numbers |= {v for v in values if re.fullmatch(r"[0-9]{12,}[0-9X]", v)}
    return names, numbers


def everybody_in(content: bytes, names: set[str], numbers: set[str]) -> set[str]:
    """Which people's names and numbers the bytes hold."""
    text = content.decode("utf-8", errors="ignore")
    digits = set(re.findall(r"(?<![0-9A-Za-z])[0-9]{12,20}X?(?![0-9A-Za-z])", text))
    runs = re.findall("[一-鿿]{3,}", text)
    return (digits & numbers) | ({run[i : i + 3] for run in runs for i in range(len(run) - 2)} & names)


def by_products(store: Path) -> list[Path]:
    """The files of a store that are not made to hold people's data."""
    files = {path: path.relative_to(store).as_posix() for path in store.rglob("*") if path.is_file()}
    return sorted(
        path for path, name in files.items() if not any(fnmatch.fnmatch(name, pattern) for pattern in FOR_DATA)
    )
