"""The outbox: replies that are committed go out, in order within a chat, chats side by side.

A send has few outcomes, and each is one line of `trouble`:

==================  =====================================================================
Telegram says       what it means
==================  =====================================================================
200                 sent
429                 wait as long as Telegram asks, then again; other chats go on
400 can't parse     once more as plain text, and an error in the log
400 other           this card can never be sent: an error in the log, the card is dropped;
                    with a file, it is the file that is dropped
403                 the person left: the rest of the chat's replies is dropped
chat migrated       the group has a new id: its replies follow
anything else       unknown: it may have arrived. Again later, silently
==================  =====================================================================

Telegram has no key to recognize a repeated message by, so *unknown* and a crash between sending and noting it
can show a card twice. They never lose one.

A picture or a paper goes out with its card's text as the caption, or before it where the text is longer than a
caption may be. It only repeats what the text says: one that cannot be made, that Telegram refuses, or whose upload
has failed for minutes, is left out and logged, and the text goes out alone, with a line more if it was a paper.
Only text can be edited as text, so a message with a file is never the one to edit, and such a card is always new.

A button pressed twice (help, a setting) edits a card into itself. Telegram would refuse that, so what a live card shows
is remembered while the process lives, as a number and not as words, and such an edit is not sent.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from aiolimiter import AsyncLimiter
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter

from bot.cards import keyboard, load_reply
from bot.files import Files
from bot.logs import get_logger, safe_reason
from bot.request import Api
from bot.store import Key, OutboxRow, Store
from bot.updates import Me
from dialogs.papers import Paper
from dialogs.pictures import Picture
from dialogs.replies import Reply
from knowledge.markup import visible

log = get_logger()

Pause = Callable[[float], Awaitable[None]]

_LONGEST_PAUSE = 60.0
_LONGEST_CAPTION = 1024  # characters of what is seen
_REMEMBERED = 10_000  # live cards, of as many chats
_UPLOADS = 8  # failed ones, with the pauses between them about two minutes, before the text goes out alone
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


Attachment = Picture | Paper


@dataclass(frozen=True, slots=True)
class _Attempt:
    """How the first card of a chat is to be tried next; what is ``over`` is out already, or left out."""

    plain: bool = False
    anew: bool = False
    failures: int = 0
    over: tuple[Attachment, ...] = ()
    paper_failed: bool = False

    def without(self, attached: Attachment) -> _Attempt:
        """The same card, ``attached`` left out."""
        failed = self.paper_failed or isinstance(attached, Paper)
        return replace(self, over=(*self.over, attached), paper_failed=failed)


@dataclass(frozen=True, slots=True)
class _Message:
    """One message of the card in ``row``: the one that ``ends`` it has the text; another brings a file before it.

    ``target`` is the message that it edits, or 0.
    """

    row: OutboxRow
    reply: Reply
    parameters: dict[str, object]
    attached: Attachment | None = None
    ends: bool = True
    target: int = 0


class Sender:
    """Sends what it is given by `put`; ``pause`` is how it waits, ``no_paper`` (HTML) says that a paper is missing."""

    def __init__(
        self,
        api: Api,
        me: Me,
        store: Store,
        per_second: int = 0,
        pause: Pause = asyncio.sleep,
        *,
        files: Files | None = None,
        no_paper: str = "",
    ) -> None:
        self._api = api
        self._me = me
        self._store = store
        self._pause = pause
        self._files = files or Files()
        self._no_paper = no_paper
        self._limit: AbstractAsyncContextManager[None] = (
            AsyncLimiter(per_second, 1) if per_second else nullcontext()
        )
        self._waiting: dict[Key, deque[OutboxRow]] = {}
        self._workers: dict[Key, asyncio.Task[None]] = {}
        self._showing: dict[Key, tuple[int, int]] = {}
        """The live card of a chat and what it shows, as far as this life of the bot knows."""

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
        """Send the next message of ``row``, the first of ``rows``; return how to go on if it is still the first."""
        try:
            message = self._message(row, load_reply(row.payload), attempt)
        except Exception as error:  # written by another version, or by a mistake: it will never be readable
            log.error("send.unreadable", chat=row.key.chat, error=type(error).__name__)
            await self._done(row, rows, None)
            return attempt
        if message.attached is not None:
            try:
                message.parameters[_kind(message.attached)] = await self._files.get(message.attached)
            except Exception as error:
                return self._left_out(error, message.attached, message, attempt)
        elif _is_edit(message.reply) and not attempt.anew:
            message = replace(message, target=await self._store.live(row.key))
        try:
            number = await self._deliver(message)
        except Exception as error:
            return await self._after(error, message, rows, attempt)
        if message.attached is not None and not message.ends:
            return replace(attempt, failures=0, over=(*attempt.over, message.attached))
        await self._done(row, rows, _live_after(message, number))
        return attempt

    def _message(self, row: OutboxRow, reply: Reply, attempt: _Attempt) -> _Message:
        """Find out what goes out next of ``reply``: a file that is left, with the text if it fits, or the text alone."""
        left = [it for it in (reply.picture, reply.paper) if it is not None and it not in attempt.over]
        html = f"{reply.html}\n\n{self._no_paper}" if attempt.paper_failed else reply.html
        seen = visible(html)
        text: dict[str, object] = {
            "caption" if left else "text": seen if attempt.plain else html,
            "parse_mode": None if attempt.plain else ParseMode.HTML.value,
            "reply_markup": keyboard(reply.buttons, self._me.username),
        }
        if not left:
            preview = {"link_preview_options": {"is_disabled": True}}
            return _Message(row, reply, {"chat_id": row.key.chat, **text, **preview})
        ends = len(left) == 1 and len(seen) <= _LONGEST_CAPTION
        spoiler = True if reply.hidden and left[0] is reply.picture else None
        parameters = {"chat_id": row.key.chat, "has_spoiler": spoiler, **(text if ends else {})}
        return _Message(row, reply, parameters, left[0], ends)

    async def _deliver(self, message: _Message) -> int:
        """Edit the target of ``message``, or send a new one where there is none. Returns the message's id."""
        attached, target, key = message.attached, message.target, message.row.key
        shows = hash(repr([message.parameters.get(name) for name in ("text", "parse_mode", "reply_markup")]))
        if target and self._showing.get(key) == (target, shows):
            return target
        self._showing.pop(key, None)  # until it is known what came of it
        number = await self._call(message)
        if attached is None and message.reply.live:
            self._showing[key] = (number, shows)
            if len(self._showing) > _REMEMBERED:
                del self._showing[next(iter(self._showing))]
        return number

    async def _call(self, message: _Message) -> int:
        attached, target = message.attached, message.target
        async with self._limit:
            if target:
                await self._api.call("editMessageText", {**message.parameters, "message_id": target})
                return target
            method = "sendMessage" if attached is None else f"send{_kind(attached).capitalize()}"
            sent = await self._api.call(method, message.parameters)
        if not isinstance(sent, dict) or not isinstance(number := sent.get("message_id"), int):
            raise NetworkError(f"{method} gave no message")
        if attached is not None and (file_id := _file_id(sent, _kind(attached))):
            self._files.uploaded(attached, file_id)
        return number

    async def _after(
        self, error: Exception, message: _Message, rows: deque[OutboxRow], attempt: _Attempt
    ) -> _Attempt:
        """Act on a failed send; return how to try it again."""
        row, chat, attached = message.row, message.row.key.chat, message.attached
        match trouble(error):
            case Again(None) if attached is not None and attempt.failures >= _UPLOADS:
                return self._left_out(error, attached, message, attempt)
            case Again(seconds):
                log.info("send.again", chat=chat, error=type(error).__name__, failures=attempt.failures)
                await self._pause(backoff(attempt.failures) if seconds is None else seconds)
                return replace(attempt, failures=attempt.failures + 1)
            case Plain() if not attempt.plain:
                log.error("send.markup", chat=chat, reason=safe_reason(error))
                return replace(attempt, plain=True)
            case Anew() if message.target:
                return replace(attempt, anew=True)
            case Unchanged():
                await self._done(row, rows, _live_after(message, message.target))
            case Gone():
                log.info("send.gone", chat=chat)
                rows.clear()
                await self._store.leave(row.key)
            case Moved(new):
                log.info("send.moved", chat=chat)
                await self._follow(row.key, Key(row.key.bot, new), rows)
            case Plain() | Anew() | Drop() if attached is not None:
                return self._left_out(error, attached, message, attempt)
            case Plain() | Anew() | Drop():
                log.error("send.refused", chat=chat, reason=safe_reason(error))
                await self._done(row, rows, None)
        return attempt

    def _left_out(
        self, error: Exception, attached: Attachment, message: _Message, attempt: _Attempt
    ) -> _Attempt:
        """Go on without ``attached``; but first make it anew if all that Telegram was given is an old id of it."""
        kind = _kind(attached)
        self._files.forget(attached)
        if isinstance(message.parameters.get(kind), str):
            return attempt
        reason = safe_reason(error) if isinstance(error, BadRequest) else type(error).__name__
        log.error("send.left_out", chat=message.row.key.chat, kind=kind, reason=reason)
        return attempt.without(attached)

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


def _kind(attached: Attachment) -> str:
    """Tell what Telegram calls it."""
    return "photo" if isinstance(attached, Picture) else "document"


def _file_id(sent: Mapping[str, Any], kind: str) -> str:
    """Find Telegram's id of the file in a message; a photo is there in several sizes, the last one is the largest."""
    found = sent.get(kind)
    largest = found[-1] if isinstance(found, list) and found else found
    return str(largest.get("file_id", "")) if isinstance(largest, dict) else ""


def _is_edit(reply: Reply) -> bool:
    return reply.edits and reply.picture is None and reply.paper is None


def _live_after(message: _Message, number: int) -> int | None:
    """Tell the chat's live card once ``message`` has this number; None when that does not change."""
    if message.reply.live:
        if message.attached is not None:
            return 0  # its text is a caption
        return None if number == message.target else number
    return 0 if message.reply.edits else None
