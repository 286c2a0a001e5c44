"""What must hold for every year by paycheck, whatever the elections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import given as front_door
from knowledge.core.calculation import Worked
from knowledge.core.calculations import CALCULATIONS
from knowledge.core.elections import (
    ONE_CENT,
    ElectionStep,
    Outlook,
    even,
    even_to_the_cent,
    largest,
    one_more,
    times,
)
from knowledge.core.facts import AgeBand, PaySchedule
from knowledge.core.match import CENT, ZERO, EmployerMoney, Tier, to_the_cent
from knowledge.core.pay_days import Bonus, lay_out, pay_days
from knowledge.core.paychecks import Paychecks
from knowledge.core.payroll import (
    Check,
    Election,
    Elections,
    MatchBasis,
    Paycheck,
    Rules,
    SoFar,
    YearEnd,
    full_match,
    rounding_of,
    run,
    year_end,
)
from knowledge.core.sheet import Origin, Unanswered
from knowledge.core.take_home import PayTaxes, take_home
from tests.knowledge.core.people import LAW, UNTIMED

HALF_OF_SIX = EmployerMoney((Tier(Decimal("0.5"), ZERO, Decimal("0.06")),))
FAR = Decimal(10**8)
"""A limit that nothing reaches."""

CENTS = st.integers(0, 2_000_000).map(lambda cents: Decimal(cents) / 100)
SHARES = st.integers(0, 100).map(lambda percent: Decimal(percent) / 100)
LIMITS = CENTS | st.just(FAR)
FALLING_TIERS = st.lists(st.tuples(st.sampled_from(["0.25", "0.5", "1"]), st.integers(1, 6)), max_size=3).map(
    lambda steps: falling(sorted(steps, key=lambda step: Decimal(step[0]), reverse=True))
)


def falling(steps: list[tuple[str, int]]) -> tuple[Tier, ...]:
    """Tiers one after the other, the highest rate first; each its width in percent of pay."""
    tiers, start = [], 0
    for rate, width in steps:
        tiers.append(Tier(Decimal(rate), Decimal(start) / 100, Decimal(start + width) / 100))
        start += width
    return tuple(tiers)


MONEY = st.builds(
    EmployerMoney, FALLING_TIERS, SHARES.map(lambda share: share / 20), CENTS, st.none() | CENTS
)
PLANS = st.builds(
    Rules, LIMITS, LIMITS, LIMITS, LIMITS, LIMITS, MONEY, st.sampled_from(MatchBasis), SHARES, SHARES, SHARES
)
CHECKS = st.lists(CENTS, min_size=1, max_size=14).map(
    lambda pays: tuple(Check(number, None, pay, pay) for number, pay in enumerate(pays, 1))
)
ELECTIONS = st.builds(
    Elections, st.builds(Election, SHARES, CENTS | st.just(ZERO)), st.builds(Election, SHARES, CENTS)
)


def outlook(*pays: int | str, so_far: SoFar | None = None, **rules: Any) -> Outlook:
    """Checks of so many dollars under rules that nothing reaches, but for those given."""
    limits = dict.fromkeys(
        ("deferral_limit", "catch_up_from", "additions_limit", "after_tax_cap", "compensation_cap"), FAR
    )
    basics: dict[str, Any] = {**limits, "money": EmployerMoney(), "basis": MatchBasis.PAYCHECK}
    told = {
        name: Decimal(value) if name in limits and value is not FAR else value
        for name, value in rules.items()
    }
    checks = tuple(Check(number, None, Decimal(pay), Decimal(pay)) for number, pay in enumerate(pays, 1))
    return Outlook(checks, Rules(**{**basics, **told}), so_far or SoFar())


def of_pay(deferral: str, after_tax: str = "0") -> Elections:
    return Elections(Election(Decimal(deferral)), Election(Decimal(after_tax)))


def in_dollars(deferral: int | str | Decimal, after_tax: int | str | Decimal = 0) -> Elections:
    return Elections(Election(dollars=Decimal(deferral)), Election(dollars=Decimal(after_tax)))


def paychecks(facts: Mapping[str, object]) -> Worked:
    return CALCULATIONS["paychecks"].work_out(2026, facts, LAW)


def parts(record: object, *names: str) -> list[Any]:
    return [getattr(record, name) for name in names]


def employee(**facts: object) -> dict[str, object]:
    return {
        "age_band": AgeBand.UNDER_50,
        "pay": Decimal(120_000),
        "pay_schedule": PaySchedule.MONTHLY,
        "checks_so_far": 0,
        "checks_left": 12,
        "employer_money": EmployerMoney(),
        **facts,
    }


# --- one year --------------------------------------------------------------------------------------------------------


@UNTIMED
@given(CHECKS, PLANS, st.data())
def test_no_year_passes_a_limit_and_its_checks_add_up_to_it(
    checks: tuple[Check, ...], rules: Rules, data: st.DataObject
) -> None:
    elections = data.draw(st.lists(ELECTIONS, min_size=len(checks), max_size=len(checks)))
    year = run(checks, elections, rules, SoFar())
    end = year_end(checks, year, rules, SoFar())
    total = dict.fromkeys(("deferral", "match", "after_tax"), ZERO)
    counted = ZERO
    for check, one in zip(checks, year, strict=True):
        for kind in total:
            total[kind] += getattr(one, kind)
            assert getattr(one, f"{kind}_so_far") == total[kind]
        counted += one.deferral - one.catch_up + one.match + one.after_tax
        assert one.additions_so_far == counted
        assert one.deferral + one.after_tax <= check.plan_pay
        assert 0 <= one.catch_up <= one.deferral
        assert min(one.match, one.after_tax, one.deferral_cut, one.after_tax_cut, one.match_missed) >= 0
        assert one.match_crowded_out <= one.match_missed
        assert all(amount == to_the_cent(amount) for amount in (one.deferral, one.match, one.after_tax))
    assert (end.deferral, end.match, end.after_tax) == tuple(total.values())
    assert end.additions == counted + end.true_up + end.other_employer_money
    assert end.employer_money == end.match + end.true_up + end.other_employer_money
    assert end.additions <= rules.additions_limit
    assert end.deferral <= rules.deferral_limit
    assert end.deferral - end.catch_up <= rules.catch_up_from
    assert end.after_tax <= rules.after_tax_cap
    assert rules.money.match_cap is None or end.match + end.true_up <= rules.money.match_cap


@UNTIMED
@given(CHECKS, PLANS, ELECTIONS)
def test_a_stop_is_the_first_check_that_is_short(
    checks: tuple[Check, ...], rules: Rules, elections: Elections
) -> None:
    year = run(checks, [elections] * len(checks), rules, SoFar())
    end = year_end(checks, year, rules, SoFar())
    for stop, short in (
        (end.deferrals_stop, [one.number for one in year if one.deferral_cut]),
        (end.match_stops, [one.number for one in year if one.match_missed]),
        (end.after_tax_stops, [one.number for one in year if one.after_tax_cut]),
    ):
        assert (stop and stop.number) == next(iter(short), None)


WHOLE = st.integers(0, 40).map(lambda hundreds: Decimal(100 * hundreds))


@UNTIMED
@given(
    st.lists(WHOLE, min_size=1, max_size=8), FALLING_TIERS, st.lists(WHOLE, min_size=5, max_size=5), st.data()
)
def test_in_another_currency_a_year_is_the_same(
    pays: list[Decimal], tiers: tuple[Tier, ...], limits: list[Decimal], data: st.DataObject
) -> None:
    rate, elections = data.draw(st.integers(2, 9)), data.draw(st.tuples(SHARES, SHARES))
    basis = data.draw(st.sampled_from(MatchBasis))

    def year(unit: int) -> tuple[tuple[Paycheck, ...], YearEnd]:
        one = outlook(*(str(pay * unit) for pay in pays))
        money = EmployerMoney(tiers, fixed=Decimal(70 * unit), match_cap=Decimal(900 * unit))
        a, b, c, d, e = (limit * unit for limit in limits)
        rules = Rules(a, b, c, d, e, money, basis)
        each = [Elections(*map(Election, elections))] * len(pays)
        paid = run(one.checks, each, rules, SoFar())
        return paid, year_end(one.checks, paid, rules, SoFar())

    (paid, end), (paid_there, end_there) = year(1), year(rate)
    assert [one.match * rate for one in paid] == [one.match for one in paid_there]
    assert [one.additions_so_far * rate for one in paid] == [one.additions_so_far for one in paid_there]
    assert end.additions * rate == end_there.additions
    assert end.crowded_out * rate == end_there.crowded_out


def test_an_amount_is_booked_half_up_to_the_cent() -> None:
    [one] = outlook("10.05").run(of_pay("0.1", "0.3"))
    assert (one.deferral, one.after_tax) == (Decimal("1.01"), Decimal("3.02"))
    assert Election(Decimal("0.5"), Decimal("0.004")).of(Decimal("0.01")) == CENT


def test_deferral_takes_the_room_before_the_match_and_the_match_before_after_tax_money() -> None:
    money = EmployerMoney((Tier(Decimal(1), ZERO, Decimal(1)),))
    year = outlook(1_000, 1_000, 1_000, additions_limit=550, money=money).run(of_pay("0.1", "0.05"))
    assert [parts(one, "deferral", "match", "after_tax") for one in year] == [
        [100, 100, 50],
        [100, 100, 50],
        [50, 0, 0],
    ]
    assert parts(year[2], "match_missed", "match_crowded_out") == [100, 50]
    assert parts(year[2], "deferral_cut", "after_tax_cut") == [50, 50]


def test_who_has_not_filled_the_base_limit_makes_no_catch_up_when_the_total_limit_is_full() -> None:
    full = outlook(1_000, 1_000, deferral_limit=900, catch_up_from=500, additions_limit=400)
    assert [parts(one, "deferral", "catch_up") for one in full.run(of_pay("0.5"))] == [[400, 0], [0, 0]]
    open_by_a_dollar = outlook(1_000, 1_000, deferral_limit=900, catch_up_from=500, additions_limit=500)
    assert [parts(one, "deferral", "catch_up") for one in open_by_a_dollar.run(of_pay("0.6"))] == [
        [600, 100],
        [300, 300],
    ]


def test_what_went_in_before_counts() -> None:
    so_far = SoFar(Decimal(5_000), Decimal(600), Decimal(100), Decimal(40), Decimal(30), Decimal(20))
    assert so_far.additions == 600 - 100 + 40 + 30 + 20
    year = outlook(
        1_000,
        so_far=so_far,
        deferral_limit=650,
        catch_up_from=500,
        additions_limit=620,
        after_tax_cap=25,
        compensation_cap=5_200,
        money=replace(HALF_OF_SIX, fixed=Decimal(50)),
    )
    [one] = year.run(of_pay("0.1", "0.1"))
    assert parts(one, "deferral", "catch_up", "match", "after_tax") == [50, 50, 6, 5]
    totals = parts(one, "deferral_so_far", "match_so_far", "after_tax_so_far", "additions_so_far")
    assert totals == [650, 46, 25, 601]
    end = year.end(of_pay("0.1", "0.1"))
    assert parts(end, "catch_up", "other_employer_money", "crowded_out", "unused_after_tax") == [
        150,
        49,
        1,
        0,
    ]


def test_a_match_so_far_over_the_plans_cap_brings_no_more_and_takes_nothing_back() -> None:
    money = replace(HALF_OF_SIX, match_cap=Decimal(100))
    year = outlook(1_000, so_far=SoFar(match=Decimal(120)), money=money)
    [one] = year.run(of_pay("0.1"))
    assert parts(one, "match", "match_so_far", "match_missed") == [0, 120, 0]
    assert full_match(year.checks, year.rules, year.so_far) == 120


def test_an_empty_rest_of_the_year_is_what_is_in() -> None:
    so_far = SoFar(Decimal(900), Decimal(90), match=Decimal(9), after_tax=Decimal(5))
    end = outlook(so_far=so_far, additions_limit=200).end(Elections())
    assert parts(end, "deferral", "match", "after_tax", "additions", "unused_after_tax") == [
        90,
        9,
        5,
        104,
        96,
    ]


@pytest.mark.parametrize(
    ("rules", "so_far", "full"),
    [
        # Half of 6 % of two checks of 1,000.
        ({}, SoFar(), "60"),
        # Only 1,500 of the 2,000 to come still count; then none.
        ({"compensation_cap": 2_500}, SoFar(Decimal(1_000), match=Decimal(7)), "52"),
        ({"compensation_cap": 900}, SoFar(Decimal(1_000), match=Decimal(7)), "7"),
        # The plan lets 4 % or 3 % of pay be deferred.
        ({"most_deferral_share": Decimal("0.04")}, SoFar(), "40"),
        ({"most_deferral_share": Decimal("0.04"), "most_together_share": Decimal("0.03")}, SoFar(), "30"),
        # 10 of the limit are left; less than nothing is nothing.
        ({"deferral_limit": 50}, SoFar(Decimal(500), Decimal(40), match=Decimal(20)), "25"),
        ({"deferral_limit": 50}, SoFar(Decimal(500), Decimal(70), match=Decimal(20)), "20"),
        # On the year: half of the 40 that are in and of 3 % of what is to come; of 6 % of all pay; of the limit.
        (
            {"basis": MatchBasis.TRUE_UP, "most_deferral_share": Decimal("0.03")},
            SoFar(Decimal(1_000), Decimal(40)),
            "50",
        ),
        ({"basis": MatchBasis.YEAR}, SoFar(Decimal(1_000), Decimal(40)), "90"),
        ({"basis": MatchBasis.YEAR, "deferral_limit": 100}, SoFar(Decimal(1_000), Decimal(40)), "50"),
        ({"basis": MatchBasis.YEAR, "compensation_cap": 2_000}, SoFar(Decimal(1_000), Decimal(40)), "60"),
        ({"basis": MatchBasis.YEAR, "compensation_cap": 900}, SoFar(Decimal(1_000), Decimal(40)), "27"),
        ({"basis": MatchBasis.TRUE_UP}, SoFar(Decimal(1_000), match=Decimal(99)), "99"),
    ],
)
def test_the_full_match_is_what_is_in_and_what_pay_to_come_can_still_bring(
    rules: dict[str, Any], so_far: SoFar, full: str
) -> None:
    year = outlook(1_000, 1_000, so_far=so_far, **{"money": HALF_OF_SIX, **rules})
    assert full_match(year.checks, year.rules, year.so_far) == Decimal(full)


def test_every_check_has_its_election() -> None:
    with pytest.raises(ValueError, match="shorter"):
        outlook(1_000, 1_000, 1_000).run(Elections(), Elections())


def test_the_rounding_of_the_checks_is_no_lost_match() -> None:
    # Half of 6 % of 0.49 is 0.0147, booked as 0.01: four of them are 0.04, on the year it is 0.06.
    year = outlook(*["0.49"] * 4, money=HALF_OF_SIX)
    assert full_match(year.checks, year.rules, year.so_far) == Decimal("0.06")
    assert year.end(of_pay("1")).match == Decimal("0.04")
    assert year.end(of_pay("1")).match_lost == ZERO
    assert year.end(*[of_pay("1")] * 3, of_pay("0")).match_lost == Decimal("0.03")
    assert rounding_of(4) == Decimal("0.02")


# --- match over schedules --------------------------------------------------------------------------------------------


def random_schedule(chance: Random, year: Outlook) -> list[Elections]:
    """Dollars from every check, spread as it falls; some checks take nothing, some all."""
    kind = chance.random()

    def one(pay: Decimal) -> Elections:
        if kind < 0.3 and chance.random() < 0.5:
            return in_dollars(chance.choice((ZERO, pay)))
        return in_dollars(to_the_cent(pay * chance.randint(0, 400) / 1_000))

    return [one(check.plan_pay) for check in year.checks]


def random_plan(chance: Random) -> dict[str, Any]:
    rates = sorted((chance.choice(("0.25", "0.5", "1")) for _ in range(chance.randint(1, 3))), key=Decimal)
    tiers = falling([(rate, chance.randint(1, 4)) for rate in reversed(rates)])
    cap = chance.choice((None, Decimal(chance.randint(100, 2_000))))
    return {
        "money": EmployerMoney(tiers, match_cap=cap),
        "basis": chance.choice(list(MatchBasis)),
        "deferral_limit": chance.randint(500, 9_000),
    }


@pytest.mark.untraced
def test_the_even_pace_keeps_at_least_the_match_of_a_thousand_other_schedules() -> None:
    chance = Random(415)
    for _ in range(25):
        pay = Decimal(chance.randint(100_000, 900_000)) / 100
        plan = random_plan(chance) | {"additions_limit": chance.choice((FAR, pay * chance.randint(1, 6) / 4))}
        year = outlook(*[str(pay)] * chance.randint(2, 5), **plan)
        kept = year.end(*even_to_the_cent(year)).employer_money
        for _ in range(1_000):
            other = year.end(*random_schedule(chance, year))
            assert other.employer_money <= kept + 2 * rounding_of(len(year.checks))


def test_no_schedule_brings_more_than_the_full_match() -> None:
    chance = Random(416)
    for _ in range(2_000):
        pays = [Decimal(chance.randint(0, 900_000)) / 100 for _ in range(chance.randint(1, 7))]
        earlier = SoFar(Decimal(3_000), Decimal(400), match=Decimal(chance.randint(0, 200)))
        plan = random_plan(chance) | {"compensation_cap": sum(pays, ZERO) * chance.randint(2, 12) / 10}
        year = outlook(*map(str, pays), so_far=chance.choice((SoFar(), earlier)), **plan)
        if year.rules.basis is not MatchBasis.PAYCHECK:  # what came before is then part of the same formula
            year = replace(year, so_far=replace(year.so_far, match=ZERO))
        end = year.end(*random_schedule(chance, year))
        most = full_match(year.checks, year.rules, year.so_far)
        assert end.match + end.true_up <= most + rounding_of(len(pays) + 1)


def test_a_true_up_gives_every_schedule_of_the_same_total_the_same_match() -> None:
    chance = Random(417)
    for _ in range(500):
        pay = chance.randint(1_000, 9_000)
        year = outlook(
            *[pay] * 6, **{**random_plan(chance), "deferral_limit": FAR, "basis": MatchBasis.TRUE_UP}
        )
        amounts = [chance.randint(0, pay) for _ in range(6)]
        end = year.end(*map(in_dollars, amounts))
        chance.shuffle(amounts)
        front = sorted(amounts, reverse=True)
        for other in (amounts, front):
            there = year.end(*map(in_dollars, other))
            assert abs(there.employer_money - end.employer_money) <= rounding_of(6)
        on_the_year = year.under(basis=MatchBasis.YEAR)
        assert on_the_year.end(*map(in_dollars, front)).match == 0
        assert (
            on_the_year.end(*map(in_dollars, front)).true_up
            == on_the_year.end(*map(in_dollars, amounts)).true_up
        )
        assert abs(on_the_year.end(*map(in_dollars, front)).true_up - end.employer_money) <= rounding_of(6)


# --- what to elect ---------------------------------------------------------------------------------------------------


def test_the_largest_number_that_fits_is_found_whatever_the_guess() -> None:
    for most, fits_up_to, guess in product(range(7), range(9), range(-2, 10)):
        assert largest(most, guess, fits_up_to.__ge__) == min(most, fits_up_to)


def test_a_good_guess_leaves_nothing_to_halve() -> None:
    tried: list[int] = []

    def fits(number: int) -> bool:
        tried.append(number)
        return number <= 41_000

    assert largest(1_000_000, 41_000, fits) == 41_000
    assert tried == [41_000, 41_001]


@pytest.mark.parametrize(
    ("step", "one", "seven"),
    [
        (ElectionStep.WHOLE_PERCENT, "10", "70"),
        (ElectionStep.HALF_PERCENT, "5", "35"),
        (ElectionStep.TENTH_PERCENT, "1", "7"),
        (ElectionStep.DOLLARS, "1", "7"),
    ],
)
def test_steps(step: ElectionStep, one: str, seven: str) -> None:
    assert step.election.of(Decimal(1_000)) == Decimal(one)
    assert times(step.election, 7).of(Decimal(1_000)) == Decimal(seven)


@UNTIMED
@given(st.lists(CENTS, min_size=1, max_size=8), LIMITS, LIMITS)
def test_exact_dollars_land_on_the_limits_or_take_all_pay_of_the_last_check(
    pays: list[Decimal], deferrals: Decimal, additions: Decimal
) -> None:
    year = outlook(*map(str, pays), deferral_limit=deferrals, additions_limit=additions)
    elections = even_to_the_cent(year)
    end = year.end(*elections)
    assert len(elections) == len(pays)
    assert end.deferrals_stop is None
    assert end.after_tax_stops is None
    last = max((place for place, pay in enumerate(pays) if pay), default=0)
    paid = year.run(*elections)
    untaken = [
        check.plan_pay - one.deferral - one.after_tax for check, one in zip(year.checks, paid, strict=True)
    ]
    # What could still go in and does not has no more pay to come from, in the last check that pays.
    assert not (end.unused_after_tax and untaken[last])


def test_the_rest_goes_into_the_last_check_that_pays() -> None:
    year = outlook(1_000, 1_000, 1_000, 0, deferral_limit="100.01", additions_limit="150.03")
    assert [(one.deferral.dollars, one.after_tax.dollars) for one in even_to_the_cent(year)] == [
        (Decimal("33.33"), Decimal("16.67")),
        (Decimal("33.33"), Decimal("16.67")),
        (Decimal("33.35"), Decimal("16.68")),
        (Decimal("33.33"), Decimal("16.67")),
    ]
    end = year.end(*even_to_the_cent(year))
    assert (end.deferral, end.additions) == (Decimal("100.01"), Decimal("150.03"))


def test_without_pay_there_is_nothing_to_elect() -> None:
    assert even(outlook(0, 0), ONE_CENT) == Elections()
    assert even_to_the_cent(outlook(0, 0)) == (Elections(), Elections())
    assert even(outlook(), ONE_CENT) == Elections()
    assert even_to_the_cent(outlook()) == ()


def test_a_coarse_step_is_rounded_up_where_that_brings_more_match() -> None:
    # 1,000 of 12,000 are 8.3 %: at 8 % 40 would get no match; at 9 % the last check takes 10 and all 1,000 do.
    all_matched = EmployerMoney((Tier(Decimal(1), ZERO, Decimal(1)),))
    year = outlook(*[1_000] * 12, deferral_limit=1_000, money=all_matched)
    chosen = even(year, ElectionStep.WHOLE_PERCENT.election)
    assert chosen.deferral.pay_share == Decimal("0.09")
    assert year.end(chosen).match == 1_000
    assert even(
        outlook(*[1_000] * 12, deferral_limit=1_000), ElectionStep.WHOLE_PERCENT.election
    ).deferral == Election(Decimal("0.08"))


def test_employer_money_comes_before_deferrals_where_pay_is_the_limit() -> None:
    doubled = EmployerMoney((Tier(Decimal(1), ZERO, Decimal(1)),))
    year = outlook(1_000, 1_000, additions_limit=2_000, money=doubled)
    chosen = even(year, ElectionStep.WHOLE_PERCENT.election)
    assert chosen.deferral.pay_share == Decimal("0.5")
    assert year.end(chosen).match == 1_000
    assert year.end(chosen).crowded_out == 0
    shared = outlook(1_000, 1_000, additions_limit=2_000, money=EmployerMoney(fixed=Decimal(500)))
    assert even(shared, ElectionStep.WHOLE_PERCENT.election).deferral.pay_share == Decimal("0.75")


def test_money_that_is_crowded_out_anyway_stops_no_deferral_that_fits() -> None:
    year = outlook(1_000, 1_000, additions_limit=300, money=EmployerMoney(fixed=Decimal(500)))
    assert even(year, ElectionStep.WHOLE_PERCENT.election).deferral.pay_share == 0
    assert even(year, ElectionStep.WHOLE_PERCENT.election).after_tax.pay_share == 0


def test_checks_before_pay_is_past_the_cap() -> None:
    assert outlook(100, 100, 100, compensation_cap=200).counted_checks == 2
    assert outlook(100, 100, 100, compensation_cap="200.01").counted_checks == 3
    assert outlook(100, so_far=SoFar(Decimal(200)), compensation_cap=200).counted_checks == 0
    assert outlook(100, 100).counted_checks == 2


# --- the calendar ----------------------------------------------------------------------------------------------------


def days_of(year: int) -> list[date]:
    return [
        date(year, 1, 1) + timedelta(days=day)
        for day in range(366)
        if (date(year, 1, 1) + timedelta(day)).year == year
    ]


def is_last(day: date) -> bool:
    return (day + timedelta(days=1)).month != day.month


@pytest.mark.parametrize("year", [2026, 2028])
def test_pay_days_are_those_found_by_looking_at_every_day(year: int) -> None:
    for first in days_of(year):
        rest = [day for day in days_of(year) if day >= first]
        weekly = tuple(day for day in rest if (day - first).days % 7 == 0)
        assert pay_days(PaySchedule.WEEKLY, first) == weekly
        assert pay_days(PaySchedule.BIWEEKLY, first) == weekly[::2]
        assert pay_days(PaySchedule.MONTHLY, first) == tuple(
            day for day in rest if day.day == first.day or (is_last(day) and day.day < first.day)
        )
        if first.day == 15 or is_last(first):
            assert pay_days(PaySchedule.SEMIMONTHLY, first) == tuple(
                day for day in rest if day.day == 15 or is_last(day)
            )
        else:
            with pytest.raises(ValueError, match="neither the 15th nor the last day"):
                pay_days(PaySchedule.SEMIMONTHLY, first)


@pytest.mark.parametrize(("first", "second"), [(1, 16), (5, 20), (7, 22), (10, 25), (14, 28)])
def test_twice_a_month_on_other_days(first: int, second: int) -> None:
    both = tuple(day for day in days_of(2026) if day.day in (first, second))
    assert pay_days(PaySchedule.SEMIMONTHLY, date(2026, 1, first), date(2026, 1, second)) == both
    late = pay_days(PaySchedule.SEMIMONTHLY, date(2026, 1, second), date(2026, 2, first))
    assert late == both[1:]


def test_a_last_day_stays_the_last_day_beside_another() -> None:
    found = pay_days(PaySchedule.SEMIMONTHLY, date(2026, 2, 28), date(2026, 3, 10))
    assert found[:4] == (date(2026, 2, 28), date(2026, 3, 10), date(2026, 3, 31), date(2026, 4, 10))


@pytest.mark.parametrize("second", [date(2026, 3, 2), date(2026, 3, 1), date(2026, 3, 30)])
def test_the_second_pay_day_comes_after_the_first_and_within_four_weeks(second: date) -> None:
    with pytest.raises(ValueError, match="within four weeks"):
        pay_days(PaySchedule.SEMIMONTHLY, date(2026, 3, 2), second)
    assert pay_days(PaySchedule.SEMIMONTHLY, date(2026, 3, 2), date(2026, 3, 29))[1] == date(2026, 3, 29)


def test_a_bonus_on_a_check_without_pay_is_paid_and_two_on_one_check_add_up() -> None:
    bonuses = [Bonus(2, Decimal("10.005"), True), Bonus(2, Decimal(5), False), Bonus(1, Decimal(1), True)]
    first, second = lay_out(2, (), Decimal(2_600), 26, bonuses=bonuses, unpaid=(2,))
    assert parts(first, "gross", "plan_pay", "number", "day") == [101, 101, 1, None]
    assert parts(second, "gross", "plan_pay", "number") == [Decimal("15.01"), Decimal("10.01"), 2]


# --- in cash ---------------------------------------------------------------------------------------------------------


@UNTIMED
@given(CHECKS, CENTS, CENTS)
def test_taxes_of_the_checks_are_those_of_the_year(
    checks: tuple[Check, ...], wages_so_far: Decimal, wage_base: Decimal
) -> None:
    taxes = PayTaxes(
        Decimal("0.062"),
        wage_base,
        Decimal("0.0145"),
        Decimal("0.009"),
        wage_base / 2,
        Decimal("0.1"),
        ZERO,
        ZERO,
    )
    year = outlook(*(str(check.gross) for check in checks)).run(of_pay("0.2", "0.1"))
    cash = list(take_home(year, taxes, wages_so_far))
    wages = sum((check.gross for check in checks), ZERO)
    both = wages + wages_so_far

    def between(low: Decimal, high: Decimal) -> Decimal:
        return max(ZERO, min(high, both) - max(low, wages_so_far))

    rounding = rounding_of(len(checks))
    social_security = sum((one.social_security for one in cash), ZERO)
    medicare = sum((one.medicare for one in cash), ZERO)
    assert abs(social_security - Decimal("0.062") * between(ZERO, wage_base)) <= rounding
    extra = Decimal("0.009") * between(wage_base / 2, both)
    assert abs(medicare - Decimal("0.0145") * wages - extra) <= rounding
    for one in cash:
        out = one.deferral + one.after_tax + one.social_security + one.medicare + one.income_tax + one.other
        assert one.left == one.gross - out
        assert one.income_tax == to_the_cent(one.gross / 10)


# --- the sheet -------------------------------------------------------------------------------------------------------


def test_a_fact_that_cannot_matter_is_not_asked_for() -> None:
    told = employee()
    worked = paychecks(told)
    read = {line.cell for line in worked.lines}
    assert read.isdisjoint(
        {"match_basis", "pay_so_far", "deferred_so_far", "match_so_far", "after_tax_so_far"}
    )
    assert worked.open == {
        "current_year": "deferral_election",
        "current_paychecks": "deferral_election",
        "even_take_home": "income_tax_withheld_rate",
        "lowest_take_home": "income_tax_withheld_rate",
        "current_take_home": "deferral_election",
    }


@pytest.mark.parametrize(
    ("money", "asked"),
    [
        (HALF_OF_SIX, "match_so_far"),
        (EmployerMoney(fixed=Decimal(1)), "other_employer_money_so_far"),
        (EmployerMoney(nonelective=CENT), "other_employer_money_so_far"),
    ],
)
def test_what_is_in_so_far_is_asked_for_where_there_is_such_money(money: EmployerMoney, asked: str) -> None:
    so_far = {
        "checks_so_far": 3,
        "checks_left": 9,
        "pay_so_far": Decimal(30_000),
        "deferred_so_far": ZERO,
        "after_tax_so_far": ZERO,
    }
    paychecks(employee(**so_far))
    with pytest.raises(Unanswered, match=f"^{asked} is unanswered"):
        paychecks(employee(**so_far, employer_money=money))
    end: Any = paychecks(employee(**so_far, employer_money=money, **{asked: Decimal(77)})).results[
        "even_year"
    ]
    assert end.match + end.other_employer_money >= 77


def test_a_match_on_the_whole_year_is_not_in_before_its_end() -> None:
    so_far = {"pay_so_far": Decimal(30_000), "deferred_so_far": ZERO, "after_tax_so_far": ZERO}
    told = employee(
        **so_far, checks_so_far=3, checks_left=9, employer_money=HALF_OF_SIX, match_basis=MatchBasis.YEAR
    )
    end: Any = paychecks(told).results["even_year"]
    assert (end.match, end.true_up) == (0, 3_600)


def test_the_age_is_not_asked_of_who_plans_less_than_the_limit() -> None:
    told = employee(deferral=Decimal(24_499))
    del told["age_band"]
    end: Any = paychecks(told).results["even_year"]
    assert end.deferral == 24_000
    with pytest.raises(Unanswered, match="age_band is unanswered"):
        paychecks({**told, "deferral": Decimal(24_500)})


def test_the_worksheet_has_the_limits_and_names_what_was_taken_for_granted() -> None:
    worked = paychecks(employee(employer_money=HALF_OF_SIX))
    law = {line.cell for line in worked.lines if line.origin is Origin.LAW}
    assert law == {"2026.elective_deferral", "2026.annual_additions", "2026.compensation_cap"}
    assumed = {line.cell for line in worked.assumed}
    assert {
        "match_basis",
        "election_step",
        "most_deferral_share",
        "bonuses",
        "raises",
        "unpaid_checks",
    } <= assumed
    assert {line.cell for line in worked.to_confirm} == {
        "employer_money_at_year_end",
        "early_after_tax_cost",
        "true_up_after_early_deferral",
    }


@UNTIMED
@given(st.sampled_from(sorted(Paychecks.cells())), st.sampled_from(sorted(Paychecks.cells())))
def test_the_order_of_reading_does_not_matter(first: str, second: str) -> None:
    told = employee(
        employer_money=HALF_OF_SIX,
        deferral=Decimal(9_000),
        deferral_election=Election(CENT),
        after_tax_election=Election(CENT),
        income_tax_withheld_rate=CENT,
        whole_year=True,
        other_plan=False,
        takes_after_tax=True,
        after_tax_so_far=ZERO,
    )
    assumed = CALCULATIONS["paychecks"].assumed
    one, other = (Paychecks(told, LAW[2026], LAW[2025], assumed=assumed) for _ in range(2))
    assert (getattr(one, first), getattr(one, second)) == (
        *reversed((getattr(other, second), getattr(other, first))),
    )


# --- edges -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("deferred", ["24499.50", "24500", "24500.50"])
def test_catch_up_begins_at_the_limit_to_the_cent(deferred: str) -> None:
    so_far = {"pay_so_far": Decimal(60_000), "deferred_so_far": Decimal(deferred), "after_tax_so_far": ZERO}
    told = employee(age_band=AgeBand.FROM_50, checks_so_far=6, checks_left=6, **so_far)
    end: Any = paychecks(told).results["even_dollars_year"]
    assert (end.deferral, end.catch_up, end.additions) == (32_500, 8_000, 72_000)


@pytest.mark.parametrize(("related", "catch_up"), [(True, 8_000), (False, 0)])
def test_deferrals_at_a_related_employer_make_catch_up_of_deferrals_here(
    related: bool, catch_up: int
) -> None:
    elsewhere = {"other_plan": True, "employers_related": related, "deferred_elsewhere": Decimal(20_000)}
    told = employee(age_band=AgeBand.FROM_50, additions_elsewhere=Decimal(20_000), **elsewhere)
    end: Any = paychecks(told).results["even_dollars_year"]
    assert (end.deferral, end.catch_up) == (12_500, catch_up)


def test_the_last_check_of_the_year_takes_what_is_left() -> None:
    so_far = {
        "pay_so_far": Decimal(110_000),
        "deferred_so_far": Decimal(24_000),
        "after_tax_so_far": Decimal(44_000),
    }
    told = employee(checks_so_far=11, checks_left=1, **so_far)
    dollars: Any = paychecks(told).results["even_dollars"]
    assert parts(dollars, "deferral", "last_deferral", "after_tax", "last_after_tax") == [
        500, 500, 3_500, 3_500
    ]  # fmt: skip


def test_one_step_more_of_a_percentage_and_of_dollars() -> None:
    percent, dollar = Election(CENT), Election(dollars=Decimal(1))
    assert one_more(Election(Decimal("0.05")), percent) == Election(Decimal("0.06"))
    assert one_more(Election(dollars=Decimal(5)), dollar) == Election(dollars=Decimal(6))


def test_a_year_has_at_most_53_checks() -> None:
    year = CALCULATIONS["paychecks"]
    assert front_door.check(year, {"year": 2026, "unpaid_checks": [53]})[1] == {"unpaid_checks": (53,)}
    with pytest.raises(front_door.BadFacts, match="unpaid_checks"):
        front_door.check(year, {"year": 2026, "unpaid_checks": [54]})
