from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from bot.papers import PDF, XLSX, file_of
from bot.workbook import workbook
from dialogs.papers import Letter, LetterQuestion, WorksheetLine, YearPlan
from tests.bot.test_workbook import paper as year_by_paycheck

TRICKY = (
    "#panic()",
    "*x*",
    "_y_ `z`",
    "$",
    "$x^2$",
    "<a>",
    '"q"',
    "\\",
    "\\u{41}",
    "]",
    "[[",
    "= h",
    "- i",
    "// c",
    "@b",
    "a\nb",
)
QUESTIONS = (
    ("Does our 401(k) plan accept employee after-tax (non-Roth) contributions, apart from Roth deferrals?", True),
    ("Is there a cap on them, as a percentage of pay or in dollars?", True),
    ("Can I convert after-tax money to Roth inside the plan (in-plan Roth rollover), and can this run by itself?", False),
    ("Is the match worked out each paycheck, and is there a true-up at year-end? Does payroll stop contributions at the "
     "annual additions limit (Code section 415(c))?", False),
)  # fmt: skip
NUMBERS = tuple((f"Employer money of the year, part {n}", f"${n},500.25") for n in range(1, 9))


def letter(questions: int = 7, numbers: tuple[tuple[str, str], ...] = ()) -> Letter:
    asked = (QUESTIONS * 4)[:questions]
    return Letter(
        file_name="after-tax-401k-questions.pdf",
        title="Questions about after-tax plan contributions",
        to="To: Benefits or HR team",
        aim="I would like to make after-tax (non-Roth) contributions and move them to Roth. " * 2,
        questions=tuple(
            LetterQuestion(
                text, "after-tax contributions, voluntary contributions, in-service withdrawal", is_open
            )
            for text, is_open in asked
        ),
        open_label="open",
        look_for_label="Look for:",
        answer_label="Answer",
        name_label="Name",
        numbers_title="My numbers" if numbers else "",
        numbers=numbers,
        foot="Education, not tax or legal advice. 2026 rules, as of July 13, 2026.",
    )


def plan(lines: int = 25) -> YearPlan:
    return YearPlan(
        file_name="my-plan-for-the-year.pdf",
        title="My plan for the year",
        headline="Room for $35,500 of after-tax money",
        summary=(
            "At $1,365 a paycheck the room is used up with the last check of the year.",
            "No match is lost.",
        ),
        steps_title="Steps",
        steps=tuple(
            f"Step {n}: set the after-tax election to 14.8% of pay, from the next paycheck." for n in range(6)
        ),
        dates_title="Dates",
        dates=tuple(
            (f"January {n}, 2027", f"The day of thing {n}, which has to be done") for n in range(1, 7)
        ),
        assumed_title="Taken for granted",
        assumed=("You work at this job all year.", "No other plan shares this limit.", "Pay stays the same."),
        worksheet_title="Worksheet",
        worksheet=tuple(
            WorksheetLine(
                f"Annual additions apart from after-tax, line {n}",
                f"${n},000.50",
                "counted deferrals + employer money",
                "IRC 415(c)(1)-(2), (f)(1)(B); Reg. 1.415(c)-1: the lesser of the dollar limit and pay",
            )
            for n in range(lines)
        ),
        foot="Education, not tax, legal or investment advice.",
    )


# --- reading a PDF ---------------------------------------------------------------------------------------------------

_FLAT = rb"\((?:\\.|[^\\()])*\)"
_NESTED = rb"\((?:\\.|[^\\()]|" + _FLAT + rb")*\)"
_STRING = re.compile(rb"\((?:\\.|[^\\()]|" + _NESTED + rb")*\)", re.DOTALL)
_ARRAY = rb"\[(?:" + _STRING.pattern + rb"|[^\]()])*\]"
_SHOWN = re.compile(
    rb"/(f\d+) [\d.]+ Tf[^\[(]*(" + _ARRAY + rb"|" + _STRING.pattern + rb")\s*T[jJ]", re.DOTALL
)
_ESCAPED = re.compile(rb"\\(\d{1,3}|.)", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _objects(content: bytes) -> dict[int, bytes]:
    objects = {}
    for number, body in re.findall(rb"(\d+) 0 obj\n(.*?)\nendobj", content, re.DOTALL):
        head, _, stream = body.partition(b"\nstream\n")
        if b"/FlateDecode" in head:
            body = head + zlib.decompressobj().decompress(stream)
        objects[int(number)] = body
    return objects


def _named(objects: dict[int, bytes], page: bytes) -> list[tuple[bytes, int]]:
    """The fonts that a page knows, each with the number of its object."""
    (resources,) = re.findall(rb"/Resources (\d+) 0 R", page)
    return [(name, int(font)) for name, font in re.findall(rb"/(f\d+) (\d+) 0 R", objects[int(resources)])]


def _characters(objects: dict[int, bytes], font: int) -> dict[int, str]:
    (to_unicode,) = re.findall(rb"/ToUnicode (\d+) 0 R", objects[font])
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", objects[int(to_unicode)])
    return {int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in pairs}


def _unescaped(string: bytes) -> bytes:
    def meant(found: re.Match[bytes]) -> bytes:
        one: bytes = found[1]
        return bytes([int(one, 8)]) if one.isdigit() else _ESCAPES.get(one, one)

    return _ESCAPED.sub(meant, string)


def texts(content: bytes) -> Iterator[str]:
    """Every run of text, in the order in which it is drawn, without what is drawn of it between two glyphs."""
    objects = _objects(content)
    for page in objects.values():
        if b"/Type/Page/" not in page:
            continue
        fonts = {name: _characters(objects, font) for name, font in _named(objects, page)}
        (drawn,) = re.findall(rb"/Contents (\d+) 0 R", page)
        for name, shown in _SHOWN.findall(objects[int(drawn)]):
            glyphs = b"".join(_unescaped(string[1:-1]) for string in _STRING.findall(shown))
            yield "".join(fonts[name][int.from_bytes(glyphs[at : at + 2])] for at in range(0, len(glyphs), 2))


def text_of(content: bytes) -> str:
    """All text without spaces: a line may break at any of them."""
    return re.sub(r"\s", "", "".join(texts(content)))


def pages(content: bytes) -> int:
    return len(re.findall(rb"/Type/Page\b(?!s)", content))


def content_of(paper: Letter | YearPlan) -> bytes:
    name, content, media_type = file_of(paper)
    assert (name, media_type) == (paper.file_name, PDF)
    return content


def words_of(paper: object) -> Iterator[str]:
    """Every text on a paper, but not the name of the file and what kind of paper it is."""
    for name in getattr(paper, "__dataclass_fields__", ()):
        if name not in ("file_name", "paper"):
            yield from words_of(getattr(paper, name))
    if isinstance(paper, str):
        yield paper
    elif isinstance(paper, tuple):
        for one in paper:
            yield from words_of(one)


def shows_every_word(paper: Letter | YearPlan) -> None:
    shown = text_of(content_of(paper))
    for word in words_of(paper):
        assert re.sub(r"\s", "", word) in shown


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("numbers", [(), NUMBERS], ids=["without numbers", "with numbers"])
@pytest.mark.parametrize("questions", [1, 3, 7, 12])
def test_a_letter_is_one_page_with_every_question_and_number(
    questions: int, numbers: tuple[tuple[str, str], ...]
) -> None:
    asked = letter(questions, numbers)
    assert pages(content_of(asked)) == 1
    shows_every_word(asked)


@pytest.mark.parametrize("lines", [1, 5, 25])
def test_a_plan_is_one_page_with_every_line_of_its_worksheet(lines: int) -> None:
    assert pages(content_of(plan(lines))) == 1
    shows_every_word(plan(lines))


@pytest.mark.parametrize("empty", ["steps", "dates", "assumed", "worksheet", "summary"])
def test_a_plan_has_no_heading_over_nothing(empty: str) -> None:
    nothing: dict[str, Any] = {empty: ()}
    without = content_of(replace(plan(3), **nothing))
    title = getattr(plan(3), f"{empty}_title", "")
    assert not title or title not in list(texts(without))
    assert "Room for $35,500 of after-tax money" in list(texts(without))


def test_sentences_behind_bullets_are_a_list_between_those_that_have_none() -> None:
    sentences = ("Before.", "• one", "• two", "Between.", "• three")
    listed = replace(plan(0), summary=sentences, steps=(), assumed=())
    content = content_of(listed)
    assert "Before.•one•twoBetween.•three" in text_of(content)
    assert len(re.findall(rb"/S/LI\b", content)) == 3
    assert len(re.findall(rb"/S/L\b", content)) == 2


@pytest.mark.parametrize("value", ["$20,000; " * 6, "$20,000; " * 60])
def test_a_value_that_is_a_list_of_many_has_room_for_all_of_it(value: str) -> None:
    many = replace(plan(0), worksheet=(WorksheetLine("Each year", value.strip("; "), "", "IRC"),))
    assert pages(content_of(many)) == 1
    shows_every_word(many)


@pytest.mark.parametrize("paper", [plan(120), letter(16, NUMBERS * 3)], ids=["plan", "letter"])
def test_what_is_too_long_for_a_page_goes_on_over_more_and_nothing_is_left_out(
    paper: Letter | YearPlan,
) -> None:
    assert pages(content_of(paper)) > 1
    shows_every_word(paper)


def test_a_letter_has_no_table_where_no_numbers_are_wanted() -> None:
    assert b"/S/Table" not in content_of(letter())


def test_only_an_open_question_is_marked_so() -> None:
    assert list(texts(content_of(letter(4)))).count("open") == 2


@pytest.mark.parametrize("text", TRICKY)
def test_a_text_is_never_read_as_markup(text: str) -> None:
    asked = replace(
        letter(1),
        title=text,
        to=text,
        aim=text,
        questions=(LetterQuestion(text, text, True),),
        open_label=text,
        look_for_label=text,
        answer_label=text,
        name_label=text,
        numbers_title=text,
        numbers=((text, text),),
        foot=text,
    )
    times = len(list(words_of(asked)))
    assert text_of(content_of(asked)).count(re.sub(r"\s", "", text)) >= times


@pytest.mark.parametrize("text", TRICKY)
def test_a_text_of_a_plan_is_never_read_as_markup(text: str) -> None:
    planned = YearPlan(
        "p.pdf",
        *(text, text, (text,)),
        *(text, (text,)),
        *(text, ((text, text),)),
        *(text, (text,)),
        *(text, (WorksheetLine(text, text, text, text),)),
        foot=text,
    )
    times = len(list(words_of(planned)))
    assert text_of(content_of(planned)).count(re.sub(r"\s", "", text)) >= times


# --- who reads with other means --------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", [letter(7, NUMBERS), plan()], ids=["letter", "plan"])
def test_a_page_is_tagged_with_its_title_and_language_as_pdf_ua_wants(paper: Letter | YearPlan) -> None:
    content = content_of(paper)
    tags = set(re.findall(rb"/S/(\w+)", content))
    assert {b"Title", b"H1", b"L", b"LI", b"LBody", b"Table", b"TH", b"TD"} <= tags
    assert b"/StructTreeRoot" in content
    assert b"/MarkInfo<</Marked true" in content
    assert b"/Lang(en-US)" in content
    assert b"/DisplayDocTitle true" in content
    assert re.search(rb"pdfuaid:part\W+1\b", content)
    assert f"/Title({paper.title})".encode() in content


def test_a_line_to_write_on_is_a_drawing_and_no_text() -> None:
    assert "__" not in text_of(content_of(letter()))


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", [letter(7, NUMBERS), plan()], ids=["letter", "plan"])
def test_the_same_page_is_the_same_bytes_and_does_not_say_when_it_was_made(paper: Letter | YearPlan) -> None:
    first = content_of(paper)
    file_of.cache_clear()
    assert content_of(paper) == first
    assert b"CreationDate" not in first
    assert b"CreateDate" not in first


def test_a_year_by_paycheck_is_a_spreadsheet() -> None:
    year = year_by_paycheck()
    assert file_of(year) == ("year-by-paycheck.xlsx", workbook(year), XLSX)


def test_a_paper_is_made_once_and_another_heading_is_another_paper() -> None:
    year = year_by_paycheck()
    assert file_of(year) is file_of(year_by_paycheck())
    assert file_of(replace(year, labels=year.labels | {"total": "All"})) != file_of(year)


def test_papers_can_be_made_in_many_threads_at_once() -> None:
    asked = [letter(1, ((f"Number {n}", "$1"),)) for n in range(4)]
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(content_of, asked))
    assert [f"Number{n}" in text_of(content) for n, content in enumerate(made)] == [True] * 4
