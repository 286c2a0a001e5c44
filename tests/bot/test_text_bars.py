from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text_bars import LIMIT, MARKS, bars
from dialogs.pictures import Band, Bars, Column, Columns, Kind, Line, Part, Picture, StackedBar
from knowledge.words import dollars
from tests.bot.drawn import amounts, foot, pictures, stacked_bars


def bar_of(text: str) -> str:
    """The first line below the title."""
    return text.split("\n\n", 1)[1].split("\n", 1)[0]


def labels_of(picture: Picture) -> list[str]:
    match picture:
        case StackedBar():
            return [picture.limit_label, *(part.label for part in picture.parts if part.amount)]
        case Columns():
            return [picture.limit_label, picture.lost_label, *(label for label, _ in picture.series)]
        case Band():
            return [picture.band_label, picture.years_label, *(line.label for line in picture.lines)]
        case Bars():
            return [label for label, _ in picture.bars]


@given(pictures, st.integers(40, 100))
def test_no_line_is_too_long_and_every_amount_is_written(picture: Picture, width: int) -> None:
    text = bars(picture, width)
    assert max(len(line) for line in text.split("\n")) <= width
    for amount in amounts(picture):
        assert dollars(amount) in text


@given(pictures)
def test_every_label_is_written(picture: Picture) -> None:
    text = " ".join(bars(picture).split())
    for label in (picture.foot, *labels_of(picture)):
        assert label in text


@given(stacked_bars())
def test_every_part_has_a_place_in_the_bar_and_only_what_is_over_stands_behind_the_limit(
    bar: StackedBar,
) -> None:
    line = bar_of(bars(bar))
    for part in bar.parts:
        assert (MARKS[part.kind] in line) == (part.amount > 0)
    before, behind = line.split(LIMIT)
    assert MARKS[Kind.OVER] not in before
    below = [part for part in bar.parts if part.kind is not Kind.OVER]
    if sum((part.amount for part in below), Decimal()) <= bar.limit:
        assert set(behind) <= {MARKS[Kind.OVER]}


def test_marks_differ_from_each_other_and_from_the_limit() -> None:
    assert len({*MARKS.values(), LIMIT}) == len(Kind) + 1


def test_a_bar_is_as_long_as_its_share_of_the_limit() -> None:
    half = (Part("In", Decimal(50), Kind.DEFERRAL), Part("Left", Decimal(50), Kind.ROOM))
    text = bars(StackedBar("x", "Limit", Decimal(100), half, foot), 41)
    assert bar_of(text) == "#" * 20 + "/" * 20 + "|"
    assert "| Limit" in text


@pytest.mark.parametrize("count", [1, 12, 13, 53])
def test_a_year_shows_its_first_its_last_and_every_paycheck_that_loses_something(count: int) -> None:
    columns = tuple(Column(f"day {n}.", (Decimal(n),), Decimal(n == count - 2)) for n in range(count))
    picture = Columns("x", "Limit", Decimal(100), (("In", Kind.DEFERRAL),), columns, "Lost", foot)
    text = bars(picture)
    assert "day 0." in text
    assert f"day {count - 1}." in text
    assert [line.split("|")[0].split()[1] for line in text.split("\n") if line.endswith("| x")] == [
        f"{count - 2}." for _ in range(count > 1)
    ]
    assert text.count("day ") <= 14


@given(st.lists(st.tuples(*[st.integers(1, 30_000)] * 3), min_size=2, max_size=9), st.integers(40, 100))
def test_in_a_year_that_only_grows_no_part_ends_before_the_row_above(
    steps: list[tuple[int, ...]], width: int
) -> None:
    sums = [
        tuple(Decimal(sum(parts)) for parts in zip(*steps[: n + 1], strict=True)) for n in range(len(steps))
    ]
    columns = tuple(Column(str(n), parts, Decimal()) for n, parts in enumerate(sums))
    series = (("A", Kind.DEFERRAL), ("B", Kind.EMPLOYER), ("C", Kind.AFTER_TAX))
    picture = Columns("x", "Limit", Decimal(72_000), series, columns, "", foot)
    rows = bars(picture, width).split("\n")[2 : 2 + len(columns)]
    cells = [row.partition(" ")[2].replace(LIMIT, "") for row in rows]
    for _, kind in series:
        ends = [row.rindex(MARKS[kind]) for row in cells]
        assert ends == sorted(ends)


def test_a_band_shows_zero_its_width_and_its_lines_year_by_year() -> None:
    band = Band(
        "x", "Range", (Decimal(-10),), (Decimal(10),), (Line("Middle", (Decimal(5),)),), "Years", foot
    )
    row = bars(band, 43).split("\n")[3]
    assert row == "1 " + "." * 20 + "|" + "." * 9 + "1" + "." * 10


def test_the_longest_bar_fills_the_line_and_zero_has_none() -> None:
    text = bars(Bars("x", (("One", Decimal(2)), ("Two", Decimal(1)), ("None", Decimal())), foot), 42)
    assert [line.count("#") for line in text.split("\n") if line.startswith("  ")] == [40, 20]


def test_bars_that_are_all_zero_are_written_without_a_bar() -> None:
    text = bars(Bars("x", (("One", Decimal()), ("Two", Decimal())), foot))
    assert text.count("$0") == 2
    assert "#" not in text
