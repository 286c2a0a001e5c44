"""The roads reckoned a second time: in fractions, contribution by contribution, with a tax lot for each purchase."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from knowledge.core.worth import ContributionPath, Worth
from tests.knowledge.core.people import LAW

pytestmark = pytest.mark.untraced

PEOPLE = 10_000
MILLIONTH_OF_A_CENT = Fraction(1, 10**8)
HALF_A_CENT = Fraction(1, 200)

Facts = dict[str, Fraction]


def a_saver(random: Random) -> dict[str, Any]:
    """Anybody: most for a few years, so that it can be simulated in full; returns of every sign among them."""
    few = random.choice([1, 2, 3, 3, 4])
    low, middle, high = sorted(Decimal(random.randint(-20, 25)) / 100 for _ in range(3))

    def rate(most: int) -> Decimal:
        return Decimal(random.choice([0, random.randint(0, most)])) / 100

    return {
        "yearly_dollars": Decimal(random.choice([0, 1_000, 47_500, random.randint(1, 10_000_000)])) / 100,
        "contribution_path": random.choice(list(ContributionPath)),
        "years_contributing": random.randint(1, few),
        "years_staying_on": random.choice([0, 0, 1, 2]),
        "years_growing_on": random.choice([0, 0, 1, 2, random.randint(0, 6)]),
        "months_to_conversion": random.choice([0, 0, 1, 6, 12]),
        "low_return": low,
        "middle_return": middle,
        "high_return": high,
        "inflation_rate": rate(10),
        "dividend_yield_rate": rate(8),
        "roth_fee_rate": rate(3),
        "plan_fee_rate": rate(3),
        "taxable_fee_rate": rate(3),
        "dividend_tax_rate": rate(40),
        "gain_tax_rate": rate(40),
        "ordinary_rate_now": rate(60),
        "ordinary_rate_at_separation": rate(60),
        "ordinary_rate_at_use": rate(60),
        "qualified_at_use": random.choice([True, False]),
    }


class Life:
    """The years of one saver at one ``yearly_return``, used at the end of year ``use``."""

    def __init__(self, saver: dict[str, Any], yearly_return: Decimal, use: int, separation: int) -> None:
        self.facts: Facts = {
            name: Fraction(value) for name, value in saver.items() if isinstance(value, Decimal)
        }
        self.qualified: bool = saver["qualified_at_use"]
        self.months: int = saver["months_to_conversion"]
        fees = ("roth_fee_rate", "plan_fee_rate", "taxable_fee_rate")
        self.growth = {fee: (1 + Fraction(yearly_return)) * (1 - self.facts[fee]) for fee in fees}
        self.use, self.separation = use, separation
        self.paid: list[Fraction] = []
        amount = self.facts["yearly_dollars"]
        for _ in range(min(saver["years_contributing"], use)):
            self.paid.append(amount)
            if saver["contribution_path"] is ContributionPath.INDEXED:
                amount += amount * self.facts["inflation_rate"]

    def today(self, amount: Fraction) -> Fraction:
        return amount / (1 + self.facts["inflation_rate"]) ** self.use

    def a_year(self, amount: Fraction, fee: str) -> Fraction:
        return amount * self.growth[fee]

    def out_of_roth(self, amount: Fraction, came_in: Fraction) -> Fraction:
        growth = amount - came_in
        if self.qualified or growth <= 0:
            return amount
        return amount - self.facts["ordinary_rate_at_use"] * growth

    def roth(self) -> Fraction:
        total = Fraction(0)
        for start, paid in enumerate(self.paid):
            year_end = self.a_year(paid, "roth_fee_rate")
            gained = (year_end - paid) * self.months / 12
            tax = self.facts["ordinary_rate_now"] * gained if gained > 0 else Fraction(0)
            amount = came_in = paid + gained - tax
            # What is left of the tax grows for the rest of the year like the dollars that it is a share of.
            amount = year_end * came_in / (paid + gained) if paid else Fraction(0)
            for _ in range(start + 1, self.use):
                amount = self.a_year(amount, "roth_fee_rate")
            total += self.out_of_roth(amount, came_in)
        return self.today(total)

    def taxable(self) -> tuple[Fraction, Fraction]:
        """After tax on the gain of every lot, and before it."""
        lots: list[list[Fraction]] = []  # what each lot cost, and what it is worth
        dividend_yield, tax = self.facts["dividend_yield_rate"], self.facts["dividend_tax_rate"]
        for year in range(self.use):
            if year < len(self.paid):
                lots.append([self.paid[year], self.paid[year]])
            cash = Fraction(0)
            for lot in lots:
                dividend = lot[1] * dividend_yield
                lot[1] = self.a_year(lot[1], "taxable_fee_rate") - dividend
                cash += dividend - dividend * tax
            lots.append([cash, cash])
        before = sum((worth for _, worth in lots), Fraction(0))
        gains = (worth - cost for cost, worth in lots if worth > cost)
        after = before - sum((self.facts["gain_tax_rate"] * gain for gain in gains), Fraction(0))
        return self.today(after), self.today(before)

    def waiting(self, rate: Fraction, keep_growth_untaxed: bool = False) -> Fraction:
        """Converted at separation, the growth taxed at ``rate``; or the growth sent to a traditional IRA."""
        total = Fraction(0)
        for start, paid in enumerate(self.paid):
            amount = paid
            for _ in range(start, self.separation):
                amount = self.a_year(amount, "plan_fee_rate")
            growth = max(amount - paid, Fraction(0))
            in_roth = came_in = amount - (growth if keep_growth_untaxed else rate * growth)
            traditional = growth if keep_growth_untaxed else Fraction(0)
            for _ in range(self.separation, self.use):
                in_roth = self.a_year(in_roth, "roth_fee_rate")
                traditional = self.a_year(traditional, "roth_fee_rate")
            total += self.out_of_roth(in_roth, came_in)
            total += traditional - traditional * self.facts["ordinary_rate_at_use"]
        return self.today(total)


def close(amount: Decimal, reckoned: Fraction) -> bool:
    return abs(Fraction(amount) - reckoned) < MILLIONTH_OF_A_CENT


def test_both_reckonings_agree_to_a_millionth_of_a_cent() -> None:
    random = Random(20_261_124)
    behind = ahead = 0
    for person in range(PEOPLE):
        saver = a_saver(random)
        case = Worth(saver, LAW[2026])
        at = random.randrange(3)
        row, even = case.roth_against_taxable[at], case.break_even[at]
        converted, divided = case.worth_of_waiting[at], case.worth_of_splitting[at]
        contributing = saver["years_contributing"]
        separation = contributing + saver["years_staying_on"]
        use = separation + saver["years_growing_on"]
        told = Fraction(saver["ordinary_rate_at_separation"])
        life = Life(saver, row.yearly_return, use, separation)
        taxable, never_sold = life.taxable()
        waited = life.waiting(told)
        assert close(row.roth, life.roth()), saver
        assert close(row.taxable, taxable), saver
        assert close(row.taxable_never_sold, never_sold), saver
        assert close(converted.worth, waited), saver
        assert close(divided.worth, life.waiting(told, keep_growth_untaxed=True)), saver

        if even.equal_tax_rate is not None:
            assert close(row.taxable, life.waiting(Fraction(even.equal_tax_rate))), saver
        else:
            assert life.waiting(Fraction(0)) - life.waiting(Fraction(1)) < 10 * HALF_A_CENT, saver
        if person % 5 == 0:
            losing = (
                years
                for years in range(contributing, use + 1)
                if taxable - Life(saver, row.yearly_return, use, years).waiting(told) >= HALF_A_CENT
            )
            assert even.losing_years == next(losing, None), saver

        year = random.randint(1, use)
        then = Life(saver, saver["middle_return"], year, min(year, separation))
        match person % 3:
            case 0:
                assert close(case.roth_by_year[year - 1], then.roth()), saver
            case 1:
                assert close(case.taxable_by_year[year - 1], then.taxable()[0]), saver
            case _:
                assert close(case.waiting_by_year[year - 1], then.waiting(told)), saver
        behind += waited < taxable
        ahead += waited > taxable
    assert min(behind, ahead) > PEOPLE / 10
