"""Questions that nothing here answers: counted without their words, kept in words only if the person agrees.

What is counted is a fingerprint: questions with the same words have the same one, and no text can be read from it.
(Who guesses the words of a question can see whether it was asked; that is why numbers are no part of it.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from dialogs.reading import MOST_CHARACTERS, clean
from knowledge.notions import words_of

_DIGITS = 10
_NUMBER = re.compile(r"(?!401k)[0-9]+(?:k|mm?|st|nd|rd|th)?")
_ANY_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that had no answer on ``day``; its ``text`` only where the person agreed that it is kept."""

    fingerprint: str
    day: date
    text: str = field(default="", repr=False)


def fingerprint(text: str) -> str:
    """The same for the same question, whatever its capitals, punctuation, order of words and numbers.

    >>> fingerprint("Can I roll a pension of $310,000 into it?") == fingerprint("roll a pension into it, can i")
    True
    """
    cleaned = sent(text)
    words = {word for word in words_of(cleaned) if not _NUMBER.fullmatch(word)}
    if not words:  # nothing but filler, or not written in these letters
        words = {word for word in _ANY_WORD.findall(cleaned) if word.isalpha()}
    return sha256(" ".join(sorted(words)).encode()).hexdigest()[:_DIGITS]


def sent(text: str) -> str:
    """What of ``text`` is kept if the person agrees: its words in small letters, and no more than fit on a card."""
    return clean(text[:MOST_CHARACTERS])[:MOST_CHARACTERS].rstrip()
