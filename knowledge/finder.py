"""Which explainer a text is about, as a trained guess: three ways of reading it, one linear classifier over all.

1. *words*: what a text says as `knowledge.notions` reads it, single words and neighbouring pairs;
2. *letters*: pieces of three to five letters, which forgive a misspelt word;
3. *sense*: the sentence as a vector (`knowledge.sentences`), which knows that a boss is an employer, by models that are
   tuned to the subject with small adapters from different beginnings, since two see more than one.

`knowledge.train` works the weights out from the phrases in `content` (``make finder``) and keeps them in
``content/finder.npz`` together with a `fingerprint` of those phrases. Features are hashed, so that the file needs no
vocabulary. One more class than explainers and flows stands for everything else, `knowledge.search.ELSEWHERE`.

Chosen by measurement; ``docs/finding.md`` has the numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from threading import Lock
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from knowledge.notions import LONGEST, plain, words_of
from knowledge.sentences import Sentences, Vector, load_sentences

BUCKETS = 8_192
"""Hashed features of each kind."""
FILE = "finder.npz"
ADAPTER, SENSE = "adapter", "sense"
"""How the names of what belongs to each tuned model begin in the file; the number of the model follows."""

_SPACES = re.compile(r"\s+")
_LETTERS = range(3, 6)


def words_in(text: str) -> Iterator[str]:
    """The words of ``text`` and their neighbouring pairs."""
    words = words_of(text)
    yield from words
    yield from (f"{a} {b}" for a, b in pairwise(words))


def letters_in(text: str) -> Iterator[str]:
    """The pieces of each word of ``text``, a space standing for its ends."""
    for word in _SPACES.sub(" ", " ".join(plain(text))).split(" "):
        padded = f" {word} "
        for size in _LETTERS:
            yield from (padded[at : at + size] for at in range(max(1, len(padded) - size + 1)))


def hashed(features: Iterator[str]) -> dict[int, float]:
    """How often each bucket is met, dampened: 1 + ln n."""
    counted = Counter(crc32(feature.encode()) % BUCKETS for feature in features)
    return {bucket: 1 + float(np.log(n)) for bucket, n in counted.items()}


class Finder:
    """The trained classifier. `shares` is pure, takes about 12 ms and may be called from several threads."""

    def __init__(self, stored: Mapping[str, NDArray[np.generic]]) -> None:
        self.classes: Sequence[str] = [str(name) for name in stored["classes"]]
        self.fingerprint = str(stored["fingerprint"])
        self._scale: Vector = stored["scale"].astype(np.float32)
        self._bias: Vector = stored["bias"].astype(np.float32)
        self._weights: NDArray[np.int8] = stored["weights"].astype(np.int8)
        self._rarity: Vector = stored["rarity"].astype(np.float32)
        self._senses = tuple(zip(_tuned(stored), _matrices(stored), strict=True))

    def shares(self, text: str) -> Mapping[str, float]:
        """How likely ``text`` is about each class; the shares add up to one."""
        text = text[:LONGEST]
        score = self._bias.copy()
        for block, features in enumerate((words_in(text), letters_in(text))):
            met = hashed(features)
            if met:
                rows = np.fromiter(met, dtype=np.int64) + block * BUCKETS
                weighed = np.fromiter(met.values(), dtype=np.float32) * self._rarity[rows]
                weighed /= np.float32(np.linalg.norm(weighed)) or np.float32(1)
                score += (weighed @ self._weights[rows].astype(np.float32)) * self._scale
        for sentences, matrix in self._senses:
            score += sentences.vector(text) @ matrix
        likely = np.exp(score - score.max())
        return dict(zip(self.classes, (likely / likely.sum()).tolist(), strict=True))


def _tuned(stored: Mapping[str, NDArray[np.generic]]) -> tuple[Sentences, ...]:
    """The model of sentences, once for each adapter."""
    adapters: dict[str, dict[str, Vector]] = {}
    for name, matrix in stored.items():
        kind, _, rest = name.partition(".")
        if kind == ADAPTER:
            seed, _, step = rest.partition(".")
            adapters.setdefault(seed, {})[step] = matrix.astype(np.float32)
    return load_sentences(*(adapters[seed] for seed in sorted(adapters)))


def _matrices(stored: Mapping[str, NDArray[np.generic]]) -> tuple[Vector, ...]:
    """What makes of each of their vectors a score for each class."""
    return tuple(stored[name].astype(np.float32) for name in sorted(stored) if name.startswith(f"{SENSE}."))


def load_finder() -> Finder:
    """The classifier that comes with the package, read when first needed, once for all threads."""
    with _READING:
        return _read_finder()


_READING = Lock()


@cache
def _read_finder() -> Finder:
    with (files("knowledge") / "content" / FILE).open("rb") as file, np.load(file) as stored:
        return Finder(dict(stored))
