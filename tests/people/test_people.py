"""Each of the four people reaches their number: by the pure turn, in the terminal, and on Telegram."""

from __future__ import annotations

import asyncio
import io
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.conversation import DialogConversation
from bot.settings import Settings
from bot.telegram import run
from bot.terminal import PROMPT, chat
from dialogs.turn import Turn
from tests import seen
from tests.bot.standin import TOKEN, Person, StandIn
from tests.people.people import Someone, Step, kept, people

PEOPLE = people()
each_of_them = pytest.mark.parametrize("someone", PEOPLE, ids=lambda one: one.name)
each_chapter = pytest.mark.parametrize(
    ("someone", "number"),
    [
        pytest.param(someone, number, id=f"{someone.name}-{chapter.flow}")
        for someone in PEOPLE
        for number, chapter in enumerate(someone.chapters)
    ],
)


def shown(after: Turn) -> list[str]:
    return seen.of_replies(after.replies, after.toast)


@each_of_them
def test_every_step_is_understood(someone: Someone) -> None:
    for step, after in zip(someone.script, someone.turns[1:], strict=True):
        assert step.sees in "\n".join(shown(after)), step


@each_of_them
def test_a_question_in_between_changes_nothing(someone: Someone) -> None:
    for step, (before, after) in zip(someone.script, pairwise(someone.turns), strict=True):
        if step.asks:
            assert replace(kept(after), read="") == replace(kept(before), read=""), step


@each_chapter
def test_the_verdict_and_every_amount(someone: Someone, number: int) -> None:
    chapter, end = someone.chapters[number], someone.ends[number]
    moment = someone.standing(end)
    assert moment.session.flow == chapter.flow
    assert moment.survey.verdict.value == chapter.verdict
    case = moment.survey.best.case
    assert {
        name: told_as(text, cell(case, name)) for name, text in chapter.amounts.items()
    } == chapter.amounts
    result = "\n".join(shown(end))
    for words in chapter.final:
        assert words in result


def cell(case: Any, name: str) -> Any:
    """The value of a cell; dots lead to a part of it, by its name or its number."""
    for part in name.split("."):
        case = case[int(part)] if part.isdigit() else getattr(case, part)
    return case


def told_as(text: str, value: object) -> str:
    """``text`` if it tells ``value``, a number to its own decimal places and at least to the cent."""
    if not isinstance(value, Decimal):
        return str(value)
    places = max(2, len(text.partition(".")[2]))
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return text if rounded == Decimal(text) else str(rounded)


# The same in the terminal


class Typing(io.StringIO):
    """A person who reads what was printed before they type the next line."""

    def __init__(self, script: tuple[Step, ...], out: io.StringIO) -> None:
        super().__init__()
        self.script, self.out = script, out

    def __iter__(self) -> Iterator[str]:  # type: ignore[override]
        for step in self.script:
            numbers = dict(seen.numbered(self.out.getvalue()))
            yield f"{step.text or f'#{numbers[step.taps]}'}\n"


@each_of_them
def test_the_terminal_shows_the_same(someone: Someone, tmp_path: Path) -> None:
    out = io.StringIO()
    typing = Typing(someone.script, out)
    talk = DialogConversation(lambda: someone.today)
    assert chat(talk, tmp_path, typing, out, makers=seen.NO_BARS) == 0
    _, *turns = f"\n{PROMPT}\n{out.getvalue()}".split(f"\n{PROMPT}")
    printed = [seen.of_terminal(text.partition("\n")[2]) for text in turns]
    assert printed[-1].pop() == "Goodbye. Your answers are kept for next time."
    assert printed == [shown(after) for after in someone.turns]


# The same on Telegram


@each_of_them
async def test_telegram_shows_the_same(
    someone: Someone, telegram: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # away from an operator's settings
    person = telegram.person()
    bot = asyncio.create_task(run(settings(telegram, tmp_path), DialogConversation(lambda: someone.today)))
    greeting, *answers = someone.turns
    person.send("/start")
    assert await told(person, greeting) == shown(greeting)
    for step, after in zip(someone.script, answers, strict=True):
        if step.text:
            person.send(step.text)
        else:
            tap(person, step.taps)
        assert await told(person, after) == shown(after), step
    os.kill(os.getpid(), signal.SIGTERM)
    assert await asyncio.wait_for(bot, 20) == 0
    assert telegram.violations == []
    assert telegram.refused == []
    assert len(person.chat.cards) == sum(len(after.replies) for after in someone.turns)


def settings(telegram: StandIn, folder: Path) -> Settings:
    return Settings(
        telegram_token=SecretStr(TOKEN),
        api_url=telegram.url,
        data=folder,
        sends_per_second=0,
        log="WARNING",
    )


def tap(person: Person, label: str) -> None:
    """Tap the newest button with this label."""
    for number in sorted(person.chat.showing, reverse=True):
        for button in person.chat.showing[number].buttons:
            if button["text"] == label:
                person.press(button["callback_data"], number)
                return
    raise LookupError(label)


async def told(person: Person, after: Turn) -> list[str]:
    """As many cards as ``after`` has, as they come."""
    cards = [await person.next() for _ in after.replies]
    if after.toast:
        await person.telegram.until(lambda: person.telegram.toasts)
    toast = "".join(person.telegram.toasts)
    person.telegram.toasts.clear()
    return seen.of_messages([(card.text, card.labels) for card in cards], toast)
