"""A typed text as the answer to the fact that is asked: understood, doubted or missed.

`dialogs.reading` knows how people write; here each fact says what it expects. Nothing is taken for an answer that
could mean something else: such a reading waits for "Is that right?" as a `Pending`, whose candidates are inputs in
our own words. A candidate that is chosen comes back through `understand` with ``sure``.

What could mean something else depends on the question. "8 so far" is no number of paychecks left, "10k so far" no
amount of a whole year, "2" on how often pay comes may be twice a month, and a yes with an amount beside it that
says no is neither.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from dialogs.flows import FACTS
from dialogs.flows.own import OwnBusiness
from dialogs.moment import Moment, known
from dialogs.reading import (
    AFTER_TAX_WORDS,
    DEFERRAL_WORDS,
    PAY_WORDS,
    Candidate,
    ChoiceOption,
    Doubt,
    Read,
    Reading,
    Reason,
    Refused,
    Setting,
    Shown,
    canonical_employer_money,
    clean,
    date_text,
    echo,
    is_not_sure,
    looks_like_question,
    paychecks_left,
    percent_text,
    read_age,
    read_amount,
    read_bonuses,
    read_choice,
    read_count,
    read_date,
    read_election,
    read_employer_money,
    read_paychecks_left,
    read_percent,
    read_profit,
    read_schedule,
    rhythm,
)
from dialogs.reading.amounts import NEAR
from dialogs.session import Pending, ends
from dialogs.values import MOST_CHECKS, describe, key_of, value_of
from knowledge.core.conversion import Conversion
from knowledge.core.couple import Couple
from knowledge.core.deferrals import catch_up_limit
from knowledge.core.employee import Employee
from knowledge.core.facts import AgeBand, CapKind, HighlyPaid, OverWages, PaySchedule
from knowledge.core.limits import Figure
from knowledge.core.match import ZERO, EmployerMoney
from knowledge.core.sheet import NOT_SURE
from knowledge.library import QuestionFront
from knowledge.words import dollars

T = TypeVar("T")

FAR = 5
"""From so many times an earlier answer on, a new amount is asked about."""
_LEAST_PAY, _MOST_PAY = Decimal(30_000), Decimal(1_000_000)
_LEAST_DEFERRAL, _LEAST_EMPLOYER = Decimal(3_000), Decimal(2_000)
"""Less than this in dollars a year may be what comes or goes in each month: then what it is for is asked."""
_LEAST, _A_LITTLE = Decimal(100), Decimal(500)
_LIKELY_AGES = range(16, 76)
"""Ages that need no second look: 76 may be the year of birth."""
_BUTTON = 20


@dataclass(frozen=True, slots=True)
class Understood:
    """The text gives ``values`` to facts, first to the one that was asked."""

    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Doubted:
    """The text can mean each of the candidates."""

    pending: Pending


@dataclass(frozen=True, slots=True)
class Missed:
    """The text is no answer; ``words`` tell why."""

    reason: Reason
    words: str


Heard = Understood | Doubted | Missed
Values = Mapping[str, object]


def understand(fact: str, text: str, moment: Moment, *, sure: bool = False) -> Heard:
    """Read ``text`` as an answer to ``fact``. ``sure``: it is a candidate that the person chose. Never raises."""
    ear = _Ear(fact, text, moment, sure)
    heard = _hear(ear)
    if isinstance(heard, Understood):
        heard = _beyond(ear, heard) or heard
    if sure or not isinstance(heard, Understood):
        return heard
    return _telltale(ear, heard) or _far(ear, heard) or _with_rhythm(ear, heard)


def _beyond(ear: _Ear, heard: Understood) -> Missed | None:
    """Refuse a number that is beyond what its fact can be."""
    for fact, value in heard.values.items():
        if not isinstance(value, Decimal | int) or (reach := ends(fact)) is None:
            continue
        if not reach[0] <= value <= reach[1]:
            low, high = (ear.shown(end if isinstance(value, Decimal) else int(end), fact) for end in reach)
            return ear.missed(Reason.OUT_OF_RANGE, low=low, high=high)
    return None


def _hear(ear: _Ear) -> Heard:
    """What the text says by itself."""
    match ear.front.unit:
        case "choice":
            return _choice(ear)
        case _ if is_not_sure(ear.text):
            return ear.unsure()
        case "percent":
            return _percent(ear)
        case "count":
            return _count(ear)
        case "employer_money":
            return _employer_money(ear)
        case "years":
            return _years(ear)
        case "date":
            return _day(ear)
        case "election":
            return _election(ear)
        case "bonuses":
            return _bonuses(ear)
        case "profit":
            return ear.heard(read_profit(ear.text, setting(ear.fact, ear.moment), ear.sure), ear.alone)
        case "dollars":  # pragma: no branch
            return _dollars(ear)


@dataclass(frozen=True, slots=True)
class _Ear:
    """One text and what it is heard for."""

    fact: str
    text: str
    moment: Moment
    sure: bool

    @property
    def front(self) -> QuestionFront:
        return self.moment.world.library.questions[self.fact].front

    @property
    def said(self) -> str:
        return clean(self.text)

    @property
    def has_digits(self) -> bool:
        return any(character.isdigit() for character in self.text)

    def say(self, phrase: str, **values: object) -> str:
        return self.moment.world.library.say(phrase, **values)

    def alone(self, value: object) -> Values:
        return {self.fact: value}

    def shown(self, value: object, fact: str = "") -> str:
        return describe(fact or self.fact, value, self.moment.world.library)

    def unsure(self) -> Heard:
        return (
            Understood({self.fact: NOT_SURE})
            if FACTS[self.fact].may_be_unsure and self.front.not_sure
            else self.missed(Reason.NOT_SURE_HERE)
        )

    def missed(self, reason: Reason, shown: str = "", **values: object) -> Missed:
        words = self.say(
            f"refused_{reason}",
            shown=shown,
            example=self.front.example,
            short=self.front.short,
            **values,
        )
        return Missed(reason, words)

    def doubted(self, question: str, candidates: tuple[tuple[str, str], ...]) -> Doubted:
        return Doubted(Pending(self.fact, question, candidates))

    def confirm(self, phrase: str, value: object, fact: str = "", label: str = "", **more: object) -> Doubted:
        """Doubt the one ``value``, of the fact itself or of another ``fact``."""
        shown = self.shown(value, fact)
        words = self.say(phrase, value=shown, **more)
        return self.doubted(words, ((label or self._yes(shown), self._input(fact or self.fact, value)),))

    def _input(self, fact: str, value: object) -> str:
        """The text in our own words that reads back as ``value`` of ``fact``."""
        match value:
            case EmployerMoney():
                return canonical_employer_money(value)
            case Decimal() if self.moment.world.library.questions[fact].front.unit == "percent":
                return percent_text(value)
            case Decimal():
                return dollars(value)
            case _:
                return str(value)

    def either(self, phrase: str, values: Sequence[object], **more: object) -> Doubted:
        """Doubt which of two options, given by their values, is meant."""
        labels = [self.shown(value) for value in values]
        return self.doubted(self.say(phrase, **more), tuple((label, label) for label in labels))

    def heard(self, reading: Reading[T], values: Callable[[T], Values], **more: object) -> Heard:
        """Turn a reading into what was heard; ``more`` are values that only some words need."""
        match reading:
            case Read(value):
                return Understood(values(value))
            case Doubt():
                return self._doubt(reading, more)
            case Refused(reason, shown):  # pragma: no branch
                return self.missed(reason, shown, **more)

    def _yes(self, shown: str) -> str:
        words = self.say("candidate_yes")
        return f"{words}, {shown}" if len(f"{words}, {shown}") <= _BUTTON else f"{words}"

    def _doubt(self, doubt: Doubt[T], more: Mapping[str, object]) -> Doubted:
        candidates = doubt.candidates
        first = candidates[0].value
        lines = [self._meaning(c) for c in candidates]
        phrase = f"doubt_{doubt.reason}"
        if doubt.reason is Reason.FORMULA and len(lines) == 1:
            phrase = "doubt_formula_one"
        if doubt.reason is Reason.HALF and self.front.unit != "dollars":
            phrase = "doubt_words"
        if doubt.reason in _OPEN and (other := _OTHER_KINDS.get(self.fact)):
            phrase = other[1] if other[0].search(self.said) else phrase
        values: dict[str, object] = {
            **doubt.shown,
            **more,
            "value": "" if first is None else self.shown(first),
            "lines": lines,
            "year": self.moment.world.year,
        }
        if doubt.reason is Reason.COUNT:
            values |= _by_the_calendar(self, [c.text for c in candidates if c.name != "keep"])
        labels = [self._label(doubt.reason, at, c) for at, c in enumerate(candidates, 1)]
        return self.doubted(
            self.say(phrase, **values),
            tuple((label, c.text) for label, c in zip(labels, candidates, strict=True)),
        )

    def _meaning(self, candidate: Candidate[T]) -> str:
        phrase = f"candidate_{candidate.name}"
        name = f"{self.say(phrase, value='')}: " if phrase in self.moment.world.library.phrases else ""
        return name + (candidate.text if candidate.value is None else self.shown(candidate.value))

    def _label(self, reason: Reason, at: int, candidate: Candidate[T]) -> str:
        value = "" if candidate.value is None else self.shown(candidate.value)
        phrase = f"candidate_{candidate.name}"
        if reason in (Reason.CONDITION, Reason.SPELLING) or phrase not in self.moment.world.library.phrases:
            return candidate.text if len(candidate.text) <= _BUTTON else str(at)
        words = self._yes(value) if candidate.name == "yes" else self.say(phrase, value=value)
        return words if len(words) <= _BUTTON else candidate.text


_OPEN = frozenset({Reason.WORDS, Reason.CONDITION, Reason.PERCENT_OF_PAY})
_OTHER_KINDS: Mapping[str, tuple[re.Pattern[str], str]] = {
    Employee.takes_after_tax.name: (re.compile(r"\broth\b|\bpre[ -]?tax\b|\bmatch"), "doubt_third_kind"),
    Employee.deferral.name: (re.compile(r"\bmatch"), "doubt_own_money"),
    Employee.pay.name: (re.compile(r"\bnet\b|\bafter[ -]?tax|\btake[ -]?home\b"), "doubt_before_tax"),
    Employee.after_tax_so_far.name: (re.compile(r"\broth\b|\bpre[ -]?tax\b"), "doubt_after_tax_only"),
}
"""Words that speak of another kind of money than the question does, and what is asked back then."""


# --- choices ------------------------------------------------------------------------------------------------------


def _choice(ear: _Ear) -> Heard:
    """Read the name of an option, or what tells the option: an age, an amount, a rhythm."""
    options = tuple(ChoiceOption(key, o.label, o.also) for key, o in ear.front.options.items())
    reading = read_choice(ear.text, options)
    heard = ear.heard(reading, lambda key: {ear.fact: value_of(ear.fact, key)})
    telling = _TELLING.get(ear.fact)
    if telling is None:
        return heard
    if isinstance(heard, Understood):
        return _digit(ear, heard) or heard
    told = telling(ear)
    match told:
        case Understood(values):
            first = reading.shown.get("first") if isinstance(reading, Doubt) else None
            return told if first in (None, key_of(values[ear.fact])) else heard
        case Doubted():
            return told
        case Missed(reason):  # pragma: no branch
            plain = reason in _NO_OTHER or (isinstance(heard, Doubted) and not ear.has_digits)
            return heard if plain else told


_NO_OTHER = frozenset(
    {Reason.NO_NUMBER, Reason.NOT_UNDERSTOOD, Reason.NEEDS_PAY, Reason.NO_LIMIT, Reason.TOO_SMALL}
)
"""Reasons that say no more than that the text is not a number of this question either."""
_RHYTHMS = {"1": PaySchedule.MONTHLY, "2": PaySchedule.SEMIMONTHLY, "4": PaySchedule.WEEKLY}
"""What a bare number of times a month is, where it is also the number of an option."""


def _digit(ear: _Ear, heard: Understood) -> Doubted | None:
    """Doubt a bare digit that is the number of an option and could be the answer itself: 4 %, 2 times a month."""
    digit, value = ear.said, heard.values[ear.fact]
    if ear.fact == Employee.pay_schedule.name and _RHYTHMS.get(digit, value) is not value:
        return ear.either("doubt_condition", (value, _RHYTHMS[digit]))
    if ear.fact == Employee.cap_kind.name and digit in frozenset("123456789"):
        label = ear.shown(value)
        return ear.doubted(ear.say("doubt_condition"), ((label, label), (f"{digit}%", f"{digit}%")))
    return None


def _age(ear: _Ear) -> Heard:
    """Read an age, or the year of birth. An age is no value of the fact: words and buttons show the age itself."""
    reading = read_age(ear.text, ear.moment.world.year, ear.sure)
    if ear.fact == Employee.age_band.name and _SOMEBODY_ELSE.search(ear.said):
        return ear.missed(Reason.NO_CHOICE)
    match reading:
        case Refused():
            return ear.heard(reading, ear.alone)
        case Doubt(reason, candidates, shown):
            return _doubted_age(ear, reason, candidates[0].text, shown)
        case Read(age):  # pragma: no branch
            band, next_band = AgeBand.of(age), AgeBand.of(age + 1)
            if ear.sure:
                return Understood({ear.fact: band})
            if _is_of_today(ear.said) and band is not next_band:
                return ear.either("doubt_condition", (band, next_band))
            odd = _oddness(ear, age)
            return Understood({ear.fact: band}) if odd is None else _doubted_age(ear, odd, str(age), {})


def _doubted_age(ear: _Ear, reason: Reason, age: str, shown: Mapping[str, Shown]) -> Doubted:
    values: dict[str, object] = {**shown, "value": age, "year": ear.moment.world.year}
    return ear.doubted(ear.say(f"doubt_{reason}", **values), ((f"{ear.say('candidate_yes')}, {age}", age),))


_SOMEBODY_ELSE = re.compile(r"\b(?:she|he|her|his|wife|husband|spouse)(?:'?s)?\b")
_AS_OF_TODAY = re.compile(r"\b(?:now|currently|today|i'?m|am|is)\b")
_BECOMING = re.compile(r"\b(?:turn|turns|turning|will|be)\b")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _is_of_today(said: str) -> bool:
    """Whether an age is told as that of today: a birthday may still come this year."""
    return bool(_AS_OF_TODAY.search(said)) and not _BECOMING.search(said)


def _oddness(ear: _Ear, age: int) -> Reason | None:
    """Why an age is asked about: it is no likely one, or it comes in a month that is over this year."""
    months = [_MONTHS.index(word[:3]) + 1 for word in ear.said.split() if word[:3] in _MONTHS]
    if any(month < ear.moment.world.day.month for month in months):
        return Reason.WORDS
    return None if age in _LIKELY_AGES else Reason.OUT_OF_RANGE


def _rhythm(ear: _Ear) -> Heard:
    return ear.heard(read_schedule(ear.text), ear.alone)


_SIDE = re.compile(
    r"(?:(?:it|pay|box 3) was |paid |pay |just )*"
    r"(?:(?P<over>over|above|more than|> ?)|(?P<from>at least )|(?P<under>under|below|less than|< ?)) ?(?P<amount>.+)"
    r"|(?P<more>.+)\+"
)
"""An amount of which only the side of a line is told."""
_NOT_LAST_YEAR = re.compile(
    r"\b(?:this (?:year|yr)|so far|ytd|to[ -]date|now|currently|(?:salary|income|pay|comp|base) is|i (?:make|earn))\b"
)


def _line(ear: _Ear, line: Figure, over: object, under: object, high: Decimal) -> Heard:
    """Read an amount that is compared with ``line``: strictly over it is ``over``. The amount is not kept."""
    expected = Setting(_LEAST_PAY, high, words=PAY_WORDS, line=line.value)
    side = _SIDE.fullmatch(ear.said)
    if side is not None and ear.has_digits:
        return _on_a_side(ear, side, expected, (over, under))
    reading = read_amount(ear.text, expected, ear.sure)
    match reading:
        case Doubt(Reason.APPROXIMATE, (Candidate(value=amount),)):
            near = amount is not None and abs(amount - line.value) <= line.value * NEAR
            return ear.either("doubt_line" if near else "doubt_condition", (over, under), limit=line)
        case Doubt(_, (Candidate(value=amount), *_)) if amount is not None and 1990 <= amount <= 2100:
            return ear.missed(Reason.NO_NUMBER)  # a calendar year, no amount
        case Read(amount) if not ear.sure and _NOT_LAST_YEAR.search(ear.said):
            reading = Doubt(Reason.WORDS, (Candidate("yes", dollars(amount), amount),))
        case Read(amount) if not amount and "yet" in ear.said:
            return ear.missed(Reason.NO_NUMBER)
    return ear.heard(reading, lambda amount: {ear.fact: over if amount > line.value else under})


def _on_a_side(ear: _Ear, side: re.Match[str], expected: Setting, values: tuple[object, object]) -> Heard:
    """Read "over 160k" or "less than 100k": sure only if all of that side is on one side of the line."""
    reading = read_amount(side["amount"] or side["more"], expected)
    if isinstance(reading, Refused):
        return ear.heard(reading, ear.alone)
    (over, under), line = values, expected.line or ZERO
    if isinstance(reading, Read) and not _NOT_LAST_YEAR.search(ear.said):
        above = reading.value >= line if side["over"] else reading.value > line
        if above and not side["under"]:
            return Understood({ear.fact: over})
        if side["under"] and reading.value <= line:
            return Understood({ear.fact: under})
    return ear.either("doubt_condition", values)


def _highly_paid(ear: _Ear) -> Heard:
    line = ear.moment.world.last_year.hce_threshold
    return _line(ear, line, HighlyPaid.PAID_OVER, HighlyPaid.NEITHER, _MOST_PAY)


def _over_wages(ear: _Ear) -> Heard:
    line = ear.moment.world.limits.roth_catch_up_wages
    if not isinstance(line, Figure):
        return ear.missed(Reason.NO_NUMBER)
    most = ear.moment.world.last_year.social_security_wage_base.value  # box 3 holds no more
    return _line(ear, line, OverWages.YES, OverWages.NO, most)


def _cap(ear: _Ear) -> Heard:
    """Read the cap itself where only its kind was asked."""
    if _OWN_SHARE.search(ear.said) and not ear.sure:
        return ear.missed(Reason.NO_CHOICE, echo(ear.text))
    percent = read_percent(ear.text, ear.sure)
    marked = any(mark in ear.said for mark in ("%", "percent", "per cent", "pct"))
    match percent:
        case Doubt():
            texts = [candidate.text for candidate in percent.candidates]
            words = ear.say("doubt_percent_cap", value=" / ".join(texts))
            return ear.doubted(words, tuple((text, text) for text in texts))
        case Read(value) if marked and (value or ear.sure):
            return Understood({ear.fact: CapKind.PERCENT, Employee.cap_percent.name: value})
        case Read(value):
            return ear.confirm("doubt_percent_cap", value, Employee.cap_percent.name)
        case Refused():  # pragma: no branch
            expected = setting(Employee.cap_dollars.name, ear.moment)
            amount = percent if marked else read_amount(ear.text, expected, ear.sure)
            return ear.heard(
                amount, lambda value: {ear.fact: CapKind.DOLLARS, Employee.cap_dollars.name: value}
            )


_TELLING: Mapping[str, Callable[[_Ear], Heard]] = {
    Employee.age_band.name: _age,
    Couple.spouse_age_band.name: _age,
    Employee.pay_schedule.name: _rhythm,
    Employee.highly_paid.name: _highly_paid,
    Employee.over_wages.name: _over_wages,
    Employee.cap_kind.name: _cap,
}


# --- numbers ------------------------------------------------------------------------------------------------------


_OWN_SHARE = re.compile(
    r"\b(?:i|we) (?:contribute|defer|put in|put|save|elect)\b|\bmy (?:contributions?|deferrals?|election) (?:is|are)\b"
)
"""What tells a share of one's own pay that goes in: no answer to a question about a rate, a cap or what others do."""


def _percent(ear: _Ear) -> Heard:
    if _OWN_SHARE.search(ear.said) and not ear.sure:
        return ear.missed(Reason.NOT_UNDERSTOOD, echo(ear.text))
    reading = read_percent(ear.text, ear.sure)
    if isinstance(reading, Read) and not reading.value and not ear.sure:
        return ear.confirm("doubt_out_of_range", reading.value)
    return ear.heard(reading, ear.alone)


def _years(ear: _Ear) -> Heard:
    """Read a number of years, or of whatever else is counted one by one."""
    low, high = ear.front.likely or (ZERO, Decimal(_MANY))
    reading = read_count(_COUNTED.sub("", ear.said), 0, _MANY, ear.sure)
    if isinstance(reading, Read) and not low <= reading.value <= high and not ear.sure:
        return ear.confirm("doubt_out_of_range", reading.value)
    return ear.heard(reading, ear.alone, low=0, high=_MANY)


_MANY = 80
_COUNTED = re.compile(r"\b(?:more )?(?:years?|yrs?|months?|people|employees|of us)\b\.?")


def _day(ear: _Ear) -> Heard:
    """Read a day from today to the end of the year."""
    world = ear.moment.world
    first, last = world.day, date(world.year, 12, 31)
    reading = read_date(ear.text, world.day, first=first, last=last, sure=ear.sure)
    return ear.heard(reading, ear.alone, first=date_text(first), last=date_text(last))


def _election(ear: _Ear) -> Heard:
    pay = known(lambda: ear.moment.case.pay_per_check)
    return ear.heard(read_election(ear.text, pay_per_check=pay, sure=ear.sure), ear.alone)


def _bonuses(ear: _Ear) -> Heard:
    world = ear.moment.world
    reading = read_bonuses(
        ear.text, world.day, last=date(world.year, 12, 31), days=ear.moment.days_to_come, sure=ear.sure
    )
    return ear.heard(reading, ear.alone)


def _employer_money(ear: _Ear) -> Heard:
    return ear.heard(read_employer_money(ear.text, setting(ear.fact, ear.moment), ear.sure), ear.alone)


def _count(ear: _Ear) -> Heard:
    today, schedule = ear.moment.world.day, ear.moment.answer_to(Employee.pay_schedule)
    if ear.fact == Employee.checks_so_far.name:
        return _checks_so_far(ear, schedule or PaySchedule.WEEKLY)
    most = paychecks_left(PaySchedule.WEEKLY, today)[-1]
    count = read_count(ear.text, 0, most, ear.sure)
    if not ear.sure and schedule is not None and isinstance(count, Read):
        return _checks_left(ear, count.value, schedule)
    return ear.heard(read_paychecks_left(ear.text, today, ear.sure), ear.alone, low=0, high=most)


def _checks_so_far(ear: _Ear, schedule: PaySchedule) -> Heard:
    """Doubt more paychecks than the year has had."""
    reading = read_count(ear.text, 0, MOST_CHECKS, ear.sure)
    most = schedule.checks + 1 - paychecks_left(schedule, ear.moment.world.day)[0]
    if isinstance(reading, Read) and reading.value > most and not ear.sure:
        return ear.confirm("doubt_out_of_range", reading.value)
    return ear.heard(reading, ear.alone, low=0, high=MOST_CHECKS)


def _checks_left(ear: _Ear, count: int, schedule: PaySchedule) -> Heard:
    """Doubt more paychecks than the schedule leaves, and less than half of them in a job of the whole year."""
    possible = paychecks_left(schedule, ear.moment.world.day)
    few = ear.moment.answer_to(Employee.whole_year) is True and 2 * count < possible[0]
    if count <= possible[-1] and not few:
        return Understood({ear.fact: count})
    counts = [str(each) for each in possible]
    if few:
        words = ear.say("doubt_count", **_by_the_calendar(ear, counts))
    else:
        label = ear.shown(schedule, Employee.pay_schedule.name).lower()
        words = ear.say("doubt_count_schedule", schedule=f'"{label}"', counts=counts, value=count)
    keep = ear.say("candidate_keep", value=count)
    return ear.doubted(words, (*((each, each) for each in counts), (keep, str(count))))


def _by_the_calendar(ear: _Ear, counts: Sequence[str]) -> dict[str, object]:
    """What the words about paychecks left need."""
    day = ear.moment.world.day
    return {"counts": counts, "today": f"{day:%B} {day.day}"}


def _dollars(ear: _Ear) -> Heard:
    expected = setting(ear.fact, ear.moment)
    reading = read_amount(ear.text, expected, ear.sure)
    age_open = (
        ear.moment.answer_to(Employee.age_band) is None and ear.fact != Employee.additions_elsewhere.name
    )
    which = None if ear.sure else _which_limit(ear, reading, expected)
    by_pay = expected.limit is not None and expected.limit == expected.pay
    elsewhere = (
        known(lambda: ear.moment.case.deferrals_elsewhere) if ear.fact == Employee.deferral.name else None
    )
    return which or ear.heard(
        reading, ear.alone, age_open=age_open and not by_pay, by_pay=by_pay, elsewhere=elsewhere
    )


def _which_limit(ear: _Ear, reading: Reading[Decimal], expected: Setting) -> Doubted | None:
    """Ask which limit "max" is, with catch-up or without, where catch-up makes two of them."""
    extra, most = _catch_up(ear.fact, ear.moment), expected.limit or ZERO
    if not extra or most == expected.pay or looks_like_question(ear.text):
        return None
    amount = reading.candidates[0].value if isinstance(reading, Doubt) else None
    amount = reading.value if isinstance(reading, Read) else amount
    catches = "catch" in ear.said
    if not (catches and amount in (most, most - extra) if ear.has_digits else catches or amount == most):
        return None
    words = ear.say("doubt_with_catch_up", most=most, least=most - extra)
    pairs = (("candidate_with_catch_up", most), ("candidate_without", most - extra))
    return ear.doubted(words, tuple((ear.say(phrase), dollars(amount)) for phrase, amount in pairs))


def _catch_up(fact: str, moment: Moment) -> Decimal:
    """The catch-up that the deferrals of ``fact`` can have; 0 where the age is not known."""
    if fact == Employee.deferral.name:
        return known(lambda: moment.case.catch_up_allowed) or ZERO
    band = moment.answer_to(Employee.age_band)
    if fact in (Employee.deferred_elsewhere.name, OwnBusiness.job_deferral.name) and band is not None:
        return catch_up_limit(band, moment.world.limits)
    return ZERO


# --- what was understood, in the light of the question ------------------------------------------------------------

_SO_FAR = "so far|ytd|year to date|to[ -]date|already|until|yet|since"
_NOW = "now|currently|as of|at the moment"
_DONE = (
    "i've|ive|we've|they've|have|had|haven't|havent|has|contributed|deferred|saved|made|earned|received"
    "|put in"
)
_TO_COME = (
    "will|(?:i|we|it|they)'ll|ill|going to|gonna|planning|plan(?:s|ned)? (?:to|on|for)|i plan|expect|want|aim"
    "|goal|hope"
)
_A_LIMIT = "max|maxed|maximum|limit|full|everything|all"
_A_YEAR = "(?:an?|per|each|every|the|whole|full) (?:whole |full )?(?:year|yr|annum)|yr|yearly|annually|annual"


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b")


_IN_ALREADY, _AT_PRESENT, _THIS_YEAR = _words(_SO_FAR), _words(_NOW), _words("this (?:year|yr)")
_PAST, _FUTURE = _words(_DONE), _words(_TO_COME)
_RATES = _words(_A_YEAR, _TO_COME)
_TELLTALES: Mapping[str, re.Pattern[str]] = {
    Employee.after_tax_so_far.name: _RATES,
    Employee.deferred_elsewhere.name: _RATES,
    Employee.additions_elsewhere.name: _words(_A_YEAR, _TO_COME, _A_LIMIT),
    Employee.pay_elsewhere.name: _RATES,
    Employee.cap_kind.name: _words(_SO_FAR, "total"),
    Employee.cap_percent.name: _words(_SO_FAR, "total"),
    Employee.cap_dollars.name: _words(_SO_FAR, "total"),
    Employee.checks_left.name: _words("so far|already|ytd|to[ -]date|had|paid|been"),
    Employee.checks_so_far.name: _words("left|more|remaining|to go|to come|still"),
}
"""Words that speak of something else than what the question counts."""
_WHOLE_YEAR = frozenset({Employee.pay.name, Employee.deferral.name, Employee.employer_money.name})


def _telltale(ear: _Ear, heard: Understood) -> Doubted | None:
    """Doubt "10k so far" where all of the year was asked, "20k a year" where what is in so far was."""
    amounts = [(fact, value) for fact, value in heard.values.items() if not key_of(value)]
    if not amounts:
        return None
    fact, value = amounts[-1]
    if ear.fact not in _WHOLE_YEAR:
        telling = _TELLTALES.get(ear.fact)
        tells = telling is not None and telling.search(ear.said)
        return ear.confirm("doubt_words", value, fact) if tells else None
    past = _PAST.search(ear.said) and not _FUTURE.search(ear.said)
    present = _THIS_YEAR if ear.fact == Employee.pay.name else _AT_PRESENT
    if past or _IN_ALREADY.search(ear.said) or present.search(ear.said):
        return ear.confirm("doubt_so_far", value, label=ear.say("candidate_whole_year"))
    return None


def _far(ear: _Ear, heard: Understood) -> Doubted | None:
    """Doubt an amount that is far from an earlier answer, and a "no" in the place of one."""
    before, value = ear.moment.session.answers.get(ear.fact), heard.values[ear.fact]
    if not isinstance(before, Decimal | EmployerMoney) or before in (ZERO, EmployerMoney()):
        return None
    if value in (ZERO, EmployerMoney()):
        far = not ear.has_digits
    elif isinstance(before, Decimal) and isinstance(value, Decimal):
        far = max(before, value) >= FAR * min(before, value)
    else:
        far = False
    return ear.confirm("doubt_far", value, before=ear.shown(before)) if far else None


def _with_rhythm(ear: _Ear, heard: Understood) -> Understood:
    """Pay "every two weeks" tells how often it comes, too; "a month" does not."""
    if ear.fact != Employee.pay.name or Employee.pay_schedule.name in ear.moment.session.answers:
        return heard
    schedule = rhythm(ear.text)
    if schedule not in (PaySchedule.BIWEEKLY, PaySchedule.SEMIMONTHLY):
        return heard
    return Understood({**heard.values, Employee.pay_schedule.name: schedule})


def setting(fact: str, moment: Moment) -> Setting:
    """What the question about the dollars of ``fact`` expects, as far as the answers tell."""
    case, limits = moment.case, moment.world.limits
    total, catch_up = limits.annual_additions.value, _catch_up(fact, moment)
    pay = known(lambda: case.pay_this_year)
    checks = known(
        lambda: case.pay_schedule.checks if case.whole_year else case.checks_so_far + case.checks_left
    )
    all_year = moment.answer_to(Employee.whole_year) is not False
    match fact:
        case Employee.pay.name:
            schedule = moment.answer_to(Employee.pay_schedule)
            every = schedule.checks if schedule else None
            return Setting(_LEAST_PAY, _MOST_PAY, checks=every, periodic=True, zero=False, words=PAY_WORDS)
        case Employee.pay_elsewhere.name:
            return Setting(_A_LITTLE, _MOST_PAY, words=PAY_WORDS)
        case Employee.deferral.name:
            left = known(lambda: case.deferral_limit_left)
            most = (limits.elective_deferral.value if left is None else left) + catch_up
            most = most if pay is None else min(most, pay)
            return Setting(_LEAST_DEFERRAL, most, most, pay, checks, periodic=all_year, words=DEFERRAL_WORDS)
        case Employee.deferred_elsewhere.name | OwnBusiness.job_deferral.name:
            most = limits.elective_deferral.value + catch_up
            return Setting(_A_LITTLE, most, most, words=DEFERRAL_WORDS)
        case Employee.additions_elsewhere.name:
            return Setting(_A_LITTLE, total, total)
        case Employee.cap_dollars.name:
            return Setting(_A_LITTLE, total, zero=False, words=AFTER_TAX_WORDS)
        case Employee.employer_money.name:
            return Setting(_LEAST_EMPLOYER, total, None, pay, checks, periodic=all_year)
        case Employee.after_tax_so_far.name:
            return Setting(_LEAST, total, words=AFTER_TAX_WORDS)
        case Conversion.after_tax_yearly.name:
            schedule = moment.answer_to(Employee.pay_schedule)
            every = schedule.checks if schedule else None
            return Setting(_LEAST_EMPLOYER, total, checks=every, periodic=True, words=AFTER_TAX_WORDS)
        case _:
            low, high = moment.world.library.questions[fact].front.likely or (_LEAST, _MOST_PAY)
            return Setting(low, high)
