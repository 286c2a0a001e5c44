"""What must hold for the plan of an owner, whatever the answers."""

from __future__ import annotations

from dataclasses import astuple, fields, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from knowledge.core.case import Case
from knowledge.core.couple import Couple
from knowledge.core.employee import Stop
from knowledge.core.facts import AgeBand, OverWages
from knowledge.core.own_plan import Condition, OwnPlan, PlanYear
from knowledge.core.own_plan_dates import OwnPlanDates
from knowledge.core.self_employed import Entity, SelfEmployed
from knowledge.core.sheet import Derived, Inconsistent, Unanswered
from knowledge.library import load_library
from tests.knowledge.core.owners import CORPORATIONS, OWNERS, UNINCORPORATED, owner
from tests.knowledge.core.people import LAW, UNTIMED, dollars

ZERO = Decimal(0)
CENT = Decimal("0.01")
Answers = dict[str, Any]


def near(a: Decimal, b: Decimal) -> bool:
    return abs(a - b) < Decimal("1e-12")


# --- what must hold for everybody ------------------------------------------------------------------------------------


@UNTIMED
@given(OWNERS)
def test_no_limit_is_passed_by_a_cent(drawn: tuple[int, Answers]) -> None:
    year, answers = drawn
    sheet = owner(year, **answers)
    bounds = sheet.plan_year
    for filled in (sheet.all_after_tax, sheet.deductible_first, sheet.planned):
        counted = bounds.pay - (filled.employer if answers["entity"] in UNINCORPORATED else 0)
        assert all(amount >= 0 for amount in astuple(filled) if isinstance(amount, Decimal))
        assert filled.additions < min(sheet.own_plan_limit, max(ZERO, counted)) + CENT
        assert filled.additions == filled.deferral + filled.employer + filled.after_tax
        assert filled.total == filled.additions + filled.catch_up
        assert filled.deferral + filled.catch_up < max(ZERO, counted) + CENT
        assert filled.deferral + filled.catch_up <= sheet.deferral_aim <= answers["deferral_wanted"]
        assert filled.catch_up <= sheet.catch_up_allowed
        assert filled.employer < max(ZERO, sheet.employer_rate * counted) + CENT
        assert filled.employer <= sheet.employer_rate * LAW[year].compensation_cap.value


@UNTIMED
@given(OWNERS)
def test_the_smaller_ceiling_is_the_room_and_both_are_told(drawn: tuple[int, Answers]) -> None:
    sheet = owner(drawn[0], **drawn[1])
    for filled in (sheet.all_after_tax, sheet.deductible_first, sheet.planned):
        ceilings = {Stop.DOLLAR_LIMIT: filled.dollar_limit_leaves, Stop.PAY_LIMIT: filled.pay_leaves}
        assert filled.after_tax == ceilings[filled.stop] == min(ceilings.values())
        if filled.dollar_limit_leaves == filled.pay_leaves:
            assert filled.stop is Stop.DOLLAR_LIMIT


@UNTIMED
@given(OWNERS, st.integers(0, 100), st.integers(0, 100))
def test_more_employer_money_never_gives_more(drawn: tuple[int, Answers], one: int, other: int) -> None:
    sheet = owner(drawn[0], **drawn[1])
    low, high = (sheet.employer_limit * Decimal(part) / 100 for part in sorted((one, other)))
    less, more = sheet.plan_year.with_employer(low), sheet.plan_year.with_employer(high)
    assert more.after_tax <= less.after_tax
    assert more.catch_up <= less.catch_up
    assert more.total <= less.total + Decimal("1e-12")
    assert less.total <= sheet.all_after_tax.total + Decimal("1e-12")


@UNTIMED
@given(OWNERS, st.integers(0, 100), st.integers(1, 100))
def test_a_dollar_costs_one_below_the_meeting_point_and_two_above(
    drawn: tuple[int, Answers], part: int, step: int
) -> None:
    year, answers = drawn
    sheet = owner(year, **answers | {"entity": Entity.SOLE_PROPRIETOR})
    point = sheet.costs_two_from
    assert point is not None
    employer = sheet.employer_limit * part / 100
    before, after = (sheet.plan_year.with_employer(employer + more) for more in (ZERO, Decimal(step)))
    assume(after.after_tax > 0)
    lost = before.after_tax - after.after_tax
    if employer + step <= point:
        assert near(lost, Decimal(step))
    elif employer >= point:
        assert near(lost, Decimal(2 * step))
    else:
        assert step < lost < 2 * step


@UNTIMED
@given(OWNERS)
def test_without_employer_money_deferral_and_after_tax_are_all_of_pay_or_the_whole_limit(
    drawn: tuple[int, Answers],
) -> None:
    sheet = owner(drawn[0], **drawn[1])
    pay = max(ZERO, sheet.plan_year.pay)
    filled = sheet.all_after_tax
    assert filled.employer == 0
    assert near(filled.deferral + filled.after_tax, min(sheet.own_plan_limit, pay))


@UNTIMED
@given(OWNERS)
def test_the_trade_off_is_the_difference_of_the_two_ways(drawn: tuple[int, Answers]) -> None:
    sheet = owner(drawn[0], **drawn[1])
    trade = sheet.trade_off
    assert trade.employer_gained == sheet.deductible_first.employer == sheet.employer_limit
    assert trade.after_tax_lost == sheet.all_after_tax.after_tax - sheet.deductible_first.after_tax
    assert trade.total_lost == sheet.all_after_tax.total - sheet.deductible_first.total
    assert trade.total_lost >= -Decimal("1e-12")


@UNTIMED
@given(OWNERS, st.sampled_from(CORPORATIONS), dollars(500_000))
def test_in_a_corporation_a_dollar_costs_one_and_distributions_count_for_nothing(
    drawn: tuple[int, Answers], entity: Entity, paid_out: Decimal
) -> None:
    year, answers = drawn
    without = owner(year, **answers | {"entity": entity})
    sheet = owner(year, **answers | {"entity": entity, "distributions": paid_out})
    assert near(sheet.trade_off.after_tax_lost, sheet.trade_off.employer_gained)
    assert near(sheet.trade_off.total_lost, ZERO)
    assert sheet.costs_two_from is None
    assert sheet.distributions_left_out == paid_out
    assert sheet.deductible_first == without.deductible_first


@UNTIMED
@given(OWNERS)
def test_what_is_planned_is_put_in_up_to_its_limit_and_taxed_above(drawn: tuple[int, Answers]) -> None:
    sheet = owner(drawn[0], **drawn[1])
    planned = drawn[1]["employer_contribution"]
    assert sheet.planned.employer == min(planned, sheet.employer_limit)
    assert near(sheet.planned.employer + sheet.excess_employer_contribution, planned)
    assert sheet.employer_excise == sheet.excess_employer_contribution / 10


@UNTIMED
@given(OWNERS, st.integers(2, 9))
def test_everything_scales(drawn: tuple[int, Answers], times: int) -> None:
    small = owner(drawn[0], **drawn[1]).plan_year
    dollars_in = {
        field.name: getattr(small, field.name) * times
        for field in fields(PlanYear)
        if field.name not in ("employer_lowers_pay", "employer_rate")
    }
    large = replace(small, **dollars_in)
    for one, many in zip(astuple(small.deductible_first), astuple(large.deductible_first), strict=True):
        if isinstance(one, Decimal):
            assert near(many, one * times)


@UNTIMED
@given(OWNERS, dollars(30_000))
def test_a_403b_takes_from_the_dollar_limit_alone(drawn: tuple[int, Answers], more: Decimal) -> None:
    year, answers = drawn
    sheet = owner(year, **answers)
    fuller = owner(year, **answers | {"additions_in_403b": answers["additions_in_403b"] + more})
    assert fuller.own_plan_limit == max(ZERO, sheet.own_plan_limit - more)
    assert fuller.plan_year.pay == sheet.plan_year.pay
    assert fuller.all_after_tax.additions <= sheet.all_after_tax.additions


def test_wages_of_a_job_lower_nothing_but_the_social_security_part() -> None:
    facts: Answers = {
        "entity": Entity.SOLE_PROPRIETOR,
        "age_band": AgeBand.UNDER_50,
        "profit": Decimal(60_000),
    }
    without, beside = owner(**facts), owner(**facts, social_security_wages=Decimal(200_000))
    assert beside.own_plan_limit == without.own_plan_limit
    assert beside.deferral_aim == without.deferral_aim
    assert beside.net_earnings - without.net_earnings == without.self_employment.social_security / 2


# --- what is asked, and what is told ---------------------------------------------------------------------------------


def asked(sheet: OwnPlan, cell: str) -> str:
    with pytest.raises(Unanswered) as unanswered:
        getattr(sheet, cell)
    return unanswered.value.fact.name


def test_only_what_matters_is_asked() -> None:
    proprietor: Answers = {"entity": Entity.SOLE_PROPRIETOR}
    assert asked(owner(), "all_after_tax") == "entity"
    assert asked(owner(**proprietor), "all_after_tax") == "profit"
    assert asked(owner(**proprietor, profit=ZERO), "all_after_tax") == "age_band"
    assert owner(**proprietor, profit=ZERO, deferral_wanted=ZERO).all_after_tax.total == 0
    assert asked(owner(entity=Entity.PARTNERSHIP), "all_after_tax") == "partner_income"
    limited = owner(entity=Entity.PARTNERSHIP, limited_partner=True, deferral_wanted=ZERO)
    assert limited.all_after_tax.total == 0
    for entity in CORPORATIONS:
        assert asked(owner(entity=entity), "all_after_tax") == "owner_wages"
        assert owner(entity=entity, owner_wages=Decimal(9), deferral_wanted=ZERO).all_after_tax.total == 9
    beside = owner(**proprietor, profit=ZERO, deferral_wanted=ZERO, other_plan=True)
    assert asked(beside, "deferral_aim") == "deferred_elsewhere"
    assert asked(beside, "own_plan_limit") == "employers_related"
    assert asked(owner(**proprietor, profit=ZERO, deferral_wanted=ZERO), "planned") == "employer_contribution"


def test_the_reading_of_a_self_employed_owners_pay_is_one_to_confirm() -> None:
    proprietor = owner(entity=Entity.SOLE_PROPRIETOR, profit=Decimal(60_000), deferral_wanted=ZERO)
    corporation = owner(entity=Entity.S_CORPORATION, owner_wages=Decimal(60_000), deferral_wanted=ZERO)
    for sheet, to_confirm in ((proprietor, {"year_self_employed"}), (corporation, set())):
        assert sheet.all_after_tax.total
        assert sheet.deductible_first.total
        lines = sheet.worksheet(OwnPlan.all_after_tax, OwnPlan.deductible_first, OwnPlan.employer_limits)
        assert {line.cell for line in lines if line.confirm} == to_confirm


def test_a_related_employer_is_refused_only_with_a_plan_there() -> None:
    facts: Answers = {
        "entity": Entity.S_CORPORATION,
        "owner_wages": Decimal(60_000),
        "employers_related": True,
    }
    assert owner(**facts).own_plan_limit == 72_000
    with pytest.raises(Inconsistent) as refused:
        _ = owner(**facts, other_plan=True).own_plan_limit
    assert refused.value.facts == ("employers_related",)


@pytest.mark.parametrize("entity", Entity)
@pytest.mark.parametrize("staff", [True, False])
@pytest.mark.parametrize("same_payer", [True, False])
def test_conditions_come_with_what_makes_them(entity: Entity, staff: bool, same_payer: bool) -> None:
    told = owner(entity=entity, has_staff=staff, same_payer=same_payer).conditions
    assert told[:2] == (Condition.AFTER_TAX_IN_DOCUMENT, Condition.WAY_TO_ROTH_IN_DOCUMENT)
    assert (Condition.THROUGH_PAYROLL in told) is (entity in CORPORATIONS)
    assert (Condition.ACP_TEST in told) is staff
    assert (Condition.CONTRACTOR_IN_FACT in told) is same_payer
    assert len(told) == 2 + (entity in CORPORATIONS) + staff + same_payer
    assert not owner(entity=entity).conditions[2:] or entity in CORPORATIONS


@pytest.mark.parametrize("entity", Entity)
def test_only_wages_from_the_business_make_its_catch_up_roth(entity: Entity) -> None:
    sheet = owner(entity=entity, age_band=AgeBand.FROM_50, over_wages=OverWages.YES)
    assert sheet.owner_roth_catch_up is (OverWages.YES if entity in CORPORATIONS else OverWages.NO)


def test_a_plan_of_which_no_rate_is_told_is_bound_by_the_law_alone() -> None:
    sheet = owner()
    assert sheet.plan_rate == 1
    assert sheet.employer_rate == Decimal("0.25")


def test_a_sole_proprietor_is_told_of_no_distributions() -> None:
    assert owner(entity=Entity.SOLE_PROPRIETOR, distributions=Decimal(9)).distributions_left_out == 0
    assert owner(entity=Entity.S_CORPORATION).distributions_left_out == 0


CELLS = [cell for sheet in (OwnPlan, OwnPlanDates) for cell in sheet.cells().values()]


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_every_rule_names_its_clause(cell: Derived[Any, Any]) -> None:
    assert cell.citation == "arithmetic" or any(
        source in cell.citation for source in ("IRC ", "Reg. ", "SECURE 2.0 Act")
    )


@pytest.mark.parametrize("sheet", [SelfEmployed, OwnPlan, OwnPlanDates, Couple])
def test_every_fact_and_every_cell_has_a_name_in_words(sheet: type[Case]) -> None:
    library = load_library()
    assert set(sheet.facts()) <= set(library.cells) | set(library.questions)
    assert set(sheet.cells()) <= set(library.cells)
