"""Employer money by formula, against counting dollar by dollar."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from knowledge.core.match import ZERO, EmployerMoney, Tier

TIERS = st.lists(
    st.tuples(*[st.integers(0, 200), *[st.integers(0, 30)] * 2]).map(
        lambda t: Tier(Decimal(t[0]) / 100, Decimal(min(t[1:])) / 100, Decimal(max(t[1:])) / 100)
    ),
    max_size=3,
).map(tuple)
# Pay in hundreds, so that a whole percentage of it is whole dollars.
PAY = st.integers(0, 60).map(lambda hundreds: Decimal(100 * hundreds))
DEFERRAL = st.integers(0, 1_500).map(Decimal)


def dollar_by_dollar(tiers: tuple[Tier, ...], deferral: Decimal, counted: Decimal) -> Decimal:
    dollars = range(int(deferral))
    return sum((t.rate for t in tiers for d in dollars if t.start * counted <= d < t.end * counted), ZERO)


@given(TIERS, DEFERRAL, PAY, PAY)
def test_the_formula_is_the_sum_over_each_dollar_deferred(
    tiers: tuple[Tier, ...], deferral: Decimal, pay: Decimal, cap: Decimal
) -> None:
    counted = pay if pay < cap else cap
    assert EmployerMoney(tiers).match(deferral, pay, cap) == dollar_by_dollar(tiers, deferral, counted)


@given(TIERS, DEFERRAL, PAY, st.integers(0, 500).map(Decimal))
def test_a_match_cap_is_never_passed_and_binds_only_when_reached(
    tiers: tuple[Tier, ...], deferral: Decimal, pay: Decimal, most: Decimal
) -> None:
    free = EmployerMoney(tiers).match(deferral, pay, pay)
    capped = EmployerMoney(tiers, match_cap=most).match(deferral, pay, pay)
    assert capped == (free if free <= most else most)


@given(TIERS, DEFERRAL, DEFERRAL, PAY)
def test_deferring_more_never_loses_match(
    tiers: tuple[Tier, ...], deferral: Decimal, more: Decimal, pay: Decimal
) -> None:
    money = EmployerMoney(tiers)
    assert money.match(deferral + more, pay, pay) >= money.match(deferral, pay, pay)


@given(TIERS, DEFERRAL, PAY, PAY, st.integers(0, 1_000).map(Decimal))
def test_a_year_is_match_and_share_of_pay_and_fixed_dollars(
    tiers: tuple[Tier, ...], deferral: Decimal, pay: Decimal, cap: Decimal, fixed: Decimal
) -> None:
    money = EmployerMoney(tiers, Decimal("0.03"), fixed, match_cap=Decimal(100))
    rest = money.for_year(deferral, pay, cap) - money.match(deferral, pay, cap)
    assert rest == fixed + Decimal("0.03") * (pay if pay < cap else cap)


def test_only_tiers_and_a_share_of_pay_make_a_formula() -> None:
    assert EmployerMoney((Tier(Decimal(1), ZERO, Decimal("0.05")),)).is_formula
    assert EmployerMoney(nonelective=Decimal("0.03")).is_formula
    assert not EmployerMoney(fixed=Decimal(5_000)).is_formula
    assert not EmployerMoney().is_formula


def test_no_employer_money_is_nothing() -> None:
    assert EmployerMoney().for_year(Decimal(24_500), Decimal(200_000), Decimal(360_000)) == 0
