"""Inline mode as Telegram takes it: explainers to choose from in any chat, the same for everybody."""

from __future__ import annotations

from telegram.constants import ParseMode

from bot.cards import keyboard
from bot.conversation import Conversation
from bot.updates import InlineQuery, Me
from dialogs.inline import START, InlineEntry
from knowledge.markup import visible

_SECONDS_CACHED = 300


def answer(query: InlineQuery, conversation: Conversation, me: Me) -> dict[str, object]:
    """Make the parameters of ``answerInlineQuery``; Telegram may give the same answer to anybody who types the same."""
    opening = {"text": visible(conversation.say("button_inline")), "start_parameter": START}
    return {
        "inline_query_id": query.id,
        "results": [_article(entry, me) for entry in conversation.inline(query.text)],
        "cache_time": _SECONDS_CACHED,
        "is_personal": False,
        "button": opening,
    }


def _article(entry: InlineEntry, me: Me) -> dict[str, object]:
    return {
        "type": "article",
        "id": entry.topic or "none",
        "title": entry.title,
        "description": entry.about,
        "input_message_content": {
            "message_text": entry.html,
            "parse_mode": ParseMode.HTML.value,
            "link_preview_options": {"is_disabled": True},
        },
        "reply_markup": keyboard(entry.buttons, me.username),
    }
