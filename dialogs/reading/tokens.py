"""A cleaned text as a row of items: numbers with their units, periods, plan names, words and marks.

Telling the items apart first is what keeps a number from being misread: ``401k`` is a name, ``2`` in ``every 2
weeks`` is part of a period, ``185 000`` is one number and ``185 k`` too. Nothing of the text is dropped, so
that each reader can insist on knowing every item. The pattern has no nested repetition: one pass, linear.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from dialogs.reading.numbers import NUMBER_WORDS, SCALE_WORDS, literal, spoken
from dialogs.reading.periods import PATTERN, Period, period_of
from dialogs.reading.result import Reason, Refused
from dialogs.reading.text import MOST_CHARACTERS, clean, echo, has_odd_digits

_NAME = (
    r"(?<![\w$.,])(?:401[ -]?\(?k\)?s?|403[ -]?\(?b\)?s?|457[ -]?\(?b\)?s?|401\(?a\)?|41[45]\(?[cv]\)?|402\(?g\)?"
    r"|w-?2s?|k-?1s?|1099s|1099-[a-z]{1,4}|form (?:[0-9]{4}|w-?[0-9])(?:-[a-z]{1,4})?)(?![\w%]|[.,][0-9])"
)
_REFERENCE = (
    r"(?:form|section|irc|notice|box|page|line|step|part|question|rule) ?\#?[0-9][0-9a-z]*(?![\w.,]?[0-9])"
)
_TOKEN = re.compile(
    rf"(?P<name>{_NAME})|(?P<reference>{_REFERENCE})|(?P<period>(?:{PATTERN})(?![^\W_]))"
    r"|(?P<number>(?:[0-9]|\.(?=[0-9]))[0-9.,'_]*)|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)|(?P<mark>\S)"
)
_THOUSANDS = {"k": 1000, "grand": 1000, "thousand": 1000, "thou": 1000, "g": 1000, "gs": 1000}
_MILLIONS = {"m": 1_000_000, "mil": 1_000_000, "mill": 1_000_000, "million": 1_000_000}
_FACTORS = _THOUSANDS | _MILLIONS | {"hundred": 100}
_GLUED_ONLY = frozenset({"m", "g", "gs"})
_DOLLARS = frozenset({"usd", "dollars", "dollar", "bucks"})
_PERCENT = frozenset({"percent", "pct", "percents", "%"})
_HEAD = re.compile(r"[1-9][0-9]{0,2}")
_GROUP = re.compile(r"[0-9]{3}(?:\.[0-9]{1,2})?")
_YEAR = re.compile(r"19[0-9]{2}|20[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Item:
    """A part of the text: ``text`` is at ``start`` to ``end`` of the cleaned text."""

    text: str
    start: int
    end: int


class Word(Item):
    """Letters, apostrophes inside included."""


class Mark(Item):
    """One other character."""


class Name(Item):
    """A plan, a form or the like that is called by a number; no amount."""


class Reference(Item):
    """A place in a form or a law; no amount."""


@dataclass(frozen=True, slots=True)
class Timing(Item):
    """How often something comes."""

    period: Period


@dataclass(frozen=True, slots=True)
class Number(Item):
    """A number: ``value`` has its scale applied, ``typed`` has not.

    ``scale`` is the factor of the scale words (1 without), ``decimals`` the decimals as typed, ``money`` and
    ``percent`` say what unit was with it. With a ``fault`` the number must be refused.
    """

    value: Decimal
    typed: Decimal
    decimals: int = 0
    scale: int = 1
    money: bool = False
    percent: bool = False
    fault: Reason | None = None

    @property
    def is_year(self) -> bool:
        """Whether this may be a calendar year."""
        return bool(_YEAR.fullmatch(self.text)) and not self.money


_I = TypeVar("_I", bound=Item)
_MAKE: dict[str, Callable[[str, int, int], Item]] = {
    "name": Name,
    "reference": Reference,
    "word": Word,
    "mark": Mark,
    "period": lambda text, start, end: Timing(text, start, end, period_of(text)),
}


class _Raw(Item):
    """Digits and separators, not yet read."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A cleaned text and its items in order."""

    cleaned: str
    items: tuple[Item, ...]

    def every(self, kind: type[_I]) -> tuple[_I, ...]:
        """Return the items of one kind."""
        return tuple(item for item in self.items if isinstance(item, kind))

    @property
    def words(self) -> tuple[str, ...]:
        """Return the texts of the words."""
        return tuple(word.text for word in self.every(Word))

    @property
    def marks(self) -> tuple[str, ...]:
        """Return the texts of the marks."""
        return tuple(mark.text for mark in self.every(Mark))


def _tokens(cleaned: str) -> list[Item]:
    found: list[Item] = []
    for match in _TOKEN.finditer(cleaned):
        kind, text, start = str(match.lastgroup), match.group(), match.start()
        if kind == "number":
            text = text.rstrip(".,'")
            found.append(_Raw(text, start, start + len(text)))
        elif kind == "word" and text.endswith("ish") and text[:-3] in _FACTORS:
            cut = start + len(text) - 3
            found += [Word(text[:-3], start, cut), Word("ish", cut, match.end())]
        else:
            found.append(_MAKE[kind](text, start, match.end()))
    return found


def _text_at(tokens: list[Item], index: int) -> str:
    return tokens[index].text if 0 <= index < len(tokens) else ""


def _glued(tokens: list[Item], index: int) -> bool:
    return tokens[index - 1].end == tokens[index].start


def _digits(tokens: list[Item], index: int) -> tuple[Number, int]:
    """Return the number whose digits start at ``index``, groups parted by spaces joined, and the next index."""
    first, end = tokens[index], index + 1
    groups = [first.text]
    if _HEAD.fullmatch(first.text):
        while (
            end < len(tokens)
            and isinstance(tokens[end], _Raw)
            and _GROUP.fullmatch(tokens[end].text)
            and tokens[end].start == tokens[end - 1].end + 1
            and "." not in groups[-1]
        ):
            groups.append(tokens[end].text)
            end += 1
    read = literal(",".join(groups))
    text = " ".join(groups)
    return Number(
        text, first.start, tokens[end - 1].end, read.value, read.value, read.decimals, fault=read.fault
    ), end


def _starts_spoken(tokens: list[Item], index: int) -> bool:
    word, following = tokens[index].text, _text_at(tokens, index + 1)
    return word in NUMBER_WORDS or (word == "a" and following in SCALE_WORDS)


def _goes_on(tokens: list[Item], index: int) -> int:
    """How many tokens at ``index`` go on a number in words: 1 (a word), 2 ("and" or a hyphen, then one) or 0."""
    if _text_at(tokens, index) in NUMBER_WORDS:
        return 1
    joint, before = _text_at(tokens, index), _text_at(tokens, index - 1)
    joins = (joint == "-" and _glued(tokens, index)) or (joint == "and" and before in SCALE_WORDS)
    return 2 if joins and _text_at(tokens, index + 1) in NUMBER_WORDS else 0


def _words(tokens: list[Item], index: int) -> tuple[Number, int]:
    """Return the number in words that starts at ``index``, and the next index."""
    first = tokens[index]
    end = index + 1
    while step := _goes_on(tokens, end):
        end += step
    said = [t.text for t in tokens[index:end] if t.text in NUMBER_WORDS]
    value = spoken(said)
    scales = [_FACTORS[word] for word in said if word in SCALE_WORDS]
    amount = Decimal(value or 0)
    text = " ".join(t.text for t in tokens[index:end])
    fault = Reason.NOT_UNDERSTOOD if value is None else None
    return Number(
        text, first.start, tokens[end - 1].end, amount, amount, scale=max(scales, default=1), fault=fault
    ), end


def _scaled(number: Number, tokens: list[Item], index: int) -> tuple[Number, int]:
    """Return ``number`` with the scale words from ``index`` on applied: ``k``, ``hundred thousand``."""
    while index < len(tokens) and tokens[index].text in _FACTORS and isinstance(tokens[index], Word):
        word = tokens[index].text
        factor = _FACTORS[word]
        if (word in _GLUED_ONLY and not _glued(tokens, index)) or (
            number.scale >= factor or number.scale > 100
        ):
            break
        number = replace(
            number,
            value=number.value * factor,
            scale=max(number.scale, factor),
            end=tokens[index].end,
        )
        index += 1
    return number, index


def _with_unit(number: Number, tokens: list[Item], index: int) -> tuple[Number, int]:
    """Return ``number`` with a percent sign or dollars after it."""
    text = _text_at(tokens, index)
    if text in _PERCENT:
        return replace(number, percent=True, end=tokens[index].end), index + 1
    if text == "per" and _text_at(tokens, index + 1) == "cent":
        return replace(number, percent=True, end=tokens[index + 1].end), index + 2
    if text in _DOLLARS or (text == "$" and _glued(tokens, index)):
        return replace(number, money=True, end=tokens[index].end), index + 1
    return number, index


def _with_sign(number: Number, before: list[Item]) -> Number:
    """Return ``number`` with the dollar sign (or ``usd``, ``us$``) before it, which is taken off ``before``."""
    if not before or before[-1].text not in ("$", "usd"):
        return number
    sign = before.pop()
    if before and before[-1].text == "us" and before[-1].end == sign.start:
        sign = before.pop()
    return replace(number, money=True, start=sign.start)


def scan(cleaned: str) -> Sentence:
    """Return the items of a text that `clean` has cleaned."""
    tokens = _tokens(cleaned)
    items: list[Item] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if isinstance(token, _Raw):
            number, index = _digits(tokens, index)
        elif isinstance(token, Word) and _starts_spoken(tokens, index):
            number, index = _words(tokens, index)
        else:
            items.append(token)
            index += 1
            continue
        number, index = _scaled(number, tokens, index)
        number, index = _with_unit(number, tokens, index)
        items.append(_with_sign(number, items))
    return Sentence(cleaned, tuple(items))


def opened(text: str) -> Sentence | Refused:
    """``text`` cleaned and scanned, or why it is not read at all: it is too long or has odd digits."""
    if len(text) > MOST_CHARACTERS:
        return Refused(Reason.TOO_LONG, echo(text))
    cleaned = clean(text)
    if has_odd_digits(cleaned):
        return Refused(Reason.ODD_DIGITS, echo(text))
    return scan(cleaned)
