"""How well questions find their explainers: ``python -m bench.finding [FILE] [--by-folds]``.

FILE holds lines of JSON with ``question`` and ``topic`` (``out-of-scope`` where nothing here answers), and may hold
``kind`` and ``origin``; without it the questions that the tests keep back are taken. Printed is, for all and for each
kind and origin: how often the right explainer comes first, and among the first three; how often one is shown at once, and
how many of these are the right one; how many questions that something here answers are refused, and how many of the
others.

With ``--by-folds`` how much each guess counts and the line of refusal are chosen anew for each fifth of the questions, on
the other four fifths, and that for `REPEATS` ways of parting them: so far what is printed then owes nothing to the very
questions it is measured on. Each question counts `REPEATS` times there.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import log
from pathlib import Path
from zlib import crc32

from dialogs.walk import DRAWN_ON
from dialogs.world import world_on
from knowledge.finder import SHARE, load_finder
from knowledge.search import ELSEWHERE, EXPLAINS, FLOW, Answer, Found, Search, route

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


WORDS, SENSE, MEMORY = (
    (0.1, 0.2, 0.3, 0.4, 0.5),
    (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7),
    (0.05, 0.1, 0.15, 0.2, 0.25, 0.3),
)
LINES = (0.05, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3)
FOLDS, REPEATS = 5, 40


def found_by_folds(asked: Sequence[Mapping[str, str]]) -> Sequence[Found]:
    """What each question finds with the numbers that are best for the other folds, `REPEATS` times one after the other.

    The shares are those that make the right answers likeliest; the line is the middle one of those that refuse best.
    """
    explainers, finder = world_on(DRAWN_ON).library.explainers, load_finder()
    guesses = [finder.guesses(one["question"]) for one in asked]
    about = [ELSEWHERE if one["topic"] == OUT else one["topic"] for one in asked]
    # For each choice of shares: of each question, ln of the share of its right answer; for each line, what is found and
    # what that is worth.
    likely: list[list[float]] = []
    runs: list[list[tuple[list[Found], list[int]]]] = []
    for shares in product(WORDS, SENSE, MEMORY):
        weighed = [finder.weighed(guess, dict(zip(SHARE, shares, strict=True))) for guess in guesses]
        likely.append([log(right_share(one, what) + 1e-6) for one, what in zip(weighed, about, strict=True)])
        by_text = {one["question"]: what for one, what in zip(asked, weighed, strict=True)}
        runs.append([])
        for line in LINES:
            search = Search(explainers, _Fixed(by_text), line)
            found = [search.find(one["question"]) for one in asked]
            runs[-1].append((found, [refusal(one, what) for one, what in zip(asked, found, strict=True)]))
    chosen: list[Found] = []
    for repeat in range(REPEATS):
        fold = [crc32(f"{repeat} {one['question']}".encode()) % FOLDS for one in asked]
        best = [
            chosen_for([n for n, k in enumerate(fold) if k != this], likely, runs) for this in range(FOLDS)
        ]
        chosen += [best[k][n] for n, k in enumerate(fold)]
    return chosen


def chosen_for(
    others: Sequence[int],
    likely: Sequence[Sequence[float]],
    runs: Sequence[Sequence[tuple[list[Found], list[int]]]],
) -> Sequence[Found]:
    """What all questions find with the shares and the line that are best for ``others``."""
    shares = max(range(len(likely)), key=lambda at: sum(likely[at][n] for n in others))
    worth = [sum(values[n] for n in others) for _, values in runs[shares]]
    best = [at for at, value in enumerate(worth) if value == max(worth)]
    return runs[shares][best[len(best) // 2]][0]


def right_share(shares: Mapping[str, float], about: str) -> float:
    """How likely the right answer is: that of the explainer, with the flow that it explains."""
    return shares.get(about, 0.0) + sum(
        shares.get(f"{FLOW}{flow}", 0.0) for flow, topic in EXPLAINS.items() if topic == about
    )


def refusal(one: Mapping[str, str], found: Found) -> int:
    """1 for a refusal that is right, -1 for one that is not."""
    return 0 if found.hits else 1 if one["topic"] == OUT else -1


@dataclass(frozen=True, slots=True)
class _Fixed:
    """A finder that has been asked before."""

    known: Mapping[str, Mapping[str, float]]

    def shares(self, text: str) -> Mapping[str, float]:
        return self.known[text]


def measure(asked: Sequence[Mapping[str, str]], *, by_folds: bool = False) -> None:
    search = world_on(DRAWN_ON).search
    found = found_by_folds(asked) if by_folds else [search.find(one["question"]) for one in asked]
    asked = [*asked] * (len(found) // len(asked))
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
