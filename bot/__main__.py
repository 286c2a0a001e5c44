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

_EPILOG = "Settings are read from MEGAROTH_... in the environment or in a file called .env; see .env.example."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command in ``arguments`` (default: those of the process); its exit code."""
    asked = _parser().parse_args(arguments)
    if asked.version:
        return _show_version()
    if asked.command == "calc":
        return _calc(asked)
    settings = _settings()
    if settings is None:
        return 2
    try:
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
    commands = parser.add_subparsers(dest="command", title="commands", metavar="chat | telegram | calc")
    chat = commands.add_parser("chat", help="talk to the bot in this terminal (without a command: the same)")
    chat.add_argument("--fresh", action="store_true", help="forget what was kept and start anew")
    chat.add_argument("--data", type=Path, metavar="FOLDER", help="where answers are kept, for this run")
    commands.add_parser("telegram", help="serve the bot on Telegram (needs MEGAROTH_TELEGRAM_TOKEN)")
    calc = commands.add_parser(
        "calc",
        help="work something out: facts as JSON on standard input, the result as JSON",
        description="Reads one JSON object of facts from standard input, writes the result with its worksheet as "
        "JSON. Exit status 2 if the facts cannot be used. Without a name: the list of calculations.",
    )
    calc.add_argument("what", nargs="?", help="the name of a calculation")
    which = calc.add_mutually_exclusive_group()
    which.add_argument("--schema", action="store_true", help="write the JSON schema of the facts and leave")
    which.add_argument("--example", action="store_true", help="write facts to begin with and leave")
    return parser


def _calc(asked: argparse.Namespace) -> int:
    from bot import calc
    from knowledge.core.calculations import CALCULATIONS

    if asked.what is None:
        calc.show_list(sys.stdout)
        return 0
    if asked.what not in CALCULATIONS:
        known = ", ".join(CALCULATIONS)
        print(f"There is no calculation {asked.what!r}. There are: {known}.", file=sys.stderr)
        return calc.BAD_INPUT
    if asked.schema:
        calc.write(calc.schema(CALCULATIONS[asked.what]), sys.stdout)
        return 0
    if asked.example:
        calc.write(calc.example(asked.what), sys.stdout)
        return 0
    return calc.calc(asked.what, sys.stdin, sys.stdout, sys.stderr)


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

    return chat(DialogConversation(), folder, sys.stdin, sys.stdout, fresh=fresh, level=settings.log)


def _telegram(settings: Settings) -> int:
    import asyncio

    from bot.conversation import DialogConversation
    from bot.telegram import run

    return asyncio.run(run(settings, DialogConversation()))


if __name__ == "__main__":
    sys.exit(main())
