"""Cleaning: what a person typed, as plain small letters, ASCII digits, hyphens and single spaces.

Compatibility normalisation (NFKC) makes full-width digits and letters plain, but it also turns ``10²`` into
``102`` and ``①`` into ``1``. Characters that would become digits in that way are therefore left as they
are, and `has_odd_digits` finds them, so that a number with one of them is refused and not misread.
Invisible characters are dropped: what is read is what was seen.
"""

from __future__ import annotations

import re
from itertools import groupby, pairwise
from unicodedata import category, normalize

MOST_CHARACTERS = 300
"""The longest text that is read as a number or a choice."""
_ECHO = 40


def vocabulary(words: str) -> frozenset[str]:
    """Return the words of a text, parted by spaces."""
    return frozenset(words.split())


_QUOTES = str.maketrans(dict.fromkeys("‘’‛′`´ʼ＇", "'") | dict.fromkeys("“”„‟″＂", '"'))
_DASHES = frozenset("−⁃˗➖")
_DIGIT_EMOJI = frozenset("🔟💯")
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
_SEPARATORS = frozenset({"Zs", "Zl", "Zp"})


def _is_exotic(character: str) -> bool:
    """Whether ``character`` stands for a number that normalisation would make plain digits, wrongly."""
    if character.isascii():
        return False
    if category(character) in ("No", "Nl") or character in _DIGIT_EMOJI:
        return True
    return category(character) != "Nd" and any(c in "0123456789" for c in normalize("NFKC", character))


def _plain(character: str) -> str:
    kind = category(character)
    if kind in _SEPARATORS or character in "\t\n\r\v\f":
        return " "
    if kind in _INVISIBLE or "\ufe00" <= character <= "\ufe0f":
        return ""
    return "-" if kind == "Pd" or character in _DASHES else character


def _is_emoji(character: str) -> bool:
    return category(character) in ("So", "Sk") and character >= "\u2190" and not _is_exotic(character)


def clean(text: str) -> str:
    """``text`` in small letters, with plain digits, spaces, hyphens and quotes, without controls.

    Emoji at both ends go. Exotic digits stay as they are. Takes any text of any length; never raises.
    """
    runs = groupby(text.translate(_QUOTES), _is_exotic)
    normal = "".join("".join(run) if exotic else normalize("NFKC", "".join(run)) for exotic, run in runs)
    words = "".join(map(_plain, normal)).casefold().split()
    whole = " ".join(words)
    start, end = 0, len(whole)
    while start < end and (whole[start] == " " or _is_emoji(whole[start])):
        start += 1
    while end > start and (whole[end - 1] == " " or _is_emoji(whole[end - 1])):
        end -= 1
    return whole[start:end]


def echo(text: str) -> str:
    """``text`` cleaned and cut to 40 characters, to be shown again (it still has to be escaped)."""
    whole = clean(text[:MOST_CHARACTERS])
    return whole if len(whole) <= _ECHO else whole[: _ECHO - 1].rstrip() + "…"


def has_odd_digits(cleaned: str) -> bool:
    """Whether a cleaned text has digits other than 0 to 9, or digits with marks on them."""
    marked = any(a in "0123456789" and category(b)[0] == "M" for a, b in pairwise(cleaned))
    return marked or any(not c.isascii() and (category(c)[0] == "N" or _is_exotic(c)) for c in cleaned)


_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_NUMERIC = re.compile(r"[0-9]")
_OPENERS = vocabulary("and so but ok okay also wait hmm well hey hi hello then or um btw oh please sorry now")
_ASKING = vocabulary(
    "what whats what's why how hows how's can could is isn't isnt are aren't arent am do does did "
    "should would will when whens where wheres who whos which whose may might shall was were if "
    "explain tell"
)


def looks_like_question(text: str) -> bool:
    """Whether ``text`` asks something: it ends with a question mark or starts with a word that asks."""
    cleaned = clean(text[:MOST_CHARACTERS])
    words = _WORD.findall(cleaned)
    if not words and not _NUMERIC.search(cleaned):
        return False
    if cleaned.rstrip(" .!\"')").endswith("?"):
        return True
    while words and words[0] in _OPENERS:
        del words[0]
    if not words or words[0] not in _ASKING or not starts_with_letter(cleaned):
        return False
    return not (len(words) > 1 and (words[1] == "not" or (words[0], words[1]) == ("will", "be")))


def starts_with_letter(cleaned: str) -> bool:
    """Whether the first letter or digit of a cleaned text is a letter."""
    first = re.search(r"[^\W_]", cleaned)
    return first is not None and not first.group().isdigit()


_LEAD = r"(?:(?:i|im|am|ive|id|we|well|um|uh|hmm|sorry|really|honestly|just|still|actually|so|ok|no|oh|tbh|have|got|to|need|ill|will|would|let me|gotta) )*"
_PHRASE = (
    r"(?:idk|dk|dunno|donno|dont know|do not know|didnt know|not (?:really |totally |quite |so |100% )?(?:sure|certain)|unsure"
    r"|uncertain|(?:no|not a|havent a|without a) (?:idea|clue)|idea|clue|cant (?:say|tell|remember|recall)"
    r"|dont (?:remember|recall|have that|have it)|unknown|(?:ask|check with|talk to) (?:hr|payroll|them|my employer)"
    r"|check|look it up|skip(?: (?:it|this|that))?|pass|who knows|beats me|\?+)"
)
_TAIL = r"(?: (?:yet|at all|about (?:it|that|this)|right now|atm|now|really|sorry|tbh|honestly|offhand|exactly|for sure|this|that|it|one|man|first|hr|what that is))*"
_SURE_NOT = re.compile(rf"{_LEAD}{_PHRASE}{_TAIL}")
_ABOUT = re.compile(
    r"(?:i |im |am |really |honestly |just )*(?:idk|dunno|dont know|do not know|not sure|unsure|no idea|no clue)"
    r" (?:if|whether|what|how|when|which|who|where|about|on)\b[^0-9]*"
)


def is_not_sure(text: str) -> bool:
    """Whether ``text`` says that the person does not know: ``idk``, ``not sure``, ``plan cap? no idea``.

    A text that goes on with a number, a "but" or a guess is not one of these.
    """
    if len(text) > MOST_CHARACTERS:
        return False
    cleaned = clean(text)
    if cleaned and not cleaned.strip("?"):
        return True
    last = re.split(r"[?:]", cleaned.rstrip(" ?.!"))[-1]
    words = " ".join(re.sub(r"[.,;!()\"-]", " ", last.replace("'", "")).split())
    if re.search(r"\b(?:but|think|guess|maybe|probably|yes)\b", words):
        return False
    return bool(_SURE_NOT.fullmatch(words) or _ABOUT.fullmatch(words))
