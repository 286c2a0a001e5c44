"""What a person types, read alike by every front end: a command, or words."""

from __future__ import annotations

import re

from dialogs.events import Command, Said

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@([A-Za-z0-9_]+))?(?:\s+(.*))?", re.S)


def spoken(text: str, ref: int = 0) -> tuple[Said | Command, str]:
    """Read ``text`` as a command or as words; beside it, the bot that a command names (``/help@this_bot``)."""
    text = clean(text)
    match = _COMMAND.fullmatch(text)
    if match is None:
        return Said(text, ref), ""
    name, addressee, argument = match.groups(default="")
    return Command(name.lower(), argument.strip(), ref), addressee


def clean(text: str) -> str:
    """Replace halves of a character (lone surrogates), which can be neither stored nor sent."""
    return text.encode(errors="replace").decode()
