"""The pictures of `dialogs.pictures` as bars of text, for a terminal.

Each kind of part has a character of its own, so that a bar reads without colour. Every amount of the drawn picture is
written; a label too long for the line goes on over more lines. Bars are plain ASCII.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from textwrap import wrap
from typing import assert_never

from dialogs.pictures import Band, Bars, Columns, Kind, Picture, StackedBar
from knowledge.words import dollars

MARKS = {
    Kind.DEFERRAL: "#",
    Kind.EMPLOYER: "=",
    Kind.AFTER_TAX: "+",
    Kind.ELSEWHERE: ":",
    Kind.ROOM: "/",
    Kind.UNREACHED: ".",
    Kind.OVER: "X",
    Kind.LOST: "x",
}
"""The character that a kind of part is drawn with."""

LIMIT = "|"
NARROWEST = 12
"""The least characters that a label beside an amount has before it goes on below."""
ROWS = 12
"""About how many columns or years are shown: the first, the last and some evenly between."""


def bars(picture: Picture, width: int = 72) -> str:
    """A picture as lines of at most ``width`` characters (40 at least), without a newline at the end."""
    return "\n".join(
        [*wrap(picture.title, width), "", *_body(picture, width), "", *wrap(picture.foot, width)]
    )


def _body(picture: Picture, width: int) -> Iterator[str]:
    match picture:
        case StackedBar():
            return _stacked_bar(picture, width)
        case Columns():
            return _columns(picture, width)
        case Band():
            return _band(picture, width)
        case Bars():
            return _bars(picture, width)
        case _ as never:
            assert_never(never)


def _cells(amount: Decimal, whole: Decimal, room: int) -> int:
    """How many of ``room`` cells ``amount`` of ``whole`` takes, rounded half up; one at least if it is not zero."""
    if amount <= 0 or whole <= 0:
        return 0
    return max(1, int((amount / whole * room).quantize(Decimal(1), ROUND_HALF_UP)))


def _entry(mark: str, label: str, amount: str, width: int) -> Iterator[str]:
    """A mark, a label and its amount at the right end; a long label goes on below, a long amount has its own line."""
    before, indent = f"{mark} ", " " * (len(mark) + 1)
    room = width - len(before) - len(amount) - 2
    first, *rest = wrap(label, room if room >= NARROWEST else width - len(before)) or [""]
    if room >= NARROWEST:
        yield f"{before}{first}{amount:>{width - len(before) - len(first)}}"
    else:
        yield f"{before}{first}"
        rest.append(f"{amount:>{width - len(before)}}")
    for line in rest:
        yield f"{indent}{line}"


def _stack(parts: Sequence[tuple[Kind, Decimal]], limit: Decimal, whole: Decimal, room: int) -> str:
    """Parts from left to right in at most ``room`` cells, and one more cell for the limit.

    A part ends where the sum of it and those before it does, so that what grows from row to row never looks smaller; none
    that is not zero is without a cell. What is over the limit stands behind its line.
    """
    over = [(kind, amount) for kind, amount in parts if kind is Kind.OVER and amount]
    under = [(kind, amount) for kind, amount in parts if kind is not Kind.OVER and amount]
    behind = "".join(MARKS[kind] * _cells(amount, whole, room) for kind, amount in over)[: room - len(under)]
    before = room - len(behind)
    row, total = "", Decimal()
    for left, (kind, amount) in enumerate(under, 1 - len(under)):
        total += amount
        end = min(max(_cells(total, whole, room), len(row) + 1), before + left)
        row += MARKS[kind] * (end - len(row))
    at = min(before, max(_cells(limit, whole, room), len(row) if total <= limit else 0))
    return f"{row[:at]:<{at}}{LIMIT}{row[at:]}{behind}"


def _stacked_bar(picture: StackedBar, width: int) -> Iterator[str]:
    parts = [part for part in picture.parts if part.amount]
    whole = max(picture.limit, sum((part.amount for part in parts), Decimal()))
    yield _stack([(part.kind, part.amount) for part in parts], picture.limit, whole, width - 1)
    yield ""
    for part in parts:
        yield from _entry(MARKS[part.kind], part.label, dollars(part.amount), width)
    yield from _entry(LIMIT, picture.limit_label, dollars(picture.limit), width)


def _columns(picture: Columns, width: int) -> Iterator[str]:
    """A row for every paycheck that is shown: all where something is lost, else about a dozen."""
    columns = picture.columns
    shown = sorted({*_some(len(columns)), *(i for i, column in enumerate(columns) if column.lost)})
    whole = max([picture.limit, *(sum(column.parts, Decimal()) for column in columns)])
    kinds = [kind for _, kind in picture.series]
    names = min(max(len(column.label) for column in columns), width // 3)
    lost = MARKS[Kind.LOST]
    for i in shown:
        column = columns[i]
        parts = list(zip(kinds, column.parts, strict=True))
        row = _stack(parts, picture.limit, whole, width - names - 4)
        yield f"{column.label[:names]:>{names}} {row}{f' {lost}' if column.lost else ''}"
    yield ""
    for (label, kind), amount in zip(picture.series, columns[-1].parts, strict=True):
        yield from _entry(MARKS[kind], label, dollars(amount), width)
    yield from _entry(LIMIT, picture.limit_label, dollars(picture.limit), width)
    if picture.lost_label:
        yield from _entry(
            lost, picture.lost_label, dollars(sum((column.lost for column in columns), Decimal())), width
        )


def _band(picture: Band, width: int) -> Iterator[str]:
    """A row for a year: the band from low to high, and in it a digit for each line; below, the values at the end."""
    values = [*picture.low, *picture.high, *(value for line in picture.lines for value in line.values)]
    least, most = min(Decimal(), *values), max(Decimal(), *values)
    years = len(picture.low)
    names = len(str(years))
    last = width - names - 2

    def place(amount: Decimal) -> int:
        return _cells(amount - least, most - least, last)

    yield from wrap(picture.years_label, width)
    for i in _some(years):
        row = [" "] * (last + 1)
        for cell in range(place(picture.low[i]), place(picture.high[i]) + 1):
            row[cell] = "."
        row[place(Decimal())] = LIMIT
        for number, line in enumerate(picture.lines, 1):
            row[place(line.values[i])] = str(number)
        yield f"{i + 1:>{names}} {''.join(row)}".rstrip()
    yield ""
    yield from _entry(
        ".", picture.band_label, f"{dollars(picture.low[-1])} to {dollars(picture.high[-1])}", width
    )
    for number, line in enumerate(picture.lines, 1):
        yield from _entry(str(number), line.label, dollars(line.values[-1]), width)
    yield from _entry(LIMIT, "", dollars(Decimal()), width)


def _bars(picture: Bars, width: int) -> Iterator[str]:
    longest = max((amount for _, amount in picture.bars), default=Decimal())
    for label, amount in picture.bars:
        yield from _entry("-", label, dollars(amount), width)
        yield f"  {MARKS[Kind.DEFERRAL] * _cells(amount, longest, width - 2)}".rstrip()


def _some(count: int) -> list[int]:
    """The first and the last of ``count`` places, and about `ROWS` in all, evenly apart."""
    step = -(-count // ROWS)
    return sorted({*range(0, count, step), count - 1})
