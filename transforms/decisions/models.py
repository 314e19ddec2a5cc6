"""The tables of the decisions database, as the shipped migrations create them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
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
