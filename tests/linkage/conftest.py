"""Staged tables from sparse rows, typed as docs/architecture.md section 3 says, for the linkage stage."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import duckdb
import pytest
from stdnum.cn import ric

from data_contracts import load_contracts
from transforms.linkage.runner import build_links

Rows = Mapping[str, Sequence[Mapping[str, Any]]]

SQL_TYPES = {
    "date": "DATE",
    "int": "INTEGER",
    "month": "INTEGER",
    "bool": "BOOLEAN",
    "number": "DOUBLE",
    "money": "DECIMAL(18,2)",
}


def status_of(number: str | None) -> str:
    """The status staging gives a cleaned number."""
    if not number:
        return "empty"
    if re.fullmatch(r"\d(\.\d+)?E\+?\d+", number):
        return "scientific"
    if (
        re.fullmatch(r"\d{17}[\dX]", number)
        and ric.calc_check_digit(number) == number[-1]
        and _is_birth_date(number[6:14])
    ):
        return "valid"
    return "truncated" if re.fullmatch(r"\d{15}000", number) else "invalid"


def _is_birth_date(digits: str) -> bool:
    try:
        dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def _stage(con: duckdb.DuckDBPyConnection, dataset: str, rows: Sequence[Mapping[str, Any]]) -> None:
    columns = {
        "_row_id": "BIGINT",
        "_file": "VARCHAR",
        "_sheet": "VARCHAR",
        "_row": "BIGINT",
        "ref": "VARCHAR",
    }
    for column in load_contracts()[dataset].columns:
        columns[column.name] = SQL_TYPES.get(column.type, "VARCHAR")
        if column.type == "id18":
            columns |= {f"{column.name}_status": "VARCHAR", f"{column.name}_key": "BIGINT"}
        if column.type == "date":
            columns[f"{column.name}_month_only"] = "BOOLEAN"
    listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    con.execute(f"CREATE OR REPLACE TABLE stg_{dataset} ({listed})")
    for number, row in enumerate(rows, start=1):
        values: dict[str, Any] = {
            "_row_id": number,
            "_file": f"{dataset}/a.csv",
            "_sheet": "",
            "_row": number,
        }
        values["ref"] = f"{dataset}:{number}"
        for name, value in row.items():
            values[name] = value
        for name in [name for name in columns if f"{name}_key" in columns]:
            values[f"{name}_status"] = status_of(row.get(name))
            if values[f"{name}_status"] == "valid":
                values[f"{name}_key"] = int(row[name][:17])
        marks = ", ".join("?" for _ in values)
        con.execute(f"INSERT INTO stg_{dataset} ({', '.join(values)}) VALUES ({marks})", list(values.values()))


def stage_rows(rows: Rows) -> duckdb.DuckDBPyConnection:
    """A connection with every stg_<dataset>, empty where nothing is given."""
    con = duckdb.connect()
    for dataset in load_contracts():
        _stage(con, dataset, rows.get(dataset, ()))
    sheets = ", ".join(f"('{dataset}', 0::BIGINT, '{dataset}/a.csv', '')" for dataset in load_contracts())
    con.execute(f"CREATE VIEW staged_sheet AS SELECT * FROM (VALUES {sheets}) AS v(dataset, number, _file, _sheet)")
    return con


def link_rows(rows: Rows) -> duckdb.DuckDBPyConnection:
    """The same with the linkage tables."""
    con = stage_rows(rows)
    build_links(con, load_contracts())
    return con


@pytest.fixture(scope="session")
def link() -> Callable[[Rows], duckdb.DuckDBPyConnection]:
    return link_rows


def with_check_digit(first17: str) -> str:
    """A number of GB 11643 from its first 17 digits."""
    return first17 + ric.calc_check_digit(first17 + "0")


@pytest.fixture(scope="session")
def number() -> Callable[[str], str]:
    return with_check_digit
