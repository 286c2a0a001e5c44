"""Who is a highly compensated employee (HCE) this year: an owner, or somebody paid over a line last year.

IRC 414(q). The status of a year looks back: at last year's pay from this employer, against *last* year's line.
"""

from __future__ import annotations

from decimal import Decimal

from knowledge.core.calculation import Calculation
from knowledge.core.case import Case
from knowledge.core.employee import is_highly_paid
from knowledge.core.facts import HighlyPaid
from knowledge.core.match import ZERO
from knowledge.core.measures import Fraction
from knowledge.core.sheet import Fact, derived


class HighlyCompensated(Case):
    """One person at one employer."""

    ownership_this_year = Fact(Decimal, default=ZERO, measure=Fraction)
    """The largest share of the business held at any time, with those of spouse, children, grandchildren and parents."""
    ownership_last_year = Fact(Decimal, default=ZERO, measure=Fraction)
    pay_last_year = Fact(Decimal)
    """Last year's pay from this employer, deferrals included (IRC 414(q)(4), 415(c)(3)); 0 for somebody new."""
    top_paid_election = Fact(bool, default=False)
    """Whether the employer elected that only its top-paid fifth is highly compensated by pay."""

    @derived("IRC 414(q)(1)(A), (2), 416(i)(1)(B)(i), 318: more than 5 %, family included")
    def is_five_percent_owner(self) -> bool:
        """Whether the person owned more than 5 % this year or last."""
        line = self.rate(self.statute.five_percent_owner)
        return self.ownership_this_year > line or self.ownership_last_year > line

    @derived("IRC 414(q)(1)(B)(i): in excess of the line of the year of the pay")
    def paid_over_line(self) -> bool:
        """Whether last year's pay was over last year's line."""
        self.figure(self.last_year.hce_threshold, self.last_year.year)
        return is_highly_paid(self.pay_last_year, self.last_year)

    @derived("IRC 414(q)(1)(B)(ii), (3): pay over the line is not enough then", confirm=True)
    def among_top_paid(self) -> HighlyPaid:
        """Not known here: the employer ranks its employees by pay."""
        return HighlyPaid.NOT_SURE

    @derived("IRC 414(q)(1)")
    def highly_paid(self) -> HighlyPaid:
        """What makes the person an HCE this year, if anything does."""
        if self.is_five_percent_owner:
            return HighlyPaid.OWNER
        if not self.paid_over_line:
            return HighlyPaid.NEITHER
        return self.among_top_paid if self.top_paid_election else HighlyPaid.PAID_OVER


CALCULATIONS = (
    Calculation("highly-compensated", HighlyCompensated, results=(HighlyCompensated.highly_paid,)),
)
