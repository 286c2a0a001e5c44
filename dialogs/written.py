"""Values in words: what a cell holds as a person reads it, whatever its type.

Amounts are dollars and rates percentages: of what was told its unit says so, of what was worked out its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Protocol

from dialogs.values import describe
from knowledge.core.employee import Ceiling, Employee
from knowledge.core.match import EmployerMoney
from knowledge.core.payroll import Election
from knowledge.library import Library
from knowledge.words import day, dollars, percent

_FRACTIONS = ("_rate", "_ratio", "_share", "_return", "_fraction", "_factor", "_employment_deduction")
"""How the names of fractions end; every other number that is worked out is money."""


class Measured(Protocol):
    """What is known of the units of a value that was told, part by part."""

    @property
    def unit(self) -> str:
        """The unit in words, empty where there is none."""
        ...

    def part(self, step: str | int) -> Measured:
        """The same of one part of the value."""
        ...


def in_brief(value: object, library: Library, name: str = "") -> list[str]:
    """The same for a chat: of a record without the parts that are 0 or nothing."""
    if isinstance(value, tuple | list) and any(map(_has_parts, value)):
        return ["; ".join(in_brief(one, library, name)) for one in value]
    if is_dataclass(value) and not isinstance(value, Election | EmployerMoney | Ceiling):
        parts = ((one.name, getattr(value, one.name)) for one in fields(value))
        told = [
            f"{spelled(part)} {'; '.join(in_brief(inner, library, part))}" for part, inner in parts if inner
        ]
        return [", ".join(told) or library.say("no_cap")]
    return in_words(value, library, name)


def in_words(value: object, library: Library, name: str = "", measured: Measured | None = None) -> list[str]:
    """``value`` of the cell or part ``name`` in words, in one line or in one for each of its entries.

    ``measured`` gives the units of a fact; of a record that was told, the parts with their usual value are left out.
    What was worked out has none.
    """
    match value:
        case None | []:
            return [library.say(nothing if (nothing := f"no_{name}") in library.phrases else "no_cap")]
        case bool():
            return [library.say("yes" if value else "no")]
        case EmployerMoney():
            return [describe(Employee.employer_money.name, value, library)]
        case Election():
            return [library.say("election", share=value.pay_share, dollars=value.dollars)]
        case Ceiling(stop, amount):
            return [f"{dollars(amount)} ({library.say(f'stop_{stop}')})"]
        case Decimal():
            return [_number(value, name, "" if measured is None else measured.unit)]
        case Enum():
            return [_option(value, name, library)]
        case date():
            return [day(value)]
        case Mapping() if not value:
            return [library.say("no_cap")]
        case Mapping():
            entries = ((_key(key), inner) for key, inner in value.items())
            return [
                f"{printable(key)}: {_part(inner, library, name, key, measured)}" for key, inner in entries
            ]
        case tuple() | list():
            shown = [_part(inner, library, name, at, measured) for at, inner in enumerate(value)]
            return shown if any(map(_has_parts, value)) else ["; ".join(shown)]
        case _ if is_dataclass(value):
            usual = {} if measured is None else {one.name: one.default for one in fields(value)}
            parts = ((one.name, getattr(value, one.name)) for one in fields(value))
            told = ((part, inner) for part, inner in parts if part not in usual or inner != usual[part])
            words = (f"{spelled(part)} {_part(inner, library, part, part, measured)}" for part, inner in told)
            return [", ".join(words)]
        case _:
            return [printable(str(value))]


def _part(value: object, library: Library, name: str, step: str | int, measured: Measured | None) -> str:
    """A part of something, in one line."""
    within = None if measured is None else measured.part(step)
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


def _key(key: object) -> str:
    return str(key.value) if isinstance(key, Enum) else str(key)


def spelled(name: str) -> str:
    """An identifier as words: ``match_cap`` is "match cap"."""
    return name.replace("_", " ")


def printable(text: str) -> str:
    """``text`` with what cannot be shown, or would change how a terminal shows the rest, as its code."""
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in text)


def is_fraction(name: str) -> bool:
    """Whether a number of this name is a fraction."""
    return f"_{name}".endswith(_FRACTIONS)


def digits(number: Decimal) -> str:
    """``number`` in decimal digits, without zeros that say nothing."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
