"""*My paychecks*: what to elect on each paycheck that is still to come, and what going too fast costs.

The even pace comes first: it fills the year without losing employer money. Beside it stands what deferring early and
what filling the limit early would cost this person, in dollars, and where the year ends if nothing changes.
"""

from __future__ import annotations

from decimal import Decimal

from dialogs.flows.flow import Flow, Verdict, in_order
from knowledge.core.match import ZERO
from knowledge.core.paychecks import Paychecks


def paychecks(case: Paychecks) -> Verdict:
    """Read the outline of the year by paycheck."""
    in_order(case.takes_after_tax, case.pay, case.pay_schedule, case.next_pay_day)
    if not case.paychecks_left:
        return Verdict.NO_PAYCHECK_LEFT
    in_order(case.checks_so_far, case.bonuses)
    if not case.has_pay_to_come:
        return Verdict.NO_PAYCHECK_LEFT
    in_order(case.age_band, case.deferral, case.employer_money)
    in_order(case.match_basis if case.employer_money.tiers else None)
    in_order(case.plan_cap if case.takes_after_tax else None, case.election_step, case.in_so_far)
    in_order(case.deferral_election)
    if case.election_is_told:
        in_order(case.after_tax_election if case.takes_after_tax else None, case.current_year)
    in_order(case.even_year, case.even_dollars, case.early_deferral_cost)
    in_order(case.early_after_tax_cost if case.takes_after_tax else None)
    return Verdict.EVEN_PACE


def _after_tax_to_come(case: Paychecks) -> Decimal:
    """After-tax dollars that the even pace still puts in this year."""
    if not _has_year(case):
        return ZERO
    return case.even_year.after_tax - case.in_so_far.after_tax


def _has_year(case: Paychecks) -> bool:
    return bool(case.paychecks_left) and case.has_pay_to_come


def _shows(case: Paychecks) -> tuple[str, ...]:
    return ("even_elections", "even_year", "early_deferral_cost") if _has_year(case) else ("paychecks_left",)


PAYCHECKS = Flow(
    "paychecks",
    Paychecks,
    paychecks,
    assumed={"other_plan": False, "whole_year": True},
    asks=frozenset({"match_basis", "election_step", "bonuses"}),
    dollars=_after_tax_to_come,
    shows=_shows,
    columns=(
        "even_elections",
        "most_match",
        "early_deferral_cost",
        "early_after_tax_cost",
        "current_year",
    ),
    then=("convert", "acp"),
    reviewed=True,
)
