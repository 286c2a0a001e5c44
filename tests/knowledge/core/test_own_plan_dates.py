"""Due dates as the IRS published them, and the dates of an owner's plan."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from knowledge.core.own_plan_dates import OwnPlanDates, due, emancipation_day, return_due
from knowledge.core.self_employed import Entity
from knowledge.core.sheet import Unanswered
from tests.knowledge.core.owners import CORPORATIONS, case

Answers = dict[str, Any]

IRS_DUE = {
    # The due dates of individual returns as the IRS published them, by the year in which they fell.
    2007: date(2007, 4, 17),
    2010: date(2010, 4, 15),
    2011: date(2011, 4, 18),
    2012: date(2012, 4, 17),
    2016: date(2016, 4, 18),
    2017: date(2017, 4, 18),
    2018: date(2018, 4, 17),
    2019: date(2019, 4, 15),
    2022: date(2022, 4, 18),
    2023: date(2023, 4, 18),
    2024: date(2024, 4, 15),
    2025: date(2025, 4, 15),
}


@pytest.mark.parametrize("year", IRS_DUE)
def test_april_15_moves_as_the_irs_moved_it(year: int) -> None:
    for entity in (Entity.SOLE_PROPRIETOR, Entity.C_CORPORATION):
        assert return_due(entity, year - 1, extended=False) == IRS_DUE[year]


@pytest.mark.parametrize("entity", Entity)
@pytest.mark.parametrize("extended", [True, False])
def test_a_return_is_due_on_the_first_working_day_from_the_fifteenth(entity: Entity, extended: bool) -> None:
    month = {
        (Entity.SOLE_PROPRIETOR, False): 4,
        (Entity.C_CORPORATION, False): 4,
        (Entity.PARTNERSHIP, False): 3,
        (Entity.S_CORPORATION, False): 3,
        (Entity.SOLE_PROPRIETOR, True): 10,
        (Entity.C_CORPORATION, True): 10,
        (Entity.PARTNERSHIP, True): 9,
        (Entity.S_CORPORATION, True): 9,
    }[entity, extended]
    for year in range(2000, 2060):
        day = date(year + 1, month, 15)
        while day.strftime("%A") in ("Saturday", "Sunday") or day == emancipation_day(day.year):
            day += timedelta(days=1)
        assert return_due(entity, year, extended=extended) == day


def test_emancipation_day_is_kept_on_a_weekday() -> None:
    kept = {emancipation_day(year).strftime("%a %d") for year in range(2000, 2060)}
    assert kept == {"Mon 16", "Tue 16", "Wed 16", "Thu 16", "Fri 16", "Fri 15", "Mon 17"}


def test_a_working_day_stays() -> None:
    assert due(date(2026, 10, 15)) == date(2026, 10, 15)


def test_dates_ask_only_what_matters() -> None:
    sheet = case(OwnPlanDates, {"entity": Entity.SOLE_PROPRIETOR, "new_plan": True})
    with pytest.raises(Unanswered, match="works_alone"):
        _ = sheet.retroactive_deferral_by
    assert case(OwnPlanDates, {"entity": Entity.SOLE_PROPRIETOR}).retroactive_deferral_by is None
    assert OwnPlanDates.cells()["after_tax_by"].confirm
    assert not OwnPlanDates.cells()["employer_money_by"].confirm


@pytest.mark.parametrize("entity", Entity)
def test_only_a_sole_proprietor_who_works_alone_can_elect_late(entity: Entity) -> None:
    for new in (True, False):
        for alone in (True, False):
            for year in (2022, 2023, 2026):
                told: Answers = {"entity": entity, "new_plan": new, "works_alone": alone}
                late = case(OwnPlanDates, told, year).retroactive_deferral_by
                allowed = entity is Entity.SOLE_PROPRIETOR and new and alone and year >= 2023
                assert late == (date(year + 1, 4, 15) if allowed else None)


@pytest.mark.parametrize("entity", Entity)
def test_the_dates_of_a_year(entity: Entity) -> None:
    sheet = case(OwnPlanDates, {"entity": entity}, 2023)
    assert sheet.deferral_election_by == date(2023, 12, 31)
    assert sheet.after_tax_by == date(2024, 1, 30)
    assert sheet.through_payroll is (entity in CORPORATIONS)
    early = entity in (Entity.PARTNERSHIP, Entity.S_CORPORATION)
    assert sheet.employer_money_by == (date(2024, 3, 15) if early else date(2024, 4, 15))
    assert sheet.employer_money_by_extended == (date(2024, 9, 16) if early else date(2024, 10, 15))
