"""A calculation: facts in, results and their worksheet out.

Every calculation is a `Case` and the cells of it that are its results. What it needs is not listed anywhere: the cells
ask for it by reading it, just as in the conversation, so a fact that cannot matter may be left out, and one that
matters and is missing is named together with the cells that wanted it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model, field_validator
from pydantic_core import PydanticCustomError

from knowledge.core.case import Case
from knowledge.core.facts import AgeBand
from knowledge.core.limits import Law, UnknownYear, load_law
from knowledge.core.match import Employer, EmployerMoney
from knowledge.core.measures import Age, Count, Day, Dollars, Yes
from knowledge.core.sheet import Derived, Inconsistent, Line, Origin, Supposition, Unanswered

T = TypeVar("T")

MEASURES: Mapping[object, Any] = {
    Decimal: Dollars,
    int: Count,
    bool: Yes,
    date: Day,
    AgeBand: Age,
    EmployerMoney: Employer,
}
"""The measure of a fact that names none, by its kind."""
MOST_PLACES = 20
"""Digits after the point with which a number can be reckoned exactly next to the largest amounts."""
YEAR = "year"
"""What stands beside the facts: the tax year."""


@dataclass(frozen=True, slots=True)
class Worked:
    """What a calculation came to in ``year``.

    ``results`` are the values by cell; ``lines`` the worksheet, each line after what it is made from; ``open`` names,
    for each result that could not be worked out because a fact was not given, that fact (`YEAR`, where the figures of
    the year before are wanted and are not known).
    """

    year: int
    results: Mapping[str, object]
    lines: tuple[Line, ...]
    open: Mapping[str, str]

    @property
    def assumed(self) -> tuple[Line, ...]:
        """The lines that were taken for granted: every one can be changed by giving the fact."""
        return tuple(line for line in self.lines if line.origin is Origin.ASSUMED)

    @property
    def to_confirm(self) -> tuple[Line, ...]:
        """The lines whose rule is one to confirm with the plan."""
        return tuple(line for line in self.lines if line.confirm)


@dataclass(frozen=True, slots=True)
class Calculation:
    """The cells ``results`` of ``sheet`` under a ``name``.

    ``extras`` are results that are given too when the facts for them were. ``assumed`` stands in for facts that were
    not given, besides the defaults of the facts themselves.
    """

    name: str
    sheet: type[Case]
    results: tuple[Derived[Any, Any], ...]
    extras: tuple[Derived[Any, Any], ...] = ()
    assumed: Supposition = field(default_factory=dict, hash=False)

    def inputs(self) -> type[BaseModel]:
        """The model of the facts that may be given, the year among them, with unit and range of each."""
        return _inputs(self)

    def usual(self, fact: str) -> object:
        """What is assumed for ``fact`` where it is not given; None where nothing is."""
        return self.assumed.get(fact, self.sheet.facts()[fact].default)

    def work_out(self, year: int, facts: Mapping[str, object], law: Law) -> Worked:
        """The results for ``facts`` in ``year``.

        Raises `Unanswered` naming a fact that a result needs, `UnknownYear` for a year without limits, and
        `Inconsistent` where facts contradict each other.
        """
        case = self._case(year, facts, law)
        results = {cell.name: getattr(case, cell.name) for cell in self.results}
        worked, missing = list(self.results), {}
        for cell in self.extras:
            try:
                results[cell.name] = getattr(case, cell.name)
                worked.append(cell)
            except Unanswered as unanswered:
                missing[cell.name] = unanswered.fact.name
            except UnknownYear:
                missing[cell.name] = YEAR
        return Worked(year, results, case.worksheet(*worked), missing)

    def problems(
        self, year: int, facts: Mapping[str, object], law: Law
    ) -> tuple[Unanswered | Inconsistent, ...]:
        """All that keeps `work_out` from results: each fact that is missing and each contradiction, once."""
        case = self._case(year, facts, law)
        found: dict[object, Unanswered | Inconsistent] = {}
        for cell in (*self.results, *self.extras):
            try:
                getattr(case, cell.name)
            except Unanswered as unanswered:
                if cell in self.results:
                    found.setdefault(unanswered.fact, unanswered)
            except Inconsistent as inconsistent:
                found.setdefault(str(inconsistent), inconsistent)
            except UnknownYear:
                continue
        return tuple(found.values())

    def _case(self, year: int, facts: Mapping[str, object], law: Law) -> Case:
        return self.sheet(facts, law[year], law.years.get(year - 1), assumed=self.assumed)


@cache
def _inputs(calculation: Calculation) -> type[BaseModel]:
    facts: dict[str, Any] = {
        name: (MEASURES.get(fact.kind, fact.kind) if fact.measure is None else fact.measure, None)
        for name, fact in calculation.sheet.facts().items()
    }
    unit = Field(strict=True, json_schema_extra={"unit": "a tax year", "enum": list(load_law().years)})
    return create_model(
        calculation.name,
        __config__=ConfigDict(extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True),
        __validators__={"exact": field_validator("*")(_exact)},
        **{YEAR: (Annotated[int, unit, AfterValidator(_known)], Field()), **facts},
    )


def _known(year: int) -> int:
    if year not in load_law().years:
        raise PydanticCustomError("unknown_year", "no published limits for this year")
    return year


def _exact(value: T) -> T:
    """``value``, unless a number in it has more than `MOST_PLACES` places."""
    if any(int(number.as_tuple().exponent) < -MOST_PLACES for number in _decimals(value)):
        raise PydanticCustomError("too_many_places", "too many digits after the point")
    return value


def _decimals(value: object) -> Iterator[Decimal]:
    match value:
        case Decimal():
            yield value
        case tuple():
            for inner in value:
                yield from _decimals(inner)
        case Mapping():
            yield from _decimals(tuple(value.values()))
        case _ if is_dataclass(value):
            yield from _decimals(tuple(getattr(value, one.name) for one in fields(value)))
        case _:
            return
