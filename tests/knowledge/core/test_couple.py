"""What must hold for a couple, whatever the answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.core.couple import NOTHING, Couple, Household, SpouseCondition, SpouseRole
from knowledge.core.facts import AgeBand
from knowledge.core.own_plan import Condition
from knowledge.core.self_employed import Entity
from knowledge.core.sheet import Derived, Inconsistent, Unanswered
from tests.knowledge.core.owners import COUPLES, OWNERS, couple, owner
from tests.knowledge.core.people import LAW, UNTIMED

ZERO = Decimal(0)
CENT = Decimal("0.01")
Answers = dict[str, Any]


def near(a: Decimal, b: Decimal) -> bool:
    return abs(a - b) < Decimal("1e-12")


def households(sheet: Couple) -> tuple[Household, Household]:
    return sheet.together_all_after_tax, sheet.together_deductible_first


@UNTIMED
@given(COUPLES)
def test_each_stays_within_the_own_pay_and_the_own_limit(drawn: tuple[int, Answers]) -> None:
    year, answers = drawn
    sheet = couple(year, **answers)
    limit = LAW[year].annual_additions.value
    for together in households(sheet):
        spouse = together.spouse
        pay = answers["spouse_wages"]
        if answers["spouse_role"] is SpouseRole.PARTNER:
            pay = max(ZERO, sheet.spouse_self_employment.net_earnings[0] - spouse.employer)
        assert spouse.additions < min(limit, pay) + CENT
        assert spouse.deferral + spouse.catch_up <= answers["spouse_deferral_wanted"]
        assert spouse.deferral + spouse.catch_up < pay + CENT
        assert together.owner.additions <= sheet.own_plan_limit


@UNTIMED
@given(COUPLES)
def test_the_household_is_the_sum_and_is_held_against_the_owner_alone(drawn: tuple[int, Answers]) -> None:
    sheet = couple(drawn[0], **drawn[1])
    for together, alone in zip(households(sheet), (sheet.all_after_tax, sheet.deductible_first), strict=True):
        assert together.after_tax == together.owner.after_tax + together.spouse.after_tax
        assert together.total == together.owner.total + together.spouse.total
        assert together.more_after_tax == together.after_tax - alone.after_tax
        assert together.more_total == together.total - alone.total
    gained = sheet.together_all_after_tax.more_after_tax
    assert near(sheet.more_after_tax_less_tax, gained - sheet.spouse_tax_cost)
    assert sheet.spouse_tax_cost == sheet.spouse_payroll_tax + sheet.self_employment_tax_change


@UNTIMED
@given(COUPLES)
def test_the_owner_alone_is_the_same_with_any_spouse(drawn: tuple[int, Answers]) -> None:
    year, answers = drawn
    alone = {name: value for name, value in answers.items() if not name.startswith("spouse_")}
    sheet = couple(year, **answers)
    assert sheet.all_after_tax == owner(year, **alone).all_after_tax
    assert sheet.deductible_first == owner(year, **alone).deductible_first


@UNTIMED
@given(OWNERS)
def test_a_spouse_without_pay_changes_nothing(drawn: tuple[int, Answers]) -> None:
    sheet = couple(drawn[0], **drawn[1], spouse_role=SpouseRole.NONE)
    for together, alone in zip(households(sheet), (sheet.all_after_tax, sheet.deductible_first), strict=True):
        assert together.spouse == NOTHING
        assert together.owner == alone
        assert together.more_after_tax == together.more_total == 0
    assert sheet.spouse_tax_cost == sheet.more_after_tax_less_tax == sheet.spouse_wage_cost == 0
    assert NOTHING.total == NOTHING.after_tax == 0


@UNTIMED
@given(COUPLES)
def test_a_corporation_leaves_the_owners_wages_alone(drawn: tuple[int, Answers]) -> None:
    year, answers = drawn
    sheet = couple(year, **answers | {"entity": Entity.C_CORPORATION, "spouse_role": SpouseRole.PAYROLL})
    assert sheet.together_all_after_tax.owner == sheet.all_after_tax
    assert sheet.together_deductible_first.owner == sheet.deductible_first
    assert sheet.self_employment_tax_change == 0
    assert sheet.spouse_tax_cost == sheet.spouse_payroll_tax


@UNTIMED
@given(COUPLES)
def test_a_wage_of_a_sole_proprietor_takes_itself_and_half_its_tax_off_the_profit(
    drawn: tuple[int, Answers],
) -> None:
    year, answers = drawn
    sheet = couple(year, **answers | {"entity": Entity.SOLE_PROPRIETOR, "spouse_role": SpouseRole.PAYROLL})
    assert sheet.spouse_wage_cost == answers["spouse_wages"] + sheet.spouse_payroll_tax / 2
    left = sheet.profit_beside_spouse
    assert left == answers["profit"] - sheet.spouse_wage_cost
    assert sheet.self_employment_tax_change <= 0
    apart = owner(
        year,
        **{k: v for k, v in answers.items() if not k.startswith("spouse_")}
        | {"profit": left, "entity": Entity.SOLE_PROPRIETOR},
    )
    assert sheet.together_all_after_tax.owner == apart.all_after_tax
    employer = sheet.together_deductible_first.spouse.employer
    poorer = owner(
        year,
        **{k: v for k, v in answers.items() if not k.startswith("spouse_")}
        | {"profit": left - employer, "entity": Entity.SOLE_PROPRIETOR},
    )
    assert sheet.together_deductible_first.owner == poorer.deductible_first


@UNTIMED
@given(COUPLES)
def test_partners_divide_the_profit_and_pay_each_their_own_tax(drawn: tuple[int, Answers]) -> None:
    year, answers = drawn
    sheet = couple(year, **answers | {"entity": Entity.SOLE_PROPRIETOR, "spouse_role": SpouseRole.PARTNER})
    theirs = answers["profit"] * answers["spouse_share"]
    assert near(sheet.profit_beside_spouse + theirs, answers["profit"])
    alone = {k: v for k, v in answers.items() if not k.startswith("spouse_")}
    spouse = owner(
        year,
        entity=Entity.SOLE_PROPRIETOR,
        profit=theirs,
        social_security_wages=answers["spouse_social_security_wages"],
    )
    mine = owner(year, **alone | {"entity": Entity.SOLE_PROPRIETOR, "profit": sheet.profit_beside_spouse})
    assert sheet.spouse_self_employment == spouse.self_employment
    assert near(
        sheet.self_employment_tax_change,
        mine.self_employment.tax + spouse.self_employment.tax - sheet.self_employment.tax,
    )
    assert sheet.spouse_payroll_tax == sheet.spouse_wage_cost == 0
    assert sheet.together_deductible_first.owner == mine.deductible_first


@UNTIMED
@given(COUPLES)
def test_a_spouse_on_the_payroll_has_the_room_of_any_employee_with_that_wage(
    drawn: tuple[int, Answers],
) -> None:
    year, answers = drawn
    sheet = couple(year, **answers | {"entity": Entity.S_CORPORATION, "spouse_role": SpouseRole.PAYROLL})
    twin = owner(
        year,
        entity=Entity.S_CORPORATION,
        age_band=answers["spouse_age_band"],
        owner_wages=answers["spouse_wages"],
        plan_rate=answers["plan_rate"],
        deferral_wanted=answers["spouse_deferral_wanted"],
        other_plan=True,
        employers_related=False,
        deferred_elsewhere=answers["spouse_deferred_elsewhere"],
    )
    assert sheet.together_all_after_tax.spouse == twin.all_after_tax
    assert sheet.together_deductible_first.spouse == twin.deductible_first


@UNTIMED
@given(OWNERS, st.integers(0, 200_000), st.integers(0, 20_000))
def test_a_job_elsewhere_adds_to_the_household_and_costs_the_business_nothing(
    drawn: tuple[int, Answers], pay: int, money: int
) -> None:
    sheet = couple(
        drawn[0],
        **drawn[1],
        spouse_role=SpouseRole.OWN_JOB,
        spouse_wages=Decimal(pay + 20_000),
        spouse_deferral_wanted=ZERO,
        spouse_employer_money=Decimal(money),
    )
    for together, alone in zip(households(sheet), (sheet.all_after_tax, sheet.deductible_first), strict=True):
        assert together.owner == alone
        assert together.spouse.employer == money
        assert together.spouse.additions == min(LAW[drawn[0]].annual_additions.value, pay + 20_000)
        assert abs(together.more_after_tax - together.spouse.after_tax) < Decimal("1e-15")
    assert sheet.spouse_tax_cost == sheet.spouse_wage_cost == 0


@pytest.mark.parametrize("money", ["47500", "47500.01"])
def test_employer_money_of_the_own_job_meets_the_dollar_limit(money: str) -> None:
    sheet = couple(
        entity=Entity.S_CORPORATION,
        age_band=AgeBand.UNDER_50,
        owner_wages=Decimal(60_000),
        spouse_role=SpouseRole.OWN_JOB,
        spouse_age_band=AgeBand.UNDER_50,
        spouse_wages=Decimal(200_000),
        spouse_employer_money=Decimal(money),
    )
    if money == "47500":
        assert sheet.together_all_after_tax.spouse.additions == 72_000
        return
    with pytest.raises(Inconsistent) as refused:
        _ = sheet.together_all_after_tax
    assert refused.value.facts == ("spouse_wages", "spouse_deferral_wanted", "spouse_employer_money")


@pytest.mark.parametrize(
    ("entity", "role"),
    [
        (Entity.PARTNERSHIP, SpouseRole.PAYROLL),
        (Entity.PARTNERSHIP, SpouseRole.PARTNER),
        (Entity.S_CORPORATION, SpouseRole.PARTNER),
        (Entity.C_CORPORATION, SpouseRole.PARTNER),
    ],
)
def test_a_place_that_the_business_cannot_give_is_refused(entity: Entity, role: SpouseRole) -> None:
    with pytest.raises(Inconsistent) as refused:
        _ = couple(entity=entity, spouse_role=role).spouse_in_business
    assert refused.value.facts == ("entity", "spouse_role")


@pytest.mark.parametrize("role", SpouseRole)
def test_a_spouse_in_the_business_has_to_work_there(role: SpouseRole) -> None:
    sheet = couple(entity=Entity.SOLE_PROPRIETOR, spouse_role=role)
    expected = {
        SpouseRole.PAYROLL: (SpouseCondition.REAL_WORK,),
        SpouseRole.PARTNER: (SpouseCondition.REAL_PARTNER,),
    }
    assert sheet.spouse_conditions == expected.get(role, ())
    assert sheet.spouse_in_business is (role in expected)
    assert Condition.ACP_TEST not in sheet.conditions  # a spouse alone calls for no test
    assert Couple.cells()["spouse_conditions"].confirm


def asked(cell: str, **answers: object) -> str:
    known: Answers = {"entity": Entity.S_CORPORATION, "owner_wages": Decimal(9), "deferral_wanted": ZERO}
    with pytest.raises(Unanswered) as unanswered:
        getattr(couple(**known | answers), cell)
    return unanswered.value.fact.name


def test_only_what_matters_is_asked_about_the_spouse() -> None:
    cell = "together_all_after_tax"
    assert asked(cell) == "spouse_role"
    assert asked(cell, spouse_role=SpouseRole.PAYROLL) == "spouse_wages"
    assert asked(cell, spouse_role=SpouseRole.OWN_JOB) == "spouse_wages"
    assert asked(cell, spouse_role=SpouseRole.PAYROLL, spouse_wages=ZERO) == "spouse_age_band"
    at_the_limit = couple(spouse_deferral_wanted=Decimal(24_500))
    assert at_the_limit.spouse_deferral_aim == 24_500  # as much as anybody may, whatever the age
    assert asked("spouse_deferral_aim", spouse_deferral_wanted=Decimal("24500.01")) == "spouse_age_band"
    proprietor = {"entity": Entity.SOLE_PROPRIETOR, "profit": ZERO}
    assert asked(cell, **proprietor, spouse_role=SpouseRole.PARTNER) == "spouse_share"


@pytest.mark.parametrize("cell", Couple.cells().values(), ids=lambda cell: cell.name)
def test_every_rule_names_its_clause(cell: Derived[Any, Any]) -> None:
    assert cell.citation == "arithmetic" or any(
        source in cell.citation for source in ("IRC ", "Reg. ", "SECURE 2.0 Act")
    )
