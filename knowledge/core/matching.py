"""The match worked out by itself: on the year, check by check, and together with matched after-tax money.

The formula is that of `knowledge.core.match`; here it is measured against the year's figures (IRC 401(a)(17)) and
against what the same checks could have brought.
"""

from __future__ import annotations

from decimal import Decimal

from knowledge.core.calculation import Calculation
from knowledge.core.case import Case
from knowledge.core.employee import ANNUAL_ADDITIONS, Employee
from knowledge.core.facts import CapKind
from knowledge.core.match import ZERO, EmployerMoney, match_by_check, most_with_match, to_the_cent
from knowledge.core.measures import Dollars
from knowledge.core.sheet import ARITHMETIC, Fact, Inconsistent, derived

FORMULA = "the plan's match formula"
COUNTED_PAY = "IRC 401(a)(17)(A)"


class Matching(Case):
    """A match formula in a year. A plan may count less pay than the law lets it."""

    employer_money = Fact(EmployerMoney)
    formula_pay_cap = Fact(Decimal)
    """The plan's own cap on the pay of a year that the formula counts."""

    @derived(COUNTED_PAY + "; the plan document")
    def formula_pay_limit(self) -> Decimal:
        """The most pay of the year that the formula counts."""
        limit = self.limit(self.limits.compensation_cap)
        if self.told(Matching.formula_pay_cap, limit) < limit:
            return self.formula_pay_cap
        return limit


class YearMatch(Matching):
    """The match worked out once, on the whole year."""

    pay = Fact(Decimal)
    deferral = Fact(Decimal)

    @derived(COUNTED_PAY)
    def counted_pay(self) -> Decimal:
        """The year's pay that the formula counts."""
        return min(self.pay, self.formula_pay_limit)

    @derived(FORMULA)
    def match(self) -> Decimal:
        """The year's match."""
        return self.employer_money.match(self.deferral, self.pay, self.formula_pay_limit)

    @derived(FORMULA)
    def matched_deferral(self) -> Decimal:
        """The deferrals that the tiers reach; a dollar cap on the match is not looked at."""
        tiers = self.employer_money.tiers
        return min(self.deferral, max((tier.end for tier in tiers), default=ZERO) * self.counted_pay)

    @derived(FORMULA)
    def full_match(self) -> Decimal:
        """The match of someone who defers enough for all of it."""
        return self.employer_money.match(self.counted_pay, self.pay, self.formula_pay_limit)

    @derived(ARITHMETIC)
    def match_lost(self) -> Decimal:
        """What deferring less than that leaves behind."""
        return self.full_match - self.match


class CheckMatch(Matching):
    """The match worked out on each paycheck of a year, from the year's first."""

    pay_by_check = Fact(tuple, measure=tuple[Dollars, ...])
    """Gross pay of each paycheck, in order."""
    deferral_by_check = Fact(tuple, measure=tuple[Dollars, ...])
    """What was deferred from each of them."""
    match_rounded = Fact(bool, default=True)
    """Whether payroll rounds each match to the cent."""

    @derived(FORMULA + ", on each paycheck; " + COUNTED_PAY)
    def match_by_check(self) -> tuple[Decimal, ...]:
        """The match of each check."""
        pays, deferrals = self.pay_by_check, self.deferral_by_check
        if len(pays) != len(deferrals):
            said = f"{len(pays)} paychecks and {len(deferrals)} deferrals: one deferral for each paycheck, 0 for none"
            raise Inconsistent(said, "pay_by_check", "deferral_by_check")
        for number, (pay, deferral) in enumerate(zip(pays, deferrals, strict=True), 1):
            if deferral > pay:
                raise Inconsistent(
                    f"the deferral of paycheck {number} is more than its pay",
                    "pay_by_check",
                    "deferral_by_check",
                )
        return match_by_check(
            self.employer_money, pays, deferrals, self.formula_pay_limit, rounded=self.match_rounded
        )

    @derived(ARITHMETIC)
    def checks_match(self) -> Decimal:
        """The match of all checks."""
        return sum(self.match_by_check, ZERO)

    @derived(FORMULA + ", on each paycheck; " + COUNTED_PAY)
    def checks_full_match(self) -> Decimal:
        """The match if every check had deferred enough for all of it."""
        pays = self.pay_by_check
        full = match_by_check(
            self.employer_money, pays, pays, self.formula_pay_limit, rounded=self.match_rounded
        )
        return sum(full, ZERO)

    @derived(ARITHMETIC)
    def checks_match_lost(self) -> Decimal:
        """What the checks without enough deferral leave behind."""
        return self.checks_full_match - self.checks_match

    @derived(FORMULA + ": a true-up works it out again on the whole year")
    def true_up(self) -> Decimal:
        """What a true-up would add after the end of the year."""
        deferral, pay = sum(self.deferral_by_check, ZERO), sum(self.pay_by_check, ZERO)
        on_the_year = self.employer_money.match(deferral, pay, self.formula_pay_limit)
        if self.match_rounded:
            on_the_year = to_the_cent(on_the_year)
        return max(ZERO, on_the_year - self.checks_match)


class MatchedAfterTax(Employee):
    """An employee whose plan matches after-tax money like deferrals, on the whole year.

    More after-tax money brings more match, and both share the room.
    """

    @derived(ANNUAL_ADDITIONS)
    def room_before_match(self) -> Decimal:
        """What the total limit leaves for the year's after-tax money and the match on everything."""
        money = self.employer_money
        other = money.fixed
        if money.nonelective:
            other += money.nonelective * self.counted_pay
        return max(ZERO, self.annual_limit - self.counted_deferral - other - self.related_additions)

    @derived(COUNTED_PAY)
    def counted_pay(self) -> Decimal:
        """The year's pay that the formula counts."""
        return min(self.pay_this_year, self.limit(self.limits.compensation_cap))

    @derived(FORMULA + ", on deferrals and after-tax money alike; " + ANNUAL_ADDITIONS, confirm=True)
    def after_tax_with_match(self) -> Decimal:
        """The after-tax money of the year that fits together with its match, under the plan's own cap."""
        most, _ = most_with_match(
            self.employer_money, self.deferral, self.counted_pay, self.room_before_match
        )
        cap = self.plan_cap
        return most if cap is None else min(most, cap)

    @derived(FORMULA + ", on deferrals and after-tax money alike", confirm=True)
    def match_with_after_tax(self) -> Decimal:
        """The year's match on deferrals and that after-tax money."""
        everything = self.deferral + self.after_tax_with_match
        return self.employer_money.match(everything, self.counted_pay, self.counted_pay)

    @derived(FORMULA)
    def match_of_after_tax(self) -> Decimal:
        """The part of the match that the after-tax money brings."""
        without = self.employer_money.match(self.deferral, self.counted_pay, self.counted_pay)
        return self.match_with_after_tax - without

    @derived(ARITHMETIC)
    def after_tax_with_match_left(self) -> Decimal:
        """After-tax dollars of it that can still go in."""
        return max(ZERO, self.after_tax_with_match - self.after_tax_so_far)


CALCULATIONS = (
    Calculation(
        "match",
        YearMatch,
        results=(
            YearMatch.counted_pay,
            YearMatch.matched_deferral,
            YearMatch.match,
            YearMatch.full_match,
            YearMatch.match_lost,
        ),
    ),
    Calculation(
        "match-per-paycheck",
        CheckMatch,
        results=(
            CheckMatch.match_by_check,
            CheckMatch.checks_match,
            CheckMatch.checks_full_match,
            CheckMatch.checks_match_lost,
            CheckMatch.true_up,
        ),
    ),
    Calculation(
        "matched-after-tax",
        MatchedAfterTax,
        results=(
            MatchedAfterTax.room_before_match,
            MatchedAfterTax.after_tax_with_match,
            MatchedAfterTax.match_with_after_tax,
            MatchedAfterTax.match_of_after_tax,
        ),
        extras=(MatchedAfterTax.after_tax_with_match_left,),
        assumed={"whole_year": True, "other_plan": False, "cap_kind": CapKind.NONE},
    ),
)
