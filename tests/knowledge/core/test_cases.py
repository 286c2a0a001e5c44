"""Every case of ``cases/``, which a reader who knows the law and no Python can check and add to.

A case goes in through the front door, as JSON does, and is held against what comes out there.
"""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.calc import work_out
from bot.given import BadFacts
from knowledge.core.calculations import CALCULATIONS

Table = dict[str, Any]

FOLDER = Path(__file__).parent / "cases"
CASES: list[tuple[str, Table]] = [
    (calculation, case)
    for file in sorted(FOLDER.glob("*.toml"))
    for calculation, cases in tomllib.loads(file.read_text("utf-8"), parse_float=Decimal).items()
    for case in cases
]
EVERY_CASE = pytest.mark.parametrize(
    ("calculation", "case"), [pytest.param(*entry, id=entry[1]["id"]) for entry in CASES]
)


def part(results: Any, path: str) -> Any:
    """The part of ``results`` at ``path``: names of results and their parts, or places in a list, between dots."""
    for step in path.split("."):
        results = results[int(step)] if isinstance(results, list) else results[step]
    return results


def as_given(value: Any) -> Any:
    """``value`` with exact numbers and with dates as JSON has them."""
    match value:
        case dict():
            return {key: as_given(inner) for key, inner in value.items()}
        case list():
            return [as_given(inner) for inner in value]
        case bool() | str():
            return value
        case Decimal() | int():
            return Decimal(value)
        case _:
            return str(value)  # a date


@EVERY_CASE
def test_the_case_comes_out_as_derived(calculation: str, case: Table) -> None:
    facts = {"year": case["year"], **case["facts"]}
    if "refused" in case:
        with pytest.raises(BadFacts, match=case["refused"]):
            work_out(CALCULATIONS[calculation], facts)
        return
    worked = work_out(CALCULATIONS[calculation], facts)
    results = {line["cell"]: line["value"] for line in worked["worksheet"]} | worked["results"]
    got = {path: as_given(part(results, path)) for path in case["expected"]}
    assert got == as_given(case["expected"])


@EVERY_CASE
def test_the_case_is_whole(calculation: str, case: Table) -> None:
    outcome = "refused" if "refused" in case else "expected"
    assert set(case) - {"note"} == {"id", "name", "year", "source", "facts", outcome, "derivation"}
    assert all(case.values())


def test_no_two_cases_share_an_id() -> None:
    ids = [case["id"] for _, case in CASES]
    assert len(ids) == len(set(ids))


def test_every_calculation_has_a_case() -> None:
    assert {calculation for calculation, _ in CASES} == set(CALCULATIONS)
