"""A small run.duckdb for the workbooks: run_tables.sql is its schema, run_tables.yaml its content."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from transforms.publish.workbooks import RunHeader, write_county_workbooks, write_township_workbooks

HERE = Path(__file__).parent
AS_OF = dt.date(2021, 6, 30)
MAIN, OTHER, EMPTY, COUNTY = "320681100", "320681101", "320681102", "320681"
RULE_TEXTS = {
    "basis": "最低生活保障审核审批办法（民发〔2012〕220号） 第三十三条：定期复核，及时停发",
    "false_positives": "同名同姓的他人",
    "review_steps": "到户核实本人情况\n查看死亡证明、火化证明或户口注销记录",
    "closing_action": "属实的次月停发并追回多发资金",
}


def write_township_workbook(con: duckdb.DuckDBPyConnection, code: str, path: Path, run: RunHeader) -> Path:
    """The workbook of one township alone."""
    return next(write_township_workbooks(con, {code: path}, run))


def write_county_workbook(con: duckdb.DuckDBPyConnection, code: str, path: Path, run: RunHeader) -> Path:
    """The workbook of one county alone."""
    return next(write_county_workbooks(con, {code: path}, run))


def insert(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[Any]], columns: str = "") -> None:
    """Insert rows of equal length, into the named columns where they are not all of the table's."""
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        con.executemany(f"INSERT INTO {table} {columns} VALUES ({marks})", [list(row) for row in rows])


def add_findings(con: duckdb.DuckDBPyConnection, findings: Sequence[Mapping[str, Any]]) -> None:
    """Insert findings given sparsely; titles, names of townships, ids and hashes are filled in."""
    titles = dict(con.execute("SELECT rule_id, title FROM run_rule").fetchall())
    townships = dict(con.execute("SELECT township_code, township_name FROM core_township").fetchall())
    columns = [row[0] for row in con.execute("DESCRIBE out_finding").fetchall()]
    already = con.execute("SELECT count(*) FROM out_finding").fetchall()[0][0]
    for number, finding in enumerate(findings, start=already + 1):
        row: dict[str, Any] = {
            "rule_version": 1,
            "rule_title": titles[finding["rule_id"]],
            "subject_kind": "person",
            "township_code": MAIN,
            "contradictions": [],
            "also_townships": [],
            "first_seen": AS_OF,
            "finding_id": f"{number:016X}",
            "evidence_hash": f"{number:032x}",
            "as_of": AS_OF,
            "run_id": "r1",
            **finding,
        }
        row["township_name"] = townships[row["township_code"]]
        row["evidence"] = json.dumps(row["evidence"], ensure_ascii=False)
        insert(con, "out_finding", [[row.get(column) for column in columns]])


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables the workbooks read, of a made-up run."""
    connection = duckdb.connect()
    connection.execute((HERE / "run_tables.sql").read_text(encoding="utf-8"))
    content = yaml.safe_load((HERE / "run_tables.yaml").read_text(encoding="utf-8"))
    insert(connection, "core_ctx", [(AS_OF, 2021 * 12 + 6)])
    insert(connection, "core_township", [(code, name, COUNTY, "启东市") for code, name in content["townships"]])
    insert(
        connection,
        "core_household",
        [("h1", MAIN, True), ("h2", MAIN, True), ("h3", OTHER, True), ("h4", MAIN, False)],
    )
    insert(
        connection,
        "core_person",
        [("p1", "h1", MAIN, True), ("p2", "h1", MAIN, True), ("p3", "h3", OTHER, True)],
    )
    insert(connection, "run_input", [(*i[:3], "0" * 64, *i[3:]) for i in content["inputs"]])
    ignored = content["inputs"][0][:1] + content["inputs"][0][2:3]
    insert(connection, "run_ignored", [(*ignored, "标题行", 2), (*ignored, "重复行", 12)])
    insert(connection, "run_parameter", content["parameters"])
    columns = f"(rule_id, title, family, severity, status, reason, note, {', '.join(RULE_TEXTS)})"
    insert(connection, "run_rule", [(*rule, *RULE_TEXTS.values()) for rule in content["rules"]], columns)
    add_findings(connection, content["findings"])
    for table, rows in content["reconciliation"].items():
        insert(connection, f"recon_{table}", rows)
    yield connection
    connection.close()


@pytest.fixture
def run() -> RunHeader:
    """The run the workbooks come from."""
    started = dt.datetime(2021, 7, 1, 2, 0)
    finished = dt.datetime(2021, 7, 1, 2, 4)
    return RunHeader("20210701T020000-3f2a", AS_OF, "nightly", "incomplete", started, finished, {COUNTY: "启东市"})
