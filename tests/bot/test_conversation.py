from __future__ import annotations

from datetime import date

import pytest

from bot import conversation
from bot.conversation import DialogConversation
from dialogs.events import Command, Event, Pressed, Said
from dialogs.gaps import Gap, fingerprint
from dialogs.inline import inline
from dialogs.menu import COMMANDS
from dialogs.session import Session, dump
from dialogs.turn import Turn
from dialogs.world import World, world_on
from knowledge.markup import visible


def test_a_first_turn_starts_from_nothing_and_is_stored_as_text() -> None:
    responded = DialogConversation().respond(None, Command("start"))
    assert responded.stored is not None
    assert responded.replies
    again = DialogConversation().respond(responded.stored, Command("start"))
    assert again.replies


def test_what_is_stored_is_what_the_turn_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Session] = []

    def turn(session: Session, _event: object, _world: World) -> Turn:
        seen.append(session)
        return Turn(session, (), "saved")

    monkeypatch.setattr(conversation, "turn", turn)
    responded = DialogConversation().respond(dump(Session()), Said("hello"))
    assert (responded.stored, responded.toast) == (dump(seen[0]), "saved")


def test_a_question_without_an_answer_is_passed_on_to_be_counted() -> None:
    talk, gap = DialogConversation(lambda: date(2026, 7, 1)), Gap(fingerprint("banana"), date(2026, 7, 1))
    assert talk.respond(None, Command("ask", "banana")).gap == gap
    assert talk.respond_publicly(Command("ask", "banana")).gap == gap
    assert talk.respond(None, Command("ask", "acp")).gap is None
    assert talk.respond_publicly(Command("ask", "acp")).gap is None


def test_a_turn_that_leaves_no_session_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "turn", lambda *_: Turn(None, ()))
    assert DialogConversation().respond(dump(Session()), Said("forget me")).stored is None


def test_in_public_nothing_is_stored() -> None:
    assert DialogConversation().respond_publicly(Command("help")).stored is None


def test_the_world_is_that_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    days = [date(2026, 12, 31), date(2026, 12, 31), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 1)]
    made: list[date] = []

    def recorded(day: date) -> World:
        made.append(day)
        return world_on(day)

    monkeypatch.setattr(conversation, "world_on", recorded)
    talk = DialogConversation(lambda: days.pop(0))
    for _ in range(4):
        talk.respond(None, Command("help"))
    assert made == [date(2026, 12, 31), date(2027, 1, 1)]


PUBLIC = [
    *(Command(listed.name) for listed in COMMANDS),
    *(Command("ask", text) for text in ("", "acp", "limits", "banana")),
    *(Command(name) for name in ("plan", "year", "chart", "how", "why", "sources")),
    Said("what is acp?"),
    Pressed("topic:acp-test"),
]


@pytest.mark.parametrize("event", PUBLIC, ids=str)
def test_in_public_there_is_text_alone(event: Event) -> None:
    for reply in DialogConversation().respond_publicly(event).replies:
        assert (reply.picture, reply.paper, reply.hidden) == (None, None, False)


def test_inline_queries_are_answered_from_the_world_of_today() -> None:
    on = date(2026, 7, 1)
    assert DialogConversation(lambda: on).inline("acp") == inline("acp", world_on(on))


def test_words_outside_a_turn_need_no_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = DialogConversation()
    for name in ("world_on", "turn", "public_turn", "load"):
        monkeypatch.setattr(conversation, name, lambda *_: 1 / 0)
    assert visible(talk.say("broken", code="ABCD")).endswith(" Code ABCD.")
    assert "/ask" in talk.say("invited")
    assert talk.say("paper_failed")
