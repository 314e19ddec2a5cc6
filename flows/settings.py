"""Settings from hedui.toml and HEDUI_* environment variables; secrets come from the environment or a file only."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from flows.plan import UsageError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

FILE = "hedui.toml"
MEMORY = re.compile(r"[0-9]+(\.[0-9]+)? ?[KMGT]i?B", re.IGNORECASE)


def _memory(text: str) -> str:
    if not MEMORY.fullmatch(text.strip()):
        raise ValueError("write it as 4GB or 512MB")
    return text.strip()


def _address(text: str) -> str:
    from transforms.decisions.database import database_url
    from transforms.decisions.place import DecisionsError

    try:
        database_url(Path(), text)
    except DecisionsError as error:
        raise ValueError(str(error)) from None
    return text


class _Toml(TomlConfigSettingsSource):
    """The file, also with the mark that editors on Windows put before UTF-8."""

    def _read_file(self, file_path: Path | Traversable) -> dict[str, Any]:
        return tomllib.loads(file_path.read_text(encoding="utf-8-sig"))


class Settings(BaseSettings):
    """What a bureau may set. Every field is also an environment variable, HEDUI_<FIELD>. Raises UsageError naming every one that cannot be."""

    model_config = SettingsConfigDict(env_prefix="HEDUI_", toml_file=FILE, extra="ignore")

    def __init__(self, **said: Any) -> None:
        try:
            super().__init__(**said)
        except ValidationError as error:
            # Without the value: one of them is a database's address, with its password.
            wrong = [f"{_known_as(e['loc'])}: {e['msg']}" for e in error.errors(include_input=False, include_url=False)]
            raise UsageError("settings that cannot be used:\n  " + "\n  ".join(wrong)) from None
        except tomllib.TOMLDecodeError as error:
            raise UsageError(f"{FILE} is no TOML: {error}; each line is a name = value, text in quotes") from None
        except UnicodeDecodeError:
            raise UsageError(f"{FILE} is not in UTF-8; save it as UTF-8") from None

    contracts: Path | None = None
    """Folder of data contracts instead of the shipped ones."""
    rules: Path | None = None
    """Folder of rules instead of the shipped ones."""
    parameters: Path | None = None
    """Folder of the county's own parameter files, laid over the shipped ones."""
    memory_limit: Annotated[str, AfterValidator(_memory)] = "4GB"
    """DuckDB's memory limit; what does not fit spills to the store's temporary folder."""
    threads: Annotated[int | None, Field(ge=1)] = None
    """DuckDB threads; all cores when not set."""
    engine: Literal["duckdb", "spark"] = "duckdb"
    """What links and applies the rules; `spark` needs PySpark and Java."""
    spark_master: str = "local[*]"
    """Where Spark runs: this machine's cores, or a cluster's URL whose workers see the store under the same path."""
    min_confidence: Annotated[float, Field(gt=0, le=1)] = 0.9
    """Links below this are leads for an identity check, never grounds of a finding."""
    database_url: Annotated[str, AfterValidator(_address)] | None = None
    """Where decisions are kept; SQLite in the store when not set."""

    retries: Annotated[int, Field(ge=0)] = 3
    """How often a scheduled run tries a step again after a failure that may pass, and is itself started again after a crash."""
    retry_seconds: Annotated[float, Field(ge=0)] = 60
    """The wait before the first new attempt; it doubles each time."""
    on_failure: str | None = None
    """A command run when a scheduled run fails; see flows.notices.tell."""
    notify: str | None = None
    """A notification block of the Prefect server told when a scheduled run fails, such as hedui-mail/duty."""
    raw_days: Annotated[int | None, Field(ge=1)] = None
    """Days that received files and snapshots are kept after the last run that used them (`hedui retention`)."""
    runs_days: Annotated[int | None, Field(ge=1)] = None
    """Days that what a run published is kept (`hedui retention`)."""

    @classmethod
    def settings_customise_sources(cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
                                   env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
                                   file_secret_settings: PydanticBaseSettingsSource) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
        """Arguments win over the environment, the environment over hedui.toml."""
        from_file = _Toml(settings_cls)
        unknown = sorted(from_file.toml_data.keys() - settings_cls.model_fields.keys())
        if unknown:
            known = ", ".join(settings_cls.model_fields)
            raise UsageError(f"{FILE} names no setting with {', '.join(unknown)}; there are: {known}")
        return init_settings, env_settings, from_file


def _known_as(place: tuple[int | str, ...]) -> str:
    field = str(place[0]) if place else "?"
    return f"{field} (HEDUI_{field.upper()})"
