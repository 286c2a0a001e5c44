"""Measures: in which unit and within which range a fact is given from outside.

Each is an annotated type: pydantic checks values against it, and the schema and the messages of the front door read
unit and range from it. A range here is what can be reckoned with at all, not what is likely.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictBool

from knowledge.core.facts import AgeBand

MOST_DOLLARS = 10**9


def _number(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a number, not true or false")
    return value


def _age_band(value: Any) -> Any:
    return AgeBand.of(value) if type(value) is int and 0 <= value <= 120 else value


_Number = BeforeValidator(_number)


def _unit(name: str) -> dict[str, Any]:
    return {"unit": name}


Dollars = Annotated[Decimal, _Number, Field(ge=0, le=MOST_DOLLARS, json_schema_extra=_unit("US dollars"))]
"""An amount of money."""
Fraction = Annotated[Decimal, _Number, Field(ge=0, le=1, json_schema_extra=_unit("a fraction: 0.06 is 6 %"))]
"""A share of something."""
Multiple = Annotated[
    Decimal, _Number, Field(ge=0, le=10, json_schema_extra=_unit("a multiple: 0.5 is half of it"))
]
"""So many times something."""
YearlyReturn = Annotated[
    Decimal,
    _Number,
    Field(ge=Decimal("-0.5"), le=Decimal("0.5"), json_schema_extra=_unit("a fraction a year: 0.06 is 6 %")),
]
"""Growth in a year, inflation included."""
Count = Annotated[int, _Number, Field(ge=0, le=1000, json_schema_extra=_unit("a whole number"))]
"""How many of something."""
Years = Annotated[int, _Number, Field(ge=0, le=80, json_schema_extra=_unit("years"))]
"""A span of time."""
Day = Annotated[date, Field(json_schema_extra=_unit("a date: 2026-12-31"))]
"""A day."""
Yes = Annotated[StrictBool, Field(json_schema_extra=_unit("true or false"))]
"""Whether something is so."""
Age = Annotated[
    AgeBand,
    BeforeValidator(_age_band),
    Field(json_schema_extra=_unit("age on December 31 in whole years, or one of the age bands")),
]
"""Age on December 31."""
