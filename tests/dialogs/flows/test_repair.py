"""*Something is wrong*, as people type it: what comes out, by which day, and what is said without any amount."""

from __future__ import annotations

import re

import pytest

from dialogs import drawn
from dialogs.flows import Verdict
from dialogs.flows.repair import Trouble
from dialogs.papers import Letter
from dialogs.screens import outcome
from dialogs.walk import walk
from knowledge.core.sheet import NOT_SURE
from knowledge.markup import visible
from tests.dialogs.talk import WORLD, Person


def repair(*typed: str) -> Person:
    return Person().says("/repair", *typed)


def verdict(person: Person) -> Verdict:
    return person.moment.survey.verdict


# --- over the total limit ---------------------------------------------------------------------------------------------


def test_unmatched_after_tax_money_comes_out_first() -> None:
    # RULES.md case N01: 4,500 over, 40,000 of unmatched after-tax money
    person = repair("over the limit", "this year", "yes", "4,500", "0", "40,000")
    assert verdict(person) is Verdict.TOO_MUCH_IN
    assert "$4,500 over the 2026 total limit, to be corrected by October 15, 2027" in person.sees
    assert "Unmatched after-tax money: $4,500 back to you" in person.sees
    assert "Unmatched deferrals" not in person.sees
    assert "Set after-tax to 0 now" in person.sees


def test_then_come_deferrals_then_matched_money_with_its_match() -> None:
    # RULES.md case N02: 2,000 and 3,000 undo 5,000 of 6,000; of the last 1,000 a match of 50 % is a third
    person = repair("over", "last year", "yes", "6,000", "0", "2,000", "3,000", "0", "9,000", "50%")
    assert "$6,000 over the 2025 total limit, to be corrected by October 15, 2026" in person.sees
    assert "Unmatched after-tax money: $2,000 back to you" in person.sees
    assert "Unmatched deferrals: $3,000 back to you" in person.sees
    assert "Matched deferrals: $666.67 back to you, and $333.33 of their match taken away" in person.sees
    assert "employer money:" not in person.sees
    assert "the year is over" in person.sees


def test_matched_after_tax_money_comes_before_matched_deferrals() -> None:
    person = repair("over", "last year", "yes", "6,000", "0", "2,000", "3,000", "600", "100%")
    assert "Matched after-tax money: $500 back to you, and $500 of its match taken away" in person.sees
    assert person.asks == ""


def test_what_no_own_money_can_undo_is_taken_from_the_employers() -> None:
    person = repair("over", "last year", "yes", "6,000", "0", "2,000", "3,000", "0", "0")
    assert "Other employer money: $1,000 taken away" in person.sees


def test_excess_deferrals_that_come_out_by_april_15_come_first() -> None:
    person = repair("over", "last year", "yes", "5,000", "1,500", "9,000")
    assert "$3,500 over the 2025 total limit" in person.sees
    assert "$5,000 over, less $1,500 of deferrals if they are out by April 15, 2026" in person.sees


def test_they_can_be_enough() -> None:
    person = repair("over", "this year", "yes", "1,200", "1,500")
    assert person.asks == ""
    assert "Nothing is left to correct if the $1,500 of deferrals is out by April 15, 2027" in person.sees


# --- two jobs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("when", "year"), [("this year", 2026), ("last year", 2025)])
def test_excess_deferrals_have_their_dates_and_both_codes(when: str, year: int) -> None:
    person = repair("two jobs", when, "yes", "2,500")
    assert verdict(person) is Verdict.TOO_MUCH_DEFERRED
    assert f"$2,500 has to be out by April 15, {year + 1}" in person.sees
    assert f"income of {year}" in person.sees
    assert f"March 1, {year + 1}" in person.sees
    assert "code 8" in person.sees
    assert "code P" in person.sees
    assert f"for {year} of $2,500" in person.sees


def test_an_amount_that_is_not_sure_is_never_taken_for_none() -> None:
    person = repair("two jobs", "this year", "yes", "not sure")
    assert person.asks == "excess_deferral_paid_out"
    assert "I need this one to go on" in person.sees


def test_nothing_over_is_said_so() -> None:
    assert "Nothing over the deferral limit" in repair("two jobs", "this year", "yes", "0").sees


# --- refunds ------------------------------------------------------------------------------------------------------------


def test_a_refund_is_taxed_on_its_earnings_alone() -> None:
    # RULES.md 6.8: only the earnings are taxable, without the additional tax, in the year of receipt
    person = repair("refund", "last year", "no", "yes", "5,800", "250")
    assert verdict(person) is Verdict.TEST_REFUND
    assert "$6,050 back: $250 of it is taxed, $5,800 is not" in person.sees
    assert "box 1 $6,050 · box 2a $250 · box 5 $5,800 · code 8" in person.sees
    assert "March 15, 2026" in person.sees
    assert "December 31, 2026" in person.sees
    assert "no new room" in person.sees


def test_automatic_enrollment_gives_the_plan_until_june() -> None:
    person = repair("refund", "this year", "no", "no")
    assert "usually by March 15, 2027" in person.sees
    person.taps("Taken for granted", "1", "Yes")
    assert "usually by June 30, 2027" in person.sees


def test_a_refund_in_a_roth_ira_has_to_come_out_of_there() -> None:
    # RULES.md 6.9: 6 % a year of 4,000
    person = repair("refund", "last year", "yes", "yes", "4,000")
    assert verdict(person) is Verdict.REFUND_LEFT_ALREADY
    assert "$4,000 has to come out of the Roth IRA: $240 of tax for each year" in person.sees
    assert "Yearly tax on too much in an IRA: 6%" in person.says("how").sees
    assert "2.5 months" in person.sees


def test_not_sure_where_the_refund_is_keeps_both_in_view() -> None:
    person = repair("refund", "last year", "not sure", "no")
    assert person.told["refund_had_left"] is NOT_SURE
    assert verdict(person) is Verdict.TEST_REFUND
    assert "In a Roth IRA?" in person.sees
    assert "Taken for granted: the money of the refund is not in a Roth IRA" in person.sees


# --- leaving the job ----------------------------------------------------------------------------------------------------


def test_leaving_splits_contributions_and_growth() -> None:
    # RULES.md 7.4: basis to the Roth IRA, earnings to the traditional IRA; 20 % of the taxable part is held back
    person = repair("i quit", "yes", "20,000", "23,500", "32%")
    assert verdict(person) is Verdict.LEFT_JOB
    assert "$20,000 to a Roth IRA, $3,500 of growth to a traditional IRA: no tax now" in person.sees
    assert "about $1,120 of federal tax at 32%" in person.sees
    assert "$700 is held back as tax" in person.sees
    assert "60 days" in person.sees
    assert "code G" in person.sees
    assert "pro-rata" in person.sees


def test_after_a_loss_no_rate_is_asked_and_nothing_is_taxed() -> None:
    person = repair("left", "yes", "20,000", "18,000")
    assert person.asks == ""
    assert "$18,000 to a Roth IRA: no tax now" in person.sees
    assert "$2,000 less than you put in; that loss is not deducted" in person.sees
    assert "Tax if the growth goes to the Roth IRA too: $0" in person.says("how").sees


def test_without_a_loss_or_growth_nothing_is_said_of_one() -> None:
    person = repair("left", "yes", "20,000", "20,000")
    assert "nothing is taxed either way" in person.sees
    assert "less than you put in" not in person.sees


# --- conversions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        (
            "pretax",
            ("cannot be undone", "408A(d)(6)(B)(iii)", "income of 2025", "April 15, 2026", "Which sources"),
        ),
        (
            "i want it undone",
            ("cannot be undone", "408A(d)(6)(B)(iii)", "Switch off automatic conversion", "April 15, 2026"),
        ),
        ("it went elsewhere", ("60 days", "code 1 or 7")),
        ("the records are off", ("the plan can correct them", "corrected form", "April 15, 2026")),
    ],
)
def test_a_conversion_is_final_and_some_mistakes_can_be_put_right(
    mistake: str, said: tuple[str, ...]
) -> None:
    person = repair("i converted the wrong thing", mistake, "last year")
    assert verdict(person) is Verdict.CONVERSION_IS_FINAL
    for words in said:
        assert words in person.sees
    assert "What went wrong with it" in person.says("how").sees


def test_in_the_year_itself_withholding_can_still_cover_the_tax() -> None:
    person = repair("a wrong conversion", "pretax", "this year")
    assert "More withholding from the paychecks left in 2026" in person.sees


# --- every path ----------------------------------------------------------------------------------------------------------

WITHOUT = [
    ("over", "last year", "not sure"),
    ("two jobs", "this year", "skip"),
    ("refund", "this year", "no", "later"),
    ("refund", "last year", "yes", "go on without"),
    ("i left my job", "no"),
]


@pytest.mark.parametrize("typed", WITHOUT)
def test_every_path_has_an_answer_without_amounts(typed: tuple[str, ...]) -> None:
    person = repair(*typed)
    assert person.asks == ""
    assert not re.search(r"\$\d", person.sees)
    assert "Next" in person.sees
    assert drawn.picture(person.moment) is None
    assert "What happened" in person.says("why").sees or verdict(person) in (
        Verdict.TEST_REFUND,
        Verdict.REFUND_LEFT_ALREADY,
    )


def test_changing_what_happened_asks_only_what_is_new() -> None:
    person = repair("two jobs", "last year", "yes", "2,500").changes("trouble", "over")
    assert person.asks == "over_limit"
    person.says("4,000", "9,000")
    assert "$1,500 over the 2025 total limit" in person.sees


def test_the_plan_on_paper_names_no_day_of_another_year() -> None:
    assert list(drawn.dates(repair("two jobs", "last year", "no").moment)) == []


def test_every_path_ends_in_a_result_that_fits_on_a_screen() -> None:
    ends = set()
    for path, found in walk("repair", WORLD):
        assert found.needed is None
        ends.add((path.answers["trouble"], path.verdict))
        assert len(visible(outcome(path.moment(WORLD)))) <= 1_500
    assert ends == {
        (Trouble.CONVERSION, Verdict.CONVERSION_IS_FINAL),
        (Trouble.OVER_LIMIT, Verdict.TOO_MUCH_IN),
        (Trouble.TWO_JOBS, Verdict.TOO_MUCH_DEFERRED),
        (Trouble.REFUND, Verdict.TEST_REFUND),
        (Trouble.REFUND, Verdict.REFUND_LEFT_ALREADY),
        (Trouble.LEFT_JOB, Verdict.LEFT_JOB),
    }


# --- another trouble, and the way here ------------------------------------------------------------------------------


def test_another_event_asks_for_its_amounts_anew() -> None:
    person = repair("refund", "last year", "no", "yes", "5,800", "250").taps("Another event")
    assert person.asks == "trouble"
    person.says("refund", "this year", "no", "yes")
    assert person.asks == "refunded_after_tax"


def test_over_the_limit_the_next_step_is_to_put_it_right() -> None:
    over = Person().says("/room", "185k", "24,500", "45,000", "6,400")
    assert over.taps("Something is wrong").asks == "trouble"
    assert "Something is wrong" not in Person().says("/room", "185k", "24,500", "9,250", "6,400").labels


def test_the_page_to_keep_says_what_it_is_in_every_flow() -> None:
    titles = [visible(WORLD.library.say(f"plan_title_{flow}", year=2026)) for flow in WORLD.flows]
    assert len(set(titles)) == len(titles)
    person = repair("refund", "this year", "no", "no").taps("Save or print", "My plan, PDF")
    assert "What went wrong, and how to put it right" in [
        card.paper.title for card in person.shown if card.paper
    ]


@pytest.mark.parametrize(
    ("typed", "asks"),
    [
        (("conversion", "pretax", "last year"), "Which sources were converted in 2025"),
        (("over", "this year", "no"), "section 415(c) for 2026"),
        (("two jobs", "last year", "no"), "section 402(g) for 2025"),
        (("refund", "last year", "no", "no"), "How much is refunded for 2025 after the ACP test"),
        (("left", "no"), "IRS Notice 2014-54"),
    ],
)
def test_the_letter_asks_about_this_trouble(typed: tuple[str, ...], asks: str) -> None:
    person = repair(*typed).says("letter")
    assert "Questions about a correction in our plan\nTo: The plan's administrator" in person.sees
    assert asks in person.sees
    assert "voluntary employee after-tax" not in person.sees
    person.taps("PDF without numbers")
    [page] = [card.paper for card in person.last.replies if isinstance(card.paper, Letter)]
    assert page.title == "Questions about a correction in our plan"
    assert any(asks in question.text for question in page.questions)


def test_elsewhere_the_letter_is_the_one_to_hr() -> None:
    person = repair("refund", "last year", "no", "no").says("menu", "letter")
    assert "To: Benefits or HR team" in person.sees
    assert "Copy short message" in person.labels
    assert "To: Benefits or HR team" in repair("refund").says("letter").sees
