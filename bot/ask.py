"""A question and its answer without a conversation: ``megaroth ask "what is acp"``, or many as lines of JSON.

Each line given is ``{"id", "question"}``, and may name in ``near`` the explainers that were read before; each line
written is ``{"id", "topic", "candidates": [{"topic", "confidence"}, …], "answer"}``. ``topic`` is null where there is no
answer; ``"unsure": true`` says that a chat would show the candidates as buttons, and ``flow`` which walk-through it would
begin.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date
from io import StringIO
from typing import Annotated, TextIO

from pydantic import BaseModel, Field, ValidationError

from bot.terminal import as_text
from dialogs import screens
from dialogs.menu import COMMANDS
from dialogs.moment import Moment
from dialogs.reading.years import year_named
from dialogs.session import Session
from dialogs.world import World, world_on
from knowledge.markup import visible
from knowledge.search import Answer, Begin, DidYouMean, Found, NoAnswer, route

ANSWERED, NO_ANSWER, BAD_INPUT = 0, 1, 2
"""The exit statuses; `NO_ANSWER` also where the answer could not be written."""


class _Line(BaseModel):
    id: str | int
    question: str
    near: Annotated[tuple[str, ...], Field(max_length=5)] = ()


def ask(question: str, today: date, out: TextIO | None) -> int:
    """Answer one ``question`` on ``out``; the exit status."""
    world = world_on(today)
    found = world.search.find(question)
    try:
        print(as_text(_answer(world, question, found)), file=out or StringIO(), flush=True)
    except OSError:
        return NO_ANSWER
    return ANSWERED if found.hits else NO_ANSWER


def ask_lines(given: Iterable[bytes], today: date, out: TextIO | None, complain: TextIO) -> int:
    """Answer each line of JSON on ``out``, as it comes; one that cannot be read is named on ``complain``."""
    status = ANSWERED
    for number, raw in enumerate(given, 1):
        if not raw.strip():
            continue
        try:
            line = _Line.model_validate_json(raw)
        except ValidationError as error:
            print(f"line {number}: {'; '.join(_wrong(error))}", file=complain)
            status = BAD_INPUT
            continue
        try:
            print(
                json.dumps(answered(line.id, line.question, world_on(today), line.near)), file=out, flush=True
            )
        except OSError:
            return NO_ANSWER
    return status


def _wrong(error: ValidationError) -> Iterator[str]:
    for one in error.errors():
        name = ".".join(map(str, one["loc"]))
        yield f"{name}: {one['msg']}" if name else one["msg"]


def answered(id: str | int, question: str, world: World, near: tuple[str, ...] = ()) -> dict[str, object]:
    """The line for one question, ready for JSON."""
    found = world.search.find(question, near)
    line: dict[str, object] = {
        "id": id,
        "topic": found.hits[0].topic if found.hits else None,
        "candidates": [asdict(hit) for hit in found.hits],
        "answer": visible(_answer(world, question, found)),
    }
    match route(found):
        case DidYouMean():
            line["unsure"] = True
        case Begin(flow):
            line["flow"] = flow
        case _:
            pass
    return line


def _answer(world: World, question: str, found: Found) -> str:
    """What a chat would say, as HTML; where it would go on with buttons, how to go on here."""
    moment, say = Moment(Session(), world), world.library.say
    match route(found):
        case Answer(topic):
            return screens.explained(moment, topic, year_named(question, world.today.year)).html
        case Begin(flow):
            does = next(command.text for command in COMMANDS if command.name == flow)
            return say("ask_begin", command=flow, does=does)
        case DidYouMean(topics):
            titles = [world.library.explainers[topic].front.title for topic in topics]
            return say("ask_unsure", titles=titles)
        case NoAnswer():  # pragma: no branch
            return say("no_answer")
