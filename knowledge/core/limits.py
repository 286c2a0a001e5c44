"""The dated figures: one TOML file per tax year, each figure with its unit and its citation.

A year is added by adding its file; nothing is projected. A year without a file is refused with the years
that are known, and a file with a missing, an extra or a mistyped key is refused with the place that is wrong.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, auto
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StrictInt, TypeAdapter, ValidationError


class UnknownYear(LookupError):
    """No published figures (``what``) for ``year``; ``known`` lists the years that there are."""

    def __init__(self, year: int, known: tuple[int, ...], what: str = "limits") -> None:
        super().__init__(f"no published {what} for {year}; known years: {', '.join(map(str, known))}")
        self.year = year
        self.known = known
        self.what = what


class LimitsFileError(ValueError):
    """A file of limits that does not have exactly the figures that the law's table needs."""


def _dollars(value: object) -> Decimal:
    if type(value) is not int or value < 0:
        raise ValueError("whole dollars, 0 or more")
    return Decimal(value)


def _rate(value: object) -> Decimal:
    if not isinstance(value, (int, Decimal)) or isinstance(value, bool) or value < 0:
        raise ValueError("a number, 0 or more")
    return Decimal(value)


_Dollars = Annotated[Decimal, BeforeValidator(_dollars)]
_Rate = Annotated[Decimal, BeforeValidator(_rate)]
_Citation = Annotated[str, Field(min_length=5)]


@dataclass(frozen=True)
class _Exact:
    """Read from a file exactly as declared: no key more, no key less, no other type."""

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Figure(_Exact):
    """One published amount of dollars, in force for a year, with its source."""

    name: str
    value: _Dollars
    unit: Literal["USD"]
    citation: _Citation


@dataclass(frozen=True)
class Rate(_Exact):
    """One rate that the law fixes and does not index.

    ``unit`` is ``"fraction"`` (0.1 is 10 %), ``"times"`` (a multiple) or ``"months"``.
    """

    name: str
    value: _Rate
    unit: Literal["fraction", "times", "months"]
    citation: _Citation

    def __post_init__(self) -> None:
        if self.unit == "fraction" and self.value > 1:
            raise ValueError("a fraction is at most 1")


@dataclass(frozen=True)
class NotInForce(_Exact):
    """A figure whose provision does not apply in the year; ``citation`` says why."""

    name: str
    in_force: Literal[False]
    citation: _Citation


@dataclass(frozen=True)
class PhaseOut(_Exact):
    """A range of income, ``starts`` to ``ends`` in ``unit``, over which something phases out."""

    name: str
    starts: _Dollars
    ends: _Dollars
    unit: Literal["USD"]
    citation: _Citation

    def __post_init__(self) -> None:
        if self.ends <= self.starts:
            raise ValueError("ends must be above starts")


class FilingStatus(StrEnum):
    """How a federal return is filed, IRC 1(a)-(d), 2(a)."""

    SINGLE = auto()
    JOINT = auto()
    SEPARATE = auto()
    HEAD_OF_HOUSEHOLD = auto()
    SURVIVING_SPOUSE = auto()


@dataclass(frozen=True)
class IncomeTax(_Exact):
    """The federal income tax tables of a year, by filing status.

    ``rates`` are the rates on ordinary income, lowest first; ``brackets`` the dollars of taxable income at which each
    but the last ends. ``capital_gains_rates`` and ``capital_gains`` are the same for long-term gains.
    ``senior_addition`` is what the standard deduction grows by for each person of 65 or blind.
    """

    name: str
    rates: tuple[_Rate, ...]
    brackets: Mapping[FilingStatus, tuple[_Dollars, ...]]
    standard_deduction: Mapping[FilingStatus, _Dollars]
    senior_addition: Mapping[FilingStatus, _Dollars]
    capital_gains_rates: tuple[_Rate, ...]
    capital_gains: Mapping[FilingStatus, tuple[_Dollars, ...]]
    citation: _Citation

    def __post_init__(self) -> None:
        tables = (self.brackets, self.standard_deduction, self.senior_addition, self.capital_gains)
        if any(set(table) != set(FilingStatus) for table in tables):
            raise ValueError("every table needs every filing status")
        for rates, table in ((self.rates, self.brackets), (self.capital_gains_rates, self.capital_gains)):
            if not (rates and _rising(rates) and rates[-1] <= 1):
                raise ValueError("rates are rising fractions")
            if any(
                len(ends) + 1 != len(rates) or not _rising((Decimal(0), *ends)) for ends in table.values()
            ):
                raise ValueError("one end fewer than rates, rising")


def _rising(numbers: Sequence[Decimal]) -> bool:
    return all(low < high for low, high in pairwise(numbers))


@dataclass(frozen=True)
class Limits(_Exact):
    """The figures of one tax year. Field by field: what the Code section named in the citation caps."""

    year: StrictInt
    elective_deferral: Figure
    annual_additions: Figure
    catch_up: Figure
    catch_up_60_63: Figure | NotInForce
    compensation_cap: Figure
    hce_threshold: Figure
    """Compared with pay of this year; exceeding it makes an HCE of the *next* year (IRC 414(q)(1)(B))."""
    key_employee_officer: Figure
    social_security_wage_base: Figure
    ira_contribution: Figure
    ira_catch_up: Figure
    roth_ira_phase_out_single: PhaseOut
    roth_ira_phase_out_joint: PhaseOut
    roth_ira_phase_out_separate: PhaseOut
    roth_catch_up_wages: Figure | NotInForce
    """Compared with FICA wages of the year *before* this one (IRC 414(v)(7))."""
    income_tax: IncomeTax | None = None
    """None for a year whose tables are not kept here."""


@dataclass(frozen=True)
class Statute(_Exact):
    """The rates and thresholds that the Code fixes without indexing. Field by field: see the citations."""

    net_earnings_factor: Rate
    oasdi_rate: Rate
    medicare_rate: Rate
    self_employment_deduction: Rate
    self_employment_minimum: Figure
    additional_medicare_rate: Rate
    additional_medicare_single: Figure
    additional_medicare_joint: Figure
    additional_medicare_separate: Figure
    employee_social_security_rate: Rate
    employee_medicare_rate: Rate
    additional_medicare_withheld: Figure
    net_investment_income_rate: Rate
    net_investment_income_single: Figure
    net_investment_income_joint: Figure
    net_investment_income_separate: Figure
    employer_deduction_rate: Rate
    nondeductible_excise: Rate
    acp_times: Rate
    acp_twice: Rate
    acp_plus: Rate
    acp_first_year: Rate
    acp_excise: Rate
    acp_excise_months: Rate
    acp_excise_months_eaca: Rate
    five_percent_owner: Rate
    withholding: Rate
    early_distribution: Rate
    ira_excess: Rate
    roth_ira_step: Figure
    roth_ira_floor: Figure
    senior_deduction: Figure
    senior_deduction_rate: Rate
    senior_deduction_starts: Figure
    senior_deduction_starts_joint: Figure


_LIMITS = TypeAdapter(Limits)
_STATUTE = TypeAdapter(Statute)


def _named(text: str) -> dict[str, object]:
    tables = tomllib.loads(text, parse_float=Decimal)
    return {
        key: {**table, "name": key} if isinstance(table, dict) else table for key, table in tables.items()
    }


def read_limits(text: str, year: int) -> Limits:
    """The limits in the TOML ``text``, which must be those of ``year``.

    Raises `LimitsFileError` naming every key that is missing, extra or mistyped.
    """
    try:
        limits = _LIMITS.validate_python(_named(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise LimitsFileError(f"limits of {year}: {error}") from error
    if limits.year != year:
        raise LimitsFileError(f"limits of {year}: the file says year = {limits.year}")
    return limits


def read_statute(text: str) -> Statute:
    """The rates in the TOML ``text``. Raises `LimitsFileError` naming every key that is missing, extra or mistyped."""
    try:
        return _STATUTE.validate_python(_named(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise LimitsFileError(f"statute.toml: {error}") from error


@dataclass(frozen=True, slots=True)
class Law:
    """All years at once: ``law[2026]`` is that year's `Limits`, an unknown year raises `UnknownYear`."""

    years: Mapping[int, Limits]

    def __getitem__(self, year: int) -> Limits:
        try:
            return self.years[year]
        except KeyError:
            raise UnknownYear(year, tuple(sorted(self.years))) from None

    def newest_for(self, year: int) -> Limits:
        """The limits of ``year``, or of the newest known year before it; `UnknownYear` if there is none."""
        known = [y for y in self.years if y <= year]
        return self[max(known, default=year)]


@cache
def load_law() -> Law:
    """Every packaged year, read once. Raises `LimitsFileError` for a file that is not whole."""
    folder = files("knowledge.core") / "limits"
    years = sorted(int(f.name[:4]) for f in folder.iterdir() if f.name[:4].isdecimal())
    return Law({year: read_limits((folder / f"{year}.toml").read_text("utf-8"), year) for year in years})


@cache
def load_statute() -> Statute:
    """The packaged rates, read once. Raises `LimitsFileError` for a file that is not whole."""
    return read_statute((files("knowledge.core") / "limits" / "statute.toml").read_text("utf-8"))
