"""A question that only a flow can answer begins it, and nobody loses their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from dialogs.events import Said
from dialogs.moment import Asking, Menu, Opened
from dialogs.session import Session
from dialogs.turn import public_turn
from knowledge.search import EXPLAINS, Found, Hit
from tests.dialogs.talk import WORLD, Person, words

WANTS = "will it be worked out for me?"


@dataclass
class Wanting:
    """A search by which every text asks for ``flow``."""

    flow: str

    def find(self, text: str, near: Sequence[str] = ()) -> Found:
        return Found((Hit(EXPLAINS[self.flow], 0.9), Hit("spouse", 0.05)), self.flow)


def wanting(flow: str) -> Person:
    return Person(Session(idle=True), replace(WORLD, search=Wanting(flow)))


@pytest.mark.parametrize("flow", sorted(WORLD.flows))
def test_in_the_menu_it_begins(flow: str) -> None:
    person = wanting(flow)
    assert person.place == Menu()
    assert isinstance(person.says(WANTS).place, Asking)
    assert person.session.flow == flow


def test_the_checklist_is_opened_like_a_flow() -> None:
    assert wanting("steps").says(WANTS).place == Opened("steps")


def test_in_the_same_flow_the_questions_go_on() -> None:
    person = wanting("room").says("/room")
    asked = person.place
    person.says(WANTS)
    assert person.place == asked
    assert words("on_the_way") in person.sees


@pytest.mark.parametrize(("flow", "data"), [("worth", "flow:worth"), ("steps", "steps")])
def test_in_another_flow_it_is_offered_and_the_place_is_kept(flow: str, data: str) -> None:
    person = wanting(flow).says("/room")
    asked = person.place
    person.says(WANTS)
    assert person.place == asked
    offered, again = person.last.replies
    assert [button.data for row in offered.buttons for button in row][:2] == [data, f"topic:{EXPLAINS[flow]}"]
    assert again.html.startswith(words("back_to_question"))
    assert person.presses(data).place != asked


def test_in_public_the_way_into_the_private_chat_is_shown() -> None:
    (reply,) = public_turn(Said(WANTS), replace(WORLD, search=Wanting("room"))).replies
    ((button,),) = reply.buttons
    assert button.start == "room"


# --- what is at hand ----------------------------------------------------------------------------------------------------


def test_the_question_on_the_screen_is_at_hand_until_something_is_read() -> None:
    person = Person().says("/check")
    assert person.moment.at_hand == WORLD.library.questions["plan"].front.see
    assert person.says("/ask acp").moment.at_hand == ("acp-test",)


def test_in_the_menu_nothing_is_at_hand_until_something_is_read() -> None:
    assert Person().says("/start").moment.at_hand == ()
    assert Person().says("/ask acp").moment.at_hand == ("acp-test",)


def test_an_answer_ends_what_was_read() -> None:
    person = Person().says("/room", "/ask acp")
    assert person.moment.at_hand == ("acp-test",)
    assert person.says("$185,000").session.read == ""


def test_a_few_words_are_about_what_was_just_read() -> None:
    person = Person().says("/ask catch-up", "and how much?")
    assert person.last.replies[0].html.startswith("<b>Catch-up")
    assert "$7,500" in person.says("what was it in 2024?").last.replies[0].html
