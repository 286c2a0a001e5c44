"""A year of payroll simulated a second time, in whole cents and from the law, and held against 10,000 people's years.

The simulation knows only buckets that run full: what a person may defer, what is not catch-up, what the total limit and
the plan still hold. An amount is poured into all buckets that it must fit into and what spills is not taken.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from random import Random

import pytest

from knowledge.core.elections import ElectionStep, Outlook, even
from knowledge.core.match import EmployerMoney, Tier
from knowledge.core.payroll import (
    Check,
    Election,
    Elections,
    MatchBasis,
    Rules,
    SoFar,
    YearEnd,
    run,
    year_end,
)

pytestmark = pytest.mark.untraced

PEOPLE = 10_000
THOUSAND = 1_000


@dataclass(frozen=True)
class Person:
    """Someone's year in whole cents, and in thousandths of pay, of a rate, of a cent elected."""

    pays: list[int]
    elected: list[tuple[int, int]]  # thousandths of pay: deferral, after-tax
    tiers: list[tuple[int, int, int]]  # thousandths: rate, start, end
    match_cap: int | None
    nonelective: int
    fixed: int
    basis: MatchBasis
    base_limit: int
    catch_up: int
    total_limit: int
    plan_cap: int
    counted: int
    most: tuple[int, int, int]  # thousandths of pay: deferral, after-tax, both
    before: dict[str, int]


def half_up(amount: int, parts: int) -> int:
    """``amount / parts``, the half up."""
    return (2 * amount + parts) // (2 * parts)


def made_up(chance: Random, step: int = 1) -> Person:
    checks = chance.randint(1, 10)
    pay = chance.choice((100_000, 250_033, 769_231, 1_500_000, 3_000_000))
    year = pay * checks
    pays = [chance.choice((pay, pay, pay, pay, pay + chance.randint(0, pay), 0)) for _ in range(checks)]
    tiers, edge = [], 0
    for rate in sorted((chance.choice((250, 500, 1_000)) for _ in range(chance.randint(0, 3))), reverse=True):
        start, edge = edge, edge + 10 * chance.randint(1, 5)
        tiers.append((rate, start, edge))

    def share(most: int) -> int:
        return step * chance.randint(0, most // step)

    one = (share(400), share(600))
    elected = [one if chance.random() < 0.7 else (share(1_000), share(1_000)) for _ in pays]
    before = dict.fromkeys(("pay", "deferral", "catch_up", "match", "other", "after_tax"), 0)
    base_limit, catch_up = year * chance.randint(0, 40) // 100, chance.choice((0, year * 6 // 100))
    if chance.random() < 0.3:
        before["deferral"] = chance.randint(0, base_limit + catch_up)
        before["catch_up"] = max(0, before["deferral"] - base_limit)
        before |= {"pay": year // 2 + before["deferral"], "match": chance.randint(0, year // 50)}
        before |= {"other": chance.randint(0, year // 50), "after_tax": chance.randint(0, year // 5)}
    return Person(
        pays,
        elected,
        tiers,
        match_cap=chance.choice((None, None, year * chance.randint(0, 6) // 100)),
        nonelective=10 * chance.randint(0, 4),
        fixed=chance.choice((0, 0, chance.randint(0, year // 20))),
        basis=chance.choice(list(MatchBasis)),
        base_limit=base_limit,
        catch_up=catch_up,
        total_limit=chance.choice((year * 60 // 100, year * chance.randint(5, 100) // 100)),
        plan_cap=chance.choice((year, year * chance.randint(0, 30) // 100)),
        counted=chance.choice((2 * year, year * chance.randint(20, 120) // 100)),
        most=chance.choice(((1_000, 1_000, 1_000), (500, 300, 600), (200, 200, 300))),
        before=before,
    )


# --- the simulation --------------------------------------------------------------------------------------------------


class Bucket:
    """What still fits, in cents."""

    def __init__(self, left: int) -> None:
        self.left = max(0, left)


def pour(amount: int, *buckets: Bucket) -> int:
    """Take of ``amount`` what fits into all ``buckets``."""
    taken = min(amount, *(bucket.left for bucket in buckets))
    for bucket in buckets:
        bucket.left -= taken
    return taken


def earned(person: Person, deferral: int, pay: int) -> int:
    """The formula in cents times a million."""
    return sum(
        rate * (min(THOUSAND * deferral, end * pay) - start * pay)
        for rate, start, end in person.tiers
        if THOUSAND * deferral > start * pay
    )


@dataclass
class Simulated:
    """The taken amounts of every check, and the end of the year under the names of `YearEnd`."""

    checks: list[tuple[int, int, int, int]]
    end: dict[str, object]


def simulate(person: Person, elected: list[tuple[int, int]]) -> Simulated:
    before = person.before
    own, base = before["deferral"], before["deferral"] - before["catch_up"]
    mine = Bucket(person.base_limit + person.catch_up - own)
    not_catch_up = Bucket(person.base_limit - own)
    total = Bucket(person.total_limit - base - before["match"] - before["other"] - before["after_tax"])
    plan = Bucket(person.plan_cap - before["after_tax"])
    formula_pay = Bucket(person.counted - before["pay"])
    matched, crowded_out, after_tax, catch_up = before["match"], 0, before["after_tax"], before["catch_up"]
    stops: dict[str, int | None] = {"deferrals_stop": None, "match_stops": None, "after_tax_stops": None}
    checks = []

    def match_of(deferral: int, pay: int) -> int:
        if person.basis is MatchBasis.YEAR:
            return 0
        due = half_up(earned(person, deferral, pay), THOUSAND**2)
        return due if person.match_cap is None else max(0, min(due, person.match_cap - matched))

    for number, (pay, (part, after_tax_part)) in enumerate(zip(person.pays, elected, strict=True), 1):
        most, most_after_tax, most_together = (half_up(share * pay, THOUSAND) for share in person.most)
        wanted = min(half_up(part * pay, THOUSAND), most, most_together)
        counting = pour(pay, formula_pay)

        counted = pour(wanted, mine, not_catch_up, total)
        over = 0
        if not not_catch_up.left:  # only who has filled the base limit makes catch-up
            over = pour(wanted - counted, mine)
        deferral = counted + over
        due = match_of(deferral, counting)
        match = pour(due, total)
        without_limits = match_of(wanted, counting)
        asked = min(half_up(after_tax_part * pay, THOUSAND), most_after_tax, most_together - deferral)
        voluntary = pour(asked, plan, total)

        for what, short in (
            ("deferrals_stop", wanted - deferral),
            ("match_stops", without_limits - match),
            ("after_tax_stops", asked - voluntary),
        ):
            if short and stops[what] is None:
                stops[what] = number
        own, matched, after_tax = own + deferral, matched + match, after_tax + voluntary
        crowded_out, catch_up = crowded_out + due - match, catch_up + over
        checks.append((deferral, over, match, voluntary))

    pay_of_year = min(before["pay"] + sum(person.pays), person.counted)
    on_the_year = earned(person, own, pay_of_year)
    if person.match_cap is not None:
        on_the_year = min(on_the_year, person.match_cap * THOUSAND**2)
    on_the_year = half_up(on_the_year, THOUSAND**2)
    true_up_due = 0
    if person.basis is not MatchBasis.PAYCHECK:
        true_up_due, crowded_out = max(0, on_the_year - matched, crowded_out), 0
    other_due = max(
        0, half_up(THOUSAND * person.fixed + person.nonelective * pay_of_year, THOUSAND) - before["other"]
    )
    true_up = pour(true_up_due, total)
    other = pour(other_due, total)
    end: dict[str, object] = {
        "deferral": own,
        "catch_up": catch_up,
        "match": matched,
        "true_up": true_up,
        "other_employer_money": before["other"] + other,
        "after_tax": after_tax,
        "additions": own - catch_up + matched + true_up + before["other"] + other + after_tax,
        "crowded_out": crowded_out + true_up_due - true_up + other_due - other,
        "unused_deferral": mine.left,
        "unused_after_tax": min(plan.left, total.left),
        **stops,
    }
    return Simulated(checks, end)


# --- the core's own --------------------------------------------------------------------------------------------------


def dollars(cents: int) -> Decimal:
    return Decimal(cents) / 100


def thousandths(share: int) -> Decimal:
    return Decimal(share) / THOUSAND


def outlook_of(person: Person) -> Outlook:
    tiers = tuple(Tier(*map(thousandths, tier)) for tier in person.tiers)
    money = EmployerMoney(
        tiers,
        thousandths(person.nonelective),
        dollars(person.fixed),
        None if person.match_cap is None else dollars(person.match_cap),
    )
    rules = Rules(
        dollars(person.base_limit + person.catch_up),
        dollars(person.base_limit),
        dollars(person.total_limit),
        dollars(person.plan_cap),
        dollars(person.counted),
        money,
        person.basis,
        *map(thousandths, person.most),
    )
    checks = tuple(
        Check(number, None, dollars(pay), dollars(pay)) for number, pay in enumerate(person.pays, 1)
    )
    return Outlook(checks, rules, SoFar(*map(dollars, person.before.values())))


def as_elections(elected: list[tuple[int, int]]) -> tuple[Elections, ...]:
    return tuple(Elections(*(Election(thousandths(share)) for share in one)) for one in elected)


def in_cents(end: YearEnd) -> dict[str, object]:
    told = {field.name: getattr(end, field.name) for field in fields(end)}
    return {
        name: int(value * 100) if isinstance(value, Decimal) else value and value.number
        for name, value in told.items()
        if name != "match_lost"
    }


def test_ten_thousand_years_agree_to_the_cent_with_a_simulation_in_buckets() -> None:
    chance = Random(401)
    for _ in range(PEOPLE):
        person = made_up(chance)
        outlook, simulated = outlook_of(person), simulate(person, person.elected)
        paychecks = run(outlook.checks, as_elections(person.elected), outlook.rules, outlook.so_far)
        taken = [(one.deferral, one.catch_up, one.match, one.after_tax) for one in paychecks]
        assert taken == [tuple(map(dollars, one)) for one in simulated.checks]
        assert in_cents(year_end(outlook.checks, paychecks, outlook.rules, outlook.so_far)) == simulated.end


def test_the_even_election_is_the_best_of_all_elections_tried_one_by_one() -> None:
    chance = Random(402)
    step = 10
    for _ in range(120):
        person = made_up(chance, step)
        most = min(person.most[0], person.most[2])
        checks = len(person.pays)

        def ends(deferral: int, after_tax: int, one: Person = person) -> dict[str, int]:
            end = simulate(one, [(deferral, after_tax)] * len(one.pays)).end
            money = {name: value for name, value in end.items() if isinstance(value, int)}
            given = money["match"] + money["true_up"] + money["other_employer_money"]
            return {**money, "given": given, "cut": end["deferrals_stop"] is not None}

        tried = {share: ends(share, 0) for share in range(0, most + 1, step)}
        evenly = [
            share
            for share, end in tried.items()
            if not end["cut"] and end["crowded_out"] <= tried[0]["crowded_out"]
        ]
        slowest = max(evenly) if any(person.pays) else 0
        rounding = checks / 2
        best = max(end["given"] for share, end in tried.items() if share >= slowest)
        chosen = even(outlook_of(person), ElectionStep.WHOLE_PERCENT.election)
        deferral = int(chosen.deferral.pay_share * THOUSAND)
        assert deferral >= slowest
        assert tried[deferral]["given"] >= best - rounding * 2
        assert all(tried[share]["given"] < best for share in range(slowest, deferral, step))

        room = min(person.most[1], person.most[2] - deferral)
        harmless = [
            share
            for share in range(0, room + 1, step)
            if ends(deferral, share)["given"] >= tried[deferral]["given"]
            and ends(deferral, share)["deferral"] == tried[deferral]["deferral"]
            and simulate(person, [(deferral, share)] * checks).end["after_tax_stops"] is None
        ]
        after_tax = int(chosen.after_tax.pay_share * THOUSAND)
        assert after_tax == (max(harmless) if any(person.pays) else 0)
