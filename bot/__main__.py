"""The command line: ``megaroth``, or ``python -m bot``.

What a command does not need it does not import, so that the terminal answers at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings
    from knowledge.search import Searching

_EPILOG = "Settings are read from MEGAROTH_... in the environment or in a file called .env; see .env.example."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command in ``arguments`` (default: those of the process); its exit code."""
    asked = _parser().parse_args(arguments)
    if asked.version:
        return _show_version()
    try:
        if asked.command == "calc":
            return _calc(asked)
        if asked.command == "ask":
            return _ask(asked)
        settings = _settings()
        if settings is None:
            return 2
        if asked.command == "gaps":
            return _gaps(asked, asked.data or settings.data)
        if asked.command == "telegram":
            return _telegram(settings)
        return _chat(settings, asked.data or settings.data, fresh=asked.fresh)
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="megaroth",
        description="A chatbot about the Mega Backdoor Roth: does my plan allow it, and how much room do I have?",
        epilog=_EPILOG,
    )
    parser.add_argument("--version", action="store_true", help="show the version and leave")
    parser.set_defaults(fresh=False, data=None)
    commands = parser.add_subparsers(
        dest="command", title="commands", metavar="chat | telegram | ask | gaps | calc"
    )
    chat = commands.add_parser("chat", help="talk to the bot in this terminal (without a command: the same)")
    chat.add_argument("--fresh", action="store_true", help="forget what was kept and start anew")
    chat.add_argument("--data", type=Path, metavar="FOLDER", help="where answers are kept, for this run")
    commands.add_parser("telegram", help="serve the bot on Telegram (needs MEGAROTH_TELEGRAM_TOKEN)")
    ask = commands.add_parser(
        "ask",
        help="answer a question and leave",
        description="Answers one question as the chat would, or with --jsonl many: reads lines of JSON with id and "
        "question from standard input, and writes a line with the topic, up to three candidates and the answer for each.",
        epilog="Exit status: 0 if it was answered or every line was read, 1 if there is no answer or it could not be "
        "written, 2 if a line cannot be used (standard error names it). No settings are needed.",
    )
    ask.add_argument("question", nargs="*", help="the words of the question")
    ask.add_argument("--jsonl", action="store_true", help="answer lines of JSON")
    gaps = commands.add_parser(
        "gaps",
        help="list the questions that had no answer",
        description="Lists the questions that had no answer, most frequent first: how often, the last day, a fingerprint "
        "that questions with the same words have in common, and the words that people agreed to send.",
        epilog="Exit status: 0 if that is done, also when there is nothing; 1 if the list could not be written; "
        "2 if there is something to put right. The bot may run meanwhile.",
    )
    gaps.add_argument("--data", type=Path, metavar="FOLDER", help="where the database is, for this run")
    what = gaps.add_mutually_exclusive_group()
    what.add_argument("--jsonl", action="store_true", help="write one JSON object a line")
    what.add_argument("--forget", metavar="FINGERPRINT", help="remove one, once it is answered, and leave")
    calc = commands.add_parser(
        "calc",
        help="work something out: facts as JSON on standard input, the result as JSON",
        description="Reads one JSON object of facts from standard input and writes the result with its worksheet. "
        "Without a name: the list of calculations.",
        epilog="Exit status: 0 if it was worked out, 2 if the facts cannot be used (standard error names each one), "
        "1 if the answer could not be written. No settings are needed. For example: "
        "megaroth calc room --example | megaroth calc room --text",
    )
    calc.add_argument("what", nargs="?", help="the name of a calculation")
    which = calc.add_mutually_exclusive_group()
    for shown, words in (
        ("text", "write the worksheet as text instead of JSON"),
        ("schema", "write the JSON schema of the facts and leave"),
        ("example", "write facts to begin with and leave"),
    ):
        which.add_argument(f"--{shown}", dest="shown", action="store_const", const=shown, help=words)
    return parser


def _ask(asked: argparse.Namespace) -> int:
    from datetime import date

    from bot.ask import ask, ask_lines

    if bool(asked.question) == asked.jsonl:
        print("Give a question, or --jsonl and lines on standard input.", file=sys.stderr)
        return 2
    if asked.jsonl:
        return ask_lines(sys.stdin.buffer if sys.stdin else (), date.today(), sys.stdout, sys.stderr)
    return ask(" ".join(asked.question), date.today(), sys.stdout)


def _gaps(asked: argparse.Namespace, folder: Path) -> int:
    from bot.gaps import show
    from bot.sqlite_store import DATABASE

    return show(folder / DATABASE, sys.stdout, as_json=asked.jsonl, forgotten=asked.forget)


def _calc(asked: argparse.Namespace) -> int:
    from bot.calc import calc

    given = sys.stdin.buffer if sys.stdin else None
    return calc(asked.what, asked.shown, given, sys.stdout, sys.stderr)


def _show_version() -> int:
    from importlib.metadata import version

    print(f"megaroth {version('megaroth')}")
    return 0


def _settings() -> Settings | None:
    """Read the settings; None, with a line on standard error, when they make no sense."""
    from pydantic import ValidationError

    from bot.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        # Neither the value nor the whole error may be shown: one of the settings is a secret.
        wrong = (f"MEGAROTH_{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors())
        reason = "; ".join(wrong)
    except (OSError, UnicodeError):
        reason = "The file .env cannot be read"
    print(f"The settings cannot be used. {reason}.", file=sys.stderr)
    return None


def _chat(settings: Settings, folder: Path, *, fresh: bool) -> int:
    from bot.conversation import DialogConversation
    from bot.terminal import chat

    conversation = DialogConversation(router=_router(settings))
    return chat(conversation, folder, sys.stdin, sys.stdout, fresh=fresh, level=settings.log)


def _telegram(settings: Settings) -> int:
    import asyncio

    from bot.conversation import DialogConversation
    from bot.telegram import run

    return asyncio.run(run(settings, DialogConversation(router=_router(settings))))


def _router(settings: Settings) -> Searching | None:
    """The router of the settings, its warnings on standard error; None, and nothing imported, without one."""
    if not settings.router_url:
        return None
    from bot import logs
    from bot.router import router_of

    logs.configure(settings.log)
    return router_of(settings)


if __name__ == "__main__":
    sys.exit(main())
