"""One person with the whole bot, on Telegram and in a terminal."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest

from dialogs.menu import COMMANDS, DESCRIPTION, SHORT_DESCRIPTION
from tests.strict.actors import labels, terminal, until
from tests.strict.conftest import Start, needed

needed()

DAY = date(2026, 3, 2)

TO_THE_PAY = (
    "/start",
    "[What is this?]",
    "[Menu]",
    "[Check my plan]",
    "401k",
    "what is an spd?",
    "[Yes]",
    "maybe blue",
    "[Help]",
    "[Back to question]",
    "[Convert inside]",
    "[Percent of pay]",
    "15 percent",
    "[Back]",
    "[Keep it]",
    "53",
    "[No]",
    "[Neither]",
    "why do you ask?",
    "no",
    "1.4m",
    "[No, change it]",
)
TO_THE_ROOM = (
    "yes",
    "every two weeks",
    "[$24,500, the limit]",
    "what is the acp test?",
    "half of the first 6%",
    "[$0]",
    "/unheard_of",
    "21",
    "[1]",
    "[Keep it]",
    "[Show my result]",
    "[How I got this]",
    "[Back to where I was]",
    "[Letter to HR]",
    "continue",
    "/room",
)
TO_THE_END = (
    "/privacy",
    "[Delete everything]",
    "[Keep]",
    "/delete",
    "[Delete everything]",
    "/start",
)


async def test_telegram_and_the_terminal_show_the_same(start: Start, tmp_path: Path) -> None:
    async with start(DAY) as place, terminal(tmp_path / "terminal", DAY) as console:
        ann = await place.person()
        assert await ann.does("/start") == await console.opens()
        for step in TO_THE_PAY:
            assert await ann.does(step) == await console.does(step), step

        # What only Telegram can do: a sticker is not read, and an edited message corrects the answer that it gave.
        await ann.sends(sticker=STICKER)
        assert (await ann.sees())[0].startswith("I can only read text.")
        pay = await ann.says("148,000")
        assert await ann.sees() == await console.does("148,000")
        await ann.edits(pay, "158,000")
        corrected = await ann.sees()
        assert corrected[0] == "✓ Changed: Pay for a full year: $148,000 → $158,000"
        await console.does("back")
        assert await console.does("158,000") == corrected

        room: list[str] = []
        for step in TO_THE_ROOM:
            room = await ann.does(step)
            assert room == await console.does(step), step
        assert "Room left in 2026: $23,700" in room

        for step in TO_THE_END:
            assert await ann.does(step) == await console.does(step), step
        assert place.bot.rows("SELECT count(*) FROM chats") == [(1,)]


async def test_an_old_button_changes_its_answer_and_can_be_undone(start: Start) -> None:
    async with start(DAY) as place:
        ann = await place.person()
        for step in ("/check", "401(k)", "Yes", "what is an in-plan conversion?"):
            await ann.does(step)
        *_, old = [message for message in await ann.showing() if "Convert inside" in labels(message)][:-1]
        await ann.does("[Convert inside]")
        await ann.taps("Neither", old["message_id"])
        assert "✓ Changed: Way to Roth: Convert inside → Neither" in await ann.sees()
        assert "✓ Way to Roth: Convert inside" in await ann.does("[Undo]")
        await ann.taps("Convert inside", old["message_id"])
        assert await ann.sees() == ["(Already saved.)"]


@pytest.mark.parametrize(
    ("command", "label", "shown"),
    [("/check", "Help", "Help: Plan at work"), ("/settings", "Text only", "[Show pictures]")],
)
async def test_what_is_pressed_twice_is_edited_once(
    start: Start, command: str, label: str, shown: str
) -> None:
    """Telegram refuses to edit a card into itself, and every refusal would be a violation."""
    async with start(DAY) as place:
        ann = await place.person()
        await ann.does(command)
        await place.fault(
            "latency", "editMessageText", delay=0.5
        )  # the second press finds the button still there
        await asyncio.gather(ann.taps(label), ann.taps(label))
        assert shown in await ann.sees()
        assert (await place.sim.ask("stats"))["call:editmessagetext"] == 1


async def test_what_is_kept_is_shown_and_deleted(start: Start) -> None:
    async with start(DAY) as place:
        ann, bob = await place.person(501), await place.person(502)
        for person in (ann, bob):
            for step in ("/start", "[Just my room]", "123,456", "17,171"):
                await person.does(step)
        assert "[Delete everything]" in await ann.does("/privacy")
        assert "[Keep]" in await ann.does("[Delete everything]")
        assert "[$0]" in await ann.does("[Keep]")
        await ann.does("/delete")
        assert (await ann.does("[Delete everything]"))[0].startswith("Deleted.")
        for table in ("chats", "outbox", "set_aside"):
            assert place.bot.rows(f"SELECT count(*) FROM {table} WHERE chat = 501") == [(0,)], table
        assert place.bot.rows("SELECT count(*) FROM chats") == [(1,)]
        assert "[Check my plan]" in await ann.does("/start")
        assert "Welcome back. You answered 2 questions on March 2." in await bob.does("/start")


async def test_the_bot_as_it_is_started_every_day(start: Start) -> None:
    async with start() as place:
        ann = await place.person()
        assert "[Check my plan]" in await ann.does("/start")
        assert "ACP test" in await ann.does("/start ask_acp-test")

        async def introduced() -> bool:
            state = await place.sim.ask("bot_state")
            return len(state["commands"]) == 2 and len(state["texts"]) == 2 and bool(state["menu"])

        await until(introduced, "the bot to introduce itself")
        state = await place.sim.ask("bot_state")
    shown = {one["scope"]["type"]: [c["command"] for c in one["commands"]] for one in state["commands"]}
    assert shown["all_private_chats"] == [command.name for command in COMMANDS]
    assert shown["all_group_chats"] == [command.name for command in COMMANDS if command.in_groups]
    assert sorted(state["texts"].values()) == sorted([DESCRIPTION, SHORT_DESCRIPTION])


STICKER = {
    "file_id": "CAACAgIAAxkBAAE",
    "file_unique_id": "AgADAQ",
    "type": "regular",
    "width": 512,
    "height": 512,
    "is_animated": False,
    "is_video": False,
}
