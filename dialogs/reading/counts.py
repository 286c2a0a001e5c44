"""Percentages, whole counts and ages: the small numbers of the interview.

A percentage is kept as a fraction. A bare "0.06" may be 6 % or 0.06 %, and a bare "1" 1 % or 100 %; both are
asked about. An age counts on December 31, so "turning 50 in march" is 50, and a year of birth is turned into
an age that the person confirms.
"""

from __future__ import annotations

import re
from decimal import Decimal

from dialogs.reading.result import Candidate, Doubt, Read, Reading, Reason, Refused
from dialogs.reading.survey import Single, single
from dialogs.reading.text import MOST_CHARACTERS, clean, echo, looks_like_question, vocabulary
from dialogs.reading.tokens import Number, Sentence, opened

HUNDRED = Decimal(100)
YOUNGEST, OLDEST = 13, 100
"""Ages in whole years that are taken for the age of a person with a workplace plan."""

_MOST_PERCENT_DECIMALS = 4
_PERCENT_WORDS = vocabulary(
    "up to limit limited capped cap max maximum most salary pay base gross compensation comp "
    "eligible income only at plan says each year every paycheck my hr told they allow allows let"
)
_COUNT_WORDS = vocabulary(
    "left more paychecks paycheck checks check paydays payday pay periods period remaining go to "
    "times payments them there are there's are"
)
_AGE_WORDS = vocabulary(
    "years year old yo yrs yr y o age aged am turning turn turns be january february march april may "
    "june july august september october november december jan feb mar apr jun jul aug sep sept oct "
    "nov dec by end at birthday he she and i'll"
)
_AGE_UNITS = frozenset({"yo", "yrs", "yr", "y", "years", "year"})
_OTHER_TIMES = vocabulary("next last ago was were until before after soon till not")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_NONE = frozenset({"none", "zero", "nothing"})
_DECADE = re.compile(
    r"\b[0-9]0'?s\b|\b(?:twenties|thirties|fourties|forties|fifties|sixties|seventies|eighties|teens)\b"
)


def _one(text: str, known: frozenset[str], units: frozenset[str] = frozenset()) -> Single | Refused:
    """Return the one number of ``text``, or the refusal of a text without one."""
    sentence = opened(text)
    if isinstance(sentence, Refused):
        return sentence
    found = single(sentence, known, units)
    if isinstance(found, Single) and not looks_like_question(text):
        return found
    reason = found if isinstance(found, Reason) and not looks_like_question(text) else Reason.NO_NUMBER
    return Refused(reason, echo(text))


def percent_text(fraction: Decimal) -> str:
    """``6%`` or ``0.06%``: a fraction as the text that `read_percent` reads back exactly when sure."""
    return f"{(fraction * 100).normalize():f}%"


def _percent_candidate(name: str, fraction: Decimal) -> Candidate[Decimal]:
    return Candidate(name, percent_text(fraction), fraction)


def _without_percent(text: str) -> Reading[Decimal] | None:
    """Read a share in words: half, in doubt. "None" is no share: it may say that there is no cap."""
    sentence = opened(text)
    words = sentence.words if isinstance(sentence, Sentence) else ()
    if words == ("half",):
        half = Decimal("0.5")
        return Doubt(Reason.HALF, (_percent_candidate("yes", half),), {"percent": half})
    return None


def read_percent(text: str, sure: bool = False) -> Reading[Decimal]:
    """Return a share as a fraction, 0 to 1 (``"10%"`` and ``"10"`` are 0.1), from ``text``. Never raises."""
    found = _one(text, _PERCENT_WORDS)
    if isinstance(found, Refused):
        worded = _without_percent(text) if found.reason is Reason.NO_NUMBER else None
        return found if worded is None else worded
    number = found.number
    if number.money or number.scale != 1:
        return Refused(Reason.DOLLARS, echo(text))
    if number.typed > 100:
        return Refused(Reason.OVER_100, echo(text))
    if number.decimals > _MOST_PERCENT_DECIMALS or (number.decimals == 3 and not number.percent):
        return Refused(Reason.TWO_DOTS, echo(text))
    return _percent_doubt(found, sure)


def _percent_doubt(found: Single, sure: bool) -> Reading[Decimal]:
    number, fraction = found.number, found.number.typed / HUNDRED
    if sure:
        return Read(fraction)
    if 0 < number.typed < 1 or (number.typed == 1 and not number.percent):
        both = _percent_candidate("fraction", number.typed), _percent_candidate("percent", fraction)
        return Doubt(Reason.PERCENT_OR_FRACTION, both, {"percent": fraction, "fraction": number.typed})
    yes = (_percent_candidate("yes", fraction),)
    if found.bounded:
        return Doubt(Reason.APPROXIMATE, yes, {"percent": fraction})
    return Doubt(Reason.WORDS, yes, {"percent": fraction}) if found.unknown else Read(fraction)


def _whole(number: Number) -> int | Reason:
    """Return the value of a plain whole number."""
    if number.money or number.percent or number.scale > 100:
        return Reason.NOT_UNDERSTOOD
    if number.value != number.value.to_integral_value():
        return Reason.NOT_WHOLE
    return int(number.value)


def read_count(text: str, low: int, high: int, sure: bool = False) -> Reading[int]:
    """Return a whole number from ``low`` to ``high``, both included, from ``text``. Never raises."""
    found = _one(text, _COUNT_WORDS)
    if isinstance(found, Refused):
        zero = found.reason is Reason.NO_NUMBER and clean(text) in _NONE and low <= 0
        return Read(0) if zero else found
    value = Reason.NOT_UNDERSTOOD if found.periods else _whole(found.number)
    if isinstance(value, Reason):
        return Refused(value, echo(text))
    if not low <= value <= high:
        return Refused(Reason.OUT_OF_RANGE, echo(text))
    return _count_doubt(found, value, sure)


def _count_doubt(found: Single, value: int, sure: bool) -> Reading[int]:
    yes = (Candidate("yes", str(value), value),)
    if sure or not (found.hedged or found.bounded or found.unknown):
        return Read(value)
    reason = Reason.APPROXIMATE if found.hedged or found.bounded else Reason.WORDS
    return Doubt(reason, yes, {"amount": value})


def _born(number: Number, words: frozenset[str], year: int) -> int | None:
    """Return the year of birth that ``number`` is, if it is one."""
    if number.is_year:
        return int(number.value)
    if "born" not in words or not (number.value == number.value.to_integral_value() and number.value < 100):
        return None
    short = int(number.value)
    return 2000 + short if 2000 + short <= year - YOUNGEST else 1900 + short


def read_age(text: str, year: int, sure: bool = False) -> Reading[int]:
    """Return the age in whole years on December 31 of ``year`` from ``text``. Never raises.

    Ages from 13 to 100 are possible. A year of birth is a doubt whose candidate is the age.
    """
    if len(text) <= MOST_CHARACTERS and _DECADE.search(clean(text)):
        return Refused(Reason.RANGE, echo(text))
    found = _one(text, _AGE_WORDS | {"born"}, _AGE_UNITS)
    if isinstance(found, Refused):
        return found
    words = frozenset(clean(text).replace("-", " ").split())
    birth = _born(found.number, words, year)
    if birth is not None:
        return _age_of(text, year - birth, birth)
    reason = _age_fault(found, words, year)
    if reason is not None:
        return Refused(reason, echo(text))
    value = _whole(found.number)
    if isinstance(value, Reason):
        return Refused(value, echo(text))
    if not YOUNGEST <= value <= OLDEST:
        return Refused(Reason.OUT_OF_RANGE, echo(text))
    return _count_doubt(found, value, sure)


def _age_fault(found: Single, words: frozenset[str], year: int) -> Reason | None:
    """Return why a number with these ``words`` is no age at the end of ``year``."""
    if found.bounded or words & {"older", "younger"}:
        return Reason.RANGE
    other_year = any(_YEAR.fullmatch(word) and word != str(year) for word in words)
    return Reason.NOT_UNDERSTOOD if other_year or words & _OTHER_TIMES else None


def _age_of(text: str, age: int, birth: int) -> Reading[int]:
    if not YOUNGEST <= age <= OLDEST:
        return Refused(Reason.OUT_OF_RANGE, echo(text))
    return Doubt(Reason.BIRTH_YEAR, (Candidate("yes", str(age), age),), {"year_of_birth": birth, "age": age})
