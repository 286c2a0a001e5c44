"""What the employer puts in: matching tiers, a nonelective share of pay, fixed dollars.

A tier matches one slice of the employee's own deferrals, measured as a share of pay: "100 % of the first 3 %,
then 50 % of the next 2 %" is ``Tier(1, 0, .03), Tier(.5, .03, .05)``. Only pay up to the IRC 401(a)(17) cap
counts in a formula.

A plan works the match out on the whole year, or paycheck by paycheck: then each check is measured against its own pay,
and pay counts until that of the year so far has reached the cap. A plan may also match after-tax money; more of it then
brings more match and leaves less room, so both are solved for at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from knowledge.core.measures import Dollars, Fraction, Multiple

ZERO = Decimal(0)
CENT = Decimal("0.01")
_HAIR = Decimal("1e-9")


def to_the_cent(amount: Decimal) -> Decimal:
    """``amount`` dollars as payroll books them: rounded half up to the cent."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def round_down(amount: Decimal, step: Decimal) -> Decimal:
    """``amount``, 0 or more, rounded down to a multiple of ``step``.

    What is a whole multiple but for the last digits of a division is that multiple.
    """
    return (amount / step).quantize(_HAIR).to_integral_value(ROUND_FLOOR) * step


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

    def formula(self, deferral: Decimal, counted_pay: Decimal) -> Decimal:
        """What the tiers give on ``deferral`` dollars, measured against ``counted_pay`` dollars; no cap is applied."""
        return sum(
            (
                t.rate * max(ZERO, min(deferral, t.end * counted_pay) - t.start * counted_pay)
                for t in self.tiers
            ),
            ZERO,
        )

    def up_to_cap(self, matched: Decimal) -> Decimal:
        """The part of ``matched`` dollars of a year that the plan's dollar cap on the match leaves."""
        return matched if self.match_cap is None else min(matched, self.match_cap)

    def match(self, deferral: Decimal, pay: Decimal, compensation_cap: Decimal) -> Decimal:
        """The year's match in dollars on ``deferral`` dollars, worked out on the whole year.

        ``pay`` is the year's pay in dollars; the part over ``compensation_cap`` does not count (IRC
        401(a)(17)(A)). A plan that matches paycheck by paycheck without a true-up can give less.
        """
        return self.up_to_cap(self.formula(deferral, min(pay, compensation_cap)))

    def for_year(self, deferral: Decimal, pay: Decimal, compensation_cap: Decimal) -> Decimal:
        """All employer money of the year in dollars; arguments as in `match`."""
        share = self.nonelective * min(pay, compensation_cap)
        return self.fixed + share + self.match(deferral, pay, compensation_cap)


def match_by_check(
    money: EmployerMoney,
    pays: Sequence[Decimal],
    deferrals: Sequence[Decimal],
    compensation_cap: Decimal,
    *,
    rounded: bool = True,
) -> tuple[Decimal, ...]:
    """The match of each check of a year, worked out check by check; everything in dollars.

    ``pays`` and ``deferrals`` go together, one of each for every check of the year from the first. Pay counts until the
    year's has reached ``compensation_cap`` (IRC 401(a)(17)(A)), and the match goes up to the plan's cap on that of the
    year. ``rounded`` is whether payroll books each match to the cent.
    """
    matches = []
    counted = matched = ZERO
    for pay, deferral in zip(pays, deferrals, strict=True):
        counts = min(pay, compensation_cap - counted)
        match = money.formula(deferral, counts)
        match = money.up_to_cap(matched + (to_the_cent(match) if rounded else match)) - matched
        counted, matched = counted + counts, matched + match
        matches.append(match)
    return tuple(matches)


def most_with_match(
    money: EmployerMoney, deferral: Decimal, counted_pay: Decimal, room: Decimal
) -> tuple[Decimal, Decimal]:
    """The most after-tax money that fits into ``room`` together with the match, and that match, in dollars.

    The plan matches deferrals and after-tax money alike, on the whole year, so with after-tax money A the match is
    M(``deferral`` + A), and A + M must not pass ``room`` (IRC 415(c)(2)). A + M only grows with A and is straight
    between the edges of the tiers: the piece in which it reaches the room is solved exactly. With a dollar cap on the
    match A + M is the lower of two such lines, so A is the larger of both answers.
    """
    edges = {share * counted_pay - deferral for tier in money.tiers for share in (tier.start, tier.end)}
    low, matched = ZERO, money.formula(deferral, counted_pay)
    for high in sorted(edge for edge in edges | {room} if 0 < edge <= room):
        more = money.formula(deferral + high, counted_pay)
        if high + more >= room:
            rate = (more - matched) / (high - low)
            low += max(ZERO, room - low - matched) / (1 + rate)
            break
        low, matched = high, more
    most = low if money.match_cap is None else max(low, room - money.match_cap)
    return most, money.up_to_cap(money.formula(deferral + most, counted_pay))


def _employer_money(value: Any) -> Any:
    return {"fixed": value} if isinstance(value, int | str | Decimal) else value


Employer = Annotated[
    EmployerMoney,
    BeforeValidator(_employer_money, json_schema_input_type=Dollars | EmployerMoney),
    Field(json_schema_extra={"unit": "US dollars of the whole year, or a formula"}),
]
"""Employer money of a year as it is given from outside: an amount, or the formula."""
