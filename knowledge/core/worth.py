"""What it may be worth: the same yearly dollars in Roth, left unconverted until separation, and in a taxable account.

Theory. Three roads start with the same dollars of taxed pay, at the start of each year:

- *Roth*: moved to Roth soon after each paycheck; nothing is taxed when it is used.
- *Waiting*: after-tax money that cannot reach Roth before separation. Its growth becomes ordinary income, either at
  separation (all is converted) or, sent to a traditional IRA by Notice 2014-54, when it is used (split).
- *Taxable*: dividends are taxed each year, the rest as long-term gain when it is sold, the day after it has been held
  for more than a year.

Taxes fall on nominal dollars, so growth is reckoned in nominal dollars, and only what is left after tax is told in
today's. Nobody knows the return: every result is a band, one record for each of three returns. Waiting can lose to the
taxable account, since its growth is taxed as ordinary income and growth there as long-term gain; the difference is told
with its sign. Pre-tax money is no road here: it does not begin with the same taxed dollars.

Every figure with a default is an assumption and no forecast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, auto
from itertools import accumulate, repeat
from typing import Annotated

from pydantic import Field

from knowledge.core.calculation import Calculation
from knowledge.core.case import Case
from knowledge.core.growth import (
    ONE,
    Pot,
    growth_after_fee,
    moved_to_roth,
    paid_in,
    soon_in_roth,
    split,
    year_ends,
)
from knowledge.core.match import ZERO
from knowledge.core.measures import Fraction, YearlyReturn, Years
from knowledge.core.sheet import ARITHMETIC, Fact, Inconsistent, derived

Leave = Callable[[Pot, Decimal], Decimal]
"""Dollars left of plan money at separation, given the growth from then until it is used."""

ROTH_USED = "IRC 408A(d)(1), (2), 402A(d)(1), (2): qualified distributions are not taxed"
TAXABLE_SOLD = "IRC 1(h)(1), (11): long-term gain and qualified dividends"
CONVERTED = (
    "IRC 72(e)(8), 402A(c)(4), 408A(d)(3)(A): what was not taxed before is income when it is converted"
)

MOST_YEARS = 80
EQUAL = Decimal("0.005")
"""Less than half a cent apart is equal."""

AtLeastAYear = Annotated[
    int, Field(strict=True, ge=1, le=MOST_YEARS, json_schema_extra={"unit": "whole years"})
]
WithinAYear = Annotated[int, Field(strict=True, ge=0, le=12, json_schema_extra={"unit": "whole months"})]
Inflation = Annotated[
    Decimal,
    Field(ge=0, le=Decimal("0.5"), json_schema_extra={"unit": "a fraction a year: 0.02 is 2%"}),
]
DividendYield = Annotated[
    Decimal,
    Field(ge=0, le=Decimal("0.2"), json_schema_extra={"unit": "a fraction a year: 0.02 is 2%"}),
]
YearlyFee = Annotated[
    Decimal,
    Field(ge=0, le=Decimal("0.1"), json_schema_extra={"unit": "a fraction a year: 0.005 is 0.5%"}),
]


class ContributionPath(StrEnum):
    """How the yearly dollars change. Both are assumptions: no limit of a coming year is known."""

    FLAT = auto()
    """The same dollars every year."""
    INDEXED = auto()
    """More each year by the rate of inflation."""


class Ahead(StrEnum):
    """Which of two roads leaves more after tax."""

    WAITING = auto()
    TAXABLE = auto()
    EQUAL = auto()
    """Less than half a cent between them."""


@dataclass(frozen=True, slots=True)
class RothAgainstTaxable:
    """After tax, in today's dollars, at one ``yearly_return``.

    ``taxable_never_sold`` leaves out the tax on the gain: held until death, the heirs' basis is the value of that day.
    """

    yearly_return: Decimal
    roth: Decimal
    taxable: Decimal
    roth_less_taxable: Decimal
    taxable_never_sold: Decimal


@dataclass(frozen=True, slots=True)
class Waited:
    """What waiting comes to after tax, in today's dollars, at one ``yearly_return``; each difference has its sign."""

    yearly_return: Decimal
    worth: Decimal
    roth_less_waiting: Decimal
    waiting_less_taxable: Decimal
    ahead: Ahead


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Where waiting and the taxable account come out even, at one ``yearly_return``.

    ``equal_tax_rate`` is the ordinary rate on the growth at separation; over 1, no rate makes waiting lose; below 0,
    waiting loses even untaxed; None where there is no growth to tax. ``losing_years`` are the fewest years from now to
    separation with which waiting loses, the year of use staying as it is; None if it never does.
    """

    yearly_return: Decimal
    equal_tax_rate: Decimal | None
    losing_years: int | None


class Worth(Case):
    """The same taxed dollars on three roads, year by year until they are used."""

    # --- what goes in, and when -----------------------------------------------------------------------------------
    yearly_dollars = Fact(Decimal)
    """Dollars of the first year, out of taxed pay."""
    contribution_path = Fact(ContributionPath, default=ContributionPath.FLAT)
    years_contributing = Fact(int, measure=AtLeastAYear)
    years_staying_on = Fact(int, default=0, measure=Years)
    """From the end of the last year with a contribution to separation."""
    years_growing_on = Fact(int, default=0, measure=Years)
    """From separation to use."""
    months_to_conversion = Fact(int, default=0, measure=WithinAYear)
    """On the road to Roth soon: from the start of the year, when the money goes in, to its conversion."""

    # --- growth ---------------------------------------------------------------------------------------------------
    low_return = Fact(Decimal, default=Decimal("0.02"), measure=YearlyReturn)
    middle_return = Fact(Decimal, default=Decimal("0.05"), measure=YearlyReturn)
    high_return = Fact(Decimal, default=Decimal("0.08"), measure=YearlyReturn)
    inflation_rate = Fact(Decimal, default=Decimal("0.02"), measure=Inflation)
    dividend_yield_rate = Fact(Decimal, default=Decimal("0.02"), measure=DividendYield)
    """The part of the return that is paid out each year, on what is in at the start of it."""
    roth_fee_rate = Fact(Decimal, default=ZERO, measure=YearlyFee)
    """Of Roth money, and of a traditional IRA beside it."""
    plan_fee_rate = Fact(Decimal, default=ZERO, measure=YearlyFee)
    """Of after-tax money while it waits in the plan."""
    taxable_fee_rate = Fact(Decimal, default=ZERO, measure=YearlyFee)

    # --- tax ------------------------------------------------------------------------------------------------------
    dividend_tax_rate = Fact(Decimal, default=Decimal("0.15"), measure=Fraction)
    """On qualified dividends, every year."""
    gain_tax_rate = Fact(Decimal, default=Decimal("0.15"), measure=Fraction)
    """On long-term gain, when the money is used."""
    ordinary_rate_now = Fact(Decimal, measure=Fraction)
    """In the years of contributing: on growth before a conversion that comes some months later."""
    ordinary_rate_at_separation = Fact(Decimal, measure=Fraction)
    ordinary_rate_at_use = Fact(Decimal, measure=Fraction)
    qualified_at_use = Fact(bool, default=True)
    """Whether Roth money is paid out after 59½ (or at death or disability) and after five tax years."""

    # --- time and money -------------------------------------------------------------------------------------------
    @derived(ARITHMETIC)
    def years_until_separation(self) -> int:
        """Years from now to separation."""
        return self.years_contributing + self.years_staying_on

    @derived(ARITHMETIC)
    def years_until_use(self) -> int:
        """Years from now until all is used. Raises `Inconsistent` beyond what is reckoned with."""
        years = self.years_until_separation + self.years_growing_on
        if years > MOST_YEARS:
            raise Inconsistent(
                f"together these are {years} years; at most {MOST_YEARS} can be reckoned with",
                "years_contributing",
                "years_staying_on",
                "years_growing_on",
            )
        return years

    @derived(ARITHMETIC)
    def contributions_by_year(self) -> tuple[Decimal, ...]:
        """Dollars that go in at the start of each year of contributing, as they will be paid."""
        growth = ONE
        if self.contribution_path is ContributionPath.INDEXED:
            growth += self.inflation_rate
        return tuple(self.yearly_dollars * growth**year for year in range(self.years_contributing))

    @derived(ARITHMETIC)
    def total_put_in(self) -> Decimal:
        """All contributions, as they will be paid."""
        return sum(self.contributions_by_year, ZERO)

    @derived(ARITHMETIC)
    def put_in_by_year(self) -> tuple[Decimal, ...]:
        """All that went in up to the end of each year, in today's dollars."""
        paid = (self._today(pot.value, year) for year, pot in enumerate(self._every_year))
        return tuple(accumulate(paid))

    @derived(ARITHMETIC)
    def total_put_in_today(self) -> Decimal:
        """All contributions in today's dollars."""
        return self.put_in_by_year[-1]

    def _today(self, dollars: Decimal, year: int) -> Decimal:
        return dollars / (ONE + self.inflation_rate) ** year

    @property
    def _every_year(self) -> tuple[Pot, ...]:
        """What goes in at the start of each year until use: nothing after the years of contributing."""
        paid = self.contributions_by_year
        return tuple(map(paid_in, (*paid, *repeat(ZERO, self.years_until_use - len(paid)))))

    @property
    def _band(self) -> tuple[Decimal, Decimal, Decimal]:
        low, middle, high = self.low_return, self.middle_return, self.high_return
        if not low <= middle <= high:
            raise Inconsistent(
                "the returns must not go down from low to high", "low_return", "middle_return", "high_return"
            )
        return low, middle, high

    # --- the accounts at the end of each year, in the dollars of that year -----------------------------------------
    def _roth_pots(self, yearly_return: Decimal) -> tuple[Pot, ...]:
        growth = growth_after_fee(yearly_return, self.roth_fee_rate)
        months = self.months_to_conversion
        rate = self.ordinary_rate_now if months else ZERO
        return year_ends((soon_in_roth(paid, growth, months, rate) for paid in self._every_year), growth)

    def _taxable_pots(self, yearly_return: Decimal) -> tuple[Pot, ...]:
        paid_out = self.dividend_yield_rate
        tax = paid_out * self.dividend_tax_rate
        growth = growth_after_fee(yearly_return, self.taxable_fee_rate) - tax
        return year_ends(self._every_year, growth, taxed_and_kept=paid_out - tax)

    def _plan_pots(self, yearly_return: Decimal) -> tuple[Pot, ...]:
        """After-tax money and its growth, as if it stayed in the plan until use."""
        return year_ends(self._every_year, growth_after_fee(yearly_return, self.plan_fee_rate))

    # --- Roth and the taxable account -----------------------------------------------------------------------------
    def _used(self, roth: Pot) -> Decimal:
        """Dollars that Roth money leaves when it is used."""
        return roth.value if self.qualified_at_use else roth.emptied(self.ordinary_rate_at_use)

    @derived(ROTH_USED + "; " + TAXABLE_SOLD + "; IRC 1014(a): basis at death")
    def roth_against_taxable(self) -> tuple[RothAgainstTaxable, ...]:
        """What both roads leave, for each return of the band."""
        return tuple(map(self._roth_against_taxable, self._band))

    def _roth_against_taxable(self, yearly_return: Decimal) -> RothAgainstTaxable:
        use, account = self.years_until_use, self._taxable_pots(yearly_return)[-1]
        roth = self._today(self._used(self._roth_pots(yearly_return)[-1]), use)
        taxable = self._today(account.emptied(self.gain_tax_rate), use)
        return RothAgainstTaxable(
            yearly_return, roth, taxable, roth - taxable, self._today(account.value, use)
        )

    @derived(ROTH_USED)
    def roth_by_year(self) -> tuple[Decimal, ...]:
        """What Roth would leave if it were used at the end of each year, at the middle return."""
        pots = self._roth_pots(self._band[1])
        return tuple(self._today(self._used(pot), year) for year, pot in enumerate(pots, 1))

    @derived(TAXABLE_SOLD)
    def taxable_by_year(self) -> tuple[Decimal, ...]:
        """What the taxable account would leave if it were sold at the end of each year, at the middle return."""
        pots, rate = self._taxable_pots(self._band[1]), self.gain_tax_rate
        return tuple(self._today(pot.emptied(rate), year) for year, pot in enumerate(pots, 1))

    # --- waiting --------------------------------------------------------------------------------------------------
    def _converted(self, plan: Pot, growth: Decimal) -> Decimal:
        """Dollars left of ``plan`` money that is converted at separation, multiplied by ``growth`` and used."""
        return self._used(moved_to_roth(plan, self.ordinary_rate_at_separation).grown(growth))

    def _split(self, plan: Pot, growth: Decimal) -> Decimal:
        """Dollars left of ``plan`` money that is split at separation, multiplied by ``growth`` and used."""
        roth, traditional = (pot.grown(growth) for pot in split(plan))
        return self._used(roth) + traditional.emptied(self.ordinary_rate_at_use)

    def _waiting(
        self, yearly_return: Decimal, leave: Leave, cases: Iterable[tuple[int, int]]
    ) -> list[Decimal]:
        """What waiting leaves in today's dollars, for each case of years to separation and years to use."""
        plan = self._plan_pots(yearly_return)
        growth = growth_after_fee(yearly_return, self.roth_fee_rate)
        return [
            self._today(leave(plan[separation - 1], growth ** (use - separation)), use)
            for separation, use in cases
        ]

    def _waited(self, leave: Leave) -> tuple[Waited, ...]:
        case = self.years_until_separation, self.years_until_use
        return tuple(
            _against(row, *self._waiting(row.yearly_return, leave, (case,)))
            for row in self.roth_against_taxable
        )

    @derived(CONVERTED)
    def worth_of_waiting(self) -> tuple[Waited, ...]:
        """Waiting, all of it converted at separation, for each return of the band."""
        return self._waited(self._converted)

    @derived(
        "IRS Notice 2014-54; IRC 402(c)(2), 408(d)(1): growth in a traditional IRA is income when it is paid"
    )
    def worth_of_splitting(self) -> tuple[Waited, ...]:
        """Waiting, split at separation between a Roth IRA and a traditional IRA, for each return of the band."""
        return self._waited(self._split)

    @derived(CONVERTED)
    def waiting_by_year(self) -> tuple[Decimal, ...]:
        """What waiting would leave if it were used at the end of each year, at the middle return.

        Before the year of separation, separation is taken to come at the end of the same year.
        """
        last = self.years_until_separation
        cases = ((min(year, last), year) for year in range(1, self.years_until_use + 1))
        return tuple(self._waiting(self._band[1], self._converted, cases))

    @derived(CONVERTED)
    def break_even(self) -> tuple[BreakEven, ...]:
        """Where waiting and the taxable account come out even, for each return of the band."""
        return tuple(
            BreakEven(row.yearly_return, self._equal_tax_rate(row), self._losing_years(row))
            for row in self.roth_against_taxable
        )

    def _equal_tax_rate(self, row: RothAgainstTaxable) -> Decimal | None:
        """See `BreakEven`. What waiting leaves falls in a straight line from rate 0 to rate 1, so the rate is exact."""
        separation, use = self.years_until_separation, self.years_until_use
        plan = self._plan_pots(row.yearly_return)[separation - 1]
        if plan.gain < EQUAL:
            return None
        growth = growth_after_fee(row.yearly_return, self.roth_fee_rate) ** (use - separation)
        untaxed, all_taxed = (
            self._today(self._used(moved_to_roth(plan, rate).grown(growth)), use) for rate in (ZERO, ONE)
        )
        return (untaxed - row.taxable) / (untaxed - all_taxed)

    def _losing_years(self, row: RothAgainstTaxable) -> int | None:
        first, use = self.years_contributing, self.years_until_use
        separations = ((separation, use) for separation in range(first, use + 1))
        worth = self._waiting(row.yearly_return, self._converted, separations)
        losing = (
            years for years, left in enumerate(worth, first) if _ahead(left, row.taxable) is Ahead.TAXABLE
        )
        return next(losing, None)


def _ahead(waiting: Decimal, taxable: Decimal) -> Ahead:
    difference = waiting - taxable
    if difference >= EQUAL:
        return Ahead.WAITING
    return Ahead.TAXABLE if difference <= -EQUAL else Ahead.EQUAL


def _against(row: RothAgainstTaxable, worth: Decimal) -> Waited:
    return Waited(row.yearly_return, worth, row.roth - worth, worth - row.taxable, _ahead(worth, row.taxable))


CALCULATIONS = (
    Calculation(
        "worth",
        Worth,
        results=(
            Worth.total_put_in,
            Worth.total_put_in_today,
            Worth.roth_against_taxable,
            Worth.put_in_by_year,
            Worth.roth_by_year,
            Worth.taxable_by_year,
        ),
        extras=(Worth.worth_of_waiting, Worth.worth_of_splitting, Worth.break_even, Worth.waiting_by_year),
    ),
    Calculation(
        "waiting",
        Worth,
        results=(
            Worth.total_put_in,
            Worth.total_put_in_today,
            Worth.roth_against_taxable,
            Worth.worth_of_waiting,
            Worth.break_even,
            Worth.put_in_by_year,
            Worth.roth_by_year,
            Worth.waiting_by_year,
            Worth.taxable_by_year,
        ),
        extras=(Worth.worth_of_splitting,),
    ),
)
