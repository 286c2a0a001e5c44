"""The turn transaction: what happens between getting an update and confirming it.

For each update: read the session, let the conversation answer, commit the update's id with the new session and
the replies, hand the replies to the sender. When the session changed in between, the turn is run again on the
new one; when the update was committed before, nothing happens. Updates of one chat run in order, chats side by
side, each turn in a thread: it takes milliseconds, or seconds where it waits for a router, and the loop goes on.
`Turns.take` returns when the whole batch is on disk, and only then may it be confirmed to Telegram.

A *poison* update, one that cannot be parsed or whose turn raises, must be confirmed too, or Telegram would
repeat it for a day and everything behind it would wait. It is set aside: ids and the type of the error, no
text. A store that fails is different: then nothing is confirmed, and Telegram keeps the updates for us.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from telegram import Update

from bot.cards import dump_reply
from bot.conversation import Conversation, Responded
from bot.logs import get_logger
from bot.sender import Sender
from bot.store import (
    Aside,
    Change,
    Committed,
    Conflict,
    Forget,
    Key,
    Leave,
    Record,
    Return,
    Save,
    Store,
    Stored,
)
from bot.updates import Arrival, InlineQuery, Me, Presence, arrival
from dialogs.events import Event
from dialogs.replies import Reply

log = get_logger()

_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that look alike
_AT_ONCE = 32
"""Turns at the same time: far more than a router lets wait for it, so that others are not held up by those."""

Answer = Callable[[str, str], None]
"""Takes the id of a press and the words to show over the chat; returns at once."""
Suggest = Callable[[InlineQuery], None]
"""Answers an inline query as well as it can; returns at once."""


@dataclass(frozen=True, slots=True)
class _Update:
    """One update, read."""

    id: int
    arrival: Arrival
    aside: Aside | None = None


class Turns:
    """Runs the conversation on what arrives."""

    def __init__(
        self,
        me: Me,
        store: Store,
        sender: Sender,
        conversation: Conversation,
        answer: Answer,
        suggest: Suggest = lambda _query: None,
    ) -> None:
        self._me = me
        self._store = store
        self._sender = sender
        self._conversation = conversation
        self._answer = answer
        self._suggest = suggest
        # Threads of their own: those of the loop are few, and look up addresses meanwhile. Each starts when first needed.
        self._thinking = ThreadPoolExecutor(_AT_ONCE, "turn")

    async def take(self, batch: Sequence[object]) -> None:
        """Handle raw updates; all are on disk when this returns. Raises what the store raises."""
        chats: dict[int, list[_Update]] = {}
        for raw in batch:
            update = self._read(raw)
            if update is not None:
                chats.setdefault(update.arrival.chat, []).append(update)
        outcomes = await asyncio.gather(*map(self._in_order, chats.values()), return_exceptions=True)
        for outcome in outcomes:
            if outcome is not None:
                raise outcome

    def _read(self, raw: object) -> _Update | None:
        number = update_id(raw)
        if number is None or not isinstance(raw, dict):
            log.error("update.without_id")
            return None
        try:
            update = Update.de_json(raw, None)
            meaning = arrival(update, self._me)
        except Exception as error:
            log.error("update.malformed", update=number, error=type(error).__name__)
            return _Update(number, Arrival(0, None), Aside(type(error).__name__))
        if isinstance(meaning, InlineQuery):  # no turn: nobody's answers are read, and nothing is kept
            self._suggest(meaning)
            return None
        return None if meaning is None else _Update(number, meaning)

    async def _in_order(self, updates: Sequence[_Update]) -> None:
        for update in updates:
            await self._handle(update)

    async def _handle(self, update: _Update) -> None:
        arrived = update.arrival
        key = Key(self._me.id, arrived.chat)
        match arrived.what:
            case Presence():
                await self._note_presence(key, update.id, arrived.what)
            case None if update.aside:
                await self._store.commit(Record(key, update.id, aside=update.aside))
            case None:
                self._answer(arrived.query, "")
            case event:
                toast = await self._turn(key, update.id, event, public=arrived.public)
                if arrived.query:
                    self._answer(arrived.query, toast)

    async def _note_presence(self, key: Key, number: int, presence: Presence) -> None:
        if presence is Presence.GONE:
            self._sender.discard(key)
        verdict = await self._store.commit(self._presence(key, number, presence))
        if isinstance(verdict, Committed):
            self._sender.put(verdict.rows)

    def _presence(self, key: Key, number: int, presence: Presence) -> Record:
        match presence:
            case Presence.GONE:
                return Record(key, number, Leave())
            case Presence.BACK:
                return Record(key, number, Return())
            case Presence.INVITED:
                invited = dump_reply(Reply(self._conversation.say("invited")))
                return Record(key, number, replies=(invited,))

    async def _turn(self, key: Key, number: int, event: Event, *, public: bool) -> str:
        """Run and commit one turn; return the toast to show."""
        while True:
            read = Stored() if public else await self._store.read(key)
            respond = partial(self._respond, key, number, event, read, public=public)
            record, toast = await asyncio.get_running_loop().run_in_executor(self._thinking, respond)
            verdict = await self._store.commit(record)
            if isinstance(verdict, Committed):
                self._sender.put(verdict.rows)
                return toast
            if not isinstance(verdict, Conflict):
                log.debug("update.repeated", update=number)
                return ""

    def _respond(
        self, key: Key, number: int, event: Event, read: Stored, *, public: bool
    ) -> tuple[Record, str]:
        """Ask the conversation about ``event``; when it breaks, say so."""
        try:
            if public:
                said = _without_files(self._conversation.respond_publicly(event))
            else:
                said = self._conversation.respond(read.session, event)
            payloads = tuple(dump_reply(reply) for reply in said.replies)
            # What no store can hold must break here: a commit that fails is tried for ever.
            "".join((said.stored or "", *payloads, said.gap.text if said.gap else "")).encode()
        except Exception as error:
            code = "".join(secrets.choice(_LETTERS) for _ in range(4))
            log.error("turn.broken", code=code, chat=key.chat, update=number, exc_info=error)
            sorry = dump_reply(Reply(self._conversation.say("broken", code=code)))
            return Record(key, number, replies=(sorry,), aside=Aside(type(error).__name__, code)), ""
        change = None if public else _change(said, read)
        return Record(key, number, change, payloads, gap=said.gap), said.toast


def _without_files(said: Responded) -> Responded:
    """Pictures and papers show numbers: none may get to where others read along, not even by mistake."""
    replies = tuple(replace(reply, picture=None, paper=None) for reply in said.replies)
    return replace(said, replies=replies)


def _change(said: Responded, read: Stored) -> Change:
    return Forget(read.version) if said.stored is None else Save(said.stored, read.version)


def update_id(raw: object) -> int | None:
    """Find the id of a raw update, None when it has none."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return number if isinstance(number, int) and 0 <= number < 2**63 else None
