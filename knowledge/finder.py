"""Which explainer a text is about, as a trained guess: three ways of reading it, one linear classifier over all.

1. *words*: what a text says as `knowledge.notions` reads it, single words and neighbouring pairs;
2. *letters*: pieces of three to five letters, which forgive a misspelt word;
3. *sense*: the sentence as a vector (`knowledge.sentences`), which knows that a boss is an employer.

The classifier is linear; the model of sentences is tuned to the subject by a small adapter. The weights of both are what `knowledge.train` works out from the phrases in
`content` (``make finder``) and keeps in ``content/finder.npz`` together with a `fingerprint` of those phrases. Features are
hashed, so that the file needs no vocabulary, and weights are kept in one byte each. One more class than explainers and
flows stands for everything else, the class `ELSEWHERE`.

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
from knowledge.sentences import Vector, load_sentences

ELSEWHERE = ""
"""The class of what nothing here answers."""
FLOW = "flow:"
"""How the class of a flow begins: what a person wants is worked out there, not explained."""

BUCKETS = 8_192
"""Hashed features of each kind."""
FILE = "finder.npz"

_ADAPTER = "adapter."
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
    """The trained classifier. `shares` is pure, takes about 6 ms and may be called from several threads."""

    def __init__(self, stored: Mapping[str, NDArray[np.generic]]) -> None:
        self.classes: Sequence[str] = [str(name) for name in stored["classes"]]
        self.fingerprint = str(stored["fingerprint"])
        self._scale: Vector = stored["scale"].astype(np.float32)
        self._bias: Vector = stored["bias"].astype(np.float32)
        self._weights: NDArray[np.int8] = stored["weights"].astype(np.int8)
        self._sense: Vector = stored["sense"].astype(np.float32)
        self._rarity: Vector = stored["rarity"].astype(np.float32)
        self._sentences = load_sentences(
            {
                name.removeprefix(_ADAPTER): matrix.astype(np.float32)
                for name, matrix in stored.items()
                if name.startswith(_ADAPTER)
            }
        )

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
        score += self._sentences.vector(text) @ self._sense
        likely = np.exp(score - score.max())
        return dict(zip(self.classes, (likely / likely.sum()).tolist(), strict=True))


def load_finder() -> Finder:
    """The classifier that comes with the package, read when first needed, once for all threads."""
    with _READING:
        return _read_finder()


_READING = Lock()


@cache
def _read_finder() -> Finder:
    with (files("knowledge") / "content" / FILE).open("rb") as file, np.load(file) as stored:
        return Finder(dict(stored))
