"""What the employer puts in: matching tiers, a nonelective share of pay, fixed dollars.

A tier matches one slice of the employee's own deferrals, measured as a share of pay: "100 % of the first 3 %,
then 50 % of the next 2 %" is ``Tier(1, 0, .03), Tier(.5, .03, .05)``. Only pay up to the IRC 401(a)(17) cap
counts in a formula.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from knowledge.core.measures import Dollars, Fraction, Multiple

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Tier:
    """``rate`` on the deferrals between ``start`` and ``end``, all three fractions (``end`` and ``start`` of pay)."""

    rate: Multiple
    start: Fraction
    end: Fraction


@dataclass(frozen=True, slots=True)
class EmployerMoney:
    """All employer money of a year.

    Match by ``tiers`` (at most ``match_cap`` dollars), ``nonelective`` as a fraction of pay, ``fixed`` dollars.
    """

    tiers: tuple[Tier, ...] = ()
    nonelective: Fraction = ZERO
    fixed: Dollars = ZERO
    match_cap: Dollars | None = None

    @property
    def is_formula(self) -> bool:
        """Whether the amount depends on pay or deferrals."""
        return bool(self.tiers or self.nonelective)

    def match(self, deferral: Decimal, pay: Decimal, compensation_cap: Decimal) -> Decimal:
        """The year's match in dollars on ``deferral`` dollars, worked out on the whole year.

        ``pay`` is the year's pay in dollars; the part over ``compensation_cap`` does not count (IRC
        401(a)(17)(A)). A plan that matches paycheck by paycheck without a true-up can give less.
        """
        counted = min(pay, compensation_cap)
        matched = sum(
            (t.rate * max(ZERO, min(deferral, t.end * counted) - t.start * counted) for t in self.tiers), ZERO
        )
        return matched if self.match_cap is None else min(matched, self.match_cap)

    def for_year(self, deferral: Decimal, pay: Decimal, compensation_cap: Decimal) -> Decimal:
        """All employer money of the year in dollars; arguments as in `match`."""
        share = self.nonelective * min(pay, compensation_cap)
        return self.fixed + share + self.match(deferral, pay, compensation_cap)


def _employer_money(value: Any) -> Any:
    return {"fixed": value} if isinstance(value, int | str | Decimal) else value


Employer = Annotated[
    EmployerMoney,
    BeforeValidator(_employer_money),
    Field(json_schema_extra={"unit": "US dollars of the whole year, or a formula"}),
]
"""Employer money of a year as it is given from outside: an amount, or the formula."""
