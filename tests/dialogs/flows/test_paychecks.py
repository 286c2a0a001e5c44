"""*My paychecks*, told by typed texts: the elections, the year and the losses are those of the worked cases."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.given import check
from dialogs.flows import FLOWS, Verdict
from dialogs.moment import Asking, Confirming, Conflicting, Reviewing, Showing
from dialogs.session import Session
from dialogs.survey import survey
from dialogs.world import World, world_on
from knowledge.core.calculations import CALCULATIONS
from knowledge.core.employee import Employee
from knowledge.core.payroll import Election
from knowledge.core.sheet import NOT_SURE
from knowledge.words import dollars, percent
from tests import knowledge
from tests.dialogs.talk import Person

FLOW = FLOWS["paychecks"]
JANUARY, DECEMBER = world_on(date(2026, 1, 1)), world_on(date(2026, 12, 30))
FILE = Path(knowledge.__path__[0]) / "core/cases/paychecks.toml"
CASES: list[dict[str, Any]] = tomllib.loads(FILE.read_text("utf-8"), parse_float=Decimal)["paychecks"]
TOLD: Mapping[str, Mapping[str, Any]] = {
    case["id"]: check(CALCULATIONS["paychecks"], {"year": case["year"], **case["facts"]})[1]
    for case in CASES
    if "expected" in case
}
IN_PASSING = {
    "takes_after_tax": "yes",
    "next_pay_day": "not sure",
    "bonuses": "no bonus",
    "match_basis": "each paycheck only",
    "cap_kind": "no cap",
    "election_step": "whole percents",
    "after_tax_so_far": "0",
    "match_so_far": "0",
    "deferral_election": "not sure",
}
"""What a person types who has nothing to tell about these."""


def can_be_told(facts: Mapping[str, Any]) -> bool:
    """Whether there is a question for each fact, and a way to type it: whole cents, and bonuses that elections count."""
    elected = facts.get("after_tax_election", Election()).dollars
    counted = all(bonus.elections_apply for bonus in facts.get("bonuses", ()))
    return facts.keys() <= JANUARY.library.questions.keys() and elected == round(elected, 2) and counted


TELLABLE = [case for case in CASES if case["id"] in TOLD and can_be_told(TOLD[case["id"]])]


def starting(world: World = JANUARY) -> Person:
    return Person(Session(year=world.year), world).says("/paychecks")


def tells(person: Person, facts: Mapping[str, Any]) -> Person:
    """Type every answer until nothing is asked: those of ``facts``, of the others what nothing follows from."""
    while fact := person.asks:
        if fact in facts:
            person.answers(facts[fact])
        elif fact == Employee.deferral.name:  # the limit: all that can still go in
            case = person.moment.case
            person.says(dollars(case.deferral_limit_left + case.catch_up_allowed))
        else:
            person.says(IN_PASSING[fact])
        assert person.asks != fact, f"{fact}: {person.sees}"
    return person


def tells_all(person: Person, facts: Mapping[str, Any]) -> Person:
    """The same, and then what was taken for granted and is otherwise, as its page offers."""
    tells(person, facts)
    while taken := [
        line.cell
        for line in (person.moment.survey.best.case.facts_read() if person.moment.complete else ())
        if line.cell in facts and line.cell not in person.told
    ]:
        tells(person.presses(f"change:{taken[0]}").answers(facts[taken[0]]), facts)
    return person


def part(value: Any, path: str) -> Any:
    """The part of ``value`` at ``path``, days as the cases have them."""
    for step in path.split("."):
        value = value[int(step)] if step.isdigit() else getattr(value, step)
    return value.isoformat() if isinstance(value, date) else value


def test_most_of_the_worked_cases_can_be_told() -> None:
    assert len(TELLABLE) > 40
    assert {case["id"] for case in TELLABLE} >= {"S01", "S08", "S14", "S16", "S21", "S86"}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in TELLABLE])
def test_a_worked_case_told_in_a_conversation_comes_out_as_derived(case: dict[str, Any]) -> None:
    facts = TOLD[case["id"]]
    person = tells_all(starting(), facts).says("show")
    assert isinstance(person.place, Showing)
    assert {fact: person.told.get(fact, facts[fact]) for fact in facts} == facts
    sheet = person.moment.survey.best.case
    if person.moment.survey.verdict is Verdict.NO_PAYCHECK_LEFT:
        assert not sheet.paychecks_left
        return
    assert person.moment.survey.verdict is Verdict.EVEN_PACE
    assert {path: part(sheet, path) for path in case["expected"]} == case["expected"]
    elected, year = sheet.even_elections, sheet.even_year
    for share in (elected.deferral.pay_share, elected.after_tax.pay_share):
        assert not share or percent(share) in person.sees
    costs = (sheet.early_deferral_cost, sheet.early_after_tax_cost if sheet.takes_after_tax else Decimal(0))
    for amount in (year.deferral, year.after_tax, year.match_lost, year.crowded_out, *costs):
        assert not amount or dollars(amount) in person.sees


# --- by hand ----------------------------------------------------------------------------------------------------------

FRONT_LOADER = {
    "pay": "200k",
    "pay_schedule": "every 2 weeks",
    "checks_left": "26",
    "checks_so_far": "0",
    "age_band": "40",
    "employer_money": "50% of the first 6%",
    "deferral": "24,500",
}
"""26 checks of 7,692.31 dollars; the match of one is half of 6 %, 230.77."""


def says(**typed: str) -> Person:
    """Someone who types these, confirms what is doubtful, and comes to the answers, a result or a conflict."""
    answers = {**IN_PASSING, **FRONT_LOADER, **typed}
    person = starting()
    while fact := person.asks:
        person.says(answers[fact])
        if isinstance(person.place, Confirming):
            assert person.labels[0].startswith("Yes"), person.labels
            person.taps(person.labels[0])
        assert person.asks != fact, f"{fact}: {person.sees}"
    return person


def seen(**typed: str) -> str:
    return says(**typed).says("show").sees


def test_half_a_year_unmatched_costs_half_of_the_match() -> None:
    # 24,500 in 13 checks is 1,884.62 each: then 13 checks without their match. Of 6,000 come 13 times 230.77, 3,000.01.
    text = seen(deferral_election="$1,884.62", after_tax_election="0")
    assert "Match lost $2,999.99" in text
    assert "Employer money lost: $2,999.99" in text  # the picture says the same
    assert "Deferrals stop with paycheck 13" in text
    assert "The match stops with paycheck 14" in text


def test_as_early_as_possible_costs_all_but_four_of_the_matches() -> None:
    # 100 % of pay is 24,500 after 3 checks of 7,692.31 and a fourth of 1,423.07; each has its full match, 22 have none.
    assert f"lose {dollars(22 * Decimal('230.77'))} of employer money" in seen()


def test_a_true_up_brings_it_back_and_the_plan_is_to_be_asked() -> None:
    text = seen(match_basis="with a true-up", deferral_election="$1,884.62", after_tax_election="0")
    assert "Match lost" not in text
    assert "Employer money lost" not in text
    assert "Your plan looks at the whole year for the match" in text
    assert "Your plan looks at the whole year" not in seen()


def test_employer_money_that_does_not_come_at_the_even_pace_is_said() -> None:
    # 24,500 draws 49,000 of match at twice 8 % of pay, and 72,000 has no room for both.
    text = seen(pay="360k", employer_money="200% of the first 8%")
    assert "Not all employer money comes even so: match lost $1,230.75" in text  # 49,000 - 26 times 1,837.28
    assert "Employer money lost: $1,230.75" in text
    assert "It loses no employer money" not in text
    assert "It loses no employer money" in seen()


def test_employer_money_without_room_is_said() -> None:
    # 26 checks of 1,923.08 are 50,000.08 dollars of pay, all that can go in: 9,999.92 of 60,000 have no room.
    text = seen(pay="50k", employer_money="60,000")
    assert "without room under the limit $9,999.92." in text
    assert "Other employer money $50,000.08" in text
    assert "Employer money: $50,000.08" in text  # the picture says the same
    assert "the limit has no room left for it" in text
    assert "It loses no employer money" not in text
    assert "gets no match" not in text


def test_without_after_tax_money_it_is_about_deferrals_alone() -> None:
    person = says(takes_after_tax="no", deferral_election="10%").says("show")
    assert not {"cap_kind", "after_tax_election", "after_tax_so_far"} & person.told.keys()
    assert "takes no after-tax money" in person.sees
    assert "After-tax $" not in person.sees
    assert "after-tax 0%" not in person.sees
    assert "Filling the limit" not in person.sees


def test_a_match_that_is_no_formula_has_no_basis_to_be_asked_for() -> None:
    assert "match_basis" not in says(employer_money="9,000").told
    assert "match_basis" in says().told


def none_left() -> Person:
    return starting(DECEMBER).says("yes", "200k", "every 2 weeks", "not sure", "0", "show")


def test_nothing_is_left_when_no_check_is_left() -> None:
    person = none_left()
    assert person.moment.survey.verdict is Verdict.NO_PAYCHECK_LEFT
    assert not {"bonuses", "deferral", "employer_money"} & person.told.keys()
    assert "No paycheck is left in 2026" in person.sees
    assert person.moment.survey.high == 0
    assert FLOW.shows(person.moment.survey.best.case) == ("paychecks_left",)


@pytest.mark.parametrize(
    "verb", ["picture", "sheet", "plan", "save", "how", "why", "letter_full", "what_if", "steps"]
)
def test_when_no_check_is_left_there_is_no_year_to_draw_but_all_the_rest(verb: str) -> None:
    person = none_left().presses(verb)
    papers = [card for card in person.last.replies if card.picture or card.paper]
    assert bool(papers) == (verb in ("plan", "letter_full"))
    assert isinstance(person.presses("show").place, Showing)


def test_nothing_is_left_when_the_checks_to_come_have_no_pay() -> None:
    answers = {**says().told, "unpaid_checks": tuple(range(1, 27))}
    found = survey(FLOW, answers, JANUARY.limits, JANUARY.last_year)
    assert found.verdict is Verdict.NO_PAYCHECK_LEFT
    assert found.high == 0


def test_the_dollars_are_what_the_even_pace_still_puts_in() -> None:
    fresh = says()
    later = says(
        checks_so_far="13",
        checks_left="13",
        pay_so_far="100,000",
        deferred_so_far="12,250",
        after_tax_so_far="9,000",
    )
    for person in (fresh, later):
        sheet = person.moment.survey.best.case
        to_come = sum(one.after_tax for one in sheet.even_paychecks)
        assert to_come > 0
        assert person.moment.survey.high == to_come


@pytest.mark.parametrize(
    ("fact", "also"),
    [
        ("takes_after_tax", {}),
        ("cap_kind", {}),
        ("employer_money", {}),
        ("deferral", {}),
        (
            "after_tax_so_far",
            {"checks_so_far": "5", "checks_left": "21", "pay_so_far": "40,000", "deferred_so_far": "5,000"},
        ),
    ],
)
def test_not_sure_of_what_splits_gives_a_range_with_the_sure_result_inside(
    fact: str, also: dict[str, str]
) -> None:
    sure, unsure = says(**also).moment.survey, says(**{**also, fact: "not sure"}).moment.survey
    assert fact in unsure.unsure
    assert unsure.low <= sure.low <= sure.high <= unsure.high


@pytest.mark.parametrize(
    "fact", ["match_basis", "election_step", "bonuses", "deferral_election", "next_pay_day"]
)
def test_not_sure_of_the_rest_takes_what_is_usual(fact: str) -> None:
    person = says(**{fact: "not sure"})
    assert person.told[fact] is NOT_SURE
    assert person.moment.survey.certain
    assert person.moment.survey.high == says().moment.survey.high


def test_the_pay_days_make_the_count() -> None:
    # 26 pay days: every 14 days from January 2 through December 18.
    person = says(next_pay_day="Jan 2")
    assert "checks_left" not in person.told
    assert person.moment.survey.best.case.paychecks_left == 26
    assert "the first on January 2, 2026" in person.says("show").sees
    assert person.moment.survey.high == says().moment.survey.high


def test_twice_a_month_on_other_days_asks_for_the_second_one() -> None:
    person = says(pay_schedule="twice a month", next_pay_day="Jan 5", following_pay_day="Jan 20")
    assert person.told["following_pay_day"] == date(2026, 1, 20)
    assert person.moment.survey.best.case.paychecks_left == 24
    assert "following_pay_day" not in says(pay_schedule="twice a month", next_pay_day="Jan 15").told


def test_what_the_pay_stub_says_so_far_is_asked_only_after_a_paycheck() -> None:
    so_far = {"pay_so_far", "deferred_so_far", "match_so_far", "after_tax_so_far"}
    assert not so_far & says().told.keys()
    person = says(checks_so_far="1", checks_left="25", pay_so_far="7,692.31", deferred_so_far="1,000")
    assert so_far <= person.told.keys()


def test_a_bonus_is_pay_and_the_election_takes_its_share() -> None:
    # 12 % of 26 checks of 7,692.31 and of 20,000 would be 26,400.01: 11 % are 24,200.01.
    assert "deferral 11% of pay" in seen(bonuses="20,000 with the next paycheck")
    assert "deferral 12% of pay" in seen()


# --- answers that contradict each other ------------------------------------------------------------------------------

CONFLICTS = {
    "too many checks": {"checks_so_far": "20", "checks_left": "20"},
    "more in than there was pay": {
        "checks_so_far": "6",
        "checks_left": "20",
        "pay_so_far": "10,000",
        "deferred_so_far": "9,000",
        "after_tax_so_far": "3,000",
    },
    "a bonus too late": {"checks_left": "3", "checks_so_far": "0", "bonuses": "5,000 with check 9"},
}


@pytest.mark.parametrize("which", ["too many checks", "more in than there was pay"])
def test_answers_that_contradict_each_other_are_shown_and_can_be_changed(which: str) -> None:
    person = says(**CONFLICTS[which])
    assert isinstance(place := person.place, Conflicting)
    assert "do not fit together" in person.sees
    numbers = [label for label in person.labels if label.isdigit()]
    assert len(numbers) == len([fact for fact in place.facts if fact in person.told])
    for label in numbers:
        other = person.copy().taps(label)
        assert isinstance(asked := other.place, Asking)
        assert asked.changing
        assert asked.fact in place.facts
        assert other.taps("Keep it").place == place
    assert isinstance(person.copy().presses("answers").place, Reviewing)
    assert person.copy().presses("menu").presses("continue").place == place


def test_one_changed_answer_ends_a_conflict() -> None:
    person = says(**CONFLICTS["too many checks"])
    place = person.place
    assert isinstance(place, Conflicting)
    number = [fact for fact in place.facts if fact in person.told].index("checks_so_far") + 1
    person.says(str(number), "0")
    assert not isinstance(person.place, Conflicting)
    assert "fit together" not in person.sees


def test_a_bonus_with_a_check_that_does_not_come_is_a_conflict() -> None:
    # Twelve checks on days that are known do not reach the bonus of the twentieth.
    answers = {**says(checks_left="20", bonuses="5,000 with check 20").told, "checks_left": 12}
    person = Person(Session("paychecks", answers, idle=False, year=2026), JANUARY).says("continue")
    assert isinstance(place := person.place, Conflicting)
    assert place.facts == ("bonuses",)
    assert "Only 12 paychecks are still to come" in person.sees
    person.taps("1", "No bonus")
    assert not isinstance(person.place, Conflicting)
