"""Made-up employees for the tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st

from knowledge.core.employee import Employee
from knowledge.core.facts import AgeBand, CapKind, OverWages, PaySchedule
from knowledge.core.limits import load_law
from knowledge.core.match import EmployerMoney, Tier
from knowledge.core.sheet import Supposition

LAW = load_law()
FOR_GRANTED: Supposition = {"whole_year": True, "other_plan": False, "cap_kind": CapKind.NONE}

UNTIMED = settings(deadline=None)


def employee(answers: Supposition, year: int = 2026, supposed: Supposition | None = None) -> Employee:
    """The case of someone who gave ``answers`` about ``year``; the usual is taken for granted."""
    limits = LAW[year]
    last_year = LAW.years.get(year - 1)
    return Employee(answers, limits, last_year, supposed=supposed, assumed=FOR_GRANTED)


@dataclass(frozen=True)
class Person:
    """Someone of ``age`` on December 31 of ``year``, with an answer to every fact that can be asked."""

    year: int
    age: int
    answers: Mapping[str, object]

    def but(self, **answers: object) -> Person:
        """The same person with other answers."""
        return replace(self, answers={**self.answers, **answers})

    @property
    def told(self) -> dict[str, object]:
        """All answers, that of the age included."""
        return {"age_band": AgeBand.of(self.age), **self.answers}

    def case(self, supposed: Supposition | None = None) -> Employee:
        """The person's sheet."""
        return employee(self.told, self.year, supposed)


def dollars(most: int) -> st.SearchStrategy[Decimal]:
    """Thousands, whole dollars and cents up to ``most`` dollars."""
    thousands = st.integers(0, most // 1_000).map(lambda n: Decimal(1_000 * n))
    cents = st.integers(0, 100 * most).map(lambda n: Decimal(n) / 100)
    return thousands | st.integers(0, most).map(Decimal) | cents


def fractions(most: int) -> st.SearchStrategy[Decimal]:
    """Whole percentages up to ``most`` %, as fractions."""
    return st.integers(0, most).map(lambda n: Decimal(n) / 100)


TIERS = st.lists(
    st.builds(
        lambda rate, a, b: Tier(rate, min(a, b), max(a, b)), fractions(200), fractions(30), fractions(30)
    ),
    max_size=3,
).map(tuple)
EMPLOYER_MONEY = st.builds(
    EmployerMoney, TIERS, fractions(10), dollars(30_000), st.none() | dollars(15_000)
) | st.builds(EmployerMoney, fixed=dollars(60_000))


def _fitting(person: Person) -> Person:
    """The total in the other plan holds what was deferred there."""
    total, deferred = (person.answers[f"{what}_elsewhere"] for what in ("additions", "deferred"))
    assert isinstance(total, Decimal)
    assert isinstance(deferred, Decimal)
    return person.but(additions_elsewhere=max(total, deferred))


PEOPLE = st.builds(
    Person,
    st.sampled_from(sorted(LAW.years)),
    st.sampled_from([30, 49, 50, 59, 60, 63, 64, 70]),
    st.fixed_dictionaries(
        {
            "cap_kind": st.sampled_from(CapKind),
            "cap_percent": fractions(30),
            "cap_dollars": dollars(60_000),
            "cap_counts_all_pay": st.booleans(),
            "other_plan": st.booleans(),
            "deferred_elsewhere": dollars(40_000),
            "employers_related": st.booleans(),
            "additions_elsewhere": dollars(70_000),
            "pay_elsewhere": dollars(100_000),
            "pay": dollars(100_000) | dollars(600_000),
            "whole_year": st.booleans(),
            "pay_schedule": st.sampled_from(PaySchedule),
            "checks_so_far": st.integers(0, 12),
            "checks_left": st.integers(0, 12),
            "deferral": dollars(40_000),
            "employer_money": EMPLOYER_MONEY,
            "after_tax_so_far": dollars(60_000),
            "over_wages": st.sampled_from(OverWages),
        }
    ),
).map(_fitting)
"""Every kind of person, likely or not: people over every limit and people with no pay are among them."""
