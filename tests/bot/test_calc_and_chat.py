"""The front door and the conversation give the same numbers for the same facts.

Every case whose facts a flow asks for is told to the conversation, answer by answer, on a day of its year: pressed where
there is a button, typed and confirmed where there is none. What the result then shows, and every cell behind it, is held
against what the front door makes of the same facts as JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache, partial
from inspect import getattr_static
from random import Random
from typing import Any

import pytest

from bot.calc import reckon, work_out
from bot.given import check
from bot.values import plain
from bot.worksheet import shown_in
from dialogs.flows import FLOWS, Access, Verdict
from dialogs.moment import Reviewing, Showing, known
from dialogs.world import world_on
from knowledge.core.calculation import Calculation, Worked
from knowledge.core.calculations import CALCULATIONS
from knowledge.core.case import Case
from knowledge.core.employee import Ceiling
from knowledge.core.facts import AgeBand, CapKind, HighlyPaid, OverWages, PaySchedule, PlanKind, WayToRoth
from knowledge.core.limits import UnknownYear, load_law
from knowledge.core.sheet import Origin
from knowledge.library import load_library
from knowledge.words import dollars
from tests.dialogs.anyone import answers, goes_through
from tests.dialogs.talk import WORLD, Person
from tests.knowledge.core.test_cases import CASES

pytestmark = pytest.mark.untraced

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


# --- every flow -------------------------------------------------------------------------------------------------------

SHARED = [
    (flow.name, name)
    for flow in FLOWS.values()
    for name, one in CALCULATIONS.items()
    if issubclass(flow.sheet, one.sheet)
]
"""Each flow with each calculation on whose sheet that of the flow builds."""
_JOB = {"other_plan", "deferred_elsewhere", "employers_related", "counted_in_403b"}
FINER = {"pay_this_year", "pay_to_come"}
"""The cells that a year by paycheck works out from finer facts: what rests on them comes out otherwise there."""
ANOTHER_WAY: Mapping[tuple[str, str], set[str]] = {
    ("paychecks", "room"): FINER | {"most_employer_money"},  # what payroll lets through
    ("own", "own-plan"): _JOB,  # under names of its own
    ("own", "own-plan-dates"): {"entity", "new_plan"},
    ("couple", "own-plan"): _JOB,
    ("couple", "own-plan-dates"): {"entity", "new_plan"},
    ("couple", "couple"): _JOB,
    ("acp", "room"): {"highly_paid", "pay"},
    ("acp", "acp-share"): {
        *("tested_pay", "year_match"),  # from what other flows were told
        *("nhce_average_last_year", "nhce_average_this_year"),  # may be not sure
        "acp_reach",  # pay first, then the kind of plan
        "_ratio",  # a contradiction names what pay and match were told by
    },
    ("convert", "conversion"): {"yearly_return"},
    ("repair", "correction"): {"year", "excess_deferral_paid_out"},
    ("repair", "acp-excise"): {"year"},
    ("repair", "pro-rata"): {"year"},
    ("repair", "form-1099-r"): {"year", "excess_deferral_paid_out"},
    ("repair", "moved-refund"): {"year"},
    ("worth", "worth"): {"years_contributing"},
    ("worth", "waiting"): {"years_contributing"},
}
"""What the sheet of a flow does not take from the calculation on which it builds: facts, cells and what they rest on."""
NOT_SHOWN = {("couple", "own-plan-dates"), ("repair", "pro-rata")}
"""The flows whose results rest on no cell of a calculation on which their sheet builds."""
TOLD_AS: Mapping[str, Mapping[str, str]] = {
    "acp-share": {"pay": "tested_pay", "employer_match": "year_match"},
}
"""By calculation, the facts that the flow works out from others, and how it calls them."""
PEOPLE = 60
"""So many go through each flow."""


def members(sheet: type[Case]) -> dict[str, object]:
    """What a sheet is made of: its facts, cells and properties, each as the sheet itself has it."""
    names = {name for base in sheet.__mro__ for name in vars(base) if not name.startswith("__")}
    return {name: getattr_static(sheet, name) for name in names}


@pytest.mark.parametrize(("flow", "calculation"), SHARED)
def test_a_flow_takes_the_rules_of_a_calculation_as_they_are(flow: str, calculation: str) -> None:
    own, shared = members(FLOWS[flow].sheet), members(CALCULATIONS[calculation].sheet)
    another_way = {name for name, member in shared.items() if own[name] is not member}
    assert another_way == ANOTHER_WAY.get((flow, calculation), set())


@cache
def results(flow: str) -> tuple[Case, ...]:
    """The sheets behind the results of people who are sure of their answers and answer by chance."""
    found = []
    for number in range(PEOPLE):
        gone = goes_through(flow, answers(Random(number), typed=number % 2 == 0))
        if gone.verdict and gone.verdict.access is not Access.NOT and not gone.survey.unsure:
            found.append(gone.survey.best.case)
    return tuple(found)


def cells_shown(flow: str, case: Case) -> Iterator[str]:
    """The cells that the result shows or is compared by, and every cell that those rest on."""
    for name in (*FLOWS[flow].shows(case), *FLOWS[flow].columns):
        cell = case.cells().get(name)
        if cell and known(partial(getattr, case, name)) is not None:
            yield from (line.cell for line in case.worksheet(cell) if line.origin is Origin.WORKED_OUT)


def facts_of(case: Case, calculation: Calculation) -> dict[str, Any]:
    """What the flow was told or takes for granted, as JSON facts of ``calculation``."""
    names = {asked_as: fact.name for asked_as, fact in case.facts().items()}
    read = {line.cell: line.value for line in case.facts_read()}
    facts = {name: read[names[name]] for name in calculation.sheet.facts() if names[name] in read}
    for name, worked_out in TOLD_AS.get(calculation.name, {}).items():
        if name in facts:
            facts[name] = getattr(case, worked_out)
    return {"year": known(lambda: case.year) or WORLD.year, **plain(facts, exact=True)}


@pytest.mark.parametrize(("flow", "calculation"), SHARED)
def test_every_flow_comes_to_the_numbers_of_its_calculations(flow: str, calculation: str) -> None:
    asked, finer = CALCULATIONS[calculation], FINER if (flow, calculation) == ("paychecks", "room") else set()
    compared: set[str] = set()
    for case in results(flow):
        same = [
            cell
            for name, cell in asked.sheet.cells().items()
            if name in {*cells_shown(flow, case)}
            and not {line.cell for line in case.worksheet(case.cells()[name])} & finer
        ]
        if same:
            given = facts_of(case, asked)
            found = work_out(replace(asked, results=tuple(same), extras=()), given)["results"]
            assert found == {cell.name: plain(getattr(case, cell.name), cell.name) for cell in same}, given
            compared |= found.keys()
    assert bool(compared) is ((flow, calculation) not in NOT_SHOWN)
