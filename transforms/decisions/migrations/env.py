"""Alembic's entry: runs the migrations on the connection handed over, inside its transaction."""

from __future__ import annotations

from alembic import context

from transforms.decisions.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite too: pysqlite's own transactions are switched off, so that a migration is whole or not at all.
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
