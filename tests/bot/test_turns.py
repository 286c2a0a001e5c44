from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.conversation import Conversation, DialogConversation, Responded
from bot.gaps import OpenQuestion, listed
from bot.request import Api
from bot.sender import Sender
from bot.sqlite_store import SqliteStore, _commit, _Job
from bot.store import Key, Record, Save, Stored
from bot.turns import Turns, update_id
from bot.updates import InlineQuery
from dialogs.events import Event, Pressed
from dialogs.gaps import Gap, fingerprint
from dialogs.papers import Letter
from dialogs.pictures import Bars
from dialogs.replies import Reply
from knowledge.library import load_library
from knowledge.markup import visible
from tests.bot.conftest import ME
from tests.bot.fakes import Counting, Naps, Scripted
from tests.bot.standin import StandIn

ANN = Key(ME.id, 501)


class Room:
    """Takes raw updates through turns, store and sender."""

    def __init__(self, telegram: StandIn, api: Api, store: SqliteStore) -> None:
        self.telegram, self.store = telegram, store
        self.sender = Sender(api, ME, store, pause=Naps())
        self.answers: list[tuple[str, str]] = []
        self._numbers = iter(range(10_000, 20_000))

    def turns(self, conversation: Conversation) -> Turns:
        return Turns(ME, self.store, self.sender, conversation, lambda *answer: self.answers.append(answer))

    def text(self, text: str, chat: int = 501, **more: Any) -> dict[str, Any]:
        kind = "private" if chat > 0 else "supergroup"
        message = {
            "message_id": 7,
            "date": 1,
            "chat": {"id": chat, "type": kind, "title": "x"},
            "from": {"id": abs(chat), "is_bot": False, "first_name": "Ann"},
            "text": text,
            **more,
        }
        return {"update_id": next(self._numbers), "message": message}

    def press(self, data: str, chat: int = 501) -> dict[str, Any]:
        message = self.text("card", chat)["message"]
        query = {
            "id": "q",
            "from": message["from"],
            "chat_instance": "1",
            "data": data,
            "message": message,
        }
        return {"update_id": next(self._numbers), "callback_query": query}

    async def words(self, chat: int = 501) -> list[str]:
        words: list[str] = json.loads((await self.store.read(Key(ME.id, chat))).session or "[]")
        return words

    async def set_aside(self) -> list[dict[str, Any]]:
        return await self.store._ask(lambda db: list(db.table("set_aside").rows))


@pytest.fixture
async def room(telegram: StandIn, api: Api, store: SqliteStore) -> AsyncIterator[Room]:
    for person in (501, 502, 503):
        telegram.person(person)
    telegram.group(-1001)
    made = Room(telegram, api, store)
    yield made
    await made.sender.close(5)


def cards(room: Room, chat: int = 501) -> list[str]:
    return [card.text for card in room.telegram.chats[chat].cards]


async def test_a_batch_is_on_disk_when_it_has_been_taken(room: Room) -> None:
    turns = room.turns(Counting())
    await turns.take(
        [room.text("a"), room.text("x", 502), room.text("b"), room.text("y", 502), room.text("c")]
    )
    assert await room.words() == ["a", "b", "c"]
    assert await room.words(502) == ["x", "y"]
    await room.sender.close(5)
    assert cards(room)[-1] == "got c, next?"
    assert room.telegram.violations == []


async def test_chats_of_a_batch_go_side_by_side_and_each_in_order(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, reading, together = room.store.read, 0, 0

    async def watched(key: Key) -> Stored:
        nonlocal reading, together
        reading += 1
        together = max(together, reading)
        await asyncio.sleep(0)
        stored = await read(key)
        reading -= 1
        return stored

    monkeypatch.setattr(room.store, "read", watched)
    batch = [room.text(str(n), chat) for n in range(5) for chat in (501, 502, 503)]
    await room.turns(Counting()).take(batch)
    assert together == 3
    assert await room.words(503) == ["0", "1", "2", "3", "4"]


async def test_turns_of_chats_run_at_the_same_time_and_the_loop_goes_on(room: Room) -> None:
    counting, together = Counting(), threading.Barrier(3)
    loop, begun, looped = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def say(stored: str | None, event: Event) -> Responded:
        loop.call_soon_threadsafe(begun.set)
        together.wait(timeout=10)
        assert looped.wait(timeout=10)
        return counting.respond(stored, event)

    async def loop_on() -> None:
        await begun.wait()
        looped.set()

    batch = [room.text(word, chat) for word in "ab" for chat in (501, 502, 503)]
    await asyncio.gather(room.turns(Scripted(say)).take(batch), loop_on())
    assert [await room.words(chat) for chat in (501, 502, 503)] == [["a", "b"]] * 3


async def test_a_repeated_update_does_nothing(room: Room) -> None:
    turns = room.turns(Counting())
    update, press = room.text("a"), room.press("sure")
    await turns.take([update, press])
    await turns.take([update, press, room.text("b")])
    assert await room.words() == ["a", "sure", "b"]
    assert room.answers == [("q", "saved sure"), ("q", "")]


async def test_a_turn_that_lost_a_race_runs_again_on_the_new_state(room: Room) -> None:
    counting, raced = Counting(), False
    other = _job(Record(ANN, 1, Save('["by the other"]', 0)))

    def say(stored: str | None, event: Event) -> Responded:
        nonlocal raced
        if not raced:
            raced = True
            room.store._jobs.put(other)
        return counting.respond(stored, event)

    await room.turns(Scripted(say)).take([room.text("mine")])
    assert await room.words() == ["by the other", "mine"]


def _job(record: Record) -> _Job:
    return _Job(lambda db: _commit(db, record, 1), asyncio.get_running_loop().create_future())


async def test_a_turn_that_breaks_is_set_aside_and_the_person_is_told(room: Room) -> None:
    def say(_stored: str | None, _event: Event) -> Responded:
        raise ZeroDivisionError("185000 / 0")

    with capture_logs() as logs:
        await room.turns(Scripted(say)).take([room.text("185000"), room.text("/ask", -1001)])
    await room.sender.close(5)
    public, aside = sorted(await room.set_aside(), key=lambda row: row["chat"])
    assert (aside["error"], aside["chat"]) == ("ZeroDivisionError", 501)
    code = aside["code"]
    assert cards(room) == [f"Something broke on my side, not yours. Your answers are safe. Code {code}."]
    assert cards(room, -1001) == [
        f"Something broke on my side, not yours. Your answers are safe. Code {public['code']}."
    ]
    assert code in {entry["code"] for entry in logs}
    assert "185000" not in str([{**entry, "exc_info": None} for entry in logs])
    await room.turns(Counting()).take([room.text("go on")])
    assert await room.words() == ["go on"]


async def test_a_turn_that_broke_keeps_what_was_answered_before(room: Room) -> None:
    await room.turns(Counting()).take([room.text("a")])

    def say(_stored: str | None, _event: Event) -> Responded:
        raise RecursionError

    broken = room.text("b")
    await room.turns(Scripted(say)).take([broken])
    await room.turns(Counting()).take([broken])  # delivered again: it had its turn
    assert await room.words() == ["a"]


@pytest.mark.parametrize(
    "malformed",
    [
        {"message": {"message_id": 1}},
        {"message": 5},
        {"message": {"message_id": 1, "date": 10**20, "chat": {"id": 501, "type": "private"}}},
        {"callback_query": "?"},
        {"my_chat_member": {"chat": {"id": 1, "type": "private"}}},
    ],
)
async def test_a_poison_update_is_set_aside_and_its_neighbours_are_served(
    room: Room, malformed: dict[str, Any]
) -> None:
    with capture_logs() as logs:
        await room.turns(Counting()).take([room.text("a"), {"update_id": 66, **malformed}, room.text("b")])
    assert await room.words() == ["a", "b"]
    (aside,) = await room.set_aside()
    assert aside["update_id"] == 66
    assert aside["error"] == logs[0]["error"]


async def test_what_no_store_can_hold_is_a_broken_turn_and_no_endless_one(room: Room) -> None:
    scripted = Scripted(lambda _stored, _event: Responded("half a \ud83d", ()))
    await room.turns(scripted).take([room.text("a")])
    assert [aside["error"] for aside in await room.set_aside()] == ["UnicodeEncodeError"]


@pytest.mark.parametrize("raw", [None, 5, [], {}, {"update_id": "x"}, {"update_id": 10**30}])
async def test_what_has_no_id_is_passed_over(room: Room, raw: object) -> None:
    await room.turns(Counting()).take([raw, room.text("a")])
    assert await room.words() == ["a"]
    assert update_id(raw) is None


async def test_a_store_that_fails_leaves_the_batch_unconfirmed_and_the_rest_done(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = room.store.commit

    async def commit(record: Record) -> Any:
        if record.key.chat == 502:
            raise OSError("disk full")
        await asyncio.sleep(0.01)
        return await real(record)

    monkeypatch.setattr(room.store, "commit", commit)
    batch = [room.text("a", 502), room.text("b")]
    turns = room.turns(Counting())
    with pytest.raises(OSError, match="disk full"):
        await turns.take(batch)
    assert await room.words() == ["b"]
    monkeypatch.undo()
    await turns.take(batch)
    assert await room.words() == ["b"]
    assert await room.words(502) == ["a"]


async def test_a_press_is_answered_with_the_toast(room: Room) -> None:
    await room.turns(Counting()).take([room.press("sure"), room.press("yes", -1001)])
    assert sorted(room.answers) == [("q", ""), ("q", "saved sure")]
    nobody = {"id": "old", "from": {"id": 501, "is_bot": False, "first_name": "A"}, "chat_instance": "1"}
    await room.turns(Counting()).take(
        [{"update_id": 5, "callback_query": {**nobody, "inline_message_id": "1"}}]
    )
    assert room.answers[-1] == ("old", "")


async def test_a_group_is_answered_and_nothing_is_kept(room: Room) -> None:
    turns = room.turns(Counting())
    await turns.take([room.text("/ask acp", -1001), room.text("lunch?", -1001), room.press("more", -1001)])
    await room.sender.close(5)
    assert cards(room, -1001) == ["in public: /ask acp", "in public: more"]
    assert await room.store.read(Key(ME.id, -1001)) == Stored()


async def test_leaving_returning_and_inviting(room: Room) -> None:
    turns = room.turns(Counting())
    await turns.take([room.text("a")])
    await room.sender.close(5)
    await turns.take([membership(1, 501, "private", "member", "kicked")])
    assert await blocked(room)
    await turns.take([membership(2, 501, "private", "kicked", "member")])
    assert not await blocked(room)
    invited = membership(3, -1001, "supergroup", "left", "member")
    await turns.take([invited])
    await turns.take([invited])
    await room.sender.close(5)
    assert cards(room, -1001) == [visible(load_library().say("invited"))]


async def blocked(room: Room) -> bool:
    return await room.store._ask(lambda db: bool(db.execute("SELECT blocked FROM chats").fetchone()[0]))


def membership(number: int, chat: int, kind: str, before: str, after: str) -> dict[str, Any]:
    def member(status: str) -> dict[str, Any]:
        return {
            "user": {"id": ME.id, "is_bot": True, "first_name": "H"},
            "status": status,
            **({"until_date": 0} if status == "kicked" else {}),
        }

    change = {
        "chat": {"id": chat, "type": kind},
        "from": {"id": 501, "is_bot": False, "first_name": "A"},
        "date": 1,
        "old_chat_member": member(before),
        "new_chat_member": member(after),
    }
    return {"update_id": number, "my_chat_member": change}


async def test_forgetting_still_says_goodbye(room: Room) -> None:
    turns = room.turns(Counting())
    await turns.take([room.text("a"), room.text("/forget")])
    await room.sender.close(5)
    assert cards(room)[-1] == "Forgotten."
    assert await room.store.read(ANN) == Stored()
    assert await room.store._ask(lambda db: db.table("outbox").count) == 0


async def test_the_conversation_hears_events(room: Room) -> None:
    scripted = Scripted(lambda _stored, _event: Responded("{}", (Reply("x"),)))
    await room.turns(scripted).take([room.press("age:50")])
    assert scripted.heard == [Pressed("age:50")]


async def test_no_picture_and_no_paper_gets_into_a_group(room: Room) -> None:
    picture = Bars("Rooms", (("A", Decimal(37_500)),), "2026")
    paper = Letter("a.pdf", "Questions", "", "", (), "", "", "", "", "", (), "")
    shown = Reply("text", picture=picture, paper=paper)
    talk = Scripted(lambda *_: Responded(None, (shown,)))
    await room.turns(talk).take([room.text("/ask acp", -1001)])
    await room.sender.close(5)
    assert cards(room, -1001) == ["text"]
    assert {call.method for call in room.telegram.calls} == {"sendMessage"}


async def test_questions_without_an_answer_are_counted_and_sent_on_a_tap(room: Room) -> None:
    turns, text = room.turns(DialogConversation(lambda: date(2026, 7, 1))), "what is a banana, for $185,000?"
    with capture_logs() as logs:
        asked, public = room.text(text), room.text(f"/ask {text}", -1001)
        await turns.take([asked, public, asked, public])
        await room.sender.close(5)
        card = room.telegram.chats[501].cards[-1]
        (send,) = (b["callback_data"] for b in card.buttons if b["text"] == "Send to the authors")
        press = room.press(send)
        await turns.take([press, press, room.press(send)])
    assert await room.store._ask(listed) == [
        OpenQuestion(fingerprint(text), 2, "2026-07-01", "2026-07-01", (text,))
    ]
    assert "banana" not in str(logs)
    assert room.answers[-1][1].startswith("That choice is over")


async def test_a_question_that_no_store_can_hold_is_a_broken_turn(room: Room) -> None:
    gap = Gap("aa", date(2026, 7, 1), "half a \ud83d")
    await room.turns(Scripted(lambda *_: Responded("{}", (), gap=gap))).take([room.text("a")])
    assert [aside["error"] for aside in await room.set_aside()] == ["UnicodeEncodeError"]
    assert await room.store._ask(listed) == []


def inline(number: int, query: str) -> dict[str, Any]:
    asked = {"id": str(number), "from": {"id": 501, "is_bot": False, "first_name": "Ann"}, "query": query}
    return {"update_id": number, "inline_query": {**asked, "offset": ""}}


async def test_an_inline_query_is_passed_on_and_leaves_nothing_behind(room: Room) -> None:
    talk, asked = Scripted(Counting().respond), list[InlineQuery]()
    turns = Turns(ME, room.store, room.sender, talk, lambda *_: None, asked.append)
    await turns.take([inline(1, "acp"), room.text("a"), inline(2, "my pay is 185,000")])
    assert asked == [InlineQuery("1", "acp"), InlineQuery("2", "my pay is 185,000")]
    assert len(talk.heard) == 1
    assert await room.store._ask(lambda db: db.table("seen").count) == 1


async def test_where_nobody_answers_inline_queries_they_are_passed_over(room: Room) -> None:
    await room.turns(Counting()).take([inline(1, "acp"), room.text("a")])
    assert await room.words() == ["a"]
