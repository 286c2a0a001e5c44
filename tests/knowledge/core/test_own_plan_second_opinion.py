"""The plans of owners and couples reckoned a second time: each amount is the largest that the inequalities let through.

Nothing is solved here. An amount is raised, by halving an interval of whole hundred-millionths of a dollar, until the
law as it is written would be broken; the law is the function `lawful`. Compared over 10,000 random people.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from random import Random
from typing import Any

import pytest

from knowledge.core.couple import SpouseRole
from knowledge.core.facts import AgeBand
from knowledge.core.own_plan import Contributions
from knowledge.core.self_employed import Entity
from tests.knowledge.core.owners import couple, owner
from tests.knowledge.core.people import LAW

pytestmark = pytest.mark.untraced

DOLLAR = 10**8
"""Units in a dollar."""
MOST = 10**6 * DOLLAR
NEAR = Fraction(1, 10**6)
AGES = (30, 49, 50, 59, 60, 63, 64, 71)
Answers = dict[str, Any]
Amounts = tuple[int, int, int, int]
"""Deferral, catch-up, employer contribution and after-tax money."""
ZERO = Decimal(0)


def units(amount: Decimal | Fraction) -> int:
    """Whole units in ``amount`` dollars, rounded down."""
    return int(Fraction(amount) * DOLLAR // 1)


def largest(holds: Callable[[int], bool]) -> int:
    """The largest amount for which ``holds`` is still true; 0 if there is none."""
    low, high = 0, MOST
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low


def tax_on(profit: Fraction, wages: Fraction, wage_base: int) -> Fraction:
    """Self-employment tax, band by band: 15.3 % as long as the wage base lasts, 2.9 % above."""
    base = profit * 9235 / 10_000
    if base < 400:
        return Fraction(0)
    lasts = wage_base - wages if wages < wage_base else Fraction(0)
    if base <= lasts:
        return base * 153 / 1000
    return lasts * 153 / 1000 + (base - lasts) * 29 / 1000


def net_of(profits: list[Fraction], wages: Fraction, wage_base: int) -> Fraction:
    """What half of the tax on all the ``profits`` leaves of the first."""
    half = tax_on(sum(profits, Fraction(0)), wages, wage_base) / 2
    if profits[0] <= 0:
        return profits[0]
    return profits[0] - half * profits[0] / sum(p for p in profits if p > 0)


@dataclass(frozen=True)
class Worker:
    """One person in one plan, in units; ``percent`` is that of the plan, ``base`` the limit on elective deferrals."""

    pay: int
    self_employed: bool
    percent: int
    wanted: int
    elsewhere: int
    cap: int
    base: int
    catch_up: int
    counted_pay: int

    def lawful(self, deferral: int, catch_up: int, employer: int, after_tax: int) -> bool:
        """Whether the law lets these amounts through: 415(c), 402(g), 414(v), 404(a), 401(a)(17)."""
        pay = self.pay - employer if self.self_employed else self.pay
        counted, deferred = deferral + employer + after_tax, deferral + catch_up
        return (
            counted <= self.cap
            and counted <= pay
            and deferred <= pay
            and deferral <= self.base
            and deferred <= self.wanted
            and (not deferred or deferred + self.elsewhere <= self.base + self.catch_up)
            and employer * 100 <= self.percent * pay
            and employer * 100 <= self.percent * self.counted_pay
        )

    def filled(self, *wishes: int) -> list[Amounts]:
        """Deferral first, then each of the ``wishes`` of employer money as far as it goes, then catch-up and after-tax."""
        deferral = largest(lambda x: self.lawful(x, 0, 0, 0))
        most = largest(lambda x: self.lawful(deferral, 0, x, 0))
        ways = []
        for employer in (min(wish, most) for wish in wishes):
            # With the limit on deferrals not used up there is nothing to catch up.
            catch_up = largest(partial(self._with, deferral, employer)) if deferral == self.base else 0
            after_tax = largest(partial(self.lawful, deferral, catch_up, employer))
            ways.append((deferral, catch_up, employer, after_tax))
        return ways

    def _with(self, deferral: int, employer: int, catch_up: int) -> bool:
        return self.lawful(deferral, catch_up, employer, 0)


def worker(
    year: int,
    age: int,
    pay: Fraction,
    self_employed: bool,
    told: Answers,
    whose: str = "",
    in_403b: Decimal = ZERO,
) -> Worker:
    """The person of whom ``told`` has the facts whose names begin with ``whose``."""
    limits = LAW[year]
    catch_up = limits.catch_up.value if age >= 50 else ZERO
    if 60 <= age <= 63 and year >= 2025:
        catch_up = Decimal(11_250)
    return Worker(
        units(pay),
        self_employed,
        min(25, int(told["plan_rate"] * 100)),
        units(told[whose + "deferral_wanted"]),
        units(told[whose + "deferred_elsewhere"]),
        units(limits.annual_additions.value - in_403b),
        units(limits.elective_deferral.value),
        units(catch_up),
        units(limits.compensation_cap.value),
    )


def agree(filled: Contributions, reckoned: Amounts) -> bool:
    got = (filled.deferral, filled.catch_up, filled.employer, filled.after_tax)
    return all(
        abs(Fraction(mine) - Fraction(theirs, DOLLAR)) < NEAR
        for mine, theirs in zip(got, reckoned, strict=True)
    )


def some(random: Random, most: int) -> Decimal:
    """Thousands, whole dollars or cents up to ``most`` dollars."""
    match random.randrange(3):
        case 0:
            return Decimal(1000 * random.randrange(most // 1000 + 1))
        case 1:
            return Decimal(random.randrange(most + 1))
        case _:
            return Decimal(random.randrange(100 * most + 1)) / 100


def beside(random: Random, amount: Decimal) -> Decimal:
    """``amount``, or a cent to either side of it."""
    return max(Decimal(0), amount + Decimal(random.choice((-1, 0, 1))) / 100)


def somebody(random: Random) -> tuple[int, int, Answers]:
    """A year, an age and the answers of an owner."""
    year = random.choice(sorted(LAW.years))
    limits = LAW[year]
    age = random.choice(AGES)
    cap = limits.annual_additions.value
    wanted = random.choice(
        (Decimal(10**6), some(random, 40_000), beside(random, limits.elective_deferral.value))
    )
    elsewhere = random.choice(
        (Decimal(0), some(random, 40_000), beside(random, limits.elective_deferral.value))
    )
    profits = (some(random, 80_000), some(random, 600_000), some(random, 500), -some(random, 20_000))
    return (
        year,
        age,
        {
            "entity": random.choice(tuple(Entity)),
            "age_band": AgeBand.of(age),
            "profit": random.choice(profits),
            "partner_income": random.choice(profits),
            "guaranteed_payments": some(random, 40_000),
            "unreimbursed_expenses": some(random, 20_000),
            "limited_partner": random.random() < 0.3,
            "other_profits": tuple(random.choice(profits) for _ in range(random.choice((0, 0, 1, 2)))),
            "social_security_wages": random.choice((Decimal(0), some(random, 250_000))),
            "owner_wages": random.choice((some(random, 600_000), some(random, 60_000), beside(random, cap))),
            "other_plan": elsewhere > 0,
            "employers_related": False,
            "deferred_elsewhere": elsewhere,
            "additions_in_403b": random.choice(
                (Decimal(0), Decimal(0), some(random, 60_000), beside(random, cap))
            ),
            "plan_rate": Decimal(random.choice((100, 25, 26, random.randrange(31)))) / 100,
            "deferral_wanted": wanted,
            "employer_contribution": some(random, 80_000),
        },
    )


def earnings_of(told: Answers) -> Fraction:
    if told["entity"] is Entity.SOLE_PROPRIETOR:
        return Fraction(told["profit"])
    share = Fraction(0) if told["limited_partner"] else Fraction(told["partner_income"])
    return share + Fraction(told["guaranteed_payments"]) - Fraction(told["unreimbursed_expenses"])


def worker_of(year: int, age: int, told: Answers, profit: Fraction) -> Worker:
    """The owner, if the business left ``profit`` to the owner."""
    self_employed = told["entity"] in (Entity.SOLE_PROPRIETOR, Entity.PARTNERSHIP)
    pay = Fraction(told["owner_wages"])
    if self_employed:
        profits = [profit, *map(Fraction, told["other_profits"])]
        wage_base = int(LAW[year].social_security_wage_base.value)
        pay = net_of(profits, Fraction(told["social_security_wages"]), wage_base)
    return worker(year, age, pay, self_employed, told, in_403b=told["additions_in_403b"])


def test_ten_thousand_owners_are_worked_out_the_same_twice() -> None:
    random = Random(415)
    seen = set()
    for _ in range(10_000):
        year, age, told = somebody(random)
        sheet = owner(year, **told)
        planned = units(told["employer_contribution"])
        none, most, some_of_it = worker_of(year, age, told, earnings_of(told)).filled(0, MOST, planned)
        assert agree(sheet.all_after_tax, none), (year, age, told)
        assert agree(sheet.deductible_first, most), (year, age, told)
        assert agree(sheet.planned, some_of_it), (year, age, told)
        over = Fraction(max(0, planned - most[2]), DOLLAR)
        assert abs(Fraction(sheet.excess_employer_contribution) - over) < NEAR, (year, age, told)
        seen.add((told["entity"], sheet.deductible_first.stop, sheet.deductible_first.catch_up > 0))
    assert len(seen) == 4 * 2 * 2  # every kind of owner met each ceiling, with and without catch-up


def test_two_thousand_couples_are_worked_out_the_same_twice() -> None:
    random = Random(1402)
    places = (
        (Entity.SOLE_PROPRIETOR, SpouseRole.PAYROLL),
        (Entity.SOLE_PROPRIETOR, SpouseRole.PARTNER),
        (Entity.S_CORPORATION, SpouseRole.PAYROLL),
    )
    for _ in range(2_000):
        year, age, told = somebody(random)
        _, their_age, theirs = somebody(random)
        entity, role = random.choice(places)
        told |= {
            "entity": entity,
            "spouse_role": role,
            "spouse_age_band": AgeBand.of(their_age),
            "spouse_wages": theirs["owner_wages"],
            "spouse_share": Decimal(random.randrange(101)) / 100,
            "spouse_social_security_wages": theirs["social_security_wages"],
            "spouse_deferral_wanted": theirs["deferral_wanted"],
            "spouse_deferred_elsewhere": random.choice((Decimal(0), some(random, 40_000))),
        }
        sheet = couple(year, **told)
        for wish, together in ((0, sheet.together_all_after_tax), (MOST, sheet.together_deductible_first)):
            owners, spouses = household(year, (age, their_age), told, wish)
            assert agree(together.spouse, spouses), (year, age, their_age, told)
            assert agree(together.owner, owners), (year, age, their_age, told)
        cost = tax_cost(year, told)
        assert abs(Fraction(sheet.spouse_tax_cost) - cost) < NEAR, (year, age, their_age, told)


def payroll_tax(wage: Fraction, wage_base: int) -> Fraction:
    """Both halves: 6.2 % each up to the wage base and 1.45 % each on everything."""
    return 2 * (min(wage, Fraction(wage_base)) * 62 / 1000 + wage * 145 / 10_000)


def household(year: int, ages: tuple[int, int], told: Answers, wish: int) -> tuple[Amounts, Amounts]:
    """The owner's and the spouse's amounts with ``wish`` of employer money for each."""
    wage_base = int(LAW[year].social_security_wage_base.value)
    partner = told["spouse_role"] is SpouseRole.PARTNER
    profit, wage, share = (Fraction(told[fact]) for fact in ("profit", "spouse_wages", "spouse_share"))
    wages_elsewhere = Fraction(told["spouse_social_security_wages"])
    pay = net_of([profit * share], wages_elsewhere, wage_base) if partner else wage
    [spouse] = worker(year, ages[1], pay, partner, told, "spouse_").filled(wish)
    if partner:
        left = profit - profit * share
    else:
        left = profit - wage - payroll_tax(wage, wage_base) / 2 - Fraction(spouse[2], DOLLAR)
    [owners] = worker_of(year, ages[0], told, left).filled(wish)
    return owners, spouse


def tax_cost(year: int, told: Answers) -> Fraction:
    """Payroll tax and the change of self-employment tax that the spouse's place brings."""
    wage_base = int(LAW[year].social_security_wage_base.value)
    profit, wage, share = (Fraction(told[fact]) for fact in ("profit", "spouse_wages", "spouse_share"))
    others = sum(map(Fraction, told["other_profits"]), Fraction(0))
    jobs = Fraction(told["social_security_wages"])
    paid = payroll_tax(wage, wage_base)
    before = tax_on(profit + others, jobs, wage_base)
    if told["spouse_role"] is SpouseRole.PARTNER:
        theirs = tax_on(profit * share, Fraction(told["spouse_social_security_wages"]), wage_base)
        return theirs + tax_on(profit - profit * share + others, jobs, wage_base) - before
    if told["entity"] is Entity.S_CORPORATION:
        return paid
    return paid + tax_on(profit - wage - paid / 2 + others, jobs, wage_base) - before
