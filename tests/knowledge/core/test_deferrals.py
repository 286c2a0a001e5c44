"""The rules of deferrals that every kind of worker shares. The cases are in ``cases/deferrals.toml``."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given

from knowledge.core.deferrals import (
    Deferrals,
    catch_up_figure,
    catch_up_left,
    catch_up_limit,
    catch_up_must_be_roth,
)
from knowledge.core.facts import AgeBand, OverWages
from knowledge.core.limits import NotInForce
from knowledge.core.match import ZERO
from knowledge.core.sheet import NOT_SURE, Origin, Unanswered
from tests.knowledge.core.people import LAW, UNTIMED, dollars

CENT = Decimal("0.01")
AGES = (49, 50, 59, 60, 63, 64)
CATCH_UP = {
    2024: (0, 7_500, 7_500, 7_500, 7_500, 7_500),
    2025: (0, 7_500, 7_500, 11_250, 11_250, 7_500),
    2026: (0, 8_000, 8_000, 11_250, 11_250, 8_000),
}


def deferrals(year: int = 2026, **answers: object) -> Deferrals:
    return Deferrals(answers, LAW[year])


@pytest.mark.parametrize(
    ("year", "age", "limit"),
    [(year, *of_age) for year, limits in CATCH_UP.items() for of_age in zip(AGES, limits, strict=True)],
)
def test_catch_up_at_the_ages_where_it_changes(year: int, age: int, limit: int) -> None:
    band = AgeBand.of(age)
    assert catch_up_limit(band, LAW[year]) == limit
    figure = catch_up_figure(band, LAW[year])
    assert (figure.value if figure else 0) == limit
    assert deferrals(year, age_band=band, other_plan=False).catch_up_allowed == limit


@UNTIMED
@given(dollars(12_000), dollars(25_000), dollars(60_000))
def test_catch_up_that_others_took_is_gone_and_no_more_than_that(
    catch_up: Decimal, limit: Decimal, elsewhere: Decimal
) -> None:
    left = catch_up_left(catch_up, limit, elsewhere)
    assert 0 <= left <= catch_up
    assert left == catch_up if elsewhere <= limit else left == max(ZERO, catch_up + limit - elsewhere)


@pytest.mark.parametrize(
    ("elsewhere", "base", "catch_up"),
    [
        ("0", "24500", "8000"),
        ("24499.99", "0.01", "8000"),
        ("24500", "0", "8000"),
        ("24500.01", "0", "7999.99"),
        ("32500", "0", "0"),
        ("32500.01", "0", "0"),
    ],
)
def test_deferrals_elsewhere_use_up_the_limit_and_then_the_catch_up(
    elsewhere: str, base: str, catch_up: str
) -> None:
    case = deferrals(age_band=AgeBand.FROM_50, other_plan=True, deferred_elsewhere=Decimal(elsewhere))
    assert case.deferrals_elsewhere == Decimal(elsewhere)
    assert case.deferral_limit_left == Decimal(base)
    assert case.catch_up_allowed == Decimal(catch_up)


def test_without_another_plan_nothing_was_deferred_elsewhere() -> None:
    case = deferrals(other_plan=False, deferred_elsewhere=Decimal(9_000))
    assert case.deferrals_elsewhere == 0
    assert case.deferral_limit_left == 24_500


def test_under_50_nobody_is_asked_what_others_took_of_the_catch_up() -> None:
    assert deferrals(age_band=AgeBand.UNDER_50).catch_up_allowed == 0
    with pytest.raises(Unanswered, match="other_plan"):
        deferrals(age_band=AgeBand.FROM_50).catch_up_allowed  # noqa: B018


def test_the_figures_of_catch_up_are_on_its_worksheet() -> None:
    case = deferrals(age_band=AgeBand.FROM_60, other_plan=False)
    assert case.catch_up_allowed == 11_250
    lines = case.worksheet(Deferrals.catch_up_allowed)
    assert [line.cell for line in lines if line.origin is Origin.LAW] == [
        "2026.catch_up_60_63",
        "2026.elective_deferral",
    ]


def test_deferrals_elsewhere_that_nobody_knows_lie_between_nothing_and_the_limit() -> None:
    possible = Deferrals.deferred_elsewhere.possible
    assert possible is not None
    case = deferrals(other_plan=True, deferred_elsewhere=NOT_SURE)
    assert list(possible(case)) == [{"deferred_elsewhere": 0}, {"deferred_elsewhere": 24_500}]


@pytest.mark.parametrize(
    ("age", "wages", "must"),
    [
        (50, "150000.01", True),
        (50, "150000", False),
        (64, "149999.99", False),
        (64, "1000000", True),
        (49, "1000000", False),
        (60, "0", False),
    ],
)
def test_wages_over_the_line_make_catch_up_roth(age: int, wages: str, must: bool) -> None:
    assert catch_up_must_be_roth(AgeBand.of(age), Decimal(wages), LAW[2026]) is must


@pytest.mark.parametrize("year", [year for year in LAW.years if year < 2026])
def test_before_2026_no_catch_up_has_to_be_roth(year: int) -> None:
    assert isinstance(LAW[year].roth_catch_up_wages, NotInForce)
    assert not catch_up_must_be_roth(AgeBand.FROM_50, Decimal(10**6), LAW[year])
    assert deferrals(year, age_band=AgeBand.FROM_50).roth_catch_up is OverWages.NO


@pytest.mark.parametrize("over", OverWages)
def test_the_sheet_takes_the_answer_about_wages_from_50_on(over: OverWages) -> None:
    case = deferrals(age_band=AgeBand.FROM_64, over_wages=over)
    assert case.roth_catch_up is over
    assert "2026.roth_catch_up_wages" in [line.cell for line in case.worksheet(Deferrals.roth_catch_up)]
    assert deferrals(age_band=AgeBand.UNDER_50, over_wages=over).roth_catch_up is OverWages.NO
