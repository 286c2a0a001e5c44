"""What is worked out of phrases without PyTorch: pairs of them, and what is remembered of their vectors."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from knowledge.library import load_library
from knowledge.search import ELSEWHERE
from knowledge.sentences import SIZE
from knowledge.train import _LONGEST_PAIR, DIRECTIONS, memory, pairs, phrases

TEXTS = ["what is acp", "acp?", "my room", "how much is left", "a cake", "x" * _LONGEST_PAIR]
KNOWN = np.array([0, 0, 1, 1, 2, 1])
INSIDE = np.array([0, 1, 2, 3, 5])


def test_a_pair_is_two_phrases_about_two_things() -> None:
    made = list(islice(pairs(TEXTS, KNOWN, INSIDE, np.random.default_rng(0)), 200))
    for text, one, other in made:
        assert {one, other} == {0, 1}
        about = [
            (what, phrase)
            for phrase, what in zip(TEXTS, KNOWN, strict=True)
            if text.startswith(phrase) and what == one
        ]
        assert about
        assert any(text.endswith(phrase) for phrase, what in zip(TEXTS, KNOWN, strict=True) if what == other)
        assert len(text) <= _LONGEST_PAIR + 5
    assert len({text for text, _, _ in made}) > 8


def test_the_same_chance_makes_the_same_pairs() -> None:
    first, again = (list(islice(pairs(TEXTS, KNOWN, INSIDE, np.random.default_rng(7)), 20)) for _ in range(2))
    assert first == again


def test_what_is_remembered_of_phrases_tells_how_near_they_are() -> None:
    """The product of what is kept is the mean of the cosines in each model, to the last place of eight bits."""
    chance = np.random.default_rng(0)
    models = [chance.normal(size=(400, SIZE)) @ np.diag(0.97 ** np.arange(SIZE)) for _ in range(2)]
    units = [model / np.linalg.norm(model, axis=1, keepdims=True) for model in models]
    known = chance.integers(0, 5, size=400)
    kept = memory(np.hstack(units).astype(np.float32), known)
    assert kept["basis"].shape == (2 * SIZE, DIRECTIONS)
    order = np.argsort(known, kind="stable")
    asked = np.hstack(units)[:20]
    near = (asked @ kept["basis"].astype(np.float64)) @ (kept["phrases"] * kept["scale"].astype(np.float64)).T
    cosines = sum(unit[:20] @ unit[order].T for unit in units) / 2
    assert near == pytest.approx(cosines, abs=0.02)
    assert [int(start) for start in kept["starts"]] == [int((known < c).sum()) for c in range(5)]


def test_nothing_that_belongs_elsewhere_is_learnt_in_two_places() -> None:
    learnt = phrases(load_library().explainers)
    assert {one.text for one in learnt if one.what == ELSEWHERE}.isdisjoint(
        one.text for one in learnt if one.what != ELSEWHERE
    )
