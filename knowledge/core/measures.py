"""Measures: in which unit and within which range a fact is given from outside.

Each is an annotated type: pydantic checks values against it, and the schema and the messages of the front door read
unit and range from it. A range here is what can be reckoned with at all, not what is likely. The unit of a fraction
begins with those two words, "a fraction", so that whoever shows one knows that it can be shown in percent.

Numbers may come as text, so that money stays exact on its way here; whole numbers may not, nor anything that is true or
false.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictBool
from pydantic_core import PydanticKnownError

from knowledge.core.facts import AgeBand

MOST_DOLLARS = 10**9
OLDEST = 120
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


def _age_band(value: Any) -> Any:
    return AgeBand.of(value) if type(value) is int and 0 <= value <= OLDEST else value


def _day(value: Any) -> Any:
    """A day as JSON has it: text, in the form of 2026-12-31."""
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise PydanticKnownError("date_type") from None


def _unit(name: str) -> dict[str, Any]:
    return {"unit": name}


Dollars = Annotated[Decimal, Field(ge=0, le=MOST_DOLLARS, json_schema_extra=_unit("US dollars"))]
"""An amount of money."""
ProfitOrLoss = Annotated[
    Decimal,
    Field(ge=-MOST_DOLLARS, le=MOST_DOLLARS, json_schema_extra=_unit("US dollars, a loss below zero")),
]
"""What a business earned, or lost."""
Fraction = Annotated[Decimal, Field(ge=0, le=1, json_schema_extra=_unit("a fraction: 0.06 is 6%"))]
"""A share of something."""
Multiple = Annotated[Decimal, Field(ge=0, le=10, json_schema_extra=_unit("a multiple: 0.5 is half of it"))]
"""So many times something."""
YearlyReturn = Annotated[
    Decimal,
    Field(ge=Decimal("-0.5"), le=Decimal("0.5"), json_schema_extra=_unit("a fraction a year: 0.06 is 6%")),
]
"""Growth in a year, inflation included."""
Count = Annotated[int, Field(strict=True, ge=0, le=1000, json_schema_extra=_unit("a whole number"))]
"""How many of something."""
Years = Annotated[int, Field(strict=True, ge=0, le=80, json_schema_extra=_unit("years"))]
"""A span of time."""
Day = Annotated[
    date,
    Field(
        strict=True,
        ge=FIRST_DAY,
        le=LAST_DAY,
        json_schema_extra={
            "unit": "a date: 2026-12-31",
            "formatMinimum": FIRST_DAY.isoformat(),
            "formatMaximum": LAST_DAY.isoformat(),
        },
    ),
    BeforeValidator(_day),
]
"""A day."""
Yes = Annotated[StrictBool, Field(json_schema_extra=_unit("true or false"))]
"""Whether something is so."""
AgeInYears = Annotated[
    int, Field(ge=0, le=OLDEST, json_schema_extra=_unit("age on December 31 in whole years"))
]
Age = Annotated[AgeBand, BeforeValidator(_age_band, json_schema_input_type=AgeInYears | AgeBand)]
"""Age on December 31: in years, or as a band."""
