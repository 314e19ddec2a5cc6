"""Decisions and the returned workbooks they came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False, unique=True),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("township_code", sa.String(16), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.Column("imported_by", sa.String(64), nullable=False),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "batch_id",
            sa.Integer(),
            sa.ForeignKey("import_batch.id", name="fk_decision_batch"),
            nullable=False,
        ),
        sa.Column("source_row", sa.Integer(), nullable=False),
        sa.Column("content_key", sa.String(64), nullable=False),
        sa.Column("finding_id", sa.String(32), nullable=False),
        sa.Column("rule_id", sa.String(64), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("subject_key", sa.Text(), nullable=False),
        sa.Column("match_tier", sa.String(32)),
        sa.Column("match_confidence", sa.Float()),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("run_as_of", sa.Date(), nullable=False),
        sa.Column("township_code", sa.String(16), nullable=False),
        sa.Column("owner_township_code", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("checked_by", sa.Text()),
        sa.Column("checked_on", sa.Date()),
        sa.Column("measures", sa.Text()),
        sa.Column("due", sa.Date()),
        sa.Column("note", sa.Text()),
        sa.Column("evidence_hash", sa.String(64), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("expires_on", sa.Date()),
        sa.UniqueConstraint("batch_id", "content_key", name="uq_decision_batch_content"),
        sa.CheckConstraint("outcome IN ('属实', '不属实', '属实但豁免', '待查')", name="ck_decision_outcome"),
    )
    op.create_index("ix_decision_finding", "decision", ["finding_id"])
    op.create_index("ix_decision_list", "decision", ["run_id", "township_code"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("decision")
    op.drop_table("import_batch")
