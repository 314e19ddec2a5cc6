"""The tier's model: read from model.json, checked, and said again in Splink's terms."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

MODEL_FILE = Path(__file__).with_name("model.json")
ELSE = "ELSE"


class ModelError(ValueError):
    """model.json cannot be used; says every reason at once."""


@dataclass(frozen=True)
class Level:
    """One level of a comparison.

    sql: condition on `<column>_l` (register row) and `<column>_r` (person). m, u: the level's probability for pairs
    that are one person, and that are two (NULL where `missing`: then the comparison says nothing). frequency: the
    column whose term frequency takes the place of u, never below minimum_u.
    """

    id: str
    label: str
    sql: str
    m: float | None = None
    u: float | None = None
    missing: bool = False
    frequency: str | None = None
    minimum_u: float = 0.0


@dataclass(frozen=True)
class Comparison:
    """What is compared, its levels from the closest down; the last is the rest."""

    name: str
    title: str
    levels: tuple[Level, ...]

    def gamma(self, level: Level) -> int:
        """The number Splink gives a level: -1 where something is missing, 0 for the rest, higher is closer."""
        if level.missing:
            return -1
        told = [other for other in self.levels if not other.missing]
        return len(told) - 1 - told.index(level)


@dataclass(frozen=True)
class Block:
    """How large a block of one blocking rule may be: people of the roll in it, and pairs it makes."""

    rule: str
    max_people: int
    max_pairs: int


@dataclass(frozen=True)
class Model:
    """model.json: a versioned, fixed model; nothing in it is learned during a run."""

    version: str
    matches_per_open_row: float
    prior_records: float
    prior_share: float
    blocking: tuple[Block, ...]
    competition: dict[str, float]
    comparisons: tuple[Comparison, ...]

    @property
    def frequency_columns(self) -> list[str]:
        """The columns that have term frequencies, in order."""
        return sorted({level.frequency for c in self.comparisons for level in c.levels if level.frequency})

    def prior(self, people: int) -> float:
        """The probability that one open row and one person of the roll, taken at random, are one person."""
        return min(0.5, self.matches_per_open_row / max(people, 1))

    def splink_settings(self, people: int, said: Callable[[str], str] = str) -> dict[str, Any]:
        """The settings dictionary of Splink for a roll of that many people. said: a condition in the words of the engine that compares."""
        return {
            "link_type": "link_only",
            "probability_two_random_records_match": self.prior(people),
            "retain_matching_columns": True,  # Splink leaves the levels out otherwise
            "retain_intermediate_calculation_columns": True,
            "linker_uid": "hedui",
            "blocking_rules_to_generate_predictions": [],
            "comparisons": [_splink_comparison(comparison, said) for comparison in self.comparisons],
        }


@cache
def load_model(path: Path = MODEL_FILE) -> Model:
    """Read and check a model file. Raises ModelError naming every level that cannot be right."""
    content = json.loads(path.read_text(encoding="utf-8"))
    comparisons = tuple(
        Comparison(c["name"], c["title"], tuple(Level(**level) for level in c["levels"]))
        for c in content["comparisons"]
    )
    wrong = [problem for comparison in comparisons for problem in _problems(comparison)]
    if wrong:
        raise ModelError("; ".join(wrong))
    limits = {k: float(v) for k, v in content["limits"].items() if k != "how"}
    competition = {k: float(v) for k, v in content["competition"].items() if k != "how"}
    return Model(
        version=content["version"],
        matches_per_open_row=content["prior"]["matches_per_open_row"],
        prior_records=content["frequency"]["prior_records"],
        prior_share=content["frequency"]["prior_share"],
        blocking=tuple(Block(rule, **size) for rule, size in content["blocking"].items()),
        competition=competition | limits,
        comparisons=comparisons,
    )


def _problems(comparison: Comparison) -> list[str]:
    told = [level for level in comparison.levels if not level.missing]
    found = [
        f"{comparison.name}.{level.id}: m and u lie between 0 and 1"
        for level in told
        if not (level.m and level.u and 0 < level.m < 1 and 0 < level.u < 1)
    ]
    if not told or comparison.levels[-1].sql != ELSE:
        return [*found, f"{comparison.name}: the last level is the rest ({ELSE})"]
    if not found:
        for side in ("m", "u"):
            total = math.fsum(getattr(level, side) for level in told)
            if not 0.95 <= total <= 1.05:
                found.append(f"{comparison.name}: the {side} of its levels add up to {total:.3f}, not to 1")
    return found


def _splink_comparison(comparison: Comparison, said: Callable[[str], str]) -> dict[str, Any]:
    return {
        "output_column_name": comparison.name,
        "comparison_levels": [_splink_level(level, said) for level in comparison.levels],
    }


def _splink_level(level: Level, said: Callable[[str], str]) -> dict[str, Any]:
    condition = level.sql if level.sql == ELSE else said(level.sql)
    told: dict[str, Any] = {"sql_condition": condition, "label_for_charts": level.label}
    if level.missing:
        return told | {"is_null_level": True}
    told |= {"m_probability": level.m, "u_probability": level.u}
    if level.frequency:
        told |= {
            "tf_adjustment_column": level.frequency,
            "tf_adjustment_weight": 1.0,
            "tf_minimum_u_value": level.minimum_u,
            "disable_tf_exact_match_detection": True,
        }
    return told
