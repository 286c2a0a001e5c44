from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum, auto
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from pydantic import ValidationError

from knowledge import core
from knowledge.core.calculation import MOST_PLACES, YEAR, Calculation
from knowledge.core.calculations import CALCULATIONS
from knowledge.core.case import Case
from knowledge.core.facts import AgeBand
from knowledge.core.limits import Law, UnknownYear, load_law, load_statute
from knowledge.core.match import EmployerMoney
from knowledge.core.measures import Fraction
from knowledge.core.sheet import ARITHMETIC, Fact, Inconsistent, Line, Origin, Unanswered, derived

LAW = load_law()
FIRST, *_, LAST = LAW.years
ZERO = Decimal(0)


class Way(StrEnum):
    SHORT = auto()
    LONG = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """One of several."""

    size: Fraction
    """How long it is."""
    count: int = 1


class Walk(Case):
    """Every kind of fact, and a rule for everything that can go wrong."""

    money = Fact(Decimal)
    share = Fact(Decimal, default=Decimal("0.5"), measure=Fraction)
    count = Fact(int)
    sure = Fact(bool)
    day = Fact(date)
    age_band = Fact(AgeBand)
    way = Fact(Way)
    employer_money = Fact(EmployerMoney)
    steps: Fact[tuple[Step, ...]] = Fact(tuple, measure=tuple[Step, ...])
    prices: Fact[Mapping[str, Decimal]] = Fact(dict, measure=dict[str, Decimal])

    @derived(ARITHMETIC)
    def part(self) -> Decimal:
        """A part of the money."""
        return self.money * self.share

    @derived("IRC 401(a)(17)", confirm=True)
    def capped(self) -> Decimal:
        """The part, at most what the law counts."""
        return min(self.part, self.limit(self.limits.compensation_cap))

    @derived(ARITHMETIC)
    def counted(self) -> int:
        """The count, where that can be."""
        if self.count > 5:
            raise Inconsistent("more than five", "count", "money")
        return self.count

    @derived(ARITHMETIC)
    def doubled(self) -> int:
        """Twice the count."""
        return 2 * self.counted

    @derived(ARITHMETIC)
    def compared(self) -> Decimal:
        """What last year counted."""
        return self.last_year.compensation_cap.value


def calculation(*results: Any, extras: tuple[Any, ...] = (), **assumed: object) -> Calculation:
    return Calculation("walk", Walk, results, extras, assumed)


def inputs(**given: object) -> dict[str, object]:
    model = calculation(Walk.part).inputs().model_validate({"year": LAST, **given})
    return {name: getattr(model, name) for name in model.model_fields_set}


# --- facts in --------------------------------------------------------------------------------------------------------


def test_every_fact_can_be_given_beside_the_year() -> None:
    model = calculation(Walk.part).inputs()
    assert set(model.model_fields) == {YEAR, *Walk.facts()}
    assert [name for name, field in model.model_fields.items() if field.is_required()] == [YEAR]


def test_a_fact_without_a_measure_has_that_of_its_kind() -> None:
    given = {
        "money": "100.50",
        "share": 1,
        "count": 3,
        "sure": False,
        "day": "2026-03-01",
        "age_band": 61,
        "way": "long",
        "employer_money": 9_000,
        "steps": [{"size": "0.5"}, {"size": 1, "count": 2}],
        "prices": {"a": 1},
    }
    assert inputs(**given) == {
        "year": LAST,
        "money": Decimal("100.50"),
        "share": Decimal(1),
        "count": 3,
        "sure": False,
        "day": date(2026, 3, 1),
        "age_band": AgeBand.FROM_60,
        "way": Way.LONG,
        "employer_money": EmployerMoney(fixed=Decimal(9_000)),
        "steps": (Step(Decimal("0.5")), Step(Decimal(1), 2)),
        "prices": {"a": Decimal(1)},
    }


@pytest.mark.parametrize(
    ("given", "kind", "place"),
    [
        ({"money": -1}, "greater_than_equal", ("money",)),
        ({"money": Decimal("NaN")}, "finite_number", ("money",)),
        ({"money": None}, "decimal_type", ("money",)),
        ({"share": 2}, "less_than_equal", ("share",)),
        ({"count": 1001}, "less_than_equal", ("count",)),
        ({"sure": 1}, "bool_type", ("sure",)),
        ({"monye": 1}, "extra_forbidden", ("monye",)),
        ({"steps": [{"size": 2}]}, "less_than_equal", ("steps", 0, "size")),
        ({"steps": [{"size": 1, "colour": 1}]}, "unexpected_keyword_argument", ("steps", 0, "colour")),
        ({"employer_money": {"fixed": -1}}, "greater_than_equal", ("employer_money", "fixed")),
        ({"employer_money": True}, "decimal_type", ("employer_money", "fixed")),
        ({"year": True}, "int_type", ("year",)),
        ({"year": str(LAST)}, "int_type", ("year",)),
        ({"year": LAST + 1}, "unknown_year", ("year",)),
        ({"year": FIRST - 1}, "unknown_year", ("year",)),
    ],
)
def test_what_is_not_of_its_kind_or_range_is_refused(
    given: dict[str, object], kind: str, place: tuple[object, ...]
) -> None:
    with pytest.raises(ValidationError) as refused:
        inputs(**given)
    assert [(one["type"], one["loc"]) for one in refused.value.errors()] == [(kind, place)]


@pytest.mark.parametrize("year", [FIRST, LAST])
def test_every_year_with_limits_can_be_given(year: int) -> None:
    assert inputs(year=year) == {"year": year}


def test_a_number_is_given_with_so_many_places_and_no_more() -> None:
    fits = Decimal("0.00000000000000000001")
    assert fits == Decimal(1).scaleb(-MOST_PLACES)
    assert inputs(money=fits, count=3, prices={}) == {"year": LAST, "money": fits, "count": 3, "prices": {}}
    more: list[dict[str, object]] = [
        {"money": fits / 10},
        {"steps": [{"size": 1}, {"size": fits / 10}]},
        {"employer_money": {"tiers": [{"rate": 1, "start": 0, "end": fits / 10}]}},
        {"prices": {"a": 1, "b": "1e-999999"}},
    ]
    for given in more:
        with pytest.raises(ValidationError) as refused:
            inputs(**given)
        assert [(one["type"], one["loc"]) for one in refused.value.errors()] == [
            ("too_many_places", tuple(given))
        ]


def test_the_model_tells_the_years_and_what_the_parts_of_a_record_mean() -> None:
    schema = calculation(Walk.part).inputs().model_json_schema()
    year = schema["properties"]["year"]
    assert (year["unit"], year["enum"]) == ("a tax year", [*LAW.years])
    assert schema["$defs"]["Step"]["properties"]["size"]["description"] == "How long it is."


def test_the_model_is_made_once() -> None:
    one = calculation(Walk.part, share=ZERO)
    assert one.inputs() is one.inputs()


def test_what_is_taken_for_granted_for_a_fact() -> None:
    one = calculation(Walk.part, sure=False, share=ZERO)
    assert [one.usual(fact) for fact in ("sure", "share", "money")] == [False, ZERO, None]
    assert calculation(Walk.part).usual("share") == Decimal("0.5")


# --- results out -----------------------------------------------------------------------------------------------------


def test_results_come_with_their_worksheet() -> None:
    worked = calculation(Walk.capped, extras=(Walk.doubled,)).work_out(
        2026, {"money": Decimal(900_000), "count": 2}, LAW
    )
    assert worked.year == 2026
    assert worked.results == {"capped": Decimal(360_000), "doubled": 4}
    assert [line.cell for line in worked.lines] == [
        "money",
        "share",
        "part",
        "2026.compensation_cap",
        "capped",
        "count",
        "counted",
        "doubled",
    ]
    assert worked.assumed == (Line("share", Decimal("0.5"), Origin.ASSUMED),)
    assert [line.cell for line in worked.to_confirm] == ["capped"]
    assert worked.open == {}


def test_a_result_without_its_fact_is_left_open_if_it_is_an_extra() -> None:
    worked = calculation(Walk.part, extras=(Walk.doubled, Walk.capped)).work_out(2026, {"money": ZERO}, LAW)
    assert worked.results == {"part": ZERO, "capped": ZERO}
    assert worked.open == {"doubled": "count"}
    assert "count" not in {line.cell for line in worked.lines}


def test_a_result_that_is_wanted_names_the_fact_that_is_missing() -> None:
    with pytest.raises(Unanswered) as missing:
        calculation(Walk.capped).work_out(2026, {}, LAW)
    assert (missing.value.fact, missing.value.because) == (Walk.money, ("capped", "part"))


def test_what_is_assumed_stands_in_for_what_was_not_given() -> None:
    one = calculation(Walk.part, share=Decimal("0.1"))
    assert one.work_out(2026, {"money": Decimal(50)}, LAW).results == {"part": Decimal(5)}
    told = one.work_out(2026, {"money": Decimal(50), "share": Decimal(1)}, LAW)
    assert (told.results, told.assumed) == ({"part": Decimal(50)}, ())


def test_a_year_that_is_not_known_is_refused() -> None:
    with pytest.raises(UnknownYear) as unknown:
        calculation(Walk.part).work_out(LAST + 1, {"money": ZERO}, LAW)
    assert unknown.value.year == LAST + 1


def test_the_year_before_can_be_what_is_missing() -> None:
    with pytest.raises(UnknownYear) as unknown:
        calculation(Walk.compared).work_out(FIRST, {}, LAW)
    assert (unknown.value.year, unknown.value.known) == (FIRST - 1, (FIRST,))
    extra = calculation(Walk.part, extras=(Walk.compared,))
    assert extra.work_out(FIRST, {"money": ZERO}, LAW).open == {"compared": YEAR}
    known = extra.work_out(LAST, {"money": ZERO}, LAW)
    assert known.results["compared"] == LAW[LAST - 1].compensation_cap.value


def test_a_law_of_one_year_knows_no_year_before() -> None:
    one_year = Law({LAST: LAW[LAST]})
    assert calculation(Walk.part, extras=(Walk.compared,)).work_out(LAST, {"money": ZERO}, one_year).open == {
        "compared": YEAR
    }


# --- all that is in the way ------------------------------------------------------------------------------------------


def problems(one: Calculation, year: int = 2026, **facts: object) -> list[object]:
    return [
        found.fact.name if isinstance(found, Unanswered) else (str(found), found.facts)
        for found in one.problems(year, facts, LAW)
    ]


CONTRADICTION = ("more than five", ("count", "money"))


def test_every_fact_that_is_missing_is_told_once() -> None:
    one = calculation(Walk.part, Walk.capped, Walk.counted, Walk.doubled)
    assert problems(one) == ["money", "count"]
    assert problems(one, count=1) == ["money"]
    assert problems(one, count=1, money=ZERO) == []


def test_contradictions_are_told_beside_what_is_missing() -> None:
    one = calculation(Walk.part, Walk.counted, Walk.doubled)
    assert problems(one, count=6) == ["money", CONTRADICTION]


def test_an_extra_is_in_the_way_only_by_a_contradiction() -> None:
    one = calculation(Walk.part, extras=(Walk.doubled, Walk.compared))
    assert problems(one, FIRST, money=ZERO) == []
    assert problems(one, FIRST, money=ZERO, count=6) == [CONTRADICTION]
    with pytest.raises(Inconsistent):
        one.work_out(FIRST, {"money": ZERO, "count": 6}, LAW)


# --- a case in its year ----------------------------------------------------------------------------------------------


def test_a_case_has_a_year() -> None:
    assert Walk({}, LAW[2026]).year == 2026


def test_a_limit_is_recorded_with_its_year_and_citation() -> None:
    case = Walk({"money": Decimal(10**9)}, LAW[2026])
    assert case.capped == LAW[2026].compensation_cap.value
    line = next(line for line in case.worksheet(Walk.capped) if line.origin is Origin.LAW)
    figure = LAW[2026].compensation_cap
    assert line == Line("2026.compensation_cap", figure.value, Origin.LAW, figure.citation)


def test_a_limit_that_is_not_in_force_is_nothing() -> None:
    case = Walk({}, LAW[2019])
    assert case.limit(LAW[2019].catch_up_60_63) == ZERO
    assert case.facts_read() == ()


def test_a_rate_of_the_statute_is_recorded_without_a_year() -> None:
    class Rated(Walk):
        """With a rate."""

        @derived("IRC 3405(c)(1)")
        def held_back(self) -> Decimal:
            """What is held back."""
            return self.money * self.rate(self.statute.withholding)

    case = Rated({"money": Decimal(100)}, LAW[2026])
    assert case.held_back == Decimal(20)
    rate = load_statute().withholding
    assert case.worksheet(Rated.held_back)[1] == Line("withholding", rate.value, Origin.LAW, rate.citation)


# --- all of them -----------------------------------------------------------------------------------------------------


def test_every_calculation_of_every_subject_is_listed_once() -> None:
    modules = [import_module(f"{core.__name__}.{found.name}") for found in iter_modules(core.__path__)]
    offered = [
        one for module in modules for one in getattr(module, "CALCULATIONS", ()) if not isinstance(one, str)
    ]
    assert sorted(one.name for one in offered) == sorted(CALCULATIONS)
    assert set(offered) == set(CALCULATIONS.values())
