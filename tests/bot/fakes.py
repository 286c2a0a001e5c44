"""Conversations and clocks for tests."""

from __future__ import annotations

import asyncio
import html
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from bot.conversation import Responded
from dialogs.events import Command, Event, Pressed, Said
from dialogs.inline import InlineEntry, inline
from dialogs.replies import Button, Reply
from dialogs.world import world_on
from knowledge.library import load_library


class Talker:
    """What every conversation here can do besides its turns."""

    def inline(self, query: str) -> tuple[InlineEntry, ...]:
        return inline(query, world_on(date(2026, 7, 1)))

    def say(self, phrase: str, **values: object) -> str:
        return load_library().say(phrase, **values)


class Counting(Talker):
    """Keeps every word it is told, in order, so that a lost or doubled turn can be seen.

    Each word collapses the card before it and asks for the next; ``/forget`` forgets.
    """

    def respond(self, stored: str | None, event: Event) -> Responded:
        words: list[str] = json.loads(stored or "[]")
        if event == Command("forget", ref=getattr(event, "ref", 0)):
            return Responded(None, (Reply("Forgotten."),))
        word = word_of(event)
        words.append(word)
        shown = html.escape(word)
        question = Reply(
            f"got <b>{shown}</b>, next?", ((Button("Yes", data=f"yes{len(words)}"),),), live=True
        )
        return Responded(
            json.dumps(words), (Reply(f"✓ {shown}", edits=True), question), toast=f"saved {shown}"
        )

    def respond_publicly(self, event: Event) -> Responded:
        return Responded(None, (Reply(f"in public: {html.escape(word_of(event))}"),))


@dataclass
class Scripted(Talker):
    """Answers with what it is told to; a function is called, an exception raised."""

    script: Callable[[str | None, Event], Responded]
    heard: list[Event] = field(default_factory=list)

    def respond(self, stored: str | None, event: Event) -> Responded:
        self.heard.append(event)
        return self.script(stored, event)

    def respond_publicly(self, event: Event) -> Responded:
        return self.respond(None, event)


def word_of(event: Event) -> str:
    match event:
        case Said(text):
            return text
        case Pressed(data):
            return data
        case Command(name, argument):
            return f"/{name} {argument}".strip()
        case _:
            return type(event).__name__


@dataclass
class Naps:
    """Waits for no time and remembers how long it would have been."""

    taken: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        await asyncio.sleep(0)


@dataclass
class Clock:
    """A clock that stands still until it is set."""

    time: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.time
