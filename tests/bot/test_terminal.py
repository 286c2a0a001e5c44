from __future__ import annotations

import builtins
import html
import io
import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import terminal
from bot.conversation import Conversation, DialogConversation, Responded
from bot.gallery import SCENES, Scene, played
from bot.gaps import listed
from bot.sqlite_store import DATABASE, connect
from bot.terminal import (
    COVERED,
    History,
    Kept,
    Makers,
    Panel,
    Screen,
    as_text,
    chat,
    laid_out,
    meant,
    screen_of,
    shown,
)
from bot.text_bars import bars
from dialogs.drawn import caption
from dialogs.events import Command, Event, Pressed, Said
from dialogs.gaps import Gap
from dialogs.papers import Letter, Paper
from dialogs.pictures import Bars, Picture
from dialogs.replies import Button, Reply
from tests.bot.fakes import Counting, Scripted, word_of
from tests.seen import numbered

YES, NO, UNDO = Button("Yes", data="yes"), Button("No", data="no"), Button("Undo", data="undo")
PAGE = Button("Policy", url="https://example.org/p")
OPEN = Button("Open", start="check")
COPY = Button("Copy", copy="Dear HR,\nis there a plan?")
ROOT = Path(__file__).parents[2]


class Tty(io.StringIO):
    """A terminal, as far as anybody asks."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def ordinary_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.delenv("NO_COLOR", raising=False)


def talk(folder: Path, *lines: str, conversation: Conversation | None = None, **options: Any) -> str:
    """What a script of ``lines`` shows."""
    out = io.StringIO()
    script = io.StringIO("".join(f"{line}\n" for line in lines))
    assert chat(conversation or Counting(), folder, script, out, **options) == 0
    return out.getvalue()


# What is shown


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain", "plain"),
        ("", ""),
        ("<b>a</b> <i>b</i> <u>c</u> <s>d</s> <code>e</code>", "a b c d e"),
        ("1 &lt; 2 &amp;&amp; &quot;x&quot;", '1 < 2 && "x"'),
        ("unfinished &amp", "unfinished &"),
        (
            'see <a href="https://irs.gov/a?b=1&amp;c=2">the IRS</a>.',
            "see the IRS (https://irs.gov/a?b=1&c=2).",
        ),
        ('<a href="https://irs.gov">https://irs.gov</a>', "https://irs.gov"),
        ("<a>nowhere</a> <a href>else</a>", "nowhere else"),
        ("a\n<blockquote expandable>q\n\nr</blockquote>\nb", "a\n  | q\n  |\n  | r\nb"),
        ("a<blockquote>q</blockquote>b", "a\n  | q\nb"),
        ("a\n\n<blockquote>q</blockquote>\n\nb", "a\n\n  | q\n\nb"),
        ("<blockquote>q</blockquote><blockquote>r</blockquote>", "  | q\n  | r"),
        ("<blockquote>q</blockquote>\n<blockquote>r</blockquote>\n", "  | q\n  | r"),
        ("<tg-spoiler>gone</tg-spoiler> kept</tg-spoiler></b></blockquote>", "$•••• kept"),
        (
            "tab\there, bell\a, escape \x1b[31m, &#27;[2J, C1 \x9b, back\b\r",
            "tab here, bell, escape [31m, [2J, C1 , back",
        ),
        ("\u202e185k\u202c \u2066x\u2069", "185k x"),
        ("emoji 👩‍💻 and half a \ud83d", "emoji 👩‍💻 and half a \ud83d"),
    ],
)
def test_markup_becomes_plain_text(markup: str, text: str) -> None:
    assert as_text(markup) == text


def test_a_pipe_gets_whole_lines_and_a_terminal_gets_broken_ones() -> None:
    sentence = "Some 401(k) plans let you add after-tax money and move it to Roth."
    assert as_text(sentence) == sentence
    assert (
        as_text(sentence, Screen(32))
        == "Some 401(k) plans let you add\nafter-tax money and move it to\nRoth."
    )


def test_an_item_hangs_below_its_text_and_a_quote_keeps_its_margin() -> None:
    markup = "1. one two three\n• four five six\n<blockquote>10. seven eight\n\nnine ten eleven</blockquote>"
    assert as_text(markup, Screen(14)).splitlines() == [
        "1. one two",
        "   three",
        "• four five",
        "  six",
        "  | 10. seven",
        "  |     eight",
        "  |",
        "  | nine ten",
        "  | eleven",
    ]


def test_an_address_is_never_broken() -> None:
    address = "https://example.org/" + "a-b/" * 20
    assert as_text(f'see <a href="{address}">it</a> now', Screen(30)) == f"see it\n({address})\nnow"


def test_styles_are_shown_where_they_can_be() -> None:
    markup = "<b>bold words go <i>on</i></b>, <code>x</code> <u>u</u> <s>s</s>"
    assert as_text(markup, Screen(0, True)) == (
        "\x1b[1mbold words go \x1b[0m\x1b[1;3mon\x1b[0m, x \x1b[4mu\x1b[0m \x1b[9ms\x1b[0m"
    )
    broken = as_text("one <b>two three four  five</b>", Screen(12, True))
    assert broken == "one \x1b[1mtwo\x1b[0m\n\x1b[1mthree four\x1b[0m\n\x1b[1mfive\x1b[0m"
    assert "\x1b" not in as_text(markup, Screen(20))


def unstyled(text: str) -> str:
    return re.sub("\x1b\\[[0-9;]+m", "", text)


@settings(deadline=None)
@given(st.text(), st.integers(0, 60))
def test_every_letter_is_kept_and_none_is_obeyed(text: str, width: int) -> None:
    lines = as_text(f"<b>{html.escape(text)}</b>", Screen(width, True))
    assert "".join(unstyled(lines).split()) == "".join(shown(text).split())
    assert shown(unstyled(lines)) == unstyled(lines)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["<a href=", "<blockquote>", "</blockquote>", "</a>", *"<>/&;#!-[]\"'= \nab"]))
)
def test_broken_markup_breaks_nothing(parts: list[str]) -> None:
    as_text("".join(parts), Screen(20, True))


@pytest.mark.parametrize(
    ("variables", "screen"),
    [
        ({}, Screen(40, True)),
        ({"COLUMNS": "200"}, Screen(88, True)),
        ({"NO_COLOR": "1"}, Screen(40, False)),
        ({"NO_COLOR": ""}, Screen(40, True)),
        ({"TERM": "dumb"}, Screen(40, False)),
    ],
)
def test_what_a_terminal_can_show(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], screen: Screen
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert screen_of(Tty()) == screen
    assert screen_of(io.StringIO()) == Screen()


# Buttons


def test_buttons_are_numbered_in_their_rows() -> None:
    card = Reply("<b>Sure?</b>", ((YES, NO), (PAGE, COPY)), live=True)
    text, panel = laid_out([card], Panel(), Screen())
    assert text == "Sure?\n#1 Yes   #2 No\n#3 Policy (https://example.org/p)   #4 Copy"
    assert panel.buttons == (YES, NO, PAGE, COPY)


def test_a_row_that_is_too_wide_is_broken_between_buttons() -> None:
    text, _ = laid_out([Reply("", ((YES, NO, PAGE, COPY),))], Panel(), Screen(20))
    assert text.splitlines() == ["#1 Yes   #2 No", "#3 Policy (https://example.org/p)", "#4 Copy"]


def test_a_label_that_is_its_number_is_not_said_twice() -> None:
    rows = (tuple(Button(str(n), data=f"edit:{n}") for n in (1, 2)), (Button("2", data="two"),))
    text, _ = laid_out([Reply("", rows, live=True)], Panel(), Screen())
    assert text == "#1   #2\n#3 2"


def test_the_live_card_comes_first_in_number_wherever_it_stands() -> None:
    echo = Reply("✓ Pay", ((UNDO,),), edits=True)
    question = Reply("Next?", ((YES, NO),), live=True)
    aside = Reply("By the way", ((PAGE,),))
    text, panel = laid_out([echo, question, aside], Panel((COPY,), (OPEN,)), Screen())
    assert text == (
        "✓ Pay\n#3 Undo\n\nNext?\n#1 Yes   #2 No\n\nBy the way\n#4 Policy (https://example.org/p)"
    )
    assert panel.buttons == (YES, NO, UNDO, PAGE)


def test_numbers_last_until_others_are_shown() -> None:
    before = Panel((YES, NO), (UNDO,))
    assert laid_out([Reply("only words")], before, Screen())[1] == before
    assert laid_out([], before, Screen()) == ("", before)
    text, after = laid_out([Reply("a word", ((PAGE,),))], before, Screen())
    assert "#3 Policy" in text
    assert after == Panel((YES, NO), (PAGE,))


def test_a_card_that_collapsed_has_no_buttons() -> None:
    assert laid_out([Reply("✓ done", edits=True)], Panel((YES,), (UNDO,)), Screen())[1] == Panel()
    text, panel = laid_out([Reply("✓ done", ((UNDO,),), edits=True)], Panel((YES,)), Screen())
    assert (text, panel.buttons) == ("✓ done\n#1 Undo", (UNDO,))


# What is typed


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("#1", Pressed("yes")),
        (" # 2 ", Pressed("no")),
        ("#03", "https://example.org/p"),
        ("#4", Command("start", "check")),
        ("#5", "Dear HR,\nis there a plan?"),
        ("#6", "There is no such button. The last ones are #1 to #5."),
        ("#0", "There is no such button. The last ones are #1 to #5."),
        ("#" + "9" * 5000, "There is no such button. The last ones are #1 to #5."),
        ("1", Said("1")),
        ("3.", Said("3.")),
        ("185", Said("185")),
        ("#1 Yes", Said("#1 Yes")),
        ("#", Said("#")),
        ("#１", Said("#１")),
        ("/start", Command("start")),
        ("/ASK  what is\tit ", Command("ask", "what is\tit")),
        ("/help@some_bot", Command("help")),
        ("/", Said("/")),
        ("what is ACP?", Said("what is ACP?")),
        ("x" * 5000, Said("x" * 5000)),
        ("nul \x00 stays", Said("nul \x00 stays")),
        ("half a \udcff", Said("half a ?")),
        ("😀", Said("😀")),
    ],
)
def test_what_a_line_means(line: str, event: Event | str) -> None:
    assert meant(line, (YES, NO, PAGE, OPEN, COPY)) == event


def test_there_may_be_nothing_to_press() -> None:
    assert meant("#1", ()) == "There is no button to press here."


def test_a_script_reads_like_a_conversation(tmp_path: Path) -> None:
    assert talk(tmp_path, "hello", "", "  ", "#1", "#7") == (
        "(saved /start)\n\n✓ /start\n\ngot /start, next?\n#1 Yes\n\n"
        "> hello\n(saved hello)\n\n✓ hello\n\ngot hello, next?\n#1 Yes\n\n"
        "> #1\n(saved yes2)\n\n✓ yes2\n\ngot yes2, next?\n#1 Yes\n\n"
        "> #7\nThere is no such button. The last ones are #1 to #1.\n\n"
        "Goodbye. Your answers are kept for next time.\n"
    )


def test_a_turn_may_be_silent(tmp_path: Path) -> None:
    silent = Scripted(lambda _stored, _event: Responded("{}", ()))
    assert talk(tmp_path, "x", conversation=silent) == "> x\nGoodbye. Your answers are kept for next time.\n"


def test_nothing_in_a_script_is_obeyed(tmp_path: Path) -> None:
    saying = Scripted(lambda _stored, _event: Responded(None, (), toast="\x1b[2Jdone"))
    text = talk(tmp_path, "\x1b[2Jhi", conversation=saying)
    assert text == "([2Jdone)\n\n> [2Jhi\n([2Jdone)\n\nGoodbye.\n"
    assert saying.heard[-1] == Said("\x1b[2Jhi")


def test_bytes_that_are_no_text_and_a_narrow_encoding(tmp_path: Path) -> None:
    source = io.TextIOWrapper(
        io.BytesIO("é \xff".encode("latin-1") + b"\0\n\xe2\x9c\x93\n"), encoding="ascii"
    )
    written = io.BytesIO()
    out = io.TextIOWrapper(written, encoding="ascii")
    echoing = Scripted(lambda _stored, event: Responded("{}", (Reply(f"✓ {word_of(event)}"),)))
    assert chat(echoing, tmp_path, source, out) == 0
    assert echoing.heard[1:] == [Said("? ?\0"), Said("✓")]
    assert "✓ ? ?\n" in written.getvalue().decode()


# What is kept


def test_a_conversation_goes_on_in_the_next_run(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "yet"
    talk(folder, "a")
    talk(folder, "b")
    assert json.loads(Kept(folder).session.read_text()) == ["/start", "a", "/start", "b"]
    assert folder.stat().st_mode & 0o077 == 0
    assert [path.stat().st_mode & 0o177 for path in folder.iterdir()] == [0]


def test_what_is_kept_is_kept_to_the_letter(tmp_path: Path) -> None:
    heard: list[str | None] = []

    def say(stored: str | None, _event: Event) -> Responded:
        heard.append(stored)
        return Responded("a\r\nb\x00é\n", ())

    talk(tmp_path, conversation=Scripted(say))
    talk(tmp_path, conversation=Scripted(say))
    assert heard == [None, "a\r\nb\x00é\n"]


def test_starting_afresh_forgets(tmp_path: Path) -> None:
    talk(tmp_path, "a")
    Kept(tmp_path).history.write_text("a\n")
    talk(tmp_path, "b", fresh=True)
    assert json.loads(Kept(tmp_path).session.read_text()) == ["/start", "b"]
    assert not Kept(tmp_path).history.exists()


def test_who_is_forgotten_leaves_no_file(tmp_path: Path) -> None:
    talk(tmp_path, "a")
    (tmp_path / "terminal.json.new").write_text("from a crash")
    (tmp_path / "terminal.history").write_text("185000\n")
    assert talk(tmp_path, "/forget").endswith("Forgotten.\n\nGoodbye.\n")
    assert list(tmp_path.iterdir()) == []


def questions(folder: Path) -> list[tuple[int, tuple[str, ...]]]:
    """The questions without an answer that are noted in ``folder``."""
    with connect(folder / DATABASE) as database:
        return [(one.times, one.texts) for one in listed(database)]


def test_a_question_without_an_answer_is_counted_and_sent_by_its_button(tmp_path: Path) -> None:
    real = DialogConversation(lambda: date(2026, 7, 1))
    text = talk(tmp_path, "what is a banana?", conversation=real)
    assert questions(tmp_path) == [(1, ())]
    number = dict(numbered(text))["Send to the authors"]
    text = talk(
        tmp_path, "a banana, what is it?", f"#{number}", f"#{number}", "/delete", "yes", conversation=real
    )
    assert 'I keep the question "a banana, what is it?"' in text
    assert questions(tmp_path) == [(2, ("a banana, what is it?",))]
    assert (tmp_path / DATABASE).stat().st_mode & 0o077 == 0
    assert not Kept(tmp_path).session.exists()


def test_without_such_a_question_there_is_no_database(tmp_path: Path) -> None:
    talk(tmp_path, "what is acp?", "/menu", conversation=DialogConversation(lambda: date(2026, 7, 1)))
    assert not (tmp_path / DATABASE).exists()


def asks(text: str = "") -> Scripted:
    return Scripted(lambda *_: Responded("{}", (Reply("said"),), gap=Gap("aa", date(2026, 7, 1), text)))


def test_where_nothing_can_be_noted_the_talk_goes_on(tmp_path: Path) -> None:
    (tmp_path / DATABASE).mkdir()
    assert talk(tmp_path, "a", conversation=asks()).count("said") == 2
    (tmp_path / DATABASE).rmdir()
    (tmp_path / DATABASE).write_bytes(b"not a database, at all" * 100)
    assert talk(tmp_path, "a", conversation=asks()).count("said") == 2


def test_a_bot_that_writes_at_the_same_time_is_not_waited_for(tmp_path: Path) -> None:
    with connect(tmp_path / DATABASE) as bot:
        bot.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        assert talk(tmp_path, conversation=asks()).count("said") == 1
        assert time.monotonic() - begun < 2
        bot.rollback()
    assert questions(tmp_path) == []


def test_a_damaged_file_is_left_to_the_conversation(tmp_path: Path) -> None:
    Kept(tmp_path).session.write_bytes(b"\xff{")
    heard: list[str | None] = []

    def say(stored: str | None, _event: Event) -> Responded:
        heard.append(stored)
        return Responded("{}", ())

    talk(tmp_path, conversation=Scripted(say))
    assert heard == ["\ufffd{"]


@pytest.mark.parametrize("fresh", [False, True])
def test_what_cannot_be_opened_is_not_overwritten(
    tmp_path: Path, fresh: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    Kept(tmp_path).session.mkdir()
    assert chat(Counting(), tmp_path, io.StringIO("a\n"), io.StringIO(), fresh=fresh) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert f"It is looked for in {tmp_path} (--data or MEGAROTH_DATA)." in error


def test_a_disk_that_takes_nothing_is_told_of_once_and_again_when_it_fails_again(tmp_path: Path) -> None:
    draft = tmp_path / "terminal.json.new"
    draft.mkdir()

    def say(stored: str | None, event: Event) -> Responded:
        if event == Said("repair"):
            draft.rmdir()
        if event == Said("damage"):
            draft.mkdir()
        return Counting().respond(stored, event)

    text = talk(tmp_path, "a", "repair", "damage", "b", conversation=Scripted(say))
    assert text.count(f"I could not save that in {tmp_path} (Is a directory). It lasts until you leave.") == 2
    assert json.loads(Kept(tmp_path).session.read_text()) == ["/start", "a", "repair"]
    assert text.endswith("got b, next?\n#1 Yes\n\nGoodbye.\n")


def test_what_could_not_be_deleted_is_said(tmp_path: Path) -> None:
    (tmp_path / "terminal.history.new").mkdir()
    text = talk(tmp_path, "/forget")
    assert f"Forgotten.\n\nI could not delete what is kept in {tmp_path} (" in text


# What a card carries besides its text


PICTURE = Bars("Rooms", (("A", Decimal(37_500)),), "2026")
PAPER = Letter("questions.pdf", "Questions", "", "", (), "", "", "", "", "", (), "")


class Made:
    """Makes what it is told to, and remembers how wide."""

    def __init__(self, content: bytes = b"%PDF", name: str = "questions.pdf") -> None:
        self.content, self.name = content, name
        self.widths: list[int] = []

    def bars(self, picture: Picture, width: int) -> str:
        self.widths.append(width)
        return f"\n{picture.title}\n==== 1\x1b[2J\n"

    def file_of(self, _paper: Paper) -> tuple[str, bytes, str]:
        return self.name, self.content, "application/pdf"

    @property
    def makers(self) -> Makers:
        return Makers(self.bars, self.file_of)


def show(folder: Path, reply: Reply, made: Made | None = None, makers: Makers | None = None) -> str:
    """What is printed for a card, without the goodbye."""
    script = Scripted(lambda *_: Responded("{}", (reply,)))
    shown = talk(folder, conversation=script, makers=makers or (made or Made()).makers)
    return shown.removesuffix("\n\nGoodbye. Your answers are kept for next time.\n")


def test_a_picture_is_bars_between_text_and_buttons(tmp_path: Path) -> None:
    reply = Reply("Your <b>room</b>", ((YES, NO),), live=True, picture=PICTURE)
    assert show(tmp_path, reply) == "Your room\nRooms\n==== 1[2J\n#1 Yes   #2 No"


@pytest.mark.parametrize("markup", ["<b>Rooms</b>\n====: 1[2J", "Rooms – <tg-spoiler>1[2J</tg-spoiler>"])
def test_a_caption_that_says_nothing_more_than_its_picture_is_not_printed_as_well(
    tmp_path: Path, markup: str
) -> None:
    assert show(tmp_path, Reply(markup, picture=PICTURE)).startswith("Rooms\n==== 1[2J")


def test_the_same_words_without_a_picture_are_printed(tmp_path: Path) -> None:
    assert show(tmp_path, Reply("Saved", paper=PAPER)).startswith("Saved\nSaved as ")
    broken = Makers(lambda *_: str(1 / 0), Made().file_of)
    assert show(tmp_path, Reply("The text", picture=PICTURE), makers=broken).startswith(
        "The text\nI could not"
    )


@pytest.mark.parametrize(
    "scene", [scene for scene in SCENES if played(scene)[1] is None], ids=attrgetter("name")
)
def test_the_figures_of_each_picture_are_printed_once(tmp_path: Path, scene: Scene) -> None:
    picture, _ = played(scene)
    assert picture is not None
    words = "\n".join(map(html.escape, (picture.title, *caption(picture))))
    assert show(tmp_path, Reply(words, picture=picture), makers=Makers()) == bars(picture)


def test_what_is_covered_is_shown_once_it_is_asked_for(tmp_path: Path) -> None:
    card = Reply("Left: <tg-spoiler>$9</tg-spoiler>", ((YES,),), live=True, picture=PICTURE, hidden=True)
    script = Scripted(lambda _, event: Responded("{}", (card,) if event == Said("go") else (Reply("plain"),)))
    typed = ("show amounts", "go", " Show  AMOUNTS ", "show amounts", "#1")
    printed = talk(tmp_path, *typed, conversation=script, makers=Made().makers)
    *_, before, covered, once, twice, pressed = printed.split("\n> ")
    assert before == "show amounts\nplain\n"
    assert covered == f"go\nLeft: $••••\n#1 Yes\n\n{COVERED}\n"
    assert once == "Show  AMOUNTS\nLeft: $9\nRooms\n==== 1[2J\n#1 Yes\n"
    assert twice.lower() == once.lower().replace("  ", " ")
    assert pressed.startswith("#1\nplain")


@pytest.mark.parametrize(("markup", "hidden"), [("<tg-spoiler>$9</tg-spoiler>", False), ("x", True)])
def test_it_is_said_how_to_see_what_is_covered(tmp_path: Path, markup: str, hidden: bool) -> None:
    assert COVERED in show(tmp_path, Reply(markup, picture=PICTURE, hidden=hidden))
    assert (COVERED in show(tmp_path, Reply(markup, hidden=hidden))) is not hidden


def test_no_amount_is_printed_while_amounts_are_hidden(tmp_path: Path) -> None:
    typed = (
        "/room",
        "185k",
        "24,500",
        "9,000",
        "1,000",
        "/settings",
        "hide amounts",
        "picture",
        "back",
        "show amounts",
    )
    printed = talk(tmp_path, *typed, conversation=DialogConversation(lambda: date(2026, 7, 1)))
    hidden, uncovered = printed.split("> hide amounts")[1].split("> show amounts")
    assert hidden.count("$••••") > 9
    assert not re.search(r"\$\d", hidden)
    assert "Room left in 2026: $37,500" in uncovered


def test_bars_are_as_wide_as_the_terminal_and_no_wider_than_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = Scripted(lambda *_: Responded("{}", (Reply("x", picture=PICTURE),)))
    made = Made()
    for columns in ("40", "200"):
        monkeypatch.setenv("COLUMNS", columns)
        assert chat(script, tmp_path, io.StringIO(), Tty(), makers=made.makers) == 0
    assert chat(script, tmp_path, io.StringIO(), io.StringIO(), makers=made.makers) == 0
    assert made.widths == [40, 88, 72]


def test_a_picture_that_cannot_be_drawn_is_one_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    broken = Makers(lambda *_: str(1 / 0), Made().file_of)
    text = show(tmp_path, Reply("text", ((YES,),), picture=PICTURE, paper=PAPER), makers=broken)
    assert text.splitlines() == [
        "text",
        "I could not draw the picture here. The text above says the same.",
        f"Saved as {tmp_path / 'papers' / 'questions.pdf'}",
        "#1 Yes",
    ]


def test_a_paper_is_a_file_that_its_owner_alone_may_read(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "yet"
    place = folder / "papers" / "questions.pdf"
    assert show(folder, Reply("Your letter", paper=PAPER)) == f"Your letter\nSaved as {place}"
    assert place.read_bytes() == b"%PDF"
    assert [path.stat().st_mode & 0o077 for path in (place, place.parent, folder)] == [0, 0, 0]


def test_the_same_paper_is_the_same_file_and_another_one_has_another_name(tmp_path: Path) -> None:
    for content in (b"one", b"two", b"one", b"three", b"two"):
        show(tmp_path, Reply("x", paper=PAPER), Made(content))
    papers = {path.name: path.read_bytes() for path in Kept(tmp_path).papers.iterdir()}
    assert papers == {"questions.pdf": b"one", "questions (2).pdf": b"two", "questions (3).pdf": b"three"}


def test_a_paper_stays_in_its_folder_whatever_it_is_called(tmp_path: Path) -> None:
    show(tmp_path, Reply("x", paper=PAPER), Made(name="../../questions.pdf"))
    assert [path.name for path in Kept(tmp_path).papers.iterdir()] == ["questions.pdf"]


def test_a_paper_that_cannot_be_made_is_said_to_be_missing(tmp_path: Path) -> None:
    broken = Makers(Made().bars, lambda _: ("", bytes(1 // 0), ""))
    text = show(tmp_path, Reply("text", paper=PAPER), makers=broken)
    assert text == f"text\n{Scripted(lambda *_: Responded(None, ())).say('paper_failed')}"


def test_a_paper_that_cannot_be_saved_is_said_to_be_missing_and_the_turn_counts(tmp_path: Path) -> None:
    (tmp_path / "papers").write_text("in the way")
    text = show(tmp_path, Reply("text", paper=PAPER))
    assert text == f"text\nI could not save the file in {tmp_path / 'papers'} (File exists)."
    assert Kept(tmp_path).session.read_text() == "{}"


def test_half_a_paper_is_not_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int, *_mode: str) -> io.BytesIO:
        os.close(handle)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(builtins, "open", full)
        with pytest.raises(OSError, match="No space"):
            Kept(tmp_path).save_paper("a.pdf", b"1")
    assert list(Kept(tmp_path).papers.iterdir()) == []


def test_who_is_forgotten_leaves_no_paper(tmp_path: Path) -> None:
    show(tmp_path, Reply("x", paper=PAPER))
    talk(tmp_path, "/forget")
    assert list(tmp_path.iterdir()) == []


def test_what_is_covered_elsewhere_is_covered_here() -> None:
    markup = "a <tg-spoiler>b &amp; c</tg-spoiler> <b><tg-spoiler>d</tg-spoiler></b>."
    assert as_text(markup) == "a $•••• $••••."
    assert as_text(markup, Screen(covers=False)) == "a b & c d."


# What breaks


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_a_turn_that_breaks_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], level: str
) -> None:
    def say(stored: str | None, event: Event) -> Responded:
        if event == Said("185000"):
            raise ZeroDivisionError(word_of(event))
        return Counting().respond(stored, event)

    text = talk(tmp_path, "a", "185000", "#1", conversation=Scripted(say), level=level)
    said = re.search(r"Something broke on my side, not yours. Your answers are safe. Code (\w{4}).\n", text)
    assert said is not None
    assert json.loads(Kept(tmp_path).session.read_text()) == ["/start", "a", "yes2"]
    assert "Traceback" not in text
    log = capsys.readouterr().err
    assert f"code={said.group(1)} error=ZeroDivisionError place=test_terminal.py:" in log
    assert "185000" not in log
    assert ("in respond" in log) == (level == "DEBUG")


@pytest.mark.parametrize(
    "said",
    [
        Responded("half a \ud83d", ()),
        Responded("{}", (cast(Reply, "no card"),)),
        Responded("{}", (), gap=Gap("aa", date(2026, 7, 1), "half a \ud83d")),
    ],
)
def test_what_cannot_be_kept_or_shown_is_a_broken_turn(tmp_path: Path, said: Responded) -> None:
    text = talk(tmp_path, conversation=Scripted(lambda _stored, _event: said))
    assert "Something broke" in text
    assert not Kept(tmp_path).session.exists()


class Closed(io.StringIO):
    """A pipe that nobody reads any more."""

    def write(self, _text: str) -> int:
        raise BrokenPipeError


def test_when_nobody_reads_it_ends_quietly_and_the_answer_is_kept(tmp_path: Path) -> None:
    assert chat(Counting(), tmp_path, io.StringIO("a\n"), Closed()) == 0
    assert json.loads(Kept(tmp_path).session.read_text()) == ["/start"]


# At a keyboard


@dataclass
class Readline:
    """The module, as far as it is used."""

    lines: list[str] = field(default_factory=list)

    def add_history(self, line: str) -> None:
        self.lines.append(line)

    def get_current_history_length(self) -> int:
        return len(self.lines)

    def get_history_item(self, number: int) -> str:
        return self.lines[number - 1]

    def clear_history(self) -> None:
        self.lines.clear()


@dataclass
class Keyboard:
    """Types the lines, then raises; what is typed is remembered as the real module would."""

    readline: Readline
    lines: list[str] = field(default_factory=list)
    end: type[BaseException] = EOFError
    prompts: list[str] = field(default_factory=list)

    def __call__(self, prompt: str) -> str:
        self.prompts.append(prompt)
        if not self.lines:
            raise self.end
        line = self.lines.pop(0)
        self.readline.add_history(line)
        return line


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Keyboard:
    made = Keyboard(Readline())
    monkeypatch.setattr(builtins, "input", made)
    monkeypatch.setattr(terminal, "_readline", lambda: made.readline)
    return made


@pytest.mark.parametrize("end", [EOFError, KeyboardInterrupt])
def test_a_person_is_greeted_and_leaves(tmp_path: Path, keyboard: Keyboard, end: type[BaseException]) -> None:
    keyboard.lines, keyboard.end = ["hello", "", " "], end
    out = Tty()
    assert chat(Counting(), tmp_path, Tty(), out) == 0
    text = out.getvalue()
    assert text.startswith(
        "Type an answer, or #1, #2 ... for a button. /help explains. Ctrl-D leaves.\n\n(saved"
    )
    assert "got \x1b[1mhello\x1b[0m, next?" in text
    assert text.endswith("\n\n\nGoodbye. Your answers are kept for next time.\n")
    assert set(keyboard.prompts) == {"> "}
    assert json.loads(Kept(tmp_path).session.read_text()) == ["/start", "hello"]


def test_ctrl_c_in_the_middle_of_a_turn_leaves_it_undone(tmp_path: Path, keyboard: Keyboard) -> None:
    def say(stored: str | None, event: Event) -> Responded:
        if event == Said("b"):
            raise KeyboardInterrupt
        return Counting().respond(stored, event)

    keyboard.lines = ["a", "b"]
    assert chat(Scripted(say), tmp_path, Tty(), Tty()) == 0
    assert json.loads(Kept(tmp_path).session.read_text()) == ["/start", "a"]


def test_what_was_typed_is_there_in_the_next_run_and_for_nobody_else(
    tmp_path: Path, keyboard: Keyboard
) -> None:
    keyboard.lines = ["pasted\nlines", "\udcff\x1b"]
    chat(Counting(), tmp_path, Tty(), Tty())
    assert Kept(tmp_path).history.read_text() == "pasted lines\n?\n"
    assert Kept(tmp_path).history.stat().st_mode & 0o177 == 0
    keyboard.readline.lines = []
    chat(Counting(), tmp_path, Tty(), Tty())
    assert keyboard.readline.lines == ["pasted lines", "?"]


def test_forgetting_takes_what_was_typed_along(tmp_path: Path, keyboard: Keyboard) -> None:
    keyboard.lines = ["185000", "/forget"]
    chat(Counting(), tmp_path, Tty(), Tty())
    assert keyboard.readline.lines == []
    assert list(tmp_path.iterdir()) == []


def test_only_the_newest_lines_are_kept(tmp_path: Path) -> None:
    readline = Readline([str(number) for number in range(1000)])
    History(Kept(tmp_path), cast(ModuleType, readline)).save()
    assert Kept(tmp_path).history.read_text().split() == [str(number) for number in range(500, 1000)]


def test_a_history_that_cannot_be_read_or_written_is_none(tmp_path: Path) -> None:
    Kept(tmp_path).history.mkdir()
    history = History(Kept(tmp_path), cast(ModuleType, Readline(["a"])))
    history.recall()
    history.save()
    assert list(Kept(tmp_path).history.iterdir()) == []


def test_not_every_system_has_readline(
    tmp_path: Path, keyboard: Keyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(builtins, "input", keyboard)
    monkeypatch.setitem(sys.modules, "readline", None)
    keyboard.lines = ["a", "/forget", "b"]
    assert chat(Counting(), tmp_path, Tty(), Tty()) == 0
    assert not Kept(tmp_path).history.exists()


def test_a_script_leaves_no_history(tmp_path: Path) -> None:
    talk(tmp_path, "a")
    assert not Kept(tmp_path).history.exists()


# As a process

PROGRAM = """
import sys
from pathlib import Path
from bot.terminal import chat
from tests.bot.fakes import Counting
sys.exit(chat(Counting(), Path(sys.argv[1]), sys.stdin, sys.stdout))
"""
CONTROLLED = f"""
import fcntl, signal, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job would ignore Ctrl-C
{PROGRAM}"""


class Typist:
    """Sits at a real (pseudo) terminal."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.ours, theirs = pty.openpty()
        self.text = ""
        self.process = subprocess.Popen(
            [sys.executable, "-c", CONTROLLED, str(folder)],
            cwd=ROOT,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "COLUMNS": "80", **variables},
            start_new_session=True,
        )
        os.close(theirs)

    def wait_for(self, words: str, key: str = "") -> None:
        """Read until ``words`` are there, which are then behind us; while it is quiet, type ``key`` again.

        Python notices a Ctrl-C in the instant between the prompt and its waiting for keys only at the next one.
        """
        patience = 12
        while words not in self.text:
            if select.select([self.ours], [], [], 5)[0]:
                self.text += os.read(self.ours, 4096).decode(errors="replace")
            else:
                patience -= 1
                assert patience, self.text
                self.type(key)
        self.text = self.text.partition(words)[2]

    def type(self, keys: str) -> None:
        os.write(self.ours, keys.encode())

    def leave(self) -> int:
        code = self.process.wait(60)
        os.close(self.ours)
        return code


@pytest.fixture
def typists() -> Iterator[list[Typist]]:
    made: list[Typist] = []
    yield made
    for typist in made:
        typist.process.kill()
        typist.process.wait()


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_a_real_terminal(tmp_path: Path, typists: list[Typist], key: str) -> None:
    ann = Typist(tmp_path)
    typists.append(ann)
    ann.wait_for("leaves.")
    ann.wait_for("#1 Yes")
    ann.wait_for("> ")
    ann.type("hello é\n")
    ann.wait_for("got \x1b[1mhello é\x1b[0m, next?")
    ann.wait_for("> ")
    ann.type(key)
    ann.wait_for("Goodbye. Your answers are kept for next time.", key)
    assert ann.leave() == 0
    assert Kept(tmp_path).history.read_text() == "hello é\n"
    assert json.loads(Kept(tmp_path).session.read_text()) == ["/start", "hello é"]


def test_a_real_terminal_without_colours(tmp_path: Path, typists: list[Typist]) -> None:
    ann = Typist(tmp_path, NO_COLOR="1")
    typists.append(ann)
    ann.wait_for("got /start, next?")
    ann.wait_for("> ")
    ann.type("\x04")
    ann.wait_for("Goodbye.")
    assert ann.leave() == 0


def run(folder: Path, typed: bytes, stdout: int, **variables: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder)],
        cwd=ROOT,
        input=typed,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, **variables},
        check=False,
    )


def test_a_reader_that_has_left_is_no_error(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = run(tmp_path, b"a\n" * 100, writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_utf8_in_any_locale(tmp_path: Path) -> None:
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = run(tmp_path, "pay é ✓\n".encode(), subprocess.PIPE, **plain)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "got pay é ✓, next?" in done.stdout.decode()
