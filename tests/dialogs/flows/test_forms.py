"""*Form 1099-R*, as people type it: the boxes of every event, and whether the form that came says the same."""

from __future__ import annotations

import pytest

from dialogs.flows import Verdict
from dialogs.screens import outcome
from dialogs.walk import walk
from knowledge.core.form_1099_r import PlanEvent
from knowledge.markup import visible
from tests.dialogs.talk import WORLD, Person


def forms(*typed: str) -> Person:
    return Person().says("/forms", *typed)


LEFT_ALL = ("yes", "20,000", "20,500", "20,500")
"""20,000 of contributions worth 20,500, all of it moved: 500 of growth."""
EVENTS = [
    # RULES.md 7.6 and case K10: growth in box 2a, contributions in box 5, code G
    (
        "converted in plan",
        LEFT_ALL,
        ["box 1 $20,500 · box 2a $500 · box 4 $0 · box 5 $20,000 · box 7 code G"],
    ),
    ("to a roth ira", LEFT_ALL, ["box 1 $20,500 · box 2a $500 · box 4 $0 · box 5 $20,000 · box 7 code G"]),
    # case K11: 47,500 and 300 of growth, nothing taxable, a form for each IRA
    (
        "split",
        ("yes", "47,500", "47,800", "47,800"),
        [
            "Form 1: box 1 $47,500 · box 2a $0 · box 4 $0 · box 5 $47,500 · box 7 code G",
            "Form 2: box 1 $300 · box 2a $0 · box 4 $0 · box 5 $0 · box 7 code G",
        ],
    ),
    # RULES.md 7.2: 20 % of the taxable part is held back; the code goes by age
    (
        "paid to me",
        (*LEFT_ALL, "no"),
        ["box 1 $20,500 · box 2a $500 · box 4 $100 · box 5 $20,000 · box 7 code 1"],
    ),
    ("paid to me", (*LEFT_ALL, "yes"), ["box 4 $100 · box 5 $20,000 · box 7 code 7"]),
    # a rollover of 8,000 out of 40,000 that 30,000 was paid into takes 6,000 of it along
    (
        "roth 401k",
        ("yes", "30,000", "40,000", "8,000"),
        ["box 1 $8,000 · box 2a $0 · box 4 $0 · box 5 $6,000 · box 7 code H"],
    ),
    # RULES.md 10, section 604: boxes 1 and 2a, code G
    ("roth match", ("yes", "4,500"), ["box 1 $4,500 · box 2a $4,500 · box 4 $0 · box 5 $0 · box 7 code G"]),
    (
        "failed test",
        ("yes", "5,800", "250"),
        ["box 1 $6,050 · box 2a $250 · box 4 $0 · box 5 $5,800 · box 7 code 8"],
    ),
    (
        "refund, over limit",
        ("yes", "4,500", "90"),
        ["box 1 $4,590 · box 2a $90 · box 4 $0 · box 5 $4,500 · box 7 code E"],
    ),
    # RULES.md 2: the deferral is income of its own year, its earnings of the year in which they are paid
    (
        "excess deferral",
        ("yes", "2,500", "40", "the year after"),
        [
            "Form 1: box 1 $2,500 · box 2a $2,500",
            "code P",
            "Form 2: box 1 $40 · box 2a $40",
            "code 8",
            "amended",
        ],
    ),
    (
        "excess deferral",
        ("yes", "2,500", "40", "same year"),
        ["box 1 $2,540 · box 2a $2,540", "box 7 code 8"],
    ),
]


@pytest.mark.parametrize(("event", "typed", "said"), EVENTS)
def test_the_boxes_of_an_event(event: str, typed: tuple[str, ...], said: list[str]) -> None:
    person = forms(event, *typed, "not yet")
    assert person.moment.survey.verdict is Verdict.FORMS
    for words in said:
        assert words in person.sees
    assert "Form 8606: no" in person.sees


def test_every_event_is_told_in_words_where_the_amounts_are_not_known() -> None:
    for event in PlanEvent:
        person = forms().presses(f"a:plan_event:{event.value}").says("not sure")
        assert person.moment.survey.verdict is Verdict.FORMS
        assert "$" not in person.sees
        assert "in box 7" in person.sees
        assert "Form 8606: no" in person.sees
        assert "Form 8606: No" in person.says("how").sees


def test_a_part_of_the_account_takes_its_share_of_the_growth() -> None:
    # RULES.md case K08: 10,000 out of 32,000 with a basis of 30,000
    person = forms("converted in plan", "yes", "30,000", "32,000", "10,000", "no")
    assert "box 1 $10,000 · box 2a $625 · box 4 $0 · box 5 $9,375" in person.sees


def test_where_nothing_is_kept_apart_the_whole_plan_counts() -> None:
    person = forms("converted in plan", *LEFT_ALL, "no").taps("Taken for granted", "1", "No")
    assert person.asks == "pooled_balance"
    person.says("205,000")  # a tenth of what moves was taxed before: 20,000 of 205,000
    assert "box 2a $18,500 · box 4 $0 · box 5 $2,000" in person.sees


def test_more_than_there_is_cannot_move() -> None:
    person = forms("converted in plan", "yes", "20,000", "20,500", "30,000")
    assert "More moved than the money was worth" in person.sees
    person.says("1", "20,500", "not yet")
    assert person.moment.survey.verdict is Verdict.FORMS


@pytest.mark.parametrize(
    ("box", "said", "unsaid"),
    [
        ("500", "That is the same", "before you file"),
        (
            "0",
            "That is $500 less than this. Ask the plan why before you file. A 0 there is a common error",
            "more",
        ),
        ("120", "That is $380 less than this", "common error"),
        ("12,500", "That is $12,000 more than this", "less than"),
    ],
)
def test_the_form_that_came_is_compared(box: str, said: str, unsaid: str) -> None:
    person = forms("to a roth ira", *LEFT_ALL, "yes", box)
    compared = next(line for line in person.sees.split("\n") if line.startswith("You told me"))
    assert said in compared
    assert unsaid not in compared


def test_the_worksheet_leads_from_the_answers_to_the_form() -> None:
    person = forms("to a roth ira", *LEFT_ALL, "yes", "0").says("how")
    assert "Part that was never taxed: $500" in person.sees
    assert "All boxes 2a together: $500" in person.sees
    assert "Box 2a on your forms is off by: -$500" in person.sees
    assert "off by" not in forms("to a roth ira", *LEFT_ALL, "no").says("how").sees


def test_a_move_to_roth_goes_on_lines_5a_and_5b() -> None:
    assert "line 5a, box 2a on line 5b" in forms("split", *LEFT_ALL, "no").sees
    assert "line 5a" not in forms("failed test", "no").sees


def test_money_paid_out_can_go_on_within_60_days() -> None:
    younger = forms("paid to me", *LEFT_ALL, "no", "not yet").sees
    older = forms("paid to me", *LEFT_ALL, "yes", "not yet").sees
    assert "within 60 days" in younger
    assert "within 60 days" in older
    assert "10% tax" in younger
    assert "10% tax" not in older


def test_a_match_in_the_refund_is_taxed_too() -> None:
    person = forms("failed test", "yes", "5,800", "250", "not yet").taps("Taken for granted", "1").says("500")
    assert "box 1 $6,550 · box 2a $750" in person.sees


def test_every_path_ends_in_a_result_that_fits_on_a_screen() -> None:
    ends = set()
    for path, found in walk("forms", WORLD):
        assert found.needed is None
        if path.verdict is not None:
            ends.add((path.answers["plan_event"], path.answers["with_amounts"]))
            assert len(visible(outcome(path.moment(WORLD)))) <= 1_500
    assert ends == {(event, told) for event in PlanEvent for told in (True, False)}


# --- another move ---------------------------------------------------------------------------------------------------


def test_another_event_begins_without_the_answers_about_this_one() -> None:
    person = forms("to a roth ira", "yes", *LEFT_ALL, "not yet")
    button = person.button("Another event").data
    person.taps("Another event")
    assert "What you told me of that event is cleared" in person.sees
    assert person.asks == "plan_event"
    assert not person.told
    person.presses(button)  # it fits the answers that are gone, and nothing else
    assert person.last.toast
    person.says("converted in plan", "yes")
    assert person.asks == "after_tax_basis"


def test_what_was_cleared_can_be_taken_back() -> None:
    person = forms("to a roth ira", "yes", *LEFT_ALL, "not yet")
    told, result = dict(person.told), outcome(person.moment)
    person.taps("Another event", "Undo")
    assert person.told == told
    assert outcome(person.moment) == result


def test_what_other_flows_were_told_stays() -> None:
    person = Person().says("/room", "185k", "24,500", "9,250", "6,400")
    before = dict(person.told)
    person.says("/forms", "split", "no").taps("Another event")
    assert person.told == before
    assert "Another event" not in person.says("/room").labels
