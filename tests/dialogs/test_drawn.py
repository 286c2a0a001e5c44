"""The pictures and papers of a result: the figures of its card, put where a front end can draw them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from dialogs import drawn
from dialogs.moment import Moment
from dialogs.papers import YEAR_LABELS, Letter, MatchTier, YearByPaycheck, YearPlan
from dialogs.pictures import Band, Bars, Column, Columns, StackedBar
from dialogs.session import Session
from dialogs.world import world_on
from knowledge.core.facts import CapKind
from knowledge.core.match import EmployerMoney
from knowledge.core.payroll import MatchBasis
from knowledge.core.sheet import NOT_SURE
from knowledge.markup import visible
from tests.dialogs.flows.test_own import owner
from tests.dialogs.talk import WORLD, Person, asked, finished, newcomer, reviewing, words
from tests.dialogs.test_screens import result

OCTOBER = world_on(date(2026, 10, 1))
EVENLY = {
    "takes_after_tax": "yes",
    "pay": "120k",
    "pay_schedule": "once a month",
    "next_pay_day": "Oct 15",
    "checks_left": "3",
    "checks_so_far": "9",
    "bonuses": "no bonus",
    "age_band": "40",
    "deferral": "24,500",
    "employer_money": "50% of the first 6%",
    "match_basis": "each paycheck only",
    "cap_kind": "no cap",
    "election_step": "whole percents",
    "pay_so_far": "90,000",
    "deferred_so_far": "18,500",
    "after_tax_so_far": "0",
    "match_so_far": "2,700",
    "other_employer_money_so_far": "4,500",
    "deferral_election": "not sure",
    "after_tax_election": "0",
}
"""Three checks of 10,000 dollars to come, 6,000 dollars of deferrals left, 300 dollars of match on each check."""
TOO_FAST = {"deferral_election": "40%"}
"""4,000 dollars and then the last 2,000: nothing is left for the third check, which gets no match."""


def by_paycheck(**typed: str) -> Person:
    """Someone at the end of *my paychecks* in October."""
    person, answers = Person(Session(year=2026), OCTOBER).says("/paychecks"), {**EVENLY, **typed}
    while fact := person.asks:
        person.says(answers[fact])
        assert person.asks != fact, f"{answers[fact]!r} is no answer to {fact}: {person.sees}"
    return person.says("show")


def no_paycheck_left() -> Person:
    return by_paycheck(checks_left="0", next_pay_day="not sure").taps("Keep 0")


# --- the room -------------------------------------------------------------------------------------------------------


def stacked(moment: Moment) -> tuple[str, list[tuple[str, int]]]:
    """The title of a bar, and its parts in whole dollars, from the bottom to the top."""
    picture = drawn.picture(moment)
    assert isinstance(picture, StackedBar)
    assert picture.limit == 72_000
    return picture.title, [(part.kind, int(part.amount)) for part in picture.parts]


@pytest.mark.parametrize(
    ("told", "title", "parts"),
    [
        ({}, "Room left in 2026: $32,250", {"deferral": 24_500, "employer": 9_250, "after_tax": 6_000, "room": 32_250}),
        # a cap of 10 % of 185,000 is 18,500, less the 6,000 in already; the limit leaves 19,750 more
        (
            {"cap_kind": CapKind.PERCENT, "cap_percent": Decimal("0.1")},
            "Room left in 2026: $12,500",
            {"deferral": 24_500, "employer": 9_250, "after_tax": 6_000, "room": 12_500, "unreached": 19_750},
        ),
        (
            {
                "deferral": Decimal(19_500),
                "other_plan": True,
                "deferred_elsewhere": Decimal(5_000),
                "employers_related": True,
                "additions_elsewhere": Decimal(8_000),
            },
            "Room left in 2026: $29,250",
            {"deferral": 19_500, "employer": 9_250, "elsewhere": 8_000, "after_tax": 6_000, "room": 29_250},
        ),
        # not sure: the most that it can be, with no deferrals at all
        (
            {"deferral": NOT_SURE},
            "Room left in 2026: up to $56,750",
            {"employer": 9_250, "after_tax": 6_000, "room": 56_750},
        ),
        # 73,750 in all: the part on top is cut at the limit
        (
            {"after_tax_so_far": Decimal(40_000)},
            "Over the 2026 limit by $1,750",
            {"deferral": 24_500, "employer": 9_250, "after_tax": 38_250, "over": 1_750},
        ),
        # 85,500 in all: 13,500 over takes all of the 1,000 on top and 12,500 of the part below
        (
            {"employer_money": EmployerMoney(fixed=Decimal(60_000)), "after_tax_so_far": Decimal(1_000)},
            "Over the 2026 limit by $13,500",
            {"deferral": 24_500, "employer": 47_500, "over": 13_500},
        ),
    ],
)  # fmt: skip
def test_the_bar_is_what_fills_the_limit_and_what_is_left_of_it(
    told: dict[str, object], title: str, parts: dict[str, int]
) -> None:
    assert stacked(result(**told)) == (title, list(parts.items()))


def test_the_words_beside_the_picture_hold_every_figure_of_it() -> None:
    person = finished(cap_kind="10%")
    assert visible(person.shown[-2].html).split("\n")[:6] == [
        "Room left in 2026: $12,100",
        "Total limit: $72,000",
        "Your deferrals: $18,000",
        "Employer money: $9,250",
        "After-tax: $6,400",
        "Room left: $12,100",
    ]
    assert "Not open to you: $26,250" in visible(person.shown[-2].html)


@pytest.mark.parametrize(
    "person",
    [
        Person,
        lambda: asked("pay"),
        lambda: newcomer().says("401k", "no"),
        lambda: Person().says("/forms", "converted in plan", "no"),
        lambda: Person().says("/convert", "neither"),
        no_paycheck_left,
    ],
)
def test_where_there_is_nothing_to_draw_that_is_said(person: Callable[[], Person]) -> None:
    someone = person()
    assert drawn.picture(someone.moment) is None
    assert not any(card.picture for card in someone.shown)
    assert words("no_picture") in someone.presses("picture").sees


# --- the year by paycheck -------------------------------------------------------------------------------------------


def year(**typed: str) -> Columns:
    picture = drawn.picture(by_paycheck(**typed).moment)
    assert isinstance(picture, Columns)
    assert picture.limit == 72_000
    return picture


def test_the_columns_are_what_is_in_after_each_check_at_the_even_pace() -> None:
    picture = year()  # 20 % is 2,000 of each check, and the other 8,000 can go in after-tax
    assert picture.title == "2026 at an even pace"
    assert picture.columns == (
        Column("Oct 15", (Decimal(20_500), Decimal(3_000), Decimal(8_000)), Decimal(0)),
        Column("Nov 15", (Decimal(22_500), Decimal(3_300), Decimal(16_000)), Decimal(0)),
        Column("Dec 15", (Decimal(24_500), Decimal(3_600), Decimal(24_000)), Decimal(0)),
    )
    assert picture.lost_label == ""
    assert drawn.caption(picture) == (
        "Total limit: $72,000",
        "Your deferrals: $24,500",
        "Employer money: $3,600",
        "After-tax: $24,000",
    )


def test_what_is_elected_now_is_drawn_with_the_match_that_it_loses() -> None:
    picture = year(**TOO_FAST)
    assert picture.title == "2026 if nothing changes"
    assert picture.columns == (
        Column("Oct 15", (Decimal(22_500), Decimal(3_000), Decimal(0)), Decimal(0)),
        Column("Nov 15", (Decimal(24_500), Decimal(3_300), Decimal(0)), Decimal(0)),
        Column("Dec 15", (Decimal(24_500), Decimal(3_300), Decimal(0)), Decimal(300)),
    )
    assert drawn.caption(picture)[-1] == "Employer money lost: $300"


def test_a_match_that_a_true_up_brings_back_is_not_drawn_as_lost() -> None:
    picture = year(**TOO_FAST, match_basis="with a true-up")
    assert [column.lost for column in picture.columns] == [0, 0, 0]
    assert [column.parts[1] for column in picture.columns] == [3_000, 3_300, 3_600]
    assert picture.lost_label == ""


def test_money_of_the_years_end_is_in_the_last_column_and_checks_without_days_have_numbers() -> None:
    picture = year(employer_money="6,000", next_pay_day="not sure")
    assert [column.label for column in picture.columns] == ["1", "2", "3"]
    assert [column.parts[1] for column in picture.columns] == [4_500, 4_500, 6_000]


# --- the other pictures ---------------------------------------------------------------------------------------------


def test_the_band_is_roth_from_the_low_to_the_high_return() -> None:
    person = Person().says("/worth", "20k", "10", "15", "24%")
    picture = drawn.picture(person.moment)
    assert isinstance(picture, Band)
    # 20,000 a year for 10 years, 15 years on, at 2 %, 5 % and 8 % beside 2 % inflation; see test_worth
    ends = (picture.low[-1], picture.lines[0].values[-1], picture.high[-1])
    assert [*map(int, ends)] == [183_245, 334_705, 605_022]
    assert [*map(int, (picture.low[0], picture.high[0]))] == [
        20_000,
        21_176,
    ]  # 20,000 times 1.08 / 1.02 is 21,176.47
    assert {
        len(values) for values in (picture.low, picture.high, *(one.values for one in picture.lines))
    } == {25}
    roth, taxable, waiting = drawn.caption(picture)[1:]
    assert drawn.caption(picture)[0] == "Roth, 2% to 8% a year: $183,245 – $605,022"
    assert roth == "Roth: $334,705"
    for line in (roth, taxable, waiting):
        assert line.rsplit(": ", 1)[1] in person.sees


def test_the_bars_are_the_tax_by_how_often_one_converts() -> None:
    person = Person().says("/convert", "inside", "once a month", "12,000", "24%")
    picture = drawn.picture(person.moment)
    assert isinstance(picture, Bars)
    labels = [label for label, _ in picture.bars]
    assert labels[:3] == ["After each paycheck", "Every month", "Every quarter"]
    assert labels[-1] == "Once a year"
    taxes = [tax for _, tax in picture.bars]
    assert taxes[:2] == [0, 0]
    assert taxes == sorted(taxes)
    for line in drawn.caption(picture)[2:]:
        assert line.rsplit(": ", 1)[1] in person.card.html


# --- papers ---------------------------------------------------------------------------------------------------------


def paper(person: Person, verb: str) -> object:
    return next(card.paper for card in person.presses(verb).last.replies if card.paper)


def test_the_letter_has_numbers_only_where_they_were_wanted() -> None:
    person = finished()
    plain, full = paper(person, "letter_plain"), paper(person, "letter_full")
    assert isinstance(plain, Letter)
    assert isinstance(full, Letter)
    assert plain.numbers == ()
    assert dict(full.numbers)["Pay for a full year"] == "$185,000"
    assert "401(k)" not in dict(full.numbers).values()
    assert plain.questions == full.questions
    assert [question.is_open for question in plain.questions] == [False] * len(plain.questions)
    assert full.foot.startswith("Education, not tax, legal or investment advice. Rules of 2026")


def test_what_is_not_sure_is_open_in_the_letter() -> None:
    page = paper(finished(cap_kind="not sure"), "letter_plain")
    assert isinstance(page, Letter)
    assert page.questions[0].text == WORLD.library.questions["cap_kind"].front.hr
    assert [question.is_open for question in page.questions][:2] == [True, False]


def test_the_plan_is_the_card_cut_into_its_parts() -> None:
    person = finished()
    seen = [line for line in visible(person.card.html).split("\n") if line.strip()]
    page = paper(person, "plan")
    assert isinstance(page, YearPlan)
    assert page.headline == seen[0]
    numbered = [line for line in seen if line[:2] in {f"{number}." for number in range(1, 10)}]
    assert page.steps == tuple(line[3:] for line in numbered)
    assert len(page.steps) > 1
    assert set(page.summary) == {*seen[1:], *numbered} - {*numbered, "Next"}
    assert {line.name: line.value for line in page.worksheet}[
        "Room left"
    ] == "$38,350 (room under the total limit)"
    assert page.file_name == "my-plan-2026.pdf"


def test_a_plan_without_access_has_no_worksheet() -> None:
    page = paper(newcomer().says("401k", "no"), "plan")
    assert isinstance(page, YearPlan)
    assert page.worksheet == ()
    assert page.headline == "Not through this plan, from what you told me"


@pytest.mark.parametrize(
    ("person", "days"),
    [
        (finished, ["December 31, 2026", "January 31, 2027", "March 15, 2027", "April 15, 2027"]),
        (
            lambda: Person().says("/convert", "inside", "once a month", "12,000", "24%"),
            ["December 31, 2026", "January 31, 2027"],
        ),
        (lambda: Person().says("/forms", "converted in plan", "no"), ["January 31, 2027"]),
        (lambda: Person().says("/worth", "20k", "10", "15", "24%"), []),
        (owner, ["December 31, 2026", "January 30, 2027", "April 15, 2027", "October 15, 2027"]),
    ],
)
def test_the_days_that_matter_stand_in_their_order(person: Callable[[], Person], days: list[str]) -> None:
    page = paper(person(), "plan")
    assert isinstance(page, YearPlan)
    assert [when for when, _ in page.dates] == days


def test_the_spreadsheet_takes_over_the_year_as_it_was_told() -> None:
    sheet = paper(by_paycheck(**TOO_FAST, match_basis="with a true-up"), "sheet")
    assert isinstance(sheet, YearByPaycheck)
    assert [(row.number, row.day) for row in sheet.checks] == [
        (1, date(2026, 10, 15)),
        (2, date(2026, 11, 15)),
        (3, date(2026, 12, 15)),
    ]
    assert {row.gross for row in sheet.checks} == {10_000}
    assert sheet.deferral_share == Decimal("0.4")
    assert not any((sheet.deferral_dollars, sheet.after_tax_share, sheet.after_tax_dollars))
    assert [*map(int, (sheet.deferral_limit, sheet.additions_limit))] == [24_500, 72_000]
    assert [*map(int, (sheet.pay_so_far, sheet.deferral_so_far, sheet.match_so_far))] == [
        90_000,
        18_500,
        2_700,
    ]
    assert sheet.tiers == (MatchTier(Decimal("0.5"), Decimal(0), Decimal("0.06")),)
    assert sheet.basis is MatchBasis.TRUE_UP
    assert sheet.labels.keys() == set(YEAR_LABELS)
    assert dict(sheet.sources).keys() <= sheet.labels.keys()


def test_the_spreadsheet_begins_at_the_even_pace_where_nothing_is_elected_yet() -> None:
    sheet = paper(by_paycheck(), "sheet")
    assert isinstance(sheet, YearByPaycheck)
    assert (sheet.deferral_share, sheet.after_tax_share) == (Decimal("0.2"), Decimal("0.8"))


def test_a_spreadsheet_is_offered_only_of_a_year_by_paycheck() -> None:
    assert "Spreadsheet" in by_paycheck().says("save").labels
    for person in (finished(), reviewing(), asked("pay"), no_paycheck_left()):
        assert words("no_sheet") in person.presses("sheet").sees
        assert "Spreadsheet" not in person.says("save").labels
