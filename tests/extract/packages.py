"""Looking into a workbook: every part of its package, and the numbers of a run that must not be in any."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

import duckdb
import msoffcrypto

from data_contracts.loader import load_contracts
from transforms.core.run_database import RUN_DATABASE, EngineLimits, open_database

#: Shorter damaged numbers (320681, 3.2) stand in any text; a number this long names somebody.
SHORTEST = 8


def parts(content: bytes) -> dict[str, bytes]:
    """Every part of an OOXML package, and its own names and comment."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        found = {name: package.read(name) for name in package.namelist()}
        found["(names)"] = "\n".join(package.namelist()).encode() + package.comment
    return found


def decrypted(content: bytes, password: str) -> bytes:
    """The package inside an encrypted workbook, its integrity checked."""
    book = msoffcrypto.OfficeFile(io.BytesIO(content))
    book.load_key(password=password, verify_password=True)
    plain = io.BytesIO()
    book.decrypt(plain, verify_integrity=True)
    return plain.getvalue()


def database(run_dir: Path) -> duckdb.DuckDBPyConnection:
    return open_database(run_dir / RUN_DATABASE, EngineLimits("1GB", 1), read_only=True)


def personal_numbers(run_dir: Path) -> set[str]:
    """Every ID number and account of every staged register of a run, damaged ones too."""
    numbers: set[str] = set()
    with database(run_dir) as con:
        for contract in load_contracts().values():
            for column in contract.columns:
                if column.type in ("id18", "account"):
                    rows = con.execute(f"SELECT DISTINCT {column.name} FROM stg_{contract.dataset}").fetchall()
                    numbers |= {row[0].upper() for row in rows if row[0] and len(row[0]) >= SHORTEST}
    return numbers


def numbers_found(content: bytes, numbers: Iterable[str]) -> set[str]:
    """Those of the numbers that stand anywhere in a package. Every run of characters a number can be made of is cut
    into all its pieces of a number's length: nothing is sampled.
    """
    wanted = set(numbers)
    lengths = {len(number) for number in wanted}
    found: set[str] = set()
    for part in parts(content).values():
        text = part.decode("utf-8", "replace").upper()
        for run in re.findall(rf"[0-9A-Z.+]{{{min(lengths)},}}", text):
            for length in lengths:
                found |= {run[i : i + length] for i in range(len(run) - length + 1)} & wanted
    return found
