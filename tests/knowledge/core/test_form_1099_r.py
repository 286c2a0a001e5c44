"""What Form 1099-R should say, the two roads to Roth, and a refund that had left already."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.core.facts import WayToRoth
from knowledge.core.form_1099_r import Boxes, Form1099R, PlanEvent
from knowledge.core.moved_refund import MovedRefund
from knowledge.core.route import ComesOut, Ways
from knowledge.core.sheet import Inconsistent, Unanswered
from tests.knowledge.core.people import LAW, UNTIMED, dollars

TINY = Decimal("1e-15")
OF_THE_SOURCE = (PlanEvent.IN_PLAN_ROTH, PlanEvent.TO_ROTH_IRA, PlanEvent.SPLIT, PlanEvent.CASH)


def form(event: PlanEvent, **facts: object) -> Form1099R:
    return Form1099R({"plan_event": event, **facts}, LAW[2026])


@st.composite
def events(draw: st.DrawFn) -> dict[str, object]:
    """Everything that any event needs."""
    value, roth = draw(dollars(100_000).filter(bool)), draw(dollars(100_000).filter(bool))
    return {
        "after_tax_balance": value,
        "after_tax_basis": draw(dollars(100_000)),
        "roth_account_balance": roth,
        "roth_account_basis": draw(dollars(100_000)),
        "amount_moved": min(value, roth, draw(dollars(100_000))),
        "reached_59_half": draw(st.booleans()),
        "employer_roth_contribution": draw(dollars(20_000)),
        "refunded_after_tax": draw(dollars(20_000)),
        "refunded_match": draw(dollars(20_000)),
        "excess_deferral_paid_out": draw(dollars(20_000)),
        "refunded_earnings": draw(dollars(2_000)),
        "deferral_year_over": draw(st.booleans()),
        "box_2a_received": draw(dollars(2_000)),
    }


@UNTIMED
@given(events(), st.sampled_from(PlanEvent))
def test_what_moved_was_taxed_before_or_is_taxable_or_keeps_waiting(
    facts: Mapping[str, object], event: PlanEvent
) -> None:
    case = form(event, **facts)
    untaxed = sum(boxes.box_1 - boxes.box_2a - boxes.box_5 for boxes in case.forms_1099_r)
    keeps_waiting = {
        PlanEvent.SPLIT: lambda: case.taxable_moved,
        PlanEvent.ROTH_ACCOUNT_TO_ROTH_IRA: lambda: case.amount_moved - case.roth_basis_moved,
    }.get(event, Decimal)()
    assert abs(untaxed - keeps_waiting) < TINY
    assert all(
        0 <= boxes.box_2a <= boxes.box_1 and 0 <= boxes.box_5 <= boxes.box_1 for boxes in case.forms_1099_r
    )


@UNTIMED
@given(events(), st.sampled_from(OF_THE_SOURCE))
def test_all_that_moves_is_on_a_form(facts: Mapping[str, object], event: PlanEvent) -> None:
    case = form(event, **facts)
    assert abs(case.all_box_1 - case.amount_moved) < TINY
    assert case.form_8606_due is False


@UNTIMED
@given(events(), st.sampled_from(PlanEvent))
def test_tax_is_held_back_from_cash_alone(facts: Mapping[str, object], event: PlanEvent) -> None:
    case = form(event, **facts)
    held = sum(boxes.box_4 for boxes in case.forms_1099_r)
    assert held == (case.taxable_moved / 5 if event is PlanEvent.CASH else 0)


@UNTIMED
@given(events(), st.sampled_from(PlanEvent))
def test_each_event_has_its_code(facts: Mapping[str, object], event: PlanEvent) -> None:
    codes = {
        PlanEvent.CASH: {"7"} if facts["reached_59_half"] else {"1"},
        PlanEvent.ROTH_ACCOUNT_TO_ROTH_IRA: {"H"},
        PlanEvent.FAILED_TEST: {"8"},
        PlanEvent.OVER_LIMIT: {"E"},
        PlanEvent.EXCESS_DEFERRAL: {"P", "8"} if facts["deferral_year_over"] else {"8"},
    }
    assert {boxes.box_7 for boxes in form(event, **facts).forms_1099_r} <= codes.get(event, {"G"})


@UNTIMED
@given(events(), st.sampled_from(PlanEvent))
def test_the_form_that_came_is_off_by_what_it_differs(facts: Mapping[str, object], event: PlanEvent) -> None:
    case = form(event, **facts)
    assert case.box_2a_off_by == case.box_2a_received - sum(boxes.box_2a for boxes in case.forms_1099_r)
    assert form(event, **{**facts, "box_2a_received": case.all_box_2a}).box_2a_off_by == 0


def test_a_destination_that_gets_nothing_has_no_form() -> None:
    whole = {"after_tax_balance": Decimal(100), "amount_moved": Decimal(100)}
    only_roth = form(PlanEvent.SPLIT, **whole, after_tax_basis=Decimal(100))
    assert only_roth.forms_1099_r == (Boxes(Decimal(100), Decimal(0), Decimal(0), Decimal(100), "G"),)
    only_traditional = form(PlanEvent.SPLIT, **whole, after_tax_basis=Decimal(0))
    assert only_traditional.forms_1099_r == (Boxes(Decimal(100), Decimal(0), Decimal(0), Decimal(0), "G"),)


def test_a_deferral_without_earnings_has_one_form() -> None:
    facts = {
        "excess_deferral_paid_out": Decimal(50),
        "refunded_earnings": Decimal(0),
        "deferral_year_over": True,
    }
    forms = form(PlanEvent.EXCESS_DEFERRAL, **facts).forms_1099_r
    assert forms == (Boxes(Decimal(50), Decimal(50), Decimal(0), Decimal(0), "P"),)


def test_each_event_asks_only_for_its_own_facts() -> None:
    refund = {"refunded_after_tax": Decimal(50), "refunded_earnings": Decimal(3)}
    assert form(PlanEvent.FAILED_TEST, **refund).all_box_2a == 3  # no match came back, which is assumed
    assert form(PlanEvent.OVER_LIMIT, **refund).all_box_2a == 3
    assert form(PlanEvent.EMPLOYER_ROTH, employer_roth_contribution=Decimal(9)).all_box_2a == 9
    moved = {"after_tax_balance": Decimal(100), "amount_moved": Decimal(100), "after_tax_basis": Decimal(90)}
    for event in (PlanEvent.IN_PLAN_ROTH, PlanEvent.TO_ROTH_IRA):
        assert form(event, **moved).all_box_2a == 10
    with pytest.raises(Unanswered, match="reached_59_half"):
        form(PlanEvent.CASH, **moved).forms_1099_r  # noqa: B018


def test_the_roth_part_of_the_plan_gives_no_more_than_it_holds() -> None:
    facts = {"roth_account_basis": Decimal(50), "roth_account_balance": Decimal(100)}
    whole = form(PlanEvent.ROTH_ACCOUNT_TO_ROTH_IRA, **facts, amount_moved=Decimal(100))
    assert whole.roth_basis_moved == 50
    with pytest.raises(Inconsistent) as refused:
        form(PlanEvent.ROTH_ACCOUNT_TO_ROTH_IRA, **facts, amount_moved=Decimal("100.01")).forms_1099_r  # noqa: B018
    assert refused.value.facts == ("amount_moved", "roth_account_balance")


# --- the two roads ---------------------------------------------------------------------------------------------------


def ways(**facts: object) -> Ways:
    return Ways(
        {"way_to_roth": WayToRoth.BOTH, "has_roth_account": False, "has_roth_ira": False, **facts}, LAW[2026]
    )


@pytest.mark.parametrize(
    ("way", "inside", "outside"),
    [
        (WayToRoth.INSIDE, True, False),
        (WayToRoth.WITHDRAW, False, True),
        (WayToRoth.BOTH, True, True),
        (WayToRoth.NEITHER, False, False),
    ],
)
def test_a_road_is_open_where_the_plan_has_it(way: WayToRoth, inside: bool, outside: bool) -> None:
    case = ways(way_to_roth=way)
    assert (case.inside_the_plan.offered, case.to_roth_ira.offered) == (inside, outside)


def test_the_roads_differ_in_order_and_in_where_earnings_can_go() -> None:
    case = ways()
    inside, outside = case.inside_the_plan, case.to_roth_ira
    assert (inside.comes_out, outside.comes_out) == (ComesOut.PRO_RATA, ComesOut.IN_ORDER)
    assert (inside.can_send_earnings_elsewhere, outside.can_send_earnings_elsewhere) == (False, True)
    assert {inside.box_7, outside.box_7} == {"G"}
    assert {inside.can_be_undone, outside.can_be_undone} == {False}
    assert {inside.recapture_ends, outside.recapture_ends} == {date(2031, 1, 1)}


@UNTIMED
@given(st.integers(1998, 2026), st.integers(1998, 2026))
def test_each_road_has_the_clock_of_its_account(account: int, ira: int) -> None:
    case = ways(
        has_roth_account=True, first_roth_account_year=account, has_roth_ira=True, first_roth_ira_year=ira
    )
    assert case.inside_the_plan.earnings_free_from == date(account + 5, 1, 1)
    assert case.to_roth_ira.earnings_free_from == date(ira + 5, 1, 1)


def test_a_clock_that_does_not_run_yet_begins_with_the_conversion_and_no_earlier() -> None:
    case = ways(first_roth_account_year=2010, first_roth_ira_year=2010)
    assert case.inside_the_plan.earnings_free_from == case.to_roth_ira.earnings_free_from == date(2031, 1, 1)


def test_what_was_not_read_again_is_to_be_confirmed() -> None:
    case, refund = ways(), MovedRefund({"refund_in_roth_ira": Decimal(1)}, LAW[2026])
    deferral = {
        "excess_deferral_paid_out": Decimal(9),
        "refunded_earnings": Decimal(1),
        "deferral_year_over": False,
    }
    came_back = form(PlanEvent.EXCESS_DEFERRAL, **deferral)
    case.to_roth_ira, refund.excess_tax_each_year, came_back.forms_1099_r  # noqa: B018
    lines = (
        *case.worksheet(Ways.to_roth_ira),
        *refund.worksheet(MovedRefund.excess_tax_each_year),
        *came_back.worksheet(Form1099R.forms_1099_r),
    )
    assert {line.cell for line in lines if line.confirm} == {
        "roth_ira_clock",
        "excess_tax_each_year",
        "excess_deferral_forms",
    }


@pytest.mark.parametrize("which", ["account", "ira"])
def test_a_first_year_after_the_conversion_is_refused(which: str) -> None:
    started = {f"has_roth_{which}": True, f"first_roth_{which}_year": 2027}
    with pytest.raises(Inconsistent) as refused:
        getattr(ways(**started), "inside_the_plan" if which == "account" else "to_roth_ira")
    assert refused.value.facts == (f"first_roth_{which}_year",)


# --- a refund that had left already ----------------------------------------------------------------------------------


@UNTIMED
@given(dollars(50_000), st.integers(0, 40))
def test_each_year_costs_six_percent_of_what_should_not_be_there(refund: Decimal, years: int) -> None:
    case = MovedRefund({"refund_in_roth_ira": refund, "years_left_in": years}, LAW[2026])
    assert case.excess_tax_each_year * 50 == refund * 3
    assert case.excess_tax_so_far == case.excess_tax_each_year * years
    assert "ira_excess" in [line.cell for line in case.worksheet(MovedRefund.excess_tax_so_far)]
