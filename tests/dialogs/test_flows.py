"""Which questions a flow asks, in which order, and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.flows import FLOWS, Access, Verdict
from dialogs.flows.employee import cap_as_told
from dialogs.survey import sheet_of
from dialogs.world import World, world_on
from knowledge.core.employee import Employee
from knowledge.core.facts import AgeBand, CapKind, OverWages, PlanKind, WayToRoth
from knowledge.core.sheet import NOT_SURE, Inconsistent, Unanswered, Unsure
from tests.dialogs.anyone import ANYONE, ENDS, goes_through
from tests.dialogs.reading.show import words
from tests.dialogs.told import WORLD, but

EVERYTHING = but(
    cap_percent=Decimal("0.1"),
    cap_dollars=Decimal(20_000),
    over_wages=OverWages.NO,
    deferred_elsewhere=Decimal(0),
    employers_related=False,
    additions_elsewhere=Decimal(0),
    checks_so_far=12,
    pay_elsewhere=Decimal(0),
    cap_counts_all_pay=False,
)
"""An answer to every question, whether it comes up or not."""


def asked(
    flow: str,
    told: Mapping[str, object],
    known: Mapping[str, object] | None = None,
    world: World = WORLD,
) -> list[str]:
    """The facts that ``flow`` asks one after another of someone who would answer ``told``."""
    answers, order = dict(known or {}), []
    while (needed := world.survey(flow, answers).needed) is not None:
        order.append(needed.fact.name)
        answers[needed.fact.name] = told[needed.fact.name]
    return order


def verdict(flow: str, answers: Mapping[str, object]) -> Verdict:
    return WORLD.survey(flow, answers).verdict


def everything(**answers: object) -> dict[str, object]:
    return {**EVERYTHING, **answers}


NUMBERS = "pay whole_year pay_schedule deferral employer_money after_tax_so_far checks_left"


@pytest.mark.parametrize(
    ("told", "order"),
    [
        ({"plan": PlanKind.NONE}, "plan"),
        ({"plan": PlanKind.OTHER}, "plan"),
        ({"takes_after_tax": False}, "plan takes_after_tax"),
        (
            {},
            f"plan takes_after_tax way_to_roth cap_kind age_band highly_paid other_plan {NUMBERS}",
        ),
        (
            {"way_to_roth": WayToRoth.NEITHER},
            f"plan takes_after_tax way_to_roth cap_kind age_band highly_paid other_plan {NUMBERS}",
        ),
        (
            {"cap_kind": CapKind.PERCENT},
            f"plan takes_after_tax way_to_roth cap_kind cap_percent age_band highly_paid other_plan {NUMBERS}",
        ),
        (
            {"cap_kind": CapKind.DOLLARS},
            f"plan takes_after_tax way_to_roth cap_kind cap_dollars age_band highly_paid other_plan {NUMBERS}",
        ),
        (
            {"cap_kind": CapKind.PERCENT, "pay": Decimal(400_000)},
            "plan takes_after_tax way_to_roth cap_kind cap_percent age_band highly_paid other_plan pay whole_year "
            "pay_schedule cap_counts_all_pay deferral employer_money after_tax_so_far checks_left",
        ),
        (
            {"age_band": AgeBand.FROM_50},
            "plan takes_after_tax way_to_roth cap_kind age_band over_wages highly_paid other_plan " + NUMBERS,
        ),
        (
            {"other_plan": True},
            "plan takes_after_tax way_to_roth cap_kind age_band highly_paid other_plan deferred_elsewhere "
            "employers_related " + NUMBERS,
        ),
        (
            {"other_plan": True, "employers_related": True},
            "plan takes_after_tax way_to_roth cap_kind age_band highly_paid other_plan deferred_elsewhere "
            "employers_related additions_elsewhere " + NUMBERS,
        ),
        (
            {"other_plan": True, "employers_related": True, "pay": Decimal(50_000)},
            "plan takes_after_tax way_to_roth cap_kind age_band highly_paid other_plan deferred_elsewhere "
            "employers_related additions_elsewhere pay whole_year pay_elsewhere pay_schedule deferral "
            "employer_money after_tax_so_far checks_left",
        ),
        (
            {"whole_year": False},
            "plan takes_after_tax way_to_roth cap_kind age_band highly_paid other_plan pay whole_year "
            "pay_schedule checks_so_far checks_left deferral employer_money after_tax_so_far",
        ),
    ],
)  # fmt: skip
def test_the_check_asks_what_can_still_change_the_result(told: dict[str, object], order: str) -> None:
    assert asked("check", everything(**told)) == words(order)


@pytest.mark.parametrize(
    ("told", "order"),
    [
        ({}, "pay deferral employer_money after_tax_so_far"),
        ({"deferral": Decimal(30_000)}, "pay deferral employer_money after_tax_so_far age_band"),
        ({"pay": Decimal(50_000)}, "pay deferral employer_money after_tax_so_far"),
    ],
)
def test_the_room_asks_four_numbers(told: dict[str, object], order: str) -> None:
    assert asked("room", everything(**told)) == words(order)


def test_where_catch_up_need_not_be_roth_last_years_wages_are_not_asked() -> None:
    told = everything(age_band=AgeBand.FROM_60)
    assert "over_wages" in asked("check", told)
    assert "over_wages" not in asked("check", told, world=world_on(date(2025, 6, 15)))


def test_what_the_check_was_told_the_room_does_not_ask_again() -> None:
    told = everything()
    check = {fact: told[fact] for fact in asked("check", told)}
    assert asked("room", told, check) == []
    room = {fact: told[fact] for fact in asked("room", told)}
    rest = asked("check", told, room)
    assert set(rest).isdisjoint(room)
    assert set(rest) | set(room) == set(check)


def test_what_the_room_takes_for_granted_gives_way_to_what_was_told() -> None:
    assert WORLD.survey("room", everything()).high == 32_250
    assert WORLD.survey("room", everything(cap_kind=CapKind.DOLLARS)).high == 14_000
    part = everything(whole_year=False, pay=Decimal(100_000), checks_so_far=3)
    assert WORLD.survey("room", part).high == 50_000 - 24_500 - 9_250 - 6_000
    assert WORLD.survey("room", everything(checks_left=0)).high == 32_250


# --- verdicts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "expected", "room"),
    [
        ({"plan": PlanKind.NONE}, Verdict.NO_PLAN, 0),
        ({"plan": PlanKind.OTHER}, Verdict.OTHER_KIND, 0),
        ({"takes_after_tax": False}, Verdict.NO_AFTER_TAX, 0),
        ({"way_to_roth": WayToRoth.NEITHER}, Verdict.PARTIAL_ACCESS, 32_250),
        ({}, Verdict.FULL_ACCESS, 32_250),
        ({"plan": PlanKind.B403, "way_to_roth": WayToRoth.WITHDRAW}, Verdict.FULL_ACCESS, 32_250),
        ({"cap_kind": CapKind.PERCENT}, Verdict.LIMITED_BY_PLAN_CAP, 12_500),
        ({"cap_kind": CapKind.DOLLARS}, Verdict.LIMITED_BY_PLAN_CAP, 14_000),
        ({"cap_kind": CapKind.DOLLARS, "cap_dollars": Decimal(60_000)}, Verdict.FULL_ACCESS, 32_250),
        ({"checks_left": 2, "pay": Decimal(104_000)}, Verdict.LIMITED_BY_PAY, 8_000),
        ({"pay": Decimal(39_750), "checks_left": 26}, Verdict.NO_ROOM_LEFT, 0),
        ({"pay": Decimal(50_000), "checks_left": 26}, Verdict.FULL_ACCESS, 10_250),
        ({"checks_left": 0}, Verdict.NO_ROOM_LEFT, 0),
        ({"after_tax_so_far": Decimal(38_250)}, Verdict.NO_ROOM_LEFT, 0),
        ({"after_tax_so_far": Decimal("38_250.01")}, Verdict.OVER_LIMIT, 0),
        ({"after_tax_so_far": Decimal("38_249.99")}, Verdict.FULL_ACCESS, "0.01"),
        ({"cap_kind": CapKind.DOLLARS, "after_tax_so_far": Decimal(20_000)}, Verdict.NO_ROOM_LEFT, 0),
        (
            {"way_to_roth": WayToRoth.NEITHER, "after_tax_so_far": Decimal(60_000)},
            Verdict.OVER_LIMIT,
            0,
        ),
    ],
)  # fmt: skip
def test_plain_answers_end_the_check_in_a_verdict(
    told: dict[str, object], expected: Verdict, room: int | str
) -> None:
    found = WORLD.survey("check", everything(**told))
    assert (found.verdict, found.low, found.high) == (expected, Decimal(room), Decimal(room))


@pytest.mark.parametrize(
    ("told", "expected", "room"),
    [
        ({}, Verdict.JUST_ROOM, 32_250),
        ({"after_tax_so_far": Decimal(38_250)}, Verdict.NO_ROOM_LEFT, 0),
        ({"after_tax_so_far": Decimal(38_251)}, Verdict.OVER_LIMIT, 0),
        ({"deferral": Decimal(32_500), "age_band": AgeBand.FROM_50}, Verdict.JUST_ROOM, 32_250),
    ],
)
def test_plain_answers_end_the_room_in_a_verdict(
    told: dict[str, object], expected: Verdict, room: int
) -> None:
    found = WORLD.survey("room", everything(**told))
    assert found.verdict is expected
    assert found.high == room


def test_unsure_answers_end_in_the_verdict_that_is_none() -> None:
    assert verdict("check", everything(takes_after_tax=NOT_SURE)) is Verdict.UNCERTAIN
    assert verdict("room", everything(employer_money=NOT_SURE)) is Verdict.UNCERTAIN


def test_what_a_verdict_says_about_the_plan() -> None:
    found = {access: {v for v in Verdict if v.access is access} for access in Access}
    nothing_to_count = {Verdict.NO_OWN_PAY, Verdict.SHARED_LIMIT, Verdict.EACH_PARTNER_ALONE}
    assert found[Access.NOT] == {
        *(Verdict.NO_PLAN, Verdict.OTHER_KIND, Verdict.NO_AFTER_TAX, Verdict.SPOUSE_WITHOUT_PAY),
        *nothing_to_count,
    }
    assert found[Access.PARTIAL] == {Verdict.PARTIAL_ACCESS, Verdict.NO_WAY_TO_CONVERT}
    own_words = {f"{verdict}_{flow}" for flow, verdicts in ENDS.items() for verdict in verdicts}
    assert set(WORLD.library.outcomes) - own_words == {v.value for v in Verdict}


@pytest.mark.parametrize(
    ("told", "cap"),
    [
        ({"cap_kind": CapKind.NONE}, None),
        ({"cap_kind": CapKind.PERCENT, "cap_percent": Decimal("0.1")}, Decimal("0.1")),
        ({"cap_kind": CapKind.DOLLARS, "cap_dollars": Decimal(20_000)}, Decimal(20_000)),
    ],
)
def test_the_cap_is_asked_as_a_person_knows_it(told: dict[str, object], cap: Decimal | None) -> None:
    assert cap_as_told(Employee(told, WORLD.limits, WORLD.last_year)) == cap


# --- every path ---------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.sampled_from([*FLOWS]), ANYONE)
def test_every_path_ends_asks_nothing_twice_and_uses_every_answer(
    flow: str, answer: Callable[[str], object]
) -> None:
    gone = goes_through(flow, answer)  # nothing is asked twice on the way
    found = gone.survey
    if gone.verdict is None:
        assert found.conflict is not None
        assert set(found.conflict.facts) & set(gone.asked)
        return
    granted = {name for name, fact in FLOWS[flow].sheet.facts().items() if fact.default is not None}
    assert set(found.path) >= set(gone.asked)
    assert set(found.path) - set(gone.asked) <= set(FLOWS[flow].assumed) | granted | {"cap_dollars"}


@settings(deadline=None)
@given(st.sampled_from([*FLOWS]), ANYONE)
def test_a_fact_is_asked_only_if_the_outline_cannot_go_on(flow: str, answer: Callable[[str], object]) -> None:
    gone = goes_through(flow, answer)
    answers = gone.answers
    contradictory = WORLD.survey(flow, answers).conflict is not None
    stuck = (Unanswered, Unsure, Inconsistent) if contradictory else (Unanswered, Unsure)
    for asked_for in gone.asked:
        others = {fact: value for fact, value in answers.items() if fact != asked_for}
        with pytest.raises(stuck):
            FLOWS[flow].outline(sheet_of(FLOWS[flow], others, WORLD.limits, WORLD.last_year))
