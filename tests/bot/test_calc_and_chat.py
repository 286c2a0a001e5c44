"""The front door and the conversation give the same numbers for the same facts.

Every case whose facts a flow asks for is told to the conversation, answer by answer, on a day of its year: pressed where
there is a button, typed and confirmed where there is none. What the result then shows, and every cell behind it, is held
against what the front door makes of the same facts as JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from bot.calc import reckon, work_out
from bot.given import check
from bot.values import plain
from bot.worksheet import shown_in
from dialogs.flows import FLOWS, Verdict
from dialogs.moment import Reviewing, Showing
from dialogs.world import world_on
from knowledge.core.calculation import Worked
from knowledge.core.calculations import CALCULATIONS
from knowledge.core.employee import Ceiling
from knowledge.core.facts import AgeBand, CapKind, HighlyPaid, OverWages, PaySchedule, PlanKind, WayToRoth
from knowledge.core.limits import UnknownYear, load_law
from knowledge.library import load_library
from knowledge.words import dollars
from tests.dialogs.talk import Person
from tests.knowledge.core.test_cases import CASES

Table = dict[str, Any]

ROOM = CALCULATIONS["room"]
SHEETS = {flow.sheet for flow in FLOWS.values()}
"""The sheets that flows of the conversation read."""
NOT_IN_CHAT_YET = {
    "acp-refund",
    "acp-test",
    "backdoor",
    "deferrals",
    "employers",
    "highly-compensated",
    "match",
    "match-per-paycheck",
    "matched-after-tax",
    "pace",
    "rollover-split",
    "roth-account-withdrawal",
    "roth-ira",
    "roth-ira-withdrawal",
    "route",
    "tax",
}
"""The calculations whose sheet no flow reads. A flow that comes takes its own out."""

CHECK, JUST_ROOM = "check", "room"
ASKED_FOR_THE_ROOM = {"age_band", "pay", "deferral", "employer_money", "after_tax_so_far"}
"""The facts that *just my room* can ask for; everything else it takes for granted."""
FILLED: Mapping[str, object] = {
    "plan": PlanKind.K401,
    "takes_after_tax": True,
    "way_to_roth": WayToRoth.BOTH,
    "cap_kind": CapKind.NONE,
    "age_band": AgeBand.UNDER_50,
    "over_wages": OverWages.NO,
    "highly_paid": HighlyPaid.NEITHER,
    "other_plan": False,
    "whole_year": True,
    "pay_schedule": PaySchedule.MONTHLY,
    "checks_left": 12,
}
"""What *check my plan* asks too, and what cannot matter in a case that says nothing of it."""

FIRST = min(load_law().years)
TOLD = [case for calculation, case in CASES if calculation == ROOM.name and "refused" not in case]
IN_CHAT = [case for case in TOLD if case["year"] > FIRST]
CALLS = [
    (flow, case)
    for case in IN_CHAT
    for flow in (CHECK, JUST_ROOM)
    if flow == CHECK or set(case["facts"]) <= ASKED_FOR_THE_ROOM
]
EVERY_CALL = pytest.mark.parametrize(
    ("flow", "case"), [pytest.param(flow, case, id=f"{flow} {case['id']}") for flow, case in CALLS]
)


def told(flow: str, case: Table) -> Person:
    """Somebody who told the facts of ``case`` in ``flow`` and sees the result."""
    return _told(flow, case["id"]).copy()


@cache
def _told(flow: str, name: str) -> Person:
    case = next(case for case in IN_CHAT if case["id"] == name)
    _, facts = check(ROOM, {"year": case["year"], **case["facts"]})
    person = Person(world=world_on(date(case["year"], 7, 1))).says(f"/{flow}")
    asked: set[str] = set()
    while fact := person.asks:
        assert fact not in asked
        asked.add(fact)
        person.answers(facts[fact] if fact in facts else FILLED[fact])
    if isinstance(person.place, Reviewing):
        person.says("show")
    assert isinstance(person.place, Showing)
    return person


@EVERY_CALL
def test_both_come_to_the_same_numbers(flow: str, case: Table) -> None:
    facts = {"year": case["year"], **case["facts"]}
    worked = reckon(ROOM, facts)
    person = told(flow, case)
    (world,) = person.moment.survey.worlds
    for cell, value in worked.results.items():
        assert (
            plain(getattr(world.case, cell), cell)
            == plain(value, cell)
            == work_out(ROOM, facts)["results"][cell]
        )

    over, room = worked.results["over_limit"], _room(flow, worked)
    assert isinstance(over, Decimal)
    assert (world.verdict is Verdict.OVER_LIMIT) == (over > 0)
    assert world.over == over
    if not over:
        assert world.dollars == room
    shown = dollars(over or room) if over or room else f"No room left in {case['year']}"
    assert shown in person.sees


def _room(flow: str, worked: Worked) -> Decimal:
    """What the result speaks of: the room for the year, or what of it the pay to come can carry."""
    year, left = (worked.results.get(cell) for cell in ("year_room", "room"))
    assert isinstance(year, Ceiling)
    if flow == JUST_ROOM:
        return year.amount
    if isinstance(left, Ceiling):
        return left.amount
    pay = next(line.value for line in worked.lines if line.cell == "pay")
    assert isinstance(pay, Decimal)
    return min(year.amount, pay)  # twelve paychecks of twelve are filled in: a year's pay


@EVERY_CALL
def test_both_show_the_same_worksheet(flow: str, case: Table) -> None:
    person = told(flow, case)
    facts = {"year": case["year"], **plain(person.told, exact=True)}
    person.says("how")
    shown = [line.removeprefix("• ") for line in person.sees.splitlines() if line.startswith("• ")]
    assert set(shown) <= set(lines_of(reckon(ROOM, facts)))
    assert len(shown) > 15


def lines_of(worked: Worked) -> Iterator[str]:
    """The worksheet of the front door in the form of the conversation."""
    library = load_library()
    for line in worked.lines:
        value, how = "; ".join(shown_in(line, ROOM, library)), library.how(line.cell)
        source = library.source(line)
        yield f"{library.name_of(line.cell)}: {value}{how and f' = {how}'} ({source})"


# --- what the conversation cannot be told ----------------------------------------------------------------------------


def test_a_case_of_the_first_year_cannot_be_told_since_its_words_speak_of_the_year_before() -> None:
    assert [case["id"] for case in TOLD if case not in IN_CHAT] == ["A09"]
    with pytest.raises(UnknownYear, match=str(FIRST - 1)):
        world_on(date(FIRST, 7, 1))


def test_the_calculations_that_no_flow_asks_for_are_these() -> None:
    asked = {
        name for name, one in CALCULATIONS.items() if any(issubclass(sheet, one.sheet) for sheet in SHEETS)
    }
    assert CALCULATIONS.keys() - asked == NOT_IN_CHAT_YET


def test_every_other_case_is_told() -> None:
    assert [case for flow, case in CALLS if flow == CHECK] == IN_CHAT
    assert len(IN_CHAT) >= 40
    assert len(CALLS) - len(IN_CHAT) >= 20
