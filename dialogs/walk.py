"""Walking every path of every flow, by asking the outlines themselves.

A path is a sequence of questions and the result at its end. A walk answers each question that can change which
questions follow with everything that it can be answered with, "not sure" included; the others (`TAKING_TURNS`) take
turns through their answers, so that all of them are used. So the walk meets every sequence of questions, every
answer and every result, and what it draws, the flow map and the fact-check table, is what the flows do.

`problems` lists what must not be: a path without a result, a question that is never asked, an answer that counts for
nothing, a word that is missing, a card that Telegram would not take.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import cycle

from jinja2 import TemplateError

from dialogs import screens
from dialogs.flows import Access, Verdict
from dialogs.moment import Asking, Moment
from dialogs.replies import Reply
from dialogs.session import FACTS, Session
from dialogs.survey import Survey
from dialogs.values import describe, key_of, value_of
from dialogs.world import World, world_on
from knowledge.core.employee import Employee
from knowledge.core.match import ZERO, EmployerMoney, Tier
from knowledge.core.sheet import NOT_SURE
from knowledge.markup import visible
from knowledge.words import dollars

DRAWN_ON = date(2026, 7, 1)
"""The day on which the drawn documents are walked; another day would move the paychecks left."""
LONGEST_QUESTION = 350
LONGEST_CARD = 4_096
LONGEST_DATA = 64
LONGEST_LABEL = 20
_ROWS_A_RESULT = 10

TAKING_TURNS = frozenset(
    fact.name
    for fact in (
        Employee.over_wages,
        Employee.highly_paid,
        Employee.deferred_elsewhere,
        Employee.additions_elsewhere,
        Employee.pay_elsewhere,
        Employee.pay_schedule,
        Employee.checks_so_far,
        Employee.checks_left,
        Employee.deferral,
        Employee.employer_money,
        Employee.after_tax_so_far,
    )
)
"""Facts whose answer changes the result, and not which questions come after them."""


def samples(fact: str, world: World) -> tuple[object, ...]:
    """What the walk answers: every option of a choice, or numbers below, at and above what matters."""
    numbers = _numbers(world).get(fact)
    unsure = (NOT_SURE,) if FACTS[fact].possible is not None else ()
    if numbers is not None:
        return (*numbers, *unsure)
    return tuple(value_of(fact, key) for key in world.library.questions[fact].front.options)


def _numbers(world: World) -> Mapping[str, tuple[object, ...]]:
    limits = world.limits
    base, total = limits.elective_deferral.value, limits.annual_additions.value
    half, small = Decimal("0.5"), Decimal("0.06")
    tiers = (Tier(Decimal(1), ZERO, Decimal("0.03")), Tier(half, Decimal("0.03"), Decimal("0.05")))
    money = (
        EmployerMoney(fixed=Decimal(9_250)),
        EmployerMoney((Tier(half, ZERO, small),)),
        EmployerMoney(),
        EmployerMoney(tiers, nonelective=Decimal("0.03"), match_cap=Decimal(5_000)),
        EmployerMoney(fixed=total),
    )
    return {
        "pay": (Decimal(185_000), Decimal(48_000), limits.compensation_cap.value + Decimal(120_000)),
        "pay_elsewhere": (Decimal(40_000), ZERO),
        "cap_percent": (Decimal("0.1"),),
        "cap_dollars": (Decimal(20_000),),
        "deferral": (base, Decimal(12_000), base + Decimal(8_000), ZERO, base + Decimal(15_000)),
        "deferred_elsewhere": (Decimal(14_500), ZERO, base),
        "additions_elsewhere": (Decimal(30_000), ZERO, total),
        "employer_money": money,
        "after_tax_so_far": (Decimal(6_400), ZERO, Decimal(30_000), total),
        "checks_so_far": (10, 0),
        "checks_left": (12, 1, 0, 5),
    }


def _turns(fact: str, world: World) -> tuple[object, ...]:
    """Every sample, the first ones three times as often: each "not sure" doubles the work of a path."""
    every = samples(fact, world)
    return (*every[:2] * 3, *every[2:])


@dataclass(frozen=True)
class Walked:
    """One path: the answers in the order of asking, and what the flow makes of them."""

    flow: str
    answers: Mapping[str, object]
    survey: Survey

    @property
    def questions(self) -> tuple[str, ...]:
        """The facts that were asked, in order."""
        return tuple(name for name in self.survey.path if name in self.answers)

    def moment(self, world: World) -> Moment:
        """The conversation at the end of this path."""
        moment = Moment(Session(self.flow, self.answers, reviewed=True, idle=False, year=world.year), world)
        vars(moment)["survey"] = self.survey  # worked out already
        return moment


class _Answering(dict[str, object]):
    """Answers that grow as they are read: a fact that takes turns answers itself."""

    def __init__(self, told: Mapping[str, object], turns: Mapping[str, Iterator[object]]) -> None:
        super().__init__(told)
        self._turns = turns

    def get(self, fact: str, otherwise: object = None) -> object:
        if fact not in self and fact in self._turns:
            self[fact] = next(self._turns[fact])
        return super().get(fact, otherwise)


def walk(flow: str, world: World) -> Iterator[Walked]:
    """Every path of ``flow``."""
    turns = {fact: cycle(_turns(fact, world)) for fact in sorted(TAKING_TURNS)}

    def on(answers: Mapping[str, object]) -> Iterator[Walked]:
        answering = _Answering(answers, turns)
        survey = world.survey(flow, answering)
        told = {fact: answering[fact] for fact in survey.path if fact in answering}
        if survey.needed is None:
            yield Walked(flow, told, survey)
            return
        fact = survey.needed.fact.name
        for value in samples(fact, world):
            yield from on({**told, fact: value})

    yield from on({})


@dataclass(frozen=True)
class Atlas:
    """All paths of all flows in one world."""

    world: World

    @cached_property
    def paths(self) -> tuple[Walked, ...]:
        """Every path of every flow."""
        return tuple(path for flow in self.world.flows for path in walk(flow, self.world))

    @cached_property
    def routes(self) -> Mapping[tuple[str, tuple[str, ...], Verdict], Walked]:
        """One path for each sequence of questions and result."""
        found: dict[tuple[str, tuple[str, ...], Verdict], Walked] = {}
        for path in self.paths:
            found.setdefault((path.flow, path.questions, path.survey.verdict), path)
        return found


def atlas(today: date = DRAWN_ON) -> Atlas:
    """The atlas of a day."""
    return Atlas(world_on(today))


# --- what must not be -----------------------------------------------------------------------------------------------


def problems(drawn: Atlas) -> list[str]:
    """Everything that is wrong with the flows and their words, as sentences; empty when all is well."""
    return [
        *_paths_wrong(drawn),
        *_never_met(drawn),
        *_words_wrong(drawn),
        *(wrong for path in drawn.paths for wrong in _result_wrong(path, drawn.world)),
    ]


def _paths_wrong(drawn: Atlas) -> Iterator[str]:
    for path in drawn.paths:
        if not path.survey.worlds:
            yield f"{path.flow}: a dead end after {_told(path, drawn.world)}"
        for fact in path.answers:
            if fact not in path.survey.path:
                yield f"{path.flow}: the answer to {fact} counts for nothing after {_told(path, drawn.world)}"


def _never_met(drawn: Atlas) -> Iterator[str]:
    used: dict[str, set[object]] = defaultdict(set)
    for path in drawn.paths:
        for fact, value in path.answers.items():
            used[fact].add(value)
    questions = drawn.world.library.questions
    for fact in sorted(FACTS.keys() | questions.keys()):
        if fact not in questions:
            yield f"{fact} has no words"
        elif fact not in FACTS:
            yield f"the question {fact} is about no fact"
        elif fact not in used:
            yield f"{fact} is never asked"
        else:
            unused = [value for value in samples(fact, drawn.world) if value not in used[fact]]
            yield from (f"{fact} is never answered with {value}" for value in unused)
    verdicts = {path.survey.verdict for path in drawn.paths}
    yield from (f"no path ends in {verdict}" for verdict in Verdict if verdict not in verdicts)
    yield from (f"there are no words for {v}" for v in Verdict if v.value not in drawn.world.library.outcomes)


def _words_wrong(drawn: Atlas) -> Iterator[str]:
    """Render every question as it is met, and the worksheet and the letter of every route."""
    for path in drawn.routes.values():
        moment = path.moment(drawn.world)
        try:
            cards = [
                *screens.how(moment),
                screens.why(moment),
                screens.letter(moment),
                screens.reviewing(moment),
            ]
            for fact in path.questions:
                asked = Moment(Session(path.flow, path.answers, changing=fact, idle=False), drawn.world)
                question = screens.card(asked)
                assert asked.place == Asking(fact, changing=True)
                yield from _question_wrong(fact, question)
                cards += [question, screens.why(asked), screens.about(asked)]
        except (TemplateError, KeyError, ArithmeticError, AttributeError) as error:
            yield f"{path.flow}: {type(error).__name__} {error} after {_told(path, drawn.world)}"
            continue
        for card in cards:
            yield from _card_wrong(card)


def _question_wrong(fact: str, card: Reply) -> Iterator[str]:
    seen = visible(re.sub(r"<blockquote.*?</blockquote>", "", card.html, flags=re.S))
    if len(seen) > LONGEST_QUESTION:
        yield f"the question {fact} has {len(seen)} visible characters"
    if [b.data for b in card.buttons[-1]] != ["back", "about"]:
        yield f"the question {fact} has no way out"


def _result_wrong(path: Walked, world: World) -> Iterator[str]:
    try:
        card = screens.card(path.moment(world))
    except (TemplateError, KeyError, ArithmeticError, AttributeError, LookupError) as error:
        yield f"{path.flow}: {type(error).__name__} {error} after {_told(path, world)}"
        return
    yield from _card_wrong(card)


_UNTHINKABLE = re.compile(r"\bNone\b|Decimal\(|\bTrue\b|\bFalse\b|{{|{%|\bnan\b|\$-")


def _card_wrong(card: Reply) -> Iterator[str]:
    seen = visible(card.html)
    start = repr(seen[:60])
    if not 0 < len(seen) <= LONGEST_CARD:
        yield f"a card has {len(seen)} characters: {start}"
    if found := _UNTHINKABLE.search(seen):
        yield f"a card says {found[0]!r}: {start}"
    for button in (button for row in card.buttons for button in row):
        if len(button.label) > LONGEST_LABEL or not button.label:
            yield f"the button {button.label!r} has {len(button.label)} characters"
        if len(button.data.encode()) > LONGEST_DATA:
            yield f"the button {button.label!r} carries {len(button.data.encode())} bytes"


def _told(path: Walked, world: World) -> str:
    return ", ".join(f"{fact}={describe(fact, value, world.library)}" for fact, value in path.answers.items())


# --- what is drawn --------------------------------------------------------------------------------------------------

_GENERATED = "<!-- Drawn by `make docs` from the running flows; do not edit. -->\n"


def flow_map(drawn: Atlas) -> str:
    """The flows as Mermaid diagrams: questions as boxes, answers on the arrows, results rounded."""
    parts = [_GENERATED, "# Flow map\n"]
    parts.append("Each arrow is an answer that leads there on some path; without a label, any answer can.\n")
    for flow in drawn.world.flows:
        parts += [f"## {flow}\n", "```mermaid", "flowchart TD", *_diagram(flow, drawn), "```\n"]
    return "\n".join(parts)


def _diagram(flow: str, drawn: Atlas) -> Iterator[str]:
    library = drawn.world.library
    arrows: dict[tuple[str, str], set[object]] = defaultdict(set)
    facts: dict[str, None] = {}
    verdicts: set[Verdict] = set()
    for path in drawn.paths:
        if path.flow != flow:
            continue
        facts.update(dict.fromkeys(path.questions))
        verdicts.add(path.survey.verdict)
        ends = [*path.questions[1:], path.survey.verdict.value]
        for fact, following in zip(path.questions, ends, strict=True):
            arrows[fact, following].add(path.answers[fact])
    for fact in facts:
        yield f'  {fact}["{library.questions[fact].front.short}"]'
    for verdict in Verdict:
        if verdict in verdicts:
            yield f'  {verdict.value}(["{library.outcomes[verdict].front.short}"])'
    for (fact, following), values in arrows.items():
        label = _label(fact, values, drawn.world)
        yield f"  {fact} -->{label} {following}"


def _label(fact: str, values: Iterable[object], world: World) -> str:
    used = set(values)
    every = samples(fact, world)
    if all(value in used for value in every):
        return ""
    if all(key_of(value) == "" for value in used):
        return '|"a number"|'
    shown = [describe(fact, value, world.library) for value in every if value in used and key_of(value)]
    return f'|"{" / ".join(shown)}"|' if shown else ""


def fact_check(drawn: Atlas) -> str:
    """A table for a person who checks the results by hand: result, the answers that decide it, the money."""
    year = drawn.world.year
    lines = [
        _GENERATED,
        f"# Fact check, {year}\n",
        "Every kind of result with the answers that decide it and the dollars that follow. Amounts are for the whole",
        "year; the room is what can still go in. A range comes from answers that are not sure.\n",
    ]
    for flow in drawn.world.flows:
        for verdict in Verdict:
            rows = _rows(flow, verdict, drawn)
            if rows:
                short = drawn.world.library.outcomes[verdict].front.short
                lines += [f"## {flow}: {short}\n", _HEAD, *rows, ""]
    return "\n".join(lines)


_HEAD = (
    "| Deciding answers | Total limit | Counted deferrals | Employer | After-tax so far | Plan cap | Pay to come | Room |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|"
)


def _rows(flow: str, verdict: Verdict, drawn: Atlas) -> list[str]:
    """One row for each way to the result that differs in what decides it, spread over all of them."""
    kinds: dict[object, Walked] = {}
    for path in drawn.paths:
        if path.flow == flow and path.survey.verdict is verdict:
            kinds.setdefault(_kind(path), path)
    chosen = list(kinds.values())
    step = max(1, len(chosen) // _ROWS_A_RESULT)
    return [_row(path, drawn.world) for path in chosen[::step][:_ROWS_A_RESULT]]


def _kind(path: Walked) -> object:
    of = path.answers.get
    case = path.survey.best
    stop = case.case.year_room.stop if case.verdict.access is not Access.NOT else ""
    return (
        stop,
        of("cap_kind"),
        of("age_band"),
        of("whole_year"),
        of("employers_related"),
        frozenset(path.survey.unsure),
    )


def _row(path: Walked, world: World) -> str:
    survey, library = path.survey, world.library
    told = [
        f"{library.questions[fact].front.short}: {describe(fact, value, library)}"
        for fact, value in path.answers.items()
    ]
    if survey.best.verdict.access is Access.NOT:
        return f"| {'; '.join(told)} | | | | | | | {dollars(ZERO)} |"
    case = survey.best.case
    cap = case.plan_cap
    room = (
        dollars(survey.high)
        if survey.low == survey.high
        else f"{dollars(survey.low)} to {dollars(survey.high)}"
    )
    if case.over_limit:
        room = f"over by {dollars(case.over_limit)}"
    cells = [
        "; ".join(told),
        dollars(case.annual_limit),
        dollars(case.counted_deferral),
        dollars(case.employer_total),
        dollars(case.after_tax_so_far),
        "–" if cap is None else dollars(cap),
        dollars(case.pay_to_come) if path.flow == "check" else "–",
        room,
    ]
    return f"| {' | '.join(cells)} |"
