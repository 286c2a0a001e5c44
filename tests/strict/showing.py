"""The real bot, which also shows what a card can carry when its name is typed: ``python -m tests.strict.showing``."""

from __future__ import annotations

import asyncio
import signal
import sys
from dataclasses import replace
from decimal import Decimal

from bot.conversation import DialogConversation, Responded
from bot.settings import Settings
from bot.telegram import run
from dialogs.events import Event, Pressed, Said
from dialogs.papers import Letter, LetterQuestion
from dialogs.pictures import Kind, Part, StackedBar
from dialogs.replies import Button, Reply

BAR = StackedBar(
    "Your year",
    "Limit",
    Decimal(72_000),
    (Part("Deferrals", Decimal(24_500), Kind.DEFERRAL), Part("Room", Decimal(47_500), Kind.ROOM)),
    "2026. Education, not advice.",
)
LETTER = Letter(
    file_name="questions-to-hr.pdf",
    title="Questions about after-tax contributions",
    to="To: Benefits or HR team",
    aim="I would like to make after-tax contributions and move them to Roth.",
    questions=(LetterQuestion("Does the plan take after-tax contributions?", "after-tax", is_open=True),),
    open_label="open",
    look_for_label="Look for",
    answer_label="Answer",
    name_label="Name",
    numbers_title="",
    numbers=(),
    foot="2026. Education, not advice.",
)
MORE = ((Button("Menu", data="menu"),),)
SHOWN = {
    "picture": Reply("Your <b>room</b>", MORE, live=True, picture=BAR),
    "long picture": Reply("x" * 1_025, MORE, live=True, picture=BAR),
    "spoiler": Reply(
        "Guess <tg-spoiler>first</tg-spoiler>.", MORE, picture=replace(BAR, foot=""), hidden=True
    ),
    "paper": Reply("Your <i>letter</i>", MORE, paper=LETTER),
    "page": Reply("Another page", MORE, edits=True, live=True),
    "stop": Reply("Press to stop me", ((Button("Stop", data="stop"),),), live=True),
}


class Showing(DialogConversation):
    """The conversation, and `SHOWN`; its button *Stop* ends the process in the middle of the turn, cleanly."""

    def respond(self, stored: str | None, event: Event) -> Responded:
        if event == Pressed("stop"):
            signal.raise_signal(signal.SIGTERM)
            return Responded(stored or "{}", (Reply("Stopping", MORE, live=True),), "Stopping")
        if isinstance(event, Said) and event.text in SHOWN:
            return Responded(stored or "{}", (SHOWN[event.text],))
        return super().respond(stored, event)


if __name__ == "__main__":
    sys.exit(asyncio.run(run(Settings(), Showing())))
