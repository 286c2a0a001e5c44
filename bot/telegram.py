"""The bot on Telegram: polling, from the first ``getMe`` to the last reply.

The rule of the loop: get a batch, commit all of it, and only then ask for the next one, which is what confirms
the batch to Telegram. A clean stop asks once more without waiting, so that the last batch is confirmed too. A crash
anywhere means that Telegram sends the batch again, and the store knows which of its updates it has already counted.
The offset is not stored and never guessed: ids of updates may start anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from telegram import Bot
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot import logs
from bot.conversation import Conversation
from bot.files import Files
from bot.inline import answer
from bot.profile import introduce
from bot.request import AiohttpRequest, Api
from bot.sender import Sender, backoff
from bot.settings import Settings
from bot.sqlite_store import DATABASE, SqliteStore
from bot.store import Store
from bot.turns import Turns, update_id
from bot.updates import WANTED, InlineQuery, Me

log = logs.get_logger()

T = TypeVar("T")

NO_TOKEN = """\
There is no Telegram token yet. To get one:
  1. open https://t.me/BotFather in Telegram and send /newbot
  2. put the token it gives you into a file called .env:  MEGAROTH_TELEGRAM_TOKEN=123456:ABC...
`make chat` talks to the bot in this terminal without a token."""
REFUSED = (
    "Telegram refused the token. Check MEGAROTH_TELEGRAM_TOKEN, or ask @BotFather for a new one (/token)."
)
NO_STORE = "The database cannot be opened: {reason}. It is looked for in {folder} (MEGAROTH_DATA)."

_POLL_SECONDS = 25
_CONFIRM_SECONDS = 5.0
_FLUSH_SECONDS = 5.0
_PURGE_SECONDS = 3600.0


async def run(settings: Settings, conversation: Conversation, files: Files | None = None) -> int:
    """Serve Telegram until SIGTERM or SIGINT; the exit code of the process. ``files`` makes pictures and papers.

    0 after a clean stop; 2, with words on standard error, when the operator has something to put right.
    """
    token = settings.telegram_token.get_secret_value().strip() if settings.telegram_token else ""
    logs.configure(settings.log, token)
    if not token:
        return _complain(NO_TOKEN)
    try:
        store = await SqliteStore.open(settings.data / DATABASE)
    except (sqlite3.Error, OSError) as error:
        return _complain(NO_STORE.format(reason=error, folder=settings.data))
    service = _Service(settings, token, conversation, store, files or Files())
    try:
        return await service.run()
    except InvalidToken:
        return _complain(REFUSED)
    finally:
        await service.close()
        await store.close()


def _complain(text: str) -> int:
    print(text, file=sys.stderr)
    return 2


class _Service:
    """One life of the bot, from connecting to the last reply."""

    def __init__(
        self, settings: Settings, token: str, conversation: Conversation, store: Store, files: Files
    ) -> None:
        url = settings.api_url.rstrip("/")
        sends, polls = AiohttpRequest(), AiohttpRequest(connections=1)
        self._bot = Bot(
            token,
            base_url=f"{url}/bot",
            base_file_url=f"{url}/file/bot",
            request=sends,
            get_updates_request=polls,
        )
        self._sends = Api(sends, self._bot.base_url)
        self._polls = Api(polls, self._bot.base_url)
        self._per_second = settings.sends_per_second
        self._conversation = conversation
        self._store = store
        self._files = files
        self._stop = asyncio.Event()
        self._background: set[asyncio.Task[None]] = set()
        self._answers: set[asyncio.Task[None]] = set()

    async def run(self) -> int:
        """Connect, poll until stopped, finish what is in hand. Raises `InvalidToken`."""
        self._listen_to_signals()
        me = await self._connect()
        if me is None:
            return 0
        no_paper = self._conversation.say("paper_failed")
        sender = Sender(self._sends, me, self._store, self._per_second, files=self._files, no_paper=no_paper)
        suggest = partial(self._suggest, me)
        turns = Turns(me, self._store, sender, self._conversation, self._answer, suggest)
        unsent = await sender.resume()
        log.info("started", bot=me.username, unsent=unsent)
        self._start(introduce(self._bot), self._background)
        self._start(self._purge_now_and_then(), self._background)
        await Poller(self._polls, turns, self._stop).run()
        await sender.close(_FLUSH_SECONDS)
        if self._answers:  # to presses that are confirmed by now: they will not come again
            await asyncio.wait(self._answers, timeout=_FLUSH_SECONDS)
        log.info("stopped")
        return 0

    async def close(self) -> None:
        """End what runs beside the loop and close the connections."""
        left = (*self._background, *self._answers)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self._bot.shutdown()

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(logs.log_loop_trouble)
        for number in (signal.SIGTERM, signal.SIGINT):
            # Windows has no such handlers, and a thread that is not the main one may not set any.
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, self._stop.set)

    async def _connect(self) -> Me | None:
        """Find out who we are and make sure that polling is allowed; None when stopped meanwhile."""
        failures = 0
        while not self._stop.is_set():
            try:
                me = await unless_stopped(self._stop, self._greet())
            except InvalidToken:
                raise
            except Exception as error:
                await unless_stopped(self._stop, asyncio.sleep(patience(error, failures)))
                failures += 1
            else:
                return me
        return None

    async def _greet(self) -> Me:
        await self._bot.initialize()
        await self._bot.delete_webhook()
        return Me(self._bot.id, self._bot.username)

    async def _purge_now_and_then(self) -> None:
        while True:
            try:
                await self._store.purge()
            except Exception as error:
                log.error("store.purge", error=type(error).__name__)
            await asyncio.sleep(_PURGE_SECONDS)

    def _answer(self, query: str, toast: str) -> None:
        self._start(self._show(query, toast), self._answers)

    async def _show(self, query: str, toast: str) -> None:
        """Stop the button's spinner. Too late, twice, no network: none of it matters."""
        with contextlib.suppress(Exception):
            await self._sends.call(
                "answerCallbackQuery", {"callback_query_id": query, "text": toast[:200] or None}
            )

    def _suggest(self, me: Me, query: InlineQuery) -> None:
        self._start(self._show_inline(me, query), self._answers)

    async def _show_inline(self, me: Me, query: InlineQuery) -> None:
        """Answer once: who goes on typing asks again. Telegram waits for it for half a minute."""
        try:
            found = await asyncio.to_thread(answer, query, self._conversation, me)
            await self._sends.call("answerInlineQuery", found)
        except TelegramError as error:
            log.info("inline.late", error=type(error).__name__)
        except Exception as error:
            log.error("inline.broken", error=type(error).__name__, exc_info=error)

    def _start(self, work: Coroutine[Any, Any, None], running: set[asyncio.Task[None]]) -> None:
        """Do ``work`` beside the loop; it is among ``running`` for as long as it takes."""
        task = asyncio.create_task(work)
        running.add(task)
        task.add_done_callback(running.discard)


@dataclass(slots=True)
class Poller:
    """Asks for updates and hands them on, for ever; network trouble only makes it slower."""

    api: Api
    turns: Turns
    stop: asyncio.Event
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    poll_seconds: int = _POLL_SECONDS
    offset: int | None = None

    async def run(self) -> None:
        """Poll until stopped. A batch in hand is finished and confirmed first."""
        failures = 0
        while not self.stop.is_set():
            try:
                await self._once()
                failures = 0
            except Exception as error:
                await unless_stopped(self.stop, self.pause(patience(error, failures)))
                failures += 1
        await self._confirm()

    async def _confirm(self) -> None:
        """Confirm what is on disk; what else Telegram has to give is left for the next life of the bot."""
        if self.offset is None:
            return
        try:
            await asyncio.wait_for(self._batch(0, limit=1), _CONFIRM_SECONDS)
        except Exception as error:  # then the batch comes again, and counts once all the same
            log.warning("poll.unconfirmed", error=type(error).__name__)

    async def _once(self) -> None:
        batch = await unless_stopped(self.stop, self._batch(self.poll_seconds))
        if batch is None:
            return
        await self.turns.take(batch)
        # Everything is on disk: the next request may confirm it.
        numbers = [number for raw in batch if (number := update_id(raw)) is not None]
        if numbers:
            self.offset = max(numbers) + 1

    async def _batch(self, seconds: int, limit: int | None = None) -> list[object]:
        """What there is from the offset on, waited for up to ``seconds``; all before the offset is confirmed by it."""
        wanted = {"timeout": seconds, "allowed_updates": list(WANTED), "offset": self.offset, "limit": limit}
        result = await self.api.call("getUpdates", wanted, seconds + 10)
        if not isinstance(result, list):
            raise NetworkError("getUpdates gave no list")
        return result


def patience(error: Exception, failures: int) -> float:
    """Log why polling failed; the seconds to wait before the next try."""
    match error:
        case RetryAfter():
            log.warning("poll.flood")
            period = error.retry_after
            return float(period) if isinstance(period, int) else period.total_seconds()
        case Conflict():
            log.error("poll.conflict", hint="another program polls with the same token; stop one of the two")
        case InvalidToken():
            log.error("poll.token", hint=REFUSED)
        case BadRequest():
            log.error("poll.refused", reason=logs.safe_reason(error))
        case TelegramError():
            log.warning("poll.network", error=type(error).__name__, failures=failures)
        case _:
            log.error("poll.trouble", error=type(error).__name__, exc_info=error)
    return backoff(failures)


async def unless_stopped(stop: asyncio.Event, work: Coroutine[Any, Any, T] | Awaitable[T]) -> T | None:
    """Await ``work``; when ``stop`` is set before it is done, cancel it and give None."""
    task = asyncio.ensure_future(work)
    halt = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((task, halt), return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        for one in (task, halt):
            one.cancel()
        await asyncio.gather(task, halt, return_exceptions=True)
