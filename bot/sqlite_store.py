"""The store on SQLite.

One thread owns the one connection. Callers put a job in its queue and await the answer, so that the event
loop never waits for a disk. The thread takes *everything* that is waiting, runs it in one transaction and
answers after the commit: the cost of making data safe (``synchronous=FULL``, one fsync) is shared by all turns
that happen to wait at the same moment, and a single turn never waits for company.

When a job of such a group fails, the group is rolled back and its jobs run again, each alone, so that one
bad job cannot take others with it.

*Deleted means gone*: ``secure_delete`` overwrites freed space with zeros, and after somebody is forgotten the
write-ahead log, which still holds older pages, is folded into the file and cut to nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlite_utils import Database, Migrations

from bot import gaps
from bot.store import (
    Committed,
    Conflict,
    Duplicate,
    Forget,
    Key,
    Leave,
    OutboxRow,
    Record,
    Return,
    Save,
    Stored,
    Verdict,
)

T = TypeVar("T")

DATABASE = "megaroth.sqlite3"
"""The name of the file in the data folder."""
DAY = 86_400
UPDATES_KEPT = 3 * DAY  # Telegram repeats an update for 24 hours at most
SET_ASIDE_KEPT = 30 * DAY
PEOPLE_KEPT = 548 * DAY  # 18 months, as the privacy page says

_GROUP = 500  # jobs in one transaction; more would only make the first of them wait

migrations = Migrations("megaroth")


@migrations()
def first_tables(db: Database) -> None:
    """Create the tables of version 1."""
    db.table("chats").create(
        {
            "bot": int,
            "chat": int,
            "session": str,
            "version": int,
            "live": int,
            "blocked": int,
            "last_used": int,
        },
        pk=("bot", "chat"),
        not_null={"session", "version", "live", "blocked", "last_used"},
        defaults={"live": 0, "blocked": 0},
        strict=True,
    )
    db.table("seen").create(
        {"bot": int, "update_id": int, "at": int}, pk=("bot", "update_id"), not_null={"at"}, strict=True
    )
    db.table("outbox").create(
        {"bot": int, "chat": int, "seq": int, "payload": str, "vanish": int, "sent": int},
        pk=("bot", "chat", "seq"),
        not_null={"payload", "vanish"},
        defaults={"vanish": 0},
        strict=True,
    )
    db.execute("CREATE INDEX outbox_unsent ON outbox (bot, chat, seq) WHERE sent IS NULL")
    db.table("set_aside").create(
        {"bot": int, "update_id": int, "chat": int, "error": str, "code": str, "at": int},
        pk=("bot", "update_id"),
        not_null={"chat", "error", "code", "at"},
        strict=True,
    )


@migrations()
def unanswered_questions(db: Database) -> None:
    """Create the table of version 2."""
    gaps.create(db)


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """Work for the writer thread and where its answer goes."""

    work: Callable[[Database], Any]
    answer: asyncio.Future[Any] = field(repr=False)
    outside: bool = False
    """True for what SQLite refuses to do inside a transaction."""

    def deliver(self, outcome: Any) -> None:
        """Hand over the outcome; runs in the event loop."""
        if self.answer.done():  # the caller was cancelled
            return
        if isinstance(outcome, BaseException):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)


class SqliteStore:
    """`bot.store.Store` in one file; ``now`` tells the time in seconds. Made by `open`."""

    def __init__(self, path: Path, now: Callable[[], float] = time.time) -> None:
        self._path = path
        self._now = now
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)

    @classmethod
    async def open(cls, path: Path, now: Callable[[], float] = time.time) -> SqliteStore:
        """Open the file, creating or upgrading it. Raises ``sqlite3.Error`` or ``OSError``."""
        store = cls(path, now)
        store._thread.start()
        try:
            await store._ask(_nothing)
        except BaseException:
            await store.close()
            raise
        return store

    async def read(self, key: Key) -> Stored:
        """See `Store.read`."""
        return await self._ask(lambda db: _read(db, key))

    async def commit(self, record: Record) -> Verdict:
        """See `Store.commit`."""
        verdict = await self._ask(lambda db: _commit(db, record, int(self._now())))
        if isinstance(record.change, Forget) and isinstance(verdict, Committed):
            await self._ask(_fold_log, outside=True)
        return verdict

    async def unsent(self, bot: int) -> Sequence[OutboxRow]:
        """See `Store.unsent`."""
        return await self._ask(lambda db: _unsent(db, bot))

    async def live(self, key: Key) -> int:
        """See `Store.live`."""
        return await self._ask(lambda db: _live(db, key))

    async def sent(self, row: OutboxRow, live: int | None = None) -> None:
        """See `Store.sent`."""
        await self._ask(lambda db: _sent(db, row, live, int(self._now())))

    async def leave(self, key: Key) -> None:
        """See `Store.leave`."""
        await self._ask(lambda db: _leave(db, key))

    async def move(self, old: Key, new: Key) -> None:
        """See `Store.move`."""
        await self._ask(lambda db: _move(db, old, new))

    async def purge(self) -> None:
        """See `Store.purge`."""
        await self._ask(lambda db: _purge(db, int(self._now())))
        await self._ask(_fold_log, outside=True)

    async def close(self) -> None:
        """See `Store.close`."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    async def _ask(self, work: Callable[[Database], T], *, outside: bool = False) -> T:
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put(_Job(work, answer, outside))
        return await answer

    def _run(self) -> None:
        """Live the life of the writer thread."""
        try:
            db = connect(self._path)
        except (sqlite3.Error, OSError) as error:
            self._refuse(error)
            return
        try:
            while jobs := self._waiting():
                inside = [job for job in jobs if not job.outside]
                self._answer(inside, _together(db, inside))
                for job in jobs:
                    if job.outside:
                        self._answer([job], [_attempt(db, job)])
        finally:
            db.close()

    def _refuse(self, error: Exception) -> None:
        while jobs := self._waiting():
            self._answer(jobs, [error] * len(jobs))

    def _waiting(self) -> list[_Job]:
        """All jobs that wait now, at least one; none when the store closes."""
        first = self._jobs.get()
        if first is None:
            return []
        jobs = [first]
        while len(jobs) < _GROUP:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                break
            if job is None:  # close after this group
                self._jobs.put(None)
                break
            jobs.append(job)
        return jobs

    @staticmethod
    def _answer(jobs: list[_Job], outcomes: list[Any]) -> None:
        def deliver() -> None:
            for job, outcome in zip(jobs, outcomes, strict=True):
                job.deliver(outcome)

        if jobs:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                jobs[0].answer.get_loop().call_soon_threadsafe(deliver)


def connect(path: Path, patience: int = 10_000) -> Database:
    """Open the file, creating or upgrading it; wait up to ``patience`` milliseconds for others to write.

    Raises ``sqlite3.Error`` or ``OSError``.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    db = Database(path)
    db.execute(f"PRAGMA busy_timeout = {patience}")
    db.enable_wal()
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA secure_delete = ON")
    migrations.apply(db)
    return db


def _together(db: Database, jobs: list[_Job]) -> list[Any]:
    """Run ``jobs`` in one transaction, or each in its own when one of them fails."""
    if not jobs:
        return []
    try:
        return _in_transaction(db, jobs)
    except Exception as error:
        return [error] if len(jobs) == 1 else [_together(db, [job])[0] for job in jobs]


def _attempt(db: Database, job: _Job) -> Any:
    try:
        return job.work(db)
    except Exception as error:
        return error


def _in_transaction(db: Database, jobs: list[_Job]) -> list[Any]:
    db.execute("BEGIN IMMEDIATE")
    try:
        outcomes = [job.work(db) for job in jobs]
        db.commit()
    except BaseException:
        db.rollback()
        raise
    return outcomes


def _nothing(_db: Database) -> None:
    """Show that the store is open."""


def _fold_log(db: Database) -> None:
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _read(db: Database, key: Key) -> Stored:
    row = db.execute(
        "SELECT session, version FROM chats WHERE bot = ? AND chat = ?", (key.bot, key.chat)
    ).fetchone()
    return Stored(*row) if row else Stored()


def _commit(db: Database, record: Record, now: int) -> Verdict:
    key, change = record.key, record.change
    if isinstance(change, Save | Forget) and _read(db, key).version != change.read:
        duplicate = db.execute(
            "SELECT 1 FROM seen WHERE bot = ? AND update_id = ?", (key.bot, record.update)
        ).fetchone()
        return Duplicate() if duplicate else Conflict()
    new = db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (key.bot, record.update, now)).rowcount
    if not new:
        return Duplicate()
    match change:
        case Save():
            _save(db, key, change, now)
        case Forget():
            _forget(db, key)
        case Leave():
            _leave(db, key)
        case Return():
            db.execute("UPDATE chats SET blocked = 0 WHERE bot = ? AND chat = ?", (key.bot, key.chat))
        case None:
            pass
    if record.aside:
        db.execute(
            "INSERT OR REPLACE INTO set_aside VALUES (?, ?, ?, ?, ?, ?)",
            (key.bot, record.update, key.chat, record.aside.error, record.aside.code, now),
        )
    if record.gap:
        gaps.note(db, record.gap)
    return Committed(_queue(db, key, record.replies, vanish=isinstance(change, Forget)))


def _save(db: Database, key: Key, change: Save, now: int) -> None:
    if change.read:
        db.execute(
            "UPDATE chats SET session = ?, version = version + 1, blocked = 0, last_used = ? WHERE bot = ? AND chat = ?",
            (change.session, now // DAY, key.bot, key.chat),
        )
        return
    # A forgotten person who comes back starts at a version that no turn in flight can have read.
    version = 1 + secrets.randbits(40)
    db.execute(
        "INSERT INTO chats (bot, chat, session, version, last_used) VALUES (?, ?, ?, ?, ?)",
        (key.bot, key.chat, change.session, version, now // DAY),
    )


def _forget(db: Database, key: Key) -> None:
    chat = (key.bot, key.chat)
    db.execute("DELETE FROM chats WHERE bot = ? AND chat = ?", chat)
    db.execute("DELETE FROM set_aside WHERE bot = ? AND chat = ?", chat)
    db.execute("DELETE FROM outbox WHERE bot = ? AND chat = ? AND sent IS NOT NULL", chat)
    db.execute("UPDATE outbox SET vanish = 1 WHERE bot = ? AND chat = ?", chat)


def _leave(db: Database, key: Key) -> None:
    chat = (key.bot, key.chat)
    db.execute("UPDATE chats SET blocked = 1 WHERE bot = ? AND chat = ?", chat)
    db.execute("DELETE FROM outbox WHERE bot = ? AND chat = ? AND sent IS NULL", chat)


def _last_seq(db: Database, key: Key) -> int:
    query = "SELECT coalesce(max(seq), 0) FROM outbox WHERE bot = ? AND chat = ?"
    return int(db.execute(query, (key.bot, key.chat)).fetchone()[0])


def _queue(db: Database, key: Key, payloads: Sequence[str], *, vanish: bool) -> tuple[OutboxRow, ...]:
    if not payloads:
        return ()
    rows = tuple(OutboxRow(key, seq, text) for seq, text in enumerate(payloads, _last_seq(db, key) + 1))
    db.conn.executemany(
        "INSERT INTO outbox (bot, chat, seq, payload, vanish) VALUES (?, ?, ?, ?, ?)",
        [(key.bot, key.chat, row.seq, row.payload, int(vanish)) for row in rows],
    )
    return rows


def _unsent(db: Database, bot: int) -> list[OutboxRow]:
    query = "SELECT chat, seq, payload FROM outbox WHERE bot = ? AND sent IS NULL ORDER BY chat, seq"
    return [OutboxRow(Key(bot, chat), seq, payload) for chat, seq, payload in db.execute(query, (bot,))]


def _live(db: Database, key: Key) -> int:
    row = db.execute("SELECT live FROM chats WHERE bot = ? AND chat = ?", (key.bot, key.chat)).fetchone()
    return int(row[0]) if row else 0


def _sent(db: Database, row: OutboxRow, live: int | None, now: int) -> None:
    chat = (row.key.bot, row.key.chat)
    gone = db.execute(
        "DELETE FROM outbox WHERE bot = ? AND chat = ? AND seq = ? AND vanish", (*chat, row.seq)
    )
    if gone.rowcount:
        return  # a card of somebody who is forgotten: nothing about it may stay
    db.execute(
        "UPDATE outbox SET payload = '', sent = ? WHERE bot = ? AND chat = ? AND seq = ?",
        (now, *chat, row.seq),
    )
    if live is not None:
        db.execute("UPDATE chats SET live = ? WHERE bot = ? AND chat = ?", (live, *chat))


def _move(db: Database, old: Key, new: Key) -> None:
    db.execute(
        "UPDATE OR IGNORE chats SET chat = ? WHERE bot = ? AND chat = ?", (new.chat, old.bot, old.chat)
    )
    db.execute(
        "UPDATE outbox SET chat = ?, seq = seq + ? WHERE bot = ? AND chat = ?",
        (new.chat, _last_seq(db, new), old.bot, old.chat),
    )


def _purge(db: Database, now: int) -> None:
    db.execute("DELETE FROM seen WHERE at < ?", (now - UPDATES_KEPT,))
    db.execute("DELETE FROM outbox WHERE sent < ?", (now - UPDATES_KEPT,))
    db.execute("DELETE FROM set_aside WHERE at < ?", (now - SET_ASIDE_KEPT,))
    idle = ((now - PEOPLE_KEPT) // DAY,)
    db.execute(
        "DELETE FROM outbox WHERE (bot, chat) IN (SELECT bot, chat FROM chats WHERE last_used < ?)", idle
    )
    db.execute("DELETE FROM chats WHERE last_used < ?", idle)
    db.execute("DELETE FROM gaps WHERE last_day < date(?, 'unixepoch')", (now - PEOPLE_KEPT,))
