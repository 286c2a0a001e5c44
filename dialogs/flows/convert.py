"""*Convert to Roth*: how often, what the waiting costs in tax, and where the growth can go."""

from __future__ import annotations

from decimal import Decimal

from dialogs.flows.flow import Flow, Verdict, in_order
from knowledge.core.conversion import (
    CONVERTED,
    IN_SERVICE,
    Conversion,
    Conversions,
    Frequency,
    converted,
)
from knowledge.core.facts import WayToRoth
from knowledge.core.growth import ONE
from knowledge.core.match import ZERO
from knowledge.core.measures import YearlyReturn
from knowledge.core.sheet import Fact, derived


class Converting(Conversion):
    """A year of after-tax money, and the plan's way to Roth; where that is open, the tax is the same.

    Nobody knows the return: one that is assumed lets the frequencies be compared. More years would all be alike.
    """

    way_to_roth = Fact(WayToRoth, default=WayToRoth.BOTH)
    yearly_return = Fact(Decimal, default=Decimal("0.05"), measure=YearlyReturn)

    def _year(self, frequency: Frequency) -> Conversions:
        return converted(
            frequency, self._pots(frequency), 1, ONE + self.yearly_return, self.ordinary_rate_now
        )

    @derived(CONVERTED)
    def year_by_frequency(self) -> tuple[Conversions, ...]:
        """What converting the money of one year comes to, from the most to the least often."""
        return tuple(self._year(frequency) for frequency in IN_SERVICE)

    @derived(CONVERTED)
    def tax_if_monthly(self) -> Decimal:
        """Tax on the growth of a year's money if it is converted every month."""
        return self._year(Frequency.MONTHLY).tax

    @derived(CONVERTED)
    def tax_if_quarterly(self) -> Decimal:
        """The same, every quarter."""
        return self._year(Frequency.QUARTERLY).tax

    @derived(CONVERTED)
    def tax_if_yearly(self) -> Decimal:
        """The same, once a year."""
        return self._year(Frequency.YEARLY).tax


def convert(case: Converting) -> Verdict:
    """Read the outline: without a way to Roth there is no pace to choose."""
    if case.way_to_roth is WayToRoth.NEITHER:
        return Verdict.NO_WAY_TO_CONVERT
    in_order(case.pay_schedule, case.after_tax_yearly, case.ordinary_rate_now, case.yearly_return)
    in_order(case.year_by_frequency)
    return Verdict.CONVERSION_PACE


def _tax_once_a_year(case: Converting) -> Decimal:
    """The tax on a year's growth if it waits longest; 0 where nothing can be converted."""
    if case.way_to_roth is WayToRoth.NEITHER:
        return ZERO
    return case.tax_if_yearly


_TAXES = ("tax_if_monthly", "tax_if_quarterly", "tax_if_yearly")

CONVERT = Flow(
    "convert",
    Converting,
    convert,
    asks=frozenset({"way_to_roth"}),
    dollars=_tax_once_a_year,
    shows=lambda case: () if case.way_to_roth is WayToRoth.NEITHER else _TAXES,
    columns=("after_tax_each_check", *_TAXES),
    then=("forms", "worth", "repair"),
)
