"""The schema of a calculation's facts is valid, whole, and what the front door keeps to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.given import BadFacts, check
from bot.schema import allowed, example_of, inside, names_in, schema_of, unit_of
from bot.values import as_json_text
from knowledge.core.calculation import Calculation
from knowledge.core.calculations import CALCULATIONS
from knowledge.library import load_calculations, load_library

ROOM = schema_of(CALCULATIONS["room"])["properties"]
EVERY = pytest.mark.parametrize("calculation", CALCULATIONS.values(), ids=CALCULATIONS)

KEYWORDS: Mapping[str, Any] = {
    "type": (str, list),
    "title": str,
    "description": str,
    "unit": str,
    "minimum": (int, Decimal),
    "maximum": (int, Decimal),
    "pattern": str,
    "minLength": int,
    "maxLength": int,
    "format": str,
    "formatMinimum": str,
    "formatMaximum": str,
    "enum": list,
    "const": str,
    "oneOf": list,
    "anyOf": list,
    "items": dict,
    "prefixItems": list,
    "minItems": int,
    "maxItems": int,
    "uniqueItems": bool,
    "properties": dict,
    "required": list,
    "additionalProperties": (bool, dict),
}
"""The keywords that a schema of a fact may have, with the kinds of their values; ``unit`` is our own."""
TYPES = {"null", "boolean", "integer", "number", "string", "array", "object"}


def parts(schema: Any) -> Iterator[Mapping[str, Any]]:
    """``schema`` and every schema in it."""
    yield schema
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", ()), *schema.get("prefixItems", ())]
    for part in (*inner, schema.get("items"), schema.get("additionalProperties")):
        if isinstance(part, dict):
            yield from parts(part)


def fits(value: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a JSON ``value`` is valid by ``schema``."""
    kinds = {
        "null": value is None,
        "boolean": isinstance(value, bool),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "number": isinstance(value, int | Decimal) and not isinstance(value, bool),
        "string": isinstance(value, str),
        "array": isinstance(value, list),
        "object": isinstance(value, dict),
    }
    types = schema.get("type", [*TYPES])
    if not any(kinds[one] for one in ([types] if isinstance(types, str) else types)):
        return False
    if any(
        one in schema and not any(fits(value, branch) for branch in schema[one]) for one in ("anyOf", "oneOf")
    ):
        return False
    if value not in schema.get("enum", [value]) or value != schema.get("const", value):
        return False
    if kinds["number"]:
        return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    if kinds["string"]:
        long = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
        return bool(long and re.search(schema.get("pattern", ""), value))
    if kinds["array"]:
        each = schema.get("prefixItems", [schema.get("items", {})] * len(value))
        return schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)) and all(
            map(fits, value, each)
        )
    if kinds["object"]:
        others = schema.get("additionalProperties", True)
        known = schema.get("properties", {})
        return set(schema.get("required", ())) <= set(value) and all(
            fits(one, known[name])
            if name in known
            else others is True or (others is not False and fits(one, others))
            for name, one in value.items()
        )
    return True


# --- every calculation -----------------------------------------------------------------------------------------------


@EVERY
def test_the_schema_has_known_keywords_with_values_of_their_kinds(calculation: Calculation) -> None:
    top = dict(schema_of(calculation))
    assert top.pop("$schema") == "https://json-schema.org/draft/2020-12/schema"
    assert top.pop("examples") == [example_of(calculation)]
    for part in parts(top):
        known = {key: value for key, value in part.items() if key != "default"}
        assert {key: value for key, value in known.items() if not isinstance(value, KEYWORDS[key])} == {}
        types = part.get("type", [])
        assert {types} if isinstance(types, str) else {*types} <= TYPES
        assert set(part.get("required", ())) <= set(part.get("properties", ()))
        for low, high in (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")):
            if low in part and high in part:
                assert part[low] <= part[high]
        re.compile(part.get("pattern", ""))
        if "default" in part:
            assert fits(part["default"], part)


@EVERY
def test_the_schema_has_the_words_of_the_calculation(calculation: Calculation) -> None:
    schema, words = schema_of(calculation), load_calculations()[calculation.name]
    assert schema["title"] == words.title
    assert schema["description"].startswith(f"{words.about} Only the year is always needed. ")
    assert "each one that matters is named, with what needs it" in schema["description"]
    assert schema["required"] == ["year"]
    assert schema["additionalProperties"] is False
    assert set(schema["properties"]) == {"year", *calculation.sheet.facts()}
    for name, fact in calculation.sheet.facts().items():
        told = schema["properties"][name]
        assert told["title"] == load_library().name_of(name)
        assert ("default" in told) == (name in calculation.assumed or fact.default is not None)


@EVERY
def test_every_fact_has_words_for_what_it_can_be(calculation: Calculation) -> None:
    for part in parts(schema_of(calculation)):
        for name, told in part.get("properties", {}).items():
            assert told["title"], name
            assert allowed(told), name
            assert not re.search(r"None\b|``", told.get("description", "")), name
        if {"number", "integer"} & {*part.get("type", ())} or part.get("type") == "integer":
            assert part["unit"]
            assert "enum" in part or {"minimum", "maximum"} <= set(part)


@EVERY
def test_the_example_is_valid_and_accepted(calculation: Calculation) -> None:
    assert fits(example_of(calculation), schema_of(calculation))
    check(calculation, example_of(calculation))


@EVERY
def test_nothing_of_the_schema_is_lost_in_writing_it(calculation: Calculation) -> None:
    text = as_json_text(schema_of(calculation))
    assert not re.search(r"\$ref|\$defs|Decimal|\dE[+-]?\d|\bNaN\b|[^x]-0\b(?!\.)", text)


WRONG = [None, True, -(10**10), 10**10, Decimal("0.5"), "", "x", "2026-01-01", [], [None], {}, {"x": 1}]


@EVERY
def test_what_the_schema_allows_is_accepted_and_what_it_does_not_is_refused(calculation: Calculation) -> None:
    for name, told in schema_of(calculation)["properties"].items():
        for value in WRONG:
            if told.get("format") == "date" or (name == "year" and fits(value, told)):
                continue
            try:
                check(calculation, {"year": 2026, name: value})
                accepted = True
            except BadFacts:
                accepted = False
            assert accepted == fits(value, told), (name, value)


# --- in words --------------------------------------------------------------------------------------------------------


def test_a_number_is_one_type_with_a_unit_and_a_range() -> None:
    assert ROOM["pay"] == {
        "title": "Pay for a full year",
        "description": "What does this job pay in a full year, before tax?",
        "type": ["number", "string"],
        "pattern": r"^-?[0-9]+(\.[0-9]+)?$",
        "minimum": 0,
        "maximum": 10**9,
        "unit": "US dollars",
    }


def test_a_choice_has_its_options_with_their_names() -> None:
    assert ROOM["pay_schedule"]["oneOf"] == [
        {"const": "weekly", "title": "Every week"},
        {"const": "biweekly", "title": "Every 2 weeks"},
        {"const": "semimonthly", "title": "Twice a month"},
        {"const": "monthly", "title": "Once a month"},
    ]


def test_a_fact_of_two_kinds_has_both() -> None:
    amount, formula = ROOM["employer_money"]["anyOf"]
    assert amount["unit"] == "US dollars"
    assert formula["properties"]["match_cap"]["title"] == "Match cap"
    assert formula["properties"]["nonelective"]["default"] == 0
    assert names_in(ROOM["employer_money"]) == ["tiers", "nonelective", "fixed", "match_cap"]


def test_the_parts_of_a_record_have_their_docstrings_in_the_words_of_json() -> None:
    plans = schema_of(CALCULATIONS["employers"])["properties"]["plans"]
    pay = inside(plans, [0, "pay_this_year"])
    assert pay["description"] == (
        "Compensation from this employer, deferrals included (IRC 415(c)(3)); null where it is not known."
    )
    assert inside(ROOM["employer_money"], ["tiers", 0])["description"].startswith("rate on the deferrals")


def test_the_words_of_a_fact_come_before_the_docstring_of_its_kind() -> None:
    assert list(ROOM["cap_kind"])[:2] == ["title", "description"]
    assert ROOM["cap_kind"]["description"] == "Does your plan cap after-tax contributions?"


def test_what_is_taken_for_granted_is_the_default() -> None:
    assert (ROOM["cap_kind"]["default"], ROOM["other_plan"]["default"]) == ("none", False)
    assert "default" not in ROOM["pay"]


def test_a_place_deep_in_the_facts_is_found() -> None:
    schema = schema_of(CALCULATIONS["room"])
    assert inside(schema, ["employer_money", "tiers", 7, "end"])["unit"] == "a fraction: 0.06 is 6%"
    assert inside(schema, ["employer_money", "match_cap"])["anyOf"][1] == {"type": "null"}
    assert inside(schema, []) is schema
    nowhere: list[list[str | int]] = [
        ["nothing"],
        ["pay", "more"],
        ["pay", 0],
        ["employer_money", "tiers", "end"],
    ]
    for place in nowhere:
        assert inside(schema, place) == {}
    pair = {"prefixItems": [{"unit": "a"}, {"unit": "b"}]}
    assert [inside(pair, [at]) for at in range(3)] == [{"unit": "a"}, {"unit": "b"}, {}]
    assert inside({"additionalProperties": {"unit": "a"}}, ["any"]) == {"unit": "a"}


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"unit": "years", "minimum": 1, "maximum": 80}, "years, from 1 to 80"),
        (
            {"unit": "US dollars", "minimum": -(10**9), "maximum": 10**4},
            "US dollars, from -1,000,000,000 to 10,000",
        ),
        (
            {"unit": "a fraction: 0.06 is 6%", "minimum": Decimal("-0.5"), "maximum": 1},
            "a fraction, from -0.5 to 1 (0.06 is 6%)",
        ),
        (
            {"unit": "a date: 2026-12-31", "formatMinimum": "1900-01-01", "formatMaximum": "2199-12-31"},
            "a date, from 1900-01-01 to 2199-12-31 (2026-12-31)",
        ),
        ({"unit": "a tax year", "enum": [2019, 2020, 2021]}, "a tax year from 2019 to 2021"),
        (
            {"oneOf": [{"const": "own_job", "title": "Own job"}, {"const": "no", "title": "Not at all"}]},
            "one of own_job, no (Not at all)",
        ),
        ({"unit": "true or false", "type": "boolean"}, "true or false"),
        ({"type": "string", "maxLength": 5}, "text of at most 5 characters"),
        ({"type": "string", "maxLength": 5, "unit": "a name"}, "a name of at most 5 characters"),
        ({"properties": {"a": {}, "b": {}}}, "an object with a, b"),
        ({"items": {"unit": "years"}}, "a list, each entry years"),
        ({"additionalProperties": {"unit": "years"}}, "an object, each value years"),
        ({"anyOf": [{"unit": "years"}, {"type": "null"}, {"unit": "months"}]}, "years, or months"),
        ({}, ""),
    ],
)
def test_what_a_fact_can_be_is_told_in_words(schema: dict[str, Any], words: str) -> None:
    assert allowed(schema) == words


def test_the_unit_of_a_fact_is_found_in_any_of_its_kinds() -> None:
    assert unit_of({"unit": "years"}) == "years"
    assert unit_of({"anyOf": [{"type": "null"}, {"unit": "years"}]}) == "years"
    assert unit_of({}) == ""


def test_a_year_has_the_first_and_the_last_that_are_known() -> None:
    years = ROOM["year"]["enum"]
    assert years == [*range(years[0], years[-1] + 1)]
    assert years[-1] <= date.today().year + 1
