"""After a failed ACP test: by when the plan pays the excess back, what being late costs whom, and the tax on a refund.

IRC 401(m)(6)-(7), 4979. The plan year is the calendar year; amounts are dollars. Money that has left for a Roth IRA
before it is to be paid back is a subject of its own: `knowledge.core.moved_refund`.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum, auto

from knowledge.core.calculation import Calculation
from knowledge.core.case import Case
from knowledge.core.match import ZERO
from knowledge.core.sheet import Fact, Inconsistent, derived

_DAY = timedelta(days=1)


def months_after_year(year: int, months: Decimal) -> date:
    """The day that ends ``months``, whole or with a half, after ``year``: the last of a month, or the 15th."""
    whole, half = divmod(months, 1)
    first = date(year + 1, int(whole) + 1, 1)
    return first + 14 * _DAY if half else first - _DAY


class Payer(StrEnum):
    """Who owes a tax."""

    EMPLOYER = auto()


class CorrectionTime(StrEnum):
    """How a correction stands in time."""

    WITHOUT_EXCISE = auto()
    WITH_EXCISE = auto()
    AFTER_THE_YEAR = auto()
    """Too late for the plan to correct it by itself under IRC 401(m)(6)(A): the IRS correction program is left."""


class AcpClock(Case):
    """By when a plan pays an excess back."""

    automatic_enrollment = Fact(bool, default=False)
    """Whether the plan is an eligible automatic contribution arrangement, IRC 414(w)."""

    @derived("IRC 4979(f)(1), 414(w)")
    def excise_free_until(self) -> date:
        """The last day on which the excess can be paid back without excise."""
        statute = self.statute
        figure = statute.acp_excise_months_eaca if self.automatic_enrollment else statute.acp_excise_months
        return months_after_year(self.year, self.rate(figure))

    @derived("IRC 401(m)(6)(A): before the close of the following plan year")
    def qualified_until(self) -> date:
        """The last day on which the plan can pay the excess back and stay qualified."""
        return date(self.year + 1, 12, 31)


class AcpExcise(AcpClock):
    """The clock of one excess, and the tax if it is late."""

    excess_aggregate = Fact(Decimal)
    acp_corrected_on = Fact(date)

    @derived("IRC 4979(a)-(b)")
    def excise_if_late(self) -> Decimal:
        """The excise on an excess that is not paid back in time."""
        return self.excess_aggregate * self.rate(self.statute.acp_excise)

    @derived("IRC 4979(b): the employer")
    def excise_payer(self) -> Payer:
        """Who owes it: never the employee."""
        return Payer.EMPLOYER

    @derived("IRC 401(m)(6)(A), 4979(f)")
    def acp_correction_time(self) -> CorrectionTime:
        """Whether the correction is in time. Raises `Inconsistent` for a day before the plan year has ended."""
        day = self.acp_corrected_on
        if day.year <= self.year:
            raise Inconsistent("the plan year has not ended on that day", "acp_corrected_on")
        if day <= self.excise_free_until:
            return CorrectionTime.WITHOUT_EXCISE
        return CorrectionTime.WITH_EXCISE if day <= self.qualified_until else CorrectionTime.AFTER_THE_YEAR

    @derived("IRC 4979(a), (f)")
    def excise_due(self) -> Decimal:
        """The excise that the employer owes for the correction on that day."""
        return ZERO if self.acp_correction_time is CorrectionTime.WITHOUT_EXCISE else self.excise_if_late


class AcpRefund(Case):
    """A refund in the hands of the person who gets it, in the year of receipt."""

    refunded_after_tax = Fact(Decimal)
    refunded_match = Fact(Decimal, default=ZERO)
    refunded_earnings = Fact(Decimal)
    """Earnings on both that are paid with them."""

    @derived("IRC 401(m)(6)(A): with its income")
    def refund_paid(self) -> Decimal:
        """All that the person gets."""
        return self.refunded_after_tax + self.refunded_match + self.refunded_earnings

    @derived("IRC 72(e)(8), 402(a), 4979(f)(2): income of the year in which it is received")
    def refund_income(self) -> Decimal:
        """The taxable part: earnings and match. After-tax money has been taxed before."""
        return self.refunded_match + self.refunded_earnings

    @derived("IRC 401(m)(7)(A): IRC 72(t) does not apply")
    def refund_early_tax(self) -> Decimal:
        """Additional tax on an early distribution: none, at any age."""
        return ZERO

    @derived("Reg. 1.415(c)-1(b)(1)(iii): an annual addition even though it is paid back", confirm=True)
    def room_reopened(self) -> Decimal:
        """What the refund gives back of the limit on annual additions: nothing."""
        return ZERO

    @derived("Reg. 1.402(c)-2: a corrective distribution", confirm=True)
    def refund_can_be_rolled_over(self) -> bool:
        """Never: a corrective distribution is no eligible rollover distribution."""
        return False


CALCULATIONS = (
    Calculation(
        "acp-excise",
        AcpExcise,
        results=(
            AcpExcise.excise_free_until,
            AcpExcise.qualified_until,
            AcpExcise.excise_if_late,
            AcpExcise.excise_payer,
        ),
        extras=(AcpExcise.acp_correction_time, AcpExcise.excise_due),
    ),
    Calculation(
        "acp-refund",
        AcpRefund,
        results=(
            AcpRefund.refund_paid,
            AcpRefund.refund_income,
            AcpRefund.refund_early_tax,
            AcpRefund.room_reopened,
            AcpRefund.refund_can_be_rolled_over,
        ),
    ),
)
