"""The flow of an owner: what is asked of whom, the worked cases, and what the result says."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from dialogs.flows import Verdict
from dialogs.moment import Reviewing
from dialogs.walk import walk
from tests.dialogs.talk import WORLD, Person

TYPED: Mapping[str, str] = {
    "entity": "1099",
    "age_band": "40",
    "job_plan": "no",
    "job_deferral": "24,500",
    "business_related": "no",
    "same_payer": "no",
    "additions_in_403b": "no 403(b)",
    "social_security_wages": "200k",
    "has_staff": "just me",
    "own_plan_is_new": "no",
    "works_alone": "only me",
    "limited_partner": "general partner",
    "partner_income": "80,000",
    "guaranteed_payments": "none",
    "owner_wages": "60k",
    "profit": "150k",
}
"""What an owner types when each question is asked."""


def owner(**typed: str) -> Person:
    """An owner at the end of the questions, who sees the result."""
    person, answers = Person().says("/own"), {**TYPED, **typed}
    while fact := person.asks:
        person.says(answers[fact])
        assert person.asks != fact, person.sees
    return person.says("show") if isinstance(person.place, Reviewing) else person


def verdict(person: Person) -> Verdict:
    return person.moment.survey.verdict


ALONE = ["entity", "age_band", "job_plan", "has_staff"]
BESIDE = ["entity", "age_band", "job_plan", "business_related", "same_payer", "has_staff"]
TAKES = ["job_deferral", "additions_in_403b"]


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ({}, [*ALONE, "own_plan_is_new", "profit"]),
        ({"own_plan_is_new": "yes"}, [*ALONE, "own_plan_is_new", "works_alone", "profit"]),
        ({"has_staff": "yes"}, [*ALONE, "profit"]),
        ({"profit": "-12k"}, [*ALONE, "own_plan_is_new", "profit"]),
        ({"entity": "llc taxed as s corp"}, [*ALONE, "owner_wages"]),
        ({"entity": "c corp"}, [*ALONE, "owner_wages"]),
        (
            {"entity": "partnership"},
            [*ALONE, "limited_partner", "partner_income", "guaranteed_payments"],
        ),
        (
            {"entity": "partnership", "limited_partner": "limited", "guaranteed_payments": "40k"},
            [*ALONE, "limited_partner", "guaranteed_payments"],
        ),
        (
            {"job_plan": "yes"},
            [*BESIDE, "own_plan_is_new", "profit", *TAKES, "social_security_wages"],
        ),
        ({"job_plan": "yes", "entity": "s corp"}, [*BESIDE, "owner_wages", *TAKES]),
        ({"job_plan": "yes", "business_related": "yes"}, BESIDE[:4]),
    ],
)  # fmt: skip
def test_only_what_can_change_the_result_is_asked(typed: dict[str, str], order: list[str]) -> None:
    assert list(owner(**typed).told) == order


# Cases of 2026 worked by hand. Self-employed: b = 0.9235 profit; half of the tax = 0.5 (12.4 % min(b, wage base) +
# 2.9 % b); NE = profit - half; most employer money E = 20 % NE; pay that counts = NE - E (IRC 415(c)(3)(B)).
@pytest.mark.parametrize(
    ("typed", "least", "most"),
    [
        # NE = 50,000 - 3,532.39; 46,467.61 - 24,500; with E = 9,293.52: NE - D - 2E
        ({"profit": "50,000"}, "After-tax $21,967.61 · Total $46,467.61", "Employer $9,293.52 · After-tax $3,380.57"),
        # NE = 139,402.84, so the dollar limit binds: 72,000 - 24,500, and less E = 27,880.57
        ({"profit": "150k"}, "After-tax $47,500 · Total $72,000", "Employer $27,880.57 · After-tax $19,619.43"),
        # a job used the deferral limit and the wage base: half = 0.5 x 2.9 % x 55,410 = 803.44; NE = 59,196.56
        (
            {"profit": "60,000", "job_plan": "yes"},
            "Deferral $0 · Employer $0 · After-tax $59,196.56",
            "Employer $11,839.31 · After-tax $35,517.93",
        ),
        # 25 % of 60,000 = 15,000; employer money does not lower wages: 60,000 - 24,500 - 15,000
        ({"entity": "s corp"}, "After-tax $35,500 · Total $60,000", "Employer $15,000 · After-tax $20,500"),
        # 72,000 - 24,500 = 47,500 is less than 25 % of 360,000
        ({"entity": "c corp", "owner_wages": "400k"}, "After-tax $47,500", "Employer $47,500 · After-tax $0"),
        # catch-up is outside the limit: 24,500 + 8,000 deferred, 72,000 - 24,500 after-tax, 80,000 in all
        ({"age_band": "52"}, "Catch-up $8,000 · Employer $0 · After-tax $47,500 · Total $80,000", "Employer $27,880.57"),
        # the 403(b) of an owner counts toward the same limit: 72,000 - 30,000 - 24,500
        (
            {"job_plan": "yes", "job_deferral": "0", "additions_in_403b": "30,000"},
            "After-tax $17,500 · Total $42,000",
            "it has taken $30,000 of it",
        ),
        # a limited partner's share is no pay: NE = 40,000 - 2,825.91; less the deferral
        (
            {"entity": "partnership", "limited_partner": "limited", "guaranteed_payments": "40k"},
            "After-tax $12,674.09 · Total $37,174.09",
            "Employer $6,337.05 · After-tax $0",
        ),
    ],
)  # fmt: skip
def test_cases_worked_by_hand(typed: dict[str, str], least: str, most: str) -> None:
    result = owner(**typed)
    assert verdict(result) is Verdict.OWN_PLAN_ROOM
    assert least in result.sees
    assert most in result.sees


@pytest.mark.parametrize(
    ("typed", "cost"),
    [
        ({"profit": "50,000"}, "costs $18,587.05 of after-tax room. Each dollar takes two"),
        ({"profit": "150k"}, "costs $27,880.57 of after-tax room. Each dollar takes one."),
        # NE = 74,348.18: pay binds from 2,348.18 of employer money on
        ({"profit": "80,000"}, "Each dollar takes one, and two from $2,348.18 on"),
        (
            {"entity": "s corp"},
            "costs $15,000 of after-tax room. Each dollar takes one. Only W-2 wages count",
        ),
        # the deferral takes all of the pay, so there is nothing to lose
        ({"entity": "s corp", "owner_wages": "24,000"}, "No after-tax room in 2026 at full deferrals"),
        ({"profit": "20,000"}, "A smaller one leaves room"),
    ],
)
def test_what_an_employer_dollar_costs(typed: dict[str, str], cost: str) -> None:
    assert cost in owner(**typed).sees


@pytest.mark.parametrize(
    ("typed", "says", "not_says"),
    [
        ({}, "read in more than one way", "ACP"),
        ({}, "Most free plans do neither", "box 3"),
        ({"entity": "s corp"}, "out of pay not yet paid", "in writing"),
        ({"entity": "s corp", "age_band": "52"}, "Catch-up must be Roth if box 3 of your 2025 W-2", "read in more"),
        ({"has_staff": "yes"}, "With staff this room can vanish", "unrelated"),
        ({"job_plan": "yes"}, "The job is counted as unrelated", "wages in fact"),
        ({"job_plan": "yes", "same_payer": "yes"}, "fees that are wages in fact make no plan", "With staff"),
        ({"job_plan": "yes", "additions_in_403b": "72,000"}, "Your 403(b) has used the whole total limit", "A smaller"),
    ],
)  # fmt: skip
def test_the_result_says_what_has_to_be_so(typed: dict[str, str], says: str, not_says: str) -> None:
    result = owner(**typed).sees
    assert says in result
    assert not_says not in result


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Choose the deferral in writing by December 31, 2026. After-tax"),
        ({}, "at the very latest by January 30, 2027. Confirm"),
        ({}, "Employer money: by April 15, 2027, with an extension by October 15, 2027"),
        ({"entity": "s corp"}, "Employer money: by March 15, 2027, with an extension by September 15, 2027"),
        ({"own_plan_is_new": "yes"}, "in your new plan by April 15, 2027, which does not hold for after-tax money"),
        ({"own_plan_is_new": "yes", "works_alone": "others too"}, "by December 31, 2026. After-tax"),
        ({"own_plan_is_new": "yes", "entity": "partnership"}, "by December 31, 2026. After-tax"),
    ],
)  # fmt: skip
def test_every_kind_of_business_has_its_dates(typed: dict[str, str], says: str) -> None:
    assert says in owner(**typed).sees


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"profit": "-12k"}, "With a loss or no profit there are none"),
        ({"profit": "0"}, "With a loss or no profit there are none"),
        ({"entity": "partnership", "partner_income": "-4,000"}, "The plan counts net earnings"),
        ({"entity": "s corp", "owner_wages": "0"}, "counts W-2 wages alone. Distributions"),
        ({"profit": "-12k", "job_plan": "yes"}, "The plan of your job has limits of its own"),
    ],
)
def test_without_pay_there_is_no_room(typed: dict[str, str], says: str) -> None:
    result = owner(**typed)
    assert verdict(result) is Verdict.NO_OWN_PAY
    assert says in result.sees


def test_related_employers_share_one_limit() -> None:
    result = owner(job_plan="yes", business_related="same owners")
    assert verdict(result) is Verdict.SHARED_LIMIT
    assert "$72,000 in 2026 is for both plans together" in result.sees


def test_an_unsure_deferral_at_the_job_makes_a_range() -> None:
    result = owner(job_plan="yes", job_deferral="not sure", profit="60,000")
    assert verdict(result) is Verdict.UNCERTAIN
    # nothing deferred there: 59,196.56 - 24,500 is left after the own deferral
    assert "between $34,696.56 and $59,196.56" in result.sees
    assert "Your answers say your plan allows" not in result.sees
    assert "HR" not in result.sees.split("Next")[1]


def test_unsure_relations_count_on_nothing() -> None:
    result = owner(job_plan="yes", business_related="not sure", job_deferral="0")
    assert verdict(result) is Verdict.UNCERTAIN
    assert "Count it only if job and business are not related" in result.sees
    assert "count on $0" in result.sees


def test_deferring_less_leaves_more_after_tax() -> None:
    result = owner(profit="20,000").taps("Taken for granted")
    [number] = [
        b for row in result.last.replies[-1].buttons for b in row if b.data == "change:deferral_wanted"
    ]
    result.presses(number.data).says("10,000", "show")
    # NE = 20,000 - 1,412.955 = 18,587.045
    assert "After-tax $8,587.05" in result.sees


def test_the_job_of_a_check_and_the_job_beside_the_business_are_asked_apart() -> None:
    person = owner(job_plan="yes").says("/check").goes_to("other_plan")
    assert person.session.flow == "check"
    again = Person().says("/check").goes_to("pay", other_plan="yes", employers_related="no").says("/own")
    assert again.says("1099").asks == "job_plan"


def test_a_number_that_the_result_rests_on_is_not_taken_as_nothing() -> None:
    person = Person().says("/own")
    for fact in ("entity", "age_band", "job_plan", "business_related", "same_payer"):
        person.says({**TYPED, "job_plan": "yes"}[fact])
    person.says("just me", "no", "150k", "24,500")
    assert person.says("no idea").asks == "additions_in_403b"
    assert "additions_in_403b" not in person.told


def test_the_limit_can_be_named_in_words() -> None:
    assert owner(job_plan="yes", job_deferral="max").told["job_deferral"] == 24_500


def test_every_path_of_an_owner_ends() -> None:
    ends = {path.verdict for path, _ in walk("own", WORLD)}
    assert ends == {Verdict.OWN_PLAN_ROOM, Verdict.NO_OWN_PAY, Verdict.SHARED_LIMIT, Verdict.UNCERTAIN}


def test_the_worksheet_shows_no_boundless_wish() -> None:
    result = owner().says("how")
    assert "as much as allowed" in result.sees
    assert "$1,000,000,000" not in result.sees
    assert "$0.92" not in result.sees


def test_a_supposed_profit_is_set_beside_the_one_told() -> None:
    seen = owner(profit="150k").says("what if profit were 50k").sees
    assert "$21,967.61" in seen
    assert "After-tax room beside the most employer money: $19,619.43 → $3,380.57" in seen


def test_the_letter_is_to_the_provider_of_the_plan() -> None:
    person = Person().says("/own", "sole prop", "45", "no", "no", "no", "90,000", "show", "letter")
    assert "the plan of my business\nTo: The provider of the plan" in person.sees
    assert "from an owner?" in person.sees
    assert "match" not in person.sees
