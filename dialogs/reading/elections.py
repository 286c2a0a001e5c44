"""What is taken from each paycheck: a percentage of its pay, or dollars.

A percent sign, a dollar sign, a scale word or "a check" tells which. A bare number up to 100 may be either and is
asked about; over 100 it can only be dollars. An amount per month or year is no election: payroll takes the same from
every check, and what that would be depends on how many checks there are.
"""

from __future__ import annotations

from decimal import Decimal

from dialogs.reading.amounts import AFTER_TAX_WORDS, DEFERRAL_WORDS, TOO_BIG, Setting, read_amount
from dialogs.reading.counts import percent_text
from dialogs.reading.periods import Period
from dialogs.reading.result import Candidate, Doubt, Read, Reading, Reason, Refused, Shown
from dialogs.reading.survey import Single, single
from dialogs.reading.text import echo, looks_like_question, vocabulary
from dialogs.reading.tokens import opened
from knowledge.core.match import CENT, ZERO
from knowledge.core.payroll import Election
from knowledge.words import dollars

_WORDS = (
    DEFERRAL_WORDS
    | AFTER_TAX_WORDS
    | vocabulary(
        "pay paycheck paychecks check checks elect election elected take takes taken out from base gross each every"
    )
)
_SURELY_LITTLE = Decimal(3_000)
"""Dollars of one paycheck that need no second look where its pay is not known."""
_MOST_PERCENT, _MOST_DECIMALS = 100, 4
_PLAIN = Setting(ZERO, Decimal(10**9), words=_WORDS)


def election_text(election: Election) -> str:
    """``10%`` or ``$500 per paycheck``: the text that `read_election` reads back when sure.

    For an election of one kind: the readers give no other.
    """
    if election.dollars:
        return f"{dollars(election.dollars)} per paycheck"
    return percent_text(election.pay_share)


def _candidate(name: str, election: Election) -> Candidate[Election]:
    return Candidate(name, election_text(election), election)


def read_election(text: str, *, pay_per_check: Decimal | None, sure: bool = False) -> Reading[Election]:
    """Return what ``text`` takes from each paycheck. ``pay_per_check`` in dollars, None if not known. Never raises."""
    sentence = opened(text)
    if isinstance(sentence, Refused):
        return sentence
    found = single(sentence, _WORDS)
    if isinstance(found, Reason) or looks_like_question(text):
        asked = looks_like_question(text) or not isinstance(found, Reason)
        return Refused(found if isinstance(found, Reason) and not asked else Reason.NO_NUMBER, echo(text))
    if found is None:
        nothing = read_amount(text, _PLAIN)
        return nothing if isinstance(nothing, Refused) else Read(Election())
    number, periods = found.number, {timing.period for timing in found.periods}
    if periods - {Period.PAYCHECK}:
        return Refused(Reason.PER_PAYCHECK, echo(text))
    percent = number.percent
    outcome = _share(found, sure) if percent else _dollars(found, bool(periods), pay_per_check, sure)
    return Refused(outcome, echo(text)) if isinstance(outcome, Reason) else outcome


def _share(found: Single, sure: bool) -> Reading[Election] | Reason:
    """Read a percentage of pay."""
    number, election = found.number, Election(pay_share=found.number.typed / 100)
    if number.money or number.scale != 1:
        return Reason.NOT_UNDERSTOOD
    if number.typed > _MOST_PERCENT:
        return Reason.OVER_100
    if number.decimals > _MOST_DECIMALS:
        return Reason.TWO_DOTS
    if sure:
        return Read(election)
    if 0 < number.typed < 1:
        return _percent_or_fraction(number.typed)
    return _told(found, election, {"percent": election.pay_share})


def _told(found: Single, election: Election, shown: dict[str, Shown]) -> Reading[Election]:
    """Doubt an election that is a bound ("up to 10%") or stands among words that are not known."""
    if not (found.bounded or found.unknown):
        return Read(election)
    return Doubt(Reason.WORDS, (_candidate("yes", election),), shown)


def _dollars(found: Single, each: bool, pay: Decimal | None, sure: bool) -> Reading[Election] | Reason:
    """Read a number without a percent sign; ``each``: it is told as that of each paycheck."""
    number, amount = found.number, found.number.value
    if not amount:
        return Read(Election())
    if amount >= TOO_BIG:
        return Reason.TOO_BIG
    if amount.quantize(CENT) != amount or (number.scale == 1 and number.decimals > 2):
        return Reason.TWO_DOTS
    if not (number.money or each or number.scale != 1) and amount <= _MOST_PERCENT:
        return _bare(number.typed)
    if pay is not None and amount > pay:
        return Reason.OVER_PAYCHECK
    election = Election(dollars=amount)
    if sure:
        return Read(election)
    if not each and amount > (_SURELY_LITTLE if pay is None else pay / 2):
        return Doubt(Reason.OUT_OF_RANGE, (_candidate("yes", election),), {"amount": amount})
    return _told(found, election, {"amount": amount})


def _bare(typed: Decimal) -> Doubt[Election]:
    """Doubt a small number without any unit."""
    if typed < 1:
        return _percent_or_fraction(typed)
    share = Election(pay_share=typed / 100)
    either = _candidate("percent_of_pay", share), _candidate("dollars_a_paycheck", Election(dollars=typed))
    return Doubt(Reason.PERCENT_OR_DOLLARS, either, {"percent": share.pay_share, "amount": typed})


def _percent_or_fraction(typed: Decimal) -> Doubt[Election]:
    """Doubt ``.1``: 10 % or 0.1 %."""
    fraction, percent = Election(pay_share=typed), Election(pay_share=typed / 100)
    both = _candidate("fraction", fraction), _candidate("percent", percent)
    return Doubt(Reason.PERCENT_OR_FRACTION, both, {"percent": percent.pay_share, "fraction": typed})
