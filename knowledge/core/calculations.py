"""Every calculation by its name. Imported only by what calculates on demand; the conversation reads its sheet."""

from __future__ import annotations

from collections.abc import Mapping

from knowledge.core import (
    acp,
    acp_refund,
    after_tax_account,
    conversion,
    correction,
    couple,
    employee,
    employers,
    form_1099_r,
    highly_compensated,
    matching,
    moved_refund,
    own_plan,
    own_plan_dates,
    pace,
    paychecks,
    rollover_split,
    roth_ira,
    route,
    self_employed,
    tax,
    withdrawal,
    worth,
)
from knowledge.core.calculation import Calculation

CALCULATIONS: Mapping[str, Calculation] = {
    calculation.name: calculation
    for subject in (
        employee,
        pace,
        matching,
        paychecks,
        employers,
        correction,
        highly_compensated,
        acp,
        acp_refund,
        worth,
        self_employed,
        own_plan,
        own_plan_dates,
        couple,
        after_tax_account,
        conversion,
        rollover_split,
        form_1099_r,
        route,
        moved_refund,
        withdrawal,
        roth_ira,
        tax,
    )
    for calculation in subject.CALCULATIONS
}
"""What can be worked out, in the order in which it is usually told."""
