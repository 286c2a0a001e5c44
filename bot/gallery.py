"""The gallery: every picture and every paper, drawn from short conversations with the running program.

A scene is what somebody types on one day. Of what comes back the last picture, or the last paper, is the scene's: so what
the gallery shows is what a person would get, and it is drawn again by ``make docs``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from bot.papers import file_of, first_page
from bot.pictures import png
from bot.typed import spoken
from dialogs.drawn import caption
from dialogs.papers import Paper, YearByPaycheck
from dialogs.pictures import Picture
from dialogs.replies import Reply
from dialogs.session import Session
from dialogs.turn import turn
from dialogs.world import world_on

_DAY = date(2026, 7, 1)
_CHECKED = (
    "/check", "401k", "yes", "convert inside", "no cap", "52", "no", "no", "no", "185k", "yes", "twice a month",
    "24,500", "without", "50% of the first 6%", "6,400", "11", "show",
)  # fmt: skip
_BY_PAYCHECK = (
    "/paychecks", "yes", "185k", "every 2 weeks", "jul 10", "13", "no bonus", "45", "the limit", "50% of the first 6%",
    "each paycheck only", "no cap", "whole percents", "92,500", "9,250", "2,000", "2,775", "20%", "5%", "show",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scene:
    """What somebody types, and what the gallery calls what comes of it."""

    name: str
    title: str
    said: tuple[str, ...]


SCENES = (
    Scene("room", "The room as a stacked bar", _CHECKED),
    Scene("over-limit", "More than the limit takes", ("/room", "185k", "24,500", "40,000", "20,000")),
    Scene("paychecks", "The year by paycheck, climbing to the limit", _BY_PAYCHECK),
    Scene("conversion", "The tax on growth by how often one converts", ("/convert", "inside", "every 2 weeks", "24,000", "24%")),
    Scene("worth", "What it may be worth: a band, not a forecast", ("/worth", "20,000", "10", "15", "24%")),
    Scene("letter", "The letter to HR", (*_CHECKED, "/letter_plain")),
    Scene("my-plan", "My plan for the year", (*_CHECKED, "my plan")),
    Scene("my-paychecks", "The spreadsheet of the year", (*_BY_PAYCHECK, "spreadsheet")),
)  # fmt: skip


@cache
def played(scene: Scene) -> tuple[Picture | None, Paper | None]:
    """The last picture and the last paper of a scene."""
    session, world = Session(), world_on(_DAY)
    replies: list[Reply] = []
    for text in scene.said:
        after = turn(session, spoken(text)[0], world)
        assert after.session is not None
        session = after.session
        replies += after.replies
    pictures = [reply.picture for reply in replies if reply.picture]
    papers = [reply.paper for reply in replies if reply.paper]
    return pictures[-1] if pictures else None, papers[-1] if papers else None


def files() -> Iterator[tuple[str, bytes]]:
    """Every file of the gallery by its name; a page is shown by its picture beside it."""
    for scene in SCENES:
        picture, paper = played(scene)
        match paper:
            case None:
                assert picture is not None, f"{scene.name} comes to no picture"
                yield f"{scene.name}.png", png(picture)
            case YearByPaycheck():
                yield f"{scene.name}.xlsx", file_of(paper)[1]
            case _:
                yield f"{scene.name}.pdf", file_of(paper)[1]
                yield f"{scene.name}.png", first_page(paper)


def page() -> str:
    """The gallery as a page of Markdown, every figure of the pictures in words."""
    parts = [
        "<!-- Drawn by `make docs` from the running program; do not edit. -->\n",
        "# Gallery\n",
        f"What the bot draws, as it comes out of short conversations on {_DAY:%B} {_DAY.day}, {_DAY.year}. The amounts are "
        "those of an invented person.\n",
    ]
    for scene in SCENES:
        picture, paper = played(scene)
        parts.append(f"## {scene.title}\n")
        if isinstance(paper, YearByPaycheck):
            parts.append(f"[{scene.name}.xlsx](gallery/{scene.name}.xlsx), with live formulas.\n")
            continue
        parts.append(f"![{scene.title}](gallery/{scene.name}.png)\n")
        if paper is not None:
            parts.append(f"[{scene.name}.pdf](gallery/{scene.name}.pdf), one tagged page.\n")
        elif picture is not None:
            parts += [*(f"- {line}" for line in caption(picture)), ""]
    parts.append(f"What was typed:\n\n{_typed()}")
    return "\n".join(parts)


def _typed() -> str:
    return "".join(
        f"- *{scene.title}*: {' · '.join(f'`{text}`' for text in scene.said)}\n" for scene in SCENES
    )


def draw(folder: Path) -> None:
    """Write the files of the gallery into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files():
        (folder / name).write_bytes(content)
