"""Elections: what to elect now so that a year lands on its limits, and what it costs to go too fast.

Theory. A year of payroll (`knowledge.core.payroll`) is a function of the election, and nothing that it takes ever falls
when the election rises by a step. So the largest election that loses nothing is found by halving over the plan's own
steps: exactly, with payroll's rounding in it, in a handful of years run.

Employer money comes first. A deferral that would crowd it out, or that would end before the last check that is matched,
is worth less than one that does not; and after-tax money only ever gets what deferrals and employer money leave.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum, auto
from functools import lru_cache
from typing import TypeVar

from knowledge.core.match import CENT, ZERO, to_the_cent
from knowledge.core.payroll import (
    ONE,
    Check,
    Election,
    Elections,
    Paycheck,
    Rules,
    SoFar,
    YearEnd,
    rounding_of,
    run,
    year_end,
)

T = TypeVar("T")


class ElectionStep(StrEnum):
    """In which steps a plan lets people elect."""

    WHOLE_PERCENT = auto()
    HALF_PERCENT = auto()
    TENTH_PERCENT = auto()
    DOLLARS = auto()
    """Whole dollars of each paycheck."""

    @property
    def election(self) -> Election:
        """An election of one step."""
        return {
            ElectionStep.WHOLE_PERCENT: Election(Decimal("0.01")),
            ElectionStep.HALF_PERCENT: Election(Decimal("0.005")),
            ElectionStep.TENTH_PERCENT: Election(Decimal("0.001")),
            ElectionStep.DOLLARS: Election(dollars=ONE),
        }[self]


ONE_CENT = Election(dollars=CENT)
"""The finest step: an exact amount of dollars from each check."""


def times(step: Election, steps: int) -> Election:
    """So many ``steps``."""
    return Election(step.pay_share * steps, step.dollars * steps)


def one_more(election: Election, step: Election) -> Election:
    """The ``election`` rounded up: a ``step`` above it."""
    return Election(election.pay_share + step.pay_share, election.dollars + step.dollars)


@dataclass(frozen=True, slots=True)
class Outlook:
    """The rest of a year, to be run under any election."""

    checks: tuple[Check, ...]
    rules: Rules
    so_far: SoFar

    def run(self, *elections: Elections) -> tuple[Paycheck, ...]:
        """The paychecks under one election for all, or under one for each."""
        each = elections * len(self.checks) if len(elections) == 1 else elections
        return run(self.checks, each, self.rules, self.so_far)

    def end(self, *elections: Elections) -> YearEnd:
        """What the year comes to under them."""
        return year_end(self.checks, self.run(*elections), self.rules, self.so_far)

    def under(self, **changed: object) -> Outlook:
        """The same checks under other rules; the arguments are fields of `Rules`."""
        return replace(self, rules=replace(self.rules, **changed))  # type: ignore[arg-type]

    @property
    def last_paid(self) -> int:
        """The place of the last check with pay that elections count, from 0; -1 where none has any."""
        return max((place for place, check in enumerate(self.checks) if check.plan_pay), default=-1)

    def each_but_last(self, each: T, last: T) -> tuple[T, ...]:
        """``each`` for every check, and ``last`` for the last one that pays."""
        return tuple(last if place == self.last_paid else each for place in range(len(self.checks)))

    @property
    def best_paid(self) -> Decimal:
        """The largest pay of one check that elections count, in dollars."""
        return max((check.plan_pay for check in self.checks), default=ZERO)

    @property
    def counted_checks(self) -> int:
        """How many of the checks come before pay of the year is past what a match formula counts."""
        pay, counted = self.so_far.pay, 0
        for check in self.checks:
            if pay >= self.rules.compensation_cap:
                break
            pay += check.plan_pay
            counted += 1
        return counted

    def steps(self, step: Election, share: Decimal, rounding: str = ROUND_FLOOR) -> int:
        """How many steps come to a ``share`` of pay; in dollars, of the pay of the best paid check."""
        if step.pay_share:
            return int((share / step.pay_share).to_integral_value(rounding))
        return int((to_the_cent(share * self.best_paid) / step.dollars).to_integral_value(rounding))

    def steps_that_fill(self, amount: Decimal, step: Election) -> int:
        """About how many steps put ``amount`` dollars in over all the checks."""
        one = sum((step.of(check.plan_pay) for check in self.checks), ZERO)
        return int(amount / one) if one else 0


def largest(most: int, guess: int, fits: Callable[[int], bool]) -> int:
    """The largest number up to ``most`` that ``fits``, where 0 does and every number below one that fits does.

    Halving finds it; a good ``guess``, tried first, leaves little to halve.
    """
    low, high = 0, most + 1
    for near in (guess, guess + 1, guess - 1):
        if low < near < high:
            low, high = (near, high) if fits(near) else (low, near)
    return low + bisect_left(range(low + 1, high), True, key=lambda number: not fits(number))


@lru_cache(maxsize=256)
def even(outlook: Outlook, step: Election) -> Elections:
    """The elections to set now, on the plan's ``step``, that fill the year evenly and lose nothing.

    The deferral is the largest that never runs into a limit, unless a higher one brings more employer money: because
    the step is coarse, or because pay of the year passes what the match counts, so that only early deferrals are
    matched. The after-tax election is the largest that takes no room from deferrals and employer money and never runs
    into a limit itself.
    """
    deferral = _even_deferral(outlook, step)
    return Elections(deferral, _even_after_tax(outlook, step, (deferral,) * len(outlook.checks)))


@lru_cache(maxsize=256)
def even_to_the_cent(outlook: Outlook) -> tuple[Elections, ...]:
    """The same in exact dollars, one for each check: equal ones, and in the last check that pays also the cents left.

    Equal dollars keep less match than an equal percentage where pay is not level.
    """
    deferral = _even_deferral(outlook, ONE_CENT)
    deferrals = _with_rest(outlook, deferral, _deferring, lambda end: end.unused_deferral)
    after_tax = _even_after_tax(outlook, ONE_CENT, deferrals)

    def both(after_taxes: Sequence[Election]) -> list[Elections]:
        return list(map(Elections, deferrals, after_taxes))

    return tuple(both(_with_rest(outlook, after_tax, both, lambda end: end.unused_after_tax)))


def _deferring(deferrals: Sequence[Election]) -> list[Elections]:
    return list(map(Elections, deferrals))


def _even_deferral(outlook: Outlook, step: Election) -> Election:
    checks, rules, so_far = outlook.checks, outlook.rules, outlook.so_far
    if not outlook.best_paid:
        return Election()
    most = outlook.steps(step, min(rules.most_deferral_share, rules.most_together_share))
    crowded_out = outlook.end(Elections()).crowded_out

    def landing_by(end: int) -> int:
        """The largest election that runs into no limit in the checks before the place ``end``."""

        def fits(steps: int) -> bool:
            paychecks = outlook.run(Elections(times(step, steps)))
            if any(one.deferral_cut for one in paychecks[:end]):
                return False
            return year_end(checks, paychecks, rules, so_far).crowded_out <= crowded_out

        return largest(most, outlook.steps_that_fill(rules.deferral_limit - so_far.deferral, step), fits)

    landings = {end: landing_by(end) for end in {len(checks), outlook.counted_checks}}
    slowest = landings[len(checks)]
    last_tier = max((tier.end for tier in rules.money.tiers), default=ZERO)
    candidates = {outlook.steps(step, last_tier, ROUND_CEILING)}
    candidates.update(steps + more for steps in landings.values() for more in (0, 1))
    brings = {
        steps: outlook.end(Elections(times(step, steps))).employer_money
        for steps in sorted(candidates)
        if slowest <= steps <= most
    }
    enough = max(brings.values()) - rounding_of(len(checks))
    return times(step, next(steps for steps, money in brings.items() if money >= enough))


def _even_after_tax(outlook: Outlook, step: Election, deferrals: Sequence[Election]) -> Election:
    rules = outlook.rules
    if not outlook.best_paid:
        return Election()
    deferred = deferrals[0].pay_share + deferrals[0].dollars / outlook.best_paid
    share = max(ZERO, min(rules.most_after_tax_share, rules.most_together_share - deferred))
    alone = outlook.end(*map(Elections, deferrals))

    def fits(steps: int) -> bool:
        after_tax = times(step, steps)
        end = outlook.end(*(Elections(deferral, after_tax) for deferral in deferrals))
        return end.after_tax_stops is None and _unharmed(end, alone)

    guess = outlook.steps_that_fill(alone.unused_after_tax, step)
    return times(step, largest(outlook.steps(step, share), guess, fits))


def _unharmed(end: YearEnd, before: YearEnd) -> bool:
    """Whether what was added to the year ``before`` took nothing from deferrals and employer money."""
    return (
        end.deferral >= before.deferral
        and end.employer_money >= before.employer_money
        and end.crowded_out <= before.crowded_out
    )


def _with_rest(
    outlook: Outlook,
    each: Election,
    elections: Callable[[Sequence[Election]], Sequence[Elections]],
    unused: Callable[[YearEnd], Decimal],
) -> tuple[Election, ...]:
    """``each`` for every check, and in the last one that pays what still fits on top of it, to the cent.

    ``elections`` makes whole ones of the elections of one kind, ``unused`` tells how much of it a year leaves unused.
    """

    def with_rest(cents: int) -> tuple[Election, ...]:
        return outlook.each_but_last(each, replace(each, dollars=each.dollars + cents * CENT))

    def end(cents: int) -> YearEnd:
        return outlook.end(*elections(with_rest(cents)))

    before = end(0)

    def fits(cents: int) -> bool:
        after = end(cents)
        stops = (after.deferrals_stop, after.after_tax_stops)
        return stops == (before.deferrals_stop, before.after_tax_stops) and _unharmed(after, before)

    most = int(unused(before) / CENT)
    return with_rest(largest(most, most, fits))
