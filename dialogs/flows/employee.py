"""The flows of an employee: *check my plan* and *just my room*."""

from __future__ import annotations

from dialogs.flows.flow import Flow, Verdict, in_order
from knowledge.core.employee import Employee, Stop
from knowledge.core.facts import CapKind, PlanKind, WayToRoth


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
    in_order(case.pay, case.deferral, case.employer_money, case.after_tax_so_far, case.excess_deferral)
    if case.over_limit:
        return Verdict.OVER_LIMIT
    return Verdict.JUST_ROOM if case.year_room.amount else Verdict.NO_ROOM_LEFT


def _shows(case: Employee) -> tuple[str, ...]:
    return ("over_limit",) if case.over_limit else ("room", "most_per_check", "most_per_check_share")


def _shows_year(case: Employee) -> tuple[str, ...]:
    return ("over_limit",) if case.over_limit else ("year_room",)


_LIMIT = ("annual_limit", "counted_deferral", "employer_total", "after_tax_so_far")

CHECK = Flow(
    "check",
    Employee,
    check,
    dollars=lambda case: case.room.amount,
    over=lambda case: case.over_limit,
    shows=_shows,
    columns=(*_LIMIT, "plan_cap", "pay_to_come"),
    then=("paychecks", "convert", "acp"),
    reviewed=True,
)
ROOM = Flow(
    "room",
    Employee,
    room,
    assumed={"cap_kind": CapKind.NONE, "other_plan": False, "whole_year": True},
    dollars=lambda case: case.year_room.amount,
    over=lambda case: case.over_limit,
    shows=_shows_year,
    columns=_LIMIT,
    then=("check", "paychecks"),
)
