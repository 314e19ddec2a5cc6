"""校验通过率: which roll rows passed every check of the contract."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from data_contracts import load_contracts
from transforms.intake import take_in
from transforms.reconcile.row_check import create_row_check
from transforms.staging import stage_inbox
from transforms.staging.views import staged_views

ROLL = load_contracts()["benefit_roll"]
GOOD = {
    "benefit_type": "农村低保", "household_id": "320681101001001", "head_name": "周大伟", "head_id_number": "32068119600101001X", "name": "周大伟",
    "id_number": "32068119600101001X", "sex": "男", "township_code": "320681101", "persons_covered": "1", "household_amount": "480",
    "start_date": "2019-01-01", "status": "在享", "last_check_date": "2021-01-05", "phone": "13800000000",
}  # fmt: skip
FAULTS = {
    "head_id_number": "320681196001010011", "last_check_date": "2021-13-45", "persons_covered": "若干", "household_amount": "90000", "sex": "中",
    "phone": "12345", "name": "", "start_date": "1900-01-01",
}  # fmt: skip


@pytest.mark.parametrize("ignored", [0, 1])
def test_a_row_passes_where_it_breaks_no_check_of_any_column(tmp_path: Path, ignored: int):
    """With and without a row that is none: then the staged file is written anew."""
    rows = [
        GOOD,
        *(
            {**GOOD, "household_id": f"32068110100100{n}", column: bad}
            for n, (column, bad) in enumerate(FAULTS.items(), 2)
        ),
    ]
    (tmp_path / "inbox" / "benefit_roll").mkdir(parents=True)
    with (tmp_path / "inbox" / "benefit_roll" / "roll.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [[ROLL.column(c).label for c in GOOD], *(list(row.values()) for row in rows), *[["合计"]] * ignored]
        )
    snapshot = stage_inbox(
        take_in(tmp_path / "inbox", tmp_path / "raw"), load_contracts(), tmp_path / "snapshots", tmp_path / "work"
    )
    with duckdb.connect() as con:
        staged_views(con, snapshot, {"benefit_roll": ROLL})
        create_row_check(con, ROLL, snapshot.staged("benefit_roll"))
        assert con.execute("SELECT passed FROM row_check ORDER BY _row_id").fetchall() == [
            (True,),
            *[(False,)] * len(FAULTS),
        ]
        create_row_check(con, ROLL, None)
        assert con.execute("SELECT count(*) FROM row_check WHERE NOT passed").fetchall() == [(len(FAULTS) - 2,)], (
            "cells nobody could read"
        )
