from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.cards import dump_reply
from bot.request import Api
from bot.sender import Sender, backoff
from bot.sqlite_store import SqliteStore
from bot.store import Committed, Key, OutboxRow, Record, Save
from dialogs.replies import Button, Reply
from tests.bot.conftest import ME
from tests.bot.fakes import Naps
from tests.bot.standin import StandIn

ANN, BOB = Key(ME.id, 501), Key(ME.id, 502)
QUESTION = Reply("Your pay?", ((Button("Not sure", data="pay:unsure"),),), live=True)


class Desk:
    """Commits replies and sends them."""

    def __init__(self, telegram: StandIn, api: Api, store: SqliteStore, per_second: int = 0) -> None:
        self.telegram, self.store = telegram, store
        self.naps = Naps()
        self.sender = Sender(api, ME, store, per_second, self.naps)
        self._updates = 0

    async def commit(self, key: Key, *replies: Reply) -> Sequence[OutboxRow]:
        self._updates += 1
        change = Save("{}", (await self.store.read(key)).version)
        record = Record(key, self._updates, change, tuple(map(dump_reply, replies)))
        verdict = await self.store.commit(record)
        assert isinstance(verdict, Committed)
        return verdict.rows

    async def send(self, key: Key, *replies: Reply) -> None:
        self.sender.put(await self.commit(key, *replies))

    async def settled(self) -> None:
        await self.sender.close(20)

    async def unsent(self) -> list[str]:
        return [row.payload for row in await self.store.unsent(ME.id)]

    async def blocked(self) -> bool:
        return await self.store._ask(lambda db: bool(db.execute("SELECT blocked FROM chats").fetchone()[0]))


@pytest.fixture
async def desk(telegram: StandIn, api: Api, store: SqliteStore) -> AsyncIterator[Desk]:
    telegram.person(501)
    telegram.person(502)
    made = Desk(telegram, api, store)
    yield made
    await made.sender.close(0)


def texts(telegram: StandIn, chat: int = 501) -> list[str]:
    return [card.text for card in telegram.chats[chat].cards]


async def test_replies_of_a_chat_arrive_in_order_with_html_and_without_previews(
    desk: Desk, telegram: StandIn
) -> None:
    await desk.send(ANN, Reply("<b>one</b>"), Reply("two"))
    await desk.send(ANN, Reply("three"))
    await desk.settled()
    assert texts(telegram) == ["one", "two", "three"]
    assert {card.parse_mode for card in telegram.chats[501].cards} == {"HTML"}
    assert telegram.violations == []
    assert await desk.unsent() == []


async def test_a_live_card_is_remembered_and_collapses(desk: Desk, telegram: StandIn) -> None:
    await desk.send(ANN, QUESTION)
    await desk.settled()
    question = telegram.chats[501].cards[0]
    assert await desk.store.live(ANN) == question.message
    await desk.send(ANN, Reply("✓ Pay: $185,000", edits=True), Reply("Your age?", live=True))
    await desk.settled()
    edited, following = telegram.chats[501].cards[1:]
    assert (edited.message, edited.edited, edited.buttons) == (question.message, True, ())
    assert not following.edited
    assert await desk.store.live(ANN) == following.message


async def test_a_live_card_can_change_in_place(desk: Desk, telegram: StandIn) -> None:
    await desk.send(ANN, QUESTION, Reply("Help", edits=True, live=True), Reply("beside"))
    await desk.settled()
    question, help_page, _ = telegram.chats[501].cards
    assert help_page.message == question.message
    assert await desk.store.live(ANN) == question.message


async def test_a_collapsed_card_is_live_no_more(desk: Desk) -> None:
    await desk.send(ANN, QUESTION, Reply("✓", edits=True))
    await desk.settled()
    assert await desk.store.live(ANN) == 0


async def test_an_edit_without_a_live_card_is_a_new_message(desk: Desk, telegram: StandIn) -> None:
    await desk.send(ANN, Reply("page", edits=True, live=True))
    await desk.settled()
    assert not telegram.chats[501].cards[0].edited
    assert await desk.store.live(ANN) == telegram.chats[501].cards[0].message


@pytest.mark.parametrize(
    "words",
    [
        "message to edit not found",
        "message can't be edited",
        "MESSAGE_ID_INVALID",
        "there is no text in the message to edit",
    ],
)
async def test_a_card_that_cannot_be_edited_is_sent_anew(desk: Desk, telegram: StandIn, words: str) -> None:
    telegram.fail("editMessageText", status=400, description=f"Bad Request: {words}")
    await desk.send(ANN, QUESTION, Reply("page", edits=True, live=True))
    await desk.settled()
    question, page = telegram.chats[501].cards
    assert page.message != question.message
    assert await desk.store.live(ANN) == page.message


async def test_an_edit_that_changes_nothing_is_a_success(desk: Desk, telegram: StandIn) -> None:
    same = Reply(QUESTION.html, QUESTION.buttons, edits=True, live=True)
    with capture_logs() as logs:
        await desk.send(ANN, QUESTION, same)
        await desk.settled()
    assert len(telegram.called("editMessageText")) == 1
    assert await desk.unsent() == []
    assert await desk.store.live(ANN) == telegram.chats[501].cards[0].message
    assert logs == []


async def test_a_flood_error_makes_that_chat_wait_and_no_other(desk: Desk, telegram: StandIn) -> None:
    asleep = asyncio.Event()
    awake = asyncio.Event()

    async def nap(seconds: float) -> None:
        assert seconds == 17
        asleep.set()
        await awake.wait()

    desk.sender._pause = nap
    flood: dict[str, Any] = {
        "status": 429,
        "description": "Too Many Requests: retry after 17",
        "parameters": {"retry_after": 17},
    }
    telegram.fail("sendMessage", chat=501, **flood)
    await desk.send(ANN, Reply("a"), Reply("b"))
    await asleep.wait()
    await desk.send(BOB, Reply("c"))
    await telegram.until(lambda: texts(telegram, 502) == ["c"])
    assert texts(telegram) == []
    awake.set()
    await desk.settled()
    assert texts(telegram) == ["a", "b"]


@pytest.mark.parametrize("kind", ["answer", "drop_before"])
async def test_trouble_on_the_way_is_tried_again_ever_later(desk: Desk, telegram: StandIn, kind: str) -> None:
    telegram.fail("sendMessage", kind, times=4)
    await desk.send(ANN, Reply("a"), Reply("b"))
    await desk.settled()
    assert texts(telegram) == ["a", "b"]
    assert len(desk.naps.taken) == 4
    assert desk.naps.taken[3] > desk.naps.taken[0]


@pytest.mark.parametrize("kind", ["drop_after", "garbage", "odd"])
async def test_an_unknown_outcome_may_double_a_card_and_never_lose_it(
    desk: Desk, telegram: StandIn, kind: str
) -> None:
    telegram.fail("sendMessage", kind)
    await desk.send(ANN, Reply("a"), Reply("b"))
    await desk.settled()
    assert texts(telegram) == ["a", "a", "b"]
    assert await desk.unsent() == []


async def test_markup_that_telegram_cannot_read_goes_out_as_plain_text(desk: Desk, telegram: StandIn) -> None:
    with capture_logs() as logs:
        await desk.send(
            ANN, Reply("<b>185,000 &amp; <i>more</b>", QUESTION.buttons, live=True), Reply("next")
        )
        await desk.settled()
    first, second = telegram.chats[501].cards
    assert (first.text, first.parse_mode, first.labels) == ("185,000 & more", "", ["Not sure"])
    assert second.parse_mode == "HTML"
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("send.markup", "error")]
    assert "185,000" not in str(logs)


async def test_plain_text_that_is_refused_too_is_dropped(desk: Desk, telegram: StandIn) -> None:
    telegram.fail("sendMessage", times=2, status=400, description="Bad Request: can't parse entities: no")
    with capture_logs() as logs:
        await desk.send(ANN, Reply("a"), Reply("b"))
        await desk.settled()
    assert texts(telegram) == ["b"]
    assert [entry["event"] for entry in logs] == ["send.markup", "send.refused"]


async def test_a_card_that_can_never_be_sent_is_dropped_and_logged(desk: Desk, telegram: StandIn) -> None:
    with capture_logs() as logs:
        await desk.send(ANN, Reply("x" * 5000), Reply("next"))
        await desk.settled()
    assert texts(telegram) == ["next"]
    assert [entry["event"] for entry in logs] == ["send.refused"]
    assert await desk.unsent() == []


@pytest.mark.parametrize(
    "payload", ["", "[]", "{}", '{"html": "x", "colour": "red"}', '{"html": "x", "buttons": 5}']
)
async def test_a_payload_that_nobody_can_read_is_dropped_and_logged(
    desk: Desk, telegram: StandIn, payload: str
) -> None:
    stored = await desk.store.commit(Record(ANN, 90, replies=(payload,)))
    assert isinstance(stored, Committed)
    with capture_logs() as logs:
        desk.sender.put(stored.rows)
        await desk.send(ANN, Reply("next"))
        await desk.settled()
    assert texts(telegram) == ["next"]
    assert [entry["event"] for entry in logs] == ["send.unreadable"]


async def test_a_person_who_blocked_the_bot_is_sent_nothing_more(desk: Desk, telegram: StandIn) -> None:
    telegram.chats[501].blocked = True
    await desk.send(ANN, Reply("a"), Reply("b"))
    await desk.settled()
    assert len(telegram.called("sendMessage")) == 1
    assert await desk.unsent() == []
    assert await desk.blocked()


async def test_a_group_that_moved_is_followed(desk: Desk, telegram: StandIn) -> None:
    old, new = Key(ME.id, -5), Key(ME.id, -1005)
    telegram.group(-1005)
    telegram.fail(
        "sendMessage",
        chat=-5,
        status=400,
        description="Bad Request: group chat was upgraded to a supergroup chat",
        parameters={"migrate_to_chat_id": -1005},
    )
    rows = await desk.store.commit(Record(old, 90, replies=(dump_reply(Reply("a")), dump_reply(Reply("b")))))
    assert isinstance(rows, Committed)
    desk.sender.put(rows.rows)
    await desk.settled()
    await desk.settled()  # the new chat's own worker
    assert texts(telegram, new.chat) == ["a", "b"]
    assert await desk.unsent() == []


async def test_what_was_unsent_is_sent_at_the_next_start(desk: Desk, telegram: StandIn) -> None:
    await desk.commit(ANN, Reply("a"), Reply("b"))
    await desk.commit(BOB, Reply("c"))
    assert await desk.sender.resume() == 3
    await desk.settled()
    assert texts(telegram) == ["a", "b"]
    assert texts(telegram, 502) == ["c"]


async def test_closing_leaves_in_the_store_what_could_not_go_out(desk: Desk, telegram: StandIn) -> None:
    telegram.fail("sendMessage", "hang")
    await desk.send(ANN, Reply("a"))
    await telegram.until(lambda: telegram.called("sendMessage"))
    await desk.sender.close(0.01)
    assert len(await desk.unsent()) == 1


async def test_what_waits_for_a_chat_can_be_discarded(desk: Desk, telegram: StandIn) -> None:
    asleep = asyncio.Event()

    async def nap(_seconds: float) -> None:
        desk.sender.discard(ANN)
        asleep.set()

    desk.sender._pause = nap
    telegram.fail("sendMessage")
    await desk.send(ANN, Reply("a"), Reply("b"))
    await asleep.wait()
    await desk.settled()
    assert texts(telegram) == []
    desk.sender.discard(BOB)  # nothing waits: nothing happens


async def test_a_card_on_its_way_while_its_chat_is_discarded_is_noted_all_the_same(
    desk: Desk, telegram: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver = desk.sender._deliver

    async def late(card: dict[str, object], target: int) -> int:
        number = await deliver(card, target)
        desk.sender.discard(ANN)
        return number

    monkeypatch.setattr(desk.sender, "_deliver", late)
    await desk.send(ANN, Reply("a"), Reply("b"))
    await desk.settled()
    assert texts(telegram) == ["a"]
    assert len(await desk.unsent()) == 1


async def test_a_store_in_trouble_delays_and_loses_nothing(
    desk: Desk, telegram: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = desk.store.sent, 0

    async def sent(row: OutboxRow, live: int | None = None) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise OSError("disk full")
        await real(row, live)

    monkeypatch.setattr(desk.store, "sent", sent)
    with capture_logs() as logs:
        await desk.send(ANN, Reply("a"))
        await desk.settled()
    assert texts(telegram) == ["a", "a"]
    assert await desk.unsent() == []
    assert logs[0]["event"] == "send.store"


async def test_the_overall_limit_lets_everything_through_in_time(
    telegram: StandIn, api: Api, store: SqliteStore
) -> None:
    telegram.person(501)
    desk = Desk(telegram, api, store, per_second=50)
    await desk.send(ANN, *(Reply(str(number)) for number in range(60)))
    await desk.settled()
    assert texts(telegram) == [str(number) for number in range(60)]


def test_waiting_grows_to_a_minute_and_no_further() -> None:
    assert 0.5 <= backoff(0) <= 1
    assert 4 <= backoff(3) <= 8
    assert 30 <= backoff(500) <= 60
