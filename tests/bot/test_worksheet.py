from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum, auto
from typing import Any

import pytest

from bot.calc import reckon
from bot.schema import example_of
from bot.worksheet import EDUCATION, Drawn, as_text, needs, shown_in
from dialogs.written import in_words
from knowledge.core.calculation import YEAR, Calculation, Worked
from knowledge.core.calculations import CALCULATIONS
from knowledge.core.employee import Ceiling, Stop
from knowledge.core.facts import AgeBand
from knowledge.core.match import EmployerMoney, Tier
from knowledge.core.sheet import Line, Origin
from knowledge.library import load_calculations, load_library

LIBRARY = load_library()
ROOM = CALCULATIONS["room"]
EVERY = pytest.mark.parametrize("calculation", CALCULATIONS.values(), ids=CALCULATIONS)


class Way(StrEnum):
    BY_FOOT = auto()


@dataclass(frozen=True)
class Step:
    size: Decimal
    tax_rate: Decimal = Decimal("0.1")
    way: Way | None = None


def words(value: object, name: str = "", schema: dict[str, Any] | None = None) -> list[str]:
    return in_words(value, LIBRARY, name, None if schema is None else Drawn(schema))


# --- values ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "name", "shown"),
    [
        (None, "plan_cap", ["none"]),
        (True, "related", ["Yes"]),
        (False, "related", ["No"]),
        (Decimal("24500"), "room", ["$24,500"]),
        (Decimal("-0.5"), "room", ["-$0.50"]),
        (Decimal("0.0825"), "tax_rate", ["8.25%"]),
        (12, "checks_left", ["12"]),
        (date(2027, 4, 5), "due", ["April 5, 2027"]),
        (AgeBand.FROM_60, "age_band", ["60 to 63"]),
        (AgeBand.FROM_60, "another", ["from 60"]),
        (Way.BY_FOOT, "age_band", ["by foot"]),
        ("old \x1b[31mjob", "name", ["old \\u001b[31mjob"]),
        (EmployerMoney((Tier(Decimal("0.5"), Decimal(0), Decimal("0.06")),)), "employer_money", ["50% of your deferrals up to 6% of pay"]),
        (Ceiling(Stop.PLAN_CAP, Decimal(5)), "room", ["$5 (room under the plan's cap)"]),
        ((Decimal(1), Decimal(2)), "by_year", ["$1; $2"]),
        ((Decimal("0.1"), Decimal("0.2")), "tax_rate", ["10%; 20%"]),
        ((), "by_year", ["none"]),
        ([], "by_year", ["none"]),
        (("a", "b"), "names", ["a; b"]),
        ((Step(Decimal(1)), Step(Decimal(2), Decimal(0), Way.BY_FOOT)), "steps", ["size $1, tax rate 10%, way none", "size $2, tax rate 0%, way by foot"]),
        (((Decimal(1), Decimal(2)), ()), "pairs", ["$1; $2", "none"]),
        ({"b\n": Decimal(1), Way.BY_FOOT: (Decimal(1), Decimal(2)), "c": ()}, "by_group", ["b\\u000a: $1", "by_foot: $1; $2", "c: none"]),
        ({}, "by_group", ["none"]),
    ],
)  # fmt: skip
def test_what_is_worked_out_is_written_by_its_kind_and_name(
    value: object, name: str, shown: list[str]
) -> None:
    assert words(value, name) == shown


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("US dollars", "$0.50"),
        ("US dollars, a loss below zero", "$0.50"),
        ("a fraction: 0.06 is 6%", "50%"),
        ("a fraction a year: 0.06 is 6%", "50%"),
        ("a fraction", "50%"),
        ("a multiple: 0.5 is half of it", "0.5"),
        ("times", "0.5 times"),
    ],
)
def test_what_was_told_is_written_by_its_unit(unit: str, shown: str) -> None:
    for name in ("pay", "tax_rate"):
        assert words(Decimal("0.500"), name, {"unit": unit}) == [shown]
        assert words((Decimal("0.5"),), name, {"items": {"unit": unit}}) == [shown]
        assert words({"a": Decimal("0.5")}, name, {"additionalProperties": {"unit": unit}}) == [f"a: {shown}"]


def test_of_a_record_that_was_told_the_usual_is_left_out() -> None:
    schema = {"properties": {"size": {"unit": "a fraction"}, "tax_rate": {"unit": "US dollars"}}}
    assert words(Step(Decimal("0.5")), "step", schema) == ["size 50%"]
    assert words(Step(Decimal("0.5"), Decimal(2)), "step", schema) == ["size 50%, tax rate $2"]


# --- lines -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "shown", "source"),
    [
        (Line("cap_percent", Decimal("0.1"), Origin.TOLD), "10%", "you said"),
        (Line("other_plan", False, Origin.ASSUMED), "No", "taken for granted"),
        (Line("2026.catch_up", Decimal(8_000), Origin.LAW, "IRC 414(v)"), "$8,000", "IRC 414(v)"),
        (Line("withholding", Decimal("0.2"), Origin.LAW, "IRC 3405"), "20%", "IRC 3405"),
        (Line("acp_times", Decimal("1.25"), Origin.LAW, "IRC 401(m)"), "1.25 times", "IRC 401(m)"),
        (Line("acp_excise_months", Decimal("2.5"), Origin.LAW, "IRC 4979"), "2.5 months", "IRC 4979"),
        (Line("self_employment_minimum", Decimal(400), Origin.LAW, "IRC 1402"), "$400", "IRC 1402"),
        (Line("legal_room", Decimal(1), Origin.WORKED_OUT, "IRC 415"), "$1", "IRC 415"),
        (Line("legal_room", Decimal(1), Origin.WORKED_OUT, "IRC 415", True), "$1", "IRC 415; confirm with your plan"),
    ],
)  # fmt: skip
def test_a_line_has_its_value_and_its_source(line: Line, shown: str, source: str) -> None:
    assert shown_in(line, ROOM, LIBRARY) == [shown]
    assert LIBRARY.source(line) == source


def test_what_a_result_needs_is_named() -> None:
    assert needs("pay_schedule", LIBRARY) == "pay_schedule (Paid)"
    assert needs(YEAR, LIBRARY) == "the limits of the year before"


# --- the whole -------------------------------------------------------------------------------------------------------


def text_of(calculation: Calculation, **facts: object) -> str:
    return as_text(calculation, reckon(calculation, {**example_of(calculation), **facts}))


def test_results_come_first_then_the_worksheet_then_what_is_left_out() -> None:
    blocks = text_of(ROOM).split("\n\n")
    assert blocks[0] == "After-tax room of an employee, 2026"
    assert blocks[1].splitlines()[0] == "  Total limit                               $72,000"
    assert blocks[1].splitlines()[-1] == "  Room if deferrals reach their limit       $19,900"
    assert blocks[2].splitlines()[0] == "How it was worked out"
    assert blocks[3].splitlines()[0] == "Not modelled"
    assert blocks[4:] == [EDUCATION]


def test_what_was_not_worked_out_is_told_with_what_it_needs() -> None:
    facts = {name: value for name, value in example_of(ROOM).items() if name != "checks_left"}
    results = as_text(ROOM, reckon(ROOM, facts)).split("\n\n")[1].splitlines()
    needs = "not worked out: needs checks_left (Paychecks left)"
    assert results[-5:] == [
        f"  {name:42}{needs}"
        for name in (
            "Room left",
            "All that goes in this year",
            "Each paycheck, spread evenly",
            "At most, of each paycheck",
            "At most, in percent of a paycheck",
        )
    ]


def test_a_line_of_the_worksheet_says_how_and_with_what_right() -> None:
    text = text_of(ROOM)
    assert (
        "  Dollar limit on annual additions 2026: $72,000\n    IRC 415(c)(1)(A), (d); IRS Notice 2025-67\n"
        in text
    )
    assert "  Pay for a full year: $400,000 (you said)\n" in text
    assert "  Another employer's plan: No (taken for granted)\n" in text
    assert (
        "  Room under the total limit: $19,900\n"
        "    total limit − annual additions, not below 0\n"
        "    IRC 415(c)(1)-(2); Reg. 1.415(c)-1\n"
    ) in text


@EVERY
def test_the_text_of_every_calculation_has_every_result_and_line(calculation: Calculation) -> None:
    worked = reckon(calculation, example_of(calculation))
    text = as_text(calculation, worked)
    assert not re.search(r"None\b|Decimal|<|\bnan\b", text.lower().replace("none", ""))
    assert all(len(line) <= 100 for line in text.splitlines())
    flat = " ".join(text.split())
    for cell in (*worked.results, *worked.open):
        assert LIBRARY.name_of(cell) in flat
    for line in worked.lines:
        value = " ".join(shown_in(line, calculation, LIBRARY))
        assert " ".join(value.split()) in flat
        assert " ".join(LIBRARY.source(line).split()) in flat
    for sentence in load_calculations()[calculation.name].not_modelled:
        assert sentence in flat


def test_a_value_with_several_entries_has_a_line_for_each() -> None:
    steps = (Step(Decimal(1)), Step(Decimal(2)))
    line = Line("plan_cap", steps, Origin.WORKED_OUT, "IRC 415")
    told = Line("plan_cap", steps, Origin.TOLD)
    text = as_text(ROOM, Worked(2026, {"plan_cap": steps, "room": Decimal(1)}, (line, told), {}))
    entries = "size $1, tax rate 10%, way none\n{0}size $2, tax rate 10%, way none\n"
    name = "  Plan cap on after-tax, this year"
    assert f"\n{name}\n    {entries.format('    ')}" in text
    assert f"{name}:\n      {entries.format('      ')}    dollars, or percent" in text
    assert (
        "      size $1\n      size $2\n    dollars, or percent × pay that the cap counts\n    you said"
        in text
    )


def test_a_result_that_is_too_long_for_its_line_goes_on_below() -> None:
    years = tuple(Decimal(10_000 + year) for year in range(30))
    text = as_text(ROOM, Worked(2026, {"plan_cap": years}, (), {}))
    assert "  Plan cap on after-tax, this year\n    $10,000; $10,001; " in text
    assert all(len(line) <= 100 for line in text.splitlines())
