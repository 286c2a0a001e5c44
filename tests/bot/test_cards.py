from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.cards import dump_reply, keyboard, load_reply
from dialogs.replies import Button, Reply

buttons = st.builds(Button, label=st.text(max_size=20), data=st.text(max_size=64), start=st.text(max_size=9))
replies = st.builds(
    Reply,
    html=st.text(),
    buttons=st.lists(st.lists(buttons, min_size=1, max_size=3).map(tuple), max_size=3).map(tuple),
    edits=st.booleans(),
    live=st.booleans(),
)


@given(replies)
def test_what_is_put_in_comes_out(reply: Reply) -> None:
    assert load_reply(dump_reply(reply)) == reply


def test_a_plain_card_is_a_short_payload() -> None:
    assert json.loads(dump_reply(Reply("hi"))) == {"html": "hi"}


def test_each_kind_of_button_becomes_telegrams() -> None:
    reply = Reply(
        "x",
        (
            (Button("Yes", data="a:yes"), Button("Law", url="https://www.irs.gov/")),
            (Button("Open", start="check"), Button("Copy", copy="a text")),
        ),
    )
    markup = keyboard(reply, "helper_bot")
    assert markup == {
        "inline_keyboard": [
            [{"text": "Yes", "callback_data": "a:yes"}, {"text": "Law", "url": "https://www.irs.gov/"}],
            [
                {"text": "Open", "url": "https://t.me/helper_bot?start=check"},
                {"text": "Copy", "copy_text": {"text": "a text"}},
            ],
        ]
    }
    assert keyboard(Reply("x"), "helper_bot") is None
