"""What must hold for every correction, and a second reckoning cent by cent. The cases are in ``cases/correction.toml``."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.core.correction import Correction, MatchedReturn, matched_return
from knowledge.core.match import ZERO
from knowledge.core.sheet import Unanswered
from tests.knowledge.core.people import LAW, UNTIMED, dollars, fractions

TINY = Decimal("1e-15")
FACTS = {
    "over_limit": dollars(30_000),
    "excess_deferral_paid_out": st.just(ZERO) | dollars(10_000),
    "unmatched_after_tax": dollars(20_000),
    "unmatched_deferrals": dollars(10_000),
    "matched_after_tax": dollars(5_000),
    "matched_deferrals": dollars(10_000),
    "match_rate": fractions(200),
    "earnings_rate": fractions(30),
    "deferrals_are_roth": st.booleans(),
}
EVERYTHING = st.fixed_dictionaries(FACTS)


def correction(facts: dict[str, Any], year: int = 2026) -> Correction:
    return Correction(facts, LAW[year])


def steps(case: Correction) -> list[Decimal]:
    """The annual additions that each step undoes, in their order."""
    return [
        case.unmatched_after_tax_returned,
        case.unmatched_deferrals_returned,
        case.matched_after_tax_returned.corrected,
        case.matched_deferrals_returned.corrected,
        case.employer_money_forfeited,
    ]


@UNTIMED
@given(EVERYTHING)
def test_the_steps_and_the_refund_of_excess_deferrals_undo_the_excess(facts: dict[str, Any]) -> None:
    case = correction(facts)
    undone = min(facts["over_limit"], facts["excess_deferral_paid_out"])
    assert abs(sum(steps(case)) + undone - facts["over_limit"]) < TINY
    assert case.left_to_correct == facts["over_limit"] - undone
    assert case.excess_deferral_is_enough is (0 < facts["over_limit"] <= facts["excess_deferral_paid_out"])
    assert all(step >= 0 for step in steps(case))


@UNTIMED
@given(EVERYTHING)
def test_no_step_is_taken_before_the_one_before_it_is_used_up(facts: dict[str, Any]) -> None:
    case = correction(facts)
    used_up = [
        case.unmatched_after_tax_returned == facts["unmatched_after_tax"],
        case.unmatched_deferrals_returned == facts["unmatched_deferrals"],
        case.matched_after_tax_returned.returned == facts["matched_after_tax"],
        case.matched_deferrals_returned.returned == facts["matched_deferrals"],
    ]
    for place, step in enumerate(steps(case)):
        assert step == 0 or all(used_up[:place])


@UNTIMED
@given(EVERYTHING, st.integers(2, 9))
def test_in_another_currency_every_step_is_the_same(facts: dict[str, Any], rate: int) -> None:
    shares = ("match_rate", "earnings_rate", "deferrals_are_roth")
    abroad = {name: value if name in shares else value * rate for name, value in facts.items()}
    for here, there in zip(steps(correction(facts)), steps(correction(abroad)), strict=True):
        assert abs(here * rate - there) < TINY


@UNTIMED
@given(EVERYTHING)
def test_only_earnings_on_after_tax_money_are_taxable(facts: dict[str, Any]) -> None:
    case = correction(facts)
    untaxed = ZERO if facts["deferrals_are_roth"] else case.deferrals_returned
    refunded = case.after_tax_returned + case.deferrals_returned
    assert abs(case.refund_earnings - refunded * facts["earnings_rate"]) < TINY
    assert case.taxable_refund == case.refund_earnings + untaxed
    assert case.refund_can_be_rolled_over is False


@UNTIMED
@given(dollars(20_000), dollars(20_000), fractions(300))
def test_matched_money_takes_its_match_with_it(excess: Decimal, matched: Decimal, rate: Decimal) -> None:
    step = matched_return(excess, matched, rate)
    assert abs(step.match_forfeited - step.returned * rate) < TINY
    assert abs(step.corrected - min(excess, matched * (1 + rate))) < TINY


@pytest.mark.parametrize(
    ("matched", "step"),
    [
        ("199.99", MatchedReturn(Decimal("199.99"), Decimal("99.995"))),
        ("200", MatchedReturn(Decimal(200), Decimal(100))),
        ("200.01", MatchedReturn(Decimal(200), Decimal(100))),
    ],
)
def test_matched_money_just_enough(matched: str, step: MatchedReturn) -> None:
    assert matched_return(Decimal(300), Decimal(matched), Decimal("0.5")) == step


@pytest.mark.parametrize("rate", range(11))
def test_a_rate_that_does_not_divide_leaves_not_a_mite_for_the_employer(rate: int) -> None:
    facts = {
        "over_limit": Decimal("1000.01"),
        "unmatched_after_tax": ZERO,
        "unmatched_deferrals": ZERO,
        "matched_after_tax": ZERO,
        "matched_deferrals": Decimal(9_000),
        "match_rate": Decimal(rate),
    }
    assert correction(facts).employer_money_forfeited == 0


@pytest.mark.parametrize("year", [2024, 2026])
def test_the_day_is_nine_and_a_half_months_after_the_year(year: int) -> None:
    facts = {"over_limit": Decimal(10), "unmatched_after_tax": Decimal(10), "unmatched_deferrals": ZERO}
    assert correction(facts, year).corrected_by == date(year + 1, 10, 15)
    assert correction(facts | {"over_limit": ZERO}, year).corrected_by is None


def test_what_cannot_matter_is_not_asked() -> None:
    told: dict[str, Any] = {"over_limit": Decimal(10), "unmatched_after_tax": Decimal(10)}
    case = correction(told)
    assert case.employer_money_forfeited == case.taxable_refund == 0
    assert "deferrals_are_roth" not in [line.cell for line in case.worksheet(Correction.taxable_refund)]
    unmatched = {"over_limit": Decimal(10), "unmatched_after_tax": ZERO, "unmatched_deferrals": ZERO}
    with pytest.raises(Unanswered, match="matched_after_tax is unanswered"):
        correction(unmatched).matched_after_tax_returned  # noqa: B018
    with pytest.raises(Unanswered, match="match_rate is unanswered"):
        correction(unmatched | {"matched_after_tax": Decimal(1)}).matched_after_tax_returned  # noqa: B018
    no_match = correction(unmatched | {"matched_after_tax": ZERO, "matched_deferrals": ZERO})
    assert no_match.employer_money_forfeited == 10


def test_the_order_of_correction_is_one_to_confirm_and_arithmetic_is_not() -> None:
    assert {name for name, cell in Correction.cells().items() if cell.confirm} == {
        "undone_by_excess_deferral",
        "unmatched_after_tax_returned",
        "unmatched_deferrals_returned",
        "matched_after_tax_returned",
        "matched_deferrals_returned",
        "employer_money_forfeited",
        "taxable_refund",
        "refund_can_be_rolled_over",
        "corrected_by",
    }


def test_the_rule_on_excess_deferrals_is_one_to_confirm_where_it_is_used() -> None:
    def to_confirm(**facts: Any) -> set[str]:
        case = correction({"over_limit": Decimal(10), "unmatched_after_tax": Decimal(10), **facts})
        case.unmatched_after_tax_returned  # noqa: B018
        lines = case.worksheet(Correction.unmatched_after_tax_returned)
        return {line.cell for line in lines if line.confirm}

    assert to_confirm() == {"unmatched_after_tax_returned"}
    assert to_confirm(excess_deferral_paid_out=Decimal(1)) == {
        "undone_by_excess_deferral",
        "unmatched_after_tax_returned",
    }


# --- a second reckoning: cent by cent --------------------------------------------------------------------------------


def undone_cent_by_cent(excess: int, pools: list[int], match_cents: int) -> list[int]:
    """Cents of each pool that go back, and of the match and of the employer's money that is taken away.

    ``pools`` are unmatched after-tax money and deferrals, matched after-tax money and deferrals; a matched cent has
    ``match_cents`` of match on it. An excess that no whole cents make up is undone by one cent more.
    """
    back, match = [0, 0, 0, 0], 0
    for place, pool in enumerate(pools):
        with_it = match_cents if place >= 2 else 0
        while excess > 0 and back[place] < pool:
            back[place] += 1
            match += with_it
            excess -= 1 + with_it
    return [*back, match, max(excess, 0)]


@pytest.mark.untraced
def test_cent_by_cent_the_same_comes_out() -> None:
    dice = random.Random(415)
    for _ in range(10_000):
        match_cents = dice.randint(0, 3)
        pools = [dice.choice([0, dice.randint(0, 150)]) for _ in range(4)]
        excess = dice.choice([0, dice.randint(0, 500), sum(pools), pools[0], pools[0] + pools[1]])
        names = ("unmatched_after_tax", "unmatched_deferrals", "matched_after_tax", "matched_deferrals")
        amounts = {name: Decimal(cents) / 100 for name, cents in zip(names, pools, strict=True)}
        case = correction(
            {"over_limit": Decimal(excess) / 100, "match_rate": Decimal(match_cents), **amounts}
        )
        third, fourth = case.matched_after_tax_returned, case.matched_deferrals_returned
        got = [
            case.unmatched_after_tax_returned,
            case.unmatched_deferrals_returned,
            third.returned,
            fourth.returned,
            third.match_forfeited + fourth.match_forfeited,
            case.employer_money_forfeited,
        ]
        for dollars_, cents in zip(got, undone_cent_by_cent(excess, pools, match_cents), strict=True):
            assert abs(dollars_ * 100 - cents) < 1 + match_cents
