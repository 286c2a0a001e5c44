"""The year of an employee by paycheck: what to elect now, what going too fast costs, and where the present pace ends.

The facts say what the rest of the year looks like (pay days, bonus, raise, leave), what is in so far, and what the plan
lets people elect. The rules of `knowledge.core.payroll` follow from them and from the limits of `Employee`; every
result is one year run under one election.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from knowledge.core.calculation import Calculation
from knowledge.core.elections import (
    ElectionStep,
    Outlook,
    even,
    even_to_the_cent,
    one_more,
)
from knowledge.core.employee import ANNUAL_ADDITIONS, PAY, Employee
from knowledge.core.facts import CapKind, PaySchedule
from knowledge.core.match import ZERO, to_the_cent
from knowledge.core.matching import COUNTED_PAY, FORMULA
from knowledge.core.measures import Day, Fraction
from knowledge.core.pay_days import Bonus, CheckNumber, Raise, lay_out, needs_second, pay_days
from knowledge.core.payroll import (
    ONE,
    Check,
    Election,
    Elections,
    MatchBasis,
    OneElection,
    Paycheck,
    Rules,
    SoFar,
    YearEnd,
    full_match,
    plan_pay,
    year_end_money,
)
from knowledge.core.sheet import ARITHMETIC, Fact, Inconsistent, derived
from knowledge.core.take_home import PayTaxes, TakeHome, take_home

PAYROLL = "IRC 402(g)(1), 414(v)(1), 415(c)(1); the plan document"
CALENDAR = "the payroll calendar"
WITHHELD = "IRC 3101, 3121(a)(1), (v)(1)(A), 3102(f)(1)"


@dataclass(frozen=True, slots=True)
class EvenDollars:
    """Equal dollars from every paycheck, and what the last one that pays then takes."""

    deferral: Decimal
    after_tax: Decimal
    last_deferral: Decimal
    last_after_tax: Decimal


@dataclass(frozen=True, slots=True)
class TrueUp:
    """What a true-up would add after the end of the year, and how much of it still fits under the total limit."""

    due: Decimal
    fits: Decimal


@dataclass(frozen=True, slots=True)
class Unused:
    """Dollars that could have gone in and do not."""

    deferral: Decimal
    after_tax: Decimal


class Paychecks(Employee):
    """An employee whose year is laid out check by check."""

    # --- the calendar -------------------------------------------------------------------------------------------
    next_pay_day = Fact(date, lambda case: ({"next_pay_day": date.min},))
    """Not sure: then the paychecks to come are counted and have no days."""
    following_pay_day = Fact(date)
    """The pay day after the next one, where pay comes twice a month on other days than the 15th and the last."""
    pay_days = Fact(tuple, measure=tuple[Day, ...])
    """All pay days still to come, where no schedule gives them."""
    checks_a_year = Fact(int)
    """The paychecks that pay of a full year is divided by, where the schedule has another number this year."""

    # --- pay to come --------------------------------------------------------------------------------------------
    bonuses = Fact(tuple, default=(), measure=tuple[Bonus, ...])
    raises = Fact(tuple, default=(), measure=tuple[Raise, ...])
    unpaid_checks = Fact(tuple, default=(), measure=tuple[CheckNumber, ...])

    # --- what is in so far --------------------------------------------------------------------------------------
    pay_so_far = Fact(Decimal)
    deferred_so_far = Fact(Decimal)
    match_so_far = Fact(Decimal)
    other_employer_money_so_far = Fact(Decimal)

    # --- the plan -----------------------------------------------------------------------------------------------
    match_basis = Fact(MatchBasis, default=MatchBasis.PAYCHECK)
    election_step = Fact(ElectionStep, default=ElectionStep.WHOLE_PERCENT)
    most_deferral_share = Fact(Decimal, default=ONE, measure=Fraction)
    most_after_tax_share = Fact(Decimal, default=ONE, measure=Fraction)
    most_together_share = Fact(Decimal, default=ONE, measure=Fraction)

    # --- what the person elects ---------------------------------------------------------------------------------
    deferral_election = Fact(Election, lambda case: ({"deferral_election": Election()},), measure=OneElection)
    """Not sure: then nothing is said of a year that goes on as it does."""
    after_tax_election = Fact(Election, measure=OneElection)
    roth_deferral_share = Fact(Decimal, default=ZERO, measure=Fraction)
    income_tax_withheld_rate = Fact(Decimal, measure=Fraction)
    other_deductions = Fact(Decimal, default=ZERO)
    """Dollars of each paycheck: insurance and whatever else comes out of it."""

    # --- the checks to come -------------------------------------------------------------------------------------
    @derived(CALENDAR)
    def days_to_come(self) -> tuple[date, ...]:
        """The pay days through December 31; empty where they are not known."""
        if self.told(Paychecks.pay_days, ()):
            days: tuple[date, ...] = self.pay_days
            if list(days) != sorted(set(days)) or any(day.year != self.year for day in days):
                raise Inconsistent(f"pay days are days of {self.year}, each once and in order", "pay_days")
            return days
        if not self.is_told(Paychecks.next_pay_day):
            return ()
        first, second = self.next_pay_day, None
        if first.year != self.year:
            raise Inconsistent(f"the next pay day is not in {self.year}", "next_pay_day")
        if self.is_told(Paychecks.following_pay_day) or needs_second(self.pay_schedule, first):
            second = self.following_pay_day
        try:
            return pay_days(self.pay_schedule, first, second)
        except ValueError as error:
            raise Inconsistent(str(error), "next_pay_day", "following_pay_day") from error

    @derived(CALENDAR)
    def paychecks_left(self) -> int:
        """The paychecks still to come this year."""
        days = self.days_to_come
        if not days:
            return self.checks_left
        if self.told(Paychecks.checks_left, len(days)) != len(days):
            raise Inconsistent(f"the pay days to come are {len(days)}, not {self.checks_left}", "checks_left")
        return len(days)

    @derived(CALENDAR)
    def pay_divisor(self) -> int:
        """The paychecks over which pay of a full year is spread."""
        usual = self.pay_schedule.checks
        divisor = self.checks_a_year if self.told(Paychecks.checks_a_year, usual) != usual else usual
        if not usual <= divisor <= self._most_checks:
            said = f"pay that comes {self.pay_schedule} comes {usual} times a year"
            more = f", at most {self._most_checks}" if self._most_checks > usual else ""
            raise Inconsistent(said + more, "checks_a_year", "pay_schedule")
        return divisor

    @property
    def _most_checks(self) -> int:
        """The most paychecks that a year can have: one more than usual where pay comes every week or two."""
        by_weeks = self.pay_schedule in (PaySchedule.WEEKLY, PaySchedule.BIWEEKLY)
        return self.pay_schedule.checks + by_weeks

    @derived(PAY)
    def checks_to_come(self) -> tuple[Check, ...]:
        """The paychecks still to come, with raises, bonuses and leave."""
        left = self.paychecks_left
        if not left:
            return ()
        if self.checks_so_far + left > self._most_checks:
            said = f"{self.checks_so_far} paychecks so far and {left} to come are more than a year has"
            raise Inconsistent(said, "checks_so_far", "checks_left", "pay_schedule")
        raises, bonuses, unpaid = self.raises, self.bonuses, self.unpaid_checks
        for fact, numbers in (
            ("raises", [new.check for new in raises]),
            ("bonuses", [bonus.check for bonus in bonuses]),
            ("unpaid_checks", unpaid),
        ):
            if max(numbers, default=0) > left:
                raise Inconsistent(f"only {left} paychecks are still to come this year", fact)
        return lay_out(
            left,
            self.days_to_come,
            self.pay,
            self.pay_divisor,
            raises=raises,
            bonuses=bonuses,
            unpaid=unpaid,
        )

    @derived(PAY)
    def pay_to_come(self) -> Decimal:
        """Pay of the paychecks still to come this year, before tax and deferrals."""
        return sum((check.gross for check in self.checks_to_come), ZERO)

    @derived(PAY + ": pay of the limitation year from this employer")
    def pay_this_year(self) -> Decimal:
        """This year's pay from this employer."""
        return (self.pay_so_far if self.checks_so_far else ZERO) + self.pay_to_come

    @property
    def has_pay_to_come(self) -> bool:
        """Whether any paycheck still to come has pay that elections count."""
        return any(check.plan_pay for check in self.checks_to_come)

    # --- what is in so far --------------------------------------------------------------------------------------
    @property
    def in_so_far(self) -> SoFar:
        """What the year has brought so far. Raises `Inconsistent`."""
        if not self.checks_so_far:
            return self._nothing_so_far()
        pay, deferral, after_tax = self.pay_so_far, self.deferred_so_far, ZERO
        if self.takes_after_tax:
            after_tax = self.after_tax_so_far
        if deferral + after_tax > pay:
            raise Inconsistent(
                "more went in from pay so far than there was pay",
                "pay_so_far",
                "deferred_so_far",
                "after_tax_so_far",
            )
        beyond, money = deferral - self.catch_up_begins, self.employer_money
        by_check = money.tiers and self.match_basis is not MatchBasis.YEAR
        return SoFar(
            pay=pay,
            deferral=deferral,
            catch_up=min(beyond, self.catch_up_allowed) if beyond > 0 else ZERO,
            match=self.match_so_far if by_check else ZERO,
            other_employer_money=self.other_employer_money_so_far
            if money.fixed or money.nonelective
            else ZERO,
            after_tax=after_tax,
        )

    def _nothing_so_far(self) -> SoFar:
        """Nothing is in before the first paycheck. Raises `Inconsistent` if something was said to be."""
        for fact in (
            Paychecks.pay_so_far,
            Paychecks.deferred_so_far,
            Paychecks.match_so_far,
            Paychecks.other_employer_money_so_far,
            Paychecks.after_tax_so_far,
        ):
            if self.told(fact, ZERO):
                raise Inconsistent("money came before the first paycheck", fact.name, "checks_so_far")
        return SoFar()

    # --- the limits of payroll ----------------------------------------------------------------------------------
    @derived("IRC 402(g)(1), 414(v)(1)-(2)")
    def deferrals_stop_at(self) -> Decimal:
        """The deferrals of the year, catch-up included, at which payroll stops them here."""
        return self.deferral_limit_left + self.catch_up_allowed

    @derived(ARITHMETIC)
    def deferral_goal(self) -> Decimal:
        """The deferrals of the year to land on: the limit, or less if less is planned."""
        if self.told(Paychecks.deferral, self.deferral_limit_left) < self.deferral_limit_left:
            return self.deferral
        most = self.deferrals_stop_at
        return self.deferral if self.told(Paychecks.deferral, most) < most else most

    @derived(ANNUAL_ADDITIONS + "; 415(f)(1)(B), (h)")
    def additions_limit_here(self) -> Decimal:
        """What all annual additions in this plan may come to."""
        return max(ZERO, self.annual_limit - self.related_additions)

    @derived("the plan document")
    def after_tax_limit_here(self) -> Decimal:
        """What the plan itself allows of after-tax money this year."""
        if not self.takes_after_tax:
            return ZERO
        cap = self.plan_cap
        return self.additions_limit_here if cap is None else cap

    @property
    def catch_up_begins(self) -> Decimal:
        """Deferrals over this are catch-up; see `Employee.catch_up_used`."""
        return self.deferral_limit_left if self.related else self.limit(self.limits.elective_deferral)

    @property
    def payroll_rules(self) -> Rules:
        """The rules by which payroll runs the rest of the year."""
        return Rules(
            deferral_limit=self.deferral_goal,
            catch_up_from=self.catch_up_begins,
            additions_limit=self.additions_limit_here,
            after_tax_cap=self.after_tax_limit_here,
            compensation_cap=self.limit(self.limits.compensation_cap),
            money=self.employer_money,
            basis=self.match_basis if self.employer_money.tiers else MatchBasis.PAYCHECK,
            most_deferral_share=self.most_deferral_share,
            most_after_tax_share=self.most_after_tax_share,
            most_together_share=self.most_together_share,
        )

    @property
    def _outlook(self) -> Outlook:
        return Outlook(self.checks_to_come, self.payroll_rules, self.in_so_far)

    @property
    def _as_payroll_knows(self) -> Outlook:
        """The same for who elects what was told: payroll stops at the limit, whatever the plan for the year is."""
        return self._outlook.under(deferral_limit=self.deferrals_stop_at)

    @property
    def most_employer_money(self) -> Decimal:
        """What fills the limit beside the deferrals that payroll lets through."""
        counted = min(self.counted_deferral, self.limits.elective_deferral.value)
        return self._unfilled(counted, self.told(Paychecks.after_tax_so_far, ZERO))

    # --- the match and other employer money ---------------------------------------------------------------------
    @derived(FORMULA + "; " + COUNTED_PAY)
    def most_match(self) -> Decimal:
        """The most match that the year can still come to."""
        outlook = self._outlook
        return full_match(outlook.checks, outlook.rules, outlook.so_far)

    @derived("IRC 415(c)(2); Reg. 1.415(c)-1(b)(6): allocated as of a day in the year", confirm=True)
    def employer_money_at_year_end(self) -> Decimal:
        """Employer money beside the match that is still to come; the limit has to have room for it."""
        outlook = self._outlook
        return year_end_money(outlook.checks, outlook.rules, outlook.so_far)

    # --- evenly -------------------------------------------------------------------------------------------------
    @derived(PAYROLL)
    def even_elections(self) -> Elections:
        """What to elect from the next check on, in the plan's steps."""
        return even(self._outlook, self.election_step.election)

    @derived(PAYROLL)
    def even_paychecks(self) -> tuple[Paycheck, ...]:
        """The checks to come under it."""
        return self._outlook.run(self.even_elections)

    @derived(PAYROLL)
    def even_year(self) -> YearEnd:
        """The year under it."""
        return self._outlook.end(self.even_elections)

    @derived(PAYROLL)
    def even_dollars(self) -> EvenDollars:
        """The same in equal dollars, to the cent."""
        outlook = self._outlook
        if outlook.last_paid < 0:
            return EvenDollars(ZERO, ZERO, ZERO, ZERO)
        elections = even_to_the_cent(outlook)
        each, last = elections[0], outlook.run(*elections)[outlook.last_paid]
        return EvenDollars(each.deferral.dollars, each.after_tax.dollars, last.deferral, last.after_tax)

    @derived(PAYROLL)
    def even_dollars_year(self) -> YearEnd:
        """The year under them."""
        outlook, dollars = self._outlook, self.even_dollars
        each = Elections(Election(dollars=dollars.deferral), Election(dollars=dollars.after_tax))
        last = Elections(Election(dollars=dollars.last_deferral), Election(dollars=dollars.last_after_tax))
        return outlook.end(*outlook.each_but_last(each, last))

    @derived(ARITHMETIC)
    def unused_by_step(self) -> Unused:
        """What stays unused because elections have steps."""
        steps, cents = self.even_year, self.even_dollars_year
        return Unused(
            max(ZERO, cents.deferral - steps.deferral), max(ZERO, cents.after_tax - steps.after_tax)
        )

    # --- too fast -----------------------------------------------------------------------------------------------
    @derived(PAYROLL)
    def deferral_overshoot_year(self) -> YearEnd:
        """The year if the deferral election is rounded up by a step."""
        elections = self.even_elections
        more = one_more(elections.deferral, self.election_step.election)
        return self._outlook.end(replace(elections, deferral=more))

    @derived(PAYROLL)
    def after_tax_overshoot_year(self) -> YearEnd:
        """The year if the after-tax election is rounded up by a step."""
        elections = self.even_elections
        more = one_more(elections.after_tax, self.election_step.election)
        return self._outlook.end(replace(elections, after_tax=more))

    @property
    def _deferring_early(self) -> Elections:
        return replace(self.even_elections, deferral=Election(self.most_deferral_share))

    @derived(PAYROLL)
    def early_deferral_year(self) -> YearEnd:
        """The year if deferrals go in as fast as the plan lets them."""
        return self._outlook.end(self._deferring_early)

    @derived(PAYROLL)
    def early_after_tax_year(self) -> YearEnd:
        """The year if after-tax money goes in as fast as the plan lets it."""
        return self._outlook.end(replace(self.even_elections, after_tax=Election(self.most_after_tax_share)))

    @derived(ARITHMETIC)
    def early_deferral_cost(self) -> Decimal:
        """Employer money that front-loading deferrals loses."""
        return max(ZERO, self.even_year.employer_money - self.early_deferral_year.employer_money)

    @derived(ANNUAL_ADDITIONS + "; Rev. Proc. 2021-30 section 6.06(2)", confirm=True)
    def early_after_tax_cost(self) -> Decimal:
        """Employer money that front-loading after-tax money loses where payroll stops what no longer fits.

        The correction program of the IRS would rather return the after-tax money; many payrolls stop the match.
        """
        return max(ZERO, self.even_year.employer_money - self.early_after_tax_year.employer_money)

    @derived(FORMULA + ": a true-up works it out again on the whole year", confirm=True)
    def true_up_after_early_deferral(self) -> TrueUp:
        """What a true-up would bring back of it."""
        outlook, end = self._outlook, self.early_deferral_year
        on_the_year = self.employer_money.match(
            end.deferral, plan_pay(outlook.checks, outlook.so_far), outlook.rules.compensation_cap
        )
        due = max(ZERO, to_the_cent(on_the_year) - end.match)
        return TrueUp(due, outlook.under(basis=MatchBasis.TRUE_UP).end(self._deferring_early).true_up)

    # --- as it goes now -----------------------------------------------------------------------------------------
    @property
    def election_is_told(self) -> bool:
        """Whether what is elected now is known."""
        return self.is_told(Paychecks.deferral_election)

    @property
    def told_elections(self) -> Elections:
        """What is elected now."""
        deferral = self.deferral_election
        return Elections(deferral, self.after_tax_election if self.takes_after_tax else Election())

    @derived(PAYROLL)
    def current_paychecks(self) -> tuple[Paycheck, ...]:
        """The checks to come if the elections stay as they are."""
        return self._as_payroll_knows.run(self.told_elections)

    @derived(PAYROLL, confirm=True)
    def current_year(self) -> YearEnd:
        """The year if the elections stay as they are."""
        return self._as_payroll_knows.end(self.told_elections)

    # --- in cash ------------------------------------------------------------------------------------------------
    @derived(WITHHELD)
    def even_take_home(self) -> tuple[TakeHome, ...]:
        """What each check leaves in cash under the even elections."""
        return tuple(take_home(self.even_paychecks, self._pay_taxes, self.in_so_far.pay))

    @derived(ARITHMETIC)
    def lowest_take_home(self) -> Decimal:
        """The least that one of them leaves; below 0 the elections do not fit into it."""
        return min((one.left for one in self.even_take_home), default=ZERO)

    @derived(WITHHELD)
    def current_take_home(self) -> tuple[TakeHome, ...]:
        """What each check leaves in cash if the elections stay as they are."""
        return tuple(take_home(self.current_paychecks, self._pay_taxes, self.in_so_far.pay))

    @property
    def _pay_taxes(self) -> PayTaxes:
        return PayTaxes(
            social_security_rate=self.rate(self.statute.employee_social_security_rate),
            wage_base=self.limit(self.limits.social_security_wage_base),
            medicare_rate=self.rate(self.statute.employee_medicare_rate),
            additional_rate=self.rate(self.statute.additional_medicare_rate),
            additional_over=self.rate(self.statute.additional_medicare_withheld),
            income_tax_rate=self.income_tax_withheld_rate,
            pretax_share=ONE - self.roth_deferral_share,
            other_deductions=self.other_deductions,
        )


CALCULATIONS = (
    Calculation(
        "paychecks",
        Paychecks,
        results=(
            Paychecks.even_elections,
            Paychecks.even_year,
            Paychecks.even_dollars,
            Paychecks.even_dollars_year,
            Paychecks.unused_by_step,
            Paychecks.deferral_overshoot_year,
            Paychecks.after_tax_overshoot_year,
            Paychecks.early_deferral_year,
            Paychecks.early_deferral_cost,
            Paychecks.true_up_after_early_deferral,
            Paychecks.early_after_tax_year,
            Paychecks.early_after_tax_cost,
            Paychecks.most_match,
            Paychecks.employer_money_at_year_end,
            Paychecks.even_paychecks,
        ),
        extras=(
            Paychecks.current_year,
            Paychecks.current_paychecks,
            Paychecks.even_take_home,
            Paychecks.lowest_take_home,
            Paychecks.current_take_home,
        ),
        assumed={
            "other_plan": False,
            "cap_kind": CapKind.NONE,
            "takes_after_tax": True,
        },
    ),
)
