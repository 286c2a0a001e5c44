"""What a flow is: an outline over a sheet, and how it can end.

An outline reads top to bottom like its conversation and returns a verdict. Reading a fact is asking it. What is
relevant is decided by the reading alone, there and in the core's cells, and stated nowhere else: knock-outs come first,
and a number is asked only when it can still change the result. All flows share the answers: a fact that one of them
asked is not asked again by another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum, auto
from typing import Any

from knowledge.core.case import Case
from knowledge.core.match import ZERO
from knowledge.core.sheet import Supposition


class Access(StrEnum):
    """What the plan allows: the whole road to Roth, only its first half, or nothing."""

    FULL = auto()
    PARTIAL = auto()
    NOT = auto()


class Verdict(StrEnum):
    """How a flow can end; its words are ``knowledge/content/outcomes/<verdict>.md``."""

    # --- check, room ---
    NO_PLAN = auto()
    OTHER_KIND = auto()
    NO_AFTER_TAX = auto()
    PARTIAL_ACCESS = auto()
    FULL_ACCESS = auto()
    LIMITED_BY_PLAN_CAP = auto()
    LIMITED_BY_PAY = auto()
    NO_ROOM_LEFT = auto()
    OVER_LIMIT = auto()
    JUST_ROOM = auto()
    # --- paychecks ---
    EVEN_PACE = auto()
    NO_PAYCHECK_LEFT = auto()
    # --- own, couple ---
    OWN_PLAN_ROOM = auto()
    NO_OWN_PAY = auto()
    SHARED_LIMIT = auto()
    HOUSEHOLD = auto()
    TWO_JOBS = auto()
    SPOUSE_WITHOUT_PAY = auto()
    EACH_PARTNER_ALONE = auto()
    # --- acp ---
    NOT_TESTED = auto()
    NOT_HIGHLY_PAID = auto()
    ACP_WITHIN = auto()
    ACP_OVER = auto()
    ACP_UNKNOWN = auto()
    # --- convert, repair ---
    CONVERSION_PACE = auto()
    NO_WAY_TO_CONVERT = auto()
    CONVERSION_IS_FINAL = auto()
    TOO_MUCH_IN = auto()
    TOO_MUCH_DEFERRED = auto()
    LEFT_JOB = auto()
    TEST_REFUND = auto()
    REFUND_LEFT_ALREADY = auto()
    FORMS = auto()
    # --- worth ---
    WORTH_BAND = auto()

    UNCERTAIN = auto()
    """Not returned by an outline: what several of the others make when an answer is "not sure"."""

    @property
    def access(self) -> Access:
        """What the verdict says about the plan."""
        match self:
            case Verdict.NO_PLAN | Verdict.OTHER_KIND | Verdict.NO_AFTER_TAX:
                return Access.NOT
            case Verdict.NO_OWN_PAY | Verdict.SHARED_LIMIT:
                return Access.NOT
            case Verdict.SPOUSE_WITHOUT_PAY | Verdict.EACH_PARTNER_ALONE:
                return Access.NOT
            case Verdict.PARTIAL_ACCESS | Verdict.NO_WAY_TO_CONVERT:
                return Access.PARTIAL
            case _:
                return Access.FULL


def in_order(*_: object) -> None:
    """Ask the arguments in their order, because the result speaks of them."""


def nothing(_: Any) -> Decimal:
    """No dollars."""
    return ZERO


@dataclass(frozen=True, slots=True)
class Flow:
    """An ``outline`` over a ``sheet``, by its ``name``.

    ``assumed`` is taken for granted until told, and the result lists it; of the facts with a default those in ``asks``
    are asked all the same. ``dollars`` are what the result is about, and what an unsure answer puts at stake; ``over``
    what is over a limit. ``shows`` names the cells whose worksheet explains the result, ``columns`` the cells and facts
    to compare two results by, ``then`` the flows that go on from there. A flow is ``reviewed`` if the answers are shown
    once before its first result, and of an ``event`` if a person can have several: what was told of one is cleared before
    the next.
    """

    name: str
    sheet: type[Case]
    outline: Callable[[Any], Verdict]
    shows: Callable[[Any], tuple[str, ...]]
    assumed: Supposition = field(default_factory=dict)
    asks: frozenset[str] = frozenset()
    dollars: Callable[[Any], Decimal] = nothing
    over: Callable[[Any], Decimal] = nothing
    columns: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    reviewed: bool = False
    event: bool = False
