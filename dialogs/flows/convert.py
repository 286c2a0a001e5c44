"""*Convert to Roth*: how often, what the waiting costs in tax, and where the growth can go."""

from __future__ import annotations

from decimal import Decimal

from dialogs.flows.flow import Flow, Verdict, in_order
from knowledge.core.conversion import Conversion
from knowledge.core.facts import WayToRoth
from knowledge.core.match import ZERO
from knowledge.core.sheet import Fact


class Converting(Conversion):
    """A stream of after-tax money, and the plan's way to Roth; where that is open, the tax is the same."""

    way_to_roth = Fact(WayToRoth, default=WayToRoth.BOTH)


def convert(case: Converting) -> Verdict:
    """Read the outline: without a way to Roth there is no pace to choose."""
    if case.way_to_roth is WayToRoth.NEITHER:
        return Verdict.NO_WAY_TO_CONVERT
    in_order(case.pay_schedule, case.after_tax_yearly, case.ordinary_rate_now, case.yearly_return)
    in_order(case.conversion_by_frequency)
    return Verdict.CONVERSION_PACE


def _tax_once_a_year(case: Converting) -> Decimal:
    """The tax on a year's growth if it waits longest; 0 where nothing can be converted."""
    if case.way_to_roth is WayToRoth.NEITHER:
        return ZERO
    return case.conversion_by_frequency[-1].tax / case.years_contributing


CONVERT = Flow(
    "convert",
    Converting,
    convert,
    assumed={"yearly_return": Decimal("0.05")},
    asks=frozenset({"way_to_roth"}),
    dollars=_tax_once_a_year,
    shows=lambda case: () if case.way_to_roth is WayToRoth.NEITHER else ("conversion_by_frequency",),
    columns=("after_tax_each_check", "conversion_by_frequency"),
    then=("forms", "worth", "repair"),
)
