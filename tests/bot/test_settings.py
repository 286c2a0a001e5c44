from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Start from nothing: no `.env`, no variables of the person who runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MEGAROTH_{name.upper()}", raising=False)


def test_it_runs_without_any_setting() -> None:
    settings = Settings()
    assert settings.telegram_token is None
    assert settings.api_url == "https://api.telegram.org"
    assert settings.data.name == "megaroth"
    assert settings.sends_per_second == 30
    assert settings.log == "INFO"
    assert (settings.router_url, settings.router_model, settings.router_key) == ("", "", None)


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MEGAROTH_LOG=DEBUG\nMEGAROTH_SENDS_PER_SECOND=5\nOTHER=1\n")
    monkeypatch.setenv("MEGAROTH_SENDS_PER_SECOND", "0")
    assert (Settings().log, Settings().sends_per_second) == ("DEBUG", 0)


def test_the_token_does_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEGAROTH_TELEGRAM_TOKEN", "123:canary")
    assert "canary" not in repr(Settings())


def test_what_may_hold_a_key_of_the_router_does_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEGAROTH_ROUTER_URL", "https://router.example/v1?key=canary")
    monkeypatch.setenv("MEGAROTH_ROUTER_MODEL", "small")
    monkeypatch.setenv("MEGAROTH_ROUTER_KEY", "canary")
    assert "canary" not in repr(Settings())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOG", "LOUD"),
        ("SENDS_PER_SECOND", "-1"),
        ("ROUTER_URL", "localhost:11434/v1"),
        ("ROUTER_URL", "ftp://router.example"),
        ("ROUTER_URL", "http://"),
        ("ROUTER_URL", "http://[::1"),
        ("ROUTER_KEY", "k€y"),
        ("ROUTER_KEY", "two\nlines"),
    ],
)
def test_nonsense_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv("MEGAROTH_ROUTER_MODEL", "small")
    monkeypatch.setenv(f"MEGAROTH_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_the_example_names_every_setting_and_changes_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    example = (ROOT / ".env.example").read_text()
    assert {name.lower() for name in re.findall(r"^MEGAROTH_(\w+)=", example, re.M)} == set(
        Settings.model_fields
    )
    (tmp_path / ".env").write_text(example)
    from_example = Settings()
    (tmp_path / ".env").unlink()
    assert from_example == Settings()
    assert all(line == "" or line[0] == "#" or "=" in line for line in example.splitlines())
