"""What was measured is shown where it is read: the county's 核查实测, report.html, a township's cover."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from tests.publish.conftest import write_county_workbook, write_township_workbook
from transforms.publish.report import write_report
from transforms.publish.workbooks import RunHeader
from transforms.publish.workbooks.measured import NO_CHECKS, SHEET
from transforms.publish.workbooks.reviews import estimate_texts

MAIN, OTHER, COUNTY = "320681100", "320681101", "320681"
Con = duckdb.DuckDBPyConnection
MANIFEST: dict[str, Any] = {"township": None, "previous_run_id": None, "overrides": {}, "inputs": [], "checks": []}
COUNTS = (
    "drawn", "reviewed", "problems", "clean_drawn", "clean_reviewed", "misses", "misses_to_end",
    "flagged_reviewed", "flagged_problems", "whole_reviewed", "whole_problems",
)  # fmt: skip


@pytest.fixture
def measured(con: Con) -> Con:
    """Reviews of one rule in two townships, and spot checks of both, one of them not returned."""
    con.execute(
        "CREATE TABLE measured_precision (rule_id VARCHAR, match_tier VARCHAR, township_code VARCHAR, "
        "reviewed BIGINT, confirmed BIGINT, low DOUBLE, high DOUBLE)"
    )
    con.execute(
        "CREATE TABLE decision_evidence (finding_id VARCHAR, outcome VARCHAR, decided_on DATE, "
        "evidence_hash VARCHAR, evidence_before VARCHAR)"
    )
    for township, confirmed in ((MAIN, 3), (OTHER, 1)):
        con.execute(
            "INSERT INTO measured_precision VALUES ('death_still_on_roll', 'id_exact', ?, 4, ?, 0, 1)",
            [township, confirmed],
        )
    counts = ", ".join(f"{name} BIGINT" for name in COUNTS)
    con.execute(
        "CREATE TABLE sample_estimate (level VARCHAR, county_code VARCHAR, township_code VARCHAR, "
        f"benefit_type VARCHAR, {counts})"
    )
    estimates: tuple[tuple[str, str | None, str, tuple[int, ...]], ...] = (
        ("county", None, "", (60, 40, 4, 30, 20, 1, 1, 25, 3, 5, 2)),
        ("county", None, "农村低保", (60, 40, 4, 30, 20, 1, 1, 25, 3, 5, 2)),
        ("township", MAIN, "", (50, 40, 4, 25, 20, 1, 1, 25, 3, 5, 2)),
        ("township", OTHER, "", (10, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0)),
    )
    for level, code, benefit, values in estimates:
        marks = ", ".join("?" * (4 + len(values)))
        con.execute(f"INSERT INTO sample_estimate VALUES ({marks})", [level, COUNTY, code, benefit, *values])
    return con


def sheet(con: Con, run: RunHeader, folder: Path) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(write_county_workbook(con, COUNTY, folder / "c.xlsx", run))
    rows: Sequence[tuple[Any, ...]] = list(book[SHEET].iter_rows(values_only=True))
    return [tuple(v for v in row if v is not None) for row in rows]


def page(con: Con, run: RunHeader, folder: Path, **manifest: Any) -> str:
    text = write_report(con, folder / "r.html", run, {**MANIFEST, **manifest}).read_text(encoding="utf-8")
    return text[text.index('<section id="measured">') : text.index('<section id="changes">')]


def test_the_county_sheet_has_the_rates_with_their_intervals(measured: Con, run: RunHeader, tmp_path: Path) -> None:
    rows = sheet(measured, run, tmp_path)
    (name,) = measured.execute("SELECT township_name FROM core_township WHERE township_code = ?", [MAIN]).fetchall()
    assert ("死亡人员仍在册", "身份证号一致", name[0], 4, 3, 0.75, "30.1%～95.4%") in rows
    (whole,) = (r for r in rows if r[:2] == ("全县", "合计"))
    assert whole[2:] == (60, 40, 4, 0.1, "4.0%～23.1%", 20, 1, 0.05, "0.9%～23.6%", 1, "3/25", "2/5")
    assert not [r for r in rows if r and r[0] == "北新镇"][1:], "a township that returned nothing has only its reviews"


def test_nothing_measured_is_said(con: Con, run: RunHeader, tmp_path: Path) -> None:
    assert (NO_CHECKS,) in sheet(con, run, tmp_path)
    said = page(con, run, tmp_path)
    assert "线索的属实率尚未实测" in said
    assert "漏查情况无从估计" in said
    assert estimate_texts(con, [MAIN]) == {MAIN: ""}


def test_the_page_says_what_was_missed(measured: Con, run: RunHeader, tmp_path: Path) -> None:
    said = page(measured, run, tmp_path)
    assert "<strong>8</strong> 条，属实 <strong>4</strong> 条（50.0%，95%区间 21.5–78.5%）" in said
    assert (
        "抽查了 <strong>20</strong> 户，查出问题 <strong>1</strong> 户，漏查率 5.0%（95%区间 0.9–23.6%）；其中应退未退 1 户"
        in said
    )
    assert said.count("<tr><th scope") == 2 + 3, "two lines of reviews, the county's two spot checks and one township's"


def test_a_reruns_page_has_its_township_alone(measured: Con, run: RunHeader, tmp_path: Path) -> None:
    said = page(measured, run, tmp_path, township=MAIN)
    assert "<strong>4</strong> 条，属实 <strong>3</strong> 条" in said
    assert said.count("<tr><th scope") == 2
    assert "漏查率 5.0%" in said


def test_a_townships_cover_says_what_its_spot_checks_found(measured: Con, run: RunHeader, tmp_path: Path) -> None:
    def facts(code: str) -> dict[str, str]:
        book = openpyxl.load_workbook(write_township_workbook(measured, code, tmp_path / f"{code}.xlsx", run))
        return {str(row[0]): str(row[1]) for row in book["封面"].iter_rows(values_only=True) if row[0]}

    assert "20户中有问题1户（5.0%，95%区间0.9%～23.6%），即漏查" in facts(MAIN)["以往抽查"]
    assert "以往抽查" not in facts(OTHER)
