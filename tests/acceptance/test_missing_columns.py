"""An optional column that no file has, or that some lack: rules that decide on it stop or say what is unknown, all others go on as before."""

from __future__ import annotations

import polars as pl
import pytest

from rules.engine.availability import READ_BY_ALL
from rules.engine.corpus import Rule
from tests.acceptance.conftest import Small
from tests.acceptance.drop import CONTRACTS, RULES, Bench, Drop, differing, headings

LISTED = sorted(
    {
        (dataset, name)
        for rule in RULES.values()
        for named in (rule.columns, rule.uses_columns)
        for dataset, columns in named.items()
        for column in columns
        for name in column.split("|")
    }
)
OTHERS = [
    ("deaths", "birth_date"),
    ("roll", "village"),
    ("benefit_roll", "village"),
    ("benefit_roll", "illness"),
    ("benefit_roll", "relation_to_head"),
    ("benefit_roll", "disability_type"),
    ("benefit_roll", "account_name"),
    ("payments", "persons"),
    ("vehicles", "plate_type"),
    ("kinship", "a_name"),
    ("kinship", "b_name"),
    ("funerals", "age"),
    ("funerals", "sex"),
    ("archives", "township_code"),
    ("population", "birth_date"),
    ("townships", "village"),
    ("townships", "county_name"),
]
QUICK = {("payments", "result"), ("vehicles", "value"), ("deaths", "birth_date")}
QUICK_PARTLY = {("benefit_roll", "authorisation_date"), ("payments", "repaid_date")}


def marked(pairs: list[tuple[str, str]], quick: set[tuple[str, str]]) -> list:
    """The pairs as parameters; those that are not quick run in make test-full only."""
    return [pytest.param(*pair, id=".".join(pair), marks=() if pair in quick else pytest.mark.full) for pair in pairs]


def named(rule: Rule, dataset: str, column: str) -> str:
    """How a rule's front matter names a column: 'decides', 'uses', or '' (not at all)."""
    decided = {name for entry in rule.columns.get(dataset, ()) for name in entry.split("|")}
    if column in decided:
        return "decides"
    used = column in rule.uses_columns.get(dataset, ()) or column in READ_BY_ALL.get(dataset, ())
    return "uses" if used and dataset in {*rule.requires, *rule.any_of, *rule.uses} else ""


def stops(rule: Rule, dataset: str, column: str) -> bool:
    """Whether a rule cannot be evaluated when no file has the column and everything else is there."""
    return dataset in rule.requires and column in rule.columns.get(dataset, ())
