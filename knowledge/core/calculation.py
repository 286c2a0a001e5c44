"""A calculation: facts in, results and their worksheet out.

Every calculation is a `Case` and the cells of it that are its results. What it needs is not listed anywhere: the cells
ask for it by reading it, just as in the conversation, so a fact that cannot matter may be left out, and one that
matters and is missing is named together with the cells that wanted it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from knowledge.core.case import Case
from knowledge.core.facts import AgeBand
from knowledge.core.limits import Law
from knowledge.core.match import Employer, EmployerMoney
from knowledge.core.measures import Age, Count, Day, Dollars, Yes
from knowledge.core.sheet import Derived, Line, Origin, Supposition, Unanswered

MEASURES: Mapping[object, Any] = {
    Decimal: Dollars,
    int: Count,
    bool: Yes,
    date: Day,
    AgeBand: Age,
    EmployerMoney: Employer,
}
"""The measure of a fact that names none, by its kind."""


@dataclass(frozen=True, slots=True)
class Worked:
    """What a calculation came to in ``year``.

    ``results`` are the values by cell; ``lines`` the worksheet, each line after what it is made from; ``open`` names,
    for each result that could not be worked out because a fact was not given, that fact.
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
    assumed: Supposition = field(default_factory=dict)

    def inputs(self) -> type[BaseModel]:
        """The model of the facts that may be given, the year among them, with unit and range of each."""
        fields: dict[str, Any] = {
            name: (MEASURES.get(fact.kind, fact.kind) if fact.measure is None else fact.measure, None)
            for name, fact in self.sheet.facts().items()
        }
        config = ConfigDict(extra="forbid", allow_inf_nan=False)
        return create_model(self.name, __config__=config, year=(int, Field(strict=True)), **fields)

    def work_out(self, year: int, facts: Mapping[str, object], law: Law) -> Worked:
        """The results for ``facts`` in ``year``.

        Raises `Unanswered` naming a fact that a result needs, `UnknownYear` for a year without limits, and
        `Inconsistent` where facts contradict each other.
        """
        case = self.sheet(facts, law[year], law.years.get(year - 1), assumed=self.assumed)
        results = {cell.name: getattr(case, cell.name) for cell in self.results}
        worked, missing = list(self.results), {}
        for cell in self.extras:
            try:
                results[cell.name] = getattr(case, cell.name)
                worked.append(cell)
            except Unanswered as unanswered:
                missing[cell.name] = unanswered.fact.name
        return Worked(year, results, case.worksheet(*worked), missing)
