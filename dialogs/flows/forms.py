"""*Form 1099-R*: which boxes to expect for what happened, and whether the form that came says the same."""

from __future__ import annotations

from dialogs.flows.flow import Flow, Verdict, in_order
from dialogs.flows.repair import Amounts
from knowledge.core.form_1099_r import Form1099R, PlanEvent
from knowledge.core.match import ZERO
from knowledge.core.sheet import Fact

OUT_OF_AFTER_TAX = (PlanEvent.IN_PLAN_ROTH, PlanEvent.TO_ROTH_IRA, PlanEvent.SPLIT, PlanEvent.CASH)


class Forms(Amounts, Form1099R):
    """What happened to the money in a year, and the form that came, if one has."""

    form_came = Fact(bool)


def forms(case: Forms) -> Verdict:
    """Read the outline: what happened, then the amounts of that event alone."""
    in_order(case.plan_event)
    if case.with_amounts:
        in_order(_asked_for(case), case.forms_1099_r)
        in_order(case.box_2a_off_by if case.form_came else None)
    return Verdict.FORMS


def _asked_for(case: Forms) -> object:
    """The amounts in the order in which a person finds them."""
    if case.plan_event in OUT_OF_AFTER_TAX:
        return case.after_tax_basis, case.contract_value
    if case.plan_event is PlanEvent.ROTH_ACCOUNT_TO_ROTH_IRA:
        return case.roth_account_basis, case.roth_account_balance
    return case.refunded_after_tax if case.plan_event is PlanEvent.FAILED_TEST else None


def _shows(case: Forms) -> tuple[str, ...]:
    if not case.with_amounts:
        return ("form_8606_due",)
    return ("all_box_1", "all_box_2a", *(("box_2a_off_by",) if case.form_came else ()), "form_8606_due")


FORMS = Flow(
    "forms",
    Forms,
    forms,
    dollars=lambda case: case.all_box_2a if case.with_amounts else ZERO,
    shows=_shows,
    columns=("all_box_1", "all_box_2a", "box_2a_off_by"),
    then=("repair", "convert"),
    event=True,
)
