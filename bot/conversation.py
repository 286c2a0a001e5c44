"""The seam between the runtime and the dialog: a stored text and an event in, a stored text and replies out.

The runtime never looks inside the stored text. A front end for another messenger, or a test, needs nothing
else than a `Conversation`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from dialogs.events import Event
from dialogs.gaps import Gap
from dialogs.inline import InlineEntry, inline
from dialogs.replies import Reply
from dialogs.session import dump, load
from dialogs.turn import public_turn, turn
from dialogs.world import World, world_on
from knowledge.library import load_library
from knowledge.search import Searching


@dataclass(frozen=True, slots=True)
class Responded:
    """``stored`` is to be kept for this person; None means: forget the person entirely.

    ``gap`` is a question that had no answer, to be counted with the turn, once.
    """

    stored: str | None
    replies: tuple[Reply, ...]
    toast: str = ""
    gap: Gap | None = None


class Conversation(Protocol):
    """Pure: no I/O, and the same arguments on the same day give the same answer; may be called by several threads.

    With a router a turn may ask it once, and wait for it up to two seconds: no turn belongs into an event loop.
    """

    def respond(self, stored: str | None, event: Event) -> Responded:
        """One turn in a private chat; ``stored`` is None for a person not met before."""
        ...

    def respond_publicly(self, event: Event) -> Responded:
        """One turn where others read along; its ``stored`` means nothing."""
        ...

    def inline(self, query: str) -> tuple[InlineEntry, ...]:
        """What may be put into any chat for ``query``: the same for everybody, no turn, and never through a router."""
        ...

    def say(self, phrase: str, **values: object) -> str:
        """A text (HTML) that a front end needs outside a turn; it works when a turn does not."""
        ...


class DialogConversation:
    """The real one: `dialogs`, in the world of today; ``router`` is for questions that the search is not sure of."""

    def __init__(self, today: Callable[[], date] = date.today, router: Searching | None = None) -> None:
        self._library = load_library()
        self._today = today
        self._router = router
        self._world = self._world_on(today())

    def respond(self, stored: str | None, event: Event) -> Responded:
        """See `Conversation.respond`."""
        after = turn(load(stored), event, self._world_now())
        kept = None if after.session is None else dump(after.session)
        return Responded(kept, after.replies, after.toast, after.gap)

    def respond_publicly(self, event: Event) -> Responded:
        """See `Conversation.respond_publicly`."""
        after = public_turn(event, self._world_now())
        return Responded(None, after.replies, after.toast, after.gap)

    def inline(self, query: str) -> tuple[InlineEntry, ...]:
        """See `Conversation.inline`."""
        return inline(query, self._world_now())

    def say(self, phrase: str, **values: object) -> str:
        """See `Conversation.say`."""
        return str(self._library.say(phrase, **values))

    def _world_now(self) -> World:
        day, world = self._today(), self._world
        if day != world.today:
            world = self._world = self._world_on(day)
        return world

    def _world_on(self, day: date) -> World:
        return replace(world_on(day), router=self._router)
