"""A what-if changes nothing, keeping it is answering so, and a turning point is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs import screens, what_if
from dialogs.flows import Verdict
from dialogs.moment import Asking, Confirming, Moment, Opened, Place, Reviewing, Showing, Supposing
from dialogs.session import Session
from dialogs.values import key_of
from dialogs.walk import samples
from knowledge.core.facts import AgeBand, CapKind, PlanKind, WayToRoth
from knowledge.core.match import EmployerMoney, Tier
from knowledge.core.sheet import NOT_SURE
from knowledge.markup import visible
from tests.dialogs.talk import WORLD, Person, asked, finished, reviewing, typed, words
from tests.dialogs.told import but, moment

HALF_OF_SIX = EmployerMoney((Tier(Decimal("0.5"), Decimal(0), Decimal("0.06")),))
ENDS: dict[str, Callable[[], Person]] = {
    "check": finished,
    "check, a range": lambda: finished(deferral="not sure"),
    "room": lambda: Person().says("/room").finishes(),
    "convert": lambda: Person().says("/convert", "inside", "once a month", "12,000", "24%"),
    "no plan": lambda: asked("takes_after_tax").says("no"),
}
AT_AN_END = pytest.mark.parametrize("end", ENDS)


def other_values(person: Person, fact: str) -> list[object]:
    now = person.told[fact]
    return [value for value in samples(fact, WORLD) if value not in (now, NOT_SURE)][:3]


def gives(person: Person, fact: str, value: object) -> Person:
    """Answer ``fact`` with about ``value``: by its button or typed, the first reading taken where there are more."""
    data = f"a:{fact}:{key_of(value)}"
    if any(button.data == data for row in person.card.buttons for button in row):
        return person.presses(data)
    person.says(typed(fact, value))
    while isinstance(place := person.place, Confirming):
        person.presses(f"c:{fact}:{screens.token(place.pending.candidates[0][1])}")
    return person


# --- asking ---------------------------------------------------------------------------------------------------------


def stands_at(person: Person, kind: type[Place]) -> bool:
    """Whether the place is of this kind; a function, as the place changes with every step."""
    return isinstance(person.place, kind)


@AT_AN_END
def test_supposing_changes_no_answer_and_dropping_it_leaves_everything_as_it_was(end: str) -> None:
    person = ENDS[end]()
    for fact in person.moment.path:
        for value in other_values(person, fact):
            other = person.copy().presses(f"if:{fact}")
            assert other.place == Asking(fact, changing=True)
            assert other.told == person.told
            gives(other, fact, value)
            assert stands_at(other, Supposing)
            assert other.told == person.told
            other.presses("drop_supposed")
            assert replace(other.session, reviewed=False) == replace(person.session, reviewed=False)
            assert stands_at(other, Showing)


@AT_AN_END
def test_keeping_it_gives_what_answering_so_would(end: str) -> None:
    person = ENDS[end]()
    for fact in person.moment.path:
        for value in other_values(person, fact):
            kept, answered = person.copy().presses(f"if:{fact}"), person.copy().presses(f"change:{fact}")
            supposed = dict(gives(kept, fact, value).session.supposed)
            kept.taps("Keep it")
            gives(answered, fact, value)
            assert {name: kept.told[name] for name in supposed} == supposed
            assert kept.told == answered.told
            assert kept.session == replace(answered.session, reviewed=True, last_ref=kept.session.last_ref)
            if kept.moment.complete:
                assert screens.outcome(kept.moment) == screens.outcome(answered.moment)


@AT_AN_END
def test_a_supposed_result_is_the_one_that_follows_from_it(end: str) -> None:
    person = ENDS[end]()
    fact = person.moment.path[-1]
    for value in other_values(person, fact):
        other = gives(person.copy().presses(f"if:{fact}"), fact, value)
        then = person.moment.if_so(other.session.supposed)
        assert f"Now: {visible(what_if.headline(person.moment))}" in other.sees
        if then.complete:
            assert f"Then: {visible(what_if.headline(then))}" in other.sees
            for line in what_if.differences(person.moment, then):
                assert f"• {line.name}: {line.now or '–'} → {line.then or '–'}" in other.sees
        assert "Nothing is changed until you keep it" in other.sees


@pytest.mark.parametrize("twice", [True, False])
def test_a_button_to_keep_or_drop_it_is_over_after_that(twice: bool) -> None:
    person = finished().says("what if my pay were 150k")
    keep = person.button("Keep it").data
    person.presses(keep)
    once = person.session
    if twice:
        person.presses(keep).presses("drop_supposed")
    assert person.session == once
    assert person.told["pay"] == 150_000


def test_a_button_to_keep_one_thing_does_not_keep_another() -> None:
    person = finished().says("what if my pay were 150k")
    keep = person.button("Keep it").data
    person.says("what if my pay were 160k").presses(keep)
    assert person.told["pay"] == 185_000
    assert person.place == Supposing({"pay": Decimal(160_000)})


def test_an_edit_of_what_was_only_supposed_changes_no_answer() -> None:
    person = finished().presses("if:deferral")
    person.says("20k so far", ref=7)
    assert stands_at(person, Confirming)
    person.taps(person.labels[0])
    assert stands_at(person, Supposing)
    before = dict(person.told)
    person.presses("drop_supposed").edits("21,000", ref=7)
    assert person.told == before


def test_an_edit_of_an_answer_corrects_it_while_another_is_supposed() -> None:
    person = reviewing().changes("pay").says("190k", ref=7).says("show").says("what if my pay were 150k")
    person.edits("195k", ref=7)
    assert person.told["pay"] == 195_000
    assert not person.session.supposed


@pytest.mark.parametrize("text", ["ok", "yes", "keep it"])
def test_agreeing_keeps_it(text: str) -> None:
    person = finished().says("what if my pay were 150k", text)
    assert person.told["pay"] == 150_000
    assert stands_at(person, Showing)


@pytest.mark.parametrize("text", ["back", "back to my result"])
def test_going_back_drops_it(text: str) -> None:
    person = finished().says("what if my pay were 150k", text)
    assert (person.told["pay"], person.place) == (185_000, Showing())


@pytest.mark.parametrize("text", ["menu", "/check", "/start", "show", "show my result", "show it"])
def test_leaving_drops_it(text: str) -> None:
    person = finished().says("what if my pay were 150k", text)
    assert not person.session.supposed
    assert person.told["pay"] == 185_000


def test_going_back_from_what_is_to_be_supposed_leads_to_the_result() -> None:
    person = finished().presses("if:pay").says("back")
    assert stands_at(person, Showing)
    assert not person.session.supposing


def test_the_answer_that_is_there_can_be_kept_while_supposing() -> None:
    person = finished().presses("if:plan").taps(words("button_keep"))
    assert stands_at(person, Showing)
    assert not person.session.supposing


def test_more_answers_that_are_needed_are_named_and_asked_once_it_is_kept() -> None:
    person = finished().presses("if:other_plan").taps("Yes")
    assert "one more answer is needed" in person.sees
    person.taps("Keep it")
    assert isinstance(person.place, Asking)
    assert not person.place.changing


def test_what_does_not_fit_the_other_answers_is_said() -> None:
    person = Person(world=WORLD).says(
        "/paychecks", "yes", "185k", "every 2 weeks", "not sure", "13", "13", "none", "45"
    )
    for text in (
        "24,500",
        "9,000",
        "no cap",
        "whole percents",
        "92,500",
        "12,000",
        "2,000",
        "4,500",
        "not sure",
        "show",
    ):
        person.says(text)
    assert stands_at(person, Showing)
    gives(person.presses("if:checks_so_far"), "checks_so_far", 20)
    assert "That does not fit your other answers: 20 paychecks so far and 13 to come" in person.sees
    person.taps("Keep it")
    assert "do not fit together" in person.sees


def test_without_a_result_there_is_nothing_to_suppose() -> None:
    person = asked("pay")
    before = person.session
    for event in ("what_if", "if:plan"):
        person.presses(event)
        assert words("no_result_yet") in person.sees
        assert person.session == before
    assert "What if" not in person.says("what if my pay were 150k").sees


def test_a_fact_that_is_not_in_the_result_cannot_be_supposed() -> None:
    person = finished()
    assert person.presses("if:profit").last.toast
    assert person.presses("if:nonsense").last.toast
    assert stands_at(person, Showing)


def test_the_page_offers_each_answer_by_its_number() -> None:
    person = finished().taps("What if")
    assert person.place == Opened("what_if")
    facts = screens.reviewed(person.moment)
    assert [label for label in person.labels if label.isdigit()] == [str(n + 1) for n in range(len(facts))]
    for number, fact in enumerate(facts, 1):
        assert person.copy().taps(str(number)).place == Asking(fact, changing=True)
        assert person.copy().says(str(number)).place == Asking(fact, changing=True)


# --- typed ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "supposed"),
    [
        ("what if my match were 4%", {"employer_money": EmployerMoney(nonelective=Decimal("0.04"))}),
        ("What if my pay were 150k?", {"pay": Decimal(150_000)}),
        ("and what if my salary was 210,000", {"pay": Decimal(210_000)}),
        ("suppose my deferral is 10,000", {"deferral": Decimal(10_000)}),
        ("what about if my after-tax were 0", {"after_tax_so_far": Decimal(0)}),
        ("if my age were 52", {"age_band": AgeBand.FROM_50}),
        ("say my match is 50% of the first 6%", {"employer_money": HALF_OF_SIX}),
    ],
)
def test_a_typed_what_if_is_read_like_an_answer(text: str, supposed: dict[str, object]) -> None:
    person = finished()
    before = dict(person.told)
    person.says(text)
    while isinstance(place := person.place, Confirming):
        person.presses(f"c:{place.pending.fact}:{screens.token(place.pending.candidates[0][1])}")
    if text.startswith("what if my match"):
        assert set(person.session.supposed) == {"employer_money"}
    else:
        assert person.place == Supposing(supposed)
    assert person.told == before


def test_a_doubtful_what_if_is_asked_back_and_still_only_supposed() -> None:
    person = finished().says("what if my pay were 1.85m")
    assert stands_at(person, Confirming)
    person.taps(person.labels[0])
    assert stands_at(person, Supposing)
    assert person.told["pay"] == 185_000


def test_a_what_if_without_a_value_asks_for_one() -> None:
    person = finished().says("what if my pay were different")
    assert stands_at(person, Asking)
    assert person.asks == "pay"
    assert person.session.supposing
    person.says("150k")
    assert person.place == Supposing({"pay": Decimal(150_000)})


def test_a_what_if_about_nothing_that_is_known_is_a_question() -> None:
    person = finished()
    before = person.session
    person.says("what if the moon were cheese")
    assert replace(person.session, unanswered="") == before


@pytest.mark.parametrize(
    ("text", "supposes", "turns"),
    [
        ("what if my pay were 3k", True, False),
        ("And so what happens if I leave?", True, False),
        ("suppose I earn more", True, False),
        ("if I were 50", True, False),
        ("how much less employer money until I have room?", False, True),
        ("what is my break-even?", False, True),
        ("how far before I am over the limit", False, True),
        ("what is a match", False, False),
        ("185k", False, False),
        ("until when can I pay in", False, False),
    ],
)
def test_what_a_text_asks(text: str, supposes: bool, turns: bool) -> None:
    assert what_if.asks_what_if(text) is supposes
    assert what_if.asks_turning_point(text) is turns


def test_the_longest_name_is_the_one_that_is_meant() -> None:
    here = finished().moment
    assert what_if.facts_named("what if my after-tax so far were 3k", here)[0] == "after_tax_so_far"
    assert what_if.facts_named("what if my company match were 3k", here)[0] == "employer_money"
    assert what_if.facts_named("what if rematching", here) == ()
    assert what_if.facts_named("what if my match were 3k", asked("pay").moment) == ()  # not told yet


def test_what_is_taken_for_granted_can_be_named_too() -> None:
    person = Person().says("/room").finishes()
    assert "cap_kind" not in person.told
    assert "cap_kind" in what_if.facts_named("what if there were a plan cap on after-tax", person.moment)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("what if my pay were 150k?", "150k"),
        ("what if the company match was 50% of the first 6%", "50% first 6%"),
        ("suppose my pay", "suppose my pay"),
    ],
)
def test_the_value_is_what_is_left_of_the_text(text: str, value: str) -> None:
    fact = "employer_money" if "match" in text else "pay"
    assert what_if.value_said(text, fact, finished().moment) == value


# --- side by side -----------------------------------------------------------------------------------------------------


def test_only_what_differs_is_shown() -> None:
    now = moment(but(), "check")
    assert what_if.differences(now, now) == ()
    then = now.if_so({"after_tax_so_far": Decimal(7_000)})
    assert [(line.now, line.then) for line in what_if.differences(now, then)] == [("$6,000", "$7,000")]


def test_what_was_not_worked_out_is_empty() -> None:
    no_plan = moment({"plan": PlanKind.NONE})
    assert what_if.column(no_plan, "annual_limit") == ""
    assert what_if.column(moment(but(way_to_roth=WayToRoth.NEITHER)), "checks_so_far") == ""
    [limit, *_] = what_if.differences(moment(but()), no_plan)
    assert limit.now
    assert not limit.then


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({}, "$32,250"),
        ({"after_tax_so_far": Decimal(40_000)}, "over by $1,750"),
        ({"deferral": NOT_SURE}, "$32,250 to $56,750"),
        ({"takes_after_tax": False}, ""),
        ({"after_tax_so_far": Decimal(38_250)}, ""),
    ],
)
def test_the_headline_is_the_end_and_its_dollars(answers: dict[str, object], says: str) -> None:
    here = moment(but(**answers))
    short = WORLD.library.outcomes[here.survey.verdict].front.short
    head = visible(what_if.headline(here))
    assert head.startswith(short)
    assert says in head
    assert says or head == short


# --- where it turns ---------------------------------------------------------------------------------------------------

NUMBERS = ("pay", "deferral", "employer_money", "after_tax_so_far", "cap_percent", "cap_dollars")
whole = st.integers(0, 80_000).map(Decimal)
cases = st.fixed_dictionaries(
    {
        "pay": st.integers(10_000, 400_000).map(Decimal),
        "deferral": st.integers(0, 24_500).map(Decimal),
        "employer_money": whole.map(lambda amount: EmployerMoney(fixed=amount)),
        "after_tax_so_far": whole,
        "checks_left": st.integers(0, 12),
        "way_to_roth": st.sampled_from([WayToRoth.INSIDE, WayToRoth.NEITHER]),
        "cap_kind": st.sampled_from(CapKind),
        "cap_percent": st.integers(1, 40).map(lambda percent: Decimal(percent) / 100),
        "cap_dollars": whole.map(lambda amount: amount + 1),
        "cap_counts_all_pay": st.booleans(),
    }
)


def end_at(fact: str, value: Decimal, here: Moment) -> object:
    supposed = EmployerMoney(fixed=value) if fact == "employer_money" else value
    survey = here.if_so({fact: supposed}).survey
    return (survey.verdict, survey.high > 0) if survey.complete else None


def number(fact: str, here: Moment) -> Decimal:
    value = here.session.answers[fact]
    return value.fixed if isinstance(value, EmployerMoney) else value  # type: ignore[return-value]


@settings(max_examples=40, deadline=None)
@given(cases, st.sampled_from(NUMBERS))
def test_a_turning_point_is_the_first_value_on_its_side_that_ends_otherwise(
    answers: dict[str, object], fact: str
) -> None:
    here = moment(but(**answers))
    if not here.complete:
        return
    unit = Decimal("0.001") if fact == "cap_percent" else Decimal(1)
    now = number(fact, here)
    points = what_if.turning_points(fact, here)
    assert len({point.up for point in points}) == len(points) <= 2
    for point in points:
        assert point.up is (point.value > now)
        then = here.if_so(
            {fact: EmployerMoney(fixed=point.value) if fact == "employer_money" else point.value}
        )
        assert then.survey.verdict is point.verdict
        assert end_at(fact, point.value, here) != end_at(fact, now, here)
        assert end_at(fact, point.value + (-unit if point.up else unit), here) == end_at(fact, now, here)
        assert point.value % unit == 0


def test_the_turning_points_of_an_easy_case_by_hand() -> None:
    # 72,000 - 24,500 - 9,250 - 6,000 leaves 32,250: nothing of it is left from 38,250 on, and above that it is too much.
    here = moment(but())
    [up] = what_if.turning_points("after_tax_so_far", here)
    assert (up.value, up.up, up.verdict) == (Decimal(38_250), True, Verdict.NO_ROOM_LEFT)
    money = {point.up: point for point in what_if.turning_points("employer_money", here)}
    assert (money[True].value, money[True].verdict) == (Decimal(41_500), Verdict.NO_ROOM_LEFT)
    assert False not in money
    over = moment(but(after_tax_so_far=Decimal(40_000)))
    downs = [point for point in what_if.turning_points("after_tax_so_far", over) if not point.up]
    assert [(point.value, point.verdict) for point in downs] == [(Decimal(38_250), Verdict.NO_ROOM_LEFT)]


def test_cents_on_the_way_do_not_keep_it_from_ending() -> None:
    here = moment(but(after_tax_so_far=Decimal("38249.50")))
    [up] = [point for point in what_if.turning_points("after_tax_so_far", here) if point.up]
    assert Decimal(38_249) < up.value <= 38_251


def test_a_percentage_turns_to_a_tenth_of_a_percent() -> None:
    # 6,000 are in: 3.243 % of 185,000 and less leaves nothing.
    here = moment(but(cap_kind=CapKind.PERCENT, cap_percent=Decimal("0.1")))
    downs = [point for point in what_if.turning_points("cap_percent", here) if not point.up]
    assert [(point.value, point.verdict) for point in downs] == [(Decimal("0.032"), Verdict.NO_ROOM_LEFT)]


def test_where_a_number_leads_to_another_question_it_turns_nothing() -> None:
    # A higher pay than the formulas count makes the cap in percent ask which pay it means.
    here = moment(but(cap_kind=CapKind.PERCENT, cap_percent=Decimal("0.1")))
    assert end_at("pay", Decimal(400_000), here) is None
    assert not [point for point in what_if.turning_points("pay", here) if point.up]


def test_a_formula_turns_by_the_dollars_it_comes_to() -> None:
    here = moment(but(employer_money=HALF_OF_SIX))
    assert what_if.can_turn("employer_money", here)
    [up] = what_if.turning_points("employer_money", here)
    assert up.value == Decimal(41_500)


def test_only_a_number_that_was_told_can_turn() -> None:
    here = moment(but())
    assert what_if.can_turn("pay", here)
    for fact in ("plan", "checks_left", "cap_percent", "profit"):
        assert not what_if.can_turn(fact, here)
        assert what_if.turning_points(fact, here) == ()
    assert not what_if.can_turn("deferral", moment(but(deferral=NOT_SURE)))
    assert not what_if.can_turn(
        "employer_money", moment({"employer_money": EmployerMoney()})
    )  # no result yet


def test_employer_money_turns_nothing_where_the_flow_knows_no_total_of_it() -> None:
    person = ENDS["convert"]()
    answers = {**person.told, "employer_money": EmployerMoney(fixed=Decimal(9_000))}
    here = Moment(Session("convert", answers, idle=False, year=WORLD.year), WORLD)
    assert here.complete
    assert not what_if.can_turn("employer_money", here)


def test_a_question_for_the_turning_point_is_answered_and_moves_nobody() -> None:
    person = finished()
    before, place = person.session, person.place
    person.says("how much more employer money until I am over the limit?")
    assert "turns the result" in person.sees
    assert "From $" in person.sees
    assert (person.session, person.place) == (before, place)
    person.taps("Suppose a number")
    assert person.place == Asking("employer_money", changing=True)
    person.taps("Where does it turn?")
    assert "turns the result" in person.sees
    assert stands_at(person, Showing)


def test_where_nothing_turns_that_is_said() -> None:
    person = Person().says("/worth", "20,000", "10", "15", "24%")
    assert "No other amount that I tried" in person.presses("turns:ordinary_rate_at_separation").sees


def test_a_break_even_of_nothing_in_particular_is_a_question() -> None:
    person = finished()
    before = person.session.answers
    assert "turns the result" not in person.says("what is my break-even").sees
    assert person.session.answers == before


@pytest.mark.parametrize("data", ["turns:plan", "turns:profit", "turns:nonsense"])
def test_what_cannot_turn_is_over(data: str) -> None:
    person = finished()
    assert person.presses(data).last.toast
    assert asked("pay").presses("turns:deferral").last.toast


def test_someone_who_looks_at_the_answers_can_suppose_too() -> None:
    person = finished().says("answers")
    assert stands_at(person, Reviewing)
    person.says("what if my pay were 150k")
    assert person.place == Supposing({"pay": Decimal(150_000)})


@pytest.mark.parametrize(
    "typed", ["what if i am 61", "what if I were 61?", "what if i'm 61", "what if i turn 61", "if i was 61"]
)
def test_an_age_that_is_called_nothing_is_supposed(typed: str) -> None:
    person = finished().says("show", typed)
    assert person.sees.startswith("What if\nAge on December 31: 60 to 63")
    assert person.session.answers["age_band"] is AgeBand.UNDER_50


def test_a_number_of_something_else_is_no_age() -> None:
    assert "Age on December 31" not in finished().says("show", "what if i had 61 employees").sees
    assert "What if\n" not in Person().says("what if i am 61").sees
