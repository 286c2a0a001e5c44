"""Extra pay with a paycheck: ``20k on Dec 15``, ``10k dec 15 and 5k dec 30``, ``20k with the next paycheck``.

A bonus is an amount and its place among the paychecks to come. A day stands for the first pay day on or after it, a
month for the pay days in it. An amount without a place is asked about; a part that is not understood refuses the
whole, so that no bonus is lost. Whether elections count a bonus is asked elsewhere: here they do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from dialogs.reading.amounts import Setting, read_amount
from dialogs.reading.dates import Days, Span, find_days, month_of
from dialogs.reading.result import Candidate, Doubt, Read, Reading, Reason, Refused
from dialogs.reading.text import echo, looks_like_question, vocabulary
from dialogs.reading.tokens import Number, Sentence, opened
from knowledge.core.pay_days import MOST_CHECKS, Bonus
from knowledge.words import dollars

_SETTING = Setting(
    Decimal(500),
    Decimal(1_000_000),
    zero=False,
    words=vocabulary(
        "bonus bonuses extra one a an more expected expecting get getting annual pay paid comes coming with on in next year"
        " end sign-on sign signing retention commission commissions vest vesting rsu rsus expect another also payout day"
    ),
)
_MOST_CANDIDATES = 4
_LEAST_BARE = 100
"""The smallest amount that needs no dollar sign beside it."""
_NONE = re.compile(
    r"(?:i |we )?(?:no|none|nope|nothing|zero|\$?0|nah|(?:don't|dont|won't|wont|will not|do not) (?:get|have|expect)(?: a| any)?)"
    r"(?: (?:more |extra )?(?:bonus(?:es)?|extra pay))?(?: (?:this year|expected|to come|left|planned))*[.!]*"
)
_JOINT = re.compile(r"[,;+&]|\b(?:and|plus|then|also)\b")
_CHECK = r"(?:pay ?(?:checks?|cheques?|days?|periods?)|checks?|cheques?)"
_PLACE = re.compile(
    rf"\b(?P<end>next|first|last|final) {_CHECK}\b|\b{_CHECK} (?:no\.? ?|number |#)?(?P<number>[0-9]{{1,2}})\b"
    rf"|\b(?P<nth>[0-9]{{1,2}})(?:st|nd|rd|th) {_CHECK}\b"
)
_MONTH = re.compile(r"\b(?:in|during) (?P<month>[a-z]{3,10})\b")


def bonuses_text(bonuses: Sequence[Bonus]) -> str:
    """``$20,000 with paycheck 3 and $5,000 with paycheck 4``, or ``none``: `read_bonuses` reads it back when sure."""
    return " and ".join(f"{dollars(b.amount)} with paycheck {b.check}" for b in bonuses) or "none"


@dataclass(frozen=True, slots=True)
class _Calendar:
    """The pay days to come, empty if they are not known, and the days that can be meant."""

    days: Sequence[date]
    span: Span

    @property
    def most(self) -> int:
        """The most paychecks that can come."""
        return len(self.days) or MOST_CHECKS

    def check_on(self, day: date) -> int | None:
        """The first paycheck on or after ``day``."""
        return next((number for number, pay_day in enumerate(self.days, 1) if pay_day >= day), None)

    @property
    def likely(self) -> tuple[int, ...]:
        """The paychecks to ask about where none is told: the next ones and the last."""
        last = len(self.days) or 1
        return (*range(1, min(last, _MOST_CANDIDATES)), last)


@dataclass(frozen=True, slots=True)
class _Place:
    """The paychecks that can be meant, and the text without them; ``reason`` is what to ask about, if anything."""

    checks: tuple[int, ...]
    rest: str
    reason: Reason | None = None


def _is_amount(number: Number) -> bool:
    """Whether a number is no day, no year and no number of a paycheck."""
    if number.money or number.percent or number.scale != 1:
        return True
    if number.fault is not None:  # "2,00,000" is one, the "04" of "12/04" is none
        return not number.text.isdigit()
    return number.value >= _LEAST_BARE and not number.is_year


def _parts(sentence: Sentence) -> Iterator[tuple[str, Number]] | None:
    """Return the parts of the text with an amount in each; None where two amounts have nothing between them."""
    amounts = [number for number in sentence.every(Number) if _is_amount(number)]
    starts, ends = [0], []
    for one, other in pairwise(amounts):
        joints = list(_JOINT.finditer(sentence.cleaned, one.end, other.start))
        if not joints:
            return None
        ends.append(joints[-1].start())
        starts.append(joints[-1].end())
    ends.append(len(sentence.cleaned))
    return (
        (f"{sentence.cleaned[start : number.start]} {sentence.cleaned[number.end : end]}", number)
        for number, start, end in zip(amounts, starts, ends, strict=False)
    )


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"


def _place(text: str, calendar: _Calendar) -> _Place | Reason:
    """Find where a bonus comes in the words around its amount."""
    named = _PLACE.search(text)
    if named is not None:
        return _by_name(named, text, calendar)
    found = find_days(text, calendar.span)
    if found is not None:
        return _by_day(*found, calendar)
    for match in _MONTH.finditer(text):
        month = month_of(match["month"])
        if month is not None:
            return _by_month(month[0], _without(text, match), calendar)
    return _Place(calendar.likely, text, Reason.BONUS)


def _by_name(named: re.Match[str], text: str, calendar: _Calendar) -> _Place | Reason:
    match named["end"]:
        case "next" | "first":
            number = 1
        case None:
            number = int(named["number"] or named["nth"])
        case _ if calendar.days:
            number = len(calendar.days)
        case _:
            return Reason.PAY_DAYS
    return _Place((number,), _without(text, named)) if 1 <= number <= calendar.most else Reason.OUT_OF_RANGE


def _by_day(found: Days, rest: str, calendar: _Calendar) -> _Place | Reason:
    if not calendar.days:
        return Reason.PAY_DAYS
    if not found.days:
        return Reason.NO_SUCH_DAY
    allowed = filter(calendar.span.has, found.days)
    checks = tuple(dict.fromkeys(n for n in map(calendar.check_on, allowed) if n is not None))
    if not checks:
        return Reason.OUT_OF_RANGE
    reason = Reason.BONUS if len(checks) > 1 else None if found.plain else Reason.WORDS
    return _Place(checks[:_MOST_CANDIDATES], rest, reason)


def _by_month(month: int, rest: str, calendar: _Calendar) -> _Place | Reason:
    if not calendar.days:
        return Reason.PAY_DAYS
    checks = tuple(number for number, day in enumerate(calendar.days, 1) if day.month == month)
    if not checks:
        return Reason.OUT_OF_RANGE
    return _Place(checks[:_MOST_CANDIDATES], rest, Reason.BONUS if len(checks) > 1 else None)


def _one(text: str, number: Number, calendar: _Calendar, sure: bool) -> Reading[Bonus]:
    """Read one bonus: its amount, then its place. Only one of the two may be in doubt.

    Words that are not known beside an amount without a place may well tell the place: only that is asked.
    """
    if number.fault is not None:
        return Refused(number.fault)
    place = _place(text, calendar)
    if isinstance(place, Reason):
        return Refused(place)
    amount = _amount(number, place.rest, sure)
    if isinstance(amount, Doubt) and (amount.reason, place.reason) == (Reason.WORDS, Reason.BONUS):
        amount = _amount(number, place.rest, sure=True)
    if isinstance(amount, Refused) or (isinstance(amount, Doubt) and place.reason is not None):
        return amount if isinstance(amount, Refused) else Refused(Reason.BONUS)
    if isinstance(amount, Doubt):
        told = [(c.name, Bonus(place.checks[0], c.value, True)) for c in amount.candidates if c.value]
        return Doubt(amount.reason, tuple(_candidate(*each) for each in told), amount.shown)
    bonuses = [Bonus(check, amount.value, True) for check in place.checks]
    if place.reason is None or (sure and len(bonuses) == 1):
        return Read(bonuses[0])
    return _which(bonuses, place.reason, calendar)


def _amount(number: Number, rest: str, sure: bool) -> Reading[Decimal]:
    """Read the amount with the words around it and its place."""
    written = f"{number.value:f}" if number.scale != 1 else f"{number.typed:f}"
    unit = "%" if number.percent else " dollars" if number.money or number.scale != 1 else ""
    return read_amount(f"{rest} {written}{unit}", _SETTING, sure)


def _which(bonuses: Sequence[Bonus], reason: Reason, calendar: _Calendar) -> Doubt[Bonus]:
    ends = {len(calendar.days): "last_check", 1: "next_check"}
    names = ["yes" if reason is Reason.WORDS else ends.get(bonus.check, "check") for bonus in bonuses]
    candidates = map(_candidate, names, bonuses)
    return Doubt(reason, tuple(candidates), {"amount": bonuses[0].amount})


def _candidate(name: str, bonus: Bonus) -> Candidate[Bonus]:
    return Candidate(name, bonuses_text((bonus,)), bonus)


def read_bonuses(
    text: str, today: date, *, last: date, days: Sequence[date], sure: bool = False
) -> Reading[tuple[Bonus, ...]]:
    """Return the bonuses that ``text`` tells, from ``today`` to ``last``; none at all is an answer. Never raises.

    ``days`` are the pay days to come, rising: paycheck 1 comes on the first of them. They may be empty: then only a
    paycheck can be named, no day.
    """
    sentence = opened(text)
    if isinstance(sentence, Refused):
        return sentence
    if looks_like_question(text):
        return Refused(Reason.NO_NUMBER, echo(text))
    if _NONE.fullmatch(sentence.cleaned):
        return Read(())
    parts, calendar = _parts(sentence), _Calendar(days, Span(today, today, last))
    readings = [_one(*part, calendar, sure) for part in parts] if parts is not None else []
    refused = next((each.reason for each in readings if isinstance(each, Refused)), None)
    doubts = [each for each in readings if isinstance(each, Doubt)]
    if refused is not None or not readings or len(doubts) > 1:
        return Refused(refused or Reason.BONUS, echo(text))
    return _all(readings)


def _all(readings: Sequence[Reading[Bonus]]) -> Reading[tuple[Bonus, ...]]:
    """Put the bonuses together; the candidates of the one that is in doubt are all of them."""

    def told(doubted: Bonus | None = None) -> tuple[Bonus, ...]:
        every = (each.value if isinstance(each, Read) else doubted for each in readings)
        return tuple(bonus for bonus in every if bonus is not None)

    doubt = next((each for each in readings if isinstance(each, Doubt)), None)
    if doubt is None:
        return Read(told())
    whole = [(c.name, told(c.value)) for c in doubt.candidates]
    return Doubt(
        doubt.reason, tuple(Candidate(n, bonuses_text(every), every) for n, every in whole), doubt.shown
    )
