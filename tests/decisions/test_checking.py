"""What a returned list may hold: every mistake an officer makes is refused alone, and said without quoting
the cell.
"""

from __future__ import annotations

import datetime as dt
import shutil
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from flows.feedback import import_feedback
from flows.settings import Settings
from tests.decisions.nightly import AS_OF
from tests.decisions.officer import Officer
from transforms.decisions.answers import WrongEntry, day_of, outcome_of
from transforms.decisions.checking import add_months
from transforms.decisions.returned import Entry
from transforms.publish.store import REMOVED, Store

MAIN = "522728001"
SETTINGS = Settings(database_url=None)
TODAY = dt.date(2021, 10, 20)


@pytest.fixture
def officer(store) -> Officer:
    return Officer(next((Store(store).run_dir() / "workbooks").glob(f"{MAIN}_*_疑点线索.xlsx")))


def give_back(store: Path, officer: Officer, tmp_path: Path):
    """Import one workbook; the report on it."""
    return import_feedback(store, [officer.save(tmp_path / "back.xlsx")], SETTINGS, TODAY).files[0]


def codes(report) -> list[tuple[int, str, str]]:
    return [(r["row"], r["column"].split()[-1], r["code"]) for r in report.refused]


@pytest.mark.parametrize(
    "value",
    [
        dt.datetime(2021, 7, 15),
        dt.date(2021, 7, 15),
        44392,
        44392.0,
        "2021-07-15",
        "2021.7.15",
        "2021/7/15",
        "2021年7月15日",
        "20210715",
        "２０２１－０７－１５",
        " 2021-07-15 ",
        "2021-07-15 00:00:00",
    ],
)
def test_days_as_people_write_them(value):
    assert day_of(Entry(value)) == dt.date(2021, 7, 15)


@pytest.mark.parametrize(
    "value", ["2021-13-45", "2021-02-30", "7月15日", "明天", "2021", 1.5, True, "2021-07-15至07-20"]
)
def test_what_is_no_day(value):
    with pytest.raises(WrongEntry):
        day_of(Entry(value))


def test_an_empty_day_is_none():
    assert day_of(Entry()) is None
    assert day_of(Entry("  ")) is None


@pytest.mark.parametrize(
    ("said", "outcome"),
    [("属实", "属实"), (" 不属实\n", "不属实"), ("属实 但豁免", "属实但豁免"), ("待查", "待查")],
)
def test_outcomes(said, outcome):
    assert outcome_of(Entry(said)) == outcome


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ((2021, 8, 31), 6, (2022, 2, 28)),
        ((2021, 1, 15), 12, (2022, 1, 15)),
        ((2021, 11, 30), 1, (2021, 12, 30)),
        ((2023, 12, 31), 2, (2024, 2, 29)),
    ],
)
def test_months_are_added_to_the_last_day_there_is(day, months, then):
    assert add_months(dt.date(*day), months) == dt.date(*then)


def test_a_list_sent_back_empty_is_unanswered(store, officer, tmp_path):
    report = give_back(store, officer, tmp_path)
    assert (report.recorded, report.unanswered, report.refused, report.missing) == (
        0,
        len(officer.rows),
        [],
        [],
    )
    assert not (store / "decisions.db").exists()


def test_an_answer_without_the_rest_is_taken_and_remarked_on(store, officer, tmp_path):
    officer.put(officer.rows[0], 核查结果="属实")
    report = give_back(store, officer, tmp_path)
    assert (report.recorded, report.refused) == (1, [])
    assert [w["column"].split()[-1] for w in report.warnings] == [
        "核查人",
        "核查日期",
        "整改措施",
        "完成时限",
    ]


@pytest.mark.filterwarnings("error")
def test_a_day_typed_into_a_date_cell_as_a_number_is_that_day(store, officer, tmp_path):
    row = officer.rows[0]
    officer.answer(row, "不属实", 核查日期=20211008, 完成时限=dt.datetime(2021, 10, 31))
    for heading in ("核查日期", "完成时限"):
        officer.sheet.cell(row, officer.columns[heading]).number_format = "yyyy-mm-dd"
    report = give_back(store, officer, tmp_path)
    assert (report.recorded, report.refused) == (1, [])


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"核查结果": "属实。"}, "核查结果", "outcome_not_listed"),
        ({"核查结果": "=A1"}, "核查结果", "formula"),
        ({"核查日期": "2021-08-31"}, "核查日期", "wrong_date"),
        ({"核查日期": TODAY + dt.timedelta(days=1)}, "核查日期", "wrong_date"),
        ({"完成时限": "2021-10-07"}, "完成时限", "wrong_date"),
        ({"完成时限": "2121-10-31"}, "完成时限", "wrong_date"),
        ({"说明": "=1+1"}, "说明", "formula"),
        ({"姓名": "别人"}, "姓名", "edited_key"),
        ({"evidence_hash": "x"}, "evidence_hash", "edited_key"),
        ({"evidence_hash": None}, "evidence_hash", "edited_key"),
        ({"finding_id": "0123456789ABCDEF"}, "finding_id", "unknown_finding"),
        ({"finding_id": "=A1"}, "finding_id", "edited_key"),
        ({"run_id": "nightly-20200101T020000-000000"}, "run_id", "other_run"),
        ({"township_code": "522728108"}, "township_code", "other_township"),
    ],
)
def test_a_mistake_is_refused_where_it_is_and_the_rest_recorded(store, officer, tmp_path, cells, column, code):
    good, bad = officer.rows[:2]
    officer.answer(good, "不属实")
    officer.answer(bad, "不属实", **cells)
    report = give_back(store, officer, tmp_path)
    assert codes(report) == [(bad, column, code)]
    assert report.recorded == 1


def test_every_mistake_of_a_row_is_told(store, officer, tmp_path):
    row = officer.rows[0]
    officer.answer(row, "是", 核查日期="昨天", 完成时限="以后")
    assert [c for _, _, c in codes(give_back(store, officer, tmp_path))] == [
        "outcome_not_listed",
        "wrong_date",
        "wrong_date",
    ]


def test_rows_sorted_apart_from_their_hidden_keys_are_refused(store, officer, tmp_path):
    rows = officer.rows
    for row in rows:
        officer.answer(row, "不属实")
    shown = [h for h in officer.columns if h not in ("run_id", "township_code", "finding_id", "evidence_hash")]
    values = [{h: officer.get(row, h) for h in shown} for row in rows]
    for row, cells in zip(rows, reversed(values), strict=True):
        officer.put(row, **cells)
    report = give_back(store, officer, tmp_path)
    assert {c for _, _, c in codes(report)} == {"edited_key"}
    assert report.recorded + report.refused_rows == len(rows)
    assert report.recorded <= 1, "the middle row alone may stay in place"


def test_rows_moved_whole_are_taken(store, officer, tmp_path):
    first, second = officer.rows[:2]
    officer.answer(first, "属实")
    spare = officer.rows[-1] + 5
    officer.copy_row(first, spare)
    officer.copy_row(second, first)
    officer.copy_row(spare, second)
    officer.sheet.delete_rows(spare)
    report = give_back(store, officer, tmp_path)
    assert (report.recorded, report.refused, report.missing) == (1, [], [])


def test_duplicates_that_differ_are_all_refused(store, officer, tmp_path):
    row = officer.rows[0]
    officer.answer(row, "属实")
    officer.copy_row(row, officer.rows[-1] + 1)
    officer.put(officer.rows[-1], 核查结果="不属实")
    report = give_back(store, officer, tmp_path)
    assert codes(report) == [
        (row, "finding_id", "duplicate_row"),
        (officer.rows[-1], "finding_id", "duplicate_row"),
    ]
    assert report.recorded == 0


def test_a_deleted_row_is_missing_not_refused(store, officer, tmp_path):
    gone = officer.get(officer.rows[0], "finding_id")
    officer.sheet.delete_rows(officer.rows[0])
    report = give_back(store, officer, tmp_path)
    assert (report.missing, report.refused) == ([gone], [])


def test_cells_merged_over_rows_say_the_same_of_each_of_them(store, officer, tmp_path):
    first, second, third = officer.rows[:3]
    officer.answer(first, "待查", 整改措施=None, 完成时限=None)
    officer.put(third, 核查结果="待查")
    for heading, last in (("核查结果", second), ("核查人", second), ("核查日期", officer.sheet.max_row + 3)):
        column = officer.columns[heading]
        officer.sheet.merge_cells(start_row=first, end_row=last, start_column=column, end_column=column)
    report = give_back(store, officer, tmp_path)
    assert (report.recorded, report.refused) == (3, [])
    assert [(w["row"], w["column"].split()[-1]) for w in report.warnings if w["row"] <= third] == [(third, "核查人")]


def test_a_stray_cell_far_from_the_table_is_no_reason_to_refuse_it(store, officer, tmp_path):
    officer.answer(officer.rows[0], "属实")
    officer.sheet.cell(20_000, 16_384).value = "x"
    assert give_back(store, officer, tmp_path).recorded == 1


def test_a_copy_of_the_sheet_that_was_filled_in_is_refused_by_its_name(store, officer, tmp_path):
    officer.answer(officer.rows[0], "属实")
    copy = officer.book.copy_worksheet(officer.sheet)
    officer.book.copy_worksheet(officer.sheet).cell(officer.rows[0], officer.columns["核查结果"]).value = None
    report = give_back(store, officer, tmp_path)
    assert [(r["sheet"], r["row"], r["code"]) for r in report.refused] == [(copy.title, None, "other_sheet")]
    assert (report.recorded, report.refused_rows) == (1, 0)


def test_a_column_under_another_heading_is_remarked_on_once(store, officer, tmp_path):
    officer.answer(officer.rows[0], "属实")
    officer.sheet.cell(2, officer.columns["说明"]).value = "备注"
    report = give_back(store, officer, tmp_path)
    assert report.recorded == 1
    assert [(w["row"], w["column"], w["code"]) for w in report.warnings] == [(None, "说明", "left_out")]


def test_two_columns_of_one_heading_are_not_guessed_between(store, officer, tmp_path):
    officer.answer(officer.rows[0], "属实")
    officer.sheet.cell(2, officer.sheet.max_column + 1).value = "核查结果"
    report = give_back(store, officer, tmp_path)
    assert (report.recorded, [r["code"] for r in report.refused]) == (0, ["unreadable_file"])
    assert "“核查结果”不止一列" in report.refused[0]["message"]


@pytest.mark.parametrize("cells", [{"核查结果": "属实"}, {"说明": "新发现"}])
def test_a_row_an_officer_added_is_refused_whatever_he_filled_in(store, officer, tmp_path, cells):
    added = officer.sheet.max_row + 1
    officer.put(added, **cells)
    assert codes(give_back(store, officer, tmp_path)) == [(added, "finding_id", "unknown_finding")]


def test_text_that_starts_like_a_formula_is_text(store, officer, tmp_path):
    row = officer.rows[0]
    officer.answer(row, "不属实")
    cell = officer.sheet.cell(row, officer.columns["说明"])
    cell.value, cell.data_type = "=不是公式", "s"
    assert give_back(store, officer, tmp_path).recorded == 1


def test_a_list_of_a_rerun_or_of_another_store_is_refused_row_by_row(store, officer, tmp_path):
    officer.answer(officer.rows[0], "属实")
    run_dir = Store(store).run_dir()
    manifest = run_dir / "manifest.json"
    manifest.write_text(
        manifest.read_text(encoding="utf-8").replace('"kind": "nightly"', '"kind": "rerun"'), encoding="utf-8"
    )
    report = give_back(store, officer, tmp_path)
    assert {c for _, _, c in codes(report)} == {"other_run"}
    assert report.recorded == 0


@pytest.mark.parametrize("run_id", ["../../etc", "nightly/../x", "", "a" * 500])
def test_a_run_id_is_never_taken_for_a_path(store, officer, tmp_path, run_id):
    for row in officer.rows:
        officer.put(row, run_id=run_id)
    for name in ("封面",):
        del officer.book[name]
    officer.answer(officer.rows[0], "属实")
    report = give_back(store, officer, tmp_path)
    assert report.recorded == 0
    assert (officer.rows[0], "run_id", "other_run") in codes(report)


def files_that_are_no_list(folder: Path) -> list[Path]:
    text, empty, other, cut = (folder / n for n in ("text.xlsx", "empty.xlsx", "other.xlsx", "cut.xlsx"))
    text.write_text("核查结果", encoding="utf-8")
    empty.write_bytes(b"")
    openpyxl.Workbook().save(other)
    with zipfile.ZipFile(cut, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    renamed = folder / "renamed.xlsx"
    book: Any = openpyxl.Workbook()
    book.active.title = "疑点线索"
    book.active.append(["序号", "核查结果"])
    book.save(renamed)
    return [text, empty, other, cut, renamed, folder / "absent.xlsx", folder]


def test_a_file_that_is_no_list_is_refused_and_the_next_taken(store, officer, tmp_path):
    officer.answer(officer.rows[0], "属实")
    wrong = files_that_are_no_list(tmp_path)
    report = import_feedback(store, [*wrong, officer.save(tmp_path / "back.xlsx")], SETTINGS, TODAY)
    assert [[r["code"] for r in f.refused] for f in report.files] == [["unreadable_file"]] * len(wrong) + [[]]
    assert report.recorded == 1


def test_a_list_saved_in_another_format_is_told_to_be_saved_again_not_filled_in_again(store, tmp_path):
    returned = tmp_path / "back.xlsx"
    with zipfile.ZipFile(returned, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<office:document-content/>")
    (refused,) = import_feedback(store, [returned], SETTINGS, TODAY).files[0].refused
    assert "另存为 .xlsx" in refused["message"]


def test_a_list_of_a_run_that_retention_removed_is_not_called_never_handed_out_alone(store, officer, tmp_path):
    officer.answer(officer.rows[0], "属实")
    (Store(store).run_dir() / REMOVED).touch()
    (store / "latest.json").write_text('{"run_id": "nightly-later", "snapshot_id": "s"}', encoding="utf-8")
    shutil.copytree(Store(store).runs / officer.get(officer.rows[0], "run_id"), Store(store).runs / "nightly-later")
    (Store(store).runs / "nightly-later" / REMOVED).unlink()
    refused = give_back(store, officer, tmp_path).refused
    assert {r["code"] for r in refused} == {"other_run"}
    assert all("已过保存期限" in r["message"] for r in refused)


def test_decisions_expire_by_the_countys_parameters(store, officer, tmp_path):
    folder = tmp_path / "county"
    folder.mkdir()
    shipped = Path(__file__).parent.parent.parent / "rules" / "parameters" / "decision_months_confirmed.yaml"
    shutil.copy(shipped, folder)
    path = folder / shipped.name
    path.write_text(path.read_text(encoding="utf-8").replace("value: 6", "value: 3"), encoding="utf-8")
    officer.answer(officer.rows[0], "属实")
    officer.answer(officer.rows[1], "待查")
    from flows.feedback import decisions_of

    import_feedback(
        store, [officer.save(tmp_path / "back.xlsx")], Settings(parameters=folder, database_url=None), TODAY
    )
    first, second = (decisions_of(store, officer.get(r, "finding_id"), SETTINGS)[0] for r in officer.rows[:2])
    assert first["expires_on"] == dt.date(2022, 1, 8)
    assert second["expires_on"] is None
    assert first["run_as_of"] == AS_OF
