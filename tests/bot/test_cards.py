from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards import digest, dump_reply, keyboard, load_reply
from dialogs.papers import Letter, Paper, YearByPaycheck, YearPlan
from dialogs.pictures import Band, Bars, Columns, Picture, StackedBar
from dialogs.replies import Button, Reply

amounts = st.decimals(allow_nan=False, allow_infinity=False)
st.register_type_strategy(Decimal, amounts)
pictures: st.SearchStrategy[Picture] = st.one_of(*map(st.from_type, (StackedBar, Columns, Band, Bars)))
papers: st.SearchStrategy[Paper] = st.one_of(*map(st.from_type, (Letter, YearPlan, YearByPaycheck)))
buttons = st.builds(Button, label=st.text(max_size=20), data=st.text(max_size=64), start=st.text(max_size=9))
replies = st.builds(
    Reply,
    html=st.text(),
    buttons=st.lists(st.lists(buttons, min_size=1, max_size=3).map(tuple), max_size=3).map(tuple),
    edits=st.booleans(),
    live=st.booleans(),
    picture=st.none() | pictures,
    paper=st.none() | papers,
    hidden=st.booleans(),
)


@pytest.mark.untraced
@settings(max_examples=60)
@given(replies)
def test_what_is_put_in_comes_out_digit_by_digit(reply: Reply) -> None:
    again = load_reply(dump_reply(reply))
    assert again == reply
    assert repr(again) == repr(reply)  # 1.0 and 1.00 are equal and not the same
    for before, after in ((reply.picture, again.picture), (reply.paper, again.paper)):
        if before is not None and after is not None:
            assert digest(before) == digest(after)


def test_other_content_has_another_name() -> None:
    one, other = (Bars("Rooms", (("A", Decimal(amount)),), "2026") for amount in ("1", "2"))
    assert digest(one) != digest(other)


@pytest.mark.parametrize(
    "payload",
    [
        '{"html": "x", "picture": {"picture": "circle"}}',
        '{"html": "x", "picture": {"picture": "bars", "title": "t", "foot": "f"}}',
        '{"html": "x", "paper": {"paper": "bars", "title": "t", "bars": [], "foot": "f"}}',
    ],
)
def test_what_is_no_picture_or_paper_is_refused(payload: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        load_reply(payload)


def test_a_payload_of_before_there_were_pictures_is_read() -> None:
    payload = '{"html": "hi", "buttons": [[{"label": "Yes", "data": "a:yes"}]], "edits": true, "live": true}'
    assert load_reply(payload) == Reply("hi", ((Button("Yes", "a:yes"),),), edits=True, live=True)


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
    markup = keyboard(reply.buttons, "helper_bot")
    assert markup == {
        "inline_keyboard": [
            [{"text": "Yes", "callback_data": "a:yes"}, {"text": "Law", "url": "https://www.irs.gov/"}],
            [
                {"text": "Open", "url": "https://t.me/helper_bot?start=check"},
                {"text": "Copy", "copy_text": {"text": "a text"}},
            ],
        ]
    }
    assert keyboard((), "helper_bot") is None
