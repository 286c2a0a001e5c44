"""Where a conversation stands: worked out from the session at every turn, never stored.

A moment is a session in the world of a day. Its *place* is one of a few:

=============  ==================================================================================
`Menu`         no flow runs
`Deciding`     a plain yes or no is waited for: delete everything, start over
`Confirming`   a doubtful reading waits for "Is that right?"
`Opened`       a page is open over the conversation: what if, the settings and others of `PAGES`
`Asking`       a fact is asked, because the outline needs it or because the person changes it
`Conflicting`  answers contradict each other: one of them has to be changed
`Reviewing`    the page with the answers: before the first result, and whenever the person opens it
`Supposing`    what would be if an answer were another one, beside what is
`Showing`      the result
=============  ==================================================================================

What was opened over the conversation, a decision, the answers or a page, hides the place below it and leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from dialogs.flows import Access, Flow, Verdict
from dialogs.flows.acp import Acp
from dialogs.flows.convert import Converting
from dialogs.flows.employee import CHECK, ROOM
from dialogs.flows.own import OwnBusiness
from dialogs.session import Pending, Session
from dialogs.survey import Survey, sheet_of
from dialogs.world import World
from knowledge.core.employee import Employee
from knowledge.core.facts import AgeBand, CapKind, HighlyPaid, OverWages, PlanKind, WayToRoth
from knowledge.core.match import ZERO, EmployerMoney
from knowledge.core.paychecks import Paychecks
from knowledge.core.self_employed import Entity
from knowledge.core.sheet import NOT_SURE, Fact, Inconsistent, Unanswered, Unsure

T = TypeVar("T")

DECISIONS = ("delete", "restart")
ANSWERS = "answers"
PAGES = ("what_if", "assumed", "save", "steps", "settings")
"""What `Session.asked` can be: a decision that waits, the answers that the person looks at, or another page."""
OF_A_RESULT = ("what_if", "assumed", "save")
"""The pages that there are only beside a result."""


@dataclass(frozen=True, slots=True)
class Menu:
    """No flow runs."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """Yes or no to ``what``."""

    what: str


@dataclass(frozen=True, slots=True)
class Confirming:
    """A reading of an answer waits to be confirmed."""

    pending: Pending


@dataclass(frozen=True, slots=True)
class Asking:
    """``fact`` is asked; ``changing`` when it has an answer already."""

    fact: str
    changing: bool = False


@dataclass(frozen=True, slots=True)
class Conflicting:
    """The answers to ``facts`` cannot all be so; ``message`` says why."""

    message: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reviewing:
    """The answers, each one tap or its number away from being changed."""


@dataclass(frozen=True, slots=True)
class Showing:
    """The result."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The ``page`` that is open."""

    page: str


@dataclass(frozen=True, slots=True)
class Supposing:
    """The result beside the one that ``supposed`` would give."""

    supposed: Mapping[str, object]


Place = Menu | Deciding | Confirming | Asking | Conflicting | Reviewing | Showing | Supposing | Opened


def known(read: Callable[[], T]) -> T | None:
    """What ``read`` gives, None while the answers that it rests on are not there or contradict each other."""
    try:
        return read()
    except (Unanswered, Unsure, Inconsistent):
        return None


@dataclass(frozen=True)
class Moment:
    """A session in the world of a day, with what follows from the two, each worked out at most once."""

    session: Session
    world: World

    @property
    def flow(self) -> Flow | None:
        """The flow that the person chose, if any."""
        return self.world.flows.get(self.session.flow)

    @cached_property
    def survey(self) -> Survey:
        """What the flow makes of the answers. Only where there is a flow."""
        return self.world.survey(self.session.flow, self.session.answers)

    @cached_property
    def case(self) -> Employee:
        """The answers as those of an employee, for hints: reading what is not there raises."""
        assumed = self.flow.assumed if self.flow else {}
        return Employee(self.session.answers, self.world.limits, self.world.last_year, assumed=assumed)

    def if_so(self, supposed: Mapping[str, object]) -> Moment:
        """The moment in which the answers would be ``supposed``, where they are others now."""
        answers = {**self.session.answers, **supposed}
        return Moment(replace(self.session, answers=answers, supposed={}), self.world)

    @cached_property
    def place(self) -> Place:
        """Where the conversation stands."""
        session = self.session
        if session.asked in DECISIONS:
            return Deciding(session.asked)
        if session.asked == ANSWERS and self.path:
            return Reviewing()
        if session.asked in PAGES and (self.complete or session.asked not in OF_A_RESULT):
            return Opened(session.asked)
        if session.idle or self.flow is None:
            return Menu()
        if session.pending:
            return Confirming(session.pending)
        if session.changing:
            return Asking(session.changing, changing=session.changing in session.answers)
        if self.survey.needed is not None:
            return Asking(self.survey.needed.fact.name)
        if not self.survey.complete and self.survey.conflict is not None:
            return Conflicting(str(self.survey.conflict), self.survey.conflict.facts)
        if session.supposed:
            return Supposing(session.supposed)
        numbers = any(world.verdict.access is not Access.NOT for world in self.survey.worlds)
        if self.flow.reviewed and numbers and not session.reviewed:
            return Reviewing()
        return Showing()

    def at(self, session: Session) -> Moment:
        """The moment of another ``session``; while its answers are these, what they mean is not worked out again."""
        after = Moment(session, self.world)
        if session.answers is self.session.answers and session.flow == self.session.flow:
            vars(after).update({name: vars(self)[name] for name in ("survey", "case") if name in vars(self)})
        return after

    @property
    def uncovered(self) -> Moment:
        """The moment without the menu, the decision or the answers that are open over the conversation."""
        if not (self.session.idle or self.session.asked):
            return self
        return self.at(replace(self.session, idle=False, asked=""))

    @property
    def complete(self) -> bool:
        """Whether there is a result."""
        return self.flow is not None and self.survey.complete

    @property
    def asked(self) -> str:
        """The fact that a typed text answers here, empty where there is none."""
        match self.place:
            case Asking(fact) | Confirming(Pending(fact)):
                return fact
            case _:
                return ""

    @property
    def at_hand(self) -> tuple[str, ...]:
        """The explainers that the person is at: of the question on the screen, and the one just read."""
        if self.session.read:
            return (self.session.read,)
        return self.world.library.questions[self.asked].front.see if self.asked else ()

    @property
    def path(self) -> tuple[str, ...]:
        """The answered facts that the outline reads, in the order of asking; none without a flow."""
        if self.flow is None:
            return ()
        return tuple(name for name in self.survey.path if name in self.session.answers)

    @property
    def days_to_come(self) -> tuple[date, ...]:
        """The pay days from the next one on, as far as the answers tell. Only where there is a flow."""
        flow = self.world.flows[self.session.flow]
        sheet = sheet_of(flow, self.session.answers, self.world.limits, self.world.last_year)
        return known(lambda: sheet.days_to_come if isinstance(sheet, Paychecks) else ()) or ()

    def answer_to(self, fact: Fact[T]) -> T | None:
        """The answer to ``fact``; None where there is none or it is "not sure"."""
        return known(lambda: fact.__get__(self.case, Employee))

    def about_reader(self) -> Mapping[str, object]:
        """What explainers may use of the person's own numbers; what is not known is left out."""
        case = self.case
        money, hce = self.answer_to(Employee.employer_money), self.answer_to(Employee.highly_paid)
        deferral = self.answer_to(Employee.deferral)
        so_far = self.answer_to(Employee.after_tax_so_far)
        way, band = self.answer_to(Employee.way_to_roth), self.answer_to(Employee.age_band)
        capped = self.answer_to(Employee.cap_kind) not in (None, CapKind.NONE)
        about_room = self.session.flow in (CHECK.name, ROOM.name) and self.complete
        found: dict[str, object | None] = {
            "room": self.survey.high
            if about_room and self.survey.certain and self.survey.verdict.access is not Access.NOT
            else None,
            "pay": known(lambda: None if case.related else case.pay_this_year),
            "deferral": deferral,
            "employer_money": money.fixed
            if isinstance(money, EmployerMoney) and not money.is_formula
            else None,
            "after_tax_so_far": so_far,
            "age_band": self.world.library.questions["age_band"].front.options[band].label if band else None,
            "hce": None if hce in (None, HighlyPaid.NOT_SURE) else hce is not HighlyPaid.NEITHER,
            "plan_cap": known(lambda: case.plan_cap) if capped else None,
            "way_to_roth": way.value if isinstance(way, WayToRoth) else None,
            **self._about_limits(),
            **self._about_plans(),
            **self._about_result(),
        }
        return {name: value for name, value in found.items() if value is not None}

    def _told(self, fact: str) -> object | None:
        """The answer to ``fact`` of whatever flow; None where there is none or it is "not sure"."""
        answer = self.session.answers.get(fact)
        return None if answer is NOT_SURE else answer

    def _about_limits(self) -> Mapping[str, object | None]:
        """What the answers say of deferrals, catch-up and the jobs that share a limit, nothing taken for granted."""
        told = Employee(self.session.answers, self.world.limits, self.world.last_year)
        wages = known(lambda: None if told.age_band is AgeBand.UNDER_50 else told.roth_catch_up)
        return {
            "catch_up": known(lambda: told.catch_up_allowed),
            "roth_catch_up": {OverWages.YES: True, OverWages.NO: False}.get(wages) if wages else None,
            "deferred_elsewhere": known(lambda: told.deferred_elsewhere if told.other_plan else None),
            "deferral_limit_left": known(lambda: told.deferral_limit_left),
            "related": known(lambda: told.employers_related if told.other_plan else None),
            "deferral_left": known(lambda: told.deferral_left),
            "employer_total": known(lambda: told.employer_total),
        }

    def _about_plans(self) -> Mapping[str, object | None]:
        """What the answers say of the plan at work, of a business and of a spouse."""
        plan, entity = self._told("plan"), self._told("entity")
        can_take = plan in (None, PlanKind.K401, PlanKind.B403)
        basis, balance = self._told("after_tax_basis"), self._told("after_tax_balance")
        return {
            "takes_after_tax": self._told("takes_after_tax") if can_take else None,
            "match_basis": self._told("match_basis"),
            "acp_exemption": self._told("acp_exemption"),
            "checks_left": self._told("checks_left"),
            "growth": balance - basis
            if isinstance(basis, Decimal) and isinstance(balance, Decimal) and balance > basis
            else None,
            "entity": entity,
            "owner_wages": self._told("owner_wages") if entity == Entity.S_CORPORATION else None,
            "profit": self._told("profit") if entity == Entity.SOLE_PROPRIETOR else None,
            "has_staff": self._told("has_staff") if entity else None,
            "spouse_role": self._told("spouse_role"),
            "spouse_wages": self._told("spouse_wages"),
        }

    def _about_result(self) -> Mapping[str, object | None]:
        """What the flow comes to, where it has one certain result."""
        if not self.complete or not self.survey.certain:
            return {}
        survey = self.survey
        match survey.best.case, survey.verdict:
            case Acp() as case, Verdict.ACP_OVER:
                return {"acp_over": case.acp_over}
            case Converting() as case, Verdict.CONVERSION_PACE:
                return {"tax_if_monthly": case.tax_if_monthly, "tax_if_yearly": case.tax_if_yearly}
            case OwnBusiness(), Verdict.OWN_PLAN_ROOM:
                return {"own_room": survey.high}
            case Employee() as case, _ if self.session.flow in (CHECK.name, ROOM.name):
                per_check = known(lambda: case.most_per_check if self.session.flow == CHECK.name else ZERO)
                return {
                    "annual_limit": known(lambda: case.annual_limit),
                    "additions": known(lambda: case.additions),
                    "over_limit": survey.over_low or None,
                    "excess_deferral": known(lambda: case.excess_deferral) or None,
                    "per_check": per_check or None,
                }
            case _:
                return {}
