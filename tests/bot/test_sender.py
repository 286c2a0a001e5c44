from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.cards import dump_reply
from bot.files import Files
from bot.request import Api
from bot.sender import Sender, backoff
from bot.sqlite_store import SqliteStore
from bot.store import Committed, Key, OutboxRow, Record, Save
from dialogs.papers import Letter, Paper
from dialogs.pictures import Bars, Picture
from dialogs.replies import Button, Reply
from tests.bot.conftest import ME
from tests.bot.fakes import Naps
from tests.bot.standin import StandIn

ANN, BOB = Key(ME.id, 501), Key(ME.id, 502)
QUESTION = Reply("Your pay?", ((Button("Not sure", data="pay:unsure"),),), live=True)


NO_PAPER = "<i>No file this time.</i>"
PICTURE = Bars("Rooms", (("A", Decimal("37500")),), "2026")
PAPER = Letter(
    "questions.pdf", "Questions", "To: HR", "I want to.", (), "open", "SPD", "Answer", "Name", "", (), "2026"
)
LONG = "<b>x</b>" * 1025


class Maker:
    """Draws and writes what is told by its content, or breaks."""

    def __init__(self) -> None:
        self.made: list[Picture | Paper] = []
        self.threads: set[str] = set()
        self.breaks = False

    def draw(self, picture: Picture) -> bytes:
        return b"\x89PNG " + self._make(picture)

    def write(self, paper: Paper) -> tuple[str, bytes, str]:
        return paper.file_name, b"%PDF " + self._make(paper), "application/pdf"

    def _make(self, what: Picture | Paper) -> bytes:
        self.made.append(what)
        self.threads.add(threading.current_thread().name)
        if self.breaks:
            raise ZeroDivisionError("185,000")
        return what.title.encode()


class Desk:
    """Commits replies and sends them."""

    def __init__(self, telegram: StandIn, api: Api, store: SqliteStore, per_second: int = 0) -> None:
        self.telegram, self.store = telegram, store
        self.naps = Naps()
        self.maker = Maker()
        files = Files(self.maker.draw, self.maker.write)
        self.sender = Sender(api, ME, store, per_second, self.naps, files=files, no_paper=NO_PAPER)
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


SAME = Reply(QUESTION.html, QUESTION.buttons, edits=True, live=True)


async def test_an_edit_that_changes_nothing_is_not_sent(desk: Desk, telegram: StandIn) -> None:
    page = Reply("page", QUESTION.buttons, edits=True, live=True)
    await desk.send(ANN, QUESTION, SAME, page, page, replace(page, buttons=()), SAME, SAME)
    await desk.settled()
    assert [(card.text, len(card.buttons)) for card in telegram.chats[501].cards] == [
        ("Your pay?", 1), ("page", 1), ("page", 0), ("Your pay?", 1)
    ]  # fmt: skip
    assert telegram.refused == []
    assert await desk.unsent() == []
    assert await desk.store.live(ANN) == telegram.chats[501].cards[0].message


async def test_what_a_card_shows_is_of_its_chat_and_of_the_live_card(desk: Desk, telegram: StandIn) -> None:
    await desk.send(ANN, QUESTION, Reply("✓", edits=True), SAME)
    await desk.send(BOB, SAME)
    await desk.settled()
    assert texts(telegram) == ["Your pay?", "✓", "Your pay?"]
    assert texts(telegram, 502) == ["Your pay?"]


@pytest.mark.parametrize("kind", ["answer", "drop_before", "drop_after"])
async def test_after_trouble_it_is_not_known_what_a_card_shows(
    desk: Desk, telegram: StandIn, kind: str
) -> None:
    await desk.send(ANN, QUESTION)
    await desk.settled()
    telegram.fail("editMessageText", kind)
    await desk.send(ANN, Reply("page", edits=True, live=True))
    await desk.settled()
    await desk.send(ANN, SAME)
    await desk.settled()
    assert telegram.chats[501].cards[-1].text == "Your pay?"


async def test_only_so_many_cards_are_remembered(
    desk: Desk, telegram: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sender._REMEMBERED", 1)
    await desk.send(ANN, QUESTION)
    await desk.settled()
    await desk.send(BOB, QUESTION, SAME)
    await desk.settled()
    await desk.send(ANN, SAME)
    await desk.settled()
    assert len(telegram.called("editMessageText")) == 1


async def test_an_edit_that_telegram_finds_to_change_nothing_is_a_success(
    desk: Desk, telegram: StandIn, api: Api
) -> None:
    await desk.send(ANN, QUESTION)
    await desk.settled()
    desk.sender = Sender(api, ME, desk.store)  # the next life of the bot
    with capture_logs() as logs:
        await desk.send(ANN, SAME)
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

    async def late(message: Any) -> int:
        number = await deliver(message)
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


# --- pictures and papers ------------------------------------------------------------------------------------------


async def test_a_picture_brings_its_text_as_the_caption(desk: Desk, telegram: StandIn) -> None:
    await desk.send(ANN, Reply("Your <b>room</b>", QUESTION.buttons, picture=PICTURE))
    await desk.settled()
    (card,) = telegram.chats[501].cards
    assert (card.text, card.parse_mode, card.labels) == ("Your room", "HTML", ["Not sure"])
    assert telegram.files[card.photo] == ("picture.png", b"\x89PNG Rooms", "image/png")
    assert not card.spoiler
    assert telegram.violations == []


async def test_a_hidden_picture_is_covered(desk: Desk, telegram: StandIn) -> None:
    await desk.send(ANN, Reply("Guess", picture=PICTURE, hidden=True))
    await desk.settled()
    assert telegram.chats[501].cards[0].spoiler


async def test_a_paper_goes_out_under_its_name(desk: Desk, telegram: StandIn) -> None:
    await desk.send(ANN, Reply("Your <b>letter</b>", QUESTION.buttons, paper=PAPER, hidden=True))
    await desk.settled()
    (card,) = telegram.chats[501].cards
    assert (card.text, card.labels, card.spoiler) == ("Your letter", ["Not sure"], False)
    assert telegram.files[card.document] == ("questions.pdf", b"%PDF Questions", "application/pdf")
    assert telegram.violations == []


@pytest.mark.parametrize("length", [1023, 1024])
async def test_a_caption_is_as_long_as_what_is_seen(desk: Desk, telegram: StandIn, length: int) -> None:
    await desk.send(ANN, Reply("<b>&amp;</b>" * length, picture=PICTURE))
    await desk.settled()
    assert texts(telegram) == ["&" * length]


@pytest.mark.parametrize("extra", [{"picture": PICTURE}, {"paper": PAPER}])
async def test_text_that_is_too_long_for_a_caption_follows_the_file(
    desk: Desk, telegram: StandIn, extra: dict[str, Any]
) -> None:
    await desk.send(ANN, Reply(LONG, QUESTION.buttons, live=True, **extra))
    await desk.settled()
    file, text = telegram.chats[501].cards
    assert (file.text, file.buttons) == ("", ())
    assert file.photo or file.document
    assert (text.text, text.labels) == ("x" * 1025, ["Not sure"])
    assert await desk.store.live(ANN) == text.message


async def test_a_card_may_have_both(desk: Desk, telegram: StandIn) -> None:
    await desk.send(ANN, Reply("both", picture=PICTURE, paper=PAPER, hidden=True), Reply("next"))
    await desk.settled()
    photo, document, _ = telegram.chats[501].cards
    assert (bool(photo.photo), photo.text, photo.spoiler) == (True, "", True)
    assert (bool(document.document), document.text, document.spoiler) == (True, "both", False)


async def test_what_was_uploaded_once_is_not_made_again(desk: Desk, telegram: StandIn) -> None:
    other = Bars("Others", PICTURE.bars, "2026")
    for key in (ANN, BOB, ANN):
        await desk.send(key, Reply("a", picture=PICTURE), Reply("b", paper=PAPER), Reply("c", picture=other))
        await desk.settled()
    assert len(desk.maker.made) == telegram.uploads == 3
    assert {card.photo for card in telegram.chats[501].cards} == {"", *telegram.files} - {"file2"}
    assert texts(telegram, 502) == ["a", "b", "c"]


async def test_an_answer_without_an_id_is_a_success(
    desk: Desk, telegram: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = telegram._act

    async def forgetful(method: str, parameters: dict[str, Any]) -> Any:
        return {**await act(method, parameters), "photo": []}

    monkeypatch.setattr(telegram, "_act", forgetful)
    for _ in range(2):
        await desk.send(ANN, Reply("a", picture=PICTURE))
        await desk.settled()
    assert texts(telegram) == ["a", "a"]
    assert telegram.uploads == 2


async def test_an_id_that_telegram_has_forgotten_is_uploaded_again(desk: Desk, telegram: StandIn) -> None:
    await desk.send(ANN, Reply("a", picture=PICTURE))
    await desk.settled()
    telegram.files.clear()
    with capture_logs() as logs:
        await desk.send(ANN, Reply("b", picture=PICTURE))
        await desk.settled()
    assert telegram.chats[501].cards[1].photo == "file2"
    assert logs == []


async def test_files_are_made_beside_the_event_loop(desk: Desk) -> None:
    await desk.send(ANN, Reply("a", picture=PICTURE), Reply("b", paper=PAPER))
    await desk.settled()
    assert threading.current_thread().name not in desk.maker.threads


async def test_a_picture_that_cannot_be_drawn_is_left_out(desk: Desk, telegram: StandIn) -> None:
    desk.maker.breaks = True
    with capture_logs() as logs:
        await desk.send(ANN, Reply("text", QUESTION.buttons, picture=PICTURE, live=True), Reply("next"))
        await desk.settled()
    text, _ = telegram.chats[501].cards
    assert (text.text, text.labels) == ("text", ["Not sure"])
    assert await desk.store.live(ANN) == text.message
    assert [(entry["event"], entry["reason"]) for entry in logs] == [("send.left_out", "ZeroDivisionError")]
    assert "185" not in str(logs)


async def test_a_paper_that_cannot_be_made_is_said_to_be_missing(desk: Desk, telegram: StandIn) -> None:
    desk.maker.breaks = True
    await desk.send(ANN, Reply("<b>text</b>", paper=PAPER), Reply("next"))
    await desk.settled()
    assert texts(telegram) == ["text\n\nNo file this time.", "next"]
    assert telegram.chats[501].cards[0].parse_mode == "HTML"


async def test_drawing_that_takes_too_long_is_given_up(desk: Desk, telegram: StandIn) -> None:
    go = threading.Event()

    def draw(_picture: Picture) -> bytes:
        go.wait(20)
        return b"\x89PNG"

    desk.sender._files = Files(draw, desk.maker.write, seconds=0.01)
    with capture_logs() as logs:
        await desk.send(ANN, Reply("text", picture=PICTURE), Reply("b", paper=PAPER))
        await desk.settled()
    go.set()
    assert texts(telegram)[0] == "text"
    assert logs[0]["reason"] == "TimeoutError"


@pytest.mark.parametrize(
    "words",
    ["IMAGE_PROCESS_FAILED", "PHOTO_INVALID_DIMENSIONS", "not enough rights to send photos to the chat"],
)
async def test_a_picture_that_telegram_refuses_is_left_out(desk: Desk, telegram: StandIn, words: str) -> None:
    telegram.fail("sendPhoto", status=400, description=f"Bad Request: {words}")
    with capture_logs() as logs:
        await desk.send(ANN, Reply("text", picture=PICTURE), Reply("next", picture=PICTURE))
        await desk.settled()
    text, following = telegram.chats[501].cards
    assert (text.text, text.photo) == ("text", "")
    assert (following.text, following.photo) == ("next", "file2")
    assert [entry["event"] for entry in logs] == ["send.left_out"]


async def test_a_refused_paper_is_said_to_be_missing(desk: Desk, telegram: StandIn) -> None:
    telegram.fail("sendDocument", status=400, description="Bad Request: DOCUMENT_INVALID")
    await desk.send(ANN, Reply(LONG, paper=PAPER))
    await desk.settled()
    assert texts(telegram) == ["x" * 1025 + "\n\nNo file this time."]


@pytest.mark.parametrize("kind", ["answer", "drop_before"])
async def test_an_upload_in_trouble_is_tried_again(desk: Desk, telegram: StandIn, kind: str) -> None:
    telegram.fail("sendPhoto", kind, times=4)
    await desk.send(ANN, Reply("a", picture=PICTURE), Reply("b"))
    await desk.settled()
    assert texts(telegram) == ["a", "b"]
    assert telegram.chats[501].cards[0].photo
    assert len(desk.naps.taken) == 4
    assert len(desk.maker.made) == 1


@pytest.mark.parametrize("kind", ["drop_after", "garbage", "odd"])
async def test_an_unknown_outcome_may_double_a_picture_and_never_lose_it(
    desk: Desk, telegram: StandIn, kind: str
) -> None:
    telegram.fail("sendPhoto", kind)
    await desk.send(ANN, Reply("a", picture=PICTURE), Reply("b"))
    await desk.settled()
    assert texts(telegram) == ["a", "a", "b"]


async def test_an_upload_that_never_works_does_not_hold_up_the_chat(desk: Desk, telegram: StandIn) -> None:
    telegram.fail("sendPhoto", times=99)
    with capture_logs() as logs:
        await desk.send(ANN, Reply("a", picture=PICTURE), Reply("b"))
        await desk.settled()
    assert texts(telegram) == ["a", "b"]
    assert logs[-1]["event"] == "send.left_out"
    assert len(telegram.called("sendPhoto")) == 9


async def test_a_flood_error_never_costs_the_picture(desk: Desk, telegram: StandIn) -> None:
    telegram.fail(
        "sendPhoto", times=30, status=429, description="Too Many Requests", parameters={"retry_after": 3}
    )
    await desk.send(ANN, Reply("a", picture=PICTURE))
    await desk.settled()
    assert telegram.chats[501].cards[0].photo
    assert desk.naps.taken == [3] * 30


async def test_a_caption_that_telegram_cannot_read_goes_out_as_plain_text(
    desk: Desk, telegram: StandIn
) -> None:
    await desk.send(ANN, Reply("<b>185,000 &amp; <i>more</b>", QUESTION.buttons, picture=PICTURE))
    await desk.settled()
    (card,) = telegram.chats[501].cards
    assert (card.text, card.parse_mode, card.labels) == ("185,000 & more", "", ["Not sure"])
    assert card.photo


async def test_a_text_that_failed_after_its_picture_is_sent_without_it(desk: Desk, telegram: StandIn) -> None:
    telegram.fail("sendMessage", times=2)
    await desk.send(ANN, Reply(LONG, picture=PICTURE))
    await desk.settled()
    assert texts(telegram) == ["", "x" * 1025]


async def test_a_live_picture_is_followed_by_a_new_card(desk: Desk, telegram: StandIn) -> None:
    await desk.send(ANN, QUESTION, Reply("Result", QUESTION.buttons, live=True, picture=PICTURE))
    await desk.settled()
    assert await desk.store.live(ANN) == 0
    await desk.send(ANN, Reply("page", edits=True, live=True), Reply("other page", edits=True, live=True))
    await desk.settled()
    page = telegram.chats[501].cards[2]
    assert [card.edited for card in telegram.chats[501].cards] == [False, False, False, True]
    assert await desk.store.live(ANN) == page.message
    assert telegram.refused == []


@pytest.mark.parametrize("text", ["a", LONG])
@pytest.mark.parametrize("extra", [{"picture": PICTURE}, {"paper": PAPER}])
async def test_a_card_with_a_file_is_no_edit(
    desk: Desk, telegram: StandIn, extra: dict[str, Any], text: str
) -> None:
    await desk.send(ANN, QUESTION, Reply(text, edits=True, **extra))
    await desk.settled()
    assert telegram.called("editMessageText") == []
    assert await desk.store.live(ANN) == 0


async def test_a_picture_of_an_earlier_life_is_sent_at_the_next_start(desk: Desk, telegram: StandIn) -> None:
    await desk.commit(ANN, Reply("a", picture=PICTURE), Reply("b", paper=PAPER))
    assert await desk.sender.resume() == 2
    await desk.settled()
    photo, document = telegram.chats[501].cards
    assert photo.photo
    assert document.document


async def test_only_so_many_files_are_remembered(desk: Desk) -> None:
    files = desk.sender._files
    for number in range(500):
        files.uploaded(Bars(str(number), (), ""), str(number))
    assert len(files._known) == 200
    assert await files.get(Bars("499", (), "")) == "499"
    await files.get(Bars("1", (), ""))
    assert desk.maker.made == [Bars("1", (), "")]
