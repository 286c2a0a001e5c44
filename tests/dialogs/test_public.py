"""Where others read along: words are explained, and nothing of anybody is asked, taken or kept."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from dialogs.events import Command, Edited, Event, Pressed, Said, Unreadable
from dialogs.menu import COMMANDS
from dialogs.replies import Button
from dialogs.turn import Turn, public_turn
from knowledge.library import GROUPS, group_key
from knowledge.markup import visible
from tests.dialogs.talk import WORLD, Always, Person, check_card, command, words

PRIVATE = [listed.name for listed in COMMANDS if not listed.in_groups]
EVENTS: list[Event] = [
    *(Command(listed.name) for listed in COMMANDS),
    *(Command(name) for name in ("delete", "cancel", "restart", "menu", "how", "why", "version", "back")),
    *(Command("ask", text) for text in ("acp", "banana", "185k", "<b>", "how about limits?")),
    *(Said(text) for text in ("acp", "my pay is 185k", "yes", "401k", "", "x" * 5_000, "what is hce?")),
    *(Pressed(data) for data in ("topic:acp-test", "topic:banana", "a:plan:k401", "delete_yes", "flow:room")),
    *(Pressed(data) for data in ("group:limits", "group:banana", "ask")),
    Command("start", "check"),
    Command("foo"),
    Edited("my pay is 190k", 7),
    Unreadable("sticker"),
]


def in_public(event: Event) -> Turn:
    after = public_turn(event, WORLD)
    assert after.session is None
    for card in after.replies:
        check_card(card)
        assert not card.live
    return after


def opening(after: Turn) -> list[Button]:
    return [b for card in after.replies for row in card.buttons for b in row if b.start]


@pytest.mark.parametrize("event", EVENTS, ids=str)
def test_nothing_is_kept_and_no_button_answers_anything(event: Event) -> None:
    after = in_public(event)
    assert len(after.replies) <= 1
    for row in (row for card in after.replies for row in card.buttons):
        for button in row:
            assert button.start or button.data.startswith(("topic:", "group:")) or button.data == "ask"


@pytest.mark.parametrize("event", EVENTS, ids=str)
def test_nothing_depends_on_a_person(event: Event) -> None:
    for card in in_public(event).replies:
        assert "For you:" not in card.html
        assert not re.search(r"18[05]|190", card.html)


@pytest.mark.parametrize("name", PRIVATE)
def test_what_is_personal_opens_the_private_chat_at_that_command(name: str) -> None:
    after = in_public(Command(name))
    assert [words("group_private")] == [card.html for card in after.replies]
    (button,) = opening(after)
    assert button.start == name
    assert Person().says(f"/start {name}").last == Person().says(f"/{name}").last


@pytest.mark.parametrize("name", ["delete", "restart", "cancel", "menu", "how", "version"])
def test_other_known_commands_open_the_private_chat(name: str) -> None:
    (button,) = opening(in_public(Command(name)))
    assert Person().says(f"/start {button.start}").last == Person().says("/start").last


def test_start_says_what_this_is() -> None:
    after = in_public(Command("start", "check"))
    assert after.replies[0].html == words("group_hello")
    assert len(opening(after)) == 1


def test_privacy_is_told() -> None:
    assert in_public(Command("privacy")).replies[0].html == WORLD.library.say("privacy", routed=False)


@pytest.mark.parametrize("text", ["/ask", "/help"])
def test_without_words_subjects_are_offered_and_the_private_chat(text: str) -> None:
    after = in_public(command(text))
    assert after.replies[0].html == WORLD.library.say("ask_me")
    assert len(opening(after)) == 1
    offered = [b.data for row in after.replies[0].buttons for b in row if b.data]
    for data in offered:
        assert in_public(Pressed(data)).replies


def test_a_group_opens_its_subjects_and_leads_back_to_the_groups() -> None:
    for group in GROUPS:
        offered = [
            b for row in in_public(Pressed(f"group:{group_key(group)}")).replies[0].buttons for b in row
        ]
        assert [b.data for b in offered if not b.data.startswith("topic:")] == ["ask"]
        assert 2 <= len(offered) - 1 <= 10
        for button in offered:
            assert in_public(Pressed(button.data)).replies
    assert in_public(Pressed("ask")) == in_public(command("/ask"))


def test_a_question_about_another_year_gets_its_figures() -> None:
    world = replace(WORLD, search=Always("limit-415c"))
    told = visible(public_turn(Said("what was the 415 limit in 2024?"), world).replies[0].html)
    assert told.startswith("Figures of 2024.\n\nTotal limit, 415(c)")
    assert "$69,000" in told


def test_a_word_is_explained() -> None:
    for event in (Command("ask", "acp"), Said("what is ACP?"), Pressed("topic:acp-test")):
        assert in_public(event).replies[0].html.startswith("<b>ACP test</b>")


def test_something_near_is_offered_and_nothing_is_made_up() -> None:
    assert in_public(Said("how about limits?")).replies[0].html == words("did_you_mean")
    unknown = in_public(Said("what is a banana?"))
    assert unknown.replies[0].html == words("no_answer")
    assert len(opening(unknown)) == 1


def test_a_press_on_anything_personal_is_told_where_it_belongs() -> None:
    for data in ("a:plan:k401", "delete_yes", "topic:banana", "group:banana", "flow:check", ""):
        assert in_public(Pressed(data)) == Turn(None, (), words("group_private"))


def test_what_is_not_for_the_bot_is_left_alone() -> None:
    for event in (Command("foo"), Edited("acp", 7), Unreadable("photo")):
        assert in_public(event) == Turn(None, ())
