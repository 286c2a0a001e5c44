"""What must hold for every person, and a second reckoning of both subjects. Cases are in ``cases/roth_ira.toml``."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.core.facts import AgeBand
from knowledge.core.limits import FilingStatus, PhaseOut
from knowledge.core.match import ZERO
from knowledge.core.roth_ira import (
    CALCULATIONS,
    Backdoor,
    RothIra,
    phase_out_of,
    reduced_limit,
)
from knowledge.core.sheet import Inconsistent, Origin, Unanswered
from tests.knowledge.core.people import LAW, UNTIMED, dollars

TINY = Decimal("1e-12")
CENT = Decimal("0.01")
YEARS = st.sampled_from(sorted(LAW.years))
PEOPLE = st.fixed_dictionaries(
    {
        "filing_status": st.sampled_from(FilingStatus),
        "lived_with_spouse": st.booleans(),
        "modified_adjusted_gross_income": dollars(20_000) | dollars(300_000),
        "age_band": st.sampled_from(AgeBand),
        "taxable_compensation": dollars(10_000) | dollars(300_000),
        "traditional_ira_contributions": st.just(ZERO) | dollars(9_000),
        "roth_ira_contributions_this_year": st.just(ZERO) | dollars(9_000),
    }
)
IRAS = st.fixed_dictionaries(
    {
        "nondeductible_contribution": dollars(6_500),
        "ira_basis_before": st.just(ZERO) | dollars(100_000),
        "ira_balance": st.just(ZERO) | dollars(500_000),
        "ira_distributions": st.just(ZERO) | dollars(50_000),
        "ira_converted": st.just(ZERO) | dollars(200_000),
    }
)
DIRECT, BACKDOOR = CALCULATIONS


def roth(facts: dict[str, Any], year: int = 2026) -> RothIra:
    return RothIra(facts, LAW[year])


def backdoor(facts: dict[str, Any], year: int = 2026) -> Backdoor:
    return Backdoor(facts, LAW[year])


def told(status: FilingStatus, income: object, together: bool | None = None, age: int = 45) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "filing_status": status,
        "modified_adjusted_gross_income": Decimal(str(income)),
        "age_band": AgeBand.of(age),
        "taxable_compensation": Decimal(200_000),
    }
    return facts if together is None else facts | {"lived_with_spouse": together}


# --- straight into a Roth IRA ----------------------------------------------------------------------------------------

RANGES = [
    (FilingStatus.SINGLE, None, "single"),
    (FilingStatus.HEAD_OF_HOUSEHOLD, None, "single"),
    (FilingStatus.JOINT, None, "joint"),
    (FilingStatus.SURVIVING_SPOUSE, None, "joint"),
    (FilingStatus.SEPARATE, True, "separate"),
    (FilingStatus.SEPARATE, False, "single"),
]


@pytest.mark.parametrize("year", LAW.years)
@pytest.mark.parametrize("age", [49, 50])
@pytest.mark.parametrize(("status", "together", "kind"), RANGES)
def test_the_range_holds_to_the_dollar_at_both_ends(
    status: FilingStatus, together: bool | None, kind: str, age: int, year: int
) -> None:
    limits = LAW[year]
    phase_out: PhaseOut = getattr(limits, f"roth_ira_phase_out_{kind}")
    full = limits.ira_contribution.value + (limits.ira_catch_up.value if age == 50 else 0)

    def limit(income: Decimal) -> Decimal:
        return roth(told(status, income, together, age), year).roth_ira_limit

    assert limit(max(ZERO, phase_out.starts - 1)) == full
    assert limit(phase_out.starts) == full
    assert limit(phase_out.starts + 1) == full
    assert limit((phase_out.starts + phase_out.ends) / 2) == full / 2
    assert limit(phase_out.ends - 1) == limit(phase_out.ends - CENT) == 200
    assert limit(phase_out.ends) == limit(phase_out.ends + 1) == 0


@pytest.mark.parametrize(("status", "together", "kind"), RANGES)
def test_the_range_of_the_status_is_on_the_worksheet(
    status: FilingStatus, together: bool | None, kind: str
) -> None:
    here = roth(told(status, 5_000, together), 2025)
    assert here.roth_ira_limit
    phase_out: PhaseOut = getattr(LAW[2025], f"roth_ira_phase_out_{kind}")
    lines = {line.cell: line for line in here.worksheet(RothIra.roth_ira_limit) if line.origin is Origin.LAW}
    line = lines[f"2025.roth_ira_phase_out_{kind}"]
    assert (line.value, line.citation) == ((phase_out.starts, phase_out.ends), phase_out.citation)
    others = {"2025.ira_contribution", "roth_ira_step", "roth_ira_floor"}
    assert set(lines) == {line.cell, *others}
    assert phase_out_of(status, together is True, LAW[2025]) is phase_out


def test_who_lived_together_matters_only_to_those_who_file_separately() -> None:
    for status in FilingStatus:
        same = phase_out_of(status, True, LAW[2026]) is phase_out_of(status, False, LAW[2026])
        assert same is (status is not FilingStatus.SEPARATE)


@UNTIMED
@given(PEOPLE, YEARS, dollars(50_000))
def test_more_income_never_raises_the_limit(facts: dict[str, Any], year: int, more: Decimal) -> None:
    income = facts["modified_adjusted_gross_income"]
    richer = roth(facts | {"modified_adjusted_gross_income": income + more}, year)
    assert richer.roth_ira_limit <= roth(facts, year).roth_ira_limit


@UNTIMED
@given(PEOPLE, YEARS)
def test_what_goes_in_never_passes_any_limit(facts: dict[str, Any], year: int) -> None:
    here = roth(facts, year)
    traditional, already = facts["traditional_ira_contributions"], facts["roth_ira_contributions_this_year"]
    assert 0 <= here.roth_ira_limit <= here.roth_ira_limit_by_income <= here.ira_limit
    assert here.ira_limit <= facts["taxable_compensation"]
    assert here.roth_ira_room - here.roth_ira_excess == here.roth_ira_limit - already
    assert not (here.roth_ira_room and here.roth_ira_excess)
    if traditional + already <= here.ira_limit:
        assert here.traditional_ira_room == here.ira_limit - traditional - already
        assert here.roth_ira_room <= here.traditional_ira_room
    else:
        assert here.traditional_ira_room == 0


@UNTIMED
@given(PEOPLE, YEARS)
def test_what_income_leaves_is_the_limit_less_a_multiple_of_ten_or_the_floor_or_nothing(
    facts: dict[str, Any], year: int
) -> None:
    here = roth(facts, year)
    left, full = here.roth_ira_limit_by_income, here.ira_limit
    assert left in (0, min(full, Decimal(200))) or (full - left) % 10 == 0
    assert left == 0 or left >= min(full, Decimal(200))


def test_only_what_can_matter_is_asked() -> None:
    over = {"filing_status": FilingStatus.JOINT, "modified_adjusted_gross_income": Decimal(252_000)}
    worked = DIRECT.work_out(2026, over, LAW)
    assert [worked.results[name] for name in ("roth_ira_limit", "roth_ira_room", "roth_ira_excess")] == [
        0,
        0,
        0,
    ]
    assert worked.open == {"ira_limit": "age_band", "traditional_ira_room": "age_band"}
    in_it = told(FilingStatus.SINGLE, 100_000)
    assert roth(in_it).roth_ira_limit == 7_500
    for fact in in_it:
        with pytest.raises(Unanswered, match=f"^{fact} "):
            assert roth({name: value for name, value in in_it.items() if name != fact}).roth_ira_limit
    with pytest.raises(Unanswered, match=r"^lived_with_spouse "):
        assert roth(told(FilingStatus.SEPARATE, 100_000)).roth_ira_limit
    whole = DIRECT.work_out(2026, in_it, LAW)
    assert list(whole.results) == [
        "roth_ira_limit",
        "roth_ira_room",
        "roth_ira_excess",
        "ira_limit",
        "traditional_ira_room",
    ]
    assert {line.cell for line in whole.assumed} == {
        "traditional_ira_contributions",
        "roth_ira_contributions_this_year",
    }
    assert whole.to_confirm == ()


def test_a_range_may_lie_anywhere_and_its_step_and_floor_are_given() -> None:
    phase_out = PhaseOut("some_range", Decimal(100), Decimal(200), "USD", "IRC 408A")

    def left(income: int) -> Decimal:
        return reduced_limit(Decimal(1_000), Decimal(income), phase_out, Decimal(25), Decimal(90))

    assert [left(income) for income in (0, 100, 102, 103, 190, 193, 199, 200, 300)] == [
        1_000, 1_000, 1_000, 975, 100, 90, 90, 0, 0
    ]  # fmt: skip


def counted_up(limit: int, beyond: int, width: int) -> int:
    """What is left of ``limit``, all in cents: ten dollars come off as long as the ratio still covers them."""
    if beyond >= width:
        return 0
    off = 0
    while beyond > 0 and (off + 1_000) * width <= limit * beyond:
        off += 1_000
    return max(limit - off, min(limit, 20_000))


def test_counting_up_in_tens_agrees_for_10000_incomes() -> None:
    rng = random.Random(590)
    for _ in range(10_000):
        year, age = rng.choice(sorted(LAW.years)), rng.choice((30, 49, 50, 59, 60, 63, 64, 75))
        status, together = rng.choice(list(FilingStatus)), rng.random() < 0.5
        limits = LAW[year]
        if status in (FilingStatus.JOINT, FilingStatus.SURVIVING_SPOUSE):
            kind = "joint"
        else:
            kind = "separate" if status is FilingStatus.SEPARATE and together else "single"
        phase_out: PhaseOut = getattr(limits, f"roth_ira_phase_out_{kind}")
        starts, ends = int(100 * phase_out.starts), int(100 * phase_out.ends)
        income = rng.choice(
            (
                rng.randint(starts, ends),
                rng.randint(0, 4 * 10**7),
                rng.choice((starts, ends)) + rng.randint(-1, 1),
            )
        )
        income = max(0, income)
        compensation = rng.choice((10**7, rng.randint(0, 10**6)))
        traditional = rng.choice((0, rng.randint(0, 900_000)))
        already = rng.choice((0, rng.randint(0, 900_000)))
        full = int(100 * limits.ira_contribution.value) + (
            int(100 * limits.ira_catch_up.value) if age >= 50 else 0
        )
        full = min(full, compensation)
        limit = counted_up(full, income - starts, ends - starts)
        limit = max(0, min(limit, full - traditional))
        here = roth(
            {
                "filing_status": status,
                "lived_with_spouse": together,
                "modified_adjusted_gross_income": income * CENT,
                "age_band": AgeBand.of(age),
                "taxable_compensation": compensation * CENT,
                "traditional_ira_contributions": traditional * CENT,
                "roth_ira_contributions_this_year": already * CENT,
            },
            year,
        )
        assert 100 * here.roth_ira_limit == limit
        assert 100 * here.roth_ira_room == max(0, limit - already)
        assert 100 * here.roth_ira_excess == max(0, already - limit)
        assert 100 * here.traditional_ira_room == max(0, full - traditional - already)


# --- the regular backdoor --------------------------------------------------------------------------------------------


@UNTIMED
@given(IRAS)
def test_every_dollar_converted_is_taxed_or_was_and_no_basis_is_lost(facts: dict[str, Any]) -> None:
    here = backdoor(facts)
    assert here.nontaxable_conversion + here.taxable_conversion == facts["ira_converted"]
    assert 0 <= here.nontaxable_conversion <= facts["ira_converted"]
    assert 0 <= here.taxable_ira_distributions <= facts["ira_distributions"]
    assert 0 <= here.ira_basis_share <= 1
    drawn = here.nontaxable_conversion + facts["ira_distributions"] - here.taxable_ira_distributions
    assert abs(here.ira_basis - drawn - here.ira_basis_left) < TINY
    assert here.ira_basis_left >= -TINY


@UNTIMED
@given(IRAS, dollars(100_000))
def test_more_untaxed_money_in_the_pool_never_lowers_the_tax(facts: dict[str, Any], more: Decimal) -> None:
    fuller = backdoor(facts | {"ira_balance": facts["ira_balance"] + more})
    assert fuller.taxable_conversion >= backdoor(facts).taxable_conversion
    assert fuller.ira_basis_share <= (backdoor(facts).ira_basis_share if backdoor(facts).ira_pool else 1)


def test_the_pool_has_no_place_for_money_in_plans() -> None:
    assert set(Backdoor.facts()) == {
        "nondeductible_contribution",
        "ira_basis_before",
        "ira_balance",
        "ira_distributions",
        "ira_converted",
    }


def test_only_balance_and_conversion_have_to_be_told() -> None:
    for fact in ("ira_balance", "ira_converted"):
        with pytest.raises(Unanswered, match=f"^{fact} "):
            BACKDOOR.work_out(2026, {"ira_balance": ZERO, "ira_converted": ZERO} | {fact: None}, LAW)
    worked = BACKDOOR.work_out(2026, {"ira_balance": Decimal(50), "ira_converted": Decimal(50)}, LAW)
    assert list(worked.results) == [
        "ira_basis_share",
        "nontaxable_conversion",
        "taxable_conversion",
        "taxable_ira_distributions",
        "ira_basis_left",
    ]
    assert {line.cell for line in worked.assumed} == {
        "nondeductible_contribution",
        "ira_basis_before",
        "ira_distributions",
    }


@pytest.mark.parametrize("year", LAW.years)
def test_a_contribution_that_nobody_may_make_is_refused(year: int) -> None:
    most = LAW[year].ira_contribution.value + LAW[year].ira_catch_up.value
    facts = {"nondeductible_contribution": most, "ira_balance": ZERO, "ira_converted": ZERO}
    assert backdoor(facts, year).ira_basis == most
    message = (
        f"^nobody may put more than {most:,} dollars into IRAs for {year}; "
        "basis of earlier years is ira_basis_before$"
    )
    with pytest.raises(Inconsistent, match=message) as no:
        assert backdoor(facts | {"nondeductible_contribution": most + CENT}, year).ira_basis
    assert no.value.facts == ("nondeductible_contribution",)


@pytest.mark.untraced
def test_form_8606_line_by_line_agrees_for_10000_people() -> None:
    rng = random.Random(8606)
    for _ in range(10_000):
        line_1, line_2 = rng.choice((0, rng.randint(0, 650_000))), rng.choice((0, rng.randint(0, 10**7)))
        line_6, line_7 = rng.choice((0, rng.randint(0, 5 * 10**7))), rng.choice((0, rng.randint(0, 10**6)))
        line_8 = rng.choice((0, 1, rng.randint(0, 10**7), line_1))
        line_3 = line_1 + line_2
        line_9 = line_6 + line_7 + line_8
        line_10 = min(Fraction(line_3, line_9), Fraction(1)) if line_9 else Fraction(0)
        line_11, line_12 = line_8 * line_10, line_7 * line_10
        line_13 = line_11 + line_12
        here = backdoor(
            {
                "nondeductible_contribution": line_1 * CENT,
                "ira_basis_before": line_2 * CENT,
                "ira_balance": line_6 * CENT,
                "ira_distributions": line_7 * CENT,
                "ira_converted": line_8 * CENT,
            }
        )
        reckoned = {
            "ira_basis_share": 100 * line_10,
            "nontaxable_conversion": line_11,
            "taxable_conversion": line_8 - line_11,
            "taxable_ira_distributions": line_7 - line_12,
            "ira_basis_left": line_3 - line_13,
        }
        for cell, cents in reckoned.items():
            assert abs(100 * Fraction(getattr(here, cell)) - cents) < Fraction(1, 10**12)
