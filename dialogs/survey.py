"""Running an outline over everything that the open answers could still mean.

One evaluation of an outline ends in one of three ways: with a verdict, at a fact that nobody answered, or at a fact
answered "not sure". In the last case the outline is run once for each thing that the fact could be; each complete
run is a `World`. Without an unsure answer there is one world, and the survey is just the evaluation.

Facts can contradict each other. A world in which they do cannot be; where they do in all, the answers themselves have to
be looked at again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from dialogs.flows import Access, Flow, Verdict
from knowledge.core.case import Case
from knowledge.core.limits import Limits
from knowledge.core.match import ZERO
from knowledge.core.sheet import NOT_SURE, Inconsistent, Origin, Supposition, Unanswered, Unsure

Answers = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class World:
    """One way in which the unsure facts could turn out: what was supposed, the case, and how the flow ends."""

    supposed: Supposition
    case: Any
    """The sheet of the flow."""
    verdict: Verdict
    dollars: Decimal
    """What the flow is about, the room for instance; 0 where the plan takes none."""
    over: Decimal
    """Dollars over the total limit; 0 where the plan takes no after-tax money and nothing was reckoned."""

    @property
    def at_stake(self) -> Decimal:
        """The dollars that can reach Roth this year: what an unsure answer puts at stake."""
        return self.dollars if self.verdict.access is Access.FULL else ZERO


@dataclass(slots=True)
class Survey:
    """What an outline makes of the answers.

    ``path`` lists the facts in the order of their first reading; ``needed`` is the one to ask next, or None when
    every world is complete. ``unsure`` lists the facts that split the worlds. ``conflict`` is a contradiction; it
    counts only where no world is left.
    """

    path: dict[str, None] = field(default_factory=dict)
    needed: Unanswered | None = None
    worlds: list[World] = field(default_factory=list)
    unsure: dict[str, None] = field(default_factory=dict)
    conflict: Inconsistent | None = None

    @property
    def complete(self) -> bool:
        """Whether there is a result."""
        return bool(self.worlds)

    @property
    def certain(self) -> bool:
        """Whether every world ends the same way, with the same dollars or the same amount over the limit."""
        return len({(world.verdict, world.dollars, world.over) for world in self.worlds}) == 1

    @property
    def verdict(self) -> Verdict:
        """The verdict; `Verdict.UNCERTAIN` where the worlds differ. Only of a complete survey."""
        return self.worlds[0].verdict if self.certain else Verdict.UNCERTAIN

    @property
    def best(self) -> World:
        """The world with the most dollars."""
        return max(self.worlds, key=lambda world: (world.at_stake, world.dollars))

    @property
    def low(self) -> Decimal:
        """The least dollars of any world."""
        return min(world.dollars for world in self.worlds)

    @property
    def high(self) -> Decimal:
        """The most dollars of any world."""
        return max(world.dollars for world in self.worlds)

    @property
    def over_low(self) -> Decimal:
        """The least that is over the limit in any world where the plan takes after-tax money."""
        return min((w.over for w in self.worlds if w.verdict.access is not Access.NOT), default=ZERO)

    @property
    def over_high(self) -> Decimal:
        """The most that is over the limit in any world."""
        return max(world.over for world in self.worlds)

    def stakes(self) -> dict[str, Decimal]:
        """The dollars that each unsure fact puts at stake, most first; ties in the order of the questions."""
        at_stake = {fact: self._stake(fact) for fact in self.unsure}
        return dict(sorted(at_stake.items(), key=lambda item: -item[1]))

    def _stake(self, fact: str) -> Decimal:
        groups: dict[object, list[Decimal]] = {}
        for world in self.worlds:
            if fact in world.supposed:
                groups.setdefault(world.supposed[fact], []).append(world.at_stake)
        if not groups:
            return ZERO
        spreads = [[choose(rooms) for rooms in groups.values()] for choose in (max, min)]
        return max(max(ends) - min(ends) for ends in spreads)


def survey(flow: Flow, answers: Answers, limits: Limits, last_year: Limits) -> Survey:
    """Run ``flow`` over ``answers`` (values or `NOT_SURE`, by fact name)."""
    found = Survey()

    def run(supposed: Supposition) -> None:
        case = sheet_of(flow, answers, limits, last_year, supposed)
        branches: Sequence[Supposition] = ()
        try:
            verdict = flow.outline(case)
            found.worlds.append(_world(flow, case, verdict, supposed))
        except Unanswered as needed:
            found.needed = needed
        except Inconsistent as conflict:
            found.conflict = conflict
        except Unsure as unsure:
            branches = _branches(unsure, case, found)
        told = (line.cell for line in case.facts_read() if line.origin is not Origin.SUPPOSED)
        found.path.update(dict.fromkeys(told))
        found.path.update(found.unsure)
        for branch in branches:
            if found.needed is None:
                run({**supposed, **branch})

    run({})
    if found.needed is not None:
        found.worlds.clear()
    return found


def sheet_of(
    flow: Flow, answers: Answers, limits: Limits, last_year: Limits, supposed: Supposition | None = None
) -> Case:
    """The sheet of ``flow`` with these answers."""
    return flow.sheet(answers, limits, last_year, supposed=supposed, assumed=flow.assumed, asking=flow.asks)


def _branches(unsure: Unsure, case: Case, found: Survey) -> Sequence[Supposition]:
    """What the fact could be; when that rests on another unsure fact, what that one could be comes first."""
    possible = unsure.fact.possible
    try:
        if possible is None:  # "not sure" is no answer to this question: ask it again
            raise Unanswered(unsure.fact, ())
        branches = possible(case)
    except Unanswered as needed:
        found.needed = needed
        return ()
    except Unsure as deeper:
        return _branches(deeper, case, found)
    found.unsure[unsure.fact.name] = None
    return branches


def _world(flow: Flow, case: Case, verdict: Verdict, supposed: Supposition) -> World:
    if verdict.access is Access.NOT:
        return World(supposed, case, verdict, ZERO, ZERO)
    return World(supposed, case, verdict, flow.dollars(case), flow.over(case))


def unsure_answers(answers: Answers) -> tuple[str, ...]:
    """The facts answered "not sure", in the order of the answers, those included where that is a full answer."""
    return tuple(
        name
        for name, value in answers.items()
        if value is NOT_SURE or getattr(value, "value", None) == "not_sure"
    )
