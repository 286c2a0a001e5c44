"""What the employer puts in, from "50% of the first 6%" to "they put in 3% no matter what plus match 5".

A text is turned into a row of letters, one for each number and each phrase that means something, such as
``PofP`` for "50% of the first 6%". Words that mean nothing here are dropped; one that is not known makes the
text refused. The row is then cut into clauses, each with one meaning (clear) or several (in doubt).

======  =======================================  ======  ==========================================
letter  for                                      letter  for
======  =======================================  ======  ==========================================
``P``   a percentage                             ``m``   match
``N``   a bare number up to 100                  ``f n`` first, next
``D``   dollars                                  ``u``   up to
``C``   cents on the dollar                      ``o``   of, on
``d``   dollar for dollar                        ``e``   what the person puts in
``h``   half                                     ``l``   no matter what (nonelective)
``b t`` from, to                                 ``x``   at most
``s``   a slash                                  ``+``   and, then, plus, a comma
======  =======================================  ======  ==========================================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from dialogs.reading.amounts import EMPLOYER_WORDS, ZERO, Setting, read_amount
from dialogs.reading.periods import Period
from dialogs.reading.result import Candidate, Doubt, Read, Reading, Reason, Refused
from dialogs.reading.survey import single
from dialogs.reading.text import MOST_CHARACTERS, clean, echo, has_odd_digits, looks_like_question, vocabulary
from dialogs.reading.tokens import Item, Name, Number, Sentence, Timing, scan
from knowledge.core.match import EmployerMoney, Tier
from knowledge.words import dollars

ONE = Decimal(1)
HUNDRED = Decimal(100)
MOST_SHARE = Decimal("0.15")
"""The largest share of pay, as a fraction, that a bare "match 5%" may mean; above it is a rate."""
MOST_RATE = Decimal(5)
"""The largest match rate, as a fraction."""

_PHRASES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"(?<![^\W_])(?:{pattern})(?![^\W_])"), f" {word} ")
    for pattern, word in (
        (
            r"dollar[ -](?:for|per|to)[ -](?:every )?dollar|1 ?: ?1|(?:1|one)[ -](?:for|to)[ -](?:1|one)"
            r"|full(?:y)? match(?:es|ed|ing)?|match(?:es|ed|ing)? (?:fully|in full)",
            "dfd",
        ),
        (
            r"no matter (?:what|if)(?: i (?:put in|contribute|do|defer|save))?|non[ -]?elective(?: contributions?)?|regardless(?: of what i (?:put in|contribute|do))?"
            r"|flat|core|(?:for|to) every(?:one|body)|automatic(?:ally)?|profit[ -]sharing|whatever i (?:do|put in|contribute)"
            r"|(?:whether or not|even if) (?:i|you) (?:do not |dont |don't )?(?:contribute|put in)(?: anything)?",
            "flat",
        ),
        (r"on (?:the|every|each) dollar|(?:per|for (?:every|each)) dollar(?: i put in)?", "perdollar"),
        (r"up to a max(?:imum)? of|to a max(?:imum)? of|up to(?: the)?|upto", "upto"),
        (
            r"at most|max(?:imum)?(?: of)?|capped at|with a cap of|no more than|limited to|but not over",
            "atmost",
        ),
        (
            r"(?:of|on) (?:my |your |the |their |our |total |eligible |gross |base |annual )*"
            r"(?:pay|salary|compensation|comp|earnings|income|wages|paychecks?)",
            "ofpay",
        ),
        (
            r"what(?:ever)? (?:i|you|we) (?:put in|contribute|defer|save)|(?:my |your |employee )*"
            r"(?:contributions?|deferrals?)",
            "deferrals",
        ),
    )
)
_LETTERS = {
    "dfd": "d", "flat": "l", "upto": "u", "atmost": "x", "deferrals": "e", "half": "h", "first": "f", "next": "n",
    "match": "m", "matches": "m", "matched": "m", "matching": "m", "of": "o", "on": "o", "from": "b",
    "to": "t", "and": "+", "then": "+", "plus": "+", "+": "+", ",": "+", ";": "+", "&": "+", ".": "+", "/": "s",
}  # fmt: skip
_DROPPED = vocabulary(
    "the they them my company employer employer's work job plan is it's its it a an will do does "
    "gives give puts put in i get we our for with me also another additional extra safe harbor ofpay "
    "perdollar their they'll that's that of-pay pay pays contribute contributes contributed kicks "
    'kick chips year formula us you your : ! ( ) "'
)
_HEDGING = vocabulary("? about around like think guess maybe probably roughly approx ~ ish or-so")
_CENTS = frozenset({"cents", "cent", "¢"})
_FORMULA_LETTERS = frozenset("PCdhlfn")


@dataclass(frozen=True, slots=True)
class _Row:
    """The letters of a text and the numbers behind ``P N D C``, in order (percentages as fractions)."""

    letters: str
    values: tuple[Decimal, ...]
    hedged: bool


def _number_letter(number: Number, following: str) -> tuple[str, Decimal] | None:
    if number.fault is not None:
        return None
    if following in _CENTS or number.percent:
        fine = not number.money and number.scale == 1
        return ("P" if number.percent else "C", number.typed / HUNDRED) if fine else None
    if number.money or number.scale > 1 or number.value > 100:
        return "D", number.value
    return "N", number.value / HUNDRED


def _row(items: Sequence[Item]) -> _Row | None:
    """Return the row of a text, or ``None`` if something in it is not known."""
    letters, hedged = "", False
    values: list[Decimal] = []
    texts = [item.text for item in items] + [""]
    for item, following in zip(items, texts[1:], strict=True):
        if isinstance(item, Number):
            found = _number_letter(item, following)
            if found is None:
                return None
            letters, values = letters + found[0], [*values, found[1]]
        elif item.text in _LETTERS:
            letters += _LETTERS[item.text]
        elif item.text in _HEDGING:
            hedged = True
        elif not _means_nothing(item):
            return None
    rhythms = {item.period for item in items if isinstance(item, Timing)} - {Period.YEARLY}
    if "D" in letters and rhythms:
        return None
    return _Row(re.sub(r"\++", "+", letters).strip("+"), tuple(values), hedged)


def _means_nothing(item: Item) -> bool:
    if isinstance(item, Timing):
        return item.period in (Period.PAYCHECK, Period.YEARLY)
    return isinstance(item, Name) or item.text in _DROPPED or item.text in _CENTS


_Values = Sequence[Decimal]
_Meanings = tuple[tuple[str, EmployerMoney], ...]


def _rates(letters: str, values: _Values) -> Iterator[Decimal]:
    """Yield the numbers of a clause in order, with 1 for ``d`` and a half for ``h``."""
    numbers = iter(values)
    for letter in letters:
        if letter in "PNDC":
            yield next(numbers)
        elif letter in "dh":
            yield ONE if letter == "d" else ONE / 2


def _tier(rate: Decimal, share: Decimal) -> EmployerMoney:
    return EmployerMoney((Tier(rate, ZERO, share),))


def _yes(money: EmployerMoney) -> _Meanings:
    return (("yes", money),)


def _first_slice(rate: Decimal, share: Decimal) -> _Meanings:
    return _yes(_tier(rate, share))


def _share_dollar_for_dollar(*numbers: Decimal) -> _Meanings:
    return _yes(_tier(ONE, min(numbers)))


def _larger_of_smaller(one: Decimal, other: Decimal) -> _Meanings:
    return _yes(_tier(max(one, other), min(one, other)))


def _flat(share: Decimal) -> _Meanings:
    return _yes(EmployerMoney(nonelective=share))


def _match_or_flat(share: Decimal) -> _Meanings:
    return ("match", _tier(ONE, share)), ("flat", EmployerMoney(nonelective=share))


def _capped(rate: Decimal, cap: Decimal) -> _Meanings:
    tiers = (Tier(rate, ZERO, ONE),)
    as_match = EmployerMoney(tiers, match_cap=cap)
    if rate == ONE:
        return _yes(as_match)
    return ("cap", as_match), ("first", EmployerMoney(tiers, match_cap=rate * cap))


def _first_dollars(rate: Decimal, cap: Decimal) -> _Meanings:
    return _yes(EmployerMoney((Tier(rate, ZERO, ONE),), match_cap=rate * cap))


def _fixed(amount: Decimal) -> _Meanings:
    return _yes(EmployerMoney(fixed=amount))


def _half_of(rate: Decimal, share: Decimal) -> _Meanings:
    return ("match", _tier(rate, share)), ("flat", EmployerMoney(nonelective=rate * share))


def _pairs(*numbers: Decimal) -> _Meanings:
    tiers: list[Tier] = []
    start = ZERO
    for rate, share in zip(numbers[::2], numbers[1::2], strict=True):
        tiers.append(Tier(rate, start, start + share))
        start += share
    return _yes(EmployerMoney(tuple(tiers)))


def _from_to(rate: Decimal, start: Decimal, end: Decimal) -> _Meanings:
    return _yes(EmployerMoney((Tier(rate, start, end),)))


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause of the grammar: its pattern, whether it has one plain meaning, and what it means."""

    pattern: re.Pattern[str]
    clear: bool
    meaning: Callable[..., _Meanings]


_END = r"(?=\+|x|uD|[PNCdh]o?n|$)"


def _clause(pattern: str, clear: bool, meaning: Callable[..., _Meanings]) -> _Clause:
    return _Clause(re.compile(f"(?:{pattern}){_END}"), clear, meaning)


_CLAUSES = (
    _clause(r"m?[uo]?[PCdh]m?(?:o?e)?[uo]?f[PN]m?", True, _first_slice),
    _clause(r"m?[PCdh]m?bo?[PN][tu][PN]", True, _from_to),
    _clause(r"m?dm?(?:o?e)?[uox]?[PN]|m?Cm?(?:o?e)?[uox]?[PN]", True, _first_slice),
    _clause(r"m?[uo]?[PN]m?d|[PN]dm", True, _share_dollar_for_dollar),
    _clause(r"m?[Ph]m?o?e[ux][PN]", True, _first_slice),
    _clause(r"m?dm?(?:o?e)?[ux]D", True, _capped),
    _clause(r"[PN]m?l|lo?[PN]|l[PN]l|[PN]lm", True, _flat),
    _clause(r"m?[PNh]m?[ux][PN]m?", False, _larger_of_smaller),
    _clause(r"m?[PhCd]m?(?:o?e)?[uo]?fD", True, _first_dollars),
    _clause(r"m?[PhC]m?(?:o?e)?[ux]D", False, _capped),
    _clause(r"m[Ph]m?o[PN]m?|[Ph]mo[PN]m?|[Ph]o[PN]m", True, _first_slice),
    _clause(r"[Ph]o[PN]", False, _half_of),
    _clause(r"m?[PN]s[PN](?:\+?[PN]s[PN])*", False, _pairs),
    _clause(r"m[uo]?[PN]|[PN]m", False, _share_dollar_for_dollar),
    _clause(r"[PN]", False, _match_or_flat),
    _clause(r"mo?D|Dm?l?|lD", True, _fixed),
)
_NEXT = re.compile(rf"(?:\+?m?([PNCdh])m?(?:o?e)?[uo]?n([PN])m?{_END})")
_FROM = re.compile(rf"\+?([PCdh])b([PN])t([PN]){_END}")
_CAP = re.compile(rf"\+?m?(?:[ux]D|Dx)m?{_END}")


@dataclass(frozen=True, slots=True)
class _Parsed:
    """The meanings of a text so far, and whether each clause was clear."""

    meanings: _Meanings
    clear: bool


def _take(values: list[Decimal], letters: str) -> list[Decimal]:
    """Take the numbers of the clause ``letters`` off the front of ``values``."""
    count = sum(letter in "PNDC" for letter in letters)
    taken = values[:count]
    del values[:count]
    return list(_rates(letters, taken))


def _is_sane(money: EmployerMoney) -> bool:
    """Whether all shares and rates are possible, and the slices rise."""
    end = ZERO
    for tier in money.tiers:
        if not (end <= tier.start < tier.end <= 1 and 0 < tier.rate <= MOST_RATE):
            return False
        end = tier.end
    return money.nonelective <= 1


def _joined(one: EmployerMoney, other: EmployerMoney) -> EmployerMoney | None:
    """Return both together, or ``None`` if each has a match, a flat share or dollars."""
    if (one.tiers and other.tiers) or (one.nonelective and other.nonelective) or (one.fixed and other.fixed):
        return None
    return EmployerMoney(
        one.tiers + other.tiers,
        one.nonelective + other.nonelective,
        one.fixed + other.fixed,
        one.match_cap if other.match_cap is None else other.match_cap,
    )


def _combined(parsed: _Parsed, meanings: _Meanings, clear: bool) -> _Parsed | None:
    joined = [
        (names[0] if names[1] == "yes" else names[1], _joined(a, b))
        for (names, a, b) in (
            ((one[0], two[0]), one[1], two[1]) for one, two in product(parsed.meanings, meanings)
        )
    ]
    fine = tuple((name, money) for name, money in joined if money is not None)
    single = len(parsed.meanings) == 1 or len(meanings) == 1
    return _Parsed(fine, parsed.clear and clear) if fine and single else None


def _with_slice(parsed: _Parsed, rate: Decimal, start: Decimal | None, size: Decimal) -> _Parsed | None:
    """Return ``parsed`` with one more slice: the next one of that size, or from ``start`` to ``size``."""
    if not all(money.tiers and money.match_cap is None for _, money in parsed.meanings):
        return None
    return _Parsed(
        tuple((name, _sliced(money, rate, start, size)) for name, money in parsed.meanings), parsed.clear
    )


def _sliced(money: EmployerMoney, rate: Decimal, start: Decimal | None, size: Decimal) -> EmployerMoney:
    last = money.tiers[-1].end
    tier = Tier(rate, last, last + size) if start is None else Tier(rate, start, size)
    return replace(money, tiers=(*money.tiers, tier))


def _with_cap(parsed: _Parsed, cap: Decimal) -> _Parsed | None:
    if not all(money.tiers and money.match_cap is None for _, money in parsed.meanings):
        return None
    return _Parsed(
        tuple((name, replace(money, match_cap=cap)) for name, money in parsed.meanings), parsed.clear
    )


def _step(letters: str, at: int, values: list[Decimal], parsed: _Parsed) -> tuple[_Parsed | None, int]:
    """Read one clause of ``letters`` from ``at`` on; the place after it is ``at`` again if there is none."""
    following = _NEXT.match(letters, at)
    if following is not None:
        rate, size = _take(values, following.group())
        return _with_slice(parsed, rate, None, size), following.end()
    between = _FROM.match(letters, at) if at else None
    if between is not None and any(money.tiers for _, money in parsed.meanings):
        rate, start, end = _take(values, between.group())
        return _with_slice(parsed, rate, start, end), between.end()
    cap = _CAP.match(letters, at)
    if cap is not None:
        return _with_cap(parsed, *_take(values, cap.group())), cap.end()
    start_of_clause = at + (letters[at] == "+")
    for clause in _CLAUSES:
        match = clause.pattern.match(letters, start_of_clause)
        if match is not None:
            numbers = _take(values, match.group())
            return _combined(parsed, clause.meaning(*numbers), clause.clear), match.end()
    return None, at


def _parsed(row: _Row) -> _Parsed | None:
    """Return all that a row means, or ``None`` if some part of it is no clause."""
    parsed: _Parsed | None = _Parsed(_yes(EmployerMoney()), not row.hedged)
    values, at = list(row.values), 0
    while parsed is not None and at < len(row.letters):
        parsed, at = _step(row.letters, at, values, parsed)
    return parsed


_LONELY = re.compile(r"[PNCdhm]*")


def _fault(row: _Row) -> Reason | None:
    """Return `Reason.UP_TO` for a match rate without a share of pay ("50% match", "dollar for dollar")."""
    if not _LONELY.fullmatch(row.letters) or len(row.values) > 1:
        return None
    if not row.values:
        return Reason.UP_TO if set(row.letters) & set("dh") else None
    small = row.values[0] <= MOST_SHARE and "C" not in row.letters
    return None if small else Reason.UP_TO


def _is_likely(money: EmployerMoney) -> bool:
    """Whether no rate is smaller than the slice that it is for: "6% of the first 50%" may be turned round."""
    return all(tier.rate >= tier.end - tier.start or tier.end - tier.start == ONE for tier in money.tiers)


def _formula(text: str, row: _Row, sure: bool) -> Reading[EmployerMoney]:
    """Read a row that has a formula in it."""
    fault = _fault(row)
    parsed = _parsed(row) if fault is None else None
    if parsed is None or not all(_is_sane(money) for _, money in parsed.meanings):
        return Refused(fault or Reason.ASK_FORMULA, echo(text))
    if parsed.clear and (sure or _is_likely(parsed.meanings[0][1])):
        return Read(parsed.meanings[0][1])
    if len(parsed.meanings) == 1:
        return Doubt(Reason.FORMULA, (_candidate("yes", parsed.meanings[0][1]),))
    return Doubt(Reason.FORMULA, tuple(_candidate(name, money) for name, money in parsed.meanings))


def _candidate(name: str, money: EmployerMoney) -> Candidate[EmployerMoney]:
    return Candidate(name, canonical_employer_money(money), money)


def _percent(fraction: Decimal) -> str:
    return f"{(fraction * 100).normalize():f}%"


def _slices(tiers: Sequence[Tier]) -> Iterator[str]:
    end = ZERO
    for tier in tiers:
        if tier.start != end or (tier.start and not end):
            yield f"{_percent(tier.rate)} from {_percent(tier.start)} to {_percent(tier.end)}"
        else:
            yield f"{_percent(tier.rate)} of the {'next' if end else 'first'} {_percent(tier.end - end)}"
        end = tier.end


def canonical_employer_money(money: EmployerMoney) -> str:
    """Return the text that `read_employer_money` reads back as exactly ``money`` when sure.

    Tiers must rise; a ``match_cap`` without tiers means nothing and is left out.
    """
    parts = [f"{dollars(money.fixed)} a year"] if money.fixed else []
    if money.nonelective:
        parts.append(f"{_percent(money.nonelective)} no matter what")
    if money.tiers:
        cap = "" if money.match_cap is None else f" at most {dollars(money.match_cap)}"
        parts.append(" then ".join(_slices(money.tiers)) + cap)
    return " plus ".join(parts) or "none"


def _as_money(reading: Reading[Decimal]) -> Reading[EmployerMoney]:
    """Turn dollars into employer money, in the candidates of a doubt too."""
    if isinstance(reading, Refused):
        return reading
    if isinstance(reading, Read):
        return Read(EmployerMoney(fixed=reading.value))
    candidates = tuple(
        Candidate(c.name, c.text, None if c.value is None else EmployerMoney(fixed=c.value))
        for c in reading.candidates
    )
    return Doubt(reading.reason, candidates, reading.shown)


def _with_dollars(doubt: Reading[EmployerMoney], typed: Decimal, setting: Setting) -> Reading[EmployerMoney]:
    """Add the meaning "thousands of dollars" to the meanings of a bare small number."""
    thousands = typed * 100 * 1000
    if not isinstance(doubt, Doubt) or not setting.is_plausible(thousands):
        return doubt
    fixed = Candidate("dollars", dollars(thousands), EmployerMoney(fixed=thousands))
    return replace(doubt, candidates=(*doubt.candidates, fixed))


def _is_formula(row: _Row) -> bool:
    small = len(row.values) == 1 and row.letters.strip("m") == "N" and row.values[0] <= MOST_SHARE
    return small or bool(_FORMULA_LETTERS & set(row.letters)) or "s" in row.letters or "x" in row.letters


_NO_MATCH = re.compile(
    r"(?:(?:there is |there's |they have |we have |i get |they |we )?(?:no|dont|don't|do not|doesn't|does not|doesnt|zero)"
    r" (?:any )?(?:employer |company )?(?:match(?:ing)?|contributions?|money|give anything|contribute|get (?:a match|any|anything))"
    r"|(?:my company|my employer|the company|employer|company) (?:doesn't|doesnt|does not|don't|dont) (?:match|contribute))"
    r"(?: at all| anything)?[.!]*"
)


def read_employer_money(text: str, setting: Setting, sure: bool = False) -> Reading[EmployerMoney]:
    """Return the employer's money of a year, dollars or a formula, from ``text``. Never raises.

    Dollars are read as by `read_amount` with ``setting``. A formula with two readings is a doubt whose
    candidates are the readings; a formula that is not understood is refused, never read in part.
    """
    if len(text) > MOST_CHARACTERS:
        return Refused(Reason.TOO_LONG, echo(text))
    cleaned = clean(text)
    if has_odd_digits(cleaned):
        return Refused(Reason.ODD_DIGITS, echo(text))
    if _NO_MATCH.fullmatch(cleaned):
        return Read(EmployerMoney())
    return _read(text, cleaned, replace(setting, words=setting.words | EMPLOYER_WORDS), sure)


def _phrased(cleaned: str) -> str:
    for pattern, word in _PHRASES:
        cleaned = pattern.sub(word, cleaned)
    return cleaned


def _asks(text: str, cleaned: str) -> bool:
    """Whether the text is a question and not a formula with a question mark after it."""
    return looks_like_question(text) and not (cleaned[0] in "$0123456789" and cleaned.endswith("?"))


def _is_zero(row: _Row) -> bool:
    return row.letters.strip("m") in ("N", "P") and not any(row.values)


def _read(text: str, cleaned: str, setting: Setting, sure: bool) -> Reading[EmployerMoney]:
    """Read a formula, or else dollars if the text cannot be half a formula."""
    sentence = scan(_phrased(cleaned))
    row = _row(sentence.items)
    percents = any(number.percent for number in sentence.every(Number))
    if row is not None and _is_formula(row) and not _asks(text, cleaned):
        if _is_zero(row):
            return Read(EmployerMoney())
        reading = _formula(text, row, sure)
        return _with_dollars(reading, row.values[0], setting) if row.letters == "N" else reading
    if percents or "dfd" in sentence.words:
        return _refused(text, scan(cleaned))
    if not sentence.every(Number) and _ABOUT_MATCH & frozenset(sentence.words):
        return _refused(text, sentence)
    return _as_money(read_amount(text, setting, sure))


_ABOUT_MATCH = frozenset({"match", "matches", "matched", "matching", "flat", "deferrals", "half"})
_TELLING = frozenset({Reason.RANGE, Reason.NEGATIVE, Reason.TWO_DOTS, Reason.CURRENCY, Reason.NOT_A_NUMBER})


def _refused(text: str, sentence: Sentence) -> Refused:
    """Refuse a formula for what is wrong with its one number, or because it is not understood."""
    if looks_like_question(text):
        return Refused(Reason.NO_NUMBER, echo(text))
    fault = single(sentence, EMPLOYER_WORDS)
    if isinstance(fault, Reason) and fault in _TELLING:
        return Refused(fault, echo(text))
    return Refused(Reason.ASK_FORMULA, echo(text))
