from __future__ import annotations

from datetime import date

import pytest

from bot import conversation
from bot.conversation import DialogConversation
from dialogs.events import Command, Said
from dialogs.session import Session, dump
from dialogs.turn import Turn
from dialogs.world import World, world_on


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
