"""启东 annexes 6-8, 承德 annexes 1-2 and 城步's roster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import openpyxl

from tests.forms.conftest import PLACE, build, identity
from tests.forms.test_township_forms import body, written
from transforms.forms import FormsRun, write_county_forms
from transforms.forms.tables import create_form_tables

COUNTY, INSPECTION = "年检_320681_启东市_汇总.xlsx", "大排查_320681_启东市.xlsx"


def form(folder: Path, book: str, name: str) -> Any:
    return openpyxl.load_workbook(folder / book)[name]


def test_grace_single_and_reentered_per_township(folder: Path) -> None:
    assert body(form(folder, COUNTY, "附件6")) == [
        [1, "北新镇", 0, 0], [2, "惠萍镇", 1, 2], [3, "近海镇", 0, 0], ["合计", None, 1, 2],
    ]  # fmt: skip
    assert body(form(folder, COUNTY, "附件7")) == [
        [1, "北新镇", 1, 1], [2, "惠萍镇", 1, 1], [3, "近海镇", 0, 0], ["合计", None, 2, 2],
    ]  # fmt: skip
    assert body(form(folder, COUNTY, "附件8")) == [
        [1, "北新镇", 0, 0, None], [2, "惠萍镇", 1, 1, "特困"], [3, "近海镇", 0, 0, None],
        ["合计", None, 1, 1, None],
    ]  # fmt: skip


def test_a_township_with_two_kinds_of_reentry_has_two_lines(
    given: dict[str, Any], run: FormsRun, tmp_path: Path
) -> None:
    left = {"household_id": "X1", "township_code": "320681102", "name": "赵二", "id_number": identity(40)}
    given["rows"]["benefit_roll"] += [
        {**left, "status": "退出", "start_date": "2015-01-01", "end_date": "2018-05-01"},
        {**left, "household_id": "X2", "start_date": "2020-05-01"},
        {
            **left,
            "name": "赵三",
            "id_number": identity(41),
            "status": "退出",
            "end_date": "2017-12-31",
            "start_date": "2015-01-01",
        },
        {**left, "household_id": "X3", "name": "赵三", "id_number": identity(41), "start_date": "2020-05-01"},
    ]
    written(given, run, tmp_path)
    rows = body(form(tmp_path, COUNTY, "附件8"))
    assert rows[1:3] == [[2, "惠萍镇", 1, 1, "低保"], [3, "惠萍镇", 1, 1, "特困"]]
    assert rows[-1] == ["合计", None, 2, 2, None]


def test_inspection_counts_what_the_registers_tell_and_leaves_the_rest(folder: Path) -> None:
    rows = body(form(folder, INSPECTION, "附件1"))
    assert rows[0][:8] == [1, "北新镇", 1, 3, 1, 3, 1, None]
    assert rows[1][:8] == [2, "惠萍镇", 1, None, 0, 0, 0, 0]
    assert rows[0][8:13] == [None] * 5
    assert rows[0][13:16] == [1, None, None]
    assert rows[0][16:] == [None] * 17
    said = [[cell.value for cell in row] for row in form(folder, INSPECTION, "说明").iter_rows()]
    assert any(row[1] == "残疾人帮扶落实到位人数" and row[3] == 3 for row in said)


def test_problem_list_states_each_rule_with_households_and_persons(folder: Path) -> None:
    rows = body(form(folder, INSPECTION, "附件2"))
    assert rows[0][:2] == [1, "防贫监测"] and rows[1][:2] == [2, "社会保障"]
    assert [row[3] for row in rows[:2]] == ["区社务局 托管镇"] * 2
    assert [row[8] for row in rows[:2]] == ["6月15日"] * 2
    assert rows[0][5] == "1.监测对象未纳入救助：1户1人"
    assert rows[1][5] == "1.死亡人员仍在册：2户2人"
    assert rows[1][6] == "1.次月起停发"
    assert rows[1][7] == "已核结0条，待核2条"


def test_roster_lists_changes_then_what_is_to_be_looked_at(folder: Path) -> None:
    sheet = form(folder, "农村低保调整花名册_320681101_北新镇.xlsx", "花名册")
    rows = body(sheet)
    assert [(row[2], row[5], row[6], row[7], row[9], row[10]) for row in rows[:4]] == [
        ("孙六", 0, 0, "新增", 1, 400),
        ("钱五", 1, 300, "清退", 0, 0),
        ("王一", 3, 800, "增发", 3, 900),
        ("赵四", 1, 500, "拟调整", None, None),
    ]
    assert rows[4][5:11] == [5, 1600, None, "已调整3户，拟调整1户", 4, 1300]
    assert all(row[11] is None and row[12] is None for row in rows[:4])
    assert sheet["O9"].value == "建议：先核实，属实的停发或减发（死亡人员仍在册）；另需办理：近亲属享受未备案"


def test_roster_is_checked_against_movement_where_the_earlier_roll_is_the_same(
    given: dict[str, Any], run: FormsRun, tmp_path: Path
) -> None:
    earlier = tmp_path / "earlier.duckdb"
    with duckdb.connect(config={"threads": 1}) as con:
        build(con, given)
        con.execute(f"ATTACH '{earlier}' AS kept")
        con.execute("CREATE TABLE kept.core_row AS SELECT * FROM core_row WHERE household_id <> 'N4'")
        con.execute("DETACH kept")
        con.execute(
            """CREATE TABLE previous_roll AS
               SELECT household_id, township_code, benefit_type, count(DISTINCT person_key) AS persons,
                   max(household_amount) AS yuan
               FROM core_row WHERE active AND household_id <> 'N4' GROUP BY ALL"""
        )
        con.execute(
            """CREATE TABLE recon_movement AS
               SELECT 'township' AS level, '320681' AS county_code, '320681101' AS township_code,
                   '农村低保' AS benefit_type,
                   2 AS joined, 0 AS "left", 0 AS raised, 0 AS lowered"""
        )
        create_form_tables(con, run.month, earlier)
        broken = write_county_forms(con, run, PLACE, tmp_path / "out")[1]
    assert [(check.place, check.found, check.expected) for check in broken if check.form == "花名册"] == [
        ("启东市北新镇", 1, 2)
    ]
