"""*Self-employed*: the plan of a business for its owner.

A person can have a job and its plan beside the business. Seen from the job "the other plan" is that of the business, seen
from the business it is that of the job, and all flows share their answers by the names of the facts. So what is asked
here of the job goes by names of its own; the rules of the core read it under theirs.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dialogs.flows.flow import Flow, Verdict, in_order
from knowledge.core.match import ZERO
from knowledge.core.own_plan import OwnPlan
from knowledge.core.own_plan_dates import OwnPlanDates
from knowledge.core.self_employed import Entity
from knowledge.core.sheet import ARITHMETIC, Fact, Unanswered, derived


class OwnBusiness(OwnPlan, OwnPlanDates):
    """The owner's plan and its dates, with the job beside it under names of its own."""

    other_plan = job_plan = Fact(bool)
    """Whether the person pays into the plan of a job this year, beside the business."""
    deferred_elsewhere = job_deferral = Fact(
        Decimal,
        lambda case: ({"job_deferral": ZERO}, {"job_deferral": case.limits.elective_deferral.value}),
    )
    """What the person defers at that job, catch-up included."""
    employers_related = business_related = Fact(
        bool, lambda case: ({"business_related": False}, {"business_related": True})
    )
    """Whether the business and that employer are one employer for the limit."""
    new_plan = own_plan_is_new = Fact(bool, default=False)
    """Whether this is the first year of the plan of the business."""

    def is_answered(self, fact: Fact[Any]) -> bool:
        """Whether there is an answer to ``fact``, be it "not sure"; neither asks nor records."""
        return self._answers.get(fact.name) is not None

    @property
    def counted_in_403b(self) -> Decimal:
        """Nothing without the plan of a job, whatever was once told of one."""
        return super().counted_in_403b if self.job_plan else ZERO

    @derived(ARITHMETIC)
    def after_tax_beside_employer(self) -> Decimal:
        """The after-tax room that the largest employer contribution leaves."""
        return self.deductible_first.after_tax


def own(case: OwnBusiness) -> Verdict:
    """*Self-employed*: what can go into the plan of the business, with employer money and without."""
    in_order(case.entity, case.age_band)
    if shares_limit(case):
        return Verdict.SHARED_LIMIT
    in_order(case.has_staff, None if case.has_staff else case.retroactive_deferral_by)
    if not has_pay(case):
        return Verdict.NO_OWN_PAY
    ask_numbers_of_job(case)
    in_order(case.all_after_tax, case.trade_off)
    return Verdict.OWN_PLAN_ROOM


def ask(case: OwnBusiness, *facts: Fact[Any]) -> None:
    """Ask ``facts`` here, where they matter, although they have a default."""
    for fact in facts:
        if not case.is_answered(fact):
            raise Unanswered(fact, ())
        in_order(getattr(case, fact.name))


def shares_limit(case: OwnBusiness) -> bool:
    """Ask about a job beside the business; whether the plans of both count as one."""
    if not case.job_plan:
        return False
    if case.business_related:
        return True
    ask(case, OwnPlan.same_payer)
    return False


def has_pay(case: OwnBusiness) -> bool:
    """Ask what the business pays the owner; whether it is anything at all."""
    if case.entity.is_corporation:
        return case.owner_wages > 0
    if case.entity is Entity.PARTNERSHIP:
        in_order(case.limited_partner, None if case.limited_partner else case.partner_income)
    return case.business_earnings > 0


def ask_numbers_of_job(case: OwnBusiness) -> None:
    """Ask what the job takes of the limits of the person, and of the Social Security wage base."""
    if case.job_plan:
        in_order(case.job_deferral)
        ask(case, OwnPlan.additions_in_403b)
        if not case.entity.is_corporation:
            ask(case, OwnPlan.social_security_wages)


def _shows(case: OwnBusiness) -> tuple[str, ...]:
    cells = ("all_after_tax", "deductible_first", "trade_off", "after_tax_by", "employer_money_by")
    return cells if case.entity.is_corporation else (*cells, "costs_two_from")


ASKS = frozenset(
    fact.name
    for fact in (
        OwnPlan.has_staff,
        OwnBusiness.own_plan_is_new,
        OwnPlan.limited_partner,
        OwnPlan.guaranteed_payments,
    )
)
"""Facts with a default that are asked of whom they are about: a wrong default would be a wrong result."""

OWN = Flow(
    "own",
    OwnBusiness,
    own,
    asks=ASKS,
    dollars=lambda case: case.all_after_tax.after_tax,
    shows=_shows,
    columns=("own_plan_limit", "employer_limit", "after_tax_beside_employer"),
    then=("couple", "convert", "worth"),
    reviewed=True,
)
