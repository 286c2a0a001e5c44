"""Works out the classifier of `knowledge.finder` from the phrases in ``content``: ``make finder``.

Needed when phrases, titles or terms change; a test compares the `fingerprint` of both. It takes some thirty minutes of
two cores and PyTorch and scikit-learn, which nothing else needs. Its three guesses:

- *words*: a multinomial logistic regression over hashed features;
- *sense*: low-rank adapters (Hu et al., "LoRA", 2021) to the sentence model and a vector for each class, by gradient
  descent. One of the two models learns pairs of phrases too, said in one breath and about both (after Zhang et al.,
  "mixup", 2018), as people do ask;
- *memory*: the adapted vectors of all phrases, those of both models side by side, in the `DIRECTIONS` in which they
  differ most.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from knowledge.finder import ADAPTER, BUCKETS, FILE, SENSE, hashed, letters_in, words_in
from knowledge.library import Explainer, load_library
from knowledge.search import ELSEWHERE, FLOW
from knowledge.sentences import HEADS, LAYERS, SHAPES, SIZE, Vector, load_sentences, model_folder

CONTENT = Path(str(files("knowledge") / "content"))
DIRECTIONS = 256
"""How many numbers are kept of a phrase."""

_RANK, _EPOCHS, _BATCH, _PACE, _HEAD_PACE = 8, 4, 32, 2e-3, 5e-3
_DROPPED = 0.1
_MODELS = ((1, 0.0), (2, 0.3))
"""For each model the seed of its chance and how many pairs it learns for each phrase: two that are taught differently see
more than two that are taught alike."""
_LONGEST_PAIR = 220
"""Characters of both phrases together."""
_PIECES = 64
"""Word pieces that are learnt of a phrase."""
_AT_ONCE = 64
"""Phrases whose vectors are worked out together."""
_BETWEEN = (". ", " ", ", ", "? ", " and ", " - ")


@dataclass(frozen=True, slots=True)
class Phrase:
    """``text`` is about ``what``, a class of the finder."""

    what: str
    text: str


def phrases(explainers: Mapping[str, Explainer]) -> Sequence[Phrase]:
    """What the finder learns from: the names and ``asks`` of explainers, and the wordings under ``content``."""
    return [*_of_explainers(explainers), *_wordings(CONTENT / "asked"), *_elsewhere(CONTENT / "elsewhere")]


def _of_explainers(explainers: Mapping[str, Explainer]) -> Iterator[Phrase]:
    for topic, explainer in explainers.items():
        front = explainer.front
        yield from (Phrase(topic, text) for text in (*front.asks, front.title, *front.terms))


def _wordings(folder: Path) -> Iterator[Phrase]:
    for file in sorted(folder.glob("*.txt")):
        what = file.stem.replace("flow_", FLOW)
        yield from (Phrase(what, text) for text in file.read_text("utf-8").splitlines())


def _elsewhere(folder: Path) -> Iterator[Phrase]:
    for file in sorted(folder.glob("*.txt")):
        yield from (Phrase(ELSEWHERE, text) for text in file.read_text("utf-8").splitlines())


def fingerprint(learnt: Sequence[Phrase]) -> str:
    """The same for the same phrases: hex digits."""
    lines = "\n".join(f"{one.what}\t{one.text}" for one in learnt)
    return sha256(lines.encode()).hexdigest()


def train(learnt: Sequence[Phrase]) -> Mapping[str, NDArray[Any]]:
    """The stored form of a finder that knows ``learnt``. Deterministic on one machine."""
    classes = sorted({one.what for one in learnt})
    known = np.array([classes.index(one.what) for one in learnt])
    texts = [one.text for one in learnt]
    stored: dict[str, NDArray[Any]] = {
        "classes": np.array(classes),
        "fingerprint": np.array(fingerprint(learnt)),
    }
    stored |= {f"words.{name}": matrix for name, matrix in _by_words(texts, known).items()}
    vectors = []
    for at, (seed, paired) in enumerate(_MODELS):
        model = _by_sense(texts, known, classes, seed, paired)
        stored |= {f"{SENSE}.{at}.head": model.head, f"{SENSE}.{at}.bias": model.bias}
        stored |= {f"{ADAPTER}.{at}.{name}": matrix for name, matrix in model.adapter.items()}
        vectors.append(model.vectors)
    return stored | {f"memory.{name}": matrix for name, matrix in memory(np.hstack(vectors), known).items()}


def memory(vectors: Vector, known: NDArray[np.int64]) -> Mapping[str, NDArray[Any]]:
    """What is kept of the ``vectors`` of phrases about the classes ``known``, those of one class together.

    ``vectors`` are phrases by numbers, of any number of models side by side. What is left of one is its product with
    ``basis``; that of a text and a phrase is about the mean of their cosines in each model.
    """
    models = vectors.shape[1] // SIZE
    _, _, directions = np.linalg.svd(vectors, full_matrices=False)
    basis = directions[:DIRECTIONS].T
    order = np.argsort(known, kind="stable")
    kept = (vectors @ basis)[order] / models
    scale = np.abs(kept).max() / 127
    return {
        "basis": basis.astype(np.float16),
        "phrases": np.rint(kept / scale).astype(np.int8),
        "scale": scale.astype(np.float32),
        "starts": np.searchsorted(known[order], np.arange(known.max() + 1)),
    }


def pairs(
    texts: Sequence[str], known: NDArray[np.int64], inside: NDArray[np.int64], chance: np.random.Generator
) -> Iterator[tuple[str, int, int]]:
    """Pairs of phrases in one text, about two classes each; without end. ``inside`` are the places of those to take."""
    while True:
        one, other = chance.choice(inside, 2)
        if known[one] != known[other] and len(texts[one]) + len(texts[other]) <= _LONGEST_PAIR:
            between = _BETWEEN[chance.integers(len(_BETWEEN))]
            yield f"{texts[one]}{between}{texts[other]}", known[one], known[other]


def _by_words(texts: Sequence[str], known: NDArray[np.int64]) -> Mapping[str, NDArray[Any]]:
    """The weights (buckets by classes, in whole numbers of ``scale``), the rarity of each bucket, the bias of each class."""
    from scipy.sparse import csr_matrix, diags, hstack
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import normalize

    blocks, rarities = [], []
    for read in (words_in, letters_in):
        rows = [hashed(read(text)) for text in texts]
        at = [(n, bucket) for n, row in enumerate(rows) for bucket in row]
        values = [value for row in rows for value in row.values()]
        block = csr_matrix((values, tuple(zip(*at, strict=True))), shape=(len(texts), BUCKETS))
        rarity = np.log((1 + len(texts)) / (1 + block.getnnz(axis=0))) + 1
        blocks.append(normalize(block @ diags(rarity)))
        rarities.append(rarity)
    model = LogisticRegression(C=10, max_iter=200).fit(hstack(blocks).tocsr(), known)
    weights = model.coef_.T
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127
    return {
        "weights": np.rint(weights / scale).astype(np.int8),
        "scale": scale.astype(np.float32),
        "bias": model.intercept_.astype(np.float32),
        "rarity": np.concatenate(rarities).astype(np.float16),
    }


@dataclass(frozen=True, slots=True)
class _Tuned:
    """A tuned model: ``adapter``, for its vectors the ``head`` (numbers by classes) and ``bias``, and all phrases' ``vectors``."""

    adapter: Mapping[str, NDArray[np.float16]]
    head: NDArray[np.float16]
    bias: Vector
    vectors: Vector


def _by_sense(
    texts: Sequence[str], known: NDArray[np.int64], classes: Sequence[str], seed: int, paired: float
) -> _Tuned:
    """A model tuned to ``texts`` and, for each of them, ``paired`` pairs of two."""
    import torch
    from torch.nn import functional

    torch.manual_seed(seed)
    chance = np.random.default_rng(seed)
    (model,), published = load_sentences({}), load_file(model_folder() / "model.safetensors")
    adapter = {
        f"{layer}.{name}": (torch.randn(shape[0], _RANK) / shape[0] ** 0.5, torch.zeros(_RANK, shape[1]))
        for layer in range(LAYERS)
        for name, shape in SHAPES.items()
    }
    tuned = [matrix.requires_grad_() for pair in adapter.values() for matrix in pair]
    pieces = [model.pieces_of(text)[:_PIECES] for text in texts]

    def vectors_now() -> Any:
        with torch.no_grad():
            return torch.cat(
                [
                    _adapted(published, adapter, pieces[n : n + _AT_ONCE], 0.0)
                    for n in range(0, len(pieces), _AT_ONCE)
                ]
            )

    published_vectors = vectors_now()  # the adapter adds nothing yet
    means = torch.stack([published_vectors[torch.tensor(known == c)].mean(0) for c in range(len(classes))])
    head = (14 * functional.normalize(means, dim=1)).requires_grad_()
    bias = torch.zeros(len(classes), requires_grad=True)
    inside = np.flatnonzero(known != classes.index(ELSEWHERE))
    several = pairs(texts, known, inside, chance)
    joined = int(paired * len(texts))
    steps = _EPOCHS * -(-(len(texts) + joined) // _BATCH)
    optimizer = torch.optim.AdamW([{"params": tuned}, {"params": [head, bias]}], lr=_PACE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [_PACE, _HEAD_PACE], total_steps=steps + 1, pct_start=0.1
    )
    for epoch in range(_EPOCHS):
        new = list(islice(several, joined))
        asked = [*pieces, *(model.pieces_of(text)[:_PIECES] for text, _, _ in new)]
        truth = torch.zeros(len(asked), len(classes))
        about = [*zip(known, known, strict=True), *((one, other) for _, one, other in new)]
        for row, (one, other) in zip(truth, about, strict=True):
            row[one] += 0.5
            row[other] += 0.5
        # Batches of like length waste little on padding; the noise makes each epoch's batches differ.
        order = np.argsort([len(one) + 6 * chance.random() for one in asked])
        batches = [order[n : n + _BATCH] for n in range(0, len(order), _BATCH)]
        total = 0.0
        for index in chance.permutation(len(batches)):
            batch = batches[index]
            vectors = _adapted(published, adapter, [asked[int(n)] for n in batch], _DROPPED)
            guess = functional.dropout(vectors, _DROPPED) @ head.T + bias
            loss = functional.cross_entropy(guess, truth[batch], label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(tuned, 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(
            f"model {seed}, epoch {epoch + 1} of {_EPOCHS}: loss {total / len(batches):.3f}",
            file=sys.stderr,
            flush=True,
        )
    low_rank = {
        f"{name}.{side}": matrix.detach().numpy().astype(np.float16)
        for name, pair in adapter.items()
        for side, matrix in zip("ab", pair, strict=True)
    }
    return _Tuned(
        low_rank,
        head.detach().numpy().T.astype(np.float16),
        bias.detach().numpy(),
        vectors_now().numpy(),
    )


def _adapted(
    weights: Mapping[str, Vector], adapter: Mapping[str, Any], batch: Sequence[Sequence[int]], dropped: float
) -> Any:
    """What `Sentences.vector` gives with ``adapter``, for many sentences at once and with gradients."""
    import torch
    from torch.nn import functional

    longest = max(map(len, batch))
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    there = torch.zeros(len(batch), longest, dtype=torch.bool)
    for n, one in enumerate(batch):
        ids[n, : len(one)] = torch.tensor(one)
        there[n, : len(one)] = True

    def weight(name: str) -> Any:
        return torch.from_numpy(weights[name])

    def normed(state: Any, name: str) -> Any:
        return functional.layer_norm(state, (SIZE,), weight(f"{name}.weight"), weight(f"{name}.bias"), 1e-12)

    state = weight("embeddings.word_embeddings.weight")[ids]
    state = state + weight("embeddings.position_embeddings.weight")[:longest]
    state = normed(state + weight("embeddings.token_type_embeddings.weight")[0], "embeddings.LayerNorm")
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}."

        def step(x: Any, name: str, layer: int = layer, at: str = at) -> Any:
            down, up = adapter[f"{layer}.{name}"]
            plain = functional.linear(x, weight(f"{at}{name}.weight"), weight(f"{at}{name}.bias"))
            return plain + functional.dropout(x, dropped) @ down @ up

        def heads(x: Any) -> Any:
            return x.reshape(len(batch), longest, HEADS, SIZE // HEADS).transpose(1, 2)

        looks = [heads(step(state, f"attention.self.{name}")) for name in ("query", "key", "value")]
        seen = functional.scaled_dot_product_attention(*looks, attn_mask=there[:, None, None, :])
        seen = seen.transpose(1, 2).reshape(len(batch), longest, SIZE)
        state = normed(
            state + functional.dropout(step(seen, "attention.output.dense"), dropped),
            f"{at}attention.output.LayerNorm",
        )
        wide = step(functional.gelu(step(state, "intermediate.dense")), "output.dense")
        state = normed(state + functional.dropout(wide, dropped), f"{at}output.LayerNorm")
    mean = (state * there[:, :, None]).sum(1) / there.sum(1, keepdim=True)
    return functional.normalize(mean, dim=1)


def main() -> int:
    """Train on what is in ``content`` and keep it there."""
    stored = train(phrases(load_library().explainers))
    np.savez_compressed(CONTENT / FILE, **stored)  # type: ignore[arg-type]
    return 0


if __name__ == "__main__":
    sys.exit(main())
