"""After-tax money that was moved to a Roth IRA and later had to be paid back after a failed ACP test.

A corrective refund is no eligible rollover distribution, so what was moved counts as a contribution to the Roth IRA
that was not allowed: an excess, taxed every year until it is taken out (IRC 4973(a), (f)). All amounts are dollars.
"""

from __future__ import annotations

from decimal import Decimal

from knowledge.core.calculation import Calculation
from knowledge.core.case import Case
from knowledge.core.measures import Years
from knowledge.core.sheet import ARITHMETIC, Fact, derived


class MovedRefund(Case):
    """A refund whose money had left for a Roth IRA already."""

    refund_in_roth_ira = Fact(Decimal)
    """The refund, as far as its money is in a Roth IRA: contributions and earnings."""
    years_left_in = Fact(int, measure=Years)
    """Tax years that ended with the excess still in, and not taken out by the due date of the return."""

    @derived(
        "IRC 4973(a), (f), 408A(c)(2): not eligible for rollover, so an excess contribution", confirm=True
    )
    def excess_tax_each_year(self) -> Decimal:
        """The excise of one year."""
        return self.refund_in_roth_ira * self.rate(self.statute.ira_excess)

    @derived(ARITHMETIC)
    def excess_tax_so_far(self) -> Decimal:
        """The excise of all those years."""
        return self.excess_tax_each_year * self.years_left_in


CALCULATIONS = (
    Calculation(
        "moved-refund", MovedRefund, results=(MovedRefund.excess_tax_each_year, MovedRefund.excess_tax_so_far)
    ),
)
