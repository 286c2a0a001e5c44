"""What a person can cause, with no trace of the front end that it came from.

``ref`` is the front end's number of the person's own message (0 where it has none); it only serves to tell
which answer an edited message corrects.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """The person typed ``text`` (raw, any length, anything)."""

    text: str
    ref: int = 0


@dataclass(frozen=True, slots=True)
class Edited:
    """The person edited their message ``ref``; ``text`` is what it says now."""

    text: str
    ref: int


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button was pressed; ``data`` is what it carried. It may be old, and it may be forged."""

    data: str


@dataclass(frozen=True, slots=True)
class Command:
    """``/name argument``; ``name`` is lower case, without slash and without ``@bot``."""

    name: str
    argument: str = ""
    ref: int = 0


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that is not text: ``kind`` is ``"photo"``, ``"voice"``, ``"sticker"`` and so on."""

    kind: str


Event = Said | Edited | Pressed | Command | Unreadable
