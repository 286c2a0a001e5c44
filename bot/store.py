"""What the bot remembers, and the one transaction that changes it.

A turn reads a session, computes, and commits three things at once: the update's id (so that the same update
never counts twice), the new session (only if nobody changed it since it was read) and the replies (so that
none is lost). A store that keeps this promise can be put in the place of another one; the tests in
``tests/bot/test_store.py`` are the promise written down.

Everything is keyed by bot and chat first, so that the rows of one chat can live together on a bigger store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dialogs.gaps import Gap


@dataclass(frozen=True, slots=True)
class Key:
    """One chat of one bot."""

    bot: int
    chat: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A session as it was read; version 0 and no text when the person is not known."""

    session: str | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Save:
    """Keep ``session``, provided the stored version is still ``read``."""

    session: str
    read: int


@dataclass(frozen=True, slots=True)
class Forget:
    """Remove everything about the chat, provided the stored version is still ``read``.

    Replies not yet sent, those of this turn among them, still go out, and their rows vanish as they do.
    """

    read: int


@dataclass(frozen=True, slots=True)
class Leave:
    """The person blocked the bot, or a group removed it: drop what is unsent and write no more."""


@dataclass(frozen=True, slots=True)
class Return:
    """The person let the bot back in."""


Change = Save | Forget | Leave | Return


@dataclass(frozen=True, slots=True)
class Aside:
    """An update that could not be handled: the type of the error and the code the person was told. No text."""

    error: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """All that one update changes; ``replies`` are payloads for the outbox, in order.

    ``gap`` is a question that had no answer: it is counted, with no trace of the chat.
    """

    key: Key
    update: int
    change: Change | None = None
    replies: tuple[str, ...] = ()
    aside: Aside | None = None
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One reply on its way; rows of a chat are sent in the order of ``seq``."""

    key: Key
    seq: int
    payload: str


@dataclass(frozen=True, slots=True)
class Committed:
    """The record is on disk; ``rows`` are its replies."""

    rows: tuple[OutboxRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The update was committed before; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """The session changed since it was read; nothing was changed. Run the turn again on the new one."""


Verdict = Committed | Duplicate | Conflict


class Store(Protocol):
    """Where sessions and replies survive. Every method is atomic and durable when it returns."""

    async def read(self, key: Key) -> Stored:
        """Read the session of a chat."""
        ...

    async def commit(self, record: Record) -> Verdict:
        """Change all that ``record`` says, or nothing."""
        ...

    async def unsent(self, bot: int) -> Sequence[OutboxRow]:
        """List the replies not known to have arrived, in order within each chat."""
        ...

    async def live(self, key: Key) -> int:
        """Tell the message id of the chat's live card, 0 when there is none."""
        ...

    async def sent(self, row: OutboxRow, live: int | None = None) -> None:
        """Note that ``row`` is done with, and wipe its payload; ``live`` is the chat's live card from now on (0: none)."""
        ...

    async def leave(self, key: Key) -> None:
        """Do what `Leave` does, outside a turn: Telegram says that the bot may not write here."""
        ...

    async def move(self, old: Key, new: Key) -> None:
        """Let the rows of a group follow it to its new id."""
        ...

    async def purge(self) -> None:
        """Drop what is too old: ids of updates, sent replies, people and unanswered questions not heard of for 18 months."""
        ...

    async def close(self) -> None:
        """Finish what was asked for, then let go of everything."""
        ...
