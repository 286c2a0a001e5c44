"""Every case of `cases.toml`, which a reader who knows the law and no Python can check and add to."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from knowledge.core.deferrals import catch_up_limit, catch_up_must_be_roth
from knowledge.core.employee import Ceiling, Employee, is_highly_paid, over_the_limit
from knowledge.core.facts import AgeBand
from knowledge.core.limits import UnknownYear
from knowledge.core.match import ZERO, EmployerMoney, Tier
from tests.knowledge.core.people import LAW, employee

Table = dict[str, Any]

CASES: dict[str, list[Table]] = tomllib.loads(
    (Path(__file__).parent / "cases_of_rules.toml").read_text("utf-8"), parse_float=Decimal
)


def employer_money(formula: Table) -> EmployerMoney:
    tiers = (Tier(*map(Decimal, tier)) for tier in formula.get("tiers", ()))
    cap = formula.get("cap")
    return EmployerMoney(
        tuple(tiers),
        nonelective=formula.get("nonelective", ZERO),
        fixed=Decimal(formula.get("fixed", 0)),
        match_cap=None if cap is None else Decimal(cap),
    )


def answer(fact: str, value: Any) -> tuple[str, object]:
    if fact == "age":
        return "age_band", AgeBand.of(value)
    if fact == "employer_money":
        return fact, employer_money(value if isinstance(value, dict) else {"fixed": value})
    return fact, Employee.facts()[fact].kind(value)


def room(facts: Table, year: int, asked: list[str]) -> Table:
    case = employee(dict(answer(*fact) for fact in facts.items()), year)

    def result(cell: str) -> object:
        value = case.room.stop if cell == "stop" else getattr(case, cell)
        return value.amount if isinstance(value, Ceiling) else value

    return {cell: result(cell) for cell in asked}


def catch_up(facts: Table, year: int, _: list[str]) -> Table:
    return {"limit": catch_up_limit(AgeBand.of(facts["age"]), LAW[year])}


def match(facts: Table, year: int, _: list[str]) -> Table:
    cap = Decimal(facts["compensation_cap"]) if year not in LAW.years else LAW[year].compensation_cap.value
    pay, deferral = Decimal(facts["pay"]), Decimal(facts["deferral"])
    return {"match": employer_money(facts).match(deferral, pay, cap)}


def highly_paid(facts: Table, year: int, _: list[str]) -> Table:
    return {"highly_paid": is_highly_paid(Decimal(facts["pay_last_year"]), LAW[year - 1])}


def roth_catch_up(facts: Table, year: int, _: list[str]) -> Table:
    try:
        limits = LAW[year]
    except UnknownYear as unknown:
        return {"unknown_year": unknown.year}
    wages = Decimal(facts["wages_last_year"])
    return {"must_be_roth": catch_up_must_be_roth(AgeBand.of(facts["age"]), wages, limits)}


def correction(facts: Table, _: int, __: list[str]) -> Table:
    returned = over_the_limit(**{part: Decimal(amount) for part, amount in facts.items()})
    return dict(zip(("after_tax", "deferrals", "rest"), returned, strict=True))


RULES: dict[str, Callable[[Table, int, list[str]], Table]] = {
    "catch_up": catch_up,
    "match": match,
    "highly_paid": highly_paid,
    "roth_catch_up": roth_catch_up,
    "correction": correction,
}


EVERY_CASE = pytest.mark.parametrize(
    ("rule", "case"),
    [pytest.param(rule, case, id=case["id"]) for rule, cases in CASES.items() for case in cases],
)


@EVERY_CASE
def test_the_case_comes_out_as_derived(rule: str, case: Table) -> None:
    expected = case["expected"]
    assert RULES[rule](case["facts"], case["year"], list(expected)) == expected


@EVERY_CASE
def test_the_case_is_whole(rule: str, case: Table) -> None:
    assert set(case) == {"id", "name", "year", "source", "facts", "expected", "derivation"}
    assert all(case.values())


def test_no_two_cases_share_an_id() -> None:
    ids = [case["id"] for cases in CASES.values() for case in cases]
    assert len(ids) == len(set(ids))
