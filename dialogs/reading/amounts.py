"""Dollars a year, from whatever people write for it.

An amount is read in this order: is there one number; is it a percentage (of pay), a sum per period or plain;
what is it for the year; is that plausible for the question. Each step that leaves two meanings ends in a
doubt, so that "310" is asked about and never taken for $310. With ``sure`` the person has answered such a
doubt: plausibility is not asked again, while what is missing (how often they are paid) still is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from dialogs.reading.periods import Period
from dialogs.reading.result import Candidate, Doubt, Read, Reading, Reason, Refused, Shown
from dialogs.reading.survey import FILLER, Single, single
from dialogs.reading.text import echo, looks_like_question, vocabulary
from dialogs.reading.tokens import Sentence, opened, scan
from knowledge.words import CENT, dollars

ZERO = Decimal(0)
TOO_BIG = Decimal(1_000_000_000)
"""The smallest amount, in dollars a year, that is refused as too big."""
LEAST_BARE = 1_000
"""The smallest number that is dollars by itself, whatever the words around it."""
NEAR = Decimal("0.1")
"""How near a limit, as a fraction of it, "about" is asked about."""
LIKELY_YEARLY = Decimal(20_000)
"""From this many dollars on, an amount beside a rhythm of pay may well be a whole year's."""
_TIED = re.compile(r"/|per |an? |each |every (?:month|mo|mth|week|wk|pay|check|cheque|chk|pp|year|yr)")

PAY_WORDS = vocabulary(
    "salary pay paid base gross income comp compensation wages wage earn earning earnings yearly "
    "full-time box before taxes tax pretax"
)
DEFERRAL_WORDS = vocabulary(
    "deferral deferrals defer deferred deferring roth pretax pre tax pre-tax traditional trad "
    "regular my own salary contrib contribs plan into to saved saving elective are"
)
AFTER_TAX_WORDS = vocabulary("after tax aftertax into to plan contrib contribs mega backdoor saved")
EMPLOYER_WORDS = vocabulary(
    "match matches matching matched employer company work they them their they'll theirs give gives "
    "add adds pay pays contributes er true-up"
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a question about dollars a year expects.

    ``low`` to ``high`` is plausible, both included; ``limit`` is what the law or the plan allows; ``pay`` is
    the year's pay; ``checks`` the paychecks a year. All in dollars a year, ``None`` where not known.
    ``periodic``: an amount per paycheck or month is welcome. ``zero``: nothing is an answer (and plausible
    even below ``low``). ``words``: words that belong to the question, such as `PAY_WORDS`. ``line``: what the
    amount is compared with; it is no limit, but "about" near it is asked about, too. Such a question is a choice, which an
    amount may answer: there a number below `LEAST_BARE` among other words counts something else ("2 jobs").
    """

    low: Decimal
    high: Decimal
    limit: Decimal | None = None
    pay: Decimal | None = None
    checks: int | None = None
    periodic: bool = False
    zero: bool = True
    words: frozenset[str] = frozenset()
    line: Decimal | None = None

    def is_plausible(self, amount: Decimal) -> bool:
        """Whether ``amount`` dollars a year is what one would expect."""
        return self.low <= amount <= self.high


_Amount = Reading[Decimal]

_NOTHING = vocabulary("no none zero nothing nada nil zip nope nah never haven't havent don't dont didn't not")
_NOTHING_FILLER = FILLER | vocabulary("yet started any anything at all do did they money amount")
_LIMIT = vocabulary("max maxed maxing maximum limit full everything all")
_MOST, _PRAISE = vocabulary("max maxed maxing maximum limit"), vocabulary("right ok okay cool")
"""Of the limit's words those that mean nothing else; and what makes "everything is right" a word about the bot."""
_LIMIT_FILLER = FILLER | vocabulary("out it legal amount irs allowed whole whatever can")
_HALF_FILLER = FILLER | _LIMIT | frozenset(["it", "irs"])


def _yes(amount: Decimal) -> Candidate[Decimal]:
    return Candidate("yes", dollars(amount), amount)


_AFTER_TAX = re.compile(r"\bafter[ -]?tax\b")


def _said_nothing(sentence: Sentence, setting: Setting) -> bool:
    """Whether the words, without any number, say that there is nothing: "none so far", "not yet", "-"."""
    if sentence.cleaned == "-":
        return True
    if "aftertax" in setting.words and _AFTER_TAX.search(sentence.cleaned):
        sentence = scan(_AFTER_TAX.sub("", sentence.cleaned))
    words = frozenset(sentence.words)
    punctuation = all(mark in ",.!;:" for mark in sentence.marks)
    refusing = bool(words & _NOTHING) and not {"not", "nothing"} <= words
    plain = words & (_NOTHING - {"not"}) or "yet" in words
    return punctuation and refusing and bool(plain) and words <= _NOTHING | _NOTHING_FILLER


def _without_number(sentence: Sentence, setting: Setting) -> _Amount | Reason:
    """Tell what a text without a number says: nothing, the limit or half of it."""
    words = frozenset(sentence.words)
    punctuation = all(mark in ",.!;:" for mark in sentence.marks)
    if _said_nothing(sentence, setting):
        return _plain_zero(setting)
    praised = words & _PRAISE and not words & _MOST
    if (
        words & _LIMIT
        and words <= _LIMIT | _LIMIT_FILLER | setting.words - PAY_WORDS
        and punctuation
        and not praised
    ):
        return Reason.NO_LIMIT if setting.limit is None else Read(setting.limit)
    if "half" in words and words <= {"half"} | _HALF_FILLER and punctuation:
        if setting.limit is None:
            return Reason.NO_LIMIT
        half = (setting.limit / 2).quantize(CENT, ROUND_HALF_UP)
        return Doubt(Reason.HALF, (_yes(half),), {"amount": half, "limit": setting.limit})
    return Reason.NO_NUMBER


def _plain_zero(setting: Setting) -> _Amount | Reason:
    return Read(ZERO) if setting.zero else Reason.TOO_SMALL


def _percent_of_pay(found: Single, setting: Setting) -> _Amount | Reason:
    percent = found.number.typed
    if found.number.scale != 1 or found.number.money:
        return Reason.NOT_UNDERSTOOD
    if percent > 100:
        return Reason.OVER_100
    if percent == 0:
        return _plain_zero(setting)
    if setting.pay is None:
        return Reason.NEEDS_PAY
    amount = (setting.pay * percent / 100).quantize(CENT, ROUND_HALF_UP)
    if setting.limit is not None and amount > setting.limit:
        return _over_limit(amount, setting.limit)
    shown: Mapping[str, Shown] = {"percent": percent / 100, "pay": setting.pay, "amount": amount}
    return Doubt(Reason.PERCENT_OF_PAY, (_yes(amount),), shown)


_EVERY = {
    "weekly": (Period.WEEKLY, "weekly"),
    "biweekly": (Period.BIWEEKLY, "biweekly"),
    "semimonthly": (Period.SEMIMONTHLY, "semimonthly"),
    "monthly": (Period.MONTHLY, "monthly"),
}


def _how_often(amount: Decimal, names: tuple[str, ...]) -> Doubt[Decimal]:
    """Return the doubt how often an ``amount`` per paycheck comes; its candidates are amounts a year."""
    candidates = tuple(
        Candidate(name, f"{dollars(amount)} {_EVERY[name][1]}", amount * (_EVERY[name][0].times or 0))
        for name in names
    )
    return Doubt(Reason.FREQUENCY, candidates, {"amount": amount})


def _period(found: Single) -> Period | Reason | None:
    """Return the one period of a number; a paycheck that comes every two weeks is two weeks."""
    periods = {timing.period for timing in found.periods}
    if len(periods) == 2:
        periods.discard(Period.PAYCHECK)
    if len(periods) > 1:
        return Reason.NOT_UNDERSTOOD
    return periods.pop() if periods else None


def _times(amount: Decimal, period: Period, setting: Setting, sure: bool) -> int | Reason | Doubt[Decimal]:
    """How many times a year ``amount`` comes, or what has to be asked first."""
    if period in (Period.SHORT, Period.OTHER):
        return Reason.HOURLY if period is Period.SHORT else Reason.NOT_UNDERSTOOD
    if period is not Period.YEARLY and not setting.periodic:
        return Reason.NOT_PERIODIC
    if period is Period.PAYCHECK:
        return setting.checks or _how_often(amount, tuple(_EVERY))
    if period is Period.BIMONTHLY:
        return _how_often(amount, ("biweekly", "semimonthly"))
    times = period.times or 0
    if not sure and {times, setting.checks} == {24, 26}:
        return _how_often(amount, ("biweekly", "semimonthly"))
    return times


def _thousands(found: Single, times: int, setting: Setting) -> bool:
    """Whether a small number may have been meant in thousands."""
    number = found.number
    if number.scale != 1 or not 0 < number.typed < 1000:
        return False
    likely = times == 1 or number.typed < 100 or not setting.is_plausible(number.value * times)
    return likely and setting.is_plausible(number.value * 1000 * times)


def _missing_period(amount: Decimal, setting: Setting) -> Doubt[Decimal] | None:
    """Return the doubt about the period of an ``amount`` too small for a year but right for a month or a paycheck."""
    rhythms = (12, setting.checks) if setting.checks else (12, 24, 26, 52)
    if not (setting.periodic and amount < setting.low):
        return None
    if not any(setting.is_plausible(amount * times) for times in rhythms):
        return None
    words = dollars(amount)
    checks = None if setting.checks is None else amount * setting.checks
    candidates = (
        Candidate("paycheck", f"{words} per paycheck", checks),
        Candidate("month", f"{words} a month", amount * 12),
        Candidate("year", f"{words} a year", amount),
    )
    return Doubt(Reason.PERIOD, candidates, {"amount": amount})


def _beside(found: Single, period: Period | None, setting: Setting) -> _Amount | None:
    """Return the doubt about "185k paid biweekly": a year's amount beside a rhythm, or that amount each time.

    "a month" and "per week" belong to the amount; "monthly" and "every two weeks" may only tell how pay comes.
    """
    amount, times = found.number.value, 1 if period is None else period.times or 1
    loose = any(not _TIED.match(timing.text) for timing in found.periods)
    likely = amount >= LIKELY_YEARLY or not setting.is_plausible(amount * times)
    if (
        period is None
        or not setting.periodic
        or times == 1
        or not loose
        or not likely
        or not setting.is_plausible(amount)
    ):
        return None
    each = [
        Candidate(n, f"{dollars(amount)} {words}", amount * times)
        for n, (p, words) in _EVERY.items()
        if p is period
    ]
    whole = Candidate("year", f"{dollars(amount)} a year", amount)
    return Doubt(Reason.PERIOD, (whole, *(each or [_yes(amount * times)])), {"amount": amount})


def _over_limit(amount: Decimal, limit: Decimal) -> Doubt[Decimal]:
    candidates = Candidate("use_limit", dollars(limit), limit), Candidate("keep", dollars(amount), amount)
    return Doubt(Reason.OVER_LIMIT, candidates, {"amount": amount, "limit": limit})


def _near(amount: Decimal, limit: Decimal | None) -> bool:
    return limit is not None and abs(amount - limit) <= limit * NEAR


def _doubt(found: Single, year: Decimal, times: int, period: Period | None, setting: Setting) -> _Amount:
    """Return the first thing to doubt in an amount of ``year`` dollars a year, or the amount."""
    shown: dict[str, Shown] = {"amount": year, "low": setting.low, "high": setting.high}
    if _thousands(found, times, setting):
        meant = year * 1000
        kept = (Candidate("keep", dollars(year), year),) if setting.is_plausible(year) else ()
        return Doubt(Reason.THOUSANDS, (_yes(meant), *kept), {"amount": meant, "typed": found.number.typed})
    if found.number.scale >= 1_000_000:
        return Doubt(Reason.ODD_SCALE, (_yes(year),), shown)
    missing = _missing_period(year, setting) if period is None else None
    if missing is not None:
        return missing
    if setting.limit is not None and year > setting.limit:
        return _over_limit(year, setting.limit)
    if not setting.is_plausible(year):
        return Doubt(Reason.OUT_OF_RANGE, (_yes(year),), shown)
    near = _near(year, setting.limit) or _near(year, setting.line)
    if found.bounded or (found.hedged and near):
        limit: dict[str, Shown] = {} if setting.limit is None else {"limit": setting.limit}
        return Doubt(Reason.APPROXIMATE, (_yes(year),), shown | limit)
    return Doubt(Reason.WORDS, (_yes(year),), shown) if found.unknown else Read(year)


def _counts_something_else(found: Single) -> bool:
    """Whether a small number stands among words that have nothing to do with an amount: "2 jobs", "rule of 55"."""
    number = found.number
    return bool(found.unknown) and number.scale == 1 and not number.money and number.typed < LEAST_BARE


def _with_number(found: Single, setting: Setting, sure: bool) -> _Amount | Reason:
    number = found.number
    if number.percent:
        return _percent_of_pay(found, setting)
    if number.value >= TOO_BIG:
        return Reason.TOO_BIG
    if number.value.quantize(CENT) != number.value or (number.scale == 1 and number.decimals > 2):
        return Reason.TWO_DOTS
    if number.value == 0:
        return _plain_zero(setting)
    if setting.line is not None and _counts_something_else(found):
        return Reason.NO_NUMBER
    period = _period(found)
    if isinstance(period, Reason):
        return period
    beside = None if sure else _beside(found, period, setting)
    if beside is not None:
        return beside
    times = 1 if period is None else _times(number.value, period, setting, sure)
    if not isinstance(times, int):
        return times
    year = number.value * times
    if year >= TOO_BIG:
        return Reason.TOO_BIG
    year = year.quantize(CENT) if year != year.to_integral_value() else year.quantize(Decimal(1))
    return Read(year) if sure else _doubt(found, year, times, period, setting)


def _asks(text: str, found: Single | None) -> bool:
    """Whether the text is a question and not just an amount with a question mark after it."""
    bare = found is not None and not found.unknown and not text.lstrip()[:1].isalpha()
    return looks_like_question(text) and not bare


def read_amount(text: str, setting: Setting, sure: bool = False) -> Reading[Decimal]:
    """Dollars a year, with at most two decimals, from ``text``.

    ``sure`` says that the person has confirmed: the amount is not doubted for its size any more. Candidates
    are amounts a year; "paycheck" has none while ``setting.checks`` is not known. Never raises.
    """
    sentence = opened(text)
    if isinstance(sentence, Refused):
        return sentence
    found = single(sentence, setting.words)
    if isinstance(found, Reason):
        reason = Reason.NO_NUMBER if looks_like_question(text) else found
        return Refused(reason, echo(text))
    if _asks(text, found):
        return Refused(Reason.NO_NUMBER, echo(text))
    outcome = _without_number(sentence, setting) if found is None else _with_number(found, setting, sure)
    return Refused(outcome, echo(text)) if isinstance(outcome, Reason) else outcome


# --- amounts that may be losses -----------------------------------------------------------------------------------

_LOSS = re.compile(r"\b(?:(?:net |a )?loss(?:es)?(?: of)?|lost|losing|in the red|negative|minus)\b")
_PROFIT = re.compile(r"\b(?:profits?|earned|gain(?:ed)?|in the black)\b")
_EVEN = re.compile(
    r"(?:(?:we|i|it|just|about|to|should|will|going) ?)*(?:no (?:net )?profit|(?:broke|break(?:ing)?)[ -]?even)[.!]*"
)
_EITHER = re.compile(r"\bprofits?(?: and | or | ?[/&] ?)loss(?:es)?\b|\bp ?[&/] ?l\b")
_DENIED = re.compile(r"\b(?:no|not|never|without|isn't|didn't)\b[^0-9]*\b(?:loss|lost|losing|red)\b")
_SIGNED = re.compile(
    r"(?P<open>\()?(?P<minus>-(?P<gap> )?)?(?P<amount>(?:us)?\$? ?(?:[0-9]|\.[0-9])[0-9,.']*"
    r"(?: ?(?:k|m|grand|thousand|million|dollars|bucks|usd)\b)*)(?P<end>-(?=$|[).,;]))?(?P<close>\))?"
)
_PROFIT_WORDS = vocabulary(
    "profit business net was year last income self-employment schedule c before tax taxes"
)


def read_profit(text: str, setting: Setting, sure: bool = False) -> Reading[Decimal]:
    """Dollars a year from ``text``, below zero for a loss: ``-12k``, ``(12,000)``, ``lost 5k``. Never raises.

    ``setting`` is that of the amount without its sign. An amount that is called a profit and a loss is a doubt.
    """
    sentence = opened(text)
    if isinstance(sentence, Refused):
        return sentence
    cleaned = sentence.cleaned
    if _EVEN.fullmatch(cleaned):
        return Read(ZERO)
    if looks_like_question(text) or _DENIED.search(cleaned):
        return Refused(Reason.NO_NUMBER, echo(text))
    below = _below_zero(cleaned)
    unsigned = below or cleaned
    either, unsigned = _EITHER.search(unsigned), _EITHER.sub(" ", unsigned)
    lost, gained = _LOSS.search(unsigned), _PROFIT.search(unsigned)
    expected = replace(setting, words=setting.words | _PROFIT_WORDS)
    reading = read_amount(_PROFIT.sub(" ", _LOSS.sub(" ", unsigned)), expected, sure)
    if isinstance(reading, Refused):
        odd = reading.reason is Reason.NEGATIVE
        return Refused(Reason.NOT_UNDERSTOOD if odd else reading.reason, echo(text))
    if (either or (lost and gained)) and not below:
        return _profit_or_loss(text, reading)
    return _lost(reading) if lost or below else reading


def _below_zero(cleaned: str) -> str | None:
    """Return the text with its one amount made positive, if a minus or an accountant's parentheses are at it."""
    amounts = tuple(_SIGNED.finditer(cleaned))
    if len(amounts) != 1:
        return None
    (found,) = amounts
    before = cleaned[: found.start()]
    leading = found["minus"] and (not before or not (found["gap"] or before[-1].isalnum()))
    if not (leading or found["end"] or (found["open"] and found["close"])):
        return None
    return f"{before} {found['amount']} {cleaned[found.end() :]}"


def _lost(reading: Read[Decimal] | Doubt[Decimal]) -> Reading[Decimal]:
    """Turn an amount into a loss, in the candidates of a doubt too."""
    if isinstance(reading, Read):
        return Read(-reading.value if reading.value else ZERO)
    candidates = tuple(
        Candidate(c.name, f"-{c.text}", None if c.value is None else -c.value) for c in reading.candidates
    )
    return replace(reading, candidates=candidates)


def _profit_or_loss(text: str, reading: Read[Decimal] | Doubt[Decimal]) -> Reading[Decimal]:
    """Return the doubt whether the amount is a profit or a loss; one that is doubtful in itself is refused."""
    if isinstance(reading, Doubt):
        return Refused(Reason.NOT_UNDERSTOOD, echo(text))
    amount = reading.value
    candidates = Candidate("profit", dollars(amount), amount), Candidate("loss", dollars(-amount), -amount)
    return Doubt(Reason.LOSS, candidates, {"amount": amount})
