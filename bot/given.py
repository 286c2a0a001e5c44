"""What was given to a calculation: read from JSON, checked, and told in words where it cannot be used.

pydantic checks the facts against the model of the calculation; what it finds is told here in words of our own, one line
for each fact, with what the fact can be (`bot.schema.allowed`). Of what was given only a short piece is shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz.process import extractOne

from bot.schema import Schema, allowed, inside, names_in, schema_of
from dialogs.written import printable
from knowledge.core.calculation import YEAR, Calculation
from knowledge.core.sheet import Inconsistent, Unanswered
from knowledge.library import load_library

MOST_BYTES = 10_000_000
_WANTED = "it has to be one JSON object, as --example writes it"
_MOST_LINES = 20
_SHOWN = 24
_NEAR, _LONGEST_NAME = 70, 100
_MOST_DIGITS = 18
"""A whole number of more digits stays a `Decimal`: no fact is as large."""


class BadFacts(ValueError):
    """Facts that cannot be used; ``problems`` has one line for each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(map(printable, problems))
        super().__init__("\n".join(self.problems))


# --- reading ---------------------------------------------------------------------------------------------------------


def read(data: bytes) -> dict[str, Any]:
    """The facts in ``data``, one JSON object in UTF-8, numbers exact. Raises `BadFacts` for anything else."""
    if len(data) > MOST_BYTES:
        raise BadFacts([f"the input is longer than {MOST_BYTES:,} bytes"])
    if not data.strip():
        raise BadFacts([f"the input is empty; {_WANTED}"])
    twice: dict[str, None] = {}

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        twice.update((name, None) for at, name in enumerate(names) if name in names[:at])
        return dict(pairs)

    try:
        facts = json.loads(
            data.decode("utf-8-sig"),
            parse_float=_number,
            parse_int=_number,
            parse_constant=Decimal,
            object_pairs_hook=once,
        )
    except UnicodeDecodeError as error:
        place = f"byte {error.start + 1:,}"
        raise BadFacts([f"the input is not text in UTF-8: {place} does not belong there"]) from error
    except json.JSONDecodeError as error:
        raise BadFacts([_not_json(error)]) from error
    except RecursionError as error:
        raise BadFacts(["the input is nested too deeply"]) from error
    if not isinstance(facts, dict):
        raise BadFacts([f"the input is {shortened(facts)}; {_WANTED}"])
    if twice:
        raise BadFacts(f"{_cut(name)}: is given twice" for name in twice)
    return facts


def _number(text: str) -> int | Decimal:
    try:
        exact = Decimal(text)
    except InvalidOperation:  # an exponent beyond all bounds
        return Decimal("NaN")
    small = abs(exact) < 10**_MOST_DIGITS
    return int(exact) if small and exact == exact.to_integral_value() else exact


def _not_json(error: json.JSONDecodeError) -> str:
    rest = error.doc[error.pos :].strip()
    place = f"line {error.lineno}, column {error.colno}"
    if not rest:
        return f"the input is not whole: it ends at {place}"
    return f"the input is not JSON from {place} on: {shortened(rest)}"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def shortened(value: object) -> str:
    """A short piece of a JSON ``value``, to show which one is meant."""
    match value:
        case Mapping():
            return "an object"
        case list() | tuple():
            return "a list"
        case None | bool():
            return json.dumps(value)
        case str():
            return f'"{_cut(value)}"'
        case _:
            return _cut(str(value))


# --- checking --------------------------------------------------------------------------------------------------------


def check(calculation: Calculation, given: Mapping[str, Any]) -> tuple[int, dict[str, object]]:
    """The year and the facts that were given, each of its kind and in its range. Raises `BadFacts`."""
    try:
        facts = calculation.inputs().model_validate(given)
    except ValidationError as error:
        problems: dict[str, str] = {}  # what can be of several kinds has a problem with each: one is enough
        for one in error.errors(include_url=False):
            place, wrong = _problem(schema_of(calculation), given, one)
            problems.setdefault(place, wrong)
        lines = [f"{place}: {wrong}" for place, wrong in problems.items()]
        more = [f"and {len(lines) - _MOST_LINES} more"] if len(lines) > _MOST_LINES else []
        raise BadFacts([*lines[:_MOST_LINES], *more]) from error
    told = {name: getattr(facts, name) for name in given}
    return told.pop(YEAR), told


_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")
_WRONG = {
    "missing": "is missing",
    "decimal_type": "{} is not a number",
    "decimal_parsing": "{} is not a number",
    "int_type": "{} is not a whole number",
    "enum": "{} is none of the options",
    "date_type": "{} is not a date",
    "tuple_type": "{} is not a list",
    "dataclass_type": "{} is not an object",
    "string_type": "{} is not text",
    "unknown_year": "no published limits for {}",
    "too_many_places": "has more digits after the point than can be reckoned with",
    "too_long": "has too many entries",
}
"""What is wrong with a value, by the kind of error that pydantic reports; ``{}`` is a short piece of the value."""
_OTHERWISE = "{} is not possible"


def _problem(schema: Schema, given: Mapping[str, Any], error: ErrorDetails) -> tuple[str, str]:
    """Where a fact is, and in one line what is wrong with it and what it can be."""
    *_, last = error["loc"]
    place, value = _place(given, error["loc"])
    if error["type"] in _UNKNOWN:
        near = nearest(str(last), names_in(inside(schema, place[:-1])))
        return _dotted(place), f"there is no such fact here{near}"
    if error["type"] == "missing":
        place.append(last)
    wrong = _WRONG.get(error["type"], _OTHERWISE).format(shortened(value))
    return _dotted(place), f"{wrong}; {allowed(inside(schema, place))}".removesuffix("; ")


def _place(given: Any, where: Sequence[str | int]) -> tuple[list[str | int], Any]:
    """The part of ``where`` that there is in ``given``, and what is there."""
    place: list[str | int] = []
    for step in where:
        match given:
            case Mapping() if step in given:
                given = given[step]
            case [*entries] if isinstance(step, int) and step < len(entries):
                given = entries[step]
            case _:
                break
        place.append(step)
    return place, given


def _dotted(place: Iterable[str | int]) -> str:
    return ".".join(_cut(str(step)) or '""' for step in place)


def nearest(word: str, names: Iterable[str]) -> str:
    """What ``word`` may have been meant for, as the end of a sentence; empty where nothing is near."""
    near = extractOne(word[:_LONGEST_NAME], list(names), score_cutoff=_NEAR)
    return f"; did you mean {near[0]}?" if near else ""


def unworkable(calculation: Calculation, error: Unanswered | Inconsistent) -> str:
    """One line about a fact that is missing and what needs it, or about facts that contradict each other."""
    if isinstance(error, Inconsistent):
        return f"{', '.join(error.facts)}: {error}"
    fact, library = error.fact.name, load_library()
    wanted = " → ".join(library.name_of(cell) for cell in reversed(error.because))
    can_be = allowed(inside(schema_of(calculation), [fact]))
    return f"{fact}: is missing ({library.name_of(fact)}); needed for {wanted}; {can_be}"
