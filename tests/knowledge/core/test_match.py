"""Employer money by formula, against counting dollar by dollar; with after-tax money matched, against bisection."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.core.match import (
    ZERO,
    EmployerMoney,
    Tier,
    match_by_check,
    most_with_match,
    round_down,
    to_the_cent,
)
from knowledge.core.matching import CheckMatch
from knowledge.core.sheet import Inconsistent
from tests.knowledge.core.people import LAW

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


# --- check by check --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "booked"), [("0.005", "0.01"), ("0.00499", "0"), ("1.115", "1.12"), ("7.7", "7.7"), ("0", "0")]
)
def test_payroll_books_half_a_cent_as_a_cent(amount: str, booked: str) -> None:
    assert to_the_cent(Decimal(amount)) == Decimal(booked)


def check_after_check(
    money: EmployerMoney, pays: Sequence[Decimal], deferrals: Sequence[Decimal], cap: Decimal
) -> list[Decimal]:
    """Every dollar of pay and deferral in turn; pay is in hundreds, so a whole percentage of it is whole dollars."""
    found: list[Decimal] = []
    for place, deferral in enumerate(deferrals):
        paid = sum(pays[:place], ZERO)
        counted = max(ZERO, min(paid + pays[place], cap) - min(paid, cap))
        match = dollar_by_dollar(money.tiers, deferral, counted)
        if money.match_cap is not None and sum(found, match) > money.match_cap:
            match = money.match_cap - sum(found, ZERO)
        found.append(match)
    return found


@given(
    st.lists(st.tuples(PAY, DEFERRAL), max_size=5), TIERS, PAY, st.none() | st.integers(0, 400).map(Decimal)
)
def test_each_check_is_matched_on_its_own_pay_until_the_year_has_reached_the_cap(
    checks: list[tuple[Decimal, Decimal]], tiers: tuple[Tier, ...], cap: Decimal, most: Decimal | None
) -> None:
    pays, deferrals = [pay for pay, _ in checks], [deferral for _, deferral in checks]
    money = EmployerMoney(tiers, match_cap=most)
    expected = check_after_check(money, pays, deferrals, cap)
    assert list(match_by_check(money, pays, deferrals, cap)) == expected
    assert list(match_by_check(money, pays, deferrals, cap, rounded=False)) == expected


def test_every_check_needs_its_deferral() -> None:
    with pytest.raises(ValueError, match="zip"):
        match_by_check(
            EmployerMoney((Tier(Decimal(1), Decimal(0), Decimal(1)),)),
            [Decimal(1)] * 2,
            [Decimal(1)],
            Decimal(9),
        )


def test_each_match_is_rounded_unless_it_is_not_to_be() -> None:
    half = EmployerMoney((Tier(Decimal("0.5"), ZERO, Decimal(1)),))
    checks = ([Decimal(10)] * 2, [Decimal("0.01")] * 2)
    assert match_by_check(half, *checks, Decimal(100)) == (Decimal("0.01"), Decimal("0.01"))
    assert match_by_check(half, *checks, Decimal(100), rounded=False) == (Decimal("0.005"), Decimal("0.005"))


# --- after-tax money that is matched too -----------------------------------------------------------------------------


MILLION = 10**6
HUNDRED_TIERS = list[tuple[int, int, int]]
"""Rate, start and end in hundredths."""


def matched_in_parts(tiers: HUNDRED_TIERS, cap: int | None, put_in: int, pay: int) -> int:
    """The match in parts of ten thousand of the unit of ``put_in`` and ``pay``."""
    match = 0
    for rate, start, end in tiers:
        if 100 * put_in > start * pay:
            match += rate * (min(100 * put_in, end * pay) - start * pay)
    return match if cap is None else min(match, 10_000 * cap)


def by_bisection(tiers: HUNDRED_TIERS, cap: int | None, deferral: int, pay: int, room: int) -> int:
    """The most millionths of a dollar of after-tax money that fit with the match, everything in millionths."""
    low, high = 0, room + 1
    while high - low > 1:
        middle = (low + high) // 2
        fits = 10_000 * middle + matched_in_parts(tiers, cap, deferral + middle, pay) <= 10_000 * room
        low, high = (middle, high) if fits else (low, middle)
    return low


def test_ten_thousand_people_get_what_bisection_finds() -> None:
    chance = Random(401)
    for _ in range(10_000):
        edges = sorted(chance.sample(range(31), 2 * chance.randint(0, 3)))
        tiers = [(chance.randint(0, 200), *pair) for pair in zip(edges[::2], edges[1::2], strict=True)]
        cap = chance.choice((None, None, chance.randint(0, 20_000)))
        pay, deferral = chance.randint(0, 400_000), chance.randint(0, 30_000)
        room = chance.choice((0, chance.randint(0, 70_000), chance.randint(0, 70_000)))
        money = EmployerMoney(
            tuple(Tier(*(Decimal(part) / 100 for part in tier)) for tier in tiers),
            match_cap=None if cap is None else Decimal(cap),
        )
        most, match = most_with_match(money, Decimal(deferral), Decimal(pay), Decimal(room))
        in_millionths = (None if cap is None else cap * MILLION, deferral * MILLION, pay * MILLION)
        found = by_bisection(tiers, *in_millionths, room * MILLION)
        assert found <= most * MILLION < found + 1
        assert match == money.match(deferral + most, Decimal(pay), Decimal(pay))


@given(TIERS, DEFERRAL, PAY, st.integers(0, 500).map(Decimal), st.none() | st.integers(0, 300).map(Decimal))
def test_a_dollar_more_after_tax_no_longer_fits(
    tiers: tuple[Tier, ...], deferral: Decimal, pay: Decimal, room: Decimal, cap: Decimal | None
) -> None:
    money = EmployerMoney(tiers, match_cap=cap)
    most, match = most_with_match(money, deferral, pay, room)
    assert match == money.match(deferral + most, pay, pay)
    assert most + match <= room + Decimal("1e-20") or not most
    more = most + 1
    assert more + money.match(deferral + more, pay, pay) > room


def test_no_match_leaves_all_of_the_room_and_no_room_leaves_nothing() -> None:
    doubled = EmployerMoney((Tier(Decimal(1), ZERO, Decimal(1)),))
    for money, deferral, room, most, match in (
        (EmployerMoney(), 0, 70, 70, 0),
        (doubled, 10, 0, 0, 10),
        (doubled, 10, -5, 0, 10),
        (doubled, 0, 50, 25, 25),
    ):
        found = most_with_match(money, Decimal(deferral), Decimal(100), Decimal(room))
        assert found == (Decimal(most), Decimal(match))


@pytest.mark.parametrize(("rounded", "true_up"), [(True, "3.01"), (False, "3.002")])
def test_a_true_up_is_rounded_where_the_checks_are(rounded: bool, true_up: str) -> None:
    checks = (Decimal("100.10"), Decimal("100.10"))
    facts = {
        "employer_money": EmployerMoney((Tier(Decimal("0.5"), ZERO, Decimal("0.06")),)),
        "pay_by_check": checks,
        "deferral_by_check": (ZERO, Decimal("12.01")),
        "match_rounded": rounded,
    }
    assert CheckMatch(facts, LAW[2026]).true_up == Decimal(true_up)


def test_a_check_may_be_deferred_whole_and_no_cent_more() -> None:
    checks = (Decimal(100), Decimal(100))
    facts = {
        "employer_money": EmployerMoney((Tier(Decimal("0.5"), ZERO, Decimal("0.06")),)),
        "pay_by_check": checks,
    }
    whole = CheckMatch({**facts, "deferral_by_check": checks}, LAW[2026])
    assert sum(whole.match_by_check) == 6
    more = CheckMatch({**facts, "deferral_by_check": (ZERO, Decimal("100.01"))}, LAW[2026])
    with pytest.raises(Inconsistent, match="paycheck 2 is more than its pay"):
        more.match_by_check  # noqa: B018


@pytest.mark.parametrize(
    ("amount", "step", "rounded"), [(0, 10, 0), (9.5, 10, 0), (10, 10, 10), (19.99, 10, 10), (35, 7, 35)]
)
def test_rounding_down_goes_to_the_multiple_below(amount: float, step: int, rounded: int) -> None:
    assert round_down(Decimal(str(amount)), Decimal(step)) == rounded


def test_a_multiple_that_a_division_spoilt_is_not_rounded_down_by_a_whole_step() -> None:
    quarter = (Decimal(300_000) / 26 * 14 * Decimal("0.25") / 14) / (Decimal(300_000) / 26)
    assert round_down(quarter, Decimal("0.0001")) == Decimal("0.25")
