"""A rule that lacks what it requires is not evaluated; one that lacks what it may do without says so."""

from dataclasses import replace

import pytest

from rules.engine.availability import Arrived, judge
from rules.engine.corpus import load_corpus

HERE = Arrived("到了", True, 1, "", {"status": 1, "value": 1}, {})
GONE = Arrived("没到", False)
BASE = next(iter(load_corpus().values()))


def rule(**what):
    return replace(BASE, **{"requires": (), "any_of": (), "uses": (), "columns": {}, **what})


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


@pytest.mark.parametrize("dataset", ["benefit_roll", "vehicles", "payments", "kinship"])
def test_exactly_the_rules_that_require_a_dataset_fall_with_it(dataset):
    from data_contracts import load_contracts

    arrived = {d: Arrived(c.title, d != dataset, 1, "", {k.name: 1 for k in c.columns}, {}) for d, c in load_contracts().items()}
    for known in load_corpus().values():
        assert judge(known, arrived).runs == (dataset not in known.requires and known.any_of != (dataset,)), known.id
