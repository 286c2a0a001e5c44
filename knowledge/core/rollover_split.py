"""One distribution to several destinations: where its pre-tax part lands (IRS Notice 2014-54).

Theory. Everything that a plan pays out at the same time is one distribution, with one pre-tax part, pro rata. It is
assigned in three steps: first to the direct rollovers; what they cannot hold, to the 60-day rollovers; the rest is
cash. Within a step in which there is room to choose, the person chooses. Without a choice, accounts that keep
pre-tax money untaxed are filled first, in the order in which they are named, so that as little as possible is taxed
now.

All amounts are dollars; nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, auto
from typing import Annotated

from pydantic import Field, StringConstraints

from knowledge.core.after_tax_account import AfterTaxAccount
from knowledge.core.calculation import Calculation
from knowledge.core.match import ZERO
from knowledge.core.measures import Dollars
from knowledge.core.sheet import ARITHMETIC, Fact, Inconsistent, derived

NOTICE = "IRS Notice 2014-54 section III"
CENT = Decimal("0.01")
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
MOST_ENTRIES = 20


class Destination(StrEnum):
    """The kinds of account that a rollover can go to."""

    TRADITIONAL_IRA = auto()
    ROTH_IRA = auto()
    PLAN = auto()
    """An employer's plan, not its Roth part; it takes after-tax money only if it accounts for it separately."""


@dataclass(frozen=True, slots=True)
class Rollover:
    """``amount`` dollars that go to the account ``name`` of kind ``to``."""

    name: Name
    to: Destination
    amount: Dollars


Rollovers = Annotated[tuple[Rollover, ...], Field(max_length=MOST_ENTRIES)]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The ``pretax`` dollars that the person sends to the rollover ``name``."""

    name: Name
    pretax: Dollars


@dataclass(frozen=True, slots=True)
class Landed:
    """What arrives at a destination: ``pretax`` and ``after_tax`` dollars."""

    name: str
    to: Destination
    pretax: Decimal
    after_tax: Decimal


def assigned(
    pretax: Decimal, rollovers: Sequence[Rollover], chosen: Mapping[str, Decimal]
) -> tuple[Landed, ...]:
    """How ``pretax`` dollars, not more than the ``rollovers`` hold, spread over them.

    ``chosen`` gives the part of each by name; those that it does not name get the rest, Roth last. Raises
    `Inconsistent` for a choice that does not add up to the cent.
    """
    parts = {rollover.name: chosen.get(rollover.name, ZERO) for rollover in rollovers}
    for rollover in rollovers:
        if parts[rollover.name] > rollover.amount:
            raise Inconsistent(f"{rollover.name} cannot get more than its amount", "pretax_choice")
    roth_last = sorted(rollovers, key=lambda rollover: rollover.to is Destination.ROTH_IRA)
    left = pretax - sum(parts.values())
    left = _filled(parts, left, [rollover for rollover in roth_last if rollover.name not in chosen])
    if abs(left) < CENT:  # choices are told in cents, a share of the distribution need not be
        left = _filled(parts, left, roth_last)
    if left:
        wrong = "leaves no room for" if left > 0 else "is more than the pre-tax money by"
        raise Inconsistent(f"the choice {wrong} {abs(left):,.2f} dollars", "pretax_choice")
    return tuple(Landed(to.name, to.to, parts[to.name], to.amount - parts[to.name]) for to in rollovers)


def _filled(parts: dict[str, Decimal], left: Decimal, rollovers: Sequence[Rollover]) -> Decimal:
    """What of ``left`` dollars is still left after ``parts`` took it in the order of the ``rollovers``."""
    for rollover in rollovers:
        part = parts[rollover.name]
        parts[rollover.name] = min(max(ZERO, part + left), rollover.amount)
        left -= parts[rollover.name] - part
    return left


def total(rollovers: Iterable[Rollover]) -> Decimal:
    """Dollars of all ``rollovers``."""
    return sum((rollover.amount for rollover in rollovers), ZERO)


class RolloverSplit(AfterTaxAccount):
    """A distribution out of a plan, and where it goes."""

    direct_rollovers: Fact[tuple[Rollover, ...]] = Fact(tuple, measure=Rollovers)
    """What the plan sends straight to other accounts."""
    sixty_day_rollovers: Fact[tuple[Rollover, ...]] = Fact(tuple, default=(), measure=Rollovers)
    """What the person pays into other accounts within 60 days, withheld tax made up from other money included."""
    pretax_choice: Fact[tuple[Chosen, ...]] = Fact(
        tuple, default=(), measure=Annotated[tuple[Chosen, ...], Field(max_length=2 * MOST_ENTRIES)]
    )
    """Which rollovers get the pre-tax part; none: accounts that are not Roth first."""
    reached_59_half = Fact(bool)
    """Whether the person has reached 59½ on the day the money is paid."""

    # --- direct rollovers -----------------------------------------------------------------------------------------
    @derived(ARITHMETIC)
    def rolled_over_directly(self) -> Decimal:
        """All direct rollovers. Raises `Inconsistent` where they are more than the distribution."""
        rolled = total(self.direct_rollovers)
        if rolled > self.amount_moved:
            raise Inconsistent("the direct rollovers are more than moves", "direct_rollovers", "amount_moved")
        return rolled

    @derived(NOTICE + ": first to direct rollovers")
    def direct_landed(self) -> tuple[Landed, ...]:
        """What arrives by direct rollover."""
        return self._landed_at(self.direct_rollovers, min(self.taxable_moved, self.rolled_over_directly))

    @derived(ARITHMETIC)
    def paid_out(self) -> Decimal:
        """The part of the distribution that is not rolled over directly, before withholding."""
        return self.amount_moved - self.rolled_over_directly

    @derived(NOTICE)
    def pretax_paid_out(self) -> Decimal:
        """The pre-tax part of what is paid out."""
        return max(ZERO, self.taxable_moved - self.rolled_over_directly)

    # --- what is paid out -----------------------------------------------------------------------------------------
    @derived("IRC 3405(c)(1), (2): on the taxable part of what is not rolled over directly")
    def withheld(self) -> Decimal:
        """Income tax that the plan keeps back from what it pays out."""
        return self.pretax_paid_out * self.rate(self.statute.withholding) if self.pretax_paid_out else ZERO

    @derived(ARITHMETIC)
    def check_in_hand(self) -> Decimal:
        """What the person is paid."""
        return self.paid_out - self.withheld

    @derived("IRC 402(c)(1), (3); Reg. 1.402(c)-2 A-11: what was withheld can be made up from other money")
    def own_money_needed(self) -> Decimal:
        """Dollars to add from other money, within 60 days, to roll over all that was paid out."""
        return self.withheld

    # --- 60-day rollovers and cash ----------------------------------------------------------------------------------
    @derived(ARITHMETIC)
    def rolled_over_later(self) -> Decimal:
        """All 60-day rollovers. Raises `Inconsistent` where they are more than what is paid out."""
        rolled = total(self.sixty_day_rollovers)
        if rolled > self.paid_out:
            raise Inconsistent("the 60-day rollovers are more than is paid out", "sixty_day_rollovers")
        return rolled

    @derived(NOTICE + ": next to 60-day rollovers")
    def sixty_day_landed(self) -> tuple[Landed, ...]:
        """What arrives by 60-day rollover."""
        return self._landed_at(self.sixty_day_rollovers, min(self.pretax_paid_out, self.rolled_over_later))

    @derived(NOTICE + ": the rest is cash")
    def pretax_in_cash(self) -> Decimal:
        """The pre-tax part of what is not rolled over."""
        return max(ZERO, self.pretax_paid_out - self.rolled_over_later)

    @derived(ARITHMETIC)
    def after_tax_in_cash(self) -> Decimal:
        """The after-tax part of what is not rolled over."""
        return self.paid_out - self.rolled_over_later - self.pretax_in_cash

    def _landed_at(self, rollovers: Sequence[Rollover], pretax: Decimal) -> tuple[Landed, ...]:
        """What arrives at ``rollovers``; the choice is read only where there is one, or where one was made."""
        chosen = self.told(RolloverSplit.pretax_choice, ())
        if chosen or (len(rollovers) > 1 and 0 < pretax < total(rollovers)):
            chosen = self.pretax_choice
            self._check_names(chosen)
        return assigned(pretax, rollovers, {choice.name: choice.pretax for choice in chosen})

    def _check_names(self, chosen: Sequence[Chosen]) -> None:
        names = [rollover.name for rollover in (*self.direct_rollovers, *self.sixty_day_rollovers)]
        if len(names) != len(set(names)):
            raise Inconsistent("two rollovers have one name", "direct_rollovers", "sixty_day_rollovers")
        picked = [choice.name for choice in chosen]
        if len(picked) != len(set(picked)) or not set(picked) <= set(names):
            raise Inconsistent("every choice must name a rollover, each once", "pretax_choice")

    # --- tax ------------------------------------------------------------------------------------------------------
    @property
    def _landed(self) -> tuple[Landed, ...]:
        return self.direct_landed + self.sixty_day_landed

    @derived("IRC 408A(d)(3)(A)(i), 402(a)")
    def taxable_now(self) -> Decimal:
        """Income of the year: pre-tax money that goes to Roth, and pre-tax money in cash."""
        to_roth = (landed.pretax for landed in self._landed if landed.to is Destination.ROTH_IRA)
        return self.pretax_in_cash + sum(to_roth, ZERO)

    @derived("IRC 408(d)(2): all traditional IRAs are one contract")
    def pretax_in_traditional_ira(self) -> Decimal:
        """Pre-tax money that a conversion of traditional IRA money would have to share its basis with."""
        in_ira = (landed.pretax for landed in self._landed if landed.to is Destination.TRADITIONAL_IRA)
        return sum(in_ira, ZERO)

    @derived("IRC 72(t)(1), 408A(d)(3)(A)(ii): not on what goes to Roth")
    def early_tax_on_cash(self) -> Decimal:
        """The additional tax on pre-tax cash before 59½."""
        if not self.pretax_in_cash or self.reached_59_half:
            return ZERO
        return self.pretax_in_cash * self.rate(self.statute.early_distribution)

    @derived(ARITHMETIC)
    def income_tax_now(self) -> Decimal:
        """Income tax on what is taxable now; what was withheld is a payment of it."""
        return self.taxable_now * self.ordinary_rate_now if self.taxable_now else ZERO


CALCULATIONS = (
    Calculation(
        "rollover-split",
        RolloverSplit,
        results=(
            RolloverSplit.taxable_moved,
            RolloverSplit.nontaxable_moved,
            RolloverSplit.direct_landed,
            RolloverSplit.sixty_day_landed,
            RolloverSplit.paid_out,
            RolloverSplit.pretax_paid_out,
            RolloverSplit.withheld,
            RolloverSplit.check_in_hand,
            RolloverSplit.own_money_needed,
            RolloverSplit.pretax_in_cash,
            RolloverSplit.after_tax_in_cash,
            RolloverSplit.taxable_now,
            RolloverSplit.pretax_in_traditional_ira,
        ),
        extras=(RolloverSplit.income_tax_now, RolloverSplit.early_tax_on_cash),
    ),
)
