"""*What it may be worth*: the same dollars in Roth, in a taxable account and left waiting, as a band of returns.

Nobody knows what money will earn. So nothing here is a forecast: three returns are assumed, and every assumption is
listed with the result and can be changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from pydantic import TypeAdapter, ValidationError

from dialogs.flows.flow import Flow, Verdict, in_order
from knowledge.core.sheet import ARITHMETIC, Fact, Inconsistent, derived
from knowledge.core.worth import AtLeastAYear, Worth


class Years(Worth):
    """The roads of `Worth`, and what they come to at the middle return."""

    years_contributing = Fact(int, default=10, measure=AtLeastAYear)

    @derived(ARITHMETIC)
    def middle_roth(self) -> Decimal:
        """What Roth leaves at the middle return."""
        return self.roth_against_taxable[1].roth

    @derived(ARITHMETIC)
    def middle_taxable(self) -> Decimal:
        """What the taxable account leaves at the middle return."""
        return self.roth_against_taxable[1].taxable

    @derived(ARITHMETIC)
    def middle_waiting(self) -> Decimal:
        """What waiting leaves at the middle return."""
        return self.worth_of_waiting[1].worth


_MEASURED: Mapping[str, TypeAdapter[object]] = {
    name: TypeAdapter(fact.measure) for name, fact in Years.facts().items() if fact.measure
}
_CHECKED = (
    "years_contributing",
    "months_to_conversion",
    "inflation_rate",
    "dividend_yield_rate",
    "roth_fee_rate",
    "plan_fee_rate",
    "taxable_fee_rate",
    "high_return",
)
"""What a person can type beyond what its measure reckons with."""


def worth(case: Years) -> Verdict:
    """Read the outline: what goes in, for how long, and the tax on money that waits."""
    in_order(case.yearly_dollars, case.years_contributing, case.years_growing_on, case.years_until_use)
    in_order(case.ordinary_rate_at_separation)
    for fact in _CHECKED:
        _reckon_with(fact, getattr(case, fact))
    in_order(case.total_put_in_today, case.middle_roth, case.middle_taxable, case.middle_waiting)
    in_order(case.break_even)
    return Verdict.WORTH_BAND


def _reckon_with(fact: str, value: object) -> None:
    """Raise `Inconsistent` for a ``value`` beyond the measure of its ``fact``."""
    try:
        _MEASURED[fact].validate_python(value)
    except ValidationError:
        raise Inconsistent("this is beyond what can be reckoned with", fact) from None


WORTH = Flow(
    "worth",
    Years,
    worth,
    asks=frozenset({"years_contributing", "years_growing_on"}),
    dollars=lambda case: case.middle_roth.quantize(Decimal(1)),
    shows=lambda case: ("total_put_in_today", "roth_against_taxable", "worth_of_waiting", "break_even"),
    columns=("total_put_in_today", "years_until_use", "middle_roth", "middle_taxable", "middle_waiting"),
    then=("check", "convert"),
)
