"""Payroll: a year laid out paycheck by paycheck, and what the limits leave of each.

Theory. Payroll sees one check at a time. From each it takes what was elected, cut where a limit of the year is reached
on that check, and books every amount to the cent. It knows what went in before and nothing of what is still to come: so
whoever elects too much early is not warned but stopped, and what comes later (deferrals, their match, the employer
money of the year's end) no longer fits. `run` is that one loop. Every question about a year is `run` with other
elections, and `year_end` adds up what it came to on December 31.

The order within a check is deferral, match, after-tax money. All amounts are dollars of one calendar year at one
employer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum, auto
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from knowledge.core.match import CENT, ZERO, EmployerMoney, to_the_cent
from knowledge.core.measures import Dollars, Fraction

ONE = Decimal(1)


class MatchBasis(StrEnum):
    """On what a plan works out its match."""

    PAYCHECK = auto()
    """On each paycheck, and that is all."""
    TRUE_UP = auto()
    """On each paycheck; after the end of the year what the whole year would have brought is added."""
    YEAR = auto()
    """On the whole year, after its end."""


@dataclass(frozen=True, slots=True)
class Election:
    """What is taken from each paycheck: a fraction of its pay, dollars, or both."""

    pay_share: Fraction = ZERO
    dollars: Dollars = ZERO

    def of(self, pay: Decimal) -> Decimal:
        """The dollars that it takes from a check of ``pay`` dollars, to the cent."""
        return to_the_cent(self.pay_share * pay + self.dollars)


def _election(value: Any) -> Any:
    return {"pay_share": value} if isinstance(value, int | str | Decimal) else value


OneElection = Annotated[
    Election,
    BeforeValidator(_election, json_schema_input_type=Fraction | Election),
    Field(json_schema_extra={"unit": "a fraction of pay, or dollars of each paycheck"}),
]
"""An election as it is given from outside: a fraction of pay, or an object with dollars."""


@dataclass(frozen=True, slots=True)
class Elections:
    """What is elected for a paycheck."""

    deferral: Election = Election()
    after_tax: Election = Election()


@dataclass(frozen=True, slots=True)
class Check:
    """A paycheck to come, the ``number``-th from now, on ``day`` if that is known.

    ``gross`` pay is in whole cents; ``plan_pay`` is the part of it that elections and the match formula count.
    """

    number: int
    day: date | None
    gross: Decimal
    plan_pay: Decimal


@dataclass(frozen=True, slots=True)
class Rules:
    """What binds a year at one employer.

    ``deferral_limit`` is where payroll stops deferrals, catch-up included (IRC 402(g), 414(v)); what goes over
    ``catch_up_from`` is catch-up. ``additions_limit`` is what all annual additions here may come to (IRC 415(c)),
    ``after_tax_cap`` the plan's own cap on after-tax money, ``compensation_cap`` the pay of the year that a formula
    counts (IRC 401(a)(17)). The shares are the most of a check's pay that the plan lets go to deferrals, to after-tax
    money, and to both together.
    """

    deferral_limit: Decimal
    catch_up_from: Decimal
    additions_limit: Decimal
    after_tax_cap: Decimal
    compensation_cap: Decimal
    money: EmployerMoney
    basis: MatchBasis
    most_deferral_share: Decimal = ONE
    most_after_tax_share: Decimal = ONE
    most_together_share: Decimal = ONE


@dataclass(frozen=True, slots=True)
class SoFar:
    """What is in already this year: ``pay`` that the plan counts, and each kind of money.

    ``catch_up`` is the part of ``deferral`` that is no annual addition (IRC 414(v)(3)(A)(i)).
    """

    pay: Decimal = ZERO
    deferral: Decimal = ZERO
    catch_up: Decimal = ZERO
    match: Decimal = ZERO
    other_employer_money: Decimal = ZERO
    after_tax: Decimal = ZERO

    @property
    def additions(self) -> Decimal:
        """The annual additions in it, IRC 415(c)(2)."""
        counted = self.deferral - self.catch_up
        return counted + self.match + self.other_employer_money + self.after_tax


@dataclass(frozen=True, slots=True)
class Paycheck:
    """What a paycheck came to.

    ``deferral`` includes ``catch_up``. ``deferral_cut`` and ``after_tax_cut`` are what was elected and no longer fit
    under a limit; ``match_missed`` is what the match falls short because of that, ``match_crowded_out`` the part of it
    that the deferral earned and the total limit had no room for. The ``_so_far`` are totals of the year, this check
    included; ``additions_so_far`` are annual additions.
    """

    number: int
    day: date | None
    gross: Decimal
    deferral: Decimal
    catch_up: Decimal
    match: Decimal
    after_tax: Decimal
    deferral_cut: Decimal
    match_missed: Decimal
    match_crowded_out: Decimal
    after_tax_cut: Decimal
    deferral_so_far: Decimal
    match_so_far: Decimal
    after_tax_so_far: Decimal
    additions_so_far: Decimal


def run(
    checks: Sequence[Check], elections: Sequence[Elections], rules: Rules, so_far: SoFar
) -> tuple[Paycheck, ...]:
    """A year of payroll: each of ``checks`` under the election at the same place.

    IRC 402(g)(1), 414(v)(1), 415(c)(1); the plan's match formula. No total passes its limit by a cent.
    """
    year = []
    deferred, matched, after_tax = so_far.deferral, so_far.match, so_far.after_tax
    additions, counted_pay = so_far.additions, min(so_far.pay, rules.compensation_cap)
    for check, elected in zip(checks, elections, strict=True):
        pay = check.plan_pay
        room = max(ZERO, rules.additions_limit - additions)
        together = to_the_cent(rules.most_together_share * pay)

        wanted = min(elected.deferral.of(pay), to_the_cent(rules.most_deferral_share * pay), together)
        allowed = min(wanted, max(ZERO, rules.deferral_limit - deferred))
        base = min(allowed, max(ZERO, rules.catch_up_from - deferred))
        counted = min(base, room)
        catch_up = allowed - base if counted == base else ZERO
        deferral = counted + catch_up
        room -= counted

        counts = min(pay, rules.compensation_cap - counted_pay)
        earned = _match(rules, deferral, counts, matched)
        match = min(earned, room)
        missed = (earned if deferral == wanted else _match(rules, wanted, counts, matched)) - match
        room -= match

        asked = min(
            elected.after_tax.of(pay), to_the_cent(rules.most_after_tax_share * pay), together - deferral
        )
        voluntary = min(asked, max(ZERO, rules.after_tax_cap - after_tax), room)

        deferred, matched, after_tax = deferred + deferral, matched + match, after_tax + voluntary
        additions, counted_pay = additions + counted + match + voluntary, counted_pay + counts
        paycheck = Paycheck(
            number=check.number,
            day=check.day,
            gross=check.gross,
            deferral=deferral,
            catch_up=catch_up,
            match=match,
            after_tax=voluntary,
            deferral_cut=wanted - deferral,
            match_missed=missed,
            match_crowded_out=earned - match,
            after_tax_cut=asked - voluntary,
            deferral_so_far=deferred,
            match_so_far=matched,
            after_tax_so_far=after_tax,
            additions_so_far=additions,
        )
        year.append(paycheck)
    return tuple(year)


def _match(rules: Rules, deferral: Decimal, counts: Decimal, matched: Decimal) -> Decimal:
    """The match of one check on ``deferral``, to the cent, after ``matched`` dollars of it this year."""
    if rules.basis is MatchBasis.YEAR:
        return ZERO
    total = matched + to_the_cent(rules.money.formula(deferral, counts))
    return max(ZERO, rules.money.up_to_cap(total) - matched)


# --- the end of the year ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stopped:
    """The first paycheck on which something no longer fits: its ``number`` from now, and its ``day`` if known."""

    number: int
    day: date | None


@dataclass(frozen=True, slots=True)
class YearEnd:
    """What a year comes to on December 31, everything of it that counts for the year included.

    ``match`` is that of the paychecks, ``true_up`` what is added to it after the end of the year, ``match_lost`` what
    both fall short of the most that the formula can still give. ``crowded_out`` is employer money for which the total
    limit had no room left. ``unused_deferral`` and ``unused_after_tax`` are what could have gone in.
    """

    deferral: Decimal
    catch_up: Decimal
    match: Decimal
    true_up: Decimal
    other_employer_money: Decimal
    after_tax: Decimal
    additions: Decimal
    match_lost: Decimal
    crowded_out: Decimal
    unused_deferral: Decimal
    unused_after_tax: Decimal
    deferrals_stop: Stopped | None
    match_stops: Stopped | None
    after_tax_stops: Stopped | None

    @property
    def employer_money(self) -> Decimal:
        """All of it that went in."""
        return self.match + self.true_up + self.other_employer_money


def year_end(checks: Sequence[Check], paychecks: Sequence[Paycheck], rules: Rules, so_far: SoFar) -> YearEnd:
    """What ``paychecks``, the run of ``checks``, come to with the employer money that follows the last of them.

    IRC 415(c)(2): money allocated as of a day in the year counts for it. Where the limit has no room for all of it, the
    true-up comes first.
    """
    deferral = so_far.deferral + sum((one.deferral for one in paychecks), ZERO)
    match = so_far.match + sum((one.match for one in paychecks), ZERO)
    after_tax = so_far.after_tax + sum((one.after_tax for one in paychecks), ZERO)
    crowded_out = sum((one.match_crowded_out for one in paychecks), ZERO)
    additions = paychecks[-1].additions_so_far if paychecks else so_far.additions

    true_up_due = ZERO
    if rules.basis is not MatchBasis.PAYCHECK:
        on_the_year = to_the_cent(
            rules.money.match(deferral, plan_pay(checks, so_far), rules.compensation_cap)
        )
        true_up_due = max(on_the_year - match, crowded_out)
        crowded_out = ZERO
    other_due = year_end_money(checks, rules, so_far)
    room = max(ZERO, rules.additions_limit - additions)
    true_up = min(true_up_due, room)
    other = min(other_due, room - true_up)
    crowded_out += true_up_due - true_up + other_due - other
    additions += true_up + other

    left = max(ZERO, rules.additions_limit - additions)
    lost = full_match(checks, rules, so_far) - match - true_up
    return YearEnd(
        deferral=deferral,
        catch_up=so_far.catch_up + sum((one.catch_up for one in paychecks), ZERO),
        match=match,
        true_up=true_up,
        other_employer_money=so_far.other_employer_money + other,
        after_tax=after_tax,
        additions=additions,
        match_lost=lost if lost > rounding_of(len(checks)) else ZERO,
        crowded_out=crowded_out,
        unused_deferral=max(ZERO, rules.deferral_limit - deferral),
        unused_after_tax=min(left, max(ZERO, rules.after_tax_cap - after_tax)),
        deferrals_stop=_first(paychecks, lambda one: one.deferral_cut),
        match_stops=_first(paychecks, lambda one: one.match_missed),
        after_tax_stops=_first(paychecks, lambda one: one.after_tax_cut),
    )


def _first(paychecks: Sequence[Paycheck], cut: Callable[[Paycheck], Decimal]) -> Stopped | None:
    return next((Stopped(one.number, one.day) for one in paychecks if cut(one)), None)


def rounding_of(checks: int) -> Decimal:
    """The most dollars by which rounding each of so many ``checks`` to the cent can move a total."""
    return checks * CENT / 2


def plan_pay(checks: Sequence[Check], so_far: SoFar) -> Decimal:
    """The pay of the whole year that the plan counts, before the cap of IRC 401(a)(17)."""
    return so_far.pay + sum((check.plan_pay for check in checks), ZERO)


def year_end_money(checks: Sequence[Check], rules: Rules, so_far: SoFar) -> Decimal:
    """The employer money of the year beside the match that is not in yet, in dollars to the cent."""
    counted = min(plan_pay(checks, so_far), rules.compensation_cap)
    due = to_the_cent(rules.money.fixed + rules.money.nonelective * counted)
    return max(ZERO, due - so_far.other_employer_money)


def full_match(checks: Sequence[Check], rules: Rules, so_far: SoFar) -> Decimal:
    """The most match that the year can still come to: that of someone who defers up to the limit at the right time.

    What was put in so far and what the pay still to come can bring; with a true-up or a match on the whole year, what
    the whole year can bring. It is the most where the rates of the tiers do not rise.
    """
    to_come = sum((check.plan_pay for check in checks), ZERO)
    counted_pay = min(so_far.pay, rules.compensation_cap)
    counts = min(to_come, rules.compensation_cap - counted_pay)
    share = min(rules.most_deferral_share, rules.most_together_share)
    deferral = max(ZERO, rules.deferral_limit - so_far.deferral)
    if rules.basis is MatchBasis.PAYCHECK:
        matched = rules.money.formula(min(deferral, share * counts), counts)
        return max(so_far.match, rules.money.up_to_cap(so_far.match + to_the_cent(matched)))
    everything = so_far.deferral + min(deferral, to_the_cent(share * to_come))
    on_the_year = rules.money.match(everything, counted_pay + counts, rules.compensation_cap)
    return max(so_far.match, to_the_cent(on_the_year))
