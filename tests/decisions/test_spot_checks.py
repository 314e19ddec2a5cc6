"""The spot check comes back: every mistake refused alone, the rest recorded once, and misses estimated from it."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import openpyxl
import pytest
from sqlalchemy import func, select

from flows.feedback import estimate_lines, import_feedback, report_lines, spot_check_estimate
from flows.sample import run_sample
from flows.settings import Settings
from tests.decisions.nightly import SAMPLE, nightly
from tests.decisions.officer import Officer
from transforms.decisions.database import open_decisions, reading
from transforms.decisions.models import SampleCheck, SampleDraw, SampleVisit
from transforms.decisions.precision import wilson_interval
from transforms.sampling.draw import EXTRA, FULL
from transforms.sampling.workbook import LIST_SHEET

MAIN, OTHER = "522728001", "522728108"
TODAY = dt.date(2021, 10, 20)


def lists(store: Path, settings: Settings, seed: int = 5) -> dict[str, Officer]:
    report = run_sample(store, settings, seed=seed, include_unflagged=True, out=store.parent / f"lists{seed}")
    return {t["township_code"]: Officer(Path(t["file"]), LIST_SHEET) for t in report.townships}


def visit(book: Officer, row: int, result: str, **more: object) -> None:
    book.put(row, **{"核查结果": result, "核查人": "查核员", "核查日期": "2021-10-12", **more})


def give_back(store: Path, settings: Settings, book: Officer, name: str = "back.xlsx"):
    return import_feedback(store, [book.save(store.parent / name)], settings, TODAY).files[0]


def count(store: Path, settings: Settings, table: type) -> int:
    with open_decisions(store, settings.database_url) as engine, reading(engine) as con:
        return con.execute(select(func.count()).select_from(table)).scalar_one()


def visited(store: Path, settings: Settings, tmp_path: Path) -> tuple[Officer, list[Path], int]:
    """One township's list filled in whole, two rows of another left open: the first list, the files, how many rows answered."""
    books = lists(store, settings)
    main = books[MAIN]
    for number, row in enumerate(main.rows):
        if number % 4:
            visit(main, row, "符合")
        else:
            visit(main, row, "不符合", 问题类别="应退未退" if number % 8 else "手续材料不全", 发现的问题="收入超标")
    for row in books[OTHER].rows[:2]:
        visit(books[OTHER], row, "待查")
    assert count(store, settings, SampleVisit) == sum(len(b.rows) for b in books.values())
    return main, [b.save(tmp_path / f"{code}.xlsx") for code, b in books.items()], len(main.rows) + 2


def estimated(store: Path, settings: Settings, township: str) -> dict:
    """What the spot checks say of a township, all benefit types together."""
    rows = spot_check_estimate(store, settings)
    assert any("漏查" in line for line in estimate_lines(rows))
    (found,) = (r for r in rows if r["township_code"] == township and r["benefit_type"] == "")
    return found


def test_the_round_of_a_spot_check(store, settings, tmp_path):
    main, files, answered = visited(store, settings, tmp_path)
    report = import_feedback(store, files, settings, TODAY)
    assert (report.exit_status, report.recorded) == (0, answered)
    assert {f.kind for f in report.files} == {"visits"}
    again = import_feedback(store, files, settings, TODAY)
    assert (again.recorded, sum(f.known for f in again.files)) == (0, answered), "twice is once"

    expected: Counter[str] = Counter()
    for row in main.rows:
        # What a person counts on the sheet, against what the database says.
        method, result = main.get(row, "抽取方式"), main.get(row, "核查结果")
        expected["problems"] += method not in (EXTRA, FULL) and result == "不符合"
        expected["reviewed"] += method not in (EXTRA, FULL)
        expected["whole"] += method == FULL
    town = estimated(store, settings, MAIN)
    assert (town["reviewed"], town["problems"], town["whole_reviewed"]) == (
        expected["reviewed"], expected["problems"], expected["whole"],
    )  # fmt: skip
    assert 0 < town["misses"] <= town["clean_reviewed"] < town["drawn"]
    assert (town["miss_low"], town["miss_high"]) == pytest.approx(
        wilson_interval(town["misses"], town["clean_reviewed"])
    )
    pending = estimated(store, settings, OTHER)
    assert pending["reviewed"] + pending["clean_reviewed"] + pending["whole_reviewed"] == 0, "待查 settles nothing"


@pytest.mark.full
def test_the_next_run_says_what_was_missed(store, settings, tmp_path):
    _, files, _ = visited(store, settings, tmp_path)
    import_feedback(store, files, settings, TODAY)
    town = estimated(store, settings, MAIN)
    run_dir = nightly(store, SAMPLE, settings)
    with duckdb.connect(str(run_dir / "run.duckdb"), read_only=True) as con:
        known = con.execute(
            "SELECT reviewed, problems, clean_reviewed, misses FROM sample_estimate "
            "WHERE township_code = ? AND benefit_type = ''", [MAIN]
        ).fetchall()  # fmt: skip
    assert known == [(town["reviewed"], town["problems"], town["clean_reviewed"], town["misses"])]
    page = (run_dir / "report.html").read_text(encoding="utf-8")
    assert f"<strong>{town['clean_reviewed']}</strong> 户，查出问题 <strong>{town['misses']}</strong> 户" in page
    measured = openpyxl.load_workbook(run_dir / "workbooks" / "522728_汇总.xlsx")["核查实测"]
    name = openpyxl.load_workbook(next((run_dir / "workbooks").glob(f"{MAIN}_*")))
    (line,) = (
        r for r in measured.iter_rows(values_only=True) if r[1] == "合计" and r[0] in name["疑点线索"]["A1"].value
    )
    assert line[2:5] == (town["drawn"], town["reviewed"], town["problems"])
    assert line[7:9] == (town["clean_reviewed"], town["misses"])
    assert any(r[0] == "以往抽查" and "即漏查" in str(r[1]) for r in name["封面"].iter_rows(values_only=True))


MISTAKES: tuple[tuple[dict[str, object], str, str], ...] = (
    ({"核查结果": "合格"}, "核查结果", "outcome_not_listed"),
    ({"核查结果": "=A1"}, "核查结果", "formula"),
    ({"核查结果": "不符合", "问题类别": "别的"}, "问题类别", "outcome_not_listed"),
    ({"问题类别": "应退未退"}, "问题类别", "contradiction"),
    ({"核查日期": "2021-13-45"}, "核查日期", "wrong_date"),
    ({"核查日期": "2021-08-31"}, "核查日期", "wrong_date"),
    ({"发现的问题": "=1+1"}, "发现的问题", "formula"),
    ({"户主": "别人"}, "户主", "edited_key"),
    ({"evidence_hash": "x"}, "evidence_hash", "edited_key"),
    ({"finding_id": "0123456789ABCDEF"}, "finding_id", "unknown_finding"),
    ({"run_id": "nightly-20200101T020000-000000"}, "run_id", "other_run"),
    ({"township_code": OTHER}, "township_code", "other_township"),
    ({"draw_id": "C0"}, "draw_id", "other_run"),
)


def test_every_mistake_is_refused_where_it_is_and_the_rest_recorded(store):
    plain = Settings(database_url=None)
    book = lists(store, plain)[MAIN]
    good, *bad = book.rows[: len(MISTAKES) + 1]
    visit(book, good, "符合")
    private = {str(book.get(row, heading)) for row in bad for heading in ("户主", "户主身份证号")} | {"查核员"}
    for row, (cells, _, _) in zip(bad, MISTAKES, strict=True):
        visit(book, row, "符合", **cells)
    report = give_back(store, plain, book)
    assert [(r["row"], r["column"].split()[-1], r["code"]) for r in report.refused] == [
        (row, column, code) for row, (_, column, code) in zip(bad, MISTAKES, strict=True)
    ]
    assert (report.recorded, count(store, plain, SampleCheck)) == (1, 1)
    said = "\n".join(report_lines(import_feedback(store, [store.parent / "back.xlsx"], plain, TODAY)))
    assert not [cell for cell in private if cell in said]


def test_a_list_sent_back_with_rows_doubled_and_one_gone(store):
    plain = Settings(database_url=None)
    book = lists(store, plain)[MAIN]
    rows = book.rows
    visit(book, rows[0], "符合")
    visit(book, rows[1], "符合")
    book.copy_row(rows[0], rows[-1] + 1)
    book.copy_row(rows[1], rows[-1] + 2)
    book.put(rows[-1] + 2, 核查结果="不符合")
    gone = book.get(rows[2], "finding_id")
    book.sheet.delete_rows(rows[2])
    report = give_back(store, plain, book)
    assert [r["code"] for r in report.refused] == ["duplicate_row"] * 3
    assert (report.recorded, report.missing) == (1, [gone])


def test_a_list_of_another_draw_is_refused_and_a_correction_counts(store):
    plain = Settings(database_url=None)
    book, other = lists(store, plain)[MAIN], lists(store, plain, seed=6)[MAIN]
    assert count(store, plain, SampleDraw) == 2
    stranger, last = other.rows[0], book.rows[-1] + 1
    for heading, column in book.columns.items():
        book.sheet.cell(last, column).value = other.get(stranger, heading)
    visit(book, last, "符合")
    assert [(r["row"], r["code"]) for r in give_back(store, plain, book).refused] == [(last, "other_run")]
    for name, result, new in (("a.xlsx", "符合", 1), ("b.xlsx", "不符合", 1), ("c.xlsx", "不符合", 0)):
        visit(other, other.rows[0], result)
        assert give_back(store, plain, other, name).recorded == new
    rows = [r for r in spot_check_estimate(store, plain) if r["township_code"] == MAIN and not r["benefit_type"]]
    assert sum(r["problems"] + r["misses"] + r["whole_problems"] for r in rows) >= 1, "the last word counts"


def test_a_store_that_drew_nothing_refuses_every_row_and_makes_no_database(store, tmp_path):
    plain = Settings(database_url=None)
    elsewhere = Path(shutil.copytree(store, tmp_path / "elsewhere"))
    book = lists(elsewhere, plain)[MAIN]
    visit(book, book.rows[0], "符合")
    report = give_back(store, plain, book)
    assert {r["code"] for r in report.refused} == {"other_run"}
    assert not (store / "decisions.db").exists()


def test_the_same_draw_is_kept_once(store):
    plain = Settings(database_url=None)
    first, second = (run_sample(store, plain, seed=9, out=store.parent / name) for name in ("x", "y"))
    assert first.draw_id == second.draw_id != run_sample(store, plain, seed=9, fraction=0.1).draw_id
    assert count(store, plain, SampleDraw) == 2
