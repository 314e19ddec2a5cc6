"""Settings from hedui.toml and HEDUI_* environment variables; secrets come from the environment or a file only."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource


class Settings(BaseSettings):
    """What a bureau may set. Every field is also an environment variable, HEDUI_<FIELD>."""

    model_config = SettingsConfigDict(env_prefix="HEDUI_", toml_file="hedui.toml", extra="ignore")

    contracts: Path | None = None
    """Folder of data contracts instead of the shipped ones."""
    rules: Path | None = None
    """Folder of rules instead of the shipped ones."""
    parameters: Path | None = None
    """Folder of the county's own parameter files, laid over the shipped ones."""
    memory_limit: str = "4GB"
    """DuckDB's memory limit; what does not fit spills to the store's temporary folder."""
    threads: int | None = None
    """DuckDB threads; all cores when not set."""
    engine: Literal["duckdb", "spark"] = "duckdb"
    """What links and applies the rules; `spark` needs PySpark and Java."""
    spark_master: str = "local[*]"
    """Where Spark runs: this machine's cores, or a cluster's URL whose workers see the store under the same path."""
    min_confidence: float = 0.9
    """Links below this are leads for an identity check, never grounds of a finding."""
    database_url: str | None = None
    """Where decisions are kept; SQLite in the store when not set."""

    retries: int = 3
    """How often a scheduled run tries a step again after a failure that may pass, and is itself started again after a crash."""
    retry_seconds: float = 60
    """The wait before the first new attempt; it doubles each time."""
    on_failure: str | None = None
    """A command run when a scheduled run fails; see flows.notices.tell."""
    notify: str | None = None
    """A notification block of the Prefect server told when a scheduled run fails, such as hedui-mail/duty."""
    raw_days: int | None = None
    """Days that received files and snapshots are kept after the last run that used them (`hedui retention`)."""
    runs_days: int | None = None
    """Days that what a run published is kept (`hedui retention`)."""

    @classmethod
    def settings_customise_sources(cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
                                   env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
                                   file_secret_settings: PydanticBaseSettingsSource) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
        """Arguments win over the environment, the environment over hedui.toml."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
