"""What can be reached from everywhere: the commands, and the words that a front end shows before a first turn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MenuCommand:
    """``/name`` and its line in the menu; ``in_groups`` says whether it answers where others read along."""

    name: str
    text: str
    in_groups: bool = False


COMMANDS = (
    MenuCommand("start", "Start or continue", in_groups=True),
    MenuCommand("check", "Check my plan, 5 minutes"),
    MenuCommand("room", "Just my room, 4 numbers"),
    MenuCommand("answers", "See and change my answers"),
    MenuCommand("ask", "Ask what a word means", in_groups=True),
    MenuCommand("letter", "One page to take to HR"),
    MenuCommand("privacy", "What I keep, and how to delete it", in_groups=True),
    MenuCommand("help", "How this works", in_groups=True),
)
"""The commands of the menu, in its order. `dialogs.turn` understands a few more."""

DESCRIPTION = (
    "I help you find out if your 401(k) allows a Mega Backdoor Roth and how much room you have. "
    "Education, not tax advice. I never ask for your name, SSN or account numbers."
)
"""At most 512 characters, shown in an empty chat."""

SHORT_DESCRIPTION = "Check your plan, find your room."
"""At most 120 characters, shown on the profile."""
