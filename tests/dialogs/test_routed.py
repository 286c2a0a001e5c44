"""Which texts may go through a router, and what the privacy page says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from dialogs.events import Command
from dialogs.session import Session
from dialogs.turn import public_turn
from dialogs.world import World
from knowledge.markup import visible
from knowledge.search import SURE, Found, Hit
from tests.dialogs.talk import WORLD, Person, reviewing


@dataclass
class Recorded:
    """A search that finds the same whatever is asked, and knows what was."""

    found: Found
    asked: list[str] = field(default_factory=list)

    def find(self, text: str, near: Sequence[str] = ()) -> Found:
        self.asked.append(text)
        return self.found


@pytest.fixture
def router() -> Recorded:
    return Recorded(Found((Hit("true-up", SURE),)))


@pytest.fixture
def routed(router: Recorded) -> World:
    return replace(WORLD, search=Recorded(Found()), router=router)


@pytest.mark.parametrize("text", ["does my boss make me whole?", "boss makes me whole", "/ask boss"])
def test_what_is_asked_in_the_menu_goes_through_it(routed: World, router: Recorded, text: str) -> None:
    person = Person(Session(idle=True), routed).says(text)
    assert router.asked == [text.removeprefix("/ask ")]
    assert person.last.replies[0].html.startswith("<b>True-up</b>")


def test_what_is_asked_in_a_question_goes_through_it(routed: World, router: Recorded) -> None:
    person = Person(world=routed).says("/room", "will my boss make me whole?")
    assert router.asked == ["will my boss make me whole?"]
    assert person.asks == "pay"


@pytest.mark.parametrize("text", ["blue", "ask bob in payroll", "185k", "thanks"])
def test_what_answers_a_question_badly_or_well_does_not(routed: World, router: Recorded, text: str) -> None:
    Person(world=routed).says("/room", text)
    assert router.asked == []


@pytest.mark.parametrize("text", ["185k", "hello", "thanks"])
def test_what_asks_nothing_in_the_menu_does_not(routed: World, router: Recorded, text: str) -> None:
    Person(Session(idle=True), routed).says(text)
    assert router.asked == []


def test_on_a_page_that_waits_only_a_question_does(routed: World, router: Recorded) -> None:
    Person(reviewing().session, routed).says("my boss is bob", "will my boss make me whole?")
    assert router.asked == ["will my boss make me whole?"]


@pytest.mark.parametrize("public", [True, False])
def test_the_privacy_page_tells_of_it_when_there_is_one(routed: World, public: bool) -> None:
    def page(world: World) -> str:
        turned = (
            public_turn(Command("privacy"), world) if public else Person(world=world).says("/privacy").last
        )
        return visible(turned.replies[0].html)

    assert "language model" in page(routed)
    assert "nothing goes to other services" in page(WORLD)
    assert "language model" not in page(WORLD)
    assert "Apart from the chat itself nothing" not in page(routed)
