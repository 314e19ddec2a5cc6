"""Links as files: what a later night takes over is what it would have made."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from data_contracts import load_contracts
from tests.linkage.conftest import Rows, link_rows, stage_rows, with_check_digit
from transforms.linkage.files import EXACT, SNAPSHOT_TABLES, VERSION, datasets_to_link, link_views, write_links
from transforms.linkage.roles import registers
from transforms.linkage.runner import build_links, link_again
from transforms.staging.model import SnapshotFormatError

CONTRACTS = load_contracts()
BORN, DIED = dt.date(1938, 3, 9), dt.date(2021, 3, 5)
PEOPLE = [with_check_digit(f"3206811938030{day}01{order}") for day, order in ((9, 1), (8, 2), (7, 3), (6, 4))]
NAMES = ("张志明", "李玉芳", "赵海生", "张志均")
ROWS: Rows = {
    "townships": [{"township_code": "320681104", "township_name": "东海镇", "county_name": "启东市"}],
    "benefit_roll": [
        {"household_id": f"H{i}", "township_code": "320681104", "village": "安港村", "status": "在享", "sex": "男", "id_number": number, "name": name}
        for i, (number, name) in enumerate(zip(PEOPLE, NAMES, strict=True))
    ],
    "vehicles": [{"owner_id_number": PEOPLE[0], "owner_name": "张志明"}, {"owner_id_number": PEOPLE[1], "owner_name": "王大海"}],
    "kinship": [{"a_id_number": PEOPLE[0], "a_name": "张志明", "relation": "儿子", "b_id_number": PEOPLE[1], "b_name": "李玉芳"}],
    "deaths": [{"name": "赵海生", "id_number": PEOPLE[2], "death_date": DIED}],
    "funerals": [
        {"name": "张志军", "sex": "男", "birth_date": dt.date(1938, 3, 6), "address": "启东市东海镇安港村1组", "cremation_date": DIED},
        {"name": "李玉芳", "sex": "女", "birth_date": dt.date(1938, 3, 8), "address": "启东市东海镇安港村1组", "cremation_date": DIED},
    ],
    "pensions": [{"id_number": PEOPLE[3], "name": "张志均"}],
}  # fmt: skip
CHANGES: Rows = {
    "vehicles": [{"owner_id_number": PEOPLE[2], "owner_name": "赵海生"}, {"owner_id_number": PEOPLE[0], "owner_name": "钱大海"}],
    "deaths": [{"name": "张志均", "id_number": PEOPLE[3], "death_date": DIED}],
    "pensions": [],
    "archives": [{"household_id": "H0"}],
}  # fmt: skip


def _whole(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    (folder / EXACT).mkdir(parents=True)
    build_links(con, CONTRACTS, exact=folder / EXACT)
    write_links(con, folder, registers(CONTRACTS))
    (folder / VERSION).write_text("1", encoding="utf-8")


def _read(folder: Path) -> dict[str, list[tuple]]:
    con = duckdb.connect()
    views = link_views(folder, CONTRACTS)
    for view, select in views.items():
        con.execute(f"CREATE VIEW {view} AS {select}")
    return {view: con.execute(f"FROM {view} ORDER BY ALL").fetchall() for view in views}


@pytest.fixture(scope="module")
def earlier(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("links") / "earlier"
    _whole(stage_rows(ROWS), folder)
    return folder


def test_one_file_per_person_column_holds_what_one_table_would(earlier) -> None:
    tables = {"links", *SNAPSHOT_TABLES}
    con = link_rows(ROWS)
    made = {table: con.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in tables}
    read = _read(earlier)
    assert {table: read[table] for table in tables} == made
    assert len(made["links"]) == 8
    assert {row[0] for row in read["links_vehicles"]} == {"vehicles"}
    assert (
        sorted(
            row for view, rows in read.items() if view.startswith("links_") and view != "links_other" for row in rows
        )
        == made["links"]
    )


@pytest.mark.parametrize("changed", CHANGES)
def test_a_changed_register_is_linked_again_and_the_rest_taken_over(changed, earlier, tmp_path) -> None:
    rows = {**ROWS, changed: CHANGES[changed]}
    whole, again = tmp_path / "whole", tmp_path / "again"
    _whole(stage_rows(rows), whole)
    redo = datasets_to_link(earlier, {changed}, CONTRACTS, "1")
    assert redo is not None
    assert set(redo) == ({"deaths", "funerals"} if changed == "deaths" else {changed})
    (again / EXACT).mkdir(parents=True)
    link_again(stage_rows(rows), CONTRACTS, earlier, again, redo)
    assert _read(again) == _read(whole)
    assert (_read(again) == _read(earlier)) is (changed == "archives")


def test_everything_is_linked_again_when_people_changed_or_another_version_linked_them(earlier, tmp_path) -> None:
    for people in ("benefit_roll", "kinship", "officials", "townships", "severe_illness"):
        assert datasets_to_link(earlier, {people, "vehicles"}, CONTRACTS, "1") is None
    assert datasets_to_link(earlier, {"vehicles"}, CONTRACTS, "2") is None
    assert datasets_to_link(tmp_path, {"vehicles"}, CONTRACTS, "1") is None
    assert datasets_to_link(None, {"vehicles"}, CONTRACTS, "1") is None


def test_links_of_another_version_are_told(tmp_path) -> None:
    with pytest.raises(SnapshotFormatError, match="another version"):
        link_views(tmp_path, CONTRACTS)
