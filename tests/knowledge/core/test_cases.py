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


TO_CONFIRM = {
    *(
        "acp_band",
        "acp_refunds",
        "among_top_paid",
        "church_exemption",
        "least_nhce_ratio",
        "match_is_left_out",
    ),
    *("after_tax_by", "conditions", "year_self_employed", "spouse_conditions"),
    *("after_tax_with_match", "match_with_after_tax", "true_up_after_early_deferral"),
    *("catch_up_by_group", "joint_with_403b", "short_year_limits"),
    *("clock_ends_if_rolled_over", "conversions_by_year", "in_plan_recapture_tax", "roth_ira_clock"),
    *("contract_value", "excess_deferral_forms", "excess_tax_each_year", "room_reopened"),
    *("corrected_by", "undone_by_excess_deferral", "refund_can_be_rolled_over", "taxable_refund"),
    *("unmatched_after_tax_returned", "unmatched_deferrals_returned"),
    *("matched_after_tax_returned", "matched_deferrals_returned", "employer_money_forfeited"),
    *("current_year", "early_after_tax_cost", "employer_money_at_year_end", "employer_money_crowded_out"),
}
"""What rests on a rule that has two readings, that was not read again, or that the plan document decides."""


def test_these_lines_are_to_be_confirmed_with_the_plan() -> None:
    sheets = {calculation.sheet for calculation in CALCULATIONS.values()}
    cells = {name: cell for sheet in sheets for name, cell in sheet.cells().items()}
    assert {name for name, cell in cells.items() if cell.confirm} == TO_CONFIRM
