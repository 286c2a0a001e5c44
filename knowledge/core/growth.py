"""Growth: pots of money over whole years, and what is left of them when they are emptied and taxed.

Theory. Whatever the account, its money is a pot: a value, and the part of it that was taxed already. Accounts differ
in three things only: what is taxed on the way in, what is taxed each year, and the rate on the gain when it comes out.
Money comes in at the start of a year, and a year is one multiplication. Each pot pays its taxes out of itself: that is
what keeps the same dollars comparable in every account.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from knowledge.core.match import ZERO

ONE = Decimal(1)
MONTHS_IN_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Pot:
    """Money in one account: ``value`` dollars; ``basis`` dollars of what went in have been taxed."""

    value: Decimal
    basis: Decimal

    @property
    def gain(self) -> Decimal:
        """Dollars not taxed yet; 0 where the pot lost money, which gives no deduction here."""
        return max(ZERO, self.value - self.basis)

    def emptied(self, rate: Decimal) -> Decimal:
        """Dollars left once everything is taken out and the gain taxed at ``rate``, a fraction."""
        return self.value - rate * self.gain

    def grown(self, growth: Decimal) -> Pot:
        """The pot after it was multiplied by ``growth``, untaxed."""
        return Pot(self.value * growth, self.basis)


def growth_after_fee(yearly_return: Decimal, fee: Decimal) -> Decimal:
    """What a year multiplies money by: ``yearly_return``, less ``fee`` of what is there at its end; both fractions."""
    return (ONE + yearly_return) * (ONE - fee)


def paid_in(dollars: Decimal) -> Pot:
    """A contribution of ``dollars`` out of taxed pay."""
    return Pot(dollars, dollars)


def year_ends(
    contributions: Iterable[Pot], growth: Decimal, taxed_and_kept: Decimal = ZERO
) -> tuple[Pot, ...]:
    """The pot at the end of each year, contributions coming in at the start of theirs.

    Everything in the pot is multiplied by ``growth`` in a year. ``taxed_and_kept`` is the fraction of it that is
    taxed in the year, like a dividend, and stays in after the tax; the tax itself is for ``growth`` to leave out.
    """
    pot, ends = Pot(ZERO, ZERO), []
    for contribution in contributions:
        value = pot.value + contribution.value
        pot = Pot(value * growth, pot.basis + contribution.basis + value * taxed_and_kept)
        ends.append(pot)
    return tuple(ends)


def moved_to_roth(pot: Pot, rate: Decimal) -> Pot:
    """A pot of after-tax money and its gain as Roth money, the gain taxed as income at ``rate``. IRC 408A(d)(3)(A)."""
    kept = pot.emptied(rate)
    return Pot(kept, kept)


def split(pot: Pot) -> tuple[Pot, Pot]:
    """A pot of after-tax money as a Roth IRA with the basis and a traditional IRA with the gain, untaxed.

    IRS Notice 2014-54. Where the pot lost money, all of it goes to the Roth IRA.
    """
    basis = pot.value - pot.gain
    return Pot(basis, basis), Pot(pot.gain, ZERO)


def soon_in_roth(contribution: Pot, yearly_growth: Decimal, months: int, rate: Decimal) -> Pot:
    """A ``contribution`` that is moved to Roth ``months`` (0 to 12) later, the gain taxed at ``rate``.

    Within the year the money grows evenly. The pot is told as it would have to be at the start of the year for a whole
    year's ``yearly_growth`` to make of it what it is at the end.
    """
    until_moved = ONE + (yearly_growth - ONE) * months / MONTHS_IN_A_YEAR
    moved = moved_to_roth(contribution.grown(until_moved), rate)
    return Pot(moved.value / until_moved, moved.basis)
