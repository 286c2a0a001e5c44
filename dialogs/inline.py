"""What can be put into any chat by the bot's name and a word: explainers, the same for everybody.

Nothing of a person is in them, and what is typed on the way to a word finds it by its beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dialogs import screens
from dialogs.moment import Moment
from dialogs.reading.years import year_named
from dialogs.replies import Rows
from dialogs.session import Session
from dialogs.world import World
from knowledge.library import Explainer
from knowledge.markup import visible

MOST = 10
"""Snippets for one query."""
START = "inline"
"""The payload of the deep link into the private chat."""


@dataclass(frozen=True, slots=True)
class InlineEntry:
    """One row to choose from: ``title`` and ``about`` are plain text, ``html`` and ``buttons`` the message it becomes.

    ``topic`` is the explainer, empty where there is none.
    """

    topic: str
    title: str
    about: str
    html: str
    buttons: Rows


def inline(query: str, world: World) -> tuple[InlineEntry, ...]:
    """The explainers for ``query``, likeliest first; without words the best-read ones, and never no row at all."""
    moment = Moment(Session(), world)
    topics = dict.fromkeys(_found(query, world) if query.strip() else screens.FIRST_TOPICS)
    year = year_named(query, world.today.year)
    rows = tuple(_entry(moment, topic, year) for topic in list(topics)[:MOST])
    return rows or (_none(moment),)


def _found(query: str, world: World) -> Iterator[str]:
    yield from (hit.topic for hit in world.search.find(query).hits)
    begun = " ".join(query.casefold().split())
    yield from (topic for topic, words in world.library.explainers.items() if _begins(words, begun))


def _begins(words: Explainer, begun: str) -> bool:
    return any(name.casefold().startswith(begun) for name in (words.front.title, *words.front.terms))


def _entry(moment: Moment, topic: str, year: int | None) -> InlineEntry:
    html = screens.explained(moment, topic, year).html
    title = moment.world.library.explainers[topic].front.title
    first = visible(html).partition(f"{title}\n")[2]
    return InlineEntry(topic, title, _SENTENCE.split(first)[0], html, _opening(moment))


_SENTENCE = re.compile(r"(?<=[.?!])\s")
"""Where a sentence ends."""


def _none(moment: Moment) -> InlineEntry:
    say = moment.world.library.say
    title, about = (visible(say(phrase)) for phrase in ("inline_none", "inline_none_about"))
    return InlineEntry("", title, about, say("inline_offer"), _opening(moment))


def _opening(moment: Moment) -> Rows:
    return screens.in_public(moment, "inline_offer", start=START).buttons
