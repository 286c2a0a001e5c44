"""The flow of a couple: whose pay, whose limits, what a spouse adds and what that costs."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from dialogs.flows import Verdict
from dialogs.moment import Conflicting, Reviewing
from dialogs.walk import walk
from tests.dialogs.flows.test_own import TYPED as OWNER
from tests.dialogs.talk import WORLD, Person

TYPED: Mapping[str, str] = {
    **OWNER,
    "spouse_role": "i pay her",
    "has_business": "a job",
    "spouse_age_band": "48",
    "spouse_wages": "40k",
    "spouse_share": "50%",
    "spouse_employer_money": "none",
}
"""What a person types when each question is asked."""


def pair(person: Person | None = None, /, **typed: str) -> Person:
    """Someone of a couple at the end of the questions, who sees the result."""
    person, answers = (person or Person()).says("/couple"), {**TYPED, **typed}
    while fact := person.asks:
        person.says(answers[fact])
        assert person.asks != fact, person.sees
    return person.says("show") if isinstance(person.place, Reviewing) else person


def verdict(person: Person) -> Verdict:
    return person.moment.survey.verdict


BUSINESS = ["spouse_role", "entity", "age_band", "spouse_age_band", "job_plan", "has_staff", "profit"]


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ({}, [*BUSINESS, "spouse_wages"]),
        ({"spouse_role": "joint venture"}, [*BUSINESS, "spouse_share"]),
        (
            {"spouse_role": "her own job", "has_business": "a business"},
            ["spouse_role", "has_business", *BUSINESS[1:], "spouse_wages", "spouse_employer_money"],
        ),
        (
            {"spouse_role": "her own job"},
            ["spouse_role", "has_business", "spouse_age_band", "spouse_wages", "spouse_employer_money"],
        ),
        ({"spouse_role": "stay at home"}, ["spouse_role"]),
        ({"entity": "partnership"}, ["spouse_role", "entity"]),
        ({"profit": "-5,000"}, BUSINESS),
        ({"job_plan": "yes", "business_related": "yes"}, [*BUSINESS[:5], "business_related"]),
    ],
)
def test_only_what_can_change_the_result_is_asked(typed: dict[str, str], order: list[str]) -> None:
    assert list(pair(**typed).told) == order


# Cases of 2026 worked by hand, both under 50; rules as in test_own.py.
@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        # Wage 40,000: cost 43,060, payroll tax 15.3 %. Owner: 106,940 x (1 - 0.07064775) = 99,384.93, so the dollar
        # limit binds. Spouse: 40,000 - 24,500. Self-employment tax falls by 0.1412955 x 43,060 = 6,084.18.
        (
            {"profit": "150k"},
            [
                "up to $63,000",
                "Your side alone: $47,500",
                "Your spouse adds $15,500",
                "After-tax $15,500 · Total $40,000",
                "costs the business $43,060. Payroll tax on it is $6,120",
                "falls by $6,084.18",
            ],
        ),
        # Profit 60,000 less 43,060 leaves 16,940 x 0.92935225 = 15,743.23: all of it is deferral.
        (
            {"profit": "60,000"},
            ["up to $15,500", "With your spouse it is $15,761.14 less", "Deferral $15,743.23 · Employer $0"],
        ),
        ({"profit": "30,000"}, ["up to $15,500", "It is more than the profit: your side has nothing left"]),
        # 100,000 each: 92,935.23 of net earnings, so each reaches the dollar limit.
        (
            {"spouse_role": "we own it together", "profit": "200,000"},
            ["up to $95,000", "Your spouse adds $47,500", "rises by $24.80", "work in it"],
        ),
        (
            {"spouse_role": "qjv", "profit": "60,000"},
            ["up to $6,761.14", "With your spouse it is $24,500 less", "stays the same"],
        ),
        # In a corporation the wage of the spouse leaves that of the owner alone.
        (
            {"entity": "s corp", "owner_wages": "60k"},
            ["up to $51,000", "Your side alone: $35,500", "It comes off the profit, not off your wage"],
        ),
        # 40,000 - 24,500 - 2,000 at the spouse's own job
        (
            {"spouse_role": "her own job", "has_business": "freelance", "spouse_employer_money": "2,000"},
            ["up to $61,000", "Your spouse adds $13,500", "Your spouse's part depends on that plan"],
        ),
        ({"spouse_wages": "20,000"}, ["up to $47,500", "Your spouse adds none"]),
    ],
)  # fmt: skip
def test_cases_worked_by_hand(typed: dict[str, str], lines: list[str]) -> None:
    result = pair(**typed)
    assert verdict(result) is Verdict.HOUSEHOLD
    assert [line for line in lines if line not in result.sees] == []
    assert "Nothing is doubled" in result.sees


def test_profit_above_the_wage_base_makes_two_tax_more() -> None:
    # One base of 277,050 is over the wage base of 184,500; two of 138,525 are not: 12.4 % of 92,550 more.
    assert "rises by $11,476.20" in pair(spouse_role="qjv", profit="300,000").sees


def test_a_wage_has_to_be_for_real_work() -> None:
    assert "fair pay for real work, on a W-2" in pair().sees


def test_two_jobs_have_limits_of_their_own() -> None:
    result = pair(spouse_role="she works elsewhere", spouse_wages="120,000", spouse_employer_money="6,200")
    assert verdict(result) is Verdict.TWO_JOBS
    assert "up to $41,300, apart from yours" in result.sees  # 72,000 - 24,500 - 6,200
    assert "You: not counted yet" in result.sees
    assert "Together" not in result.sees
    assert {"Check my plan", "Just my room"} <= set(result.labels)


def test_two_jobs_show_what_another_flow_knows() -> None:
    counted = Person().says("/room", "150k", "24,500", "9,100", "0")
    result = pair(counted, spouse_role="own job", spouse_wages="60,000", spouse_employer_money="3,000")
    # 72,000 - 24,500 - 9,100 = 38,400, and 60,000 - 24,500 - 3,000 = 32,500
    assert "You: $38,400 left for after-tax money, from your numbers. Together $70,900" in result.sees


def test_two_jobs_add_no_room_of_a_plan_that_takes_none() -> None:
    told_no = Person().says("/room", "150k", "24,500", "9,100", "0", "/check", "401k", "no")
    result = pair(told_no, spouse_role="own job", spouse_wages="60,000")
    assert "your plan takes no after-tax money, from what you told me" in result.sees
    assert "Together" not in result.sees


def test_too_much_at_the_job_of_the_spouse_is_a_contradiction() -> None:
    # 24,500 and 9,000 are more than 30,000 of pay; 21,000 of deferrals fit, and then nothing is left
    too_much = {"spouse_role": "own job", "spouse_wages": "30,000", "spouse_employer_money": "9,000"}
    beyond = pair(**too_much, spouse_deferral_wanted="21,001")
    assert isinstance(beyond.place, Conflicting)
    assert "go over the spouse's limit" in beyond.sees
    assert "1  Your spouse's W-2 wages: $30,000" in beyond.sees
    assert "2  The most your spouse would defer: $21,001" in beyond.sees
    assert "3  Employer money for your spouse: $9,000" in beyond.sees
    within = pair(**too_much, spouse_deferral_wanted="20,000")
    assert "Deferral $20,000 · Employer $9,000 · After-tax $1,000" in within.sees


def test_a_corporation_has_no_partners() -> None:
    result = pair(spouse_role="co-owner", entity="s corp")
    assert result.place == Conflicting(str(result.moment.survey.conflict), ("entity", "spouse_role"))
    result.says("2", "on my payroll")
    assert result.asks == "age_band"


@pytest.mark.parametrize(
    ("typed", "end", "says"),
    [
        ({"spouse_role": "retired"}, Verdict.SPOUSE_WITHOUT_PAY, "nothing is doubled"),
        ({"entity": "partnership"}, Verdict.EACH_PARTNER_ALONE, "Run it again with your spouse's"),
        ({"profit": "0"}, Verdict.NO_OWN_PAY, "pays you nothing that counts"),
        ({"job_plan": "yes", "business_related": "yes"}, Verdict.SHARED_LIMIT, "for both plans together"),
    ],
)
def test_where_there_is_nothing_to_count_the_answer_is_plain(
    typed: dict[str, str], end: Verdict, says: str
) -> None:
    result = pair(**typed)
    assert verdict(result) is end
    assert says in result.sees


def test_a_partner_with_a_spouse_at_a_job_is_counted() -> None:
    result = pair(spouse_role="own job", has_business="a business", entity="partnership")
    assert verdict(result) is Verdict.HOUSEHOLD


def test_an_unsure_deferral_at_the_job_makes_a_range() -> None:
    result = pair(job_plan="yes", job_deferral="not sure", profit="100,000")
    assert verdict(result) is Verdict.UNCERTAIN
    assert "if the plan document takes after-tax money" in result.sees


@pytest.mark.parametrize(("typed", "band"), [("52", "50 to 59"), ("62", "60 to 63"), ("70", "64 or older")])
def test_the_age_of_a_spouse_can_be_typed(typed: str, band: str) -> None:
    person = Person().says("/couple", "own job", "job", typed)
    assert band in person.sees


@pytest.mark.untraced
def test_every_path_of_a_couple_ends() -> None:
    paths = [(path, survey) for path, survey in walk("couple", WORLD)]
    assert all(path.verdict or survey.conflict for path, survey in paths)
    assert {path.verdict for path, _ in paths} - {None} == {
        Verdict.HOUSEHOLD,
        Verdict.TWO_JOBS,
        Verdict.SPOUSE_WITHOUT_PAY,
        Verdict.EACH_PARTNER_ALONE,
        Verdict.SHARED_LIMIT,
        Verdict.NO_OWN_PAY,
        Verdict.UNCERTAIN,
    }


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ({}, "Payroll tax on your spouse's wage, both halves: $6,120"),
        (
            {"spouse_role": "own job", "spouse_wages": "60,000"},
            "Your spouse's year at the own job: deferral $24,500",
        ),
    ],
)
def test_the_worksheet_comes_down_to_what_is_shown(typed: dict[str, str], line: str) -> None:
    seen = pair(**typed).says("how").sees
    assert line in seen
    assert "$1,000,000,000" not in seen


def test_a_supposed_wage_is_set_beside_the_one_told() -> None:
    seen = pair(profit="150k").says("what if my wife's salary were 30k").sees
    assert "$63,000" in seen
    assert "$53,000" in seen
    assert "All money of both, no employer contribution: $112,000 → $102,000" in seen
