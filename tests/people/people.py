"""The people of `people.toml`, and their conversation by the pure turn."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from pydantic import BaseModel, ConfigDict, model_validator

from bot.typed import spoken
from dialogs.events import Command, Event, Pressed
from dialogs.moment import Moment
from dialogs.replies import Reply
from dialogs.session import Session, dump, load
from dialogs.turn import Turn, turn
from dialogs.world import world_on


class Step(BaseModel):
    """One thing that a person does, and what the reply must hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    types: str = ""
    taps: str = ""
    asks: str = ""
    sees: str

    @model_validator(mode="after")
    def does_one_thing(self) -> Step:
        assert sum(map(bool, (self.types, self.taps, self.asks))) == 1, "types, taps or asks"
        return self

    @property
    def text(self) -> str:
        """What is typed; empty for a tap."""
        return self.types or self.asks

    def event(self, replies: tuple[Reply, ...]) -> Event:
        """What it is to the conversation after ``replies``."""
        if self.text:
            return spoken(self.text)[0]
        buttons = {b.label: b.data for reply in replies for row in reply.buttons for b in row}
        assert self.taps in buttons, f"no button {self.taps!r} in {list(buttons)}"
        return Pressed(buttons[self.taps])


class Chapter(BaseModel):
    """A flow that a person goes through, to its result and what they ask of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    flow: str
    derivation: str
    verdict: str
    final: tuple[str, ...]
    script: tuple[Step, ...]
    amounts: Mapping[str, str]


class Someone(BaseModel):
    """A person with the day on which they ask, and the chapters of their chat."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    about: str
    today: date
    chapters: tuple[Chapter, ...]

    @property
    def script(self) -> tuple[Step, ...]:
        """Everything that they do, from hello to the end."""
        return tuple(step for chapter in self.chapters for step in chapter.script)

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """Every turn, the greeting first; between two of them the session is stored and read again."""
        world = world_on(self.today)
        turns = [turn(Session(), Command("start"), world)]
        for step in self.script:
            turns.append(turn(kept(turns[-1]), step.event(turns[-1].replies), world))
        return tuple(turns)

    @property
    def ends(self) -> tuple[Turn, ...]:
        """The last turn of each chapter."""
        return tuple(self.turns[steps] for steps in accumulate(len(c.script) for c in self.chapters))

    def standing(self, after: Turn) -> Moment:
        """Where they stand after a turn."""
        return Moment(kept(after), world_on(self.today))

    @property
    def end(self) -> Moment:
        """Where the conversation ends."""
        return self.standing(self.turns[-1])


def kept(after: Turn) -> Session:
    """The session after a turn, as it comes back from the store."""
    assert after.session is not None
    return load(dump(after.session))


def people() -> tuple[Someone, ...]:
    """All of them."""
    raw = tomllib.loads(Path(__file__).with_name("people.toml").read_text())
    return tuple(Someone.model_validate(one) for one in raw["people"])
