"""A calculation as a person reads it: its results first, then line by line how they were got, as in the conversation."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.schema import Schema, inside, schema_of, unit_of
from dialogs.written import in_words
from knowledge.core.calculation import YEAR, Calculation, Worked
from knowledge.core.limits import load_statute
from knowledge.core.sheet import Line, Origin
from knowledge.library import Library, load_calculations, load_library

EDUCATION = "Education, not tax, legal or investment advice."
_WIDTH = 100
_UNITS = {"USD": "US dollars", "fraction": "a fraction"}
_FROM_OUTSIDE = {Origin.TOLD, Origin.ASSUMED}


@dataclass(frozen=True, slots=True)
class Drawn:
    """The units of a value, read from its JSON schema."""

    schema: Schema

    @property
    def unit(self) -> str:
        """The unit in words, empty where there is none."""
        return unit_of(self.schema)

    def part(self, step: str | int) -> Drawn:
        """The same of one part of the value."""
        return Drawn(inside(self.schema, [step]))


def as_text(calculation: Calculation, worked: Worked) -> str:
    """Results, worksheet, and what the calculation does not model, as plain text."""
    library, words = load_library(), load_calculations()[calculation.name]
    parts = [
        [f"{words.title}, {worked.year}"],
        list(_results(worked, library)),
        ["How it was worked out", *_worksheet(calculation, worked, library)],
        ["Not modelled", *_bullets(words.not_modelled)],
        [EDUCATION],
    ]
    return "\n\n".join("\n".join(part) for part in parts)


def _results(worked: Worked, library: Library) -> Iterator[str]:
    rows = {cell: in_words(value, library, cell) for cell, value in worked.results.items()}
    rows |= {cell: [f"not worked out: needs {needs(fact, library)}"] for cell, fact in worked.open.items()}
    width = max(len(library.name_of(cell)) for cell in rows)
    for cell, shown in rows.items():
        line = f"  {library.name_of(cell):{width}}  {shown[0]}"
        if len(shown) == 1 and len(line) <= _WIDTH:
            yield line
        else:
            yield from (f"  {library.name_of(cell)}", *(_wrapped(one, "    ") for one in shown))


def needs(fact: str, library: Library) -> str:
    """What a result that was not worked out needs."""
    return "the limits of the year before" if fact == YEAR else f"{fact} ({library.name_of(fact)})"


def _worksheet(calculation: Calculation, worked: Worked, library: Library) -> Iterator[str]:
    for line in worked.lines:
        name, shown = library.name_of(line.cell), shown_in(line, calculation, library)
        source = library.source(line)
        if line.origin in _FROM_OUTSIDE and len(shown) == 1:
            yield _wrapped(f"{name}: {shown[0]} ({source})", "  ")
            continue
        if len(shown) == 1:
            yield _wrapped(f"{name}: {shown[0]}", "  ")
        else:
            yield from (f"  {name}:", *(_wrapped(one, "      ") for one in shown))
        for more in filter(None, (library.how(line.cell), source)):
            yield _wrapped(more, "    ")


def shown_in(line: Line, calculation: Calculation, library: Library) -> list[str]:
    """The value of ``line`` in words, in one line or in one for each of its entries."""
    match line.origin:
        case Origin.WORKED_OUT:
            return in_words(line.value, library, line.cell)
        case Origin.LAW:
            unit = getattr(getattr(load_statute(), line.cell, None), "unit", "")
            return in_words(line.value, library, line.cell, Drawn({"unit": _UNITS.get(unit, unit)}))
        case _:
            return in_words(line.value, library, line.cell, Drawn(schema_of(calculation)).part(line.cell))


def _bullets(sentences: Iterable[str]) -> Iterator[str]:
    for sentence in sentences:
        yield textwrap.fill(sentence, _WIDTH, initial_indent="  - ", subsequent_indent="    ")


def _wrapped(text: str, margin: str) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=margin,
        subsequent_indent=f"{margin}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
