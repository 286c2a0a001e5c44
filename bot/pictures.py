"""Draws the pictures of `dialogs.pictures` as square PNGs.

Numbers become text here, in one way (`knowledge.words.dollars`), and shares of the drawing's height or width, from 0 to
1. The templates in ``typst/`` do the rest: where a label stands, what a kind of part looks like. Everything goes to a
template as one JSON string; a template writes strings as they are and never reads one as markup.

The shares are floats: they place ink and are never told to anyone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, assert_never

from dialogs.pictures import Band, Bars, Columns, Kind, Picture, StackedBar
from knowledge.words import dollars

if TYPE_CHECKING:
    from typst import Compiler

HERE = Path(__file__).parent
TEMPLATES = HERE / "typst"
FONTS = HERE / "fonts"

THINNEST = Decimal("0.008")
"""The share of a bar that the smallest amount still gets, so that it can be seen."""
TICKS = 5
"""About how many dollar labels an axis carries."""

_one_at_a_time = Lock()


@lru_cache(maxsize=32)
def png(picture: Picture) -> bytes:
    """A picture as a PNG of 1080 x 1080 pixels, opaque. May be called from any thread."""
    with _one_at_a_time:
        drawn = _compiler().compile(
            str(TEMPLATES / f"{picture.picture}.typ"),
            format="png",
            ppi=72,
            sys_inputs={"data": json.dumps(drawing(picture))},
        )
    assert isinstance(drawn, bytes)  # one page
    return drawn


@cache
def _compiler() -> Compiler:
    """The one compiler, with the fonts loaded. It refuses a second caller while it works: hence the lock."""
    from typst import Compiler

    return Compiler(root=str(TEMPLATES), font_paths=[str(FONTS)], ignore_system_fonts=True)


def drawing(picture: Picture) -> dict[str, object]:
    """What the template of ``picture`` reads: texts as they are written, and shares from 0 to 1."""
    return {"title": picture.title, "foot": picture.foot, **_inside(picture)}


def _inside(picture: Picture) -> dict[str, object]:
    match picture:
        case StackedBar():
            return _stacked_bar(picture)
        case Columns():
            return _columns(picture)
        case Band():
            return _band(picture)
        case Bars():
            return _bars(picture)
        case _ as never:
            assert_never(never)


def _limit(picture: StackedBar | Columns, share: float) -> dict[str, object]:
    return {"label": picture.limit_label, "amount": dollars(picture.limit), "share": share}


def _share(amount: Decimal, whole: Decimal) -> float:
    return float(amount / whole) if whole else 0.0


def _stacked_bar(picture: StackedBar) -> dict[str, object]:
    """The parts that are not zero, none too thin to see. What a thin part gains, the largest one below the limit gives.

    What is not more than the limit is drawn no higher than its line.
    """
    parts = [part for part in picture.parts if part.amount]
    least = THINNEST * max(picture.limit, sum((part.amount for part in parts), Decimal()))
    heights = [max(part.amount, least) for part in parts]
    below = [i for i, part in enumerate(parts) if part.kind is not Kind.OVER]
    amount = sum((parts[i].amount for i in below), Decimal())
    if below:
        largest = max(below, key=lambda i: heights[i])
        gained = sum((heights[i] for i in below), Decimal()) - amount
        heights[largest] = max(least, heights[largest] - gained)
    limit = picture.limit
    if amount <= limit:
        limit = max(limit, sum((heights[i] for i in below), Decimal()))
    top = max(limit, sum(heights, Decimal()))
    return {
        "limit": _limit(picture, _share(limit, top)),
        "parts": [
            {
                "label": part.label,
                "amount": dollars(part.amount),
                "kind": part.kind,
                "share": _share(height, top),
            }
            for part, height in zip(parts, heights, strict=True)
        ],
    }


def _columns(picture: Columns) -> dict[str, object]:
    """The shares of every column, and what is in and what is lost after the last one."""
    top = max(picture.limit, *(sum(column.parts, Decimal()) for column in picture.columns))
    last = picture.columns[-1].parts
    return {
        "limit": _limit(picture, _share(picture.limit, top)),
        "series": [
            {"label": label, "kind": kind, "amount": dollars(amount)}
            for (label, kind), amount in zip(picture.series, last, strict=True)
        ],
        "columns": [
            {
                "label": column.label,
                "shares": [_share(part, top) for part in column.parts],
                "lost": column.lost > 0,
            }
            for column in picture.columns
        ],
        "lost": {
            "label": picture.lost_label,
            "amount": dollars(sum((column.lost for column in picture.columns), Decimal())),
        },
    }


def _band(picture: Band) -> dict[str, object]:
    """The shares of every value on an axis that begins and ends at a round amount and holds zero."""
    values = [*picture.low, *picture.high, *(value for line in picture.lines for value in line.values)]
    ticks = round_amounts(min(Decimal(), *values), max(Decimal(), *values))
    bottom, top = ticks[0], ticks[-1]

    def shares(amounts: Sequence[Decimal]) -> list[float]:
        return [_share(amount - bottom, top - bottom) for amount in amounts]

    return {
        "years_label": picture.years_label,
        "band": {
            "label": picture.band_label,
            "amount": f"{dollars(picture.low[-1])} to {dollars(picture.high[-1])}",
        },
        "low": shares(picture.low),
        "high": shares(picture.high),
        "lines": [
            {"label": line.label, "amount": dollars(line.values[-1]), "shares": shares(line.values)}
            for line in picture.lines
        ],
        "ticks": [
            {"text": dollars(tick), "share": share, "zero": not tick}
            for tick, share in zip(ticks, shares(ticks), strict=True)
        ],
    }


def _bars(picture: Bars) -> dict[str, object]:
    longest = max((amount for _, amount in picture.bars), default=Decimal())
    return {
        "bars": [
            {"label": label, "amount": dollars(amount), "share": _share(max(amount, Decimal()), longest)}
            for label, amount in picture.bars
        ],
    }


def round_amounts(low: Decimal, high: Decimal) -> list[Decimal]:
    """Round dollars from at or below ``low`` to at or above ``high``, in steps of 1, 2 or 5 times a power of ten.

    Zero is one of them where ``low`` <= 0 <= ``high``. Two amounts at least, a dollar apart at least.
    """
    span = max(high - low, Decimal(1))
    power = Decimal(10) ** (span / TICKS).adjusted()
    step = max(Decimal(1), next(power * k for k in (1, 2, 5, 10) if power * k * TICKS >= span))
    first, last = low // step, -(-high // step)
    if low < first * step:
        first -= 1
    if high > last * step:
        last += 1
    return [step * k for k in range(int(first), int(max(last, first + 1)) + 1)]
