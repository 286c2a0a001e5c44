"""Many people at once, groups, and people who leave."""

from __future__ import annotations

import asyncio

from tests.strict.actors import Person, labels
from tests.strict.conftest import Start, needed

needed()

GROUP = -1001234


async def test_everybody_at_once_gets_their_own_numbers(start: Start) -> None:
    """Each of 40 people has a match of their own."""

    def match(person: Person) -> str:
        return f"${10_000 + person.number:,}"

    async def talk(person: Person) -> str:
        for step in ("/room", "200,000", "24,500", match(person)):
            await person.does(step)
        return " ".join(await person.does("0"))

    async with start() as place:
        people = [await place.person(number) for number in range(600, 640)]
        results = await asyncio.gather(*map(talk, people))
        for person, result in zip(people, results, strict=True):
            assert [one.number for one in people if match(one) in result] == [person.number]
        assert place.bot.rows("SELECT count(*) FROM chats") == [(40,)]


async def test_many_messages_of_one_person_are_taken_in_order(start: Start) -> None:
    async with start() as place:
        ann = await place.person()
        for text in ("/room", "180k", "20,000", "9,000", "1,000"):
            await ann.says(text)
        seen = await ann.sees()
        answers = [line for line in seen if line.startswith("✓")]
        assert [line.rpartition(" ")[2] for line in answers] == ["$180,000", "$20,000", "$9,000", "$1,000"]
        assert "Room left in 2026" in "".join(seen)


async def test_a_group_is_told_what_words_mean_and_nothing_else(start: Start) -> None:
    async with start() as place:
        await place.sim.ask("group", id=GROUP, title="Colleagues")
        bob = await place.person(701, GROUP)
        assert (await bob.does("/ask what is the acp test?"))[0] == "ACP test"
        event = next(event for event in reversed(await bob.events()) if event["kind"] == "bot_message")
        assert (await bob.does(f"[{labels(event)[0]}]"))[0]

        seen = await bob.does("/check@strict_test_bot")
        assert seen[-1] == "[Open private chat]"
        assert not any(character in "".join(seen) for character in "$0123456789")
        assert await bob.does("/check@another_bot") == []
        assert await bob.does("I make 185,000 a year") == []
        await bob.says("what is spillover?", reply_to=event["message_id"])
        assert (await bob.sees())[0] == "Spillover"
        await bob.says("my pay is 185,000", reply_to=event["message_id"])
        assert not any("185" in line for line in await bob.sees())
        assert place.bot.rows("SELECT count(*) FROM chats") == [(0,)]

        opened = await bob.taps("Open private chat")
        assert opened["type"] == "deeplink"


async def test_a_person_who_blocks_the_bot_finds_everything_again(start: Start) -> None:
    async with start() as place:
        ann, bob = await place.person(501), await place.person(502)
        for step in ("/room", "185k"):
            await ann.does(step)
        await ann.says("24,500")  # and gone before the reply
        await place.sim.ask("block", user=501)
        assert "[Check my plan]" in await bob.does("/start")
        assert place.bot.rows("SELECT blocked FROM chats WHERE chat = 501") == [(1,)]
        await place.sim.ask("unblock", user=501)
        await place.bot.idle()
        assert "Welcome back." in " ".join(await ann.does("/start"))
        seen = await ann.does("[Continue]")
        assert any("employer" in line for line in seen)
