"""The classifier knows what the content says now, and finds what it has never seen."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.finder import hashed, letters_in, load_finder, words_in
from knowledge.library import load_library
from knowledge.notions import plain
from knowledge.search import ELSEWHERE, FLOW, Search
from knowledge.sentences import SIZE, load_sentences
from knowledge.train import fingerprint, phrases

EXPLAINERS = load_library().explainers
KEPT_BACK = {
    name: [
        tuple(line.split("\t"))
        for line in (Path(__file__).parent / f"{name}.tsv").read_text("utf-8").splitlines()
    ]
    for name in ("plain", "unseen")
}
"""What it is about, a dash for nothing here, and the question; none of these is among what was learnt.

``plain`` is written by somebody who knew only what each explainer has to say, ``unseen`` is hard on purpose.
"""


def test_it_has_learnt_what_the_content_says_now() -> None:
    assert load_finder().fingerprint == fingerprint(phrases(EXPLAINERS)), "phrases have changed: make finder"


def test_it_knows_every_explainer_and_no_other() -> None:
    topics = {name for name in load_finder().classes if not name.startswith(FLOW)} - {ELSEWHERE}
    assert topics == set(EXPLAINERS)


def test_nothing_that_is_asked_here_was_learnt() -> None:
    learnt = {" ".join(plain(one.text)) for one in phrases(EXPLAINERS)}
    kept_back = [text for asked in KEPT_BACK.values() for _, text in asked]
    assert [text for text in kept_back if " ".join(plain(text)) in learnt] == []


def test_no_phrase_is_learnt_as_two_things() -> None:
    about: dict[str, set[str]] = {}
    for one in phrases(EXPLAINERS):
        about.setdefault(one.text.casefold(), set()).add(one.what)
    assert {text: what for text, what in about.items() if len(what) > 1} == {}


BARS = {"plain": (0.95, 0.98, 0.95, 0.02), "unseen": (0.70, 0.86, 0.90, 0.05)}
"""The least of questions that are to be found first, among three, and refused where nothing answers; the most refused else."""


@pytest.mark.untraced
@pytest.mark.parametrize("name", BARS)
def test_what_it_has_never_seen_is_found(name: str) -> None:
    """The bars are a little under what was measured; see ``docs/finding.md`` for what that says and what it does not."""
    search, count = Search(EXPLAINERS), Counter[str]()
    for about, text in KEPT_BACK[name]:
        found = [hit.topic for hit in search.find(text).hits]
        if about == "-":
            count.update(["elsewhere", "refused" if not found else "answered"])
        elif not about.startswith(FLOW):
            first, among = found[:1] == [about], about in found
            count.update(["asked", *["first"] * first, *["among"] * among, *["nothing"] * (not found)])
    least_first, least_among, least_refused, most_nothing = BARS[name]
    assert count["first"] >= least_first * count["asked"]
    assert count["among"] >= least_among * count["asked"]
    assert count["refused"] >= least_refused * count["elsewhere"]
    assert count["nothing"] <= most_nothing * count["asked"]


def test_what_was_learnt_is_remembered() -> None:
    """The nearest phrases of a phrase are about what it is about itself."""
    finder = load_finder()
    learnt = [one for n, one in enumerate(phrases(EXPLAINERS)) if n % 90 == 0]
    nearest = [finder.classes[int(np.argmax(finder.guesses(one.text)["memory"]))] for one in learnt]
    right = sum(one.what == about for one, about in zip(learnt, nearest, strict=True))
    assert right >= 0.97 * len(learnt)


def test_each_guess_counts_as_its_share_says() -> None:
    finder = load_finder()
    guesses = finder.guesses("what is the acp test")
    alone = finder.weighed(guesses, {"words": 1, "sense": 0, "memory": 0})
    score = guesses["words"]
    assert list(alone.values()) == pytest.approx((np.exp(score) / np.exp(score).sum()).tolist(), abs=1e-5)
    assert max(alone, key=alone.__getitem__) == "acp-test"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_shared_out_whole_and_always_alike(text: str) -> None:
    finder = load_finder()
    shares = finder.shares(text)
    assert list(shares) == list(finder.classes)
    assert sum(shares.values()) == pytest.approx(1, abs=1e-5)
    assert finder.shares(text) == shares


def test_words_are_those_that_say_something_and_their_neighbours() -> None:
    assert list(words_in("What is the ACP test?")) == ["acp", "test", "acp test"]
    assert list(words_in("")) == []


def test_letters_are_the_pieces_of_words_with_their_ends() -> None:
    assert list(letters_in("acp")) == [" ac", "acp", "cp ", " acp", "acp ", " acp "]
    assert list(letters_in("")) == ["  "] * 3


def test_a_feature_counts_less_each_time_it_comes_again() -> None:
    assert list(hashed(iter("aab")).values()) == [pytest.approx(1 + np.log(2)), 1]


# --- the sense of a sentence -------------------------------------------------------------------------------------------


def test_the_sense_is_that_of_the_published_model() -> None:
    """The first numbers of the vectors that the model gives with its own framework (sentence-transformers)."""
    (sentences,) = load_sentences({})
    for text, first in REFERENCE.items():
        assert sentences.vector(text)[:4] == pytest.approx(first, abs=2e-5)


REFERENCE = {
    "what is the acp test": (-0.085915, 0.051562, -0.022683, 0.067965),
    "Can I roll my after-tax 401(k) money into a Roth IRA, and is the growth taxed?": (
        *(0.023725, 0.015497, -0.166303, -0.026191),
    ),
    "and if i leave?": (0.07079, -0.010347, -0.013636, 0.032118),
}


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=2_000))
def test_any_text_has_a_sense_of_length_one(text: str) -> None:
    vector = load_sentences({})[0].vector(text)
    assert vector.shape == (SIZE,)
    assert float(np.linalg.norm(vector)) == pytest.approx(1, abs=1e-5)


def test_like_sense_is_near_and_other_sense_far() -> None:
    (sentences,) = load_sentences({})
    asked, like, other = map(sentences.vector, ("my boss fired me", "I lost my job", "the tax on growth"))
    assert asked @ like > 0.5 > 0.3 > asked @ other


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("mega backdoor", ["mega", "back", "##door"]),
        ("Café, s'il", ["cafe", ",", "s", "'", "il"]),
        ("a" * 101, ["[UNK]"]),
        ("\u2603 snow", ["[UNK]", "snow"]),
        ("", []),
    ],
)
def test_words_are_cut_like_those_that_the_model_learnt(text: str, pieces: list[str]) -> None:
    (sentences,) = load_sentences({})
    names = {number: piece for piece, number in sentences.vocabulary.items()}
    assert [names[number] for number in sentences.pieces_of(text)] == ["[CLS]", *pieces, "[SEP]"]


def test_an_adapter_that_adds_nothing_changes_nothing() -> None:
    zero = {
        f"0.output.dense.{side}": np.zeros(shape, np.float32)
        for side, shape in zip("ab", ((4 * SIZE, 8), (8, SIZE)), strict=True)
    }
    same, plain_one = load_sentences(zero, {})
    assert same.vector("acp").tolist() == plain_one.vector("acp").tolist()


def test_a_model_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.sentences.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="make setup"):
        load_sentences({})
