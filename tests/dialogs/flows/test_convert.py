"""*Convert to Roth*, as people type it: the tax by frequency, where the growth goes, and what is left without a way."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dialogs import drawn
from dialogs.flows import Access, Verdict
from dialogs.pictures import Bars
from dialogs.screens import outcome
from dialogs.session import Session
from dialogs.survey import survey
from dialogs.walk import walk
from knowledge.core.facts import PaySchedule, WayToRoth
from knowledge.core.sheet import NOT_SURE
from knowledge.markup import visible
from knowledge.words import dollars
from tests.dialogs.talk import WORLD, Person

NUMBERS = ("once a month", "12,000", "24%")


def converting(*typed: str) -> Person:
    return Person().says("/convert", *typed)


def growth(checks: int, share: Decimal) -> Decimal:
    """Growth at 5 % a year of so many monthly dollars until the end of the last month: a geometric sum, without a loop."""
    month = Decimal("1.05") ** (Decimal(1) / 12)
    return (Decimal("1.05") ** share - 1) / (month - 1) - checks


def test_the_tax_is_that_of_a_geometric_sum() -> None:
    person = converting("inside", *NUMBERS)
    year = growth(12, Decimal(1)) * 1000  # 272.58 of growth on twelve times 1,000 dollars
    quarters = growth(3, Decimal("0.25")) * 4000
    assert f"{dollars(year * Decimal('0.24'))} if once a year" in person.sees
    assert f"Once a year: $65.42 tax on {dollars(year)}" in person.sees
    assert f"Every quarter: {dollars(quarters * Decimal('0.24'))} tax on {dollars(quarters)}" in person.sees
    assert "After each paycheck: $0 tax on $0" in person.sees
    assert "Every month: $0 tax" in person.sees  # paid once a month, converted on the same day


def test_one_more_period_costs_the_growth_of_all_that_waits() -> None:
    # The whole pot of 12,272.58 grows by 5 % once more: 613.63, taxed at 24 %.
    assert "One year later: $147.27 more" in converting("inside", *NUMBERS).sees


def test_the_result_says_what_is_assumed_and_that_it_is_no_forecast() -> None:
    person = converting("inside", *NUMBERS)
    assert "Taken for granted: growth a year: 5%." in person.sees
    assert "not a forecast" in person.sees
    assert "State tax is not in it" in person.sees
    assert "final and taxed in its own year" in person.sees
    assert "loss is not deducted" in person.sees
    assert "No Form 8606" in person.sees
    assert "code G" in person.sees
    assert "Two clocks" in person.sees


def test_another_return_is_one_tap_away() -> None:
    person = converting("inside", *NUMBERS).taps("Taken for granted", "1", "8%")
    assert person.told["yearly_return"] == Decimal("0.08")
    assert "Growth of 8% a year" in person.sees


def test_what_if_shows_another_return_and_changes_nothing() -> None:
    # 0.08 / (1.08 ** (1 / 12) - 1) - 12 = 0.43389 of growth on each monthly dollar
    person = converting("inside", *NUMBERS)
    before = dict(person.told)
    person.says("what if growth were 8%")
    assert "once a year: $65.42 → $104.13" in person.sees
    assert person.told == before


@pytest.mark.parametrize(
    ("way", "split", "all_taxed"),
    [("inside", False, True), ("withdraw while here", True, False), ("both", True, True)],
)
def test_the_growth_can_go_elsewhere_only_out_of_the_plan(way: str, split: bool, all_taxed: bool) -> None:
    person = converting(way, *NUMBERS)
    assert ("Notice 2014-54" in person.sees) is split
    assert ("all goes to Roth" in person.sees or "all of it goes to Roth" in person.sees) is all_taxed


def test_without_a_way_no_number_is_asked_and_what_is_left_is_said() -> None:
    person = converting("neither")
    assert person.moment.survey.verdict is Verdict.NO_WAY_TO_CONVERT
    assert person.moment.survey.verdict.access is Access.PARTIAL
    assert "When you leave" in person.sees
    assert "taxable account" in person.sees
    assert "$" not in person.sees
    assert "What it may be worth" in person.labels
    assert drawn.picture(person.moment) is None
    assert "Way to Roth: Neither" in person.says("how").sees


def test_a_way_that_is_not_sure_is_assumed_and_listed() -> None:
    person = converting("not sure", *NUMBERS)
    assert person.told["way_to_roth"] is NOT_SURE
    assert person.moment.survey.verdict is Verdict.CONVERSION_PACE
    assert "Taken for granted: after-tax money can reach Roth while you work there" in person.sees


@pytest.mark.parametrize(
    ("typed", "year"), [("1,200 per paycheck", 28_800), ("30k", 30_000), ("2k a month", 24_000)]
)
def test_the_year_can_be_told_by_paycheck(typed: str, year: int) -> None:
    person = converting("both", "twice a month", typed)
    assert person.told["after_tax_yearly"] == year
    assert person.asks == "ordinary_rate_now"


def test_a_rate_is_a_tap_and_has_to_be_told() -> None:
    person = converting("both", "weekly", "5,200").says("not sure")
    assert person.asks == "ordinary_rate_now"
    assert person.taps("35%").told["ordinary_rate_now"] == Decimal("0.35")


def test_years_told_elsewhere_leave_the_tax_of_a_year_as_it_is() -> None:
    one = converting("inside", *NUMBERS)
    many = Person(Session(answers={"years_contributing": 20})).says("/convert", "inside", *NUMBERS)
    assert "$65.42 if once a year" in many.sees
    assert drawn.picture(many.moment) == drawn.picture(one.moment)
    assert many.moment.survey.high == one.moment.survey.high


def test_the_picture_has_a_bar_for_each_frequency() -> None:
    picture = drawn.picture(converting("inside", *NUMBERS).moment)
    assert isinstance(picture, Bars)
    assert [dollars(amount) for _, amount in picture.bars] == ["$0", "$0", "$11.75", "$29.49", "$65.42"]


@pytest.mark.parametrize("schedule", PaySchedule)
@pytest.mark.parametrize("rate", [Decimal(0), Decimal("0.12"), Decimal("0.37")])
def test_waiting_longer_never_taxes_less(schedule: PaySchedule, rate: Decimal) -> None:
    told = {
        "way_to_roth": WayToRoth.BOTH,
        "pay_schedule": schedule,
        "after_tax_yearly": Decimal(31_000),
        "ordinary_rate_now": rate,
    }
    [world] = survey(WORLD.flows["convert"], told, WORLD.limits, WORLD.last_year).worlds
    taxes = [row.tax for row in world.case.year_by_frequency]
    assert taxes == sorted(taxes)
    assert taxes[-1] == world.case.tax_if_yearly == world.dollars


def test_every_path_ends_in_a_result_that_fits_on_a_screen() -> None:
    ends = set()
    for path, found in walk("convert", WORLD):
        assert found.needed is None
        ends.add(path.verdict)
        assert len(visible(outcome(path.moment(WORLD)))) <= 1_500
    assert ends == {Verdict.CONVERSION_PACE, Verdict.NO_WAY_TO_CONVERT}
