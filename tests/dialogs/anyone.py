"""Anyone: somebody who goes through a flow and answers each question with something that it can be answered with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from hypothesis import strategies as st

from dialogs.flows import FACTS, Verdict
from dialogs.moment import Moment
from dialogs.session import Session
from dialogs.survey import Survey
from dialogs.walk import samples
from knowledge.core.sheet import NOT_SURE
from tests.dialogs.talk import WORLD

SAMPLES: Mapping[str, tuple[object, ...]] = {fact: samples(fact, WORLD) for fact in WORLD.library.questions}
"""What the walk answers to each question."""


_ROOM = {Verdict.NO_ROOM_LEFT, Verdict.OVER_LIMIT}
_OWN = {Verdict.NO_OWN_PAY, Verdict.SHARED_LIMIT}
ENDS: Mapping[str, set[Verdict]] = {
    "check": {
        *_ROOM,
        *(Verdict.NO_PLAN, Verdict.OTHER_KIND, Verdict.NO_AFTER_TAX, Verdict.PARTIAL_ACCESS),
        *(Verdict.FULL_ACCESS, Verdict.LIMITED_BY_PLAN_CAP, Verdict.LIMITED_BY_PAY, Verdict.UNCERTAIN),
    },
    "room": {*_ROOM, Verdict.JUST_ROOM, Verdict.UNCERTAIN},
    "paychecks": {Verdict.EVEN_PACE, Verdict.NO_PAYCHECK_LEFT, Verdict.UNCERTAIN},
    "own": {*_OWN, Verdict.OWN_PLAN_ROOM, Verdict.UNCERTAIN},
    "couple": {
        *_OWN,
        *(Verdict.HOUSEHOLD, Verdict.TWO_JOBS, Verdict.SPOUSE_WITHOUT_PAY, Verdict.EACH_PARTNER_ALONE),
        Verdict.UNCERTAIN,
    },
    "acp": {
        *(Verdict.NOT_TESTED, Verdict.NOT_HIGHLY_PAID),
        *(Verdict.ACP_WITHIN, Verdict.ACP_OVER, Verdict.ACP_UNKNOWN),
    },
    "convert": {Verdict.CONVERSION_PACE, Verdict.NO_WAY_TO_CONVERT},
    "repair": {
        *(Verdict.CONVERSION_IS_FINAL, Verdict.TOO_MUCH_IN, Verdict.TOO_MUCH_DEFERRED, Verdict.LEFT_JOB),
        *(Verdict.TEST_REFUND, Verdict.REFUND_LEFT_ALREADY),
    },
    "forms": {Verdict.FORMS},
    "worth": {Verdict.WORTH_BAND},
}
"""How each flow can end for somebody who comes to it first."""


@dataclass(frozen=True)
class Gone:
    """What somebody was ``asked`` in a flow, all their ``answers``, and what the flow makes of them."""

    flow: str
    asked: tuple[str, ...]
    answers: Mapping[str, object]
    survey: Survey

    @property
    def verdict(self) -> Verdict | None:
        """How the flow ends; None in a contradiction."""
        return self.survey.verdict if self.survey.complete else None

    @property
    def moment(self) -> Moment:
        """Where the conversation stands at the end."""
        session = Session(self.flow, self.answers, reviewed=True, idle=False, year=WORLD.year)
        moment = Moment(session, WORLD)
        vars(moment)["survey"] = self.survey  # worked out already
        return moment


def goes_through(
    flow: str, answer: Callable[[str], object], known: Mapping[str, object] | None = None
) -> Gone:
    """Go to the end of ``flow``, with what is ``known`` from other flows. Nothing is asked twice on the way."""
    answers, asked = dict(known or {}), []
    while needed := (found := WORLD.survey(flow, answers)).needed:
        fact = needed.fact.name
        assert fact not in asked, f"{flow}: {fact} is asked twice after {answers}"
        assert answers.get(fact, NOT_SURE) is NOT_SURE, f"{flow}: {fact} is asked and was told: {answers}"
        assert fact in FACTS
        assert fact in SAMPLES, f"{flow}: {fact} has no words"
        asked.append(fact)
        answers[fact] = answer(fact)
    return Gone(flow, tuple(asked), answers, found)


def answers(chance: Random, *, typed: bool = False) -> Callable[[str], object]:
    """Somebody who answers every question by chance; if ``typed``, some amounts in dollars are any."""

    def answer(fact: str) -> object:
        dollars = FACTS[fact].kind is Decimal and WORLD.library.questions[fact].front.unit == "dollars"
        if typed and dollars and chance.random() < 0.5:
            return Decimal(chance.randrange(600_001))
        return chance.choice(SAMPLES[fact])

    return answer


ANYONE: st.SearchStrategy[Callable[[str], object]] = st.randoms(use_true_random=False).map(
    lambda chance: answers(chance, typed=True)
)
"""Somebody who can answer every question."""
