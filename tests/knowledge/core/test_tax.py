"""What must hold for every return, and a second reckoning by the lines of the form. Cases are in ``cases/tax.toml``."""

from __future__ import annotations

import random
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.core.limits import FilingStatus, IncomeTax, UnknownYear
from knowledge.core.match import ZERO
from knowledge.core.sheet import Origin, Unanswered
from knowledge.core.tax import (
    CALCULATIONS,
    Slice,
    Tax,
    income_tax,
    long_term_gains_tax,
    ordinary_tax,
    slices_between,
    tables_of,
)
from tests.knowledge.core.people import LAW, UNTIMED, dollars

TINY = Decimal("1e-15")
YEARS = [year for year, limits in LAW.years.items() if limits.income_tax]
STATUSES = st.sampled_from(FilingStatus)
CENT = Decimal("0.01")
RETURNS = st.fixed_dictionaries(
    {
        "filing_status": STATUSES,
        "taxable_income": dollars(900_000),
        "long_term_gains": st.just(ZERO) | dollars(700_000),
        "converted_gains": dollars(300_000),
    }
)


def case(facts: dict[str, Any], year: int = 2026) -> Tax:
    return Tax(facts, LAW[year])


def told(status: FilingStatus, income: object, converted: object, gains: object = 0) -> dict[str, Any]:
    return {
        "filing_status": status,
        "taxable_income": Decimal(str(income)),
        "long_term_gains": Decimal(str(gains)),
        "converted_gains": Decimal(str(converted)),
    }


# --- the slices ------------------------------------------------------------------------------------------------------

RATES = (Decimal("0.1"), Decimal("0.2"), Decimal("0.5"))
ENDS = (Decimal(10), Decimal(30))


@pytest.mark.parametrize(
    ("start", "end", "cut"),
    [
        (0, 0, []),
        (7, 7, []),
        (10, 10, []),
        (99, 99, []),
        (0, 10, [(0, 10)]),
        (0, 11, [(0, 10), (1, 1)]),
        (9, 10, [(0, 1)]),
        (10, 30, [(1, 20)]),
        (5, 35, [(0, 5), (1, 20), (2, 5)]),
        (30, 31, [(2, 1)]),
        (40, 100, [(2, 60)]),
    ],
)
def test_an_income_is_cut_at_the_ends_of_the_brackets(
    start: int, end: int, cut: list[tuple[int, int]]
) -> None:
    slices = slices_between(Decimal(start), Decimal(end), RATES, ENDS)
    assert slices == tuple(
        Slice(RATES[place], Decimal(dollars), RATES[place] * dollars) for place, dollars in cut
    )


def test_a_slice_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        slices_between(ZERO, Decimal(5), RATES, ENDS)[0].tax = ZERO  # type: ignore[misc]


def test_rates_and_ends_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        slices_between(ZERO, Decimal(5), RATES[:2], ENDS)


@UNTIMED
@given(RETURNS, st.sampled_from(YEARS))
def test_the_slices_fill_what_the_conversion_adds_to_ordinary_income(
    facts: dict[str, Any], year: int
) -> None:
    here = case(facts, year)
    slices = here.tax_slices
    added = here.ordinary_income_with_gains - here.ordinary_income
    assert sum(one.dollars for one in slices) == added
    assert all(one.dollars > 0 and one.tax == one.rate * one.dollars for one in slices)
    assert all(low.rate < high.rate for low, high in pairwise(slices))
    assert 0 <= added <= facts["converted_gains"]


@UNTIMED
@given(RETURNS)
def test_the_cost_is_that_of_the_slices_and_of_the_gains_that_are_lifted(facts: dict[str, Any]) -> None:
    here = case(facts)
    assert sum(one.tax for one in here.tax_slices) + here.tax_on_lifted_gains == here.tax_on_gains
    assert here.tax_on_lifted_gains >= 0
    if not facts["long_term_gains"]:
        assert here.tax_on_lifted_gains == 0


# --- the tax ---------------------------------------------------------------------------------------------------------


@UNTIMED
@given(RETURNS, dollars(300_000))
def test_converting_in_two_steps_costs_what_one_step_does(facts: dict[str, Any], more: Decimal) -> None:
    first = case(facts)
    second = case(
        facts
        | {"taxable_income": facts["taxable_income"] + facts["converted_gains"], "converted_gains": more}
    )
    both = case(facts | {"converted_gains": facts["converted_gains"] + more})
    assert second.tax_before == first.tax_with_gains
    assert both.tax_on_gains == first.tax_on_gains + second.tax_on_gains
    assert second.tax_on_gains >= 0


@UNTIMED
@given(STATUSES, dollars(900_000), dollars(300_000), st.sampled_from(YEARS))
def test_without_long_term_gains_the_average_lies_between_the_first_rate_and_the_last(
    status: FilingStatus, income: Decimal, converted: Decimal, year: int
) -> None:
    here = case(told(status, income, converted), year)
    if here.tax_slices:
        assert here.tax_slices[0].rate <= here.average_tax_rate + TINY
        assert here.average_tax_rate <= here.marginal_tax_rate + TINY
        assert here.marginal_tax_rate == here.tax_slices[-1].rate
    else:
        assert here.average_tax_rate == here.tax_on_gains == 0


@UNTIMED
@given(RETURNS, st.sampled_from(YEARS))
def test_a_joint_return_costs_no_more_than_a_single_one_on_the_same_income(
    facts: dict[str, Any], year: int
) -> None:
    def tax(status: FilingStatus) -> Decimal:
        return case(facts | {"filing_status": status}, year).tax_with_gains

    assert tax(FilingStatus.JOINT) == tax(FilingStatus.SURVIVING_SPOUSE)
    assert tax(FilingStatus.JOINT) <= tax(FilingStatus.HEAD_OF_HOUSEHOLD) <= tax(FilingStatus.SINGLE)
    assert tax(FilingStatus.SINGLE) <= tax(FilingStatus.SEPARATE)


@UNTIMED
@given(STATUSES, dollars(900_000), dollars(900_000), st.sampled_from(YEARS))
def test_long_term_gains_never_cost_more_than_ordinary_income_in_their_place(
    status: FilingStatus, ordinary: Decimal, gains: Decimal, year: int
) -> None:
    tables = tables_of(LAW[year])
    tax = long_term_gains_tax(gains, ordinary, status, tables)
    in_place = ordinary_tax(ordinary + gains, status, tables) - ordinary_tax(ordinary, status, tables)
    assert 0 <= tax <= in_place
    assert tax <= tables.capital_gains_rates[-1] * gains


@pytest.mark.parametrize("status", FilingStatus)
@pytest.mark.parametrize("year", YEARS)
def test_the_last_cent_before_the_end_of_a_bracket_is_in_it_and_the_next_is_not(
    year: int, status: FilingStatus
) -> None:
    tables = tables_of(LAW[year])
    for (low, high), end in zip(pairwise(tables.rates), tables.brackets[status], strict=True):
        start = end - 100
        assert case(told(status, start, 100), year).marginal_tax_rate == low
        assert case(told(status, start, Decimal("100.01")), year).marginal_tax_rate == high
        assert case(told(status, start, Decimal("99.99")), year).marginal_tax_rate == low
        assert case(told(status, end, 0), year).marginal_tax_rate == high
        assert case(told(status, end, CENT), year).marginal_tax_rate == high
        assert case(told(status, end - CENT, 0), year).marginal_tax_rate == low


def test_the_rate_on_less_than_a_cent_is_the_rate_there() -> None:
    assert case(told(FilingStatus.SINGLE, 50_400, "0.001")).marginal_tax_rate == Decimal("0.22")
    assert case(told(FilingStatus.SINGLE, "50399.999", "0.001")).marginal_tax_rate == Decimal("0.12")


# --- what is asked and shown -----------------------------------------------------------------------------------------


def test_every_fact_but_the_long_term_gains_is_asked() -> None:
    whole = told(FilingStatus.SINGLE, 50_000, 1_000)
    del whole["long_term_gains"]
    for fact in whole:
        with pytest.raises(Unanswered, match=f"^{fact} "):
            assert case({name: value for name, value in whole.items() if name != fact}).tax_on_gains
    here = case(whole)
    assert here.tax_on_gains == 180
    assumed = [line for line in here.worksheet(Tax.tax_on_gains) if line.origin is Origin.ASSUMED]
    assert [(line.cell, line.value) for line in assumed] == [("long_term_gains", 0)]


@pytest.mark.parametrize("status", FilingStatus)
def test_the_table_of_the_status_is_on_the_worksheet(status: FilingStatus) -> None:
    for cell in Tax.tax_on_gains, Tax.tax_slices:
        here = case(told(status, 50_000, 1_000), 2025)
        assert getattr(here, cell.name)
        [law] = [line for line in here.worksheet(cell) if line.origin is Origin.LAW]
        assert (law.cell, law.value) == ("2025.income_tax", tables_of(LAW[2025]).brackets[status])
        assert law.citation == tables_of(LAW[2025]).citation


@pytest.mark.parametrize("year", [year for year in LAW.years if year not in YEARS])
def test_a_year_without_tables_is_refused_with_those_that_have_them(year: int) -> None:
    [calculation] = CALCULATIONS
    message = rf"^no published income tax tables for {year}; known years: 2024, 2025, 2026$"
    with pytest.raises(UnknownYear, match=message) as no:
        calculation.work_out(year, told(FilingStatus.SINGLE, 50_000, 1_000), LAW)
    assert (no.value.known, no.value.what) == ((2024, 2025, 2026), "income tax tables")


def test_the_calculation_gives_all_that_it_promises() -> None:
    [calculation] = CALCULATIONS
    worked = calculation.work_out(2026, told(FilingStatus.SINGLE, 199_000, 5_200), LAW)
    assert list(worked.results) == [
        "tax_before",
        "tax_with_gains",
        "tax_on_gains",
        "tax_slices",
        "tax_on_lifted_gains",
        "average_tax_rate",
        "marginal_tax_rate",
    ]
    assert worked.to_confirm == ()


# --- a second opinion: in whole cents and whole percent, so that a tax is a whole number of hundredths of a cent -------


def added_up(income: int, rates: list[int], ends: list[int]) -> int:
    """The tax as what the first rate takes of everything, and each further step up takes of what is over it."""
    tax = rates[0] * income
    for (low, high), end in zip(pairwise(rates), ends, strict=True):
        if income > end:
            tax += (high - low) * (income - end)
    return tax


def by_the_form(income: int, gains: int, status: FilingStatus, tables: IncomeTax) -> int:
    """The Qualified Dividends and Capital Gain Tax Worksheet of Form 1040, by its lines."""
    rates = [int(100 * rate) for rate in tables.rates]
    ends = [int(100 * end) for end in tables.brackets[status]]
    line_6, line_13 = (int(100 * end) for end in tables.capital_gains[status])
    line_5 = max(income - gains, 0)
    line_7 = min(income, line_6)
    line_8 = min(line_5, line_7)
    line_9 = line_7 - line_8
    line_10 = min(income, gains)
    line_12 = line_10 - line_9
    line_14 = min(income, line_13)
    line_16 = max(line_14 - (line_5 + line_9), 0)
    line_17 = min(line_12, line_16)
    line_20 = line_10 - (line_9 + line_17)
    line_23 = 15 * line_17 + 20 * line_20 + added_up(line_5, rates, ends)
    return min(line_23, added_up(income, rates, ends))


@pytest.mark.untraced
def test_the_lines_of_the_form_agree_for_10000_people() -> None:
    rng = random.Random(8606)
    for _ in range(10_000):
        year, status = rng.choice(YEARS), rng.choice(list(FilingStatus))
        tables = tables_of(LAW[year])
        edge = 100 * int(rng.choice((ZERO, *tables.brackets[status], *tables.capital_gains[status])))
        income = rng.choice((max(0, edge + rng.randint(-2, 2)), edge, rng.randint(0, 10**8)))
        gains = rng.choice((0, rng.randint(0, 3 * 10**7), min(income, edge)))
        converted = rng.choice((0, 1, rng.randint(0, 10**7), max(0, edge - income)))
        here = case(told(status, income * CENT, converted * CENT, gains * CENT), year)
        before, after = (by_the_form(total, gains, status, tables) for total in (income, income + converted))
        assert 10_000 * here.tax_before == before
        assert 10_000 * here.tax_with_gains == after
        assert 10_000 * here.tax_on_gains == after - before
        assert abs(here.average_tax_rate * converted * 100 - (after - before)) < 10**6 * TINY
        top = income + max(converted, 1)
        last_cent = by_the_form(top, gains, status, tables) - by_the_form(top - 1, gains, status, tables)
        assert 100 * here.marginal_tax_rate == last_cent
        assert 10_000 * income_tax(income * CENT, gains * CENT, status, tables) == before
