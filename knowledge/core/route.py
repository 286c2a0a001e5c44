"""The two roads from after-tax money to Roth: inside the plan, and out of it to a Roth IRA.

Both tax the same earnings and both are final (IRC 408A(d)(6)(B)(iii)). They differ in the clock that the money is
under, in the order in which it comes out again, and in whether the earnings can go elsewhere untaxed. The year of the
sheet is the year of the conversion.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto

from knowledge.core.calculation import Calculation
from knowledge.core.case import Case
from knowledge.core.facts import WayToRoth
from knowledge.core.sheet import Fact, Inconsistent, derived
from knowledge.core.withdrawal import RothYear, clock_ends


class ComesOut(StrEnum):
    """In which order Roth money comes out again."""

    PRO_RATA = auto()
    """Basis and earnings in proportion, IRC 72(e)(8), until payments are qualified."""
    IN_ORDER = auto()
    """Contributions, conversions, earnings: IRC 408A(d)(4)(B)."""


@dataclass(frozen=True, slots=True)
class Route:
    """One road: whether the plan has it, the code of its Form 1099-R, its clock and what comes of it.

    ``earnings_free_from`` is the day on which the five tax years end; from 59½ earnings are then free of tax.
    ``recapture_ends`` is the day on which those of this conversion end.
    """

    offered: bool
    box_7: str
    can_send_earnings_elsewhere: bool
    can_be_undone: bool
    comes_out: ComesOut
    earnings_free_from: date
    recapture_ends: date


class Ways(Case):
    """What the plan offers, and the clocks that already run."""

    way_to_roth = Fact(WayToRoth)
    has_roth_account = Fact(bool)
    """Whether there was ever Roth money in this plan: contributions or in-plan Roth rollovers."""
    first_roth_account_year = Fact(int, measure=RothYear)
    """The tax year of the first Roth contribution or in-plan Roth rollover in this plan."""
    has_roth_ira = Fact(bool)
    """Whether the person ever paid into a Roth IRA, conversions and rollovers included."""
    first_roth_ira_year = Fact(int, measure=RothYear)
    """The tax year of the first contribution to any Roth IRA, conversions and rollovers included."""

    @derived("IRC 402A(d)(2)(B)")
    def roth_account_clock(self) -> date:
        """The day on which the five tax years of this plan's Roth part end, if not before then from now on."""
        first = self.first_roth_account_year if self.has_roth_account else self.year
        return self._clock(first, "first_roth_account_year")

    @derived("IRC 408A(d)(2)(B); Reg. 1.408A-10 A-4: years in the plan do not count", confirm=True)
    def roth_ira_clock(self) -> date:
        """The day on which the five tax years of all Roth IRAs end."""
        first = self.first_roth_ira_year if self.has_roth_ira else self.year
        return self._clock(first, "first_roth_ira_year")

    def _clock(self, first: int, fact: str) -> date:
        if first > self.year:
            raise Inconsistent("the first year is after the conversion", fact)
        return clock_ends(first)

    @derived("IRC 402A(c)(4): an in-plan Roth rollover needs a Roth program, and may take any vested amount")
    def inside_the_plan(self) -> Route:
        """The in-plan Roth rollover."""
        offered = self.way_to_roth in (WayToRoth.INSIDE, WayToRoth.BOTH)
        return Route(
            offered, "G", False, False, ComesOut.PRO_RATA, self.roth_account_clock, clock_ends(self.year)
        )

    @derived(
        "IRC 401(k)(2)(B) limits only deferrals: the plan decides when after-tax money may leave; 408A(d)(3)"
    )
    def to_roth_ira(self) -> Route:
        """The direct rollover to a Roth IRA."""
        offered = self.way_to_roth in (WayToRoth.WITHDRAW, WayToRoth.BOTH)
        return Route(offered, "G", True, False, ComesOut.IN_ORDER, self.roth_ira_clock, clock_ends(self.year))


CALCULATIONS = (Calculation("route", Ways, results=(Ways.inside_the_plan, Ways.to_roth_ira)),)
