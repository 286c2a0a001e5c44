"""The pace of after-tax money by one formula: reserve what is still to come, divide the rest by the checks left.

A quick look without a calendar. `knowledge.core.paychecks` lays the same year out check by check.
"""

from __future__ import annotations

from decimal import Decimal

from knowledge.core.calculation import Calculation
from knowledge.core.employee import ANNUAL_ADDITIONS, Employee
from knowledge.core.facts import CapKind
from knowledge.core.match import ZERO
from knowledge.core.sheet import derived


class Pace(Employee):
    """An employee whose whole year is known: deferrals, employer money, and the after-tax money so far."""

    @derived(ANNUAL_ADDITIONS)
    def employer_money_that_fits(self) -> Decimal:
        """Employer money of the year that the limit still has room for, next to what the person put in."""
        room = self.annual_limit - (self.additions - self.employer_total)
        return max(ZERO, min(self.employer_total, room))

    @derived(ANNUAL_ADDITIONS + "; Rev. Proc. 2021-30 section 6.06(2)", confirm=True)
    def employer_money_crowded_out(self) -> Decimal:
        """Employer money that does not fit: after-tax money goes back for it, or payroll stops it."""
        return self.employer_total - self.employer_money_that_fits


CALCULATIONS = (
    Calculation(
        "pace",
        Pace,
        results=(
            Pace.annual_limit,
            Pace.other_additions,
            Pace.year_room,
            Pace.per_check,
            Pace.employer_money_that_fits,
            Pace.employer_money_crowded_out,
        ),
        assumed={"whole_year": True, "other_plan": False, "cap_kind": CapKind.NONE},
    ),
)
