"""What an unsure fact could be spans every result: whatever the truth is, the room lies in the range shown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.core.employee import Employee
from knowledge.core.facts import AgeBand, CapKind, WayToRoth
from knowledge.core.match import EmployerMoney
from knowledge.core.sheet import NOT_SURE, Supposition, Unanswered
from tests.knowledge.core.people import PEOPLE, UNTIMED, Person, employee

UNSURE = {name: fact for name, fact in Employee.facts().items() if fact.possible}
AMOUNTS = [
    "deferral",
    "employer_money",
    "after_tax_so_far",
    "deferred_elsewhere",
    "additions_elsewhere",
    "cap_dollars",
    "cap_percent",
]
CHOICES = ["cap_kind", "cap_counts_all_pay", "employers_related"]


def branches(person: Person, fact: str) -> list[Supposition]:
    possible = UNSURE[fact].possible
    assert possible is not None
    return list(possible(person.but(**{fact: NOT_SURE}).case()))


def rooms(person: Person, fact: str) -> list[Decimal]:
    unsure = person.but(**{fact: NOT_SURE})
    return [unsure.case(supposed=branch).room.amount for branch in branches(person, fact)]


def test_these_facts_can_be_unsure() -> None:
    assert set(UNSURE) == {*AMOUNTS, *CHOICES, "takes_after_tax", "way_to_roth"}


@UNTIMED
@given(PEOPLE, st.sampled_from(AMOUNTS), st.integers(0, 100))
def test_between_the_ends_of_an_amount_the_room_is_between_the_ends_of_the_range(
    person: Person, fact: str, percent: int
) -> None:
    least, most = (branch[fact] for branch in branches(person, fact))
    truth: Any
    match least, most:
        case EmployerMoney(), EmployerMoney():
            assert not least.is_formula
            truth = EmployerMoney(fixed=least.fixed + (most.fixed - least.fixed) * percent / 100)
        case Decimal(), Decimal():
            truth = least + (most - least) * percent / 100
        case _:
            raise AssertionError(least, most)
    low, high = sorted(rooms(person, fact))
    assert low <= person.but(**{fact: truth}).case().room.amount <= high


@UNTIMED
@given(PEOPLE, st.sampled_from(CHOICES))
def test_whatever_is_chosen_the_room_is_in_the_range(person: Person, fact: str) -> None:
    room = person.case().room.amount
    assert min(rooms(person, fact)) <= room <= max(rooms(person, fact))


@UNTIMED
@given(PEOPLE)
def test_an_unsure_amount_of_one_plan_is_never_supposed_over_its_limit(person: Person) -> None:
    fits = person.but(
        deferral=Decimal(0),
        employer_money=EmployerMoney(),
        after_tax_so_far=Decimal(0),
        deferred_elsewhere=Decimal(0),
        additions_elsewhere=Decimal(0),
    )
    for fact in ("deferral", "employer_money", "after_tax_so_far"):
        for branch in branches(fits, fact):
            case = fits.but(**{fact: NOT_SURE}).case(supposed=branch)
            assert case.over_limit == 0
    full = fits.but(employer_money=NOT_SURE).case(supposed=branches(fits, "employer_money")[1])
    assert full.legal_room == 0


def test_a_cap_of_an_unsure_kind_could_be_nothing_whatever_was_once_told() -> None:
    person = Person(2026, 40, {"cap_kind": NOT_SURE, "cap_dollars": Decimal(20_000)})
    caps = [person.case(supposed=branch).plan_cap for branch in branches(person, "cap_kind")]
    assert caps == [None, 0]


def test_the_most_that_could_be_deferred_has_the_catch_up_of_the_age() -> None:
    pay = {"pay": Decimal(200_000)}
    with pytest.raises(Unanswered, match="age_band"):
        _ = employee(pay).most_deferral
    assert employee(pay | {"age_band": AgeBand.UNDER_50}).most_deferral == 24_500
    assert employee(pay | {"age_band": AgeBand.FROM_60}).most_deferral == 35_750
    assert employee({"pay": Decimal(30_000), "age_band": AgeBand.FROM_60}).most_deferral == 30_000


def test_unsure_employer_money_fills_what_related_employers_and_after_tax_money_left() -> None:
    known = {
        "pay": Decimal(200_000),
        "deferral": Decimal(14_500),
        "other_plan": True,
        "deferred_elsewhere": Decimal(10_000),
        "employers_related": True,
        "additions_elsewhere": Decimal(30_000),
        "employer_money": EmployerMoney(fixed=Decimal(5_000)),
        "after_tax_so_far": Decimal(7_000),
    }
    assert employee(known).most_employer_money == 72_000 - 14_500 - 30_000 - 7_000
    assert employee(known).most_after_tax == 72_000 - 14_500 - 30_000 - 5_000
    assert employee(known | {"employers_related": False}).most_employer_money == 72_000 - 14_500 - 7_000
    assert employee(known | {"additions_elsewhere": NOT_SURE}).most_after_tax == 72_000 - 14_500 - 5_000
    assert employee(known | {"additions_elsewhere": Decimal(70_000)}).most_after_tax == 0


@pytest.mark.parametrize(
    ("fact", "ends"),
    [
        ("takes_after_tax", [True, False]),
        ("way_to_roth", [WayToRoth.BOTH, WayToRoth.NEITHER]),
        ("cap_counts_all_pay", [True, False]),
        ("cap_percent", [Decimal(1), Decimal(0)]),
        ("cap_dollars", [Decimal(72_000), Decimal(0)]),
        ("employers_related", [False, True]),
        ("deferred_elsewhere", [Decimal(0), Decimal(24_500)]),
        ("additions_elsewhere", [Decimal(0), Decimal(72_000)]),
    ],
)
def test_what_does_not_depend_on_the_rest_has_fixed_ends(fact: str, ends: list[object]) -> None:
    assert [branch[fact] for branch in branches(Person(2026, 40, {}), fact)] == ends


def test_what_was_deferred_in_a_related_plan_and_its_total_bound_each_other() -> None:
    related = {"employers_related": True}
    told = Person(2026, 40, {**related, "additions_elsewhere": Decimal(5_000)})
    assert [branch["deferred_elsewhere"] for branch in branches(told, "deferred_elsewhere")] == [0, 5_000]
    told = Person(2026, 40, {**related, "deferred_elsewhere": Decimal(30_000)})
    assert [branch["additions_elsewhere"] for branch in branches(told, "additions_elsewhere")] == [
        24_500,
        72_000,
    ]
    open_too = Person(2026, 40, {"employers_related": NOT_SURE, "additions_elsewhere": Decimal(5_000)})
    ends = [branch["deferred_elsewhere"] for branch in branches(open_too, "deferred_elsewhere")]
    assert ends == [0, 5_000, 24_500]
    apart = Person(2026, 40, {"employers_related": False, "additions_elsewhere": Decimal(5_000)})
    assert [branch["deferred_elsewhere"] for branch in branches(apart, "deferred_elsewhere")] == [0, 24_500]


def test_a_fact_that_has_to_be_known_first_is_asked_for() -> None:
    with pytest.raises(Unanswered) as asked:
        branches(Person(2026, 40, {"cap_kind": CapKind.NONE}), "deferral")
    assert asked.value.fact is Employee.pay
