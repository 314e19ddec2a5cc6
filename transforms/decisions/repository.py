"""Reads and writes decisions: one transaction per import, the same answer recorded once."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

from sqlalchemy import Connection, Engine, Select, insert, select

from transforms.decisions.database import open_decisions, reading, writing
from transforms.decisions.models import Base, Decision, ImportBatch
from transforms.decisions.place import has_decisions

CHUNK = 20_000


@dataclass(frozen=True)
class Answer:
    """One accepted row of a returned list: what the officer wrote, beside the finding as it was issued (see
    models.Decision).
    """

    source_row: int
    finding_id: str
    rule_id: str
    rule_version: int
    subject_key: str
    match_tier: str | None
    match_confidence: float | None
    run_id: str
    run_as_of: dt.date
    township_code: str
    owner_township_code: str
    outcome: str
    checked_by: str | None
    checked_on: dt.date | None
    measures: str | None
    due: dt.date | None
    note: str | None
    evidence_hash: str
    evidence: str
    lead: str
    decided_on: dt.date
    expires_on: dt.date | None

    @property
    def subject_id(self) -> str:
        """What the answer is about."""
        return self.finding_id

    @property
    def content_key(self) -> str:
        """A hash of what was answered to which list: equal answers have equal keys in whatever file."""
        said = (
            self.finding_id,
            self.run_id,
            self.township_code,
            self.evidence_hash,
            self.outcome,
            self.checked_by,
            self.checked_on,
            self.measures,
            self.due,
            self.note,
        )
        return hashlib.sha256(json.dumps(said, ensure_ascii=False, default=str).encode()).hexdigest()


class Said(Protocol):
    """One accepted row of a returned list, a dataclass of the columns it is kept in."""

    @property
    def source_row(self) -> int: ...

    @property
    def subject_id(self) -> str: ...

    @property
    def content_key(self) -> str: ...


class Returned(Protocol):
    """The accepted answers of one file: where they are kept, and what was answered to the same list before."""

    table: ClassVar[type[Base]]
    #: The column that says when an answer was recorded.
    recorded_as: ClassVar[str]

    @property
    def file_name(self) -> str: ...

    @property
    def sha256(self) -> str: ...

    @property
    def run_id(self) -> str: ...

    @property
    def township_code(self) -> str: ...

    @property
    def answers(self) -> Sequence[Said]: ...

    def earlier(self) -> Select[Any]: ...

    def later(self) -> Select[Any] | None: ...


@dataclass(frozen=True)
class ReturnedList:
    """The accepted answers of one township's list of findings."""

    table: ClassVar[type[Base]] = Decision
    recorded_as: ClassVar[str] = "decided_at"

    file_name: str
    sha256: str
    run_id: str
    township_code: str
    answers: Sequence[Answer]

    def earlier(self) -> Select[Any]:
        """Query of (finding, content key, batch) of every answer to the same list before, oldest first."""
        return (
            select(Decision.finding_id, Decision.content_key, Decision.batch_id)
            .where(Decision.run_id == self.run_id, Decision.township_code == self.township_code)
            .order_by(Decision.id)
        )

    def later(self) -> Select[Any]:
        """Query of the findings answered on a later list: that answer counts, whenever this one comes."""
        as_of = self.answers[0].run_as_of
        newer = (Decision.run_as_of > as_of) | ((Decision.run_as_of == as_of) & (Decision.run_id > self.run_id))
        return select(Decision.finding_id).where(newer).distinct()


@dataclass(frozen=True)
class Recorded:
    """What became of one file's answers: newly recorded, or known already; by row of the file, what was refused for saying what has since been
    corrected (`superseded`), what replaces another answer to the same list (`replacing`), and what a later list's answer outweighs
    (`outweighed`).
    """

    new: int
    known: int
    superseded: tuple[int, ...] = ()
    replacing: tuple[int, ...] = ()
    outweighed: tuple[int, ...] = ()


def record(engine: Engine, lists: Sequence[Returned], imported_by: str, now: dt.datetime) -> list[Recorded]:
    """Record the answers of every list in one transaction; `now` is UTC without a time zone.

    An answer is known when the list's latest answer to the finding says the same, or this very file brought
    it before: importing twice is importing once, and an old file given again does not undo a correction. Nor
    does a copy of it: an answer that says to the last word what another has replaced since is refused.
    Raises DecisionsError, and then nothing is recorded.
    """
    with writing(engine) as con:
        return [_record_list(con, one, imported_by, now) for one in lists]


def _record_list(con: Connection, one: Returned, imported_by: str, now: dt.datetime) -> Recorded:
    batch_id = con.execute(select(ImportBatch.id).where(ImportBatch.sha256 == one.sha256)).scalar()
    earlier = con.execute(one.earlier()).all()
    latest = {subject: key for subject, key, _ in earlier}
    brought = {key for _, key, batch in earlier if batch == batch_id}
    said = {key for _, key, _ in earlier}
    changed = [a for a in one.answers if latest.get(a.subject_id) != a.content_key and a.content_key not in brought]
    new = [a for a in changed if a.content_key not in said]
    later = one.later() if new else None
    answered_later = set(con.execute(later).scalars()) if later is not None else set()
    if new:
        if batch_id is None:
            values = {
                "file_name": one.file_name,
                "sha256": one.sha256,
                "run_id": one.run_id,
                "township_code": one.township_code,
                "imported_at": now,
                "imported_by": imported_by,
            }
            batch_id = con.execute(insert(ImportBatch).values(values).returning(ImportBatch.id)).scalar_one()
        stamped = {"batch_id": batch_id, one.recorded_as: now}
        con.execute(insert(one.table), [{**vars(a), "content_key": a.content_key, **stamped} for a in new])
    return Recorded(
        len(new),
        len(one.answers) - len(changed),
        tuple(a.source_row for a in changed if a.content_key in said),
        tuple(a.source_row for a in new if a.subject_id in latest),
        tuple(a.source_row for a in new if a.subject_id in answered_later),
    )


def history(engine: Engine, finding_id: str) -> list[dict[str, Any]]:
    """Every decision on a finding, oldest first, with the file that brought it and its evidence."""
    columns = [c for c in Decision.__table__.columns if c.name not in ("id", "batch_id", "content_key")]
    query = (
        select(*columns, ImportBatch.file_name, ImportBatch.sha256, ImportBatch.imported_by)
        .join(ImportBatch, ImportBatch.id == Decision.batch_id)
        .where(Decision.finding_id == finding_id)
        .order_by(Decision.run_as_of, Decision.run_id, Decision.id)
    )
    with reading(engine) as con:
        rows = [dict(row._mapping) for row in con.execute(query)]
    for row in rows:
        row["evidence"], row["lead"] = json.loads(row["evidence"]), json.loads(row["lead"])
        row["decided_at"] = row["decided_at"].replace(tzinfo=dt.UTC)
    return rows


def decisions_of(store_root: Path, finding_id: str, configured: str | None = None) -> list[dict[str, Any]]:
    """The history of decisions of one finding, oldest first; empty where no decision was ever recorded.

    Raises DecisionsError.
    """
    if not has_decisions(store_root, configured):
        return []
    with open_decisions(store_root, configured) as engine:
        return history(engine, finding_id.upper())


def every_decision(engine: Engine) -> Iterator[Sequence[dict[str, Any]]]:
    """All decisions with file name and hash, in the order they were recorded, in chunks."""
    query = (
        select(*Decision.__table__.columns, ImportBatch.file_name, ImportBatch.sha256)
        .join(ImportBatch, ImportBatch.id == Decision.batch_id)
        .order_by(Decision.id)
    )
    with reading(engine) as con:
        result = con.execution_options(stream_results=True).execute(query)
        for rows in result.partitions(CHUNK):
            yield [dict(row._mapping) for row in rows]
