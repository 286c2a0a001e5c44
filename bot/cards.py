"""Replies as they wait in the outbox (JSON) and as Telegram takes them (HTML and an inline keyboard)."""

from __future__ import annotations

import json
from typing import Any

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from dialogs.replies import Button, Reply


def dump_reply(reply: Reply) -> str:
    """``reply`` as one line of JSON; what is empty is left out."""
    rows = [[_filled(button) for button in row] for row in reply.buttons]
    card: dict[str, Any] = {"html": reply.html}
    if rows:
        card["buttons"] = rows
    if reply.edits:
        card["edits"] = True
    if reply.live:
        card["live"] = True
    return json.dumps(card, ensure_ascii=False)


def load_reply(payload: str) -> Reply:
    """Read what `dump_reply` wrote."""
    card = json.loads(payload)
    rows = tuple(tuple(Button(**button) for button in row) for row in card.pop("buttons", ()))
    return Reply(buttons=rows, **card)


def keyboard(reply: Reply, username: str) -> dict[str, object] | None:
    """Make the buttons of ``reply`` for a message of the bot called ``username``."""
    if not reply.buttons:
        return None
    rows = [[_key(button, username) for button in row] for row in reply.buttons]
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
