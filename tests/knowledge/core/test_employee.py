"""What must hold for every employee, whatever the answers."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from knowledge.core.deferrals import catch_up_limit
from knowledge.core.employee import Ceiling, Employee, Stop
from knowledge.core.facts import AgeBand, CapKind, OverWages, PaySchedule
from knowledge.core.limits import Figure, Limits, NotInForce
from knowledge.core.match import ZERO, EmployerMoney
from knowledge.core.sheet import NOT_SURE, Inconsistent, Line, Origin, Unanswered
from tests.knowledge.core.people import LAW, PEOPLE, UNTIMED, Person, dollars, employee

CELLS = Employee.cells()
FIGURES = [field.name for field in fields(Limits) if isinstance(getattr(LAW[2026], field.name), Figure)]
A_DOLLAR_OR_MORE = dollars(20_000).map(lambda amount: amount + 1)


def near(a: Decimal, b: Decimal) -> bool:
    return abs(a - b) < Decimal("1e-15")


# --- the room --------------------------------------------------------------------------------------------------------


@UNTIMED
@given(PEOPLE)
def test_the_room_is_the_lowest_of_its_ceilings_and_never_negative(person: Person) -> None:
    case = person.case()
    ceilings = (*case.yearly_ceilings, Ceiling(Stop.PAY_TO_COME, case.pay_to_come))
    assert case.room in ceilings
    assert case.year_room in case.yearly_ceilings
    assert all(0 <= case.room.amount <= ceiling.amount for ceiling in ceilings)
    assert all(case.year_room.amount <= ceiling.amount for ceiling in case.yearly_ceilings)


@UNTIMED
@given(PEOPLE)
def test_over_the_limit_and_room_are_two_sides_of_one_difference(person: Person) -> None:
    case = person.case()
    assert not (case.over_limit and case.legal_room)
    assert case.legal_room - case.over_limit == case.annual_limit - case.additions


@UNTIMED
@given(PEOPLE, A_DOLLAR_OR_MORE, st.sampled_from(["after_tax_so_far", "deferral", "additions_elsewhere"]))
def test_more_that_went_in_never_gives_more_room(person: Person, more: Decimal, fact: str) -> None:
    before: Any = person.answers[fact]
    case, fuller = person.case(), person.but(**{fact: before + more}).case()
    assert fuller.legal_room <= case.legal_room
    assert fuller.room.amount <= case.room.amount
    assert fuller.over_limit >= case.over_limit


@UNTIMED
@given(PEOPLE, A_DOLLAR_OR_MORE)
def test_each_employer_dollar_takes_one_from_what_the_law_leaves(person: Person, more: Decimal) -> None:
    money: Any = person.answers["employer_money"]
    case = person.case()
    fuller = person.but(employer_money=replace(money, fixed=money.fixed + more)).case()
    assert near(fuller.legal_room, max(ZERO, case.legal_room - case.over_limit - more))
    assert fuller.room.amount <= case.room.amount


@UNTIMED
@given(PEOPLE, A_DOLLAR_OR_MORE)
def test_more_pay_never_gives_less_room_where_employer_money_is_fixed(person: Person, more: Decimal) -> None:
    pay: Any = person.answers["pay"]
    case = person.but(employer_money=EmployerMoney(fixed=Decimal(9_000))).case()
    richer = person.but(employer_money=EmployerMoney(fixed=Decimal(9_000)), pay=pay + more).case()
    assert richer.room.amount >= case.room.amount


@UNTIMED
@given(PEOPLE, st.integers(2, 9))
def test_in_another_currency_the_room_is_the_same(person: Person, rate: int) -> None:
    def exchanged(value: Any) -> Any:
        match value:
            case Decimal():
                return value * rate
            case Figure():
                return replace(value, value=value.value * rate)
            case EmployerMoney(fixed=fixed, match_cap=cap):
                return replace(value, fixed=fixed * rate, match_cap=None if cap is None else cap * rate)
            case _:
                return value

    case = person.case()
    answers = {name: exchanged(value) for name, value in person.answers.items() if name != "cap_percent"}
    limits = LAW[person.year]
    figures = {field.name: exchanged(getattr(limits, field.name)) for field in fields(Limits)}
    abroad = Employee(person.but(**answers).told, replace(limits, **figures), limits)
    assert abroad.room.stop is case.room.stop
    assert near(abroad.room.amount, case.room.amount * rate)


@UNTIMED
@given(PEOPLE)
def test_an_even_spread_over_the_checks_is_the_room(person: Person) -> None:
    case = person.but(checks_left=7).case()
    assert near(case.per_check * 7, case.room.amount)
    assert person.but(checks_left=0).case().per_check == 0


@UNTIMED
@given(PEOPLE, st.integers(1, 26))
def test_what_is_set_on_each_paycheck_stays_within_the_room_and_leaves_less_than_a_step(
    person: Person, checks: int
) -> None:
    case = person.but(checks_left=checks).case()
    cent, hundredth_of_a_percent = Decimal("0.01"), Decimal("0.0001")
    for most, step in (
        (case.most_per_check, cent),
        (case.most_per_check_share * case.pay_per_check, hundredth_of_a_percent * case.pay_per_check),
    ):
        assert most * checks <= case.room.amount + Decimal("1e-15")
        assert near(case.per_check, most) or case.per_check - most < step
    assert case.most_per_check % cent == 0
    assert case.most_per_check_share % hundredth_of_a_percent == 0


def test_no_pay_has_no_share_of_a_paycheck() -> None:
    told = {"pay": ZERO, "pay_schedule": PaySchedule.MONTHLY, "checks_left": 3, "deferral": ZERO}
    case = employee({**told, "employer_money": EmployerMoney(), "after_tax_so_far": ZERO})
    assert case.most_per_check_share == 0


# --- a related employer's plan ---------------------------------------------------------------------------------------

RELATED = {"other_plan": True, "employers_related": True}


@pytest.mark.parametrize(
    ("deferred", "total", "counted"),
    [(10_000, 12_000, 12_000), (10_000, 10_000, 10_000), (30_000, 24_500, 24_500), (0, 0, 0)],
)
def test_the_related_plans_total_counts_as_told(deferred: int, total: int, counted: int) -> None:
    told = {"deferred_elsewhere": Decimal(deferred), "additions_elsewhere": Decimal(total)}
    assert employee({**RELATED, **told}).related_additions == counted


@pytest.mark.parametrize(("deferred", "total"), [(20_000, 12_000), (30_000, 24_499), (1, 0)])
def test_a_total_below_its_own_deferrals_is_a_contradiction(deferred: int, total: int) -> None:
    told = {"deferred_elsewhere": Decimal(deferred), "additions_elsewhere": Decimal(total)}
    with pytest.raises(Inconsistent) as caught:
        _ = employee({**RELATED, **told}).related_additions
    assert caught.value.facts == ("deferred_elsewhere", "additions_elsewhere")
    assert employee({**told, "other_plan": False}).related_additions == 0


def test_of_a_total_that_is_only_supposed_the_larger_counts() -> None:
    told = {"deferred_elsewhere": Decimal(20_000), "additions_elsewhere": NOT_SURE}
    case = employee({**RELATED, **told}, supposed={"additions_elsewhere": Decimal(12_000)})
    assert case.related_additions == 20_000


@UNTIMED
@given(PEOPLE)
def test_what_is_left_after_the_full_deferral_is_what_someone_has_who_defers_it(person: Person) -> None:
    case = person.case()
    deferral: Any = person.answers["deferral"]
    maxed = person.but(deferral=deferral + case.deferral_left).case()
    assert maxed.deferral_left == 0
    assert near(case.legal_room_if_maxed, maxed.legal_room)


def test_a_tie_names_the_law_before_the_plan_and_the_plan_before_the_pay() -> None:
    even = {
        "pay": Decimal(120_000),
        "pay_schedule": PaySchedule.MONTHLY,
        "checks_left": 2,
        "deferral": Decimal(24_500),
        "employer_money": EmployerMoney(fixed=Decimal(27_500)),
        "after_tax_so_far": ZERO,
        "cap_kind": CapKind.DOLLARS,
        "cap_dollars": Decimal(20_000),
    }
    assert employee(even).room == Ceiling(Stop.DOLLAR_LIMIT, Decimal(20_000))
    assert employee(even | {"employer_money": EmployerMoney()}).room == Ceiling(
        Stop.PLAN_CAP, Decimal(20_000)
    )


# --- deferrals -------------------------------------------------------------------------------------------------------


@UNTIMED
@given(PEOPLE)
def test_every_deferred_dollar_counts_or_is_catch_up(person: Person) -> None:
    case = person.case()
    assert case.counted_deferral + case.catch_up_used == person.answers["deferral"]
    assert 0 <= case.catch_up_used <= case.catch_up_allowed


@pytest.mark.parametrize("cents", ["0.01", "0.50", "1", "1.01"])
def test_a_part_of_a_dollar_over_the_limit_is_an_excess(cents: str) -> None:
    limits = LAW[2026]
    answers = {
        "age_band": AgeBand.UNDER_50,
        "other_plan": False,
        "deferral": limits.elective_deferral.value + Decimal(cents),
    }
    assert Employee(answers, limits).excess_deferral == Decimal(cents)


@UNTIMED
@given(PEOPLE, st.data())
def test_over_the_base_limit_catch_up_changes_nothing_that_counts(
    person: Person, data: st.DataObject
) -> None:
    older = replace(person, age=data.draw(st.integers(50, 75)))
    older = older.but(other_plan=False, employer_money=EmployerMoney(fixed=Decimal(4_000)))
    base = LAW[person.year].elective_deferral.value
    catch_up = data.draw(dollars(int(older.case().catch_up_allowed)))
    without, with_it = older.but(deferral=base).case(), older.but(deferral=base + catch_up).case()
    assert with_it.catch_up_used == catch_up
    assert with_it.excess_deferral == without.excess_deferral == 0
    assert with_it.counted_deferral == without.counted_deferral == base
    assert with_it.additions == without.additions
    assert with_it.room == without.room


@UNTIMED
@given(PEOPLE, dollars(17_500))
def test_what_an_unrelated_employer_took_changes_no_annual_addition(person: Person, there: Decimal) -> None:
    two_jobs = person.but(other_plan=True, employers_related=False, deferred_elsewhere=there).case()
    one_job = person.but(other_plan=False).case()
    assert two_jobs.additions == one_job.additions
    assert two_jobs.room == one_job.room


@pytest.mark.parametrize("year", LAW.years)
@pytest.mark.parametrize("band", AgeBand)
def test_the_sheet_and_the_plain_rule_agree_on_catch_up(year: int, band: AgeBand) -> None:
    case = employee({"age_band": band}, year)
    limit = catch_up_limit(band, LAW[year])
    assert case.catch_up_allowed == limit
    figures = [line.value for line in case.worksheet(Employee.catch_up_allowed) if line.origin is Origin.LAW]
    assert (limit in figures) is (band is not AgeBand.UNDER_50)


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (0, AgeBand.UNDER_50),
        (49, AgeBand.UNDER_50),
        (50, AgeBand.FROM_50),
        (59, AgeBand.FROM_50),
        (60, AgeBand.FROM_60),
        (63, AgeBand.FROM_60),
        (64, AgeBand.FROM_64),
        (99, AgeBand.FROM_64),
    ],
)
def test_an_age_falls_into_its_band(age: int, band: AgeBand) -> None:
    assert AgeBand.of(age) is band


@pytest.mark.parametrize("over", OverWages)
@pytest.mark.parametrize("band", AgeBand)
def test_whether_catch_up_must_be_roth_is_asked_only_of_those_who_have_it(
    band: AgeBand, over: OverWages
) -> None:
    asked = band is not AgeBand.UNDER_50
    assert employee({"age_band": band, "over_wages": over}).roth_catch_up is (over if asked else OverWages.NO)
    assert employee({"age_band": band}, 2025).roth_catch_up is OverWages.NO
    assert isinstance(LAW[2025].roth_catch_up_wages, NotInForce)


def test_the_line_of_the_roth_rule_is_on_its_worksheet() -> None:
    case = employee({"age_band": AgeBand.FROM_50, "over_wages": OverWages.YES})
    assert case.roth_catch_up is OverWages.YES
    assert "2026.roth_catch_up_wages" in [line.cell for line in case.worksheet(Employee.roth_catch_up)]


# --- pay -------------------------------------------------------------------------------------------------------------


def test_paychecks_in_a_year() -> None:
    assert [schedule.checks for schedule in PaySchedule] == [52, 26, 24, 12]


@UNTIMED
@given(dollars(600_000), st.sampled_from(PaySchedule), st.integers(0, 52))
def test_paychecks_add_up_to_the_year_without_rounding(
    pay: Decimal, schedule: PaySchedule, past: int
) -> None:
    past = min(past, schedule.checks)
    case = employee(
        {
            "pay": pay,
            "whole_year": False,
            "pay_schedule": schedule,
            "checks_so_far": past,
            "checks_left": schedule.checks - past,
        }
    )
    assert case.pay_this_year == pay
    assert near(case.pay_to_come, case.pay_per_check * case.checks_left)


# --- the record ------------------------------------------------------------------------------------------------------


@UNTIMED
@given(PEOPLE)
def test_the_worksheet_of_the_room_has_every_fact_that_was_read_for_it(person: Person) -> None:
    case = person.case()
    case.room  # noqa: B018
    lines = case.worksheet(Employee.room)
    facts = [line for line in lines if line.origin not in (Origin.LAW, Origin.WORKED_OUT)]
    assert sorted(facts, key=lambda line: line.cell) == sorted(case.facts_read(), key=lambda line: line.cell)
    assert lines[-1].cell == "room"
    assert len({line.cell for line in lines}) == len(lines)
    assert all(line.citation for line in lines if line not in facts)


@UNTIMED
@given(PEOPLE, st.sampled_from(FIGURES))
def test_a_figure_of_the_law_that_changes_the_room_is_on_its_worksheet(person: Person, figure: str) -> None:
    limits = LAW[person.year]
    published = getattr(limits, figure)
    assume(isinstance(published, Figure))
    case = person.case()
    raised = replace(limits, **{figure: replace(published, value=published.value + 700)})
    elsewhen = Employee(person.told, raised, limits)
    if elsewhen.room != case.room:
        line = Line(f"{person.year}.{figure}", published.value, Origin.LAW, published.citation)
        assert line in case.worksheet(Employee.room)


def test_the_worksheet_of_a_long_calculation_names_its_four_figures() -> None:
    case = employee(
        {
            "age_band": AgeBand.FROM_60,
            "pay": Decimal(400_000),
            "pay_schedule": PaySchedule.MONTHLY,
            "checks_left": 6,
            "deferral": Decimal(30_000),
            "employer_money": EmployerMoney(nonelective=Decimal("0.03")),
            "after_tax_so_far": ZERO,
            "cap_kind": CapKind.PERCENT,
            "cap_percent": Decimal("0.10"),
            "cap_counts_all_pay": True,
        }
    )
    assert case.room.amount == 72_000 - 24_500 - 10_800
    law = {line.cell for line in case.worksheet(Employee.room) if line.origin is Origin.LAW}
    figures = ("annual_additions", "catch_up_60_63", "compensation_cap", "elective_deferral")
    assert law == {f"2026.{figure}" for figure in figures}


@UNTIMED
@given(PEOPLE, st.permutations(sorted(CELLS)))
def test_the_order_of_reading_does_not_matter(person: Person, order: list[str]) -> None:
    in_order = person.case()
    read = {cell: getattr(in_order, cell) for cell in order}
    assert read == {cell: getattr(person.case(), cell) for cell in order}


# --- what is not asked -----------------------------------------------------------------------------------------------


def test_pay_of_the_dollar_limit_or_more_makes_the_pay_at_a_related_employer_idle() -> None:
    related = {"other_plan": True, "employers_related": True}
    assert employee(related | {"pay": Decimal(72_000)}).annual_limit == 72_000
    with pytest.raises(Unanswered, match="pay_elsewhere is unanswered"):
        employee(related | {"pay": Decimal("71_999.99")}).annual_limit  # noqa: B018


def test_pay_up_to_the_compensation_cap_makes_idle_whether_a_plan_cap_counts_more() -> None:
    cap = {"cap_kind": CapKind.PERCENT, "cap_percent": Decimal("0.10")}
    assert employee(cap | {"pay": Decimal(360_000)}).plan_cap == 36_000
    with pytest.raises(Unanswered, match="cap_counts_all_pay is unanswered"):
        employee(cap | {"pay": Decimal("360_000.01")}).plan_cap  # noqa: B018


def test_age_is_asked_only_of_those_who_defer_more_than_the_limit() -> None:
    assert employee({"deferral": Decimal(24_500)}).counted_deferral == 24_500
    with pytest.raises(Unanswered, match="age_band is unanswered"):
        employee({"deferral": Decimal("24_500.01")}).counted_deferral  # noqa: B018


def test_someone_with_one_job_is_asked_nothing_about_another() -> None:
    case = employee({"deferral": Decimal(20_000), "pay": Decimal(50_000)})
    assert (case.deferrals_elsewhere, case.related, case.annual_limit) == (ZERO, False, Decimal(50_000))
