"""Answers as buttons, and as words: option keys to values, values to option keys, values to text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum

from dialogs.flows import FACTS
from knowledge.core.employee import Employee
from knowledge.core.match import ZERO, EmployerMoney
from knowledge.core.pay_days import Bonus
from knowledge.core.payroll import Election
from knowledge.core.sheet import NOT_SURE
from knowledge.library import Library
from knowledge.words import day, dollars, percent

COUNT_KEY = "n"
"""A count as an option key is ``n8``: a number of paychecks, never an amount."""
MOST_CHECKS = 53
"""Paychecks that a year can have: a weekly pay day can fall on 53 dates."""
_NEVER_ZERO = frozenset({Employee.pay.name, Employee.cap_dollars.name, Employee.cap_percent.name})


def value_of(fact: str, key: str) -> object:
    """The value that option ``key`` of ``fact`` stands for. Raises ValueError for a key that is none."""
    kind, count = FACTS[fact].kind, key.removeprefix(COUNT_KEY)
    if key == "not_sure" and FACTS[fact].may_be_unsure:
        return NOT_SURE
    if issubclass(kind, StrEnum):
        return kind(key)
    if kind is bool and key in ("yes", "no"):
        return key == "yes"
    if kind is int and count.isdecimal() and int(count) <= MOST_CHECKS:
        return int(count)
    if kind in (Decimal, EmployerMoney) and key == "zero" and fact not in _NEVER_ZERO:
        return kind()
    if kind is tuple and key == "none":
        return ()
    raise ValueError(f"{fact} has no option {key!r}")


def key_of(value: object) -> str:
    """The option key of a choice's value; empty for values that no button stands for."""
    if value is NOT_SURE:
        return "not_sure"
    if value == ():
        return "none"
    if isinstance(value, StrEnum):
        return value.value
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else ""


def describe(fact: str, value: object, library: Library) -> str:
    """``value`` as a person reads it: the option's label, dollars, a percentage, a count, a formula, a day in words."""
    key = key_of(value)
    if key:
        options = library.questions[fact].front.options
        return options[key].label if key in options else library.say(key)
    match value:
        case EmployerMoney():
            return " + ".join(_money(value, library)) or library.say("employer_none")
        case Election():
            return library.say("election", share=value.pay_share, dollars=value.dollars)
        case tuple():
            return ", ".join(_bonus(one, library) for one in value)
        case date():
            return day(value)
        case Decimal() if library.questions[fact].front.unit == "percent":
            return percent(value)
        case Decimal():
            return dollars(value)
        case _:
            return str(value)


def _bonus(bonus: Bonus, library: Library) -> str:
    words = library.say("bonus", amount=bonus.amount, check=bonus.check)
    return words if bonus.elections_apply else f"{words}{library.say('bonus_apart')}"


def _money(money: EmployerMoney, library: Library) -> Iterator[str]:
    if money.fixed:
        yield library.say("employer_fixed", fixed=money.fixed)
    if money.nonelective:
        yield library.say("employer_nonelective", rate=money.nonelective)
    end = ZERO
    for tier in money.tiers:
        words = "from" if tier.start != end else "next" if end else "first"
        yield library.say(
            f"employer_tier_{words}", rate=tier.rate, start=tier.start, end=tier.end, width=tier.end - end
        )
        end = tier.end
    if money.match_cap is not None:
        yield library.say("employer_match_cap", cap=money.match_cap)
