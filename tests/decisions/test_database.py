"""The database itself: made on first use, by several at once; whole or not at all when it fails."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Pool, event, func, inspect, select, text

from flows.feedback import load_into_run
from flows.plan import RunError, RunPlan
from flows.settings import Settings
from tests.decisions.answers import NOW, answer, returned
from tests.decisions.nightly import AS_OF, ROOT
from tests.decisions.postgres import Server
from transforms.decisions import database
from transforms.decisions.database import (
    HEAD_REVISION,
    MIGRATIONS,
    database_url,
    open_decisions,
    reading,
)
from transforms.decisions.models import Base, Decision, SampleVisit
from transforms.decisions.place import DecisionsError
from transforms.decisions.repository import record
from transforms.publish.store import Store

OPEN = """
import sys, pathlib
from transforms.decisions.database import open_decisions
with open_decisions(pathlib.Path(sys.argv[1]), sys.argv[2] or None):
    pass
"""
RECORD = """
import sys, pathlib
from tests.decisions.answers import NOW, answer, returned
from transforms.decisions.database import open_decisions
from transforms.decisions.repository import record
with open_decisions(pathlib.Path(sys.argv[1]), sys.argv[2] or None) as engine:
    record(engine, [returned([answer(f'F{n}') for n in range(50)])], 'tester', NOW)
"""


def count(engine: Engine) -> int:
    with reading(engine) as con:
        return con.execute(select(func.count()).select_from(Decision)).scalar_one()


def at_once(program: str, store: Path, settings: Settings, processes: int = 3) -> list[int]:
    """Exit statuses of several processes running one program at the same time."""
    command = [sys.executable, "-c", program, str(store), settings.database_url or ""]
    started = [subprocess.Popen(command, cwd=ROOT) for _ in range(processes)]
    return [p.wait() for p in started]


def test_the_migrations_make_exactly_the_tables_of_the_models(tmp_path, settings):
    with open_decisions(tmp_path, settings.database_url) as engine, engine.connect() as con:
        context = MigrationContext.configure(con, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_newest_migration_is_the_one_asked_for():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD_REVISION]


def test_a_database_of_the_first_revision_is_brought_up_to_date_with_what_it_holds(tmp_path, settings, monkeypatch):
    with monkeypatch.context() as earlier:
        earlier.setattr(database, "HEAD_REVISION", "0001")
        with open_decisions(tmp_path, settings.database_url) as engine:
            record(engine, [returned([answer("F1")])], "tester", NOW)
            assert not inspect(engine).has_table("sample_visit")
    with open_decisions(tmp_path, settings.database_url) as engine:
        assert count(engine) == 1
        with reading(engine) as con:
            assert con.execute(select(func.count()).select_from(SampleVisit)).scalar_one() == 0


def test_several_processes_may_make_the_database_at_once(tmp_path, settings):
    assert at_once(OPEN, tmp_path, settings) == [0, 0, 0]
    with open_decisions(tmp_path, settings.database_url) as engine:
        assert count(engine) == 0


def test_one_file_imported_by_several_processes_at_once_is_recorded_once(tmp_path, settings):
    assert at_once(RECORD, tmp_path, settings) == [0, 0, 0]
    with open_decisions(tmp_path, settings.database_url) as engine:
        assert count(engine) == 50


def test_a_database_of_a_newer_version_is_left_alone(tmp_path, settings):
    with open_decisions(tmp_path, settings.database_url) as engine, engine.begin() as con:
        con.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DecisionsError, match="9999"), open_decisions(tmp_path, settings.database_url):
        pass


def test_only_owner_and_group_read_the_file(tmp_path):
    with open_decisions(tmp_path):
        pass
    assert stat.S_IMODE((tmp_path / "decisions.db").stat().st_mode) & 0o007 == 0


@pytest.mark.parametrize(
    ("url", "said"), [("nonsense", "no database URL"), ("mysql://u:secret@h/d", "PostgreSQL or SQLite")]
)
def test_a_url_that_cannot_be_used_is_named_without_its_password(tmp_path, url, said):
    with pytest.raises(DecisionsError, match=said) as error:
        database_url(tmp_path, url)
    assert "secret" not in str(error.value)


def test_a_database_that_does_not_answer_stops_the_run_and_shows_no_password(tmp_path):
    settings = Settings(database_url=f"postgresql://user:secret@/d?host={tmp_path}")
    store = Store(tmp_path / "store").prepare()
    plan = RunPlan(store.root, "nightly-now", AS_OF)
    with (
        store.working(plan.run_id),
        duckdb.connect() as con,
        pytest.raises(RunError, match="give the same command again") as error,
    ):
        load_into_run(con, plan, settings)
    assert "secret" not in str(error.value)


def test_a_disk_that_fills_up_in_the_middle_leaves_nothing(tmp_path):
    with open_decisions(tmp_path) as engine:
        record(engine, [returned([answer("F0")])], "tester", NOW)

    def no_room(connection, _):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 1}")

    event.listen(Pool, "connect", no_room)
    try:
        many = [answer(f"N{n}", note="说明" * 500) for n in range(60)]
        with (
            pytest.raises(DecisionsError, match="nothing of this command was recorded") as error,
            open_decisions(tmp_path) as engine,
        ):
            record(engine, [returned(many, "b" * 64)], "tester", NOW)
    finally:
        event.remove(Pool, "connect", no_room)
    assert "说明" not in str(error.value)
    with open_decisions(tmp_path) as engine:
        assert count(engine) == 1


@pytest.mark.full
def test_a_server_that_dies_in_the_middle_leaves_nothing(tmp_path, postgres: Server):
    stopped = []

    def stop_at_the_second_list(_con, _cursor, statement, *_):
        if statement.startswith("INSERT INTO decision"):
            stopped.append(statement)
            if len(stopped) == 2:
                postgres.stop()

    event.listen(Engine, "before_cursor_execute", stop_at_the_second_list)
    lists = [returned([answer(f"F{n}")], str(n) * 64) for n in range(3)]
    try:
        with (
            pytest.raises(DecisionsError, match="give the same command again") as error,
            open_decisions(tmp_path, postgres.url) as engine,
        ):
            record(engine, lists, "tester", NOW)
    finally:
        event.remove(Engine, "before_cursor_execute", stop_at_the_second_list)
        if len(stopped) == 2:
            postgres.start()
    assert len(stopped) == 2
    assert "查核员" not in str(error.value)
    with open_decisions(tmp_path, postgres.url) as engine:
        assert count(engine) == 0
        assert [r.new for r in record(engine, lists, "tester", NOW)] == [1, 1, 1], "the same command again"
