"""*The ACP test and me*, as people type it: who is out of reach, what stays at which average, and what to ask."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.flows import Verdict
from dialogs.flows.acp import ACP
from dialogs.moment import Conflicting
from dialogs.screens import outcome
from dialogs.survey import Survey, survey
from knowledge.core.acp import AcpExemption, AcpMethod, SafeHarborMatch
from knowledge.core.facts import HighlyPaid
from knowledge.core.match import EmployerMoney, Tier
from knowledge.core.sheet import NOT_SURE
from knowledge.markup import visible
from tests.dialogs.talk import WORLD, Person, finished

START = ("paid over", "a company")
LIMITS = WORLD.limits


def facing(*typed: str) -> Person:
    return Person().says("/acp", *typed)


def verdict(person: Person) -> Verdict:
    return person.moment.survey.verdict


def result(person: Person) -> str:
    return visible(outcome(person.moment))


def surveyed(**told: object) -> Survey:
    answers = {
        "highly_paid": HighlyPaid.PAID_OVER,
        "acp_exemption": AcpExemption.NONE,
        "pay": Decimal(185_000),
        "after_tax_planned": Decimal(30_000),
        "safe_harbor_match": SafeHarborMatch.PUT_IN,
        "employer_match": Decimal(9_250),
        **told,
    }
    return survey(ACP, answers, LIMITS, WORLD.last_year)


# --- out of reach ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["neither", "120k", "hired this year"])
def test_nothing_more_is_asked_of_who_is_not_highly_paid(typed: str) -> None:
    person = facing(typed)
    assert verdict(person) is Verdict.NOT_HIGHLY_PAID
    assert "sends none of your money back" in person.sees
    assert "your pay of 2026 decides about 2027" in person.sees
    assert tuple(person.told) == ("highly_paid",)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("government", "A government plan has no ACP test"),
        ("church", "confirm with your plan"),
        ("nobody else", "With nobody else in the plan, the ACP test is passed"),
        ("just me", "the first other worker who may take part brings the test, also one who puts in nothing"),
    ],
)
def test_a_plan_that_is_not_tested_is_said_to_be(typed: str, says: str) -> None:
    person = facing("owner", typed)
    assert verdict(person) is Verdict.NOT_TESTED
    assert says in person.sees
    assert set(person.told) == {"highly_paid", "acp_exemption"}


def test_how_and_why_have_a_line_without_the_test() -> None:
    for person in (facing("neither"), facing("owner", "government")):
        assert "The ACP test:" in person.says("how").sees
        assert "Highly compensated" in person.says("why").sees


# --- the average is known -------------------------------------------------------------------------------------------


def test_all_alike_the_ceiling_is_the_highest_average_of_pay_less_match() -> None:
    # IRC 401(m)(2)(A): beside 6 % the others may have 8 %; 8 % of 185,000 is 14,800, less 9,250 of match 5,550.
    person = facing(*START, "185k", "30,000", "match counts", "9250", "6%")
    assert verdict(person) is Verdict.ACP_OVER
    assert "About $24,450 of your after-tax money may come back" in person.sees
    assert "the highly compensated may average 8%" in person.sees
    assert "$5,550 after-tax can stay beside $9,250 of match" in person.sees
    # 39,250 of 185,000 is 21.216 %; 1.25 times 16.973 % is that.
    assert "from an average of about 16.97% on" in person.sees


def test_with_the_match_left_out_all_of_it_is_room_and_no_match_is_asked() -> None:
    # Reg. 1.401(m)-2(a)(5)(iv); 5 % of 185,000 is 9,250.
    person = facing(*START, "185k", "9,250", "match left out", "3%")
    assert verdict(person) is Verdict.ACP_WITHIN
    assert "you plan $9,250, and $9,250 can stay" in person.sees
    assert "employer_match" not in person.told
    assert "down to an average of about 3%" in person.sees


def test_pay_over_the_limit_on_pay_does_not_count() -> None:
    # 12.5 % of 360,000, the 2026 limit: 10 % beside 8 %, 36,000 less nothing.
    person = facing(*START, "500k", "36,000", "not safe harbor", "0", "8%")
    assert verdict(person) is Verdict.ACP_WITHIN
    assert "$36,000 can stay" in person.sees


def test_the_numbers_of_the_others_count_when_they_are_told() -> None:
    # Hand-made case of the rules: four HCEs may have 4 × 5 = 20 points, the other three have 9; 11 % of 360,000 is
    # 39,600, less 10,800 of match 28,800.
    person = facing(*START, "500k", "30,000", "match counts", "10,800", "3%", "assumed")
    person.presses("change:others_alike").says("i know their numbers", "4", "3%")
    assert "$28,800 after-tax, beside $10,800 of match" in person.sees
    assert "$1,200 of what you plan is more than the test leaves" in person.sees
    assert "4 highly compensated workers count together, the others at 3% of pay" in person.sees
    assert "How many HCEs are eligible" not in person.sees
    assert "highest dollars are cut first" in person.sees
    assert "After-tax money over it" in person.says("how").shown[-1].html


def test_alone_among_the_highly_paid_no_other_average_is_asked() -> None:
    # Twice 1.5 % of 250,000 is 7,500.
    person = facing(*START, "250k", "7,500", "not safe harbor", "0", "1.5%", "assumed")
    person.presses("change:others_alike").says("no", "1")
    assert verdict(person) is Verdict.ACP_WITHIN
    assert "$7,500 can stay" in person.sees
    assert "1 highly compensated worker count" in person.sees


def test_where_this_years_average_counts_it_is_asked_in_the_place_of_last_years() -> None:
    person = facing(*START, "185k", "30,000", "match counts", "9250", "6%", "assumed")
    person.presses("change:acp_method").says("current year")
    assert person.asks == "nhce_average_this_year"
    person.says("8%")
    assert "the highly compensated may average 10%" in person.sees
    assert "Does last year's or this year's average count?" not in person.sees


def test_a_new_plan_needs_no_average() -> None:
    # IRC 401(m)(3), 401(k)(3)(E): 3 % stands in, and 5 % of 185,000 is 9,250, all of it match.
    person = facing(*START, "185k", "30,000", "match counts", "9250", "not sure", "assumed")
    person.presses("change:new_plan").says("yes")
    assert verdict(person) is Verdict.ACP_OVER
    assert "If the others average 3%" in person.sees
    assert "The ceiling leaves no after-tax dollar here" in person.sees
    assert "What was the ACP of the others" not in person.sees


# --- the average is not known ---------------------------------------------------------------------------------------


def test_an_unknown_average_gives_a_table_with_the_persons_own_dollars() -> None:
    person = facing(*START, "185k", "30,000", "not sure", "9250", "not sure")
    assert verdict(person) is Verdict.ACP_UNKNOWN
    assert "Nothing comes back if the others average about 16.97% or more" in person.sees
    assert "• 3%: $0 can stay, $30,000 may come back" in person.sees  # 5 % is 9,250, the match
    assert "• 4%: $1,850 can stay, $28,150 may come back" in person.sees  # 6 % is 11,100
    assert "• 6%: $5,550 can stay, $24,450 may come back" in person.sees
    assert "the match counts in the test" in person.sees
    assert "Other group's average from which nothing comes back: 16.97%" in person.says("how").sees


def test_what_to_ask_comes_in_the_order_of_use() -> None:
    person = facing("not sure", "not sure", "185k", "30,000", "not sure", "9250", "not sure")
    asks = [
        "Am I a highly",
        "subject to the ACP test",
        "limited or paid back",
        "What was the ACP",
        "Does last year's",
        "safe harbor plan",
        "How many HCEs",
    ]
    places = [person.sees.index(ask) for ask in asks]
    assert places == sorted(places)
    assert "only if you are highly compensated" in person.sees
    letter = person.says("letter").sees
    assert "NHCE" in letter
    assert all(ask in letter for ask in asks)


def test_without_match_safe_harbor_is_no_question_to_hr() -> None:
    person = facing(*START, "185k", "30,000", "not sure", "0", "not sure")
    assert "does the match stay out" not in person.sees


def test_no_planned_money_cannot_come_back() -> None:
    person = facing(*START, "185k", "0", "not sure", "9250", "not sure")
    assert "You plan no after-tax money, so none can come back" in person.sees


@given(st.integers(1, 100_000), st.integers(0, 20_000), st.integers(0, 100))
def test_a_told_average_and_the_table_say_the_same(planned: int, match: int, tenths: int) -> None:
    told = {"after_tax_planned": Decimal(planned), "employer_match": Decimal(match)}
    average = Decimal(tenths) / 1000
    known = surveyed(**told, nhce_average_last_year=average).best
    open_ = surveyed(**told, nhce_average_last_year=NOT_SURE)
    assert open_.verdict is Verdict.ACP_UNKNOWN
    assert open_.certain
    rows = {row.others_average_ratio: row for row in open_.best.case.acp_band}
    if average in rows:
        assert rows[average].comes_back == known.dollars
    passes = average >= open_.best.case.least_nhce_ratio
    close = abs(average - open_.best.case.least_nhce_ratio) < Decimal("1e-20")
    assert close or passes is (known.verdict is Verdict.ACP_WITHIN)


# --- what every result says -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("average", ["6%", "30%", "not sure"])
def test_a_refund_is_told_as_it_is_and_nothing_is_promised(average: str) -> None:
    text = " ".join(result(facing(*START, "185k", "30,000", "match counts", "9250", average)).split())
    assert "Its earnings, and match if some is in it, are taxed in the year you get them" in text
    assert "without the 10% tax" in text
    assert "cannot be rolled over and opens no room" in text
    assert "by March 15, 2027, at the latest by December 31, 2027" in text
    assert "A warning, not a promise" in text
    assert "its top-paid 20%" in text
    assert not re.search(r"safe harbor (?:frees|exempts)|will come back|you qualify", text)


def test_automatic_enrollment_gives_refunds_until_june() -> None:
    person = facing(*START, "185k", "30,000", "match counts", "9250", "6%", "assumed")
    person.presses("change:automatic_enrollment").says("yes")
    assert "by June 30, 2027" in person.sees


# --- what other flows know ------------------------------------------------------------------------------------------


def test_a_match_formula_told_before_is_not_asked_again() -> None:
    # 50 % of the first 6 % of 185,000, on deferrals of 18,000: 5,550.
    person = finished(highly_paid="paid over", employer_money="50% of the first 6%")
    person.says("/acp", "a company", "20,000", "match counts")
    assert person.asks == "nhce_average_last_year"
    person.says("not sure")
    assert "$5,550 of match counts" in person.sees


@pytest.mark.parametrize(
    ("money", "deferral", "asks"),
    [
        (EmployerMoney(), None, False),
        (EmployerMoney((Tier(Decimal(1), Decimal(0), Decimal("0.03")),)), Decimal(18_000), False),
        (EmployerMoney((Tier(Decimal(1), Decimal(0), Decimal("0.03")),)), NOT_SURE, True),
        (EmployerMoney(nonelective=Decimal("0.03")), Decimal(18_000), True),
        (EmployerMoney(fixed=Decimal(9_250)), Decimal(18_000), True),
        (NOT_SURE, Decimal(18_000), True),
    ],
)
def test_the_match_is_asked_unless_employer_money_is_nothing_but_match(
    money: object, deferral: object, asks: bool
) -> None:
    answers = {
        "highly_paid": HighlyPaid.PAID_OVER,
        "acp_exemption": AcpExemption.NONE,
        "pay": Decimal(185_000),
        "after_tax_planned": Decimal(20_000),
        "safe_harbor_match": SafeHarborMatch.PUT_IN,
        "employer_money": money,
        **({} if deferral is None else {"deferral": deferral}),
    }
    needed = survey(ACP, answers, LIMITS, WORLD.last_year).needed
    assert needed is not None
    assert needed.fact.name == ("employer_match" if asks else "nhce_average_last_year")


def test_a_part_of_a_year_is_tested_on_the_pay_of_that_part() -> None:
    # 12 of 24 paychecks of 185,000 are 92,500; 8 % of it is 7,400.
    person = facing(*START, "185k", "5,000", "not safe harbor", "0", "6%", "assumed")
    person.presses("change:whole_year").says("no").finishes(checks_so_far="0", checks_left="12")
    assert "and $7,400 can stay" in person.sees


def test_more_than_the_pay_has_to_be_looked_at_again() -> None:
    person = facing(*START, "40k", "45,000", "not safe harbor", "0")
    assert "do not fit together" in person.sees
    assert "After-tax planned" in person.sees


def test_not_sure_is_an_answer_wherever_it_is_offered() -> None:
    told = surveyed(
        acp_exemption=NOT_SURE, safe_harbor_match=NOT_SURE, nhce_average_last_year=Decimal("0.06")
    )
    assert told.verdict is Verdict.ACP_OVER
    told = surveyed(acp_method=AcpMethod.CURRENT_YEAR, nhce_average_this_year=NOT_SURE)
    assert told.verdict is Verdict.ACP_UNKNOWN


# --- side questions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "topic"),
    [
        ("am i an hce?", "For 2026, a highly compensated employee"),
        ("safe harbor?", "A safe harbor plan is not free of this test"),
        ("what happens if the plan fails?", "If the ACP test fails"),
    ],
)
def test_a_side_question_is_answered_and_the_question_stays(typed: str, topic: str) -> None:
    person = facing(*START, "185k", "30,000").says(typed)
    assert topic in person.sees
    assert person.asks == "safe_harbor_match"


# --- answers that do not fit together ------------------------------------------------------------------------------


def test_more_than_the_pay_shows_every_answer_that_it_rests_on() -> None:
    person = facing(*START, "24,000", "for the year", "15,000", "match counts", "9,250")
    assert isinstance(person.place, Conflicting)
    assert "After-tax money and match together are more than the pay." in person.sees
    for line in (
        "1  After-tax planned, all year: $15,000",
        "2  Match of the year: $9,250",
        "3  Pay for a full year: $24,000",
    ):
        assert line in person.sees
    assert person.says("2", "8,000").asks == "nhce_average_last_year"


def test_the_match_can_have_been_told_as_the_employers_money() -> None:
    counted = Person().says("/room", "24,000", "for the year", "5,000", "50% of the first 6%", "0", "/acp")
    person = counted.says(*START, "23,500", "match counts")
    assert isinstance(person.place, Conflicting)
    assert "Employer money, all year: 50% of your deferrals up to 6% of pay" in person.sees
