"""Answers as buttons and as words."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum

import pytest

from dialogs.flows import FACTS, FLOWS
from dialogs.values import describe, key_of, value_of
from knowledge.core.facts import AgeBand, CapKind, HighlyPaid, OverWages, PaySchedule, PlanKind, WayToRoth
from knowledge.core.match import EmployerMoney, Tier
from knowledge.core.sheet import NOT_SURE
from tests.dialogs.reading.show import words
from tests.dialogs.told import WORLD

QUESTIONS = WORLD.library.questions
OPTIONS = [
    (fact, key)
    for fact, question in QUESTIONS.items()
    for key, option in question.front.options.items()
    if not option.types
]
HALF, ONE = Decimal("0.5"), Decimal(1)


def percent(points: int) -> Decimal:
    return Decimal(points) / 100


def tier(rate: Decimal, start: int, end: int) -> Tier:
    return Tier(rate, percent(start), percent(end))


def test_every_question_is_about_a_fact_and_everything_that_is_checked_has_one() -> None:
    assert QUESTIONS.keys() <= FACTS.keys()
    assert QUESTIONS.keys() >= FLOWS["check"].sheet.facts().keys()


@pytest.mark.parametrize(("fact", "key"), OPTIONS)
def test_every_option_has_a_value_that_leads_back_to_it(fact: str, key: str) -> None:
    value = value_of(fact, key)
    assert key_of(value) == key
    assert describe(fact, value, WORLD.library) == QUESTIONS[fact].front.options[key].label
    assert value is NOT_SURE or isinstance(value, FACTS[fact].kind)


def test_a_choice_has_an_option_for_each_of_its_values() -> None:
    for fact in map(FACTS.__getitem__, QUESTIONS):
        if issubclass(fact.kind, StrEnum):
            options = set(QUESTIONS[fact.name].front.options)
            assert options - {"not_sure"} == {kind.value for kind in fact.kind} - {"not_sure"}


def test_not_sure_is_an_option_where_it_is_an_answer() -> None:
    for name, question in QUESTIONS.items():
        fact, front = FACTS[name], question.front
        own = issubclass(fact.kind, StrEnum) and "not_sure" in list(fact.kind)
        assert ("not_sure" in front.options) == front.not_sure
        assert (own or fact.may_be_unsure) >= front.not_sure >= (own or fact.possible is not None)


@pytest.mark.parametrize(
    ("fact", "key", "value"),
    [
        ("plan", "k401", PlanKind.K401),
        ("takes_after_tax", "yes", True),
        ("takes_after_tax", "no", False),
        ("takes_after_tax", "not_sure", NOT_SURE),
        ("way_to_roth", "not_sure", NOT_SURE),
        ("highly_paid", "not_sure", HighlyPaid.NOT_SURE),
        ("over_wages", "not_sure", OverWages.NOT_SURE),
        ("deferral", "not_sure", NOT_SURE),
        ("deferral", "zero", Decimal(0)),
        ("after_tax_so_far", "zero", Decimal(0)),
        ("employer_money", "zero", EmployerMoney()),
        ("checks_left", "n0", 0),
        ("checks_left", "n14", 14),
        ("checks_so_far", "n53", 53),
    ],
)
def test_a_key_stands_for_a_value(fact: str, key: str, value: object) -> None:
    assert value_of(fact, key) == value
    assert type(value_of(fact, key)) is type(value)


@pytest.mark.parametrize(
    ("fact", "keys"),
    [
        ("plan", "not_sure K401 zero yes n1"),
        ("age_band", "not_sure 52"),
        ("pay_schedule", "not_sure n26"),
        ("other_plan", "not_sure true 1"),
        ("takes_after_tax", "maybe zero n1"),
        ("pay", "zero not_sure n100 185000"),
        ("cap_percent", "zero yes"),
        ("cap_dollars", "zero"),
        ("deferral", "n5 24500 none yes"),
        ("employer_money", "5000 n5 none"),
        ("checks_left", "n n54 n99 n100 n-1 nn1 n1.5 n² zero not_sure n99999999999999"),
    ],
)
def test_a_key_that_no_button_has_is_refused(fact: str, keys: str) -> None:
    for key in words(keys):
        with pytest.raises(ValueError, match=re.escape(key)):
            value_of(fact, key)


@pytest.mark.parametrize("value", [Decimal(0), 8, EmployerMoney(), "185k"])
def test_what_no_button_stands_for_has_no_key(value: object) -> None:
    assert key_of(value) == ""


@pytest.mark.parametrize(
    ("fact", "value", "shown"),
    [
        ("plan", PlanKind.B403, "403(b)"),
        ("way_to_roth", WayToRoth.WITHDRAW, "Withdraw while here"),
        ("cap_kind", CapKind.NONE, "No cap"),
        ("cap_kind", NOT_SURE, "Not sure"),
        ("age_band", AgeBand.FROM_60, "60 to 63"),
        ("pay_schedule", PaySchedule.BIWEEKLY, "Every 2 weeks"),
        ("other_plan", False, "No"),
        ("pay", Decimal(185_000), "$185,000"),
        ("pay", Decimal("2884.615"), "$2,884.62"),
        ("cap_percent", Decimal("0.085"), "8.5%"),
        ("deferral", Decimal(0), "$0"),
        ("deferral", NOT_SURE, "Not sure"),
        ("checks_left", 0, "0"),
        ("checks_left", 14, "14"),
        ("employer_money", NOT_SURE, "Not sure"),
        ("employer_money", EmployerMoney(), "$0"),
        ("employer_money", EmployerMoney(fixed=Decimal(9_250)), "$9,250"),
        ("employer_money", EmployerMoney(nonelective=percent(3)), "3% of pay in any case"),
        (
            "employer_money",
            EmployerMoney((tier(HALF, 0, 6),), match_cap=Decimal(5_000)),
            "50% of your deferrals up to 6% of pay + the match at most $5,000",
        ),
        (
            "employer_money",
            EmployerMoney((tier(ONE, 0, 3), tier(HALF, 3, 5)), percent(2), Decimal(100)),
            "$100 + 2% of pay in any case + 100% of your deferrals up to 3% of pay + 50% of the next 2% of pay",
        ),
        (
            "employer_money",
            EmployerMoney((tier(HALF, 3, 5), tier(ONE, 6, 7))),
            "50% of your deferrals from 3% to 5% of pay + 100% of your deferrals from 6% to 7% of pay",
        ),
    ],
)
def test_a_value_in_words(fact: str, value: object, shown: str) -> None:
    assert describe(fact, value, WORLD.library) == shown


def test_a_value_without_an_option_of_its_own_has_words_all_the_same() -> None:
    assert describe("plan", NOT_SURE, WORLD.library) == "Not sure"
    assert describe("deferral", NOT_SURE, WORLD.library) == "Not sure"
