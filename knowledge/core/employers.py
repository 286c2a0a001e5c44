"""One person, one calendar year, several plans: what is shared and what each employer has of its own.

Two limits, and two ways to count. Elective deferrals belong to the *person*: one limit over all plans, and catch-up on
top of it (IRC 402(g), 414(v)). Annual additions belong to the *employer*: the plans of one employer share a limit, and
an unrelated employer brings another (IRC 415(c), (f), (h)). A 403(b) plan is the odd one: for annual additions it counts
as the person's own plan, not as one of the employer that pays into it.

So results come by group. A group is an employer with its plans, except the person's 403(b) plans, which are one group
by themselves; a business that the person controls and the 403(b) plans are counted once more together. Whether a
deferral is catch-up is decided employer by employer, as in `knowledge.core.employee`: deferrals at an unrelated
employer can put the person over the limit, yet they turn no deferral here into catch-up.

All amounts are dollars of the year; nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints

from knowledge.core.calculation import Calculation
from knowledge.core.case import Case
from knowledge.core.deferrals import catch_up_figure, catch_up_left, catch_up_must_be_roth
from knowledge.core.employee import ANNUAL_ADDITIONS, Stop
from knowledge.core.facts import AgeBand, OverWages
from knowledge.core.limits import NotInForce
from knowledge.core.match import ZERO
from knowledge.core.measures import Count, Dollars, Yes
from knowledge.core.sheet import Fact, Inconsistent, derived

OWN_403B = "403(b)"
"""The group of the person's 403(b) plans."""
MONTHS = 12

Label = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60),
    Field(json_schema_extra={"unit": "a name"}),
]
Months = Annotated[Count, Field(ge=1, le=MONTHS, json_schema_extra={"unit": "months"})]


@dataclass(frozen=True, slots=True)
class Participation:
    """One plan in which the person took part in the year, and what went into it. Dollars of the whole year."""

    name: Label
    group: Label
    """The employer. Employers with the same label are one: IRC 414(b), (c), (m), 415(h)."""
    deferral: Dollars = ZERO
    """Elective deferrals, pre-tax and Roth, catch-up included."""
    employer_money: Dollars = ZERO
    """Match, profit sharing, forfeitures and other employer money."""
    after_tax: Dollars = ZERO
    pay_this_year: Dollars | None = None
    """Compensation from this employer, deferrals included (IRC 415(c)(3)); None where it is not known."""
    is_403b: Yes = False
    person_controls: Yes = False
    """Whether the person controls the employer: more than half of it, IRC 415(h)."""
    limitation_months: Months = MONTHS
    """Months of the limitation year; fewer than 12 where the plan cut it short."""
    offers_catch_up: Yes = True
    offers_larger_catch_up: Yes = True
    """Whether its catch-up goes up to the amount for 60 to 63."""
    takes_roth: Yes = True
    fica_wages_last_year: Dollars | None = None
    """W-2 box 3 of last year from this employer; 0 for the self-employed and the new, None where it is not known."""


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of ``amounts``, 0 of none."""
    return sum(amounts, ZERO)


def known_pay(plans: Iterable[Participation]) -> Decimal:
    """The pay of ``plans`` together, as far as it is known."""
    return total(plan.pay_this_year or ZERO for plan in plans)


def pay_is_missing(plans: Iterable[Participation]) -> list[str]:
    """The names of ``plans`` whose pay is not known."""
    return [plan.name for plan in plans if plan.pay_this_year is None]


class Employers(Case):
    """A person with any number of plans in one year."""

    age_band = Fact(AgeBand)
    plans: Fact[tuple[Participation, ...]] = Fact(
        tuple, measure=Annotated[tuple[Participation, ...], Field(max_length=20)]
    )

    @property
    def participations(self) -> tuple[Participation, ...]:
        """The plans. Raises `Inconsistent` if there is none, and for names that do not tell them apart."""
        names = [plan.name for plan in self.plans]
        if not names:
            raise Inconsistent("there has to be a plan", "plans")
        if len(set(names)) < len(names):
            raise Inconsistent("every plan needs a name of its own", "plans")
        if any(plan.group.endswith(OWN_403B) and not plan.is_403b for plan in self.plans):
            raise Inconsistent(f"a group whose label ends in {OWN_403B} holds 403(b) plans only", "plans")
        return self.plans

    @property
    def employers(self) -> Mapping[str, tuple[Participation, ...]]:
        """The plans by employer, whatever their kind."""
        plans = self.participations
        return {one.group: tuple(plan for plan in plans if plan.group == one.group) for one in plans}

    # --- elective deferrals: the person ---------------------------------------------------------------------------
    @derived("IRC 402(g)(1)(B), (4)")
    def deferral_limit(self) -> Decimal:
        """The most that may be deferred in the year over all plans, catch-up apart."""
        return self.limit(self.limits.elective_deferral)

    @derived("IRC 402(g)(1), (3): one limit per person over all employers")
    def total_deferrals(self) -> Decimal:
        """Elective deferrals over all plans, catch-up included."""
        return total(plan.deferral for plan in self.participations)

    @derived("IRC 402(g)(1)")
    def deferral_left(self) -> Decimal:
        """Deferrals, without catch-up, that can still be made."""
        return max(ZERO, self.deferral_limit - self.total_deferrals)

    @derived("IRC 402(g)(1)")
    def deferrals_beyond(self) -> Decimal:
        """Deferrals over the limit of the person, before any catch-up."""
        return max(ZERO, self.total_deferrals - self.deferral_limit)

    @derived("IRC 402(g)(1)(C), 414(v)(2)(B), (E), (5)(A); Reg. 1.402(g)-2: whatever the plans offer")
    def catch_up_at_age(self) -> Decimal:
        """The catch-up limit of the person at the age of December 31, one over all employers."""
        figure = catch_up_figure(self.age_band, self.limits)
        return ZERO if figure is None else self.limit(figure)

    @derived(
        "IRC 414(v)(7)(A), 3121(a); SECURE 2.0 Act section 603: wages from the employer of the plan alone"
    )
    def roth_catch_up_by_plan(self) -> Mapping[str, OverWages]:
        """Whether catch-up in each plan must be Roth."""
        if isinstance(self.limits.roth_catch_up_wages, NotInForce) or self.age_band is AgeBand.UNDER_50:
            return {plan.name: OverWages.NO for plan in self.participations}
        self.limit(self.limits.roth_catch_up_wages)
        return {plan.name: self._over_wages(plan) for plan in self.participations}

    def _over_wages(self, plan: Participation) -> OverWages:
        wages = plan.fica_wages_last_year
        if wages is None:
            return OverWages.NOT_SURE
        return OverWages.YES if catch_up_must_be_roth(self.age_band, wages, self.limits) else OverWages.NO

    @derived("IRC 414(v)(1), (2)(E), (7)(A)-(B); the plan document")
    def catch_up_offered(self) -> Mapping[str, Decimal]:
        """The most catch-up that each plan takes from this person."""
        return {plan.name: self._offered(plan) for plan in self.participations}

    def _offered(self, plan: Participation) -> Decimal:
        if not plan.offers_catch_up:
            return ZERO
        if not plan.takes_roth and self.roth_catch_up_by_plan[plan.name] is OverWages.YES:
            return ZERO  # all of it would have to be Roth
        if plan.offers_larger_catch_up:
            return self.catch_up_at_age
        return min(self.catch_up_at_age, self.limit(self.limits.catch_up))

    @derived(
        "IRC 414(v)(2)(A), (D), (3)(A), (5)(B); Reg. 1.414(v)-1(a)(1), (f), 1.402(g)-2: employer by employer",
        confirm=True,
    )
    def catch_up_by_group(self) -> Mapping[str, Decimal]:
        """The deferrals at each employer that are catch-up there: over the limit at this employer alone."""
        return {group: self._catch_up_at(plans) for group, plans in self.employers.items()}

    def _catch_up_at(self, plans: tuple[Participation, ...]) -> Decimal:
        here = total(plan.deferral for plan in plans)
        over = max(ZERO, here - self.deferral_limit)
        left = catch_up_left(self.catch_up_at_age, self.deferral_limit, self.total_deferrals - here)
        offered = max(self.catch_up_offered[plan.name] for plan in plans)
        most = min(over, left, offered, self._catch_up_that_fits(plans))
        if pay_is_missing(plans):
            return most
        return min(most, max(ZERO, known_pay(plans) - self.deferral_limit))

    def _catch_up_that_fits(self, plans: Iterable[Participation]) -> Decimal:
        """No plan holds more catch-up than it took deferrals or offers catch-up."""
        return total(min(plan.deferral, self.catch_up_offered[plan.name]) for plan in plans)

    @property
    def _catch_up(self) -> Mapping[str, Decimal]:
        """`catch_up_by_group` where there can be any: it is one to confirm, so nobody else is troubled with it."""
        return self.catch_up_by_group if self.deferrals_beyond and self.catch_up_at_age else {}

    @derived("IRC 402(g)(1)-(2), 401(a)(30); Reg. 1.402(g)-2")
    def excess_deferral(self) -> Decimal:
        """Deferrals that must come out: over the limit and catch-up of the person, or of one employer's plans.

        A person may have more catch-up than an employer's plans offer; what these plans took over it comes out too.
        """
        if not self.deferrals_beyond:
            return ZERO
        at_employers = (
            total(plan.deferral for plan in plans) - self._catch_up.get(group, ZERO)
            for group, plans in self.employers.items()
        )
        over_there = total(max(ZERO, counted - self.deferral_limit) for counted in at_employers)
        return max(self.deferrals_beyond - self.catch_up_at_age, over_there)

    @derived("IRC 402(g)(1)(C)")
    def catch_up_over_all_plans(self) -> Decimal:
        """Deferrals over the limit that may stay in because of the age."""
        return self.deferrals_beyond - self.excess_deferral

    @derived("IRC 402(g)(1)(C), 414(v)(1)")
    def deferral_left_with_catch_up(self) -> Decimal:
        """Deferrals that can still be made, with the catch-up that the plans offer."""
        at_employers = total(
            self.deferral_limit + max(self.catch_up_offered[plan.name] for plan in plans)
            for plans in self.employers.values()
        )
        most = min(self.deferral_limit + self.catch_up_at_age, at_employers)
        return max(ZERO, most - self.total_deferrals)

    # --- too much was deferred ------------------------------------------------------------------------------------
    @derived("IRC 402(g)(2)(A)(i)")
    def excess_notice_by(self) -> date | None:
        """The day by which the plans have to be told how the excess is shared out; None without one."""
        return date(self.year + 1, 3, 1) if self.excess_deferral else None

    @derived("IRC 402(g)(2)(A)(ii)")
    def excess_refund_by(self) -> date | None:
        """The day by which the excess has to be paid out with its earnings; None without one."""
        return date(self.year + 1, 4, 15) if self.excess_deferral else None

    @derived("IRC 402(g)(1), (2)(C), (6); Reg. 1.402(g)-1(e)(8)")
    def taxed_twice_if_late(self) -> Decimal:
        """Dollars that are income of this year, and once more of the year in which they come out after that day."""
        return self.excess_deferral

    # --- annual additions: the employer -----------------------------------------------------------------------------
    @derived("IRC 415(f)(1)(B), (h), 414(b), (c), (m); Reg. 1.415(f)-1(f)(1)")
    def counted_together(self) -> Mapping[str, tuple[str, ...]]:
        """The names of the plans that share a limit on annual additions, by group."""
        groups: dict[str, tuple[str, ...]] = {}
        for plan in self.participations:
            group = OWN_403B if plan.is_403b else plan.group
            groups[group] = (*groups.get(group, ()), plan.name)
        controlled = [plan.group for plan in self.participations if plan.person_controls and not plan.is_403b]
        return {**groups, **self.joint_with_403b} if OWN_403B in groups and controlled else groups

    @derived("IRC 415(k)(4), (h); Reg. 1.415(f)-1(f)(2)", confirm=True)
    def joint_with_403b(self) -> Mapping[str, tuple[str, ...]]:
        """Each business that the person controls, together with the person's 403(b) plans."""
        own = tuple(plan.name for plan in self.participations if plan.is_403b)
        others = [plan for plan in self.participations if not plan.is_403b]
        return {
            f"{one.group} with {OWN_403B}": (*(plan.name for plan in others if plan.group == one.group), *own)
            for one in others
            if one.person_controls
        }

    def _plans_of(self, group: str) -> tuple[Participation, ...]:
        return tuple(plan for plan in self.participations if plan.name in self.counted_together[group])

    @derived("IRC 415(c)(2), 414(v)(3)(A)(i): catch-up is no annual addition")
    def additions_by_group(self) -> Mapping[str, Decimal]:
        """Annual additions of each group: deferrals but not catch-up, employer money, after-tax money."""
        return {
            group: total(
                plan.deferral + plan.employer_money + plan.after_tax for plan in self._plans_of(group)
            )
            - self._catch_up_among(names)
            for group, names in self.counted_together.items()
        }

    def _catch_up_among(self, names: tuple[str, ...]) -> Decimal:
        """The least catch-up that can be in the plans ``names``: an employer chooses which of its plans has it."""
        return total(
            max(
                ZERO, used - self._catch_up_that_fits(p for p in self.employers[group] if p.name not in names)
            )
            for group, used in self._catch_up.items()
        )

    @derived(ANNUAL_ADDITIONS + ": the lesser of the dollar limit and 100 % of pay")
    def annual_limit_by_group(self) -> Mapping[str, Decimal]:
        """The most that can go in from all sources, catch-up apart. Raises `Inconsistent` for pay that is missing."""
        return {group: self._annual_limit(group) for group in self.counted_together}

    def _annual_limit(self, group: str) -> Decimal:
        dollar_limit = self._dollar_limit(group)
        plans = self._plans_of(group)
        pay = known_pay(plans)
        if pay < dollar_limit and (missing := pay_is_missing(plans)):
            raise Inconsistent(f"pay_this_year is missing in {', '.join(missing)}", "plans")
        return min(dollar_limit, pay)

    def _dollar_limit(self, group: str) -> Decimal:
        limit = self.limit(self.limits.annual_additions)
        return self.short_year_limits[group] if self._months(group) < MONTHS else limit

    @derived("Reg. 1.415(j)-1(d)", confirm=True)
    def short_year_limits(self) -> Mapping[str, Decimal]:
        """The dollar limit of each group with a short limitation year: so many twelfths of it as there are months."""
        limit = self.limit(self.limits.annual_additions)
        months = {group: self._months(group) for group in self.counted_together}
        return {group: limit * count / MONTHS for group, count in months.items() if count < MONTHS}

    def _months(self, group: str) -> int:
        months = {plan.limitation_months for plan in self._plans_of(group)}
        if len(months) > 1 and group in self.employers:
            raise Inconsistent(f"the plans of {group} need the same limitation_months", "plans")
        return min(months)

    @derived("IRC 415(c)(1)(A)-(B)")
    def stop_by_group(self) -> Mapping[str, Stop]:
        """Which of the two sets the limit: the dollar limit or pay."""
        return {
            group: Stop.PAY_LIMIT if limit < self._dollar_limit(group) else Stop.DOLLAR_LIMIT
            for group, limit in self.annual_limit_by_group.items()
        }

    @derived(ANNUAL_ADDITIONS)
    def excess_by_group(self) -> Mapping[str, Decimal]:
        """Annual additions over the limit."""
        return {
            group: max(ZERO, self.additions_by_group[group] - limit)
            for group, limit in self.annual_limit_by_group.items()
        }

    @derived(ANNUAL_ADDITIONS + "; 415(f)(1)(B)")
    def room_by_group(self) -> Mapping[str, Decimal]:
        """What can still go into the plans of each group: the least that a limit over all of them leaves."""
        left = {
            group: max(ZERO, limit - self.additions_by_group[group])
            for group, limit in self.annual_limit_by_group.items()
        }
        together = {group: set(names) for group, names in self.counted_together.items()}
        return {
            group: min(left[other] for other, names in together.items() if names >= together[group])
            for group in together
        }


CALCULATIONS = (
    Calculation(
        "deferrals",
        Employers,
        results=(
            Employers.deferral_limit,
            Employers.total_deferrals,
            Employers.deferral_left,
            Employers.excess_deferral,
            Employers.catch_up_over_all_plans,
            Employers.excess_notice_by,
            Employers.excess_refund_by,
            Employers.taxed_twice_if_late,
        ),
        extras=(
            Employers.catch_up_at_age,
            Employers.deferral_left_with_catch_up,
            Employers.roth_catch_up_by_plan,
        ),
    ),
    Calculation(
        "employers",
        Employers,
        results=(
            Employers.counted_together,
            Employers.additions_by_group,
            Employers.annual_limit_by_group,
            Employers.stop_by_group,
            Employers.room_by_group,
            Employers.excess_by_group,
            Employers.total_deferrals,
            Employers.excess_deferral,
        ),
    ),
)
