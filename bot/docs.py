"""Writes what is drawn from the running program: ``python -m bot.docs`` (or ``make docs``) renews ``docs/``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bot import gallery, glossary
from bot.calc import reckon
from bot.schema import example_of
from bot.values import as_json_text
from bot.worksheet import EDUCATION, needs, shown_in
from dialogs.walk import Atlas, atlas, fact_check, flow_map, problems
from dialogs.written import in_words
from knowledge.core.calculation import Calculation
from knowledge.core.calculations import CALCULATIONS
from knowledge.library import load_calculations, load_library

_GENERATED = "<!-- Drawn by `make docs` from the calculations; do not edit. -->\n"
_LONG, _ENDS = 8, 3


def pages(drawn: Atlas) -> dict[str, str]:
    """The generated pages by file name."""
    return {
        "flow-map.md": flow_map(drawn),
        "fact-check.md": fact_check(drawn),
        "calculations.md": calculations_page(),
        "gallery.md": gallery.page(),
        "glossary.html": glossary.page(),
    }


def calculations_page() -> str:
    """Every calculation with its example, worked out."""
    words = load_calculations()
    parts = [
        _GENERATED,
        "# Calculations\n",
        "What `megaroth calc` works out. Each section has an example that can be tried, what it comes to, and every line "
        "behind it with its source. Amounts are US dollars; `megaroth calc NAME --schema` tells the unit and the range of "
        f"every fact that can be given. {EDUCATION}\n",
        *(f"- [{words[name].title}](#{name}): `megaroth calc {name}`" for name in CALCULATIONS),
        "",
    ]
    return "\n".join((*parts, *(line for one in CALCULATIONS.values() for line in _section(one))))


def _section(calculation: Calculation) -> Iterator[str]:
    library, words = load_library(), load_calculations()[calculation.name]
    example = example_of(calculation)
    worked = reckon(calculation, example)
    results = {cell: in_words(value, library, cell) for cell, value in worked.results.items()}
    lines = {line.cell: shown_in(line, calculation, library) for line in worked.lines}
    yield f"## {calculation.name}\n\n**{words.title}.** {words.about}\n"
    yield f"```sh\nmegaroth calc {calculation.name} --example | megaroth calc {calculation.name} --text\n```\n"
    yield f"The example:\n\n```json\n{as_json_text(example)}\n```\n"
    yield f"{words.shows}\n"
    yield from _table(
        ("Result", "Name in JSON", "Value"),
        ((library.name_of(cell), f"`{cell}`", _cut(shown)) for cell, shown in results.items()),
    )
    if worked.open:
        yield "More is worked out if its facts are given:\n"
        needed = ((library.name_of(cell), needs(fact, library)) for cell, fact in worked.open.items())
        yield from _bullets(f"{name}: needs {fact}" for name, fact in needed)
    yield "Line by line:\n"
    yield from _table(
        ("Line", "Value", "How", "Source"),
        (
            (
                library.name_of(line.cell),
                "as above" if len(results.get(line.cell, ())) > 1 else _cut(lines[line.cell]),
                library.how(line.cell),
                library.source(line),
            )
            for line in worked.lines
        ),
    )
    if worked.assumed:
        yield "Taken for granted, until the fact is given:\n"
        assumed = ((line.cell, library.name_of(line.cell), _cut(lines[line.cell])) for line in worked.assumed)
        yield from _bullets(f"`{cell}`: {name}, {shown}" for cell, name, shown in assumed)
    yield "Not modelled:\n"
    yield from _bullets(words.not_modelled)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for row in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |"
    yield ""


def _bullets(items: Iterable[str]) -> Iterator[str]:
    yield from (f"- {item}" for item in items)
    yield ""


def _cut(shown: Sequence[str]) -> str:
    """A value in one cell of a table; of a long list its ends."""
    return "<br>".join(_ends(["; ".join(_ends(one.split("; "))) for one in shown]))


def _ends(entries: Sequence[str]) -> Sequence[str]:
    if len(entries) <= _LONG:
        return entries
    return [*entries[:_ENDS], f"… ({len(entries)} in all)", entries[-1]]


def main(arguments: Sequence[str]) -> int:
    """Write the pages into the folder that ``arguments`` names, ``docs`` without one; 1 if something is wrong in them."""
    folder = Path(arguments[0] if arguments else "docs")
    folder.mkdir(parents=True, exist_ok=True)
    drawn = atlas()
    for name, text in pages(drawn).items():
        (folder / name).write_text(text, encoding="utf-8")
    gallery.draw(folder / "gallery")
    wrong = problems(drawn)
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
