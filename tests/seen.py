"""What a person sees of a turn, in one form for all front ends, so that they can be compared.

A turn is a list: the toast in brackets if there is one, then of each card its lines of text and its buttons as
``[label]``. Blank lines and the terminal's own marks (the bar beside a quote, the address behind a link, the
numbers of the buttons, where a paper was saved) are left out; for pictures see `NO_BARS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from bot.terminal import SAVED, Makers, as_text
from dialogs.replies import Reply

NO_BARS = Makers(bars=lambda _picture, _width: "")
"""For the terminal: elsewhere a picture is no text, so it has none here either."""

_ADDRESS = re.compile(r" \(https?://\S+\)")
_BUTTONS = re.compile(r"#\d+( .*)?")
_BUTTON = re.compile(r"#(?P<number>\d+)(?: (?P<label>.*))?")
_QUOTE = "  | "
_SAVED = SAVED.partition("{")[0]


def of_replies(replies: Iterable[Reply], toast: str = "") -> list[str]:
    """What the conversation itself says."""
    seen = _toast(toast)
    for reply in replies:
        seen += _lines(as_text(reply.html))
        seen += [f"[{button.label}]" for row in reply.buttons for button in row]
    return seen


def of_messages(messages: Iterable[tuple[str, Sequence[str]]], toast: str = "") -> list[str]:
    """Messages of a chat, each as its visible text and the labels of its buttons."""
    seen = _toast(toast)
    for text, labels in messages:
        seen += _lines(text)
        seen += [f"[{label}]" for label in labels]
    return seen


def of_terminal(output: str) -> list[str]:
    """What the terminal printed for one turn."""
    seen = []
    for line in output.splitlines():
        if line.startswith(_SAVED):
            continue
        buttons = list(numbered(line))
        seen += [f"[{label}]" for label, _ in buttons] or _lines(line)
    return seen


def numbered(output: str) -> Iterator[tuple[str, int]]:
    """The buttons that the terminal printed, by label, with their numbers."""
    for line in output.splitlines():
        if _BUTTONS.fullmatch(line):
            for button in re.split(r" {3}(?=#\d)", line):
                match = _BUTTON.fullmatch(button)
                assert match
                yield _ADDRESS.sub("", match["label"] or match["number"]), int(match["number"])


def _toast(words: str) -> list[str]:
    return [f"({words})"] if words else []


def _lines(text: str) -> list[str]:
    plain = (
        _ADDRESS.sub("", line.removeprefix(_QUOTE).removeprefix(_QUOTE.rstrip()))
        for line in text.splitlines()
    )
    return [line.strip() for line in plain if line.strip()]
