"""Answers and lists made by hand."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from transforms.decisions.repository import Answer, ReturnedList

NOW = dt.datetime(2021, 10, 9, 8, 0)
TOWNSHIP, NEIGHBOUR = "522728001", "522728108"
RUN = "nightly-20211001T020000-aaaaaa"


def answer(finding_id: str = "F1", outcome: str = "属实", **changes: Any) -> Answer:
    """An answer with every column filled; `lead` may be given as a mapping."""
    day = changes.get("decided_on", dt.date(2021, 10, 8))
    values: dict[str, Any] = {
        "source_row": 3,
        "finding_id": finding_id,
        "rule_id": "asset_vehicle",
        "rule_version": 1,
        "subject_key": "522728199001011234",
        "match_tier": "id_exact",
        "match_confidence": 1.0,
        "run_id": RUN,
        "run_as_of": dt.date(2021, 9, 30),
        "township_code": TOWNSHIP,
        "owner_township_code": TOWNSHIP,
        "outcome": outcome,
        "checked_by": "查核员",
        "checked_on": day,
        "measures": "次月停发",
        "due": dt.date(2021, 10, 31),
        "note": None,
        "evidence_hash": "h1",
        "evidence": '[{"dataset": "vehicles", "values": {"value": 1}}]',
        "lead": {"rule_title": "机动车", "household_id": "522728001N1", "severity": "medium"},
        "decided_on": day,
        "expires_on": dt.date(2022, 4, 8),
    }
    values |= changes
    values["lead"] = json.dumps(values["lead"], ensure_ascii=False)
    return Answer(**values)


def returned(answers: Sequence[Answer], sha256: str = "a" * 64) -> ReturnedList:
    """A list of answers, of the first one's run and township."""
    return ReturnedList("list.xlsx", sha256, answers[0].run_id, answers[0].township_code, answers)
