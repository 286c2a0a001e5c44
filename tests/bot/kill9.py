"""Kill the bot at random instants while people talk to it, and see that nothing is lost or counted twice.

    python -m tests.bot.kill9                          # 50 people, 20 kills, against the stand-in of the tests
    python -m tests.bot.kill9 --strictapi FOLDER       # against strictapi.py in FOLDER (or STRICTAPI=FOLDER)

The bot is a process of its own and is killed with SIGKILL: while it starts, takes updates, commits or sends.
People type words (up to three at once) and press buttons, wait for the replies, and go on for as long as there
are kills to come. The conversation keeps every word it hears in order, so that afterwards each session must be
exactly what its person said. A reply may be shown twice; it may not be missing. The exit code is 0 when all of
that holds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import sqlite3
import sys
import tempfile
import time
from abc import abstractmethod
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

from tests.bot.standin import TOKEN, Person, StandIn
from tests.strict import server
from tests.strict.server import Sim, strictapi

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0  # seconds to wait for one reply


# What Telegram says to the second try of something whose first try succeeded just before a kill; and of a tap whose
# turn was kept when the bot was killed, while the answer that stops its spinner was not yet on its way.
EXPECTED = re.compile("message is not modified|query is too old|a tap was not answered")


class Somebody(Protocol):
    """A person: can type, press, and wait for a card."""

    @abstractmethod
    async def types(self, text: str) -> None: ...

    @abstractmethod
    async def presses(self, data: str) -> None: ...

    @abstractmethod
    async def hears(self, words: str) -> None:
        """Wait until a card shown since the beginning holds ``words``."""

    @abstractmethod
    async def cards(self) -> list[str]:
        """Every new message the person was sent, in order."""


class Messenger(Protocol):
    """What stands in for Telegram."""

    url: str
    token: str

    @abstractmethod
    async def meet(self, number: int) -> Somebody: ...

    @abstractmethod
    async def polled(self) -> None:
        """Wait until the bot asks for updates."""

    @abstractmethod
    async def complaints(self) -> list[str]:
        """List what the bot did wrong by the rules of the Bot API."""


@dataclass
class OwnSomebody:
    person: Person

    async def types(self, text: str) -> None:
        self.person.send(text)

    async def presses(self, data: str) -> None:
        self.person.press(data)

    async def hears(self, words: str) -> None:
        cards = self.person.chat.cards
        checked = 0

        def heard() -> bool:
            nonlocal checked
            new, checked = cards[checked:], len(cards)
            return any(words in card.text for card in new)

        await self.person.telegram.until(heard, PATIENCE)

    async def cards(self) -> list[str]:
        return [card.text for card in self.person.chat.cards if not card.edited]


class OwnMessenger:
    """The stand-in of the tests, in this process."""

    token = TOKEN

    def __init__(self, telegram: StandIn) -> None:
        self._telegram = telegram
        self.url = telegram.url

    async def meet(self, number: int) -> Somebody:
        return OwnSomebody(self._telegram.person(number))

    async def polled(self) -> None:
        before = self._telegram.polls
        await self._telegram.until(lambda: self._telegram.polls > before, PATIENCE)

    async def complaints(self) -> list[str]:
        return self._telegram.violations


@dataclass
class StrictSomebody:
    sim: Sim
    number: int
    read: int = 0
    heard: list[str] = field(default_factory=list)

    async def types(self, text: str) -> None:
        await self.sim.ask("send", user=self.number, text=text)

    async def presses(self, data: str) -> None:
        await self.sim.ask("tap", user=self.number, target=data)

    async def hears(self, words: str) -> None:
        end = time.monotonic() + PATIENCE
        while not any(words in text for text in self.heard):
            if time.monotonic() > end:
                raise TimeoutError(f"{self.number} never heard {words!r}")
            event = await self.sim.ask("wait", user=self.number, after=self.read, timeout=5)
            if event:
                self.read = event["seq"]
                self.heard.append(event["text"])

    async def cards(self) -> list[str]:
        events = await self.sim.ask("events", user=self.number)
        return [event["text"] for event in events if event["kind"] == "bot_message"]


class StrictMessenger:
    """strictapi as a process of its own, spoken to over HTTP."""

    token = server.TOKEN

    def __init__(self, sim: Sim) -> None:
        self._sim = sim
        self.url = sim.url

    async def meet(self, number: int) -> Somebody:
        await self._sim.ask("user", id=number, first_name=f"P{number}")
        return StrictSomebody(self._sim, number)

    async def polled(self) -> None:
        before = await self._sim.polls()
        end = time.monotonic() + PATIENCE
        while await self._sim.polls() <= before:
            if time.monotonic() > end:
                raise TimeoutError("the bot does not poll")
            await asyncio.sleep(0.02)

    async def complaints(self) -> list[str]:
        found = await self._sim.ask("violations", severity="error")
        return [f"{one['method']}: {one['detail']}" for one in found if not EXPECTED.search(one["detail"])]


@asynccontextmanager
async def own() -> AsyncIterator[Messenger]:
    async with StandIn() as telegram:
        yield OwnMessenger(telegram)


@asynccontextmanager
async def strict(folder: Path, python: str) -> AsyncIterator[Messenger]:
    async with strictapi(folder, python) as sim:
        yield StrictMessenger(sim)


@dataclass
class Talker:
    """One person's side of the conversation."""

    somebody: Somebody
    dice: random.Random
    said: list[str] = field(default_factory=list)

    async def talk(self, enough: asyncio.Event) -> None:
        """Go on until ``enough`` is set, and then a little more: everybody can go on."""
        while not enough.is_set():
            await self.step()
        for _ in range(3):
            await self.step()

    async def step(self) -> None:
        if self.said and self.dice.random() < 0.3:
            words = [f"yes{len(self.said)}"]
            await self.somebody.presses(words[0])
        else:
            words = [f"w{len(self.said) + n + 1}" for n in range(self.dice.randint(1, 3))]
            for word in words:
                await self.somebody.types(word)
        self.said += words
        for word in words:
            await self.somebody.hears(f"got {word},")


@dataclass(frozen=True)
class Report:
    people: int
    kills: int
    seconds: float
    transitions: int
    lost: int
    doubled: int
    out_of_order: int
    replies_missing: int
    replies_shown_twice: int
    left_in_outbox: int
    stuck: list[str]
    """People who could not go on, and why."""
    complaints: list[str]

    @property
    def good(self) -> bool:
        wrong = self.lost, self.doubled, self.out_of_order, self.replies_missing, self.left_in_outbox
        return not any(wrong) and not self.stuck and not self.complaints and self.transitions > 0


async def experiment(messenger: Messenger, folder: Path, people: int, kills: int, seed: int) -> Report:
    dice = random.Random(seed)
    started = time.monotonic()
    talkers = [
        Talker(await messenger.meet(1000 + number), random.Random(seed * 1000 + number))
        for number in range(people)
    ]
    enough = asyncio.Event()
    talking = asyncio.gather(*(talker.talk(enough) for talker in talkers), return_exceptions=True)
    bots: list[asyncio.subprocess.Process] = []
    killing = asyncio.create_task(massacre(messenger, folder, kills, dice, bots))
    try:
        await asyncio.wait((talking, killing), return_when=asyncio.FIRST_COMPLETED)
        await killing
        enough.set()
        stuck = [repr(outcome) for outcome in await talking if outcome is not None]
        bots[-1].send_signal(signal.SIGTERM)
        if await bots[-1].wait() != 0:
            raise RuntimeError("the bot did not stop cleanly")
    finally:
        talking.cancel()
        killing.cancel()
        await asyncio.gather(talking, killing, return_exceptions=True)
        for bot in bots:
            if bot.returncode is None:
                bot.kill()
                await bot.wait()
    return await judge(messenger, folder, talkers, kills, time.monotonic() - started, stuck)


async def massacre(
    messenger: Messenger,
    folder: Path,
    kills: int,
    dice: random.Random,
    bots: list[asyncio.subprocess.Process],
) -> None:
    """Start the bot and kill it, again and again; the last of ``bots`` lives."""
    for _ in range(kills):
        bots.append(await spawn(messenger, folder))
        if dice.random() < 0.8:
            await messenger.polled()
            await asyncio.sleep(dice.uniform(0, 0.7))
        else:  # while it starts
            await asyncio.sleep(dice.uniform(0, 1.0))
        bots[-1].kill()
        await bots[-1].wait()
    bots.append(await spawn(messenger, folder))
    await messenger.polled()


async def spawn(messenger: Messenger, folder: Path) -> asyncio.subprocess.Process:
    environment = {
        **os.environ,
        "MEGAROTH_TELEGRAM_TOKEN": messenger.token,
        "MEGAROTH_API_URL": messenger.url,
        "MEGAROTH_DATA": str(folder),
        "MEGAROTH_SENDS_PER_SECOND": "0",
        "MEGAROTH_LOG": "ERROR",
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bot.serve", env=environment, cwd=ROOT
    )


async def judge(
    messenger: Messenger, folder: Path, talkers: list[Talker], kills: int, seconds: float, stuck: list[str]
) -> Report:
    database = sqlite3.connect(folder / "megaroth.sqlite3")
    sessions = {chat: json.loads(text) for chat, text in database.execute("SELECT chat, session FROM chats")}
    (left,) = database.execute("SELECT count(*) FROM outbox WHERE sent IS NULL").fetchone()
    database.close()
    lost = doubled = mixed = missing = twice = 0
    for number, talker in enumerate(talkers):
        kept: list[str] = sessions.get(1000 + number, [])
        lost += len(set(talker.said) - set(kept))
        doubled += len(kept) - len(set(kept))
        mixed += sorted(kept) == sorted(talker.said) and kept != talker.said
        cards = Counter(await talker.somebody.cards())
        replies = [f"got {word}, next?" for word in talker.said]
        missing += sum(not cards[reply] for reply in replies)
        twice += sum(cards[reply] > 1 for reply in replies)
    return Report(
        len(talkers),
        kills,
        round(seconds, 1),
        sum(len(talker.said) for talker in talkers),
        lost,
        doubled,
        mixed,
        missing,
        twice,
        left,
        stuck,
        await messenger.complaints(),
    )


async def main(arguments: argparse.Namespace) -> int:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kill9-")))
        place = strict(arguments.strictapi, arguments.python) if arguments.strictapi else own()
        messenger = await stack.enter_async_context(place)
        report = await experiment(messenger, folder, arguments.people, arguments.kills, arguments.seed)
    print(json.dumps({"seed": arguments.seed, **asdict(report)}, indent=1))
    return 0 if report.good else 1


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Kill the bot, see that nothing is lost.")
    found = os.environ.get("STRICTAPI")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--strictapi", type=Path, default=Path(found) if found else None, help="its folder")
    parser.add_argument(
        "--python",
        default=os.environ.get("STRICTAPI_PYTHON", sys.executable),
        help="the Python that runs strictapi",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(parsed())))
