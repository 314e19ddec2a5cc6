"""A rule that lacks what it requires is not evaluated; one that lacks what it may do without says so."""

from dataclasses import replace

import pytest

from rules.engine.availability import Arrived, caveat, judge
from rules.engine.corpus import load_corpus

HERE = Arrived("到了", True, 1, "", {"status": 1, "value": 1}, {})
GONE = Arrived("没到", False)
BASE = next(iter(load_corpus().values()))


def rule(**what):
    return replace(BASE, **{"requires": (), "any_of": (), "uses": (), "columns": {}, "uses_columns": {}, **what})


def test_a_missing_required_dataset_is_named():
    verdict = judge(rule(requires=("a", "b")), {"a": HERE, "b": GONE})
    assert not verdict.runs
    assert "没到" in verdict.reason


def test_one_of_any_of_is_enough_and_the_other_is_noted():
    verdict = judge(rule(any_of=("a", "b")), {"a": HERE, "b": GONE})
    assert verdict.runs
    assert any("没到" in note for note in verdict.notes)


def test_none_of_any_of_is_not_enough():
    assert not judge(rule(any_of=("b",)), {"b": GONE}).runs


def test_a_missing_used_dataset_is_only_noted():
    verdict = judge(rule(uses=("b",)), {"b": GONE})
    assert verdict.runs
    assert verdict.notes


def test_a_decided_column_absent_from_every_file_stops_the_rule():
    verdict = judge(rule(requires=("a",), columns={"a": ("share",)}), {"a": HERE})
    assert not verdict.runs
    assert "share" in verdict.reason


def test_a_decided_column_absent_from_some_files_is_counted():
    arrived = Arrived("到了", True, 2, "", {"status": 1}, {"status": 40})
    verdict = judge(rule(requires=("a",), columns={"a": ("status",)}), {"a": arrived})
    assert verdict.runs
    assert any("40行" in note for note in verdict.notes)


def test_of_two_columns_either_will_do_and_the_one_read_is_counted():
    either = rule(requires=("a",), columns={"a": ("result|paid",)})
    second = Arrived("到了", True, 2, "", {"paid": 1}, {"paid": 7, "result": 40})
    assert judge(either, {"a": second}).notes == ("到了有7行所在文件无“paid”列，视为未知",)
    neither = judge(either, {"a": HERE})
    assert not neither.runs
    assert "“result”或“paid”" in neither.reason


def test_a_used_column_is_only_noted_under_its_heading():
    arrived = Arrived("到了", True, 1, "", {"status": 1}, {}, {"share": "出资比例"})
    verdict = judge(rule(requires=("a",), uses_columns={"a": ("share",)}), {"a": arrived})
    assert verdict.runs
    assert verdict.notes == ("到了无“出资比例”列，未据此判断",)


def test_a_roll_without_end_dates_is_noted_by_every_rule_over_it():
    arrived = Arrived("花名册", True, 1, "", {"status": 1}, {})
    assert judge(rule(requires=("benefit_roll",)), {"benefit_roll": arrived}).notes == (
        "花名册无“end_date”列，未据此判断",
    )


def test_refused_files_are_noted_and_stand_against_what_rests_on_a_missing_row():
    some = replace(HERE, rejected=2)
    resting = rule(requires=("a", "b"), absence=("b",))
    assert judge(resting, {"a": some, "b": HERE}).notes == ("到了有2个文件被拒收，未参与比对",)
    assert caveat(resting, {"a": some, "b": HERE}) == ""
    assert "2个文件被拒收" in caveat(resting, {"a": HERE, "b": some})


@pytest.mark.parametrize("dataset", ["benefit_roll", "vehicles", "payments", "kinship"])
def test_exactly_the_rules_that_require_a_dataset_fall_with_it(dataset):
    from data_contracts import load_contracts

    arrived = {
        d: Arrived(c.title, d != dataset, 1, "", {k.name: 1 for k in c.columns}, {})
        for d, c in load_contracts().items()
    }
    for known in load_corpus().values():
        assert judge(known, arrived).runs == (dataset not in known.requires and known.any_of != (dataset,)), known.id
