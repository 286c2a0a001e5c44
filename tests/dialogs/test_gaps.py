"""Questions that nothing here answers: counted without words, kept in words only after a tap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from re import fullmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.events import Command, Edited, Event, Pressed, Said, Unreadable
from dialogs.gaps import Gap, fingerprint, sent
from dialogs.moment import Asking, Menu, Moment, Showing
from dialogs.replies import Button
from dialogs.screens import sending
from dialogs.session import Session, dump, load
from dialogs.turn import public_turn, turn
from dialogs.world import world_on
from tests.dialogs.talk import DAY, WORLD, Person, asked, check_card, finished, reviewing, words

BANANA = "what is a banana?"
SEND = "Send to the authors"

# --- the fingerprint -------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    ["banana", "zebra", "violin", "bridge", "meteor", "chimney", "walrus", "the", "is", "of", "401k"]
)
SENTENCES = st.lists(WORDS, min_size=1, max_size=12)
MARKS = st.text(" .,;:!?-()\"'\n\t", max_size=3).map(lambda marks: marks + " ")
NUMBERS = st.one_of(
    st.integers(0, 10**9).filter(lambda n: n not in (8606, 401, 403)).map(str),
    st.integers(2, 999).filter(lambda n: n != 401).map(lambda n: f"{n}k"),
    st.integers(0, 10**7).map(lambda n: f"${n:,}"),
    st.sampled_from(["6%", "1.5m", "1st", "22nd", "3rd", "4th", "$2.50"]),
)


@given(SENTENCES, st.data())
def test_order_capitals_punctuation_and_repetition_make_no_difference(
    said: list[str], data: st.DataObject
) -> None:
    other = data.draw(st.permutations([*said, *data.draw(st.lists(st.sampled_from(said), max_size=3))]))
    shouted = [word.upper() if data.draw(st.booleans()) else word.title() for word in other]
    marks = [data.draw(MARKS) for _ in shouted]
    assert fingerprint("".join(chain(*zip(shouted, marks, strict=True)))) == fingerprint(" ".join(said))


@given(SENTENCES, st.lists(NUMBERS, max_size=4), st.data())
def test_numbers_make_no_difference(said: list[str], numbers: list[str], data: st.DataObject) -> None:
    mixed = [*said]
    for number in numbers:
        mixed.insert(data.draw(st.integers(0, len(mixed))), number)
    assert fingerprint(" ".join(mixed)) == fingerprint(" ".join(said))


@given(st.lists(WORDS, unique=True, min_size=1), st.lists(WORDS, unique=True, min_size=1))
def test_other_words_make_another_one(one: list[str], other: list[str]) -> None:
    filler = {"the", "is", "of"}
    telling = [set(said) - filler or set(said) for said in (one, other)]
    assert (fingerprint(" ".join(one)) == fingerprint(" ".join(other))) == (telling[0] == telling[1])


@given(st.text(max_size=400))
def test_any_text_has_one_of_hex_digits_that_goes_by_what_would_be_kept(text: str) -> None:
    assert fullmatch("[0-9a-f]{10}", fingerprint(text))
    assert fingerprint(text) == fingerprint(sent(text))
    assert len(sent(text)) <= 300
    sent(text).encode()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("how do i use a 401k", "how do i use a 403b"),
        ("a banana for my 401k", "a banana for my plan"),
        ("a banana for my 401k", "a banana"),
        ("a form 1099-r", "a form w-2"),
        ("who are you", "how is it going"),
        ("что такое банан", "где мой банк"),
    ],
)
def test_names_of_the_law_and_words_of_other_kinds_count(one: str, other: str) -> None:
    assert fingerprint(one) != fingerprint(other)


def test_a_gap_shows_no_text_where_it_is_logged() -> None:
    assert "banana" not in repr(Gap("00", DAY, "banana"))


# --- what is counted ---------------------------------------------------------------------------------------------------

PLACES: dict[str, Callable[[], Person]] = {
    "nothing": Person,
    "menu": lambda: asked("pay").says("menu"),
    "choice": lambda: asked("takes_after_tax"),
    "number": lambda: asked("pay"),
    "confirming": lambda: asked("pay").says("about 1.85m"),
    "reviewing": reviewing,
    "page": lambda: finished().says("/settings"),
    "showing": finished,
    "deciding": lambda: asked("pay").says("/delete"),
}
anywhere = pytest.mark.parametrize("at", PLACES)


def buttons(person: Person) -> list[Button]:
    return [b for card in person.last.replies for row in card.buttons for b in row]


@anywhere
def test_what_has_no_answer_is_counted_without_its_words(at: str) -> None:
    person = PLACES[at]().says(BANANA)
    assert words("no_answer") in person.sees
    assert person.last.gap == Gap(fingerprint(BANANA), DAY)
    assert words("no_answer_send") in person.sees
    assert person.session.unanswered == BANANA
    (button,) = (b for b in buttons(person) if b.label == SEND)
    assert "banana" not in button.data
    assert button.data not in (
        b.data for card in person.last.replies[1:] for row in card.buttons for b in row
    )


def test_a_command_and_an_edited_message_are_counted_too() -> None:
    assert Person().says("/ask banana").last.gap == Gap(fingerprint("banana"), DAY)
    edited = Person().says("/check").says("401k", ref=7).edits(BANANA, 7)
    assert edited.last.gap == Gap(fingerprint(BANANA), DAY)


@pytest.mark.parametrize(
    "text", ["what is ACP?", "how about limits?", "yes", "thanks", "185k", "/help", "menu"]
)
def test_nothing_else_is_counted(text: str) -> None:
    person = finished().says(text)
    assert person.last.gap is None
    assert person.session.unanswered == ""
    assert SEND not in [b.label for b in buttons(person)]


def test_a_text_without_letters_can_only_be_counted() -> None:
    person = Person().says("🙂")
    assert person.last.gap == Gap(fingerprint(""), DAY)
    assert person.last.replies[0].html == words("no_answer")
    assert person.session.unanswered == ""
    assert SEND not in [b.label for b in buttons(person)]


# --- what is sent -------------------------------------------------------------------------------------------------------


@anywhere
def test_a_tap_keeps_the_words_and_moves_nobody(at: str) -> None:
    person = PLACES[at]()
    place = person.place
    person.says(BANANA).taps(SEND)
    assert person.last.gap == Gap(fingerprint(BANANA), DAY, BANANA)
    assert words("question_kept", text=BANANA) in person.sees
    assert person.session.unanswered == ""
    assert person.place == place


@anywhere
def test_a_second_tap_keeps_nothing_more(at: str) -> None:
    person = PLACES[at]().says(BANANA).taps(SEND)
    person.taps(SEND)
    assert person.last.gap is None
    assert person.last.toast == words("expired")


OTHERS: list[Event] = [
    Said("menu"),
    Said("what is acp?"),
    Said("185k"),
    Command("help"),
    Command("delete"),
    Edited("401k", 3),
    Unreadable("photo"),
    Pressed("menu"),
    Pressed("send:00000000"),
    Pressed("send:"),
    Pressed("send"),
]


@pytest.mark.parametrize("event", OTHERS, ids=str)
def test_any_other_event_drops_what_waits(event: Event) -> None:
    person = asked("pay").says(BANANA)
    button = person.button(SEND)
    person.does(event)
    assert person.last.gap is None
    assert person.session.unanswered == ""
    assert "banana" not in dump(person.session)
    person.presses(button.data)
    assert person.last.gap is None
    assert person.last.toast == words("expired")


def test_the_button_of_an_older_question_does_not_send_a_newer_one() -> None:
    person = Person().says(BANANA)
    old = person.button(SEND)
    person.says("what is a zebra?").presses(old.data)
    assert person.last.gap is None
    assert person.last.toast == words("expired")
    assert person.session.unanswered == ""
    again = Person().says("what is a zebra?", BANANA).taps(SEND)
    assert again.last.gap == Gap(fingerprint(BANANA), DAY, BANANA)


def test_nobody_can_forge_a_tap_where_nothing_waits() -> None:
    for data in (sending(""), sending(BANANA)):
        assert Person().says("/start").presses(data).last.gap is None


def test_delete_removes_what_waits() -> None:
    person = finished().says(BANANA, "/delete")
    assert person.session.unanswered == ""
    assert person.says("yes").last.session is None
    assert Person().says("/delete", BANANA, "yes").last.session is None


def test_what_is_sent_is_what_is_shown_with_its_digits_and_nothing_hidden() -> None:
    text = "Can  my <b>boss</b> & I\u202e use $185,000\x00 of \ud83d bananas?"
    person = Person().does(Said(text)).taps(SEND)
    kept = "can my <b>boss</b> & i use $185,000 of bananas?"
    assert person.last.gap == Gap(fingerprint(text), DAY, kept)
    assert f'"{kept}"' in person.sees
    assert "&lt;b&gt;boss&lt;/b&gt; &amp; i" in person.last.replies[0].html


def test_amounts_stay_covered_on_the_card_and_are_sent() -> None:
    covering = Person(Session(hides_amounts=True)).says("do bananas cost $185,000?").taps(SEND)
    assert "<tg-spoiler>$185,000</tg-spoiler>" in covering.last.replies[0].html
    assert covering.last.gap is not None
    assert covering.last.gap.text == "do bananas cost $185,000?"


def test_of_a_long_text_the_same_part_is_counted_and_sent() -> None:
    text = "is a banana " + " ".join(chr(97 + n // 26) + chr(97 + n % 26) * 3 for n in range(200)) + "?"
    person = Person().says(text)
    assert person.last.gap == Gap(fingerprint(person.session.unanswered), DAY)


@pytest.mark.parametrize("letter", ["x", "é", "🙂", "ﷺ", "&"])
def test_a_long_text_is_cut_and_still_fits(letter: str) -> None:
    person = Person().says("is a banana " + f"{letter} " * 3_000 + "?")
    waits = person.session.unanswered
    assert 0 < len(waits) <= 300
    assert len(dump(replace(Session(), unanswered=waits)).encode()) < 1_536
    person.taps(SEND)
    assert person.last.gap is not None
    assert person.last.gap.text == waits
    assert person.last.gap.fingerprint == fingerprint(waits)


def test_what_waits_is_kept_between_turns_and_counted_on_the_day_of_the_tap() -> None:
    person = Person().says(BANANA)
    again = load(dump(person.session))
    assert again == person.session
    tomorrow = world_on(DAY + timedelta(days=1))
    tapped = turn(again, Pressed(person.button(SEND).data), tomorrow)
    assert tapped.gap == Gap(fingerprint(BANANA), tomorrow.today, BANANA)


def test_a_question_in_a_question_is_offered_beside_it() -> None:
    person = asked("pay").says(BANANA)
    answer, question = person.last.replies
    assert (answer.live, question.live) == (False, True)
    assert person.taps(SEND).place == Asking("pay")
    assert words("back_to_question") in person.sees
    assert finished().says(BANANA).taps(SEND).taps("Back to where I was").place == Showing()
    assert Person().says(BANANA).taps(SEND).taps("Menu").place == Menu()


# --- where others read along --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", [Said(BANANA), Command("ask", BANANA)], ids=str)
def test_in_a_group_it_is_counted_and_cannot_be_sent(event: Event) -> None:
    after = public_turn(event, WORLD)
    assert after.gap == Gap(fingerprint(BANANA), DAY)
    assert after.session is None
    (card,) = after.replies
    check_card(card)
    assert card.html == words("no_answer")
    assert [b.label for row in card.buttons for b in row] == ["Open private chat"]


@pytest.mark.parametrize("text", ["what is acp?", "how about limits?"])
def test_in_a_group_what_has_an_answer_is_not_counted(text: str) -> None:
    assert public_turn(Said(text), WORLD).gap is None


def test_in_a_group_nothing_is_sent() -> None:
    after = public_turn(Pressed(sending(BANANA)), WORLD)
    assert (after.gap, after.toast) == (None, words("group_private"))


def test_a_moment_is_the_same_with_and_without_what_waits() -> None:
    person = finished()
    waiting = replace(person.session, unanswered=BANANA)
    assert Moment(waiting, WORLD).place == person.place
