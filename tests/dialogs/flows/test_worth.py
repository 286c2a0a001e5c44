"""*What it may be worth*, as people type it: a band with its assumptions, and waiting with its sign."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs import drawn
from dialogs.flows import Verdict
from dialogs.flows.worth import WORTH
from dialogs.moment import Confirming, Conflicting
from dialogs.pictures import Band
from dialogs.screens import assumptions
from dialogs.survey import Survey, survey
from knowledge.core.sheet import NOT_SURE
from knowledge.core.worth import ContributionPath
from tests.dialogs.talk import WORLD, Person

NUMBERS = ("20k", "10", "15", "24%")


def looking(*typed: str) -> Person:
    return Person().says("/worth", *typed)


def surveyed(**told: object) -> Survey:
    answers = {
        "yearly_dollars": Decimal(20_000),
        "years_contributing": 10,
        "years_growing_on": 15,
        "ordinary_rate_at_separation": Decimal("0.24"),
        **told,
    }
    return survey(WORTH, answers, WORLD.limits, WORLD.last_year)


def put_in(growth: Decimal, until: int) -> Decimal:
    """20,000 at the start of each of 10 years, grown until the end of year ``until``: a geometric sum, without a loop."""
    return 20_000 * growth ** (until - 9) * (growth**10 - 1) / (growth - 1)


def test_roth_is_a_geometric_sum_in_todays_dollars() -> None:
    person = looking(*NUMBERS)
    ends = [put_in(Decimal(growth), 25) / Decimal("1.02") ** 25 for growth in ("1.02", "1.05", "1.08")]
    low, middle, high = (f"${end:,.0f}" for end in ends)
    assert (low, middle, high) == ("$183,245", "$334,705", "$605,022")
    assert f"Roth: {low} to {high}, in the middle {middle}" in person.sees
    assert "25 years from now" in person.sees
    assert f"What went in is {low}" in person.sees  # 2 % growth keeps up with 2 % inflation


def test_the_taxable_account_pays_on_dividends_each_year_and_on_the_gain_at_the_end() -> None:
    # By hand, year by year: 2 % of the start is paid out and 15 % of that is tax; 15 % of what is above cost at the end.
    value = cost = Decimal(0)
    for year in range(25):
        value += 20_000 * (year < 10)
        cost += 20_000 * (year < 10) + value * Decimal("0.017")
        value *= Decimal("1.05") - Decimal("0.003")
    left = (value - Decimal("0.15") * (value - cost)) / Decimal("1.02") ** 25
    assert f"{left:.0f}" == "296771"
    assert (
        "5% a year: Roth $334,705, taxable account $296,771: Roth ahead by $37,934" in looking(*NUMBERS).sees
    )


def test_waiting_pays_income_tax_on_all_growth_when_the_job_ends() -> None:
    plan = put_in(Decimal("1.05"), 10)
    kept = plan - Decimal("0.24") * (plan - 200_000)
    left = kept * Decimal("1.05") ** 15 / Decimal("1.02") ** 25
    assert f"{left:.0f}" == "315200"
    person = looking(*NUMBERS)
    assert "5% a year: $315,200, $18,429 more than the taxable account" in person.sees
    assert "both come out even at a tax rate of 46.68%. Above it, waiting loses." in person.sees
    assert "if you leave 18 years from now or later" in person.sees


def test_waiting_can_lose_and_is_said_to() -> None:
    # Used as soon as the job ends, all growth is income at 37 %, against 15 % on gain.
    person = looking("20k", "20", "0", "37%")
    assert "less than the taxable account" in person.sees
    assert "more than the taxable account" not in person.sees


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"gain_tax_rate": Decimal(1), "dividend_tax_rate": Decimal(1)}, "no tax rate makes waiting lose"),
        ({"plan_fee_rate": Decimal("0.03")}, "waiting loses to the taxable account at any tax rate"),
        ({"low_return": Decimal(0), "middle_return": Decimal(0)}, "there is no growth to tax"),
    ],
)
def test_where_it_breaks_even_is_said_in_words_when_it_is_no_rate(
    changed: dict[str, Decimal], says: str
) -> None:
    person = looking(*NUMBERS)
    person.session = person.moment.if_so(changed).session
    assert says in person.says("show").sees


def test_roth_can_be_behind_when_its_fee_is_high() -> None:
    person = looking(*NUMBERS, "assumed").presses("change:roth_fee_rate").says("2%")
    assert "Roth behind by" in person.sees


def test_without_growth_and_tax_all_roads_are_the_same() -> None:
    person = looking("20k", "1", "0", "24%")
    person.session = person.moment.if_so(
        {"low_return": Decimal(0), "dividend_yield_rate": Decimal(0)}
    ).session
    person.says("show")
    assert "0% a year: Roth $19,608, taxable account $19,608: the same" in person.sees
    assert "0% a year: $19,608, the same as the taxable account" in person.sees
    assert "1 year from now" in person.sees


# --- what it says of itself -----------------------------------------------------------------------------------------


def test_it_is_a_band_with_every_assumption_and_no_forecast() -> None:
    person = looking(*NUMBERS)
    assert "A band, not a forecast" in person.sees
    assert "after tax, in today's dollars" in person.sees
    assumed = [words for _, words in assumptions(person.moment)]
    for said in ("Low return: 2%", "Middle return: 5%", "High return: 8%", "Inflation a year: 2%"):
        assert said in assumed
    for said in ("Tax on dividends: 15%", "Tax on long-term gain: 15%", "Roth fee a year: 0%"):
        assert said in assumed
    assert "the same dollars every year" in assumed
    for said in (
        "Growth of 2%, 5% and 8% a year, dividends of 2% in it. Inflation 2%",
        "15% tax on dividends, 15% on long-term gain",
        "No fees",
        "State tax is not in it",
        "The same dollars every year for 10 years, converted at once",
        "You leave the job when you stop putting money in, and use the money 15 years after that",
    ):
        assert said in person.sees
    person.says("assumed")
    assert all(words in person.sees for words in assumed)


def test_what_was_changed_is_counted_with_as_well() -> None:
    person = looking(*NUMBERS)
    changed = {
        "plan_fee_rate": Decimal("0.005"),
        "contribution_path": ContributionPath.INDEXED,
        "months_to_conversion": 1,
        "ordinary_rate_now": Decimal("0.24"),
        "years_staying_on": 2,
        "qualified_at_use": False,
        "ordinary_rate_at_use": Decimal("0.22"),
    }
    person.session = person.moment.if_so(changed).session
    person.says("show")
    for said in (
        "Fees a year: Roth 0%, plan 0.5%, taxable account 0%",
        "Dollars that rise with prices every year for 10 years, converted 1 month later",
        "You leave the job 2 years after the last of them, and use the money 15 years after that",
        "Roth money is used before 59½ or five tax years, so its growth is taxed",
    ):
        assert said in person.sees


def test_every_assumption_is_one_tap_away_from_being_changed() -> None:
    person = looking(*NUMBERS)
    for fact, _ in assumptions(person.moment):
        assert person.copy().says("assumed").presses(f"change:{fact}").asks == fact


def test_four_questions_are_asked_and_a_tax_rate_now_only_where_money_waits_for_its_conversion() -> None:
    person = looking(*NUMBERS)
    assert len(person.told) == 4
    person.says("assumed").presses("change:months_to_conversion").says("6")
    assert person.asks == "ordinary_rate_now"
    assert person.says("24%").moment.survey.verdict is Verdict.WORTH_BAND


def test_a_tax_rate_at_use_is_asked_only_where_roth_is_used_too_early() -> None:
    person = looking(*NUMBERS, "assumed").presses("change:qualified_at_use").says("no, earlier")
    assert person.asks == "ordinary_rate_at_use"
    before = person.moment.if_so({"qualified_at_use": True}).survey.high
    assert person.says("22%").moment.survey.high < before


def test_not_sure_takes_ten_years_and_says_so() -> None:
    person = looking("20k", "not sure", "not sure", "24%")
    assert "10 years from now" in person.sees
    assert "every year for 10 years" in person.sees


def test_no_year_at_all_is_not_reckoned_with() -> None:
    person = looking("20k", "0")
    person = person.says("yes") if isinstance(person.place, Confirming) else person
    assert "Enter a number from 1 to 80" in person.sees
    assert person.asks == "years_contributing"
    assert person.says("1").asks == "years_growing_on"


@pytest.mark.parametrize(
    ("fact", "typed", "says"),
    [
        ("months_to_conversion", "24", "from 0 to 12"),
        ("inflation_rate", "60%", "from 0% to 50%"),
        ("plan_fee_rate", "30%", "from 0% to 10%"),
    ],
)
def test_a_number_beyond_its_measure_is_refused_with_its_ends(fact: str, typed: str, says: str) -> None:
    person = looking(*NUMBERS, "assumed").presses(f"change:{fact}").says(typed)
    person = person.says("yes") if isinstance(person.place, Confirming) else person
    assert says in person.sees
    assert person.asks == fact


def test_years_that_are_too_many_together_can_be_changed() -> None:
    person = looking("20k", "45", "50", "24%")
    assert isinstance(person.place, Conflicting)
    assert "at most 80 can be reckoned with" in person.sees
    assert person.says("1", "10", "24%").moment.survey.verdict is Verdict.WORTH_BAND


@pytest.mark.parametrize(
    "told",
    [
        {"years_contributing": 0},
        {"months_to_conversion": 13, "ordinary_rate_now": Decimal("0.24")},
        {"plan_fee_rate": Decimal("0.11")},
        {"roth_fee_rate": Decimal(1)},
        {"taxable_fee_rate": Decimal("0.5")},
        {"inflation_rate": Decimal("0.51")},
        {"dividend_yield_rate": Decimal("0.21")},
        {"high_return": Decimal("0.51")},
        {"low_return": Decimal("0.06")},
        {"years_growing_on": 80},
    ],
)
def test_what_cannot_be_reckoned_with_names_the_answers_to_change(told: dict[str, object]) -> None:
    found = surveyed(**told)
    assert not found.complete
    assert found.conflict is not None
    assert next(iter(told)) in found.conflict.facts


# --- its picture, and what if ------------------------------------------------------------------------------------


def test_the_picture_ends_where_the_card_does() -> None:
    person = looking(*NUMBERS)
    band = drawn.picture(person.moment)
    assert isinstance(band, Band)
    ends = [f"{values[-1]:.0f}" for values in (band.low, band.high, *(line.values for line in band.lines))]
    assert ends == ["183245", "605022", "334705", "296771", "315200"]
    assert {len(values) for values in (band.low, band.high, *(line.values for line in band.lines))} == {25}


def test_the_picture_is_drawn_with_not_sure_and_with_changed_assumptions() -> None:
    person = looking("20k", "not sure", "0", "24%", "assumed").presses("change:high_return").says("9%")
    band = drawn.picture(person.moment)
    assert isinstance(band, Band)
    assert "9%" in band.band_label
    assert len(band.low) == 10


def test_what_if_compares_every_road() -> None:
    person = looking(*NUMBERS, "what if the years were 20")
    for name in (
        "Roth at the middle return",
        "Taxable account at the middle return",
        "Waiting until you leave",
    ):
        assert name in person.sees


@given(st.integers(1, 40), st.integers(0, 39), st.sampled_from([12, 24, 37]))
def test_roth_is_never_behind_the_other_roads_without_fees(first: int, then: int, rate: int) -> None:
    found = surveyed(
        years_contributing=first, years_growing_on=then, ordinary_rate_at_separation=Decimal(rate) / 100
    )
    case = found.best.case
    assert found.verdict is Verdict.WORTH_BAND
    assert case.middle_roth >= case.middle_taxable
    assert case.middle_roth >= case.middle_waiting
    assert found.high == case.middle_roth.quantize(Decimal(1))


@pytest.mark.parametrize(
    "fact", ["years_contributing", "years_growing_on", "inflation_rate", "qualified_at_use"]
)
def test_not_sure_is_an_answer(fact: str) -> None:
    assert surveyed(**{fact: NOT_SURE}).complete


# --- the room as a quick pick ----------------------------------------------------------------------------------------


def test_the_room_of_the_year_is_one_tap() -> None:
    # 72,000 less 18,000 of deferrals and 9,250 of employer money: 44,750, of which 6,000 is in already.
    person = Person().says("/room", "185k", "18,000", "9,250", "6,000", "/worth")
    person.taps("$44,750, my room")
    assert person.told["yearly_dollars"] == 44_750


def test_without_a_room_there_is_nothing_to_tap() -> None:
    assert not any(b.data.startswith("a:") for row in looking().card.buttons for b in row)


@pytest.mark.parametrize("typed", ["is it worth it?", "roth vs taxable?", "what about a brokerage account?"])
def test_a_side_question_is_answered_and_the_question_stays(typed: str) -> None:
    person = looking("20k", typed)
    assert "dividends are taxed each year" in person.sees
    assert person.asks == "years_contributing"
