from __future__ import annotations

from typing import Any

import pytest
from telegram import Update

from bot.updates import Arrival, InlineQuery, Me, Presence, arrival
from dialogs.events import Command, Edited, Event, Pressed, Said, Unreadable

ME = Me(99, "Helper_Bot")
ANN = {"id": 501, "is_bot": False, "first_name": "Ann"}
PRIVATE = {"id": 501, "type": "private"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Colleagues"}
CHANNEL = {"id": -1002, "type": "channel", "title": "News"}
HERSELF = {"id": 99, "is_bot": True, "first_name": "Helper", "username": "Helper_Bot"}


def read(**content: Any) -> Arrival | InlineQuery | None:
    return arrival(Update.de_json({"update_id": 1, **content}, None), ME)


def message(chat: dict[str, Any] = PRIVATE, **content: Any) -> dict[str, Any]:
    return {"message_id": 7, "date": 1, "chat": chat, "from": ANN, **content}


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("185k", Said("185k", 7)),
        ("what is ACP?", Said("what is ACP?", 7)),
        ("/start", Command("start", "", 7)),
        ("/start ask_acp", Command("start", "ask_acp", 7)),
        ("/START@helper_bot  check", Command("start", "check", 7)),
        ("/ask what\nis it", Command("ask", "what\nis it", 7)),
        ("/log 1200 aftertax", Command("log", "1200 aftertax", 7)),
        ("/", Said("/", 7)),
        ("/ ask", Said("/ ask", 7)),
        ("/ask's", Said("/ask's", 7)),
        ("see /ask", Said("see /ask", 7)),
        ("/привет", Said("/привет", 7)),
        ("half a \ud83d", Said("half a ?", 7)),
        ("a whole 😀", Said("a whole 😀", 7)),
    ],
)
def test_text_in_private(text: str, event: Event) -> None:
    assert read(message=message(text=text)) == Arrival(501, event)


def test_a_command_for_another_bot_is_not_for_us() -> None:
    assert read(message=message(text="/start@other_bot")) is None
    assert read(message=message(GROUP, text="/ask@other_bot acp")) is None


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (
            "photo",
            {"photo": [{"file_id": "1", "file_unique_id": "1", "width": 1, "height": 1}], "caption": "185k"},
        ),
        ("voice", {"voice": {"file_id": "1", "file_unique_id": "1", "duration": 1}}),
        ("document", {"document": {"file_id": "1", "file_unique_id": "1"}}),
        ("location", {"location": {"latitude": 1.0, "longitude": 2.0}}),
        ("contact", {"contact": {"phone_number": "1", "first_name": "A"}}),
        ("dice", {"dice": {"emoji": "x", "value": 1}}),
        (
            "animation",
            {
                "animation": {"file_id": "1", "file_unique_id": "1", "width": 1, "height": 1, "duration": 1},
                "document": {"file_id": "1", "file_unique_id": "1"},
            },
        ),
        (
            "sticker",
            {
                "sticker": {
                    "file_id": "1",
                    "file_unique_id": "1",
                    "width": 1,
                    "height": 1,
                    "is_animated": False,
                    "is_video": False,
                    "type": "regular",
                }
            },
        ),
    ],
)
def test_what_is_not_text_is_named(kind: str, content: dict[str, Any]) -> None:
    assert read(message=message(**content)) == Arrival(501, Unreadable(kind))


def test_service_messages_mean_nothing() -> None:
    assert read(message=message(group_chat_created=True)) is None


def test_edits_correct_a_message_in_private_only() -> None:
    assert read(edited_message=message(text="/start")) == Arrival(501, Edited("/start", 7))
    assert read(edited_message=message(caption="new", edit_date=2)) is None
    assert read(edited_message=message(GROUP, text="/ask acp")) is None


def test_presses() -> None:
    press = {"id": "q1", "from": ANN, "chat_instance": "1", "data": "age:50"}
    assert read(callback_query={**press, "message": message(text="x")}) == Arrival(
        501, Pressed("age:50"), query="q1"
    )
    old = {"message_id": 7, "date": 0, "chat": PRIVATE}
    assert read(callback_query={**press, "message": old}) == Arrival(501, Pressed("age:50"), query="q1")
    public = read(callback_query={**press, "message": message(GROUP, text="x")})
    assert public == Arrival(-1001, Pressed("age:50"), public=True, query="q1")
    assert read(callback_query={**press, "inline_message_id": "1"}) == Arrival(501, None, query="q1")


def test_a_group_is_heard_when_it_speaks_to_us() -> None:
    assert read(message=message(GROUP, text="/ask acp")) == Arrival(
        -1001, Command("ask", "acp", 7), public=True
    )
    ours = message(GROUP, text="x", **{"from": HERSELF})
    reply = message(GROUP, text="and ADP?", reply_to_message=ours)
    assert read(message=reply) == Arrival(-1001, Said("and ADP?", 7), public=True)
    hers = message(GROUP, text="no, me", reply_to_message=message(GROUP, text="x"))
    assert read(message=hers) is None
    assert read(message=message(GROUP, text="lunch?")) is None
    assert read(message=message(GROUP, dice={"emoji": "x", "value": 1})) is None


def test_channels_are_ignored() -> None:
    assert read(channel_post=message(CHANNEL, text="/ask acp")) is None
    assert read(message=message(CHANNEL, text="/ask acp")) is None
    assert member(CHANNEL, "left", "administrator") is None


def member(chat: dict[str, Any], before: str, after: str) -> Arrival | InlineQuery | None:
    rights = dict.fromkeys(
        [
            "can_be_edited",
            "is_anonymous",
            "can_manage_chat",
            "can_delete_messages",
            "can_manage_video_chats",
            "can_restrict_members",
            "can_promote_members",
            "can_change_info",
            "can_invite_users",
            "can_post_stories",
            "can_edit_stories",
            "can_delete_stories",
        ],
        False,
    )

    def as_member(status: str) -> dict[str, Any]:
        more: dict[str, dict[str, Any]] = {"kicked": {"until_date": 0}, "administrator": rights}
        return {"user": HERSELF, "status": status, **more.get(status, {})}

    change = {
        "chat": chat,
        "from": ANN,
        "date": 1,
        "old_chat_member": as_member(before),
        "new_chat_member": as_member(after),
    }
    return read(my_chat_member=change)


@pytest.mark.parametrize(
    ("chat", "before", "after", "presence"),
    [
        (PRIVATE, "member", "kicked", Presence.GONE),
        (PRIVATE, "kicked", "member", Presence.BACK),
        (GROUP, "member", "left", Presence.GONE),
        (GROUP, "member", "kicked", Presence.GONE),
    ],
)
def test_coming_and_going(chat: dict[str, Any], before: str, after: str, presence: Presence) -> None:
    assert member(chat, before, after) == Arrival(chat["id"], presence)


def test_an_invitation_is_noticed_once() -> None:
    assert member(GROUP, "left", "member") == Arrival(-1001, Presence.INVITED, public=True)
    assert member(GROUP, "kicked", "administrator") == Arrival(-1001, Presence.INVITED, public=True)
    assert member(GROUP, "member", "administrator") is None


def test_other_kinds_of_update_mean_nothing() -> None:
    assert (
        read(poll_answer={"poll_id": "1", "user": ANN, "option_ids": [], "option_persistent_ids": []}) is None
    )


@pytest.mark.parametrize(("query", "text"), [("acp", "acp"), ("", ""), ("half a \ud83d", "half a ?")])
def test_what_is_typed_after_the_bots_name_anywhere_is_an_inline_query(query: str, text: str) -> None:
    asked = {"id": "77", "from": ANN, "query": query, "offset": "", "chat_type": "group"}
    assert read(inline_query=asked) == InlineQuery("77", text)
