"""The glossary: every explainer on one page of HTML that needs nothing else, written by ``make docs``.

The words are those of the bot, as it says them to a reader of whom nothing is known. Styles and the search are inside
the page, so it can be read from a disk, sent as a file and put on any server; it fetches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dialogs.screens import grouped
from dialogs.walk import DRAWN_ON
from dialogs.world import World, world_on
from knowledge.library import GROUPS, Explainer, ExplainerFront, group_key
from knowledge.words import day

DIGITS = "0–9"
"""The heading of terms that begin with a digit."""

_TEMPLATE = "glossary.html.jinja"
_QUOTE = re.compile(r"<blockquote expandable>(.*?)</blockquote>", re.S)
_ITEM = re.compile(r"(?:•|(\d+)\.) ")


@dataclass(frozen=True, slots=True)
class Article:
    """One explainer: ``bite`` and ``body`` are HTML; ``see`` are other explainers by id and title."""

    id: str
    front: ExplainerFront
    bite: Markup
    body: Markup
    see: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Group:
    """The articles of one group; ``anchor`` is its id on the page."""

    name: str
    anchor: str
    articles: Sequence[Article]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the index: ``term`` is explained in the article ``topic``, which is called ``title``."""

    term: str
    topic: str
    title: str

    @property
    def letter(self) -> str:
        """The heading above the entry."""
        first = self.term[0].upper()
        return DIGITS if first.isdigit() else first


def page(world: World | None = None) -> str:
    """The whole page, for the day on which the documents are drawn where no ``world`` is given."""
    world = world or world_on(DRAWN_ON)
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=FileSystemLoader(Path(__file__).parent),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["day"] = day
    explainers = world.library.explainers
    return environment.get_template(_TEMPLATE).render(
        year=world.year,
        count=len(explainers),
        groups=groups(world),
        index=[(letter, list(entries)) for letter, entries in groupby(index(explainers), lambda e: e.letter)],
        asked=asked(explainers),
    )


def groups(world: World) -> list[Group]:
    """Every explainer in its group: first those that the bot offers first, then by title."""
    explainers, topics = world.library.explainers, grouped(world.library)
    return [
        Group(name, f"group-{key}", [_article(explainers[topic], world) for topic in topics[key]])
        for name, key in ((name, group_key(name)) for name in GROUPS)
    ]


def index(explainers: Mapping[str, Explainer]) -> list[Entry]:
    """Every title and term, A to Z after the digits; a term that is the title stands once."""
    found = {
        (term.casefold(), topic): Entry(term, topic, words.front.title)
        for topic, words in explainers.items()
        for term in (*words.front.terms, words.front.title)
    }
    return [found[key] for key in sorted(found)]


def asked(explainers: Mapping[str, Explainer]) -> dict[str, list[str]]:
    """What the search reads besides the text: terms and questions as people type them, by explainer."""
    return {topic: [*words.front.terms, *words.front.asks] for topic, words in explainers.items()}


def as_blocks(text: str) -> Markup:
    """Telegram HTML as paragraphs, lists and quotes. What is inside a line stays as it is."""
    parts = _QUOTE.split(text)
    quoted = (f"<blockquote>{''.join(_blocks(part))}</blockquote>" for part in parts[1::2])
    plain = ("".join(_blocks(part)) for part in parts[::2])
    return Markup("".join(part for pair in zip(plain, [*quoted, ""], strict=True) for part in pair))


def _article(explainer: Explainer, world: World) -> Article:
    words = world.library
    text = words.render(explainer, limit=world.limits, limit_before=world.last_year, year=world.year, me={})
    bite, _, body = text.partition("\n\n")
    see = {topic: words.explainers[topic].front.title for topic in explainer.front.see}
    return Article(explainer.id, explainer.front, Markup(bite), as_blocks(body), see)


def _blocks(text: str) -> Iterator[str]:
    """The blocks of a text without quotes. A line that begins like an item is one; the next lines belong to it."""
    for block in filter(None, (part.strip() for part in text.split("\n\n"))):
        plain, *items = re.split(r"^(?=(?:•|\d+\.) )", block, flags=re.M)
        if plain:
            yield f"<p>{_lines(plain)}</p>\n"
        if items:
            number = _ITEM.match(items[0])
            assert number is not None
            tag = "ol" if number[1] else "ul"
            start = f' start="{number[1]}"' if number[1] and number[1] != "1" else ""
            yield f"<{tag}{start}>\n"
            yield from (f"<li>{_lines(_ITEM.sub('', item, count=1))}</li>\n" for item in items)
            yield f"</{tag}>\n"


def _lines(text: str) -> str:
    return text.strip().replace("\n", "<br>\n")
