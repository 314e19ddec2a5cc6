"""The loop closed: run, forty rows filled in with six kinds of mistakes, import, run again."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest

from flows.feedback import decisions_of, export_ledger, import_feedback, report_lines
from flows.forms import write_forms
from flows.sample import run_sample
from flows.settings import Settings
from tests.decisions.nightly import SAMPLE, nightly
from tests.decisions.officer import Officer
from tests.flows.command import hedui
from transforms.publish.store import Store, StoreError

MAIN = "522728001"


def suspects(run_dir: Path) -> pl.DataFrame:
    return pl.read_parquet(run_dir / "suspects.parquet")


def officers(run_dir: Path) -> dict[str, Officer]:
    return {p.name[:9]: Officer(p) for p in sorted((run_dir / "workbooks").glob("*_疑点线索.xlsx"))}


def finding_of(run_dir: Path, rule_id: str) -> dict:
    return suspects(run_dir).filter(pl.col("rule_id") == rule_id).row(0, named=True)


def changed_drop(folder: Path) -> tuple[Path, Path]:
    """The drop of the next night, in which one vehicle is worth more; and its file of wages."""
    inbox = folder / "inbox"
    shutil.copytree(SAMPLE, inbox)
    vehicles, wages = (
        inbox / "vehicles" / "机动车登记信息.csv",
        inbox / "income_tax" / "个人所得税申报信息.csv",
    )
    text = vehicles.read_text(encoding="utf-8-sig")
    assert "贵J90001" in text
    lines = [f"{line[: line.rindex(',')]},9.9" if "贵J90001" in line else line for line in text.splitlines()]
    vehicles.write_text("\n".join(lines), encoding="utf-8")
    return inbox, wages


def without(path: Path, name: str) -> None:
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        try:
            text = path.read_text(encoding=encoding)
            break
        except UnicodeError:
            continue
    assert name in text
    path.write_text("\n".join(line for line in text.splitlines() if name not in line), encoding="utf-8")


def fill_in(run_dir: Path) -> tuple[dict[str, Officer], dict[str, str], list[str]]:
    """Forty answered rows with six kinds of mistakes, and one row deleted: the workbooks, the good answers,
    the codes expected.
    """
    books = officers(run_dir)
    good: dict[str, str] = {}
    vehicle, wage = (finding_of(run_dir, rule)["finding_id"] for rule in ("asset_vehicle", "income_tax"))
    answered = 0
    for code, wanted in ((MAIN, 20), ("522728108", 12), ("522728219", 8)):
        book = books[code]
        own = [r for r in book.rows if not str(book.get(r, "村（居）")).startswith("【涉及本镇】")]
        own.sort(key=lambda r: book.get(r, "finding_id") not in (vehicle, wage))
        for number, row in enumerate(own[:wanted]):
            finding = book.get(row, "finding_id")
            outcome = {vehicle: "不属实", wage: "属实"}.get(
                finding, ("属实", "不属实", "属实但豁免", "待查")[number % 4]
            )
            book.answer(row, outcome)
            answered += 1
            good[finding] = outcome
    assert answered == 40
    return books, good, [vehicle, wage]


def make_mistakes(books: dict[str, Officer], good: dict[str, str], spare: list[str]) -> Counter[str]:
    main, other = books[MAIN], books["522728108"]
    free = [r for r in main.rows if main.get(r, "核查结果") and main.get(r, "finding_id") not in spare]
    edited, outcome, date, formula = free[:4]
    for row in free[:4]:
        good.pop(main.get(row, "finding_id"))
    main.put(edited, evidence_hash="0" * 32)
    main.put(outcome, 核查结果="基本属实")
    main.put(date, 核查日期="2021-13-45")
    main.put(formula, 说明='=HYPERLINK("http://x","y")')
    last = main.rows[-1]
    main.copy_row(free[5], last + 1)  # a duplicate row that says the same
    stranger = next(r for r in other.rows if other.get(r, "核查结果") and other.get(r, "finding_id") not in spare)
    for heading, column in main.columns.items():
        main.sheet.cell(last + 2, column).value = other.get(stranger, heading)
    return Counter(edited_key=1, outcome_not_listed=1, wrong_date=1, formula=1, duplicate_row=1, other_township=1)


def delete_a_row(book: Officer) -> str:
    row = next(r for r in reversed(book.rows) if not book.get(r, "核查结果"))
    finding = book.get(row, "finding_id")
    book.sheet.delete_rows(row)
    return finding


@pytest.fixture
def returned(
    store, settings, tmp_path
) -> tuple[Path, Settings, list[Path], dict[str, str], Counter[str], str, list[str]]:
    run_dir = Store(store).run_dir()
    books, good, special = fill_in(run_dir)
    expected = make_mistakes(books, good, special)
    gone = delete_a_row(books[MAIN])
    files = [book.save(tmp_path / f"{code}.xlsx") for code, book in books.items()]
    return store, settings, files, good, expected, gone, special


def test_the_round(returned, tmp_path):
    store, settings, files, good, expected, gone, (vehicle, wage) = returned
    report = import_feedback(store, files, settings)
    assert Counter(r["code"] for f in report.files for r in f.refused) == expected
    assert report.recorded == len(good)
    assert gone in report.files[0].missing
    assert report.exit_status == 3
    again = import_feedback(store, files, settings)
    assert (again.recorded, sum(f.known for f in again.files)) == (0, len(good)), "twice is once"

    inbox, wages = changed_drop(tmp_path)
    without(wages, json.loads(finding_of(Store(store).run_dir(), "income_tax")["evidence"])[0]["values"]["name"])
    second = nightly(store, inbox, settings)
    states = dict(suspects(second).select("finding_id", "state").iter_rows())
    settled = {f for f, outcome in good.items() if outcome != "待查"} - {vehicle, wage}
    assert {states[f] for f in settled} == {"decided"}
    assert {f for f, state in states.items() if state == "decided"} == settled
    assert {states[f] for f, outcome in good.items() if outcome == "待查"} == {"continuing"}
    assert states[vehicle] == "reopened"
    assert wage not in states
    listed = {book.get(r, "finding_id") for book in officers(second).values() for r in book.rows}
    assert not listed & settled, "a decided finding is no open lead"
    assert vehicle in listed
    _the_change_is_shown(store, second, vehicle, settings)
    _the_ledger_closes(store, second, wage, tmp_path)
    _the_reviews_are_counted(second, good)


def _the_change_is_shown(store: Path, run_dir: Path, vehicle: str, settings: Settings) -> None:
    changes = (
        pl.read_parquet(run_dir / "reconciliation" / "changes.parquet")
        .filter(pl.col("finding_id") == vehicle)
        .row(0, named=True)
    )
    assert (changes["change"], changes["reason"]) == ("reopened", "证据有变化")
    assert '"value":36000.0' in changes["evidence_before"]
    assert '"value":99000.0' in changes["evidence_now"]
    book = officers(run_dir)["522728108"]
    shown = book.get(book.row_of(vehicle), "依据（数据、文件、行号）")
    before, now = (next(line for line in shown.split("\n") if line.startswith(start)) for start in ("当时：", "现在："))
    assert "36000" in before
    assert "99000" in now
    (decision,) = decisions_of(store, vehicle.lower(), settings)
    assert (decision["outcome"], decision["checked_by"], decision["file_name"]) == (
        "不属实",
        "查核员",
        "522728108.xlsx",
    )
    assert decision["evidence"][1]["values"]["value"] == 36000.0


def _the_ledger_closes(store: Path, run_dir: Path, wage: str, tmp_path: Path) -> None:
    with duckdb.connect(str(run_dir / "run.duckdb"), read_only=True) as con:
        status, remark = con.execute(
            "SELECT status, remark FROM rectification WHERE finding_id = ?", [wage]
        ).fetchall()[0]
        rest = con.execute("SELECT DISTINCT status FROM rectification WHERE finding_id <> ?", [wage]).fetchall()
    assert (status, remark) == ("closed", "源头数据已更正")
    assert rest == [("open",)], "the check date lies before every deadline"
    files = export_ledger(store, tmp_path / "ledgers")
    sheets = [openpyxl.load_workbook(f)["整改台账"] for f in files]
    assert "已销号" in {c.value for sheet in sheets for row in sheet.iter_rows() for c in row}


def _the_reviews_are_counted(run_dir: Path, good: dict[str, str]) -> None:
    with duckdb.connect(str(run_dir / "run.duckdb"), read_only=True) as con:
        reviewed, confirmed = con.execute("SELECT sum(reviewed), sum(confirmed) FROM measured_precision").fetchall()[0]
        assert con.execute(
            "SELECT count(*) FROM measured_precision WHERE NOT (low < confirmed / reviewed + 1e-9 AND high "
            "> confirmed / reviewed - 1e-9)"
        ).fetchall() == [(0,)]
    assert reviewed == sum(outcome != "待查" for outcome in good.values())
    assert confirmed == sum(outcome in ("属实", "属实但豁免") for outcome in good.values())
    book = officers(run_dir)[MAIN]
    assert any("条中属实" in str(book.get(r, "同类线索以往核查")) for r in book.rows)


def test_the_ledgers_written_are_named_as_json_and_an_unknown_township_leaves_no_folder(first_run, tmp_path):
    refused = hedui("feedback", "ledger", "--store", first_run, "--out", tmp_path / "none", "--township", "999")
    assert (refused.status, (tmp_path / "none").exists()) == (2, False)
    done = hedui("feedback", "ledger", "--store", first_run, "--out", tmp_path / "out", "--township", MAIN, "--json")
    assert done.status == 0
    assert [Path(file) for file in done.json["files"]] == list((tmp_path / "out").iterdir())


def test_what_a_rerun_holds_a_part_of_is_not_made_of_it(store, settings, tmp_path):
    run_dir = Store(store).run_dir()
    manifest = run_dir / "manifest.json"
    manifest.write_text(
        manifest.read_text(encoding="utf-8").replace('"kind": "nightly"', '"kind": "rerun"'), encoding="utf-8"
    )
    out = tmp_path / "out"
    for made in (
        lambda: export_ledger(store, out, run_id=run_dir.name),
        lambda: run_sample(store, settings, out=out, run_id=run_dir.name),
        lambda: write_forms(store, out, run_id=run_dir.name),
    ):
        with pytest.raises(StoreError, match="is a rerun"):
            made()
    assert not out.exists()


def test_the_report_quotes_no_cell(returned):
    store, settings, files, *_ = returned
    report = import_feedback(store, files, settings)
    said = "\n".join(report_lines(report)) + json.dumps(report.as_json(), ensure_ascii=False)
    frame = suspects(Store(store).run_dir())
    private = {
        *frame["id_number"].drop_nulls(),
        *frame["name"].drop_nulls(),
        *frame["head_name"].drop_nulls(),
        "查核员",
        "基本属实",
    }
    assert not [p for p in private if p in said]


def test_a_correction_counts_and_the_old_file_does_not_undo_it(store, settings, tmp_path):
    book = officers(Store(store).run_dir())[MAIN]
    row = book.rows[0]
    finding = book.get(row, "finding_id")
    book.answer(row, "属实")
    first = book.save(tmp_path / "first.xlsx")
    book.answer(row, "不属实")
    second = book.save(tmp_path / "second.xlsx")
    assert [import_feedback(store, [f], settings).recorded for f in (first, second, first)] == [1, 1, 0]
    assert [d["outcome"] for d in decisions_of(store, finding, settings)] == ["属实", "不属实"]
    book.answer(row, "属实")
    copy = import_feedback(store, [book.save(tmp_path / "copy of the first.xlsx")], settings)
    assert (copy.recorded, [(r["row"], r["code"]) for r in copy.files[0].refused]) == (0, [(row, "superseded")])
    assert copy.exit_status == 3
    book.answer(row, "属实", 说明="复核后改回")
    back = import_feedback(store, [book.save(tmp_path / "third.xlsx")], settings)
    assert (back.recorded, [w["code"] for w in back.files[0].warnings]) == (1, ["replaced"]), (
        "corrected back, and said so"
    )


def test_copies_of_a_list_given_together_must_not_contradict_each_other(store, settings, tmp_path):
    book = officers(Store(store).run_dir())[MAIN]
    differing, same, alone = book.rows[:3]
    book.answer(differing, "属实")
    book.answer(same, "不属实")
    one = book.save(tmp_path / "one.xlsx")
    book.answer(differing, "不属实")
    book.answer(alone, "待查")
    other = book.save(tmp_path / "other.xlsx")
    report = import_feedback(store, [one, other], settings)
    assert [[(r["row"], r["code"]) for r in f.refused] for f in report.files] == [[(differing, "duplicate_row")]] * 2
    assert [(f.recorded, f.known) for f in report.files] == [(1, 0), (1, 1)]
    assert "one.xlsx" in report.files[1].refused[0]["message"]
    assert decisions_of(store, book.get(differing, "finding_id"), settings) == []


def test_an_answer_to_an_older_list_is_kept_and_said_not_to_count(store, settings, tmp_path):
    book = officers(Store(store).run_dir())[MAIN]
    finding = book.get(book.rows[0], "finding_id")
    newer = officers(nightly(store, SAMPLE, settings))[MAIN]
    newer.answer(newer.row_of(finding), "不属实")
    assert import_feedback(store, [newer.save(tmp_path / "newer.xlsx")], settings).recorded == 1
    book.answer(book.rows[0], "属实")
    late = import_feedback(store, [book.save(tmp_path / "older.xlsx")], settings)
    assert (late.recorded, [(w["row"], w["code"]) for w in late.files[0].warnings]) == (
        1,
        [(book.rows[0], "later_list")],
    )


def test_an_expired_decision_opens_the_finding_again_and_says_so_once(store, tmp_path):
    settings, late = Settings(database_url=None), dt.date(2022, 11, 30)
    vehicle = finding_of(Store(store).run_dir(), "asset_vehicle")["finding_id"]
    book = officers(Store(store).run_dir())["522728108"]
    book.answer(book.row_of(vehicle), "不属实")
    import_feedback(store, [book.save(tmp_path / "back.xlsx")], settings)
    run_dir = nightly(store, SAMPLE, settings, late)
    change = (
        pl.read_parquet(run_dir / "reconciliation" / "changes.parquet")
        .filter(pl.col("finding_id") == vehicle)
        .row(0, named=True)
    )
    assert (change["change"], change["reason"]) == ("reopened", "核查结果到期")
    again = officers(run_dir)["522728108"]
    assert "已到期；依据没有变化" in again.get(again.row_of(vehicle), "依据（数据、文件、行号）")
    run_dir = nightly(store, SAMPLE, settings, late)
    assert suspects(run_dir).filter(pl.col("finding_id") == vehicle)["state"].to_list() == ["reopened"]
    changes = pl.read_parquet(run_dir / "reconciliation" / "changes.parquet")
    assert changes.height == 0, "open again since yesterday is no change today"
