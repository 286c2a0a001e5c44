"""The promise of `bot.store.Store`, for every store there is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import TypeAlias

import pytest

from bot.gaps import listed
from bot.sqlite_store import DAY, SqliteStore
from bot.store import (
    Aside,
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
    Store,
    Stored,
)
from dialogs.gaps import Gap
from tests.bot.fakes import Clock

Factory: TypeAlias = Callable[[Path, Clock], Awaitable[Store]]


async def sqlite(folder: Path, clock: Clock) -> Store:
    return await SqliteStore.open(folder / "store.sqlite3", clock)


ANN, BOB = Key(1, 501), Key(1, 502)


@pytest.fixture(params=[sqlite])
def factory(request: pytest.FixtureRequest) -> Factory:
    made: Factory = request.param
    return made


@pytest.fixture
async def store(factory: Factory, tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    opened = await factory(tmp_path, clock)
    yield opened
    await opened.close()


async def save(store: Store, key: Key, update: int, text: str, *replies: str) -> Committed:
    verdict = await store.commit(Record(key, update, Save(text, (await store.read(key)).version), replies))
    assert isinstance(verdict, Committed)
    return verdict


async def test_nobody_is_known_at_first(store: Store) -> None:
    assert await store.read(ANN) == Stored(None, 0)
    assert await store.live(ANN) == 0
    assert list(await store.unsent(1)) == []


async def test_a_commit_changes_session_and_outbox_at_once(store: Store) -> None:
    committed = await save(store, ANN, 10, "one", "hello", "there")
    assert [(row.key, row.payload) for row in committed.rows] == [(ANN, "hello"), (ANN, "there")]
    assert (await store.read(ANN)).session == "one"
    assert tuple(await store.unsent(1)) == committed.rows


async def test_the_same_update_counts_once(store: Store) -> None:
    await save(store, ANN, 10, "one", "hello")
    version = (await store.read(ANN)).version
    again = Record(ANN, 10, Save("two", version), ("hello again",))
    assert await store.commit(again) == Duplicate()
    assert (await store.read(ANN)).session == "one"
    assert len(await store.unsent(1)) == 1


async def test_a_repeated_update_is_no_conflict_even_on_a_newer_session(store: Store) -> None:
    await save(store, ANN, 10, "one")
    await save(store, ANN, 11, "two")
    assert await store.commit(Record(ANN, 10, Save("one", 0))) == Duplicate()


async def test_ids_of_updates_may_start_anew_and_belong_to_a_bot(store: Store) -> None:
    await save(store, ANN, 900, "one")
    await save(store, ANN, 5, "two")
    await save(store, Key(2, 501), 900, "other bot")
    assert (await store.read(ANN)).session == "two"
    assert (await store.read(Key(2, 501))).session == "other bot"


async def test_a_session_that_changed_since_it_was_read_is_a_conflict(store: Store) -> None:
    read = await store.read(ANN)
    await save(store, ANN, 10, "by a press")
    late = Record(ANN, 11, Save("by a text", read.version), ("lost?",))
    assert await store.commit(late) == Conflict()
    assert (await store.read(ANN)).session == "by a press"
    assert list(await store.unsent(1)) == []
    # and the update still counts once the turn has run again
    assert isinstance(
        await store.commit(Record(ANN, 11, Save("both", (await store.read(ANN)).version))), Committed
    )


async def test_forgetting_is_checked_like_saving(store: Store) -> None:
    await save(store, ANN, 10, "one")
    assert await store.commit(Record(ANN, 11, Forget(0))) == Conflict()


async def test_a_forgotten_person_starts_at_a_version_nobody_has_read(store: Store) -> None:
    await save(store, ANN, 10, "old")
    old = await store.read(ANN)
    await store.commit(Record(ANN, 11, Forget(old.version)))
    await save(store, ANN, 12, "new")
    assert await store.commit(Record(ANN, 13, Save("from before", old.version))) == Conflict()


async def test_rows_are_numbered_within_a_chat_and_unsent_until_told(store: Store) -> None:
    first = await save(store, ANN, 10, "a", "1", "2")
    other = await save(store, BOB, 11, "b", "3")
    await store.sent(first.rows[0])
    second = await save(store, ANN, 12, "c", "4")
    assert [row.payload for row in await store.unsent(1)] == ["2", "4", "3"]
    assert first.rows[1].seq < second.rows[0].seq
    assert other.rows[0].key == BOB
    assert list(await store.unsent(2)) == []


async def test_the_live_card_is_set_kept_and_cleared(store: Store) -> None:
    rows = (await save(store, ANN, 10, "a", "1", "2", "3")).rows
    await store.sent(rows[0], 77)
    assert await store.live(ANN) == 77
    await store.sent(rows[1])
    assert await store.live(ANN) == 77
    await store.sent(rows[2], 0)
    assert await store.live(ANN) == 0


async def test_forgetting_leaves_only_the_goodbye_and_that_goes_as_it_is_sent(store: Store) -> None:
    sent, waiting = (await save(store, ANN, 10, "secret", "sent", "waiting")).rows
    await store.sent(sent, 5)
    await store.commit(Record(ANN, 11, aside=Aside("KeyError", "K7F2")))
    version = (await store.read(ANN)).version
    forgotten = await store.commit(Record(ANN, 12, Forget(version), ("goodbye",)))
    assert isinstance(forgotten, Committed)
    assert await store.read(ANN) == Stored()
    assert await store.live(ANN) == 0
    assert [row.payload for row in await store.unsent(1)] == ["waiting", "goodbye"]
    await store.sent(waiting)
    await store.sent(forgotten.rows[0], 9)
    assert list(await store.unsent(1)) == []
    assert await store.live(ANN) == 0
    assert await store.commit(Record(ANN, 12, Forget(0))) == Duplicate()


async def test_a_person_who_left_is_sent_nothing_more_and_may_come_back(store: Store) -> None:
    await save(store, ANN, 10, "a", "1")
    await save(store, BOB, 11, "b", "2")
    assert await store.commit(Record(ANN, 12, Leave())) == Committed()
    assert [row.payload for row in await store.unsent(1)] == ["2"]
    assert await store.commit(Record(ANN, 13, Return())) == Committed()
    assert (await store.read(ANN)).session == "a"
    await store.leave(BOB)
    assert list(await store.unsent(1)) == []


async def test_a_group_that_moves_takes_its_replies_along(store: Store) -> None:
    old, new = Key(1, -5), Key(1, -1005)
    await store.commit(Record(new, 9, replies=("there",)))
    await store.commit(Record(old, 10, replies=("first", "second")))
    await store.move(old, new)
    assert [(row.key, row.payload) for row in await store.unsent(1)] == [
        (new, "there"),
        (new, "first"),
        (new, "second"),
    ]


async def test_an_update_set_aside_counts_as_seen(store: Store) -> None:
    record = Record(Key(1, 0), 66, aside=Aside("KeyError"))
    assert await store.commit(record) == Committed()
    assert await store.commit(record) == Duplicate()


async def test_old_things_are_purged_and_fresh_ones_kept(store: Store, clock: Clock) -> None:
    await save(store, ANN, 10, "a", "1")
    await store.sent((await store.unsent(1))[0])
    clock.time += 71 * 3600
    await store.purge()
    assert await store.commit(Record(ANN, 10)) == Duplicate()
    clock.time += 2 * 3600
    await store.purge()
    assert await store.commit(Record(ANN, 10)) == Committed()
    clock.time += 500 * DAY
    await save(store, BOB, 11, "b")
    await store.purge()
    assert (await store.read(ANN)).session == "a"
    clock.time += 60 * DAY
    await store.purge()
    assert await store.read(ANN) == Stored()
    assert (await store.read(BOB)).session == "b"


ASKED, SENT = Gap("aa", date(2026, 7, 1)), Gap("aa", date(2026, 7, 1), "what is a banana?")


async def gaps(store: Store) -> list[tuple[str, int, tuple[str, ...]]]:
    """The questions without an answer, as far as they are counted."""
    assert isinstance(store, SqliteStore)
    return [(one.fingerprint, one.times, one.texts) for one in await store._ask(listed)]


async def test_a_question_without_an_answer_is_counted_with_its_turn_and_once(store: Store) -> None:
    asked = Record(ANN, 10, Save("one", 0), ("no answer",), gap=ASKED)
    assert isinstance(await store.commit(asked), Committed)
    assert await store.commit(asked) == Duplicate()
    assert await gaps(store) == [("aa", 1, ())]
    sent = Record(ANN, 11, Save("two", (await store.read(ANN)).version), gap=SENT)
    assert isinstance(await store.commit(sent), Committed)
    assert await store.commit(sent) == Duplicate()
    assert isinstance(await store.commit(Record(Key(1, -7), 12, gap=ASKED)), Committed)
    assert await gaps(store) == [("aa", 2, (SENT.text,))]


async def test_a_turn_that_lost_a_race_counts_no_question(store: Store) -> None:
    await save(store, ANN, 10, "one")
    assert await store.commit(Record(ANN, 11, Save("two", 0), gap=ASKED)) == Conflict()
    assert await gaps(store) == []


async def test_forgetting_a_person_leaves_the_counts_which_are_nobodys(store: Store) -> None:
    await store.commit(Record(ANN, 10, Save("one", 0), gap=SENT))
    await store.commit(Record(ANN, 11, Forget((await store.read(ANN)).version)))
    assert await gaps(store) == [("aa", 1, (SENT.text,))]


async def test_a_question_that_nobody_asks_any_more_is_purged(store: Store, clock: Clock) -> None:
    for number, month in ((10, 5), (11, 6)):
        await store.commit(Record(ANN, number, gap=Gap(f"{month}", date(2027, month, 1), "words")))
    clock.time = 1_800_000_000.0 + 16 * 30 * DAY  # May 2028
    await store.purge()
    assert len(await gaps(store)) == 2
    clock.time = 1_857_600_000.0  # November 12, 2028
    await store.purge()
    assert await gaps(store) == [("6", 1, ("words",))]
    clock.time += 30 * DAY
    await store.purge()
    assert await gaps(store) == []


async def test_everything_is_there_after_reopening(factory: Factory, tmp_path: Path, clock: Clock) -> None:
    first = await factory(tmp_path / "again", clock)
    await save(first, ANN, 10, "kept", "unsent")
    await first.close()
    second = await factory(tmp_path / "again", clock)
    assert (await second.read(ANN)).session == "kept"
    assert [row.payload for row in await second.unsent(1)] == ["unsent"]
    assert await second.commit(Record(ANN, 10)) == Duplicate()
    await second.close()


async def test_many_chats_at_once_lose_nothing(store: Store) -> None:
    async def chat(number: int) -> None:
        key = Key(1, number)
        for turn in range(20):
            read = await store.read(key)
            words = f"{read.session or ''}{turn} "
            verdict = await store.commit(
                Record(key, number * 100 + turn, Save(words, read.version), (words,))
            )
            assert isinstance(verdict, Committed)

    await asyncio.gather(*(chat(number) for number in range(1, 41)))
    wanted = "".join(f"{turn} " for turn in range(20))
    assert {(await store.read(Key(1, number))).session for number in range(1, 41)} == {wanted}
    assert len(await store.unsent(1)) == 800


async def test_racing_turns_of_one_chat_are_never_both_applied_to_the_same_state(store: Store) -> None:
    async def turn(update: int) -> int:
        tries = 0
        while True:
            tries += 1
            read = await store.read(ANN)
            said = Save(f"{read.session or ''}x", read.version)
            if isinstance(await store.commit(Record(ANN, update, said)), Committed):
                return tries

    tries = await asyncio.gather(*(turn(update) for update in range(20)))
    assert (await store.read(ANN)).session == "x" * 20
    assert max(tries) > 1


async def test_marking_a_row_that_is_gone_does_nothing(store: Store) -> None:
    await store.sent(OutboxRow(ANN, 1, "gone"), 3)
    assert await store.live(ANN) == 0
