"""A couple: what a spouse adds to the room of an owner, and what it costs.

A spouse has limits of their own, a deferral, catch-up and the limit on annual additions, but only under pay of their
own for work of their own. Pay comes from somewhere: a wage is a cost of the business and carries payroll tax, a
partner's share is taken off the other's. So nothing is ever doubled here. The household is worked out with the spouse
and without, and the difference is shown beside its price.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum, auto

from knowledge.core.calculation import Calculation
from knowledge.core.deferrals import catch_up_figure, catch_up_left
from knowledge.core.facts import AgeBand
from knowledge.core.match import ZERO
from knowledge.core.measures import Fraction
from knowledge.core.own_plan import NO_BOUND, Contributions, OwnPlan, PlanYear
from knowledge.core.self_employed import Entity, SelfEmploymentTax
from knowledge.core.sheet import ARITHMETIC, Fact, Inconsistent, derived

PAYROLL_TAX = "IRC 3101(a), (b)(1), 3111(a), (b): the same rates for both sides, together those of 1401"


class SpouseRole(StrEnum):
    """Where the spouse's pay comes from."""

    NONE = auto()
    """The spouse has no pay that a plan could count."""
    PAYROLL = auto()
    """W-2 wages from the owner's business."""
    PARTNER = auto()
    """A part of the profit, as a partner or in a qualified joint venture (IRC 761(f))."""
    OWN_JOB = auto()
    """A job and a plan at an unrelated employer."""


class SpouseCondition(StrEnum):
    """What has to be so for the spouse's room to be real."""

    REAL_WORK = auto()
    """Wages are paid, reported on a W-2, and reasonable for the work done."""
    REAL_PARTNER = auto()
    """The spouse works in the business as an owner, and the profit is divided accordingly."""


@dataclass(frozen=True, slots=True)
class Household:
    """Both plans of a year, in dollars; what there is more than with the owner alone, which may be less than 0."""

    owner: Contributions
    spouse: Contributions
    after_tax: Decimal
    total: Decimal
    more_after_tax: Decimal
    more_total: Decimal


class Couple(OwnPlan):
    """The owner of a business and a spouse; ``entity`` is what the business is with the owner alone."""

    spouse_role = Fact(SpouseRole)
    spouse_age_band = Fact(AgeBand)
    spouse_wages = Fact(Decimal)
    """W-2 wages of the spouse from the business or from the own job, deferrals added back."""
    spouse_share = Fact(Decimal, measure=Fraction)
    """The spouse's part of the profit."""
    spouse_social_security_wages = Fact(Decimal, default=ZERO)
    """W-2 wages that Social Security tax was on, at jobs of a spouse who is a partner."""
    spouse_deferral_wanted = Fact(Decimal, default=NO_BOUND)
    """The most that the spouse would defer, catch-up included."""
    spouse_deferred_elsewhere = Fact(Decimal, default=ZERO)
    """Deferrals of the spouse in other, unrelated plans."""
    spouse_employer_money = Fact(Decimal, default=ZERO)
    """What the employer puts in at the spouse's own job."""

    @derived("IRC 761(f): a qualified joint venture is no partnership; 1402(a)(2): a corporation pays wages")
    def spouse_in_business(self) -> bool:
        """Whether the spouse's pay comes out of the business."""
        role = self.spouse_role
        if role in (SpouseRole.NONE, SpouseRole.OWN_JOB):
            return False
        if self.entity is Entity.PARTNERSHIP:
            raise Inconsistent(
                "what a spouse in a partnership costs falls on every partner; give the whole profit of a business of "
                "the two of you as a sole proprietor's, or work out each partner alone in `own-plan`",
                "entity",
                "spouse_role",
            )
        if role is SpouseRole.PARTNER and self.entity.is_corporation:
            raise Inconsistent(
                "a corporation pays its owners wages: give the spouse's as those of a spouse on the payroll",
                "entity",
                "spouse_role",
            )
        return True

    # --- the price ----------------------------------------------------------------------------------------------
    @derived(PAYROLL_TAX)
    def spouse_payroll_tax(self) -> Decimal:
        """Payroll tax on the spouse's wage from the business, both sides together."""
        if self.spouse_role is not SpouseRole.PAYROLL:
            return ZERO
        wage_base = self.limit(self.limits.social_security_wage_base)
        social_security = self.rate(self.statute.oasdi_rate) * min(self.spouse_wages, wage_base)
        return social_security + self.rate(self.statute.medicare_rate) * self.spouse_wages

    @derived("IRC 162(a)(1), 164(a), 3111(a), (b): the wage and the employer's half of its payroll tax")
    def spouse_wage_cost(self) -> Decimal:
        """What the spouse's wage costs the business, employer contributions apart; in a corporation, its profit."""
        if self.spouse_role is not SpouseRole.PAYROLL:
            return ZERO
        return self.spouse_wages + self.spouse_payroll_tax / 2

    @derived("IRC 162(a)(1), 164(a), 704(b), 761(f): wages are a cost; a partner's share is divided off")
    def profit_beside_spouse(self) -> Decimal:
        """The owner's earnings from the business once what the spouse costs, or the spouse's share, is off them."""
        share = self.spouse_share if self.spouse_role is SpouseRole.PARTNER else ZERO
        return self.business_earnings * (1 - share) - self.spouse_wage_cost

    @derived("IRC 1401, 1402, 164(f)(1): each partner on the own share")
    def spouse_self_employment(self) -> SelfEmploymentTax:
        """The self-employment tax of a spouse who is a partner."""
        share = self.business_earnings * self.spouse_share
        return self.self_employment_on((share,), self.spouse_social_security_wages)

    def _self_employment(self, profit: Decimal) -> SelfEmploymentTax:
        """The owner's self-employment tax if this business left the owner ``profit`` dollars."""
        return self.self_employment_on((profit, *self.other_profits), self.social_security_wages)

    @derived(ARITHMETIC)
    def self_employment_tax_change(self) -> Decimal:
        """How much more self-employment tax the couple pays with the spouse in the business; less is below 0."""
        if not self.spouse_in_business or self.entity.is_corporation:
            return ZERO
        owner = self._self_employment(self.profit_beside_spouse).tax
        spouse = self.spouse_self_employment.tax if self.spouse_role is SpouseRole.PARTNER else ZERO
        return owner + spouse - self.self_employment.tax

    @derived(ARITHMETIC)
    def spouse_tax_cost(self) -> Decimal:
        """What the spouse's place in the business costs in payroll and self-employment tax."""
        return self.spouse_payroll_tax + self.self_employment_tax_change

    # --- each one's year ----------------------------------------------------------------------------------------
    @derived("IRC 402(g)(1), (3), 414(v)(1)-(2): limits of the spouse's own")
    def spouse_deferral_aim(self) -> Decimal:
        """What the spouse would defer of what the spouse's limits leave, before pay is looked at."""
        limit = self.limit(self.limits.elective_deferral)
        wanted, elsewhere = self.spouse_deferral_wanted, self.spouse_deferred_elsewhere
        left = max(ZERO, limit - elsewhere)
        if wanted <= left:
            return wanted
        figure = catch_up_figure(self.spouse_age_band, self.limits)
        catch_up = ZERO if figure is None else catch_up_left(self.limit(figure), limit, elsewhere)
        return min(wanted, left + catch_up)

    @derived("IRC 415(c)(1), (3), 404(a)(3): under the spouse's own pay, and a limit of the spouse's own")
    def spouse_year(self) -> PlanYear:
        """What bounds the spouse's year: no pay, no room."""
        is_partner = self.spouse_role is SpouseRole.PARTNER
        [pay] = self.spouse_self_employment.net_earnings if is_partner else (self.spouse_wages,)
        return PlanYear(
            pay=pay,
            employer_lowers_pay=is_partner,
            employer_rate=self.self_employed_rate if is_partner else self.employer_rate,
            employer_most=self.employer_most,
            deferral_aim=self.spouse_deferral_aim,
            deferral_limit=self.limit(self.limits.elective_deferral),
            dollar_limit=self.limit(self.limits.annual_additions),
        )

    def _spouse(self, deductible_first: bool) -> Contributions:
        match self.spouse_role:
            case SpouseRole.NONE:
                return NOTHING
            case SpouseRole.OWN_JOB:
                return self._at_own_job(self.spouse_year)
            case _:
                year = self.spouse_year
                return year.deductible_first if deductible_first else year.all_after_tax

    def _at_own_job(self, year: PlanYear) -> Contributions:
        money, limits = self.spouse_employer_money, year.employer_limits
        if money > min(limits.under_dollar_limit, limits.under_pay):
            raise Inconsistent(
                "the spouse's deferrals and employer money go over the spouse's limit; give the deferrals that fit",
                "spouse_wages",
                "spouse_deferral_wanted",
                "spouse_employer_money",
            )
        return year.with_employer(money)

    def _owner(self, spouse_employer: Decimal) -> PlanYear:
        """The owner's year beside a spouse for whom the business puts in ``spouse_employer`` dollars."""
        year = self.plan_year
        if not self.spouse_in_business or self.entity.is_corporation:
            return year
        on_payroll = self.spouse_role is SpouseRole.PAYROLL
        profit = self.profit_beside_spouse - (spouse_employer if on_payroll else ZERO)
        return replace(year, pay=self._self_employment(profit).net_earnings[0])

    # --- both together ------------------------------------------------------------------------------------------
    def _household(self, alone: Contributions, deductible_first: bool) -> Household:
        spouse = self._spouse(deductible_first=deductible_first)
        year = self._owner(spouse.employer)
        owner = year.deductible_first if deductible_first else year.all_after_tax
        after_tax, total = owner.after_tax + spouse.after_tax, owner.total + spouse.total
        return Household(owner, spouse, after_tax, total, after_tax - alone.after_tax, total - alone.total)

    @derived("IRC 415(c), 402(g), 414(v), person by person; 162(a)(1), 404(a) for what the business pays")
    def together_all_after_tax(self) -> Household:
        """Both plans with no employer contribution."""
        return self._household(self.all_after_tax, deductible_first=False)

    @derived("IRC 415(c), 402(g), 414(v), person by person; 162(a)(1), 404(a) for what the business pays")
    def together_deductible_first(self) -> Household:
        """Both plans with the largest employer contributions; the spouse's is a cost of the business."""
        return self._household(self.deductible_first, deductible_first=True)

    @derived(ARITHMETIC)
    def more_after_tax_less_tax(self) -> Decimal:
        """The after-tax room that the spouse adds, less the payroll and self-employment tax that it costs."""
        return self.together_all_after_tax.more_after_tax - self.spouse_tax_cost

    @derived("IRC 162(a)(1), 3121(a), 761(f): pay for work, not for being married", confirm=True)
    def spouse_conditions(self) -> tuple[SpouseCondition, ...]:
        """What has to be so for the spouse's room to be real."""
        match self.spouse_role:
            case SpouseRole.PAYROLL:
                return (SpouseCondition.REAL_WORK,)
            case SpouseRole.PARTNER:
                return (SpouseCondition.REAL_PARTNER,)
            case _:
                return ()


NOTHING = PlanYear(ZERO, False, ZERO, ZERO, ZERO, ZERO, ZERO).all_after_tax
"""The year of a person without pay."""

CALCULATIONS = (
    Calculation(
        "couple",
        Couple,
        results=(
            Couple.all_after_tax,
            Couple.deductible_first,
            Couple.together_all_after_tax,
            Couple.together_deductible_first,
            Couple.spouse_wage_cost,
            Couple.spouse_payroll_tax,
            Couple.self_employment_tax_change,
            Couple.spouse_tax_cost,
            Couple.more_after_tax_less_tax,
            Couple.conditions,
            Couple.spouse_conditions,
        ),
        assumed={"other_plan": False},
    ),
)
