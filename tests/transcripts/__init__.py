"""Conversations to read, as people see them in a terminal: a text file for each script of ``scripts.toml``.

``make transcripts`` writes them again. A script is a title, a day, and steps: what the person types, a button as
``[Label]``, ``{ unseen = [...] }`` for steps of which only what was typed is shown, or ``{ day = 2027-01-15 }`` when
another day comes. A picture is shown as bars, a paper by its name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from textwrap import wrap
from typing import Any

from bot.conversation import DialogConversation
from bot.terminal import PROMPT, Panel, Screen, laid_out, meant
from bot.text_bars import bars
from dialogs.events import Event
from dialogs.replies import Reply
from knowledge.words import day as day_of

FOLDER = Path(__file__).parent
SCRIPTS = FOLDER / "scripts.toml"
WIDTH = 88


@dataclass
class _Person:
    """Somebody at a terminal; ``lines`` is what is on it."""

    today: date
    stored: str | None = None
    panel: Panel = field(default_factory=Panel)
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._conversation = DialogConversation(lambda: self.today)

    def does(self, step: str) -> None:
        """Type ``step``, or press the button that it names."""
        self.lines += [f"{PROMPT}{step}", ""]
        label = step.removeprefix("[").removesuffix("]") if step.startswith("[") else ""
        if label:
            labels = [button.label for button in self.panel.buttons]
            if label not in labels:
                raise ValueError(f"there is no button {label!r} among {labels}")
            step = f"#{labels.index(label) + 1}"
        match meant(step, self.panel.buttons):
            case str(words):
                self.lines += [words, ""]
            case event:
                self.causes(event)

    def causes(self, event: Event) -> None:
        said = self._conversation.respond(self.stored, event)
        text, self.panel = laid_out(said.replies, self.panel, Screen(WIDTH), _attached)
        self.stored = said.stored
        self.lines += [f"({said.toast})", ""] if said.toast else []
        self.lines += [text, ""] if text else []


def _attached(reply: Reply) -> Iterator[str]:
    if reply.picture is not None and not reply.hidden:
        yield bars(reply.picture, WIDTH)
    if reply.paper is not None:
        yield f"(file: {reply.paper.file_name})"


def transcripts() -> dict[str, str]:
    """Every transcript by the name of its file."""
    scripts = tomllib.loads(SCRIPTS.read_text("utf-8"))
    return {f"{name}.txt": transcript(**script) for name, script in scripts.items()}


def transcript(title: str, day: date, steps: list[Any]) -> str:
    """One conversation. Raises ValueError for a button that is not there and for a step that is none."""
    person = _Person(day)
    person.lines += [f"{title} ({day_of(day)})", ""]
    for step in steps:
        match step:
            case str(step):
                person.does(step)
            case {"day": date() as another}:
                person.today = another
                person.lines += [f"--- {day_of(another)} ---", ""]
            case {"unseen": [*before]}:
                seen = len(person.lines)
                for one in before:
                    person.does(one)
                told = f"(typed before: {' · '.join(before)})"
                person.lines[seen:] = [*wrap(told, WIDTH, break_on_hyphens=False), ""]
            case _:
                raise ValueError(f"no step: {step}")
    return "\n".join(person.lines).rstrip() + "\n"
