"""People who answer at random, and go from one flow to another with what they told.

The walk of `dialogs.walk` meets every sequence of questions, but not every answer with every other. Here it is chance
that puts them together, always the same one. ``RANDOM_WALKS=50000`` in the environment makes it that many.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import cycle, islice
from random import Random

import pytest

from dialogs import screens
from dialogs.flows import FLOWS, Verdict
from dialogs.moment import Conflicting
from knowledge.core.sheet import Origin
from tests.dialogs.anyone import ENDS, Gone, answers, goes_through
from tests.dialogs.talk import check_card

pytestmark = pytest.mark.untraced

WALKS = int(os.environ.get("RANDOM_WALKS", "600"))
_ROUND = (*(flow for flow in FLOWS if flow != "paychecks"),) * 2 + ("paychecks",)
"""A year by paycheck takes ten times as long as anything else."""


def random_walks(number: int) -> Iterator[Gone]:
    """Go through the flows in turn; half of the time by somebody who went through the one before, too."""
    chance = Random(72_000)
    answer = answers(chance)
    known: Mapping[str, object] = {}
    for flow in islice(cycle(_ROUND), number):
        gone = goes_through(flow, answer, known)
        yield gone
        known = gone.answers if chance.random() < 0.5 else {}


def test_whatever_is_answered_a_flow_ends_in_a_result_or_names_the_contradiction() -> None:
    ends = set()
    for gone in random_walks(WALKS):
        check_end(gone)
        ends.add((gone.flow, gone.verdict))
    assert {flow for flow, _ in ends} == set(FLOWS)
    assert len({verdict for _, verdict in ends}) > 30  # some are rare


def check_end(gone: Gone) -> None:
    moment, survey = gone.moment, gone.survey
    said = f"{gone.flow}: {gone.answers}"
    if gone.verdict is None:
        assert isinstance(moment.place, Conflicting), said
        offered = [
            b.data for row in screens.card(moment).buttons for b in row if b.data.startswith("change:")
        ]
        assert offered, said
        check_card(screens.card(moment))
        return
    assert gone.verdict in {*ENDS[gone.flow], Verdict.UNCERTAIN}, said
    assert set(gone.asked) <= set(survey.path), said
    for world in survey.worlds:
        told = {line.cell for line in world.case.facts_read() if line.origin is Origin.TOLD}
        assert told <= set(survey.path), said
        assert told <= gone.answers.keys(), said
    check_card(screens.showing(moment))
