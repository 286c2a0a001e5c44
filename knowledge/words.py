"""How an amount, a rate and a list are written for a person. One place, used by every template and card."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from knowledge.core.limits import Figure

CENT = Decimal("0.01")


def dollars(amount: Decimal | Figure) -> str:
    """``$24,500`` or ``$2,884.62``: cents only where there are some, rounded half up to the cent."""
    value = amount.value if isinstance(amount, Figure) else amount
    cents = value.quantize(CENT, ROUND_HALF_UP)
    whole = cents == cents.to_integral_value()
    sign = "-" if cents < 0 else ""
    return f"{sign}${abs(cents):,.0f}" if whole else f"{sign}${abs(cents):,.2f}"


def percent(rate: Decimal) -> str:
    """``6%`` or ``44.18%``: a fraction as a percentage with at most two decimals."""
    points = (rate * 100).quantize(CENT, ROUND_HALF_UP)
    return f"{points.normalize():f}%"


def listed(items: Sequence[str], last: str = "and") -> str:
    """``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def day(when: date) -> str:
    """``December 4, 2026``."""
    return f"{when:%B} {when.day}, {when.year}"
