"""What may be given to a calculation: the JSON schema of its facts, and the same in words.

The schema is drawn from the model of the facts (`Calculation.inputs`) and flattened: nothing in it has to be looked up
elsewhere, a number that may come as text is one type with one range, and every choice has its name beside it. The
messages about a fact are read from the same schema, so the two never differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from bot.values import plain
from dialogs.written import spelled
from knowledge.core.calculation import YEAR, Calculation
from knowledge.core.limits import load_law
from knowledge.library import Library, load_calculations, load_library
from knowledge.markup import visible

Schema = Mapping[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NEEDS = (
    "Only the year is always needed. Which facts are depends on the others: leave out what is not known, and each one "
    "that matters is named, with what needs it. A fact with a default is taken for granted until it is given."
)
_FROM_WHERE_COMMAS_HELP = 10_000


class _Flat(GenerateJsonSchema):
    """Draws a number or a choice as one type."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> dict[str, Any]:
        bounds = {"minimum": schema.get("ge"), "maximum": schema.get("le")}
        told = {name: plain(bound, exact=True) for name, bound in bounds.items() if bound is not None}
        return {"type": ["number", "string"], "pattern": r"^-?[0-9]+(\.[0-9]+)?$", **told}

    def enum_schema(self, schema: core_schema.EnumSchema) -> dict[str, Any]:
        options = (member.value for member in schema["members"])
        return {
            "type": "string",
            "oneOf": [{"const": one, "title": spelled(one).capitalize()} for one in options],
        }


@cache
def schema_of(calculation: Calculation) -> Schema:
    """The JSON schema of the facts of ``calculation``, each with its name in words, its unit and its range."""
    words = load_calculations()[calculation.name]
    drawn = calculation.inputs().model_json_schema(schema_generator=_Flat)
    return {
        "$schema": _DIALECT,
        "title": words.title,
        "description": f"{words.about} {_NEEDS}",
        "type": "object",
        "properties": {
            name: _fact(calculation, name, _inlined(part, drawn.get("$defs", {})))
            for name, part in drawn["properties"].items()
        },
        "required": [YEAR],
        "additionalProperties": False,
        "examples": [example_of(calculation)],
    }


def example_of(calculation: Calculation) -> Mapping[str, Any]:
    """Facts to begin with, as JSON."""
    example: Mapping[str, Any] = plain(load_calculations()[calculation.name].example, exact=True)
    return example


def _inlined(part: Any, parts: Schema) -> Any:
    """``part`` of a drawn schema with what it refers to in its place, and with the names of fields in words."""
    match part:
        case {"$ref": str(name), **rest}:
            meant = {key: inner for key, inner in parts[name.rpartition("/")[2]].items() if key != "title"}
            return {**_inlined(meant, parts), **_inlined(rest, parts)}  # the title is the name of a class
        case {"properties": Mapping() as fields, **rest}:
            titled = {
                name: {"title": spelled(name).capitalize(), **_inlined(one, parts)}
                for name, one in fields.items()
            }
            return {**_inlined(rest, parts), "properties": titled, "additionalProperties": False}
        case Mapping():
            return {key: _told(key, part, _inlined(inner, parts)) for key, inner in part.items()}
        case list():
            return [_inlined(inner, parts) for inner in part]
        case _:
            return part


def _told(key: str, part: Schema, value: Any) -> Any:
    """Docstrings and defaults as JSON has them."""
    if key == "description":
        return " ".join(value.replace("``", "").replace("`", "").replace("None ", "null ").split())
    if key == "default" and isinstance(value, str) and "number" in part.get("type", ()):
        return Decimal(value)
    return value


def _fact(calculation: Calculation, name: str, drawn: dict[str, Any]) -> Schema:
    """The schema of the fact ``name``: its words, what it can be, what is taken for granted."""
    if name == YEAR:
        return {"title": "Tax year", **drawn}
    library, kept = load_library(), {key: value for key, value in drawn.items() if key != "default"}
    meaning = _meaning(name, library)
    words = {"title": library.name_of(name)} | ({"description": meaning} if meaning else {})
    usual = calculation.usual(name)
    assumed = {} if usual is None else {"default": plain(usual, exact=True)}
    return {**words, **_labelled(kept, name, library), **words, **assumed}  # in front, and above a docstring


def _meaning(name: str, library: Library) -> str:
    """What the fact means: its words, or the headline of its question in the newest year."""
    if name not in library.questions or library.how(name):
        return library.how(name)
    year = max(load_law().years)
    asked = library.render(
        library.questions[name], year=year, limit=load_law()[year], last_year=load_law()[year - 1]
    )
    return visible(asked).partition("\n")[0]


def _labelled(part: Any, name: str, library: Library) -> Any:
    """``part`` with the labels of the question's options in the place of their names."""
    options = library.questions[name].front.options if name in library.questions else {}
    match part:
        case {"oneOf": choices, **rest}:
            named = [
                {**one, "title": options[one["const"]].label} if one["const"] in options else one
                for one in choices
            ]
            return {**rest, "oneOf": named}
        case {"anyOf": branches, **rest}:
            return {**rest, "anyOf": [_labelled(branch, name, library) for branch in branches]}
        case _:
            return part


# --- in words --------------------------------------------------------------------------------------------------------


def inside(schema: Schema, where: Sequence[str | int]) -> Schema:
    """The part of ``schema`` that describes the place ``where``; empty where it has none."""
    for step in where:
        schema = next(_parts(schema, step), {})
    return schema


def names_in(schema: Schema) -> list[str]:
    """The names of the facts that can be given at the place that ``schema`` describes."""
    return [name for branch in _branches(schema) for name in branch.get("properties", ())]


def _branches(schema: Schema) -> Sequence[Schema]:
    branches: Sequence[Schema] = schema.get("anyOf", (schema,))
    return branches


def _parts(schema: Schema, step: str | int) -> Iterator[Schema]:
    for branch in _branches(schema):
        if isinstance(step, int):
            yield from branch.get("prefixItems", ())[step : step + 1]
            found = branch.get("items")
        else:
            found = branch.get("properties", {}).get(step) or branch.get("additionalProperties")
        if found:
            yield found


def unit_of(schema: Schema) -> str:
    """The unit of a fact; empty where it has none."""
    return next((str(branch["unit"]) for branch in _branches(schema) if "unit" in branch), "")


def allowed(schema: Schema) -> str:
    """What a fact can be, in words: its unit and its range, its options, its parts."""
    unit = str(schema.get("unit", ""))
    match schema:
        case {"anyOf": branches}:
            return ", or ".join(filter(None, map(allowed, branches)))
        case {"oneOf": choices}:
            return f"one of {', '.join(map(_choice, choices))}"
        case {"enum": [first, *_, last]}:
            return f"{unit} from {first} to {last}"
        case {"properties": parts}:
            return f"an object with {', '.join(parts)}"
        case {"additionalProperties": part}:
            return f"an object, each value {allowed(part)}"
        case {"items": part}:
            return f"a list, each entry {allowed(part)}"
        case {"minimum": low, "maximum": high} | {"formatMinimum": low, "formatMaximum": high}:
            name, _, example = unit.partition(": ")
            return f"{name}, from {_bound(low)} to {_bound(high)}{f' ({example})' if example else ''}"
        case {"maxLength": longest}:
            return f"{unit or 'text'} of at most {longest} characters"
        case _:
            return unit


def _choice(choice: Schema) -> str:
    """An option as it is given, with its name where that says more."""
    value, name = str(choice["const"]), str(choice["title"])
    return value if name.lower() == spelled(value) else f"{value} ({name})"


def _bound(value: object) -> str:
    big = isinstance(value, int) and abs(value) >= _FROM_WHERE_COMMAS_HELP
    return f"{value:,}" if big else f"{value}"
