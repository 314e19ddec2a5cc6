"""Opens the decisions database: SQLite in the store, or PostgreSQL where a URL says so; brings its tables up
to date on first use.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from transforms.decisions.place import DATABASE_FILE, DecisionsError

FILE_MODE = 0o640
HEAD_REVISION = "0002"
MIGRATIONS = Path(__file__).parent / "migrations"
DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "sqlite": "sqlite"}
WAIT_SECONDS = 30
#: One writer at a time on PostgreSQL, whatever host it runs on; the number is this application's own.
ADVISORY_LOCK = 4_808_365_301


def database_url(store_root: Path, configured: str | None) -> URL:
    """The URL in use. Raises DecisionsError for one that is no URL, or of a database other than SQLite and
    PostgreSQL.
    """
    if not configured:
        return URL.create("sqlite", database=str(store_root.resolve() / DATABASE_FILE))
    try:
        url = make_url(configured)
    except ArgumentError:
        raise DecisionsError(
            "HEDUI_DATABASE_URL is no database URL; write it as postgresql://user:password@host/database"
        ) from None
    driver = DRIVERS.get(url.drivername.split("+")[0])
    if driver is None:
        raise DecisionsError(f"HEDUI_DATABASE_URL names {url.drivername}; decisions are kept in PostgreSQL or SQLite")
    return url.set(drivername=driver)


@contextmanager
def open_decisions(store_root: Path, configured: str | None = None) -> Iterator[Engine]:
    """An engine on the decisions database, its tables at the newest revision.

    Raises DecisionsError when the database cannot be reached, or was written by a newer version of hedui.
    """
    url = database_url(store_root, configured)
    if url.drivername == "sqlite" and url.database and url.database != ":memory:":
        _create_file(Path(url.database))
    engine = _engine(url)
    try:
        with said_plainly(url, "opened"):
            upgrade(engine)
        yield engine
    finally:
        engine.dispose()


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that alone may write; whatever fails inside leaves the database as it was.

    Raises DecisionsError when the database fails, also when it goes away before the commit.
    """
    with (
        said_plainly(engine.url, "written"),
        engine.connect().execution_options(immediate=True) as con,
        con.begin(),
    ):
        if con.dialect.name == "postgresql":
            con.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        yield con


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection to read with. Raises DecisionsError when the database fails."""
    with said_plainly(engine.url, "read"), engine.connect() as con:
        yield con


@contextmanager
def said_plainly(url: URL, done: str) -> Iterator[None]:
    """Turn the database's errors into DecisionsError: their own texts may quote people and the password."""
    try:
        yield
    except SQLAlchemyError as error:
        where = url.render_as_string(hide_password=True)
        reason = type(error.orig).__name__ if isinstance(error, DBAPIError) and error.orig else type(error).__name__
        raise DecisionsError(
            f"the decisions database {where} could not be {done} ({reason}); nothing of this command was "
            "recorded. "
            "See that it runs, that its disk has room and that this account may use it, then give the same "
            "command again"
        ) from None


def upgrade(engine: Engine) -> None:
    """Bring the tables to HEAD_REVISION.

    Several processes may do so at once: one migrates, the others wait and find it done.
    """
    with engine.connect() as con:
        if _revision(con) == HEAD_REVISION:
            return
    with engine.connect().execution_options(immediate=True) as con, con.begin():
        if con.dialect.name == "postgresql":
            con.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        if _revision(con) != HEAD_REVISION:
            _migrate(con)


def _migrate(con: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = con
    found = _revision(con)
    if found and found not in {s.revision for s in ScriptDirectory.from_config(config).walk_revisions()}:
        raise DecisionsError(
            f"the decisions database is at revision {found}, which this version of hedui does not know; use "
            "the newer version that wrote it"
        )
    command.upgrade(config, HEAD_REVISION)


def _revision(con: Connection) -> str | None:
    if not inspect(con).has_table("alembic_version"):
        return None
    return con.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _engine(url: URL) -> Engine:
    if url.drivername == "sqlite":
        engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args={"timeout": WAIT_SECONDS})
        event.listen(engine, "connect", _sqlite_connected)
        event.listen(engine, "begin", _sqlite_begin)
        return engine
    return create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args={"connect_timeout": WAIT_SECONDS})


def _sqlite_connected(connection: Any, _: object) -> None:
    # pysqlite would begin and commit on its own and leave half a migration behind.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")


def _sqlite_begin(con: Connection) -> None:
    con.exec_driver_sql("BEGIN IMMEDIATE" if con.get_execution_options().get("immediate") else "BEGIN")


def _create_file(path: Path) -> None:
    """The file holds people's data: nobody but its owner and group reads it, whatever the umask."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE))
    except FileExistsError:
        return
    except OSError as error:
        raise DecisionsError(
            f"{path} cannot be created ({error.strerror}); check the owner and mode of the store"
        ) from None
