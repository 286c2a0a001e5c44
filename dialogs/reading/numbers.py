"""Numbers as people write them: literals (``24,500``, ``24 500``, ``.5``) and words (``two hundred thousand``).

Python's own conversion is far too generous (``1_000``, ``１２``, ``nan``, ``1e999999``), so the grammar is
spelled out here: ASCII digits, either plain or in groups of exactly three with one kind of separator, and at
most one dot for decimals. Whatever else looks like a number has a fault, which every reader refuses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dialogs.reading.result import Reason

_PLAIN = re.compile(r"(0|[1-9][0-9]*)(?:\.([0-9]+))?")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3}(?:,[0-9]{3})*|'[0-9]{3}(?:'[0-9]{3})*)(?:\.([0-9]+))?")
_POINT = re.compile(r"\.([0-9]+)")
_MOST_DIGITS = 15
_MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Literal:
    """A number without its unit; with a ``fault``, ``value`` means nothing."""

    value: Decimal = Decimal(0)
    decimals: int = 0
    fault: Reason | None = None


def literal(text: str) -> Literal:
    """Return the number written as ``text``, which has only the characters ``0-9 . , ' _``."""
    if sum(c.isdigit() for c in text) > _MOST_DIGITS + _MOST_DECIMALS:
        return Literal(fault=Reason.TOO_BIG)
    match = _PLAIN.fullmatch(text) or _GROUPED.fullmatch(text) or _POINT.fullmatch(text)
    if match is None:
        return Literal(fault=Reason.NOT_UNDERSTOOD if text.isdigit() else Reason.TWO_DOTS)
    decimals = len(match.group(match.re.groups) or "")
    value = Decimal(text.replace(",", "").replace("'", ""))
    if decimals > _MOST_DECIMALS:
        return Literal(fault=Reason.TWO_DOTS)
    return Literal(value, decimals)


_SMALL = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2
    )
} | {"fourty": 40}
_SCALES = {"thousand": 1000, "grand": 1000, "million": 1_000_000}

NUMBER_WORDS = _SMALL.keys() | _TENS.keys() | _SCALES.keys() | {"hundred"}
SCALE_WORDS = _SCALES.keys() | {"hundred"}


def spoken(words: Sequence[str]) -> int | None:
    """Return the number that ``words`` say, each of them one of `NUMBER_WORDS`; ``None`` if they say none.

    ``room`` is the largest number that may still be added to the current group of up to 999: 99 at first and
    after "hundred", 9 after "twenty", 0 after "five". So "one eighty five" and "twenty four five" say nothing.
    """
    total, group, room, ceiling = 0, 0, 99, 10**9
    for word in words:
        if word in _SCALES:
            scale = _SCALES[word]
            if scale >= ceiling or (group == 0 and (total or room < 99)):
                return None
            total, group, room, ceiling = total + (group or 1) * scale, 0, 99, scale
        elif word == "hundred":
            if group > 99 or (group == 0 and (total or room < 99)):
                return None
            group, room = (group or 1) * 100, 99
        else:
            value = _TENS.get(word, _SMALL.get(word, 0))
            if value > room or (word in _TENS and room < 99) or (value == 0 and len(words) > 1):
                return None
            group, room = group + value, 9 if word in _TENS else 0
    return total + group
