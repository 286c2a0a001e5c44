"""Elective deferrals: the one limit of a person over all employers, and catch-up (IRC 402(g), 414(v)).

`Deferrals` is what every kind of worker shares: an employee, the owner of a business, somebody who is both.
"""

from __future__ import annotations

from decimal import Decimal

from knowledge.core.case import Case
from knowledge.core.facts import AgeBand, OverWages
from knowledge.core.limits import Figure, Limits, NotInForce
from knowledge.core.match import ZERO
from knowledge.core.sheet import Fact, derived


def catch_up_figure(band: AgeBand, limits: Limits) -> Figure | None:
    """The published catch-up limit at an age ``band`` reached by December 31 of the limits' year; None before 50.

    IRC 414(v)(2)(B), (5)(A); from 60 to 63 the larger amount of (2)(E) takes the place of the other, where the plan
    offers it, and at 64 it falls back.
    """
    if band is AgeBand.UNDER_50:
        return None
    if band is AgeBand.FROM_60 and not isinstance(limits.catch_up_60_63, NotInForce):
        return limits.catch_up_60_63
    return limits.catch_up


def catch_up_limit(band: AgeBand, limits: Limits) -> Decimal:
    """The most catch-up deferrals in dollars at an age ``band``; see `catch_up_figure`."""
    figure = catch_up_figure(band, limits)
    return ZERO if figure is None else figure.value


def catch_up_left(catch_up: Decimal, limit: Decimal, deferred_elsewhere: Decimal) -> Decimal:
    """What the deferrals at other employers leave of a person's ``catch_up``; everything in dollars.

    IRC 402(g)(1)(C): one catch-up per person. What was deferred elsewhere over the ``limit`` on elective deferrals
    has used it up, whatever those plans call it.
    """
    return max(ZERO, catch_up - max(ZERO, deferred_elsewhere - limit))


def catch_up_must_be_roth(band: AgeBand, fica_wages_last_year: Decimal, limits: Limits) -> bool:
    """Whether all catch-up must be Roth, from last year's FICA wages (W-2 box 3) with the plan's employer.

    IRC 414(v)(7): strictly over the threshold; no proration; nobody without FICA wages from that employer.
    """
    if band is AgeBand.UNDER_50 or isinstance(limits.roth_catch_up_wages, NotInForce):
        return False
    return fica_wages_last_year > limits.roth_catch_up_wages.value


class Deferrals(Case):
    """What a person may defer this year, given what other employers' plans took."""

    age_band = Fact(AgeBand)
    over_wages = Fact(OverWages)
    other_plan = Fact(bool)
    """Whether the person pays into another employer's 401(k) or 403(b) this year."""
    deferred_elsewhere = Fact(
        Decimal,
        lambda case: tuple({"deferred_elsewhere": ends} for ends in case.ends_of_deferred_elsewhere),
    )

    @property
    def ends_of_deferred_elsewhere(self) -> tuple[Decimal, ...]:
        """The least and the most that could have been deferred at other employers, where nobody is sure."""
        return ZERO, self.limits.elective_deferral.value

    @derived("IRC 402(g)(1), (3): one limit per person over all employers")
    def deferrals_elsewhere(self) -> Decimal:
        """Dollars deferred at other employers this year."""
        return self.deferred_elsewhere if self.other_plan else ZERO

    @derived("IRC 402(g)(1), (3)")
    def deferral_limit_left(self) -> Decimal:
        """What other employers' plans leave of the year's limit on elective deferrals, without catch-up."""
        limit = self.limit(self.limits.elective_deferral)
        return max(ZERO, limit - self.deferrals_elsewhere)

    @derived("IRC 414(v)(2)(B), (E), (5)(A); 402(g)(1)(C): one catch-up per person over all employers")
    def catch_up_allowed(self) -> Decimal:
        """The catch-up limit at the person's age, less what went over the deferral limit at other employers."""
        figure = catch_up_figure(self.age_band, self.limits)
        if figure is None:
            return ZERO
        return catch_up_left(
            self.limit(figure), self.limit(self.limits.elective_deferral), self.deferrals_elsewhere
        )

    @derived("IRC 414(v)(7); SECURE 2.0 Act section 603")
    def roth_catch_up(self) -> OverWages:
        """Whether all catch-up must be Roth."""
        if self.age_band is AgeBand.UNDER_50 or isinstance(self.limits.roth_catch_up_wages, NotInForce):
            return OverWages.NO
        self.limit(self.limits.roth_catch_up_wages)
        return self.over_wages
