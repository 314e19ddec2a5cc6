"""What the lists say of earlier reviews: measured precision beside each lead and in its order, why a lead is
open again, the ledger.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from tests.publish.conftest import write_county_workbook, write_township_workbook
from transforms.publish.workbooks import RunHeader, write_rectification
from transforms.publish.workbooks.evidence import changed_facts
from transforms.publish.workbooks.labels import column_titles

MAIN, OTHER, COUNTY = "320681100", "320681101", "320681"
Con = duckdb.DuckDBPyConnection


def measured(con: Con, rows: Sequence[tuple[str, str, str, int, int]]) -> None:
    con.execute(
        "CREATE TABLE measured_precision (rule_id VARCHAR, match_tier VARCHAR, township_code VARCHAR, "
        "reviewed BIGINT, confirmed BIGINT)"
    )
    con.execute(
        "CREATE TABLE decision_evidence (finding_id VARCHAR, outcome VARCHAR, decided_on DATE, "
        "evidence_hash VARCHAR, evidence_before VARCHAR)"
    )
    for row in rows:
        con.execute("INSERT INTO measured_precision VALUES (?, ?, ?, ?, ?)", list(row))


def leads(con: Con, run: RunHeader, folder: Path) -> list[dict[str, Any]]:
    sheet: Any = openpyxl.load_workbook(write_township_workbook(con, MAIN, folder / "t.xlsx", run))["疑点线索"]
    headings = [str(c.value).replace("\n", "") for c in sheet[2]]
    return [dict(zip(headings, row, strict=True)) for row in sheet.iter_rows(min_row=3, values_only=True)]


@pytest.fixture
def two_rules(con: Con) -> list[tuple[str, str, str]]:
    """(rule, title, tier) of two leads of one severity, each the only one of a household in one village."""
    rules = con.execute("SELECT rule_id FROM run_rule WHERE status = 'evaluated' ORDER BY 1 LIMIT 2").fetchall()
    found = [(rule, title, "id_exact") for (rule,), title in zip(rules, ("甲类疑点", "乙类疑点"), strict=True)]
    for number, (rule, title, tier) in enumerate(found):
        con.execute(
            "INSERT INTO out_finding SELECT * REPLACE (? AS rule_id, ? AS rule_title, ? AS match_tier, ? "
            "AS household_id, ? AS finding_id, "
            "'一村' AS village, 'medium' AS severity, 'new' AS state) FROM out_finding WHERE township_code "
            "= ? LIMIT 1",
            [rule, title, tier, f"zz{number}", f"T{number}", MAIN],
        )
    return found


def test_the_better_confirmed_rule_comes_first_within_its_severity(
    con: Con, run: RunHeader, tmp_path: Path, two_rules
) -> None:
    measured(con, [])
    titles = [row["疑点类型"] for row in leads(con, run, tmp_path)]
    first, last = sorted(two_rules, key=lambda r: titles.index(r[1]))
    severities = [row["级别"] for row in leads(con, run, tmp_path)]
    con.execute(
        "INSERT INTO measured_precision VALUES (?, ?, ?, 40, 38), (?, ?, ?, 40, 2)",
        [last[0], last[2], MAIN, first[0], first[2], MAIN],
    )
    rows = leads(con, run, tmp_path)
    titles = [row["疑点类型"] for row in rows]
    assert titles.index(last[1]) < titles.index(first[1])
    assert [row["级别"] for row in rows] == severities, "severity comes first"
    said = {row["疑点类型"]: row["同类线索以往核查"] for row in rows}
    assert said[last[1]] == "本镇40条中属实38条（83%～99%）"
    assert said[first[1]] == "本镇40条中属实2条（1%～17%）"
    assert "尚无" in said.values()


def test_where_the_township_has_no_reviews_the_countys_are_shown(
    con: Con, run: RunHeader, tmp_path: Path, two_rules
) -> None:
    rule, title, tier = two_rules[0]
    measured(
        con,
        [
            (rule, tier, OTHER, 10, 5),
            (rule, "probabilistic", MAIN, 9, 9),
            (rule, tier, "999999100", 100, 100),
        ],
    )
    said = {row["疑点类型"]: row["同类线索以往核查"] for row in leads(con, run, tmp_path)}
    assert said[title] == "全县10条中属实5条（24%～76%）"


def test_the_countys_rules_show_what_was_measured(con: Con, run: RunHeader, tmp_path: Path, two_rules) -> None:
    rule, _, tier = two_rules[0]
    title = con.execute("SELECT title FROM run_rule WHERE rule_id = ?", [rule]).fetchall()[0][0]
    measured(con, [(rule, tier, MAIN, 10, 5), (rule, tier, OTHER, 10, 5)])
    sheet: Any = openpyxl.load_workbook(write_county_workbook(con, COUNTY, tmp_path / "c.xlsx", run))["规则汇总"]
    row = next(r for r in sheet.iter_rows(values_only=True) if r[0] == title)
    assert "20条中属实10条（30%～70%）" in row


def fact(value: int, row: int = 1) -> dict[str, Any]:
    return {
        "dataset": "vehicles",
        "file": "vehicles/a.csv",
        "sheet": "",
        "row": row,
        "values": {"value": value},
    }


@pytest.mark.parametrize(
    ("before", "same", "lines"),
    [
        ([fact(36000)], False, ["当时：", "现在："]),
        (
            [fact(36000), fact(99000, 7)],
            False,
            ["当时："],
        ),  # what stayed is not said again, whatever row it stands in now
        ([fact(99000)], False, ["级别、矛盾之处或疑点说明中的情况"]),
        ([fact(99000)], True, []),
    ],
)
def test_a_reopened_lead_shows_what_changed(con: Con, run: RunHeader, tmp_path: Path, before, same, lines) -> None:
    measured(con, [])
    finding = con.execute(
        "SELECT finding_id FROM out_finding WHERE township_code = ? AND state <> 'decided'", [MAIN]
    ).fetchall()[0][0]
    con.execute(
        "UPDATE out_finding SET state = 'reopened', evidence = ?, evidence_hash = 'now' WHERE finding_id = ?",
        [json.dumps([fact(99000)]), finding],
    )
    con.execute(
        "INSERT INTO decision_evidence VALUES (?, '不属实', ?, ?, ?)",
        [finding, dt.date(2021, 5, 8), "now" if same else "then", json.dumps(before)],
    )
    row = next(r for r in leads(con, run, tmp_path) if r["finding_id"] == finding)
    said = str(row["依据（数据、文件、行号）"]).split("\n")
    assert said[0].startswith("【重新打开】2021年5月8日核查结果为“不属实”")
    assert ("已到期" in said[0]) == same
    body = said[1 : 1 + len(lines)]
    assert [line[: len(start)] for line, start in zip(body, lines, strict=True)] == lines
    assert said[1 + len(lines)].startswith("【"), "then the evidence of today"


def test_of_a_fact_that_changed_only_what_differs_is_said() -> None:
    def car(plate: str, value: int | None) -> dict[str, Any]:
        values = {"plate_number": plate, "brand_model": "山岭", "status": "正常", "value": value}
        return {"dataset": "vehicles", "file": "a", "sheet": "", "row": 1, "values": values}

    before = json.dumps([car("甲1", 1), car("甲2", 2), car("甲3", 3)])
    now = json.dumps([car("甲2", 9), car("甲3", 3), car("甲1", None), {"dataset": "other", "values": {"x": 1}}])
    value = column_titles("vehicles")["value"]
    assert changed_facts(before, now, {"vehicles": "车", "other": "房"}) == [
        f"当时：【车】{value} 1",
        f"现在：【车】{value} 无",
        f"当时：【车】{value} 2",
        f"现在：【车】{value} 9",
        "现在：【房】x 1",
    ]


def ledger(con: Con, items: Sequence[dict[str, Any]]) -> None:
    names = (
        "finding_id",
        "rule_id",
        "township_code",
        "village",
        "head_name",
        "household_id",
        "name",
        "id_number",
        "rule_title",
        "severity",
        "explanation",
        "checked_by",
        "decided_on",
        "measures",
        "due",
        "status",
        "closed_on",
        "remark",
        "note",
    )
    days = ("decided_on", "due", "closed_on")
    columns = (f"{n} {'DATE' if n in days else 'VARCHAR'}" for n in names)
    con.execute(f"CREATE TABLE rectification ({', '.join(columns)})")
    for number, item in enumerate(items):
        row = {
            "finding_id": str(number),
            "township_code": MAIN,
            "severity": "high",
            "decided_on": dt.date(2021, 5, 1),
            **item,
        }
        con.execute(f"INSERT INTO rectification VALUES ({', '.join('?' * len(names))})", [row.get(n) for n in names])


def test_the_ledger_puts_the_overdue_first_and_marks_it(con: Con, run: RunHeader, tmp_path: Path) -> None:
    due = dt.date(2021, 6, 1)
    ledger(
        con,
        [
            {
                "name": "甲",
                "status": "closed",
                "due": due,
                "closed_on": dt.date(2021, 6, 15),
                "remark": "源头数据已更正",
            },
            {"name": "乙", "status": "closed", "due": due, "closed_on": due},
            {"name": "丙", "status": "open"},
            {"name": "丁", "status": "overdue", "due": due, "measures": "=追回"},
            {"name": "戊", "status": "overdue", "township_code": OTHER},
        ],
    )
    sheet: Any = openpyxl.load_workbook(write_rectification(con, MAIN, tmp_path / "l.xlsx", run))["整改台账"]
    rows = [r for r in sheet.iter_rows(values_only=True) if isinstance(r[0], int)]
    assert [(r[4], r[12], r[13]) for r in rows] == [
        ("丁", "2021-06-01", "逾期未完成"),
        ("丙", "未定", "整改中"),
        ("甲", "2021-06-01", "逾期后销号"),
        ("乙", "2021-06-01", "已销号"),
    ]
    marked = next(c for row in sheet.iter_rows() for c in row if c.value == "逾期未完成")
    plain = next(c for row in sheet.iter_rows() for c in row if c.value == "整改中")
    assert marked.fill.fgColor.rgb != plain.fill.fgColor.rgb
    assert next(c for row in sheet.iter_rows() for c in row if c.value == "=追回").data_type == "s"
    assert "共4条，逾期未完成1条，整改中1条，已销号2条" in str(sheet["A2"].value)
