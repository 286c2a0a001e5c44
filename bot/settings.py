"""What the operator can decide: the environment, or a `.env` file beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
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
    router_url: str = Field(default="", repr=False)
    """The base URL of a language model that may name an explainer; empty: none is asked. Its query may be a secret."""
    router_model: str = ""
    """The name of that model; needed with the URL."""
    router_key: SecretStr | None = None
    """The key for that service, if it wants one."""

    @field_validator("router_url")
    @classmethod
    def _usable_url(cls, url: str) -> str:
        if url:
            import httpx  # slow to import, and needed only where there is a URL

            try:
                read = httpx.URL(url)
            except httpx.InvalidURL:
                read = httpx.URL()
            if read.scheme not in ("http", "https") or not read.host:
                raise PydanticCustomError("url", "Input should be a URL such as http://localhost:11434/v1")
        return url

    @field_validator("router_model")
    @classmethod
    def _named_with_the_url(cls, model: str, info: ValidationInfo) -> str:
        if info.data.get("router_url") and not model.strip():
            raise PydanticCustomError("model", "MEGAROTH_ROUTER_URL needs the name of a model here")
        return model

    @field_validator("router_key")
    @classmethod
    def _fit_for_a_header(cls, key: SecretStr | None) -> SecretStr | None:
        if key and not (key.get_secret_value().isascii() and key.get_secret_value().strip().isprintable()):
            raise PydanticCustomError("key", "Input should be printable ASCII characters")
        return key
