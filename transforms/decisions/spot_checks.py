"""Keeps spot checks: what was drawn, whom the lists asked to visit, and what the visits found."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import Engine, Select, func, insert, select

from transforms.decisions.database import open_decisions, reading, writing
from transforms.decisions.models import Base, SampleCheck, SampleDraw, SampleVisit
from transforms.decisions.place import has_decisions
from transforms.decisions.repository import CHUNK


@dataclass(frozen=True)
class Visit:
    """One household of a draw in one township (see models.SampleVisit)."""

    id: str
    township_code: str
    village: str
    household_id: str
    head_name: str | None
    head_id_number: str | None
    benefit_types: str
    method: str
    flagged: bool
    evidence_hash: str


@dataclass(frozen=True)
class IssuedDraw:
    """A draw with the visits of some of its townships, by visit id. `request`: JSON."""

    id: str
    run_id: str
    run_as_of: dt.date
    request: str
    visits: Mapping[str, Visit]


@dataclass(frozen=True)
class VisitAnswer:
    """One accepted row of a returned spot check list (see models.SampleCheck)."""

    source_row: int
    visit_id: str
    result: str
    problem_kind: str | None
    problem: str | None
    checked_by: str | None
    checked_on: dt.date | None

    @property
    def subject_id(self) -> str:
        """What the answer is about: equal in every row about the same household of the same draw."""
        return self.visit_id

    @property
    def content_key(self) -> str:
        """A hash of what was answered: equal answers have equal keys in whatever file."""
        said = {name: value for name, value in vars(self).items() if name != "source_row"}
        return hashlib.sha256(json.dumps(said, ensure_ascii=False, default=str).encode()).hexdigest()


@dataclass(frozen=True)
class ReturnedVisits:
    """The accepted answers of one file, all of one township's list of one draw."""

    table: ClassVar[type[Base]] = SampleCheck
    recorded_as: ClassVar[str] = "recorded_at"

    file_name: str
    sha256: str
    run_id: str
    township_code: str
    answers: Sequence[VisitAnswer]
    draw_id: str

    def earlier(self) -> Select[Any]:
        """Query of (subject, content key, batch) of every answer to the same list before, oldest first."""
        return (
            select(SampleCheck.visit_id, SampleCheck.content_key, SampleCheck.batch_id)
            .join(SampleVisit, SampleVisit.id == SampleCheck.visit_id)
            .where(SampleVisit.draw_id == self.draw_id, SampleVisit.township_code == self.township_code)
            .order_by(SampleCheck.id)
        )

    def later(self) -> None:
        """A visit is on one list only."""
        return None


def record_draw(engine: Engine, draw: IssuedDraw, drawn_by: str, now: dt.datetime) -> bool:
    """Keep a draw before its lists are handed out; `now` is UTC without a time zone. False when it is known.

    Raises DecisionsError, and then nothing is recorded.
    """
    with writing(engine) as con:
        if con.execute(select(SampleDraw.id).where(SampleDraw.id == draw.id)).scalar() is not None:
            return False
        values = {"id": draw.id, "run_id": draw.run_id, "run_as_of": draw.run_as_of, "request": draw.request}
        con.execute(insert(SampleDraw).values(**values, drawn_at=now, drawn_by=drawn_by))
        if draw.visits:
            con.execute(insert(SampleVisit), [{**asdict(v), "draw_id": draw.id} for v in draw.visits.values()])
        return True


def issued_draw(engine: Engine, draw_id: str, township_code: str) -> IssuedDraw | None:
    """A draw with the visits of one township; None when no such draw was ever recorded. Raises DecisionsError."""
    columns = [getattr(SampleVisit, f.name) for f in fields(Visit)]
    with reading(engine) as con:
        found = con.execute(
            select(SampleDraw.id, SampleDraw.run_id, SampleDraw.run_as_of, SampleDraw.request).where(
                SampleDraw.id == draw_id
            )
        ).first()
        if found is None:
            return None
        rows = con.execute(
            select(*columns).where(SampleVisit.draw_id == draw_id, SampleVisit.township_code == township_code)
        )
        visits = [Visit(*row) for row in rows]
    return IssuedDraw(found[0], found[1], found[2], found[3], {visit.id: visit for visit in visits})


def draw_of(store_root: Path, configured: str | None, draw_id: str, township_code: str) -> IssuedDraw | None:
    """As issued_draw, from the database of a store; None where no decision or draw was ever recorded."""
    if not has_decisions(store_root, configured):
        return None
    with open_decisions(store_root, configured) as engine:
        return issued_draw(engine, draw_id, township_code)


def every_visit(engine: Engine) -> Iterator[Sequence[dict[str, Any]]]:
    """Every visit of every draw with what it found last (NULL where it has not been answered), in chunks."""
    latest = select(func.max(SampleCheck.id).label("id")).group_by(SampleCheck.visit_id).subquery()
    checks = (
        select(SampleCheck.visit_id, SampleCheck.result, SampleCheck.problem_kind, SampleCheck.checked_on)
        .join(latest, latest.c.id == SampleCheck.id)
        .subquery()
    )
    query = (
        select(
            SampleVisit.draw_id, SampleDraw.run_id, SampleDraw.run_as_of, SampleVisit.township_code,
            SampleVisit.household_id, SampleVisit.benefit_types, SampleVisit.method, SampleVisit.flagged,
            checks.c.result, checks.c.problem_kind, checks.c.checked_on,
        )
        .join(SampleDraw, SampleDraw.id == SampleVisit.draw_id)
        .outerjoin(checks, checks.c.visit_id == SampleVisit.id)
        .order_by(SampleVisit.id)
    )  # fmt: skip
    with reading(engine) as con:
        result = con.execution_options(stream_results=True).execute(query)
        for rows in result.partitions(CHUNK):
            yield [dict(row._mapping) for row in rows]
