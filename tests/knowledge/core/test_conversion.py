"""After-tax money that moves to Roth: its share of basis, and what it earns while it waits."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import lcm
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.core.after_tax_account import AfterTaxAccount, nontaxable_part
from knowledge.core.conversion import (
    IN_SERVICE,
    Conversion,
    Conversions,
    Frequency,
    converted,
    pots_of_a_year,
)
from knowledge.core.facts import PaySchedule
from knowledge.core.growth import Pot
from knowledge.core.sheet import Inconsistent, Origin, Unanswered
from tests.knowledge.core.people import LAW, UNTIMED, dollars, fractions

TINY = Decimal("1e-15")
RETURNS = st.integers(-50, 50).map(lambda percent: Decimal(percent) / 100)


def account(**facts: object) -> AfterTaxAccount:
    return AfterTaxAccount(facts, LAW[2026])


def stream(**facts: object) -> Conversion:
    usual = {
        "pay_schedule": PaySchedule.MONTHLY,
        "after_tax_yearly": Decimal(12_000),
        "years_contributing": 1,
    }
    rates = {"ordinary_rate_now": Decimal("0.24"), "ordinary_rate_at_separation": Decimal("0.24")}
    return Conversion({**usual, **rates, "yearly_return": Decimal("0.07"), **facts}, LAW[2026])


def every_frequency(case: Conversion) -> list[Conversions]:
    return [*case.conversion_by_frequency, case.conversion_at_separation]


STREAMS = st.fixed_dictionaries(
    {
        "pay_schedule": st.sampled_from(PaySchedule),
        "after_tax_yearly": dollars(50_000),
        "years_contributing": st.integers(1, 12),
        "yearly_return": RETURNS,
        "ordinary_rate_now": fractions(50),
    }
)

# --- the share of basis ----------------------------------------------------------------------------------------------


@st.composite
def accounts(draw: st.DrawFn) -> dict[str, Decimal]:
    value = draw(dollars(100_000).filter(bool))
    moved = min(value, draw(dollars(100_000)))
    return {"after_tax_balance": value, "after_tax_basis": draw(dollars(120_000)), "amount_moved": moved}


@UNTIMED
@given(accounts())
def test_what_moves_is_taxed_before_or_not_and_basis_is_never_used_twice(
    facts: Mapping[str, Decimal],
) -> None:
    case = account(**facts)
    assert abs(case.nontaxable_moved + case.taxable_moved - facts["amount_moved"]) < TINY
    assert case.nontaxable_moved >= 0
    assert case.taxable_moved >= 0
    assert case.basis_left >= -TINY
    assert case.balance_left == facts["after_tax_balance"] - facts["amount_moved"]


@UNTIMED
@given(accounts())
def test_what_moves_has_the_same_share_of_basis_as_what_stays(facts: Mapping[str, Decimal]) -> None:
    case = account(**facts)
    basis, value = map(Fraction, (facts["after_tax_basis"], facts["after_tax_balance"]))
    share = min(Fraction(1), basis / value)
    assert abs(Fraction(case.nontaxable_moved) - share * Fraction(facts["amount_moved"])) < TINY
    if basis <= value:
        assert abs(Fraction(case.basis_left) - share * Fraction(case.balance_left)) < TINY
    assert (case.loss_in_account > 0) is (basis > value)


@pytest.mark.untraced
@UNTIMED
@given(accounts())
def test_moving_it_in_two_parts_is_taxed_like_moving_it_at_once(facts: Mapping[str, Decimal]) -> None:
    at_once, half = account(**facts), facts["amount_moved"] / 2
    first = account(**{**facts, "amount_moved": half})
    rest = {"after_tax_balance": first.balance_left, "after_tax_basis": first.basis_left}
    second = account(**rest, amount_moved=half)
    assert abs(first.taxable_moved + second.taxable_moved - at_once.taxable_moved) < Decimal("1e-12")


@UNTIMED
@given(dollars(100_000), dollars(100_000), dollars(100_000), dollars(100_000))
def test_more_basis_never_makes_more_taxable(
    amount: Decimal, basis: Decimal, more: Decimal, rest: Decimal
) -> None:
    value = amount + rest
    assert nontaxable_part(amount, basis + more, value) >= nontaxable_part(amount, basis, value)
    assert nontaxable_part(amount, basis, value) <= amount


def test_the_whole_account_is_asked_for_only_where_nothing_is_kept_apart() -> None:
    facts = {"after_tax_basis": Decimal(10), "amount_moved": Decimal(5)}
    assert account(**facts, after_tax_balance=Decimal(20)).taxable_moved == Decimal("2.5")
    with pytest.raises(Unanswered, match="after_tax_balance"):
        account(**facts, pooled_balance=Decimal(20)).taxable_moved  # noqa: B018
    with pytest.raises(Unanswered, match="pooled_balance"):
        account(**facts, after_tax_balance=Decimal(20), separate_accounting=False).taxable_moved  # noqa: B018


def test_that_the_source_is_kept_apart_is_assumed_listed_and_to_be_confirmed() -> None:
    case = account(after_tax_basis=Decimal(10), amount_moved=Decimal(5), after_tax_balance=Decimal(20))
    case.taxable_moved  # noqa: B018
    lines = {line.cell: line for line in case.worksheet(AfterTaxAccount.taxable_moved)}
    assert lines["separate_accounting"].origin is Origin.ASSUMED
    assert lines["contract_value"].confirm


@pytest.mark.parametrize("apart", [True, False])
def test_more_cannot_move_than_there_is(apart: bool) -> None:
    balance = "after_tax_balance" if apart else "pooled_balance"
    facts: dict[str, object] = {
        "after_tax_basis": Decimal(10),
        "separate_accounting": apart,
        balance: Decimal(20),
    }
    assert account(**facts, amount_moved=Decimal(20)).balance_left == 0
    with pytest.raises(Inconsistent) as refused:
        account(**facts, amount_moved=Decimal("20.01")).nontaxable_moved  # noqa: B018
    assert refused.value.facts == ("amount_moved", balance)


def test_a_conversion_is_taxed_at_the_rate_on_income() -> None:
    facts = {"after_tax_basis": Decimal(60), "after_tax_balance": Decimal(100), "amount_moved": Decimal(50)}
    assert account(**facts, ordinary_rate_now=Decimal("0.24")).tax_if_converted == Decimal("4.8")


# --- how often -------------------------------------------------------------------------------------------------------


@UNTIMED
@given(STREAMS)
def test_waiting_longer_never_lowers_the_tax_and_never_leaves_more_in_roth(
    facts: Mapping[str, object],
) -> None:
    case = stream(**facts, ordinary_rate_at_separation=facts["ordinary_rate_now"])
    rows = every_frequency(case)
    for sooner, later in pairwise(rows):
        assert sooner.taxable <= later.taxable + TINY
        assert sooner.tax <= later.tax + TINY
        assert sooner.lost <= later.lost + TINY
        assert sooner.in_roth_at_end >= later.in_roth_at_end - TINY


@UNTIMED
@given(STREAMS)
def test_what_is_converted_is_what_went_in_and_its_earnings_or_loss(facts: Mapping[str, object]) -> None:
    case = stream(**facts)
    for row in every_frequency(case):
        assert abs(row.converted - case.total_put_in - row.taxable + row.lost) < Decimal("1e-15")
        assert not (row.taxable > TINY and row.lost > TINY)


@UNTIMED
@given(STREAMS)
def test_without_tax_all_frequencies_leave_the_same_in_roth(facts: Mapping[str, object]) -> None:
    free = {"ordinary_rate_now": Decimal(0), "ordinary_rate_at_separation": Decimal(0)}
    ends = [row.in_roth_at_end for row in every_frequency(stream(**{**facts, **free}))]
    assert max(ends) - min(ends) < TINY * 10


@UNTIMED
@given(STREAMS)
def test_converting_each_paycheck_leaves_nothing_to_tax_and_nothing_lost(facts: Mapping[str, object]) -> None:
    row = stream(**facts).conversion_by_frequency[0]
    assert row.frequency is Frequency.EACH_PAYCHECK
    assert row.taxable == row.lost == row.tax == 0


@UNTIMED
@given(STREAMS)
def test_a_falling_market_is_taxed_nowhere_and_a_rising_one_loses_nothing(
    facts: Mapping[str, object],
) -> None:
    case, yearly_return = stream(**facts), facts["yearly_return"]
    assert isinstance(yearly_return, Decimal)
    for row in every_frequency(case):
        assert not row.tax or yearly_return > 0
        assert row.lost < TINY or yearly_return < 0
        assert (row.tax_of_one_more_period > 0) <= (yearly_return > 0)


@UNTIMED
@given(STREAMS, st.integers(2, 9))
def test_in_another_currency_all_amounts_change_alike(facts: Mapping[str, object], rate: int) -> None:
    yearly = facts["after_tax_yearly"]
    assert isinstance(yearly, Decimal)
    here, abroad = stream(**facts), stream(**{**facts, "after_tax_yearly": yearly * rate})
    for one, other in zip(every_frequency(here), every_frequency(abroad), strict=True):
        for part in ("converted", "taxable", "lost", "tax", "tax_of_one_more_period", "in_roth_at_end"):
            assert abs(getattr(one, part) * rate - getattr(other, part)) < Decimal("1e-12")
        assert one.times == other.times


def test_one_year_until_separation_is_like_converting_once_a_year() -> None:
    case = stream(pay_schedule=PaySchedule.BIWEEKLY)
    yearly, at_separation = case.conversion_by_frequency[-1], case.conversion_at_separation
    assert yearly.tax == at_separation.tax
    assert yearly.in_roth_at_end == at_separation.in_roth_at_end
    assert (yearly.times, at_separation.times) == (1, 1)


def test_conversions_are_counted_over_all_years() -> None:
    case = stream(pay_schedule=PaySchedule.WEEKLY, years_contributing=3)
    assert [row.times for row in every_frequency(case)] == [156, 36, 12, 6, 3, 1]
    assert [row.frequency for row in every_frequency(case)] == list(Frequency)


def test_a_paycheck_on_a_conversion_date_does_not_wait() -> None:
    first, *_ = pots_of_a_year(Decimal(100), 24, 12, Decimal("1.5"))
    waits = 100 * Decimal("1.5") ** (Decimal(1) / 24)
    assert abs(first.value - waits - 100) < Decimal("1e-20")
    assert first.basis == 200


def test_a_date_takes_only_the_paychecks_since_the_one_before() -> None:
    pots = pots_of_a_year(Decimal(1), 26, 4, Decimal(1))
    assert [pot.basis for pot in pots] == [6, 7, 6, 7]
    assert [pot.basis for pot in pots_of_a_year(Decimal(1), 52, 12, Decimal(1))] == [4, 4, 5] * 4


def test_one_period_later_is_one_month_one_quarter_one_year_and_at_separation_one_more_year() -> None:
    pot = Pot(Decimal(110), Decimal(100))
    for times, growth in ((1, Decimal("1.44")), (2, Decimal("1.44") ** 2)):
        row = converted(Frequency.YEARLY, [pot] * times, 1, growth, Decimal("0.5"))
        assert abs(row.tax_of_one_more_period - Decimal("24.2")) < TINY  # half of 44 % of 110


def test_a_loss_is_made_good_before_one_more_period_costs_tax() -> None:
    row = converted(Frequency.YEARLY, [Pot(Decimal(90), Decimal(100))], 1, Decimal("1.2"), Decimal("0.5"))
    assert row.tax_of_one_more_period == 4  # half of 90 x 1.2 - 100
    assert row.taxable == row.tax == 0
    assert row.lost == 10


# --- what is asked ---------------------------------------------------------------------------------------------------


def test_the_amount_of_a_paycheck_makes_that_of_the_year_idle() -> None:
    facts = {"pay_schedule": PaySchedule.WEEKLY, "after_tax_per_check": Decimal(100)}
    assert Conversion(facts, LAW[2026]).total_put_in == 5_200
    assert Conversion({**facts, "after_tax_per_check": Decimal(0)}, LAW[2026]).total_put_in == 0
    with pytest.raises(Unanswered, match="after_tax_yearly"):
        Conversion({"pay_schedule": PaySchedule.WEEKLY}, LAW[2026]).total_put_in  # noqa: B018


def test_two_amounts_that_differ_are_refused_and_both_are_named() -> None:
    facts = {"pay_schedule": PaySchedule.WEEKLY, "after_tax_per_check": Decimal(100)}
    assert Conversion({**facts, "after_tax_yearly": Decimal(5_200)}, LAW[2026]).after_tax_each_check == 100
    with pytest.raises(Inconsistent, match="52 paychecks") as refused:
        Conversion({**facts, "after_tax_yearly": Decimal(5_199)}, LAW[2026]).after_tax_each_check  # noqa: B018
    assert refused.value.facts == ("after_tax_per_check", "after_tax_yearly")


def test_the_rate_at_separation_is_asked_only_for_separation() -> None:
    facts = {
        "pay_schedule": PaySchedule.MONTHLY,
        "after_tax_yearly": Decimal(12),
        "yearly_return": Decimal(0),
    }
    case = Conversion({**facts, "ordinary_rate_now": Decimal("0.1")}, LAW[2026])
    assert len(case.conversion_by_frequency) == len(IN_SERVICE) == 5
    assert case.total_put_in == 12  # of one year, which is assumed
    with pytest.raises(Unanswered, match="ordinary_rate_at_separation"):
        case.conversion_at_separation  # noqa: B018


# --- a second opinion: contribution by contribution, in whole numbers, with a table of short steps -------------------

ONE_DOLLAR = 10**20
ONE = 10**30


@cache
def steps_of(growth: Fraction, in_a_year: int) -> list[int]:
    """What one is worth after 0, 1, 2, ... steps of two years, in units of 1 / `ONE`; the step is found by halving."""
    low, high = 0, 2 * ONE
    while high - low > 1:
        middle = (low + high) // 2
        power, exponent, square = ONE, in_a_year, middle
        while exponent:
            if exponent & 1:
                power = power * square // ONE
            square, exponent = square * square // ONE, exponent >> 1
        low, high = (middle, high) if power * growth.denominator <= growth.numerator * ONE else (low, middle)
    table = [ONE]
    for _ in range(2 * in_a_year):
        table.append(table[-1] * low // ONE)
    return table


def walked(each: int, checks: int, years: int, growth: Fraction, every: int, percent: int) -> list[int]:
    """Converted, taxable, tax x 100, lost, in Roth at the end, in parts of a dollar.

    ``every`` is how many steps pass between two conversions. A year has so many steps that each paycheck and each
    conversion falls on one.
    """
    in_a_year = lcm(checks, 12)
    grown, end = steps_of(growth, in_a_year), in_a_year * years
    waiting: dict[int, list[int]] = {}
    for step in range(in_a_year // checks, end + 1, in_a_year // checks):
        date = step + (-step) % every
        pot = waiting.setdefault(date, [0, 0])
        pot[0] += each * grown[date - step] // ONE
        pot[1] += each
    sums = [0, 0, 0, 0, 0]
    for date, (value, basis) in waiting.items():
        gain = max(0, value - basis)
        kept = value - gain * percent // 100
        parts = value, gain, gain * percent, max(0, basis - value), kept * grown[end - date] // ONE
        sums = [so_far + part for so_far, part in zip(sums, parts, strict=True)]
    return sums


@pytest.mark.untraced
def test_ten_thousand_streams_agree_with_a_walk_through_the_year() -> None:
    random = Random(2026)
    returns = [Fraction(percent, 100) for percent in (-50, -20, -7, -1, 0, 1, 3, 5, 6, 7, 8, 10, 12, 20, 50)]
    for _ in range(10_000):
        schedule = random.choice(list(PaySchedule))
        cents, years = random.choice([0, 1, random.randint(1, 500_000)]), random.choice([1] * 9 + [2])
        yearly_return = random.choice(returns)
        now, later = random.randint(0, 50), random.randint(0, 50)
        case = stream(
            pay_schedule=schedule,
            after_tax_per_check=Decimal(cents) / 100,
            after_tax_yearly=Decimal(cents) * schedule.checks / 100,
            years_contributing=years,
            yearly_return=Decimal(yearly_return.numerator) / yearly_return.denominator,
            ordinary_rate_now=Decimal(now) / 100,
            ordinary_rate_at_separation=Decimal(later) / 100,
        )
        year = lcm(schedule.checks, 12)
        distances = (year // schedule.checks, year // 12, year // 4, year // 2, year, year * years)
        for row, every in zip(every_frequency(case), distances, strict=True):
            percent = later if row.frequency is Frequency.AT_SEPARATION else now
            each = cents * ONE_DOLLAR // 100
            theirs = walked(each, schedule.checks, years, 1 + yearly_return, every, percent)
            mine = (row.converted, row.taxable, row.tax * 100, row.lost, row.in_roth_at_end)
            for my, their in zip(mine, theirs, strict=True):
                assert abs(my - Decimal(their) / ONE_DOLLAR) < Decimal("1e-9")


def test_one_more_period_is_that_of_what_the_last_date_of_the_year_converts() -> None:
    rows = stream(
        after_tax_yearly=Decimal(26),
        pay_schedule=PaySchedule.BIWEEKLY,
        yearly_return=Decimal("0.08"),
        ordinary_rate_now=Decimal("0.3"),
    ).conversion_by_frequency
    quarterly = rows[IN_SERVICE.index(Frequency.QUARTERLY)]
    growth, quarter = Decimal("1.08"), Decimal("1.08") ** Decimal("0.25")
    last = sum(
        growth ** (Decimal(26 - check) / 26) for check in range(20, 27)
    )  # 7 checks; the first quarter has 6
    assert abs(quarterly.tax_of_one_more_period - Decimal("0.3") * last * (quarter - 1)) < TINY
