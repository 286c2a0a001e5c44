"""What must hold for everyone with several plans, and a second reckoning. The cases are in ``cases/employers.toml``."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge.core.employee import Stop
from knowledge.core.employers import CALCULATIONS, OWN_403B, Employers, Participation, total
from knowledge.core.facts import AgeBand, OverWages
from knowledge.core.limits import Figure, Limits, NotInForce
from knowledge.core.match import ZERO, EmployerMoney
from knowledge.core.sheet import Inconsistent
from tests.knowledge.core.people import LAW, UNTIMED, dollars, employee

CENT = Decimal("0.01")
CELLS = sorted(Employers.cells())

AGES = st.sampled_from([30, 49, 50, 59, 60, 63, 64, 70])
YEARS = st.sampled_from(sorted(LAW.years))
PLANS = st.builds(
    Participation,
    name=st.just(""),
    group=st.sampled_from("XYZ"),
    deferral=dollars(40_000) | st.just(ZERO),
    employer_money=dollars(60_000) | st.just(ZERO),
    after_tax=dollars(40_000) | st.just(ZERO),
    pay_this_year=dollars(400_000) | dollars(60_000),
    is_403b=st.sampled_from([False, False, True]),
    person_controls=st.sampled_from([False, False, True]),
    offers_catch_up=st.sampled_from([True, True, False]),
    offers_larger_catch_up=st.booleans(),
    takes_roth=st.booleans(),
    fica_wages_last_year=st.none() | st.sampled_from([ZERO, Decimal(150_000), Decimal(150_000) + CENT]),
)


@dataclass(frozen=True)
class Person:
    """Someone of ``age`` on December 31 of ``year`` with ``plans``."""

    year: int
    age: int
    plans: tuple[Participation, ...]

    def but(self, *plans: Participation) -> Person:
        """The same person with other plans."""
        return replace(self, plans=plans)

    def case(self, limits: Limits | None = None) -> Employers:
        """The person's sheet."""
        told = {"age_band": AgeBand.of(self.age), "plans": self.plans}
        return Employers(told, limits or LAW[self.year])


def named(plans: Iterable[Participation]) -> tuple[Participation, ...]:
    return tuple(replace(plan, name=f"plan {place}") for place, plan in enumerate(plans))


SEVERAL = st.lists(PLANS, min_size=1, max_size=4).map(named)
PEOPLE = st.builds(Person, YEARS, AGES, SEVERAL)


def plan(**about: Any) -> Participation:
    return Participation(**{"name": "here", "group": "X", "pay_this_year": Decimal(300_000), **about})


# --- whoever it is ---------------------------------------------------------------------------------------------------


@UNTIMED
@given(PEOPLE, st.randoms())
def test_the_order_of_the_plans_changes_nothing(person: Person, dice: random.Random) -> None:
    shuffled = list(person.plans)
    dice.shuffle(shuffled)
    here, there = person.case(), person.but(*shuffled).case()
    for cell in CELLS:
        if "together" not in cell and "joint" not in cell:
            assert getattr(here, cell) == getattr(there, cell), cell
    together = {group: set(names) for group, names in here.counted_together.items()}
    assert together == {group: set(names) for group, names in there.counted_together.items()}


@UNTIMED
@given(PEOPLE, st.integers(2, 9))
def test_in_another_currency_every_amount_is_the_same(person: Person, rate: int) -> None:
    def exchanged(value: Any) -> Any:
        return value * rate if isinstance(value, Decimal) else value

    limits = LAW[person.year]
    figures: dict[str, Any] = {
        field.name: replace(figure, value=figure.value * rate)
        for field in fields(Limits)
        if isinstance(figure := getattr(limits, field.name), Figure)
    }
    abroad = replace(limits, **figures)
    plans = [
        replace(one, **{part.name: exchanged(getattr(one, part.name)) for part in fields(Participation)})
        for one in person.plans
    ]
    here, there = person.case(), person.but(*plans).case(abroad)
    for cell in CELLS:
        value, exchanged_value = getattr(here, cell), getattr(there, cell)
        if isinstance(value, dict):
            value = {group: exchanged(amount) for group, amount in value.items()}
        assert exchanged(value) == exchanged_value, cell


@UNTIMED
@given(PEOPLE, PLANS)
def test_an_unrelated_employer_without_deferrals_changes_no_other_group(
    person: Person, other: Participation
) -> None:
    stranger = replace(other, name="new", group="N", deferral=ZERO, is_403b=False, person_controls=False)
    before, after = person.case(), person.but(*person.plans, stranger).case()
    assert {
        group: left for group, left in after.room_by_group.items() if group != "N"
    } == before.room_by_group
    assert after.excess_by_group.items() >= before.excess_by_group.items()
    assert after.excess_deferral == before.excess_deferral
    assert after.total_deferrals == before.total_deferrals


@UNTIMED
@given(PEOPLE)
def test_two_employers_that_become_one_have_no_more_room_than_before(person: Person) -> None:
    apart = person.but(*(replace(one, is_403b=False) for one in person.plans)).case()
    assume(
        person.age < 50 or not apart.deferrals_beyond
    )  # related plans find catch-up where unrelated have none
    merged = person.but(*(replace(one, is_403b=False, group="X") for one in person.plans)).case()
    assert total(merged.room_by_group.values()) <= total(apart.room_by_group.values())
    assert total(merged.excess_by_group.values()) <= total(apart.excess_by_group.values()) + total(
        merged.additions_by_group.values()
    )


@UNTIMED
@given(PEOPLE, dollars(5_000))
def test_more_after_tax_money_takes_its_dollars_from_the_room(person: Person, more: Decimal) -> None:
    first, *others = person.plans
    fuller = replace(first, after_tax=first.after_tax + more)
    before, after = person.case(), person.but(fuller, *others).case()
    for group, left in before.room_by_group.items():
        reached = any(
            first.name in names and set(before.counted_together[group]) <= set(names)
            for names in before.counted_together.values()
        )
        assert after.room_by_group[group] <= left
        if not reached:
            assert after.room_by_group[group] == left


@UNTIMED
@given(PEOPLE)
def test_room_and_excess_are_two_sides_of_one_difference(person: Person) -> None:
    case = person.case()
    for group, limit in case.annual_limit_by_group.items():
        left, over = limit - case.additions_by_group[group], case.excess_by_group[group]
        assert over == max(ZERO, -left)
        assert 0 <= case.room_by_group[group] <= max(ZERO, left)
    assert set(case.room_by_group) == set(case.counted_together) == set(case.stop_by_group)


@UNTIMED
@given(PEOPLE)
def test_every_deferred_dollar_is_within_the_limit_or_catch_up_or_must_come_out(person: Person) -> None:
    case = person.case()
    within = min(case.total_deferrals, case.deferral_limit)
    assert within + case.catch_up_over_all_plans + case.excess_deferral == case.total_deferrals
    assert 0 <= case.catch_up_over_all_plans <= case.catch_up_at_age
    assert case.excess_deferral >= 0
    assert case.deferral_left <= case.deferral_left_with_catch_up
    assert not (case.excess_deferral and case.deferral_left)
    assert total(case.catch_up_by_group.values()) <= case.catch_up_over_all_plans
    assert bool(case.excess_refund_by) is bool(case.excess_notice_by) is bool(case.excess_deferral)
    assert case.taxed_twice_if_late == case.excess_deferral


@UNTIMED
@given(YEARS, AGES, PLANS)
def test_what_is_left_with_catch_up_can_be_deferred_and_not_a_cent_more(
    year: int, age: int, one: Participation
) -> None:
    one = replace(one, name="only", pay_this_year=Decimal(10**6))
    person = Person(year, age, (one,))
    case = person.case()
    assume(not case.excess_deferral)
    full = replace(one, deferral=one.deferral + case.deferral_left_with_catch_up)
    assert person.but(full).case().excess_deferral == 0
    assert person.but(replace(full, deferral=full.deferral + CENT)).case().excess_deferral == CENT


@UNTIMED
@given(PEOPLE)
def test_a_403b_never_shares_with_a_business_that_is_not_the_persons(person: Person) -> None:
    case = person.case()
    own = {one.name for one in person.plans if one.is_403b}
    for group, names in case.counted_together.items():
        if group == OWN_403B:
            assert set(names) == own
        elif own & set(names):
            mine = [one for one in person.plans if one.name in names and not one.is_403b]
            assert own <= set(names)
            assert any(one.person_controls for one in mine)
            assert len({one.group for one in mine}) == 1
        else:
            assert len({one.group for one in person.plans if one.name in names}) == 1


# --- the same as for an employee -------------------------------------------------------------------------------------


@UNTIMED
@given(YEARS, AGES, dollars(45_000), dollars(45_000), dollars(30_000), dollars(30_000), st.booleans())
def test_two_plans_come_out_as_for_an_employee_with_another_plan(
    year: int,
    age: int,
    here: Decimal,
    elsewhere: Decimal,
    money: Decimal,
    money_elsewhere: Decimal,
    related: bool,
) -> None:
    pay, pay_elsewhere = here + 40_000, elsewhere + 20_000
    mine = plan(deferral=here, employer_money=money, pay_this_year=pay)
    other = plan(
        name="there",
        group="X" if related else "Y",
        deferral=elsewhere,
        employer_money=money_elsewhere,
        pay_this_year=pay_elsewhere,
    )
    case = Person(year, age, (mine, other)).case()
    catch_up_there = min(max(ZERO, elsewhere - case.deferral_limit), case.catch_up_at_age)
    one = employee(
        {
            "age_band": AgeBand.of(age),
            "pay": pay,
            "deferral": here,
            "employer_money": EmployerMoney(fixed=money),
            "after_tax_so_far": ZERO,
            "other_plan": True,
            "deferred_elsewhere": elsewhere,
            "employers_related": related,
            "additions_elsewhere": elsewhere - catch_up_there + money_elsewhere,
            "pay_elsewhere": pay_elsewhere,
        },
        year,
    )
    assert case.annual_limit_by_group["X"] == one.annual_limit
    assert case.room_by_group["X"] == one.legal_room
    assert case.excess_by_group["X"] == one.over_limit
    assert case.additions_by_group["X"] == one.additions
    assert min(case.excess_deferral, here) == one.excess_deferral
    if not related:
        assert case.catch_up_by_group["X"] == one.catch_up_used


# --- what is told and asked ------------------------------------------------------------------------------------------


def confirmed(person: Person, cell: str) -> set[str]:
    case = person.case()
    getattr(case, cell)
    return {line.cell for line in case.worksheet(Employers.cells()[cell]) if line.confirm}


@pytest.mark.parametrize("cell", ["room_by_group", "excess_deferral"])
@pytest.mark.parametrize(
    ("age", "deferral", "doubtful"),
    [(50, "24500", False), (50, "24500.01", True), (49, "24500.01", False), (70, "30000", True)],
)
def test_catch_up_is_a_rule_to_confirm_only_for_those_who_may_have_it(
    cell: str, age: int, deferral: str, doubtful: bool
) -> None:
    found = confirmed(Person(2026, age, (plan(deferral=Decimal(deferral)),)), cell)
    assert found == ({"catch_up_by_group"} if doubtful else set())


def test_three_rules_are_ones_to_confirm() -> None:
    confirm = {name for name, cell in Employers.cells().items() if cell.confirm}
    assert confirm == {"catch_up_by_group", "joint_with_403b", "short_year_limits"}


def test_short_years_and_joint_403b_plans_are_rules_to_confirm_only_where_they_are() -> None:
    assert confirmed(Person(2026, 40, (plan(limitation_months=11),)), "room_by_group") == {
        "short_year_limits"
    }
    both = (plan(is_403b=True), plan(name="own", group="Y", person_controls=True))
    assert confirmed(Person(2026, 40, both), "room_by_group") == {"joint_with_403b"}
    theirs = (plan(is_403b=True, person_controls=True), plan(name="own", group="Y"))
    assert confirmed(Person(2026, 40, theirs), "room_by_group") == set()


def test_the_age_is_not_asked_where_it_cannot_matter() -> None:
    told = {
        "plans": (plan(deferral=Decimal(24_500)), plan(name="there", group="Y", employer_money=Decimal(9)))
    }
    case = Employers(told, LAW[2026])
    assert case.excess_deferral == 0
    assert case.room_by_group == {"X": 47_500, "Y": 71_991}
    before = Employers(told, LAW[2025]).roth_catch_up_by_plan
    assert before == {"here": OverWages.NO, "there": OverWages.NO}
    assert isinstance(LAW[2025].roth_catch_up_wages, NotInForce)


def test_pay_that_is_not_known_does_not_limit_catch_up() -> None:
    one = plan(deferral=Decimal(30_000), pay_this_year=None)
    assert Person(2026, 52, (one,)).case().catch_up_by_group == {"X": 5_500}
    known = replace(one, pay_this_year=Decimal(25_000))
    assert Person(2026, 52, (known,)).case().catch_up_by_group == {"X": 500}
    assert Person(2026, 52, (known, plan(name="b", pay_this_year=None))).case().catch_up_by_group == {
        "X": 5_500
    }


def test_under_50_no_plan_offers_catch_up_and_wages_do_not_matter() -> None:
    young = Person(2026, 49, (plan(offers_larger_catch_up=False), plan(name="b"))).case()
    assert young.catch_up_offered == {"here": ZERO, "b": ZERO}
    assert young.roth_catch_up_by_plan == {"here": OverWages.NO, "b": OverWages.NO}


def test_one_plan_of_an_employer_that_takes_catch_up_is_enough() -> None:
    both = (plan(offers_catch_up=False, deferral=Decimal(20_000)), plan(name="b"))
    assert Person(2026, 52, both).case().deferral_left_with_catch_up == 12_500


def test_wages_matter_only_where_a_plan_takes_no_roth() -> None:
    over = plan(deferral=Decimal(30_000), takes_roth=False)
    assert Person(2026, 50, (over,)).case().excess_deferral == 0  # wages are not known
    wages = Decimal(150_000) + CENT
    assert Person(2026, 50, (replace(over, fica_wages_last_year=wages),)).case().excess_deferral == 5_500
    takes_roth = replace(over, fica_wages_last_year=wages, takes_roth=True)
    assert Person(2026, 50, (takes_roth,)).case().excess_deferral == 0


@pytest.mark.parametrize("year", [2024, 2026])
def test_the_days_are_those_of_the_next_year(year: int) -> None:
    case = Person(year, 40, (plan(deferral=Decimal(30_000)),)).case()
    assert case.excess_notice_by == date(year + 1, 3, 1)
    assert case.excess_refund_by == date(year + 1, 4, 15)


@pytest.mark.parametrize(
    ("plans", "message"),
    [
        ((), "there has to be a plan"),
        ((plan(), plan(group="Y")), "every plan needs a name of its own"),
        ((plan(group="403(b)"),), "ends in 403"),
        ((plan(), plan(name="b", group="my 403(b)")), "ends in 403"),
        ((plan(), plan(name="b", pay_this_year=None, limitation_months=3)), "same limitation_months"),
        ((plan(pay_this_year=None), plan(name="b", pay_this_year=None)), "missing in here, b"),
        ((plan(pay_this_year=ZERO), plan(name="b", pay_this_year=None)), "missing in b"),
    ],
)
def test_plans_that_cannot_be_are_refused(plans: tuple[Participation, ...], message: str) -> None:
    with pytest.raises(Inconsistent, match=message) as refused:
        Person(2026, 40, plans).case().room_by_group  # noqa: B018
    assert refused.value.facts == ("plans",)


@pytest.mark.parametrize(
    ("about", "number", "fits"),
    [
        ({"name": "n" * 60}, 1, True),
        ({"name": "n" * 61}, 1, False),
        ({"name": "  "}, 1, False),
        ({"group": ""}, 1, False),
        ({"limitation_months": 0}, 1, False),
        ({"limitation_months": 1}, 1, True),
        ({"limitation_months": 12}, 1, True),
        ({"limitation_months": 13}, 1, False),
        ({"limitation_months": True}, 1, False),
        ({"deferral": -1}, 1, False),
        ({"pay_this_year": 10**9 + 1}, 1, False),
        ({}, 20, True),
        ({}, 21, False),
    ],
)
def test_what_may_be_told_of_a_plan(about: dict[str, object], number: int, fits: bool) -> None:
    told = [{"name": f"plan {place}", "group": "X", **about} for place in range(number)]
    for calculation in CALCULATIONS:
        try:
            calculation.inputs().model_validate({"year": 2026, "plans": told})
        except ValidationError:
            assert not fits
        else:
            assert fits


def test_blanks_around_a_label_are_no_part_of_it() -> None:
    told = [{"name": " here ", "group": " X"}]
    model: Any = CALCULATIONS[0].inputs().model_validate({"year": 2026, "plans": told})
    assert model.plans == (Participation(name="here", group="X"),)


def test_a_403b_may_be_called_what_it_is() -> None:
    case = Person(2026, 40, (plan(group=OWN_403B, is_403b=True), plan(name="b", group="Y"))).case()
    assert case.counted_together == {OWN_403B: ("here",), "Y": ("b",)}


# --- a second reckoning: poured in by steps of 250 dollars -----------------------------------------------------------
# Every published limit and half of every limit on annual additions is a multiple of that.

STEP = 250


@dataclass(frozen=True)
class Poured:
    """A person's plans in steps, and the limits of the year."""

    base: int
    catch_up: int
    plans: tuple[Participation, ...]
    offers: dict[str, int]

    def at(self, group: str) -> list[Participation]:
        return [one for one in self.plans if one.group == group]

    @property
    def groups(self) -> set[str]:
        return {one.group for one in self.plans}

    def labelled(self, group: str, first: frozenset[str], left: int) -> dict[str, int]:
        """Steps of each plan at an employer that can be called catch-up, those of the plans ``first`` before others."""
        plans = sorted(self.at(group), key=lambda one: one.name not in first)
        unlabelled = sum(steps(one.deferral) for one in plans)
        pay = sum(steps(one.pay_this_year or ZERO) for one in plans)
        most = min(left, max(self.offers[one.name] for one in plans), pay - self.base)
        labels = dict.fromkeys((one.name for one in plans), 0)
        for one in plans:
            for _ in range(min(steps(one.deferral), self.offers[one.name])):
                if unlabelled > self.base and most > 0:
                    labels[one.name] += 1
                    unlabelled -= 1
                    most -= 1
        return labels

    def left_by_others(self, group: str) -> int:
        """The catch-up of the person that the deferrals at other employers leave: they go in first."""
        base, catch_up = self.base, self.catch_up
        for _ in range(sum(steps(one.deferral) for one in self.plans if one.group != group)):
            if base:
                base -= 1
            elif catch_up:
                catch_up -= 1
        return catch_up

    def excess(self) -> int:
        """Steps taken out one employer after the other, then from anywhere until the person is within the limit."""
        out = 0
        for group in self.groups:
            plans = self.at(group)
            labels = self.labelled(group, frozenset(), self.catch_up)
            out += max(0, sum(steps(one.deferral) - labels[one.name] for one in plans) - self.base)
        while sum(steps(one.deferral) for one in self.plans) - out > self.base + self.catch_up:
            out += 1
        return out

    def counted(self, names: frozenset[str]) -> int:
        """Annual additions of the plans ``names``: catch-up is put elsewhere where it can be."""
        outside = frozenset(one.name for one in self.plans) - names
        found = 0
        for group in self.groups:
            labels = self.labelled(group, outside, self.left_by_others(group))
            found -= sum(label for name, label in labels.items() if name in names)
        return found + sum(
            steps(one.deferral + one.employer_money + one.after_tax)
            for one in self.plans
            if one.name in names
        )


@dataclass(frozen=True)
class Together:
    """Plans that are tested together, in steps: what counts in them, their pay, and the dollar limit of the year."""

    names: frozenset[str]
    counted: int
    pay: int
    cap: int
    halved: bool

    @property
    def cap_binds_first(self) -> bool:
        return self.cap <= self.pay * (2 if self.halved else 1)

    def legal(self, more: int = 0) -> bool:
        """Whether the law lets these plans have ``more`` steps than they have, or fewer."""
        there = self.counted + more
        return there * (2 if self.halved else 1) <= self.cap and there <= self.pay


def steps(amount: Decimal) -> int:
    whole, rest = divmod(amount, STEP)
    assert rest == 0
    return int(whole)


def poured(person: Person) -> Poured:
    law = LAW[person.year]
    regular = steps(law.catch_up.value)
    larger = 45 if person.year >= 2025 else regular
    catch_up = 0 if person.age < 50 else larger if person.age in (60, 61, 62, 63) else regular
    line = law.roth_catch_up_wages.value if isinstance(law.roth_catch_up_wages, Figure) else 10**9
    offers = {}
    for one in person.plans:
        must_be_roth = person.age >= 50 and (one.fica_wages_last_year or 0) > line
        most = catch_up if one.offers_larger_catch_up else min(catch_up, regular)
        offers[one.name] = most if one.offers_catch_up and (one.takes_roth or not must_be_roth) else 0
    return Poured(steps(law.elective_deferral.value), catch_up, person.plans, offers)


def counted_as_one(person: Person, second: Poured) -> dict[str, Together]:
    """Every employer's plans, all 403(b) plans, and these with each of the person's own businesses."""
    own = frozenset(one.name for one in person.plans if one.is_403b)
    business = [one for one in person.plans if not one.is_403b]
    groups = {
        group: frozenset(one.name for one in business if one.group == group)
        for group in {one.group for one in business}
    }
    mine = {one.group for one in business if one.person_controls}
    joint = {f"{group} with 403(b)": groups[group] | own for group in mine if own}
    cap = steps(LAW[person.year].annual_additions.value)

    def together(names: frozenset[str]) -> Together:
        plans = [one for one in person.plans if one.name in names]
        pay = sum(steps(one.pay_this_year or ZERO) for one in plans)
        return Together(
            names, second.counted(names), pay, cap, any(one.limitation_months == 6 for one in plans)
        )

    every = groups | joint | ({"403(b)": own} if own else {})
    return {group: together(names) for group, names in every.items()}


def a_plan(dice: random.Random, number: int, months: dict[str, int]) -> Participation:
    def amount(most: int) -> Decimal:
        return Decimal(STEP * dice.choice([0, dice.randint(0, most), dice.randint(0, most)]))

    group = dice.choice("XXYZ")
    deferral = dice.choice([amount(100), amount(160), Decimal(dice.choice([24_500, 24_750, 32_500, 35_750]))])
    return Participation(
        name=f"plan {number}",
        group=group,
        deferral=deferral,
        employer_money=amount(200),
        after_tax=amount(120),
        pay_this_year=dice.choice([amount(400), Decimal(300_000), deferral + amount(40)]),
        is_403b=dice.random() < 0.25,
        person_controls=dice.random() < 0.3,
        limitation_months=months[group],
        offers_catch_up=dice.random() < 0.8,
        offers_larger_catch_up=dice.random() < 0.7,
        takes_roth=dice.random() < 0.8,
        fica_wages_last_year=dice.choice([None, ZERO, Decimal(150_000), Decimal(150_000) + CENT]),
    )


def a_person(dice: random.Random) -> Person:
    months = {group: dice.choice([12, 12, 12, 6]) for group in "XYZ"}
    plans = tuple(a_plan(dice, number, months) for number in range(dice.randint(1, 4)))
    return Person(dice.choice(sorted(LAW.years)), dice.choice([35, 49, 50, 59, 60, 63, 64, 71]), plans)


@pytest.mark.untraced
def test_poured_in_step_by_step_the_same_comes_out() -> None:
    dice = random.Random(402)
    for _ in range(10_000):
        person = a_person(dice)
        case, second = person.case(), poured(person)
        assert case.excess_deferral == STEP * second.excess()
        tests = counted_as_one(person, second)
        assert case.additions_by_group == {group: STEP * one.counted for group, one in tests.items()}
        for group, one in tests.items():
            over, more, out = [other for other in tests.values() if one.names <= other.names], 0, 0
            while all(other.legal(more + 1) for other in over):
                more += 1
            while not one.legal(-out):
                out += 1
            assert case.room_by_group[group] == STEP * more
            assert case.excess_by_group[group] == STEP * out
            assert (case.stop_by_group[group] is Stop.DOLLAR_LIMIT) is one.cap_binds_first
