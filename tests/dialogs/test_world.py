"""The world of a day: its limits, its words, the year that is spoken of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dialogs.flows import FLOWS
from dialogs.world import world_on
from knowledge.core.limits import UnknownYear, load_law
from knowledge.library import load_library
from tests.dialogs.told import TOLD, WORLD

NEWEST = max(load_law().years)
OLDEST = min(load_law().years)


@pytest.mark.parametrize(
    ("today", "year", "day"),
    [
        (date(2026, 6, 15), 2026, date(2026, 6, 15)),
        (date(2026, 1, 1), 2026, date(2026, 1, 1)),
        (date(2026, 12, 31), 2026, date(2026, 12, 31)),
        (date(2025, 12, 31), 2025, date(2025, 12, 31)),
        (date(NEWEST + 1, 1, 1), NEWEST, date(NEWEST, 12, 31)),
        (date(NEWEST + 10, 6, 15), NEWEST, date(NEWEST, 12, 31)),
    ],
)
def test_a_day_has_the_limits_of_its_year_or_of_the_newest_known_one(
    today: date, year: int, day: date
) -> None:
    world = world_on(today)
    assert (world.today, world.year, world.day) == (today, year, day)
    assert (world.limits.year, world.last_year.year) == (year, year - 1)


def test_every_year_of_the_tables_has_its_figures_and_those_of_the_year_before() -> None:
    world = world_on(date(2020, 6, 15))
    assert set(world.known) == set(load_law().years)
    for year in world.known:
        figures = world.figures_of(year)
        assert (figures["limit"], figures["year"]) == (load_law()[year], year)
        assert figures.get("limit_before") == load_law().years.get(year - 1)


def test_the_limits_of_the_conversation_are_among_the_known_ones() -> None:
    world = world_on(date(2026, 6, 15))
    limits = replace(world.limits, year=2027)
    after = replace(world, limits=limits, last_year=world.limits)
    assert after.figures_of(2027) == {"limit": limits, "year": 2027, "limit_before": world.limits}


@pytest.mark.parametrize("today", [date(OLDEST, 6, 15), date(OLDEST - 1, 6, 15)])
def test_without_the_year_and_the_one_before_there_is_no_world(today: date) -> None:
    with pytest.raises(UnknownYear):
        world_on(today)


def test_templates_may_use_both_years() -> None:
    terms = WORLD.terms
    assert (terms["limit"], terms["last_year"], terms["year"]) == (WORLD.limits, WORLD.last_year, 2026)


def test_a_world_surveys_its_flows_with_its_limits() -> None:
    assert WORLD.flows == FLOWS
    assert WORLD.survey("check", TOLD).high == 32_250
    assert world_on(date(2025, 6, 15)).survey("check", TOLD).high == 30_250


def test_words_are_read_once_and_a_day_is_made_once() -> None:
    assert world_on(date(2026, 6, 16)).library is WORLD.library is load_library()
    assert world_on(date(2026, 6, 15)) is world_on(date(2026, 6, 15))
    assert WORLD.version
