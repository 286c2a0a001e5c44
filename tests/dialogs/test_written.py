"""Values in words: in full for a worksheet, in brief for a chat."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum, auto

import pytest

from dialogs.written import in_brief, in_words
from knowledge.core.employee import Ceiling, Stop
from knowledge.core.facts import PaySchedule
from knowledge.core.match import EmployerMoney, Tier
from knowledge.core.payroll import Election
from tests.dialogs.told import WORLD

LIBRARY = WORLD.library
MATCH = EmployerMoney((Tier(Decimal("0.5"), Decimal(0), Decimal("0.06")),))


class Shade(StrEnum):
    DARK_BLUE = auto()


@dataclass(frozen=True)
class Part:
    amount: Decimal
    tax_rate: Decimal = Decimal(0)
    note: str = ""


@dataclass(frozen=True)
class Units:
    """The units of a value and of its parts, as whoever was told it knows them."""

    unit: str = ""
    parts: dict[str | int, str] = field(default_factory=dict)

    def part(self, step: str | int) -> Units:
        return Units(self.parts.get(step, self.unit), self.parts)


def dollars(number: int) -> Decimal:
    return Decimal(number)


WORDS: list[tuple[object, str, list[str]]] = [
    (None, "plan_cap", ["none"]),
    ([], "questions", ["none"]),
    ({}, "by_group", ["none"]),
    (True, "related", ["Yes"]),
    (False, "related", ["No"]),
    (dollars(24_500), "annual_limit", ["$24,500"]),
    (Decimal("0.0725"), "own_contribution_ratio", ["7.25%"]),
    (Decimal("0.5"), "rate", ["50%"]),
    (Decimal("0.5"), "separate", ["$0.50"]),
    (MATCH, "employer_money", ["50% of your deferrals up to 6% of pay"]),
    (Election(pay_share=Decimal("0.1")), "deferral_election", ["10% of pay"]),
    (Election(dollars=dollars(500)), "deferral_election", ["$500 of each paycheck"]),
    (Ceiling(Stop.PAY_TO_COME, dollars(900)), "room", ["$900 (pay still to come)"]),
    (PaySchedule.SEMIMONTHLY, "pay_schedule", ["Twice a month"]),
    (PaySchedule.SEMIMONTHLY, "another_name", ["semimonthly"]),
    (Shade.DARK_BLUE, "shade", ["dark blue"]),
    (date(2027, 3, 15), "excise_free_until", ["March 15, 2027"]),
    (12, "checks_left", ["12"]),
    ("a\u202eb", "name", ["a\\u202eb"]),
    ((dollars(1), dollars(2)), "pots", ["$1; $2"]),
    ((Part(dollars(1)), Part(dollars(2), Decimal("0.3"), "x")), "parts",
     ["amount $1, tax rate 0%, note ", "amount $2, tax rate 30%, note x"]),
    ({Shade.DARK_BLUE: dollars(3), "b": (dollars(1), dollars(2))}, "shades", ["dark_blue: $3", "b: $1; $2"]),
]  # fmt: skip


@pytest.mark.parametrize(("value", "name", "said"), WORDS)
def test_what_was_worked_out_in_words(value: object, name: str, said: list[str]) -> None:
    assert in_words(value, LIBRARY, name) == said


@pytest.mark.parametrize(
    ("number", "unit", "said"),
    [
        ("0.06", "a fraction: 0.06 is 6%", "6%"),
        ("1500", "US dollars", "$1,500"),
        ("1.50", "US dollars, a loss below zero", "$1.50"),
        ("0.50", "a multiple: 0.5 is half of it", "0.5"),
        ("12", "years", "12 years"),
        ("12", "", "$12"),
    ],
)
def test_what_was_told_has_the_unit_of_its_fact(number: str, unit: str, said: str) -> None:
    assert in_words(Decimal(number), LIBRARY, "amount", Units(unit)) == [said]


def test_of_a_record_that_was_told_the_usual_is_left_out() -> None:
    units = Units("US dollars", {"tax_rate": "a fraction: 0.06 is 6%"})
    told = (Part(dollars(5)), Part(dollars(6), Decimal("0.06")))
    assert in_words(told, LIBRARY, "parts", units) == ["amount $5", "amount $6, tax rate 6%"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Part(dollars(5)), ["amount $5"]),
        (Part(dollars(0)), ["none"]),
        ((Part(dollars(5)), Part(dollars(6), Decimal("0.3"))), ["amount $5", "amount $6, tax rate 30%"]),
        ((dollars(1), dollars(2)), ["$1; $2"]),
        (MATCH, ["50% of your deferrals up to 6% of pay"]),
        (Ceiling(Stop.PLAN_CAP, dollars(0)), ["$0 (room under the plan's cap)"]),
    ],
)
def test_in_brief_what_is_nothing_is_left_out(value: object, said: list[str]) -> None:
    assert in_brief(value, LIBRARY, "value") == said
