"""Turns a second and latency of the bot as a process, through a Bot API stand-in, beside a bare echo bot.

    python -m bench.through_standin FOLDER [--python PYTHON]

FOLDER holds `strictapi.py`, a stand-in with a load generator; PYTHON is one that can run it. Three bots take the
same load, one after the other, with the same library and the same request class:

echo      one message back for each message; no state, nothing stored: what the library can do at best
runtime   the bot's runtime and storage around a conversation that only counts
bot       the whole bot

Absolute numbers depend on the machine; the ratio to the echo bot does much less.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from telegram import Bot

from bot.conversation import DialogConversation, Responded
from bot.request import AiohttpRequest
from bot.settings import Settings
from bot.telegram import run
from dialogs.events import Event
from dialogs.replies import Button, Reply
from tests.strict.server import TOKEN, Sim, free_port, listening

HERE = Path(__file__).parent


class Counter(DialogConversation):
    """A conversation that costs nothing and, like the real one, collapses a card and sends the next."""

    def respond(self, stored: str | None, event: Event) -> Responded:
        turns = int(stored or "0") + 1
        question = Reply(f"<b>Question {turns}</b>", ((Button("Yes", data=f"yes:{turns}"),),), live=True)
        return Responded(str(turns), (Reply(f"✓ {turns}", edits=True), question))

    def respond_publicly(self, event: Event) -> Responded:
        return Responded(None, ())


async def echo(settings: Settings) -> int:
    assert settings.telegram_token
    bot = Bot(
        settings.telegram_token.get_secret_value(),
        base_url=f"{settings.api_url}/bot",
        request=AiohttpRequest(),
        get_updates_request=AiohttpRequest(connections=1),
    )
    offset = 0
    sending: set[asyncio.Task[Any]] = set()
    async with bot:
        while True:
            for update in await bot.get_updates(offset, timeout=25):
                offset = update.update_id + 1
                if update.message and update.message.text:
                    task = asyncio.create_task(bot.send_message(update.message.chat.id, update.message.text))
                    sending.add(task)
                    task.add_done_callback(sending.discard)


BOTS: dict[str, Callable[[Settings], Awaitable[int]]] = {
    "echo": echo,
    "runtime": lambda settings: run(settings, Counter()),
    "bot": lambda settings: run(settings, DialogConversation()),
}


@dataclass(frozen=True)
class Load:
    folder: Path
    python: str
    people: int
    turns: int


async def measure(name: str, load: Load) -> dict[str, Any]:
    """Put one bot under the load; the report of the generator."""
    port = free_port()
    generator = await asyncio.create_subprocess_exec(
        load.python,
        str(load.folder / "strictapi.py"),
        *("--port", str(port), "--load", f"{HERE / 'policy.py'}:typing"),
        *("--users", str(load.people), "--turns", str(load.turns), "--ramp", "0.5", "--json"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    with tempfile.TemporaryDirectory(prefix="bench-") as data:
        environment = {
            **os.environ,
            "MEGAROTH_TELEGRAM_TOKEN": TOKEN,
            "MEGAROTH_API_URL": f"http://127.0.0.1:{port}",
            "MEGAROTH_DATA": data,
            "MEGAROTH_SENDS_PER_SECOND": "0",
            "MEGAROTH_LOG": "WARNING",
        }
        async with aiohttp.ClientSession() as session:
            await listening(Sim(f"http://127.0.0.1:{port}", session), generator)
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.through_standin", "--be", name),
            env=environment,
            cwd=HERE.parent,
            stderr=asyncio.subprocess.PIPE,
        )
        logging = asyncio.create_task(bot.communicate())
        output, _ = await generator.communicate()
        bot.send_signal(signal.SIGTERM)
        _, log = await logging
    report: dict[str, Any] = json.loads(output)
    report["errors"]["errors logged"] = log.count(b" ERROR ")
    return report


async def compare(load: Load) -> None:
    print(f"{load.people} people, {load.turns} turns each, closed loop")
    print(
        f"{'bot':9}{'turns/s':>9}{'calls/s':>9}{'p50 ms':>8}{'p95 ms':>8}{'p99 ms':>8}{'of echo':>9}  trouble"
    )
    reference = 0.0
    for name in BOTS:
        report = await measure(name, load)
        reference = reference or report["turns_per_s"]
        latency = report["first_reply_ms"]
        trouble = {what: times for what, times in {**report["timeouts"], **report["errors"]}.items() if times}
        print(
            f"{name:9}{report['turns_per_s']:9.0f}{report['api_calls_per_s']:9.0f}"
            f"{latency['p50']:8.1f}{latency['p95']:8.1f}{latency['p99']:8.1f}"
            f"{report['turns_per_s'] / reference:9.2f}  {trouble or '-'}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the bot through a stand-in of the Bot API.")
    parser.add_argument("folder", type=Path, nargs="?", default=os.environ.get("STRICTAPI"))
    parser.add_argument("--python", default=os.environ.get("STRICTAPI_PYTHON", sys.executable))
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--turns", type=int, default=40)
    parser.add_argument("--be", choices=BOTS, help=argparse.SUPPRESS)
    wishes = parser.parse_args()
    if wishes.be:
        return asyncio.run(_be(BOTS[wishes.be]))
    if wishes.folder is None:
        parser.error("name the folder of strictapi.py")
    asyncio.run(compare(Load(wishes.folder, wishes.python, wishes.people, wishes.turns)))
    return 0


async def _be(bot: Callable[[Settings], Awaitable[int]]) -> int:
    return await bot(Settings())


if __name__ == "__main__":
    sys.exit(main())
