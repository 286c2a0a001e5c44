"""How often to convert: what after-tax contributions earn before they reach Roth, and the tax on it.

Theory. Contributions come with each paycheck, at the end of its pay period, and grow at one yearly return: a dollar
is worth (1 + return) to the power of t after t of a year. A conversion takes everything that is there. So a
contribution waits for the next conversion date on or after its own paycheck, and what it earns until then is taxed as
income. Conversion dates are the ends of equal parts of the year; every year is like the first. Earnings on one date
are taxed together; a loss is not deducted, and it does not lower the tax of another date.

To compare the frequencies, the money in Roth is told for one date, the end of the last year, with the tax of each
conversion taken out of the money that was converted. That is arithmetic, not how a plan does it: nothing is withheld
from a conversion, and the tax is usually paid out of other money.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, auto
from typing import Annotated

from pydantic import Field

from knowledge.core.calculation import Calculation
from knowledge.core.case import Case
from knowledge.core.facts import PaySchedule
from knowledge.core.growth import ONE, Pot
from knowledge.core.match import ZERO
from knowledge.core.measures import Fraction, YearlyReturn
from knowledge.core.sheet import ARITHMETIC, Fact, Inconsistent, derived

CONVERTED = "IRC 72(e)(8), 402A(c)(4)(A), 408A(d)(3)(A): what was not taxed before is income when converted"

SomeYears = Annotated[int, Field(strict=True, ge=1, le=80, json_schema_extra={"unit": "whole years"})]


class Frequency(StrEnum):
    """How often all after-tax money is converted."""

    EACH_PAYCHECK = auto()
    MONTHLY = auto()
    QUARTERLY = auto()
    TWICE_A_YEAR = auto()
    YEARLY = auto()
    AT_SEPARATION = auto()
    """Once, when the person leaves the job at the end of the last year."""

    def times(self, checks: int) -> int:
        """Conversions in a year of ``checks`` paychecks; at separation, those of the last year."""
        each = {"each_paycheck": checks, "monthly": 12, "quarterly": 4, "twice_a_year": 2}
        return each.get(self, 1)


IN_SERVICE = tuple(frequency for frequency in Frequency if frequency is not Frequency.AT_SEPARATION)


@dataclass(frozen=True, slots=True)
class Conversions:
    """All conversions of one ``frequency``, ``times`` in number over all years.

    ``converted`` dollars moved to Roth, ``taxable`` of them earnings; ``lost`` dollars of contributions did not arrive.
    ``tax_of_one_more_period``: what the tax grows by if the last conversion comes one period late, without new money.
    ``in_roth_at_end``: dollars in Roth at the end of the last year, each tax taken out of what was converted.
    """

    frequency: Frequency
    times: int
    converted: Decimal
    taxable: Decimal
    lost: Decimal
    tax: Decimal
    tax_of_one_more_period: Decimal
    in_roth_at_end: Decimal


def pots_of_a_year(per_check: Decimal, checks: int, times: int, growth: Decimal) -> tuple[Pot, ...]:
    """What is converted on each of ``times`` dates of a year, in their order.

    ``per_check`` dollars come with each of ``checks`` paychecks, at least as many as conversions; money is multiplied by
    ``growth`` in a year. A paycheck on a conversion date is converted on that date.
    """
    step = growth ** (ONE / (checks * times))  # every wait is so many of these steps
    between = step**times
    pots = []
    for date in range(1, times + 1):
        last = date * checks // times
        due = last - (date - 1) * checks // times
        waits = date * checks - last * times
        pots.append(Pot(per_check * each_grown(due, between) * step**waits, per_check * due))
    return tuple(pots)


def converted(
    frequency: Frequency, pots: Sequence[Pot], years: int, growth: Decimal, rate: Decimal
) -> Conversions:
    """The conversions of ``years`` like one in which ``pots`` are converted at equal distances, taxed at ``rate``."""
    times = len(pots)
    taxable = sum((pot.gain for pot in pots), ZERO)
    period = growth ** (ONE / times)
    at_year_end = ZERO
    for pot in pots:
        at_year_end = at_year_end * period + pot.emptied(rate)
    return Conversions(
        frequency,
        times=times * years,
        converted=years * sum((pot.value for pot in pots), ZERO),
        taxable=years * taxable,
        lost=years * sum((max(ZERO, pot.basis - pot.value) for pot in pots), ZERO),
        tax=years * taxable * rate,
        tax_of_one_more_period=rate * (pots[-1].grown(period).gain - pots[-1].gain),
        in_roth_at_end=at_year_end * each_grown(years, growth),
    )


def each_grown(periods: int, growth: Decimal) -> Decimal:
    """What a dollar at the end of each of ``periods`` is worth at the end of the last; each multiplies by ``growth``."""
    worth = ZERO
    for _ in range(periods):
        worth = worth * growth + ONE
    return worth


class Conversion(Case):
    """A stream of after-tax contributions, the same every year, and the days on which it is converted."""

    after_tax_per_check = Fact(Decimal)
    after_tax_yearly = Fact(Decimal)
    """After-tax money of a year in equal parts; asked unless the part of each paycheck is told."""
    pay_schedule = Fact(PaySchedule)
    years_contributing = Fact(int, default=1, measure=SomeYears)
    yearly_return = Fact(Decimal, measure=YearlyReturn)
    ordinary_rate_now = Fact(Decimal, measure=Fraction)
    ordinary_rate_at_separation = Fact(Decimal, measure=Fraction)

    @derived(ARITHMETIC)
    def after_tax_each_check(self) -> Decimal:
        """After-tax dollars of each paycheck. Raises `Inconsistent` if it was told twice and differs."""
        checks = self.pay_schedule.checks
        if not self.is_told(Conversion.after_tax_per_check):
            return self.after_tax_yearly / checks
        each = self.after_tax_per_check
        if self.told(Conversion.after_tax_yearly, each * checks) != each * checks:
            raise Inconsistent(
                f"{checks} paychecks do not add up to the year; one of the two is enough",
                "after_tax_per_check",
                "after_tax_yearly",
            )
        return each

    @derived(ARITHMETIC)
    def total_put_in(self) -> Decimal:
        """After-tax dollars of all years."""
        return self.after_tax_each_check * self.pay_schedule.checks * self.years_contributing

    def _pots(self, frequency: Frequency) -> tuple[Pot, ...]:
        checks = self.pay_schedule.checks
        return pots_of_a_year(
            self.after_tax_each_check, checks, frequency.times(checks), ONE + self.yearly_return
        )

    @derived(CONVERTED)
    def conversion_by_frequency(self) -> tuple[Conversions, ...]:
        """What converting comes to while the person works there, from the most to the least often."""
        growth = ONE + self.yearly_return
        return tuple(
            converted(
                frequency, self._pots(frequency), self.years_contributing, growth, self.ordinary_rate_now
            )
            for frequency in IN_SERVICE
        )

    @derived(CONVERTED)
    def conversion_at_separation(self) -> Conversions:
        """What one conversion comes to when the person leaves the job at the end of the last year."""
        [year] = self._pots(Frequency.AT_SEPARATION)
        growth = ONE + self.yearly_return
        all_years = Pot(year.value * each_grown(self.years_contributing, growth), self.total_put_in)
        return converted(Frequency.AT_SEPARATION, (all_years,), 1, growth, self.ordinary_rate_at_separation)


CALCULATIONS = (
    Calculation(
        "conversion",
        Conversion,
        results=(
            Conversion.after_tax_each_check,
            Conversion.total_put_in,
            Conversion.conversion_by_frequency,
        ),
        extras=(Conversion.conversion_at_separation,),
    ),
)
