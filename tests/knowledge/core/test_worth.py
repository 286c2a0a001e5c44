"""What must hold for the same dollars on every road, whatever the assumptions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.calc import work_out
from bot.given import BadFacts
from knowledge.core.calculation import Calculation
from knowledge.core.calculations import CALCULATIONS
from knowledge.core.growth import (
    Pot,
    growth_after_fee,
    moved_to_roth,
    paid_in,
    soon_in_roth,
    split,
    year_ends,
)
from knowledge.core.sheet import Inconsistent, Unanswered
from knowledge.core.worth import EQUAL, MOST_YEARS, Ahead, ContributionPath, Worth
from tests.knowledge.core.people import LAW, UNTIMED, dollars

Answers = dict[str, Any]

D = Decimal
TINY = D("1e-9")

SAVER: Answers = {
    "yearly_dollars": D(1_000),
    "years_contributing": 2,
    "ordinary_rate_at_separation": D("0.24"),
    "ordinary_rate_at_use": D("0.12"),
    "ordinary_rate_now": D("0.32"),
    "inflation_rate": D(0),
}


def worth(answers: Answers, **others: Any) -> Worth:
    return Worth({**answers, **others}, LAW[2026])


def near(a: Decimal, b: Decimal) -> bool:
    return abs(a - b) < TINY * max(D(1), abs(a))


def thousandths(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low, high).map(lambda n: D(n) / 1000)


RATES = thousandths(0, 500)
RETURNS = st.lists(thousandths(-300, 300), min_size=3, max_size=3).map(sorted)
GROWING = st.lists(thousandths(0, 300), min_size=3, max_size=3).map(sorted)


def savers(
    returns: st.SearchStrategy[list[Decimal]] = RETURNS, most_rate: int = 500
) -> st.SearchStrategy[Answers]:
    rates = thousandths(0, most_rate)
    return st.builds(
        lambda facts, band: {
            **facts,
            **dict(zip(("low_return", "middle_return", "high_return"), band, strict=True)),
        },
        st.fixed_dictionaries(
            {
                "yearly_dollars": dollars(100_000),
                "contribution_path": st.sampled_from(ContributionPath),
                "years_contributing": st.integers(1, 12),
                "years_staying_on": st.integers(0, 5),
                "years_growing_on": st.integers(0, 12),
                "months_to_conversion": st.integers(0, 12),
                "inflation_rate": thousandths(0, 100),
                "dividend_yield_rate": thousandths(0, 60),
                "roth_fee_rate": thousandths(0, 20),
                "plan_fee_rate": thousandths(0, 20),
                "taxable_fee_rate": thousandths(0, 20),
                "dividend_tax_rate": rates,
                "gain_tax_rate": rates,
                "ordinary_rate_now": rates,
                "ordinary_rate_at_separation": rates,
                "ordinary_rate_at_use": rates,
                "qualified_at_use": st.booleans(),
            }
        ),
        returns,
    )


NO_FEE: Answers = {"roth_fee_rate": D(0), "plan_fee_rate": D(0), "taxable_fee_rate": D(0)}
NO_TAX: Answers = dict.fromkeys(
    (
        "dividend_tax_rate",
        "gain_tax_rate",
        "ordinary_rate_now",
        "ordinary_rate_at_separation",
        "ordinary_rate_at_use",
    ),
    D(0),
)


def roads(case: Worth) -> list[tuple[Decimal, ...]]:
    """What every road leaves, for each return of the band."""
    return [
        (row.roth, row.taxable, row.taxable_never_sold, converted.worth, divided.worth)
        for row, converted, divided in zip(
            case.roth_against_taxable, case.worth_of_waiting, case.worth_of_splitting, strict=True
        )
    ]


def series(case: Worth) -> tuple[tuple[Decimal, ...], ...]:
    return case.put_in_by_year, case.roth_by_year, case.taxable_by_year, case.waiting_by_year


# --- pots ------------------------------------------------------------------------------------------------------------


def test_a_pot_is_taxed_on_its_gain_alone_and_never_on_a_loss() -> None:
    assert Pot(D(110), D(100)).emptied(D("0.2")) == 108
    assert Pot(D(100), D(100)).emptied(D("0.2")) == 100
    assert Pot(D(90), D(100)).emptied(D("0.2")) == 90
    assert Pot(D(90), D(100)).gain == 0


def test_growth_changes_the_value_and_not_the_basis() -> None:
    assert paid_in(D(100)).grown(D("1.1")) == Pot(D(110), D(100))


def test_a_fee_is_taken_from_what_is_there_at_the_end_of_the_year() -> None:
    assert growth_after_fee(D("0.1"), D("0.01")) == D("1.089")


def test_contributions_come_in_at_the_start_of_their_years_and_the_kept_part_of_a_dividend_is_basis() -> None:
    two = [paid_in(D(100)), paid_in(D(50))]
    assert year_ends(two, D("1.1")) == (Pot(D(110), D(100)), Pot(D(176), D(150)))
    assert year_ends(two, D("1.1"), D("0.02")) == (Pot(D(110), D(102)), Pot(D(176), D("155.2")))
    assert year_ends([], D("1.1")) == ()


def test_moving_to_roth_taxes_the_gain_and_splitting_does_not() -> None:
    assert moved_to_roth(Pot(D(110), D(100)), D("0.2")) == Pot(D(108), D(108))
    assert split(Pot(D(110), D(100))) == (Pot(D(100), D(100)), Pot(D(10), D(0)))
    assert split(Pot(D(90), D(100))) == (Pot(D(90), D(90)), Pot(D(0), D(0)))


def test_money_converted_soon_grows_evenly_until_then() -> None:
    at_once = soon_in_roth(paid_in(D(100)), D("1.1"), 0, D("0.2"))
    assert at_once == Pot(D(100), D(100))
    half_a_year = soon_in_roth(paid_in(D(100)), D("1.1"), 6, D("0.2"))
    assert half_a_year.basis == 104
    assert near(half_a_year.value * D("1.05"), D(104))


def test_pots_and_records_of_results_never_change() -> None:
    case = worth(SAVER)
    for record in (
        Pot(D(1), D(1)),
        case.roth_against_taxable[0],
        case.worth_of_waiting[0],
        case.break_even[0],
    ):
        assert hash(record)
        assert not hasattr(record, "__dict__")


# --- all roads -------------------------------------------------------------------------------------------------------


@UNTIMED
@given(savers())
def test_without_tax_and_fees_all_roads_are_one(saver: Answers) -> None:
    case = worth(saver | NO_TAX | NO_FEE)
    for each in roads(case):
        assert all(near(left, each[0]) for left in each)
    assert {row.ahead for row in (*case.worth_of_waiting, *case.worth_of_splitting)} == {Ahead.EQUAL}
    assert {row.losing_years for row in case.break_even} == {None}


@UNTIMED
@given(savers(GROWING))
def test_roth_at_once_is_never_behind_where_money_grows_and_fees_are_alike(saver: Answers) -> None:
    case = worth(saver | NO_FEE, months_to_conversion=0, qualified_at_use=True)
    for roth, taxable, never_sold, converted, divided in roads(case):
        assert roth + TINY >= max(taxable, never_sold, converted, divided)


@UNTIMED
@given(savers())
def test_the_sign_of_every_difference_is_told_as_it_is(saver: Answers) -> None:
    case = worth(saver)
    for row, *waited in zip(
        case.roth_against_taxable, case.worth_of_waiting, case.worth_of_splitting, strict=True
    ):
        assert row.roth_less_taxable == row.roth - row.taxable
        for each in waited:
            assert each.yearly_return == row.yearly_return
            assert each.roth_less_waiting == row.roth - each.worth
            assert each.waiting_less_taxable == each.worth - row.taxable
            assert (each.ahead is Ahead.WAITING) == (each.waiting_less_taxable >= EQUAL)
            assert (each.ahead is Ahead.TAXABLE) == (each.waiting_less_taxable <= -EQUAL)


@UNTIMED
@given(savers())
def test_the_band_is_told_in_order_and_a_higher_return_never_leaves_less(saver: Answers) -> None:
    case = worth(saver)
    told = [saver["low_return"], saver["middle_return"], saver["high_return"]]
    for rows in (
        case.roth_against_taxable,
        case.worth_of_waiting,
        case.worth_of_splitting,
        case.break_even,
    ):
        assert [row.yearly_return for row in rows] == told
    low, middle, high = roads(case)
    for lower, higher in (*zip(low, middle, strict=True), *zip(middle, high, strict=True)):
        assert lower <= higher + TINY * max(D(1), higher)


@UNTIMED
@given(savers(), st.integers(2, 9))
def test_so_many_times_the_dollars_leave_so_many_times_as_much(saver: Answers, times: int) -> None:
    case, larger = worth(saver), worth(saver, yearly_dollars=saver["yearly_dollars"] * times)
    assert near(larger.total_put_in, times * case.total_put_in)
    for each, scaled in (*zip(roads(case), roads(larger), strict=True),):
        assert all(near(b, times * a) for a, b in zip(each, scaled, strict=True))
    for one, many in zip(series(case), series(larger), strict=True):
        assert all(near(b, times * a) for a, b in zip(one, many, strict=True))


@UNTIMED
@given(savers())
def test_todays_dollars_are_those_of_the_year_of_use_less_inflation(saver: Answers) -> None:
    flat = saver | {"contribution_path": ContributionPath.FLAT}
    case, nominal = worth(flat), worth(flat, inflation_rate=D(0))
    prices = (1 + saver["inflation_rate"]) ** case.years_until_use
    assert case.total_put_in == nominal.total_put_in == nominal.total_put_in_today
    for told, then in zip(roads(case), roads(nominal), strict=True):
        assert all(near(a * prices, b) for a, b in zip(told, then, strict=True))


@UNTIMED
@given(savers())
def test_indexed_contributions_are_the_same_in_todays_dollars_every_year(saver: Answers) -> None:
    case = worth(saver, contribution_path=ContributionPath.INDEXED)
    assert near(case.total_put_in_today, saver["yearly_dollars"] * saver["years_contributing"])
    assert case.total_put_in >= case.total_put_in_today - TINY * case.total_put_in
    assert case.contributions_by_year[0] == saver["yearly_dollars"]
    assert len(case.contributions_by_year) == saver["years_contributing"]


@UNTIMED
@given(savers())
def test_flat_contributions_are_the_same_dollars_every_year(saver: Answers) -> None:
    case = worth(saver, contribution_path=ContributionPath.FLAT)
    assert set(case.contributions_by_year) == {saver["yearly_dollars"]}
    assert case.total_put_in == saver["yearly_dollars"] * saver["years_contributing"]


@UNTIMED
@given(savers(GROWING))
def test_more_years_of_growth_never_leave_fewer_dollars_of_the_day(saver: Answers) -> None:
    saver |= {**NO_FEE, "inflation_rate": D(0), "dividend_yield_rate": D(0)}
    case = worth(saver)
    longer = worth(saver, years_growing_on=saver["years_growing_on"] + 1)
    for each, more in zip(roads(case), roads(longer), strict=True):
        assert all(b + TINY * max(D(1), b) >= a for a, b in zip(each, more, strict=True))
    contributing = worth(saver, years_contributing=saver["years_contributing"] + 1)
    for each, more in zip(roads(case), roads(contributing), strict=True):
        assert all(b + TINY * max(D(1), b) >= a for a, b in zip(each, more, strict=True))


@UNTIMED
@given(
    savers(),
    st.sampled_from(
        [
            "dividend_tax_rate",
            "gain_tax_rate",
            "ordinary_rate_now",
            "ordinary_rate_at_separation",
            "ordinary_rate_at_use",
            "roth_fee_rate",
            "plan_fee_rate",
            "taxable_fee_rate",
            "months_to_conversion",
        ]
    ),
)
def test_no_tax_fee_or_delay_ever_leaves_more_on_its_road(saver: Answers, cost: str) -> None:
    if cost == "months_to_conversion":  # not qualified, what was converted late would be taxed less at use
        saver |= {"qualified_at_use": True}
    costly = saver | {cost: 12 if cost == "months_to_conversion" else saver[cost] + D("0.01")}
    for each, less in zip(roads(worth(saver)), roads(worth(costly)), strict=True):
        for a, b in zip(each, less, strict=True):
            assert b <= a + TINY * max(D(1), a)


# --- year by year ----------------------------------------------------------------------------------------------------


@UNTIMED
@given(savers())
def test_the_last_year_of_each_series_is_the_middle_of_the_band(saver: Answers) -> None:
    case = worth(saver)
    assert {len(one) for one in series(case)} == {case.years_until_use}
    assert case.put_in_by_year[-1] == case.total_put_in_today
    assert case.roth_by_year[-1] == case.roth_against_taxable[1].roth
    assert case.taxable_by_year[-1] == case.roth_against_taxable[1].taxable
    assert case.waiting_by_year[-1] == case.worth_of_waiting[1].worth


@UNTIMED
@given(savers(), st.integers(0, 11))
def test_each_year_of_a_series_is_what_using_all_at_its_end_would_leave(saver: Answers, last: int) -> None:
    assume(last < saver["years_growing_on"])
    case, shorter = worth(saver), worth(saver, years_growing_on=last)
    for one, start in zip(series(case), series(shorter), strict=True):
        assert start == one[: len(start)]


@UNTIMED
@given(savers(), st.integers(0, 4))
def test_before_separation_a_year_of_waiting_ends_in_separation(saver: Answers, earlier: int) -> None:
    assume(earlier < saver["years_staying_on"])
    case = worth(saver)
    left = worth(saver, years_staying_on=earlier, years_growing_on=0)
    assert left.waiting_by_year == case.waiting_by_year[: left.years_until_use]


# --- waiting ---------------------------------------------------------------------------------------------------------


@UNTIMED
@given(savers(), RATES)
def test_converting_and_splitting_are_the_same_at_the_same_rate(saver: Answers, rate: Decimal) -> None:
    same = {"ordinary_rate_at_separation": rate, "ordinary_rate_at_use": rate, "qualified_at_use": True}
    for *_, converted, divided in roads(worth(saver | same)):
        assert near(converted, divided)


@UNTIMED
@given(savers(GROWING), thousandths(1, 400))
def test_partial_access_loses_at_separation_where_income_is_taxed_more_than_gain(
    saver: Answers, more: Decimal
) -> None:
    assume(saver["yearly_dollars"] >= 100 and saver["low_return"] >= D("0.01"))
    case = worth(
        saver | NO_FEE,
        years_growing_on=0,
        dividend_yield_rate=D(0),
        inflation_rate=D(0),
        ordinary_rate_at_separation=saver["gain_tax_rate"] + more,
        ordinary_rate_at_use=saver["gain_tax_rate"] + more,
        qualified_at_use=True,
    )
    for each in case.worth_of_waiting:
        assert each.waiting_less_taxable < 0
    for row in case.break_even:
        assert row.equal_tax_rate is not None
        assert near(row.equal_tax_rate, saver["gain_tax_rate"])


@UNTIMED
@given(savers(GROWING))
def test_partial_access_is_not_behind_where_income_is_taxed_no_more_than_gain_and_dividends(
    saver: Answers,
) -> None:
    least = min(saver["gain_tax_rate"], saver["dividend_tax_rate"])
    case = worth(saver | NO_FEE, ordinary_rate_at_separation=least, qualified_at_use=True)
    assert all(each.waiting_less_taxable > -EQUAL for each in case.worth_of_waiting)


@UNTIMED
@given(savers())
def test_at_the_equal_rate_waiting_and_the_taxable_account_leave_the_same(saver: Answers) -> None:
    for at, row in enumerate(worth(saver).break_even):
        if row.equal_tax_rate is None:
            continue
        even = worth(saver, ordinary_rate_at_separation=row.equal_tax_rate)
        assert abs(even.worth_of_waiting[at].waiting_less_taxable) < TINY
        assert even.worth_of_waiting[at].ahead is Ahead.EQUAL


@UNTIMED
@given(savers())
def test_there_is_no_equal_rate_exactly_where_there_is_no_growth_to_tax(saver: Answers) -> None:
    free, taken = (worth(saver, ordinary_rate_at_separation=D(rate)) for rate in (0, 1))
    for none, all_of_it, row in zip(
        free.worth_of_waiting, taken.worth_of_waiting, free.break_even, strict=True
    ):
        if none.worth == all_of_it.worth:
            assert row.equal_tax_rate is None
        elif none.worth - all_of_it.worth > 1:
            assert row.equal_tax_rate is not None


def test_growth_of_half_a_cent_has_an_equal_rate_and_less_has_none() -> None:
    saver = {**SAVER, "years_contributing": 1, "low_return": D("0.00000499"), "middle_return": D("0.000005")}
    just_none, just_some, _ = worth(saver, dividend_yield_rate=D(0)).break_even
    assert just_none.equal_tax_rate is None
    assert just_some.equal_tax_rate == D("0.15")


@UNTIMED
@given(savers())
def test_waiting_loses_at_the_losing_years_and_at_no_earlier_separation(saver: Answers) -> None:
    case = worth(saver)
    use, first = case.years_until_use, saver["years_contributing"]
    for at, row in enumerate(case.break_even):
        last = row.losing_years or use
        for separation in range(first, last + 1):
            moved = worth(
                saver, years_staying_on=separation - first, years_growing_on=use - separation
            ).worth_of_waiting[at]
            assert (moved.ahead is Ahead.TAXABLE) == (separation == row.losing_years)


def test_half_a_cent_apart_is_a_difference_and_less_is_equal() -> None:
    saver = {**SAVER, "years_contributing": 1, "dividend_yield_rate": D(0), "gain_tax_rate": D("0.24")}
    saver |= {"low_return": D("0.1"), "middle_return": D("0.1"), "high_return": D("0.1")}

    def ahead(rate: str) -> Ahead:  # of a gain of 100 dollars
        return worth(saver, ordinary_rate_at_separation=D(rate)).worth_of_waiting[0].ahead

    assert [ahead(rate) for rate in ("0.24004", "0.24005", "0.24006")] == [
        Ahead.EQUAL,
        Ahead.TAXABLE,
        Ahead.TAXABLE,
    ]
    assert [ahead(rate) for rate in ("0.23996", "0.23995", "0.23994")] == [
        Ahead.EQUAL,
        Ahead.WAITING,
        Ahead.WAITING,
    ]


# --- what is asked, assumed and turned down --------------------------------------------------------------------------


def test_dollars_years_and_the_persons_own_rates_are_asked_and_all_else_is_assumed() -> None:
    asked = {name for name, fact in Worth.facts().items() if fact.default is None}
    assert asked == {
        "yearly_dollars",
        "years_contributing",
        "ordinary_rate_now",
        "ordinary_rate_at_separation",
        "ordinary_rate_at_use",
    }


@pytest.mark.parametrize("calculation", [CALCULATIONS["worth"], CALCULATIONS["waiting"]])
def test_every_assumption_is_listed(calculation: Calculation) -> None:
    needed = {"yearly_dollars", "years_contributing", "ordinary_rate_at_separation", "ordinary_rate_at_use"}
    worked = calculation.work_out(2026, {name: SAVER[name] for name in needed}, LAW)
    defaults = {name: fact.default for name, fact in Worth.facts().items() if fact.default is not None}
    assert {line.cell: line.value for line in worked.assumed} == defaults
    assert not worked.open
    assert not worked.to_confirm


@pytest.mark.parametrize(
    ("changed", "cell", "fact"),
    [
        ({"months_to_conversion": 1}, "roth_against_taxable", "ordinary_rate_now"),
        ({}, "worth_of_waiting", "ordinary_rate_at_separation"),
        ({}, "worth_of_splitting", "ordinary_rate_at_use"),
        ({"qualified_at_use": False}, "roth_against_taxable", "ordinary_rate_at_use"),
    ],
)
def test_a_rate_is_asked_only_where_it_matters(changed: Answers, cell: str, fact: str) -> None:
    rest = {name: value for name, value in SAVER.items() if name != fact}
    with pytest.raises(Unanswered) as unanswered:
        getattr(worth(rest | changed), cell)
    assert unanswered.value.fact.name == fact
    without_rates = {name: value for name, value in SAVER.items() if "rate" not in name}
    assert worth(without_rates).roth_against_taxable


@pytest.mark.parametrize("band", [("0.06", "0.05", "0.08"), ("0.02", "0.09", "0.08")])
def test_a_band_that_goes_down_is_turned_down(band: tuple[str, str, str]) -> None:
    names = ("low_return", "middle_return", "high_return")
    returns = dict(zip(names, map(D, band), strict=True))
    for cell in ("roth_against_taxable", "roth_by_year", "taxable_by_year", "waiting_by_year"):
        with pytest.raises(Inconsistent) as refused:
            getattr(worth(SAVER | returns), cell)
        assert refused.value.facts == names


def test_a_band_may_be_a_single_return() -> None:
    one = dict.fromkeys(("low_return", "middle_return", "high_return"), D("0.05"))
    assert len(set(roads(worth(SAVER | one)))) == 1


def test_eighty_years_are_reckoned_with_and_no_more() -> None:
    case = worth(SAVER, years_contributing=40, years_staying_on=20, years_growing_on=20)
    assert case.years_until_use == MOST_YEARS == len(case.waiting_by_year)
    with pytest.raises(Inconsistent) as refused:
        roads(worth(SAVER, years_contributing=40, years_staying_on=20, years_growing_on=21))
    assert refused.value.facts == ("years_contributing", "years_staying_on", "years_growing_on")


@pytest.mark.parametrize("yearly_return", ["-0.5", "0.5"])
@pytest.mark.parametrize("inflation", ["0", "0.5"])
@pytest.mark.parametrize("cost", ["0", "most"])
def test_the_most_extreme_facts_come_out_as_amounts(yearly_return: str, inflation: str, cost: str) -> None:
    band = dict.fromkeys(("low_return", "middle_return", "high_return"), D(yearly_return))
    facts = {
        **band,
        "year": 2026,
        "yearly_dollars": D(10**9),
        "contribution_path": "indexed",
        "years_contributing": 80,
        "inflation_rate": D(inflation),
        "ordinary_rate_at_separation": D(1),
        "ordinary_rate_at_use": D(1),
    }
    if cost == "most":
        fees = ("roth_fee_rate", "plan_fee_rate", "taxable_fee_rate")
        facts |= dict.fromkeys(fees, D("0.1")) | {"dividend_yield_rate": D("0.2"), "dividend_tax_rate": D(1)}
    results = work_out(CALCULATIONS["waiting"], facts)["results"]
    for road in ("roth_by_year", "taxable_by_year", "waiting_by_year"):
        assert len(results[road]) == 80
        assert all(amount >= 0 for amount in results[road])


@pytest.mark.parametrize(
    ("fact", "value", "allowed"),
    [
        ("years_contributing", 0, "from 1 to 80"),
        ("years_contributing", 81, "from 1 to 80"),
        ("years_contributing", True, "whole years"),
        ("months_to_conversion", True, "whole months"),
        ("months_to_conversion", -1, "from 0 to 12"),
        ("months_to_conversion", 13, "from 0 to 12"),
        ("inflation_rate", D("-0.01"), "from 0 to 0.5"),
        ("inflation_rate", D("0.51"), "from 0 to 0.5"),
        ("dividend_yield_rate", D("-0.01"), "from 0 to 0.2"),
        ("dividend_yield_rate", D("0.21"), "from 0 to 0.2"),
        ("roth_fee_rate", D("-0.01"), "from 0 to 0.1"),
        ("plan_fee_rate", D("0.11"), "from 0 to 0.1"),
        ("low_return", D("-0.51"), "a fraction a year"),
        ("gain_tax_rate", D("1.01"), "a fraction"),
    ],
)
def test_a_fact_out_of_its_range_is_named_with_the_range(fact: str, value: object, allowed: str) -> None:
    facts = {"year": 2026, "yearly_dollars": D(1_000), "years_contributing": 1, fact: value}
    with pytest.raises(BadFacts, match=f"^{fact}: .*{allowed}"):
        work_out(CALCULATIONS["worth"], facts)


@pytest.mark.parametrize(
    ("fact", "edges"),
    [
        ("years_contributing", (1, 80)),
        ("months_to_conversion", (0, 12)),
        ("inflation_rate", (D(0), D("0.5"))),
        ("dividend_yield_rate", (D(0), D("0.2"))),
        ("taxable_fee_rate", (D(0), D("0.1"))),
    ],
)
def test_a_fact_at_the_edge_of_its_range_is_taken(fact: str, edges: tuple[object, object]) -> None:
    for edge in edges:
        facts = {"yearly_dollars": D(1_000), "years_contributing": 1, "ordinary_rate_now": D("0.2")}
        assert work_out(CALCULATIONS["worth"], {"year": 2026, **facts, fact: edge})["results"]
