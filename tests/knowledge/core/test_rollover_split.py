"""One payout to several places: where its pre-tax part lands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import product
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from knowledge.core.rollover_split import Chosen, Destination, Rollover, RolloverSplit, assigned
from knowledge.core.sheet import Inconsistent, Origin, Unanswered
from tests.knowledge.core.people import LAW, UNTIMED, dollars

CENT = Decimal("0.01")
TINY = Decimal("1e-15")
TRADITIONAL, ROTH, PLAN = Destination.TRADITIONAL_IRA, Destination.ROTH_IRA, Destination.PLAN


def split(
    amount: Decimal | int,
    pretax: Decimal | int,
    direct: Sequence[Rollover],
    later: Sequence[Rollover] = (),
    choice: Sequence[Chosen] = (),
    **facts: object,
) -> RolloverSplit:
    """A whole source of ``amount`` dollars, ``pretax`` of them never taxed, that leaves at once."""
    all_of_it = {"after_tax_balance": Decimal(amount), "amount_moved": Decimal(amount)}
    all_of_it["after_tax_basis"] = Decimal(amount) - pretax
    where = {"direct_rollovers": tuple(direct), "sixty_day_rollovers": tuple(later)}
    chosen = {"pretax_choice": tuple(choice)} if choice else {}
    return RolloverSplit({**all_of_it, **where, **chosen, **facts}, LAW[2026])


def to(name: str, kind: Destination, amount: Decimal | int) -> Rollover:
    return Rollover(name, kind, Decimal(amount))


@st.composite
def payouts(draw: st.DrawFn) -> dict[str, object]:
    """A payout of a part of a source, with up to three direct and two later rollovers that it can pay for."""
    value = draw(dollars(100_000).filter(bool))
    left = moved = min(value, draw(dollars(100_000)))
    tiers: list[tuple[Rollover, ...]] = []
    for most, letter in ((3, "d"), (2, "s")):
        tier = []
        for place in range(draw(st.integers(0, most))):
            amount = (left * draw(st.integers(0, 100)) / 100).quantize(CENT, "ROUND_DOWN")
            tier.append(Rollover(f"{letter}{place}", draw(st.sampled_from(Destination)), amount))
            left -= amount
        tiers.append(tuple(tier))
    return {
        "after_tax_balance": value,
        "after_tax_basis": draw(dollars(100_000)),
        "amount_moved": moved,
        "direct_rollovers": tiers[0],
        "sixty_day_rollovers": tiers[1],
    }


def worked(facts: Mapping[str, object]) -> RolloverSplit:
    return RolloverSplit(facts, LAW[2026])


# --- every dollar ----------------------------------------------------------------------------------------------------


@UNTIMED
@given(payouts())
def test_every_dollar_lands_somewhere_and_no_account_gets_more_than_it_was_sent(
    facts: dict[str, object],
) -> None:
    case = worked(facts)
    landed = (*case.direct_landed, *case.sixty_day_landed)
    for sent, came in zip((*case.direct_rollovers, *case.sixty_day_rollovers), landed, strict=True):
        assert (sent.name, sent.to) == (came.name, came.to)
        assert abs(came.pretax + came.after_tax - sent.amount) < TINY
        assert came.pretax >= 0
        assert came.after_tax >= -TINY
    pretax = sum(came.pretax for came in landed) + case.pretax_in_cash
    after_tax = sum(came.after_tax for came in landed) + case.after_tax_in_cash
    assert abs(pretax - case.taxable_moved) < TINY
    assert abs(after_tax - case.nontaxable_moved) < TINY


@UNTIMED
@given(payouts())
def test_pretax_money_goes_to_direct_rollovers_then_to_later_ones_then_to_cash(
    facts: dict[str, object],
) -> None:
    case = worked(facts)
    direct, later = (
        sum(came.pretax for came in tier) for tier in (case.direct_landed, case.sixty_day_landed)
    )
    assert abs(direct - min(case.taxable_moved, case.rolled_over_directly)) < TINY
    assert abs(case.pretax_paid_out - (case.taxable_moved - direct)) < TINY
    assert abs(later - min(case.pretax_paid_out, case.rolled_over_later)) < TINY
    if case.pretax_in_cash > TINY:
        assert all(abs(came.after_tax) < TINY for came in (*case.direct_landed, *case.sixty_day_landed))


@UNTIMED
@given(payouts())
def test_tax_is_held_back_only_from_pretax_money_that_is_paid_out(facts: dict[str, object]) -> None:
    case = worked(facts)
    assert case.withheld == case.pretax_paid_out / 5
    assert case.check_in_hand + case.withheld == case.paid_out
    assert case.own_money_needed == case.withheld
    everything_direct = {**facts, "sixty_day_rollovers": ()}
    everything_direct["direct_rollovers"] = (to("all", PLAN, case.amount_moved),)
    assert worked(everything_direct).withheld == 0


@UNTIMED
@given(payouts())
def test_without_a_choice_roth_gets_pretax_money_only_where_nothing_else_can_hold_it(
    facts: dict[str, object],
) -> None:
    case = worked(facts)
    for tier in (case.direct_landed, case.sixty_day_landed):
        if any(came.pretax > TINY for came in tier if came.to is ROTH):
            assert all(abs(came.after_tax) < TINY for came in tier if came.to is not ROTH)


@UNTIMED
@given(payouts())
def test_taxable_and_spoiling_money_are_told_apart(facts: dict[str, object]) -> None:
    case = worked(facts)
    landed = (*case.direct_landed, *case.sixty_day_landed)
    in_plan = sum((came.pretax for came in landed if came.to is PLAN), Decimal(0))
    parts = case.taxable_now + case.pretax_in_traditional_ira + in_plan
    assert abs(parts - case.taxable_moved) < TINY


@UNTIMED
@given(payouts(), st.sampled_from(["direct_rollovers", "sixty_day_rollovers"]))
def test_the_order_of_the_list_changes_no_tax(facts: dict[str, object], which: str) -> None:
    tier = facts[which]
    assert isinstance(tier, tuple)
    turned = worked({**facts, which: tier[::-1]})
    assert abs(turned.taxable_now - worked(facts).taxable_now) < TINY


# --- the choice ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pretax", ["10", "0.50", "99.50"])
def test_the_default_choice_is_listed_as_assumed_where_there_is_one(pretax: str) -> None:
    case = split(100, Decimal(pretax), [to("a", TRADITIONAL, 50), to("b", ROTH, 50)])
    case.taxable_now  # noqa: B018
    [line] = [line for line in case.worksheet(RolloverSplit.taxable_now) if line.cell == "pretax_choice"]
    assert (line.value, line.origin) == ((), Origin.ASSUMED)


@pytest.mark.parametrize(
    ("pretax", "direct"),
    [
        (0, [to("a", TRADITIONAL, 50), to("b", ROTH, 50)]),
        (100, [to("a", TRADITIONAL, 50), to("b", ROTH, 50)]),
        (50, [to("a", TRADITIONAL, 25), to("b", ROTH, 25)]),
        (10, [to("a", ROTH, 100)]),
        (10, []),
    ],
)
def test_where_there_is_nothing_to_choose_no_choice_is_assumed(pretax: int, direct: list[Rollover]) -> None:
    case = split(100, pretax, direct)
    case.taxable_now  # noqa: B018
    assert "pretax_choice" not in [line.cell for line in case.facts_read()]


def test_what_is_not_named_is_filled_traditional_and_plan_in_their_order_and_roth_last() -> None:
    direct = [to("r", ROTH, 30), to("p", PLAN, 30), to("t", TRADITIONAL, 30)]
    assert [came.pretax for came in split(100, 40, direct).direct_landed] == [0, 30, 10]
    assert [came.pretax for came in split(100, 75, direct).direct_landed] == [15, 30, 30]
    chosen = split(100, 40, direct, choice=[Chosen("p", Decimal(5))])
    assert [came.pretax for came in chosen.direct_landed] == [5, 5, 30]


def test_a_choice_may_name_rollovers_of_both_steps() -> None:
    direct, later = [to("a", TRADITIONAL, 40), to("b", ROTH, 20)], [to("c", ROTH, 10), to("d", PLAN, 20)]
    all_of_it = [
        Chosen("a", Decimal(40)),
        Chosen("b", Decimal(20)),
        Chosen("c", Decimal(5)),
        Chosen("d", Decimal(3)),
    ]
    case = split(100, 68, direct, later, all_of_it)
    assert [came.pretax for came in (*case.direct_landed, *case.sixty_day_landed)] == [40, 20, 5, 3]
    assert case.taxable_now == 25


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ([("a", "10.01")], "is more than the pre-tax money by 0.01"),
        ([("a", "4"), ("b", "5.99")], "leaves no room for 0.01"),
        ([("a", "4"), ("b", "6.01")], "is more than the pre-tax money by 0.01"),
        ([("a", "50.01")], "a cannot get more than its amount"),
        ([("c", "10")], "must name a rollover, each once"),
        ([("a", "5"), ("a", "5")], "must name a rollover, each once"),
    ],
)
def test_a_choice_that_does_not_add_up_is_refused(choice: list[tuple[str, str]], message: str) -> None:
    direct = [to("a", TRADITIONAL, 50), to("b", ROTH, 50)]
    case = split(100, 10, direct, choice=[Chosen(name, Decimal(part)) for name, part in choice])
    with pytest.raises(Inconsistent, match=message) as refused:
        case.direct_landed  # noqa: B018
    assert refused.value.facts == ("pretax_choice",)


def test_where_all_rollovers_are_pretax_another_choice_is_refused() -> None:
    direct = [to("a", TRADITIONAL, 20), to("b", ROTH, 20)]
    assert split(100, 40, direct, choice=[Chosen("b", Decimal(20))]).direct_landed[1].pretax == 20
    with pytest.raises(Inconsistent, match=r"leaves no room for 20\.00"):
        split(100, 60, direct, choice=[Chosen("b", Decimal(0))]).direct_landed  # noqa: B018


def test_a_name_for_two_accounts_is_refused_only_where_it_is_chosen_by_name() -> None:
    direct, later = [to("a", TRADITIONAL, 40)], [to("a", ROTH, 20)]
    assert split(100, 30, direct, later).taxable_now == 0
    with pytest.raises(Inconsistent, match="two rollovers have one name") as refused:
        split(100, 30, direct, later, [Chosen("a", Decimal(30))]).direct_landed  # noqa: B018
    assert refused.value.facts == ("direct_rollovers", "sixty_day_rollovers")


def test_a_fraction_of_a_cent_goes_where_there_is_room_and_a_whole_cent_is_refused() -> None:
    third = Decimal(100) / 3
    both = [to("t", TRADITIONAL, Decimal("33.33")), to("r", ROTH, Decimal("66.67"))]
    chosen = {"t": Decimal("33.33"), "r": Decimal(0)}
    assert [came.pretax for came in assigned(third, both, chosen)] == [
        Decimal("33.33"),
        third - Decimal("33.33"),
    ]
    up = assigned(third, both, {"t": Decimal("33.33"), "r": Decimal("0.01")})
    assert sum(came.pretax for came in up) == third
    assert up[0].pretax == third - Decimal("0.01")
    with pytest.raises(Inconsistent, match=r"leaves no room for 0\.01"):
        assigned(Decimal("33.34"), both, chosen)
    with pytest.raises(Inconsistent, match=r"is more than the pre-tax money by 0\.01"):
        assigned(Decimal("33.32"), both, chosen)
    nearly = assigned(Decimal("33.321"), both, chosen)
    assert [came.pretax for came in nearly] == [Decimal("33.321"), 0]


# --- limits, and what is asked ----------------------------------------------------------------------------------------


def test_rollovers_may_take_all_and_not_a_cent_more() -> None:
    assert split(100, 10, [to("a", ROTH, 100)]).paid_out == 0
    with pytest.raises(Inconsistent, match="the direct rollovers are more than moves") as refused:
        split(100, 10, [to("a", ROTH, Decimal("100.01"))]).direct_landed  # noqa: B018
    assert refused.value.facts == ("direct_rollovers", "amount_moved")
    assert split(100, 10, [to("a", ROTH, 60)], [to("b", ROTH, 40)]).after_tax_in_cash == 0
    with pytest.raises(Inconsistent, match="the 60-day rollovers are more than is paid out") as refused:
        split(100, 10, [to("a", ROTH, 60)], [to("b", ROTH, Decimal("40.01"))]).sixty_day_landed  # noqa: B018
    assert refused.value.facts == ("sixty_day_rollovers",)


def test_age_matters_only_for_pretax_cash_and_the_rate_only_for_what_is_taxable() -> None:
    free = split(100, 10, [to("a", TRADITIONAL, 10)])
    assert free.early_tax_on_cash == free.income_tax_now == 0
    taxed = split(100, 10, [])
    with pytest.raises(Unanswered, match="reached_59_half"):
        taxed.early_tax_on_cash  # noqa: B018
    with pytest.raises(Unanswered, match="ordinary_rate_now"):
        taxed.income_tax_now  # noqa: B018
    assert split(100, 10, [], ordinary_rate_now=Decimal("0.5")).income_tax_now == 5
    assert split(100, 10, [], reached_59_half=False).early_tax_on_cash == 1
    assert split(100, 10, [], reached_59_half=True).early_tax_on_cash == 0


def test_what_goes_to_roth_is_income_without_the_additional_tax() -> None:
    case = split(100, 10, [to("a", ROTH, 100)], reached_59_half=False)
    assert case.taxable_now == 10
    assert case.early_tax_on_cash == 0


def test_the_legal_rates_are_on_the_worksheet_where_they_are_used() -> None:
    case = split(100, 10, [], reached_59_half=False)
    case.withheld, case.early_tax_on_cash  # noqa: B018
    assert "withholding" in [line.cell for line in case.worksheet(RolloverSplit.withheld)]
    assert "early_distribution" in [line.cell for line in case.worksheet(RolloverSplit.early_tax_on_cash)]
    free = split(100, 10, [to("a", TRADITIONAL, 100)])
    free.withheld  # noqa: B018
    assert "withholding" not in [line.cell for line in free.worksheet(RolloverSplit.withheld)]


# --- a second opinion: every way to spread whole dollars, and of those that the Notice allows the one with least tax --


def ways(pretax: int, tier: Sequence[Rollover]) -> Iterator[tuple[int, ...]]:
    """Yield every spread of as much of ``pretax`` dollars over ``tier`` as it can hold, in whole dollars."""
    every = list(product(*(range(int(rollover.amount) + 1) for rollover in tier)))
    most = max(sum(way) for way in every if sum(way) <= pretax)
    yield from (way for way in every if sum(way) == most)


def roth_part(way: Sequence[int], tier: Sequence[Rollover]) -> int:
    return sum(part for part, rollover in zip(way, tier, strict=True) if rollover.to is ROTH)


@pytest.mark.untraced
def test_ten_thousand_payouts_agree_with_trying_every_spread() -> None:
    random = Random(2014_54)
    for _ in range(10_000):
        direct, later = (
            [
                to(f"{step}{place}", random.choice(list(Destination)), random.randint(0, 4))
                for place in range(many)
            ]
            for step, many in (("d", random.randint(0, 3)), ("s", random.randint(0, 2)))
        )
        sent = int(sum(rollover.amount for rollover in (*direct, *later)))
        amount = sent + random.choice([0, random.randint(0, 5)])
        if not amount:
            continue
        pretax = random.choice([0, amount, random.randint(0, amount)])
        case = split(amount, pretax, direct, later)

        direct_ways = list(ways(pretax, direct))
        left = pretax - sum(direct_ways[0])
        later_ways = list(ways(left, later))
        cash = left - sum(later_ways[0])
        least = cash + min(roth_part(way, direct) for way in direct_ways)
        least += min(roth_part(way, later) for way in later_ways)
        assert case.pretax_paid_out == left
        assert case.pretax_in_cash == cash
        assert case.after_tax_in_cash == amount - sent - cash
        assert case.taxable_now == least

        named = [rollover for rollover in (*direct, *later) if random.random() < 0.5]
        choice = {rollover.name: random.randint(0, int(rollover.amount)) for rollover in named}
        asked = split(amount, pretax, direct, later, [Chosen(n, Decimal(part)) for n, part in choice.items()])
        possible = [
            [
                way
                for way in spreads
                if all(choice.get(to.name, part) == part for part, to in zip(way, tier, strict=True))
            ]
            for spreads, tier in ((direct_ways, direct), (later_ways, later))
        ]
        if all(possible):
            parts = [int(came.pretax) for came in (*asked.direct_landed, *asked.sixty_day_landed)]
            assert tuple(parts[: len(direct)]) in possible[0]
            assert tuple(parts[len(direct) :]) in possible[1]
            cheapest = sum(
                min(roth_part(way, tier) for way in spreads)
                for spreads, tier in zip(possible, (direct, later), strict=True)
            )
            assert asked.taxable_now == cash + cheapest >= least
        else:
            with pytest.raises(Inconsistent):
                asked.taxable_now  # noqa: B018


@UNTIMED
@given(payouts(), st.data())
def test_no_choice_gives_less_tax_than_none(facts: dict[str, object], data: st.DataObject) -> None:
    case = worked(facts)
    left, room, choice = min(case.taxable_moved, case.rolled_over_directly), case.rolled_over_directly, []
    for rollover in case.direct_rollovers[:-1]:
        room -= rollover.amount
        least, most = max(Decimal(0), left - room), min(rollover.amount, left)
        part = least + (most - least) * data.draw(st.integers(0, 100)) / 100
        choice.append(Chosen(rollover.name, part))
        left -= part
    assume(choice)
    chosen = worked({**facts, "pretax_choice": tuple(choice)})
    assert chosen.taxable_now >= case.taxable_now - TINY
