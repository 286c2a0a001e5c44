"""The pages over a conversation, how things are shown, and answers that contradict each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from dialogs.moment import Asking, Conflicting, Menu, Opened, Reviewing, Showing
from dialogs.papers import Letter, YearPlan
from dialogs.replies import Reply
from dialogs.world import World
from knowledge.markup import visible
from tests.dialogs.talk import NEXT_YEAR, WORLD, Person, asked, finished, newcomer, reviewing, words

PAGE = ("what_if", "assumed", "save", "steps", "settings")
BACK = "Back to where I was"


def no_access() -> Person:
    return newcomer().says("401k", "no")


# --- every page -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGE)
def test_a_page_leaves_the_result_as_it_is_and_leads_back_to_it(page: str) -> None:
    person = finished()
    result = person.card.html
    assert person.presses(page).place == Opened(page)
    assert person.labels[-1] == BACK
    assert person.taps(BACK).place == Showing()
    assert person.card.html == result


@pytest.mark.parametrize("page", ["what_if", "assumed", "save", "plan"])
@pytest.mark.parametrize("start", [Person, newcomer, lambda: asked("pay")])
def test_a_page_about_a_result_needs_one(page: str, start: Callable[[], Person]) -> None:
    person = start()
    place = person.place
    assert words("no_result_yet") in person.presses(page).sees
    assert person.place == place


@pytest.mark.parametrize("page", ["steps", "settings"])
def test_the_other_pages_open_over_a_question_too(page: str) -> None:
    person = asked("pay").presses(page)
    assert person.place == Opened(page)
    assert person.taps(BACK).place == Asking("pay")
    assert Person().presses(page).place == Opened(page)
    assert asked("pay").presses(page).says("185k").told["pay"] == 185_000


# --- what can be kept -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "labels"),
    [
        (finished, ["Picture", "My plan, PDF", "Letter to HR", BACK]),
        (no_access, ["My plan, PDF", "Letter to HR", BACK]),
    ],
)
def test_what_can_be_kept_goes_by_the_result(start: Callable[[], Person], labels: list[str]) -> None:
    assert start().presses("save").labels == labels


def test_what_is_kept_is_handed_over_and_the_page_waits() -> None:
    person = finished().says("save")
    assert person.says("1").last.replies[0].picture is not None
    assert words("handed") in person.sees
    assert person.place == Opened("save")
    assert isinstance(person.says("my plan, pdf").last.replies[0].paper, YearPlan)


def test_a_letter_in_the_middle_of_a_question_leads_back_to_it() -> None:
    person = asked("pay").presses("letter_full")
    letter, question = person.last.replies
    assert isinstance(letter.paper, Letter)
    assert visible(question.html).startswith(words("back_to_question"))
    assert person.says("185k").told["pay"] == 185_000


# --- the four steps -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        # 24,500 less 18,000; 72,000 less 18,000, 9,250 and 6,400, over 10 paychecks
        ({}, ["$6,500 of that limit is unused", "at most $3,835", "automatic", "$38,350 of room"]),
        ({"deferral": "24,500"}, ["planned up to the limit", "at most $3,185", "automatic", "$31,850 of room"]),
        ({"way_to_roth": "withdraw"}, ["unused", "at most", "a direct rollover to a Roth IRA", "of room"]),
        ({"way_to_roth": "neither"}, ["unused", "at most", "no way yet", "of room"]),
        ({"after_tax_so_far": "60,000"}, ["unused", "", "automatic", "over by $15,250"]),
        ({"after_tax_so_far": "44,750"}, ["unused", "", "automatic", "$0 of room"]),
    ],
)  # fmt: skip
def test_each_step_says_what_the_answers_say_of_it(typed: Mapping[str, str], lines: list[str]) -> None:
    seen = finished(**typed).says("steps").sees.split("\n")[1:5]
    for line, said in zip(seen, lines, strict=True):
        assert said in line
        assert bool(said) == (":" in line)


def test_before_any_answer_the_steps_are_bare() -> None:
    assert Person().says("steps").sees.split("\n")[1:5] == [
        "○ 1. Deferral on track",
        "○ 2. After-tax election set",
        "○ 3. Conversion on",
        "○ 4. Limits watched",
    ]


def test_a_step_is_marked_once_and_unmarked_again() -> None:
    person = Person().says("steps").taps("3 is done", "2 is done")
    again = person.presses("step:conversion:done")
    assert "2 of 4 done" in again.sees
    assert again.last.replies[0].edits
    assert re.findall("[✓○]", again.sees) == ["○", "✓", "✓", "○"]
    person.taps("2 not done")
    assert re.findall("[✓○]", person.sees) == ["○", "○", "✓", "○"]
    assert person.labels[:4] == ["1 is done", "2 is done", "3 not done", "4 is done"]


def test_a_new_year_clears_the_marks() -> None:
    person = finished().says("steps").taps("1 is done")
    assert "1 of 4 done" in Person(person.session, WORLD).says("steps").sees
    assert "0 of 4 done" in Person(person.session, world_a_year_on()).says("steps").sees


def world_a_year_on() -> World:
    limits = replace(WORLD.limits, year=2027)
    return replace(NEXT_YEAR, limits=limits, last_year=WORLD.limits)


# --- how things are shown -------------------------------------------------------------------------------------------

COVERED = re.compile(r"<tg-spoiler>(-?\$[\d,.]+)</tg-spoiler>")


def bare(card: Reply) -> list[str]:
    """The amounts of a card that are not covered."""
    return re.findall(r"\$\d", COVERED.sub("", card.html))


def test_amounts_are_covered_until_they_are_shown_again() -> None:
    person = reviewing().says("settings").taps("Hide amounts", BACK)
    assert "$185,000" in COVERED.findall(person.card.html)
    assert bare(person.card) == []
    person.says("show")
    assert person.shown[-2].hidden
    for card in person.last.replies:
        assert bare(card) == []
    assert bare(person.says("how").last.replies[0]) == []
    shown = person.says("settings").taps("Show amounts", BACK)
    assert COVERED.findall(shown.card.html) == []
    assert "$38,350" in shown.sees
    assert not finished().shown[-2].hidden


def test_a_result_comes_without_its_picture_where_pictures_are_off() -> None:
    person = reviewing().says("settings").taps("Text only", BACK).says("show")
    assert [card.picture for card in person.last.replies] == [None]
    person.says("settings").taps("Show pictures", BACK)
    assert [bool(card.picture) for card in person.presses("picture").last.replies] == [True, False]


@pytest.mark.parametrize(
    ("tapped", "seen"),
    [
        ("Text only", "Pictures with results: off, text only"),
        ("Hide amounts", "Dollar amounts: covered"),
    ],
)
def test_a_setting_is_shown_in_its_place_and_taken_back(tapped: str, seen: str) -> None:
    person = Person().says("settings")
    before = person.sees
    assert seen in person.taps(tapped).sees
    assert person.last.replies[0].edits
    assert person.taps(person.labels[0 if tapped == "Text only" else 1]).sees == before


# --- what was taken for granted -------------------------------------------------------------------------------------


def test_what_was_taken_for_granted_is_told_by_its_number_and_then_no_longer_listed() -> None:
    person = Person().says("/room").finishes().says("assumed")
    assert person.sees.split("\n")[1:4] == [
        "1  no other employer's plan this year",
        "2  a full year at this job",
        "3  no plan cap",
    ]
    assert person.says("1").asks == "other_plan"
    person.says("no", "assumed")
    assert "no other employer" not in person.sees
    assert person.labels == ["1", "2", BACK]


def test_where_nothing_was_taken_for_granted_that_is_said() -> None:
    person = finished().presses("assumed")
    assert "Nothing: all of it is from you or from the law." in person.sees
    assert person.labels == [BACK]


# --- what if ----------------------------------------------------------------------------------------------------------


def test_what_could_not_be_told_so_far_stands_beside_what_would_be() -> None:
    person = Person().says(
        "/acp", "paid over", "a company", "185k", "30,000", "match counts", "9,250", "not sure"
    )
    person.says("what if the average of the others were 6%")
    # 6 % and 2 points are 8 % of 185,000, 14,800 dollars; the match of 9,250 comes first
    assert "Then: After-tax money that may come back: $24,450" in person.sees
    assert "→ $5,550" in person.sees


def test_a_turning_point_beside_cents_is_one() -> None:
    # 18,000.40, 9,250 and 44,749.70 are 10 cents over 72,000
    person = finished(deferral="18,000.40", after_tax_so_far="44,749.70")
    assert "Over the 2026 limit by $0.10" in person.sees
    named = re.search(r"At \$([\d,]+) or less: (.+)", person.presses("turns:deferral").sees)
    assert named
    then = finished(deferral=named[1], after_tax_so_far="44,749.70")
    assert then.moment.world.library.outcomes[then.moment.survey.verdict].front.short == named[2]


# --- answers that contradict each other -----------------------------------------------------------------------------


def contradicting() -> Person:
    """Someone whose other plan took 5,000 of deferrals and 3,000 of everything."""
    return finished(other_plan="yes", deferred_elsewhere="5,000", additions_elsewhere="3,000")


def test_a_contradiction_shows_both_answers_and_is_ended_by_changing_one() -> None:
    person = contradicting()
    assert isinstance(person.place, Conflicting)
    assert "$5,000" in person.sees
    assert "$3,000" in person.sees
    assert person.labels == ["1", "2", "See my answers", "Menu"]
    for number, fact in enumerate(("deferred_elsewhere", "additions_elsewhere"), 1):
        for text in (str(number), f"#{number}"):
            assert person.copy().says(text).asks == fact
    assert person.copy().says("2", "8,000", "show").place == Showing()
    assert person.copy().says("1", "3,000", "show").place == Showing()


def test_in_a_contradiction_a_question_is_explained_without_the_rules_that_need_it() -> None:
    person = contradicting().presses("change:after_tax_so_far").says("why")
    assert person.asks == "after_tax_so_far"
    assert WORLD.library.questions["after_tax_so_far"].front.why in person.sees
    assert "→" not in person.sees
    assert "→" in finished().presses("change:after_tax_so_far").says("why").sees


def test_a_contradiction_hears_buttons_and_questions_and_says_what_it_cannot_use() -> None:
    person = contradicting()
    assert person.copy().says("see my answers").place == Reviewing()
    assert person.copy().says("menu").place == Menu()
    assert words("conflict_again") in person.copy().says("hmm, well").sees
    asking = person.copy().says("what is the total limit?")
    assert "72,000" in asking.sees
    assert isinstance(asking.taps(BACK).place, Conflicting)
