"""Spot checks: what was drawn, whom to visit, and what the visits found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "sample_draw",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("run_as_of", sa.Date(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(), nullable=False),
        sa.Column("drawn_by", sa.String(64), nullable=False),
    )
    op.create_table(
        "sample_visit",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "draw_id", sa.String(32), sa.ForeignKey("sample_draw.id", name="fk_sample_visit_draw"), nullable=False
        ),
        sa.Column("township_code", sa.String(16), nullable=False),
        sa.Column("village", sa.Text(), nullable=False),
        sa.Column("household_id", sa.Text(), nullable=False),
        sa.Column("head_name", sa.Text()),
        sa.Column("head_id_number", sa.Text()),
        sa.Column("benefit_types", sa.Text(), nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("evidence_hash", sa.String(64), nullable=False),
    )
    op.create_index("ix_sample_visit_list", "sample_visit", ["draw_id", "township_code"])
    op.create_table(
        "sample_check",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "batch_id", sa.Integer(), sa.ForeignKey("import_batch.id", name="fk_sample_check_batch"), nullable=False
        ),
        sa.Column("source_row", sa.Integer(), nullable=False),
        sa.Column("content_key", sa.String(64), nullable=False),
        sa.Column(
            "visit_id", sa.String(32), sa.ForeignKey("sample_visit.id", name="fk_sample_check_visit"), nullable=False
        ),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("problem_kind", sa.String(16)),
        sa.Column("problem", sa.Text()),
        sa.Column("checked_by", sa.Text()),
        sa.Column("checked_on", sa.Date()),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("batch_id", "content_key", name="uq_sample_check_batch_content"),
        sa.CheckConstraint("result IN ('符合', '不符合', '待查')", name="ck_sample_check_result"),
    )
    op.create_index("ix_sample_check_visit", "sample_check", ["visit_id"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("sample_check")
    op.drop_table("sample_visit")
    op.drop_table("sample_draw")
