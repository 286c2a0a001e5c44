"""What unsure answers leave open: the range holds every truth, and both its ends can be true."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from functools import partial
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.flows import FLOWS, Access, Verdict
from dialogs.survey import Survey, unsure_answers
from knowledge.core.employee import Employee
from knowledge.core.facts import (
    AgeBand,
    CapKind,
    HighlyPaid,
    OverWages,
    PaySchedule,
    PlanKind,
    WayToRoth,
)
from knowledge.core.match import EmployerMoney, Tier
from knowledge.core.sheet import NOT_SURE, Inconsistent
from tests.dialogs.anyone import ANYONE, SAMPLES, goes_through
from tests.dialogs.anyone import answers as answers_of
from tests.dialogs.reading.show import words
from tests.dialogs.told import TOLD, WORLD, but

ZERO = Decimal(0)
BASE, CATCH_UP, TOTAL = Decimal(24_500), Decimal(8_000), Decimal(72_000)
UNSURE = words(
    "takes_after_tax way_to_roth cap_kind cap_percent cap_dollars cap_counts_all_pay deferred_elsewhere "
    "employers_related additions_elsewhere deferral employer_money after_tax_so_far"
)
"""What can be unsure; an amount comes after what its largest value rests on."""

Answers = Mapping[str, object]


def survey(answers: Answers, flow: str = "check") -> Survey:
    return WORLD.survey(flow, answers)


# --- brute force --------------------------------------------------------------------------------------------------


def grid(most: Decimal, steps: int) -> Iterator[Decimal]:
    return (most * step / steps for step in range(steps + 1))


def truths_of(fact: str, told: Answers, steps: int) -> Iterator[Answers]:
    """What an unsure ``fact`` can be in truth."""
    match fact:
        case "cap_kind":
            yield {"cap_kind": CapKind.NONE}
            for share in grid(Decimal(1), steps):
                for all_pay in (True, False):
                    yield {"cap_kind": CapKind.PERCENT, "cap_percent": share, "cap_counts_all_pay": all_pay}
            for amount in grid(TOTAL, steps):
                yield {"cap_kind": CapKind.DOLLARS, "cap_dollars": amount}
        case "way_to_roth":
            for way in WayToRoth:
                yield {fact: way}
        case "takes_after_tax" | "cap_counts_all_pay" | "employers_related":
            yield {fact: True}
            yield {fact: False}
        case "employer_money":
            for amount in grid(TOTAL, steps):
                yield {fact: EmployerMoney(fixed=amount)}
        case "additions_elsewhere":  # what was deferred there is the least
            for total in {*grid(TOTAL, steps), told["deferred_elsewhere"]}:
                yield {fact: total}
        case _:
            for amount in grid(most(fact, told), steps):
                yield {fact: amount}


def most(fact: str, told: Answers) -> Decimal:
    if fact == "cap_percent":
        return Decimal(1)
    if fact == "deferred_elsewhere":
        return BASE
    if fact != "deferral":
        return TOTAL
    elsewhere, pay = (told[name] for name in ("deferred_elsewhere", "pay"))
    assert isinstance(elsewhere, Decimal)
    assert isinstance(pay, Decimal)
    left = BASE - elsewhere if told["other_plan"] else BASE
    return min(left + (CATCH_UP if told["age_band"] is AgeBand.FROM_50 else 0), pay)


def truths(answers: Answers, steps: int) -> Iterator[Answers]:
    """Every way in which the unsure answers can turn out, amounts in ``steps`` steps."""
    unsure = next((fact for fact in UNSURE if answers[fact] is NOT_SURE), None)
    if unsure is None:
        yield answers
        return
    for truth in truths_of(unsure, answers, steps):
        yield from truths({**answers, **truth}, steps)


def rooms_of(flow: str, answers: Answers, steps: int) -> set[Decimal]:
    """The room in each way in which the unsure answers can turn out; what contradicts itself cannot be."""
    rooms = set()
    for truth in truths(answers, steps):
        with suppress(Inconsistent):
            rooms.add(room_of(flow, truth))
    return rooms


def room_of(flow: str, answers: Answers) -> Decimal:
    case = Employee(answers, WORLD.limits, WORLD.last_year, assumed=FLOWS[flow].assumed)
    if FLOWS[flow].outline(case).access is Access.NOT:
        return ZERO
    return case.room.amount if flow == "check" else case.year_room.amount


DOLLARS = st.sampled_from([0, 2_500, 10_000, 24_500, 32_500, 60_000]).map(Decimal)
MONEY = st.sampled_from(
    [
        EmployerMoney(),
        EmployerMoney(fixed=Decimal(9_250)),
        EmployerMoney((Tier(Decimal("0.5"), ZERO, Decimal("0.06")),)),
        EmployerMoney((Tier(Decimal(1), ZERO, Decimal(1)),), Decimal("0.03"), match_cap=Decimal(20_000)),
    ]
)
PEOPLE = st.fixed_dictionaries(
    {
        "plan": st.just(PlanKind.K401),
        "takes_after_tax": st.just(True),
        "way_to_roth": st.sampled_from(WayToRoth),
        "cap_kind": st.sampled_from(CapKind),
        "cap_percent": st.sampled_from(["0.02", "0.1", "0.5"]).map(Decimal),
        "cap_dollars": DOLLARS,
        "cap_counts_all_pay": st.booleans(),
        "age_band": st.sampled_from([AgeBand.UNDER_50, AgeBand.FROM_50]),
        "over_wages": st.just(OverWages.NO),
        "highly_paid": st.just(HighlyPaid.NEITHER),
        "other_plan": st.booleans(),
        "deferred_elsewhere": st.sampled_from([0, 10_000, 24_500]).map(Decimal),
        "employers_related": st.booleans(),
        "additions_elsewhere": DOLLARS,
        "pay_elsewhere": DOLLARS,
        "pay": st.sampled_from([20_000, 60_000, 185_000, 500_000]).map(Decimal),
        "whole_year": st.just(True),
        "pay_schedule": st.sampled_from(PaySchedule),
        "checks_left": st.sampled_from([0, 2, 12]),
        "deferral": DOLLARS,
        "employer_money": MONEY,
        "after_tax_so_far": DOLLARS,
    }
)


@pytest.mark.untraced
@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(["check", "room"]),
    PEOPLE,
    st.lists(st.sampled_from(UNSURE), min_size=1, max_size=3, unique=True),
)
def test_the_range_is_that_of_everything_that_could_be_true(
    flow: str, person: dict[str, object], unsure: list[str]
) -> None:
    answers = person | dict.fromkeys(unsure, NOT_SURE)
    found = survey(answers, flow)
    rooms = rooms_of(flow, answers, 8)
    if not found.complete:
        assert not rooms
        return
    assert (found.low, found.high) == (min(rooms), max(rooms))


@pytest.mark.parametrize("unsure", UNSURE)
def test_the_range_of_each_unsure_answer(unsure: str) -> None:
    answers: dict[str, object] = but(
        cap_percent=Decimal("0.1"),
        cap_dollars=Decimal(20_000),
        cap_counts_all_pay=False,
        other_plan=True,
        deferred_elsewhere=Decimal(2_000),
        employers_related=True,
        additions_elsewhere=Decimal(5_000),
        pay=Decimal(400_000),
        deferral=Decimal(10_000),
    )
    needs = {
        "cap_percent": CapKind.PERCENT,
        "cap_counts_all_pay": CapKind.PERCENT,
        "cap_dollars": CapKind.DOLLARS,
    }
    answers |= {"cap_kind": needs.get(unsure, CapKind.NONE), unsure: NOT_SURE}
    found = survey(answers)
    rooms = rooms_of("check", answers, 100)
    assert (found.low, found.high) == (min(rooms), max(rooms))
    assert list(found.unsure) == [unsure]
    assert found.certain == (unsure == "deferred_elsewhere")


NO_RANGE = {"next_pay_day", "deferral_election"}
"""Facts without which a year is reckoned in another way: "not sure" stands for no range of answers."""


def lawful(chance: Random) -> Callable[[str], object]:
    """Somebody who answers by chance and defers no more than one may."""
    answer = answers_of(chance)
    return lambda fact: BASE if fact == "deferral" else False if fact == "other_plan" else answer(fact)


def unsure_of(fact: str, answer: Callable[[str], object], asked: str) -> object:
    return NOT_SURE if asked == fact else True if asked == _OPENS.get(fact) else answer(asked)


_OPENS = dict.fromkeys(("deferred_elsewhere", "employers_related", "additions_elsewhere"), "other_plan")
"""What is asked only of a person with another plan."""
_AMOUNTS = {"deferral", "employer_money", "after_tax_so_far"}
_PLAN = {"takes_after_tax", "cap_kind", "cap_percent", "cap_counts_all_pay"}
RANGES: Mapping[str, set[str]] = {
    "check": {*_AMOUNTS, *_PLAN, *_OPENS, "way_to_roth", "cap_dollars"},
    "room": _AMOUNTS,
    "paychecks": {*_AMOUNTS, *_PLAN},
    "own": {"business_related", "job_deferral"},
    "couple": {"business_related", "job_deferral"},
}
"""The facts that can be unsure in each flow and that chance comes to; the rest is not asked there."""


@pytest.mark.untraced
@pytest.mark.parametrize("flow", FLOWS)
def test_in_every_flow_the_range_holds_every_truth(flow: str) -> None:
    facts = {fact.name for fact in FLOWS[flow].sheet.facts().values() if fact.possible} - NO_RANGE
    met = set()
    for fact, number in product(sorted(facts & SAMPLES.keys()), range(5 if flow == "paychecks" else 40)):
        answer = lawful(Random(number))
        gone = goes_through(flow, partial(unsure_of, fact, answer))
        if gone.verdict in (None, Verdict.ACP_UNKNOWN) or fact not in gone.survey.unsure:
            continue  # a contradiction; a table in the place of a range; not asked
        met.add(fact)
        for value in SAMPLES[fact]:
            if value is not NOT_SURE and not (
                fact == "deferral" and isinstance(value, Decimal) and value > BASE
            ):
                truth = goes_through(flow, answer, {**gone.answers, fact: value})
                if truth.verdict is not None:
                    ends = (gone.survey.low, truth.survey.low, truth.survey.high, gone.survey.high)
                    assert list(ends) == sorted(ends), (gone.answers, fact, value)
    assert met == RANGES.get(flow, set())


# --- worlds -------------------------------------------------------------------------------------------------------

EVERYTHING_UNSURE: Answers = {
    **but(age_band=AgeBand.FROM_50, over_wages=OverWages.NO, other_plan=True, pay=Decimal(400_000)),
    **dict.fromkeys(UNSURE, NOT_SURE),
    "pay_elsewhere": ZERO,
}
MOST_WORLDS = 385
"""Without after-tax money 1. With it 2 ways out, 2 caps, 2 pays that they count, 2 x 2 x 2 x 2 for the four amounts,
and 3 for unrelated employers or related ones with either of two additions: 384."""


def test_so_many_worlds_at_most() -> None:
    counts = {
        (flow, kind): len(survey({**EVERYTHING_UNSURE, "cap_kind": kind}, flow).worlds)
        for flow in FLOWS
        for kind in (*CapKind, NOT_SURE)
    }
    assert max(counts.values()) == counts["check", CapKind.PERCENT] == MOST_WORLDS
    assert max(n for (flow, _), n in counts.items() if flow == "room") == 192


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(["check", "room"]), PEOPLE, st.sets(st.sampled_from(UNSURE)))
def test_the_worlds_stay_few_and_suppose_only_what_is_unsure(
    flow: str, person: dict[str, object], unsure: set[str]
) -> None:
    found = survey(person | dict.fromkeys(unsure, NOT_SURE), flow)
    assert found.complete or found.conflict
    assert len(found.worlds) <= MOST_WORLDS
    assert set(found.unsure) <= unsure
    for world in found.worlds:
        assert set(world.supposed) <= unsure | {"cap_dollars"}
        assert found.low <= world.dollars <= found.high


@settings(deadline=None, max_examples=200)
@given(st.sampled_from([*FLOWS]), ANYONE)
def test_in_every_flow_the_worlds_stay_few_and_suppose_only_what_is_unsure(
    flow: str, answer: Callable[[str], object]
) -> None:
    gone = goes_through(flow, answer)
    found, unsure = gone.survey, {fact for fact, value in gone.answers.items() if value is NOT_SURE}
    assert len(found.worlds) <= MOST_WORLDS
    assert set(found.unsure) <= unsure
    for world in found.worlds:
        assert set(world.supposed) <= unsure | {"cap_dollars"}
        assert found.low <= world.dollars <= found.high
        assert found.over_low <= world.over <= found.over_high or world.verdict.access is Access.NOT
    if found.complete and found.certain:
        assert not any(found.stakes().values())


def test_a_plain_case_is_one_world() -> None:
    found = survey(TOLD)
    assert [(world.supposed, world.verdict) for world in found.worlds] == [({}, Verdict.FULL_ACCESS)]
    assert found.low == found.high == 32_250
    assert found.needed is None
    assert found.certain
    assert found.best is found.worlds[0]
    assert found.best.at_stake == 32_250
    assert found.stakes() == {}


def test_while_a_fact_is_missing_there_is_no_world() -> None:
    answers = but(takes_after_tax=NOT_SURE)
    del answers["checks_left"]
    found = survey(answers)
    assert found.needed is not None
    assert found.needed.fact is Employee.checks_left
    assert found.worlds == []
    assert list(found.path)[:2] == ["plan", "takes_after_tax"]
    assert "checks_left" not in found.path


def test_what_one_world_needs_comes_before_what_another_does() -> None:
    answers = but(other_plan=True, deferred_elsewhere=ZERO, employers_related=NOT_SURE)
    assert (needed := survey(answers).needed) is not None
    assert needed.fact is Employee.additions_elsewhere
    assert survey(answers).worlds == []
    del answers["pay"]
    assert (needed := survey(answers).needed) is not None
    assert needed.fact is Employee.pay


def test_a_world_without_after_tax_money_has_no_room() -> None:
    found = survey(but(takes_after_tax=NOT_SURE))
    assert [world.verdict for world in found.worlds] == [Verdict.FULL_ACCESS, Verdict.NO_AFTER_TAX]
    assert [world.dollars for world in found.worlds] == [Decimal(32_250), ZERO]
    assert found.verdict is Verdict.UNCERTAIN
    assert not found.certain


def test_room_that_cannot_reach_roth_is_not_the_best() -> None:
    found = survey(but(way_to_roth=NOT_SURE, cap_kind=NOT_SURE))
    assert found.best.verdict is Verdict.FULL_ACCESS
    assert found.best.dollars == found.best.at_stake == 32_250
    partial = next(world for world in found.worlds if world.verdict is Verdict.PARTIAL_ACCESS)
    assert partial.dollars == 32_250
    assert partial.at_stake == 0
    found.worlds.reverse()
    assert found.best.verdict is Verdict.FULL_ACCESS


def test_where_nothing_reaches_roth_more_room_is_better() -> None:
    found = survey(but(way_to_roth=WayToRoth.NEITHER, deferral=NOT_SURE))
    assert found.best.dollars == found.high == 56_750


@pytest.mark.parametrize(
    ("told", "certain"),
    [
        ({"cap_kind": CapKind.PERCENT, "cap_percent": Decimal("0.5"), "cap_counts_all_pay": NOT_SURE}, True),
        ({"cap_kind": CapKind.PERCENT, "cap_percent": Decimal("0.1"), "cap_counts_all_pay": NOT_SURE}, False),
        ({"other_plan": True, "deferred_elsewhere": NOT_SURE, "employers_related": False}, True),
        ({"way_to_roth": NOT_SURE}, False),
    ],
)
def test_what_is_unsure_may_not_matter(told: dict[str, object], certain: bool) -> None:
    found = survey(but(pay=Decimal(400_000), **told))
    assert len(found.worlds) == 2
    assert found.certain is certain
    assert (found.verdict is Verdict.UNCERTAIN) is not certain
    assert any(found.stakes().values()) is not certain


@pytest.mark.parametrize(
    ("told", "low", "high"),
    [
        ({}, 0, 0),
        ({"deferral": NOT_SURE}, 0, 0),
        ({"takes_after_tax": False}, 0, 0),
        ({"after_tax_so_far": Decimal(40_000)}, 1_750, 1_750),
        ({"after_tax_so_far": Decimal(60_000), "deferral": NOT_SURE}, 0, 21_750),
        ({"after_tax_so_far": Decimal(70_000), "deferral": NOT_SURE}, 7_250, 31_750),
        ({"after_tax_so_far": Decimal(40_000), "takes_after_tax": NOT_SURE}, 1_750, 1_750),
    ],
)
def test_what_is_over_the_limit_is_a_range_too(told: dict[str, object], low: int, high: int) -> None:
    found = survey(but(**told))
    assert found.over_low == low
    assert found.over_high == high


def test_no_room_in_every_world_is_not_certain_while_what_is_over_differs() -> None:
    found = survey(but(after_tax_so_far=Decimal(70_000), deferral=NOT_SURE))
    assert {world.verdict for world in found.worlds} == {Verdict.OVER_LIMIT}
    assert found.low == found.high == 0
    assert not found.certain


# --- stakes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unsure", "low", "high", "stakes"),
    [
        ("takes_after_tax", 0, 32_250, {"takes_after_tax": 32_250}),
        ("way_to_roth", 32_250, 32_250, {"way_to_roth": 32_250}),
        ("cap_kind", 0, 32_250, {"cap_kind": 32_250}),
        ("deferral", 32_250, 56_750, {"deferral": 24_500}),
        ("employer_money", 0, 41_500, {"employer_money": 41_500}),
        ("after_tax_so_far", 0, 38_250, {"after_tax_so_far": 38_250}),
        ("deferral after_tax_so_far", 0, 62_750, {"after_tax_so_far": 62_750, "deferral": 24_500}),
        ("employer_money deferral", 0, 66_000, {"employer_money": 66_000, "deferral": 24_500}),
        (
            "after_tax_so_far cap_kind takes_after_tax",
            0,
            38_250,
            {"takes_after_tax": 38_250, "cap_kind": 38_250, "after_tax_so_far": 38_250},
        ),
    ],
)
def test_the_most_money_at_stake_comes_first_then_the_order_of_the_questions(
    unsure: str, low: int, high: int, stakes: dict[str, int]
) -> None:
    found = survey(but(**dict.fromkeys(words(unsure), NOT_SURE)))
    assert found.low == low
    assert found.high == high
    assert list(found.stakes()) == list(stakes)
    assert found.stakes() == stakes


def test_what_changes_only_the_worst_case_is_at_stake_too() -> None:
    # The cap leaves $14,000 of the room, whatever is deferred, unless related employers share the limit.
    found = survey(
        but(
            cap_kind=CapKind.DOLLARS,
            cap_dollars=Decimal(20_000),
            other_plan=True,
            deferred_elsewhere=ZERO,
            employers_related=NOT_SURE,
            additions_elsewhere=Decimal(30_000),
            deferral=NOT_SURE,
        )
    )
    assert found.low == 2_250
    assert found.high == 14_000
    assert found.stakes() == {"employers_related": 11_750, "deferral": 11_750}


def test_a_fact_that_splits_no_two_worlds_stakes_nothing() -> None:
    found = survey(but(other_plan=True, deferred_elsewhere=NOT_SURE, employers_related=False))
    assert found.stakes() == {"deferred_elsewhere": 0}
    found.worlds.clear()
    assert found.stakes() == {"deferred_elsewhere": 0}


# --- what rests on something else ---------------------------------------------------------------------------------


def test_an_amount_that_rests_on_another_unsure_one_is_supposed_after_it() -> None:
    found = survey(but(employer_money=NOT_SURE, deferral=NOT_SURE, after_tax_so_far=NOT_SURE))
    assert list(found.unsure) == ["deferral", "employer_money", "after_tax_so_far"]
    supposed = [list(world.supposed) for world in found.worlds]
    assert supposed == [["deferral", "employer_money", "after_tax_so_far"]] * 8
    tops = [world.supposed["employer_money"] for world in found.worlds]
    assert [money.fixed for money in tops if isinstance(money, EmployerMoney)] == [
        0, 0, 72_000, 72_000, 0, 0, 47_500, 47_500,
    ]  # fmt: skip


def test_the_deepest_of_several_comes_first_wherever_it_is_asked() -> None:
    answers = {"pay": TOLD["pay"], "other_plan": True, "cap_kind": CapKind.NONE} | dict.fromkeys(
        words("after_tax_so_far employer_money deferral deferred_elsewhere"), NOT_SURE
    )
    found = survey(answers | {"employers_related": False, "age_band": AgeBand.UNDER_50}, "room")
    assert list(found.unsure) == words("deferred_elsewhere deferral employer_money after_tax_so_far")


def test_what_an_unsure_amount_rests_on_is_asked() -> None:
    assert (needed := survey({"deferral": NOT_SURE}, "room").needed) is not None
    assert needed.fact is Employee.pay
    answers = {"pay": TOLD["pay"], "other_plan": True, "deferral": NOT_SURE}
    assert (needed := survey(answers, "room").needed) is not None
    assert needed.fact is Employee.deferred_elsewhere


@pytest.mark.parametrize(
    "fact", words("plan age_band highly_paid other_plan pay whole_year pay_schedule checks_left")
)
def test_a_fact_that_cannot_be_unsure_is_asked_again(fact: str) -> None:
    found = survey(but(**{fact: NOT_SURE}))
    assert found.needed is not None
    assert (found.needed.fact.name, found.needed.because) == (fact, ())
    assert found.worlds == []
    assert fact not in found.unsure


def test_a_fact_that_cannot_be_unsure_is_asked_again_before_what_rests_on_it() -> None:
    found = survey({"pay": NOT_SURE, "deferral": NOT_SURE}, "room")
    assert found.needed is not None
    assert found.needed.fact is Employee.pay


def test_the_path_lists_what_was_read_and_what_is_unsure_in_the_order_of_reading() -> None:
    found = survey(but(cap_kind=NOT_SURE, deferral=NOT_SURE))
    assert [fact for fact in found.path if fact in TOLD] == list(TOLD)


def test_unsure_answers_are_those_of_either_kind() -> None:
    answers = but(
        highly_paid=HighlyPaid.NOT_SURE, over_wages=OverWages.NOT_SURE, cap_kind=NOT_SURE, pay=NOT_SURE
    )
    assert unsure_answers(answers) == ("cap_kind", "highly_paid", "pay", "over_wages")
    assert unsure_answers(TOLD) == ()
