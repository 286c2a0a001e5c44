"""What the operator can decide: the environment, or a `.env` file beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting is read from ``MEGAROTH_<NAME>``; the environment wins over `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="MEGAROTH_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    telegram_token: SecretStr | None = None
    """The secret that @BotFather gives out; needed by ``telegram`` alone."""
    api_url: str = "https://api.telegram.org"
    """Where the Bot API answers; a local Bot API server or a stand-in can be named here."""
    data: Path = Field(default_factory=lambda: user_data_path("megaroth"))
    """The folder that holds the database, and what the terminal keeps."""
    sends_per_second: int = Field(default=30, ge=0)
    """How many messages a second the whole bot may send; 0 lifts the limit."""
    log: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least serious level that is logged."""
