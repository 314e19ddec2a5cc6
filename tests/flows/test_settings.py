"""Settings that cannot be used are told of all at once, by the names a bureau knows them by."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from flows.nightly import Retries, compare, helpers
from flows.plan import UsageError
from flows.settings import Settings
from rules.engine.parameters import ParameterError
from tests.flows.command import SAMPLE, hedui
from transforms.publish.store import Store


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_wrong_value_is_named_and_none_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"THREADS": "0", "MEMORY_LIMIT": "s3cret", "MIN_CONFIDENCE": "5", "ENGINE": "mysql"}.items():
        monkeypatch.setenv(f"HEDUI_{name}", value)
    with pytest.raises(UsageError) as told:
        Settings()
    for name in ("HEDUI_THREADS", "HEDUI_MEMORY_LIMIT", "HEDUI_MIN_CONFIDENCE", "HEDUI_ENGINE"):
        assert name in str(told.value)
    assert "s3cret" not in str(told.value)


@pytest.mark.parametrize("address", ["s3cret", "mysql://user:s3cret@host/decisions"])
def test_an_address_that_is_no_database_of_ours_is_told_before_anything_is_done(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEDUI_DATABASE_URL", address)
    with pytest.raises(UsageError, match="HEDUI_DATABASE_URL") as told:
        Settings()
    assert "s3cret" not in str(told.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"thread = 1", "no setting with thread"),
        (b"threads = ", "no TOML"),
        (b'parameters = "\xb1\xbe"', "UTF-8"),
        (b'threads = "many"', "HEDUI_THREADS"),
    ],
)
def test_what_is_wrong_with_the_file_is_told(elsewhere: Path, content: bytes, said: str) -> None:
    (elsewhere / "hedui.toml").write_bytes(content)
    with pytest.raises(UsageError, match=said):
        Settings()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_what_the_file_says_holds_unless_the_environment_says_otherwise(
    encoding: str, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (elsewhere / "hedui.toml").write_text('threads = 3\nmemory_limit = "512MiB"\n', encoding=encoding)
    monkeypatch.setenv("HEDUI_THREADS", "2")
    assert (Settings().threads, Settings().memory_limit) == (2, "512MiB")


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("HEDUI_RULES", ["rules", "list"]),
        ("HEDUI_CONTRACTS", ["contracts", "check", next((SAMPLE / "deaths").iterdir())]),
    ],
)
def test_a_folder_that_is_not_there_is_wrong_usage_and_named(
    name: str, command: list[str | Path], tmp_path: Path
) -> None:
    folder = tmp_path / "not-there"
    done = hedui(*command, env={name: str(folder)})
    assert done.status == 2
    assert f"{folder}: no such folder" in done.err


def test_a_parameter_file_that_cannot_be_read_is_told_before_the_drop_is(tmp_path: Path) -> None:
    own = tmp_path / "parameters"
    own.mkdir()
    (own / "ours.yaml").write_text("parameters: [", encoding="utf-8")
    store = Store(tmp_path / "store").prepare()
    with helpers() as validator, pytest.raises(ParameterError, match=r"ours\.yaml"):
        compare(store, SAMPLE, dt.date(2021, 9, 30), Settings(parameters=own), print, Retries(), validator)
    assert not any(path.is_file() for path in store.raw.rglob("*"))


@pytest.mark.parametrize("name", ["RETRIES", "RETRY_SECONDS", "RAW_DAYS", "RUNS_DAYS"])
def test_a_number_below_what_it_can_be_is_refused(name, monkeypatch):
    monkeypatch.setenv(f"HEDUI_{name}", "-1")
    with pytest.raises(UsageError, match=f"HEDUI_{name}"):
        Settings()
