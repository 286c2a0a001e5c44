"""The outbox: replies that are committed go out, in order within a chat, chats side by side.

A send has few outcomes, and each is one line of `_verdict`:

==================  =====================================================================
Telegram says       what it means
==================  =====================================================================
200                 sent
429                 wait as long as Telegram asks, then again; other chats go on
400 can't parse     once more as plain text, and an error in the log
400 other           this card can never be sent: an error in the log, the card is dropped
403                 the person left: the rest of the chat's replies is dropped
chat migrated       the group has a new id: its replies follow
anything else       unknown: it may have arrived. Again later, silently
==================  =====================================================================

Telegram has no key to recognize a repeated message by, so *unknown* and a crash between sending and noting it
can show a card twice. They never lose one.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta

from aiolimiter import AsyncLimiter
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter

from bot.cards import keyboard, load_reply
from bot.logs import get_logger, safe_reason
from bot.request import Api
from bot.store import Key, OutboxRow, Store
from bot.updates import Me
from dialogs.replies import Reply
from knowledge.markup import visible

log = get_logger()

Pause = Callable[[float], Awaitable[None]]

_LONGEST_PAUSE = 60.0
_CANNOT_EDIT = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message to edit",
)


@dataclass(frozen=True, slots=True)
class Again:
    """Try the same card again after ``seconds``, counted as one more failure unless Telegram set the time."""

    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Plain:
    """Try the card once more, without markup."""


@dataclass(frozen=True, slots=True)
class Anew:
    """The message to edit cannot be edited: send the card as a new one."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The message already says this."""


@dataclass(frozen=True, slots=True)
class Drop:
    """The card can never be sent."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Nothing can be sent to this chat."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The chat has a new id."""

    chat: int


Trouble = Again | Plain | Anew | Unchanged | Drop | Gone | Moved


def trouble(error: Exception) -> Trouble:
    """Tell what a failed send means; see the table of the module."""
    match error:
        case RetryAfter():
            return Again(_seconds(error.retry_after))
        case ChatMigrated():
            return Moved(error.new_chat_id)
        case Forbidden():
            return Gone()
        case BadRequest():
            return _refusal(error.message.lower())
        case _:
            return Again()


def _refusal(message: str) -> Trouble:
    if "message is not modified" in message:
        return Unchanged()
    if any(words in message for words in _CANNOT_EDIT):
        return Anew()
    if "can't parse entities" in message:
        return Plain()
    return Drop()


def _seconds(period: int | timedelta) -> float:
    return period.total_seconds() if isinstance(period, timedelta) else float(period)


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures in a row: 1, 2, 4 ... up to a minute, never all at once."""
    return min(_LONGEST_PAUSE, 2.0 ** min(failures, 10)) * random.uniform(0.5, 1.0)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """How the first card of a chat is to be tried next."""

    plain: bool = False
    anew: bool = False
    failures: int = 0


@dataclass(frozen=True, slots=True)
class _Failed:
    """A send that failed; ``target`` is the message that was to be edited, or 0."""

    row: OutboxRow
    reply: Reply
    target: int


class Sender:
    """Sends what it is given by `put`; ``pause`` is how it waits."""

    def __init__(
        self, api: Api, me: Me, store: Store, per_second: int = 0, pause: Pause = asyncio.sleep
    ) -> None:
        self._api = api
        self._me = me
        self._store = store
        self._pause = pause
        self._limit: AbstractAsyncContextManager[None] = (
            AsyncLimiter(per_second, 1) if per_second else nullcontext()
        )
        self._waiting: dict[Key, deque[OutboxRow]] = {}
        self._workers: dict[Key, asyncio.Task[None]] = {}

    async def resume(self) -> int:
        """Take up what an earlier life of the bot left unsent; returns how many replies."""
        rows = await self._store.unsent(self._me.id)
        self.put(rows)
        return len(rows)

    def put(self, rows: Iterable[OutboxRow]) -> None:
        """Send ``rows`` (committed ones), after those of the same chat that wait already."""
        for row in rows:
            self._waiting.setdefault(row.key, deque()).append(row)
            if row.key not in self._workers:
                task = asyncio.create_task(self._empty(row.key), name=f"send {row.key.chat}")
                self._workers[row.key] = task

    def discard(self, key: Key) -> None:
        """Drop what waits for a chat that is gone."""
        if key in self._waiting:
            self._waiting[key].clear()

    async def close(self, seconds: float) -> None:
        """Give what is waiting ``seconds`` to go out. The rest stays in the store."""
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        while self._workers and (left := end - clock()) > 0:
            await asyncio.wait(tuple(self._workers.values()), timeout=left)
        late = tuple(self._workers.values())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _empty(self, key: Key) -> None:
        """Send all that waits for one chat."""
        rows = self._waiting[key]
        attempt = _Attempt()
        try:
            while rows:
                row = rows[0]
                try:
                    attempt = await self._step(row, rows, attempt)
                except Exception as error:  # the store is in trouble: nothing is lost, it has the row
                    log.error("send.store", chat=key.chat, error=type(error).__name__)
                    attempt = replace(attempt, failures=attempt.failures + 1)
                    await self._pause(backoff(attempt.failures))
                if not rows or rows[0] is not row:
                    attempt = _Attempt()
        finally:
            del self._waiting[key], self._workers[key]

    async def _step(self, row: OutboxRow, rows: deque[OutboxRow], attempt: _Attempt) -> _Attempt:
        """Try ``row``, the first of ``rows``, once; return how to try it again if it is still the first."""
        try:
            reply = load_reply(row.payload)
            card = self._card(row, reply, plain=attempt.plain)
        except Exception as error:  # written by another version, or by a mistake: it will never be readable
            log.error("send.unreadable", chat=row.key.chat, error=type(error).__name__)
            await self._done(row, rows, None)
            return attempt
        target = 0 if attempt.anew or not reply.edits else await self._store.live(row.key)
        try:
            number = await self._deliver(card, target)
        except Exception as error:
            return await self._after(error, _Failed(row, reply, target), rows, attempt)
        await self._done(row, rows, _live_after(reply, number, target))
        return attempt

    def _card(self, row: OutboxRow, reply: Reply, *, plain: bool) -> dict[str, object]:
        return {
            "chat_id": row.key.chat,
            "text": visible(reply.html) if plain else reply.html,
            "parse_mode": None if plain else ParseMode.HTML.value,
            "reply_markup": keyboard(reply, self._me.username),
            "link_preview_options": {"is_disabled": True},
        }

    async def _deliver(self, card: dict[str, object], target: int) -> int:
        """Edit message ``target``, or send a new one when it is 0. Returns the message's id."""
        async with self._limit:
            if target:
                await self._api.call("editMessageText", {**card, "message_id": target})
                return target
            message = await self._api.call("sendMessage", card)
        if isinstance(message, dict) and isinstance(number := message.get("message_id"), int):
            return number
        raise NetworkError("sendMessage gave no message")

    async def _after(
        self, error: Exception, failed: _Failed, rows: deque[OutboxRow], attempt: _Attempt
    ) -> _Attempt:
        """Act on a failed send; return how to try it again."""
        row, chat = failed.row, failed.row.key.chat
        match trouble(error):
            case Again(seconds):
                log.info("send.again", chat=chat, error=type(error).__name__, failures=attempt.failures)
                await self._pause(backoff(attempt.failures) if seconds is None else seconds)
                return replace(attempt, failures=attempt.failures + 1)
            case Plain() if not attempt.plain:
                log.error("send.markup", chat=chat, reason=safe_reason(error))
                return replace(attempt, plain=True)
            case Anew() if failed.target:
                return replace(attempt, anew=True)
            case Unchanged():
                await self._done(row, rows, _live_after(failed.reply, failed.target, failed.target))
            case Gone():
                log.info("send.gone", chat=chat)
                rows.clear()
                await self._store.leave(row.key)
            case Moved(new):
                log.info("send.moved", chat=chat)
                await self._follow(row.key, Key(row.key.bot, new), rows)
            case Plain() | Anew() | Drop():
                log.error("send.refused", chat=chat, reason=safe_reason(error))
                await self._done(row, rows, None)
        return attempt

    async def _done(self, row: OutboxRow, rows: deque[OutboxRow], live: int | None) -> None:
        await self._store.sent(row, live)
        if rows and rows[0] is row:  # unless the chat was discarded meanwhile
            rows.popleft()

    async def _follow(self, old: Key, new: Key, rows: deque[OutboxRow]) -> None:
        await self._store.move(old, new)
        rows.clear()
        known = {row.seq for row in self._waiting.get(new, ())}
        moved = [row for row in await self._store.unsent(new.bot) if row.key == new]
        self.put(row for row in moved if row.seq not in known)


def _live_after(reply: Reply, number: int, target: int) -> int | None:
    """Tell the chat's live card once ``reply`` is message ``number``; None when that does not change."""
    if reply.live:
        return None if number == target else number
    return 0 if reply.edits else None
