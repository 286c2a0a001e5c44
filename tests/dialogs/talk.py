"""A scripted person: types, taps buttons by their labels, reads the cards. Every turn is checked on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from re import fullmatch

from bot.typed import spoken
from dialogs.events import Command, Edited, Event, Pressed, Unreadable
from dialogs.moment import Asking, Confirming, Moment, Place
from dialogs.reading import canonical_employer_money, percent_text
from dialogs.replies import Button, Reply
from dialogs.screens import token
from dialogs.session import Session, dump, load
from dialogs.turn import Turn, turn
from dialogs.understand import Understood, understand
from dialogs.values import key_of
from dialogs.world import World, world_on
from knowledge.core.match import EmployerMoney
from knowledge.core.pay_days import Bonus
from knowledge.core.payroll import Election
from knowledge.markup import visible
from knowledge.search import NAMED, Found, Hit
from knowledge.words import dollars

DAY = date(2026, 7, 1)
WORLD = world_on(DAY)
NEXT_YEAR = replace(world_on(date(2026, 12, 31)), today=date(2027, 2, 1))
"""A day in a year of which the limits are not known."""

TYPED: Mapping[str, str] = {
    "plan": "401k",
    "takes_after_tax": "yes",
    "way_to_roth": "both",
    "cap_kind": "no cap",
    "cap_percent": "10%",
    "cap_dollars": "20,000",
    "cap_counts_all_pay": "no",
    "age_band": "45",
    "over_wages": "no",
    "highly_paid": "neither",
    "other_plan": "no",
    "deferred_elsewhere": "5,000",
    "employers_related": "yes",
    "additions_elsewhere": "8,000",
    "pay_elsewhere": "40,000",
    "pay": "185k",
    "whole_year": "yes",
    "pay_schedule": "twice a month",
    "checks_so_far": "4",
    "checks_left": "10",
    "deferral": "18,000",
    "employer_money": "9,250",
    "after_tax_so_far": "6,400",
}
"""What a person types when each question is asked."""
ON_THE_WAY_TO: Mapping[str, Mapping[str, str]] = {
    "cap_percent": {"cap_kind": "percent"},
    "cap_dollars": {"cap_kind": "dollars"},
    "cap_counts_all_pay": {"cap_kind": "percent", "pay": "480k"},
    "over_wages": {"age_band": "52"},
    "deferred_elsewhere": {"other_plan": "yes"},
    "employers_related": {"other_plan": "yes"},
    "additions_elsewhere": {"other_plan": "yes"},
    "pay_elsewhere": {"other_plan": "yes", "pay": "50k"},
    "checks_so_far": {"whole_year": "no"},
}
"""What has to be answered otherwise for a question to be asked."""


def words(phrase: str, **values: object) -> str:
    """A phrase as a person sees it."""
    return visible(WORLD.library.say(phrase, **values))


@dataclass(frozen=True)
class Always:
    """A search that finds ``topic``, whatever is asked."""

    topic: str

    def find(self, text: str, near: Sequence[str] = ()) -> Found:
        return Found((Hit(self.topic, NAMED),))


class Person:
    """Someone in a private chat: ``session`` and ``last`` are what the last turn left, ``shown`` every card so far."""

    def __init__(self, session: Session | None = None, world: World = WORLD) -> None:
        self.world = world
        self.session = session or Session()
        self.last = Turn(self.session, ())
        self.shown: list[Reply] = []

    def copy(self) -> Person:
        """The same person, whom other things can happen to."""
        other = Person(self.session, self.world)
        other.last, other.shown = self.last, [*self.shown]
        return other

    def does(self, event: Event) -> Person:
        """Cause ``event``; what is kept goes through the store."""
        self.last = turn(self.session, event, self.world)
        check_turn(self.last)
        self.shown += self.last.replies
        self.session = load(None if self.last.session is None else dump(self.last.session))
        return self

    def says(self, *texts: str, ref: int = 0) -> Person:
        """Type each of ``texts``; one that starts with a slash is a command."""
        for text in texts:
            self.does(spoken(text, ref)[0])
        return self

    def edits(self, text: str, ref: int) -> Person:
        return self.does(Edited(text, ref))

    def sends(self, kind: str) -> Person:
        return self.does(Unreadable(kind))

    def presses(self, data: str) -> Person:
        return self.does(Pressed(data))

    def taps(self, *labels: str) -> Person:
        """Press the newest button with each of ``labels``."""
        for label in labels:
            self.presses(self.button(label).data)
        return self

    def button(self, label: str) -> Button:
        """The newest button with ``label``, however old."""
        found = [b for card in self.shown for row in card.buttons for b in row if b.label == label]
        assert found, f"no button {label!r} in {[card.html for card in self.shown]}"
        return found[-1]

    def answers(self, value: object) -> Person:
        """Give ``value`` to the question that is asked: by its button, or typed and then confirmed."""
        fact = self.asks
        data = f"a:{fact}:{key_of(value)}"
        if any(button.data == data for row in self.card.buttons for button in row):
            return self.presses(data)
        self.says(typed(fact, value))
        while isinstance(place := self.place, Confirming):
            meanings = {c: understand(fact, c, self.moment, sure=True) for _, c in place.pending.candidates}
            chosen = [c for c, heard in meanings.items() if heard == Understood({fact: value})]
            assert chosen, f"{typed(fact, value)!r} can mean {meanings}"
            self.presses(f"c:{fact}:{token(chosen[0])}")
        assert self.told[fact] == value
        return self

    def goes_to(self, fact: str, **typed: str) -> Person:
        """Answer every question until ``fact`` is asked, or to the end."""
        answers = {**TYPED, **ON_THE_WAY_TO.get(fact, {}), **typed}
        while self.asks and self.asks != fact:
            waits = self.asks
            self.says(answers[waits])
            assert self.asks != waits, f"{answers[waits]!r} is no answer to {waits}: {self.sees}"
        assert self.asks == fact, f"{fact} is not asked"
        return self

    def finishes(self, **typed: str) -> Person:
        """Answer every question that is asked."""
        return self.goes_to("", **typed)

    def changes(self, fact: str, *texts: str) -> Person:
        """Open the answers, type the number of ``fact``, then each of ``texts``."""
        return self.says("answers", str(self.moment.path.index(fact) + 1), *texts)

    @property
    def moment(self) -> Moment:
        return Moment(self.session, self.world)

    @property
    def place(self) -> Place:
        return self.moment.place

    @property
    def asks(self) -> str:
        """The fact that is asked, empty where none is."""
        return place.fact if isinstance(place := self.place, Asking) else ""

    @property
    def sees(self) -> str:
        """What the last turn showed, as text."""
        return "\n\n".join(visible(card.html) for card in self.last.replies)

    @property
    def card(self) -> Reply:
        """The card to act on."""
        return next(card for card in reversed(self.shown) if card.live)

    @property
    def labels(self) -> list[str]:
        """The buttons of that card."""
        return [b.label for row in self.card.buttons for b in row]

    @property
    def told(self) -> Mapping[str, object]:
        """The answers."""
        return self.session.answers


def typed(fact: str, value: object) -> str:
    """How a person types ``value``."""
    if key := key_of(value):
        return WORLD.library.questions[fact].front.options[key].label
    percent = WORLD.library.questions[fact].front.unit == "percent"
    match value:
        case EmployerMoney():
            return canonical_employer_money(value)
        case Election():
            return f"{dollars(value.dollars)} a check" if value.dollars else percent_text(value.pay_share)
        case (Bonus(check, amount), *_):
            return f"{dollars(amount)} with check {check}"
        case Decimal() if percent:
            return percent_text(value)
        case Decimal():
            return dollars(value)
        case _:
            return str(value)


def newcomer() -> Person:
    return Person().says("/check")


def asked(fact: str, **typed: str) -> Person:
    """Someone who is asked ``fact`` in a check."""
    return _gone_to(fact, tuple(typed.items())).copy()


@cache
def _gone_to(fact: str, typed: tuple[tuple[str, str], ...]) -> Person:
    return newcomer().goes_to(fact, **dict(typed))


def reviewing(**typed: str) -> Person:
    """Someone at the check page."""
    return asked("", **typed)


def finished(**typed: str) -> Person:
    """Someone who sees the result of a check."""
    return reviewing(**typed).says("show")


# --- what every turn keeps to ---------------------------------------------------------------------------------------

TAGS = {"b", "i", "u", "s", "a", "code", "blockquote", "tg-spoiler"}


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert tag in TAGS
        assert names == {"a": ["href"], "blockquote": ["expandable"]}.get(tag, [])
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        assert "<" not in data
        assert "&" not in data

    def handle_entityref(self, name: str) -> None:
        assert name in ("lt", "gt", "amp", "quot")


def check_card(card: Reply) -> None:
    """Telegram takes the card, and nobody sees the inside of the program in it."""
    tags = _Tags()
    tags.feed(card.html)
    tags.close()
    seen = visible(card.html)
    assert tags.open == []
    assert 0 < len(seen) <= 4_096
    for inside in ("None", "Traceback", "Decimal(", "NotSure", "NOT_SURE", "Undefined", "object at 0x"):
        assert inside not in seen
    for row in card.buttons:
        assert 1 <= len(row) <= 8
        for button in row:
            check_button(button)


def check_button(button: Button) -> None:
    assert 1 <= len(button.label) <= 20
    assert sum(map(bool, (button.data, button.url, button.start, button.copy))) == 1
    assert len(button.data.encode()) <= 64
    assert len(button.copy) <= 256
    assert fullmatch(r"[A-Za-z0-9_-]{0,64}", button.start)


def check_turn(after: Turn) -> None:
    """Every card is one that Telegram takes, at most the last is live, and there is something to do next."""
    for card in after.replies:
        check_card(card)
    assert not any(card.live for card in after.replies[:-1])
    acts = [card for card in after.replies[-1:] if card.live and card.buttons]
    assert acts or after.toast or after.session is None
    if after.session is not None:
        assert load(dump(after.session)) == after.session


def command(text: str) -> Command:
    """``/name words`` as an event."""
    event = spoken(text)[0]
    assert isinstance(event, Command)
    return event
