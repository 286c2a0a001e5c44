"""Who takes part in a check: the bot as a process, people in its chats, and a person at a terminal.

Nobody waits for a time, everybody for a condition: a turn is over when the bot has confirmed every update, its
database has nothing left to send, and every tap is answered.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tests import seen
from tests.strict.server import PATIENCE, TOKEN, Json, Sim

ROOT = Path(__file__).parents[2]


async def until(true: Callable[[], Awaitable[object]], what: str, seconds: float = PATIENCE) -> None:
    """Wait for a condition. Raises TimeoutError that names it."""
    end = time.monotonic() + seconds
    while not await true():
        if time.monotonic() > end:
            raise TimeoutError(what)
        await asyncio.sleep(0.01)


@dataclass
class Bot:
    """The bot's process, what it stores and what it logs."""

    sim: Sim
    process: asyncio.subprocess.Process
    folder: Path
    log: Path

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Ask the bot's database."""
        with closing(sqlite3.connect(self.folder / "megaroth.sqlite3")) as database:
            return database.execute(query).fetchall()

    async def idle(self) -> None:
        """Wait until nothing is left to do: no update, no reply."""
        await until(self._is_idle, "the bot to finish")

    async def _is_idle(self) -> bool:
        assert self.process.returncode is None, self.log.read_text()
        state = await self.sim.ask("bot_state")
        if state["pending"] or not state["polling"]:
            return False
        return self.rows("SELECT count(*) FROM outbox WHERE sent IS NULL") == [(0,)]

    async def stop(self) -> int:
        """Ask the process to end; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), PATIENCE)


@asynccontextmanager
async def running(
    sim: Sim, folder: Path, day: date | None = None, *, per_second: int = 0, module: str = ""
) -> AsyncIterator[Bot]:
    """The bot, as the operator starts it, or on a fixed ``day``; it polls when this gives it, and stops cleanly.

    ``module`` is another program that serves a conversation of its own.
    """
    environment = {
        **os.environ,
        "MEGAROTH_TELEGRAM_TOKEN": TOKEN,
        "MEGAROTH_API_URL": sim.url,
        "MEGAROTH_DATA": str(folder),
        "MEGAROTH_SENDS_PER_SECOND": str(per_second),
        "MEGAROTH_LOG": "DEBUG",
    }
    program = (module or "bot",) if day is None else ("tests.on", day.isoformat())
    log = folder.with_suffix(".log")
    with log.open("ab") as written:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *program, "telegram"),
            env=environment,
            cwd=ROOT,
            stdout=written,
            stderr=written,
        )
    bot = Bot(sim, process, folder, log)
    try:
        before = await sim.polls()
        await until(lambda: _begun(bot, before), "the bot to poll")
        yield bot
        if process.returncode is None:
            assert await bot.stop() == 0, log.read_text()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _begun(bot: Bot, polls: int) -> bool:
    assert bot.process.returncode is None, bot.log.read_text()
    return await bot.sim.polls() > polls


@dataclass
class Person:
    """Somebody in a chat: a private one, or the group ``chat``."""

    bot: Bot
    number: int
    chat: int = 0
    said: list[str] = field(default_factory=list)
    _read: int = 0

    async def does(self, step: str) -> list[str]:
        """Type ``step``, or tap it when it is a ``[label]``; what is seen when the turn is over."""
        if step.startswith("["):
            await self.taps(step[1:-1])
        else:
            await self.says(step)
        return await self.sees()

    async def says(self, text: str, **how: object) -> int:
        """Type ``text``; the number of the message."""
        self.said.append(text)
        message: int = (await self._act("send", text=text, **how))["message_id"]
        return message

    async def sends(self, **message: object) -> None:
        """Send something that is no text."""
        await self._act("send", message=message)

    async def edits(self, message: int, text: str) -> None:
        self.said.append(text)
        await self._act("edit", message_id=message, text=text)

    async def taps(self, label: str, message: int | None = None) -> Json:
        """Tap the newest button with this label, or the one on ``message``, and wait for its answer."""
        tap = await self._act("tap", target=label, **({} if message is None else {"message_id": message}))
        if tap["type"] == "callback":
            answer = await self._ask("wait", after=tap["seq"], kinds="bot_answer", timeout=PATIENCE)
            assert answer, f"the tap on {label!r} was not answered"
        return tap

    async def events(self) -> list[Json]:
        """Everything that happened in the chat."""
        found: list[Json] = await self._ask("events", after=0)
        return found

    async def shown(self) -> list[Json]:
        """What the bot sent or edited since the last time, when all is done."""
        await self.bot.idle()
        events = [event for event in await self.events() if event["seq"] > self._read]
        self._read = max((event["seq"] for event in events), default=self._read)
        return [event for event in events if event["kind"].startswith("bot_")]

    async def sees(self) -> list[str]:
        """The same as `tests.seen` writes it."""
        events = await self.shown()
        toasts = [event["text"] or "" for event in events if event["kind"] == "bot_answer"]
        cards = [(event["text"], labels(event)) for event in events if event["kind"] != "bot_answer"]
        return seen.of_messages(cards, "".join(toasts))

    async def showing(self) -> list[Json]:
        """The messages of the chat as they look now."""
        messages: list[Json] = (await self._ask("chat"))["messages"]
        return messages

    async def _act(self, call: str, **how: object) -> Json:
        where = {"chat": self.chat} if self.chat else {}
        done: Json = await self.bot.sim.ask(call, user=self.number, **where, **how)
        return done

    async def _ask(self, call: str, **how: object) -> Any:
        where = {"chat": self.chat} if self.chat else {"user": self.number}
        return await self.bot.sim.ask(call, **where, **how)


def labels(event: Json) -> list[str]:
    """The labels of the buttons of an event or a message."""
    return [button["text"] for button in itertools.chain.from_iterable(event.get("buttons") or [])]


@dataclass
class Terminal:
    """The same person at ``python -m bot chat``, by pipe."""

    process: asyncio.subprocess.Process
    _numbers: dict[str, int] = field(default_factory=dict)

    async def does(self, step: str) -> list[str]:
        """Type ``step``, or the number of the button when it is a ``[label]``; what is printed for it."""
        if step.startswith("["):
            step = f"#{self._numbers[step[1:-1]]}"
        return await self._turn(f"{step}\n", f"> {step}\n")

    async def opens(self) -> list[str]:
        """What the terminal says before anything is typed."""
        return await self._turn("", "")

    async def _turn(self, typed: str, echo: str) -> list[str]:
        """Type, and then a button that there never is: where its echo begins, the turn before it is over."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{typed}#0\n".encode())
        output = (await self._until(b"> #0\n")).removeprefix(echo)
        await self._until(b"\n\n")
        self._numbers.update(seen.numbered(output))
        return seen.of_terminal(output)

    async def _until(self, end: bytes) -> str:
        assert self.process.stdout
        printed = await asyncio.wait_for(self.process.stdout.readuntil(end), PATIENCE)
        return printed.removesuffix(end).decode()


@asynccontextmanager
async def terminal(folder: Path, day: date) -> AsyncIterator[Terminal]:
    """``python -m bot chat`` on a fixed ``day``; it ends cleanly."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.on", day.isoformat(), "chat", "--data", str(folder)),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Terminal(process)
        assert process.stdin
        process.stdin.close()
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def leaks(log: str, said: list[str]) -> list[str]:
    """What of ``said`` is in the log: words of people long enough not to be there by chance, and the token."""
    words = {text for text in said if len(text) > 5 and not re.fullmatch(r"/\w+", text)}
    return [text for text in (*sorted(words), TOKEN.partition(":")[2]) if text in log]
