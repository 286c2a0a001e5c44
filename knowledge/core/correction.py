"""Too much went in: how a plan puts right an excess over the limit on annual additions (IRC 415(c)).

The order is that of the IRS correction program (EPCRS, Rev. Proc. 2021-30 section 6.06(2)): money that earned no match
goes back first, after-tax money before deferrals; then matched money in the same order, and the match on it is taken
away with it; what is left comes out of the employer's own money. Deferrals over the limit of IRC 402(g) are another
matter with a remedy of their own, which comes before all this where it applies.

All amounts are dollars; nothing is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge.core.calculation import Calculation
from knowledge.core.case import Case
from knowledge.core.match import ZERO
from knowledge.core.measures import Fraction, Multiple
from knowledge.core.sheet import ARITHMETIC, Fact, derived

ORDER = "Rev. Proc. 2021-30 section 6.06(2)"


@dataclass(frozen=True, slots=True)
class MatchedReturn:
    """Matched money that goes back: ``returned`` to the person, ``match_forfeited`` to an unallocated account."""

    returned: Decimal = ZERO
    match_forfeited: Decimal = ZERO

    @property
    def corrected(self) -> Decimal:
        """The annual additions that this undoes."""
        return self.returned + self.match_forfeited


def matched_return(excess: Decimal, matched: Decimal, match_rate: Decimal) -> MatchedReturn:
    """How much of the ``matched`` dollars goes back to undo ``excess`` annual additions, or as much of it as they can.

    Every dollar takes its match of ``match_rate`` dollars with it, so both together make up the excess.
    """
    if matched * (1 + match_rate) <= excess:
        return MatchedReturn(matched, matched * match_rate)
    returned = excess / (1 + match_rate)
    return MatchedReturn(returned, excess - returned)


class Correction(Case):
    """An excess over the limit on annual additions in one plan, and the money that can undo it."""

    over_limit = Fact(Decimal)
    """Annual additions of the year over the limit."""
    excess_deferral_paid_out = Fact(Decimal, default=ZERO)
    """Deferrals over the limit of IRC 402(g) that this plan pays out by April 15."""
    unmatched_after_tax = Fact(Decimal)
    unmatched_deferrals = Fact(Decimal)
    """Deferrals that got no match, without catch-up and without `excess_deferral_paid_out`."""
    matched_after_tax = Fact(Decimal)
    matched_deferrals = Fact(Decimal)
    match_rate = Fact(Decimal, measure=Multiple)
    """Match on a dollar of matched money."""
    earnings_rate = Fact(Decimal, default=ZERO, measure=Fraction)
    """What a dollar that goes back has earned in the plan."""
    deferrals_are_roth = Fact(bool, default=False)

    # --- the other remedy comes first -------------------------------------------------------------------------------
    @derived(
        "IRC 402(g)(2)(A); Reg. 1.415(c)-1(b)(2)(ii)(D): returned by April 15, it is no annual addition",
        confirm=True,
    )
    def undone_by_excess_deferral(self) -> Decimal:
        """The part of the excess that the refund of excess deferrals undoes."""
        return min(self.over_limit, self.excess_deferral_paid_out)

    @derived("IRC 415(c)(1)-(2)")
    def left_to_correct(self) -> Decimal:
        """The excess that the plan has to correct."""
        return (
            self.over_limit - self.undone_by_excess_deferral
            if self.excess_deferral_paid_out
            else self.over_limit
        )

    @derived("IRC 402(g)(2)(A)")
    def excess_deferral_is_enough(self) -> bool:
        """Whether there was an excess and that refund undoes all of it."""
        return self.over_limit > 0 and not self.left_to_correct

    # --- the order of correction ------------------------------------------------------------------------------------
    @derived(ORDER, confirm=True)
    def unmatched_after_tax_returned(self) -> Decimal:
        """First: after-tax money that got no match."""
        return min(self.left_to_correct, self.unmatched_after_tax) if self.left_to_correct else ZERO

    @derived(ORDER, confirm=True)
    def unmatched_deferrals_returned(self) -> Decimal:
        """Second: deferrals that got no match."""
        left = self.left_to_correct - self.unmatched_after_tax_returned
        return min(left, self.unmatched_deferrals) if left else ZERO

    @derived(ARITHMETIC)
    def left_after_unmatched(self) -> Decimal:
        """The excess that the unmatched money could not undo."""
        return self.left_to_correct - self.unmatched_after_tax_returned - self.unmatched_deferrals_returned

    @derived(ORDER, confirm=True)
    def matched_after_tax_returned(self) -> MatchedReturn:
        """Third: matched after-tax money, and its match."""
        left = self.left_after_unmatched
        if not left or not self.matched_after_tax:
            return MatchedReturn()
        return matched_return(left, self.matched_after_tax, self.match_rate)

    @derived(ORDER, confirm=True)
    def matched_deferrals_returned(self) -> MatchedReturn:
        """Fourth: matched deferrals, and their match."""
        left = self.left_after_unmatched - self.matched_after_tax_returned.corrected
        if not left or not self.matched_deferrals:
            return MatchedReturn()
        return matched_return(left, self.matched_deferrals, self.match_rate)

    @derived(ORDER, confirm=True)
    def employer_money_forfeited(self) -> Decimal:
        """Last: other employer money, moved to an unallocated account."""
        matched = self.matched_after_tax_returned.corrected + self.matched_deferrals_returned.corrected
        return self.left_after_unmatched - matched

    # --- what the person gets, and the tax on it --------------------------------------------------------------------
    @derived(ARITHMETIC)
    def after_tax_returned(self) -> Decimal:
        """After-tax money that goes back, without its earnings."""
        return self.unmatched_after_tax_returned + self.matched_after_tax_returned.returned

    @derived(ARITHMETIC)
    def deferrals_returned(self) -> Decimal:
        """Deferrals that go back, without their earnings."""
        return self.unmatched_deferrals_returned + self.matched_deferrals_returned.returned

    @derived(ORDER + ": adjusted for earnings")
    def refund_earnings(self) -> Decimal:
        """Earnings that go back with the money."""
        return (self.after_tax_returned + self.deferrals_returned) * self.earnings_rate

    @derived("IRC 72(e)(8)(B), 402(a); Rev. Proc. 2021-30 section 6.06(1)", confirm=True)
    def taxable_refund(self) -> Decimal:
        """Income of the year of the refund: the earnings, and the deferrals that have not been taxed yet."""
        untaxed = self.deferrals_returned
        return self.refund_earnings + (untaxed if untaxed and not self.deferrals_are_roth else ZERO)

    @derived("Rev. Proc. 2021-30 section 6.06(1)", confirm=True)
    def refund_can_be_rolled_over(self) -> bool:
        """Never: a refund of an excess is no eligible rollover distribution."""
        return False

    @derived("Rev. Proc. 2021-30 section 4.04: within 9½ months after the limitation year", confirm=True)
    def corrected_by(self) -> date | None:
        """The day by which plans that do this every year correct it; None where nothing is left to correct."""
        return date(self.year + 1, 10, 15) if self.left_to_correct else None


CALCULATIONS = (
    Calculation(
        "correction",
        Correction,
        results=(
            Correction.left_to_correct,
            Correction.excess_deferral_is_enough,
            Correction.unmatched_after_tax_returned,
            Correction.unmatched_deferrals_returned,
            Correction.left_after_unmatched,
            Correction.refund_can_be_rolled_over,
            Correction.corrected_by,
        ),
        extras=(
            Correction.matched_after_tax_returned,
            Correction.matched_deferrals_returned,
            Correction.employer_money_forfeited,
            Correction.after_tax_returned,
            Correction.deferrals_returned,
            Correction.refund_earnings,
            Correction.taxable_refund,
        ),
    ),
)
