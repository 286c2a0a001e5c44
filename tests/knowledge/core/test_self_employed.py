"""What must hold for self-employment tax, whatever the profits."""

from __future__ import annotations

from dataclasses import astuple, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.core.limits import Rate, load_statute
from knowledge.core.self_employed import Entity, SelfEmployed, self_employment_tax
from knowledge.core.sheet import Origin
from tests.knowledge.core.owners import CORPORATIONS, PROFITS, case
from tests.knowledge.core.people import UNTIMED, dollars

STATUTE = load_statute()
ZERO = Decimal(0)
WAGE_BASE = Decimal(184_500)
Answers = dict[str, Any]


def near(a: Decimal, b: Decimal) -> bool:
    return abs(a - b) < Decimal("1e-12")


@pytest.mark.parametrize(
    ("profit", "wage_base", "tax", "half"),
    [
        (9_440, 94_200, "1333.82952", "666.91476"),  # 2006: accountantforums.com 16906
        (60_000, 127_200, "8477.73", "4238.865"),  # 2017: irahelp.com 29733
        (11_500, 160_200, "1624.89825", "812.449125"),  # 2023: ttlc.intuit.com 3289910
        (60_000, 50_000, "7806.89", "3903.445"),  # 12.4 % of 50,000 and 2.9 % of 55,410
    ],
)
def test_the_wage_base_of_any_year_can_be_given(profit: int, wage_base: int, tax: str, half: str) -> None:
    worked = self_employment_tax((Decimal(profit),), ZERO, Decimal(wage_base), STATUTE)
    assert (worked.tax, worked.half) == (Decimal(tax), Decimal(half))
    assert worked.net_earnings == (profit - Decimal(half),)


@pytest.mark.parametrize(
    ("profit", "base"), [("399.99", ZERO), ("400", Decimal(400)), ("400.01", Decimal("400.01"))]
)
def test_the_tax_begins_at_exactly_the_minimum(profit: str, base: Decimal) -> None:
    whole = replace(
        STATUTE, net_earnings_factor=Rate("net_earnings_factor", Decimal(1), "fraction", "a test")
    )
    worked = self_employment_tax((Decimal(profit),), ZERO, WAGE_BASE, whole)
    assert worked.base == base
    assert bool(worked.tax) is bool(base)


@UNTIMED
@given(st.lists(PROFITS, min_size=1, max_size=4), dollars(250_000))
def test_the_half_falls_whole_on_the_businesses_with_a_profit(profits: list[Decimal], wages: Decimal) -> None:
    worked = self_employment_tax(profits, wages, WAGE_BASE, STATUTE)
    assert near(sum(worked.halves, ZERO), worked.half)
    assert worked.tax == worked.social_security + worked.medicare == 2 * worked.half
    for profit, half, net in zip(profits, worked.halves, worked.net_earnings, strict=True):
        assert net == profit - half
        assert half >= 0
        assert not half or profit > 0


@UNTIMED
@given(PROFITS, PROFITS, dollars(250_000))
def test_businesses_are_taxed_as_one(one: Decimal, other: Decimal, wages: Decimal) -> None:
    apart = self_employment_tax((one, other), wages, WAGE_BASE, STATUTE)
    together = self_employment_tax((one + other,), wages, WAGE_BASE, STATUTE)
    assert astuple(apart)[:5] == astuple(together)[:5]
    if one > 0 and other > 0:
        assert near(apart.halves[0] * other, apart.halves[1] * one)


@UNTIMED
@given(dollars(500_000), dollars(250_000), dollars(10_000))
def test_more_profit_never_less_tax_and_more_wages_never_more(
    profit: Decimal, wages: Decimal, more: Decimal
) -> None:
    before = self_employment_tax((profit,), wages, WAGE_BASE, STATUTE)
    assert self_employment_tax((profit + more,), wages, WAGE_BASE, STATUTE).tax >= before.tax
    richer = self_employment_tax((profit,), wages + more, WAGE_BASE, STATUTE)
    assert richer.tax <= before.tax
    assert richer.medicare == before.medicare


@UNTIMED
@given(dollars(90_000).filter(lambda profit: profit > 1_000))
def test_twice_the_profit_under_the_wage_base_is_twice_the_tax(profit: Decimal) -> None:
    once = self_employment_tax((profit,), ZERO, WAGE_BASE, STATUTE)
    assert self_employment_tax((2 * profit,), ZERO, WAGE_BASE, STATUTE).tax == 2 * once.tax


def test_every_rate_of_the_tax_is_on_the_worksheet() -> None:
    sheet = case(SelfEmployed, {"entity": Entity.SOLE_PROPRIETOR, "profit": Decimal(60_000)})
    assert sheet.net_earnings == Decimal("55761.135")
    law = {line.cell for line in sheet.worksheet(SelfEmployed.net_earnings) if line.origin is Origin.LAW}
    assert law == {
        "net_earnings_factor",
        "oasdi_rate",
        "medicare_rate",
        "self_employment_minimum",
        "self_employment_deduction",
        "2026.social_security_wage_base",
    }


@pytest.mark.parametrize("entity", CORPORATIONS)
def test_a_corporation_gives_its_owner_no_earnings_from_self_employment(entity: Entity) -> None:
    sheet = case(SelfEmployed, {"entity": entity, "profit": Decimal(60_000)})
    assert sheet.business_earnings == sheet.self_employment.tax == 0


def test_a_partner_has_a_share_and_what_is_paid_for_the_work_less_own_expenses() -> None:
    partner: Answers = {
        "entity": Entity.PARTNERSHIP,
        "partner_income": Decimal(100),
        "guaranteed_payments": Decimal(30),
        "unreimbursed_expenses": Decimal(7),
    }
    assert case(SelfEmployed, partner).business_earnings == 123
    assert case(SelfEmployed, partner | {"limited_partner": True}).business_earnings == 23
