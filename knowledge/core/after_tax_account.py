"""Money that leaves the after-tax source: how much of it was taxed already (IRC 72(e)(8)).

Theory. A contract has a value and a basis, the part of the value that was taxed before it went in. Whatever leaves
takes its share of both: basis cannot be taken out alone, nor can earnings. After-tax contributions and what they earn
may be a contract of their own (IRC 72(d)(2)), so that pre-tax money beside them does not count; a designated Roth
account always is one (IRC 402A(d)(4)).

All amounts are dollars; nothing is rounded.
"""

from __future__ import annotations

from decimal import Decimal

from knowledge.core.calculation import Calculation
from knowledge.core.case import Case
from knowledge.core.match import ZERO
from knowledge.core.measures import Fraction
from knowledge.core.sheet import ARITHMETIC, Fact, Inconsistent, derived

PRO_RATA = "IRC 72(e)(8)(B)"


def nontaxable_part(amount: Decimal, basis: Decimal, value: Decimal) -> Decimal:
    """The part of ``amount`` dollars out of a contract of ``value`` dollars that is ``basis``.

    ``amount`` is at most ``value``. Basis over the value is a loss: then nothing is taxable. IRC 72(e)(8)(B).
    """
    return amount if basis >= value else amount * basis / value


class AfterTaxAccount(Case):
    """After-tax money in a plan, and an amount of it that moves or is paid out at one time."""

    after_tax_basis = Fact(Decimal)
    """After-tax contributions that are still in the plan."""
    separate_accounting = Fact(bool, default=True)
    """Whether the plan keeps the after-tax source apart and pays from it alone."""
    after_tax_balance = Fact(Decimal)
    """Value of the after-tax source, earnings included."""
    pooled_balance = Fact(Decimal)
    """Value of all money in the plan that is not Roth, if the plan keeps nothing apart."""
    amount_moved = Fact(Decimal)
    ordinary_rate_now = Fact(Decimal, measure=Fraction)

    @derived(
        "IRC 72(d)(2): after-tax contributions and their earnings may be a separate contract", confirm=True
    )
    def contract_value(self) -> Decimal:
        """The value that the basis is measured against. Raises `Inconsistent` where it is less than what moves."""
        balance = "after_tax_balance" if self.separate_accounting else "pooled_balance"
        value = self.after_tax_balance if self.separate_accounting else self.pooled_balance
        if self.amount_moved > value:
            raise Inconsistent("more moved than the money was worth", "amount_moved", balance)
        return value

    @derived(PRO_RATA)
    def nontaxable_moved(self) -> Decimal:
        """The part of what moves that was taxed before."""
        return nontaxable_part(self.amount_moved, self.after_tax_basis, self.contract_value)

    @derived(PRO_RATA)
    def taxable_moved(self) -> Decimal:
        """The part of what moves that was not taxed before: it is taxed unless it goes where tax waits."""
        return self.amount_moved - self.nontaxable_moved

    @derived(PRO_RATA)
    def basis_left(self) -> Decimal:
        """After-tax contributions that stay behind."""
        return self.after_tax_basis - self.nontaxable_moved

    @derived(ARITHMETIC)
    def balance_left(self) -> Decimal:
        """Value that stays behind."""
        return self.contract_value - self.amount_moved

    @derived(ARITHMETIC)
    def loss_in_account(self) -> Decimal:
        """How far the value has fallen below the basis."""
        return max(ZERO, self.after_tax_basis - self.contract_value)

    @derived("IRC 402A(c)(4)(A), 408A(d)(3)(A)(i): taxed as income, without the additional tax of IRC 72(t)")
    def tax_if_converted(self) -> Decimal:
        """Tax if all that moves goes to Roth."""
        return self.taxable_moved * self.ordinary_rate_now


CALCULATIONS = (
    Calculation(
        "pro-rata",
        AfterTaxAccount,
        results=(
            AfterTaxAccount.nontaxable_moved,
            AfterTaxAccount.taxable_moved,
            AfterTaxAccount.basis_left,
            AfterTaxAccount.balance_left,
            AfterTaxAccount.loss_in_account,
        ),
        extras=(AfterTaxAccount.tax_if_converted,),
    ),
)
