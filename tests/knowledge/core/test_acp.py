"""What must hold for the ACP test, whatever the plan and the person."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from knowledge.core.acp import (
    NHCE_AVERAGES,
    AcpExemption,
    AcpMethod,
    AcpReach,
    AcpShare,
    AcpTest,
    Eligible,
    Limb,
    OpenQuestion,
    SafeHarborMatch,
    after_tax_ceiling,
    average,
    contribution_ratio,
    excess_of,
    highest_hce_average,
    least_nhce_average,
    leveled_down,
    refunds,
    whole_cents,
)
from knowledge.core.facts import HighlyPaid
from knowledge.core.limits import load_statute
from knowledge.core.match import ZERO
from knowledge.core.sheet import NOT_SURE, Inconsistent, Supposition, Unanswered
from tests.knowledge.core.people import LAW, UNTIMED

STATUTE = load_statute()
CAP = LAW[2026].compensation_cap.value
CENT = Decimal("0.01")

CENTS = st.integers(0, 60_000_000).map(lambda cents: Decimal(cents) / 100)
AVERAGES = st.integers(0, 2_000).map(lambda basis_points: Fraction(basis_points, 10_000)) | st.fractions(0, 1)
RATIOS = st.lists(st.fractions(0, 1), min_size=1, max_size=8)


@st.composite
def employees(draw: st.DrawFn, highly_compensated: bool | None = None) -> Eligible:
    """Somebody whose contributions are not more than the pay."""
    pay = draw(CENTS)
    parts = []
    left = int(pay * 100)
    for _ in range(3):
        part = draw(st.just(0) | st.integers(0, left) | st.integers(0, left // 20))
        parts.append(Decimal(part) / 100)
        left -= part
    kind = draw(st.booleans()) if highly_compensated is None else highly_compensated
    after_tax, match, other = parts
    return Eligible(pay, after_tax, match, other, kind, draw(st.sampled_from("ABC")))


HCES = st.lists(employees(highly_compensated=True), min_size=1, max_size=6)
PLANS = st.lists(employees(), max_size=8)
A_DECIMAL_AVERAGE = st.integers(0, 2_000).map(lambda basis_points: Decimal(basis_points) / 10_000)


def plan(employees: list[Eligible], **facts: object) -> AcpTest:
    return AcpTest({"eligible_employees": tuple(employees), **facts}, LAW[2026], LAW[2025])


def share(**facts: object) -> AcpShare:
    usual: Supposition = {
        "highly_paid": HighlyPaid.PAID_OVER,
        "pay": Decimal(200_000),
        "employer_match": Decimal(6_000),
        "after_tax_planned": Decimal(20_000),
    }
    return AcpShare({**usual, **facts}, LAW[2026], LAW[2025])


# --- the highest average ---------------------------------------------------------------------------------------------


@UNTIMED
@given(AVERAGES, AVERAGES)
def test_the_highest_average_rises_with_that_of_the_others_and_is_not_below_it(
    one: Fraction, other: Fraction
) -> None:
    lower, higher = sorted((one, other))
    assert highest_hce_average(lower, STATUTE)[0] <= highest_hce_average(higher, STATUTE)[0]
    if lower < higher:
        assert highest_hce_average(lower, STATUTE)[0] < highest_hce_average(higher, STATUTE)[0]
    assert highest_hce_average(lower, STATUTE)[0] >= lower


@pytest.mark.parametrize(
    ("meeting", "below", "above"), [("0.02", Limb.TWICE, Limb.PLUS), ("0.08", Limb.PLUS, Limb.TIMES)]
)
def test_the_highest_average_does_not_jump_where_two_limbs_meet(
    meeting: str, below: Limb, above: Limb
) -> None:
    tiny = Fraction(1, 10**12)
    n = Fraction(meeting)
    (low, low_limb), (at, at_limb), (high, high_limb) = (
        highest_hce_average(average, STATUTE) for average in (n - tiny, n, n + tiny)
    )
    assert 0 < at - low <= 2 * tiny
    assert 0 < high - at <= 2 * tiny
    assert (low_limb, at_limb, high_limb) == (below, below, above)


@UNTIMED
@given(AVERAGES)
def test_the_least_average_of_the_others_is_the_same_rule_backwards(n: Fraction) -> None:
    assert least_nhce_average(highest_hce_average(n, STATUTE)[0], STATUTE) == n
    assert highest_hce_average(least_nhce_average(n, STATUTE), STATUTE)[0] == n


def test_nothing_has_the_ratio_nothing_and_nobody_the_average_nothing() -> None:
    assert contribution_ratio(ZERO, ZERO, CAP) == 0
    assert average([]) == 0
    assert contribution_ratio(CENT, CENT, CAP) == 1


# --- cutting down ----------------------------------------------------------------------------------------------------


@UNTIMED
@given(RATIOS, st.fractions(0, 1))
def test_what_is_cut_to_one_height_adds_up_to_the_total(amounts: list[Fraction], part: Fraction) -> None:
    total = sum(amounts) * part
    height = leveled_down(amounts, total)
    assert sum(min(amount, height) for amount in amounts) == total
    assert 0 <= height <= max(amounts)


@UNTIMED
@given(HCES, AVERAGES)
def test_after_the_cut_by_ratio_the_averages_are_exactly_as_allowed(
    hces: list[Eligible], highest: Fraction
) -> None:
    ratios = [one.ratio(CAP) for one in hces]
    excess = excess_of(hces, highest, CAP)
    if average(ratios) <= highest:
        assert excess == 0
        return
    height = leveled_down(ratios, highest * len(ratios))
    kept = [min(ratio, height) for ratio in ratios]
    assert average(kept) == highest
    pays = [Fraction(min(one.pay, CAP)) for one in hces]
    left = sum(ratio * pay for ratio, pay in zip(kept, pays, strict=True))
    assert excess == sum(Fraction(one.counted) for one in hces) - left
    assert excess > 0


@UNTIMED
@given(HCES, AVERAGES)
def test_refunds_are_the_excess_to_the_cent_and_never_more_than_somebody_put_in(
    hces: list[Eligible], highest: Fraction
) -> None:
    excess = excess_of(hces, highest, CAP)
    paid = refunds(hces, excess)
    assert sum(refund.total for refund in paid) == Decimal(ceil(excess * 100)) / 100
    put_in = sorted(hces, key=lambda one: (-one.counted, one))
    for refund, one in zip(paid, put_in, strict=True):
        assert refund.name == one.name
        assert refund.total == refund.after_tax + refund.match + refund.other_counted
        assert 0 <= refund.after_tax <= one.after_tax
        assert 0 <= refund.match <= one.match
        assert 0 <= refund.other_counted <= one.other_counted
        assert not refund.match or refund.after_tax == one.after_tax
        assert not refund.other_counted or refund.match == one.match


@UNTIMED
@given(HCES, AVERAGES)
def test_whoever_gets_a_refund_keeps_as_much_as_any_other_and_nobody_keeps_more(
    hces: list[Eligible], highest: Fraction
) -> None:
    paid = refunds(hces, excess_of(hces, highest, CAP))
    put_in = sorted(hces, key=lambda one: (-one.counted, one))
    kept = [one.counted - refund.total for one, refund in zip(put_in, paid, strict=True)]
    height = max(kept)
    assert all(height - CENT <= left for left, refund in zip(kept, paid, strict=True) if refund.total)


@UNTIMED
@given(st.lists(st.fractions(0, 1_000), max_size=8))
def test_cents_add_up_to_the_total_rounded_up_and_no_part_moves_by_a_cent(amounts: list[Fraction]) -> None:
    cents = whole_cents(amounts)
    assert sum(cents) == Decimal(ceil(sum(amounts) * 100)) / 100
    for exact, rounded in zip(amounts, cents, strict=True):
        assert abs(Fraction(rounded) - exact) < Fraction(1, 100)


def test_missing_cents_go_to_the_largest_parts_cut_off_and_then_to_the_first() -> None:
    parts = [Fraction(1, 300), Fraction(2, 300), Fraction(0), Fraction(2, 300), Fraction(1, 300)]
    assert whole_cents(parts) == (ZERO, CENT, ZERO, CENT, ZERO)
    assert whole_cents([Fraction(1, 200)] * 4) == (CENT, CENT, ZERO, ZERO)
    assert whole_cents([Fraction(1, 300)] * 2) == (CENT, ZERO)


@UNTIMED
@given(HCES, AVERAGES, st.integers(2, 9))
def test_in_another_currency_the_excess_is_the_same(
    hces: list[Eligible], highest: Fraction, rate: int
) -> None:
    abroad = [
        replace(
            one,
            pay=one.pay * rate,
            after_tax=one.after_tax * rate,
            match=one.match * rate,
            other_counted=one.other_counted * rate,
        )
        for one in hces
    ]
    assert [one.ratio(CAP * rate) for one in abroad] == [one.ratio(CAP) for one in hces]
    assert excess_of(abroad, highest, CAP * rate) == rate * excess_of(hces, highest, CAP)


# --- a plan ----------------------------------------------------------------------------------------------------------


@UNTIMED
@given(PLANS, A_DECIMAL_AVERAGE, st.sampled_from(AcpMethod), st.randoms(use_true_random=False))
def test_the_order_of_employees_changes_nothing(
    everybody: list[Eligible], n: Decimal, method: AcpMethod, random: Any
) -> None:
    shuffled = random.sample(everybody, len(everybody))
    one, other = (
        plan(people, nhce_average_last_year=n, acp_method=method) for people in (everybody, shuffled)
    )
    assert one.acp_comparison == other.acp_comparison
    assert one.acp_refunds == other.acp_refunds
    assert one.excess_aggregate == other.excess_aggregate


@UNTIMED
@given(PLANS, A_DECIMAL_AVERAGE)
def test_nobody_but_the_highly_compensated_gets_a_refund_and_all_of_them_are_listed(
    everybody: list[Eligible], n: Decimal
) -> None:
    named = [
        replace(one, name=f"{'H' if one.highly_compensated else 'N'}{place}")
        for place, one in enumerate(everybody)
    ]
    case = plan(named, nhce_average_last_year=n)
    listed = sorted(refund.name for refund in case.acp_refunds)
    assert listed == ([] if case.acp_passes else sorted(one.name for one in named if one.highly_compensated))
    assert case.acp_passes == (case.excess_aggregate == 0)


@UNTIMED
@given(PLANS, A_DECIMAL_AVERAGE)
def test_the_more_the_others_put_in_the_less_goes_back(everybody: list[Eligible], n: Decimal) -> None:
    case = plan(everybody, nhce_average_last_year=n)
    assert case.acp_comparison is not None
    assert case.acp_passes is case.acp_comparison.passes
    more = plan(everybody, nhce_average_last_year=min(Decimal(1), n + Decimal("0.01")))
    assert more.excess_aggregate <= case.excess_aggregate
    assert more.acp_passes or not case.acp_passes


def test_a_plan_at_the_line_passes_where_no_decimal_can_say_so() -> None:
    third = [Eligible(Decimal(300), after_tax=Decimal(1)), Eligible(Decimal(900), after_tax=Decimal(3))]
    twice = [Eligible(Decimal(300), after_tax=Decimal(2), highly_compensated=True)]
    assert plan(third + twice, acp_method=AcpMethod.CURRENT_YEAR).acp_passes
    more = [replace(twice[0], after_tax=Decimal("2.01"))]
    assert not plan(third + more, acp_method=AcpMethod.CURRENT_YEAR).acp_passes


def test_a_new_plan_under_current_year_testing_has_no_rate_by_law() -> None:
    everybody = [Eligible(Decimal(100)), Eligible(Decimal(100), highly_compensated=True)]
    case = plan(everybody, acp_method=AcpMethod.CURRENT_YEAR, new_plan=True)
    assert case.acp_comparison is not None
    assert case.acp_comparison.others_average_ratio == 0


def test_somebody_without_a_name_who_has_more_than_the_pay_is_told_apart_by_the_pay() -> None:
    with pytest.raises(Inconsistent, match=r"contributions of 5 are more than the pay of 4 \(no name\)"):
        _ = plan([Eligible(Decimal(4), Decimal(5))], acp_method=AcpMethod.CURRENT_YEAR).acp_reach


def test_last_years_average_is_asked_only_where_it_counts() -> None:
    with pytest.raises(Unanswered, match="nhce_average_last_year"):
        _ = plan([Eligible(Decimal(100))]).acp_passes
    assert plan([Eligible(Decimal(100))], acp_method=AcpMethod.CURRENT_YEAR).acp_passes


def test_the_worksheet_shows_the_rates_and_the_pay_limit_of_the_law() -> None:
    case = plan([Eligible(Decimal(100))], acp_method=AcpMethod.CURRENT_YEAR)
    _ = case.acp_comparison
    cells = {line.cell for line in case.worksheet(AcpTest.acp_comparison)}
    assert {"acp_times", "acp_twice", "acp_plus", "2026.compensation_cap"} <= cells


# --- a person --------------------------------------------------------------------------------------------------------


def test_the_band_goes_from_nothing_to_ten_percent_in_half_points() -> None:
    averages = [step.others_average_ratio for step in share().acp_band]
    assert len(averages) == len(NHCE_AVERAGES) == 21
    assert averages[0] == 0
    assert averages[-1] == Decimal("0.10")
    assert {high - low for low, high in pairwise(averages)} == {Decimal("0.005")}


@UNTIMED
@given(CENTS, st.integers(0, 100), st.integers(0, 100))
def test_in_the_band_more_stays_with_every_step_and_nothing_comes_back_from_the_least_average_on(
    pay: Decimal, planned_percent: int, match_percent: int
) -> None:
    assume(planned_percent + match_percent <= 100)
    planned, match = pay * planned_percent / 100, pay * match_percent / 100
    case = share(pay=pay, after_tax_planned=planned, employer_match=match)
    for step in case.acp_band:
        assert step.comes_back == max(ZERO, planned - step.ceiling)
        assert 0 <= step.comes_back <= planned
        if planned:
            assert (step.comes_back == 0) == (step.others_average_ratio >= case.least_nhce_ratio)
    for low, high in pairwise(case.acp_band):
        assert low.highest_ratio < high.highest_ratio
        assert low.ceiling <= high.ceiling


@UNTIMED
@given(st.integers(1, 6), CENTS, st.integers(0, 50), st.integers(0, 50), A_DECIMAL_AVERAGE)
def test_if_all_do_the_same_the_test_of_the_plan_pays_back_what_the_band_says(
    count: int, pay: Decimal, planned_percent: int, match_percent: int, n: Decimal
) -> None:
    planned = (pay * planned_percent / 100).quantize(CENT)
    match = (pay * match_percent / 100).quantize(CENT)
    assume(planned + match <= pay)
    step = share(pay=pay, after_tax_planned=planned, employer_match=match, nhce_average_last_year=n).acp_band[
        0
    ]
    alike = Eligible(pay, planned, match, highly_compensated=True)
    paid = plan([alike] * count, nhce_average_last_year=n).acp_refunds
    returned = sum((refund.after_tax for refund in paid), ZERO)
    assert abs(returned - count * step.comes_back) <= count * CENT


@UNTIMED
@given(st.integers(0, 5), CENTS, st.integers(0, 2_000), A_DECIMAL_AVERAGE, st.integers(0, 30))
def test_at_the_ceiling_beside_the_others_the_plan_passes_and_a_cent_over_it_does_not(
    others: int, pay: Decimal, others_basis_points: int, n: Decimal, match_percent: int
) -> None:
    match = (pay * match_percent / 100).quantize(CENT)
    beside = Decimal(others_basis_points) / 10_000
    case = share(
        pay=pay,
        employer_match=match,
        nhce_average_last_year=n,
        hce_count=others + 1,
        other_hce_average=beside,
    )
    ceiling = case.ceiling_beside_others
    assert ceiling is not None
    assume(0 < ceiling <= pay - match - 1)

    def passes(after_tax: Decimal) -> bool:
        own = Eligible(pay, after_tax, match, highly_compensated=True)
        other = Eligible(Decimal(10_000), beside * 10_000, highly_compensated=True)
        return plan([own, *[other] * others], nhce_average_last_year=n).acp_passes

    assert passes(ceiling.quantize(CENT, "ROUND_FLOOR"))
    assert not passes(ceiling.quantize(CENT, "ROUND_FLOOR") + CENT)


def test_a_ceiling_is_never_below_nothing_and_counts_pay_up_to_the_limit() -> None:
    tenth = Fraction(1, 10)
    assert after_tax_ceiling(tenth, Decimal(100), Decimal(50), Decimal(6)) == 0
    assert after_tax_ceiling(tenth, Decimal(100), Decimal(80), Decimal(6)) == 2
    assert after_tax_ceiling(tenth, Decimal(70), Decimal(80), Decimal(6)) == 1


def test_an_average_that_the_person_is_not_sure_of_leaves_the_band_as_it_is() -> None:
    case = share(nhce_average_last_year=NOT_SURE)
    assert case.acp_band == share().acp_band
    assert OpenQuestion.OTHERS_AVERAGE in case.acp_questions


@pytest.mark.parametrize("exemption", [one for one in AcpExemption if one is not AcpExemption.NONE])
def test_a_plan_that_is_not_tested_leaves_no_limit_and_no_question(exemption: AcpExemption) -> None:
    case = share(acp_exemption=exemption, highly_paid=HighlyPaid.OWNER)
    assert case.acp_reach == AcpReach(exemption.value)
    assert case.ceiling_beside_others is None
    assert case.acp_band == ()
    assert case.acp_questions == ()
    assert plan([], acp_exemption=exemption).acp_comparison is None


@pytest.mark.parametrize("status", HighlyPaid)
def test_everybody_who_may_be_highly_compensated_is_warned(status: HighlyPaid) -> None:
    case = share(highly_paid=status)
    assert bool(case.acp_band) is (status is not HighlyPaid.NEITHER)
    assert (OpenQuestion.HIGHLY_PAID in case.acp_questions) is (status is HighlyPaid.NOT_SURE)


def test_questions_close_one_by_one_and_keep_their_order() -> None:
    known: dict[str, object] = {}
    seen = [share(**known).acp_questions]
    for fact, value in {
        "acp_method": AcpMethod.PRIOR_YEAR,
        "nhce_average_last_year": Decimal("0.03"),
        "safe_harbor_match": SafeHarborMatch.PUT_IN,
        "hce_count": 2,
        "other_hce_average": Decimal("0.05"),
    }.items():
        known[fact] = value
        seen.append(share(**known).acp_questions)
    q = OpenQuestion
    assert seen == [
        (q.LAST_YEARS_LIMIT, q.OTHERS_AVERAGE, q.METHOD, q.SAFE_HARBOR, q.OTHER_HIGHLY_PAID),
        (q.LAST_YEARS_LIMIT, q.OTHERS_AVERAGE, q.SAFE_HARBOR, q.OTHER_HIGHLY_PAID),
        (q.SAFE_HARBOR, q.OTHER_HIGHLY_PAID),
        (q.OTHER_HIGHLY_PAID,),
        (q.OTHER_HIGHLY_PAID,),
        (),
    ]


def test_without_a_match_nobody_asks_where_it_goes() -> None:
    assert OpenQuestion.SAFE_HARBOR not in share(employer_match=ZERO).acp_questions
    assert OpenQuestion.SAFE_HARBOR in share(employer_match=CENT).acp_questions


def test_whatever_rests_on_what_others_do_is_to_be_confirmed() -> None:
    assert AcpShare.acp_band.confirm
    assert AcpShare.least_nhce_ratio.confirm
    assert AcpShare.match_is_left_out.confirm
    assert AcpShare.church_exemption.confirm
    assert AcpTest.acp_refunds.confirm
