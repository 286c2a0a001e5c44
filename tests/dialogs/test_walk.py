"""Every path of every flow holds, and the walk finds what is planted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs import screens, walk
from dialogs.flows import FLOWS, Flow, Verdict
from dialogs.flows.employee import CHECK, ROOM
from dialogs.flows.paychecks import PAYCHECKS
from dialogs.moment import Conflicting, Showing
from dialogs.survey import sheet_of
from dialogs.walk import Atlas, Route, Turns, Walked, atlas, fact_check, flow_map, problems, samples
from dialogs.world import World
from knowledge.core.case import Case
from knowledge.core.employee import Employee
from knowledge.core.facts import CapKind, PlanKind
from knowledge.core.sheet import NOT_SURE, Inconsistent, Supposition, Unanswered, Unsure
from knowledge.library import Library, parse
from knowledge.markup import visible
from tests.dialogs.anyone import ANYONE, ENDS, goes_through
from tests.dialogs.talk import WORLD, Person, check_card, words

DOCS = Path(__file__).parents[2] / "docs"


@cache
def walked() -> Atlas:
    return atlas()


@cache
def questions_met() -> set[tuple[str, tuple[str, ...]]]:
    return {(path.flow, tuple(path.answers)) for path in walked().paths}


@pytest.fixture(scope="module")
def drawn() -> Atlas:
    return walked()


# --- the flows as they are --------------------------------------------------------------------------------------------


@pytest.mark.untraced
def test_nothing_is_wrong(drawn: Atlas) -> None:
    assert problems(drawn) == []


@pytest.mark.untraced
def test_every_answer_is_used_and_no_question_comes_twice(drawn: Atlas) -> None:
    for path in drawn.paths:
        assert len(set(path.questions)) == len(path.questions)
        if path.verdict is None:
            assert path.contradictory
            assert set(path.questions) <= set(path.answers)
        else:
            assert not path.contradictory
            assert set(path.questions) == set(path.answers)


@pytest.mark.untraced
def test_every_question_every_answer_and_every_result_is_met(drawn: Atlas) -> None:
    for fact in drawn.world.library.questions:
        used = [path.answers[fact] for path in drawn.paths if fact in path.answers]
        assert all(value in used for value in samples(fact, drawn.world))
    assert {path.verdict for path in drawn.paths if path.verdict} == set(Verdict)
    assert {flow: {route.verdict for route in drawn.routes if route.flow == flow} for flow in FLOWS} == ENDS


MET_WHOLE = [flow for flow in FLOWS if flow != PAYCHECKS.name]
"""The flows of which the walk meets every sequence of questions. A year by paycheck takes long to work out and has too
many; see ``test_random_walks``."""


@pytest.mark.untraced
@settings(deadline=None, max_examples=300)
@given(st.sampled_from(MET_WHOLE), ANYONE)
def test_whatever_is_answered_the_walk_has_been_there(flow: str, answer: Callable[[str], object]) -> None:
    gone = goes_through(flow, answer)
    asked = gone.asked
    if gone.verdict is None:  # a contradiction can come after any amount
        assert any(flow == other and met[: len(asked)] == asked for other, met in questions_met())
    else:
        assert (flow, asked) in questions_met()


# --- contradictions ---------------------------------------------------------------------------------------------------

CONTRADICTIONS = {
    ("paychecks", "pay_so_far", "deferred_so_far", "after_tax_so_far"),
    ("paychecks", "checks_so_far", "checks_left", "pay_schedule"),
    ("couple", "spouse_wages", "spouse_deferral_wanted", "spouse_employer_money"),
    ("couple", "entity", "spouse_role"),
}
"""The flows in which the walk meets answers that cannot all be so, and the facts that those are about."""


def outcomes(path: Walked, world: World, supposed: Supposition) -> list[Verdict | Inconsistent]:
    """What the outline itself makes of the answers of ``path``, in each way in which those not sure can turn out."""
    flow = world.flows[path.flow]
    case = sheet_of(flow, path.answers, world.limits, world.last_year, supposed)
    try:
        return [flow.outline(case)]
    except Inconsistent as contradiction:
        return [contradiction]
    except Unsure as unsure:
        branches = could_be(unsure, case)
        return [end for branch in branches for end in outcomes(path, world, {**supposed, **branch})]


def could_be(unsure: Unsure, case: Case) -> Sequence[Supposition]:
    assert unsure.fact.possible
    try:
        return unsure.fact.possible(case)
    except Unsure as deeper:
        return could_be(deeper, case)


@pytest.mark.untraced
def test_a_path_ends_in_a_contradiction_where_the_sheet_finds_one_and_nowhere_else(drawn: Atlas) -> None:
    contradictory = [path for path in drawn.paths if path.verdict is None]
    assert {(path.flow, *path.contradictory) for path in contradictory} == CONTRADICTIONS
    for path in contradictory:
        for end in outcomes(path, drawn.world, {}):
            assert isinstance(end, Inconsistent)
    for _, path in routes(drawn, 200):
        ends = [end for end in outcomes(path, drawn.world, {}) if isinstance(end, Verdict)]
        assert ends
        assert {path.verdict} == {*ends} or (len(ends) > 1 and path.verdict is Verdict.UNCERTAIN)


@pytest.mark.untraced
def test_a_contradiction_offers_its_answers_and_changing_one_of_them_leads_out(drawn: Atlas) -> None:
    for path in drawn.paths:
        if path.verdict is None:
            person = at_the_end(path, drawn.world)
            offered = [fact for fact in path.contradictory if fact in path.questions]
            rows = screens.card(person.moment).buttons
            changes = [b.data for row in rows for b in row if b.data.startswith("change:")]
            assert offered
            assert changes == [f"change:{fact}" for fact in offered]
            others = [(fact, value) for fact in offered for value in samples(fact, drawn.world)]
            assert any(leads_out(path, fact, value, drawn.world) for fact, value in others)


def leads_out(path: Walked, fact: str, value: object, world: World) -> bool:
    survey = world.survey(path.flow, {**path.answers, fact: value})
    return survey.complete or survey.needed is not None


SPLIT = re.compile(r"Of the (\S+) total limit.*?:\n(.*)")
DOLLARS = re.compile(r"\$([\d,]+(?:\.\d\d)?)")


@pytest.mark.untraced
def test_the_sum_in_every_result_is_right(drawn: Atlas) -> None:
    sums = 0
    for path in drawn.routes.values():
        if path.flow not in (CHECK.name, ROOM.name):
            continue  # no other result has such a sum
        person = at_the_end(path, drawn.world)
        split = SPLIT.search(visible(person.says("show").card.html))
        if split:
            limit, *parts, rest = (
                Decimal(n.replace(",", "")) for n in DOLLARS.findall(" ".join(split.groups()))
            )
            left = limit - sum(parts)
            assert abs(left) == rest or abs(abs(left) - rest) <= Decimal("0.02")
            assert ("Over $" in split[2]) == (left < 0)
            sums += 1
    assert sums > 30


def at_the_end(path: Walked, world: World) -> Person:
    return Person(path.moment(world).session, world)


@pytest.mark.untraced
def test_telegram_takes_every_card_of_a_result(drawn: Atlas) -> None:
    for _, path in routes(drawn, 40):
        at_the_end(path, drawn.world).says("show", "how", "why", "letter", "answers")


# --- conversations ----------------------------------------------------------------------------------------------------


def routes(drawn: Atlas, number: int) -> list[tuple[Route, Walked]]:
    """Some routes, spread over all of them, every result among them."""
    return spread(drawn.routes, number)


def spread(of: Mapping[Route, Walked], number: int) -> list[tuple[Route, Walked]]:
    every = sorted(of.items())
    first = {(route.flow, route.verdict): (route, path) for route, path in reversed(every)}
    some = every[:: len(every) // (number - len(first)) + 1]
    return list(dict([*first.values(), *some]).items())


@pytest.mark.untraced
def test_a_conversation_along_a_route_asks_its_questions_and_ends_in_its_result(drawn: Atlas) -> None:
    whole = {route: path for route, path in drawn.routes.items() if is_asked_whole(path, drawn.world)}
    chosen = spread(whole, 100)
    assert len(chosen) >= 80
    assert {(route.flow, route.verdict) for route, _ in chosen} == {
        (flow, verdict) for flow, verdicts in ENDS.items() for verdict in verdicts
    }
    for route, path in chosen:
        person = tells(path, drawn.world)
        person.says("answers", "show")
        expected = path.moment(drawn.world)
        assert person.told == path.answers
        assert person.place == Showing()
        assert person.moment.survey.verdict is route.verdict
        assert (person.moment.survey.low, person.moment.survey.high) == (
            expected.survey.low,
            expected.survey.high,
        )
        assert person.card == at_the_end(path, drawn.world).says("show").card


@pytest.mark.untraced
def test_a_conversation_along_a_contradiction_stops_at_it(drawn: Atlas) -> None:
    contradictory = {
        (path.flow, path.contradictory): path
        for path in drawn.paths
        if path.verdict is None and is_asked_whole(path, drawn.world)
    }
    assert len(contradictory) > 1
    for path in contradictory.values():
        person = tells(path, drawn.world)
        assert isinstance(person.place, Conflicting)
        assert person.place.facts == path.contradictory


def tells(path: Walked, world: World) -> Person:
    """Somebody who is asked what ``path`` asks, in that order."""
    person = Person(world=world).says(f"/{path.flow}")
    asked = []
    while fact := person.asks:
        assert fact not in asked
        asked.append(fact)
        person.answers(path.answers[fact])
    assert asked == list(path.answers)
    return person


def is_asked_whole(path: Walked, world: World) -> bool:
    """Whether all that is told on ``path`` is asked: nothing of it was taken for granted first."""
    if not path.answers.keys() & Turns(path.flow, world).granted:
        return True
    try:
        return goes_through(path.flow, path.answers.__getitem__).asked == tuple(path.answers)
    except KeyError:
        return False


# --- what is drawn ----------------------------------------------------------------------------------------------------


@cache
def table() -> str:
    return fact_check(walked())


@pytest.mark.untraced
@pytest.mark.parametrize(
    ("page", "draw"), [("flow-map.md", lambda: flow_map(walked())), ("fact-check.md", table)]
)
def test_the_drawn_pages_are_those_of_the_running_flows(page: str, draw: Callable[[], str]) -> None:
    kept = (DOCS / page).read_text("utf-8")
    assert draw() == kept, f"docs/{page} is not what the flows draw; `make docs` renews it"


NODE = re.compile(r'  (\w+)(?:\["([^"\[\]]+)"\]|\(\["([^"\[\]]+)"\]\))')
ARROW = re.compile(r'  (\w+) -->(?:\|"[^"|]+"\|)? (\w+)')


@pytest.mark.untraced
def test_the_diagrams_are_well_formed_mermaid(drawn: Atlas) -> None:
    blocks = re.findall(r"```mermaid\nflowchart TD\n(.*?)\n```", flow_map(drawn), re.S)
    assert len(blocks) == len(FLOWS)
    for block in blocks:
        nodes: dict[str, str] = {}
        arrows: list[tuple[str, str]] = []
        for line in block.splitlines():
            if node := NODE.fullmatch(line):
                assert node[1] not in nodes
                nodes[node[1]] = node[2] or node[3]
            else:
                arrow = ARROW.fullmatch(line)
                assert arrow, line
                arrows.append((arrow[1], arrow[2]))
        assert {end for arrow in arrows for end in arrow} == nodes.keys()
        assert len(set(arrows)) == len(arrows)
        leaving = {start for start, _ in arrows}
        assert {name for name in nodes if name not in leaving} <= {verdict.value for verdict in Verdict}


@pytest.mark.untraced
def test_the_fact_check_has_rows_of_every_result(drawn: Atlas) -> None:
    page = table()
    for (flow, verdict), kinds in drawn.kinds.items():
        section = page.partition(f"## {flow}: {drawn.world.library.outcomes[verdict].front.short}\n")[2]
        rows = [line for line in section.partition("\n## ")[0].splitlines() if line.startswith("| ")]
        assert len(rows) - 1 == min(len(kinds), 10)
        for row in rows:
            assert row.count("|") == len(FLOWS[flow].columns) + 3


# --- what is planted --------------------------------------------------------------------------------------------------


def small(case: Employee) -> Verdict:
    """Ask two things."""
    if case.plan is PlanKind.NONE:
        return Verdict.NO_PLAN
    return Verdict.NO_AFTER_TAX if not case.takes_after_tax else Verdict.OTHER_KIND


def world_with(outline: Callable[[Employee], Verdict] = small, library: Library = WORLD.library) -> World:
    return replace(
        WORLD, flows={"check": Flow("check", Employee, outline, shows=lambda case: ())}, library=library
    )


def found(outline: Callable[[Employee], Verdict] = small, library: Library = WORLD.library) -> str:
    return "\n".join(problems(Atlas(world_with(outline, library))))


def reworded(shelf: str, name: str, body: str = "**Is it?**", **front: object) -> Library:
    """The library with other words for one question, outcome or explainer."""
    before = getattr(WORLD.library, shelf)[name]
    template = parse(name, f"+++\nshort = 'x'\n+++\n{body}", type(WORLD.library.outcomes["no_plan"].front))[1]
    after = replace(before, template=template, front=before.front.model_copy(update=front))
    return replace(WORLD.library, **{shelf: {**getattr(WORLD.library, shelf), name: after}})


def test_a_small_flow_has_only_the_problem_that_it_is_small() -> None:
    for line in found().splitlines():
        assert re.fullmatch(r"\w+ is never asked|no path ends in \w+", line), line
    assert "deferral is never asked" in found()
    assert "no path ends in full_access" in found()


def test_a_few_flows_are_walked_and_drawn_like_all_of_them() -> None:
    few = Atlas(replace(WORLD, flows={name: FLOWS[name] for name in ("room", "acp", "repair")}))
    for line in problems(few):
        assert re.fullmatch(r"\w+ is never asked|no path ends in \w+", line), line
    page = (DOCS / "flow-map.md").read_text("utf-8")
    diagrams = re.findall(r"```mermaid.*?```", flow_map(few), re.S)
    assert len(diagrams) == 3
    assert all(diagram in page for diagram in diagrams)
    rows = [line for line in fact_check(few).splitlines() if line.startswith("| ")]
    assert set(rows) <= set((DOCS / "fact-check.md").read_text("utf-8").splitlines())
    assert {"acp", "repair"} <= {route.flow for route in few.routes}


def test_the_atlas_is_of_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "Atlas", lambda world: world.today)
    assert atlas() == walk.DRAWN_ON


@pytest.mark.parametrize("flow", FLOWS)
def test_what_takes_turns_belongs_to_the_flow(flow: str) -> None:
    facts = FLOWS[flow].sheet.facts()
    assert set(walk.taking_turns(flow, WORLD)) <= set(facts)


def test_the_total_in_another_plan_holds_what_was_deferred_there() -> None:
    turns = Turns(next(flow for flow in FLOWS if "additions_elsewhere" in Turns(flow, WORLD)), WORLD)
    for _ in range(20):
        told = {"deferred_elsewhere": Decimal(20_000)}
        total = turns.answer("additions_elsewhere", told)
        assert not isinstance(total, Decimal) or total >= 20_000
    assert turns.answer("additions_elsewhere", {}) in samples("additions_elsewhere", WORLD)


def test_a_dead_end_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Employee.takes_after_tax, "possible", lambda case: ())
    assert "check: a dead end after plan=401(k), takes_after_tax=Not sure" in found()


def test_a_question_asked_twice_is_found() -> None:
    def again(case: Employee) -> Verdict:
        raise Unanswered(Employee.plan, (case.plan,))

    assert "check: plan is asked twice after plan=401(k)" in found(again)


def test_an_answer_that_counts_for_nothing_is_found() -> None:
    def forgetful(case: Employee) -> Verdict:
        if case.told(Employee.cap_kind, CapKind.DOLLARS) is not CapKind.NONE:
            assert case.takes_after_tax is not None
        return Verdict.OTHER_KIND if case.cap_kind is CapKind.NONE else Verdict.NO_PLAN

    wrong = found(forgetful)
    assert "check: the answer to takes_after_tax counts for nothing after" in wrong
    assert "the answer to cap_kind counts" not in wrong


def test_an_answer_that_is_never_given_is_found() -> None:
    def one_way(case: Employee) -> Verdict:
        return Verdict.NO_PLAN if case.plan is PlanKind.NONE or case.whole_year else Verdict.OTHER_KIND

    drawn = Atlas(world_with(one_way))
    drawn.paths = [path for path in drawn.paths if path.answers.get("whole_year") is not False]
    assert "whole_year is never answered with False" in problems(drawn)


def test_an_example_that_cannot_be_read_is_a_mistake_in_the_content() -> None:
    with pytest.raises(ValueError, match="bonuses cannot be tried with 'banana'"):
        samples("bonuses", replace(WORLD, library=reworded("questions", "bonuses", tries=("banana",))))


def test_an_option_that_is_no_answer_is_found() -> None:
    options = WORLD.library.questions["plan"].front.options
    library = reworded("questions", "plan", options={**options, "banana": options["none"]})
    assert "the option banana of plan is no answer to it" in found(library=library)


def test_missing_words_are_found() -> None:
    questions, outcomes = dict(WORLD.library.questions), dict(WORLD.library.outcomes)
    questions["banana"] = questions.pop("takes_after_tax")
    wrong = found(library=replace(WORLD.library, questions=questions))
    assert "check: takes_after_tax has no words after plan=401(k)" in wrong
    assert "the question banana is about no fact" in wrong
    del outcomes["full_access"], outcomes["no_plan"]
    wrong = found(library=replace(WORLD.library, outcomes=outcomes))
    assert "there are no words for full_access" in wrong
    assert "check: KeyError <Verdict.NO_PLAN: 'no_plan'> after plan=No plan" in wrong


def test_a_contradiction_without_an_answer_to_change_is_found() -> None:
    def contradictory(*facts: str) -> Callable[[Employee], Verdict]:
        def outline(case: Employee) -> Verdict:
            raise Inconsistent(f"{case.plan} cannot be", *facts)

        return outline

    assert "contradiction" not in found(contradictory("plan"))
    assert "check: the contradiction offers [] to change after plan=401(k)" in found(contradictory("pay"))
    assert "check: a dead end after plan=401(k)" in found(contradictory())


def test_a_contradiction_that_does_not_offer_its_answers_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def outline(case: Employee) -> Verdict:
        raise Inconsistent(f"{case.plan} cannot be", "plan")

    monkeypatch.setattr(screens, "_conflict_rows", lambda moment, facts: ())
    assert "check: the contradiction offers [] to change after plan=401(k)" in found(outline)


def test_words_that_do_not_fit_the_answers_are_found() -> None:
    assert "UndefinedError 'banana' is undefined after plan=No plan" in found(
        library=reworded("outcomes", "no_plan", "{{ banana }}")
    )
    assert "UndefinedError 'banana' is undefined after plan=401(k)" in found(
        library=reworded("questions", "takes_after_tax", "{{ banana }}")
    )
    assert "ZeroDivisionError" in found(library=reworded("outcomes", "no_plan", "{{ 1 / 0 }}"))
    assert "TypeError" in found(
        library=reworded(
            "outcomes", "no_plan", "{{ 1 + year_ }}{{ 'a' + year }}".replace("{{ 1 + year_ }}", "")
        )
    )


@pytest.mark.parametrize("inside", ["{{ none }}", "{{ 1 < 2 }}", "{{ '{{' }}", "\\$-5"])
def test_the_inside_of_the_program_is_found(inside: str) -> None:
    assert "a card says '" in found(library=reworded("outcomes", "no_plan", f"It is {inside} today"))


def test_words_that_are_too_long_or_empty_are_found() -> None:
    assert "the question plan has 3" in found(
        library=reworded("questions", "plan", "**Is it?** " + "x" * 350)
    )
    assert "a card has 5000 characters: 'xxx" in found(library=reworded("outcomes", "no_plan", "x" * 5_000))
    assert "a card has 0 characters: ''" in found(library=reworded("outcomes", "no_plan", ""))
    quoted = reworded("questions", "plan", "**Is it?**\n\n> " + "x" * 1_000)
    assert "the question plan has" not in found(library=quoted)


def test_labels_that_are_too_long_or_empty_are_found() -> None:
    options = WORLD.library.questions["plan"].front.options
    for label in ("x" * 21, ""):
        longer = {**options, "none": options["none"].model_copy(update={"label": label})}
        wrong = found(library=reworded("questions", "plan", options=longer))
        assert f"the button {label!r} has {len(label)} characters" in wrong


def test_data_that_is_too_long_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "LONGEST_DATA", 20)
    assert "the button 'Yes' carries 21 bytes" in found()


def test_a_question_without_a_way_out_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens, "_frame", lambda moment, back: ())
    assert "the question plan has no way out" in found()


def test_a_path_that_asks_nothing_is_a_result_too() -> None:
    drawn = Atlas(world_with(lambda case: Verdict.NO_PLAN))
    assert drawn.paths == [Walked("check", {}, (), Verdict.NO_PLAN)]


def test_what_is_walked_is_what_a_person_sees() -> None:
    drawn = Atlas(world_with())
    path = drawn.routes[Route("check", ("plan", "takes_after_tax"), Verdict.NO_AFTER_TAX)]
    assert path.answers == {"plan": PlanKind.K401, "takes_after_tax": False}
    assert words("menu") not in at_the_end(path, drawn.world).says("show").sees
    check_card(at_the_end(path, drawn.world).says("show").card)
    assert Walked("check", {"plan": NOT_SURE}, (), None).told(drawn.world) == "plan=Not sure"
