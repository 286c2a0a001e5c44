"""One of a few options, from its label, its number, a synonym or a close spelling.

A "yes" decides about money, so a condition or a hedge ("yes but only roth", "i think so") is asked about and
never taken for a plain yes. Only whole words count: "now" is no "no". A label in the person's sentence
counts at its start, and only if what follows repeats it: "yes it has after tax" is a yes, "yes roth" and "no
more than 10%" are not understood yet. A label somewhere else in a sentence does not count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import fuzz

from dialogs.reading.result import Candidate, Doubt, Read, Reading, Reason, Refused
from dialogs.reading.text import (
    MOST_CHARACTERS,
    clean,
    echo,
    has_odd_digits,
    is_not_sure,
    looks_like_question,
    vocabulary,
)

NOT_SURE = "not_sure"
"""The key of the option for "not sure", in every question that has one."""
_CLOSE = 90
_LEAST_LETTERS = 3

_YES = "yes|y|yep|yeah|yup|ya|yea|yess|si|sí|sure|correct|true|it does|they do|we do|i do|it is|of course|definitely|absolutely|affirmative|👍"
_NO = (
    "no|n|nope|nah|no way|not yet|false|never|negative|it doesnt|it does not|they dont|they do not|we dont|i dont|it isnt"
    "|it is not|doesnt|does not|dont|not allowed|i do not|not at all|it wont|it cant|they cant|👎"
)
_ALSO = {"yes": tuple(_YES.split("|")), "no": tuple(_NO.split("|"))}

_HEDGED = re.compile(
    r"\b(?:but|only|if|unless|except|however|although|though|maybe|perhaps|probably|possibly|might|may|think|guess"
    r"|believe|suppose|hope|hopefully|usually|sometimes|partly|partially|kind of|kinda|sort of|sorta|not sure|unsure|depends|depending"
    r"|either|almost|mostly|assume|assuming|likely|unlikely|or|idk|dunno|dont know|not no|not yes|as far as|that i know|afaik|used to|was|until|once|when|after \w+ year)\b"
)
_NEGATION = re.compile(r"\b(?:no|not|nothing|nobody|nope|never|none|neither|nor|without|cannot|[a-z]+nt)\b")
_PLAIN_YES = frozenset({"yes", "yep", "yeah", "yup", "👍"})
_PLAIN_NO = frozenset({"no", "none", "nope", "nah", "n", "👎"})
_DENYING = vocabulary(
    "no nope nah not none never nothing 👎 dont doesnt didnt isnt arent wont cant hasnt havent cannot"
)
_AFFIRMING = vocabulary("it they we i does do is have has let lets allow allows can") | _PLAIN_YES
_REPEATING = _AFFIRMING | vocabulary(
    "its that thats this did offer me us take takes permit permits support supports accept accepts aftertax"
    " contributions any the a an my our of them one plan thing sir way to at here work all whole full year"
    " thanks thank you sorry please right correct definitely absolutely"
)
_NUMBERED = re.compile(r"(?:#|option |number |no\. )?([1-9])[).]?")
_AFTER_TAX = re.compile(r"\bafter[ -]?tax(?:es)?\b")


@dataclass(frozen=True, slots=True)
class ChoiceOption:
    """An option of a question: its ``key``, the ``label`` of its button and other words for it."""

    key: str
    label: str
    also: tuple[str, ...] = ()


def _bare(text: str) -> str:
    """Return the words of a cleaned text: no apostrophes, no punctuation, "after-tax" as one word."""
    joined = _AFTER_TAX.sub("aftertax", text.replace("'", ""))
    return " ".join(re.sub(r"[^\w👍👎%$+]", " ", joined).split())


@lru_cache(maxsize=1024)
def _names(option: ChoiceOption) -> tuple[str, ...]:
    every = (option.label, *option.also, *_ALSO.get(option.key, ()))
    return tuple(bare for bare in (_bare(_cleaned(name)) for name in every) if bare)


def _cleaned(text: str) -> str:
    """Clean ``text``; thumbs survive, keycaps are their digits."""
    shown = text.replace("\u20e3", "")
    kept = clean(shown.replace("👍", " thumbsup ").replace("👎", " thumbsdown "))
    return kept.replace("thumbsup", "👍").replace("thumbsdown", "👎")


def _starts(said: str, name: str) -> bool:
    """Whether ``said`` starts with ``name``; a single letter or sign does so only alone ("n/a" is no "no")."""
    return said == name or (said.startswith(name + " ") and not (len(name) == 1 and name.isascii()))


def _at_start(said: str, options: Sequence[ChoiceOption]) -> list[ChoiceOption]:
    """Return the options whose longest name stands at the start of ``said``, the longest only."""
    lengths = {
        option.key: max((len(name) for name in _names(option) if _starts(said, name)), default=0)
        for option in options
    }
    longest = max(lengths.values(), default=0)
    return [option for option in options if longest and lengths[option.key] == longest]


def _exact(said: str, options: Sequence[ChoiceOption]) -> list[ChoiceOption]:
    return [option for option in options if said in _names(option)]


def _close(said: str, options: Sequence[ChoiceOption]) -> list[ChoiceOption]:
    """Return the options with a name spelled almost like ``said``; digits must be the same."""
    if len(said) < _LEAST_LETTERS:
        return []
    return [
        option
        for option in options
        if any(_is_close(said, name) for name in _names(option) if len(name) >= _LEAST_LETTERS)
    ]


def _is_close(said: str, name: str) -> bool:
    same_digits = re.findall(r"[0-9]+", said) == re.findall(r"[0-9]+", name)
    same_sense = bool(_NEGATION.search(said)) == bool(_NEGATION.search(name))
    return same_digits and same_sense and fuzz.ratio(said, name) >= _CLOSE


def _doubt(options: Sequence[ChoiceOption], reason: Reason = Reason.CONDITION) -> Doubt[str]:
    """Return the doubt which of ``options`` is meant; "not sure" is not among its candidates."""
    return Doubt(reason, tuple(Candidate(o.key, o.label, o.key) for o in options if o.key != NOT_SURE))


def _numbered(cleaned: str, options: Sequence[ChoiceOption]) -> ChoiceOption | None:
    match = _NUMBERED.fullmatch(cleaned)
    index = int(match.group(1)) - 1 if match else len(options)
    return options[index] if index < len(options) else None


def _turns(rest: str, name: str, option: ChoiceOption, others: Sequence[ChoiceOption]) -> bool:
    """Whether what follows ``name``, a name of ``option``, may make it another answer.

    It does not if it repeats what was said: "they don't allow it" is a no, "they don't limit it" and "no they
    allow it" are not. Nor does it name one of the ``others``.
    """
    words = frozenset(rest.split())
    own = frozenset(" ".join(_names(option)).split())
    if any(f" {other} " in f" {rest} " for each in others if each.key not in _ALSO for other in _names(each)):
        return True
    denied = bool(words & _DENYING)
    if not words <= _REPEATING | _DENYING | own or (name[-1].isdigit() and rest[:2].strip() in {"a", "b"}):
        return True
    if name in _PLAIN_NO:
        return bool(words & _PLAIN_YES) or (not denied and bool(words & _AFFIRMING))
    return denied


def _sentence(said: str, options: Sequence[ChoiceOption]) -> Reading[str] | None:
    """Read a sentence that starts with the name of an option, if it does."""
    leading = _at_start(said, options)
    if not leading:
        return None
    if len(leading) > 1:
        return _doubt(leading)
    option = leading[0]
    name = max((n for n in _names(option) if _starts(said, n)), key=len)
    others = [each for each in options if each is not option]
    if _turns(said[len(name) :].strip(), name, option, others):
        return replace(_doubt(options), shown={"first": option.key})
    return Read(option.key)


def _not_sure(text: str, options: Sequence[ChoiceOption]) -> Reading[str]:
    if any(option.key == NOT_SURE for option in options):
        return Read(NOT_SURE)
    return Refused(Reason.NOT_SURE_HERE, echo(text))


def _spelled(said: str, options: Sequence[ChoiceOption]) -> Reading[str] | None:
    """Read a text that is spelled almost like an option, if it is."""
    close = _close(said, options)
    if len(close) == 1:
        return Read(close[0].key)
    return _doubt(close, Reason.SPELLING) if close else None


def read_choice(text: str, options: Sequence[ChoiceOption]) -> Reading[str]:
    """Return the key of the option that ``text`` names. Never raises.

    The candidates of a doubt are options: their name is the option's key, their text its label. Where the text
    starts like an option, ``first`` is that option's key.
    """
    if len(text) > MOST_CHARACTERS:
        return Refused(Reason.TOO_LONG, echo(text))
    cleaned = _cleaned(text)
    said = _bare(cleaned)
    exact = _exact(said, options)
    if len(exact) == 1:
        return _doubt(options) if _wonders(cleaned, exact[0]) else Read(exact[0].key)
    numbered = _numbered(cleaned, options)
    if numbered is not None:
        return Read(numbered.key)
    if is_not_sure(text):
        return _not_sure(text, options)
    if has_odd_digits(cleaned) or not said or looks_like_question(text):
        return Refused(Reason.NO_CHOICE, echo(text))
    spelled = _spelled(said, options)
    if isinstance(spelled, Read):
        return spelled
    if _HEDGED.search(said):
        return _doubt(options)
    return _sentence(said, options) or spelled or Refused(Reason.NO_CHOICE, echo(text))


def _wonders(cleaned: str, option: ChoiceOption) -> bool:
    """Whether an answer is followed by a question mark: "yes?"."""
    return cleaned.endswith("?") and option.key != NOT_SURE
