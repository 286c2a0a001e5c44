"""What a turn may know besides the session: today's date, the limits, the words, the search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.metadata import version

from dialogs.flows import FLOWS, Flow
from dialogs.survey import Answers, Survey, survey
from knowledge.core.limits import Law, Limits, load_law
from knowledge.library import Library, load_library
from knowledge.search import Search, Searching


@dataclass(frozen=True, slots=True)
class World:
    """Everything outside the session. ``limits`` are those of today's year, or of the newest year known before it.

    ``search`` is local and pure. Where there is a ``router``, questions may go through it: it asks a service about
    those of which ``search`` is not sure.
    """

    today: date
    limits: Limits
    last_year: Limits
    library: Library
    search: Searching
    version: str
    flows: Mapping[str, Flow]
    law: Law
    router: Searching | None = None

    @property
    def year(self) -> int:
        """The tax year that the conversation is about."""
        return self.limits.year

    def survey(self, flow: str, answers: Answers) -> Survey:
        """What ``flow`` makes of ``answers``."""
        return survey(self.flows[flow], answers, self.limits, self.last_year)

    def figures_of(self, year: int) -> dict[str, Limits | int]:
        """What an explainer may use of a year that is `known`: its limits, and those of the year before if that one is."""
        figures: dict[str, Limits | int] = {"limit": self.known[year], "year": year}
        return figures | ({"limit_before": self.known[year - 1]} if year - 1 in self.known else {})

    @property
    def known(self) -> Mapping[int, Limits]:
        """The limits of every year of which there are some."""
        return {**self.law.years, self.last_year.year: self.last_year, self.year: self.limits}

    @property
    def day(self) -> date:
        """Today, or the last day of the year that the conversation is about when that one is over."""
        return min(self.today, date(self.year, 12, 31))

    @property
    def terms(self) -> dict[str, object]:
        """The values that every template may use."""
        return {"limit": self.limits, "last_year": self.last_year, "year": self.year}


@lru_cache(maxsize=4)
def world_on(today: date) -> World:
    """The world of a day; words and figures are read from the package once."""
    law, library = load_law(), load_library()
    limits = law.newest_for(today.year)
    return World(
        today,
        limits,
        law[limits.year - 1],
        library,
        Search(library.explainers),
        version("megaroth"),
        FLOWS,
        law,
    )
