"""Self-employment: the tax on it, and the net earnings that a plan for the owner is measured by (IRC 1401, 1402).

A person owes one self-employment tax on all businesses together, so the loss of one lowers the tax on another. Half of
it is deducted (IRC 164(f)), and each business bears its part of that half before its own plan looks at what is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, auto
from operator import sub

from knowledge.core.calculation import Calculation
from knowledge.core.case import Case
from knowledge.core.limits import Statute
from knowledge.core.match import ZERO
from knowledge.core.measures import ProfitOrLoss
from knowledge.core.sheet import Fact, derived

SELF_EMPLOYMENT_TAX = "IRC 1401(a), (b)(1), 1402(a)(12), (b)(1)-(2)"


class Entity(StrEnum):
    """What the business is to the tax law."""

    SOLE_PROPRIETOR = auto()
    """One owner and no corporation; a limited liability company of one owner that chose nothing else is this too."""
    PARTNERSHIP = auto()
    """Taxed as a partnership; the person is a partner."""
    S_CORPORATION = auto()
    C_CORPORATION = auto()

    @property
    def is_corporation(self) -> bool:
        """Whether the owner is an employee with W-2 wages, and not self-employed."""
        return self in (Entity.S_CORPORATION, Entity.C_CORPORATION)


@dataclass(frozen=True, slots=True)
class SelfEmploymentTax:
    """The self-employment tax of one person in one year, in dollars.

    ``base`` is what the tax is on, 0 where there is none; ``social_security`` and ``medicare`` its two parts, without
    the additional Medicare tax; ``tax`` their sum; ``half`` what is deducted of it. ``halves`` is how the half falls on
    the businesses, in the order of the profits, and ``net_earnings`` what it leaves of each profit.
    """

    base: Decimal
    social_security: Decimal
    medicare: Decimal
    tax: Decimal
    half: Decimal
    halves: tuple[Decimal, ...]
    net_earnings: tuple[Decimal, ...]


def self_employment_tax(
    profits: Sequence[Decimal], social_security_wages: Decimal, wage_base: Decimal, statute: Statute
) -> SelfEmploymentTax:
    """The tax on the ``profits`` of all businesses of a person, losses below zero, in dollars.

    ``social_security_wages`` from jobs fill the ``wage_base`` of the year first (IRC 1402(b)(1)). IRC 1401, 1402;
    the half of IRC 164(f)(1) is divided over the businesses in proportion to their profits, as Pub. 560 has it.
    """
    base = max(ZERO, statute.net_earnings_factor.value * sum(profits, ZERO))
    if base < statute.self_employment_minimum.value:
        base = ZERO
    social_security = statute.oasdi_rate.value * min(base, max(ZERO, wage_base - social_security_wages))
    medicare = statute.medicare_rate.value * base
    half = statute.self_employment_deduction.value * (social_security + medicare)
    gains = [max(ZERO, profit) for profit in profits]
    halves = tuple(half * gain / sum(gains) if half else ZERO for gain in gains)
    net_earnings = tuple(map(sub, profits, halves))
    return SelfEmploymentTax(
        base, social_security, medicare, social_security + medicare, half, halves, net_earnings
    )


class SelfEmployed(Case):
    """A person with a business of the year; other businesses and jobs count where the tax looks at them."""

    entity = Fact(Entity)
    profit = Fact(Decimal, measure=ProfitOrLoss)
    """Net profit of the sole proprietor's business (Schedule C line 31), before half of the self-employment tax."""
    partner_income = Fact(Decimal, measure=ProfitOrLoss)
    """The partner's share of the ordinary business income."""
    guaranteed_payments = Fact(Decimal, default=ZERO)
    """What the partnership paid for services whatever its profit."""
    unreimbursed_expenses = Fact(Decimal, default=ZERO)
    """Business expenses of the partner that the partnership did not pay."""
    limited_partner = Fact(bool, default=False)
    other_profits = Fact(tuple, measure=tuple[ProfitOrLoss, ...], default=())
    """Profits and losses of the person's other, unrelated businesses."""
    social_security_wages = Fact(Decimal, default=ZERO)
    """W-2 wages of the year that Social Security tax was on, all jobs."""

    @derived(
        "IRC 1402(a), (a)(13): a limited partner's share does not count; 707(c); Rev. Rul. 59-221 for S corporations"
    )
    def business_earnings(self) -> Decimal:
        """Earnings from self-employment in this business before the tax on them: none in a corporation."""
        if self.entity.is_corporation:
            return ZERO
        if self.entity is Entity.SOLE_PROPRIETOR:
            return self.profit
        share = ZERO if self.limited_partner else self.partner_income
        return share + self.guaranteed_payments - self.unreimbursed_expenses

    @derived(SELF_EMPLOYMENT_TAX + "; the half: 164(f)(1), Pub. 560")
    def self_employment(self) -> SelfEmploymentTax:
        """The self-employment tax on all businesses; this business is the first of its parts."""
        profits = (self.business_earnings, *self.other_profits)
        return self.self_employment_on(profits, self.social_security_wages)

    def self_employment_on(
        self, profits: Sequence[Decimal], social_security_wages: Decimal
    ) -> SelfEmploymentTax:
        """The self-employment tax of the year on other figures than the person's; arguments as in the function."""
        statute = self.statute
        for rate in (statute.net_earnings_factor, statute.oasdi_rate, statute.medicare_rate):
            self.rate(rate)
        self.rate(statute.self_employment_minimum)
        self.rate(statute.self_employment_deduction)
        wage_base = self.limit(self.limits.social_security_wage_base)
        return self_employment_tax(profits, social_security_wages, wage_base, statute)

    @derived("IRC 401(c)(2)(A)(vi), 164(f)(1), 1402(a)(12)")
    def net_earnings(self) -> Decimal:
        """Net earnings of this business: its earnings less its part of half of the self-employment tax."""
        return self.self_employment.net_earnings[0]


CALCULATIONS = (
    Calculation(
        "self-employment-tax",
        SelfEmployed,
        results=(SelfEmployed.business_earnings, SelfEmployed.self_employment, SelfEmployed.net_earnings),
        assumed={"entity": Entity.SOLE_PROPRIETOR},
    ),
)
