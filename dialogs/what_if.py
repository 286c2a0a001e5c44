"""What if: the result beside the one that other answers would give, and where a number turns it.

Nothing here changes an answer. A result is compared by its dollars and by the columns of its flow; only what differs is
shown. A *turning point* of a number is the nearest value at which the flow ends in another way, found by trying the
range in coarse steps and then halving, to the dollar or the tenth of a percent: exact as long as the result turns at most
once within a step.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from dialogs.flows import FACTS, Access, Verdict
from dialogs.moment import Moment, known
from dialogs.reading import clean
from dialogs.survey import Survey
from dialogs.written import in_brief
from knowledge.core.employee import Employee
from knowledge.core.match import ZERO, EmployerMoney

# --- side by side ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """One line that differs: its name, and what it is now and would be, in words."""

    name: str
    now: str
    then: str


def headline(moment: Moment) -> str:
    """The result in a few words: how it ends, and its dollars."""
    survey, library = moment.survey, moment.world.library
    return library.say(
        "headline",
        short=library.outcomes[survey.verdict].front.short,
        low=survey.low,
        high=survey.high,
        over=survey.over_high,
        counts=any(world.verdict.access is not Access.NOT for world in survey.worlds),
    )


def differences(moment: Moment, then: Moment) -> tuple[Difference, ...]:
    """What differs between two complete results of one flow, in the order of its columns."""
    columns = moment.world.flows[moment.session.flow].columns
    library = moment.world.library
    return tuple(
        Difference(library.name_of(cell), *pair)
        for cell in columns
        if len(set(pair := (column(moment, cell), column(then, cell)))) == 2
    )


def column(moment: Moment, cell: str) -> str:
    """The value of one column in the best case, in words; empty where it was not worked out."""
    survey = moment.survey
    if survey.best.verdict.access is Access.NOT:
        return ""
    case = survey.best.case
    found = known(lambda: (getattr(case, cell),))
    return "" if found is None else "; ".join(in_brief(found[0], moment.world.library, cell))


# --- what is asked ----------------------------------------------------------------------------------------------------

_IF = re.compile(r"^(?:and |so |but )*(?:what|wat|how) (?:about |happens )?if\b|^(?:suppose|assume|say|if)\b")
_TURNS = re.compile(r"\b(?:break[ -]?even|until|before)\b.*\b(?:room|fits?|limit|over)\b|\bbreak[ -]?even\b")
_FILLER = re.compile(
    r"\b(?:i'm|im|what|wat|how|about|happens|if|suppose|assume|say|and|so|but|my|the|our|a|were|was|is|am|are|be|would|will"
    r"|it|i|had|have|has|did|do|of|instead|only|just|to|went|goes|go|up|down|become|became|becomes|got|get)\b"
)


def asks_what_if(text: str) -> bool:
    """Whether ``text`` supposes something: "what if my match were 4%"."""
    return bool(_IF.match(clean(text)))


def asks_turning_point(text: str) -> bool:
    """Whether ``text`` asks where the result turns: "how much less employer money until I have room?"."""
    return bool(_TURNS.search(clean(text)))


_AGED = re.compile(r"\bi(?:'?m| am| was| were| turn(?:ed)?) [1-9][0-9][?.! ]*$")
"""An age that is called nothing: "what if I were 61"."""


def facts_named(text: str, moment: Moment) -> tuple[str, ...]:
    """The facts of the conversation that ``text`` names, the longest name first."""
    said, questions = clean(text), moment.world.library.questions
    found: dict[str, int] = {}
    if Employee.age_band.name in moment.path and _AGED.search(said):
        found[Employee.age_band.name] = 1
    for fact in (*moment.path, *_assumed_facts(moment)):
        front = questions[fact].front
        for name in (*front.called, front.short.lower()):
            if re.search(rf"(?<![a-z]){re.escape(name)}(?![a-z])", said):
                found[fact] = max(found.get(fact, 0), len(name))
    return tuple(sorted(found, key=lambda fact: -found[fact]))


def _assumed_facts(moment: Moment) -> Iterator[str]:
    facts = moment.survey.best.case.facts_read() if moment.complete else ()
    return (line.cell for line in facts if line.cell in moment.world.library.questions)


def value_said(text: str, fact: str, moment: Moment) -> str:
    """What of ``text`` is the value: without the words around it and the name of ``fact``."""
    said = clean(text).rstrip("?.! ")
    front = moment.world.library.questions[fact].front
    bare = said
    for name in sorted((*front.called, front.short.lower()), key=len, reverse=True):
        bare = re.sub(rf"(?<![a-z]){re.escape(name)}(?![a-z])", " ", bare)
    bare = " ".join(_FILLER.sub(" ", bare).split())
    return bare or said


# --- where a number turns it ---------------------------------------------------------------------------------------

_STEPS = 16


@dataclass(frozen=True, slots=True)
class TurningPoint:
    """From ``value`` on, going ``up`` or down from the answer, the flow ends in ``verdict``."""

    value: Decimal
    up: bool
    verdict: Verdict


def can_turn(fact: str, moment: Moment) -> bool:
    """Whether ``fact`` is a number that was told, so that a turning point can be looked for."""
    return isinstance(_number(fact, moment), Decimal)


def turning_points(fact: str, moment: Moment) -> tuple[TurningPoint, ...]:
    """The nearest values of ``fact`` below and above its answer at which the result turns, as far as there are any."""
    now = _number(fact, moment)
    if now is None:
        return ()
    unit = Decimal("0.001") if moment.world.library.questions[fact].front.unit == "percent" else Decimal(1)
    most = Decimal(1) if unit < 1 else max(2 * now, 2 * moment.world.limits.annual_additions.value)
    ends = _ends(fact, moment)
    here = ends(now)
    found = (_turn(ends, here, now, end, unit) for end in (ZERO, most))
    return tuple(point for point in found if point is not None)


def _number(fact: str, moment: Moment) -> Decimal | None:
    value = moment.session.answers.get(fact)
    if isinstance(value, EmployerMoney) and moment.complete:
        case = moment.survey.best.case
        total = known(lambda: case.employer_total) if hasattr(type(case), "employer_total") else None
        return total if isinstance(total, Decimal) else None
    return value if isinstance(value, Decimal) else None


_End = tuple[Verdict, bool] | None


def _ends(fact: str, moment: Moment) -> Callable[[Decimal], _End]:
    """How the flow ends for a value of ``fact``: the verdict, and whether there are dollars in it."""

    def end(value: Decimal) -> _End:
        supposed = EmployerMoney(fixed=value) if FACTS[fact].kind is EmployerMoney else value
        survey: Survey = moment.if_so({fact: supposed}).survey
        return (survey.verdict, survey.high > 0) if survey.complete else None

    return end


def _turn(
    ends: Callable[[Decimal], _End], here: _End, now: Decimal, end: Decimal, unit: Decimal
) -> TurningPoint | None:
    """The nearest turn between ``now`` and ``end``."""
    same = now
    toward = ROUND_CEILING if end > now else ROUND_FLOOR
    for step in range(_STEPS + 1):
        value = _rounded(now + (end - now) * step / _STEPS, unit, toward)
        if ends(value) != here:
            return _halved(ends, here, same, value, unit)
        same = value
    return None


def _halved(
    ends: Callable[[Decimal], _End], here: _End, same: Decimal, other: Decimal, unit: Decimal
) -> TurningPoint | None:
    while abs(other - same) > unit:
        middle = _rounded((same + other) / 2, unit, ROUND_FLOOR)
        if ends(middle) == here:
            same = middle
        else:
            other = middle
    found = ends(other)
    return None if found is None else TurningPoint(other, other > same, found[0])


def _rounded(value: Decimal, unit: Decimal, toward: str) -> Decimal:
    return (value / unit).quantize(Decimal(1), toward) * unit
