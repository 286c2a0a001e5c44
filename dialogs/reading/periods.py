"""The many ways to say how often: ``/check``, ``a month``, ``2x/mo``, ``every other friday``.

Each entry of the lexicon is a pattern of fixed phrases with bounded options, so that reading it is linear.
The order matters: ``every 2 weeks`` stands before ``every week``, ``twice a month`` before ``a month``.
"""

from __future__ import annotations

import re
from enum import StrEnum, auto

from knowledge.core.facts import PaySchedule


class Period(StrEnum):
    """How often an amount comes."""

    PAYCHECK = auto()
    WEEKLY = auto()
    BIWEEKLY = auto()
    SEMIMONTHLY = auto()
    BIMONTHLY = auto()
    """Twice a month or every two months: ambiguous."""
    MONTHLY = auto()
    QUARTERLY = auto()
    YEARLY = auto()
    SHORT = auto()
    """Per hour or per day."""
    OTHER = auto()
    """A rhythm that no payroll of ours has: ``twice a week``."""

    @property
    def times(self) -> int | None:
        """How many times a year, where the period alone tells."""
        return _TIMES.get(self)

    @property
    def schedule(self) -> PaySchedule | None:
        """Return the pay schedule of the same rhythm."""
        return _SCHEDULES.get(self)


_SCHEDULES = {
    Period.WEEKLY: PaySchedule.WEEKLY,
    Period.BIWEEKLY: PaySchedule.BIWEEKLY,
    Period.SEMIMONTHLY: PaySchedule.SEMIMONTHLY,
    Period.MONTHLY: PaySchedule.MONTHLY,
}
_TIMES = {p: s.checks for p, s in _SCHEDULES.items()} | {Period.QUARTERLY: 4, Period.YEARLY: 1}

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = r"(?:mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)s?"
_EACH = r"(?:/ ?|(?:per|an?|each|every) )"
_CHECK = r"(?:pay ?checks?|pay ?cheques?|checks?|cheques?|chks?|pay ?periods?|pay ?days?|pay ?stubs?|payrolls?|pp|pay)"
_TWICE = r"(?:twice|(?:two|2) ?(?:x|times|(?:pay ?)?checks|pays|paydays))"
_IN = r"(?: ?/ ?| (?:(?:an?|per|each|every|in an?) )?)"


def _per_year(times: str) -> str:
    return rf"{times} ?(?:x|times|(?:pay ?)?checks|pay ?periods|pay ?days|pays|payments){_IN}(?:year|yr)"


_LEXICON: tuple[tuple[Period, str], ...] = (
    (Period.WEEKLY, _per_year("52")),
    (Period.BIWEEKLY, _per_year("26")),
    (Period.SEMIMONTHLY, _per_year("24")),
    (Period.MONTHLY, _per_year("12")),
    (Period.BIMONTHLY, r"bi[ -]?monthly"),
    (
        Period.SEMIMONTHLY,
        rf"semi[ -]?monthly|{_TWICE}{_IN}(?:months?|mo|mth|monthly)"
        r"|(?:the )?(?:1st|first)(?: and | ?& ?| ?/ ?)(?:the )?(?:15th|fifteenth)(?: of (?:the|each|every) month)?"
        r"|(?:the )?15th(?: and | ?& ?| ?/ ?)(?:the )?"
        r"(?:1st|30th|31st|(?:last(?: day)?|end)(?: of (?:the |each |every )?month)?)",
    ),
    (
        Period.BIWEEKLY,
        rf"bi[ -]?weekly|(?:once )?(?:(?:every|each|per) (?:other|2|two|2nd|second|alternate)|alternate|alternating)"
        rf" (?:weeks?|wks?|{_WEEKDAY})|(?:once )?every (?:14|fourteen) days"
        r"|(?:(?:every|a|per|each) )?fortnight(?:ly)?",
    ),
    (
        Period.OTHER,
        r"(?:twice|thrice|(?:two|three|four|(?!1 ?x)[0-9]{1,3}) ?(?:x|times))"
        rf"{_IN}(?:weeks?|wk|years?|yr|quarters?|months?|mo|day|hour|daily|weekly|monthly|yearly)"
        r"|every (?:[0-9]{1,3}|other|second|two|three|four|six) (?:weeks?|months?|days?|quarters?|years?)",
    ),
    (
        Period.MONTHLY,
        rf"(?:monthly|(?:(?:once|one time|1 ?x) ?)?{_EACH}(?:month|mo|mth))(?: on the (?:1st|15th|last day))?"
        r"|(?:at |on )?(?:the )?(?:end|last (?:business |working )?day|first(?: business| working)? day|1st|15th)"
        r" of (?:the |each |every )?month|eom",
    ),
    (
        Period.WEEKLY,
        rf"weekly(?: on {_WEEKDAY})?|(?:(?:once|one time|1 ?x) ?)?{_EACH}(?:week|wk)|(?:every|each) {_WEEKDAY}",
    ),
    (Period.PAYCHECK, rf"(?:(?:from|out of|off) )?{_EACH}{_CHECK}"),
    (Period.QUARTERLY, r"quarterly|(?:/ ?|(?:per|each|every) )(?:quarter|qtr)"),
    (
        Period.YEARLY,
        rf"yearly|annually|annual|{_EACH}(?:year|yr|annum)|(?:for|over|in) (?:the|a|the whole|the full) (?:year|yr)"
        r"|this (?:year|yr)",
    ),
    (Period.SHORT, rf"hourly|daily|{_EACH}(?:hour|hr|h|day)"),
)

PATTERN = "|".join(f"(?:{pattern})" for _, pattern in _LEXICON)
"""One alternative for each phrase, to be tried where a word or a slash starts."""
_EXACT = tuple((period, re.compile(pattern)) for period, pattern in _LEXICON)
_DAY = re.compile(rf"\b{_WEEKDAY}\b")


def period_of(phrase: str) -> Period:
    """Return the period of a phrase that `PATTERN` has matched. Raises `StopIteration` on any other."""
    return next(period for period, pattern in _EXACT if pattern.fullmatch(phrase))


def weekday_of(cleaned: str) -> int | None:
    """Return the weekday (Monday is 0) named in a cleaned text; ``None`` without one or with several."""
    days = {WEEKDAYS.index(day[:3]) for day in _DAY.findall(cleaned)}
    return days.pop() if len(days) == 1 else None
