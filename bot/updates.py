"""From Telegram's updates to events: pure, and deaf to everything the conversation has no use for.

In a private chat everything a person sends is an event. In a group only commands and replies to the bot are;
those arrivals are ``public``. An inline query comes from any chat and says nothing of it. Channels, service messages and commands for other bots give nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from telegram import CallbackQuery, ChatMember, ChatMemberUpdated, Message, Update
from telegram.constants import ChatType

from bot.typed import clean, spoken
from dialogs.events import Command, Edited, Event, Pressed, Said, Unreadable

WANTED = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
"""The kinds of update to ask Telegram for."""

_GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)
_GONE = (ChatMember.LEFT, ChatMember.BANNED)
_KINDS = (
    "animation",  # before document: a GIF is both
    "photo",
    "voice",
    "video",
    "video_note",
    "audio",
    "sticker",
    "document",
    "location",
    "contact",
    "venue",
    "poll",
    "dice",
    "story",
    "game",
    "paid_media",
    "checklist",
)


class Presence(Enum):
    """The bot itself came or went."""

    GONE = "gone"
    BACK = "back"
    INVITED = "invited"


@dataclass(frozen=True, slots=True)
class Me:
    """Who the bot is on Telegram."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that happened in ``chat``; ``query`` is the press to be answered, if it was one."""

    chat: int
    what: Event | Presence | None
    public: bool = False
    query: str = ""


@dataclass(frozen=True, slots=True)
class InlineQuery:
    """What somebody typed after the bot's name, in any chat; ``id`` is for the answer."""

    id: str
    text: str


def arrival(update: Update, me: Me) -> Arrival | InlineQuery | None:
    """Tell what ``update`` means, None when it means nothing to us."""
    if update.message is not None:
        return _from_message(update.message, me)
    if update.edited_message is not None:
        return _from_edit(update.edited_message)
    if update.callback_query is not None:
        return _from_press(update.callback_query)
    if update.inline_query is not None:
        return InlineQuery(update.inline_query.id, clean(update.inline_query.query))
    if update.my_chat_member is not None:
        return _from_membership(update.my_chat_member)
    return None


def _from_message(message: Message, me: Me) -> Arrival | None:
    event = _event(message, me)
    if event is None:
        return None
    if message.chat.type == ChatType.PRIVATE:
        return Arrival(message.chat.id, event)
    if message.chat.type not in _GROUPS:
        return None
    if isinstance(event, Command) or (isinstance(event, Said) and _answers(message, me)):
        return Arrival(message.chat.id, event, public=True)
    return None


def _event(message: Message, me: Me) -> Event | None:
    if message.text is not None:
        event, addressee = spoken(message.text, message.message_id)
        return None if addressee and addressee.lower() != me.username.lower() else event
    kind = next((kind for kind in _KINDS if getattr(message, kind)), None)
    return None if kind is None else Unreadable(kind)


def _answers(message: Message, me: Me) -> bool:
    """Whether the message is a reply to one of the bot's."""
    other = message.reply_to_message
    return other is not None and other.from_user is not None and other.from_user.id == me.id


def _from_edit(message: Message) -> Arrival | None:
    if message.chat.type != ChatType.PRIVATE or message.text is None:
        return None
    return Arrival(message.chat.id, Edited(clean(message.text), message.message_id))


def _from_press(query: CallbackQuery) -> Arrival | None:
    if query.message is None or query.data is None:  # a game, or a card sent through another chat
        return Arrival(query.from_user.id, None, query=query.id)
    chat = query.message.chat
    return Arrival(chat.id, Pressed(clean(query.data)), public=chat.type != ChatType.PRIVATE, query=query.id)


def _from_membership(change: ChatMemberUpdated) -> Arrival | None:
    chat, before, after = change.chat, change.old_chat_member.status, change.new_chat_member.status
    if chat.type == ChatType.CHANNEL:
        return None
    if after in _GONE:
        return Arrival(chat.id, Presence.GONE)
    if chat.type == ChatType.PRIVATE:
        return Arrival(chat.id, Presence.BACK)
    return Arrival(chat.id, Presence.INVITED, public=True) if before in _GONE else None
