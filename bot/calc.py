"""The front door of the calculation core: ``megaroth calc <what> < facts.json > result.json``.

Facts come in as one JSON object, read exactly (no binary fractions). What comes out is JSON too: amounts are dollars
rounded half up to the cent, rates are fractions. A fact that cannot be used is named with its unit and its range, a
missing one with what needs it; then nothing is written to standard output and the exit status is 2.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import Any, NoReturn, TextIO

from pydantic import BaseModel, ValidationError
from rapidfuzz.process import extractOne

from knowledge.core.calculation import Calculation, Worked
from knowledge.core.calculations import CALCULATIONS
from knowledge.core.limits import UnknownYear, load_law
from knowledge.core.sheet import Inconsistent, Line, Origin, Unanswered
from knowledge.library import Library, load_calculations, load_library
from knowledge.words import CENT

BAD_INPUT = 2
_MILLIONTH = Decimal("0.000001")
_FRACTIONS = ("_rate", "_ratio", "_share", "_return", "_fraction")
"""How the names of fractions end; every other number that is worked out is money."""


class BadFacts(ValueError):
    """Facts that cannot be used; ``problems`` has one line for each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def calc(what: str, given: TextIO, out: TextIO, complain: TextIO) -> int:
    """Read facts from ``given``, write the result of the calculation ``what`` to ``out``; the exit status."""
    try:
        result = work_out(CALCULATIONS[what], read(given.read()))
    except BadFacts as bad:
        print("\n".join(bad.problems), file=complain)
        return BAD_INPUT
    write(result, out)
    return 0


def show_list(out: TextIO) -> None:
    """Write one line for each calculation to ``out``."""
    words = load_calculations()
    width = max(map(len, CALCULATIONS))
    for name in CALCULATIONS:
        print(f"{name:{width}}  {words[name].title}", file=out)


def write(result: object, out: TextIO) -> None:
    """Write ``result`` as readable JSON."""
    json.dump(result, out, indent=2, ensure_ascii=False)
    out.write("\n")


def read(text: str) -> dict[str, Any]:
    """The facts in a JSON ``text``. Raises `BadFacts` for anything but one object."""
    try:
        facts = json.loads(text, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise BadFacts([f"the input is not JSON that can be used: {error}"]) from error
    if not isinstance(facts, dict):
        raise BadFacts(['the input must be one JSON object, for example {"year": 2026}'])
    return facts


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no amount")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} is given twice")
    return dict(pairs)


def work_out(calculation: Calculation, given: Mapping[str, Any]) -> dict[str, Any]:
    """The result of ``calculation`` for the JSON facts ``given``, as JSON. Raises `BadFacts`."""
    year, facts = check(calculation, given)
    try:
        worked = calculation.work_out(year, facts, load_law())
    except UnknownYear as unknown:
        raise BadFacts([f"year: {unknown}"]) from unknown
    except Unanswered as missing:
        raise BadFacts([_missing(calculation, missing)]) from missing
    except Inconsistent as error:
        raise BadFacts([f"{', '.join(error.facts)}: {error}"]) from error
    return as_json(calculation, worked)


def check(calculation: Calculation, given: Mapping[str, Any]) -> tuple[int, dict[str, object]]:
    """The year and the facts that were given, each of its kind and in its range. Raises `BadFacts`."""
    model = calculation.inputs()
    try:
        read = model.model_validate(given)
    except ValidationError as error:
        raise BadFacts(list(dict.fromkeys(_problems(model, error)))) from error
    facts = {name: getattr(read, name) for name in read.model_fields_set if name != "year"}
    return read.year, {name: value for name, value in facts.items() if value is not None}  # type: ignore[attr-defined]


def _problems(model: type[BaseModel], error: ValidationError) -> Iterator[str]:
    schema = model.model_json_schema()
    for problem in error.errors(include_url=False):
        where = [step for step in problem["loc"] if isinstance(step, int) or step in _names(schema)]
        place = ".".join(map(str, where)) or str(problem["loc"][0])
        if problem["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
            near = extractOne(str(problem["loc"][-1]), list(model.model_fields), score_cutoff=70)
            meant = f"; did you mean {near[0]}?" if near else ""
            yield f"{problem['loc'][-1]}: there is no such fact here{meant}"
        elif problem["type"] in ("missing", "missing_argument"):
            yield f"{place}: is missing"
        else:
            allowed = _allowed(_field(schema, where))
            yield f"{place}: {problem['msg']}{f' (expected {allowed})' if allowed else ''}"


def _names(schema: Mapping[str, Any]) -> set[str]:
    parts = (schema, *schema.get("$defs", {}).values())
    return {name for part in parts for name in part.get("properties", {})}


def _field(schema: Mapping[str, Any], where: Iterable[str | int]) -> Mapping[str, Any]:
    """The part of ``schema`` that describes the place ``where``."""
    at: Mapping[str, Any] = schema
    for step in where:
        at = _resolved(schema, at)
        at = at.get("properties", {}).get(step, {}) if isinstance(step, str) else at.get("items", {})
    return _resolved(schema, at)


def _resolved(schema: Mapping[str, Any], at: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in at:
        return {**schema["$defs"][at["$ref"].rpartition("/")[2]], **at}
    return at


def _allowed(field: Mapping[str, Any]) -> str:
    """Unit and range of a fact, in words; empty where the schema says nothing of them."""
    unit = str(field.get("unit", ""))
    if "enum" in field and not unit:
        return "one of " + ", ".join(map(str, field["enum"]))
    numbers = next((one for one in field.get("anyOf", ()) if "minimum" in one), field)
    low, high = numbers.get("minimum"), numbers.get("maximum")
    if low is None or high is None:
        return unit
    return f"{unit}, from {low:,.10g} to {high:,.10g}"


def _missing(calculation: Calculation, missing: Unanswered) -> str:
    schema = calculation.inputs().model_json_schema()
    allowed = _allowed(_field(schema, [missing.fact.name]))
    wanted = f", needed for {' ← '.join(missing.because)}" if missing.because else ""
    return f"{missing.fact.name}: is missing{wanted}{f' (expected {allowed})' if allowed else ''}"


# --- what comes out --------------------------------------------------------------------------------------------------


def as_json(calculation: Calculation, worked: Worked) -> dict[str, Any]:
    """``worked`` as JSON: results by cell, the worksheet line by line, what was assumed and what to confirm."""
    library = load_library()
    words = load_calculations()[calculation.name]
    return {
        "calculation": calculation.name,
        "year": worked.year,
        "results": {cell: plain(value, cell) for cell, value in worked.results.items()},
        "worksheet": [_line(line, library) for line in worked.lines],
        "assumed": {line.cell: plain(line.value, exact=True) for line in worked.assumed},
        "confirm_with_your_plan": [line.cell for line in worked.to_confirm],
        "needs": dict(worked.open),
        "not_modelled": list(words.not_modelled),
    }


def name_of(cell: str, library: Library) -> str:
    """The name of a fact, a cell or a published figure, in words."""
    if cell in library.questions:
        return library.questions[cell].front.short
    year, _, figure = cell.rpartition(".")
    return f"{library.cells[figure].name} {year}".strip()


def _line(line: Line, library: Library) -> dict[str, Any]:
    words = library.cells.get(line.cell)
    told = {
        "cell": line.cell,
        "name": name_of(line.cell, library),
        "value": plain(line.value, line.cell, exact=line.origin is not Origin.WORKED_OUT),
        "from": str(line.origin),
        "how": words.how if words else "",
        "citation": line.citation,
    }
    return {key: value for key, value in told.items() if value != ""}


def plain(value: object, name: str = "", *, exact: bool = False) -> Any:
    """``value`` as JSON.

    A number is rounded half up: to a millionth where ``name`` is that of a fraction, else to the cent; not at all
    if it is to be ``exact``, as what was told is.
    """
    match value:
        case Decimal() if exact:
            return float(value)
        case Decimal():
            step = _MILLIONTH if name.endswith(_FRACTIONS) else CENT
            return float(value.quantize(step, ROUND_HALF_UP))
        case Enum():
            return value.value
        case date():
            return value.isoformat()
        case Mapping():
            return {str(plain(key)): plain(inner, name, exact=exact) for key, inner in value.items()}
        case tuple() | list():
            return [plain(inner, name, exact=exact) for inner in value]
        case _ if is_dataclass(value):
            parts = ((field.name, getattr(value, field.name)) for field in fields(value))
            return {part: plain(inner, part, exact=exact) for part, inner in parts}
        case _:
            return value


def example(what: str) -> Any:
    """Facts to begin with for the calculation ``what``."""
    return plain(load_calculations()[what].example, exact=True)


def schema(calculation: Calculation) -> dict[str, Any]:
    """The JSON schema of the facts of ``calculation``, each with its name in words, its unit and its range."""
    library, words = load_library(), load_calculations()[calculation.name]
    told = calculation.inputs().model_json_schema()
    for name, field in told["properties"].items():
        field.pop("default", None)
        field["title"] = "Tax year" if name == "year" else name_of(name, library)
        default = getattr(calculation.sheet.facts().get(name), "default", None)
        if name in library.cells and library.cells[name].how:
            field["description"] = library.cells[name].how
        if default is not None or name in calculation.assumed:
            field["default"] = plain(
                default if default is not None else calculation.assumed[name], exact=True
            )
    return {"title": words.title, "description": words.about} | told
