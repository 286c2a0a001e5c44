"""Pictures as data: what is drawn, with every amount in dollars. A front end draws it, or writes it as bars of text.

A picture only repeats what its card says. Labels are short (at most 28 characters) and come from the library; nothing
that a person typed is in them. What the parts of a picture are is told by `Kind`, so that a front end can give each
a shape of its own and not only a colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, auto
from typing import Literal


class Kind(StrEnum):
    """What a part of a picture is."""

    DEFERRAL = auto()
    EMPLOYER = auto()
    AFTER_TAX = auto()
    ELSEWHERE = auto()
    """What went into another plan under the same limit."""
    ROOM = auto()
    """What can still go in; drawn hatched."""
    UNREACHED = auto()
    """What the limit leaves and the plan or the pay to come does not let in; drawn empty."""
    OVER = auto()
    """What is over the limit."""
    LOST = auto()
    """Employer money that is lost."""


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a bar: its ``label``, its dollars and what it is."""

    label: str
    amount: Decimal
    kind: Kind


@dataclass(frozen=True, slots=True)
class StackedBar:
    """Parts of one whole: ``parts`` stacked from the bottom, with the line of the limit at ``limit`` dollars."""

    title: str
    limit_label: str
    limit: Decimal
    parts: tuple[Part, ...]
    foot: str
    """One line below: the year and that it is education."""
    picture: Literal["stacked_bar"] = "stacked_bar"


@dataclass(frozen=True, slots=True)
class Column:
    """One paycheck: its ``label`` (a day or a number), and what is in after it since January 1, part by part.

    ``lost`` is employer money that this paycheck lost, in dollars.
    """

    label: str
    parts: tuple[Decimal, ...]
    lost: Decimal


@dataclass(frozen=True, slots=True)
class Columns:
    """The year by paycheck: columns that climb to the limit. ``series`` names the parts of every column, bottom first."""

    title: str
    limit_label: str
    limit: Decimal
    series: tuple[tuple[str, Kind], ...]
    columns: tuple[Column, ...]
    lost_label: str
    """What the mark on a column with something lost means; empty where nothing is."""
    foot: str
    picture: Literal["columns"] = "columns"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a picture over years: a value in dollars for each year end."""

    label: str
    values: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A band over ``years`` (1, 2, ...) from ``low`` to ``high``, with lines in it; drawn solid, dashed and dotted."""

    title: str
    band_label: str
    low: tuple[Decimal, ...]
    high: tuple[Decimal, ...]
    lines: tuple[Line, ...]
    years_label: str
    foot: str
    picture: Literal["band"] = "band"


@dataclass(frozen=True, slots=True)
class Bars:
    """Amounts side by side, each with its label: the longest bar is the largest amount."""

    title: str
    bars: tuple[tuple[str, Decimal], ...]
    foot: str
    picture: Literal["bars"] = "bars"


Picture = StackedBar | Columns | Band | Bars
