"""What someone told, and where they stand with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from dialogs.flows import FLOWS
from dialogs.moment import Moment
from dialogs.session import Session
from dialogs.world import World, world_on
from knowledge.core.facts import AgeBand, CapKind, HighlyPaid, PaySchedule, PlanKind, WayToRoth
from knowledge.core.match import EmployerMoney
from tests.dialogs.reading.show import words

WORLD = world_on(date(2026, 6, 15))
TOLD: Mapping[str, object] = {
    "plan": PlanKind.K401,
    "takes_after_tax": True,
    "way_to_roth": WayToRoth.INSIDE,
    "cap_kind": CapKind.NONE,
    "age_band": AgeBand.UNDER_50,
    "highly_paid": HighlyPaid.NEITHER,
    "other_plan": False,
    "pay": Decimal(185_000),
    "whole_year": True,
    "pay_schedule": PaySchedule.BIWEEKLY,
    "deferral": Decimal(24_500),
    "employer_money": EmployerMoney(fixed=Decimal(9_250)),
    "after_tax_so_far": Decimal(6_000),
    "checks_left": 10,
}
"""An easy case, in the order of the questions: the room is $32,250."""
CHECKED = FLOWS["check"].sheet.facts()
"""The facts of *check my plan* and *just my room*."""
ORDER = words(
    "plan takes_after_tax way_to_roth cap_kind cap_percent cap_dollars age_band over_wages highly_paid other_plan "
    "deferred_elsewhere employers_related additions_elsewhere pay whole_year pay_schedule checks_so_far checks_left "
    "pay_elsewhere cap_counts_all_pay deferral employer_money after_tax_so_far"
)
"""Every fact, in the order in which it can be asked for the first time."""


def but(**answers: object) -> dict[str, object]:
    """The easy case with other answers."""
    return {**TOLD, **answers}


def moment(answers: Mapping[str, object], flow: str = "check", world: World = WORLD) -> Moment:
    """Where someone stands who gave ``answers``."""
    return Moment(Session(flow, answers, idle=False, year=world.year), world)


def before(fact: str, **answers: object) -> Moment:
    """Where someone stands when ``fact`` is asked: the easy case up to there, with other answers."""
    asked = ORDER[: ORDER.index(fact)]
    return moment({name: value for name, value in but(**answers).items() if name in asked})
