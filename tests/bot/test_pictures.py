from __future__ import annotations

import json
import re
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, pairwise

import pytest
import typst
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.pictures import FONTS, TEMPLATES, THINNEST, drawing, png, round_amounts
from dialogs.pictures import Band, Bars, Column, Columns, Kind, Line, Part, Picture, StackedBar
from knowledge.words import dollars
from tests.bot.drawn import amounts, foot, money, pictures, signed, stacked_bars

few = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
thousand = Decimal(1000)
wide = "W" * 28
most = Decimal("999999999.99")

crowded = StackedBar("W" * 40, wide, most, tuple(Part(wide, most, kind) for kind in Kind), foot)
full_year = Columns(
    "W" * 40,
    wide,
    most,
    tuple((wide, kind) for kind in list(Kind)[:4]),
    tuple(Column("December 31", (most,) * 4, most) for _ in range(53)),
    wide,
    foot,
)
loss = Band(
    "W" * 40, wide, (-most,) * 50, (most,) * 50, tuple(Line(wide, (-most,) * 50) for _ in "abc"), wide, foot
)
same = Bars("W" * 40, tuple((wide, most) for _ in range(10)), foot)
heavy = Part("Your deferrals", most, Kind.DEFERRAL)
specks = tuple(Part("A speck", Decimal("0.01"), kind) for kind in list(Kind)[1:])
top_heavy = StackedBar("Specks on top", "Limit", most, (heavy, *specks), foot)
far_over = StackedBar(
    "Far over", "Limit", Decimal("0.06"), (*specks[:-2], Part("Over", most, Kind.OVER)), foot
)
bare = Band("Ten years, no line", "0", (Decimal(0),) * 10, (Decimal(0),) * 10, (), "0", foot)
usual: dict[str, Picture] = {
    "stacked bar": StackedBar(
        "Your room",
        "Total limit",
        Decimal(70000),
        (
            Part("Your deferrals", Decimal(20000), Kind.DEFERRAL),
            Part("Employer money", Decimal(10000), Kind.EMPLOYER),
            Part("Room left", Decimal(40000), Kind.ROOM),
        ),
        foot,
    ),
    "columns": Columns(
        "Your year",
        "Total limit",
        Decimal(70000),
        (("Your deferrals", Kind.DEFERRAL), ("After-tax", Kind.AFTER_TAX)),
        tuple(Column(f"Jan {n + 1}", (thousand * n, thousand * n), Decimal(n > 20)) for n in range(26)),
        "Employer money lost",
        foot,
    ),
    "band": Band(
        "Over years",
        "Low to high",
        tuple(thousand * n for n in range(20)),
        tuple(thousand * 3 * n for n in range(20)),
        (
            Line("In the plan", tuple(thousand * 2 * n for n in range(20))),
            Line("Outside it", tuple(thousand * 2 * n - n for n in range(20))),
            Line("Only what goes in", tuple(thousand * n for n in range(20))),
        ),
        "Years",
        foot,
    ),
    "bars": Bars("Side by side", (("One", Decimal(900)), ("Two", Decimal(0))), foot),
}


@dataclass(frozen=True)
class Text:
    string: str
    x: float
    y: float
    width: float
    height: float


def written(picture: Picture) -> list[Text]:
    answer = typst.query(
        str(TEMPLATES / f"{picture.picture}.typ"),
        "<written>",
        field="value",
        root=str(TEMPLATES),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(drawing(picture))},
    )
    return [Text(**text) for text in json.loads(answer)]


def apart(a: Text, b: Text) -> bool:
    beside = a.x + a.width <= b.x + 1 or b.x + b.width <= a.x + 1
    return beside or a.y + a.height <= b.y + 1 or b.y + b.height <= a.y + 1


def pixels(image: bytes) -> tuple[int, int, bytes]:
    """Width, height and the first pixel, which no filter of the first row changes."""
    width, height = struct.unpack(">II", image[16:24])
    body, at = b"", 8
    while at < len(image):
        (length,) = struct.unpack(">I", image[at : at + 4])
        if image[at + 4 : at + 8] == b"IDAT":
            body += image[at + 8 : at + 8 + length]
        at += 12 + length
    return width, height, zlib.decompress(body)[1:5]


@few
@example(crowded)
@example(full_year)
@example(loss)
@example(same)
@example(top_heavy)
@example(far_over)
@example(bare)
@given(pictures)
def test_texts_keep_apart_and_on_the_sheet(picture: Picture) -> None:
    texts = written(picture)
    assert [(a, b) for a, b in combinations(texts, 2) if not apart(a, b)] == []
    assert [t for t in texts if min(t.x, t.y) < 60 or max(t.x + t.width, t.y + t.height) > 1020] == []


@few
@example(crowded)
@example(full_year)
@given(pictures)
def test_every_amount_is_written(picture: Picture) -> None:
    texts = " / ".join(text.string for text in written(picture))
    for amount in amounts(picture):
        assert dollars(amount) in texts


@pytest.mark.parametrize("picture", usual.values(), ids=usual)
def test_the_text_of_a_usual_picture_is_as_large_as_it_is_meant_to_be(picture: Picture) -> None:
    assert min(text.height for text in written(picture)) >= 35.9


@pytest.mark.parametrize("picture", usual.values(), ids=usual)
def test_a_picture_is_an_opaque_square_for_a_phone(picture: Picture) -> None:
    image = png(picture)
    assert image.startswith(b"\x89PNG")
    assert pixels(image) == (1080, 1080, bytes([0xFB, 0xFA, 0xF6, 0xFF]))


@few
@given(pictures)
def test_every_picture_is_drawn(picture: Picture) -> None:
    assert png(picture).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "label",
    [
        "#panic()",
        "*x*",
        "$",
        "$x$",
        "<a>",
        '"',
        "\\",
        "]",
        "[",
        "#{",
        "`",
        "@x",
        "// x",
        "= x",
        "- x",
        "\\u{41}",
        "~",
        "x--y",
    ],
)
def test_a_label_is_never_markup(label: str) -> None:
    bar = StackedBar(label, label, thousand, (Part(label, thousand, Kind.ROOM),), label)
    assert [text.string for text in written(bar)].count(label) == 4
    assert png(bar) != png(StackedBar("x", "x", thousand, (Part("x", thousand, Kind.ROOM),), "x"))


def test_drawing_gives_no_warning_and_knows_its_font() -> None:
    compiler = typst.Compiler(root=str(TEMPLATES), font_paths=[str(FONTS)], ignore_system_fonts=True)
    for picture in usual.values():
        _, warnings = compiler.compile_with_warnings(
            str(TEMPLATES / f"{picture.picture}.typ"),
            format="png",
            ppi=72,
            sys_inputs={"data": json.dumps(drawing(picture))},
        )
        assert warnings == []


def test_several_threads_may_draw_at_once() -> None:
    def bars(n: int) -> Bars:
        return Bars(f"Thread {n}", (("One", Decimal(n)),), foot)

    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(png, [bars(n) for n in range(1, 13)]))
    assert len(set(drawn)) == 12
    png.cache_clear()
    assert drawn == [png(bars(n)) for n in range(1, 13)]


def test_the_texts_stand_out_from_the_paper() -> None:
    style = (TEMPLATES / "style.typ").read_text("utf-8")
    colours = dict(re.findall(r'#let ([\w-]+) = rgb\("#([0-9a-f]{6})"\)', style))

    def light(name: str) -> float:
        parts = [int(colours[name][i : i + 2], 16) / 255 for i in (0, 2, 4)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for name in ("ink", "quiet", "accent"):
        assert (light("paper") + 0.05) / (light(name) + 0.05) >= 4.5
    slates = [light("slate-dark"), light("slate"), light("slate-light"), light("paper")]
    assert all((b + 0.05) / (a + 0.05) >= 1.4 for a, b in pairwise(slates))


@example(top_heavy)
@example(far_over)
@given(stacked_bars())
def test_a_bar_is_as_high_as_its_parts_and_none_is_too_thin_to_see(bar: StackedBar) -> None:
    told = drawing(bar)
    parts, limit = told["parts"], told["limit"]
    assert isinstance(parts, list)
    assert isinstance(limit, dict)
    shares = [part["share"] for part in parts]
    assert len(shares) == sum(1 for part in bar.parts if part.amount)
    assert sum(shares) <= 1 + 1e-9
    assert all(share >= float(THINNEST) * 0.9 for share in shares)
    below = [part for part in bar.parts if part.kind is not Kind.OVER]
    amount = sum(part.amount for part in below)
    drawn = sum(part["share"] for part in parts if part["kind"] != Kind.OVER)
    if amount <= bar.limit:
        assert drawn <= limit["share"] + 1e-9
    if amount == bar.limit:
        assert drawn == pytest.approx(limit["share"])


@given(signed, money)
def test_an_axis_has_a_few_round_amounts_that_hold_every_value(low: Decimal, span: Decimal) -> None:
    high = low + span
    ticks = round_amounts(min(low, Decimal()), max(high, Decimal()))
    steps = {b - a for a, b in pairwise(ticks)}
    assert ticks[0] <= low
    assert high <= ticks[-1]
    assert 2 <= len(ticks) <= 8
    assert Decimal() in ticks
    (step,) = steps
    assert step >= 1
    assert step.normalize().as_tuple().digits in {(1,), (2,), (5,)}


@given(st.lists(money, min_size=1, max_size=8))
def test_the_longest_bar_is_the_largest_amount_and_nothing_is_no_bar(values: list[Decimal]) -> None:
    bars = drawing(Bars("x", tuple(("x", value) for value in values), foot))["bars"]
    assert isinstance(bars, list)
    for bar, value in zip(bars, values, strict=True):
        assert (bar["share"] == 1) == (value == max(values) > 0)
        assert (bar["share"] == 0) == (value == 0)
