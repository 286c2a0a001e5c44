"""What a message with several facts tells, in mid June, and what tells nothing.

``fact=value`` is understood, ``fact?`` is asked about with these inputs behind its buttons, ``(clause)`` is not read.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.moment import Asking, Confirming, Moment
from dialogs.telling import FACTS, MOST_CHARACTERS, Told, knowing, told
from dialogs.understand import Understood, understand
from dialogs.values import describe
from knowledge.core.facts import AgeBand, PaySchedule
from knowledge.core.sheet import NOT_SURE
from tests.dialogs.reading.show import words
from tests.dialogs.reading.test_properties import TEXTS
from tests.dialogs.talk import Person, asked, finished
from tests.dialogs.told import TOLD, WORLD, moment

NOBODY = moment({})


def shown(found: Told) -> str:
    parts = [f"{fact}={describe(fact, value, WORLD.library)}" for fact, value in found.values.items()]
    parts += [f"{doubt.fact}?[{'|'.join(c for _, c in doubt.candidates)}]" for doubt in found.doubts]
    return " ".join([*parts, *(f"({clause})" for clause in found.unread)])


MESSAGES = """
I'm 45, make 300k, my company matches half of 6%
    age_band=Under 50 pay=$300,000 employer_money=50% of your deferrals up to 6% of pay
52, 240k salary, match 4% dollar for dollar, paid twice a month, nothing after-tax yet
    age_band=50 to 59 pay=$240,000 employer_money=100% of your deferrals up to 4% of pay pay_schedule=Twice a month after_tax_so_far=$0
24.5k deferrals + 8k match + 20k after tax
    deferral=$24,500 employer_money=$8,000 after_tax_so_far=$20,000
I'm 45 and make 300k. How much can I put in?
    age_band=Under 50 pay=$300,000 (how much can i put in?)
I make one hundred and fifty thousand and I'm 45
    pay=$150,000 age_band=Under 50
I make $1,250,000 and I'm 45
    age_band=Under 50 pay?[$1,250,000]
i make 180k, made 170k last year, 401k, match 100% of the first 3% and 50% of the next 2%
    pay=$180,000 plan=401(k) employer_money=100% of your deferrals up to 3% of pay + 50% of the next 2% of pay highly_paid?[$170,000]
I'm 45. My base is 250k. Employer match 9k. 5k after-tax so far.
    age_band=Under 50 pay=$250,000 employer_money=$9,000 after_tax_so_far=$5,000
my company matches 50% of the first 6%, I make $130k, and I'm 38. I've put in $4,000 after-tax so far
    employer_money=50% of your deferrals up to 6% of pay pay=$130,000 age_band=Under 50 after_tax_so_far=$4,000
Age 61, salary $275,000, deferring 24500, match 13,750, after-tax 10,000, in-plan conversion
    age_band=60 to 63 pay=$275,000 deferral=$24,500 employer_money=$13,750 after_tax_so_far=$10,000 way_to_roth=Convert inside
403b, 60 years old, earn 95k, no match, paid monthly
    plan=403(b) age_band=60 to 63 pay=$95,000 employer_money=$0 pay_schedule=Once a month
income 410000; age 58; employer contributions 12000
    pay=$410,000 age_band=50 to 59 employer_money=$12,000
- age 45; - salary 300k
    age_band=Under 50 pay=$300,000
age: 45; salary: 300k; match: 4%
    age_band=Under 50 pay=$300,000 employer_money?[100% of the first 4%]
hi! I'm 45 and make 300k, thanks
    age_band=Under 50 pay=$300,000
hey I'm a 45 year old, make 200k
    age_band=Under 50 pay=$200,000
I'm 40 and I'm single, make 200k
    age_band=Under 50 pay=$200,000
no, i make 300k, im 45
    pay=$300,000 age_band=Under 50
plan allows after-tax, in-plan conversion, capped at 10%, I'm 40
    takes_after_tax=Yes way_to_roth=Convert inside cap_kind=Percent of pay cap_percent=10% age_band=Under 50
my plan allows after-tax contributions and I'm 40
    takes_after_tax=Yes age_band=Under 50
i have a 401k, my plan doesn't allow after-tax
    plan=401(k) takes_after_tax=No
no cap, no match, i'm 33
    cap_kind=No cap employer_money=$0 age_band=Under 50
8 paychecks left, paid every two weeks
    checks_left=8 pay_schedule=Every 2 weeks
I'm 45, 6 checks left, $5k after tax already, and they match 5%
    age_band=Under 50 checks_left=6 after_tax_so_far=$5,000 employer_money?[100% of the first 5%]
only one job, make 150k
    other_plan=No pay=$150,000
I get paid on the 1st and the 15th, make 120k
    pay_schedule=Twice a month pay=$120,000
I'm 40, make $7,500 every two weeks and match 4%
    age_band=Under 50 pay=$195,000 pay_schedule=Every 2 weeks employer_money?[100% of the first 4%]
paid 8k every two weeks, paid biweekly, 35 yo
    pay=$208,000 pay_schedule=Every 2 weeks age_band=Under 50
I earn 15k/month, I'm 33, contribute 1500 a month into my 401k
    pay=$180,000 age_band=Under 50 deferral=$18,000
i put 20k after tax, make 300k, i'm 40
    after_tax_so_far=$20,000 pay=$300,000 age_band=Under 50
I'm 49, make 185k
    pay=$185,000 age_band?[Under 50|50 to 59]
make 310, i'm 40
    age_band=Under 50 pay?[$310,000]
55yo, gross 400k, HCE
    age_band=50 to 59 pay=$400,000 (hce)
45, 300k, match 6%
    age_band=Under 50 employer_money?[100% of the first 6%] (300k)
3% match and 2% profit sharing, I'm 41, earn 150k
    age_band=Under 50 pay=$150,000 employer_money?[2% no matter what plus 100% of the first 3%]
match 50% of the first 4%, 25% of the next 2%, 41, earn 150k
    employer_money=50% of your deferrals up to 4% of pay + 25% of the next 2% of pay pay=$150,000 (41)
i'm 45, make 300k, 100% of the first 3%, 50% of the next 2% match
    age_band=Under 50 pay=$300,000 employer_money=100% of your deferrals up to 3% of pay + 50% of the next 2% of pay
i'm 45, make 300k, no match, just profit sharing 5%
    age_band=Under 50 pay=$300,000 (no match, just profit sharing 5%)
match 50% up to 6%, then 25%, i'm 41, earn 150k
    age_band=Under 50 pay=$150,000 employer_money?[25% no matter what plus 50% of the first 6%]
match 3%, 2% and 4%, make 100k, 41 yo
    pay=$100,000 age_band=Under 50 (match 3%, 2% and 4%)
30% and 4% match, make 100k, 41 yo
    pay=$100,000 age_band=Under 50 employer_money?[30% no matter what plus 100% of the first 4%]
I'm 45, salary 200k and 50k bonus, no match
    age_band=Under 50 employer_money=$0 (salary 200k and 50k bonus)
I'm 45, salary 200k plus 50k bonus, no match
    age_band=Under 50 employer_money=$0 (salary 200k plus 50k bonus)
I make 200k, no match, i make 210k, i'm 40
    employer_money=$0 age_band=Under 50 (i make 200k) (i make 210k)
I'm 45, make 300k but that includes a bonus
    age_band=Under 50 pay?[$300,000]
I'm 52, defer 32500, make 200k
    age_band=50 to 59 deferral=$32,500 pay=$200,000
I'm 52 and defer 35k
    age_band=50 to 59 deferral?[$32,500|$35,000]
I defer 26k and make 200k
    pay=$200,000 deferral?[$24,500|$26,000]
I'm 52, maxing my 401k, make 300k
    age_band=50 to 59 pay=$300,000 (maxing my 401k)
i contribute nothing, 40 yo
    deferral=$0 age_band=Under 50
401k deferral 8%, salary 95000, weekly
    pay=$95,000 pay_schedule=Every week (401k deferral 8%)
i make 60k after tax, i'm 30, no match
    age_band=Under 50 employer_money=$0 (i make 60k after tax)
I make 300k, my wife makes 200k, I'm 45
    pay=$300,000 age_band=Under 50 (my wife makes 200k)
my wife is 52, makes 200k. I'm 45. I make 300k
    age_band=Under 50 pay=$300,000 (my wife is 52) (makes 200k)
old job: 10k into my 401k, match 3k, new job: make 200k, and i'm 30
    age_band=Under 50 pay?[$200,000] (old job: 10k into my 401k) (match 3k)
I'd make 300k next year, I'm 45, no match
    age_band=Under 50 employer_money=$0 (i'd make 300k next year)
I make 300k, and my wife 200k, I'm 45
    pay=$300,000 age_band=Under 50 (my wife 200k)
I'm 45, no match, make 300k, up to 350k
    age_band=Under 50 employer_money=$0 (make 300k, up to 350k)
I'm 45, wife 43, I make 300k
    age_band=Under 50 pay=$300,000 (wife 43)
kids 12 and 15, make 300k, I'm 45
    pay=$300,000 age_band=Under 50 (kids 12) (15)
last year i put 20k into my 401k, make 300k, I'm 45
    pay=$300,000 age_band=Under 50 (last year i put 20k into my 401k)
at my other job i put 10k into my 401k. Here I make 300k, I'm 45
    age_band=Under 50 pay?[$300,000] (at my other job i put 10k into my 401k)
mega backdoor: I'm 45, make 300k, no match
    pay=$300,000 employer_money=$0 (mega backdoor: i'm 45)
I'm 45, 20k in my 401k, make 300k
    age_band=Under 50 pay=$300,000 (20k in my 401k)
we make 400k, I'm 45, no match
    age_band=Under 50 employer_money=$0 (we make 400k)
i make 200k and 401k is maxed, 39 yo
    pay=$200,000 age_band=Under 50 (401k is maxed)
not sure about match, make 200k, i'm 40
    employer_money=Not sure pay=$200,000 age_band=Under 50
I'm 45 and my plan has no after-tax option
    age_band=Under 50 takes_after_tax=No
15, make 300k, I'm 45
    pay=$300,000 age_band=Under 50 (15)
they match 4%. I'm 45. they match 4%
    age_band=Under 50 employer_money?[100% of the first 4%]
in 2026 i make 300k, I'm 45
    age_band=Under 50 pay?[$300,000]
1900 a month into my 401k, I'm 45
    deferral=$22,800 age_band=Under 50
their match is 9k, I'm 45
    employer_money=$9,000 age_band=Under 50
30 yrs there, make 300k, 45 yrs old
    pay=$300,000 age_band=Under 50 (30 yrs there)
in 2025 i made 300k, this year i make 320k, i'm 44
    age_band=Under 50 pay?[$320,000] (in 2025 i made 300k)
"""
PAIRS = list(zip(MESSAGES.strip().split("\n")[::2], MESSAGES.strip().split("\n")[1::2], strict=True))


@pytest.mark.parametrize(("message", "expected"), PAIRS)
def test_a_message_tells(message: str, expected: str) -> None:
    assert shown(told(message.replace("; -", "\n-"), NOBODY)) == expected.strip()


NOTHING = """
what is the limit if I'm 50?
how much can i put in if i make 300k and i'm 45
I'm 50, make 300k, how much can i put in
if I make 300k, and i'm 45, is there room
50% of the first 6%
100% of the first 3% and 50% of the next 2%
3% plus 100% of the first 5%
300k salary
185k
185,000
185k, paid every other friday
I'm 45
45, 46
turning 50 in december, 180k
yes
yes, and no match
no
not sure
idk, ask hr
my 401k has no match
401k and a 457
we're 45 and 50, make 300k
my husband is 52 and makes 300k
my wife is 45, makes 200k and gets no match
old job: 24.5k + 8k match + 20k after tax
Suppose I make 300k and I'm 45
my boss makes 300k, is 45 and gets a match of 4%
salary is 200k, my base was 150k
i make 60k after tax, i'm 30
what is a mega backdoor
menu

.
"""


@pytest.mark.parametrize("message", NOTHING.split("\n"))
def test_a_question_or_a_single_answer_tells_nothing(message: str) -> None:
    assert told(message, NOBODY) == Told()


def test_a_very_long_text_tells_nothing() -> None:
    message = "I'm 45, make 300k"
    assert told(message + " " * (MOST_CHARACTERS - len(message)), NOBODY).values
    assert told(message + " " * MOST_CHARACTERS, NOBODY) == Told()


def test_what_the_others_tell_makes_a_clause_plain() -> None:
    alone = understand("deferral", "700 per paycheck into my 401k", NOBODY)
    assert not isinstance(alone, Understood)
    found = told(
        "700 per paycheck into my 401k, salary 200k, paid twice a month", moment({"whole_year": True})
    )
    assert shown(found) == "deferral=$16,800 pay=$200,000 pay_schedule=Twice a month"


def test_earlier_answers_are_seen() -> None:
    found = told("salary 20k, i'm 45", moment({"pay": TOLD["pay"], "age_band": AgeBand.UNDER_50}))
    assert [doubt.fact for doubt in found.doubts] == ["pay"]


def test_another_plan_that_is_told_stays_told() -> None:
    assert knowing(moment({"other_plan": True}), {}).session.answers["other_plan"] is True
    assert knowing(NOBODY, {"other_plan": True}).session.answers["other_plan"] is True
    assert knowing(NOBODY, {}).session.answers["other_plan"] is False


def test_every_fact_is_called_something_and_every_name_is_lower_case() -> None:
    for fact in FACTS:
        called = WORLD.library.questions[fact.name].front.called
        assert called
        assert all(name == name.casefold().strip() for name in called)
        assert len(set(called)) == len(called)


CLAUSES = {
    "age_band": ("i'm 45", "age 52", "63 years old", "i'm 49"),
    "pay": ("make 300k", "salary 185,000", "i earn $15k a month", "base is 95k", "make 310"),
    "employer_money": (
        "no match", "match 9k", "they match 4%", "match 50% of the first 6%", "match 100% of the first 3% and 50% of the next 2%",
    ),
    "deferral": ("i defer 12k", "20k into my 401k", "no deferrals", "maxing my 401k", "i defer 35k"),
    "after_tax_so_far": ("nothing after-tax yet", "5k after-tax so far", "20k after tax"),
    "pay_schedule": ("biweekly", "paid twice a month", "paid monthly"),
    "checks_left": ("8 paychecks left", "20 checks left"),
    "plan": ("i have a 401k", "403b"),
    "cap_kind": ("no cap", "capped at 10%"),
    "other_plan": ("only one job",),
}  # fmt: skip


@st.composite
def messages(draw: st.DrawFn) -> dict[str, str]:
    """Facts, each with a clause that tells it or may."""
    facts = draw(st.lists(st.sampled_from(sorted(CLAUSES)), min_size=2, max_size=6, unique=True))
    return {fact: draw(st.sampled_from(CLAUSES[fact])) for fact in facts}


JOINTS = st.sampled_from([", ", "; ", ". ", "\n", " and ", ", and "])


def heard_alone(fact: str, clause: str, others: dict[str, object]) -> object:
    return understand(fact, clause, knowing(NOBODY, others))


@settings(max_examples=60)
@given(messages(), JOINTS)
def test_what_is_told_reads_the_same_when_its_clause_is_sent_alone(
    clauses: dict[str, str], joint: str
) -> None:
    found = told(joint.join(clauses.values()), NOBODY)
    for fact, clause in clauses.items():
        if fact in found.values:
            others = {name: value for name, value in found.values.items() if name != fact}
            others = {k: v for k, v in others.items() if not (fact == "cap_kind" and k == "cap_percent")}
            again = heard_alone(fact, clause, others)
            assert isinstance(again, Understood)
            assert again.values.items() <= found.values.items()
    assert set(found.values) <= {*clauses, "cap_percent"}
    assert {doubt.fact for doubt in found.doubts} <= set(clauses)
    assert not set(found.values) & {doubt.fact for doubt in found.doubts}


@settings(max_examples=60)
@given(messages())
def test_clauses_that_are_plain_are_all_told(clauses: dict[str, str]) -> None:
    plain = {
        fact: clause
        for fact, clause in clauses.items()
        if isinstance(understand(fact, clause, NOBODY), Understood) and clause != "maxing my 401k"
    }
    found = told(". ".join(clauses.values()), NOBODY)
    if len(plain) > 1:
        assert set(plain) <= {*found.values, *(doubt.fact for doubt in found.doubts)}


WORDS = st.lists(
    st.sampled_from(
        words(
            "i'm 45 make 300k match half of 6% , and ; . + after-tax 401k wife old job last year if ? not no into my paid"
            " biweekly 8 paychecks left cap 10% then up to"
        )
    ),
    max_size=25,
).map(" ".join)


@settings(max_examples=100)
@given(TEXTS | WORDS, st.sampled_from([NOBODY, moment(TOLD), moment({"pay": NOT_SURE})]))
def test_no_text_makes_it_raise_and_one_fact_is_never_told(text: str, at: Moment) -> None:
    found = told(text, at)
    facts = [*found.values, *(doubt.fact for doubt in found.doubts)]
    assert len(facts) == 0 or len(set(facts)) >= 2
    assert facts or not found.unread


CORRECTED = {
    "actually pay is 130k": "Changed: Pay for a full year: $185,000 → $130,000",
    "Actualy my pay is 130k, not 185k": "Changed: Pay for a full year: $185,000 → $130,000",
    "change my pay from 185k to 130k": "Changed: Pay for a full year: $185,000 → $130,000",
    "can you change my pay to 130k?": "Changed: Pay for a full year: $185,000 → $130,000",
    "my pay is 130k": "Changed: Pay for a full year: $185,000 → $130,000",
    "sorry, I meant: pay 130k": "Changed: Pay for a full year: $185,000 → $130,000",
    "Make my pay 130k": "Changed: Pay for a full year: $185,000 → $130,000",
    "oops my age is 61": "Changed: Age on December 31: Under 50 → 60 to 63",
    "No, actually I'm 52": "Changed: Age on December 31: Under 50 → 50 to 59",
    "change my deferrals to 20k": "Changed: Your deferrals, all year: $18,000 → $20,000",
    "actually the plan cap is 10% of pay": "Changed: Plan cap on after-tax: No cap → Percent of pay",
    "set pay to 130k and after-tax so far to 3k": "Changed: After-tax so far: $6,400 → $3,000",
    "sorry, I meant 7,000": "Changed: After-tax so far: $6,400 → $7,000",
    "my pay is not 185k but 130k": "Changed: Pay for a full year: $185,000 → $130,000",
    "change my pay from 185 k to 130k": "Changed: Pay for a full year: $185,000 → $130,000",
    "pay: 130k": "Changed: Pay for a full year: $185,000 → $130,000",
    "sorry that was wrong, pay is 130k": "Changed: Pay for a full year: $185,000 → $130,000",
    "actually pay is 185k": "✓ Pay for a full year: $185,000",
}


def at_the_end() -> Person:
    """Somebody who is asked for the last number and has just said that $6,400 is in as after-tax."""
    return asked("checks_left", pay="185k")


@pytest.mark.parametrize("message", CORRECTED)
def test_a_correction_is_taken_wherever_it_is_typed_and_the_question_stays(message: str) -> None:
    person = at_the_end().says(message)
    assert CORRECTED[message] in person.sees
    assert person.asks in ("checks_left", "over_wages")  # with another age a question more comes up
    if "Changed" in CORRECTED[message]:
        assert person.copy().taps("Undo").session.answers == at_the_end().session.answers


@pytest.mark.parametrize("message", ["actually my deferrals are 20k", "my deferrals are 20k"])
def test_a_correction_after_the_result_changes_the_result(message: str) -> None:
    person = finished(pay="185k").says("show", message)
    assert "Changed: Your deferrals, all year: $18,000 → $20,000" in person.sees
    assert "Deferrals $20,000" in person.says("show").sees.replace("Your deferrals", "Deferrals")


@pytest.mark.parametrize("message", ["age 61", "im 61", "I'm 61 now"])
def test_an_age_where_nothing_is_asked_is_ones_own(message: str) -> None:
    assert "Under 50 → 60 to 63" in finished().says("show", message).sees
    assert told("61", finished().says("show").moment) == Told()
    assert told(message, Person().moment) == Told()


def test_a_doubtful_correction_is_asked_about() -> None:
    person = at_the_end().says("change pay to about 1.3m")
    assert isinstance(person.place, Confirming)
    assert person.session.answers["pay"] == 185_000
    assert person.says("no").place == Asking("pay", changing=True)
    assert "✓ Pay for a full year: $185,000" in person.says("keep it").sees
    assert person.asks == "checks_left"


@pytest.mark.parametrize(
    "message",
    ["change my pay", "Correct the pay please", "ok edit pay", "could you change my pay", "i want to fix my pay",
     "actually my pay isn't 130k", "my pay is wrong, sorry", "sorry, pay is 120k and i put in 10k"],
)  # fmt: skip
def test_a_fact_that_is_named_without_a_value_is_asked_again(message: str) -> None:
    person = at_the_end().says(message)
    if message.startswith("my"):
        assert person.place == Asking("checks_left")
    else:
        assert person.place == Asking("pay", changing=True)
        assert "Now: $185,000" in person.sees


@pytest.mark.parametrize(
    "message",
    [
        "change my answers",
        "where do i change my answers",
        "change paychecks to 5",
        "CHANGE MY DEFERALS TO 18K",
        "change pay and age",
    ],
)
def test_what_is_to_be_changed_and_is_not_known_opens_the_answers(message: str) -> None:
    assert "1  Plan at work: 401(k)" in at_the_end().says(message).sees
    assert told("change paychecks to 5", Person().moment) == Told()


@pytest.mark.parametrize(
    "message",
    ["sorry", "actually", "actually my wife makes 130k", "actually my husbands pay is 90k", "actually what is my pay", "change 8",
     "can i actually do this", "correct", "correct, yes", "make 300k", "actually 8", "oops", "sorry no idea", "sorry, not sure", "oops idk", "my 401k is 20k",
     "actually my pay at the other hospital is 90k", "my pay is 130k?", "x" * (MOST_CHARACTERS + 1)],
)  # fmt: skip
def test_what_names_no_fact_corrects_none(message: str) -> None:
    assert told(message, at_the_end().moment) == Told()


@pytest.mark.parametrize(
    "typed", ["actually no", "sorry no", "wait, no", "oops yes", "actually yes", "I mean yes"]
)
def test_words_that_answer_what_is_asked_answer_it(typed: str) -> None:
    person = asked("takes_after_tax").says(typed)
    assert person.session.answers["takes_after_tax"] is ("yes" in typed)
    assert person.session.answers["plan"] is asked("takes_after_tax").session.answers["plan"]


def test_a_number_that_answers_what_is_asked_answers_it() -> None:
    assert "✓ Employer money, all year: $9,250" in asked("employer_money").says("actually 9,250").sees
    assert asked("employer_money").says("sorry, 20,000").session.answers["deferral"] == 20_000
    assert asked("deferral").says("actually 52").session.answers["pay_schedule"] is PaySchedule.SEMIMONTHLY


def test_what_is_there_is_not_of_this_job() -> None:
    there = asked("deferred_elsewhere", pay="185k").moment
    assert told("actually my pay there is 40k", there) == Told()
    assert told("actually my 401k balance is 80k", asked("deferral").moment) == Told()


def test_who_says_what_was_meant_means_the_last_answer() -> None:
    assert asked("way_to_roth").says("sorry, I meant no").session.answers["takes_after_tax"] is False
    assert asked("checks_left").says("no sorry, 10 checks").session.answers["checks_left"] == 10


@pytest.mark.parametrize(
    "typed",
    ["can i change my contributions mid year?", "how do i change my deferrals", "where do i set my percent", "update my w4?",
     "can i correct a wrong conversion", "how to fix an excess contribution", "can i set my deferral to 100%?",
     "i have to fix an excess contribution", "i want to change jobs", "change of employer", "set up a solo 401k", "change in pay mid year"],
)  # fmt: skip
def test_a_question_about_changing_something_is_a_question(typed: str) -> None:
    assert told(typed, finished().says("show").moment) == Told()


def test_what_is_no_answer_to_the_last_question_corrects_nothing() -> None:
    assert told("actually a banana", at_the_end().moment) == Told()
    assert told("actually 90,000", at_the_end().moment).about == {"after_tax_so_far"}
    assert told("actually 52", at_the_end().moment) == Told()  # it may be paychecks
    assert told("sorry, 7,000", at_the_end().says("banana").moment) == Told()  # what was missed is meant
    assert told("sorry, 7,000", at_the_end().says("what is acp?").moment) == Told()


def test_no_answer_changes_that_is_not_in_sight() -> None:
    """The pay of *check my plan* is no answer of the S corporation, which has wages."""
    own = finished(age_band="52").says("/own", "s corporation", "no", "only me", "90,000")
    assert told("change my wages to 120k", own.moment).about == {"owner_wages"}
    assert told("actually deferrals are 20k", own.moment) == Told()
    assert told("actually deferrals are 20k", Person().moment).values == {"deferral": Decimal(20_000)}


def test_a_correction_of_another_answer_leaves_a_doubt_and_one_without_a_name_is_about_it() -> None:
    doubtful = asked("deferral").says("10")
    assert doubtful.copy().says("oops my age is 61").session.answers["age_band"] is AgeBand.FROM_60
    assert doubtful.copy().says("change my pay").place == Asking("pay", changing=True)
    assert doubtful.copy().says("sorry, 12,000").session.answers["deferral"] == 12_000
    assert doubtful.copy().says("actually deferrals are 12,000").session.answers["deferral"] == 12_000


def test_where_another_job_is_asked_about_what_both_jobs_have_is_of_that_one() -> None:
    there = asked("deferred_elsewhere", pay="185k")
    pay_there = asked("pay_elsewhere").moment
    assert told("actually my age is 61", there.moment).about == {"age_band"}
    assert told("actually my deferrals are 5k", pay_there).about == {"deferral"}
    assert told("actually my pay is 5k", pay_there) == Told()
    assert told("actually my pay here is 150k", pay_there).about == {"pay"}


def test_a_doubt_about_another_answer_says_what_it_is_about_as_long_as_it_waits() -> None:
    person = asked("after_tax_so_far", employer_money="50% of the first 6%").says("oops 4% match")
    assert person.sees.startswith("About: Employer money, all year\n")
    assert "About: Employer money, all year\n" in person.says("12k so far").sees
    assert "About: " not in asked("pay").says("310").sees  # that is the question on the screen
