"""Replies as they wait in the outbox (JSON) and as Telegram takes them (HTML and an inline keyboard).

A picture or a paper waits as its data, every amount and day written out in full, and becomes a file only when its
card is sent.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Annotated, Any

from pydantic import Field, TypeAdapter
from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from dialogs.papers import Paper
from dialogs.pictures import Picture
from dialogs.replies import Button, Reply, Rows

_PICTURES: TypeAdapter[Picture] = TypeAdapter(Annotated[Picture, Field(discriminator="picture")])
_PAPERS: TypeAdapter[Paper] = TypeAdapter(Annotated[Paper, Field(discriminator="paper")])


def dump_reply(reply: Reply) -> str:
    """``reply`` as one line of JSON; what is empty is left out."""
    rows = [[_filled(button) for button in row] for row in reply.buttons]
    card: dict[str, Any] = {"html": reply.html}
    if rows:
        card["buttons"] = rows
    card |= {flag: True for flag in ("edits", "live", "hidden") if getattr(reply, flag)}
    if reply.picture is not None:
        card["picture"] = _PICTURES.dump_python(reply.picture, mode="json")
    if reply.paper is not None:
        card["paper"] = _PAPERS.dump_python(reply.paper, mode="json")
    return json.dumps(card, ensure_ascii=False)


def load_reply(payload: str) -> Reply:
    """Read what `dump_reply` wrote."""
    card = json.loads(payload)
    rows = tuple(tuple(Button(**button) for button in row) for row in card.pop("buttons", ()))
    if "picture" in card:
        card["picture"] = _PICTURES.validate_python(card["picture"])
    if "paper" in card:
        card["paper"] = _PAPERS.validate_python(card["paper"])
    return Reply(buttons=rows, **card)


def digest(content: Picture | Paper) -> bytes:
    """Name ``content`` by what is in it."""
    return blake2b(repr(content).encode(), digest_size=16).digest()


def keyboard(buttons: Rows, username: str) -> dict[str, object] | None:
    """Make ``buttons`` for a message of the bot called ``username``; None when there are none."""
    if not buttons:
        return None
    rows = [[_key(button, username) for button in row] for row in buttons]
    return InlineKeyboardMarkup(rows).to_dict()


def _filled(button: Button) -> dict[str, str]:
    pairs = {name: getattr(button, name) for name in ("data", "url", "start", "copy")}
    return {"label": button.label, **{name: value for name, value in pairs.items() if value}}


def _key(button: Button, username: str) -> InlineKeyboardButton:
    if button.url:
        return InlineKeyboardButton(button.label, url=button.url)
    if button.start:
        return InlineKeyboardButton(button.label, url=f"https://t.me/{username}?start={button.start}")
    if button.copy:
        return InlineKeyboardButton(button.label, copy_text=CopyTextButton(button.copy))
    return InlineKeyboardButton(button.label, callback_data=button.data)
