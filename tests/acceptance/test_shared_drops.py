"""The drops with a known answer: every rule evaluated, and what it finds is what is to be found."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.drop import RULES, Drop, new_bench
from tests.acceptance.footing import assert_complete, assert_each_row_has_one_outcome, assert_foots

pytestmark = pytest.mark.full


@dataclass(frozen=True)
class Score:
    """Counts of one rule, or of all."""

    hit: int
    must: int
    false: int

    @property
    def recall(self) -> float:
        return self.hit / self.must if self.must else 1.0

    @property
    def precision(self) -> float:
        return self.hit / (self.hit + self.false) if self.hit or self.false else 1.0


def scores(folder: Path, found: dict[str, frozenset[str]]) -> dict[str, Score]:
    """Per rule what truth.csv says of the findings; `may` rows count neither way, one of rule * for every rule but id_*."""
    must: dict[str, set[str]] = defaultdict(set)
    may: dict[str, set[str]] = defaultdict(set)
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            (must if row["expect"] == "must" else may)[row["rule_id"]].add(row["subject_key"])
    damaged = may.pop("*", set())
    told = {}
    for rule in RULES:
        got = found.get(rule, frozenset())
        false = set(got - must[rule] - may[rule])
        if not rule.startswith("id_"):
            false = {key for key in false if not damaged & set(key.split("|"))}
        told[rule] = Score(len(must[rule] & got), len(must[rule]), len(false))
    return told


@pytest.mark.parametrize("name", ["chengbu_2021-06", "qidong_2021-06"])
def test_every_rule_is_evaluated_and_finds_what_is_to_be_found(name: str, hedui_drops: Path, tmp_path: Path):
    folder = hedui_drops / name
    as_of = dt.date.fromisoformat(json.loads((folder / "about.json").read_text(encoding="utf-8"))["as_of"])
    checked = new_bench(tmp_path / "store").check(Drop(folder / "inbox"), as_of, reconcile=True)
    assert {o.status for o in checked.outcomes.values()} == {"evaluated"}
    told = scores(folder, checked.found)
    assert {rule: score for rule, score in told.items() if score.recall < 0.95 or score.precision < 0.95} == {}
    # What a cremation without a number may mean is left to the township: scored on its own.
    counted = [score for rule, score in told.items() if rule != "death_name_only_match"]
    whole = Score(sum(s.hit for s in counted), sum(s.must for s in counted), sum(s.false for s in counted))
    assert whole.recall >= 0.99
    assert whole.precision >= 0.99
    assert_foots(checked)
    assert_complete(checked)
    assert_each_row_has_one_outcome(checked)
