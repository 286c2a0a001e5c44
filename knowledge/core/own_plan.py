"""The plan of a business for its owner: what can go in, and what each employer dollar costs (IRC 401(c), 404, 415).

Theory. An owner chooses three amounts: the deferral D, the employer contribution E and the after-tax money A, next to
catch-up K. Nothing else binds them than a dollar limit and pay:

    D + E + A <= the dollar limit                   E <= rate * pay that counts, with the cap of IRC 401(a)(17)
    D + E + A <= pay that counts                    D + K <= pay that counts

The pay that counts is the W-2 wage in a corporation, and there an employer dollar leaves it alone. For a self-employed
person it is net earnings *less E* (IRC 401(c)(2)(A)(v)), so E stands on both sides: where pay binds, each employer
dollar takes two after-tax dollars. Everything below is this, solved for one amount after the other: D first, then E,
then A. After-tax money never counts as a deduction, so A lowers no pay.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, auto

from knowledge.core.calculation import Calculation
from knowledge.core.deferrals import Deferrals
from knowledge.core.employee import Stop
from knowledge.core.facts import OverWages
from knowledge.core.match import ZERO
from knowledge.core.measures import MOST_DOLLARS, Fraction
from knowledge.core.self_employed import SelfEmployed
from knowledge.core.sheet import ARITHMETIC, Fact, Inconsistent, derived

NO_BOUND = Decimal(MOST_DOLLARS)
"""A wish above every limit: the limits decide."""
WHOLE_PAY = Decimal(1)
"""A plan's rate above that of the law: the law decides."""


@dataclass(frozen=True, slots=True)
class Contributions:
    """One way to fill the plan for one person in one year, in dollars.

    ``deferral`` counts toward the limit and ``catch_up`` does not; ``employer`` is the employer contribution. Then
    what the dollar limit leaves for after-tax money, what pay leaves, ``after_tax`` as the smaller of the two and
    ``stop`` as the one that binds. ``additions`` is all that counts toward the limit and ``total`` adds the catch-up.
    ``cash_leaves`` is a guard and no limit: pay less everything that came out of it before, taxes not yet paid.
    """

    deferral: Decimal
    catch_up: Decimal
    employer: Decimal
    dollar_limit_leaves: Decimal
    pay_leaves: Decimal
    after_tax: Decimal
    stop: Stop
    additions: Decimal
    total: Decimal
    cash_leaves: Decimal


@dataclass(frozen=True, slots=True)
class EmployerLimits:
    """What bounds an employer contribution once the deferral is chosen, in dollars: the lowest does."""

    of_pay: Decimal
    of_capped_pay: Decimal
    under_dollar_limit: Decimal
    under_pay: Decimal

    @property
    def lowest(self) -> Decimal:
        """The most that the employer can put in."""
        return max(ZERO, min(self.of_pay, self.of_capped_pay, self.under_dollar_limit, self.under_pay))


@dataclass(frozen=True, slots=True)
class PlanYear:
    """One person's year in one plan: everything that bounds the contributions, in dollars.

    ``pay`` is net earnings after half of the self-employment tax, or W-2 wages with the deferrals added back, and
    ``employer_lowers_pay`` tells the two apart. ``employer_rate`` is the most of ``pay`` which the employer may put in,
    as a fraction, and ``employer_most`` what the pay that formulas may count allows. ``deferral_aim`` is what the
    person would defer of what the person's limits allow, catch-up included; ``deferral_limit`` is where catch-up begins
    in this plan, and ``dollar_limit`` what is left of the limit on annual additions.
    """

    pay: Decimal
    employer_lowers_pay: bool
    employer_rate: Decimal
    employer_most: Decimal
    deferral_aim: Decimal
    deferral_limit: Decimal
    dollar_limit: Decimal

    @property
    def deferral(self) -> Decimal:
        """The deferral that counts toward the limit; it comes first."""
        return max(ZERO, min(self.deferral_aim, self.deferral_limit, self.dollar_limit, self.pay))

    @property
    def employer_limits(self) -> EmployerLimits:
        """What the rate and the deferral leave for the employer contribution.

        IRC 404(a)(3)(A), (8)(D), (12), (l); and 415(c)(1): D + E <= pay - E gives half of pay - D.
        """
        return EmployerLimits(
            self.employer_rate * self.pay,
            self.employer_most,
            self.dollar_limit - self.deferral,
            (self.pay - self.deferral) / (2 if self.employer_lowers_pay else 1),
        )

    def with_employer(self, employer: Decimal) -> Contributions:
        """The plan filled with the deferral, ``employer`` dollars, the catch-up that pay still allows, and after-tax.

        IRC 415(c)(1)-(3), 414(v)(2)(A), (3)(A). Catch-up is what goes over a deferral limit that is used up; a plan
        may also call deferrals so that pass the dollar limit (Reg. 1.414(v)-1(b)(1)), which is left out.
        """
        counted = self.pay - employer if self.employer_lowers_pay else self.pay
        deferral = self.deferral
        beyond = self.deferral_aim - self.deferral_limit if deferral == self.deferral_limit else ZERO
        catch_up = max(ZERO, min(beyond, counted - deferral))
        dollar_limit_leaves = max(ZERO, self.dollar_limit - deferral - employer)
        pay_leaves = max(ZERO, counted - deferral - employer)
        after_tax = min(dollar_limit_leaves, pay_leaves)
        additions = deferral + employer + after_tax
        return Contributions(
            deferral=deferral,
            catch_up=catch_up,
            employer=employer,
            dollar_limit_leaves=dollar_limit_leaves,
            pay_leaves=pay_leaves,
            after_tax=after_tax,
            stop=Stop.PAY_LIMIT if pay_leaves < dollar_limit_leaves else Stop.DOLLAR_LIMIT,
            additions=additions,
            total=additions + catch_up,
            cash_leaves=max(ZERO, counted - deferral - catch_up),
        )

    @property
    def all_after_tax(self) -> Contributions:
        """No employer contribution: the most after-tax money, and the most in all."""
        return self.with_employer(ZERO)

    @property
    def deductible_first(self) -> Contributions:
        """The largest employer contribution, and after-tax money in what is left."""
        return self.with_employer(self.employer_limits.lowest)


@dataclass(frozen=True, slots=True)
class TradeOff:
    """What the largest employer contribution buys and costs, in dollars, against none."""

    employer_gained: Decimal
    after_tax_lost: Decimal
    total_lost: Decimal


class Condition(StrEnum):
    """What has to be so for the amounts to be real."""

    AFTER_TAX_IN_DOCUMENT = auto()
    """The plan document takes voluntary after-tax contributions; the usual prototype documents do not."""
    WAY_TO_ROTH_IN_DOCUMENT = auto()
    """The plan document has in-plan Roth rollovers, or pays out the after-tax source while the owner works."""
    THROUGH_PAYROLL = auto()
    """A corporation takes deferrals and after-tax money out of pay not yet paid."""
    ACP_TEST = auto()
    """Somebody else is eligible: after-tax money of the owner has to pass the test of IRC 401(m)."""
    CONTRACTOR_IN_FACT = auto()
    """The payer of the wages pays the business too: it has to be a business, and no affiliated service group."""


class OwnPlan(SelfEmployed, Deferrals):
    """The owner of a business with a plan of its own, at the end of planning a year."""

    # --- the owner ----------------------------------------------------------------------------------------------
    owner_wages = Fact(Decimal)
    """W-2 wages of the year from the owner's corporation, deferrals added back."""
    distributions = Fact(Decimal, default=ZERO)
    """Profit that the corporation paid out without wages."""
    employers_related = Fact(bool)
    same_payer = Fact(bool, default=False)
    """Whether the business is paid by a company that also pays the person wages."""
    additions_in_403b = Fact(Decimal, default=ZERO)
    """Annual additions of the year in a 403(b) of a person who controls the business."""

    # --- the plan -----------------------------------------------------------------------------------------------
    has_staff = Fact(bool, default=False)
    """Whether anybody is eligible but the owner, the owner's spouse and owners of more than 5 %."""
    plan_rate = Fact(Decimal, measure=Fraction, default=WHOLE_PAY)
    """The most of pay that the plan lets the employer put in."""
    deferral_wanted = Fact(Decimal, default=NO_BOUND)
    """The most that the person would defer, catch-up included."""
    employer_contribution = Fact(Decimal)
    """What the business would put in for the owner."""

    # --- what is there to share out -----------------------------------------------------------------------------
    @derived("IRC 402(g)(1), 414(v)(1)-(2)")
    def deferral_aim(self) -> Decimal:
        """What the person would defer of what the deferral limit and the catch-up leave, before pay is looked at."""
        wanted, left = self.deferral_wanted, self.deferral_limit_left
        return wanted if wanted <= left else min(wanted, left + self.catch_up_allowed)

    @property
    def counted_in_403b(self) -> Decimal:
        """What of the person's 403(b) plans shares the limit."""
        return self.additions_in_403b

    @derived(
        "IRC 415(c)(1)(A), (f)(1)(B), (h); Reg. 1.415(f)-1(f): a 403(b) belongs to whoever controls the business"
    )
    def own_plan_limit(self) -> Decimal:
        """What is left of the dollar limit for the plan of this business; an unrelated employer has its own."""
        if self.other_plan and self.employers_related:
            raise Inconsistent(
                "the plans of related employers share one limit, so this plan cannot be worked out alone; "
                "list both in the calculation `employers` (a 403(b) at an unrelated employer is not meant: "
                "give what went in as additions_in_403b)",
                "employers_related",
            )
        return max(ZERO, self.limit(self.limits.annual_additions) - self.counted_in_403b)

    @derived("IRC 404(a)(3)(A)(i); the plan document")
    def employer_rate(self) -> Decimal:
        """The most of pay that the employer may put in, as a fraction: the plan's rate within that of the law."""
        return min(self.plan_rate, self.rate(self.statute.employer_deduction_rate))

    @derived("IRC 401(a)(17), 404(l)")
    def employer_most(self) -> Decimal:
        """The most that the rate allows for one person, whatever the pay."""
        return self.employer_rate * self.limit(self.limits.compensation_cap)

    @derived("IRC 404(a)(8)(D), 401(c)(2)(A)(v); Pub. 560, rate table for self-employed")
    def self_employed_rate(self) -> Decimal:
        """The same rate as a fraction of net earnings before the contribution: r / (1 + r)."""
        return self.employer_rate / (1 + self.employer_rate)

    def _year(self, pay: Decimal, employer_rate: Decimal, employer_lowers_pay: bool) -> PlanYear:
        return PlanYear(
            pay=pay,
            employer_lowers_pay=employer_lowers_pay,
            employer_rate=employer_rate,
            employer_most=self.employer_most,
            deferral_aim=self.deferral_aim,
            deferral_limit=self.limit(self.limits.elective_deferral),
            dollar_limit=self.own_plan_limit,
        )

    @derived(
        "IRC 415(c)(3)(B), (D), 401(c)(2)(A)(v), 404(a)(8): net earnings less the employer contribution; "
        "some read the law as net earnings, or less after-tax money too",
        confirm=True,
    )
    def year_self_employed(self) -> PlanYear:
        """What bounds a self-employed owner's year: an employer dollar lowers the pay that counts."""
        return self._year(self.net_earnings, self.self_employed_rate, employer_lowers_pay=True)

    @derived("IRC 415(c)(3)(A), (D), 404(a)(3), (12): only W-2 wages, and employer money does not lower them")
    def year_on_wages(self) -> PlanYear:
        """What bounds the year of an owner on the payroll of a corporation."""
        return self._year(self.owner_wages, self.employer_rate, employer_lowers_pay=False)

    @property
    def plan_year(self) -> PlanYear:
        """What bounds the owner's year."""
        return self.year_on_wages if self.entity.is_corporation else self.year_self_employed

    @derived("IRC 1402(a)(2), 401(c)(2); IRS Employee Plans News, 2011-12-20: profit paid out is no pay")
    def distributions_left_out(self) -> Decimal:
        """Profit paid out by a corporation, which counts for nothing here."""
        return self.distributions if self.entity.is_corporation else ZERO

    # --- ways to fill the plan ----------------------------------------------------------------------------------
    @derived(
        "IRC 404(a)(3)(A), (8)(D), (12), (l), 415(c)(1); Pub. 560, deduction worksheet for self-employed"
    )
    def employer_limits(self) -> EmployerLimits:
        """What bounds the employer contribution, the deferral being chosen."""
        return self.plan_year.employer_limits

    @derived(ARITHMETIC)
    def employer_limit(self) -> Decimal:
        """The most that the employer can put in: the lowest of its limits."""
        return self.employer_limits.lowest

    @derived("IRC 415(c)(1)-(3), 414(v)(2)(A), (3)(A)")
    def all_after_tax(self) -> Contributions:
        """The year with no employer contribution."""
        return self.plan_year.all_after_tax

    @derived("IRC 415(c)(1)-(3), 414(v)(2)(A), (3)(A), 404(a)(3), (8), (12)")
    def deductible_first(self) -> Contributions:
        """The year with the largest employer contribution."""
        return self.plan_year.deductible_first

    @derived(ARITHMETIC)
    def trade_off(self) -> TradeOff:
        """What the largest employer contribution buys and costs."""
        none, most = self.all_after_tax, self.deductible_first
        return TradeOff(most.employer, none.after_tax - most.after_tax, none.total - most.total)

    @derived("IRC 415(c)(1)(A), (B), 401(c)(2)(A)(v)")
    def costs_two_from(self) -> Decimal | None:
        """The employer contribution from which each further dollar costs two after-tax dollars.

        There pay begins to bind. None in a corporation, where a dollar always costs one.
        """
        if self.entity.is_corporation:
            return None
        return max(ZERO, self.net_earnings - self.own_plan_limit)

    @derived("IRC 415(c)(1)-(3), 414(v)(2)(A), (3)(A)")
    def planned(self) -> Contributions:
        """The year with the employer contribution that is planned, as far as its limit allows."""
        return self.plan_year.with_employer(min(self.employer_contribution, self.employer_limit))

    @derived("IRC 404(a)(3)(A), (j)(1), 415(c)(1)")
    def excess_employer_contribution(self) -> Decimal:
        """The part of the planned employer contribution that is over its limit and cannot be deducted."""
        return max(ZERO, self.employer_contribution - self.employer_limit)

    @derived("IRC 4972(a), (c)(1)")
    def employer_excise(self) -> Decimal:
        """The yearly tax on an employer contribution that cannot be deducted."""
        return self.rate(self.statute.nondeductible_excise) * self.excess_employer_contribution

    # --- what has to be so --------------------------------------------------------------------------------------
    @derived(
        "IRC 401(c)(1), (5)(B), 401(m); Reg. 1.401(m)-2(a)(1)(ii), 1.401(k)-1(a)(3)(iii); the plan document",
        confirm=True,
    )
    def conditions(self) -> tuple[Condition, ...]:
        """What has to be so for the after-tax amounts to be real."""
        needed = [Condition.AFTER_TAX_IN_DOCUMENT, Condition.WAY_TO_ROTH_IN_DOCUMENT]
        if self.entity.is_corporation:
            needed.append(Condition.THROUGH_PAYROLL)
        if self.has_staff:
            needed.append(Condition.ACP_TEST)
        if self.same_payer:
            needed.append(Condition.CONTRACTOR_IN_FACT)
        return tuple(needed)

    @derived("IRC 414(v)(7)(A): wages from the business itself; a self-employed owner has none")
    def owner_roth_catch_up(self) -> OverWages:
        """Whether the owner's catch-up must be Roth."""
        return self.roth_catch_up if self.entity.is_corporation else OverWages.NO


CALCULATIONS = (
    Calculation(
        "own-plan",
        OwnPlan,
        results=(
            OwnPlan.employer_limits,
            OwnPlan.employer_limit,
            OwnPlan.all_after_tax,
            OwnPlan.deductible_first,
            OwnPlan.trade_off,
            OwnPlan.costs_two_from,
            OwnPlan.distributions_left_out,
            OwnPlan.conditions,
        ),
        extras=(
            OwnPlan.planned,
            OwnPlan.excess_employer_contribution,
            OwnPlan.employer_excise,
            OwnPlan.owner_roth_catch_up,
        ),
        assumed={"other_plan": False},
    ),
)
