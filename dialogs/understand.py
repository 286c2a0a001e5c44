"""A typed text as the answer to the fact that is asked: understood, doubted or missed.

`dialogs.reading` knows how people write; here each fact says what it expects. Nothing is taken for an answer that
could mean something else: such a reading waits for "Is that right?" as a `Pending`, whose candidates are inputs in
our own words. A candidate that is chosen comes back through `understand` with ``sure``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

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
    canonical_employer_money,
    is_not_sure,
    paychecks_left,
    percent_text,
    read_age,
    read_amount,
    read_choice,
    read_count,
    read_employer_money,
    read_paychecks_left,
    read_percent,
    read_schedule,
    rhythm,
)
from dialogs.session import FACTS, Pending
from dialogs.values import describe, value_of
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
MOST_CHECKS = 53
"""Paychecks that a year can have: a weekly pay day can fall on 53 dates."""
_LEAST_PAY, _MOST_PAY = Decimal(10_000), Decimal(1_000_000)
_LEAST, _A_LITTLE = Decimal(100), Decimal(500)
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
    match ear.front.unit:
        case "choice":
            return _choice(ear)
        case _ if is_not_sure(text):
            return ear.unsure()
        case "percent":
            return ear.heard(read_percent(text, sure), ear.alone)
        case "count":
            return _count(ear)
        case "employer_money":
            heard = ear.heard(read_employer_money(text, setting(fact, moment), sure), ear.alone)
            return _for_the_year(ear, heard) or heard
        case "dollars":
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

    def say(self, phrase: str, **values: object) -> str:
        return self.moment.world.library.say(phrase, **values)

    def alone(self, value: object) -> Values:
        return {self.fact: value}

    def shown(self, value: object) -> str:
        return describe(self.fact, value, self.moment.world.library)

    def unsure(self) -> Heard:
        return (
            Understood({self.fact: NOT_SURE})
            if FACTS[self.fact].possible
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

    def heard(self, reading: Reading[T], values: Callable[[T], Values], **more: object) -> Heard:
        """Turn a reading into what was heard; ``more`` are values that only some words need."""
        match reading:
            case Read(value):
                return Understood(values(value))
            case Doubt():
                return self._doubt(reading, more)
            case Refused(reason, shown):
                return self.missed(reason, shown, **more)

    def _doubt(self, doubt: Doubt[T], more: Mapping[str, object]) -> Doubted:
        first = doubt.candidates[0].value
        lines = [self._meaning(c) for c in doubt.candidates]
        phrase = {
            Reason.FORMULA: "doubt_formula" if len(lines) > 1 else "doubt_formula_one",
            Reason.COUNT: "doubt_count",
        }.get(doubt.reason, f"doubt_{doubt.reason}")
        values: dict[str, object] = {
            **doubt.shown,
            **more,
            "value": "" if first is None else self.shown(first),
            "lines": lines,
            "year": self.moment.world.year,
        }
        if doubt.reason is Reason.BIRTH_YEAR:
            values["year_of_birth"] = doubt.shown["year"]
        if doubt.reason is Reason.COUNT:
            values["counts"] = [c.text for c in doubt.candidates if c.name != "keep"]
            values["today"] = f"{self.moment.world.day:%B} {self.moment.world.day.day}"
        labels = [self._label(doubt.reason, at, c) for at, c in enumerate(doubt.candidates, 1)]
        return self.doubted(
            self.say(phrase, **values),
            tuple((label, c.text) for label, c in zip(labels, doubt.candidates, strict=True)),
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
        words = self.say(phrase, value=value)
        if candidate.name == "yes" and len(f"{words}, {value}") <= _BUTTON:
            words = f"{words}, {value}"
        return words if len(words) <= _BUTTON else candidate.text


# --- choices ------------------------------------------------------------------------------------------------------


def _choice(ear: _Ear) -> Heard:
    """Read the name of an option, or what tells the option: an age, an amount, a rhythm."""
    options = tuple(ChoiceOption(key, o.label, o.also) for key, o in ear.front.options.items())
    reading = read_choice(ear.text, options)
    heard = ear.heard(reading, lambda key: {ear.fact: value_of(ear.fact, key)})
    telling = _TELLING.get(ear.fact)
    if telling is None or isinstance(heard, Understood):
        return heard
    told = telling(ear)
    return told if isinstance(told, Understood | Doubted) or told.reason not in _NO_OTHER else heard


_NO_OTHER = frozenset({Reason.NO_NUMBER, Reason.NOT_UNDERSTOOD})
"""Reasons that say no more than that the text is not a number either."""


def _age(ear: _Ear) -> Heard:
    reading = read_age(ear.text, ear.moment.world.year, ear.sure)
    if isinstance(reading, Refused) and reading.reason is Reason.OUT_OF_RANGE:
        return ear.missed(Reason.OUT_OF_RANGE)
    heard = ear.heard(reading, lambda age: {ear.fact: AgeBand.of(age)})
    if not isinstance(heard, Doubted):
        return heard
    # An age is no value of the fact: the words must show the age itself.
    doubt = reading
    assert isinstance(doubt, Doubt)
    age = doubt.candidates[0].value
    words = ear.say(
        f"doubt_{doubt.reason}",
        value=age,
        age=age,
        year=ear.moment.world.year,
        year_of_birth=doubt.shown.get("year", ""),
    )
    return ear.doubted(words, ((f"{ear.say('candidate_yes')}, {age}", str(age)),))


def _rhythm(ear: _Ear) -> Heard:
    return ear.heard(read_schedule(ear.text), ear.alone)


def _line(ear: _Ear, line: Figure, over: object, under: object, expected: Setting) -> Heard:
    """Read an amount that is compared with ``line``: strictly over it is ``over``. The amount is not kept."""
    reading = read_amount(ear.text, replace(expected, limit=line.value), ear.sure)
    if isinstance(reading, Doubt) and reading.reason is Reason.OVER_LIMIT:
        return Understood({ear.fact: over})
    if isinstance(reading, Doubt) and reading.reason is Reason.APPROXIMATE:
        labels = [describe(ear.fact, value, ear.moment.world.library) for value in (over, under)]
        return ear.doubted(ear.say("doubt_line", limit=line), tuple((label, label) for label in labels))
    if isinstance(reading, Doubt):
        amounts = [c for c in reading.candidates if c.value is not None]
        words = ear.say("doubt_words", value=dollars(amounts[0].value or ZERO)) if amounts else ""
        plain = tuple((f"{ear.say('candidate_yes')}, {c.text}"[:_BUTTON], c.text) for c in amounts[:1])
        return ear.doubted(words, plain) if plain else ear.missed(Reason.NO_NUMBER)
    return ear.heard(reading, lambda amount: {ear.fact: over if amount > line.value else under})


def _highly_paid(ear: _Ear) -> Heard:
    expected = Setting(_LEAST_PAY, _MOST_PAY, words=PAY_WORDS)
    line = ear.moment.world.last_year.hce_threshold
    return _line(ear, line, HighlyPaid.PAID_OVER, HighlyPaid.NEITHER, expected)


def _over_wages(ear: _Ear) -> Heard:
    line = ear.moment.world.limits.roth_catch_up_wages
    if not isinstance(line, Figure):
        return ear.missed(Reason.NO_NUMBER)
    most = ear.moment.world.last_year.social_security_wage_base.value  # box 3 holds no more
    return _line(ear, line, OverWages.YES, OverWages.NO, Setting(_LEAST_PAY, most, words=PAY_WORDS))


def _cap(ear: _Ear) -> Heard:
    """Read the cap itself where only its kind was asked."""
    percent = read_percent(ear.text, ear.sure)
    marked = "%" in ear.text or "percent" in ear.text.casefold() or "pct" in ear.text.casefold()

    def as_percent(value: Decimal) -> Values:
        return {ear.fact: CapKind.PERCENT, Employee.cap_percent.name: value}

    if marked:
        if isinstance(percent, Doubt):
            return _percent_doubt(ear, percent)
        return ear.heard(percent, as_percent)
    if isinstance(percent, Read) and percent.value:
        text = percent_text(percent.value)
        yes = ((f"{ear.say('candidate_yes')}, {text}", text),)
        return ear.doubted(ear.say("doubt_percent_cap", value=text), yes)
    amount = read_amount(ear.text, setting(Employee.cap_dollars.name, ear.moment), ear.sure)
    if isinstance(amount, Read):
        return Understood({ear.fact: CapKind.DOLLARS, Employee.cap_dollars.name: amount.value})
    if isinstance(amount, Doubt) and (value := amount.candidates[0].value) is not None:
        words = ear.say("doubt_words", value=dollars(value))
        return ear.doubted(words, ((f"{ear.say('candidate_yes')}, {dollars(value)}", dollars(value)),))
    return ear.missed(Reason.NO_NUMBER)


def _percent_doubt(ear: _Ear, doubt: Doubt[Decimal]) -> Doubted:
    texts = [c.text for c in doubt.candidates]
    words = ear.say("doubt_percent_cap", value=" / ".join(texts))
    return ear.doubted(words, tuple((text, text) for text in texts))


_TELLING: Mapping[str, Callable[[_Ear], Heard]] = {
    Employee.age_band.name: _age,
    Employee.pay_schedule.name: _rhythm,
    Employee.highly_paid.name: _highly_paid,
    Employee.over_wages.name: _over_wages,
    Employee.cap_kind.name: _cap,
}


# --- numbers ------------------------------------------------------------------------------------------------------


def _count(ear: _Ear) -> Heard:
    if ear.fact == Employee.checks_so_far.name:
        return ear.heard(read_count(ear.text, 0, MOST_CHECKS, ear.sure), ear.alone, low=0, high=MOST_CHECKS)
    today = ear.moment.world.day
    most = paychecks_left(PaySchedule.WEEKLY, today)[-1]
    heard = ear.heard(read_paychecks_left(ear.text, today, ear.sure), ear.alone, low=0, high=most)
    schedule = ear.moment.answer_to(Employee.pay_schedule)
    if ear.sure or schedule is None or not isinstance(heard, Understood):
        return heard
    count, possible = heard.values[ear.fact], paychecks_left(schedule, today)
    if not isinstance(count, int) or count <= possible[-1]:
        return heard
    label = describe(Employee.pay_schedule.name, schedule, ear.moment.world.library).lower()
    counts = [str(each) for each in possible]
    words = ear.say("doubt_count_schedule", schedule=f'"{label}"', counts=counts, value=count)
    keep = ear.say("candidate_keep", value=count)
    return ear.doubted(words, (*((each, each) for each in counts), (keep, str(count))))


def _dollars(ear: _Ear) -> Heard:
    expected = setting(ear.fact, ear.moment)
    reading = read_amount(ear.text, expected, ear.sure)
    age_open = (
        ear.moment.answer_to(Employee.age_band) is None and ear.fact != Employee.additions_elsewhere.name
    )
    heard = ear.heard(reading, ear.alone, age_open=age_open)
    if not ear.sure and "catch" in ear.text.casefold() and not isinstance(heard, Missed):
        return _most(ear, heard)
    if ear.sure or not isinstance(reading, Read) or not isinstance(heard, Understood):
        return heard
    amount = reading.value
    if amount == expected.limit and not any(c.isdigit() for c in ear.text):
        return _most(ear, heard)
    return _for_the_year(ear, heard) or _far(ear, amount) or _with_rhythm(ear, heard)


def _most(ear: _Ear, otherwise: Heard) -> Heard:
    """Ask which limit is meant where catch-up makes two of them."""
    extra = known(lambda: ear.moment.case.catch_up_allowed)
    if not extra or ear.fact not in _DEFERRALS:
        return otherwise
    most = setting(ear.fact, ear.moment).limit or ZERO
    words = ear.say("doubt_with_catch_up", most=most, least=most - extra)
    pairs = (("candidate_with_catch_up", most), ("candidate_without", most - extra))
    return ear.doubted(words, tuple((ear.say(phrase), dollars(amount)) for phrase, amount in pairs))


def _for_the_year(ear: _Ear, heard: Heard) -> Doubted | None:
    """Doubt "10k so far" where all of the year was asked."""
    if ear.sure or not isinstance(heard, Understood) or not _SO_FAR.search(ear.text.casefold()):
        return None
    value = heard.values[ear.fact]
    if ear.fact not in _WHOLE_YEAR or not value:
        return None
    text = canonical_employer_money(value) if isinstance(value, EmployerMoney) else ear.shown(value)
    return ear.doubted(
        ear.say("doubt_so_far", value=ear.shown(value)), ((ear.say("candidate_whole_year"), text),)
    )


def _far(ear: _Ear, amount: Decimal) -> Doubted | None:
    """Doubt an amount that is far from an earlier answer to the same question."""
    before = ear.moment.session.answers.get(ear.fact)
    if (
        not isinstance(before, Decimal)
        or not before
        or not amount
        or max(before, amount) < FAR * min(before, amount)
    ):
        return None
    words = ear.say("doubt_far", value=dollars(amount), before=dollars(before))
    return ear.doubted(
        words, ((f"{ear.say('candidate_yes')}, {dollars(amount)}"[:_BUTTON], dollars(amount)),)
    )


def _with_rhythm(ear: _Ear, heard: Understood) -> Understood:
    """Pay "every two weeks" tells how often it comes, too; "a month" does not."""
    if ear.fact != Employee.pay.name or Employee.pay_schedule.name in ear.moment.session.answers:
        return heard
    schedule = rhythm(ear.text)
    if schedule not in (PaySchedule.BIWEEKLY, PaySchedule.SEMIMONTHLY):
        return heard
    return Understood({**heard.values, Employee.pay_schedule.name: schedule})


_SO_FAR = re.compile(r"\bso far\b|\bytd\b|\bto[ -]date\b|\balready\b|\buntil now\b")
_WHOLE_YEAR = frozenset({Employee.deferral.name, Employee.employer_money.name})
_DEFERRALS = frozenset({Employee.deferral.name, Employee.deferred_elsewhere.name})


def setting(fact: str, moment: Moment) -> Setting:
    """What the question about the dollars of ``fact`` expects, as far as the answers tell."""
    case, limits = moment.case, moment.world.limits
    total = limits.annual_additions.value
    pay = known(lambda: case.pay_this_year)
    checks = known(
        lambda: case.pay_schedule.checks if case.whole_year else case.checks_so_far + case.checks_left
    )
    match fact:
        case Employee.pay.name:
            schedule = moment.answer_to(Employee.pay_schedule)
            every = schedule.checks if schedule else None
            return Setting(_LEAST_PAY, _MOST_PAY, checks=every, periodic=True, zero=False, words=PAY_WORDS)
        case Employee.pay_elsewhere.name:
            return Setting(_A_LITTLE, _MOST_PAY, words=PAY_WORDS)
        case Employee.deferral.name:
            left = known(lambda: case.deferral_limit_left) or limits.elective_deferral.value
            most = left + (known(lambda: case.catch_up_allowed) or ZERO)
            return Setting(
                _LEAST,
                most,
                most,
                pay,
                checks,
                moment.answer_to(Employee.whole_year) is not False,
                words=DEFERRAL_WORDS,
            )
        case Employee.deferred_elsewhere.name:
            most = limits.elective_deferral.value + (known(lambda: case.catch_up_allowed) or ZERO)
            return Setting(_LEAST, most, most, words=DEFERRAL_WORDS)
        case Employee.additions_elsewhere.name:
            return Setting(_LEAST, total, total)
        case Employee.cap_dollars.name:
            return Setting(_A_LITTLE, total, zero=False, words=AFTER_TAX_WORDS)
        case Employee.employer_money.name:
            return Setting(_LEAST, total, None, pay, checks, periodic=True)
        case _:
            return Setting(_LEAST, total, words=AFTER_TAX_WORDS)
