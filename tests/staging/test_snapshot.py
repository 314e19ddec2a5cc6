"""Snapshots: their id, their reuse, what they hold, the views on them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import duckdb
import pytest

from data_contracts import load_codes, load_contracts
from transforms.intake import UnreadableFile, take_in
from transforms.staging import (
    LINEAGE,
    clean_rows,
    load_snapshot,
    snapshot,
    stage_inbox,
    staged_columns,
    staged_views,
)
from transforms.staging.dataset import stage_dataset
from transforms.staging.received import received_rows
from transforms.values import register_functions

SAMPLE = Path(__file__).parents[2] / "sample_data" / "drop"
HEAD = ["姓名", "身份证号", "死亡日期"]
ID = "110101199003074610"


def deaths(drop, name="deaths/a.csv", day="20210531"):
    drop.csv(name, [HEAD, ["王五", ID, day]])


def test_equal_input_is_the_same_snapshot_and_is_not_staged_again(drop):
    deaths(drop)
    lines: list[str] = []
    first = drop.stage(progress=lines.append)
    staged = len(lines)
    assert staged
    assert drop.stage(progress=lines.append) == first
    assert len(lines) == staged, "nothing is told where nothing is done"
    assert "王五" not in "".join(lines)
    drop.csv("deaths/a.csv", [HEAD, ["王五", ID, "20210601"]])
    assert drop.stage().id != first.id


def test_another_contract_is_another_snapshot(drop):
    deaths(drop)
    first = drop.stage()
    contracts = load_contracts()
    changed = dataclasses.replace(contracts["deaths"], content_hash="other")

    received = take_in(drop.inbox, drop.root / "raw")
    other = stage_inbox(received, contracts | {"deaths": changed}, drop.snapshots, drop.root / "work")
    assert other.id != first.id and other.keys["deaths"] != first.keys["deaths"]


def test_headings_of_another_contract_may_change_what_a_file_is_taken_for(drop):
    deaths(drop)
    first = drop.stage()
    contracts = load_contracts()
    changed = dataclasses.replace(contracts["vehicles"], content_hash="other")
    other = drop.stage(contracts | {"vehicles": changed}, previous=first.path)
    assert not other.staged("deaths").samefile(first.staged("deaths"))


def test_a_folder_in_the_inbox_is_told_of_once_and_only_while_it_is_there(drop):
    deaths(drop)
    below = drop.inbox / "deaths" / "补报"
    below.mkdir()
    (below / "x.csv").write_text("a,b\n1,2\n")

    def rejected(before):
        drop.csv("townships/t.csv", [["镇街代码", "镇街名称"], [str(320681100 + len(rejections)), "甲镇"]])
        taken = drop.stage(previous=before and before.path)
        rejections.append([file.file for file in taken.of("deaths") if file.status == "rejected"])
        return taken

    rejections: list[list[str]] = []
    second = rejected(rejected(None))
    (below / "x.csv").unlink()
    below.rmdir()
    rejected(second)
    assert rejections == [["deaths/补报"], ["deaths/补报"], []]


def test_a_file_that_could_not_be_read_for_a_passing_cause_is_read_again(drop, monkeypatch):
    deaths(drop)
    with monkeypatch.context() as patch:
        patch.setattr("transforms.staging.dataset.open_raw", unreadable)
        first, second = drop.stage(), drop.stage()
    assert first.id != second.id and not first.usable("deaths")
    third = drop.stage(previous=second.path)
    assert third.usable("deaths") and third.keys != second.keys
    assert drop.stage() == third, "what was read is kept"
    assert not load_snapshot(first.path).usable("deaths"), "a snapshot never changes"


def unreadable(*_):
    raise UnreadableFile("文件打不开", may_pass=True)


def test_another_version_of_what_is_added_at_the_end_is_another_snapshot(drop):
    deaths(drop)
    assert drop.stage(finish_version="1").id != drop.stage(finish_version="2").id


def test_it_comes_back_from_its_folder_as_it_was(drop):
    deaths(drop)
    drop.csv("population/x.csv", [["血型"], ["A"]])
    snapshot = drop.stage()
    assert load_snapshot(snapshot.path) == snapshot
    assert [(i["file"], i["status"]) for i in snapshot.inputs] == [
        ("deaths/a.csv", "loaded"),
        ("population/x.csv", "rejected"),
    ]
    assert snapshot.inputs[0]["columns"] == ("name", "id_number", "death_date")


def test_a_failure_leaves_no_snapshot_behind(drop):
    deaths(drop)

    def fail(con, folder, earlier, changed):
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        drop.stage(finish=fail)
    assert [path for path in drop.snapshots.iterdir() if not path.name.startswith(".")] == []
    assert drop.stage().usable("deaths")
    assert [path.name for path in drop.snapshots.iterdir() if path.name.startswith(".")] == []


def test_what_is_added_at_the_end_sees_the_views_and_becomes_part_of_it(drop):
    deaths(drop)

    def count(con, folder, earlier, changed):
        rows = con.execute("SELECT count(*) FROM stg_deaths").fetchall()[0][0]
        (folder / "counted.txt").write_text(str(rows))

    assert (drop.stage(finish=count).path / "counted.txt").read_text() == "1"


def test_an_unchanged_dataset_is_taken_over_from_the_snapshot_before(drop, read):
    deaths(drop)
    drop.csv("townships/t.csv", [["镇街代码", "镇街名称"], ["320681101", "甲镇"]])
    before = drop.stage()
    drop.csv("townships/t.csv", [["镇街代码", "镇街名称"], ["320681102", "乙镇"]])
    lines: list[str] = []
    after = drop.stage(previous=before.path, progress=lines.append)
    assert after.id != before.id
    assert after.staged("deaths").samefile(before.staged("deaths"))
    assert not after.staged("townships").samefile(before.staged("townships"))
    assert after.of("deaths") == before.of("deaths")
    assert [line for line in lines if "unchanged" in line] == ["  deaths: unchanged, 1 files"]
    assert read[0](after, "townships", "township_code") == [("320681102",)]


def test_small_datasets_beside_each_other_and_large_ones_in_turn_are_staged_alike(tmp_path, monkeypatch):
    received = take_in(SAMPLE, tmp_path / "raw")
    staged = []
    for largest in (snapshot.SMALL_BYTES, 0):
        monkeypatch.setattr(snapshot, "SMALL_BYTES", largest)
        home = tmp_path / str(largest)
        staged.append(stage_inbox(received, load_contracts(), home, tmp_path / "work"))
    together, in_turn = staged
    assert together.files == in_turn.files and together.checks == in_turn.checks
    tables = sorted(path.relative_to(together.path) for path in together.path.glob("*/*.parquet"))
    assert (
        tables == sorted(path.relative_to(in_turn.path) for path in in_turn.path.glob("*/*.parquet"))
        and len(tables) > 20
    )
    for table in tables:
        one, other = (f"FROM '{home.path / table}' ORDER BY ALL" for home in staged)
        assert duckdb.sql(one).fetchall() == duckdb.sql(other).fetchall(), table


@pytest.mark.parametrize("largest", [0, snapshot.SMALL_BYTES])
def test_a_dataset_that_cannot_be_staged_fails_the_snapshot(drop, monkeypatch, largest):
    monkeypatch.setattr(snapshot, "SMALL_BYTES", largest)
    whole = stage_dataset

    def fail(con, received, work, *rest):
        if work.contract.dataset == "deaths":
            raise duckdb.OutOfMemoryException("no room")
        return whole(con, received, work, *rest)

    deaths(drop)
    drop.csv("townships/t.csv", [["镇街代码", "镇街名称"], ["320681101", "甲镇"]])
    monkeypatch.setattr(snapshot, "stage_dataset", fail)
    with pytest.raises(duckdb.OutOfMemoryException, match="no room"):
        drop.stage()
    assert [path for path in drop.snapshots.iterdir() if not path.name.startswith(".")] == []


def test_row_ids_tell_file_sheet_and_row(drop, read):
    deaths(drop, "deaths/a.csv")
    drop.xlsx("deaths/b.xlsx", {"一": [HEAD, ["王五", ID, "20210601"]], "二": [HEAD, ["李四", "", "20210602"]]})
    rows = read[0](drop.stage(), "deaths", "_row_id, _file_no, _sheet, _row")
    assert [row[1:] for row in rows] == [(1, "", 2), (2, "一", 2), (2, "二", 2)]
    assert all(row[0] // 1_000_000_000 // 1_000 == row[1] and row[0] % 1_000_000_000 == row[3] for row in rows)
    assert len({row[0] for row in rows}) == 3


def test_views_say_which_optional_columns_a_row_s_file_had(drop):
    deaths(drop)
    drop.csv("deaths/b.csv", [[*HEAD, "性别"], ["李四", "", "20210601", "女"]])
    con = duckdb.connect()
    staged_views(con, drop.stage(), load_contracts())
    found = con.execute("SELECT name, has_sex, has_address, ref FROM stg_deaths ORDER BY _row_id").fetchall()
    assert found == [
        ("王五", False, False, "deaths:1000000000002"),
        ("李四", True, False, "deaths:2000000000002"),
    ]


def test_every_dataset_has_a_view_of_the_same_shape_with_or_without_a_file(drop):
    deaths(drop)
    con = duckdb.connect()
    staged_views(con, drop.stage(), load_contracts())
    for dataset, contract in load_contracts().items():
        shape = dict(row[:2] for row in con.execute(f"DESCRIBE stg_{dataset}").fetchall())
        assert {column: shape[column] for column in staged_columns(contract)} == staged_columns(contract)
        assert {column: shape[column] for column in LINEAGE} == LINEAGE
        assert {c.name for c in contract.columns if not c.required} == {c[4:] for c in shape if c.startswith("has_")}
        assert con.execute(f"SELECT count(*) FROM stg_{dataset}").fetchall() == [(int(dataset == "deaths"),)]


def test_a_list_may_be_empty_where_its_contract_allows_it(drop):
    drop.csv("relative_filings/a.csv", [["经办人身份证号", "享受对象身份证号", "备案日期"]])
    drop.csv("deaths/a.csv", [HEAD])
    snapshot = drop.stage()
    assert (snapshot.usable("relative_filings"), snapshot.usable("deaths"), snapshot.usable("vehicles")) == (
        True,
        False,
        False,
    )


def test_the_quarantine_limit_is_checked(drop):
    drop.csv("deaths/a.csv", [HEAD, ["王五", ID, "20210531"], ["李四", "", "x"]])
    checks = {check["check"]: check for check in drop.stage().checks}
    assert (checks["quarantine_limit"]["share"], checks["quarantine_limit"]["passed"]) == (0.5, False)
    assert checks["row_floor"]["passed"]


def test_rows_as_received_for_an_explanation(drop):
    drop.xlsx("deaths/b.xlsx", {"一": [["某县"], [*HEAD, "备注"], ["王 五", f"'{ID}", "2021.5.31", None]]})
    snapshot = drop.stage()
    rows = received_rows(snapshot, drop.root / "raw", "deaths/b.xlsx", {"一": {3, 99}}, drop.root / "work")
    assert rows == {("一", 3): {"姓名": "王 五", "身份证号": f"'{ID}", "死亡日期": "2021.5.31"}}


def test_sparse_rows_are_cleaned_as_files_are():
    con = duckdb.connect()
    register_functions(con)
    con.execute("CREATE TABLE sparse AS SELECT 7 AS _row_id, '王 五' AS name, '2021.5' AS death_date")
    contract = load_contracts()["deaths"]
    found = con.execute(clean_rows(contract, "sparse", {"name", "death_date"}, load_codes()))
    row = dict(zip([column[0] for column in found.description], found.fetchall()[0], strict=True))
    assert list(row) == ["_row_id", *staged_columns(contract)]
    assert (row["name"], row["death_date_month_only"], row["id_number_status"], row["source"]) == (
        "王五",
        True,
        "empty",
        None,
    )


def test_a_store_may_lie_under_any_name(make_drop, tmp_path):
    root = tmp_path / "民政 [a]*'?"
    root.mkdir()
    drop = make_drop(root)
    deaths(drop)
    con = duckdb.connect()
    staged_views(con, drop.stage(), load_contracts())
    assert con.execute("SELECT name FROM stg_deaths").fetchall() == [("王五",)]


def test_progress_tells_the_rows_of_every_file(drop):
    deaths(drop)
    drop.csv("deaths/b.csv", [HEAD, ["王五", ID, "20210531"], ["赵六", ID, "20210601"]])
    lines: list[str] = []
    snapshot = drop.stage(progress=lines.append)
    assert [file.received for file in snapshot.files] == [2, 3]
    assert "  deaths/a.csv: loaded, 2 rows" in lines
    assert "  deaths/b.csv: loaded, 3 rows" in lines
