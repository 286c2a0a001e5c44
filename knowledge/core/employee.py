"""The rules for an employee: how much after-tax money can still go in this year, and which rule stops it.

One `Sheet`. The facts come first, the rules below them in the order in which the law is usually told: deferrals
(IRC 402(g), 414(v)), employer money (401(a)(17)), annual additions (415(c)), the plan's own cap, pay still to come,
and the room, which is the smallest of its ceilings. All amounts are dollars of one calendar year at one employer
(or one controlled group). Only what a person may set on a paycheck is rounded, and down.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, auto

from knowledge.core.calculation import Calculation
from knowledge.core.deferrals import Deferrals
from knowledge.core.facts import CapKind, HighlyPaid, PaySchedule, PlanKind, WayToRoth
from knowledge.core.limits import Limits
from knowledge.core.match import CENT, ZERO, EmployerMoney, round_down
from knowledge.core.measures import Fraction
from knowledge.core.sheet import ARITHMETIC, Fact, Inconsistent, derived

PAY = "IRC 415(c)(3)"
ANNUAL_ADDITIONS = "IRC 415(c)(1)-(2); Reg. 1.415(c)-1"
HUNDREDTH_OF_A_PERCENT = Decimal("0.0001")


class Stop(StrEnum):
    """What the room runs into first."""

    DOLLAR_LIMIT = auto()
    """The dollar limit on annual additions, IRC 415(c)(1)(A)."""
    PAY_LIMIT = auto()
    """100 % of pay, IRC 415(c)(1)(B)."""
    PLAN_CAP = auto()
    """The plan's own cap on after-tax contributions."""
    PAY_TO_COME = auto()
    """After-tax contributions come out of pay: what this year's remaining paychecks hold."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """One upper bound on what can still go in: ``amount`` dollars, never below 0, and the rule that sets it."""

    stop: Stop
    amount: Decimal


def is_highly_paid(pay_last_year: Decimal, last_year: Limits) -> bool:
    """Whether last year's pay from this employer, in dollars, makes an HCE of this year.

    IRC 414(q)(1)(B): pay of the look-back year *over* the threshold of that same year. An employer may narrow this
    to its top-paid fifth.
    """
    return pay_last_year > last_year.hce_threshold.value


class Employee(Deferrals):
    """A person with a workplace plan, whose year at that job it is."""

    # --- the plan -----------------------------------------------------------------------------------------------
    plan = Fact(PlanKind)
    takes_after_tax = Fact(bool, lambda case: ({"takes_after_tax": True}, {"takes_after_tax": False}))
    way_to_roth = Fact(
        WayToRoth, lambda case: ({"way_to_roth": WayToRoth.BOTH}, {"way_to_roth": WayToRoth.NEITHER})
    )
    cap_kind = Fact(
        CapKind, lambda case: ({"cap_kind": CapKind.NONE}, {"cap_kind": CapKind.DOLLARS, "cap_dollars": ZERO})
    )
    cap_percent = Fact(
        Decimal, lambda case: ({"cap_percent": Decimal(1)}, {"cap_percent": ZERO}), measure=Fraction
    )
    """A fraction of pay."""
    cap_dollars = Fact(
        Decimal, lambda case: ({"cap_dollars": case.limits.annual_additions.value}, {"cap_dollars": ZERO})
    )
    cap_counts_all_pay = Fact(
        bool, lambda case: ({"cap_counts_all_pay": True}, {"cap_counts_all_pay": False})
    )
    """Whether a percentage cap counts pay over the IRC 401(a)(17) limit too."""

    # --- the person ---------------------------------------------------------------------------------------------
    highly_paid = Fact(HighlyPaid)
    employers_related = Fact(bool, lambda case: ({"employers_related": False}, {"employers_related": True}))
    additions_elsewhere = Fact(
        Decimal,
        lambda case: (
            {"additions_elsewhere": case.least_additions_elsewhere},
            {"additions_elsewhere": case.limits.annual_additions.value},
        ),
    )
    """Everything that went into a related employer's plan this year, without catch-up."""
    pay_elsewhere = Fact(Decimal)
    """Pay of this year from a related employer."""

    # --- the numbers --------------------------------------------------------------------------------------------
    pay = Fact(Decimal)
    """Pay of a full year at this job."""
    whole_year = Fact(bool)
    pay_schedule = Fact(PaySchedule)
    checks_so_far = Fact(int)
    checks_left = Fact(int)
    deferral = Fact(
        Decimal,
        lambda case: ({"deferral": ZERO}, {"deferral": case.most_deferral}),
    )
    """All elective deferrals of the whole year at this job, pre-tax and Roth, catch-up included."""
    employer_money = Fact(
        EmployerMoney,
        lambda case: (
            {"employer_money": EmployerMoney()},
            {"employer_money": EmployerMoney(fixed=case.most_employer_money)},
        ),
    )
    after_tax_so_far = Fact(
        Decimal,
        lambda case: ({"after_tax_so_far": ZERO}, {"after_tax_so_far": case.most_after_tax}),
    )

    # --- deferrals ----------------------------------------------------------------------------------------------
    @derived("IRC 414(v)(2)(D), (3)(A), (5)(B); Reg. 1.414(v)-1(a)(1), 1.402(g)-2: plan by plan")
    def catch_up_used(self) -> Decimal:
        """The part of the deferrals here that is catch-up: what goes over the limit in this plan.

        Plans of related employers are one plan here. An unrelated employer's plan is not: deferrals there can put
        the person over the limit, but then none of the deferrals here are catch-up for *this* plan, and all of
        them are annual additions.
        """
        limit = self.limit(self.limits.elective_deferral)
        beyond = self.deferral - (self.deferral_limit_left if self.related else limit)
        return min(beyond, self.catch_up_allowed) if beyond > 0 else ZERO

    @derived("IRC 402(g)(1)-(2)")
    def excess_deferral(self) -> Decimal:
        """Deferrals over the limit and over the catch-up: they must come out by April 15 of the next year."""
        beyond = self.deferral - self.deferral_limit_left
        return max(ZERO, beyond - self.catch_up_allowed) if beyond > 0 else ZERO

    @derived("IRC 402(g)(1), 414(v)(1)")
    def deferral_left(self) -> Decimal:
        """Deferrals, without catch-up, that the planned ones leave unused."""
        return max(ZERO, self.deferral_limit_left - self.deferral)

    @derived("IRC 414(v)(3)(A)(i): catch-up is no annual addition")
    def counted_deferral(self) -> Decimal:
        """The deferrals that count toward the limit on annual additions."""
        return self.deferral - self.catch_up_used

    # --- pay and employer money ---------------------------------------------------------------------------------
    @derived(PAY)
    def pay_per_check(self) -> Decimal:
        """Pay of one paycheck."""
        return self.pay / self.pay_schedule.checks

    @derived(PAY + ": pay of the limitation year from this employer")
    def pay_this_year(self) -> Decimal:
        """This year's pay from this employer; only the paychecks of this job for a part of the year."""
        if self.whole_year:
            return self.pay
        in_a_year = self.pay_schedule.checks
        return self.pay * (self.checks_so_far + self.checks_left) / in_a_year

    @derived("after-tax contributions are withheld from pay")
    def pay_to_come(self) -> Decimal:
        """Pay of the paychecks still to come this year, before tax and deferrals."""
        in_a_year = self.pay_schedule.checks
        return self.pay * self.checks_left / in_a_year

    @derived("IRC 415(c)(2)(A), 401(a)(17): match, profit sharing and other employer money of the whole year")
    def employer_total(self) -> Decimal:
        """Employer money of the whole year, what is still to come included."""
        money = self.employer_money
        if not money.is_formula:
            return money.fixed
        cap = self.limit(self.limits.compensation_cap)
        return money.for_year(self.deferral, self.pay_this_year, cap)

    # --- annual additions ---------------------------------------------------------------------------------------
    @derived(ANNUAL_ADDITIONS + ": the lesser of the dollar limit and 100 % of pay")
    def annual_limit(self) -> Decimal:
        """The most that can go in this year from all sources, catch-up apart."""
        dollar_limit = self.limit(self.limits.annual_additions)
        if self.pay_this_year >= dollar_limit:
            return dollar_limit
        pay = self.pay_this_year + (self.pay_elsewhere if self.related else ZERO)
        return min(dollar_limit, pay)

    @derived("IRC 415(f)(1)(B), (h), 414(b), (c), (m): plans of related employers are one plan")
    def related(self) -> bool:
        """Whether another plan of this year shares this plan's limit."""
        return self.other_plan and self.employers_related

    @derived("IRC 415(c)(2)(B), (f)(1)(B), 414(v)(3)(A)(i)")
    def related_additions(self) -> Decimal:
        """Annual additions of the whole year in a related employer's plan; 0 without one.

        They hold the deferrals made there, catch-up apart. Raises `Inconsistent` where the total was told and does not
        fit; of a total that is only supposed the larger counts, so that the room is never too large.
        """
        if not self.related:
            return ZERO
        least = min(self.deferrals_elsewhere, self.limit(self.limits.elective_deferral))
        if self.additions_elsewhere >= least:
            return self.additions_elsewhere
        if self.is_told(Employee.additions_elsewhere):
            message = "the total in the other plan is less than what was deferred there"
            raise Inconsistent(message, "deferred_elsewhere", "additions_elsewhere")
        return least

    @derived("IRC 415(c)(2), (f)(1)(B)")
    def other_additions(self) -> Decimal:
        """Annual additions of the whole year apart from after-tax money here."""
        return self.counted_deferral + self.employer_total + self.related_additions

    @derived("IRC 415(c)(2)")
    def additions(self) -> Decimal:
        """All annual additions: what is planned for the year, and the after-tax money that is in already."""
        return self.other_additions + self.after_tax_so_far

    @derived(ANNUAL_ADDITIONS)
    def legal_room(self) -> Decimal:
        """After-tax dollars that the limit on annual additions still leaves."""
        return max(ZERO, self.annual_limit - self.additions)

    @derived(ANNUAL_ADDITIONS + "; Rev. Proc. 2021-30 section 6.06(2)")
    def over_limit(self) -> Decimal:
        """Dollars by which the year's additions would pass the limit."""
        return max(ZERO, self.additions - self.annual_limit)

    @derived("IRC 415(c), 402(g)")
    def legal_room_if_maxed(self) -> Decimal:
        """What the legal room would be if the deferrals went up to their limit."""
        more = self.deferral_left
        if self.employer_money.is_formula:
            cap = self.limits.compensation_cap.value
            grown = self.employer_money.for_year(self.deferral + more, self.pay_this_year, cap)
            more += grown - self.employer_total
        return max(ZERO, self.legal_room - more)

    # --- the far ends of what unsure amounts could be -----------------------------------------------------------
    @property
    def least_additions_elsewhere(self) -> Decimal:
        """What went into the other plan at least: what was told to be deferred there, catch-up apart."""
        return min(self.told(Employee.deferred_elsewhere, ZERO), self.limits.elective_deferral.value)

    @property
    def ends_of_deferred_elsewhere(self) -> tuple[Decimal, ...]:
        """No more than the total that was told of a related employer's plan; with it, where that is not sure either."""
        least, most = super().ends_of_deferred_elsewhere
        total = min(most, self.told(Employee.additions_elsewhere, most))
        if self.is_unsure(Employee.employers_related) and total < most:
            return least, total, most
        return least, total if self.told(Employee.employers_related, False) else most

    @property
    def most_deferral(self) -> Decimal:
        """The most that could be deferred here: up to the limit, with the catch-up of the age, which this asks."""
        return min(self.deferral_limit_left + self.catch_up_allowed, self.pay_this_year)

    @property
    def most_employer_money(self) -> Decimal:
        """The employer money that would fill the limit."""
        return self._unfilled(self.counted_deferral, self.told(Employee.after_tax_so_far, ZERO))

    @property
    def most_after_tax(self) -> Decimal:
        """The after-tax money that would fill the limit."""
        return self._unfilled(self.counted_deferral, self.employer_total)

    def _unfilled(self, *parts: Decimal) -> Decimal:
        elsewhere = self.told(Employee.additions_elsewhere, ZERO) if self.related else ZERO
        return max(ZERO, self.annual_limit - elsewhere - sum(parts))

    # --- the plan's cap -----------------------------------------------------------------------------------------
    @derived("the plan document; no federal percentage limit: Rev. Rul. 80-350 superseded by Rev. Rul. 93-87")
    def plan_cap(self) -> Decimal | None:
        """The plan's own cap on this year's after-tax money in dollars; None where there is none."""
        match self.cap_kind:
            case CapKind.NONE:
                return None
            case CapKind.DOLLARS:
                return self.cap_dollars
            case CapKind.PERCENT:  # pragma: no branch
                return self.cap_percent * self.capped_pay

    @derived("IRC 401(a)(17): binds a percentage of pay only if the plan says so")
    def capped_pay(self) -> Decimal:
        """The pay that a percentage cap counts."""
        pay = self.pay_this_year
        most = self.limit(self.limits.compensation_cap)
        if pay <= most or self.cap_counts_all_pay:
            return pay
        return most

    # --- the room -----------------------------------------------------------------------------------------------
    @derived(ANNUAL_ADDITIONS + "; the plan document")
    def yearly_ceilings(self) -> tuple[Ceiling, ...]:
        """What the law and the plan leave for after-tax money, whatever the pay still to come."""
        limit_is_pay = self.annual_limit < self.limits.annual_additions.value
        ceilings = [Ceiling(Stop.PAY_LIMIT if limit_is_pay else Stop.DOLLAR_LIMIT, self.legal_room)]
        cap = self.plan_cap
        if cap is not None:
            ceilings.append(Ceiling(Stop.PLAN_CAP, max(ZERO, cap - self.after_tax_so_far)))
        return tuple(ceilings)

    @derived(ARITHMETIC)
    def year_room(self) -> Ceiling:
        """The room for the year: the smallest of what the law and the plan leave."""
        return min(self.yearly_ceilings, key=lambda ceiling: ceiling.amount)

    @derived(ARITHMETIC)
    def room(self) -> Ceiling:
        """After-tax dollars that can still go in from the paychecks to come, and what stops them."""
        ceilings = (*self.yearly_ceilings, Ceiling(Stop.PAY_TO_COME, self.pay_to_come))
        return min(ceilings, key=lambda ceiling: ceiling.amount)

    @derived(ARITHMETIC)
    def all_in(self) -> Decimal:
        """Everything that goes into this plan in the year if the room is filled: catch-up is in it, other plans are not."""
        return self.deferral + self.employer_total + self.after_tax_so_far + self.room.amount

    @derived(ARITHMETIC)
    def per_check(self) -> Decimal:
        """The room divided evenly over the paychecks to come; 0 when there are none."""
        return self.room.amount / self.checks_left if self.checks_left else ZERO

    @derived(ARITHMETIC)
    def most_per_check(self) -> Decimal:
        """`per_check` rounded down to the cent: as much of each paycheck stays within the room."""
        return round_down(self.per_check, CENT)

    @derived(ARITHMETIC)
    def most_per_check_share(self) -> Decimal:
        """`per_check` as a fraction of the paycheck, rounded down to a hundredth of a percent."""
        if not self.per_check:
            return ZERO
        return round_down(self.per_check / self.pay_per_check, HUNDREDTH_OF_A_PERCENT)


CALCULATIONS = (
    Calculation(
        "room",
        Employee,
        results=(
            Employee.annual_limit,
            Employee.counted_deferral,
            Employee.catch_up_used,
            Employee.excess_deferral,
            Employee.employer_total,
            Employee.additions,
            Employee.over_limit,
            Employee.legal_room,
            Employee.year_room,
        ),
        extras=(
            Employee.room,
            Employee.all_in,
            Employee.per_check,
            Employee.most_per_check,
            Employee.most_per_check_share,
            Employee.deferral_left,
            Employee.legal_room_if_maxed,
        ),
        assumed={"whole_year": True, "other_plan": False, "cap_kind": CapKind.NONE},
    ),
)
