"""What the readers of numbers share: there must be exactly one number, and everything around it is known.

`single` insists on one number. Two are a range or several; a sign, an unknown unit or a mark beside it is
refused. Words are known (they change nothing), hedges ("about", harmless far from a limit), bounds ("over",
"at least", always asked about) or unknown; unknown words are never ignored, they make a doubt.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from unicodedata import category

from dialogs.reading.result import Reason
from dialogs.reading.text import vocabulary
from dialogs.reading.tokens import Item, Mark, Name, Number, Reference, Sentence, Timing, Word

HEDGES = vocabulary(
    "about around roughly approx approximately ca circa like ish guess think maybe probably perhaps "
    "somewhere ballpark approximate estimate estimated close ~ ≈ ± or-so"
)
BOUNDS = vocabulary(
    "over under almost nearly least most more less than above below up upto minimum min just-over "
    "barely < > ≤ ≥ + ? max maximum limit"
)
FILLER = vocabulary(
    "or says said i i'm im i'll ill i'd id i've ive we we'll we're my me it it's its that's thats is be will a an "
    "the of on so far already now currently right exactly total just put putting puts in have had "
    "got get getting make makes making made do doing contribute contributed contributing "
    "contribution contributions dollars dollar bucks usd us cool approx yes yeah yep ok okay um uh "
    "well hmm please thanks thank you per date to-date ytd say for should would this"
)
_SPOILERS = vocabulary(
    "few couple several many dozen dozens half quarter quarters third thirds double twice triple "
    "times figure figures digits digit point cents cent lakh lakhs crore crores billion billions bn "
    "trillion trillions tn mm millions thousands hundreds grands x e each divided squared zeros "
    "zeroes"
)
_FOREIGN = vocabulary(
    "eur euro euros gbp pound pounds quid cad aud chf inr rs rupees yen jpy yuan rmb cny pesos mxn "
    "krona sek btc bitcoin"
)
_NO_NUMBERS = frozenset({"nan", "inf", "infinity", "infinite", "∞", "unlimited"})
_NEGATIVE = frozenset({"minus", "negative"})
_PUNCTUATION = frozenset(",.;:!()\"'=*…")
_JOINTS = frozenset({"-", "~", "to", "or", "through", "thru", "till", "until", "and", "."})
_DATING = frozenset({"in", "during", "for", "since", "year", "of"})
_PUTTING = frozenset({"put", "putting", "puts", "paid", "pay", "contributed", "contribute", "kick", "chip"})


@dataclass(frozen=True, slots=True)
class Single:
    """The one number of a text, the periods beside it, and what its words say about it."""

    number: Number
    periods: frozenset[Timing]
    hedged: bool
    bounded: bool
    unknown: bool


def currency_fault(sentence: Sentence) -> Reason | None:
    """`Reason.CURRENCY` when the text speaks of money other than US dollars."""
    odd = any(category(mark[0]) == "Sc" and mark != "$" for mark in sentence.marks)
    items = sentence.items
    prefixed = any(
        isinstance(a, Word) and isinstance(b, Number) and b.money and a.end == b.start and a.text != "us"
        for a, b in pairwise(items)
    )
    return Reason.CURRENCY if odd or prefixed or not _FOREIGN.isdisjoint(sentence.words) else None


def _neighbour(items: tuple[Item, ...], index: int) -> Item | None:
    return items[index] if 0 <= index < len(items) else None


def _is_dated(items: tuple[Item, ...], index: int) -> bool:
    """Whether the number at ``index`` is a year with a word such as "in" before it."""
    number, before = items[index], _neighbour(items, index - 1)
    if not (isinstance(number, Number) and number.is_year and before and before.text in _DATING):
        return False
    verb = _neighbour(items, index - 2)
    return not (before.text == "in" and verb is not None and verb.text in _PUTTING)


def _is_range(items: tuple[Item, ...], first: int, second: int) -> bool:
    between = [item.text for item in items[first + 1 : second] if item.text != "$"]
    return any(item.text == "between" for item in items) or (
        bool(between) and len(between) <= 3 and all(text in _JOINTS for text in between)
    )


def _plural_fault(items: tuple[Item, ...], where: list[int]) -> Reason:
    if len(where) == 2 and _is_range(items, *where):
        return Reason.RANGE
    return Reason.SEVERAL


def _is_negative(items: tuple[Item, ...], index: int) -> bool:
    """Whether a minus, the word or an accountant's parentheses stand at the number at ``index``."""
    before, number, after = _neighbour(items, index - 1), items[index], _neighbour(items, index + 1)
    if before is not None and before.text == "-" and (index == 1 or before.end == number.start):
        return True
    if after is not None and after.text == "-" and index + 2 == len(items):
        return True
    bare = [item.text for item in items if item.text != "$"]
    return len(bare) == 3 and bare[0] == "(" and bare[2] == ")"


def _is_glued(items: tuple[Item, ...], index: int) -> bool:
    """Whether a word or a name without known meaning sticks to the number at ``index``."""
    before, number, after = _neighbour(items, index - 1), items[index], _neighbour(items, index + 1)
    if isinstance(before, Word | Name | Reference) and before.end == number.start:
        return True
    return isinstance(after, Word | Name) and after.start == number.end and after.text not in HEDGES


def _marks_fault(items: tuple[Item, ...], index: int) -> bool:
    """Whether there is a mark that is neither punctuation nor in a place where its meaning is known."""
    for at, item in enumerate(items):
        if not isinstance(item, Mark) or item.text in _PUNCTUATION or item.text in "~≈±<>≤≥$":
            continue
        following = _neighbour(items, at + 1)
        known = {
            "?": at == len(items) - 1,
            "+": at == index + 1 or at == 0,
            "-": (at not in (index - 1, index + 1)) or _is_spaced(items, at) or _is_ish(following),
        }
        if not known.get(item.text, False):
            return True
    return False


def _is_spaced(items: tuple[Item, ...], at: int) -> bool:
    """Whether the mark at ``at`` is a dash between two parts of a sentence."""
    inside = 0 < at < len(items) - 1
    return inside and items[at - 1].end < items[at].start and items[at].end < items[at + 1].start


def _is_hyphen(items: tuple[Item, ...], at: int) -> bool:
    """Whether the dash at ``at`` joins two words."""
    before, dash, after = _neighbour(items, at - 1), items[at], _neighbour(items, at + 1)
    if not (isinstance(before, Word) and isinstance(after, Word)):
        return False
    return before.end == dash.start and dash.end == after.start


def _is_ish(item: Item | None) -> bool:
    return item is not None and item.text == "ish"


def _periods(items: tuple[Item, ...], index: int) -> tuple[frozenset[Timing], bool]:
    """Return the periods that belong to the number at ``index``, and whether there is one that may not.

    "a month" belongs to a number only right after it: "a month ago i put in 500" says nothing of the sort.
    """
    belonging: set[Timing] = set()
    stray = False
    for at, item in enumerate(items):
        if not isinstance(item, Timing):
            continue
        weak = item.text.startswith(("a ", "an "))
        if weak and at != index + 1:
            stray = True
        else:
            belonging.add(item)
    return frozenset(belonging), stray


def words_fault(sentence: Sentence) -> Reason | None:
    """Why a text is refused for one of its words, whatever its numbers."""
    if not _NO_NUMBERS.isdisjoint(sentence.words + sentence.marks):
        return Reason.NOT_A_NUMBER
    return currency_fault(sentence)


def single(
    sentence: Sentence, known: frozenset[str], units: frozenset[str] = frozenset()
) -> Single | Reason | None:
    """Return the one number of ``sentence``; the reason why there is no such one; ``None`` if there are no numbers.

    ``known`` are words of the question that change nothing, ``units`` those that may stick to the number.
    """
    items = sentence.items
    fault = words_fault(sentence)
    if fault is not None:
        return fault
    every = [at for at, item in enumerate(items) if isinstance(item, Number)]
    if not every:
        return None
    undated = [at for at in every if not _is_dated(items, at)]
    where = undated or every
    if len(where) > 1:
        return _plural_fault(items, where)
    index = where[0]
    number = sentence.items[index]
    assert isinstance(number, Number)
    around = frozenset(sentence.words + sentence.marks)
    after = _neighbour(items, index + 1)
    if number.fault is not None:
        return number.fault
    if _is_negative(items, index) or not _NEGATIVE.isdisjoint(around):
        return Reason.NEGATIVE
    glued = _is_glued(items, index) and not (after is not None and after.text in units)
    if glued or not _SPOILERS.isdisjoint(around) or _marks_fault(items, index):
        return Reason.NOT_UNDERSTOOD
    periods, stray = _periods(items, index)
    unknown = frozenset(sentence.words) - known - FILLER - HEDGES - BOUNDS - units
    return Single(
        number,
        periods,
        hedged=not HEDGES.isdisjoint(around - known),
        bounded=not BOUNDS.isdisjoint(around - known),
        unknown=bool(unknown or stray or len(where) < len(every) or not undated or sentence.every(Reference))
        or (number.text == "1099" and not number.money)
        or _has_loose_dash(items),
    )


def _has_loose_dash(items: tuple[Item, ...]) -> bool:
    """Whether there is a dash that is neither the hyphen of a word nor the one before "ish"."""
    dashes = [at for at, item in enumerate(items) if item.text == "-"]
    return not all(_is_ish(_neighbour(items, at + 1)) or _is_hyphen(items, at) for at in dashes)
