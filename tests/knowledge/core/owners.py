"""Made-up owners of businesses, and their spouses, for the tests."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeVar

from hypothesis import strategies as st

from knowledge.core.case import Case
from knowledge.core.couple import Couple, SpouseRole
from knowledge.core.facts import AgeBand
from knowledge.core.own_plan import OwnPlan
from knowledge.core.self_employed import Entity
from knowledge.core.sheet import Supposition
from tests.knowledge.core.people import LAW, dollars, fractions

C = TypeVar("C", bound=Case)

ALONE: Supposition = {"other_plan": False}
UNINCORPORATED = (Entity.SOLE_PROPRIETOR, Entity.PARTNERSHIP)
CORPORATIONS = (Entity.S_CORPORATION, Entity.C_CORPORATION)


def case(sheet: type[C], answers: Mapping[str, object], year: int = 2026) -> C:
    """The case of somebody who gave ``answers`` about ``year``; no other plan unless told."""
    return sheet(answers, LAW[year], LAW.years.get(year - 1), assumed=ALONE)


def owner(year: int = 2026, **answers: object) -> OwnPlan:
    """An owner who gave ``answers``."""
    return case(OwnPlan, answers, year)


def couple(year: int = 2026, **answers: object) -> Couple:
    """An owner and a spouse who gave ``answers``."""
    return case(Couple, answers, year)


YEARS = st.sampled_from(sorted(LAW.years))
AGES = st.sampled_from([30, 49, 50, 59, 60, 63, 64, 70]).map(AgeBand.of)
PROFITS = dollars(100_000) | dollars(1_000_000) | dollars(50_000).map(lambda loss: -loss)
FACTS = {
    "age_band": AGES,
    "profit": PROFITS,
    "partner_income": PROFITS,
    "guaranteed_payments": dollars(50_000),
    "unreimbursed_expenses": dollars(20_000),
    "limited_partner": st.booleans(),
    "other_profits": st.lists(PROFITS, max_size=2).map(tuple),
    "social_security_wages": dollars(250_000),
    "owner_wages": dollars(100_000) | dollars(600_000),
    "other_plan": st.booleans(),
    "employers_related": st.just(False),
    "deferred_elsewhere": dollars(40_000),
    "additions_in_403b": st.just(Decimal(0)) | dollars(80_000),
    "plan_rate": st.just(Decimal(1)) | fractions(30),
    "deferral_wanted": st.just(Decimal(10**9)) | dollars(40_000),
    "employer_contribution": dollars(100_000),
}
OWNERS = st.tuples(YEARS, st.fixed_dictionaries({"entity": st.sampled_from(Entity), **FACTS}))
"""A year and an answer to every fact of an owner: losses and people over every limit are among them."""

SPOUSES = {
    "spouse_age_band": AGES,
    "spouse_wages": dollars(100_000) | dollars(600_000),
    "spouse_share": fractions(100),
    "spouse_social_security_wages": dollars(250_000),
    "spouse_deferral_wanted": st.just(Decimal(10**9)) | dollars(40_000),
    "spouse_deferred_elsewhere": st.just(Decimal(0)) | dollars(40_000),
}
IN_BUSINESS = st.sampled_from(
    [
        (Entity.SOLE_PROPRIETOR, SpouseRole.PAYROLL),
        (Entity.SOLE_PROPRIETOR, SpouseRole.PARTNER),
        (Entity.S_CORPORATION, SpouseRole.PAYROLL),
        (Entity.C_CORPORATION, SpouseRole.PAYROLL),
    ]
)
COUPLES = st.tuples(YEARS, IN_BUSINESS, st.fixed_dictionaries(FACTS), st.fixed_dictionaries(SPOUSES)).map(
    lambda drawn: (
        drawn[0],
        {"entity": drawn[1][0], "spouse_role": drawn[1][1], **drawn[2], **drawn[3]},
    )
)
"""A year and an answer to every fact of an owner with a spouse in the business."""
