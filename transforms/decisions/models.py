"""The tables of the decisions database, as the shipped migrations create them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

#: Settled answers; 待查 asks for more time and settles nothing.
SETTLED = ("属实", "不属实", "属实但豁免")
CONFIRMED = ("属实", "属实但豁免")
ANSWERS = (*SETTLED, "待查")
#: What a spot check finds of a household; 待查 asks for more time.
RESULTS = ("符合", "不符合", "待查")


class Base(DeclarativeBase):
    """Every table of the decisions database."""


class ImportBatch(Base):
    """One returned workbook: which file, which list it answers, who took it in and when (UTC)."""

    __tablename__ = "import_batch"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    file_name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    run_id: Mapped[str] = mapped_column(String(64))
    township_code: Mapped[str] = mapped_column(String(16))
    imported_at: Mapped[dt.datetime] = mapped_column(DateTime)
    imported_by: Mapped[str] = mapped_column(String(64))


class Decision(Base):
    """One answer to one finding of one list. Answers are added, never changed: the history is what an appeal
    asks for.

    `township_code` returned the list, `owner_township_code` owns the finding. `evidence` (JSON as in
    suspects.parquet) and `lead` (JSON: place, people, explanation) are as they were when the list was issued.
    Dates are days, `decided_at` is UTC.
    """

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("batch_id", "content_key", name="uq_decision_batch_content"),
        CheckConstraint(f"outcome IN ({', '.join(repr(a) for a in ANSWERS)})", name="ck_decision_outcome"),
        Index("ix_decision_finding", "finding_id"),
        Index("ix_decision_list", "run_id", "township_code"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id", name="fk_decision_batch"))
    source_row: Mapped[int] = mapped_column(Integer)
    content_key: Mapped[str] = mapped_column(String(64))
    finding_id: Mapped[str] = mapped_column(String(32))
    rule_id: Mapped[str] = mapped_column(String(64))
    rule_version: Mapped[int] = mapped_column(Integer)
    subject_key: Mapped[str] = mapped_column(Text)
    match_tier: Mapped[str | None] = mapped_column(String(32))
    match_confidence: Mapped[float | None] = mapped_column(Float)
    run_id: Mapped[str] = mapped_column(String(64))
    run_as_of: Mapped[dt.date] = mapped_column(Date)
    township_code: Mapped[str] = mapped_column(String(16))
    owner_township_code: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str] = mapped_column(String(16))
    checked_by: Mapped[str | None] = mapped_column(Text)
    checked_on: Mapped[dt.date | None] = mapped_column(Date)
    measures: Mapped[str | None] = mapped_column(Text)
    due: Mapped[dt.date | None] = mapped_column(Date)
    note: Mapped[str | None] = mapped_column(Text)
    evidence_hash: Mapped[str] = mapped_column(String(64))
    evidence: Mapped[str] = mapped_column(Text)
    lead: Mapped[str] = mapped_column(Text)
    decided_on: Mapped[dt.date] = mapped_column(Date)
    decided_at: Mapped[dt.datetime] = mapped_column(DateTime)
    expires_on: Mapped[dt.date | None] = mapped_column(Date)


class SampleDraw(Base):
    """One draw of the spot check: of which run, how (`request`: JSON with seed, fractions by township and options), when
    (UTC) and by whom. Its id follows from run and request: the same draw is kept once.
    """

    __tablename__ = "sample_draw"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    run_id: Mapped[str] = mapped_column(String(64))
    run_as_of: Mapped[dt.date] = mapped_column(Date)
    request: Mapped[str] = mapped_column(Text)
    drawn_at: Mapped[dt.datetime] = mapped_column(DateTime)
    drawn_by: Mapped[str] = mapped_column(String(64))


class SampleVisit(Base):
    """One household of a draw in one township, as its list shows it. `flagged`: whether the run had any finding about it,
    which the list does not show; `benefit_types` are joined by 、; `evidence_hash` is of what the list shows.
    """

    __tablename__ = "sample_visit"
    __table_args__ = (Index("ix_sample_visit_list", "draw_id", "township_code"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    draw_id: Mapped[str] = mapped_column(ForeignKey("sample_draw.id", name="fk_sample_visit_draw"))
    township_code: Mapped[str] = mapped_column(String(16))
    village: Mapped[str] = mapped_column(Text)
    household_id: Mapped[str] = mapped_column(Text)
    head_name: Mapped[str | None] = mapped_column(Text)
    head_id_number: Mapped[str | None] = mapped_column(Text)
    benefit_types: Mapped[str] = mapped_column(Text)
    method: Mapped[str] = mapped_column(String(16))
    flagged: Mapped[bool] = mapped_column(Boolean)
    evidence_hash: Mapped[str] = mapped_column(String(64))


class SampleCheck(Base):
    """What a visit found; added, never changed. `recorded_at` is UTC."""

    __tablename__ = "sample_check"
    __table_args__ = (
        UniqueConstraint("batch_id", "content_key", name="uq_sample_check_batch_content"),
        CheckConstraint(f"result IN ({', '.join(repr(r) for r in RESULTS)})", name="ck_sample_check_result"),
        Index("ix_sample_check_visit", "visit_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id", name="fk_sample_check_batch"))
    source_row: Mapped[int] = mapped_column(Integer)
    content_key: Mapped[str] = mapped_column(String(64))
    visit_id: Mapped[str] = mapped_column(ForeignKey("sample_visit.id", name="fk_sample_check_visit"))
    result: Mapped[str] = mapped_column(String(16))
    problem_kind: Mapped[str | None] = mapped_column(String(16))
    problem: Mapped[str | None] = mapped_column(Text)
    checked_by: Mapped[str | None] = mapped_column(Text)
    checked_on: Mapped[dt.date | None] = mapped_column(Date)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime)
