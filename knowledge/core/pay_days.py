"""Pay days: on which days of a year pay comes, from the next one on, and how much on each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import takewhile
from typing import Annotated

from pydantic import Field

from knowledge.core.facts import PaySchedule
from knowledge.core.match import ZERO, to_the_cent
from knowledge.core.measures import Dollars, Yes
from knowledge.core.payroll import Check

MOST_CHECKS = 53
"""Weekly pay can come 53 times in a year."""

_WEEKS = {PaySchedule.WEEKLY: 1, PaySchedule.BIWEEKLY: 2}
_MIDDLE = 15
_LAST = 31


def pay_days(schedule: PaySchedule, first: date, second: date | None = None) -> tuple[date, ...]:
    """The pay days from ``first`` through December 31 of its year.

    A schedule in weeks goes on from ``first``. Pay that comes monthly comes on the same day of every month, pay that
    comes twice a month on the days of ``first`` and of ``second``, the pay day after it; without ``second`` these are
    the 15th and the last day. A day that a month does not have is its last day.

    Raises `ValueError` where no such pay days are possible: without ``second`` ``first`` is neither the 15th nor the
    last day of its month, or ``second`` does not come within four weeks after ``first``.
    """
    if schedule in _WEEKS:
        found = _every(first, timedelta(weeks=_WEEKS[schedule]))
    elif schedule is PaySchedule.MONTHLY:
        found = _on(first, (first.day,))
    else:
        found = _on(first, _days_of_month(first, second))
    return tuple(takewhile(lambda day: day.year == first.year, found))


def needs_second(schedule: PaySchedule, first: date) -> bool:
    """Whether the pay day after ``first`` has to be known too: twice a month, on other days than the 15th and the last."""
    return schedule is PaySchedule.SEMIMONTHLY and first.day != _MIDDLE and first != _month_end(first)


def _every(first: date, step: timedelta) -> Iterator[date]:
    """Yield ``first`` and every day a ``step`` later."""
    day = first
    while True:
        yield day
        day += step


def _on(first: date, days_of_month: tuple[int, ...]) -> Iterator[date]:
    """Yield the ``days_of_month`` of every month of the year, from ``first`` on."""
    for month in range(first.month, 13):
        last = _month_end(date(first.year, month, 1)).day
        for day_of_month in days_of_month:
            day = date(first.year, month, min(day_of_month, last))
            if day >= first:
                yield day


def _days_of_month(first: date, second: date | None) -> tuple[int, int]:
    """The two days of a month on which pay comes, the earlier one first; 31 for the last day."""
    if second is None:
        if needs_second(PaySchedule.SEMIMONTHLY, first):
            raise ValueError(
                "neither the 15th nor the last day of a month: the pay day after it is needed too"
            )
        return (_MIDDLE, _LAST)
    if not first < second < first + timedelta(weeks=4):
        raise ValueError("pay that comes twice a month comes again within four weeks")
    one, other = sorted(_LAST if day == _month_end(day) else day.day for day in (first, second))
    return (one, other)


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


# --- the paychecks on them -------------------------------------------------------------------------------------------

CheckNumber = Annotated[
    int,
    Field(strict=True, ge=1, le=MOST_CHECKS, json_schema_extra={"unit": "a paycheck, 1 for the next one"}),
]
"""Which paycheck, counted from the next one."""


@dataclass(frozen=True, slots=True)
class Bonus:
    """Extra pay of ``amount`` dollars with one paycheck; whether elections and the match formula count it."""

    check: CheckNumber
    amount: Dollars
    elections_apply: Yes


@dataclass(frozen=True, slots=True)
class Raise:
    """New pay of a full year, in dollars, from one paycheck on."""

    check: CheckNumber
    pay: Dollars


def lay_out(
    count: int,
    days: Sequence[date],
    pay: Decimal,
    checks_a_year: int,
    *,
    raises: Sequence[Raise] = (),
    bonuses: Sequence[Bonus] = (),
    unpaid: Collection[int] = (),
) -> tuple[Check, ...]:
    """The ``count`` checks to come: on ``days``, or on days that are not known if these are empty.

    Each pays its part of the year's ``pay`` in dollars, or of the last of the ``raises`` before it, to the cent; an
    ``unpaid`` one pays only the bonus that comes with it.
    """
    in_order = sorted(raises, key=lambda new: new.check)

    def check(number: int) -> Check:
        yearly = next((new.pay for new in reversed(in_order) if new.check <= number), pay)
        regular = ZERO if number in unpaid else yearly / checks_a_year
        here = [bonus for bonus in bonuses if bonus.check == number]
        gross = regular + sum((bonus.amount for bonus in here), ZERO)
        counted = regular + sum((bonus.amount for bonus in here if bonus.elections_apply), ZERO)
        return Check(number, days[number - 1] if days else None, to_the_cent(gross), to_the_cent(counted))

    return tuple(map(check, range(1, count + 1)))
