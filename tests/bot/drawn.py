"""Pictures of every kind, from the smallest to the largest that a card may carry."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from dialogs.pictures import Band, Bars, Column, Columns, Kind, Line, Part, Picture, StackedBar

MOST = 99_999_999_999
"""Cents."""
cents = st.integers(0, MOST) | st.sampled_from([0, 1, 100, MOST - 99, MOST])
money = cents.map(lambda n: Decimal(n) / 100)
signed = st.builds(lambda n, sign: Decimal(n * sign) / 100, cents, st.sampled_from([1, -1]))
letters = st.characters(min_codepoint=32, max_codepoint=126)
labels = st.text(letters, min_size=1, max_size=28).map(lambda text: " ".join(text.split()) or "Wide")
titles = st.sampled_from(["Your year", "Room under the limit of your plan this year", "W" * 40])
foot = "Figures of one year. Education, not advice."
days = st.sampled_from(["1", "Jan 2", "Dec 31", "December 31"])


@st.composite
def stacked_bars(draw: st.DrawFn) -> StackedBar:
    kinds = draw(st.lists(st.sampled_from(Kind), unique=True, max_size=8))
    parts = tuple(Part(draw(labels), draw(money), kind) for kind in sorted(kinds, key=list(Kind).index))
    below = sum((part.amount for part in parts if part.kind is not Kind.OVER), Decimal())
    return StackedBar(draw(titles), draw(labels), draw(st.just(below) | money), parts, foot)


@st.composite
def columns(draw: st.DrawFn) -> Columns:
    series = tuple((draw(labels), kind) for kind in list(Kind)[: draw(st.integers(1, 4))])
    paychecks = tuple(
        Column(draw(days), tuple(draw(money) for _ in series), draw(st.just(Decimal()) | money))
        for _ in range(draw(st.sampled_from([1, 2, 12, 26, 53])))
    )
    lost = draw(labels) if any(column.lost for column in paychecks) else ""
    return Columns(draw(titles), draw(labels), draw(money), series, paychecks, lost, foot)


@st.composite
def bands(draw: st.DrawFn) -> Band:
    years = draw(st.sampled_from([1, 2, 5, 10, 30, 50]))
    values = st.lists(signed, min_size=years, max_size=years).map(tuple)
    ends = list(zip(draw(values), draw(values), strict=True))
    lines = tuple(Line(draw(labels), draw(values)) for _ in range(draw(st.integers(0, 3))))
    low, high = tuple(min(pair) for pair in ends), tuple(max(pair) for pair in ends)
    return Band(draw(titles), draw(labels), low, high, lines, draw(labels), foot)


side_by_side = st.builds(
    Bars,
    title=titles,
    bars=st.lists(st.tuples(labels, money), min_size=1, max_size=8).map(tuple),
    foot=st.just(foot),
)

pictures: st.SearchStrategy[Picture] = st.one_of(stacked_bars(), columns(), bands(), side_by_side)


def amounts(picture: Picture) -> list[Decimal]:
    """Every amount that is written beside its label, with those that stand for all columns and for the last year."""
    match picture:
        case StackedBar():
            return [picture.limit, *(part.amount for part in picture.parts if part.amount)]
        case Columns():
            lost = sum((column.lost for column in picture.columns), Decimal())
            return [picture.limit, *picture.columns[-1].parts, *([lost] if lost else [])]
        case Band():
            return [picture.low[-1], picture.high[-1], *(line.values[-1] for line in picture.lines)]
        case Bars():
            return [amount for _, amount in picture.bars]
