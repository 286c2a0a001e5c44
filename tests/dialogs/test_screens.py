"""What a card says, for people whose figures can be followed by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from dialogs import screens
from dialogs.flows import Verdict
from dialogs.flows.convert import Converting
from dialogs.moment import Moment
from dialogs.replies import Reply
from dialogs.session import Session
from knowledge.core.acp import AcpExemption, SafeHarborMatch
from knowledge.core.couple import SpouseRole
from knowledge.core.facts import AgeBand, CapKind, HighlyPaid, OverWages, PaySchedule, PlanKind, WayToRoth
from knowledge.core.limits import Figure
from knowledge.core.match import EmployerMoney, Tier
from knowledge.core.payroll import MatchBasis
from knowledge.core.self_employed import Entity
from knowledge.core.sheet import NOT_SURE
from knowledge.markup import visible
from knowledge.words import dollars
from tests.dialogs.talk import NEXT_YEAR, ON_THE_WAY_TO, WORLD, Person, asked, check_card, finished, words
from tests.dialogs.told import CHECKED, but

MATCH = EmployerMoney((Tier(Decimal("0.5"), Decimal(0), Decimal("0.06")),))


ROOM = ("pay", "deferral", "employer_money", "after_tax_so_far")


def result(flow: str = "check", /, **answers: object) -> Moment:
    """Someone at the end of a flow: $185,000 every two weeks, $24,500 deferred, $9,250 matched, $6,000 in."""
    told = but(**answers)
    if flow == "room":
        told = {fact: value for fact, value in told.items() if fact in (*ROOM, *answers)}
    return Moment(Session(flow, told, reviewed=True, idle=False, year=WORLD.year), WORLD)


def seen(card: Reply) -> str:
    check_card(card)
    return visible(card.html)


def shown(flow: str = "check", /, **answers: object) -> str:
    return seen(screens.showing(result(flow, **answers)))


def labels(card: Reply) -> list[str]:
    return [b.label for row in card.buttons for b in row]


# --- results --------------------------------------------------------------------------------------------------------

SPLIT = "Your deferrals $24,500 · Employer $9,250 · After-tax so far $6,000 · Left $32,250"
RESULTS: dict[Verdict, tuple[dict[str, object], list[str]]] = {
    Verdict.FULL_ACCESS: (
        {},
        ["Room left in 2026: $32,250", SPLIT, "$3,225 on each of 10 paychecks, 45.32% of pay"],
    ),
    Verdict.LIMITED_BY_PLAN_CAP: (
        {"cap_kind": CapKind.PERCENT, "cap_percent": Decimal("0.1")},
        ["Room left in 2026: $12,500", "$18,500 for the year", "$32,250", "$1,250 on each of 10 paychecks"],
    ),
    Verdict.LIMITED_BY_PAY: (
        {"checks_left": 2},
        ["at most $14,230.77", "2 paychecks are left", "The limits alone would leave $32,250", SPLIT],
    ),
    Verdict.PARTIAL_ACCESS: (
        {"way_to_roth": WayToRoth.NEITHER, "deferral": Decimal(20_000)},
        ["Partial access", "$36,750 could still go in", "$4,500 more", "is $32,250"],
    ),
    Verdict.NO_ROOM_LEFT: (
        {"after_tax_so_far": Decimal(38_250)},
        ["No room left in 2026", "use the whole total limit", "Left $0"],
    ),
    Verdict.OVER_LIMIT: (
        {"after_tax_so_far": Decimal(40_000)},
        ["Over the 2026 limit by $1,750", "$73,750 goes in this year", "Over $1,750", "returns $1,750"],
    ),
    Verdict.NO_AFTER_TAX: ({"takes_after_tax": False}, ["does not take after-tax", "Ask HR to confirm"]),
    Verdict.OTHER_KIND: ({"plan": PlanKind.OTHER}, ["457(b)", "What you can do"]),
    Verdict.NO_PLAN: ({"plan": PlanKind.NONE}, ["Without a workplace plan", "What you can do"]),
    Verdict.UNCERTAIN: (
        {"deferral": NOT_SURE},
        ["between $32,250 and $56,750", "$24,500 depends on it", "$5,675 on each of 10 paychecks"],
    ),
}


@pytest.mark.parametrize("verdict", RESULTS)
def test_the_words_and_figures_of_each_result(verdict: Verdict) -> None:
    answers, says = RESULTS[verdict]
    moment = result(**answers)
    assert moment.survey.verdict is verdict
    for part in says:
        assert part in seen(screens.showing(moment))


def test_the_room_alone() -> None:
    text = shown("room")
    for part in ("Room left in 2026: $32,250", SPLIT, "no plan cap", "a full year at this job"):
        assert part in text
    assert "Taken for granted" not in shown("room", other_plan=False, whole_year=True, cap_kind=CapKind.NONE)
    assert "Your plan's cap stops you first" in shown(
        "room", cap_kind=CapKind.DOLLARS, cap_dollars=Decimal(9_000)
    )
    assert "Over the 2026 limit" in shown("room", after_tax_so_far=Decimal(60_000))
    assert "No room left" in shown("room", after_tax_so_far=Decimal(38_250))


@pytest.mark.parametrize(
    "verdict", [Verdict.FULL_ACCESS, Verdict.LIMITED_BY_PLAN_CAP, Verdict.LIMITED_BY_PAY]
)
def test_the_steps_are_named_in_their_order(verdict: Verdict) -> None:
    lines = [line for line in shown(**RESULTS[verdict][0]).splitlines() if re.match(r"\d\. ", line)]
    for line, step in zip(lines, ("Deferrals", "After-tax", "Roth", "Watch the limits"), strict=True):
        assert line[3:].startswith(step)


def test_the_first_step_fits_the_deferrals() -> None:
    assert "planned up to the limit" in shown()
    assert "$4,500 of that limit is unused" in shown(deferral=Decimal(20_000))
    assert "$500 over the limit for all jobs" in shown(deferral=Decimal(25_000))


def test_the_way_to_roth_is_named() -> None:
    assert "automatic conversion" in shown()
    assert "direct rollover" in shown(way_to_roth=WayToRoth.WITHDRAW)


def test_the_split_adds_up_with_catch_up_and_a_related_plan() -> None:
    text = shown(
        age_band=AgeBand.FROM_60,
        over_wages=OverWages.YES,
        deferral=Decimal(30_000),
        other_plan=True,
        deferred_elsewhere=Decimal(0),
        employers_related=True,
        additions_elsewhere=Decimal(5_000),
    )
    assert (
        "deferrals $24,500 · Employer $9,250 · The other plan $5,000 · After-tax so far $6,000 · Left $27,250"
        in text
    )
    assert "$11,250 of deferrals on top" in text
    assert "$5,500 of it planned" in text


def test_low_pay_is_the_limit() -> None:
    text = shown(pay=Decimal(50_000), deferral=Decimal(10_000), checks_left=26)
    assert "Of the $50,000 total limit (100% of your pay)" in text
    assert "Left $24,750" in text


@pytest.mark.parametrize(
    ("answers", "headline"),
    [
        ({"deferral": NOT_SURE}, "between $32,250 and $56,750"),
        ({"takes_after_tax": NOT_SURE}, "up to $32,250"),
        ({"way_to_roth": NOT_SURE}, "$32,250, with a question open"),
        ({"employer_money": NOT_SURE, "takes_after_tax": NOT_SURE}, "up to $41,500"),
    ],
)
def test_a_range_says_both_ends_and_what_would_narrow_it(answers: dict[str, object], headline: str) -> None:
    text = shown(**answers)
    assert headline in text.splitlines()[0]
    narrowing = text.partition("What would narrow it")[2]
    for fact in answers:
        assert WORLD.library.questions[fact].front.short in narrowing


@pytest.mark.parametrize(
    ("fact", "says"),
    [
        ("deferral", "Your answers say your plan allows"),
        ("takes_after_tax", "Whether your plan allows it is open"),
        ("way_to_roth", "Whether it can reach Roth while you work there is open"),
    ],
)
def test_a_range_says_what_is_open_about_the_plan(fact: str, says: str) -> None:
    assert says in shown(**{fact: NOT_SURE})
    assert "it cannot reach Roth" in shown(way_to_roth=WayToRoth.NEITHER, deferral=NOT_SURE)


def test_a_range_that_can_be_over_the_limit_says_so() -> None:
    assert "over the limit: go carefully" in shown(
        other_plan=True,
        deferred_elsewhere=Decimal(0),
        employers_related=NOT_SURE,
        additions_elsewhere=Decimal(40_000),
    )


def test_what_can_be_done_next_fits_the_result() -> None:
    assert labels(screens.showing(result()))[:6] == [
        "How I got this",
        "Why",
        "Letter to HR",
        "What if",
        "Change an answer",
        "Save or print",
    ]
    assert labels(screens.showing(result(plan=PlanKind.NONE)))[:3] == [
        "Letter to HR",
        "Why",
        "Change an answer",
    ]
    assert "Check my plan" in labels(screens.showing(result("room")))
    assert "Check my plan" not in labels(screens.showing(result()))


# --- how ------------------------------------------------------------------------------------------------------------

LINE = re.compile(r"• (?P<name>.+?): <b>(?P<value>.+)</b>(?: = (?P<how>.+))? <i>\((?P<source>.+)\)</i>")


def worksheet(moment: Moment) -> dict[str, re.Match[str]]:
    """Every line of the worksheet by its name."""
    lines = [line for card in screens.how(moment) for line in card.html.splitlines() if line.startswith("•")]
    found = [match for line in lines if (match := LINE.fullmatch(line))]
    assert len(found) == len(lines)
    return {match["name"]: match for match in found}


PEOPLE = {
    **{verdict.value: result(**answers) for verdict, (answers, _) in RESULTS.items()},
    "formula": result(employer_money=MATCH),
    "part of a year": result(whole_year=False, checks_so_far=4, checks_left=10),
    "two jobs": result(
        other_plan=True,
        deferred_elsewhere=Decimal(4_000),
        employers_related=True,
        additions_elsewhere=Decimal(9_000),
        deferral=Decimal(24_500),
        age_band=AgeBand.FROM_50,
        over_wages=OverWages.NOT_SURE,
    ),
    "room": result("room"),
    "room over": result("room", after_tax_so_far=Decimal(60_000)),
}


@pytest.mark.parametrize("who", PEOPLE)
def test_how_has_a_name_and_a_source_on_every_line(who: str) -> None:
    moment = PEOPLE[who]
    for card in screens.how(moment):
        check_card(card)
        assert len(card.html) < 4_096
    if who not in ("no_plan", "other_kind", "no_after_tax"):
        for line in worksheet(moment).values():
            assert line["name"].strip()
            assert len(line["source"]) >= 5


def test_how_follows_the_figures_to_the_room() -> None:
    lines = worksheet(result())
    assert {name: lines[name]["value"] for name in lines if "$" in lines[name]["value"]} == {
        "Dollar limit on annual additions 2026": "$72,000",
        "Pay for a full year": "$185,000",
        "Pay from this job this year": "$185,000",
        "Total limit": "$72,000",
        "Your deferrals, all year": "$24,500",
        "Limit on elective deferrals 2026": "$24,500",
        "Catch-up in your deferrals": "$0",
        "Deferrals that count as annual additions": "$24,500",
        "Employer money, all year": "$9,250",
        "Employer money of the whole year": "$9,250",
        "Annual additions in a related employer&#39;s plan": "$0",
        "Annual additions apart from after-tax": "$33,750",
        "After-tax so far": "$6,000",
        "Annual additions": "$39,750",
        "Room under the total limit": "$32,250",
        "What law and plan leave for the year": "$32,250 (room under the total limit)",
        "Pay still to come this year": "$71,153.85",
        "Room left": "$32,250 (room under the total limit)",
        "Each paycheck, spread evenly": "$3,225",
        "At most, of each paycheck": "$3,225",
        "Pay of one paycheck": "$7,115.38",
    }
    assert lines["Pay for a full year"]["source"] == words("from_you")
    assert "415(c)" in lines["Total limit"]["source"]
    assert "Notice" in lines["Dollar limit on annual additions 2026"]["source"]
    assert lines["Annual additions"]["how"]


def test_how_of_more_than_the_limit_ends_in_what_is_over() -> None:
    for flow in ("check", "room"):
        lines = worksheet(result(flow, after_tax_so_far=Decimal(40_000)))
        assert list(lines)[-1] == "Over the total limit"
        assert lines["Over the total limit"]["value"] == "$1,750"


def test_how_tells_what_was_assumed_and_what_is_open() -> None:
    assert worksheet(result("room"))["Plan cap on after-tax"]["source"] == words("from_assumed")
    opened = result(deferral=NOT_SURE)
    assert worksheet(opened)["Your deferrals, all year"]["source"] == words("from_supposed")
    assert "most favorable case" in screens.how(opened)[0].html
    assert "most favorable case" not in screens.how(result())[0].html


def test_how_of_a_plan_that_takes_none_is_the_answer_that_decides() -> None:
    (card,) = screens.how(result(takes_after_tax=False))
    assert "After-tax contributions: No" in seen(card)
    changing = asked("takes_after_tax").says("no").presses("change:plan").says("how")
    assert "After-tax contributions: No" in changing.sees


def test_how_goes_on_in_another_card_where_it_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = worksheet(result())
    monkeypatch.setattr(screens, "LONGEST", 700)
    cards = screens.how(result())
    assert len(cards) > 3
    assert all(len(card.html) < 1_000 for card in cards)
    assert worksheet(result()).keys() == whole.keys()
    assert [card.html.startswith("<b>How") for card in cards] == [True] + [False] * (len(cards) - 1)
    person = finished().says("how")
    assert [card.live for card in person.last.replies] == [False] * (len(person.last.replies) - 1) + [True]


# --- why --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fact", sorted(CHECKED))
def test_why_a_question_is_asked(fact: str) -> None:
    person = asked(fact).says("why")
    front = WORLD.library.questions[fact].front
    assert f"Why I ask: {front.short}" in person.sees
    assert front.why in person.sees


@pytest.mark.parametrize(
    ("fact", "chain", "citation"),
    [
        (
            "pay",
            "Pay from this job this year → Total limit → What law and plan leave for the year → Room left",
            "415(c)(3)",
        ),
        ("deferral", "Deferrals that count as annual additions → Annual additions apart", "414(v)(3)"),
        ("cap_kind", "Plan cap on after-tax, this year → What law and plan leave", "the plan document"),
        ("other_plan", "Another plan shares this limit →", "415(f)(1)(B)"),
        ("employer_money", "Employer money of the whole year → Annual additions apart", "415(c)(2)(A)"),
        ("after_tax_so_far", "Annual additions → Room under the total limit →", "415(c)(2)"),
        ("checks_left", "Pay still to come this year → Room left", "withheld from pay"),
    ],
)
def test_why_tells_the_chain_that_wants_an_answer_and_its_rule(fact: str, chain: str, citation: str) -> None:
    for person in (asked(fact), finished().changes(fact)):
        text = person.says("why").sees
        assert f"It goes into: {chain}" in text
        assert "Rule: " in text
        assert citation in text.partition("Rule: ")[2]


@pytest.mark.parametrize(
    "fact", sorted(CHECKED.keys() - {"plan", "takes_after_tax", "way_to_roth", "highly_paid"})
)
def test_every_answer_that_moves_a_figure_has_a_rule(fact: str) -> None:
    assert "Rule: " in asked(fact).says("why").sees
    assert "Rule: " in asked(fact, deferral="not sure").says("why").sees


def test_why_an_age_is_asked_before_there_are_deferrals() -> None:
    assert (
        "It goes into: Catch-up allowed at your age → Catch-up in your" in asked("age_band").says("why").sees
    )


def test_why_in_the_room_flow_ends_in_the_room_for_the_year() -> None:
    assert "→ Room for the year." in Person().says("/room", "why").sees
    assert "Room left" not in Person().says("/room", "why").sees


def test_why_has_no_chain_where_no_figure_needs_the_answer() -> None:
    for person in (asked("highly_paid"), finished().changes("way_to_roth"), asked("plan")):
        assert "It goes into" not in person.says("why").sees
    converting = Person().says("/convert", "inside", "once a month", "12,000", "24%")
    assert "It goes into" not in converting.changes("way_to_roth").says("why").sees
    assert WORLD.library.questions["way_to_roth"].front.why in converting.sees


def test_why_this_result() -> None:
    text = seen(screens.why(result(deferral=NOT_SURE, highly_paid=HighlyPaid.OWNER)))
    assert "Your deferrals, all year: $0 (open, taken as this)" in text
    assert "Pay for a full year: $185,000" in text
    assert "Highly compensated" not in text
    assert "Way to Roth: Convert inside" in text
    alone = seen(screens.why(result(takes_after_tax=False)))
    assert [line for line in alone.splitlines() if line.startswith("•")] == ["• After-tax contributions: No"]


# --- help, answers, letter ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fact", sorted(CHECKED))
def test_help_with_a_question_takes_its_place(fact: str) -> None:
    person = asked(fact).taps("Help")
    front = WORLD.library.questions[fact].front
    (card,) = person.last.replies
    assert card.edits
    assert card.live
    for part in (front.short, front.why, front.example, front.spd):
        assert part in person.sees
    assert [b.data for row in card.buttons for b in row] == [
        *(f"topic:{topic}" for topic in front.see),
        "question",
    ]


@pytest.mark.parametrize("fact", sorted(CHECKED))
def test_each_term_of_a_question_is_one_tap_away_and_the_question_comes_back(fact: str) -> None:
    *_, frame = asked(fact).card.buttons
    assert [b.label for b in frame] == ["Back", "Help"]
    terms = [b for row in asked(fact).card.buttons for b in row if b.data.startswith("topic:")]
    assert [b.data for b in terms] == [f"topic:{topic}" for topic in WORLD.library.questions[fact].front.see]
    for term in terms:
        assert term.label == f"? {WORLD.library.explainers[term.data[6:]].front.button}"
        person = asked(fact).presses(term.data)
        assert visible(WORLD.library.explainers[term.data[6:]].front.title) in person.sees
        assert person.asks == fact
        assert words("back_to_question") in person.sees


def test_the_answers_are_grouped_and_numbered_as_they_were_asked() -> None:
    text = seen(screens.reviewing(result()))
    assert text.splitlines() == [
        "Check your answers, then see your result",
        "",
        "Your plan",
        "1  Plan at work: 401(k)",
        "2  After-tax contributions: Yes",
        "3  Way to Roth: Convert inside",
        "4  Plan cap on after-tax: No cap",
        "",
        "You",
        "5  Age on December 31: Under 50",
        "6  Highly compensated: Neither",
        "7  Another employer's plan: No",
        "",
        "Your numbers",
        "8  Pay for a full year: $185,000",
        "9  At this job all year: Yes",
        "10  Paid: Every 2 weeks",
        "11  Your deferrals, all year: $24,500",
        "12  Employer money, all year: $9,250",
        "13  After-tax so far: $6,000",
        "14  Paychecks left: 10",
        "",
        "To change one, tap its number or type it.",
    ]
    rows = screens.reviewing(result()).buttons
    assert [len(row) for row in rows] == [5, 5, 4, 1]
    assert "Your answers so far" in asked("pay").says("answers").sees


def letter_lines(moment: Moment) -> list[str]:
    card = screens.letter(moment)
    return [line for line in seen(card).splitlines() if re.match(r"\d+\. ", line)]


def hr(fact: str) -> str:
    return WORLD.library.questions[fact].front.hr


def test_the_letter_asks_what_is_open_first_by_the_dollars_at_stake() -> None:
    moment = result(
        takes_after_tax=NOT_SURE,
        cap_kind=CapKind.PERCENT,
        cap_percent=NOT_SURE,
        highly_paid=HighlyPaid.NOT_SURE,
    )
    assert list(moment.survey.stakes()) == ["takes_after_tax", "cap_percent"]
    lines = letter_lines(moment)
    for line, fact in zip(lines, ("takes_after_tax", "cap_percent", "highly_paid"), strict=False):
        assert hr(fact) in line
        assert "(open)" in line
    assert all("(open)" not in line for line in lines[3:])
    for fact in ("way_to_roth", "cap_kind", "employer_money"):
        assert any(hr(fact) in line for line in lines[3:])
    assert len(lines) == 3 + 3 + 1, "the question about highly paid people asks for refunds, too"
    assert len(letter_lines(result(cap_kind=NOT_SURE))) == 4 + 2


def test_the_letter_asks_the_largest_stake_first_whatever_the_order_of_the_questions() -> None:
    jobs = {"other_plan": True, "deferred_elsewhere": Decimal(0), "additions_elsewhere": Decimal(5_000)}
    moment = result(**jobs, employers_related=NOT_SURE, employer_money=NOT_SURE)
    assert moment.survey.stakes() == {"employer_money": 41_500, "employers_related": 5_000}
    first, second, *_ = letter_lines(moment)
    assert hr("employer_money") in first
    assert hr("employers_related") in second


def test_the_letter_before_any_answer_has_every_standard_question_open() -> None:
    lines = letter_lines(Moment(Session(), WORLD))
    assert [("(open)" in line) for line in lines] == [True] * 4 + [False] * 2


def test_the_letter_forgets_what_is_no_longer_asked() -> None:
    unsure = {"cap_percent": NOT_SURE, "cap_kind": CapKind.NONE}
    assert not any(hr("cap_percent") in line for line in letter_lines(result(**unsure)))
    assert "(open)" in letter_lines(Moment(Session("room", {"takes_after_tax": NOT_SURE}), WORLD))[0]


def test_the_letter_knows_what_was_told_in_the_other_flow() -> None:
    assert "(open)" not in finished().says("/room", "letter").sees


def test_a_moment_of_other_answers_or_of_another_flow_is_worked_out_anew() -> None:
    moment = result(deferral=Decimal(20_000), checks_left=1)
    assert moment.survey.high == moment.at(replace(moment.session, misses=1)).survey.high
    assert moment.at(replace(moment.session, flow="room")).survey.high == 36_750
    assert moment.at(replace(moment.session, answers=but())).survey.high == 32_250


def test_the_letter_has_no_figure_of_the_person_and_a_short_copy() -> None:
    card = screens.letter(result())
    assert "$" not in seen(card)
    (button,) = card.buttons[-1]
    assert 0 < len(button.copy) <= 256
    assert "<" not in button.copy
    assert "&" not in button.copy


# --- explainers, figures ------------------------------------------------------------------------------------------------


CAPPED = {"cap_kind": CapKind.PERCENT, "cap_percent": Decimal("0.1"), "over_wages": OverWages.NO}
JOBS = {"other_plan": True, "deferred_elsewhere": Decimal(5_000), "deferral": Decimal(18_000)}
OVER = {"employer_money": EmployerMoney(fixed=Decimal(50_000))}
S_CORPORATION = {
    "entity": Entity.S_CORPORATION,
    "age_band": AgeBand.UNDER_50,
    "job_plan": False,
    "has_staff": False,
    "own_plan_is_new": False,
    "owner_wages": Decimal(90_000),
}
SOLE = {**S_CORPORATION, "entity": Entity.SOLE_PROPRIETOR, "profit": Decimal(80_000), "has_staff": True}
TESTED = {
    "highly_paid": HighlyPaid.PAID_OVER,
    "acp_exemption": AcpExemption.NONE,
    "pay": Decimal(200_000),
    "after_tax_planned": Decimal(30_000),
    "safe_harbor_match": SafeHarborMatch.PUT_IN,
    "employer_match": Decimal(5_000),
    "nhce_average_last_year": Decimal("0.04"),
}
CONVERTING = {
    "way_to_roth": WayToRoth.BOTH,
    "pay_schedule": PaySchedule.MONTHLY,
    "after_tax_yearly": Decimal(12_000),
    "ordinary_rate_now": Decimal("0.24"),
}
MOVED = {"after_tax_basis": Decimal(5_000), "after_tax_balance": Decimal(5_125)}


def telling(flow: str, /, **answers: object) -> Moment:
    """Somebody in a flow who told these answers and no others."""
    return Moment(Session(flow, answers, reviewed=True, idle=False, year=WORLD.year), WORLD)


KNOWN = (
    result(**CAPPED, way_to_roth=WayToRoth.BOTH),
    result(**CAPPED, way_to_roth=WayToRoth.NEITHER, age_band=AgeBand.FROM_64, match_basis=MatchBasis.YEAR),
    result(**JOBS, employers_related=False, **MOVED),
    result(**OVER),
    telling("own", **SOLE),
    telling("own", **S_CORPORATION),
    telling("couple", spouse_role=SpouseRole.NONE),
    telling("acp", **TESTED),
    telling("convert", **CONVERTING),
)
"""People of whom together everything is known that an explainer can use."""


@pytest.mark.parametrize("topic", sorted(WORLD.library.explainers))
def test_explainers_speak_of_the_reader_only_when_something_is_known(topic: str) -> None:
    stranger = screens.explained(Moment(Session(), WORLD), topic)
    assert "For you:" not in seen(stranger)
    mine = [
        said for moment in KNOWN if (said := seen(screens.explained(moment, topic)).partition("For you:")[2])
    ]
    assert bool(mine) == bool(re.search(r"\bme\.\w+ is defined", WORLD.library.explainers[topic].text))


@pytest.mark.parametrize(
    ("topic", "answers", "says"),
    [
        ("compensation-limits", {}, "$185,000"),
        ("limit-402g", {}, "$24,500"),
        ("employer-match-and-limit", {}, "$9,250"),
        ("catch-up", {}, "Under 50"),
        ("room-calculation", {}, "$32,250"),
        ("plan-cap-on-after-tax", {"cap_kind": CapKind.DOLLARS, "cap_dollars": Decimal(9_999)}, "$9,999"),
        ("hce-definition", {"highly_paid": HighlyPaid.OWNER}, "you are an HCE"),
        ("acp-test", {}, ""),
        ("in-plan-conversion", {}, ""),
    ],
)
def test_explainers_use_the_readers_own_numbers(topic: str, answers: dict[str, object], says: str) -> None:
    mine = seen(screens.explained(result(**answers), topic)).partition("For you:")[2]
    assert mine
    assert says in mine


@pytest.mark.parametrize(
    ("topic", "answers"),
    [
        ("room-calculation", {"deferral": NOT_SURE}),
        ("limit-402g", {"deferral": NOT_SURE}),
        ("employer-match-and-limit", {"employer_money": NOT_SURE}),
        ("hce-definition", {"highly_paid": HighlyPaid.NOT_SURE}),
        ("plan-cap-on-after-tax", {}),
        ("plan-cap-on-after-tax", {"cap_kind": CapKind.PERCENT, "cap_percent": NOT_SURE}),
        ("in-plan-conversion", {"way_to_roth": NOT_SURE}),
    ],
)
def test_explainers_leave_out_what_is_not_known(topic: str, answers: dict[str, object]) -> None:
    assert "For you:" not in seen(screens.explained(result(**answers), topic))


@pytest.mark.parametrize(
    ("topic", "moment", "says"),
    [
        ("limit-415c", result(), "come to $39,750 of your limit of $72,000."),
        ("limit-415c", result(pay=Decimal(60_000)), "come to $39,750 of your limit of $60,000."),
        ("limit-415c", result("room"), "come to $39,750 of your limit of $72,000."),
        ("pace-contributions", result(), "$32,250 is left after employer money: $3,225 on each paycheck"),
        ("pace-contributions", result("room"), "$32,250 is left after employer money."),
        (
            "pace-contributions",
            result("room", checks_left=1, pay_schedule=PaySchedule.WEEKLY),
            "$32,250 is left after employer money.",
        ),
        ("deadline-year-end", result(), "count 10 paychecks still to come in 2026"),
        ("deadline-year-end", result(checks_left=1), "count 1 paycheck still to come"),
        ("catch-up", result(age_band=AgeBand.FROM_50), "50 to 59, so your catch-up is at most $8,000."),
        ("catch-up", result(age_band=AgeBand.FROM_60), "60 to 63, so your catch-up is at most $11,250."),
        ("catch-up", result(), "as Under 50."),
        ("super-catch-up", result(age_band=AgeBand.FROM_60), "60 to 63, so this amount is for your age."),
        (
            "super-catch-up",
            result(age_band=AgeBand.FROM_64),
            "64 or older, so this amount is not for your age.",
        ),
        (
            "roth-catch-up-mandate",
            result(age_band=AgeBand.FROM_50, over_wages=OverWages.YES),
            "over the line, so your catch-up has to be Roth.",
        ),
        (
            "roth-catch-up-mandate",
            result(age_band=AgeBand.FROM_50, over_wages=OverWages.NO),
            "not over the line, so your catch-up can be pre-tax or Roth.",
        ),
        (
            "multiple-employers-limit",
            result(**JOBS, employers_related=False),
            "$5,000 deferred at another employer, so $19,500 of the shared limit is left here."
            " By your answers the two have separate total limits.",
        ),
        (
            "multiple-employers-limit",
            result(**JOBS, employers_related=True, additions_elsewhere=Decimal(8_000)),
            "$19,500 of the shared limit is left here. By your answers the two share one total limit.",
        ),
        ("multiple-employers-limit", result(**JOBS, employers_related=NOT_SURE), "is left here."),
        (
            "limit-402g",
            result(**JOBS, employers_related=False),
            "$18,000 of your own deferrals here, and $5,000",
        ),
        (
            "max-deferral-first",
            result(deferral=Decimal(20_000)),
            "leave $4,500 of the deferral limit unused.",
        ),
        ("max-deferral-first", result(), "use the whole deferral limit."),
        ("employer-match-and-limit", result(employer_money=MATCH), "employer money comes to $5,550"),
        ("excess-contribution-correction", result(**OVER), "come to $8,500 over the total limit."),
        (
            "excess-contribution-correction",
            result(deferral=Decimal(30_000)),
            "come to $5,500 over the deferral limit.",
        ),
        ("eligibility-after-tax-allowed", result(), "has both."),
        (
            "eligibility-after-tax-allowed",
            result(way_to_roth=WayToRoth.NEITHER),
            "has the first and not the second.",
        ),
        (
            "eligibility-after-tax-allowed",
            result(way_to_roth=NOT_SURE),
            "has the first. The way to Roth is still",
        ),
        (
            "eligibility-after-tax-allowed",
            result(takes_after_tax=False),
            "does not take after-tax contributions.",
        ),
        ("plan-doesnt-offer", result(), "takes after-tax"),
        ("plan-doesnt-offer", result(takes_after_tax=False), "does not take after-tax"),
        ("true-up", result(match_basis=MatchBasis.TRUE_UP), "your plan has a true-up."),
        ("true-up", result(match_basis=MatchBasis.PAYCHECK), "on each paycheck, without a true-up."),
        ("front-loading", result(match_basis=MatchBasis.YEAR), "on the whole year."),
        ("split-rollover-2014-54", result(way_to_roth=WayToRoth.WITHDRAW), "pays out to a Roth IRA."),
        (
            "split-rollover-2014-54",
            result(way_to_roth=WayToRoth.INSIDE),
            "does not pay out to a Roth IRA while",
        ),
        ("income-limit", result(highly_paid=HighlyPaid.PAID_OVER), "you are an HCE."),
        ("refund-after-failed-test", result(), "outside that group."),
        (
            "refund-after-failed-test",
            telling("acp", **{**TESTED, "after_tax_planned": Decimal(1_000)}),
            "in that group.",
        ),
        ("refund-after-failed-test", telling("acp", **TESTED), "by your answers $23,000 may come back."),
        (
            "acp-test",
            telling("acp", acp_exemption=AcpExemption.GOVERNMENTAL),
            "a government plan, so it has no test.",
        ),
        (
            "acp-test",
            telling("acp", highly_paid=HighlyPaid.OWNER, acp_exemption=AcpExemption.NOBODY_ELSE),
            "a plan with nobody else in it, so it has no test.",
        ),
        ("acp-test", telling("acp", **TESTED), "in the highly paid group."),
        ("conversion-frequency", telling("convert", **CONVERTING), "with one a year."),
        ("tax-on-earnings", result(**MOVED), "the growth is $125."),
        ("s-corp", telling("own", **S_CORPORATION), "$90,000 of W-2 wages"),
        ("solo-401k-after-tax", telling("own", **S_CORPORATION), "leave $47,500, without employer money."),
        ("sole-prop-limits", telling("own", **SOLE), "$80,000 of net profit."),
        ("sole-prop-limits", telling("own", **{**SOLE, "profit": Decimal(-1)}), "entered no net profit."),
        ("business-owner-with-employees", telling("own", **SOLE), "others could be in the plan."),
        (
            "business-owner-with-employees",
            telling("own", **S_CORPORATION),
            "others could not be in the plan.",
        ),
        (
            "spouse",
            telling("couple", spouse_role=SpouseRole.PAYROLL, spouse_wages=Decimal(40_000)),
            "on your payroll for $40,000.",
        ),
        ("spouse", telling("couple", spouse_role=SpouseRole.PAYROLL), "on your payroll."),
        ("spouse", telling("couple", spouse_role=SpouseRole.OWN_JOB), "has a job elsewhere."),
        ("spouse", telling("couple", spouse_role=SpouseRole.PARTNER), "shares the business."),
        ("spouse", telling("couple", spouse_role=SpouseRole.NONE), "has no pay."),
    ],
)
def test_explainers_say_what_the_answers_mean(topic: str, moment: Moment, says: str) -> None:
    assert says in seen(screens.explained(moment, topic)).partition("For you:")[2].partition("\n")[0]


def test_a_job_that_is_no_more_told_of_is_not_spoken_of() -> None:
    gone = result(other_plan=False, deferred_elsewhere=Decimal(5_000), employers_related=True).about_reader()
    assert not {"deferred_elsewhere", "related"} & {*gone}
    both = result(**JOBS, employers_related=True, additions_elsewhere=Decimal(5_000)).about_reader()
    assert (both["deferred_elsewhere"], both["related"]) == (5_000, True)


def test_the_tax_of_waiting_is_the_one_that_the_flow_works_out() -> None:
    moment = telling("convert", **CONVERTING)
    case = moment.survey.best.case
    assert isinstance(case, Converting)
    said = seen(screens.explained(moment, "conversion-frequency"))
    assert case.tax_if_monthly < case.tax_if_yearly
    assert f"is {dollars(case.tax_if_monthly)} with monthly conversions" in said
    assert f"{dollars(case.tax_if_yearly)} with one a year" in said


@pytest.mark.parametrize(
    ("topic", "moment"),
    [
        ("limit-415c", result(takes_after_tax=False, pay=NOT_SURE)),
        ("affordability-cash-flow", result(takes_after_tax=False)),
        ("affordability-cash-flow", result(employer_money=EmployerMoney(fixed=Decimal(41_500)))),
        ("room-calculation", result(takes_after_tax=False)),
        ("deadline-year-end", telling("check")),
        ("limit-415c", result(employer_money=NOT_SURE)),
        ("limit-415c", telling("acp", **but(**{**TESTED, "after_tax_planned": Decimal(1_000)}))),
        ("roth-catch-up-mandate", result(over_wages=OverWages.YES)),
        ("roth-catch-up-mandate", result(age_band=AgeBand.FROM_50, over_wages=OverWages.NOT_SURE)),
        ("multiple-employers-limit", result(deferred_elsewhere=Decimal(5_000))),
        ("multiple-employers-limit", result(other_plan=True, deferred_elsewhere=NOT_SURE)),
        ("max-deferral-first", result("room")),
        ("excess-contribution-correction", result()),
        ("eligibility-after-tax-allowed", result(plan=PlanKind.OTHER)),
        ("eligibility-after-tax-allowed", result(takes_after_tax=NOT_SURE)),
        ("plan-doesnt-offer", result(takes_after_tax=NOT_SURE)),
        ("true-up", result()),
        ("true-up", result(match_basis=NOT_SURE)),
        ("split-rollover-2014-54", result(way_to_roth=NOT_SURE)),
        ("refund-after-failed-test", telling("acp", acp_exemption=AcpExemption.NONE)),
        ("conversion-frequency", telling("convert", **{**CONVERTING, "way_to_roth": WayToRoth.NEITHER})),
        ("tax-on-earnings", result(**{**MOVED, "after_tax_balance": Decimal(5_000)})),
        ("tax-on-earnings", result(after_tax_basis=Decimal(5_000))),
        ("s-corp", telling("own", **{**S_CORPORATION, "entity": Entity.SOLE_PROPRIETOR})),
        ("sole-prop-limits", telling("own", **{**SOLE, "entity": Entity.S_CORPORATION})),
        ("solo-401k-after-tax", result(**S_CORPORATION)),
        ("solo-401k-after-tax", telling("own", **{**SOLE, "profit": Decimal(0)})),
        ("business-owner-with-employees", telling("own", has_staff=True)),
        ("spouse", telling("couple")),
    ],
)
def test_explainers_say_nothing_of_what_does_not_follow(topic: str, moment: Moment) -> None:
    assert "For you:" not in seen(screens.explained(moment, topic))


# --- another year, groups ----------------------------------------------------------------------------------------------


def test_another_year_has_its_own_figures_and_says_so() -> None:
    card = screens.explained(result(), "limit-415c", 2024)
    assert seen(card).startswith("Figures of 2024.\n\nTotal limit, 415(c)\nIn 2024")
    assert "$69,000" in seen(card)
    assert "Checked for 2026." in seen(card)
    assert card.buttons == screens.explained(result(), "limit-415c").buttons


def test_the_first_year_of_the_tables_has_none_before_it() -> None:
    first = min(WORLD.known)
    assert f"the line published for {first - 1}" in seen(screens.explained(result(), "hce-definition", first))


@pytest.mark.parametrize(
    ("year", "says"),
    [
        (2027, "The 2027 limits are not in my tables yet, so this is about 2026."),
        (2010, "The 2010 limits are not in my tables, so this is about 2026."),
    ],
)
def test_a_year_that_is_not_in_the_tables_is_said_not_to_be(year: int, says: str) -> None:
    text = seen(screens.explained(result(), "limit-402g", year))
    assert text.startswith(f"{says}\n\nDeferral limit")
    assert "$24,500, over all your jobs" in text


@pytest.mark.parametrize("year", [2024, 2027])
def test_nothing_is_said_of_the_year_where_no_year_matters(year: int) -> None:
    assert seen(screens.explained(Moment(Session(), WORLD), "true-up", year)) == seen(
        screens.explained(Moment(Session(), WORLD), "true-up")
    )


@pytest.mark.parametrize("topic", sorted(WORLD.library.explainers))
def test_another_year_is_not_about_the_reader(topic: str) -> None:
    for moment in KNOWN:
        for year in (2014, 2025, 2027):
            assert "For you:" not in seen(screens.explained(moment, topic, year))
        assert screens.explained(moment, topic, 2026) == screens.explained(moment, topic)


def test_in_a_year_without_limits_that_year_and_the_one_shown_are_told_apart() -> None:
    moment = Moment(Session(), NEXT_YEAR)
    assert "2027" not in seen(screens.explained(moment, "limit-402g"))
    assert "2027" not in seen(screens.explained(moment, "limit-402g", 2026))
    assert seen(screens.explained(moment, "limit-402g", 2027)).startswith(
        "The 2027 limits are not in my tables"
    )


def test_the_groups_hold_every_explainer_once_and_none_is_long() -> None:
    groups = screens.grouped(WORLD.library)
    assert 6 <= len(groups) <= 9
    assert sorted(topic for topics in groups.values() for topic in topics) == sorted(WORLD.library.explainers)
    assert all(2 <= len(topics) <= 10 for topics in groups.values())
    assert groups["limits"][0] == "room-calculation", "what is offered first comes first"
    titles = [WORLD.library.explainers[topic].front.title.casefold() for topic in groups["limits"][1:]]
    assert titles == sorted(titles)


def test_the_groups_are_buttons_two_in_a_row_and_each_opens_its_explainers() -> None:
    groups, card = screens.grouped(WORLD.library), screens.subjects(result())
    assert [b.data for row in card.buttons for b in row] == [f"group:{key}" for key in groups]
    assert {len(row) for row in card.buttons} <= {1, 2}
    assert len(card.buttons) == (len(groups) + 1) // 2
    for row in card.buttons:
        for button in row:
            key = button.data.removeprefix("group:")
            opened = screens.subjects_of(result(), key)
            assert seen(opened).startswith(f"{button.label}\n")
            *offered, back = [b.data for opened_row in opened.buttons for b in opened_row]
            assert offered == [f"topic:{topic}" for topic in groups[key]]
            assert back == "ask"


def test_the_sources_name_every_figure_of_the_year() -> None:
    text = seen(screens.sources(result()))
    for figure in vars(WORLD.limits).values():
        if isinstance(figure, Figure):
            assert f"${figure.value:,} ({figure.citation})" in text


def test_a_year_is_shown_with_its_figures() -> None:
    assert "2026" in seen(screens.hello(Moment(Session(), WORLD)))
    for fact in CHECKED:
        assert "2025 W-2" not in seen(asked(fact, **ON_THE_WAY_TO.get(fact, {})).card) or fact == "over_wages"
