"""What is kept of a conversation: answers, and the little that cannot be computed from them.

There is no stored position. Which question is next, whether there is a result and what it says are worked out from
the answers at every turn. Stored besides them: the flow that was chosen, a reading that waits for "Is that right?",
a question the person chose to change or to suppose, whether the check page was confirmed, what the last answer
replaced, which steps are done, how the person wants things shown, and until the next event a question that had no answer.

The stored form is versioned JSON. Migrations are pure functions over it, append-only. An answer that no longer fits
its fact is set aside and asked again, and the person is told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

from dialogs.flows import FACTS
from knowledge.core.match import EmployerMoney
from knowledge.core.sheet import NOT_SURE
from knowledge.markup import is_sound

_TYPES = {
    name: TypeAdapter[Any](fact.kind if fact.measure is None else fact.measure)
    for name, fact in FACTS.items()
}


@cache
def ends(fact: str) -> tuple[Decimal, Decimal] | None:
    """The least and the most of a number that ``fact`` can be; None where its measure sets no ends."""
    schema = _TYPES[fact].json_schema()
    for part in (schema, *schema.get("anyOf", ())):
        if "minimum" in part and "maximum" in part:
            return Decimal(str(part["minimum"])), Decimal(str(part["maximum"]))
    return None


_NOT_SURE = "?"
_TOO_MUCH = 10**9
"""No number that was ever taken for an answer is as large."""

Migration = Callable[[dict[str, Any]], dict[str, Any]]
MIGRATIONS: tuple[Migration, ...] = ()
"""``MIGRATIONS[n]`` turns stored version n + 1 into n + 2. Append only."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A doubtful reading of an answer to ``fact``: what was asked back, and the candidates as (words, input).

    A candidate's input is our own canonical text; reading it as sure gives the value that the button shows.
    """

    fact: str
    question: str
    candidates: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Session:
    """One person's conversation. ``answers`` maps fact names to values or `NOT_SURE`, in the order of answering."""

    flow: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)
    pending: Pending | None = None
    changing: str = ""
    reviewed: bool = False
    idle: bool = True
    """The menu is shown; the flow, if any, waits."""
    asked: str = ""
    """What is open over the conversation: ``"delete"`` or ``"restart"`` to be decided, ``"answers"``, or nothing."""
    misses: int = 0
    undo: Mapping[str, object] = field(default_factory=dict)
    """What the last answer replaced, by fact; None where there was no answer."""
    year: int = 0
    day: date | None = None
    """When the last answer was given."""
    last_fact: str = ""
    last_ref: int = 0
    """Which typed message gave the last answer, so that an edit of it can correct it."""
    supposing: bool = False
    """The next answer is only supposed: what would be if it were so?"""
    supposed: Mapping[str, object] = field(default_factory=dict)
    """Answers that are supposed, to be kept or dropped; the others stay as they are."""
    read: str = ""
    """The explainer that was read last, until the next answer: "how much?" is about it."""
    done: tuple[str, ...] = ()
    """Steps of the checklist that are done this year."""
    text_only: bool = False
    """Results come without pictures."""
    hides_amounts: bool = False
    """Dollar amounts are covered until they are tapped."""
    unanswered: str = ""
    """The question that had no answer just now, until the next event: the person may agree to send it."""
    set_aside: tuple[str, ...] = ()
    damaged: bool = False

    def answer(self, values: Mapping[str, object], today: date, ref: int = 0) -> Session:
        """The session after ``values`` were answered on ``today`` by message ``ref``."""
        kept = {name: value for name, value in self.answers.items() if name not in values}
        return replace(
            self,
            answers={**kept, **values},
            pending=None,
            changing="",
            supposing=False,
            supposed={},
            reviewed=False,
            idle=False,
            asked="",
            misses=0,
            read="",
            undo={name: self.answers.get(name) for name in values},
            day=today,
            last_fact=next(iter(values)),
            last_ref=ref,
        )

    def taken_back(self) -> Session:
        """The session before the last answer, as far as answers go."""
        known = {name: value for name, value in self.answers.items() if name not in self.undo}
        restored = {name: value for name, value in self.undo.items() if value is not None}
        return replace(
            self, answers={**known, **restored}, undo={}, pending=None, changing="", reviewed=False
        )


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid")
    v: int
    flow: str = ""
    answers: dict[str, Any] = {}
    pending: tuple[str, str, tuple[tuple[str, str], ...]] | None = None
    changing: str = ""
    reviewed: bool = False
    idle: bool = True
    asked: str = ""
    misses: int = 0
    undo: dict[str, Any] = {}
    year: int = 0
    day: date | None = None
    last_fact: str = ""
    last_ref: int = 0
    supposing: bool = False
    supposed: dict[str, Any] = {}
    done: tuple[str, ...] = ()
    text_only: bool = False
    hides_amounts: bool = False
    unanswered: str = ""
    read: str = ""


VERSION = len(MIGRATIONS) + 1


def dump(session: Session) -> str:
    """The session as JSON; defaults are left out, so it stays small."""
    waiting = session.pending
    stored = _Stored(
        v=VERSION,
        flow=session.flow,
        answers=_flat(session.answers),
        pending=(waiting.fact, waiting.question, waiting.candidates) if waiting else None,
        changing=session.changing,
        reviewed=session.reviewed,
        idle=session.idle,
        asked=session.asked,
        misses=session.misses,
        undo=_flat(session.undo),
        year=session.year,
        day=session.day,
        last_fact=session.last_fact,
        last_ref=session.last_ref,
        supposing=session.supposing,
        supposed=_flat(session.supposed),
        done=session.done,
        text_only=session.text_only,
        hides_amounts=session.hides_amounts,
        unanswered=session.unanswered,
        read=session.read,
    )
    return stored.model_dump_json(exclude_defaults=True)


def _flat(answers: Mapping[str, object]) -> dict[str, Any]:
    return {name: None if value is None else _stored(name, value) for name, value in answers.items()}


def _stored(name: str, value: object) -> Any:
    return (
        _NOT_SURE
        if value is NOT_SURE
        else _TYPES[name].dump_python(value, mode="json", exclude_defaults=True)
    )


def load(text: str | None) -> Session:
    """The session that ``text`` holds. Never raises: what cannot be read starts afresh and says so."""
    if text is None:
        return Session()
    try:
        stored = _current(text)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return Session(damaged=True)
    answers, aside = _revived(stored.answers)
    replaced, _ = _revived(stored.undo)
    added = {name for name, value in stored.undo.items() if value is None and name in FACTS}
    return Session(
        flow=stored.flow,
        answers=answers,
        pending=_waiting(stored),
        changing=stored.changing if stored.changing in FACTS else "",
        reviewed=stored.reviewed,
        idle=stored.idle,
        asked=stored.asked,
        misses=stored.misses,
        undo={name: replaced.get(name) for name in stored.undo if name in replaced or name in added},
        year=stored.year,
        day=stored.day,
        last_fact=stored.last_fact,
        last_ref=stored.last_ref,
        supposing=stored.supposing,
        supposed=_revived(stored.supposed)[0],
        done=stored.done,
        text_only=stored.text_only,
        hides_amounts=stored.hides_amounts,
        unanswered=stored.unanswered,
        read=stored.read,
        set_aside=aside,
    )


def _current(text: str) -> _Stored:
    """The stored form in this version; an error of the kinds that `load` expects for anything else."""
    raw = json.loads(text)
    if raw["v"] not in range(1, VERSION + 1):
        raise ValueError(f"version {raw['v']} is not known here")
    for migrate in MIGRATIONS[raw["v"] - 1 :]:
        raw = migrate(raw)
    return _Stored.model_validate({**raw, "v": VERSION})


def _waiting(stored: _Stored) -> Pending | None:
    match stored.pending:
        case (fact, question, [_, *_] as candidates) if fact in FACTS and is_sound(question):
            return Pending(fact, question, candidates)
        case _:
            return None


def _revived(stored: Mapping[str, Any]) -> tuple[dict[str, object], tuple[str, ...]]:
    """Give the answers that still fit their facts, and the names of those that do not."""
    answers: dict[str, object] = {}
    aside: list[str] = []
    for name, value in stored.items():
        try:
            answers[name] = _revive(name, value)
        except (ValueError, KeyError):
            aside.append(name)
    return answers, tuple(aside)


def _revive(name: str, value: object) -> object:
    fact = FACTS[name]
    if value == _NOT_SURE and fact.may_be_unsure:
        return NOT_SURE
    revived = _TYPES[name].validate_python(value)
    least = 0 if fact.measure is None else -_TOO_MUCH  # a measure has a range of its own
    if not all(least <= number < _TOO_MUCH for number in _numbers(revived)):
        raise ValueError(f"{name} cannot be {value}")
    return revived


def _numbers(value: object) -> Iterator[Decimal | int]:
    if isinstance(value, Decimal | int):
        yield value
    if isinstance(value, EmployerMoney):
        yield from (value.nonelective, value.fixed, value.match_cap or 0)
        for tier in value.tiers:
            yield from (tier.rate, tier.start, tier.end)
