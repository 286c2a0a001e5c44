"""What the people of the load generator do. Loaded by that program, so it needs nothing but Python."""

from __future__ import annotations

from typing import Any

WORDS = (
    "yes",
    "185,000",
    "what is ACP?",
    "24,500",
    "not sure",
    "50",
    "no",
    "6000",
    "10",
    "how much room do I have?",
)


def typing(turn: Any) -> str:
    """Start, then type answers and questions."""
    return "/start check" if turn.n == 0 else WORDS[(turn.user + turn.n) % len(WORDS)]
