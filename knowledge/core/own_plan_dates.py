"""By when an owner's money has to be elected and paid in, as dates of a tax year that is the calendar year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from knowledge.core.calculation import Calculation
from knowledge.core.case import Case
from knowledge.core.self_employed import Entity
from knowledge.core.sheet import Fact, derived

FIRST_RETROACTIVE_YEAR: Final = 2023
"""SECURE 2.0 Act section 317 is for plan years that begin after December 29, 2022."""
_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


def emancipation_day(year: int) -> date:
    """The day on which the District of Columbia keeps Emancipation Day, April 16.

    A Saturday is kept on the Friday before and a Sunday on the Monday after; a legal holiday of the District moves
    due dates everywhere (IRC 7503; Rev. Rul. 2015-13).
    """
    day = date(year, 4, 16)
    return day + {_SATURDAY: -_DAY, _SATURDAY + 1: _DAY}.get(day.weekday(), timedelta())


def due(day: date) -> date:
    """``day`` as the due date of a return: moved past Saturday, Sunday and Emancipation Day (IRC 7503).

    No other legal holiday can meet the due dates of returns, which are in the middle of March, April, September and
    October.
    """
    while day.weekday() >= _SATURDAY or day == emancipation_day(day.year):
        day += _DAY
    return day


def return_due(entity: Entity, year: int, extended: bool) -> date:
    """When the return for tax ``year`` is due that deducts the employer contribution.

    IRC 6072(a), (b), 6081; Reg. 1.6081-2, -3, -4: partnerships and S corporations a month before the others.
    """
    early = entity in (Entity.PARTNERSHIP, Entity.S_CORPORATION)
    month = (9 if extended else 3) if early else (10 if extended else 4)
    return due(date(year + 1, month, 15))


class OwnPlanDates(Case):
    """The clock of one owner's plan for one year."""

    entity = Fact(Entity)
    new_plan = Fact(bool, default=False)
    """Whether this is the plan's first year."""
    works_alone = Fact(bool)
    """Whether nobody but the owner works in the business, a spouse included."""

    @derived(
        "Reg. 1.401(k)-1(a)(3)(iii), (6)(iii): before the pay is there; self-employed pay is there on the last day"
    )
    def deferral_election_by(self) -> date:
        """The last day on which a deferral can be elected: in a corporation, the day before the last pay of the year."""
        return date(self.year, 12, 31)

    @derived("Reg. 1.401(k)-1(a)(3)(iii): a corporation defers pay that is not paid yet")
    def through_payroll(self) -> bool:
        """Whether deferrals and after-tax money can come only out of paychecks still to come."""
        return self.entity.is_corporation

    @derived("SECURE 2.0 Act section 317; IRC 401(b)(2): deferrals only, not after-tax money")
    def retroactive_deferral_by(self) -> date | None:
        """Until when the owner of a new plan can still elect deferrals for the year; None where the rule is not theirs."""
        if self.entity is not Entity.SOLE_PROPRIETOR or self.year < FIRST_RETROACTIVE_YEAR:
            return None
        if not (self.new_plan and self.works_alone):
            return None
        return return_due(self.entity, self.year, extended=False)

    @derived("IRC 404(a)(6), 6072, 7503: the due date of the return")
    def employer_money_by(self) -> date:
        """By when employer money must be in the plan if the return is not extended."""
        return return_due(self.entity, self.year, extended=False)

    @derived("IRC 404(a)(6), 6072, 6081, 7503: the due date of the return with its extension")
    def employer_money_by_extended(self) -> date:
        """By when employer money must be in the plan if the return is extended."""
        return return_due(self.entity, self.year, extended=True)

    @derived("Reg. 1.415(c)-1(b)(6)(i): within 30 days after the limitation year", confirm=True)
    def after_tax_by(self) -> date:
        """By when after-tax money must be in the plan to count for the year."""
        return date(self.year, 12, 31) + 30 * _DAY


CALCULATIONS = (
    Calculation(
        "own-plan-dates",
        OwnPlanDates,
        results=(
            OwnPlanDates.deferral_election_by,
            OwnPlanDates.through_payroll,
            OwnPlanDates.retroactive_deferral_by,
            OwnPlanDates.after_tax_by,
            OwnPlanDates.employer_money_by,
            OwnPlanDates.employer_money_by_extended,
        ),
    ),
)
