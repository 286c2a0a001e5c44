"""What Form 1099-R should say of money that moved to Roth, was paid out, or came back.

The boxes are those of the instructions for the form: 1 what moved, 2a the taxable part, 4 tax withheld, 5 what was
taxed before, 7 the code. All amounts are dollars; nothing is rounded (the form takes cents).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, auto

from knowledge.core.after_tax_account import PRO_RATA, AfterTaxAccount, nontaxable_part
from knowledge.core.calculation import Calculation
from knowledge.core.match import ZERO
from knowledge.core.sheet import ARITHMETIC, Fact, Inconsistent, derived

INSTRUCTIONS = "Instructions for Forms 1099-R and 5498"


class PlanEvent(StrEnum):
    """What happened to the money."""

    IN_PLAN_ROTH = auto()
    """In-plan Roth rollover of after-tax money."""
    TO_ROTH_IRA = auto()
    """Direct rollover of after-tax money, earnings included, to a Roth IRA."""
    SPLIT = auto()
    """Direct rollovers of the contributions to a Roth IRA and of the earnings to a traditional IRA."""
    CASH = auto()
    """After-tax money and its earnings paid to the person."""
    ROTH_ACCOUNT_TO_ROTH_IRA = auto()
    """Direct rollover from the Roth part of the plan to a Roth IRA."""
    EMPLOYER_ROTH = auto()
    """A match or another employer contribution that was designated as Roth."""
    FAILED_TEST = auto()
    """After-tax contributions, and match, paid back after a failed ACP test."""
    OVER_LIMIT = auto()
    """After-tax contributions paid back because annual additions were over their limit."""
    EXCESS_DEFERRAL = auto()
    """Pre-tax deferrals over their limit, paid back by April 15."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """One Form 1099-R."""

    box_1: Decimal
    box_2a: Decimal
    box_4: Decimal
    box_5: Decimal
    box_7: str


class Form1099R(AfterTaxAccount):
    """One event of the year and the forms that it calls for."""

    plan_event = Fact(PlanEvent)
    reached_59_half = Fact(bool)
    """Whether the person has reached 59½ on the day the money is paid."""
    roth_account_basis = Fact(Decimal)
    """Contributions to the Roth part of the plan, conversions included, that are still there."""
    roth_account_balance = Fact(Decimal)
    """Value of the Roth part of the plan."""
    employer_roth_contribution = Fact(Decimal)
    refunded_after_tax = Fact(Decimal)
    refunded_match = Fact(Decimal, default=ZERO)
    """Match on it that a failed test sent back with it."""
    excess_deferral_paid_out = Fact(Decimal)
    refunded_earnings = Fact(Decimal)
    """Earnings on what is paid back, paid with it."""
    deferral_year_over = Fact(bool)
    """Whether the excess deferral was paid back in the year after it was deferred."""
    box_2a_received = Fact(Decimal)
    """The sum of boxes 2a on the forms that came."""

    # --- out of the after-tax source ------------------------------------------------------------------------------
    @derived("IRC 3405(c)(1), (2): on what is paid to the person, not on a rollover")
    def withheld_from_cash(self) -> Decimal:
        """Income tax that the plan keeps back from the taxable part of what is paid out."""
        return self.taxable_moved * self.rate(self.statute.withholding)

    @derived(INSTRUCTIONS + ", guide to distribution codes")
    def cash_code(self) -> str:
        """The code of a payment to the person: by age alone, 7 from 59½ and 1 before."""
        return "7" if self.reached_59_half else "1"

    @derived(INSTRUCTIONS + ", direct rollovers; IRS Notice 2014-54")
    def split_forms(self) -> tuple[Boxes, ...]:
        """One form for each destination that gets something."""
        to_roth, to_traditional = self.nontaxable_moved, self.taxable_moved
        forms = (
            Boxes(to_roth, ZERO, ZERO, to_roth, "G"),
            Boxes(to_traditional, ZERO, ZERO, ZERO, "G"),
        )
        return tuple(form for form in forms if form.box_1)

    # --- out of the Roth part, and into it --------------------------------------------------------------------------
    @derived(PRO_RATA + "; IRC 402A(d)(4): the designated Roth account is a separate contract")
    def roth_basis_moved(self) -> Decimal:
        """The part of a rollover from the Roth part of the plan that is contributions and conversions."""
        if self.amount_moved > self.roth_account_balance:
            raise Inconsistent("more moved than the money was worth", "amount_moved", "roth_account_balance")
        return nontaxable_part(self.amount_moved, self.roth_account_basis, self.roth_account_balance)

    # --- what came back -------------------------------------------------------------------------------------------
    @derived(INSTRUCTIONS + ", corrective distributions; IRC 402(g)(2)(C)", confirm=True)
    def excess_deferral_forms(self) -> tuple[Boxes, ...]:
        """Paid back a year later, the deferral is income of the year before and its earnings of this year: two forms."""
        deferral, earnings = self.excess_deferral_paid_out, self.refunded_earnings
        if not self.deferral_year_over:
            return (Boxes(deferral + earnings, deferral + earnings, ZERO, ZERO, "8"),)
        forms = (Boxes(deferral, deferral, ZERO, ZERO, "P"), Boxes(earnings, earnings, ZERO, ZERO, "8"))
        return tuple(form for form in forms if form.box_1)

    @derived(
        INSTRUCTIONS + ", corrective distributions; IRC 4979(f)(2): income of the year in which it comes"
    )
    def failed_test_form(self) -> Boxes:
        """After-tax money that comes back is not taxed again; its earnings and a match are income."""
        taxable = self.refunded_match + self.refunded_earnings
        return Boxes(self.refunded_after_tax + taxable, taxable, ZERO, self.refunded_after_tax, "8")

    @derived(INSTRUCTIONS + ", distributions under EPCRS; Rev. Proc. 2021-30 section 6.06(2)")
    def over_limit_form(self) -> Boxes:
        """After-tax money that comes back is not taxed again; its earnings are income."""
        refunded, earnings = self.refunded_after_tax, self.refunded_earnings
        return Boxes(refunded + earnings, earnings, ZERO, refunded, "E")

    # --- the forms ------------------------------------------------------------------------------------------------
    @derived(INSTRUCTIONS)
    def forms_1099_r(self) -> tuple[Boxes, ...]:
        """The forms to expect, early in the next year."""
        match self.plan_event:
            case PlanEvent.IN_PLAN_ROTH | PlanEvent.TO_ROTH_IRA:
                moved = self.amount_moved
                return (Boxes(moved, self.taxable_moved, ZERO, self.nontaxable_moved, "G"),)
            case PlanEvent.SPLIT:
                return self.split_forms
            case PlanEvent.CASH:
                boxes = self.amount_moved, self.taxable_moved, self.withheld_from_cash, self.nontaxable_moved
                return (Boxes(*boxes, self.cash_code),)
            case PlanEvent.ROTH_ACCOUNT_TO_ROTH_IRA:
                return (Boxes(self.amount_moved, ZERO, ZERO, self.roth_basis_moved, "H"),)
            case PlanEvent.EMPLOYER_ROTH:
                amount = self.employer_roth_contribution
                return (Boxes(amount, amount, ZERO, ZERO, "G"),)
            case PlanEvent.FAILED_TEST:
                return (self.failed_test_form,)
            case PlanEvent.OVER_LIMIT:
                return (self.over_limit_form,)
            case PlanEvent.EXCESS_DEFERRAL:  # pragma: no branch
                return self.excess_deferral_forms

    @derived(ARITHMETIC)
    def all_box_1(self) -> Decimal:
        """The sum of boxes 1."""
        return sum((form.box_1 for form in self.forms_1099_r), ZERO)

    @derived(ARITHMETIC)
    def all_box_2a(self) -> Decimal:
        """The sum of boxes 2a."""
        return sum((form.box_2a for form in self.forms_1099_r), ZERO)

    @derived(ARITHMETIC)
    def box_2a_off_by(self) -> Decimal:
        """What the forms that came show too much in box 2a, or too little (below 0)."""
        return self.box_2a_received - self.all_box_2a

    @derived("Instructions for Form 8606: not for money that goes from a plan to Roth")
    def form_8606_due(self) -> bool:
        """Whether the event itself calls for Form 8606."""
        return False


CALCULATIONS = (
    Calculation(
        "form-1099-r",
        Form1099R,
        results=(Form1099R.forms_1099_r, Form1099R.all_box_1, Form1099R.all_box_2a, Form1099R.form_8606_due),
        extras=(Form1099R.box_2a_off_by,),
    ),
)
