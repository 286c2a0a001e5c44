"""Finding the explainer that answers what a person typed, or saying honestly that none does.

A text is read in two steps:

1. a *name* or code that is all there is ("acp", "415(c)", "what is an hce"), or one of the phrases of an explainer
   word for word, finds its explainer outright;
2. anything else is weighed by the trained `knowledge.finder`, which gives every explainer, every flow and
   "something else" its share. What was just read and the question on the screen count too, the more the less a
   text says by itself ("how much?").

Nothing is ever composed: a find names explainers, and `route` says whether one is clear enough to show.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from knowledge.library import Explainer
from knowledge.notions import LONGEST, plain, stem, words_of

ELSEWHERE = ""
"""The class of what nothing here answers."""
FLOW = "flow:"
"""How the class of a flow begins: what a person wants is worked out there, not explained."""

NAMED = 1.0
"""The confidence in an explainer that the text names or asks for word for word."""
SURE = 0.6
"""At or above this confidence an explainer may be shown unasked, if it is `CLEAR` of the next one."""
CLEAR = 0.3
"""How far ahead of the next one it has to be for that."""
MAYBE = 0.05
"""At or above this confidence one that is not the likeliest may be offered too."""
FOREIGN = 0.15
"""At or above this share of "something else", beside that of the likeliest explainer, there is no answer."""
WANTED = 0.35
"""At or above this share a flow is what is wanted, if no explainer but its own is likelier."""
HITS = 3

EXPLAINS = {
    "check": "eligibility-after-tax-allowed",
    "room": "room-calculation",
    "paychecks": "pace-contributions",
    "own": "solo-401k-after-tax",
    "couple": "spouse",
    "acp": "acp-test",
    "convert": "conversion-frequency",
    "repair": "excess-contribution-correction",
    "worth": "worth-it-vs-taxable",
    "forms": "form-1099r",
    "steps": "execute-steps",
}
"""The explainer of what each flow works out."""

_AROUND = """
a about actually an and are as at be can could define definition do does doesnt exactly explain explained for hello hey
hi how i id in irc is it know like me mean meaning means my of on or pls please quite really s sec section t tell
term test that the thing this to us was we what whats with word work works you your
"""
_WHAT_IS = frozenset(_AROUND.split())
"""What may stand around a name that is all there is: "what is an HCE", "explain the ACP test please"."""
_ASKS = re.compile(r"\?|\b(?:how|what|when|where|which|who|why)\b", re.I)

_YEAR = re.compile(r"20[0-9]{2}")
"""What may be asked about whatever is at hand: "and in 2024?". Any other number says something of its own."""
_LEAST_LETTERS = 3
"""What has fewer and is no name ("no", "52") asks nothing."""
_AT_HAND = 0.9
"""The confidence that a question which says nothing by itself ("how much?") is about what is at hand."""
_PULL = (12.0, 6.0, 3.0, 1.5)
"""How many times likelier the place makes an explainer, by how many words a text has that say something, one to four; in
longer texts not at all."""
_NEXT_TO_IT = 0.15
"""The part of that for each explainer which one at hand names in its ``see``."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An explainer that may answer; ``confidence`` from 0 (not at all) to 1 (one of its own phrases)."""

    topic: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Found:
    """The likeliest explainers, at most three and the best first, none where nothing here answers; ``flow`` if one is asked for."""

    hits: tuple[Hit, ...] = ()
    flow: str = ""

    @property
    def named(self) -> bool:
        """Whether the text names an explainer or asks for it word for word."""
        return bool(self.hits) and self.hits[0].confidence == NAMED


@dataclass(frozen=True, slots=True)
class Answer:
    """One explainer is clear: show ``topic``."""

    topic: str


@dataclass(frozen=True, slots=True)
class Begin:
    """What is wanted is worked out, not explained: begin ``flow``."""

    flow: str


@dataclass(frozen=True, slots=True)
class DidYouMean:
    """No explainer is clear, some are near: offer ``topics`` (one to three), likeliest first."""

    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nothing here answers that."""


Route = Answer | Begin | DidYouMean | NoAnswer


def route(found: Found) -> Route:
    """What to do with ``found``: show one, begin a flow, offer some, or say that there is no answer."""
    if found.flow:
        return Begin(found.flow)
    match found.hits:
        case [best, *rest] if best.confidence >= SURE and all(
            round(best.confidence - hit.confidence, 3) >= CLEAR for hit in rest
        ):
            return Answer(best.topic)
        case [best, *rest]:
            return DidYouMean((best.topic, *(hit.topic for hit in rest if hit.confidence >= MAYBE)))
        case _:
            return NoAnswer()


class Searching(Protocol):
    """What the conversation needs of a search."""

    def find(self, text: str, near: Sequence[str] = ()) -> Found:
        """What may answer ``text`` for a person at the explainers ``near``, the nearest first."""
        ...


class Sharing(Protocol):
    """What a search needs of `knowledge.finder.Finder`."""

    def shares(self, text: str) -> Mapping[str, float]:
        """How likely ``text`` is about each class; the shares add up to one."""
        ...


class Search:
    """The explainers by id, and how they are found. `find` is pure; the classifier is read at the first question."""

    def __init__(
        self, explainers: Mapping[str, Explainer], finder: Sharing | None = None, foreign: float = FOREIGN
    ) -> None:
        self._explainers = explainers
        self._finder = finder
        self._foreign = foreign
        names = [(name, e.id) for e in explainers.values() for name in (e.front.title, *e.front.terms)]
        asks = [(ask, e.id) for e in explainers.values() for ask in e.front.asks if words_of(ask)]
        self._word_for_word = {tuple(plain(phrase)): topic for phrase, topic in (*asks, *names)}
        self._named = {words_of(name): topic for name, topic in names}
        self._shares = lru_cache(maxsize=1_000)(self._weigh)

    def find(self, text: str, near: Sequence[str] = ()) -> Found:
        """See `Searching.find`."""
        if len(text) > LONGEST:
            return Found()
        if topic := self._word_for_word.get(tuple(plain(text))) or self._name(text):
            return Found((Hit(topic, NAMED),))
        if sum(c.isalpha() for c in text) < _LEAST_LETTERS:
            return Found()
        said = words_of(text)
        words = sum(not word.isdigit() for word in said)  # a year or an amount is no subject
        amount = any(word.isdigit() and not _YEAR.fullmatch(word) for word in said)
        near = [topic for topic in near if topic in self._explainers]
        if near and not (words or amount) and _ASKS.search(text):
            return Found((Hit(near[0], _AT_HAND),))
        return self._chosen(self._leaning(self._shares(text), words, near))

    def _name(self, text: str) -> str | None:
        """The explainer whose name is all that ``text`` says."""
        topic = self._named.get(words_of(text))
        said = [word for word in plain(text) if word not in _WHAT_IS]
        return topic if topic and words_of(" ".join(said)) == tuple(map(stem, said)) else None

    def _weigh(self, text: str) -> Mapping[str, float]:
        if self._finder is None:
            from knowledge.finder import load_finder  # with NumPy: not before somebody asks something

            self._finder = load_finder()
        return self._finder.shares(text)

    def _leaning(self, shares: Mapping[str, float], words: int, near: Sequence[str]) -> Mapping[str, float]:
        """The shares as the place lets them appear: the fewer ``words``, the likelier it is about what is at hand."""
        if not near or not 0 < words <= len(_PULL):
            return shares
        pull: dict[str, float] = defaultdict(lambda: 1.0)
        for topic in near:
            pull[topic] += _PULL[words - 1]
            for other in self._explainers[topic].front.see:
                pull[other] += _NEXT_TO_IT * _PULL[words - 1]
        pulled = {name: share * pull[name] for name, share in shares.items()}
        total = sum(pulled.values())
        return {name: share / total for name, share in pulled.items()}

    def _chosen(self, shares: Mapping[str, float]) -> Found:
        flows = {name.removeprefix(FLOW): share for name, share in shares.items() if name.startswith(FLOW)}
        topics = {name: share for name, share in shares.items() if name in self._explainers}
        wanted = max(flows, key=flows.__getitem__, default="")
        for flow, share in flows.items():
            if EXPLAINS[flow] in topics:
                topics[EXPLAINS[flow]] += share
        likely = sorted(topics, key=lambda topic: (-topics[topic], topic))[:HITS]
        foreign = shares.get(ELSEWHERE, 0.0)
        if not likely or foreign >= self._foreign * (foreign + topics[likely[0]]):
            return Found()
        hits = tuple(Hit(topic, round(topics[topic], 3)) for topic in likely)
        begins = (
            flows.get(wanted, 0.0) >= WANTED and likely[0] == EXPLAINS[wanted] and hits[0].confidence >= SURE
        )
        return Found(hits, wanted if begins else "")
