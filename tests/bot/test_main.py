from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from bot import conversation, telegram, terminal
from bot.__main__ import main
from bot.conversation import Conversation
from bot.gaps import note
from bot.settings import Settings
from bot.sqlite_store import DATABASE, connect
from dialogs.events import Command
from dialogs.gaps import Gap

CANARY = "987654321:AAcanaryCANARYcanary_CANARY-canaryCANAR"


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Start from nothing: no `.env`, no variables of the person who runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MEGAROTH_{name.upper()}", raising=False)
    monkeypatch.setenv("MEGAROTH_DATA", str(tmp_path / "data"))


@pytest.fixture
def chats(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """How the terminal was called."""
    calls: list[dict[str, Any]] = []

    def chat(_talk: Conversation, folder: Path, *_: object, **options: object) -> int:
        calls.append({"folder": folder, **options})
        return 7

    monkeypatch.setattr(terminal, "chat", chat)
    return calls


@pytest.mark.parametrize(
    ("arguments", "folder", "fresh"),
    [
        ([], "data", False),
        (["chat"], "data", False),
        (["chat", "--fresh"], "data", True),
        (["chat", "--data", "other"], "other", False),
    ],
)
def test_chat(
    tmp_path: Path, chats: list[dict[str, Any]], arguments: list[str], folder: str, fresh: bool
) -> None:
    assert main(arguments) == 7
    assert [{**call, "folder": tmp_path / call["folder"]} for call in chats] == [
        {"folder": tmp_path / folder, "fresh": fresh, "level": "INFO"}
    ]


@pytest.mark.parametrize("where", ["data", "other"])
def test_gaps(tmp_path: Path, capsys: pytest.CaptureFixture[str], where: str) -> None:
    options = [] if where == "data" else ["--data", where]
    assert main(["gaps", *options]) == 0
    assert capsys.readouterr().out.startswith("No question is open in ")
    with connect(tmp_path / where / DATABASE) as database:
        note(database, Gap("1a2b3c4d5e", date(2026, 7, 1), "what is a banana?"))
    assert main(["gaps", *options]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["    1  2026-07-01  1a2b3c4d5e   what is a banana?"]
    assert main(["gaps", "--jsonl", *options]) == 0
    assert json.loads(capsys.readouterr().out)["texts"] == ["what is a banana?"]
    assert main(["gaps", "--forget", "1a2b3c4d5e", *options]) == 0
    assert capsys.readouterr() == ("Forgotten: 1a2b3c4d5e.\n", "")
    assert main(["gaps", "--forget", "1a2b3c4d5e", *options]) == 2
    assert capsys.readouterr() == ("", "No open question has the fingerprint 1a2b3c4d5e.\n")


def test_a_list_of_gaps_that_nobody_reads_to_its_end(tmp_path: Path) -> None:
    with connect(tmp_path / "data" / DATABASE) as database:
        note(database, Gap("1a2b3c4d5e", date(2026, 7, 1)))
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "gaps"], stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


def test_telegram_gives_the_exit_code_of_the_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(settings: Settings, talk: Conversation) -> int:
        assert isinstance(talk, conversation.DialogConversation)
        return settings.sends_per_second

    monkeypatch.setattr(telegram, "run", run)
    monkeypatch.setenv("MEGAROTH_SENDS_PER_SECOND", "3")
    assert main(["telegram"]) == 3


def test_telegram_without_a_token_says_how_to_get_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["telegram"]) == 2
    assert capsys.readouterr().err.strip() == telegram.NO_TOKEN


def interrupted(**_: object) -> None:
    raise KeyboardInterrupt


def test_ctrl_c_while_starting_is_no_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(conversation, "DialogConversation", interrupted)
    assert main(["chat"]) == 130
    assert capsys.readouterr() == ("", "")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"megaroth {version('megaroth')}\n"


def test_as_a_module(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["megaroth", "--version"])
    monkeypatch.delitem(sys.modules, "bot.__main__")
    with pytest.raises(SystemExit, match="0"):
        runpy.run_module("bot", run_name="__main__")
    assert capsys.readouterr().out.startswith("megaroth ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--help"], ["usage: megaroth", "chat", "telegram", "--version", "MEGAROTH_", ".env"]),
        (["chat", "--help"], ["usage: megaroth chat", "--fresh", "--data FOLDER"]),
        (["telegram", "--help"], ["usage: megaroth telegram"]),
        (["gaps", "--help"], ["usage: megaroth gaps", "--jsonl", "--forget FINGERPRINT", "--data FOLDER"]),
    ],
)
def test_help(capsys: pytest.CaptureFixture[str], arguments: list[str], words: list[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(arguments)
    text = capsys.readouterr().out
    assert [word for word in words if word not in text] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["talk"],
        ["chat", "--data"],
        ["telegram", "--fresh"],
        ["--nothing"],
        ["gaps", "--jsonl", "--forget", "aa"],
    ],
)
def test_what_is_no_command_is_refused(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "usage: megaroth" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["chat", "telegram"])
def test_a_setting_that_makes_no_sense_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.setenv("MEGAROTH_LOG", CANARY)
    monkeypatch.setenv("MEGAROTH_SENDS_PER_SECOND", "many")
    monkeypatch.setenv("MEGAROTH_TELEGRAM_TOKEN", CANARY)
    assert main([command]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert error.count("\n") == 1
    assert "MEGAROTH_LOG: Input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'" in error
    assert "MEGAROTH_SENDS_PER_SECOND: Input should be a valid integer" in error
    assert "canary" not in error


@pytest.mark.parametrize("command", ["chat", "telegram"])
def test_a_router_without_a_model_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.setenv("MEGAROTH_ROUTER_URL", "https://router.example/v1?key=canary")
    assert main([command]) == 2
    assert capsys.readouterr().err == (
        "The settings cannot be used. MEGAROTH_ROUTER_MODEL: MEGAROTH_ROUTER_URL needs the name of a model here.\n"
    )


@pytest.mark.parametrize("command", ["chat", "telegram"])
@pytest.mark.parametrize("url", ["", "http://localhost:1/v1"])
def test_there_is_a_router_where_the_settings_ask_for_one(
    monkeypatch: pytest.MonkeyPatch, command: str, url: str
) -> None:
    talks: list[Conversation] = []

    async def run(_settings: Settings, talk: Conversation) -> int:
        talks.append(talk)
        return 0

    def chat(talk: Conversation, *_: object, **__: object) -> int:
        talks.append(talk)
        return 0

    monkeypatch.setattr(telegram, "run", run)
    monkeypatch.setattr(terminal, "chat", chat)
    monkeypatch.setenv("MEGAROTH_ROUTER_URL", url)
    monkeypatch.setenv("MEGAROTH_ROUTER_MODEL", "small")
    assert main([command]) == 0
    (talk,) = talks
    assert ("language model" in told(talk.respond(None, Command("privacy")))) == bool(url)


def told(said: conversation.Responded) -> str:
    return "\n".join(str(reply.html) for reply in said.replies)


def test_an_env_file_that_cannot_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\n")
    assert main(["chat"]) == 2
    assert capsys.readouterr().err == "The settings cannot be used. The file .env cannot be read.\n"


def python(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        input=typed,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_real_conversation_in_a_pipe(tmp_path: Path) -> None:
    folder = str(tmp_path / "kept")
    for _ in range(2):
        done = python("-m", "bot", "chat", "--data", folder, typed="/start\n")
        assert (done.returncode, done.stderr) == (0, "")
        assert "Traceback" not in done.stdout
        assert "> /start\n" in done.stdout
        assert "Mega Backdoor Roth" in done.stdout


def test_the_terminal_waits_for_nothing_that_only_telegram_needs(tmp_path: Path) -> None:
    program = (
        "import sys; from bot.__main__ import main; main(['chat', '--data', sys.argv[1]]);"
        "print({'telegram', 'aiohttp', 'httpx', 'sqlite_utils', 'structlog'} & set(sys.modules))"
    )
    done = python("-c", program, str(tmp_path))
    assert done.stdout.endswith("set()\n"), done
