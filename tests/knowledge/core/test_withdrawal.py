"""Taking money out of Roth: what comes out first, what is taxed, and when each clock ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.core.sheet import Inconsistent, Unanswered
from knowledge.core.withdrawal import (
    Drawn,
    RothAccountWithdrawal,
    RothConversion,
    RothIraWithdrawal,
    by_year,
    clock_ends,
    drawn_in_order,
    is_over,
)
from tests.knowledge.core.people import LAW, UNTIMED, dollars

TINY = Decimal("1e-15")


def from_ira(**facts: object) -> RothIraWithdrawal:
    return RothIraWithdrawal(facts, LAW[2026])


def from_plan(**facts: object) -> RothAccountWithdrawal:
    return RothAccountWithdrawal(facts, LAW[2026])


CONVERSIONS = st.lists(
    st.builds(RothConversion, st.integers(2015, 2030), dollars(5_000), dollars(40_000)), max_size=4
).map(tuple)
OUT_OF_AN_IRA = st.fixed_dictionaries(
    {
        "withdrawn": dollars(100_000),
        "withdrawal_year": st.integers(2030, 2040),
        "reached_59_half": st.booleans(),
        "first_roth_ira_year": st.integers(2005, 2015),
        "roth_ira_contributions": dollars(60_000),
        "roth_ira_conversions": CONVERSIONS,
        "ordinary_rate_at_use": st.integers(0, 50).map(lambda percent: Decimal(percent) / 100),
    }
)

# --- the clocks ------------------------------------------------------------------------------------------------------


@UNTIMED
@given(st.integers(1998, 2200), st.integers(1998, 2210))
def test_a_clock_is_over_from_the_day_on_which_it_ends(first: int, year: int) -> None:
    assert is_over(first, year) is (date(year, 1, 1) >= clock_ends(first))
    assert is_over(first, first + 5)
    assert not is_over(first, first + 4)
    assert clock_ends(first) == date(first + 5, 1, 1)


# --- out of a Roth IRA -----------------------------------------------------------------------------------------------


@UNTIMED
@given(OUT_OF_AN_IRA)
def test_all_that_is_taken_out_comes_from_somewhere_and_nothing_falls_below_zero(
    facts: Mapping[str, object],
) -> None:
    case = from_ira(**facts)
    converted = sum(drawn.taxable + drawn.nontaxable for drawn in case.conversions_drawn)
    assert case.contributions_drawn + converted + case.earnings_drawn == case.withdrawn
    assert min(case.contributions_drawn, case.earnings_drawn, case.contributions_left) >= 0
    assert all(drawn.taxable >= 0 and drawn.nontaxable >= 0 for drawn in case.conversions_drawn)
    assert all(left.taxable >= 0 and left.nontaxable >= 0 for left in case.conversions_left)


@UNTIMED
@given(OUT_OF_AN_IRA)
def test_a_later_layer_is_touched_only_when_the_earlier_is_empty(facts: Mapping[str, object]) -> None:
    case = from_ira(**facts)
    layers = [(case.contributions_drawn, case.contributions_left)]
    for drawn, left in zip(case.conversions_drawn, case.conversions_left, strict=False):
        assert drawn.year == left.year
        layers += [(drawn.taxable, left.taxable), (drawn.nontaxable, left.nontaxable)]
    layers.append((case.earnings_drawn, Decimal(0)))
    touched = [place for place, (drawn, _) in enumerate(layers) if drawn]
    if touched:
        assert all(left == 0 for _, left in layers[: touched[-1]])
    years = [left.year for left in case.conversions_left]
    assert years == sorted(set(years))


@UNTIMED
@given(OUT_OF_AN_IRA, st.integers(0, 100))
def test_two_withdrawals_of_one_day_are_taxed_like_one(facts: dict[str, object], percent: int) -> None:
    whole = from_ira(**facts)
    part = whole.withdrawn * percent / 100
    first = from_ira(**{**facts, "withdrawn": part})
    rest = {
        "roth_ira_contributions": first.contributions_left,
        "roth_ira_conversions": first.conversions_left,
    }
    second = from_ira(**{**facts, **rest, "withdrawn": whole.withdrawn - part})
    for cell in ("taxable_earnings", "recapture_tax", "early_tax_on_earnings", "income_tax_at_use"):
        assert abs(getattr(first, cell) + getattr(second, cell) - getattr(whole, cell)) < TINY
    assert second.contributions_left == whole.contributions_left
    assert second.conversions_left == whole.conversions_left


@UNTIMED
@given(OUT_OF_AN_IRA, dollars(10_000))
def test_more_taken_out_never_costs_less_tax(facts: dict[str, object], more: Decimal) -> None:
    less, much = (
        from_ira(**facts),
        from_ira(**{**facts, "withdrawn": Decimal(str(facts["withdrawn"])) + more}),
    )
    assert much.additional_tax >= less.additional_tax
    assert much.taxable_earnings >= less.taxable_earnings


@UNTIMED
@given(OUT_OF_AN_IRA, st.integers(1, 6))
def test_waiting_a_year_never_costs_more_tax(facts: dict[str, object], years: int) -> None:
    now, year = from_ira(**facts), facts["withdrawal_year"]
    assert isinstance(year, int)
    later = from_ira(**{**facts, "withdrawal_year": year + years})
    assert later.additional_tax <= now.additional_tax
    assert later.taxable_earnings <= now.taxable_earnings


@UNTIMED
@given(OUT_OF_AN_IRA)
def test_from_59_half_there_is_no_additional_tax(facts: dict[str, object]) -> None:
    case = from_ira(**{**facts, "reached_59_half": True})
    assert case.additional_tax == case.recapture_tax == case.early_tax_on_earnings == 0
    assert case.taxable_earnings == 0  # the clock of every one here is over
    young = from_ira(**{**facts, "reached_59_half": False})
    assert young.additional_tax * 10 == young.young_conversions_drawn + young.earnings_drawn
    assert young.taxable_earnings == young.earnings_drawn


def test_conversions_of_a_year_are_one_and_the_oldest_is_first() -> None:
    told = (
        RothConversion(2024, Decimal(1), Decimal(2)),
        RothConversion(2022, Decimal(3), Decimal(4)),
        RothConversion(2024, Decimal(5), Decimal(6)),
    )
    assert by_year(told) == (
        RothConversion(2022, Decimal(3), Decimal(4)),
        RothConversion(2024, Decimal(6), Decimal(8)),
    )
    first, second = drawn_in_order(Decimal(9), by_year(told))
    assert first == Drawn(2022, Decimal(3), Decimal(4), date(2027, 1, 1))
    assert second == Drawn(2024, Decimal(2), Decimal(0), date(2029, 1, 1))


def test_contributions_that_are_enough_make_everything_else_idle() -> None:
    case = from_ira(withdrawn=Decimal(10), roth_ira_contributions=Decimal(10))
    assert case.additional_tax == case.taxable_earnings == case.income_tax_at_use == 0
    assert case.conversions_drawn == ()
    with pytest.raises(Unanswered, match="roth_ira_conversions"):
        from_ira(withdrawn=Decimal("10.01"), roth_ira_contributions=Decimal(10)).conversions_drawn  # noqa: B018


def test_age_is_asked_only_where_it_can_matter_and_the_first_year_only_of_the_old() -> None:
    old = (RothConversion(2010, Decimal(9), Decimal(0)),)
    facts = {"roth_ira_contributions": Decimal(0), "roth_ira_conversions": old, "withdrawal_year": 2026}
    assert from_ira(withdrawn=Decimal(9), **facts).additional_tax == 0
    with pytest.raises(Unanswered, match="reached_59_half"):
        from_ira(withdrawn=Decimal(10), **facts).taxable_earnings  # noqa: B018
    assert from_ira(withdrawn=Decimal(10), reached_59_half=False, **facts).taxable_earnings == 1
    with pytest.raises(Unanswered, match="first_roth_ira_year"):
        from_ira(withdrawn=Decimal(10), reached_59_half=True, **facts).taxable_earnings  # noqa: B018


@pytest.mark.parametrize(("first", "fine"), [(2023, True), (2024, True), (2025, False), (2027, False)])
def test_the_first_year_is_not_after_a_conversion_nor_after_the_withdrawal(first: int, fine: bool) -> None:
    case = from_ira(
        withdrawn=Decimal(10),
        withdrawal_year=2026,
        roth_ira_contributions=Decimal(0),
        roth_ira_conversions=(RothConversion(2024, Decimal(1), Decimal(1)),),
        first_roth_ira_year=first,
    )
    if fine:
        assert case.roth_ira_clock_ends == date(first + 5, 1, 1)
        return
    with pytest.raises(Inconsistent) as refused:
        case.roth_ira_clock_ends  # noqa: B018
    other = "roth_ira_conversions" if first <= 2026 else "withdrawal_year"
    assert refused.value.facts == ("first_roth_ira_year", other)


def test_a_conversion_may_be_of_the_year_of_the_withdrawal_and_not_later() -> None:
    facts = {"withdrawn": Decimal(10), "roth_ira_contributions": Decimal(0), "first_roth_ira_year": 2026}
    conversion = {"roth_ira_conversions": (RothConversion(2026, Decimal(10), Decimal(0)),)}
    same_year = from_ira(**facts, **conversion, withdrawal_year=2026, reached_59_half=False)
    assert same_year.recapture_tax == 1
    assert same_year.roth_ira_clock_ends == date(2031, 1, 1)
    with pytest.raises(Inconsistent):
        from_ira(**facts, **conversion, withdrawal_year=2025).conversions_drawn  # noqa: B018
    none = from_ira(**facts, roth_ira_conversions=(), withdrawal_year=2026)
    assert none.roth_ira_clock_ends == date(2031, 1, 1)


# --- out of the Roth part of a plan ----------------------------------------------------------------------------------


@st.composite
def payments(draw: st.DrawFn) -> dict[str, object]:
    value = draw(dollars(100_000).filter(bool))
    return {
        "withdrawn": min(value, draw(dollars(100_000))),
        "withdrawal_year": draw(st.integers(2026, 2036)),
        "reached_59_half": draw(st.booleans()),
        "first_roth_account_year": draw(st.integers(2015, 2026)),
        "roth_account_basis": draw(dollars(100_000)),
        "roth_account_balance": value,
        "box_10": draw(dollars(5_000)),
        "ordinary_rate_at_use": Decimal("0.22"),
        "has_roth_ira": False,
    }


@UNTIMED
@given(payments())
def test_a_payment_is_basis_and_earnings_in_the_proportion_of_the_account(
    facts: Mapping[str, object],
) -> None:
    case = from_plan(**facts)
    share = min(Fraction(1), Fraction(case.roth_account_basis) / Fraction(case.roth_account_balance))
    assert abs(Fraction(case.basis_drawn) - share * Fraction(case.withdrawn)) < TINY
    assert abs(case.basis_drawn + case.account_earnings_drawn - case.withdrawn) < TINY
    assert case.roth_account_basis_left == case.roth_account_basis - case.basis_drawn
    assert case.roth_account_basis_left >= -TINY


@UNTIMED
@given(payments())
def test_a_payment_is_taxed_unless_age_and_clock_are_both_there(facts: Mapping[str, object]) -> None:
    case = from_plan(**facts)
    qualified = case.reached_59_half and case.withdrawal_year - case.first_roth_account_year >= 5
    assert case.taxable_payment == (0 if qualified else case.account_earnings_drawn)
    assert case.income_tax_on_payment == case.taxable_payment * Decimal("0.22")
    assert case.contribution_if_rolled_over == (case.withdrawn if qualified else case.basis_drawn)
    untaxed = min(case.box_10, case.basis_drawn)
    expected = Decimal(0) if case.reached_59_half else (untaxed + case.account_earnings_drawn) / 10
    assert abs(case.additional_tax_on_payment - expected) < TINY


def test_a_payment_without_earnings_asks_neither_age_nor_clock() -> None:
    facts = {
        "withdrawn": Decimal(10),
        "roth_account_basis": Decimal(100),
        "roth_account_balance": Decimal(100),
    }
    case = from_plan(**facts)
    assert case.taxable_payment == case.early_tax_on_payment == case.income_tax_on_payment == 0
    with pytest.raises(Unanswered, match="reached_59_half"):
        from_plan(**{**facts, "roth_account_basis": Decimal(99)}).taxable_payment  # noqa: B018


def test_the_clock_of_the_plan_is_asked_only_from_59_half() -> None:
    facts = {
        "withdrawn": Decimal(10),
        "roth_account_basis": Decimal(50),
        "roth_account_balance": Decimal(100),
    }
    assert from_plan(**facts, reached_59_half=False).taxable_payment == 5
    with pytest.raises(Unanswered, match="first_roth_account_year"):
        from_plan(**facts, reached_59_half=True).taxable_payment  # noqa: B018


def test_all_of_the_account_can_be_paid_and_not_a_cent_more() -> None:
    facts = {"roth_account_basis": Decimal(50), "roth_account_balance": Decimal(100)}
    assert from_plan(**facts, withdrawn=Decimal(100)).roth_account_basis_left == 0
    with pytest.raises(Inconsistent) as refused:
        from_plan(**facts, withdrawn=Decimal("100.01")).basis_drawn  # noqa: B018
    assert refused.value.facts == ("withdrawn", "roth_account_balance")


@pytest.mark.parametrize(
    ("cell", "fact"),
    [
        ("roth_account_clock_ends", "first_roth_account_year"),
        ("clock_ends_if_rolled_over", "first_roth_ira_year"),
    ],
)
def test_a_first_year_may_be_that_of_the_payment_and_not_later(cell: str, fact: str) -> None:
    facts = {"withdrawal_year": 2026, "has_roth_ira": True}
    assert getattr(from_plan(**facts, **{fact: 2026}), cell) == date(2031, 1, 1)
    with pytest.raises(Inconsistent) as refused:
        getattr(from_plan(**facts, **{fact: 2027}), cell)
    assert refused.value.facts == (fact, "withdrawal_year")


def test_years_in_the_plan_do_not_count_in_the_first_roth_ira() -> None:
    case = from_plan(withdrawal_year=2026, has_roth_ira=False, first_roth_account_year=2010)
    assert case.clock_ends_if_rolled_over == date(2031, 1, 1)
    [line] = [
        line
        for line in case.worksheet(RothAccountWithdrawal.clock_ends_if_rolled_over)
        if line.cell == "clock_ends_if_rolled_over"
    ]
    assert line.confirm


def test_what_was_not_read_again_is_to_be_confirmed() -> None:
    ira = from_ira(
        withdrawn=Decimal(9), withdrawal_year=2026, roth_ira_contributions=Decimal(5), roth_ira_conversions=()
    )
    plan = from_plan(
        withdrawn=Decimal(9),
        reached_59_half=False,
        roth_account_basis=Decimal(9),
        roth_account_balance=Decimal(9),
    )
    ira.conversions_drawn, plan.in_plan_recapture_tax  # noqa: B018
    lines = (
        *ira.worksheet(RothIraWithdrawal.conversions_drawn),
        *plan.worksheet(RothAccountWithdrawal.in_plan_recapture_tax),
    )
    assert {line.cell for line in lines if line.confirm} == {"conversions_by_year", "in_plan_recapture_tax"}


def test_the_legal_rate_is_on_the_worksheet_only_where_it_is_used() -> None:
    facts = {"withdrawal_year": 2026, "roth_ira_contributions": Decimal(5), "roth_ira_conversions": ()}
    taxed, free = (from_ira(**facts, withdrawn=Decimal(9), reached_59_half=old) for old in (False, None))
    taxed.additional_tax  # noqa: B018
    assert "early_distribution" in [line.cell for line in taxed.worksheet(RothIraWithdrawal.additional_tax)]
    with pytest.raises(Unanswered, match="reached_59_half"):
        free.additional_tax  # noqa: B018


# --- a second opinion: a pile of dollars that is emptied one by one --------------------------------------------------


PAID_IN, EARNED = (0, 0, ""), (2, 0, "")


@pytest.mark.untraced
def test_ten_thousand_withdrawals_agree_with_a_pile_of_dollars() -> None:
    random = Random(408)
    for _ in range(10_000):
        year = random.randint(2016, 2030)
        contributions, withdrawn = random.choice([0, random.randint(0, 20)]), random.randint(0, 60)
        told = [
            RothConversion(
                random.randint(year - 7, year), Decimal(random.randint(0, 6)), Decimal(random.randint(0, 12))
            )
            for _ in range(random.randint(0, 4))
        ]
        first = min(random.randint(year - 9, year), *(conversion.year for conversion in told), year)
        old = random.random() < 0.5

        # What each dollar is, so that the one to go next is the smallest: its layer, its year, its part.
        pile = [PAID_IN] * contributions + [EARNED] * 60
        for conversion in told:
            pile += [(1, conversion.year, "a: taxed")] * int(conversion.taxable)
            pile += [(1, conversion.year, "b: not taxed")] * int(conversion.nontaxable)
        pile.sort(reverse=True)

        dimes, recaptured, income = 0, 0, 0
        for _ in range(withdrawn):
            match pile.pop():
                case (1, of, "a: taxed") if year in range(of, of + 5) and not old:
                    recaptured += 1
                    dimes += 1
                case (2, _, _) if year in range(first, first + 5) or not old:
                    income += 1
                    dimes += not old
        case = from_ira(
            withdrawn=Decimal(withdrawn),
            withdrawal_year=year,
            reached_59_half=old,
            first_roth_ira_year=first,
            roth_ira_contributions=Decimal(contributions),
            roth_ira_conversions=tuple(told),
        )
        assert case.additional_tax * 10 == dimes
        assert case.recapture_tax * 10 == recaptured
        assert case.taxable_earnings == income
        assert case.contributions_left == pile.count(PAID_IN)
        for left in case.conversions_left:
            assert left.taxable == pile.count((1, left.year, "a: taxed"))
            assert left.nontaxable == pile.count((1, left.year, "b: not taxed"))


def test_ten_thousand_payments_out_of_a_plan_agree_with_whole_cents() -> None:
    random = Random(402)
    for _ in range(10_000):
        value = random.randint(1, 10**9)
        basis, withdrawn = random.randint(0, 12 * 10**8), random.randint(0, value)
        year, first, old = random.randint(2026, 2036), random.randint(2020, 2026), random.random() < 0.5
        case = from_plan(
            withdrawn=Decimal(withdrawn) / 100,
            withdrawal_year=year,
            reached_59_half=old,
            first_roth_account_year=first,
            roth_account_basis=Decimal(basis) / 100,
            roth_account_balance=Decimal(value) / 100,
        )
        earned = 0 if basis >= value else Fraction(withdrawn * (value - basis), value)
        free = old and sum(1 for _ in range(first, year)) >= 5
        assert abs(Fraction(case.taxable_payment) * 100 - (0 if free else earned)) < TINY
        assert abs(Fraction(case.additional_tax_on_payment) * 1000 - (0 if old else earned)) < TINY


@pytest.mark.parametrize(("first", "last"), [(2020, 2027), (2018, 2025)])
def test_the_first_and_the_last_of_several_conversions_fit_the_other_years(first: int, last: int) -> None:
    conversions = tuple(RothConversion(year, Decimal(10), Decimal(0)) for year in (first, last))
    case = from_ira(
        roth_ira_conversions=conversions,
        first_roth_ira_year=2019,
        withdrawal_year=2026,
        withdrawn=Decimal(5),
        roth_ira_contributions=Decimal(0),
        reached_59_half=False,
    )
    with pytest.raises(Inconsistent, match="a conversion is"):
        case.roth_ira_clock_ends  # noqa: B018
