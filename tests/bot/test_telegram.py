"""The whole bot over real HTTP: `run` against the stand-in."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from pydantic import SecretStr
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, RetryAfter

from bot import sender
from bot import telegram as runtime
from bot.conversation import Conversation, DialogConversation, Responded
from bot.files import Files
from bot.settings import Settings
from bot.sqlite_store import SqliteStore
from bot.telegram import Poller, patience, run, unless_stopped
from dialogs.events import Pressed
from dialogs.inline import InlineEntry
from dialogs.menu import COMMANDS, DESCRIPTION, SHORT_DESCRIPTION
from dialogs.papers import Letter
from dialogs.pictures import Bars
from dialogs.replies import Reply
from dialogs.screens import FIRST_TOPICS
from tests.bot.fakes import Counting, Naps, Scripted
from tests.bot.standin import BOT, TOKEN, StandIn

Start: TypeAlias = Callable[..., AbstractAsyncContextManager["asyncio.Task[int]"]]


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def settings(telegram: StandIn | None, folder: Path, **changes: Any) -> Settings:
    url = telegram.url if telegram else "http://127.0.0.1:9"
    return Settings(
        **{
            "telegram_token": SecretStr(TOKEN),
            "api_url": url,
            "data": folder,
            "sends_per_second": 0,
            "log": "DEBUG",
            **changes,
        }
    )


@pytest.fixture
def start(telegram: StandIn, tmp_path: Path) -> Start:
    @asynccontextmanager
    async def running(
        conversation: Conversation | None = None, *, files: Files | None = None, **changes: Any
    ) -> AsyncIterator[asyncio.Task[int]]:
        given = settings(telegram, tmp_path, **changes)
        task = asyncio.create_task(run(given, conversation or Counting(), files))
        yield task
        if not task.done():
            os.kill(os.getpid(), signal.SIGTERM)
        assert await asyncio.wait_for(task, 20) == 0

    return running


def database(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / "megaroth.sqlite3")


async def test_a_conversation_from_hello_to_goodbye(start: Start, telegram: StandIn, tmp_path: Path) -> None:
    ann = telegram.person()
    async with start():
        ann.send("hello")
        assert (await ann.next()).text == "✓ hello"
        question = await ann.next()
        assert question.text == "got hello, next?"
        ann.press(question.buttons[0]["callback_data"], question.message)
        collapsed = await ann.next()
        assert (collapsed.message, collapsed.text, collapsed.buttons) == (question.message, "✓ yes1", ())
        await ann.reads("got yes1")
        await telegram.until(lambda: telegram.toasts == ["saved yes1"])
        ann.edit(ann.send("185"), "1850")
        await ann.reads("got Edited")
        ann.send_thing(dice={"emoji": "x", "value": 3})
        await ann.reads("got Unreadable")
        ann.send("/forget")
        await ann.reads("Forgotten.")
    assert telegram.violations == []
    rows = database(tmp_path).execute("SELECT (SELECT count(*) FROM chats), (SELECT count(*) FROM outbox)")
    assert rows.fetchone() == (0, 0)


async def test_the_bot_introduces_itself(start: Start, telegram: StandIn) -> None:
    async with start():
        await telegram.until(
            lambda: telegram.called("setChatMenuButton") and len(telegram.called("setMyCommands")) == 2
        )
        await telegram.until(lambda: telegram.called("setMyShortDescription"))
    menus = {call["scope"]["type"]: call["commands"] for call in telegram.called("setMyCommands")}
    assert menus["all_private_chats"] == [{"command": c.name, "description": c.text} for c in COMMANDS]
    assert [c["command"] for c in menus["all_group_chats"]] == [c.name for c in COMMANDS if c.in_groups]
    assert telegram.called("setMyDescription") == [{"description": DESCRIPTION}]
    assert telegram.called("setMyShortDescription") == [{"short_description": SHORT_DESCRIPTION}]
    assert telegram.called("setChatMenuButton") == [{"menu_button": {"type": "commands"}}]
    assert len(telegram.called("deleteWebhook")) == 1
    assert telegram.violations == []


async def test_an_inline_query_is_answered_with_explainers(start: Start, telegram: StandIn) -> None:
    async with start():
        asked = [telegram.inline(501, query) for query in ("acp", "", "banana")]
        await telegram.until(lambda: len(telegram.suggested) == 3)
    answers = [telegram.suggested[query] for query in asked]
    for answer in answers:
        assert (answer["cache_time"], answer["is_personal"]) == (300, False)
        assert answer["button"] == {"text": "Open the helper", "start_parameter": "inline"}
        for result in answer["results"]:
            ((button,),) = result["reply_markup"]["inline_keyboard"]
            assert button["url"] == f"https://t.me/{BOT['username']}?start=inline"
    assert [answer["results"][0]["id"] for answer in answers] == ["acp-test", FIRST_TOPICS[0], "none"]
    assert telegram.violations == telegram.refused == []


async def test_an_inline_query_that_cannot_be_answered_costs_nothing_else(
    start: Start, telegram: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    class Broken(Counting):
        def inline(self, query: str) -> tuple[InlineEntry, ...]:
            raise ZeroDivisionError(query)

    ann = telegram.person()
    async with start(Broken()):
        telegram.inline(501, "my pay is 185,000")
        ann.send("a")
        await ann.reads("got a")
    log = capsys.readouterr().err
    assert "inline.broken" in log
    assert "my pay" not in log
    assert telegram.suggested == {}


async def test_an_answer_that_comes_too_late_is_no_error(
    start: Start, telegram: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    async with start():
        telegram._queries.clear()
        number = telegram.inline(501, "acp")
        telegram._queries.discard(number)
        await telegram.until(lambda: telegram.refused)
        telegram.person().send("a")
        await telegram.confirmed_all()
    assert " ERROR " not in capsys.readouterr().err


async def test_pictures_and_papers_arrive(start: Start, telegram: StandIn) -> None:
    picture = Bars("Rooms", (("A", Decimal(37_500)),), "2026")
    paper = Letter("a.pdf", "Questions", "", "", (), "", "", "", "", "", (), "")
    replies = (Reply("p", picture=picture, live=True), Reply("q", paper=paper))
    files = Files(lambda _: b"\x89PNG", lambda _: ("a.pdf", bytes(1 // 0), ""))
    ann = telegram.person()
    async with start(Scripted(lambda *_: Responded("{}", replies)), files=files):
        ann.send("a")
        assert (await ann.next()).photo
        assert (
            await ann.next()
        ).text == "q\n\nI could not make the file this time. You can ask for it again."
    assert telegram.violations == []


async def test_an_introduction_that_is_refused_stops_nothing(start: Start, telegram: StandIn) -> None:
    for method in ("setMyCommands", "setMyDescription", "setMyShortDescription", "setChatMenuButton"):
        telegram.fail(
            method, times=9, status=429, description="Too Many Requests", parameters={"retry_after": 999}
        )
    ann = telegram.person()
    async with start():
        ann.send("hello")
        await ann.reads("got hello")


async def test_updates_are_confirmed_only_when_they_are_on_disk(
    start: Start, telegram: StandIn, tmp_path: Path
) -> None:
    ann = telegram.person()
    waiting: list[tuple[int, int]] = []
    real = telegram._get_updates

    async def watched(parameters: dict[str, Any]) -> list[dict[str, Any]]:
        if offset := parameters.get("offset"):
            (count,) = (
                database(tmp_path)
                .execute("SELECT count(*) FROM seen WHERE update_id < ?", (offset,))
                .fetchone()
            )
            waiting.append((offset, count))
        return await real(parameters)

    telegram._get_updates = watched  # type: ignore[method-assign]
    async with start():
        for number in range(5):
            ann.send(str(number))
            await ann.reads(f"got {number}")
        await telegram.confirmed_all()
    first = 1000  # the stand-in's first id
    assert waiting
    assert all(count == offset - first for offset, count in waiting)


async def test_a_stopped_bot_goes_on_where_it_was(start: Start, telegram: StandIn, tmp_path: Path) -> None:
    ann = telegram.person()
    async with start():
        ann.send("one")
        await ann.reads("got one")
    ann.send("two")
    async with start():
        await ann.reads("got two")
    (words,) = database(tmp_path).execute("SELECT session FROM chats").fetchone()
    assert words == '["one", "two"]'


async def test_network_trouble_only_makes_it_slower(
    start: Start, telegram: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "backoff", lambda _failures: 0.0)
    for kind in ("answer", "drop_before", "drop_after", "garbage", "odd"):
        telegram.fail("getUpdates", kind)
        telegram.fail("getMe", kind)
    telegram.fail("getUpdates", status=409, description="Conflict: terminated by other getUpdates request")
    telegram.fail("getUpdates", status=429, description="Too Many Requests", parameters={"retry_after": 0.01})
    telegram.fail("deleteWebhook", "drop_before")
    ann = telegram.person()
    async with start():
        ann.send("hello")
        await ann.reads("got hello")


async def test_a_person_who_blocks_and_comes_back(start: Start, telegram: StandIn, tmp_path: Path) -> None:
    ann = telegram.person()
    async with start():
        ann.send("hello")
        await ann.reads("got hello")
        ann.block()
        await telegram.confirmed_all()
        assert database(tmp_path).execute("SELECT blocked FROM chats").fetchone() == (1,)
        ann.unblock()
        ann.send("back")
        await ann.reads("got back")
        assert database(tmp_path).execute("SELECT blocked FROM chats").fetchone() == (0,)


async def test_a_press_that_cannot_be_answered_any_more_does_no_harm(start: Start, telegram: StandIn) -> None:
    ann = telegram.person()
    async with start():
        ann.send("hello")
        await ann.reads("got hello")
        telegram._queries.discard(ann.press("yes"))
        await ann.reads("got yes")
        await telegram.until(lambda: telegram.called("answerCallbackQuery"))


async def test_a_long_toast_is_cut_to_what_telegram_takes(start: Start, telegram: StandIn) -> None:
    ann = telegram.person()
    wordy = Scripted(lambda _stored, _event: Responded("{}", (Reply("x"),), "y" * 300))
    async with start(wordy):
        ann.press("any", 1)
        await telegram.until(lambda: telegram.toasts)
    assert telegram.toasts == ["y" * 200]


async def test_stopping_sends_what_is_in_hand(start: Start, telegram: StandIn) -> None:
    ann = telegram.person()
    many = Scripted(lambda _stored, _event: Responded("{}", tuple(Reply(str(n)) for n in range(50))))
    async with start(many):
        ann.send("go")
        await ann.next()
    assert len(ann.chat.cards) == 50


async def test_a_missing_token_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for token in (None, SecretStr("  ")):
        assert await run(settings(None, tmp_path, telegram_token=token), Counting()) == 2
        assert "@BotFather" in capsys.readouterr().err.replace("https://t.me/", "@")


async def test_a_refused_token_is_explained(
    telegram: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    telegram.token = "1:other"
    assert await run(settings(telegram, tmp_path), Counting()) == 2
    printed = capsys.readouterr().err
    assert "Telegram refused the token" in printed
    assert TOKEN not in printed


async def test_a_database_that_cannot_be_opened_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert await run(settings(None, tmp_path / "file"), Counting()) == 2
    assert "MEGAROTH_DATA" in capsys.readouterr().err


async def test_it_can_be_stopped_while_telegram_cannot_be_reached(tmp_path: Path) -> None:
    task = asyncio.create_task(run(settings(None, tmp_path), Counting()))
    await asyncio.sleep(0.1)
    os.kill(os.getpid(), signal.SIGTERM)
    assert await asyncio.wait_for(task, 20) == 0


async def test_nothing_anybody_says_is_logged(
    start: Start, telegram: StandIn, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (runtime, sender):
        monkeypatch.setattr(module, "backoff", lambda _failures: 0.0)
    canary = "185731"

    def say(_stored: str | None, _event: object) -> Responded:
        raise ValueError(canary)

    ann = telegram.person()
    telegram.fail("sendMessage", "garbage")
    telegram.fail("getUpdates", "garbage", times=1)
    async with start(Scripted(say)):
        ann.send(canary)
        ann.press(canary, 1)
        telegram.push(message={"text": canary})
        await ann.next()
        await ann.next()
    printed = "".join(capfd.readouterr())
    assert "turn.broken" in printed
    assert "update.malformed" in printed
    assert canary not in printed
    assert TOKEN.partition(":")[2] not in printed


async def test_a_purge_that_fails_stops_nothing(
    start: Start, telegram: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def purge(_store: object) -> None:
        raise sqlite3.OperationalError

    monkeypatch.setattr(SqliteStore, "purge", purge)
    ann = telegram.person()
    async with start():
        ann.send("hello")
        await ann.reads("got hello")


async def test_telegram_takes_everything_that_the_real_conversation_says(
    start: Start, telegram: StandIn
) -> None:
    """A person who presses what there is and types what comes to mind, in private and in a group."""
    dice = random.Random(401)
    words = (
        "/start",
        "/check",
        "/room",
        "185,000",
        "about 1.2m",
        "6%",
        "what is ACP?",
        "not sure",
        "2",
        "/help",
        "<b>&",
        "?",
    )
    ann = telegram.person()
    telegram.group(-1001)
    async with start(DialogConversation()):
        ann.send("/start")
        await ann.next()
        for _ in range(120):
            data = [
                b["callback_data"]
                for card in ann.chat.showing.values()
                for b in card.buttons
                if "callback_data" in b
            ]
            if data and dice.random() < 0.7:
                ann.press(dice.choice(data[-12:]))
            else:
                ann.send(dice.choice(words))
            if dice.random() < 0.1:
                telegram.message(-1001, 501, text=dice.choice(("/ask acp", "/check", "/help", "/privacy")))
            await telegram.confirmed_all()
    assert telegram.violations == []
    assert telegram.refused == []
    assert len(ann.chat.cards) > 100
    assert not any("Something broke" in card.text for card in ann.chat.cards)


class NoTurns:
    """Fails as told, then takes batches."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.taken: list[list[object]] = []

    async def take(self, batch: list[object]) -> None:
        if self.errors:
            raise self.errors.pop()
        self.taken.append(batch)


class Polls:
    """Answers polls from a list; stops the poller when it is empty. ``last`` answers what is asked after the stop."""

    def __init__(self, stop: asyncio.Event, *answers: object) -> None:
        self.stop, self.answers = stop, list(answers)
        self.last: list[object] = [[{"update_id": 99}]]
        self.offsets: list[object] = []
        self.after_stop: list[tuple[object, ...]] = []

    async def call(self, _method: str, parameters: dict[str, object], _wait: float) -> object:
        if self.stop.is_set():
            self.after_stop.append(tuple(parameters[name] for name in ("offset", "timeout", "limit")))
            self.answers = self.last
        else:
            self.offsets.append(parameters.get("offset"))
        if not self.answers:
            self.stop.set()
            await asyncio.sleep(30)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def polled(
    *answers: object, errors: tuple[Exception, ...] = (), last: object = None
) -> tuple[Polls, NoTurns, Naps]:
    stop, naps = asyncio.Event(), Naps()
    polls, turns = Polls(stop, *answers), NoTurns(*errors)
    polls.last = polls.last if last is None else [last]
    await Poller(polls, turns, stop, naps).run()  # type: ignore[arg-type]
    return polls, turns, naps


async def test_the_offset_follows_the_batch_even_when_ids_start_anew() -> None:
    polls, turns, _ = await polled([{"update_id": 7}, {"update_id": 9}], [], [{"update_id": 3}], ["odd"])
    assert polls.offsets == [None, 10, 10, 4, 4]
    assert len(turns.taken) == 4


async def test_the_last_batch_is_confirmed_without_waiting_and_nothing_more_is_taken() -> None:
    polls, turns, _ = await polled([{"update_id": 7}])
    assert polls.after_stop == [(8, 0, 1)]
    assert turns.taken == [[{"update_id": 7}]]


async def test_where_nothing_was_taken_nothing_is_confirmed() -> None:
    polls, _, _ = await polled()
    assert polls.after_stop == []


@pytest.mark.parametrize("last", [NetworkError("down"), Conflict("another"), {"no": "list"}])
async def test_a_confirmation_that_fails_does_not_stop_the_stop(
    last: object, capsys: pytest.CaptureFixture[str]
) -> None:
    polls, _, _ = await polled([{"update_id": 7}], last=last)
    assert len(polls.after_stop) == 1
    assert "poll.unconfirmed" in capsys.readouterr().out + capsys.readouterr().err


async def test_a_stop_in_the_middle_of_a_turn_confirms_it_and_answers_its_press_once(
    start: Start, telegram: StandIn
) -> None:
    """The signal comes while the press is being thought about, so the loop never gets to ask for more."""

    def say(_stored: str | None, event: object) -> Responded:
        if isinstance(event, Pressed):
            os.kill(os.getpid(), signal.SIGTERM)
        return Responded("[]", (Reply("heard"),), "pressed")

    ann = telegram.person()
    async with start(Scripted(say)) as task:
        ann.press("any", 1)
        await task
    assert telegram.toasts == ["pressed"]
    assert telegram._updates == []
    async with start():
        ann.send("hello")
        await ann.reads("got hello")
    assert len(telegram.called("answerCallbackQuery")) == 1


async def test_an_answer_to_a_press_that_is_under_way_at_a_stop_still_goes_out(
    start: Start, telegram: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, over = asyncio.Event(), asyncio.Event()
    show, poll = runtime._Service._show, Poller.run

    async def late(service: Any, query: str, toast: str) -> None:
        begun.set()
        await over.wait()
        await show(service, query, toast)

    async def polled_to_the_end(poller: Poller) -> None:
        await poll(poller)
        over.set()

    monkeypatch.setattr(runtime._Service, "_show", late)
    monkeypatch.setattr(Poller, "run", polled_to_the_end)
    async with start(Scripted(lambda _stored, _event: Responded("[]", (), "pressed"))):
        telegram.person().press("any", 1)
        await begun.wait()
    assert telegram.toasts == ["pressed"]


async def test_a_batch_that_could_not_be_stored_is_not_confirmed() -> None:
    batch = [{"update_id": 7}]
    polls, turns, naps = await polled(batch, batch, errors=(sqlite3.OperationalError("disk"),))
    assert polls.offsets == [None, None, 8]
    assert turns.taken == [batch]
    assert len(naps.taken) == 1


async def test_what_is_no_list_is_asked_for_again() -> None:
    polls, _, naps = await polled({"not": "a list"}, NetworkError("down"), [{"update_id": 1}])
    assert polls.offsets == [None, None, None, 2]
    assert len(naps.taken) == 2
    assert naps.taken[1] > naps.taken[0] / 2


@pytest.mark.parametrize(
    "error", [Conflict("x"), InvalidToken(), BadRequest("x"), NetworkError("x"), OSError("x")]
)
def test_every_trouble_is_waited_out(error: Exception) -> None:
    assert 0 < patience(error, 0) <= 1 < patience(error, 5) <= 60


def test_telegrams_own_wish_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert patience(RetryAfter(33), 0) == 33


async def test_stopping_cancels_what_is_awaited() -> None:
    stop = asyncio.Event()
    stop.set()
    assert await unless_stopped(stop, asyncio.sleep(30, "late")) is None
    assert await unless_stopped(asyncio.Event(), asyncio.sleep(0, "in time")) == "in time"


def test_the_stand_in_is_who_it_says() -> None:
    assert TOKEN.startswith(f"{BOT['id']}:")
