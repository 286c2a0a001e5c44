"""Which explainer a text is about, as a trained guess made of three.

1. *words*: a linear classifier over what a text says as `knowledge.notions` reads it (single words and neighbouring pairs)
   and over its *letters*, pieces of three to five, which forgive a misspelt word;
2. *sense*: a linear classifier over the sentence as a vector (`knowledge.sentences`), which knows that a boss is an
   employer, by models that are tuned to the subject with small adapters from different beginnings, since two see more;
3. *memory*: how near that vector is to those of the phrases that are known to be about a class, the nearest above all.

Each gives every class a score, `SHARE` says how much it counts. `knowledge.train` works all of it out from the phrases in
`content` (``make finder``) and keeps it in ``content/finder.npz`` together with a `fingerprint` of those phrases. Features
are hashed, so that the file needs no vocabulary. One more class than explainers and flows stands for everything else,
`knowledge.search.ELSEWHERE`.

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
SHARE: Mapping[str, float] = {"words": 0.3, "sense": 0.4, "memory": 0.2}
"""How much each of the three guesses counts; chosen by measurement, like `SHARPNESS`."""
SHARPNESS = np.float32(50)
"""How much the nearest phrases count above others: a cosine that is 0.1 larger weighs exp(5) as much."""

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
    """The trained classifier. `shares` is pure and may be called from several threads."""

    def __init__(self, stored: Mapping[str, NDArray[np.generic]]) -> None:
        self.classes: Sequence[str] = [str(name) for name in stored["classes"]]
        self.fingerprint = str(stored["fingerprint"])
        self._weights: NDArray[np.int8] = stored["words.weights"].astype(np.int8)
        self._scale, self._bias, self._rarity = (
            stored[f"words.{name}"].astype(np.float32) for name in ("scale", "bias", "rarity")
        )
        self._sentences = _tuned(stored)
        self._heads = [_all_of(stored, f"{SENSE}.{number}") for number in range(len(self._sentences))]
        self._basis: Vector = stored["memory.basis"].astype(np.float32)
        self._phrases: Vector = stored["memory.phrases"].astype(np.float32)
        self._phrases *= stored["memory.scale"].astype(np.float32)
        self._starts: NDArray[np.int64] = stored["memory.starts"].astype(np.int64)
        self._counts = np.diff([*self._starts, len(self._phrases)])

    def shares(self, text: str) -> Mapping[str, float]:
        """How likely ``text`` is about each class; the shares add up to one."""
        return self.weighed(self.guesses(text), SHARE)

    def guesses(self, text: str) -> Mapping[str, Vector]:
        """The score that each kind of `SHARE` gives to each class: a logarithm of how likely it is, but for a constant."""
        text = text[:LONGEST]
        vectors = [sentences.vector(text) for sentences in self._sentences]
        return {
            "words": self._by_words(text),
            "sense": self._by_sense(vectors),
            "memory": self._by_memory(vectors),
        }

    def weighed(self, guesses: Mapping[str, Vector], share: Mapping[str, float]) -> Mapping[str, float]:
        """What `guesses` come to if each counts as ``share`` says."""
        score = sum(np.float32(share[kind]) * guess for kind, guess in guesses.items())
        likely = np.exp(score - np.max(score))
        return dict(zip(self.classes, (likely / likely.sum()).tolist(), strict=True))

    def _by_words(self, text: str) -> Vector:
        score = self._bias.copy()
        for block, features in enumerate((words_in(text), letters_in(text))):
            met = hashed(features)
            if met:
                rows = np.fromiter(met, dtype=np.int64) + block * BUCKETS
                weighed = np.fromiter(met.values(), dtype=np.float32) * self._rarity[rows]
                weighed /= np.float32(np.linalg.norm(weighed)) or np.float32(1)
                score += (weighed @ self._weights[rows].astype(np.float32)) * self._scale
        return score

    def _by_sense(self, vectors: Sequence[Vector]) -> Vector:
        scores = [
            vector @ head["head"] + head["bias"] for vector, head in zip(vectors, self._heads, strict=True)
        ]
        mean: Vector = np.mean(scores, axis=0)
        return mean

    def _by_memory(self, vectors: Sequence[Vector]) -> Vector:
        """The logarithm of the mean of exp(`SHARPNESS` times cosine) over the phrases of each class."""
        near = SHARPNESS * (self._phrases @ (np.concatenate(vectors) @ self._basis))
        nearest = np.maximum.reduceat(near, self._starts)
        rest = np.exp(near - np.repeat(nearest, self._counts))
        score: Vector = nearest + np.log(np.add.reduceat(rest, self._starts) / self._counts)
        return score


def _tuned(stored: Mapping[str, NDArray[np.generic]]) -> tuple[Sentences, ...]:
    """The model of sentences, once for each adapter."""
    numbers = sorted({int(name.split(".")[1]) for name in stored if name.startswith(f"{ADAPTER}.")})
    return load_sentences(*(_all_of(stored, f"{ADAPTER}.{number}") for number in numbers))


def _all_of(stored: Mapping[str, NDArray[np.generic]], what: str) -> Mapping[str, Vector]:
    """What is stored under the name ``what``, by the rest of its name."""
    return {
        name.removeprefix(f"{what}."): matrix.astype(np.float32)
        for name, matrix in stored.items()
        if name.startswith(f"{what}.")
    }


def load_finder() -> Finder:
    """The classifier that comes with the package, read when first needed, once for all threads."""
    with _READING:
        return _kept()


_READING = Lock()


def read_finder() -> Finder:
    """The same, read anew."""
    with (files("knowledge") / "content" / FILE).open("rb") as file, np.load(file) as stored:
        return Finder(dict(stored))


_kept = cache(read_finder)
