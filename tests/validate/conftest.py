"""Staged tables made from contracts: clean rows to plant breaches in."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest

from data_contracts import Check, Column, Contract
from transforms.staging.columns import staged_columns
from transforms.validate import validate_snapshot
from transforms.validate.snapshot import WHOLE_ROWS

AS_OF = dt.date(2021, 6, 30)
ROWS = 200

# A value each pattern column accepts, by column name or else by type; i counts the rows.
EXAMPLES = {
    "township_code": "'320681101'",
    "phone": "CAST(13900000000 + i AS VARCHAR)",
    "relative_phone": "CAST(13900000000 + i AS VARCHAR)",
    "card_no": "concat(CAST(32068119500101000 + i AS VARCHAR), '142')",
    "credit_code": "concat('91320681MA1ABC', CAST(1000 + i AS VARCHAR))",
    "id18": "concat(CAST(32068119500101000 + i AS VARCHAR), 'X')",
    "account": "CAST(6200000000000000 + i AS VARCHAR)",
    "money": "CAST(1 + i % 50 AS DECIMAL(18,2))",
    "number": "CAST(1 + i % 50 AS DOUBLE)",
    "int": "CAST(1 + i % 4 AS INTEGER)",
    "bool": "i % 2 = 0",
    "date": "DATE '2021-06-30' - CAST(i % 30 AS INTEGER)",
    "month": "CAST(2021 * 12 + 6 AS INTEGER)",
}


def clean_value(column: Column) -> str:
    """SQL of a value that breaks no check of its column."""
    if column.values:
        return f"'{column.values[0]}'"
    return EXAMPLES.get(column.name) or EXAMPLES.get(column.type) or "concat('值', i)"


class Staged:
    """Tables in the shape of the stg_ views, in a database of their own."""

    def __init__(self) -> None:
        self.con = duckdb.connect()
        self.contracts: dict[str, Contract] = {}

    def add(self, contract: Contract, rows: int = ROWS, **values: str) -> None:
        """Clean rows of a dataset; values: SQL by column in place of the clean value."""
        chosen = [f"i AS _row_id, concat('{contract.dataset}:', i) AS ref"]
        kinds = staged_columns(contract)
        for column in contract.columns:
            value = values.get(column.name, clean_value(column))
            chosen.append(f'CAST({value} AS {kinds[column.name]}) AS "{column.name}"')
            if not column.required:
                chosen.append(f'{values.get(f"has_{column.name}", "TRUE")} AS "has_{column.name}"')
        made = f"SELECT {', '.join(chosen)} FROM range({rows}) t(i)"
        self.con.execute(f"CREATE OR REPLACE TABLE stg_{contract.dataset} AS {made}")
        self.contracts[contract.dataset] = contract

    def run(self, measured=False, out_dir=None, as_of=AS_OF, progress=None):
        """Validate what was added, row by row or by counting."""
        rows = {name: self.con.execute(f"SELECT count(*) FROM stg_{name}").fetchall()[0][0] for name in self.contracts}
        limit = -1 if measured else WHOLE_ROWS
        return validate_snapshot(self.con, self.contracts, rows, as_of, out_dir, progress, whole_rows=limit)


@pytest.fixture
def staged() -> Staged:
    return Staged()


@pytest.fixture
def clean():
    """A function: column → SQL of a value that breaks no check of it."""
    return clean_value


@pytest.fixture
def probe() -> Contract:
    """A contract with every kind of check, required and optional columns."""
    return Contract(
        dataset="probe",
        title="探针",
        owner="测试",
        core=False,
        grain="one row",
        person=("id_number", "name"),
        version="1.0.0",
        columns=(
            _column(
                "id_number",
                "id18",
                "证件号",
                Check("pattern", "warn", ("id_number",), 0.02, pattern="^[1-9][0-9]{16}[0-9X]$"),
                Check("not_null", "warn", ("id_number",), 0.01),
                Check("unique", "warn", ("id_number",)),
            ),
            _column("name", "name", "姓名", Check("not_null", "fail", ("name",))),
            Column("sort", "code", True, False, ("类别",), ("甲", "乙"), {}, ""),
            _column(
                "amount",
                "money",
                "金额",
                Check("range", "fail", ("amount",), minimum=0),
                Check("range", "warn", ("amount",), maximum=1000),
            ),
            _column(
                "day",
                "date",
                "日期",
                Check("range", "warn", ("day",), minimum="1950-01-01", maximum="2099-12-31"),
            ),
            _column("remark", "text", "备注栏", Check("not_null", "warn", ("remark",), 0.5), required=False),
        ),
        row_floor=5,
        quarantine_limit=0.01,
        freshness_days=31,
        repeats_are_facts=False,
        ignored_headings=frozenset(),
        content_hash="",
        freshness_column="day",
        checks=(Check("unique", "warn", ("name", "day")),),
    )


def _column(name, kind, label, *checks, required=True):
    return Column(name, kind, required, False, (label,), (), {}, "", checks)
