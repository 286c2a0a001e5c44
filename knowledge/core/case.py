"""A case: one sheet in one tax year. Every subject of the law is a `Case` of its own, and one may build on another."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from knowledge.core.limits import Figure, Limits, NotInForce, Rate, Statute, UnknownYear, load_statute
from knowledge.core.match import ZERO
from knowledge.core.sheet import Line, Origin, Sheet, Supposition


class Case(Sheet):
    """A sheet with the ``limits`` of its year, those of the year before if they are known, and the ``statute``."""

    def __init__(
        self,
        answers: Mapping[str, object],
        limits: Limits,
        last_year: Limits | None = None,
        *,
        supposed: Supposition | None = None,
        assumed: Supposition | None = None,
        asking: Collection[str] = (),
    ) -> None:
        super().__init__(answers, supposed=supposed, assumed=assumed, asking=asking)
        self.limits = limits
        self._last_year = last_year
        self.statute: Statute = load_statute()

    @property
    def year(self) -> int:
        """The tax year."""
        return self.limits.year

    @property
    def last_year(self) -> Limits:
        """The limits of the year before, for what the law compares with them. Raises `UnknownYear`."""
        if self._last_year is None:
            raise UnknownYear(self.year - 1, (self.year,))
        return self._last_year

    def limit(self, figure: Figure | NotInForce) -> Decimal:
        """The dollars of a published ``figure`` of ``limits``, recorded with its citation; 0 where not in force."""
        return ZERO if isinstance(figure, NotInForce) else self.figure(figure, self.limits.year)

    def rate(self, figure: Figure | Rate) -> Decimal:
        """The value of a rate or fixed amount of the ``statute``, recorded with its citation."""
        self._record(figure.name, Line(figure.name, figure.value, Origin.LAW, figure.citation))
        return figure.value
