from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from datetime import date
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot import gaps
from bot.sqlite_store import SqliteStore, migrations
from bot.store import Aside, Committed, Forget, Key, Leave, Record, Save, Stored
from dialogs.gaps import Gap
from tests.bot.fakes import Clock

ANN = Key(1, 501)


def bytes_on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


async def test_the_connection_is_durable_and_forgets(store: SqliteStore) -> None:
    async def pragma(name: str) -> object:
        return await store._ask(lambda db: db.execute(f"PRAGMA {name}").fetchone()[0])

    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10000,
        "secure_delete": 1,
    }
    for name, value in wanted.items():
        assert await pragma(name) == value


async def test_deleted_means_gone_from_the_disk(store: SqliteStore, tmp_path: Path) -> None:
    canary = "CANARY-185000"
    await store.commit(Record(ANN, 1, Save(canary * 300, 0), (canary, canary * 400)))
    for row in await store.unsent(1):
        await store.sent(row)
    version = (await store.read(ANN)).version
    await store.commit(Record(ANN, 2, Save(canary + " again", version), (f"still waiting {canary}",)))
    assert canary.encode() in bytes_on_disk(tmp_path)
    forget = await store.commit(Record(ANN, 3, Forget(version + 1), (f"Deleted, {canary}.",)))
    assert isinstance(forget, Committed)
    for row in await store.unsent(1):  # the goodbye goes out, and goes
        await store.sent(row)
    await store.purge()
    assert canary.encode() not in bytes_on_disk(tmp_path)


async def test_a_sent_reply_keeps_no_text(store: SqliteStore) -> None:
    await store.commit(Record(ANN, 1, Save("s", 0), ("CANARY",)))
    (row,) = await store.unsent(1)
    await store.sent(row)
    kept = await store._ask(lambda db: list(db.table("outbox").rows))
    assert [(row["seq"], row["payload"], row["sent"]) for row in kept] == [(1, "", 1_800_000_000)]


async def test_an_update_set_aside_leaves_ids_and_an_error_type(store: SqliteStore) -> None:
    await store.commit(Record(ANN, 7, aside=Aside("KeyError", "K7F2")))
    kept = await store._ask(lambda db: list(db.table("set_aside").rows))
    assert kept == [
        {"bot": 1, "update_id": 7, "chat": 501, "error": "KeyError", "code": "K7F2", "at": 1_800_000_000}
    ]


async def test_the_blocked_flag_follows_what_telegram_says(store: SqliteStore) -> None:
    async def blocked() -> object:
        return await store._ask(lambda db: db.execute("SELECT blocked FROM chats").fetchone()[0])

    await store.commit(Record(ANN, 1, Save("s", 0)))
    await store.commit(Record(ANN, 2, Leave()))
    assert await blocked() == 1
    await store.commit(Record(ANN, 3, Save("s", (await store.read(ANN)).version)))
    assert await blocked() == 0


async def test_a_bad_job_does_not_take_its_neighbours_along(store: SqliteStore) -> None:
    def bad(db: Database) -> None:
        db.execute("INSERT INTO seen VALUES (1, 999, 0)")
        raise RuntimeError("bad")

    outcomes = await asyncio.gather(
        store.commit(Record(ANN, 1, Save("s", 0))),
        store._ask(bad),
        store._ask(bad, outside=True),
        store.commit(Record(Key(1, 2), 2, Save("t", 0))),
        return_exceptions=True,
    )
    assert [type(outcome).__name__ for outcome in outcomes] == [
        "Committed",
        "RuntimeError",
        "RuntimeError",
        "Committed",
    ]
    assert (await store.read(ANN)).session == "s"
    assert (await store.read(Key(1, 2))).session == "t"


async def test_waiting_turns_share_a_commit(tmp_path: Path) -> None:
    begun = 0

    def count(sql: str) -> None:
        nonlocal begun
        begun += sql.startswith("BEGIN")

    store = await SqliteStore.open(tmp_path / "s.sqlite3")
    await store._ask(lambda db: db.conn.set_trace_callback(count))
    await asyncio.gather(*(store.commit(Record(Key(1, chat), chat, Save("s", 0))) for chat in range(1, 101)))
    await store.close()
    assert begun < 50


async def test_the_disk_is_waited_for_outside_the_event_loop(store: SqliteStore) -> None:
    assert await store._ask(lambda _db: threading.get_ident()) != threading.get_ident()
    slow = asyncio.ensure_future(store._ask(lambda _db: time.sleep(0.05)))
    turns_of_the_loop = 0
    while not slow.done():
        turns_of_the_loop += 1
        await asyncio.sleep(0)
    assert turns_of_the_loop > 10


async def test_a_caller_who_gave_up_is_not_answered(store: SqliteStore) -> None:
    asking = asyncio.create_task(store.read(ANN))
    await asyncio.sleep(0)
    asking.cancel()
    assert await store.read(ANN) == Stored()


async def test_jobs_asked_for_before_closing_are_done(tmp_path: Path, clock: Clock) -> None:
    store = await SqliteStore.open(tmp_path / "s.sqlite3", clock)
    asked = [
        asyncio.ensure_future(store.commit(Record(Key(1, chat), chat, Save("s", 0))))
        for chat in range(1, 700)
    ]
    await asyncio.sleep(0)
    await store.close()
    assert all(isinstance(verdict, Committed) for verdict in await asyncio.gather(*asked))


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s.sqlite3").write_bytes(b"not a database, at all" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        await SqliteStore.open(tmp_path / "s.sqlite3")
    with pytest.raises(OSError, match=r"s\.sqlite3"):
        await SqliteStore.open(tmp_path / "s.sqlite3" / "below a file")


async def test_the_files_are_for_their_owner_only(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "data" / "s.sqlite3")
    await store.commit(Record(ANN, 1, Save("s", 0)))
    modes = {path.stat().st_mode & 0o077 for path in [tmp_path / "data", *(tmp_path / "data").iterdir()]}
    await store.close()
    assert modes == {0}


async def test_a_question_is_counted_in_the_transaction_of_its_turn(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between the two would count a question whose update comes again, or lose it."""
    note = gaps.note

    def fails_after(db: Database, gap: Gap) -> None:
        assert db.conn.in_transaction
        note(db, gap)
        raise sqlite3.OperationalError("disk full")

    record = Record(ANN, 1, Save("s", 0), ("reply",), gap=Gap("aa", date(2026, 7, 1), "a banana"))
    monkeypatch.setattr(gaps, "note", fails_after)
    with pytest.raises(sqlite3.OperationalError, match="disk full"):
        await store.commit(record)
    assert await store._ask(gaps.listed) == []
    assert await store.read(ANN) == Stored()
    monkeypatch.undo()
    assert isinstance(await store.commit(record), Committed)
    assert [one.times for one in await store._ask(gaps.listed)] == [1]


async def test_no_row_beside_a_question_says_whose_it_was(store: SqliteStore) -> None:
    await store.commit(Record(ANN, 77_777, Save("s", 0), gap=Gap("aa", date(2026, 7, 1), "a banana")))
    kept = await store._ask(lambda db: list(db.table("gaps").rows))
    day = "2026-07-01"
    assert kept == [{"fingerprint": "aa", "text": "a banana", "times": 1, "first_day": day, "last_day": day}]


async def test_a_file_of_the_first_version_is_upgraded_and_loses_nothing(tmp_path: Path) -> None:
    old = Database(tmp_path / "s.sqlite3")
    migrations.apply(old, stop_before="unanswered_questions")
    old.execute("INSERT INTO chats (bot, chat, session, version, last_used) VALUES (1, 501, 's', 5, 20833)")
    old.close()
    store = await SqliteStore.open(tmp_path / "s.sqlite3")
    await store.commit(Record(ANN, 1, Save("t", 5), gap=Gap("aa", date(2026, 7, 1))))
    assert (await store.read(ANN)).session == "t"
    assert len(await store._ask(gaps.listed)) == 1
    await store.close()


async def test_migrations_run_once(tmp_path: Path) -> None:
    for _ in range(2):
        store = await SqliteStore.open(tmp_path / "s.sqlite3")
        assert await store._ask(migrations.pending) == []
        await store.close()
