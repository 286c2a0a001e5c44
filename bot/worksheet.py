"""A calculation as a person reads it: its results first, then line by line how they were got, as in the conversation.

Amounts are dollars and rates percentages: of what was told its unit says so, of what was worked out its name.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from bot.schema import Schema, inside, schema_of, unit_of
from bot.values import digits, is_fraction, plain, printable, spelled
from dialogs.values import describe
from knowledge.core.calculation import YEAR, Calculation, Worked
from knowledge.core.employee import Ceiling, Employee
from knowledge.core.limits import load_statute
from knowledge.core.match import EmployerMoney
from knowledge.core.sheet import Line, Origin
from knowledge.library import Library, load_calculations, load_library
from knowledge.words import dollars, percent

EDUCATION = "Education, not tax, legal or investment advice."
_WIDTH = 100
_UNITS = {"USD": "US dollars", "fraction": "a fraction"}
_FROM_OUTSIDE = {Origin.TOLD, Origin.ASSUMED}


def as_text(calculation: Calculation, worked: Worked) -> str:
    """Results, worksheet, and what the calculation does not model, as plain text."""
    library, words = load_library(), load_calculations()[calculation.name]
    parts = [
        [f"{words.title}, {worked.year}"],
        list(_results(worked, library)),
        ["How it was worked out", *_worksheet(calculation, worked, library)],
        ["Not modelled", *_bullets(words.not_modelled)],
        [EDUCATION],
    ]
    return "\n\n".join("\n".join(part) for part in parts)


def _results(worked: Worked, library: Library) -> Iterator[str]:
    rows = {cell: in_words(value, library, cell) for cell, value in worked.results.items()}
    rows |= {cell: [f"not worked out: needs {needs(fact, library)}"] for cell, fact in worked.open.items()}
    width = max(len(library.name_of(cell)) for cell in rows)
    for cell, shown in rows.items():
        line = f"  {library.name_of(cell):{width}}  {shown[0]}"
        if len(shown) == 1 and len(line) <= _WIDTH:
            yield line
        else:
            yield from (f"  {library.name_of(cell)}", *(_wrapped(one, "    ") for one in shown))


def needs(fact: str, library: Library) -> str:
    """What a result that was not worked out needs."""
    return "the limits of the year before" if fact == YEAR else f"{fact} ({library.name_of(fact)})"


def _worksheet(calculation: Calculation, worked: Worked, library: Library) -> Iterator[str]:
    for line in worked.lines:
        name, shown = library.name_of(line.cell), shown_in(line, calculation, library)
        source = library.source(line)
        if line.origin in _FROM_OUTSIDE and len(shown) == 1:
            yield _wrapped(f"{name}: {shown[0]} ({source})", "  ")
            continue
        if len(shown) == 1:
            yield _wrapped(f"{name}: {shown[0]}", "  ")
        else:
            yield from (f"  {name}:", *(_wrapped(one, "      ") for one in shown))
        for more in filter(None, (library.how(line.cell), source)):
            yield _wrapped(more, "    ")


def shown_in(line: Line, calculation: Calculation, library: Library) -> list[str]:
    """The value of ``line`` in words, in one line or in one for each of its entries."""
    match line.origin:
        case Origin.WORKED_OUT:
            return in_words(line.value, library, line.cell)
        case Origin.LAW:
            unit = getattr(getattr(load_statute(), line.cell, None), "unit", "")
            return in_words(line.value, library, line.cell, {"unit": _UNITS.get(unit, unit)})
        case _:
            return in_words(line.value, library, line.cell, inside(schema_of(calculation), [line.cell]))


def _bullets(sentences: Iterable[str]) -> Iterator[str]:
    for sentence in sentences:
        yield textwrap.fill(sentence, _WIDTH, initial_indent="  - ", subsequent_indent="    ")


def _wrapped(text: str, margin: str) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=margin,
        subsequent_indent=f"{margin}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


# --- values in words -------------------------------------------------------------------------------------------------


def in_words(value: object, library: Library, name: str = "", schema: Schema | None = None) -> list[str]:
    """``value`` of the cell or part ``name`` in words, in one line or in one for each of its entries.

    ``schema`` is that of a fact, and gives the units; of a record that was told, the parts with their usual value are
    left out. What was worked out has none.
    """
    match value:
        case None | []:
            return [library.say("no_cap")]
        case bool():
            return [library.say("yes" if value else "no")]
        case EmployerMoney():
            return [describe(Employee.employer_money.name, value, library)]
        case Ceiling(stop, amount):
            return [f"{dollars(amount)} ({library.say(f'stop_{stop}')})"]
        case Decimal():
            return [_number(value, name, unit_of(schema or {}))]
        case Enum():
            return [_option(value, name, library)]
        case date():
            return [f"{value:%B} {value.day}, {value.year}"]
        case Mapping() if not value:
            return [library.say("no_cap")]
        case Mapping():
            entries = ((str(plain(key)), inner) for key, inner in value.items())
            return [f"{printable(key)}: {_part(inner, library, name, key, schema)}" for key, inner in entries]
        case tuple() | list():
            shown = [_part(inner, library, name, at, schema) for at, inner in enumerate(value)]
            return shown if any(map(_has_parts, value)) else ["; ".join(shown)]
        case _ if is_dataclass(value):
            usual = {} if schema is None else {one.name: one.default for one in fields(value)}
            parts = ((one.name, getattr(value, one.name)) for one in fields(value))
            told = ((part, inner) for part, inner in parts if part not in usual or inner != usual[part])
            words = (f"{spelled(part)} {_part(inner, library, part, part, schema)}" for part, inner in told)
            return [", ".join(words)]
        case _:
            return [printable(str(value))]


def _part(value: object, library: Library, name: str, step: str | int, schema: Schema | None) -> str:
    """A part of something, in one line."""
    within = None if schema is None else inside(schema, [step])
    return "; ".join(in_words(value, library, name, within))


def _has_parts(value: object) -> bool:
    return is_dataclass(value) or isinstance(value, Mapping | tuple | list)


def _number(number: Decimal, name: str, unit: str) -> str:
    if unit.startswith("a fraction") or (not unit and is_fraction(name)):
        return percent(number)
    if not unit or unit.startswith("US dollars"):
        return dollars(number)
    return digits(number) if ":" in unit else f"{digits(number)} {unit}"  # what follows a colon is an example


def _option(value: Enum, name: str, library: Library) -> str:
    options = library.questions[name].front.options if name in library.questions else {}
    return options[value.value].label if value.value in options else spelled(str(value.value))
