"""Pictures, papers and inline queries on the strict Bot API, and what goes wrong with them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.strict.actors import Person, labels, running, until
from tests.strict.conftest import Place, Start, judge, needed
from tests.strict.server import PATIENCE, Json, Sim, strictapi
from tests.strict.showing import LETTER

needed()

SHOWING = "tests.strict.showing"


async def says(person: Person, text: str) -> list[Json]:
    """The messages that come for ``text``."""
    await person.says(text)
    return [event for event in await person.shown() if event["kind"] in ("bot_message", "bot_edit")]


async def calls(sim: Sim, method: str) -> int:
    count: int = (await sim.ask("stats")).get(f"call:{method.lower()}", 0)
    return count


async def test_a_picture_arrives_with_its_text_and_is_uploaded_once(start: Start) -> None:
    async with start(module=SHOWING) as place:
        ann, bob = await place.person(501), await place.person(502)
        for person in (ann, bob, ann):
            (card,) = await says(person, "picture")
            assert (card["media"], card["text"], labels(card)) == ("photo", "Your room", ["Menu"])
        pictures = {message["media"][-1]["file_id"] for message in await media(ann)}
        assert len(pictures) == 1


async def media(person: Person) -> list[Json]:
    """The messages of the chat that have a file."""
    return [message for message in await person.showing() if message["kind"] in ("photo", "document")]


async def test_a_long_text_follows_its_picture_and_can_be_edited(start: Start) -> None:
    async with start(module=SHOWING) as place:
        ann = await place.person()
        picture, text = await says(ann, "long picture")
        assert (picture["media"], picture["text"], labels(picture)) == ("photo", None, [])
        assert (len(text["text"]), labels(text)) == (1_025, ["Menu"])
        (page,) = await says(ann, "page")
        assert (page["kind"], page["message_id"]) == ("bot_edit", text["message_id"])


async def test_after_a_live_picture_a_page_is_a_new_message(start: Start) -> None:
    async with start(module=SHOWING) as place:
        ann = await place.person()
        await says(ann, "picture")
        (page,) = await says(ann, "page")
        assert (page["kind"], page["text"]) == ("bot_message", "Another page")


async def test_a_hidden_picture_is_covered(start: Start) -> None:
    async with start(module=SHOWING) as place:
        ann = await place.person()
        (card,) = await says(ann, "spoiler")
        assert (card["media"], card["text"]) == ("photo", "Guess first.")
        assert [entity["type"] for entity in card["entities"]] == ["spoiler"]
        (call,) = [call for call in await place.sim.ask("calls") if call["method"].lower() == "sendphoto"]
        assert "has_spoiler" in call["params"]


async def test_a_paper_arrives_under_its_name(start: Start) -> None:
    async with start(module=SHOWING) as place:
        ann = await place.person()
        (card,) = await says(ann, "paper")
        assert (card["media"], card["text"], labels(card)) == ("document", "Your letter", ["Menu"])
        (message,) = await media(ann)
        file = message["media"]
        assert (file["file_name"], file["mime_type"]) == (LETTER.file_name, "application/pdf")


@pytest.mark.parametrize("kind", ["500", "502", "drop_before"])
@pytest.mark.parametrize(("text", "method"), [("picture", "sendPhoto"), ("paper", "sendDocument")])
async def test_an_upload_that_fails_is_tried_again(start: Start, kind: str, text: str, method: str) -> None:
    async with start(module=SHOWING) as place:
        ann = await place.person()
        await place.fault(kind, method, times=2)
        (card,) = await says(ann, text)
        assert card["media"]


@pytest.mark.parametrize("kind", ["drop_after", "truncate", "bad_json"])
async def test_an_upload_that_may_have_arrived_is_not_lost(start: Start, kind: str) -> None:
    async with start(module=SHOWING) as place:
        ann = await place.person()
        await place.fault(kind, "sendPhoto")
        cards = await says(ann, "picture")
        assert [card["media"] for card in cards] == ["photo", "photo"]


async def test_a_flood_error_makes_a_picture_wait(start: Start) -> None:
    async with start(module=SHOWING) as place:
        ann = await place.person()
        await place.fault("429", "sendPhoto", retry_after=1)
        (card,) = await says(ann, "picture")
        assert card["media"] == "photo"


@pytest.mark.parametrize(
    ("text", "method", "shown"),
    [
        ("picture", "sendPhoto", "Your room"),
        ("long picture", "sendPhoto", "x" * 1_025),
        (
            "paper",
            "sendDocument",
            "Your letter\n\nI could not make the file this time. You can ask for it again.",
        ),
    ],
)
async def test_a_file_that_telegram_refuses_costs_no_text(
    start: Start, text: str, method: str, shown: str
) -> None:
    async with start(module=SHOWING) as place:
        place.logged["send.left_out"] = "the upload is refused on purpose"
        place.explained["IMAGE_PROCESS_FAILED"] = "the upload is refused on purpose"
        ann = await place.person()
        await place.fault("error", method, code=400, description="Bad Request: IMAGE_PROCESS_FAILED")
        (card,) = await says(ann, text)
        assert (card["text"], labels(card), card.get("media")) == (shown, ["Menu"], None)


@pytest.mark.parametrize(("text", "method"), [("picture", "sendPhoto"), ("paper", "sendDocument")])
async def test_what_a_killed_bot_had_not_sent_is_sent_by_the_next(
    tmp_path: Path, text: str, method: str
) -> None:
    async with strictapi(*needed()) as sim:
        start = partial(running, sim, tmp_path / "data", module=SHOWING)
        async with start() as bot:
            place = Place(sim, bot)
            ann = await place.person()
            await place.fault("hang", method, delay=PATIENCE)
            await ann.says(text)

            async def sending() -> bool:
                return await calls(sim, method) == 1

            await until(sending, "the upload to begin")
            assert bot.rows("SELECT count(*) FROM outbox WHERE sent IS NULL") == [(1,)]
            bot.process.kill()
            await bot.process.wait()
        async with start() as bot:
            place.bot = ann.bot = bot
            events: list[dict[str, Any]] = await ann.shown()
            assert [event["media"] for event in events] == [method.removeprefix("send").lower()]
        await judge(place)


async def test_inline_queries_are_answered_for_anybody(start: Start) -> None:
    async with start() as place:
        ann = await place.person()
        found = await inline(place, ann, "acp")
        assert (found[0]["id"], found[0]["title"]) == ("acp-test", "ACP test")
        for query in ("", "ac", "limit", "roth", "401", "x" * 256):
            rows = await inline(place, ann, query)
            assert 1 <= len(rows) <= 10
        (none,) = await inline(place, ann, "banana")
        assert none["title"] == "No snippet for that"
        assert place.bot.rows("SELECT count(*) FROM seen") == [(0,)]
        assert place.bot.rows("SELECT count(*) FROM chats") == [(0,)]


async def inline(place: Place, person: Person, query: str) -> list[Json]:
    """What the bot offers for ``query``; the first row is chosen, so that its message is read, too."""
    asked = await place.sim.ask("inline", user=person.number, query=query)
    number = asked["query_id"]

    async def answered() -> bool:
        return bool((await place.sim.ask("inline_result", query_id=number))["results"])

    await until(answered, "the inline query to be answered")
    results: list[Json] = (await place.sim.ask("inline_result", query_id=number))["results"]
    for result in results:
        await place.sim.ask("choose", user=person.number, query_id=number, result_id=result["id"])
    return results
