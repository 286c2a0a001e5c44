"""How well questions find their explainers: ``python -m bench.finding [FILE]``.

FILE holds lines of JSON with ``question`` and ``topic`` (``out-of-scope`` where nothing here answers), and may hold
``kind`` and ``origin``; without it the questions that the tests keep back are taken. Printed is, for all and for each
kind and origin: how often the right explainer comes first, and among the first three; how often it is shown at once and
is the right one; how many questions that something here answers are refused, and how many of the others are not.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dialogs.walk import DRAWN_ON
from dialogs.world import world_on
from knowledge.search import EXPLAINS, FLOW, Answer, route

UNSEEN = Path("tests/knowledge/unseen.tsv")
OUT = "out-of-scope"


def kept_back() -> Iterable[Mapping[str, str]]:
    for line in UNSEEN.read_text("utf-8").splitlines():
        topic, question = line.split("\t")
        flow = topic.removeprefix(FLOW)
        yield {
            "question": question,
            "topic": OUT if topic == "-" else topic if flow == topic else EXPLAINS[flow],
            "kind": "asks for a flow" if flow != topic else "asks",
        }


def measure(asked: Sequence[Mapping[str, str]]) -> None:
    search = world_on(DRAWN_ON).search
    found = [search.find(one["question"]) for one in asked]
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
    if not arguments:
        return measure(list(kept_back()))
    lines = Path(arguments[0]).read_text("utf-8").splitlines()
    return measure([json.loads(line) for line in lines])


if __name__ == "__main__":
    main(sys.argv[1:])
