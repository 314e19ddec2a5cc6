"""Alembic migrations of the decisions database, shipped with the package and run on first use."""
