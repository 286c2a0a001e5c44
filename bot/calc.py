"""The front door of the calculation core: ``megaroth calc <what> < facts.json > result.json``.

Facts come in as one JSON object, read exactly (no binary fractions). What comes out is JSON too, or the same as text.
Every fact that cannot be used is named in a line of its own, with what is wrong and what it can be; one that is missing
with what needs it. Then nothing is written to standard output and the exit status is 2.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from io import TextIOWrapper
from typing import Any, BinaryIO, Literal, TextIO

from bot.given import MOST_BYTES, BadFacts, check, nearest, read, shortened, unworkable
from bot.schema import example_of, schema_of
from bot.values import as_json_text, plain
from bot.worksheet import as_text
from knowledge.core.calculation import YEAR, Calculation, Worked
from knowledge.core.calculations import CALCULATIONS
from knowledge.core.limits import UnknownYear, load_law
from knowledge.core.sheet import Inconsistent, Line, Origin, Unanswered
from knowledge.library import Library, load_calculations, load_library

DONE, NOT_WRITTEN, BAD_INPUT = 0, 1, 2
"""The exit statuses."""
Shown = Literal["schema", "example", "text"]
"""What is written in the place of the result as JSON."""


# --- the command -----------------------------------------------------------------------------------------------------


def calc(
    what: str | None, shown: Shown | None, given: BinaryIO | None, out: TextIO | None, complain: TextIO
) -> int:
    """Answer one call of the command; the exit status.

    ``what`` names the calculation; None, with nothing to be ``shown`` of it, lists them all. Facts are read from
    ``given``, the answer is written to ``out``; each is None where the process has none.
    """
    try:
        answer = _list() if what is None and shown is None else _answer(what, shown, given, complain)
    except BadFacts as bad:
        print(bad, file=complain)
        return BAD_INPUT
    try:
        write(answer, out)
    except OSError as error:
        if not isinstance(error, BrokenPipeError):  # else whoever was reading has seen enough
            print(f"the answer could not be written: {error.strerror or error}", file=complain)
        return NOT_WRITTEN
    return DONE


def _list() -> str:
    words, width = load_calculations(), max(map(len, CALCULATIONS))
    return "\n".join(f"{name:{width}}  {words[name].title}" for name in CALCULATIONS)


def _answer(what: str | None, shown: Shown | None, given: BinaryIO | None, complain: TextIO) -> str:
    known = f"There are: {', '.join(CALCULATIONS)}."
    if what is None:
        raise BadFacts([f"Name a calculation. {known}"])
    if what not in CALCULATIONS:
        meant = nearest(what, CALCULATIONS) or "."
        raise BadFacts([f"There is no calculation {shortened(what)}{meant} {known}"])
    calculation = CALCULATIONS[what]
    match shown:
        case "schema":
            return as_json_text(schema_of(calculation))
        case "example":
            return as_json_text(example_of(calculation))
        case "text":
            return as_text(calculation, reckon(calculation, read(_bytes(given, complain))))
        case None:  # pragma: no branch
            return as_json_text(work_out(calculation, read(_bytes(given, complain))))


def _bytes(given: BinaryIO | None, complain: TextIO) -> bytes:
    if given is None:
        return b""
    if given.isatty():
        end = "Ctrl-Z and Enter" if os.name == "nt" else "Ctrl-D"
        print(f"Type the facts as one JSON object, then {end}; --example writes one.", file=complain)
    try:
        return given.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadFacts([f"the input cannot be read: {error.strerror}"]) from error


def write(answer: str, out: TextIO | None) -> None:
    """Write ``answer``. After an `OSError` what is left goes nowhere, so that the end of the process cannot fail again."""
    if out is None:
        raise OSError("there is no standard output")
    if isinstance(out, TextIOWrapper):
        out.reconfigure(encoding="utf-8")
    try:
        print(answer, file=out, flush=True)
    except OSError:
        with suppress(OSError), open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), out.fileno())
        raise


# --- from facts to results -------------------------------------------------------------------------------------------


def work_out(calculation: Calculation, given: Mapping[str, Any]) -> dict[str, Any]:
    """The result of ``calculation`` for the JSON facts ``given``, as JSON. Raises `BadFacts`."""
    return as_json(calculation, reckon(calculation, given))


def reckon(calculation: Calculation, given: Mapping[str, Any]) -> Worked:
    """What ``calculation`` comes to for the JSON facts ``given``. Raises `BadFacts`."""
    year, facts = check(calculation, given)
    try:
        return calculation.work_out(year, facts, load_law())
    except UnknownYear as unknown:
        known = ", ".join(map(str, unknown.known))
        wrong = f"no published {unknown.what} for {unknown.year}, which {year} needs here; there are: {known}"
        raise BadFacts([f"{YEAR}: {wrong}"]) from unknown
    except (Unanswered, Inconsistent) as error:
        problems = calculation.problems(year, facts, load_law())
        raise BadFacts(unworkable(calculation, one) for one in problems) from error


def as_json(calculation: Calculation, worked: Worked) -> dict[str, Any]:
    """``worked`` as JSON: results by cell, the worksheet line by line, what was assumed and what to confirm."""
    library = load_library()
    return {
        "calculation": calculation.name,
        YEAR: worked.year,
        "results": {cell: plain(value, cell) for cell, value in worked.results.items()},
        "worksheet": [_line(line, library) for line in worked.lines],
        "assumed": {line.cell: plain(line.value, exact=True) for line in worked.assumed},
        "confirm_with_your_plan": [line.cell for line in worked.to_confirm],
        "needs": dict(worked.open),
        "not_modelled": list(load_calculations()[calculation.name].not_modelled),
    }


def _line(line: Line, library: Library) -> dict[str, Any]:
    """One line of the worksheet; what there is nothing to say of is left out."""
    words = {"how": library.how(line.cell), "citation": line.citation, "confirm": line.confirm}
    return {
        "cell": line.cell,
        "name": library.name_of(line.cell),
        "value": plain(line.value, line.cell, exact=line.origin is not Origin.WORKED_OUT),
        "from": line.origin.value,
        **{key: told for key, told in words.items() if told},
    }
