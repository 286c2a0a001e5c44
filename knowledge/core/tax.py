"""Federal income tax on converted gains: the brackets of ordinary income, and long-term gains on top of them.

Theory. Taxable income is a pile: ordinary income at the bottom, long-term gains and qualified dividends on it. Ordinary
income is taxed bracket by bracket (IRC 1(j)). The gains are taxed by the brackets of their own into which they reach
(IRC 1(h)(1)), but never more than ordinary income in their place would be. Converted gains are ordinary income: they
are taxed in the brackets that they fill, and they lift the long-term gains above them.

All amounts are dollars; nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from knowledge.core.calculation import Calculation
from knowledge.core.case import Case
from knowledge.core.limits import FilingStatus, IncomeTax, Limits, UnknownYear, load_law
from knowledge.core.match import CENT, ZERO
from knowledge.core.sheet import ARITHMETIC, Fact, Line, Origin, derived

BRACKETS = "IRC 1(j)(2)"
CONVERSION = "IRC 402A(c)(4)(A), 408A(d)(3)(A)(i): ordinary income"


@dataclass(frozen=True, slots=True)
class Slice:
    """The ``dollars`` of an income that lie in one bracket, its ``rate``, and the ``tax`` on them in dollars."""

    rate: Decimal
    dollars: Decimal
    tax: Decimal


def slices_between(
    start: Decimal, end: Decimal, rates: Sequence[Decimal], ends: Sequence[Decimal]
) -> tuple[Slice, ...]:
    """The income from ``start`` to ``end`` dollars cut at the bracket ``ends``, lowest first, none of them empty.

    ``rates`` has one more than ``ends``: the last bracket has no end.
    """
    floors, tops = (ZERO, *ends), (*ends, end)
    cut = (
        (rate, min(end, top) - max(start, floor))
        for rate, floor, top in zip(rates, floors, tops, strict=True)
    )
    return tuple(Slice(rate, dollars, rate * dollars) for rate, dollars in cut if dollars > 0)


def ordinary_tax(income: Decimal, status: FilingStatus, tables: IncomeTax) -> Decimal:
    """The tax in dollars on ``income`` dollars of ordinary taxable income. IRC 1(j)(2)."""
    return _tax(slices_between(ZERO, income, tables.rates, tables.brackets[status]))


def long_term_gains_tax(
    gains: Decimal, ordinary_income: Decimal, status: FilingStatus, tables: IncomeTax
) -> Decimal:
    """The tax in dollars on ``gains`` dollars of long-term gains and qualified dividends, on top of ordinary income.

    IRC 1(h)(1), (11); at most what ordinary income would be taxed in their place ("shall not exceed").
    """
    top = ordinary_income + gains
    own = _tax(slices_between(ordinary_income, top, tables.capital_gains_rates, tables.capital_gains[status]))
    return min(own, _tax(slices_between(ordinary_income, top, tables.rates, tables.brackets[status])))


def income_tax(
    taxable_income: Decimal, long_term_gains: Decimal, status: FilingStatus, tables: IncomeTax
) -> Decimal:
    """The tax in dollars on ``taxable_income`` dollars, of which ``long_term_gains`` are gains, as far as they fit."""
    gains = min(long_term_gains, taxable_income)
    ordinary = taxable_income - gains
    return ordinary_tax(ordinary, status, tables) + long_term_gains_tax(gains, ordinary, status, tables)


def _tax(slices: Sequence[Slice]) -> Decimal:
    return sum((one.tax for one in slices), ZERO)


def tables_of(limits: Limits) -> IncomeTax:
    """The income tax tables of the year of ``limits``. Raises `UnknownYear` naming the years that have them."""
    if limits.income_tax is None:
        known = tuple(year for year, other in load_law().years.items() if other.income_tax)
        raise UnknownYear(limits.year, known, "income tax tables")
    return limits.income_tax


class Tax(Case):
    """A federal return, before and after earnings of after-tax money are converted to Roth."""

    filing_status = Fact(FilingStatus)
    taxable_income = Fact(Decimal)
    """Line 15 of Form 1040 without the conversion."""
    long_term_gains = Fact(Decimal, default=ZERO)
    """Long-term gains and qualified dividends of the year; they count as far as they are in the taxable income."""
    converted_gains = Fact(Decimal)
    """What the conversion adds to income: earnings, not contributions that were taxed before."""

    @property
    def tables(self) -> IncomeTax:
        """The tables of the year, recorded with their citation. Raises `UnknownYear`."""
        tables = tables_of(self.limits)
        cell = f"{self.year}.{tables.name}"
        self._record(cell, Line(cell, tables.brackets[self.filing_status], Origin.LAW, tables.citation))
        return tables

    def _tax_with(self, converted: Decimal) -> Decimal:
        income = self.taxable_income + converted
        return income_tax(income, self.long_term_gains, self.filing_status, self.tables)

    @derived(BRACKETS)
    def ordinary_income(self) -> Decimal:
        """Taxable income without long-term gains, before the conversion."""
        return max(ZERO, self.taxable_income - self.long_term_gains)

    @derived(CONVERSION)
    def ordinary_income_with_gains(self) -> Decimal:
        """Taxable income without long-term gains, the converted gains included."""
        return max(ZERO, self.taxable_income + self.converted_gains - self.long_term_gains)

    @derived(BRACKETS)
    def tax_slices(self) -> tuple[Slice, ...]:
        """The brackets that the converted gains fill, lowest first."""
        start, end = self.ordinary_income, self.ordinary_income_with_gains
        tables = self.tables
        return slices_between(start, end, tables.rates, tables.brackets[self.filing_status])

    @derived("IRC 1(h)(1), (11), (j)")
    def tax_before(self) -> Decimal:
        """Federal income tax without the conversion."""
        return self._tax_with(ZERO)

    @derived("IRC 1(h)(1), (11), (j)")
    def tax_with_gains(self) -> Decimal:
        """Federal income tax with the converted gains."""
        return self._tax_with(self.converted_gains)

    @derived(ARITHMETIC)
    def tax_on_gains(self) -> Decimal:
        """What the conversion costs in federal income tax."""
        return self.tax_with_gains - self.tax_before

    @derived("IRC 1(h)(1): long-term gains are taxed on top of ordinary income")
    def tax_on_lifted_gains(self) -> Decimal:
        """The part of the cost that comes from long-term gains that the converted gains lift."""
        return self.tax_on_gains - _tax(self.tax_slices)

    @derived(ARITHMETIC)
    def average_tax_rate(self) -> Decimal:
        """The cost as a fraction of the converted gains; 0 if there are none."""
        return self.tax_on_gains / self.converted_gains if self.converted_gains else ZERO

    @derived("IRC 1(h)(1), (j)")
    def marginal_tax_rate(self) -> Decimal:
        """The rate on the last cent of the converted gains; if there are none, on the first."""
        last = min(CENT, self.converted_gains) or CENT
        top = max(last, self.converted_gains)
        return (self._tax_with(top) - self._tax_with(top - last)) / last


CALCULATIONS = (
    Calculation(
        "tax",
        Tax,
        results=(
            Tax.tax_before,
            Tax.tax_with_gains,
            Tax.tax_on_gains,
            Tax.tax_slices,
            Tax.tax_on_lifted_gains,
            Tax.average_tax_rate,
            Tax.marginal_tax_rate,
        ),
    ),
)
