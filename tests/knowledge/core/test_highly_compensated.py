"""What must hold for who is highly compensated, whatever the year."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.core.facts import HighlyPaid
from knowledge.core.highly_compensated import HighlyCompensated
from knowledge.core.limits import UnknownYear
from knowledge.core.match import ZERO
from knowledge.core.sheet import Origin, Unanswered
from tests.knowledge.core.people import LAW, UNTIMED

FIRST = min(LAW.years)
SHARES = st.integers(0, 1_000).map(lambda tenths: Decimal(tenths) / 1_000)


def person(year: int = 2026, **facts: object) -> HighlyCompensated:
    return HighlyCompensated(facts, LAW[year], LAW.years.get(year - 1))


@pytest.mark.parametrize("year", sorted(set(LAW.years) - {FIRST}))
def test_in_every_year_the_line_is_that_of_the_year_before(year: int) -> None:
    line = LAW[year - 1].hce_threshold.value
    assert person(year, pay_last_year=line).highly_paid is HighlyPaid.NEITHER
    case = person(year, pay_last_year=line + Decimal("0.01"))
    assert case.highly_paid is HighlyPaid.PAID_OVER
    shown = {one.cell: one.value for one in case.worksheet(HighlyCompensated.highly_paid)}
    assert shown[f"{year - 1}.hce_threshold"] == line


@UNTIMED
@given(SHARES, SHARES)
def test_more_than_five_percent_in_either_year_makes_an_owner_whatever_the_pay(
    now: Decimal, then: Decimal
) -> None:
    case = person(ownership_this_year=now, ownership_last_year=then, pay_last_year=ZERO)
    owner = max(now, then) * 20 > 1
    assert case.highly_paid is (HighlyPaid.OWNER if owner else HighlyPaid.NEITHER)


def test_a_year_whose_line_is_not_known_is_refused_but_for_an_owner() -> None:
    with pytest.raises(UnknownYear):
        _ = person(FIRST, pay_last_year=Decimal(10**6)).highly_paid
    assert person(FIRST, ownership_this_year=Decimal("0.06")).highly_paid is HighlyPaid.OWNER


def test_nobody_is_taken_for_not_highly_compensated_whose_pay_is_not_known() -> None:
    with pytest.raises(Unanswered, match="pay_last_year"):
        _ = person().highly_paid


def test_the_choice_of_the_top_paid_fifth_is_to_be_confirmed_only_where_it_was_made() -> None:
    over = Decimal(10**6)
    for elected in (False, True):
        case = person(pay_last_year=over, top_paid_election=elected)
        assert case.highly_paid is (HighlyPaid.NOT_SURE if elected else HighlyPaid.PAID_OVER)
        lines = case.worksheet(HighlyCompensated.highly_paid)
        assert any(line.confirm for line in lines) is elected
        assert any(line.origin is Origin.LAW for line in lines)
