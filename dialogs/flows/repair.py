"""*Something is wrong*: what can still be put right, by which day, with whom, and what it costs in tax.

What happened decides which rules of the core are read. The trouble may be this year's or last year's, and its days are
counted from that year. Amounts are wanted only from a person who has them: every path has an answer without.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum, auto

from dialogs.flows.flow import Flow, Verdict, in_order
from knowledge.core.acp_refund import AcpExcise
from knowledge.core.after_tax_account import PRO_RATA
from knowledge.core.case import Case
from knowledge.core.correction import Correction
from knowledge.core.form_1099_r import Form1099R
from knowledge.core.match import ZERO
from knowledge.core.moved_refund import MovedRefund
from knowledge.core.rollover_split import RolloverSplit
from knowledge.core.sheet import Fact, derived


class Trouble(StrEnum):
    """What went wrong."""

    CONVERSION = auto()
    OVER_LIMIT = auto()
    TWO_JOBS = auto()
    REFUND = auto()
    LEFT_JOB = auto()


class TroubleYear(StrEnum):
    """The year whose contributions, conversion or test it is about."""

    THIS_YEAR = auto()
    LAST_YEAR = auto()


class ConversionMistake(StrEnum):
    """What about a conversion was not as it was meant."""

    PRETAX_TOO = auto()
    """Pre-tax money was converted."""
    TOO_MUCH = auto()
    """More was converted than was wanted, or the person thinks better of it."""
    WRONG_PLACE = auto()
    """The money was paid to the person, or to a wrong account."""
    WRONG_RECORDS = auto()
    """The money went right, and the plan's records or forms say something else."""


class Amounts(Case):
    """Whether the person has the amounts at hand."""

    with_amounts = Fact(bool)


class Repair(Amounts, Correction, Form1099R, AcpExcise, MovedRefund):
    """What went wrong, and the rules that put it right."""

    trouble = Fact(Trouble)
    trouble_year = Fact(TroubleYear)
    conversion_mistake = Fact(ConversionMistake)
    excess_deferral_paid_out = Fact(Decimal)
    """Here it is asked, and nothing is taken for granted of it."""
    refund_had_left = Fact(bool, default=False)
    """Whether money that was to be paid back is in a Roth IRA already."""

    @property
    def year(self) -> int:
        """The year that it is about."""
        return super().year - (self.trouble_year is TroubleYear.LAST_YEAR)

    def _all_paid_out(self) -> RolloverSplit:
        """All after-tax money as it would leave the plan at one time, nothing of it rolled over directly."""
        told = {
            "after_tax_basis": self.after_tax_basis,
            "after_tax_balance": self.after_tax_balance,
            "amount_moved": self.after_tax_balance,
            "direct_rollovers": (),
        }
        return RolloverSplit(told, self.limits)

    @derived(PRO_RATA)
    def contributions_leaving(self) -> Decimal:
        """What a split sends to a Roth IRA."""
        return self._all_paid_out().nontaxable_moved

    @derived(PRO_RATA)
    def growth_leaving(self) -> Decimal:
        """What a split sends to a traditional IRA."""
        return self._all_paid_out().taxable_moved

    @derived("IRC 408A(d)(3)(A)(i): taxed as income, without the additional tax of IRC 72(t)")
    def tax_if_all_to_roth(self) -> Decimal:
        """Income tax if the growth goes to the Roth IRA, too."""
        return self.growth_leaving * self.ordinary_rate_now if self.growth_leaving else ZERO

    @derived("IRC 3405(c)(1), (2)")
    def withheld_if_paid_out(self) -> Decimal:
        """Tax that the plan keeps back if it pays all of it to the person."""
        return self._all_paid_out().withheld


def repair(case: Repair) -> Verdict:
    """Read the outline, a path for each kind of trouble."""
    match case.trouble:
        case Trouble.CONVERSION:
            in_order(case.conversion_mistake, case.trouble_year)
            return Verdict.CONVERSION_IS_FINAL
        case Trouble.OVER_LIMIT:
            in_order(case.trouble_year, _correction(case) if case.with_amounts else None)
            return Verdict.TOO_MUCH_IN
        case Trouble.TWO_JOBS:
            in_order(case.trouble_year, case.excess_deferral_paid_out if case.with_amounts else None)
            return Verdict.TOO_MUCH_DEFERRED
        case Trouble.REFUND:
            return _refund(case)
        case Trouble.LEFT_JOB:  # pragma: no branch
            in_order((case.growth_leaving, case.tax_if_all_to_roth) if case.with_amounts else None)
            return Verdict.LEFT_JOB


def _correction(case: Repair) -> object:
    """What comes out, in the order in which it does."""
    return (
        case.over_limit,
        case.left_to_correct,
        case.unmatched_after_tax_returned,
        case.unmatched_deferrals_returned,
        case.matched_after_tax_returned,
        case.matched_deferrals_returned,
        case.employer_money_forfeited,
    )


def _refund(case: Repair) -> Verdict:
    in_order(case.trouble_year, case.refund_had_left, case.excise_free_until, case.with_amounts)
    if case.refund_had_left:
        in_order(case.excess_tax_each_year if case.with_amounts else None)
        return Verdict.REFUND_LEFT_ALREADY
    in_order((case.refunded_after_tax, case.failed_test_form) if case.with_amounts else None)
    return Verdict.TEST_REFUND


_NUMBERS = {
    Trouble.OVER_LIMIT: (
        "left_to_correct",
        "after_tax_returned",
        "deferrals_returned",
        "employer_money_forfeited",
    ),
    Trouble.TWO_JOBS: (),
    Trouble.REFUND: ("failed_test_form",),
    Trouble.LEFT_JOB: (
        "contributions_leaving",
        "growth_leaving",
        "tax_if_all_to_roth",
        "withheld_if_paid_out",
    ),
}
"""The cells that hold the numbers of each kind of trouble."""
_DATES = ("excise_free_until", "qualified_until")


def _shows(case: Repair) -> tuple[str, ...]:
    if case.trouble is Trouble.CONVERSION:
        return ()
    dates = _DATES if case.trouble is Trouble.REFUND else ()
    if not case.with_amounts:
        return dates
    moved = case.trouble is Trouble.REFUND and case.refund_had_left
    return (*(("excess_tax_each_year",) if moved else _NUMBERS[case.trouble]), *dates)


def _dollars(case: Repair) -> Decimal:
    """What it is about: the excess, the refund, or the tax if all goes to Roth; 0 without amounts."""
    if case.trouble is Trouble.CONVERSION or not case.with_amounts:
        return ZERO
    match case.trouble:
        case Trouble.OVER_LIMIT:
            return case.left_to_correct
        case Trouble.TWO_JOBS:
            return case.excess_deferral_paid_out
        case Trouble.REFUND:
            return case.refund_in_roth_ira if case.refund_had_left else case.failed_test_form.box_1
        case Trouble.LEFT_JOB:  # pragma: no branch
            return case.tax_if_all_to_roth


REPAIR = Flow(
    "repair",
    Repair,
    repair,
    asks=frozenset({"refund_had_left"}),
    dollars=_dollars,
    shows=_shows,
    columns=("left_to_correct", "after_tax_returned", "deferrals_returned", "tax_if_all_to_roth"),
    then=("forms", "check"),
    event=True,
)
