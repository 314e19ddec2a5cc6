"""What a list asked: the open findings of one township in one published nightly run."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import duckdb

from transforms.publish.store import Store, StoreError

RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
#: What a decision keeps of the lead for the 整改台账, long after the run that issued it is gone.
LEAD_COLUMNS = (
    "rule_title",
    "severity",
    "village",
    "household_id",
    "head_name",
    "id_number",
    "name",
    "benefit_type",
    "explanation",
    "amount_at_risk",
    "first_seen",
    "township_name",
)


@dataclass(frozen=True)
class IssuedLead:
    """One finding as the list showed it."""

    finding_id: str
    rule_id: str
    rule_version: int
    subject_key: str
    match_tier: str | None
    match_confidence: float | None
    owner_township_code: str
    evidence_hash: str
    evidence: str
    columns: Mapping[str, Any]

    @property
    def as_json(self) -> str:
        """The columns of LEAD_COLUMNS as JSON text."""
        return json.dumps(self.columns, ensure_ascii=False, default=str)


@dataclass(frozen=True)
class IssuedList:
    """The open leads of one township's list, by finding id."""

    run_id: str
    as_of: dt.date
    township_code: str
    leads: Mapping[str, IssuedLead]


def issued_list(store: Store, run_id: str, township_code: str) -> IssuedList | None:
    """The list of a township in a published nightly run; None when this store published no such run.

    A rerun is a trial and issues no list. A township without leads has an empty one.
    """
    if not RUN_ID.fullmatch(run_id):
        return None
    try:
        run_dir, manifest = store.run_dir(run_id), store.manifest(run_id)
    except StoreError:
        return None
    if manifest["kind"] != "nightly":
        return None
    leads = {lead.finding_id: lead for lead in _leads(run_dir, township_code)}
    return IssuedList(run_id, dt.date.fromisoformat(manifest["as_of"]), township_code, leads)


def _leads(run_dir: Path, township_code: str) -> list[IssuedLead]:
    names = [f.name for f in fields(IssuedLead) if f.name != "columns"]
    columns = ("township_code AS owner_township_code" if n == "owner_township_code" else n for n in names)
    with duckdb.connect() as con:
        rows = con.execute(
            f"SELECT {', '.join((*columns, *LEAD_COLUMNS))} FROM read_parquet(?) "
            "WHERE state <> 'decided' AND (township_code = ? OR list_contains(also_townships, ?))",
            [str(run_dir / "suspects.parquet"), township_code, township_code],
        ).fetchall()
    return [
        IssuedLead(
            **dict(zip(names, row[: len(names)], strict=True)),
            columns=dict(zip(LEAD_COLUMNS, row[len(names) :], strict=True)),
        )
        for row in rows
    ]
