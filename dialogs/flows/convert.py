"""*Convert to Roth*: how often, what the waiting costs in tax, and where the growth can go."""

from __future__ import annotations

from decimal import Decimal

from dialogs.flows.flow import Flow, Verdict, in_order
from knowledge.core.conversion import CONVERTED, Conversion, Frequency
from knowledge.core.facts import WayToRoth
from knowledge.core.match import ZERO
from knowledge.core.measures import YearlyReturn
from knowledge.core.sheet import Fact, derived


class Converting(Conversion):
    """A stream of after-tax money, and the plan's way to Roth; where that is open, the tax is the same.

    Nobody knows the return: one that is assumed lets the frequencies be compared.
    """

    way_to_roth = Fact(WayToRoth, default=WayToRoth.BOTH)
    yearly_return = Fact(Decimal, default=Decimal("0.05"), measure=YearlyReturn)

    def _tax_of_a_year(self, frequency: Frequency) -> Decimal:
        [row] = (row for row in self.conversion_by_frequency if row.frequency is frequency)
        return row.tax / self.years_contributing

    @derived(CONVERTED)
    def tax_if_monthly(self) -> Decimal:
        """Tax on the growth of a year's money if it is converted every month."""
        return self._tax_of_a_year(Frequency.MONTHLY)

    @derived(CONVERTED)
    def tax_if_quarterly(self) -> Decimal:
        """The same, every quarter."""
        return self._tax_of_a_year(Frequency.QUARTERLY)

    @derived(CONVERTED)
    def tax_if_yearly(self) -> Decimal:
        """The same, once a year."""
        return self._tax_of_a_year(Frequency.YEARLY)


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
