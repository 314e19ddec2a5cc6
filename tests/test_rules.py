"""Every case of every tests/rules/<rule_id>.yaml."""

from pathlib import Path

import pytest

from rules.engine.corpus import load_corpus
from tests.rules.harness import assert_case, load_cases

FOLDER = Path(__file__).parent / "rules"

RULES = load_corpus()
CASES = [
    (rule_id, case)
    for rule_id in RULES
    if (FOLDER / f"{rule_id}.yaml").exists()
    for case in load_cases(FOLDER / f"{rule_id}.yaml")
]


@pytest.mark.parametrize(("rule_id", "case"), CASES, ids=[f"{rule_id}-{case['name']}" for rule_id, case in CASES])
def test_rule(rule_id, case):
    assert_case(RULES[rule_id], case)
