"""Settings from hedui.toml and HEDUI_* environment variables; secrets come from the environment or a file only."""

from __future__ import annotations

from pathlib import Path

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
    min_confidence: float = 0.9
    """Links below this are leads for an identity check, never grounds of a finding."""
    database_url: str | None = None
    """Where decisions are kept; SQLite in the store when not set."""

    @classmethod
    def settings_customise_sources(cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
                                   env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
                                   file_secret_settings: PydanticBaseSettingsSource) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
        """Arguments win over the environment, the environment over hedui.toml."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
