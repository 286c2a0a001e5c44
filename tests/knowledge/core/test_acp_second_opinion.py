"""The ACP test reckoned a second time, from the words of the law: unit by unit, in fractions, and by trying."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from heapq import heapify, heapreplace
from math import ceil
from random import Random

import pytest

from knowledge.core.acp import AcpMethod, AcpShare, AcpTest, Eligible, highest_hce_average
from knowledge.core.facts import HighlyPaid
from knowledge.core.limits import load_statute
from tests.knowledge.core.people import LAW

pytestmark = pytest.mark.untraced

PLANS = 10_000
PEOPLE = 4_000
SMALL_CAP = 4_000  # cents: small enough that cents can be counted one by one
AVERAGES = [Fraction(n, 1_000) for n in (0, 1, 5, 19, 20, 21, 79, 80, 81, 150, 900)]


def passes(hce: Fraction, nhce: Fraction) -> bool:
    """401(m)(2)(A): at most 125 %; or at most 200 % and not more than two points above."""
    return hce <= nhce * Fraction(125, 100) or (hce <= 2 * nhce and hce - nhce <= Fraction(2, 100))


def mean(ratios: list[Fraction]) -> Fraction:
    return sum(ratios, Fraction(0)) / len(ratios) if ratios else Fraction(0)


class Worker:
    """Amounts in whole cents."""

    def __init__(self, random: Random, name: str) -> None:
        self.name = name
        self.pay = random.choice([0, 1, SMALL_CAP, SMALL_CAP + 1, random.randint(1, 2 * SMALL_CAP)])
        most = min(self.pay, random.choice([40, 400, 400]))
        self.after_tax = random.randint(0, most)
        self.match = random.choice([0, random.randint(0, most - self.after_tax)])
        self.hce = random.random() < 0.5

    @property
    def money(self) -> int:
        return self.after_tax + self.match

    @property
    def ratio(self) -> Fraction:
        return Fraction(self.money, min(self.pay, SMALL_CAP)) if self.money else Fraction(0)

    def as_told(self) -> Eligible:
        return Eligible(
            Decimal(self.pay) / 100,
            Decimal(self.after_tax) / 100,
            Decimal(self.match) / 100,
            highly_compensated=self.hce,
            name=self.name,
        )


def excess_by_steps(hces: list[Worker], nhce: Fraction) -> Fraction:
    """Cents: those with the highest ratio come down to the next lower one, or as far as is needed, and again."""
    ratios = [one.ratio for one in hces]
    allowed = max(limb for limb in (nhce * 5 / 4, nhce * 2, nhce + Fraction(1, 50)) if passes(limb, nhce))
    while mean(ratios) > allowed:
        top = max(ratios)
        highest = [place for place, ratio in enumerate(ratios) if ratio == top]
        next_lower = max((ratio for ratio in ratios if ratio < top), default=Fraction(0))
        needed = (sum(ratios, Fraction(0)) - allowed * len(ratios)) / len(highest)
        for place in highest:
            ratios[place] = max(next_lower, top - needed)
    assert not hces or passes(mean(ratios), nhce)
    cuts = zip(hces, ratios, strict=True)
    return sum((one.money - ratio * min(one.pay, SMALL_CAP) for one, ratio in cuts), Fraction(0))


def refunds_cent_by_cent(hces: list[Worker], excess: Fraction) -> dict[str, int]:
    """Cents by name: each cent from whoever has the most then."""
    left = [(-one.money, one.name) for one in hces]
    heapify(left)
    for _ in range(ceil(excess)):
        most, name = left[0]
        heapreplace(left, (most + 1, name))
    kept = {name: -most for most, name in left}
    return {one.name: one.money - kept[one.name] for one in hces}


def test_both_reckonings_of_a_plan_agree_on_the_result_the_excess_and_every_refund() -> None:
    random = Random(401)
    cap = replace(LAW[2026].compensation_cap, value=Decimal(SMALL_CAP) / 100)
    limits = replace(LAW[2026], compensation_cap=cap)
    failed = 0
    for _ in range(PLANS):
        everybody = [Worker(random, f"w{place}") for place in range(random.randint(1, 7))]
        hces = [one for one in everybody if one.hce]
        others = [one.ratio for one in everybody if not one.hce]
        this_year = random.random() < 0.5
        last_year = random.choice([*AVERAGES, Fraction(random.randint(0, 120), 1_000)])
        facts = {
            "eligible_employees": tuple(one.as_told() for one in everybody),
            "acp_method": AcpMethod.CURRENT_YEAR if this_year else AcpMethod.PRIOR_YEAR,
            "nhce_average_last_year": Decimal(last_year.numerator) / last_year.denominator,
        }
        case = AcpTest(facts, limits, LAW[2025])
        if this_year and not others:
            assert case.acp_passes
            continue
        nhce = mean(others) if this_year else last_year
        fine = passes(mean([one.ratio for one in hces]), nhce)
        assert case.acp_passes is fine
        excess = excess_by_steps(hces, nhce)
        assert case.excess_aggregate * 100 == ceil(excess)
        if fine:
            assert case.acp_refunds == ()
            continue
        failed += 1
        by_cent = refunds_cent_by_cent(hces, excess)
        assert {refund.name for refund in case.acp_refunds} == set(by_cent)
        for refund in case.acp_refunds:
            assert abs(refund.total * 100 - by_cent[refund.name]) <= 1
    assert PLANS / 4 < failed < PLANS


def largest(most: int, holds: Callable[[int], bool]) -> int:
    """The largest number up to ``most`` for which ``holds``, by halving; it holds for 0 and then no more."""
    low, high = 0, most + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def test_the_highest_average_is_the_last_that_passes() -> None:
    random = Random(402)
    grid = 10**9
    statute = load_statute()
    for n in [*AVERAGES, *(Fraction(random.randint(0, 10**6), 5 * 10**6) for _ in range(PEOPLE))]:
        by_trying = largest(3 * grid, lambda h, n=n: passes(Fraction(h, grid), n))  # type: ignore[misc]
        assert 0 <= highest_hce_average(n, statute)[0] - Fraction(by_trying, grid) < Fraction(1, grid)


def test_the_ceiling_of_a_person_is_the_last_cent_with_which_the_plan_passes() -> None:
    random = Random(403)
    cap = int(LAW[2026].compensation_cap.value) * 100
    for _ in range(PEOPLE):
        pay = random.choice([cap - 1, cap, cap + 1, random.randint(1, 2 * cap)])
        match = random.choice([0, random.randint(0, pay // 20)])
        n = random.choice([*AVERAGES, Fraction(random.randint(0, 120), 1_000)])
        count = random.choice([1, 1, 2, random.randint(2, 30)])
        others = Fraction(random.randint(0, 150), 1_000)
        alike = random.random() < 0.5

        def fine(
            after_tax: int,
            counted: int = min(pay, cap),
            match: int = match,
            n: Fraction = n,
            count: int = count,
            others: Fraction = others,
            alike: bool = alike,
        ) -> bool:
            own = Fraction(after_tax + match, counted)
            return passes(own if alike else (own + (count - 1) * others) / count, n)

        by_trying = largest(40 * cap, fine)
        planned = random.randint(0, pay - match)
        facts = {
            "highly_paid": HighlyPaid.OWNER,
            "pay": Decimal(pay) / 100,
            "employer_match": Decimal(match) / 100,
            "after_tax_planned": Decimal(planned) / 100,
            "nhce_average_last_year": Decimal(n.numerator) / n.denominator,
            "hce_count": count,
            "other_hce_average": Decimal(others.numerator) / others.denominator,
        }
        case = AcpShare(facts, LAW[2026], LAW[2025])
        (step,) = case.acp_band
        ceiling = step.ceiling if alike else case.ceiling_beside_others
        assert ceiling is not None
        assert int(ceiling * 100) == by_trying
        if alike:
            assert abs(step.comes_back * 100 - max(0, planned - by_trying)) < 1
            own_passes = passes(Fraction(planned + match, min(pay, cap)), n)
            assert own_passes is (case.least_nhce_ratio <= Decimal(n.numerator) / n.denominator)
