from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from knowledge.core.facts import AgeBand
from knowledge.core.measures import (
    Age,
    Count,
    Day,
    Dollars,
    Fraction,
    Multiple,
    ProfitOrLoss,
    YearlyReturn,
    Years,
    Yes,
)

ENDS = {
    "Dollars": (Dollars, 0, 10**9),
    "ProfitOrLoss": (ProfitOrLoss, -(10**9), 10**9),
    "Fraction": (Fraction, 0, 1),
    "Multiple": (Multiple, 0, 10),
    "YearlyReturn": (YearlyReturn, Decimal("-0.5"), Decimal("0.5")),
    "Count": (Count, 0, 1000),
    "Years": (Years, 0, 80),
    "Day": (Day, date(1900, 1, 1), date(2199, 12, 31)),
}
BOTH_ENDS = [
    pytest.param(measure, end, id=f"{name} {end}") for name, (measure, *ends) in ENDS.items() for end in ends
]


def read(measure: Any, value: object) -> object:
    return TypeAdapter[Any](measure).validate_python(value)


def refused(measure: Any, value: object) -> bool:
    try:
        read(measure, value)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize(("measure", "end"), BOTH_ENDS)
def test_both_ends_of_a_range_are_in_it(measure: Any, end: Any) -> None:
    assert read(measure, end) == end


@pytest.mark.parametrize(
    ("measure", "beyond"),
    [
        (Dollars, Decimal("-0.01")),
        (Dollars, Decimal("1000000000.01")),
        (ProfitOrLoss, Decimal("-1000000000.01")),
        (ProfitOrLoss, Decimal("1000000000.01")),
        (Fraction, Decimal("-0.0001")),
        (Fraction, Decimal("1.0001")),
        (Multiple, Decimal("-0.1")),
        (Multiple, Decimal("10.1")),
        (YearlyReturn, Decimal("-0.51")),
        (YearlyReturn, Decimal("0.51")),
        (Count, -1),
        (Count, 1001),
        (Years, -1),
        (Years, 81),
        (Day, date(1899, 12, 31)),
        (Day, date(2200, 1, 1)),
    ],
)
def test_what_is_beyond_it_is_refused(measure: Any, beyond: object) -> None:
    assert refused(measure, beyond)


@pytest.mark.parametrize("measure", [Dollars, Fraction, Multiple, YearlyReturn])
def test_money_and_rates_stay_exact_as_numbers_and_as_text(measure: Any) -> None:
    exact = Decimal("0.10000000000000000001")
    for given in (exact, str(exact)):
        value = read(measure, given)
        assert isinstance(value, Decimal)
        assert value == exact


@pytest.mark.parametrize("measure", [Dollars, ProfitOrLoss, Fraction, Multiple, YearlyReturn, Count, Years])
@pytest.mark.parametrize(
    "value", [True, False, None, "", "a", "1k", [], {}, Decimal("NaN"), Decimal("Infinity")]
)
def test_what_is_no_number_is_refused(measure: Any, value: object) -> None:
    assert refused(measure, value)


@pytest.mark.parametrize("measure", [Count, Years])
@pytest.mark.parametrize("value", ["3", Decimal("2.5"), 2.5])
def test_a_count_is_a_whole_number(measure: Any, value: object) -> None:
    assert refused(measure, value)


@pytest.mark.parametrize("value", [0, 1, "yes", "true", None])
def test_yes_is_true_or_false(value: object) -> None:
    assert refused(Yes, value)
    assert read(Yes, True) is True
    assert read(Yes, False) is False


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (0, AgeBand.UNDER_50),
        (49, AgeBand.UNDER_50),
        (50, AgeBand.FROM_50),
        (59, AgeBand.FROM_50),
        (60, AgeBand.FROM_60),
        (63, AgeBand.FROM_60),
        (64, AgeBand.FROM_64),
        (120, AgeBand.FROM_64),
        ("from_60", AgeBand.FROM_60),
        (AgeBand.FROM_50, AgeBand.FROM_50),
    ],
)
def test_an_age_is_given_in_years_or_as_a_band(age: object, band: AgeBand) -> None:
    assert read(Age, age) is band


@pytest.mark.parametrize("age", [-1, 121, True, Decimal("52.5"), "52", "old", None])
def test_what_is_no_age_is_refused(age: object) -> None:
    assert refused(Age, age)


def test_a_day_is_a_date_or_its_text() -> None:
    assert read(Day, "2026-12-31") == read(Day, date(2026, 12, 31)) == date(2026, 12, 31)


@pytest.mark.parametrize(
    "day", ["2026-02-30", "12/31/2026", "soon", "", 0, 20261231, True, None, datetime(2026, 1, 1, 12)]
)
def test_what_is_no_day_is_refused(day: object) -> None:
    assert refused(Day, day)


@pytest.mark.parametrize(
    ("measure", "unit"),
    [
        (Dollars, "US dollars"),
        (ProfitOrLoss, "US dollars, a loss below zero"),
        (Fraction, "a fraction: 0.06 is 6%"),
        (Multiple, "a multiple: 0.5 is half of it"),
        (YearlyReturn, "a fraction a year: 0.06 is 6%"),
        (Count, "a whole number"),
        (Years, "years"),
        (Day, "a date: 2026-12-31"),
        (Yes, "true or false"),
    ],
)
def test_a_measure_tells_its_unit(measure: Any, unit: str) -> None:
    assert TypeAdapter[Any](measure).json_schema()["unit"] == unit


def test_a_day_tells_its_range() -> None:
    schema = TypeAdapter[Any](Day).json_schema()
    assert (schema["formatMinimum"], schema["formatMaximum"]) == ("1900-01-01", "2199-12-31")


def test_an_age_tells_both_ways_in_which_it_is_given() -> None:
    schema = TypeAdapter[Any](Age).json_schema()
    years, band = schema["anyOf"]
    assert years == {
        "minimum": 0,
        "maximum": 120,
        "type": "integer",
        "unit": "age on December 31 in whole years",
    }
    assert schema["$defs"][band["$ref"].rpartition("/")[2]]["enum"] == [band.value for band in AgeBand]
