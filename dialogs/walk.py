"""Walking every path of every flow, by asking the outlines themselves.

A path is a sequence of questions and the result at its end. A walk answers each question with everything that it
can be answered with, "not sure" included, except that what seldom changes which questions follow takes turns: answers
that are `ALIKE`, and the facts that `taking_turns` lists. What a flow takes for granted stays so on most paths; on the
others one such fact or every one is told, as by somebody who changes it. So the walk meets every sequence of questions, every answer
and every result, and what it draws, the flow map and the fact-check table, is what the flows do.

`problems` lists what must not be: a path without a result, a question that is asked twice or never, an answer that
counts for nothing, a word that is missing, a card that Telegram would not take. A path may end in a contradiction
instead of a result; then its card has to offer the answers that contradict each other.

There are many paths, and what an outline makes of one is large. So each result is looked at when it is met, and then
only the answers are kept; working a result out again takes a millisecond.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import cycle, islice, pairwise
from typing import NamedTuple

from jinja2 import TemplateError

from dialogs import screens, what_if
from dialogs.flows import FACTS, Access, Flow, Verdict
from dialogs.flows.acp import ACP
from dialogs.flows.convert import CONVERT
from dialogs.flows.employee import CHECK, ROOM
from dialogs.flows.forms import FORMS
from dialogs.flows.own import OWN
from dialogs.flows.paychecks import PAYCHECKS
from dialogs.flows.repair import REPAIR
from dialogs.flows.worth import WORTH
from dialogs.moment import Moment
from dialogs.replies import Reply
from dialogs.session import Session
from dialogs.survey import Survey
from dialogs.understand import Understood, understand
from dialogs.values import describe, key_of, value_of
from dialogs.world import World, world_on
from knowledge.core.employee import Employee
from knowledge.core.facts import AgeBand, PaySchedule, WayToRoth
from knowledge.core.match import ZERO, EmployerMoney, Tier
from knowledge.core.payroll import Election
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

_LONG = tuple(
    fact.name
    for fact in (
        Employee.checks_left,
        Employee.checks_so_far,
        Employee.pay_schedule,
        Employee.pay_elsewhere,
        Employee.additions_elsewhere,
        Employee.deferral,
        Employee.employer_money,
        Employee.after_tax_so_far,
        Employee.deferred_elsewhere,
        Employee.over_wages,
        Employee.highly_paid,
    )
)
"""The facts of *check my plan* that change the result and seldom which questions come after them."""


_SHORT = (ROOM.name, OWN.name, ACP.name, CONVERT.name, REPAIR.name, FORMS.name, WORTH.name)
"""The flows with few questions on each path."""


def taking_turns(flow: str, world: World) -> tuple[str, ...]:
    """The facts of ``flow`` whose answers take turns: what it takes for granted, and in a long flow more.

    That is what seldom changes what follows. A short flow meets every number with every other.
    """
    facts, questions = world.flows[flow].sheet.facts(), world.library.questions
    if flow == CHECK.name:
        return _LONG
    asked = [name for name in facts if name in questions]
    if flow == PAYCHECKS.name:
        return tuple(name for name in asked if name not in _LEADING_ON)
    defaults = [name for name in asked if _has_default(name, world.flows[flow])]
    if flow in _SHORT:
        return tuple(defaults)
    numbers = [name for name in asked if questions[name].front.unit != "choice"]
    taking = dict.fromkeys((*numbers, *(name for name in _LONG if name in facts), *defaults))
    return tuple(name for name in taking if name not in _SPOUSE)


def _has_default(fact: str, flow: Flow) -> bool:
    """Whether the sheet of ``flow`` has an answer to ``fact`` of its own, and the flow does not ask it."""
    return flow.sheet.facts()[fact].default is not None and fact not in flow.asks


_LEADING_ON = (
    "takes_after_tax",
    "next_pay_day",
    "checks_so_far",
    "cap_kind",
    "deferral_election",
    "pay_schedule",
)
"""The facts of *my paychecks*, a year of which takes long to work out, that change which questions follow."""

_SPOUSE = ("spouse_wages", "spouse_employer_money", "spouse_deferral_wanted")
"""The numbers of *couple* that can leave no room for each other, after which more is asked."""

ALIKE: Mapping[str, tuple[object, ...]] = {
    "way_to_roth": (WayToRoth.INSIDE, WayToRoth.WITHDRAW, WayToRoth.BOTH),
    "age_band": (AgeBand.FROM_50, AgeBand.FROM_60, AgeBand.FROM_64),
    "deferral_election": (Election(Decimal("0.1")), Election(dollars=Decimal(800)), Election()),
    "pay_schedule": (PaySchedule.BIWEEKLY, PaySchedule.WEEKLY, PaySchedule.MONTHLY),
}
"""Answers to one question after which the same questions follow: they take turns among themselves."""


def samples(fact: str, world: World) -> tuple[object, ...]:
    """What the walk answers: every option of a choice, or numbers below, at and above what matters."""
    numbers = _numbers(world).get(fact)
    front = world.library.questions[fact].front
    unsure = (NOT_SURE,) if FACTS[fact].may_be_unsure and front.not_sure else ()
    if numbers is not None:
        return (*numbers, *unsure)
    if front.tries:
        return (*_tried(fact, front.tries, world), *unsure)
    return tuple(value for _, value in _options(fact, world) if value is not None)


def _tried(fact: str, texts: Sequence[str], world: World) -> tuple[object, ...]:
    """What the question's own examples are read as; an example that cannot be read is a mistake in the content."""
    moment = Moment(Session(CHECK.name, year=world.year), world)
    found = []
    for text in texts:
        heard = understand(fact, text, moment, sure=True)
        if not isinstance(heard, Understood):
            raise ValueError(f"{fact} cannot be tried with {text!r}: {heard}")
        found.append(heard.values[fact])
    return tuple(found)


def _options(fact: str, world: World) -> Iterator[tuple[str, object]]:
    """The options of a choice with their values, None for one that has none."""
    for key, option in world.library.questions[fact].front.options.items():
        try:
            yield key, _tried(fact, (option.types,), world)[0] if option.types else value_of(fact, key)
        except ValueError:
            yield key, None


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
        "checks_left": (12, 0, 1, 5),
    }


def _turns(fact: str, world: World, length: int) -> Iterator[object]:
    """Every sample in turn, for ever, the first ones oftener: each "not sure" doubles the work of a path.

    A round has ``length`` turns. As long as these are different primes, no two facts keep step, and every pair of
    their answers comes up.
    """
    every = samples(fact, world)
    return cycle(tuple(islice(cycle((*every[:2] * 3, *every[2:])), length)))


_PRIMES = (47, 43, 41, 37, 31, 29, 23, 19, 17, 13, 11, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97)


def _leading(fact: str, world: World, alike: Mapping[str, Iterator[object]]) -> Iterator[object]:
    """The answers to ``fact`` that can lead to different questions."""
    group = ALIKE.get(fact, ())
    for value in samples(fact, world):
        if value not in group:
            yield value
        elif value == group[0]:
            yield next(alike[fact])


@dataclass(frozen=True, slots=True)
class Walked:
    """One path: the answers in the order of asking, and how it ends: in a ``verdict``, or in a contradiction.

    ``contradictory`` are the facts that contradict each other. A path with neither is a dead end.
    """

    flow: str
    answers: Mapping[str, object]
    questions: tuple[str, ...]
    verdict: Verdict | None
    contradictory: tuple[str, ...] = ()

    def moment(self, world: World) -> Moment:
        """The conversation at the end of this path."""
        session = Session(self.flow, self.answers, reviewed=True, idle=False, year=world.year)
        return Moment(session, world)

    def told(self, world: World) -> str:
        """The answers in words."""
        return ", ".join(
            f"{fact}={describe(fact, value, world.library)}" for fact, value in self.answers.items()
        )


class Turns:
    """What the facts of a flow that take turns are answered with next; ``granted`` are those that it need not ask."""

    def __init__(self, flow: str, world: World) -> None:
        facts = [fact for fact in taking_turns(flow, world) if fact in world.library.questions]
        assumed = world.flows[flow].assumed
        granted = [f for f in facts if f in assumed or _has_default(f, world.flows[flow])]
        self.granted = frozenset(granted)
        length = next(prime for prime in sorted(_PRIMES) if prime > 2 * len(granted))
        some = (*(frozenset({fact}) for fact in granted), self.granted)
        self._telling = cycle((*some, *[frozenset[str]()] * (length - len(some))))
        self._next = {
            fact: cycle(samples(fact, world)) if fact in granted else _turns(fact, world, length)
            for fact, length in zip(facts, cycle(_PRIMES), strict=False)
        }

    def __contains__(self, fact: str) -> bool:
        return fact in self._next

    def telling(self) -> Set[str]:
        """The facts to tell next although they are taken for granted; mostly none."""
        return next(self._telling)

    def answer(self, fact: str, told: Mapping[str, object]) -> object:
        """The next answer to ``fact`` beside what was ``told``."""
        value = next(self._next[fact])
        if fact == Employee.additions_elsewhere.name:
            return self._no_less(value, told.get(Employee.deferred_elsewhere.name))
        return value

    @staticmethod
    def _no_less(value: object, than: object) -> object:
        """The total in the other plan holds what was deferred there."""
        return max(value, than) if isinstance(value, Decimal) and isinstance(than, Decimal) else value


class _Answering(dict[str, object]):
    """Answers that grow as they are read: a fact that takes turns answers itself.

    Of what is taken for granted only ``telling`` are told.
    """

    def __init__(self, told: Mapping[str, object], turns: Turns, telling: Set[str]) -> None:
        super().__init__(told)
        self._turns = turns
        self._telling = telling

    def get(self, fact: str, otherwise: object = None) -> object:
        left = fact in self._turns.granted and fact not in self._telling
        if fact not in self and fact in self._turns and not left:
            self[fact] = self._turns.answer(fact, self)
        return super().get(fact, otherwise)


def walk(flow: str, world: World) -> Iterator[tuple[Walked, Survey]]:
    """Every path of ``flow``, and what the outline makes of it."""
    questions, turns = world.library.questions, Turns(flow, world)
    alike = {fact: cycle(values) for fact, values in ALIKE.items()}

    def on(answers: Mapping[str, object], telling: Set[str]) -> Iterator[tuple[Walked, Survey]]:
        answering = _Answering(answers, turns, telling)
        survey = world.survey(flow, answering)
        fact = survey.needed.fact.name if survey.needed else ""
        if fact in turns and fact not in answering:  # taken for granted elsewhere, and asked here
            yield from on({**answering, fact: turns.answer(fact, answering)}, turns.telling())
        elif fact in questions and fact not in answering:
            for value in _leading(fact, world, alike):
                yield from on({**answering, fact: value}, turns.telling())
        elif len(answering) > len(answers):  # what was answered late counts from the beginning
            yield from on(dict(answering), frozenset())
        else:
            yield _walked(flow, answers, survey, turns), survey

    yield from on({}, frozenset())


def _walked(flow: str, answers: Mapping[str, object], survey: Survey, turns: Turns) -> Walked:
    """The path at whose end ``survey`` is."""
    asked = tuple(name for name in survey.path if name in answers)
    if answers.keys() & turns.granted:  # told last: what was asked before may not count any more
        answers = {name: value for name, value in answers.items() if name in asked}
    if survey.complete or survey.conflict is None:
        return Walked(flow, answers, asked, survey.verdict if survey.complete else None)
    return Walked(flow, answers, asked, None, survey.conflict.facts)


class Route(NamedTuple):
    """A sequence of questions and the result at its end."""

    flow: str
    questions: tuple[str, ...]
    verdict: Verdict


class Atlas:
    """All paths of all flows in one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.paths: list[Walked] = []
        self.routes: dict[Route, Walked] = {}
        """One path for each route."""
        self.kinds: dict[tuple[str, Verdict], dict[object, Walked]] = defaultdict(dict)
        """One path for each way to a result that differs in what decides it."""
        self.wrong: list[str] = []
        """What is wrong with single paths and their results."""
        for flow in world.flows:
            for path, survey in walk(flow, world):
                self._meet(path, survey)

    def _meet(self, path: Walked, survey: Survey) -> None:
        self.paths.append(path)
        self.wrong += _path_wrong(path, survey, self.world)
        if path.verdict is not None:
            self.routes.setdefault(Route(path.flow, path.questions, path.verdict), path)
            self.kinds[path.flow, path.verdict].setdefault(_kind(path, survey), path)


def atlas(today: date = DRAWN_ON) -> Atlas:
    """The atlas of a day."""
    return Atlas(world_on(today))


# --- what must not be -----------------------------------------------------------------------------------------------


def problems(drawn: Atlas) -> list[str]:
    """Everything that is wrong with the flows and their words, as sentences; empty when all is well."""
    return [*drawn.wrong, *_never_met(drawn), *_words_wrong(drawn)]


_BROKEN = (TemplateError, LookupError, ArithmeticError, AttributeError, TypeError)
"""What words that do not fit the answers raise."""


def _path_wrong(path: Walked, survey: Survey, world: World) -> Iterator[str]:
    if survey.needed is not None:
        fact = survey.needed.fact.name
        wrong = "is asked twice" if fact in path.answers else "has no words"
        yield f"{path.flow}: {fact} {wrong} after {path.told(world)}"
    elif path.contradictory:
        yield from _contradiction_wrong(path, world)
        return  # nothing is said of answers that were not read any more
    elif path.verdict is None:
        yield f"{path.flow}: a dead end after {path.told(world)}"
    else:
        yield from _result_wrong(path, survey, world)
    for fact in path.answers:
        if fact not in path.questions:
            yield f"{path.flow}: the answer to {fact} counts for nothing after {path.told(world)}"


def _contradiction_wrong(path: Walked, world: World) -> Iterator[str]:
    """Look at the card of a contradiction: each answer that is part of it is one tap away from being changed."""
    card = screens.card(path.moment(world))
    offered = [b.data for row in card.buttons for b in row if b.data.startswith("change:")]
    if not offered or offered != [f"change:{fact}" for fact in path.contradictory if fact in path.questions]:
        yield f"{path.flow}: the contradiction offers {offered} to change after {path.told(world)}"
    yield from _card_wrong(card)


def _result_wrong(path: Walked, survey: Survey, world: World) -> Iterator[str]:
    moment = path.moment(world)
    vars(moment)["survey"] = survey  # worked out already
    try:
        html = screens.outcome(moment)
    except _BROKEN as error:
        yield f"{path.flow}: {type(error).__name__} {error} after {path.told(world)}"
    else:
        yield from _text_wrong(html)


def _never_met(drawn: Atlas) -> Iterator[str]:
    library = drawn.world.library
    used: dict[str, set[object]] = defaultdict(set)
    for path in drawn.paths:
        for fact, value in path.answers.items():
            used[fact].add(value)
    for fact in sorted(library.questions):
        if fact not in FACTS:
            yield f"the question {fact} is about no fact"
        elif fact not in used:
            yield f"{fact} is never asked"
        else:
            empty = [key for key, value in _options(fact, drawn.world) if value is None]
            yield from (f"the option {key} of {fact} is no answer to it" for key in empty)
            unused = [value for value in samples(fact, drawn.world) if value not in used[fact]]
            yield from (f"{fact} is never answered with {value}" for value in unused)
    met = {path.verdict for path in drawn.paths}
    yield from (f"no path ends in {verdict}" for verdict in Verdict if verdict not in met)
    yield from (f"there are no words for {v}" for v in Verdict if v.value not in library.outcomes)


def _words_wrong(drawn: Atlas) -> Iterator[str]:
    """Look at every card of every route: the result, why, how and the letter, and each question with each answer."""
    met: set[tuple[str, str, object]] = set()
    for path in drawn.routes.values():
        try:
            for card in _cards(path, drawn.world):
                yield from _card_wrong(card)
            for fact in path.questions:
                if (here := (path.flow, fact, path.answers[fact])) in met:
                    continue
                met.add(here)
                yield from _question_wrong(fact, _asking(fact, path, drawn.world))
        except _BROKEN as error:
            yield f"{path.flow}: {type(error).__name__} {error} after {path.told(drawn.world)}"


def _cards(path: Walked, world: World) -> Iterator[Reply]:
    moment = path.moment(world)
    yield from screens.how(moment)
    yield from (screens.why(moment), screens.letter(moment))
    yield from (screens.reviewing(moment), screens.showing(moment))


def _asking(fact: str, path: Walked, world: World) -> Moment:
    """The moment in which the person changes ``fact``."""
    return Moment(Session(path.flow, path.answers, changing=fact, idle=False), world)


def _question_wrong(fact: str, moment: Moment) -> Iterator[str]:
    card = screens.card(moment)
    seen = visible(re.sub(r"<blockquote.*?</blockquote>", "", card.html, flags=re.S))
    if len(seen) > LONGEST_QUESTION:
        yield f"the question {fact} has {len(seen)} visible characters"
    if [b.data for b in card.buttons[-1]] != [f"back:{fact}", "about"]:
        yield f"the question {fact} has no way out"
    for each in (card, screens.why(moment), screens.about(moment)):
        yield from _card_wrong(each)


_UNTHINKABLE = re.compile(r"\b(?:None|True|False|nan)\b|Decimal\(|{{|{%|\$-")


def _card_wrong(card: Reply) -> Iterator[str]:
    yield from _text_wrong(card.html)
    for button in (button for row in card.buttons for button in row):
        if len(button.label) > LONGEST_LABEL or not button.label:
            yield f"the button {button.label!r} has {len(button.label)} characters"
        if len(button.data.encode()) > LONGEST_DATA:
            yield f"the button {button.label!r} carries {len(button.data.encode())} bytes"


def _text_wrong(html: str) -> Iterator[str]:
    seen = visible(html)
    start = repr(seen[:60])
    if not 0 < len(seen) <= LONGEST_CARD:
        yield f"a card has {len(seen)} characters: {start}"
    if found := _UNTHINKABLE.search(seen):
        yield f"a card says {found[0]!r}: {start}"


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
    for path in drawn.paths:
        if path.flow == flow and path.verdict is not None:
            facts.update(dict.fromkeys(path.questions))
            for fact, following in pairwise((*path.questions, path.verdict.value)):
                arrows[fact, following].add(path.answers[fact])
    for fact in facts:
        yield f'  {fact}["{library.questions[fact].front.short}"]'
    for verdict in Verdict:
        if (flow, verdict) in drawn.kinds:
            yield f'  {verdict.value}(["{library.outcomes[verdict].front.short}"])'
    for (fact, following), values in arrows.items():
        yield f"  {fact} -->{_label(fact, values, drawn.world)} {following}"


def _label(fact: str, used: Container[object], world: World) -> str:
    every = samples(fact, world)
    if all(value in used for value in every):
        return ""
    shown = dict.fromkeys(
        describe(fact, value, world.library) if key_of(value) else "a number"
        for value in every
        if value in used
    ) or ("a number",)  # one that had to fit another answer
    return f'|"{" / ".join(shown)}"|'


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
                lines += [f"## {flow}: {short}\n", _head(flow, drawn), *rows, ""]
    return "\n".join(lines)


def _head(flow: str, drawn: Atlas) -> str:
    columns = drawn.world.flows[flow].columns
    names = [drawn.world.library.name_of(column) for column in columns]
    return f"| Deciding answers | {' | '.join((*names, 'Result'))} |\n|---|{'---:|' * (len(columns) + 1)}"


def _rows(flow: str, verdict: Verdict, drawn: Atlas) -> list[str]:
    """One row for each kind of way to the result, spread over all of them."""
    chosen = list(drawn.kinds.get((flow, verdict), {}).values())
    step = max(1, len(chosen) // _ROWS_A_RESULT)
    return [_row(path, drawn.world) for path in chosen[::step][:_ROWS_A_RESULT]]


def _kind(path: Walked, survey: Survey) -> object:
    """What decides the result of ``path``."""
    of, best = path.answers.get, survey.best
    told = tuple(of(fact) for fact in ("cap_kind", "age_band", "whole_year", "employers_related"))
    choices = tuple(value for value in path.answers.values() if isinstance(value, StrEnum))
    if path.flow not in (CHECK.name, ROOM.name):
        return choices, frozenset(survey.unsure)
    stop = best.case.year_room.stop if best.verdict.access is not Access.NOT else ""
    return stop, told, frozenset(survey.unsure)


def _row(path: Walked, world: World) -> str:
    survey, library = path.moment(world).survey, world.library
    told = "; ".join(
        f"{library.questions[fact].front.short}: {describe(fact, value, library)}"
        for fact, value in path.answers.items()
    )
    cells = [what_if.column(path.moment(world), column) or "–" for column in world.flows[path.flow].columns]
    return f"| {' | '.join((told, *cells, _dollars(survey)))} |"


def _dollars(survey: Survey) -> str:
    if survey.best.over:
        return f"over by {dollars(survey.best.over)}"
    ends = dict.fromkeys((dollars(survey.low), dollars(survey.high)))
    return " to ".join(ends)
