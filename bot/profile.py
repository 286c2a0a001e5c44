"""What Telegram shows of the bot before anybody writes to it: commands, menu button, descriptions."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    MenuButtonCommands,
)
from telegram.error import TelegramError

from bot.logs import get_logger, safe_reason
from dialogs.menu import COMMANDS, DESCRIPTION, SHORT_DESCRIPTION

log = get_logger()


async def introduce(bot: Bot) -> None:
    """Set all of it, side by side. What Telegram refuses is logged and left as it was: the bot works without."""
    private = [BotCommand(command.name, command.text) for command in COMMANDS]
    public = [BotCommand(command.name, command.text) for command in COMMANDS if command.in_groups]
    await asyncio.gather(
        _try("commands", bot.set_my_commands(private, BotCommandScopeAllPrivateChats())),
        _try("group commands", bot.set_my_commands(public, BotCommandScopeAllGroupChats())),
        _try("description", bot.set_my_description(DESCRIPTION)),
        _try("short description", bot.set_my_short_description(SHORT_DESCRIPTION)),
        _try("menu button", bot.set_chat_menu_button(menu_button=MenuButtonCommands())),
    )


async def _try(what: str, request: Coroutine[Any, Any, bool]) -> None:
    try:
        await request
    except TelegramError as error:
        log.warning("profile.refused", what=what, reason=safe_reason(error))
