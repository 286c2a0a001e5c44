"""The flows: each an outline that reads top to bottom like its conversation and returns a verdict.

Reading a fact is asking it. What is relevant is decided by the reading alone, here and in the core's cells, and
stated nowhere else: knock-outs come first, and a number is asked only when it can still change the result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto

from knowledge.core.employee import Employee, Stop
from knowledge.core.facts import CapKind, PlanKind, WayToRoth
from knowledge.core.sheet import Supposition


class Access(StrEnum):
    """What the plan allows: the whole road to Roth, only its first half, or nothing."""

    FULL = auto()
    PARTIAL = auto()
    NOT = auto()


class Verdict(StrEnum):
    """How a flow can end; its words are ``knowledge/content/outcomes/<verdict>.md``."""

    NO_PLAN = auto()
    OTHER_KIND = auto()
    NO_AFTER_TAX = auto()
    PARTIAL_ACCESS = auto()
    FULL_ACCESS = auto()
    LIMITED_BY_PLAN_CAP = auto()
    LIMITED_BY_PAY = auto()
    NO_ROOM_LEFT = auto()
    OVER_LIMIT = auto()
    JUST_ROOM = auto()
    UNCERTAIN = auto()
    """Not returned by an outline: what several of the others make when an answer is "not sure"."""

    @property
    def access(self) -> Access:
        """What the verdict says about the plan."""
        match self:
            case Verdict.NO_PLAN | Verdict.OTHER_KIND | Verdict.NO_AFTER_TAX:
                return Access.NOT
            case Verdict.PARTIAL_ACCESS:
                return Access.PARTIAL
            case _:
                return Access.FULL


def in_order(*_: object) -> None:
    """Ask the arguments in their order, because the result speaks of them."""


def check(case: Employee) -> Verdict:
    """*Check my plan*: whether it allows a Mega Backdoor Roth, and how much can still go in this year."""
    if case.plan is PlanKind.NONE:
        return Verdict.NO_PLAN
    if case.plan is PlanKind.OTHER:
        return Verdict.OTHER_KIND
    if not case.takes_after_tax:
        return Verdict.NO_AFTER_TAX
    in_order(case.way_to_roth, cap_as_told(case))
    in_order(case.age_band, case.roth_catch_up, case.highly_paid, case.deferral_limit_left)
    in_order(case.additions_elsewhere if case.related else None)
    in_order(case.pay, case.pay_this_year, case.annual_limit, case.pay_schedule, case.plan_cap)
    in_order(case.deferral, case.employer_money, case.after_tax_so_far, case.checks_left)
    if case.over_limit:
        return Verdict.OVER_LIMIT
    if case.way_to_roth is WayToRoth.NEITHER:
        return Verdict.PARTIAL_ACCESS
    match case.room:
        case room if not room.amount:
            return Verdict.NO_ROOM_LEFT
        case room if room.stop is Stop.PLAN_CAP:
            return Verdict.LIMITED_BY_PLAN_CAP
        case room if room.stop is Stop.PAY_TO_COME:
            return Verdict.LIMITED_BY_PAY
        case _:
            return Verdict.FULL_ACCESS


def cap_as_told(case: Employee) -> object:
    """The plan's cap as a person knows it, a percentage or dollars, before any pay is known."""
    match case.cap_kind:
        case CapKind.PERCENT:
            return case.cap_percent
        case CapKind.DOLLARS:
            return case.cap_dollars
        case CapKind.NONE:  # pragma: no branch
            return None


def room(case: Employee) -> Verdict:
    """*Just my room*: four numbers, and what the law leaves of the year."""
    in_order(case.pay, case.deferral, case.employer_money, case.after_tax_so_far)
    if case.over_limit:
        return Verdict.OVER_LIMIT
    return Verdict.JUST_ROOM if case.year_room.amount else Verdict.NO_ROOM_LEFT


@dataclass(frozen=True, slots=True)
class Flow:
    """An outline by ``name``, and what it takes for granted until told (the result lists it)."""

    name: str
    outline: Callable[[Employee], Verdict]
    assumed: Supposition = field(default_factory=dict)


FLOWS: Mapping[str, Flow] = {
    "check": Flow("check", check),
    "room": Flow("room", room, {"cap_kind": CapKind.NONE, "other_plan": False, "whole_year": True}),
}
