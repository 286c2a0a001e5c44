"""The dated figures: one TOML file per tax year, each figure with its unit and its citation.

A year is added by adding its file; nothing is projected. A year without a file is refused with the years
that are known, and a file with a missing, an extra or a mistyped key is refused with the place that is wrong.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StrictInt, TypeAdapter, ValidationError


class UnknownYear(LookupError):
    """No published figures for ``year``; ``known`` lists the years that there are."""

    def __init__(self, year: int, known: tuple[int, ...]) -> None:
        super().__init__(f"no published limits for {year}; known years: {', '.join(map(str, known))}")
        self.year = year
        self.known = known


class LimitsFileError(ValueError):
    """A file of limits that does not have exactly the figures that the law's table needs."""


def _dollars(value: object) -> Decimal:
    if type(value) is not int or value < 0:
        raise ValueError("whole dollars, 0 or more")
    return Decimal(value)


_Dollars = Annotated[Decimal, BeforeValidator(_dollars)]
_Citation = Annotated[str, Field(min_length=5)]


@dataclass(frozen=True)
class _Exact:
    """Read from a file exactly as declared: no key more, no key less, no other type."""

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Figure(_Exact):
    """One published amount: ``value`` in ``unit`` (always ``"USD"``), in force for a year, with its source."""

    name: str
    value: _Dollars
    unit: Literal["USD"]
    citation: _Citation


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


_LIMITS = TypeAdapter(Limits)


def read_limits(text: str, year: int) -> Limits:
    """The limits in the TOML ``text``, which must be those of ``year``.

    Raises `LimitsFileError` naming every key that is missing, extra or mistyped.
    """
    try:
        tables = tomllib.loads(text)
        named = {
            key: {**table, "name": key} if isinstance(table, dict) else table for key, table in tables.items()
        }
        limits = _LIMITS.validate_python(named)
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise LimitsFileError(f"limits of {year}: {error}") from error
    if limits.year != year:
        raise LimitsFileError(f"limits of {year}: the file says year = {limits.year}")
    return limits


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
    texts = {
        int(f.name.removesuffix(".toml")): f.read_text("utf-8")
        for f in folder.iterdir()
        if f.name.endswith(".toml")
    }
    return Law({year: read_limits(text, year) for year, text in sorted(texts.items())})
