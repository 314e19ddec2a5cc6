"""A rule under two values of a parameter: what is lost tells its decision, and the measured precision moves by it."""

from __future__ import annotations

import duckdb
import pytest

from flows.backtest import run_backtest
from flows.feedback import import_feedback
from flows.plan import UsageError
from flows.settings import Settings
from rules.engine.parameters import ParameterError
from tests.decisions.officer import Officer
from transforms.decisions.precision import wilson_interval
from transforms.publish.store import Store

RULE = "supporter_capacity"


def quiet(_: str) -> None:
    pass


def test_nothing_to_compare_is_wrong_usage(first_run):
    with pytest.raises(UsageError, match="nothing to compare"):
        run_backtest(first_run, RULE, {}, None, None, Settings(database_url=None), quiet)


def test_a_change_that_cannot_be_is_told_before_anything_runs(first_run):
    told: list[str] = []
    with pytest.raises(ParameterError, match="no_such"):
        run_backtest(first_run, RULE, {"no_such": "1"}, None, None, Settings(database_url=None), told.append)
    assert told == []


@pytest.mark.full
def test_what_a_parameter_would_change_is_weighed_by_the_decisions(store, settings, tmp_path):
    run_dir = Store(store).run_dir()
    with duckdb.connect() as con:
        explained = con.execute(
            "SELECT finding_id, explanation LIKE '%小型轿车%' FROM read_parquet(?) WHERE rule_id = ?",
            [str(run_dir / "suspects.parquet"), RULE],
        ).fetchall()
    ((car, _),) = (row for row in explained if row[1])
    assert len(explained) == 3
    for path in (run_dir / "workbooks").glob("*_疑点线索.xlsx"):
        book = Officer(path)
        mine = {book.get(r, "finding_id"): r for r in book.rows}
        for finding, _ in explained:
            if finding in mine:
                book.answer(mine[finding], "不属实" if finding == car else "属实")
        import_feedback(store, [book.save(tmp_path / path.name)], settings)
    before_runs = sorted(p.name for p in (store / "runs").iterdir())

    compared = run_backtest(store, RULE, {"supporter_vehicle_value": "200000"}, None, None, settings, quiet)
    assert [(row["finding_id"], row["decision"]) for row in compared["lost"]] == [(car, "不属实")]
    assert (compared["gained"], compared["kept"]) == ([], 2)
    assert compared["decided"] == {
        "gained": {"confirmed": 0, "refuted": 0, "open": 0},
        "lost": {"confirmed": 0, "refuted": 1, "open": 0},
        "kept": {"confirmed": 2, "refuted": 0, "open": 0},
    }
    low, high = wilson_interval(2, 3)
    assert compared["before"] == {
        "findings": 3, "reviewed": 3, "confirmed": 2, "precision": 0.6667, "low": round(low, 4), "high": round(high, 4),
    }  # fmt: skip
    assert compared["after"]["precision"] == 1.0
    assert compared["precision_change"] == 0.3333
    assert sorted(p.name for p in (store / "runs").iterdir()) == before_runs, "nothing is published"
