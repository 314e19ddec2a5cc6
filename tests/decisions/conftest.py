"""The databases decisions are tested on, and one published run of the sample drop to answer to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from flows.settings import Settings
from tests.decisions.nightly import sample_store
from tests.decisions.postgres import Server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A started PostgreSQL."""
    server = Server()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def postgres(request: pytest.FixtureRequest, program) -> Server:
    """The session's PostgreSQL, empty. Skips, or fails in make test-full, where there is none."""
    program("PostgreSQL")
    server: Server = request.getfixturevalue("postgres_server")
    engine = create_engine(server.url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as con:
        con.execute(text("DROP SCHEMA public CASCADE"))
        con.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.full)])
def settings(request: pytest.FixtureRequest) -> Settings:
    """Settings for decisions in the store's SQLite, and in PostgreSQL."""
    if request.param == "sqlite":
        return Settings(database_url=None)
    return Settings(database_url=request.getfixturevalue("postgres").url)


@pytest.fixture(scope="session")
def first_run(tmp_path_factory) -> Path:
    """A store with one run of the sample drop: read only."""
    return sample_store(tmp_path_factory)


@pytest.fixture
def store(first_run, tmp_path) -> Path:
    """A copy of that store."""
    copy = tmp_path / "store"
    shutil.copytree(first_run, copy)
    return copy
