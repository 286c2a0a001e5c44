"""How well questions find their explainers: ``python -m bench.finding [FILE] [--by-folds]``.

FILE holds lines of JSON with ``question`` and ``topic`` (``out-of-scope`` where nothing here answers), and may hold
``kind`` and ``origin``; without it the questions that the tests keep back are taken. Printed is, for all and for each
kind and origin: how often the right explainer comes first, and among the first three; how often one is shown at once, and
how many of these are the right one; how many questions that something here answers are refused, and how many of the
others.

With ``--by-folds`` how much each guess counts and the line of refusal are chosen anew for each fifth of the questions, on
the other four fifths: so far what is printed then owes nothing to the very questions it is measured on.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from zlib import crc32

from dialogs.walk import DRAWN_ON
from dialogs.world import world_on
from knowledge.finder import SHARE, Finder, load_finder
from knowledge.search import EXPLAINS, FLOW, Answer, Found, Search, route
from knowledge.sentences import Vector

UNSEEN, PLAIN = Path("tests/knowledge/unseen.tsv"), Path("tests/knowledge/plain.tsv")
OUT = "out-of-scope"


def kept_back() -> Iterable[Mapping[str, str]]:
    for file in (PLAIN, UNSEEN):
        for line in file.read_text("utf-8").splitlines():
            topic, question = line.split("\t")
            flow = topic.removeprefix(FLOW)
            yield {
                "question": question,
                "topic": OUT if topic == "-" else topic if flow == topic else EXPLAINS[flow],
                "kind": "asks for a flow" if flow != topic else "asks",
                "origin": file.stem,
            }


def found_by_folds(asked: Sequence[Mapping[str, str]]) -> Sequence[Found]:
    """What each question finds with the numbers that are best for the other folds."""
    explainers, finder = world_on(DRAWN_ON).library.explainers, load_finder()
    guesses = {one["question"]: finder.guesses(one["question"]) for one in asked}
    fold = [crc32(one["question"].encode()) % FOLDS for one in asked]
    every: list[tuple[Sequence[Found], Sequence[int]]] = []
    for shares, foreign in product(product(WORDS, SENSE, MEMORY), LINES):
        search = Search(explainers, _Weighed(guesses, finder, dict(zip(SHARE, shares, strict=True))), foreign)
        found = [search.find(one["question"]) for one in asked]
        every.append((found, [worth(one, what) for one, what in zip(asked, found, strict=True)]))
    best = []
    for k in range(FOLDS):
        others = [n for n, which in enumerate(fold) if which != k]
        best.append(max(every, key=lambda run: sum(run[1][n] for n in others))[0])
    return [best[k][n] for n, k in enumerate(fold)]


WORDS, SENSE, MEMORY = (0.2, 0.3, 0.4), (0.2, 0.4, 0.6), (0.1, 0.2, 0.3)
LINES = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3)
FOLDS = 5


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A finder in which each guess counts as ``share`` says."""

    guesses: Mapping[str, Mapping[str, Vector]]
    finder: Finder
    share: Mapping[str, float]

    def shares(self, text: str) -> Mapping[str, float]:
        return self.finder.weighed(self.guesses[text], self.share)


def worth(one: Mapping[str, str], found: Found) -> int:
    """What choosing goes by: 1 for the right one among three, 1 more if it is first; 2 for a right refusal, -2 for a wrong one."""
    topics = [hit.topic for hit in found.hits]
    if one["topic"] == OUT:
        return 0 if topics else 2
    return (topics[:1] == [one["topic"]]) + (one["topic"] in topics) - 2 * (not topics)


def measure(asked: Sequence[Mapping[str, str]], *, by_folds: bool = False) -> None:
    search = world_on(DRAWN_ON).search
    found = found_by_folds(asked) if by_folds else [search.find(one["question"]) for one in asked]
    groups: dict[str, list[int]] = defaultdict(list)
    for n, one in enumerate(asked):
        groups["all"].append(n)
        for name in ("kind", "origin"):
            if name in one:
                groups[f"{name}: {one[name]}"].append(n)
    print(
        f"{'':34}{'asked':>7}{'first':>8}{'in 3':>8}{'shown':>8}{'right':>8}{'refused':>9}{'  |':4}{'others':>7}{'refused':>9}"
    )
    for name, members in groups.items():
        inside = [n for n in members if asked[n]["topic"] != OUT]
        outside = [n for n in members if asked[n]["topic"] == OUT]
        ranked = {n: [hit.topic for hit in found[n].hits] for n in members}
        shown = [n for n in inside if isinstance(route(found[n]), Answer)]
        right = [n for n in shown if ranked[n][0] == asked[n]["topic"]]
        first = [n for n in inside if ranked[n][:1] == [asked[n]["topic"]]]
        among = [n for n in inside if asked[n]["topic"] in ranked[n]]
        print(
            f"{name:34}{len(inside):7}{share(first, inside)}{share(among, inside)}{share(shown, inside)}"
            f"{share(right, shown)}{share([n for n in inside if not ranked[n]], inside):>9}{'  |':4}{len(outside):7}"
            f"{share([n for n in outside if not ranked[n]], outside):>9}"
        )


def share(some: Sequence[int], of: Sequence[int]) -> str:
    return f"{len(some) / len(of):8.1%}" if of else f"{'-':>8}"


def main(arguments: Sequence[str]) -> None:
    by_folds = "--by-folds" in arguments
    named = [argument for argument in arguments if argument != "--by-folds"]
    if not named:
        return measure(list(kept_back()), by_folds=by_folds)
    lines = Path(named[0]).read_text("utf-8").splitlines()
    return measure([json.loads(line) for line in lines], by_folds=by_folds)


if __name__ == "__main__":
    main(sys.argv[1:])
