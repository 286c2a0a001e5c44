"""What can be put into any chat: explainers, the same for everybody."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.events import Pressed
from dialogs.inline import MOST, inline
from dialogs.replies import Reply
from dialogs.screens import FIRST_TOPICS
from dialogs.turn import public_turn
from knowledge.markup import visible
from tests.dialogs.talk import WORLD, Always, check_card, words

EXPLAINERS = WORLD.library.explainers


def topics(query: str) -> list[str]:
    return [entry.topic for entry in inline(query, WORLD)]


@pytest.mark.parametrize("query", ["", "  ", "\n"])
def test_without_words_the_best_read_are_offered(query: str) -> None:
    assert topics(query) == list(FIRST_TOPICS)


@pytest.mark.parametrize("query", ["acp", "ACP", "what is acp?", " acp  test "])
def test_a_word_finds_its_explainer_first(query: str) -> None:
    assert topics(query)[0] == "acp-test"


@pytest.mark.parametrize("query", ["ac", "AC", "acp t", "safe  harb"])
def test_a_word_that_is_being_typed_is_found_by_its_beginning(query: str) -> None:
    assert "acp-test" in topics(query)


def test_nothing_is_offered_twice_and_no_more_than_ten() -> None:
    for query in ("a", "m", "limit", "roth", "after tax", "401"):
        found = topics(query)
        assert len(found) == len(set(found)) <= MOST
    assert len(topics("a")) > 1


@pytest.mark.parametrize("query", ["banana", "zebra", "?", "185,000"])
def test_where_nothing_fits_one_row_says_so_and_offers_the_bot(query: str) -> None:
    (entry,) = inline(query, WORLD)
    assert (entry.topic, entry.title, entry.html) == ("", words("inline_none"), words("inline_offer"))
    assert entry.about == words("inline_none_about")


@pytest.mark.parametrize("topic", EXPLAINERS)
def test_an_entry_is_what_a_group_is_told(topic: str) -> None:
    title = EXPLAINERS[topic].front.title
    (entry,) = (found for found in inline(title, WORLD) if found.topic == topic)
    assert entry.title == title
    assert entry.html == public_turn(Pressed(f"topic:{topic}"), WORLD).replies[0].html
    assert "Sources:" in entry.html
    assert entry.about[-1] in ".?:"
    assert entry.about in visible(entry.html)
    assert 10 < len(entry.about) < 200


def test_another_year_has_its_own_figures() -> None:
    entry = inline("the total limit in 2024", replace(WORLD, search=Always("limit-415c")))[0]
    assert entry.title == "Total limit, 415(c)"
    assert entry.about.startswith("In 2024 everything added to your account is limited to $69,000")
    assert entry.html.startswith("Figures of 2024.")


@given(st.text(max_size=256))
def test_whatever_is_typed_there_is_something_to_choose(query: str) -> None:
    found = inline(query, WORLD)
    assert 1 <= len(found) <= MOST
    for entry in found:
        check_card(Reply(entry.html, entry.buttons))
        assert [[button.start for button in row] for row in entry.buttons] == [["inline"]]
        assert "<" not in entry.title + entry.about
