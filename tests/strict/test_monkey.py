"""Two hundred people do anything at all with the bot as a process, which is stopped and killed while they do.

Each tap, text, edit, sticker and photo is one act; a person waits for the first reply to it, and then does the next. What a
person does follows from the seed; what there is to tap is what the bot has shown by then. MONKEY_ACTS and MONKEY_SEED
in the environment say how many acts, and the seed.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from dialogs.menu import COMMANDS, WORDS
from dialogs.walk import samples
from tests.dialogs.talk import WORLD, typed
from tests.dialogs.test_monkey import OTHERS, SUPPOSED, TOLD
from tests.dialogs.test_properties import LONG, MESSY
from tests.strict.actors import Bot, leaks, running, until
from tests.strict.conftest import needed
from tests.strict.server import PATIENCE, Json, Sim, strictapi

needed()

ACTS = int(os.environ.get("MONKEY_ACTS", "10000"))
SEED = int(os.environ.get("MONKEY_SEED", "1"))
CHATS = 200
ENDS = ("kill", "stop", "kill", "kill", "stop", "kill")
"""How the bot ends before it is started again, evenly over the acts."""
PRESSED_AGAIN = "message is not modified"
"""A button of the card that the card shows already: the bot takes this for done."""
CAUGHT = re.compile("query is too old|a tap was not answered")
"""A tap is answered once more by the next bot, or was kept and not yet answered: at most one a chat and end."""
REPLIES = "bot_message,bot_edit,bot_answer"
FIRST = 9_000
WORDS_THAT_LOOK_BROKEN = re.compile(r"\b(?:nan|None)\b|[<>{}&\\%]")
"""Quoted back they look as if the inside of the program were shown; without HTTP they are tried all the same."""
TEXTS = [
    [text.strip() for text in texts if text.strip() and not WORDS_THAT_LOOK_BROKEN.search(text)]
    for texts in (MESSY, MESSY, OTHERS, [text[:4_096] for text in LONG], TOLD, SUPPOSED, WORDS)
]

THINGS: tuple[Json, ...] = (
    {"sticker": {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 512, "height": 512,
                 "is_animated": False, "is_video": False}},
    {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}]},
    {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}], "caption": "my pay stub"},
    {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}},
    {"location": {"latitude": 1.0, "longitude": 2.0}},
)  # fmt: skip


@dataclass
class Chat:
    """One person; ``told`` is what they typed, ``buttons`` every one they were shown, as (message, data)."""

    sim: Sim
    number: int
    did: Counter[str]
    random: Random = field(init=False)
    told: list[tuple[int, str]] = field(default_factory=list)
    buttons: list[tuple[int, str]] = field(default_factory=list)
    newest: list[str] = field(default_factory=list)
    """The data of the buttons of the newest message that has any."""
    read: int = 0

    def __post_init__(self) -> None:
        self.random = Random(f"{SEED} {self.number}")

    async def ask(self, call: str, **how: object) -> Any:
        return await self.sim.ask(call, user=self.number, **how)

    async def lives(self, acts: int) -> None:
        """Do so many things."""
        await self.says("/start")
        for _ in range(acts - 1):
            [act] = self.random.choices(list(ACT), list(ACT.values()))
            await act(self)

    async def says(self, text: str) -> None:
        done = await self.ask("send", text=text)
        self.told.append((done["message_id"], text))
        await self.waits(done, "text")

    async def waits(self, done: Json, what: str) -> None:
        """Wait for the first reply to what was done, and look at what there is now."""
        self.did[what] += 1
        answered = await self.ask("wait", after=done["seq"], kinds=REPLIES, timeout=PATIENCE / 2)
        self.did["without a reply"] += answered is None
        await self.looks()

    async def looks(self) -> None:
        for event in await self.ask("events", after=self.read):
            self.read = event["seq"]
            if event["kind"] in ("bot_message", "bot_edit"):
                rows = event.get("buttons") or []
                shown = [
                    b["callback_data"] for b in itertools.chain.from_iterable(rows) if "callback_data" in b
                ]
                self.buttons += [(event["message_id"], data) for data in shown]
                self.newest = shown or self.newest

    async def taps(self, message: int, data: str, what: str) -> None:
        try:
            done = await self.ask("tap", target=data, message_id=message)
        except ValueError:  # the card has lost its buttons: then they are typed words
            await self.says(self.random.choice(TEXTS[0]))
        else:
            await self.waits(done, what)

    @property
    def asked(self) -> str:
        """The fact that the newest card asks, by its button to go back."""
        found = [data.partition(":")[2] for data in self.newest if data.startswith("back:")]
        return found[0] if found and found[0] in WORLD.library.questions else ""


# --- what they do -----------------------------------------------------------------------------------------------------


async def taps_a_new_button(chat: Chat) -> None:
    message, data = chat.random.choice(chat.buttons[-8:])
    await chat.taps(message, data, "tap")


async def taps_an_old_button(chat: Chat) -> None:
    message, data = chat.random.choice(chat.buttons)
    await chat.taps(message, data, "old tap")


async def answers(chat: Chat) -> None:
    if chat.asked:
        await chat.says(typed(chat.asked, chat.random.choice(samples(chat.asked, WORLD))))
    else:
        await taps_a_new_button(chat)


async def says_anything(chat: Chat) -> None:
    await chat.says(chat.random.choice(chat.random.choice(TEXTS)))


async def edits(chat: Chat) -> None:
    message, _ = chat.random.choice(chat.told[-3:])
    text = chat.random.choice(("12,000", "7%", "monthly", "yes", *TEXTS[2]))
    chat.told.append((message, text))
    await chat.waits(await chat.ask("edit", message_id=message, text=text), "edit")


async def commands(chat: Chat) -> None:
    await chat.says(f"/{chat.random.choice(COMMANDS).name}")


async def sends_a_thing(chat: Chat) -> None:
    await chat.waits(await chat.ask("send", message=chat.random.choice(THINGS)), "thing")


async def says_three_things_at_once(chat: Chat) -> None:
    for _ in range(2):
        done = await chat.ask("send", text=chat.random.choice(TEXTS[0]))
        chat.did["text"] += 1
        chat.told.append((done["message_id"], ""))
    await says_anything(chat)


Act = Callable[[Chat], Any]
ACT: dict[Act, int] = {
    taps_a_new_button: 34,
    answers: 28,
    taps_an_old_button: 10,
    says_anything: 13,
    commands: 7,
    edits: 4,
    sends_a_thing: 3,
    says_three_things_at_once: 1,
}
"""How often they do what, of a hundred."""


# --- going on ---------------------------------------------------------------------------------------------------------


async def goes_on(chat: Chat, bot: Bot) -> None:
    """A check shows a question; where all is answered, one that begins anew does."""
    await chat.says("/check")
    await bot.idle()
    await chat.looks()
    assert chat.newest, chat.number
    if not chat.asked:
        await chat.says("/restart")
        await bot.idle()
        await chat.looks()
        await chat.taps(
            *[(message, data) for message, data in chat.buttons if data == "restart_yes"][-1], "tap"
        )
        await bot.idle()
        await chat.looks()
    assert chat.asked, (chat.number, chat.newest)


async def test_whatever_two_hundred_people_do_the_bot_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begun, did = time.monotonic(), Counter[str]()
    acts = max(2, ACTS // CHATS)
    async with strictapi(*needed()) as sim:
        chats = [Chat(sim, FIRST + number, did) for number in range(CHATS)]
        for chat in chats:
            await sim.ask("user", id=chat.number, first_name=f"P{chat.number}")
        lives = asyncio.gather(*(chat.lives(acts) for chat in chats))
        for number, end in enumerate(ENDS, 1):
            async with running(sim, tmp_path / "data") as bot:
                due = ACTS * number // (len(ENDS) + 1)

                async def is_due(due: int = due) -> bool:
                    return lives.done() or sum(did.values()) >= due

                await until(is_due, f"act {due}", 600)
                if end == "kill":
                    bot.process.kill()
                    await bot.process.wait()
        async with running(sim, tmp_path / "data") as bot:
            await lives
            await bot.idle()
            at_work = time.monotonic() - begun
            for chat in chats:
                await goes_on(chat, bot)
            set_aside = bot.rows("SELECT count(*) FROM set_aside")
        violations = await sim.ask("violations")
        log = bot.log.read_text()
    wrong = [
        f"{one['severity']} {one['kind']}: {one['method']} {one['detail']}"
        for one in violations
        if one["severity"] != "info" and PRESSED_AGAIN not in one["detail"]
    ]
    caught = sum(bool(CAUGHT.search(one)) for one in wrong)
    counts = ", ".join(f"{count} {what}" for what, count in did.most_common())
    with capsys.disabled():
        print(
            f"\nseed {SEED}, {CHATS} chats, {ENDS.count('kill')} kills, {ENDS.count('stop')} stops, {at_work:.0f} s"
        )
        print(f"{counts}; {caught} taps caught by an end")
    assert [one for one in wrong if not CAUGHT.search(one)] == []
    assert caught <= CHATS * len(ENDS)
    assert [line for line in log.splitlines() if " ERROR " in line or " CRITICAL " in line] == []
    assert "turn.broken" not in log
    assert set_aside == [(0,)]
    assert leaks(log, [text for chat in chats for _, text in chat.told]) == []
