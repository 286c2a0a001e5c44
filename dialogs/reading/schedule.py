"""How often the pay comes, and how many paychecks are left this year.

Paychecks left follow from the calendar and from one unknown, the phase: on which day of its rhythm the pay
falls. For a rhythm of p days and D days left (today and December 31 included) the count is the number of
f, f + p, f + 2p, ... below D, where the phase f is one of 0 to p - 1: D / p rounded down or up. A weekday
leaves one phase of the week or two of the fortnight. The 15th and the last day of a month leave no choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from dialogs.reading.counts import read_count
from dialogs.reading.periods import Period, weekday_of
from dialogs.reading.result import Candidate, Doubt, Read, Reading, Reason, Refused
from dialogs.reading.survey import FILLER
from dialogs.reading.text import echo, looks_like_question, vocabulary
from dialogs.reading.tokens import Mark, Number, Sentence, Timing, opened
from knowledge.core.facts import PaySchedule

_WORDS = FILLER | vocabulary(
    "paid pay payday paydays paycheck paychecks check checks payroll schedule times x usually always "
    "comes they us on get basis basically think periods period employer company salary so am"
)
_BY_COUNT = {schedule.checks: schedule for schedule in PaySchedule}
_DAYS = {PaySchedule.WEEKLY: 7, PaySchedule.BIWEEKLY: 14}
_FIRST_AND_FIFTEENTH = re.compile(
    r"\b(?:(?:1st|first)(?: and | ?& ?| ?/ ?)(?:the )?(?:15th|fifteenth)|15th(?: and | ?& ?| ?/ ?)(?:the )?1st)\b"
)
_PUNCTUATION = frozenset(",.!;:()\"'")


def _candidate(schedule: PaySchedule) -> Candidate[PaySchedule]:
    return Candidate(schedule.value, schedule.value, schedule)


def _by_number(sentence: Sentence) -> Reading[PaySchedule] | Reason:
    """Read a schedule from the paychecks a year: ``26``, ``24 checks``, ``52 a year``."""
    numbers = sentence.every(Number)
    if len(numbers) != 1:
        return Reason.SEVERAL if numbers else Reason.NO_NUMBER
    number = numbers[0]
    periods = {timing.period for timing in sentence.every(Timing)}
    plain = not (number.money or number.percent or number.fault) and number.scale == 1
    if not plain or periods - {Period.YEARLY}:
        return Reason.NOT_UNDERSTOOD
    schedule = _BY_COUNT.get(int(number.value)) if number.decimals == 0 else None
    return Reason.OUT_OF_RANGE if schedule is None else Read(schedule)


def _by_period(sentence: Sentence) -> Reading[PaySchedule] | Reason:
    """Read a schedule from the phrases that say how often."""
    periods = {timing.period for timing in sentence.every(Timing)} - {Period.PAYCHECK}
    if len(periods) > 1:
        return Reason.SEVERAL
    if sentence.every(Number) or not periods:
        return _by_number(sentence)
    period = periods.pop()
    if period is Period.BIMONTHLY:
        both = _candidate(PaySchedule.BIWEEKLY), _candidate(PaySchedule.SEMIMONTHLY)
        return Doubt(Reason.FREQUENCY, both)
    schedule = period.schedule
    if schedule is None:
        return Reason.HOURLY if period is Period.SHORT else Reason.NOT_UNDERSTOOD
    return Read(schedule)


def _by_weekday() -> Doubt[PaySchedule]:
    both = _candidate(PaySchedule.WEEKLY), _candidate(PaySchedule.BIWEEKLY)
    return Doubt(Reason.FREQUENCY, both)


def read_schedule(text: str) -> Reading[PaySchedule]:
    """Return how often the pay comes from ``text``. Never raises.

    A weekday alone and "bimonthly" are in doubt; so is a clear phrase among unknown words.
    """
    sentence = opened(text)
    if isinstance(sentence, Refused):
        return sentence
    if looks_like_question(text):
        return Refused(Reason.NO_NUMBER, echo(text))
    unknown = frozenset(sentence.words) - _WORDS
    if not unknown.isdisjoint({"not", "never"}):
        return Refused(Reason.NOT_UNDERSTOOD, echo(text))
    if weekday_of(sentence.cleaned) is not None and all(weekday_of(word) is not None for word in unknown):
        if not sentence.every(Timing) and not sentence.every(Number):
            return _by_weekday()
        unknown = frozenset()
    if _sign(sentence):
        return Refused(Reason.NEGATIVE, echo(text))
    outcome = _by_period(sentence)
    if isinstance(outcome, Reason):
        return Refused(outcome, echo(text))
    odd = unknown or not _PUNCTUATION.issuperset(sentence.marks)
    if odd and isinstance(outcome, Read):
        return Doubt(
            Reason.WORDS, (Candidate("yes", outcome.value.value, outcome.value),), {"schedule": outcome.value}
        )
    return outcome


def rhythm(text: str) -> PaySchedule | None:
    """Return the one schedule that ``text``, an amount, speaks of; None without one or with several."""
    sentence = opened(text)
    timings = sentence.every(Timing) if isinstance(sentence, Sentence) else ()
    schedules = {timing.period.schedule for timing in timings}
    return schedules.pop() if len(schedules) == 1 else None


def _sign(sentence: Sentence) -> bool:
    """Whether a minus stands right before a number."""
    items = sentence.items
    return any(
        isinstance(mark, Mark) and mark.text == "-" and isinstance(number, Number)
        for mark, number in pairwise(items)
    )


def _month_ends(today: date) -> int:
    return 13 - today.month


def _dates_left(days: Iterable[int], today: date) -> int:
    """Return how many of these days of the months come from ``today`` to December 31."""
    return sum(_month_ends(today) - (day < today.day) for day in days)


def paychecks_left(schedule: PaySchedule, today: date, weekday: int | None = None) -> tuple[int, ...]:
    """Return the possible numbers of paychecks from ``today`` to December 31, both included, rising.

    Twice a month is the 15th and the last day, monthly the last day. ``weekday`` (Monday is 0) is the day
    of a weekly or biweekly pay, where it is known.
    """
    if schedule is PaySchedule.MONTHLY:
        return (_month_ends(today),)
    if schedule is PaySchedule.SEMIMONTHLY:
        return (_month_ends(today) + _dates_left((15,), today),)
    every = _DAYS[schedule]
    left = (date(today.year, 12, 31) - today).days + 1
    first = 0 if weekday is None else (weekday - today.weekday()) % 7
    phases = range(every) if weekday is None else range(first, every, 7)
    return tuple(sorted({max(0, -((phase - left) // every)) for phase in phases}))


def _counts(schedule: PaySchedule, sentence: Sentence, today: date) -> tuple[int, ...]:
    """Return the possible counts of a schedule, as exactly as ``sentence`` tells the days."""
    if schedule is PaySchedule.SEMIMONTHLY and _FIRST_AND_FIFTEENTH.search(sentence.cleaned):
        return (_dates_left((1, 15), today),)
    return paychecks_left(schedule, today, weekday_of(sentence.cleaned))


def _count_doubt(schedule: PaySchedule, counts: tuple[int, ...], today: date, kept: int | None) -> Doubt[int]:
    """Return the doubt which of ``counts`` is right, or the number as it was ``kept``."""
    names = ("yes",) if len(counts) == 1 else ("fewer", "more")
    candidates = [Candidate(name, str(count), count) for name, count in zip(names, counts, strict=True)]
    if kept is not None:
        candidates.append(Candidate("keep", str(kept), kept))
    return Doubt(Reason.COUNT, tuple(candidates), {"schedule": schedule, "today": today})


def _is_possible(count: int, today: date) -> bool:
    """Whether some schedule has ``count`` paychecks left."""
    return any(count in paychecks_left(schedule, today) for schedule in PaySchedule)


def read_paychecks_left(text: str, today: date, sure: bool = False) -> Reading[int]:
    """Return the paychecks left from ``today`` to December 31 from ``text``: a number, or a schedule.

    A schedule ("every other friday") is a doubt whose candidates are the possible counts: "yes", or "fewer"
    and "more". So is a number of paychecks in a whole year ("26") that no schedule has left; "keep" is that
    number, where it is possible at all. Never raises.
    """
    sentence = opened(text)
    if isinstance(sentence, Refused):
        return sentence
    most = paychecks_left(PaySchedule.WEEKLY, today)[-1]
    reading = read_count(text, 0, most, sure)
    schedule = read_schedule(text)
    if not isinstance(schedule, Read):
        return reading
    counts = _counts(schedule.value, sentence, today)
    kept = reading.value if isinstance(reading, Read) else None
    if kept is not None and (sure or _is_possible(kept, today)):
        return reading
    return _count_doubt(schedule.value, counts, today, kept)
