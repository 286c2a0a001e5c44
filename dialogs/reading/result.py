"""What a reader gives back: a value, a doubt to be settled, or a refusal.

Nothing is guessed. A text with one plain meaning is `Read`. A text with several possible meanings, or with
one that is improbable, is a `Doubt` that lists each meaning as a `Candidate`. Everything else is `Refused`.
The words for a person are kept elsewhere, under the key of the `Reason`; a reader only gives the reason and
the typed values that the words need.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum, auto
from typing import Generic, TypeAlias, TypeVar

from knowledge.core.facts import PaySchedule
from knowledge.core.match import EmployerMoney

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Reason(StrEnum):
    """Why a reading is refused or doubted. Values are keys of phrases."""

    # Refused
    NO_NUMBER = auto()
    """Nothing that can be used as a number."""
    NOT_UNDERSTOOD = auto()
    """A number with something attached that has no known meaning: ``10q``, ``#5``, ``few thousand``."""
    ODD_DIGITS = auto()
    """Digits other than 0 to 9: superscripts, fractions, circled or non-Latin digits."""
    RANGE = auto()
    TWO_DOTS = auto()
    """It is not clear where the cents start: ``1.2.3``, ``1,23``, ``185.000``."""
    NEGATIVE = auto()
    SEVERAL = auto()
    TOO_BIG = auto()
    TOO_SMALL = auto()
    """Nothing, where nothing is no answer."""
    TOO_LONG = auto()
    NOT_A_NUMBER = auto()
    """``nan``, ``inf`` and the like."""
    CURRENCY = auto()
    """Money other than US dollars."""
    NEEDS_PAY = auto()
    """A percentage of pay, and the pay is not known."""
    NO_LIMIT = auto()
    """``max`` or ``half`` where there is no limit."""
    NOT_WHOLE = auto()
    OVER_100 = auto()
    """More than 100 %."""
    DOLLARS = auto()
    """Dollars where a percentage was asked."""
    NOT_PERIODIC = auto()
    """An amount per paycheck, week or month where one amount was asked."""
    HOURLY = auto()
    """An amount per hour or day: it cannot be turned into a year's amount."""
    UP_TO = auto()
    """A match rate without the share of pay that it applies to: ``50% match``."""
    ASK_FORMULA = auto()
    """Employer money in words that give no formula: ``safe harbor match``."""
    NO_CHOICE = auto()
    """None of the options."""
    NOT_SURE_HERE = auto()
    """"Not sure" where it is no option."""
    NO_DAY = auto()
    """Nothing that names one day."""
    NO_SUCH_DAY = auto()
    """A day that the calendar does not have: ``Feb 30``."""
    PER_PAYCHECK = auto()
    """An amount per month or year where it is asked for each paycheck."""
    OVER_PAYCHECK = auto()
    """More than a paycheck holds."""
    PAY_DAYS = auto()
    """A day, and the pay days are not known."""

    # Refused or doubted
    OUT_OF_RANGE = auto()
    """Outside what is plausible (doubted) or possible (refused)."""
    BONUS = auto()
    """A bonus of no known paycheck (doubted), or bonuses that are not understood in full (refused)."""

    # Doubted
    THOUSANDS = auto()
    APPROXIMATE = auto()
    """"About" near a limit, "over", "at least", or a question mark after the amount."""
    ODD_SCALE = auto()
    WORDS = auto()
    """One amount among words that are not known, or a year beside it."""
    PERCENT_OR_FRACTION = auto()
    PERCENT_OF_PAY = auto()
    PERIOD = auto()
    FREQUENCY = auto()
    OVER_LIMIT = auto()
    HALF = auto()
    FORMULA = auto()
    COUNT = auto()
    BIRTH_YEAR = auto()
    CONDITION = auto()
    SPELLING = auto()
    DAY = auto()
    """Several days: ``next friday``, ``4/12``."""
    PERCENT_OR_DOLLARS = auto()
    """A small bare number of what is taken from each paycheck: ``10``."""
    LOSS = auto()
    """An amount called a profit and a loss."""


Shown: TypeAlias = Decimal | int | str | date | PaySchedule | EmployerMoney


@dataclass(frozen=True, slots=True)
class Read(Generic[T_co]):
    """The text has one plain meaning, ``value``."""

    value: T_co


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T_co]):
    """One meaning of a doubtful text.

    ``name`` is the key of its button's words. ``text`` is an input in our own words, never the person's:
    read again with ``sure=True`` it gives ``value``, or the next doubt where ``value`` is ``None``.
    """

    name: str
    text: str
    value: T_co | None


@dataclass(frozen=True, slots=True)
class Doubt(Generic[T_co]):
    """The text may mean each of ``candidates``; ``shown`` has the values that the words need."""

    reason: Reason
    candidates: tuple[Candidate[T_co], ...]
    shown: Mapping[str, Shown] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """The text cannot be used; ``shown`` is a short echo of it without controls."""

    reason: Reason
    shown: str = ""


Reading: TypeAlias = Read[T] | Doubt[T] | Refused
