"""Take-home pay: what a paycheck leaves in cash once contributions and taxes are out of it.

Elective deferrals are wages for Social Security and Medicare tax (IRC 3121(v)(1)(A)), after-tax money is too; only
pre-tax deferrals lower what income tax is withheld on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge.core.match import ZERO, to_the_cent
from knowledge.core.payroll import Paycheck


@dataclass(frozen=True, slots=True)
class PayTaxes:
    """What is withheld from pay: the employee's rates and thresholds, and what the person says of the rest.

    Social Security tax is on wages of the year up to ``wage_base`` (IRC 3101(a), 3121(a)(1)), Medicare tax on all
    (3101(b)(1)), and an employer withholds the additional Medicare tax on wages over ``additional_over`` whatever the
    return of the employee (3102(f)(1)). ``income_tax_rate`` is a fraction of pay less pre-tax deferrals, income tax of
    the state included; ``pretax_share`` the fraction of deferrals that is not Roth; ``other_deductions`` dollars of
    each paycheck that pays.
    """

    social_security_rate: Decimal
    wage_base: Decimal
    medicare_rate: Decimal
    additional_rate: Decimal
    additional_over: Decimal
    income_tax_rate: Decimal
    pretax_share: Decimal
    other_deductions: Decimal


@dataclass(frozen=True, slots=True)
class TakeHome:
    """One paycheck in cash: what comes out of ``gross``, in dollars to the cent, and what is ``left``.

    Below 0 the check does not hold what was elected.
    """

    number: int
    day: date | None
    gross: Decimal
    deferral: Decimal
    after_tax: Decimal
    social_security: Decimal
    medicare: Decimal
    income_tax: Decimal
    other: Decimal
    left: Decimal


def take_home(paychecks: Sequence[Paycheck], taxes: PayTaxes, wages_so_far: Decimal) -> Iterator[TakeHome]:
    """Yield the cash of each of ``paychecks``, after ``wages_so_far`` dollars of this employer this year."""
    wages = wages_so_far
    for one in paychecks:
        after = wages + one.gross
        in_base = max(ZERO, min(after, taxes.wage_base) - wages)
        over = max(ZERO, after - max(wages, taxes.additional_over))
        social_security = to_the_cent(taxes.social_security_rate * in_base)
        medicare = to_the_cent(taxes.medicare_rate * one.gross + taxes.additional_rate * over)
        income_tax = to_the_cent(taxes.income_tax_rate * (one.gross - taxes.pretax_share * one.deferral))
        other = taxes.other_deductions if one.gross else ZERO
        out = one.deferral + one.after_tax + social_security + medicare + income_tax + other
        yield TakeHome(
            number=one.number,
            day=one.day,
            gross=one.gross,
            deferral=one.deferral,
            after_tax=one.after_tax,
            social_security=social_security,
            medicare=medicare,
            income_tax=income_tax,
            other=other,
            left=one.gross - out,
        )
        wages = after
