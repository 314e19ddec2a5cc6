"""What a run makes of the decisions: which answer counts, what was measured, what is to be put right."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from flows.feedback import load_into_run
from flows.plan import RunPlan
from flows.settings import Settings
from tests.decisions.answers import NEIGHBOUR, NOW, RUN, answer, returned
from transforms.decisions import run_tables
from transforms.decisions.database import open_decisions
from transforms.decisions.precision import precision, wilson_interval
from transforms.decisions.rectification import build_rectification, load_previous_rectification
from transforms.decisions.repository import record
from transforms.decisions.run_tables import load_decisions
from transforms.publish.store import Store

AS_OF = dt.date(2021, 11, 30)
LATER = {"run_id": "nightly-20211101T020000-bbbbbb", "run_as_of": dt.date(2021, 10, 31)}


def loaded(store: Path, *answers, as_of: dt.date = AS_OF) -> duckdb.DuckDBPyConnection:
    """A database with the decision tables of answers recorded one after the other."""
    with open_decisions(store) as engine:
        for number, one in enumerate(answers):
            record(engine, [returned([one], f"{number:064d}")], "tester", NOW)
    con = duckdb.connect()
    load_decisions(con, store, None, as_of, store)
    return con


def test_the_answers_pass_through_the_folder_of_the_run_that_reads_them(tmp_path, monkeypatch):
    """Where a night that dies meanwhile leaves them, the next one's sweep removes them."""
    store = Store(tmp_path).prepare()
    plan = RunPlan(store.root, "nightly-now", AS_OF)
    store.work_dir(plan.run_id)
    loaded(plan.store, answer("F1", "属实"))
    seen = []
    load = run_tables._load

    def watched(*arguments):
        seen.append(arguments[-1])
        load(*arguments)

    monkeypatch.setattr(run_tables, "_load", watched)
    con = duckdb.connect()
    load_into_run(con, plan, Settings())
    assert current(con) == [("F1", "属实")]
    assert len(seen) == 2
    assert all(plan.work in chunk.parents for chunk in seen)
    assert list(plan.work.iterdir()) == []


def current(con: duckdb.DuckDBPyConnection) -> list[tuple]:
    return con.execute("SELECT finding_id, outcome FROM current_decision ORDER BY 1").fetchall()


def test_the_last_word_on_a_list_counts(tmp_path):
    assert current(loaded(tmp_path, answer("F1", "属实"), answer("F1", "不属实"))) == [("F1", "不属实")]


def test_the_answer_to_the_later_list_counts_whenever_it_comes(tmp_path):
    assert current(loaded(tmp_path, answer("F1", "不属实", **LATER), answer("F1", "属实"))) == [("F1", "不属实")]


def test_the_owners_answer_counts_before_that_of_a_township_also_concerned(tmp_path):
    assert current(loaded(tmp_path, answer("F1", "属实"), answer("F1", "不属实", township_code=NEIGHBOUR))) == [
        ("F1", "属实")
    ]


def test_a_run_of_an_earlier_date_knows_nothing_of_later_lists(tmp_path):
    con = loaded(tmp_path, answer("F1", "属实"), answer("F1", "不属实", **LATER), as_of=dt.date(2021, 10, 1))
    assert current(con) == [("F1", "属实")]


def test_reviews_are_counted_by_rule_tier_and_owner(tmp_path):
    con = loaded(
        tmp_path,
        answer("F1", "属实"),
        answer("F2", "属实但豁免"),
        answer("F3", "不属实"),
        answer("F4", "待查"),
        answer("F5", "属实", match_tier=None),
        answer("F6", "不属实", owner_township_code=NEIGHBOUR),
        answer("F1", "属实", **LATER),  # the same evidence again is no second review
        answer("F3", "属实", **LATER, evidence_hash="h2"),  # other evidence is
    )
    rows = con.execute(
        "SELECT match_tier, township_code, reviewed, confirmed FROM measured_precision ORDER BY ALL"
    ).fetchall()
    assert rows == [("", "522728001", 1, 1), ("id_exact", "522728001", 4, 3), ("id_exact", "522728108", 1, 0)]
    assert con.execute("SELECT finding_id FROM finding_review WHERE reviewed = 0").fetchall() == [("F4",)]


#: R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3, and the ends.
NEWCOMBE = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0, 0.1611),
    (1, 29, 0.0061, 0.1718),
]


@pytest.mark.parametrize(("confirmed", "reviewed", "low", "high"), [*NEWCOMBE, (20, 20, 0.8389, 1.0), (0, 0, 0.0, 1.0)])
def test_the_wilson_interval(confirmed, reviewed, low, high):
    assert wilson_interval(confirmed, reviewed) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("confirmed", "reviewed"), [(2, 1), (-1, 1), (0, -1)])
def test_counts_that_cannot_be_have_no_interval(confirmed, reviewed):
    with pytest.raises(ValueError, match="reviewed"):
        wilson_interval(confirmed, reviewed)


def test_the_tables_interval_is_the_functions(tmp_path):
    answers = [answer(f"F{n}", "属实" if n % 3 else "不属实") for n in range(10)]
    with open_decisions(tmp_path) as engine:
        record(engine, [returned(answers)], "tester", NOW)
    con = duckdb.connect()
    load_decisions(con, tmp_path, None, AS_OF, tmp_path)
    ((reviewed, confirmed, low, high),) = con.execute(
        "SELECT reviewed, confirmed, low, high FROM measured_precision"
    ).fetchall()
    assert (low, high) == pytest.approx(wilson_interval(confirmed, reviewed), abs=1e-12)


def test_what_was_never_reviewed_lies_between_the_good_and_the_bad():
    assert precision(0, 4).middle < precision(0, 0).middle < precision(1, 1).middle < precision(50, 60).middle


def ledger(
    con: duckdb.DuckDBPyConnection,
    found: str = "",
    gone: str = "corrected",
    as_of: dt.date = AS_OF,
    previous: Path | None = None,
) -> dict[str, tuple]:
    """(status, closed_on, remark) by finding for a run that found `found`, F1 gone for that reason where it is not among them."""
    con.execute(
        "CREATE OR REPLACE TABLE out_finding AS SELECT unnest(string_split(?, ' ')) AS finding_id, 1 AS rule_version, "
        "'run' AS run_id, DATE '2021-09-01' AS event_date, '[]' AS evidence",
        [found],
    )
    con.execute(
        "CREATE OR REPLACE TABLE gone_reason AS SELECT 'F1' AS finding_id, ? AS reason WHERE NOT contains(?, 'F1')",
        [gone, found],
    )
    load_previous_rectification(con, previous)
    build_rectification(con, as_of)
    return {
        row[0]: row[1:]
        for row in con.execute("SELECT finding_id, status, closed_on, remark FROM rectification").fetchall()
    }


def test_what_is_still_found_is_open_until_its_deadline_and_then_overdue(tmp_path):
    con = loaded(
        tmp_path,
        answer("F1", due=dt.date(2021, 11, 30)),
        answer("F2", due=dt.date(2021, 11, 29)),
        answer("F3", due=None),
    )
    assert {f: row[0] for f, row in ledger(con, "F1 F2 F3").items()} == {
        "F1": "open",
        "F2": "overdue",
        "F3": "open",
    }


def test_what_is_gone_is_closed_only_where_it_is_known_to_be_fixed_at_the_source(tmp_path):
    con = loaded(tmp_path, answer("F1", due=None))
    assert ledger(con)["F1"] == ("closed", AS_OF, "源头数据已更正")
    for reason in ("not_evaluated", "missing"):
        assert ledger(con, gone=reason)["F1"] == ("open", None, "本次缺少数据未能核对")
    for reason in ("rule", "parameter", "time", "unknown"):
        status, closed_on, remark = ledger(con, gone=reason)["F1"]
        assert (status, closed_on) == ("open", None)
        assert remark.endswith("请人工确认是否整改到位")


def test_a_later_answer_closes_it_too(tmp_path):
    con = loaded(tmp_path, answer("F1"), answer("F1", "属实但豁免", **LATER, decided_on=dt.date(2021, 11, 5)))
    assert ledger(con, "F1")["F1"] == ("closed", dt.date(2021, 11, 5), "复核结论为属实但豁免")


def test_refuted_and_pending_findings_are_not_in_it(tmp_path):
    assert ledger(loaded(tmp_path, answer("F1", "不属实"), answer("F2", "待查")), "F1 F2") == {}


def published(con: duckdb.DuckDBPyConnection, run: Path) -> Path:
    """The folder of a run with this ledger."""
    run.mkdir()
    con.execute(f"ATTACH '{run / 'run.duckdb'}' AS published")
    con.execute("CREATE TABLE published.rectification AS SELECT * FROM rectification")
    con.execute("DETACH published")
    return run


def test_what_an_open_item_was_when_last_seen_is_carried_from_ledger_to_ledger(tmp_path):
    con = loaded(tmp_path, answer("F1"))
    ledger(con, "F1")
    for night in ("first", "second"):
        ledger(con, gone="missing", previous=published(con, tmp_path / night))
    seen = con.execute("SELECT seen_run_id, seen_version, seen_evidence, event_date FROM rectification").fetchall()
    assert seen == [("run", 1, "[]", dt.date(2021, 9, 1))]


def test_the_day_it_was_closed_stays_and_a_finding_that_comes_back_opens_again(tmp_path):
    con = loaded(tmp_path, answer("F1", due=None))
    ledger(con)
    run = published(con, tmp_path / "run")
    night = dt.date(2021, 12, 31)
    assert ledger(con, as_of=night, previous=run)["F1"][:2] == ("closed", AS_OF)
    assert ledger(con, gone="not_evaluated", as_of=night, previous=run)["F1"][:2] == ("closed", AS_OF), (
        "closed stays closed"
    )
    assert ledger(con, "F1", as_of=night, previous=run)["F1"][:2] == ("open", None)


def test_the_history_names_its_run(tmp_path):
    con = loaded(tmp_path, answer("F1"))
    assert con.execute("SELECT run_id, file_name, decided_at FROM decision_history").fetchall() == [
        (RUN, "list.xlsx", NOW)
    ]
