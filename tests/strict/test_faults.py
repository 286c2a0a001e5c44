"""What goes wrong between the bot and Telegram: nothing may be lost, and nothing counted twice."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from tests.strict.actors import Person, running, until
from tests.strict.conftest import Place, Start, judge, needed
from tests.strict.server import PATIENCE, strictapi

needed()

SEND_FAULTS = ("500", "502", "drop_before", "drop_after", "truncate", "bad_json")
ANSWERS = ("200,000", "24,500", "9,000", "1,000")
HARMLESS = ("500", "502", "drop_before")
"""Faults after which the bot's next try is the first that Telegram hears of."""


async def talk(person: Person) -> None:
    for text in ("/room", *ANSWERS):
        await person.does(text)


async def assert_complete(person: Person, *, repeats: bool = False) -> None:
    """The first question; then for each answer an echo and a card, and a picture of the result.

    With ``repeats`` a card may come twice.
    """
    events = [event for event in await person.events() if event["kind"] in ("bot_message", "bot_edit")]
    cards = [(event.get("media"), event["text"]) for event in events]
    if repeats:
        cards = list(dict.fromkeys(cards))
    texts = [text for media, text in cards if media is None]
    assert [media for media, _ in cards if media is not None] == ["photo"]
    assert len(texts) == 1 + 2 * len(ANSWERS), texts
    assert [text.rpartition(" ")[2] for text in texts[1::2]] == [f"${answer}" for answer in ANSWERS]
    assert "Room left in 2026: $37,500" in texts[-1]


@pytest.mark.parametrize("kind", SEND_FAULTS)
async def test_no_reply_is_lost_whatever_becomes_of_a_send(start: Start, kind: str) -> None:
    async with start() as place:
        if kind not in HARMLESS:
            place.explained["message is not modified"] = "the first try of this edit had taken effect"
        ann = await place.person()
        await place.fault(kind, "sendMessage", times=2, skip=1)
        await place.fault(kind, "editMessageText", times=2)
        await place.fault(kind, "sendPhoto", times=1)
        await talk(ann)
        await assert_complete(ann, repeats=kind not in HARMLESS)
        hits = (await place.sim.ask("stats"))[f"fault:{kind}"]
    assert hits == 5


@pytest.mark.parametrize("kind", HARMLESS)
async def test_no_update_is_lost_whatever_becomes_of_a_poll(start: Start, kind: str) -> None:
    async with start() as place:
        ann = await place.person()
        await place.fault(kind, "getUpdates", times=2)
        await talk(ann)
        await assert_complete(ann)
    assert "poll." in place.bot.log.read_text()


async def test_an_update_that_comes_twice_counts_once(start: Start) -> None:
    async with start() as place:
        ann = await place.person()
        await place.fault("dup_update", times=8)
        await talk(ann)
        await delivered(place, 10)
        await place.sim.ask("redeliver", count=5)
        await delivered(place, 15)
        await assert_complete(ann)


async def test_an_update_that_makes_no_sense_is_set_aside(start: Start) -> None:
    async with start() as place:
        place.logged["update.malformed"] = "it makes no sense on purpose"
        ann = await place.person()
        await ann.says("/room")
        await place.sim.ask("update", update={"message": {"text": "no chat, no sender"}})
        assert any("full year" in line for line in await ann.sees())
        assert place.bot.rows("SELECT count(*) FROM set_aside") == [(1,)]


async def test_a_press_that_stops_the_bot_is_confirmed_and_answered_once(tmp_path: Path) -> None:
    """Stopped in the middle of a turn, the bot has no poll to come that would confirm it."""
    async with strictapi(*needed()) as sim:
        async with running(sim, tmp_path / "data", module="tests.strict.showing") as bot:
            await sim.ask("user", id=501, first_name="Ann")
            ann = Person(bot, 501)
            await ann.does("stop")
            await ann.taps("Stop")
            assert await asyncio.wait_for(bot.process.wait(), PATIENCE) == 0
        assert (await sim.ask("bot_state"))["pending"] == 0
        async with running(sim, tmp_path / "data", module="tests.strict.showing") as bot:
            ann.bot = bot
            assert "Your room" in await ann.does("picture")
            place = Place(sim, bot, [ann])
        await judge(place)
        assert [event["text"] for event in await ann.events() if event["kind"] == "bot_answer"] == [
            "Stopping"
        ]


async def delivered(place: Place, least: int) -> None:
    """Wait until so many updates, repeated ones included, were given to the bot and the bot asks for more."""

    async def are() -> bool:
        count: int = (await place.sim.ask("stats"))["updates_delivered"]
        return count >= least

    await until(are, "the updates to be delivered")
    await place.bot.idle()


async def test_a_chat_that_must_wait_does_not_stop_the_others(start: Start) -> None:
    async with start() as place:
        ann, bob = await place.person(501), await place.person(502)
        await ann.does("/start")
        await bob.does("/start")
        await place.fault("429", "sendMessage", chat_id=501, retry_after=4)
        asked = (await ann._act("send", text="/help"))["mono"]
        quick = (await bob._act("send", text="/help"))["mono"]
        answered = {}
        for person in (bob, ann):
            event = await place.sim.ask("wait", user=person.number, after=person._read, timeout=30)
            answered[person.number] = event["mono"]
        assert answered[502] - quick < 2
        assert 4 <= answered[501] - asked < 8


async def test_telegrams_own_limits_are_obeyed(start: Start) -> None:
    """Telegram takes about a message a second in a chat: whatever it puts off must come, and none too early."""
    async with start(per_second=30, flood=True) as place:
        place.explained["Too Many Requests"] = "Telegram tells the pace; the bot finds it out by asking"
        people = [await place.person(number) for number in range(501, 505)]
        await asyncio.gather(*(talk(person) for person in people))
        for person in people:
            await assert_complete(person)
    waits = re.findall("send.again", place.bot.log.read_text())
    assert waits
