"""What may be shown of a text that was kept: markup in pairs, and nothing that Telegram refuses."""

from __future__ import annotations

import pytest

from knowledge.markup import is_sound


@pytest.mark.parametrize(
    "text",
    ["", "How many?", "Is it <b>12</b>?", "<b>a <i>b</i></b> &amp; &lt;c&gt; &#39; &#x27;", "<code>x</code>"],
)
def test_what_a_phrase_makes_is_sound(text: str) -> None:
    assert is_sound(text)


@pytest.mark.parametrize(
    "text",
    [
        "eb>12</b>",
        "<b>12",
        "12</b>",
        "<b>1<i>2</b></i>",
        "<u>1</u>",
        "a < b",
        "a & b",
        "&xt;",
        '<b class="x">1</b>',
    ],
)
def test_what_was_damaged_is_not(text: str) -> None:
    assert not is_sound(text)
