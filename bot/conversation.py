"""The seam between the runtime and the dialog: a stored text and an event in, a stored text and replies out.

The runtime never looks inside the stored text. A front end for another messenger, or a test, needs nothing
else than a `Conversation`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from dialogs.events import Event
from dialogs.inline import InlineEntry, inline
from dialogs.replies import Reply
from dialogs.session import dump, load
from dialogs.turn import public_turn, turn
from dialogs.world import World, world_on
from knowledge.library import load_library


@dataclass(frozen=True, slots=True)
class Responded:
    """``stored`` is to be kept for this person; None means: forget the person entirely."""

    stored: str | None
    replies: tuple[Reply, ...]
    toast: str = ""


class Conversation(Protocol):
    """Pure: no I/O, and the same arguments on the same day give the same answer."""

    def respond(self, stored: str | None, event: Event) -> Responded:
        """One turn in a private chat; ``stored`` is None for a person not met before."""
        ...

    def respond_publicly(self, event: Event) -> Responded:
        """One turn where others read along; its ``stored`` means nothing."""
        ...

    def inline(self, query: str) -> tuple[InlineEntry, ...]:
        """What may be put into any chat for ``query``: the same for everybody, and no turn."""
        ...

    def say(self, phrase: str, **values: object) -> str:
        """A text (HTML) that a front end needs outside a turn; it works when a turn does not."""
        ...


class DialogConversation:
    """The real one: `dialogs`, in the world of today."""

    def __init__(self, today: Callable[[], date] = date.today) -> None:
        self._library = load_library()
        self._today = today
        self._day = today()
        self._world = world_on(self._day)

    def respond(self, stored: str | None, event: Event) -> Responded:
        """See `Conversation.respond`."""
        after = turn(load(stored), event, self._world_now())
        kept = None if after.session is None else dump(after.session)
        return Responded(kept, after.replies, after.toast)

    def respond_publicly(self, event: Event) -> Responded:
        """See `Conversation.respond_publicly`."""
        after = public_turn(event, self._world_now())
        return Responded(None, after.replies, after.toast)

    def inline(self, query: str) -> tuple[InlineEntry, ...]:
        """See `Conversation.inline`."""
        return inline(query, self._world_now())

    def say(self, phrase: str, **values: object) -> str:
        """See `Conversation.say`."""
        return str(self._library.say(phrase, **values))

    def _world_now(self) -> World:
        day = self._today()
        if day != self._day:
            self._day, self._world = day, world_on(day)
        return self._world
