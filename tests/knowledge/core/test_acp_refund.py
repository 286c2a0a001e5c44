"""What must hold after a failed ACP test, whatever the year and the amounts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.core.acp_refund import AcpExcise, AcpRefund, CorrectionTime, months_after_year
from knowledge.core.match import ZERO
from knowledge.core.sheet import Inconsistent
from tests.knowledge.core.people import LAW, UNTIMED, dollars

DAY = timedelta(days=1)
FREE, EXCISE, LATE = CorrectionTime


def excise(day: date, *, automatic: bool, excess: Decimal = Decimal(1_000)) -> AcpExcise:
    facts = {"excess_aggregate": excess, "automatic_enrollment": automatic, "acp_corrected_on": day}
    return AcpExcise(facts, LAW[2026])


@pytest.mark.parametrize(
    ("months", "day"),
    [
        ("1", "2028-01-31"),
        ("2", "2028-02-29"),
        ("2.5", "2028-03-15"),
        ("6", "2028-06-30"),
        ("0.5", "2028-01-15"),
    ],
)
def test_months_after_a_year_end_with_a_month_or_on_the_15th(months: str, day: str) -> None:
    assert months_after_year(2027, Decimal(months)) == date.fromisoformat(day)


@pytest.mark.parametrize("automatic", [False, True])
def test_the_tax_begins_the_day_after_the_deadline_and_the_end_of_the_year_changes_no_tax(
    automatic: bool,
) -> None:
    last = date(2027, 6, 30) if automatic else date(2027, 3, 15)
    for day, time, tax in (
        (last - DAY, FREE, ZERO),
        (last, FREE, ZERO),
        (last + DAY, EXCISE, Decimal(100)),
        (date(2027, 12, 31), EXCISE, Decimal(100)),
        (date(2028, 1, 1), LATE, Decimal(100)),
    ):
        case = excise(day, automatic=automatic)
        assert case.excise_free_until == last
        assert (case.acp_correction_time, case.excise_due) == (time, tax)


def test_without_word_of_automatic_enrollment_the_shorter_time_counts() -> None:
    assert AcpExcise({}, LAW[2026]).excise_free_until == date(2027, 3, 15)


@pytest.mark.parametrize("day", ["2026-12-31", "2026-01-01", "2025-12-31"])
def test_a_correction_before_the_year_is_over_is_refused(day: str) -> None:
    with pytest.raises(Inconsistent, match="has not ended") as refused:
        _ = excise(date.fromisoformat(day), automatic=False).acp_correction_time
    assert refused.value.facts == ("acp_corrected_on",)


@UNTIMED
@given(dollars(10**6))
def test_the_tax_is_a_tenth_of_the_excess(excess: Decimal) -> None:
    assert excise(date(2027, 12, 1), automatic=False, excess=excess).excise_due * 10 == excess


@UNTIMED
@given(dollars(60_000), dollars(20_000), st.none() | dollars(5_000))
def test_all_of_a_refund_but_the_after_tax_money_is_income(
    after_tax: Decimal, earnings: Decimal, match: Decimal | None
) -> None:
    told = {} if match is None else {"refunded_match": match}
    case = AcpRefund({"refunded_after_tax": after_tax, "refunded_earnings": earnings, **told}, LAW[2026])
    assert case.refund_paid - case.refund_income == after_tax
    assert case.refund_income == earnings + (match or ZERO)
    assert case.refund_early_tax == case.room_reopened == 0
    assert case.refund_can_be_rolled_over is False


def test_what_was_not_read_again_is_to_be_confirmed() -> None:
    assert AcpRefund.room_reopened.confirm
    assert AcpRefund.refund_can_be_rolled_over.confirm
