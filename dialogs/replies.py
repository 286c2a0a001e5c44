"""What a turn says back: cards that every front end renders and none rewrites.

A card's text is Telegram HTML (``b i u s a code blockquote`` and nothing else), already escaped; the
terminal renders the same string as plain text. Where a card goes follows from two flags:

===========  =======  ===============================================================
``edits``    ``live``  meaning
===========  =======  ===============================================================
no           yes      a new message, and the one to act on next (a question, a result)
no           no       a new message beside the conversation (an explainer, an echo)
yes          no       the live card collapses into this line and is live no more
yes          yes      the live card changes in place (help, a menu page)
===========  =======  ===============================================================

When there is no live card to edit, the card is sent as a new message.
"""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.papers import Paper
from dialogs.pictures import Picture


@dataclass(frozen=True, slots=True)
class Button:
    """One button: exactly one of ``data``, ``url``, ``start`` and ``copy`` is set.

    ``label`` has at most 20 characters. ``data`` (at most 64 bytes) names a fact and an option, or a verb:
    never a position, an amount or a secret, so that an old button still means what it said. ``url`` opens a
    page, ``start`` is the payload of a deep link into the private chat, ``copy`` (at most 256 characters)
    goes to the clipboard.
    """

    label: str
    data: str = ""
    url: str = ""
    start: str = ""
    copy: str = ""


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """One card; see the module's table for ``edits`` and ``live``.

    A ``picture`` goes out with the text as its caption, a ``paper`` as a file. Both only repeat what the text says: where
    one fails, the text goes out alone. ``hidden`` says that the picture stays covered until it is tapped. A card with
    either is never an edit.
    """

    html: str
    buttons: Rows = ()
    edits: bool = False
    live: bool = False
    picture: Picture | None = None
    paper: Paper | None = None
    hidden: bool = False
