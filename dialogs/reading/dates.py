"""Days: ``Dec 4``, ``12/4``, ``the 15th``, ``next friday``, ``end of the month``, ``in 2 weeks``.

A phrase for a day is found first; it may stand for several days, because a year, a month or the order of day and
month is missing. What the question allows, ``first`` to ``last``, settles most of that. What is left is asked about,
and so is a day among words that are not known. Months are recognised when one or two letters are wrong; a short
name that is misspelt is asked about.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rapidfuzz.distance import OSA

from dialogs.reading.periods import WEEKDAYS
from dialogs.reading.result import Candidate, Doubt, Read, Reading, Reason, Refused
from dialogs.reading.survey import FILLER
from dialogs.reading.text import MOST_CHARACTERS, clean, echo, has_odd_digits, looks_like_question, vocabulary

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_LONG_NAME = 6
"""A name of so many letters is recognised with one or two of them wrong."""
_MOST_CANDIDATES = 4

_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth", "twenty-first", "twenty-second", "twenty-third",
    "twenty-fourth", "twenty-fifth", "twenty-sixth", "twenty-seventh", "twenty-eighth", "twenty-ninth",
    "thirtieth", "thirty-first",
)  # fmt: skip
_COUNTS = ("a", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_KNOWN = FILLER | vocabulary(
    "on day date payday paycheck paychecks check checks pay paid next comes coming falls come gets was month this"
    " due next's and 'm one arrive arrives lands scheduled"
)
_SPOILING = vocabulary(
    "not no every each other alternate except between before after until till ago since never either week weeks days"
)
_PUNCTUATION = frozenset(" ,.;:!()\"'-")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_WEEKDAY = r"\b(?P<weekday>mon(?:day)?|tue(?:s|sday)?|wed(?:nesday|s)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)\b\.?"
_YEAR = r"(?:,? ?(?P<year>[0-9]{4}|'[0-9]{2})(?![0-9]))?"
_DAY = r"(?<![0-9$.,/-])(?P<day>[0-9]{1,2})"
_NTH = r"(?: ?(?:st|nd|rd|th))"
_MONTH = r"(?P<month>[a-z]{3,10})\b"
_WORD_ORDINAL = re.compile(rf"\b(?:{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})\b")


def date_text(day: date) -> str:
    """``December 4, 2026``."""
    return f"{MONTHS[day.month - 1].capitalize()} {day.day}, {day.year}"


def short_date(day: date) -> str:
    """``Fri, Dec 4``, for a button or a table of one year."""
    return f"{WEEKDAYS[day.weekday()].capitalize()}, {MONTHS[day.month - 1][:3].capitalize()} {day.day}"


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a question allows, both ends included, as seen on ``today``."""

    today: date
    first: date
    last: date

    def has(self, day: date) -> bool:
        """Whether ``day`` is allowed."""
        return self.first <= day <= self.last

    @property
    def years(self) -> range:
        """The years that it touches."""
        return range(self.first.year, self.last.year + 1)


@dataclass(frozen=True, slots=True)
class Days:
    """What a ``phrase`` stands for: each of ``days`` can be meant. If not ``plain``, a single one is asked about.

    No days at all: the calendar has none such.
    """

    phrase: str
    days: tuple[date, ...]
    plain: bool = True


# --- what phrases stand for -----------------------------------------------------------------------------------------

_Meaning = tuple[tuple[date, ...], bool]


def month_of(word: str) -> tuple[int, bool] | None:
    """The month (1 to 12) that ``word`` names, and whether that is plain from the spelling."""
    for number, name in enumerate(MONTHS, 1):
        if word in (name, name[:3]) or (word == "sept" and name[:3] == "sep"):
            return number, True
    if len(word) < 4:
        return None
    close = [
        number
        for number, name in enumerate(MONTHS, 1)
        if OSA.distance(word, name) <= (2 if len(name) >= _LONG_NAME else 1)
    ]
    return (close[0], len(MONTHS[close[0] - 1]) >= _LONG_NAME) if len(close) == 1 else None


def _day(year: int, month: int, day: int) -> tuple[date, ...]:
    """That day, if the calendar has it."""
    if not (1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        return ()
    return (date(year, month, day),)


def _in_years(span: Span, year: str | None, month: int, day: int) -> tuple[date, ...]:
    """That day of the ``year`` if one is written, else of each year of ``span``."""
    if year is None:
        return tuple(found for each in span.years for found in _day(each, month, day))
    digits = int(year.removeprefix("'"))
    return _day(digits if digits > 99 else 2000 + digits, month, day) if digits else ()


def _iso(found: re.Match[str], span: Span) -> _Meaning:
    return _in_years(span, found["year"], int(found["month"]), int(found["day"])), True


def _slashed(found: re.Match[str], span: Span) -> _Meaning:
    """``4/12``: month first, as in the US; the other order counts where it is possible, and is asked about."""
    one, other = int(found["one"]), int(found["other"])
    year = found["year"] and (found["year"] if len(found["year"]) == 4 else f"'{found['year']}")
    american, european = _in_years(span, year, one, other), _in_years(span, year, other, one)
    usual = any(map(span.has, american)) or not american
    return tuple(dict.fromkeys((*american, *european))), usual


def _named(found: re.Match[str], span: Span) -> _Meaning | None:
    month = month_of(found["month"])
    if month is None:
        return None
    return _in_years(span, found["year"], month[0], int(found["day"])), month[1]


def _month_end(found: re.Match[str], span: Span) -> _Meaning | None:
    if found["month"] in ("month", "year"):
        ahead = 1 if found["which"] == "next" else 0
        months = span.today.year * 12 + span.today.month - 1 + ahead
        if found["month"] == "year":
            months = (span.today.year + ahead) * 12 + 11
        year, month = divmod(months, 12)
        return _day(year, month + 1, monthrange(year, month + 1)[1]), True
    named = month_of(found["month"])
    if named is None:
        return None
    years = (int(found["year"].replace("'", "20")),) if found["year"] else tuple(span.years)
    last = (_day(year, named[0], monthrange(year, named[0])[1]) for year in years if year)
    return tuple(day for days in last for day in days), named[1]


def _this_month_end(found: re.Match[str], span: Span) -> _Meaning:
    month = 12 if "y" in found.group() else span.today.month
    return _day(span.today.year, month, monthrange(span.today.year, month)[1]), True


def _of_month(found: re.Match[str], span: Span) -> _Meaning:
    """``the 15th``, of the month that is told or of any month; the nearest ones where there are many."""
    day, plain = int(found["day"]), found["nth"] is not None
    months = range(span.first.year * 12 + span.first.month - 1, span.last.year * 12 + span.last.month)
    if found["which"]:
        this = span.today.year * 12 + span.today.month - 1 + (found["which"] == "next")
        months = range(this, this + 1)
    every = [found for month in months for found in _day(month // 12, month % 12 + 1, day)]
    near = sorted(filter(span.has, every), key=lambda each: abs(each - span.today))[:_MOST_CANDIDATES]
    return tuple(sorted(near)) or tuple(every[:1]), plain


def _weekday(found: re.Match[str], span: Span) -> _Meaning:
    """``friday``: the one to come. ``next friday`` may be that one too, or the one after it."""
    today, week = span.today, timedelta(weeks=1)
    ahead = timedelta((WEEKDAYS.index(found["weekday"][:3]) - today.weekday()) % 7)
    coming = today + ahead
    match found["which"]:
        case "next":
            return ((coming, coming + week) if ahead else (today + week,)), True
        case "last":
            return (coming - week,), True
        case None if not ahead:
            return (today, today + week), True
        case _:
            return (coming,), True


def _next_week(found: re.Match[str], span: Span) -> _Meaning:
    monday = span.today + timedelta(7 - span.today.weekday())
    return (monday + timedelta(WEEKDAYS.index(found["weekday"][:3])),), True


_NEAR = {
    "today": 0,
    "tonight": 0,
    "tomorrow": 1,
    "tmrw": 1,
    "tomorow": 1,
    "tommorow": 1,
    "tommorrow": 1,
    "yesterday": -1,
}


def _near(found: re.Match[str], span: Span) -> _Meaning:
    beyond = -1 if found["beyond"] == "before" else 1 if found["beyond"] else 0
    return (span.today + timedelta(_NEAR[found["near"]] + beyond),), True


def _ahead(found: re.Match[str], span: Span) -> _Meaning:
    word = found["count"] or found["from_now"]
    count = int(word) if word.isdigit() else max(1, _COUNTS.index(word))
    unit = found["unit"] or found["unit_from_now"]
    return (span.today + timedelta(days=count if unit == "day" else 7 * count),), True


_COUNT = rf"[0-9]{{1,2}}|{'|'.join(_COUNTS)}"
_ISO = r"(?<![0-9])(?P<year>[0-9]{4})[-/](?P<month>[0-9]{1,2})[-/](?P<day>[0-9]{1,2})(?![0-9/.-])"
_SLASHES = (
    r"(?<![0-9$.,/-])(?P<one>[0-9]{1,2})(?P<mark>[/-])(?P<other>[0-9]{1,2})"
    r"(?:(?P=mark)(?P<year>[0-9]{4}|[0-9]{2}))?(?![0-9/%a-z]|[.-][0-9])"
)
_DOTS = r"(?<![0-9$.,/-])(?P<one>[0-9]{1,2})\.(?P<other>[0-9]{1,2})\.(?P<year>[0-9]{4})(?![0-9])"
_MONTH_FIRST = rf"\b{_MONTH}[.,]? ?(?:the )?{_DAY}{_NTH}?(?![0-9a-z/%]|\.[0-9]){_YEAR}"
_DAY_FIRST = rf"{_DAY}{_NTH}?(?: day)?(?: of)?[ -]?{_MONTH}\.?{_YEAR}"
_END = (
    r"\b(?:end|last(?: calendar)? day) of (?:the )?(?:(?P<which>this|next|current) )?"
    rf"{_MONTH}\.?{_YEAR}"
)
_SHORT_END = r"\beom\b|\beoy\b|\bmonth[ -]?end\b|\byear[ -]?end\b|\bnew year'?s eve\b"
_NEARBY = rf"(?:\bthe )?(?:\bday (?P<beyond>after|before) )?\b(?P<near>{'|'.join(_NEAR)})\b"
_AHEAD = (
    rf"\bin (?P<count>{_COUNT}) (?P<unit>day|week)s?(?:'? time)?\b"
    rf"|\b(?P<from_now>{_COUNT}) (?P<unit_from_now>day|week)s? from (?:now|today)\b"
)
_NTH_DAY = (
    rf"{_DAY}(?P<nth>{_NTH})(?: (?:of )?(?P<which>this|next) month| of the month)?(?![0-9a-z/%]|[.,][0-9])"
)
_BARE_DAY = rf"{_DAY}(?P<nth>(?!))?(?P<which>(?!))?(?![0-9a-z/%$]|[.,][0-9])"
_IN_NEXT_WEEK = rf"(?P<before>\bnext week(?:'s)?(?: on)? )?{_WEEKDAY}(?(before)|(?: of)? next week\b)"
_WEEK_DAY = rf"(?:\b(?P<which>this|next|last)(?: coming)? |\b(?:the )?(?:up)?coming )?{_WEEKDAY}(?: (?:of )?this week\b)?"

_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Span], _Meaning | None]], ...] = tuple(
    (re.compile(pattern), meaning)
    for pattern, meaning in (
        (_ISO, _iso),
        (_SLASHES, _slashed),
        (_DOTS, _slashed),
        (_MONTH_FIRST, _named),
        (_DAY_FIRST, _named),
        (_END, _month_end),
        (_SHORT_END, _this_month_end),
        (_AHEAD, _ahead),
        (_NEARBY, _near),
        (_NTH_DAY, _of_month),
        (_BARE_DAY, _of_month),
        (_IN_NEXT_WEEK, _next_week),
        (_WEEK_DAY, _weekday),
    )
)
"""Every way to name a day, the most telling first: a weekday beside a date only checks it."""


def _spelled_out(cleaned: str) -> str:
    """``cleaned`` with ordinals as digits: "the fifteenth" is "the 15th"."""
    return _WORD_ORDINAL.sub(lambda word: f"{_ORDINALS.index(word.group()) + 1}th", cleaned)


def _phrases(text: str, span: Span) -> Iterator[tuple[Days, str]]:
    """Yield what each phrase of ``text`` stands for, and the text around it."""
    for pattern, meaning in _FORMS:
        for found in pattern.finditer(text):
            meant = meaning(found, span)
            if meant is not None:
                yield Days(found.group(), *meant), f"{text[: found.start()]} {text[found.end() :]}"


def find_days(cleaned: str, span: Span) -> tuple[Days, str] | None:
    """The most telling phrase for a day in a cleaned text, and the text around it; None where there is none.

    A weekday beside a date is a part of it: it settles what it can, and a date that falls on another one is not plain.
    """
    first = next(_phrases(_spelled_out(cleaned), span), None)
    if first is None:
        return None
    found, rest = first
    beside = re.search(_WEEKDAY, rest)
    if beside is None:
        return first
    number = WEEKDAYS.index(beside["weekday"][:3])
    right = tuple(day for day in found.days if day.weekday() == number)
    checked = replace(found, days=right or found.days, plain=found.plain and bool(right))
    return checked, f"{rest[: beside.start()]} {rest[beside.end() :]}"


def settle(days: Days, span: Span) -> Reading[date]:
    """Return the one allowed day of ``days``; a doubt about several of them, or about one that is not plain."""
    allowed = tuple(filter(span.has, days.days))
    if not allowed:
        return Refused(Reason.OUT_OF_RANGE if days.days else Reason.NO_SUCH_DAY)
    if len(allowed) == 1 and days.plain:
        return Read(allowed[0])
    if len(allowed) == 1:
        return Doubt(Reason.WORDS, (Candidate("yes", allowed[0].isoformat(), allowed[0]),))
    return Doubt(
        Reason.DAY, tuple(Candidate("day", day.isoformat(), day) for day in allowed[:_MOST_CANDIDATES])
    )


def _around(rest: str, span: Span) -> Reason | bool:
    """What the words around a day come to: a reason to refuse it, or whether all of them are known."""
    words = frozenset(_WORD.findall(rest))
    asks = looks_like_question(rest.rstrip("?! ."))
    marks = frozenset(_WORD.sub("", rest)) - _PUNCTUATION - {"?"}
    if asks or words & _SPOILING or any(not mark.isdigit() for mark in marks):
        return Reason.NO_DAY
    if marks or next(_phrases(rest, span), None) is not None:
        return Reason.SEVERAL
    return words <= _KNOWN and "?" not in rest


def read_date(text: str, today: date, *, first: date, last: date, sure: bool = False) -> Reading[date]:
    """Return the day from ``first`` to ``last``, both included, that ``text`` names. Never raises.

    Days that are only told in relation ("next friday", "the 15th") are counted from ``today``. A date without a year
    is the one that is allowed. The text of a candidate is ``2026-12-04``.
    """
    cleaned, span = clean(text[: MOST_CHARACTERS + 1]), Span(today, first, last)
    if len(text) > MOST_CHARACTERS or has_odd_digits(cleaned):
        return Refused(Reason.TOO_LONG if len(text) > MOST_CHARACTERS else Reason.ODD_DIGITS, echo(text))
    found = find_days(cleaned, span)
    if found is None:
        return Refused(Reason.NO_DAY, echo(text))
    days, rest = found
    plain = _around(rest, span)
    if isinstance(plain, Reason):
        return Refused(plain, echo(text))
    if not plain and days.phrase.isdigit():
        return Refused(Reason.NO_DAY, echo(text))
    settled = settle(replace(days, plain=sure or (days.plain and plain)), span)
    return Refused(settled.reason, echo(text)) if isinstance(settled, Refused) else settled
