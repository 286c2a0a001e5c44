"""Taking money out of Roth: what comes out first, what is taxed, and when each five-year clock ends.

Theory. A Roth IRA empties in an order: contributions, then conversions, the oldest first and in each the part that
was taxed when it was converted first, then earnings (IRC 408A(d)(4)(B)). The Roth part of a plan is a contract like
any other: every payment takes its share of basis and earnings (IRC 72(e)(8)), until it is qualified. Earnings are free
of tax from 59½ once five tax years have passed, counted from January 1 of the year of the first contribution. Before
59½ the additional tax falls on taxable earnings and, within five tax years of a conversion, on its taxable part.

The year of the withdrawal is a fact of its own. These rules use no dated limit, so it may be any year; the year of the
sheet plays no part. All amounts are dollars; nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from knowledge.core.after_tax_account import PRO_RATA, nontaxable_part
from knowledge.core.calculation import Calculation
from knowledge.core.case import Case
from knowledge.core.match import ZERO
from knowledge.core.measures import Dollars, Fraction
from knowledge.core.sheet import ARITHMETIC, Fact, Inconsistent, derived

FIVE_YEARS = 5
"""Taxable years of every period of IRC 402A(d)(2)(B), 408A(d)(2)(B) and (3)(F)."""
ORDER = "IRC 408A(d)(4)(B)"
RECAPTURE = "IRC 408A(d)(3)(F)"

RothYear = Annotated[int, Field(strict=True, ge=1998, le=2200, json_schema_extra={"unit": "a calendar year"})]
"""A tax year in which there were Roth IRAs."""


@dataclass(frozen=True, slots=True)
class RothConversion:
    """A conversion in ``year``: ``taxable`` dollars were taxed then, ``nontaxable`` dollars had been taxed before."""

    year: RothYear
    taxable: Dollars
    nontaxable: Dollars


RothConversions = Annotated[tuple[RothConversion, ...], Field(max_length=200)]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What comes out of the conversions of ``year``, and the day on which their five tax years are over."""

    year: int
    taxable: Decimal
    nontaxable: Decimal
    clock_ends: date


def clock_ends(first_year: int) -> date:
    """The first day after the five taxable years that begin with ``first_year``."""
    return date(first_year + FIVE_YEARS, 1, 1)


def is_over(first_year: int, year: int) -> bool:
    """Whether the five taxable years that begin with ``first_year`` are over in ``year``."""
    return year - first_year >= FIVE_YEARS


def by_year(conversions: Iterable[RothConversion]) -> tuple[RothConversion, ...]:
    """The conversions of each year as one, the oldest first. Reg. 1.408A-6 A-9."""
    years: dict[int, RothConversion] = {}
    for conversion in sorted(conversions, key=lambda conversion: conversion.year):
        before = years.get(conversion.year, RothConversion(conversion.year, ZERO, ZERO))
        years[conversion.year] = RothConversion(
            conversion.year, before.taxable + conversion.taxable, before.nontaxable + conversion.nontaxable
        )
    return tuple(years.values())


def drawn_in_order(amount: Decimal, conversions: Sequence[RothConversion]) -> tuple[Drawn, ...]:
    """How ``amount`` dollars come out of ``conversions``, the oldest first; what they cannot give is left out."""
    drawn = []
    for conversion in conversions:
        taxable = min(amount, conversion.taxable)
        nontaxable = min(amount - taxable, conversion.nontaxable)
        amount -= taxable + nontaxable
        drawn.append(Drawn(conversion.year, taxable, nontaxable, clock_ends(conversion.year)))
    return tuple(drawn)


class Withdrawal(Case):
    """An amount that is taken out of Roth in one year."""

    withdrawn = Fact(Decimal)
    withdrawal_year = Fact(int, measure=RothYear)
    reached_59_half = Fact(bool)
    """Whether the person has reached 59½ on the day the money is paid."""
    first_roth_ira_year = Fact(int, measure=RothYear)
    """The tax year of the first contribution to any Roth IRA, conversions and rollovers included."""
    ordinary_rate_at_use = Fact(Decimal, measure=Fraction)

    def _not_after_withdrawal(self, first_year: int, fact: str) -> int:
        if first_year > self.withdrawal_year:
            raise Inconsistent("the first year is after the withdrawal", fact, "withdrawal_year")
        return first_year


class RothIraWithdrawal(Withdrawal):
    """A withdrawal from a Roth IRA; all Roth IRAs of a person are one (IRC 408A(d)(4)(A))."""

    roth_ira_contributions = Fact(Decimal)
    """Contributions that are still there; from a qualified Roth account of a plan, all that was rolled over."""
    roth_ira_conversions: Fact[tuple[RothConversion, ...]] = Fact(tuple, measure=RothConversions)
    """Conversions that are still there, each without what was taken out of it before."""

    # --- the order ------------------------------------------------------------------------------------------------
    @derived(ORDER + "(ii)(I)")
    def contributions_drawn(self) -> Decimal:
        """What comes out of contributions."""
        return min(self.withdrawn, self.roth_ira_contributions)

    @derived("Reg. 1.408A-6 A-9: all conversions of a year are one", confirm=True)
    def conversions_by_year(self) -> tuple[RothConversion, ...]:
        """The conversions of each year, the oldest first. Raises `Inconsistent` for one after the withdrawal."""
        conversions = by_year(self.roth_ira_conversions)
        if conversions and conversions[-1].year > self.withdrawal_year:
            raise Inconsistent(
                "a conversion is after the withdrawal", "roth_ira_conversions", "withdrawal_year"
            )
        return conversions

    @derived(ORDER + "(ii)(II): first in, first out, and in each the taxable part first")
    def conversions_drawn(self) -> tuple[Drawn, ...]:
        """What comes out of the conversions of each year; nothing where the contributions are enough."""
        left = self.withdrawn - self.contributions_drawn
        return drawn_in_order(left, self.conversions_by_year) if left else ()

    @derived(ORDER)
    def earnings_drawn(self) -> Decimal:
        """What is then left of the withdrawal: earnings."""
        drawn = sum((drawn.taxable + drawn.nontaxable for drawn in self.conversions_drawn), ZERO)
        return self.withdrawn - self.contributions_drawn - drawn

    @derived(ARITHMETIC)
    def contributions_left(self) -> Decimal:
        """Contributions that stay."""
        return self.roth_ira_contributions - self.contributions_drawn

    @derived(ARITHMETIC)
    def conversions_left(self) -> tuple[RothConversion, ...]:
        """Conversions that stay, by year."""
        drawn = {drawn.year: drawn for drawn in self.conversions_drawn}
        return tuple(
            RothConversion(
                left.year,
                left.taxable - drawn[left.year].taxable,
                left.nontaxable - drawn[left.year].nontaxable,
            )
            if left.year in drawn
            else left
            for left in self.conversions_by_year
        )

    # --- earnings ---------------------------------------------------------------------------------------------------
    @derived("IRC 408A(d)(2)(B)")
    def roth_ira_clock_ends(self) -> date:
        """The day from which earnings can be qualified, once the person is 59½."""
        return clock_ends(self._first_year)

    @property
    def _first_year(self) -> int:
        first = self._not_after_withdrawal(self.first_roth_ira_year, "first_roth_ira_year")
        conversions = self.conversions_by_year
        if conversions and conversions[0].year < first:
            raise Inconsistent(
                "a conversion is itself a contribution to a Roth IRA, and it is before the first one",
                "first_roth_ira_year",
                "roth_ira_conversions",
            )
        return first

    @derived("IRC 408A(d)(1), (2)")
    def earnings_are_qualified(self) -> bool:
        """Whether earnings come out free of tax: from 59½, with the five years over."""
        return self.reached_59_half and is_over(self._first_year, self.withdrawal_year)

    @derived("IRC 408A(d)(1), 408(d)(1)")
    def taxable_earnings(self) -> Decimal:
        """Earnings that are income."""
        return self.earnings_drawn if self.earnings_drawn and not self.earnings_are_qualified else ZERO

    # --- the additional tax -----------------------------------------------------------------------------------------
    @derived(RECAPTURE + ": the taxable part of conversions within five taxable years")
    def young_conversions_drawn(self) -> Decimal:
        """What comes out of the taxable part of conversions whose five years are not over."""
        young = (
            drawn.taxable for drawn in self.conversions_drawn if not is_over(drawn.year, self.withdrawal_year)
        )
        return sum(young, ZERO)

    @derived(RECAPTURE + ", 72(t)(1), (2)(A)(i)")
    def recapture_tax(self) -> Decimal:
        """The additional tax on conversions."""
        if not self.young_conversions_drawn or self.reached_59_half:
            return ZERO
        return self.young_conversions_drawn * self.rate(self.statute.early_distribution)

    @derived("IRC 72(t)(1), (2)(A)(i)")
    def early_tax_on_earnings(self) -> Decimal:
        """The additional tax on earnings."""
        if not self.taxable_earnings or self.reached_59_half:
            return ZERO
        return self.taxable_earnings * self.rate(self.statute.early_distribution)

    @derived(ARITHMETIC)
    def additional_tax(self) -> Decimal:
        """The additional tax on conversions and on earnings."""
        return self.recapture_tax + self.early_tax_on_earnings

    @derived(ARITHMETIC)
    def income_tax_at_use(self) -> Decimal:
        """Income tax on the earnings that are income."""
        return self.taxable_earnings * self.ordinary_rate_at_use if self.taxable_earnings else ZERO


class RothAccountWithdrawal(Withdrawal):
    """A payment out of the Roth part of a plan, or the same amount rolled over to a Roth IRA."""

    roth_account_basis = Fact(Decimal)
    """Contributions to the Roth part of the plan, conversions included, that are still there."""
    roth_account_balance = Fact(Decimal)
    """Value of the Roth part of the plan."""
    has_roth_ira = Fact(bool)
    """Whether the person ever paid into a Roth IRA, conversions and rollovers included."""
    first_roth_account_year = Fact(int, measure=RothYear)
    """The tax year of the first Roth contribution or in-plan Roth rollover in this plan."""
    box_10 = Fact(Decimal, default=ZERO)
    """Box 10 of Form 1099-R: what of the payment the plan allocates to in-plan rollovers of the last five years."""

    @derived("IRC 402A(d)(2)(B)")
    def roth_account_clock_ends(self) -> date:
        """The day from which payments can be qualified, once the person is 59½."""
        return clock_ends(self._not_after_withdrawal(self.first_roth_account_year, "first_roth_account_year"))

    @derived("IRC 402A(d)(1), (2)")
    def payment_is_qualified(self) -> bool:
        """Whether all of the payment is free of tax: from 59½, with the plan's five years over."""
        return self.reached_59_half and self.roth_account_clock_ends <= date(self.withdrawal_year, 1, 1)

    @derived(PRO_RATA + "; IRC 402A(d)(4): the designated Roth account is a separate contract")
    def basis_drawn(self) -> Decimal:
        """The share of contributions and conversions in the payment."""
        if self.withdrawn > self.roth_account_balance:
            raise Inconsistent("more is taken out than there is", "withdrawn", "roth_account_balance")
        return nontaxable_part(self.withdrawn, self.roth_account_basis, self.roth_account_balance)

    @derived(PRO_RATA)
    def account_earnings_drawn(self) -> Decimal:
        """The share of earnings in the payment."""
        return self.withdrawn - self.basis_drawn

    @derived("IRC 402A(d)(1), 72(e)(8)")
    def taxable_payment(self) -> Decimal:
        """The part of the payment that is income."""
        if not self.account_earnings_drawn or self.payment_is_qualified:
            return ZERO
        return self.account_earnings_drawn

    @derived(ARITHMETIC)
    def roth_account_basis_left(self) -> Decimal:
        """Contributions and conversions that stay in the plan."""
        return self.roth_account_basis - self.basis_drawn

    @derived(
        "IRC 402A(c)(4)(D), 408A(d)(3)(F); IRS Notice 2010-84 A-13: the plan allocates, box 10 tells",
        confirm=True,
    )
    def in_plan_recapture_tax(self) -> Decimal:
        """The additional tax on in-plan Roth rollovers of the last five years."""
        if self.reached_59_half or not self.box_10:
            return ZERO
        untaxed = min(self.box_10, self.basis_drawn)  # earnings bear the same tax as income, and only once
        return untaxed * self.rate(self.statute.early_distribution)

    @derived("IRC 72(t)(1), (2)(A)(i)")
    def early_tax_on_payment(self) -> Decimal:
        """The additional tax on the part that is income."""
        if not self.taxable_payment or self.reached_59_half:
            return ZERO
        return self.taxable_payment * self.rate(self.statute.early_distribution)

    @derived(ARITHMETIC)
    def additional_tax_on_payment(self) -> Decimal:
        """All additional tax."""
        return self.in_plan_recapture_tax + self.early_tax_on_payment

    @derived(ARITHMETIC)
    def income_tax_on_payment(self) -> Decimal:
        """Income tax on the part that is income."""
        return self.taxable_payment * self.ordinary_rate_at_use if self.taxable_payment else ZERO

    # --- the same amount rolled over to a Roth IRA ------------------------------------------------------------------
    @derived(
        "Reg. 1.408A-10 A-3(a): all of a qualified amount, else the basis, is a contribution to the Roth IRA"
    )
    def contribution_if_rolled_over(self) -> Decimal:
        """What would count as a contribution to the Roth IRA; the rest would count as earnings there."""
        if self.payment_is_qualified:
            return self.withdrawn
        return self.basis_drawn

    @derived("Reg. 1.408A-10 A-4: years in the plan do not count in a Roth IRA", confirm=True)
    def clock_ends_if_rolled_over(self) -> date:
        """The day from which earnings in the Roth IRA can be qualified, once the person is 59½."""
        if not self.has_roth_ira:
            return clock_ends(self.withdrawal_year)
        return clock_ends(self._not_after_withdrawal(self.first_roth_ira_year, "first_roth_ira_year"))


CALCULATIONS = (
    Calculation(
        "roth-ira-withdrawal",
        RothIraWithdrawal,
        results=(
            RothIraWithdrawal.contributions_drawn,
            RothIraWithdrawal.conversions_drawn,
            RothIraWithdrawal.earnings_drawn,
            RothIraWithdrawal.taxable_earnings,
            RothIraWithdrawal.recapture_tax,
            RothIraWithdrawal.early_tax_on_earnings,
            RothIraWithdrawal.additional_tax,
            RothIraWithdrawal.contributions_left,
        ),
        extras=(
            RothIraWithdrawal.conversions_left,
            RothIraWithdrawal.income_tax_at_use,
            RothIraWithdrawal.roth_ira_clock_ends,
        ),
    ),
    Calculation(
        "roth-account-withdrawal",
        RothAccountWithdrawal,
        results=(
            RothAccountWithdrawal.basis_drawn,
            RothAccountWithdrawal.account_earnings_drawn,
            RothAccountWithdrawal.taxable_payment,
            RothAccountWithdrawal.in_plan_recapture_tax,
            RothAccountWithdrawal.early_tax_on_payment,
            RothAccountWithdrawal.additional_tax_on_payment,
            RothAccountWithdrawal.roth_account_basis_left,
        ),
        extras=(
            RothAccountWithdrawal.income_tax_on_payment,
            RothAccountWithdrawal.roth_account_clock_ends,
            RothAccountWithdrawal.contribution_if_rolled_over,
            RothAccountWithdrawal.clock_ends_if_rolled_over,
        ),
    ),
)
