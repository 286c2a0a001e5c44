"""The same conversation in a terminal: replies become plain text, typed lines become events.

Everything is printed once, in order, and never moved or overwritten, so that it reads well with a screen
reader and in a file. The rule of input: ``#3`` presses the third button, ``/name`` is a command, everything
else is passed on as it was typed. A bare number is never taken for a button here, since it may be an amount;
where it can only be an option the conversation knows that itself.

The live card's buttons are ``#1`` to ``#n``; those of the cards shown beside it in the same turn follow.

A picture becomes bars of text in the place of a caption that says nothing more, else below it, and a paper a file in
the folder ``papers``, whose place is printed. What is covered elsewhere until it is tapped is covered here until
``show amounts`` is typed, which prints the last turn once more; a covered picture is not drawn before that.

Kept between runs, readable by their owner alone: what the conversation wants kept, in ``terminal.json``, what was
typed, for the arrow keys, in ``terminal.history``, and the papers. When the conversation forgets a person all of
it goes. Questions that had no answer are counted in the database, as everywhere: they are no part of it.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import re
import secrets
import shutil
import sys
import textwrap
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from html.parser import HTMLParser
from itertools import chain, count, groupby
from operator import itemgetter
from pathlib import Path
from types import ModuleType
from typing import TextIO

from bot.conversation import Conversation
from bot.papers import file_of
from bot.text_bars import bars
from bot.typed import clean, spoken
from dialogs.events import Command, Event, Pressed
from dialogs.gaps import Gap
from dialogs.papers import Paper
from dialogs.pictures import Picture
from dialogs.replies import Button, Reply

PROMPT = "> "
LEAVE = "Ctrl-Z and Enter leave." if os.name == "nt" else "Ctrl-D leaves."
HINT = f"Type an answer, or #1, #2 ... for a button. /help explains. {LEAVE}"
GOODBYE = "Goodbye."
KEPT = "Goodbye. Your answers are kept for next time."
NO_BUTTON = "There is no such button. The last ones are #1 to #{last}."
NO_BUTTONS = "There is no button to press here."
NOT_SAVED = "I could not save that in {folder} ({reason}). It lasts until you leave."
NO_PICTURE = "I could not draw the picture here. The text above says the same."
SHOW = "show amounts"
COVERED = f"Amounts are covered. To see these, type: {SHOW}"
SAVED = "Saved as {path}"
NO_PAPER = "I could not save the file in {folder} ({reason})."
NOT_DELETED = "I could not delete what is kept in {folder} ({reason})."
NOT_OPENED = (
    "What was kept cannot be opened: {reason}. It is looked for in {folder} (--data or MEGAROTH_DATA)."
)

_WIDEST = 88
_WIDTH_OF_A_PICTURE = 72  # where the width is not known
_NARROWEST = 10
_REMEMBERED = 500
_PATIENCE = 200  # milliseconds
_BINARY: int = getattr(os, "O_BINARY", 0)  # Windows would change line ends
_QUOTE = "  | "
_GAP = "   "
_COVER = "$••••"
_SGR = {"b": "1", "i": "3", "u": "4", "s": "9"}
_BUTTON = re.compile(r"#\s*([0-9]+)")
_MARKER = re.compile(r"(?:•|[0-9]+\.) +")
# Control characters, and those that turn the direction of writing: they could make a line lie.
_UNSHOWN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Makers:
    """Who makes lines of text of a picture, and of a paper its file name, content and media type."""

    bars: Callable[[Picture, int], str] = bars
    file_of: Callable[[Paper], tuple[str, bytes, str]] = file_of


def chat(
    conversation: Conversation,
    folder: Path,
    source: TextIO,
    out: TextIO,
    *,
    fresh: bool = False,
    level: str = "INFO",
    makers: Makers | None = None,
) -> int:
    """Talk until ``source`` ends; the exit code. ``fresh`` forgets what was kept in ``folder``.

    ``level`` is the least serious level of logging, which begins only when something breaks.
    """
    for stream, errors in ((source, "surrogateescape"), (out, "replace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)
    kept = Kept(folder)
    try:
        if fresh:
            kept.forget()
        stored = kept.read()
    except OSError as error:
        print(NOT_OPENED.format(reason=error.strerror, folder=folder), file=sys.stderr)
        return 2
    history = History(kept, _readline() if source.isatty() else None)
    try:
        _Talk(conversation, kept, out, history, level, stored, makers or Makers()).run(source)
    except BrokenPipeError:
        _discard(out)
    return 0


# What is shown


@dataclass(frozen=True, slots=True)
class Screen:
    """How to write: the width to wrap at (0: not at all), if bold may be bold, and if what is covered stays so."""

    width: int = 0
    styled: bool = False
    covers: bool = True


PLAIN = Screen()


def screen_of(out: TextIO) -> Screen:
    """Find out what ``out`` can show; a pipe gets plain lines of any length."""
    if not out.isatty():
        return PLAIN
    styled = not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"
    return Screen(min(shutil.get_terminal_size().columns, _WIDEST), styled)


@dataclass(slots=True)
class _Line:
    """One line as (character, its ANSI codes)."""

    quoted: bool = False
    letters: list[tuple[str, str]] = field(default_factory=list)


class _Lines(HTMLParser):
    """Telegram's HTML as lines; what it does not know is passed over, its text is kept."""

    def __init__(self, *, covers: bool) -> None:
        super().__init__()
        self.lines = [_Line()]
        self._covers = covers
        self._covered = False
        self._styles: list[str] = []
        self._address = ""
        self._words = ""
        self._quote_ended = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a style, a link or a quote."""
        if tag in _SGR:
            self._styles.append(_SGR[tag])
        elif tag == "tg-spoiler" and self._covers:
            self.handle_data(_COVER)
            self._covered = True
        elif tag == "a":
            self._address, self._words = dict(attrs).get("href") or "", ""
        elif tag == "blockquote":
            self._quote_ended = False
            if self.lines[-1].letters:
                self.lines.append(_Line())
            self.lines[-1].quoted = True

    def handle_endtag(self, tag: str) -> None:
        """End it; a link is followed by its address."""
        if tag in _SGR:
            self._styles = [style for style in self._styles if style != _SGR[tag]]
        elif tag == "tg-spoiler":
            self._covered = False
        elif tag == "a" and self._address not in ("", self._words):
            self.handle_data(f" ({self._address})")
        elif tag == "blockquote":
            self._quote_ended = True

    def handle_data(self, data: str) -> None:
        """Add text, with the entities already read; nothing where a cover stands for it."""
        if self._covered:
            return
        if self._quote_ended:
            self._quote_ended = False
            self.lines.append(_Line())
            data = data.removeprefix("\n")
        self._words += data
        codes = ";".join(sorted(set(self._styles)))
        for letter in shown(data):
            if letter == "\n":
                self.lines.append(_Line(self.lines[-1].quoted))
            else:
                self.lines[-1].letters.append((letter, codes))


def shown(text: str) -> str:
    """Give ``text`` without what a terminal would obey instead of showing; line breaks stay."""
    return _UNSHOWN.sub("", text.replace("\t", " "))


def as_text(html: str, screen: Screen = PLAIN) -> str:
    """Show Telegram's HTML as text for ``screen``.

    >>> print(as_text('Room: <b>$1</b> &amp; more, <a href="https://irs.gov">see</a>.'))
    Room: $1 & more, see (https://irs.gov).
    """
    parser = _Lines(covers=screen.covers)
    parser.feed(html)
    parser.close()
    return "\n".join(chain.from_iterable(_wrapped(line, screen) for line in parser.lines)).strip("\n")


def _wrapped(line: _Line, screen: Screen) -> Iterator[str]:
    """Break one line at the width; what follows an item's mark hangs below its text."""
    plain = "".join(letter for letter, _ in line.letters)
    mark = _MARKER.match(plain)
    first, margin = mark.group() if mark else "", _QUOTE if line.quoted else ""
    parts = [plain]
    if screen.width:
        room = max(screen.width - len(margin + first), _NARROWEST)
        parts = textwrap.wrap(plain[len(first) :], room, break_long_words=False, break_on_hyphens=False)
        parts = [first + "".join(parts[:1]), *parts[1:]]
    letters = iter(line.letters)
    for number, part in enumerate(parts):
        painted = _painted(part, letters) if screen.styled else part
        yield (margin + (" " * len(first) if number else "") + painted).rstrip()


def _painted(part: str, letters: Iterator[tuple[str, str]]) -> str:
    """Style the next part of a line. Breaking it only dropped spaces: the other letters are still in order."""
    pairs = [next(pair for pair in letters if pair[0] == letter) for letter in part]
    runs = ((codes, "".join(map(itemgetter(0), run))) for codes, run in groupby(pairs, itemgetter(1)))
    return "".join(f"\x1b[{codes}m{run}\x1b[0m" if codes else run for codes, run in runs)


@dataclass(frozen=True, slots=True)
class Panel:
    """The buttons that ``#k`` can press: the live card's first, then those beside it."""

    live: tuple[Button, ...] = ()
    beside: tuple[Button, ...] = ()

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All of them; ``#1`` is the first."""
        return self.live + self.beside


def _nothing(_reply: Reply) -> tuple[str, ...]:
    return ()


def laid_out(
    replies: Sequence[Reply],
    panel: Panel,
    screen: Screen,
    attached: Callable[[Reply], Iterable[str]] = _nothing,
) -> tuple[str, Panel]:
    """Show ``replies`` as text, their buttons numbered; beside it the panel that they leave.

    ``attached`` gives what is shown of a card below its text, block by block; a text that they repeat is left out.
    """
    live = next((reply for reply in reversed(replies) if reply.live), None)
    if live is not None:
        panel = Panel(_flat(live))
    elif any(reply.edits for reply in replies):  # the live card collapsed into a line
        panel = Panel()
    elif any(reply.buttons for reply in replies):
        panel = Panel(panel.live)
    cards: list[str] = []
    for reply in replies:
        number = 1 if reply is live else len(panel.buttons) + 1
        text, blocks = as_text(reply.html, screen), [*attached(reply)]
        lines = blocks if _repeats(blocks, reply) else [text, *blocks]
        for row in reply.buttons:
            lines += _row(row, number, screen.width)
            number += len(row)
        cards.append("\n".join(filter(None, lines)))
        if reply is not live:
            panel = Panel(panel.live, panel.beside + _flat(reply))
    return "\n\n".join(filter(None, cards)), panel


def _repeats(blocks: Sequence[str], reply: Reply) -> bool:
    """Tell if every word and number of the text is in the ``blocks``; the caption of a picture has no others."""
    if reply.picture is None or NO_PICTURE in blocks:
        return False
    words = {word.strip(":–") for word in as_text(reply.html, Screen(covers=False)).split()}
    return words <= {"", *" ".join(blocks).split()}


def _flat(reply: Reply) -> tuple[Button, ...]:
    return tuple(chain.from_iterable(reply.buttons))


def _row(row: Sequence[Button], first: int, width: int) -> list[str]:
    """Show a row of buttons, in several lines where one is too narrow."""
    lines: list[str] = []
    for number, button in enumerate(row, first):
        label = _label(button, number)
        if lines and (not width or len(lines[-1] + _GAP + label) <= width):
            lines[-1] += _GAP + label
        else:
            lines.append(label)
    return lines


def _label(button: Button, number: int) -> str:
    label = shown(button.label)
    if label == str(number):
        return f"#{number}"
    return f"#{number} {label}" + (f" ({shown(button.url)})" if button.url else "")


def _is_covered(reply: Reply) -> bool:
    return (reply.hidden and reply.picture is not None) or "<tg-spoiler>" in reply.html


# What is typed


def meant(line: str, buttons: Sequence[Button]) -> Event | str:
    """Tell which event a line causes; words, when it causes none and they are all there is to show."""
    line = line.strip()
    number = _BUTTON.fullmatch(line)
    if number is None:
        return spoken(line)[0]
    if not buttons:
        return NO_BUTTONS
    digits = number.group(1).lstrip("0")
    button = {str(place): button for place, button in enumerate(buttons, 1)}.get(digits)
    return NO_BUTTON.format(last=len(buttons)) if button is None else _pressed(button)


def _pressed(button: Button) -> Event | str:
    if button.data:
        return Pressed(button.data)
    if button.start:
        return Command("start", button.start)
    return button.url or button.copy


def _typed_lines() -> Iterator[str]:
    """Ask a person for lines until they leave."""
    with contextlib.suppress(EOFError):
        while True:
            if (line := input(PROMPT)).strip():
                yield line


def _piped_lines(source: TextIO, out: TextIO) -> Iterator[str]:
    """Read a script; each line is shown as if it had been typed."""
    for line in source:
        if line.strip():
            out.write(f"{PROMPT}{shown(line.strip())}\n")
            yield line


# What is kept


@dataclass(frozen=True, slots=True)
class Kept:
    """The files of the one person who talks here."""

    folder: Path

    @property
    def session(self) -> Path:
        """What the conversation wants kept, as it was given."""
        return self.folder / "terminal.json"

    @property
    def history(self) -> Path:
        """What was typed, a line each."""
        return self.folder / "terminal.history"

    @property
    def papers(self) -> Path:
        """The folder of the papers."""
        return self.folder / "papers"

    def note(self, gap: Gap) -> None:
        """Count a question that had no answer. That this can fail is not worth a word to anybody."""
        import sqlite3  # slow to import, and hardly ever needed

        from bot import gaps
        from bot.sqlite_store import DATABASE, connect

        with (
            contextlib.suppress(sqlite3.Error, OSError),
            contextlib.closing(connect(self.folder / DATABASE, _PATIENCE)) as database,
        ):
            gaps.note(database, gap)

    def read(self) -> str | None:
        """Read the session, None when there is none. Damage is left for the conversation to judge."""
        try:
            return self.session.read_bytes().decode("utf-8", "replace")
        except FileNotFoundError:
            return None

    def save(self, stored: str) -> None:
        """Replace the session, all or nothing. Raises OSError."""
        _replace(self.session, stored.encode())

    def save_paper(self, name: str, content: bytes) -> Path:
        """Write a paper, under another name if another one is there already; its place. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.papers.mkdir(exist_ok=True, mode=0o700)
        first = self.papers / Path(name).name
        others = (first.with_stem(f"{first.stem} ({number})") for number in count(2))
        return next(path for path in chain((first,), others) if _holds(path, content))

    def forget(self) -> None:
        """Delete all of it. Raises OSError."""
        for path in (self.session, self.history):
            path.unlink(missing_ok=True)
            _draft(path).unlink(missing_ok=True)
        if self.papers.is_dir():
            for path in self.papers.iterdir():
                path.unlink()
            self.papers.rmdir()


@dataclass(frozen=True, slots=True)
class History:
    """The lines typed before, for the arrow keys; without ``readline`` there are none."""

    kept: Kept
    readline: ModuleType | None

    def recall(self) -> None:
        """Bring back the lines of earlier runs."""
        if self.readline is not None:
            with contextlib.suppress(OSError):
                for line in self.kept.history.read_text("utf-8", "replace").splitlines():
                    self.readline.add_history(line)

    def save(self) -> None:
        """Keep the newest lines. That this can fail is not worth a word to anybody."""
        if self.readline is None:
            return
        last = self.readline.get_current_history_length()
        numbers = range(max(1, last - _REMEMBERED + 1), last + 1)
        typed = [self.readline.get_history_item(number) or "" for number in numbers]
        lines = [" ".join(shown(line).split()) for line in typed]
        if lines:
            with contextlib.suppress(OSError):
                _replace(self.kept.history, clean("".join(f"{line}\n" for line in lines)).encode())

    def clear(self) -> None:
        """Drop the lines of this run and of earlier ones."""
        if self.readline is not None:
            self.readline.clear_history()


def _replace(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read; a crash leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _draft(path)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(handle)
    draft.replace(path)


def _holds(path: Path, data: bytes) -> bool:
    """Tell if ``data`` is in the file, which is written if there is none. Raises OSError."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
    except FileExistsError:
        return path.read_bytes() == data
    try:
        with open(handle, "wb") as file:
            file.write(data)
    except OSError:
        path.unlink()  # half a file would be worse than none
        raise
    return True


def _draft(path: Path) -> Path:
    """Name the file that `_replace` writes first: always the same one, so that a crash leaves no others."""
    return path.with_name(f"{path.name}.new")


def _readline() -> ModuleType | None:
    """Import what lets `input` edit and recall lines; not every system has it."""
    try:
        return importlib.import_module("readline")
    except ImportError:
        return None


# The talk itself


class _Talk:
    """One run: what is stored, and which buttons can be pressed."""

    def __init__(
        self,
        conversation: Conversation,
        kept: Kept,
        out: TextIO,
        history: History,
        level: str,
        stored: str | None,
        makers: Makers,
    ) -> None:
        self._conversation = conversation
        self._kept = kept
        self._out = out
        self._history = history
        self._level = level
        self._stored = stored
        self._makers = makers
        self._panel = Panel()
        self._safe = True
        self._covered: tuple[Sequence[Reply], Panel] | None = None
        """The last cards with what is covered, and the panel that they were laid out beside."""

    def run(self, source: TextIO) -> None:
        """Greet, take line after line, say goodbye. Raises BrokenPipeError when nobody reads any more."""
        at_a_keyboard = source.isatty()
        self._history.recall()
        try:
            if at_a_keyboard:
                self._say(HINT)
            self._turn(Command("start"))
            for line in _typed_lines() if at_a_keyboard else _piped_lines(source, self._out):
                self._take(line)
        except KeyboardInterrupt:
            pass
        finally:
            self._history.save()
        if at_a_keyboard:
            self._out.write("\n")  # the prompt is still there, with nothing behind it
        self._say(KEPT if self._stored is not None and self._safe else GOODBYE, "\n")

    def _take(self, line: str) -> None:
        if self._covered is not None and " ".join(line.lower().split()) == SHOW:
            replies, panel = self._covered
            screen = replace(screen_of(self._out), covers=False)
            self._say(laid_out(replies, panel, screen, partial(self._attached, screen))[0])
            return
        match meant(line, self._panel.buttons):
            case str(words):
                self._say(shown(words))
            case event:
                self._turn(event)

    def _turn(self, event: Event) -> None:
        """Run one turn: think, keep, and only then show."""
        try:
            said = self._conversation.respond(self._stored, event)
            screen = screen_of(self._out)
            text, panel = laid_out(said.replies, self._panel, screen, partial(self._attached, screen))
            for kept in (said.stored or "", said.gap.text if said.gap else ""):
                kept.encode()  # what no file can hold must break here
        except Exception as error:
            self._say(as_text(self._conversation.say("broken", code=self._report(error))))
            return
        covered = any(_is_covered(reply) for reply in said.replies)
        self._covered = (said.replies, self._panel) if covered else None
        self._stored, self._panel = said.stored, panel
        trouble = self._keep(said.stored)
        toast = f"({shown(said.toast)})" if said.toast else ""
        self._say("\n\n".join(filter(None, (toast, text, trouble, COVERED if covered else ""))))
        if said.gap is not None:
            self._kept.note(said.gap)

    def _attached(self, screen: Screen, reply: Reply) -> Iterator[str]:
        """Draw the picture of a card, and save its paper; what fails is said, and the rest goes on."""
        if reply.picture is not None and not (reply.hidden and screen.covers):
            try:
                yield shown(self._makers.bars(reply.picture, screen.width or _WIDTH_OF_A_PICTURE).strip("\n"))
            except Exception:
                yield NO_PICTURE
        if reply.paper is not None:
            try:
                name, content, _ = self._makers.file_of(reply.paper)
            except Exception:
                yield as_text(self._conversation.say("paper_failed"), screen)
            else:
                yield self._saved(name, content)

    def _saved(self, name: str, content: bytes) -> str:
        try:
            return SAVED.format(path=shown(str(self._kept.save_paper(name, content))))
        except OSError as error:
            return NO_PAPER.format(folder=self._kept.papers, reason=error.strerror)

    def _keep(self, stored: str | None) -> str:
        """Keep or forget on disk; what to say when that fails. A disk that stays full is told of once."""
        was_safe, self._safe = self._safe, True
        try:
            if stored is None:
                self._history.clear()
                self._kept.forget()
            else:
                self._kept.save(stored)
        except OSError as error:
            self._safe = False
            words = NOT_DELETED if stored is None else NOT_SAVED if was_safe else ""
            return words.format(folder=self._kept.folder, reason=error.strerror)
        return ""

    def _report(self, error: Exception) -> str:
        """Log what broke by type and place, nothing that was typed; the code to find it by."""
        from bot import logs  # slow to import, and hardly ever needed

        code = secrets.token_hex(2).upper()
        place = traceback.extract_tb(error.__traceback__)[-1]
        logs.configure(self._level)
        logs.get_logger().error(
            "turn.broken",
            code=code,
            error=type(error).__name__,
            place=f"{Path(place.filename).name}:{place.lineno}",
            exc_info=error if self._level == "DEBUG" else None,
        )
        return code

    def _say(self, text: str, end: str = "\n\n") -> None:
        if text:
            self._out.write(text + end)
            self._out.flush()


def _discard(out: TextIO) -> None:
    """Send what is still buffered nowhere, or Python would complain about it on its way out."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
