"""What the people of the load generator do. Loaded by that program, so it needs nothing but Python."""

from __future__ import annotations

from typing import Any

SCRIPT = (
    "/start check",
    "401k",
    "yes",
    "what is an in-plan conversion?",
    "convert inside",
    "no cap",
    "45",
    "no",
    "not related",
    "no",
    "about 1.2m",
    "185k",
    "yes",
    "every two weeks",
    "24,500",
    "50% of the first 6%",
    "6,400",
    "not sure",
    "2",
    "show",
    "how",
    "what is the ACP test?",
    "letter",
    "answers",
    "menu",
    "/restart",
    "yes",
)


def typing(turn: Any) -> str:
    """Go through the questions, with mistakes and questions in between; at the end, from the beginning."""
    return SCRIPT[turn.n % len(SCRIPT)]
