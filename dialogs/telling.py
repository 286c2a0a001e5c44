"""Several facts in one message: "I'm 45, make 300k, my company matches half of 6%".

The text is cut into sentences and these into pieces, at commas and "and", never inside a number or a rhythm. The words
by which people call a fact tell what a piece is about. A piece that calls none, but goes on a formula or a sum beside
it, belongs to that one: what is not read in full is not read at all. Then each clause is read like a typed answer to
its fact, in the light of what the other clauses tell.

This is conservative. What speaks of another job, another person or another year is left alone unless a fact is called
so; a clause that may be about two facts is about none; and a text gives facts only if it gives two, else it is what it
was: an answer to one question, or a question.

One fact is enough where a person corrects an answer: "actually pay is 130k", "change my deferrals to 20k", "sorry, I
meant 52" (the last answer), or plainly "my pay is 130k" where something else is asked. Only what was answered in the
flow that runs is corrected so: no answer changes that is not in sight.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache

from dialogs.flows.employee import CHECK, ROOM
from dialogs.moment import Moment
from dialogs.reading import clean, is_not_sure, looks_like_question
from dialogs.reading.tokens import Number, scan
from dialogs.session import Pending
from dialogs.understand import Doubted, Missed, Understood, understand
from knowledge.core.employee import Employee

FACTS = (
    Employee.plan,
    Employee.takes_after_tax,
    Employee.way_to_roth,
    Employee.cap_kind,
    Employee.age_band,
    Employee.highly_paid,
    Employee.other_plan,
    Employee.pay,
    Employee.pay_schedule,
    Employee.checks_left,
    Employee.deferral,
    Employee.employer_money,
    Employee.after_tax_so_far,
)
"""The facts that are heard in a message with several. A cap in percent comes with its kind."""
_FACTS = frozenset(fact.name for fact in FACTS)
_OF_ANOTHER_JOB: Mapping[str, Set[str]] = {
    Employee.deferred_elsewhere.name: {Employee.deferral.name},
    Employee.employers_related.name: set(),
    Employee.additions_elsewhere.name: {
        Employee.deferral.name,
        Employee.employer_money.name,
        Employee.after_tax_so_far.name,
    },
    Employee.pay_elsewhere.name: {Employee.pay.name},
}
"""Questions about another job: what is told there is of that one, as these are where they are corrected."""
MOST_CHARACTERS = 1_000
_LEAST_FACTS = 2

_CORRECTING = re.compile(
    r"\s*(?:(?:oh|no|and|but|so|ok|okay|hm+|hey)\b[\s,.!:-]*)*"
    r"(?P<asks>(?:(?:please|pls|can you|could you|i(?:'d like| want| need| would like| have) to|let me"
    r"|(?P<whether>can (?:i|we)|could i|(?:how|where) (?:do|can) (?:i|we)))\s+)*)"
    r"(?:(?P<verb>change|edit|fix|update|set|(?:make|correct)(?= (?:my|the)\b))"
    r"|(?P<soft>act?ua?l+y|wait)|(?P<sorry>sorry|oops)|correction|i mean?t?)\b[\s,.!:-]*",
    re.I,
)
"""How a message begins that takes something back; it may do so in several words: "sorry, I meant".

A ``verb`` asks for it; what is ``soft`` may as well begin an answer, and "sorry" may where the answer is words.
"""
_NEW = r"(?=[$0-9])"
_BECOMES = re.compile(rf"(?: from \S+(?: ?(?:k|m|%|a year))?)?(?<!\bup) to {_NEW}", re.I)
"""What stands between a fact and its new value: "change my pay from 120k to 130k"."""
_INSTEAD = re.compile(
    rf"[,;]? *(?:and )?(?:not|instead of|rather than) {_NEW}\S+(?: ?[kKmM%])?(?: but\b)?", re.I
)
"""The old value beside the new one: "130k, not 120k", "not 120k but 130k"."""
_DENIES = re.compile(
    rf"\b(?:isn'?t|is not|aren'?t|are not) {_NEW}\S+(?: ?[km%])?(?: but\b)?|\b(?:wrong|incorrect|not right)\b",
    re.I,
)
"""What says only that a value is not right: "my pay isn't 130k"."""
_ALL_ANSWERS = re.compile(
    r"(?:(?:my |the |an? )?(?:answers?|numbers?|inputs?)|something|everything|it)[\s.!?]*", re.I
)
"""What names no single answer: "change my answers"."""
_PLACE_OF_ANSWER = re.compile(r"(?:answer |number |no\.? ?|#)?\d{1,2}\.?", re.I)
"""The number of an answer on the check page: "change 3" is heard there."""
_A_NAME = re.compile(r"^(?:my |the |our )|(?: please| pls| thanks)?[ .!]*$")
"""What may stand around a name that is all there is."""
_STATES = re.compile(r"(?:my |the |our )?(?P<name>.+?)(?: (?:is|are|should be)\b| ?[=:])", re.I)
"""How a plain sentence about a fact begins: "my pay is 130k", "pay: 130k"."""

_OPENING = re.compile(r"(?:[-*•·]+ ?|(?:hi|hello|hey|so|ok|okay|well|btw)\b ?)+")
_SENTENCE = re.compile(r"[\n;]+|[.!]+(?=\s|$)|(?<=\?)(?=\s)")
_JOINT, _JOINT_OR_PLUS = re.compile(r",|&|\b(?:and|also)\b"), re.compile(r"[,&+]|\b(?:and|also)\b")
_LIKELY_AGE = re.compile(r"[2-7][0-9]")
"""A bare number at the start of a message that is an age."""
_AGE = re.compile(
    r"(?:(?:i'?m|i am|me|aged?):? )?(?:an? |now |currently |about )?[1-9][0-9](?: ?(?:yo|y/o|(?:yr|year)s? old))?"
    r"(?: now| this year)?"
)
_SHARE = re.compile(r"%|\bpercent\b|\bhalf\b|\bdollar for dollar\b")
_GOES_ON = re.compile(
    r"(?:then|up to|plus|or|but|except|until|till|max|next|at most|only|minus|not|with|for)\b"
)
"""How a piece begins that goes on the one before it."""
_PARTS = frozenset(
    {
        Employee.deferral.name,
        Employee.employer_money.name,
        Employee.after_tax_so_far.name,
        Employee.cap_kind.name,
    }
)
"""Facts that a percentage without a name beside them may be a part of."""
_SUMS = _PARTS | {Employee.pay.name}
"""Facts that a number without a name after an "and" may be a part of."""

_JOB = (
    r"(?:old|other|another|previous|prior|former|ex|last|first|second|both) "
    r"(?:job|jobs|employer|employers|company|plan|401k|403b|one|ones|gig|place|hospital|office|school|firm)"
)
_PERSON = (
    r"(?:(?:wife|husband|hubby|spouse|partner|friend|brother|sister|mom|dad|boss|coworker|colleague)s?|she|he|her|his"
    r"|we (?:both |together )?(?:make|earn)|combined|jointly|household)"
)
_UNREAL = r"(?:suppose|supposing|imagine|hypothetically|assume|assuming|example|would|could|if|unless)"
_TIME = r"(?:(?:last|next|previous|prior) year|used to|previously|(?:in|during|since|for) (?:19|20)[0-9]{2})"
_APART = re.compile(rf"\b(?:(?P<job>{_JOB}|{_UNREAL})|(?P<person>{_PERSON})|{_TIME})\b")
"""What is not this person's year at this job, and what is not said for a fact."""
_BACK = {
    "job": re.compile(
        r"\b(?:here|now|current|currently|this (?:job|company|employer)|new (?:job|company|employer))\b"
    ),
    "person": re.compile(r"(?:i|i'm|im|i've|my|me)\b"),
}
"""What ends the talk of another job (anywhere in a piece) or of another person (where it begins)."""
_THERE = re.compile(r"\bthere\b", re.I)


@dataclass(frozen=True, slots=True)
class Told:
    """What a message tells: ``values`` of facts, what to ask about, and the clauses that gave nothing.

    ``corrects`` where it takes an answer back; then ``again`` may be the fact to be asked again, and ``unknown`` says
    that something is to be changed that was not understood.
    """

    values: Mapping[str, object] = field(default_factory=dict)
    doubts: tuple[Pending, ...] = ()
    unread: tuple[str, ...] = ()
    corrects: bool = False
    again: str = ""
    unknown: bool = False

    @property
    def about(self) -> frozenset[str]:
        """The facts that it is about."""
        doubtful = {pending.fact for pending in self.doubts}
        return frozenset(self.values.keys() | doubtful | ({self.again} - {""}))


@dataclass(frozen=True, slots=True)
class _Clause:
    """A part of the message after its ``joint``, and the ``facts`` that it may be about: one, or two to choose from."""

    text: str
    joint: str = ""
    facts: frozenset[str] = frozenset()
    apart: bool = False
    """Whether it speaks of another job or person: then it is about no fact and no part of another clause."""

    @property
    def matters(self) -> bool:
        """Whether it might tell something, unlike a greeting."""
        return bool(self.facts or _has_number(self.text) or looks_like_question(self.text))


_Heard = tuple[str, Understood | Doubted]


def told(text: str, moment: Moment) -> Told:
    """Return the facts that ``text`` tells: nothing where it tells fewer than two and corrects none. Never raises."""
    if len(text) > MOST_CHARACTERS:
        return Told()
    rest, cue = _taken_back(text)
    if cue is not None and cue["whether"] and not _ALL_ANSWERS.fullmatch(rest):
        return Told()  # "can I change my contributions mid-year?" asks something
    if cue is not None:
        return _corrected(rest, moment, cue)
    if _states_another(text, moment) and (stated := _corrected(text, moment)).values:
        return stated
    if moment.asked in _OF_ANOTHER_JOB:
        return Told()
    return _told(tuple(_clauses(text, moment, _FACTS, first=True)), moment, _LEAST_FACTS)


def _taken_back(text: str) -> tuple[str, re.Match[str] | None]:
    """What a message says after the words that take something back, and the last of these; None where it has none."""
    rest, cue = text, None
    while found := _CORRECTING.match(rest):
        if found["asks"] and not found["verb"]:
            break
        rest, cue = rest[found.end() :], found
    return rest, cue


def _states_another(text: str, moment: Moment) -> bool:
    """Whether ``text`` states a fact that was answered before, and is no answer to what is asked now."""
    stated = None if looks_like_question(text) else _STATES.match(clean(text))
    if stated is None:
        return not moment.asked and bool(moment.path) and _is_age(text)
    names = _names(_plain(stated["name"]), moment, frozenset({*moment.path, moment.asked} - {""}))
    facts = {fact for _, fact in names}
    return len(facts) == 1 and moment.asked not in facts


def _is_age(text: str) -> bool:
    said = _plain(clean(text))
    return bool(_AGE.fullmatch(said)) and not said.isdigit()


def _corrected(rest: str, moment: Moment, cue: re.Match[str] | None = None) -> Told:
    """What ``rest``, said after ``cue`` to take something back, corrects: a fact that it names, else the last answer.

    What names a fact and no value that can be read has the fact asked again; what asks for a change of nothing that is
    known here opens all answers.
    """
    asked_to = cue is not None and bool(cue["verb"])
    if asked_to and _ALL_ANSWERS.fullmatch(rest):
        return Told(corrects=True, unknown=True)
    asks = rest.endswith("?")
    rest = _BECOMES.sub(" is ", rest.rstrip("?") if asked_to else rest)
    shorter = _INSTEAD.sub("", rest)
    rest = shorter if _has_number(clean(shorter)) else rest
    denied = bool(_DENIES.search(rest))
    rest = _DENIES.sub(" is ", rest)
    clauses = tuple(_clauses(rest, moment, _in_sight(rest, moment), first=False))
    heard = _told(clauses, moment, 1)
    if heard.about:
        return replace(heard, corrects=True)
    named = frozenset[str]().union(*(clause.facts for clause in clauses)) & frozenset(moment.path)
    valued = _has_number(clean(rest)) and not _PLACE_OF_ANSWER.fullmatch(rest.strip())
    if len(named) == 1 and not asks:
        (fact,) = named
        is_amount = moment.world.library.questions[fact].front.unit != "choice"
        if _is_name(rest, moment) if asked_to else denied or (cue and valued and is_amount):
            return Told(corrects=True, again=fact)
    if asked_to:
        known = bool(moment.path) and (valued or len(named) > 1)
        return Told(corrects=True, unknown=True) if known and not asks else Told()
    if named or cue is None:
        return Told()
    return _last_corrected(rest, moment, cue)


def _is_name(rest: str, moment: Moment) -> bool:
    """Whether ``rest`` is the name of an answered fact and nothing else: "my pay"."""
    said = _A_NAME.sub("", _plain(clean(rest))).rstrip(" .!")
    return any(said == said[at.start : at.stop] for at, _ in _names(said, moment, frozenset(moment.path)))


def _in_sight(rest: str, moment: Moment) -> Set[str]:
    """The facts that a correction may be about: those answered in the flow that runs.

    In *check my plan* and *just my room* those that are told beforehand, too. Where another job is asked about, what
    both jobs have is of that one, unless it is said to be "here".
    """
    ahead = _FACTS if moment.session.flow in ("", CHECK.name, ROOM.name) else frozenset[str]()
    answered = frozenset(moment.path)
    called = _names(_plain(clean(rest)), moment, answered)
    seen = answered if called else answered | ahead
    if moment.asked not in _OF_ANOTHER_JOB or _BACK["job"].search(rest):
        return seen
    return frozenset() if _THERE.search(rest) else seen - _OF_ANOTHER_JOB[moment.asked]


def _last_corrected(rest: str, moment: Moment, cue: re.Match[str]) -> Told:
    """The last answer, where ``rest`` is another value of it: "sorry, I meant 52".

    What is asked now comes first where ``rest`` answers it plainly after a ``cue`` that may as well begin an answer:
    "actually 12,000", and with words also "sorry, no". Only "I meant" is always about what was said before.
    """
    fact, session = moment.session.last_fact, moment.session
    fresh = fact in moment.path and not (session.misses or session.read or session.pending)
    said = _plain(clean(rest))
    # Who is not sure is not sure of the question on the screen.
    if not fresh or not said or looks_like_question(rest) or is_not_sure(rest):
        return Told()
    if _APART.search(said) or _names(said, moment, _FACTS):
        return Told()
    now = understand(moment.asked, rest, moment) if moment.asked else None
    number = _has_number(clean(rest))
    soft = cue["soft"] or (cue["sorry"] and not number)
    if soft and isinstance(now, Understood):
        return Told()
    if fact == Employee.pay_schedule.name and said.isdigit():
        return Told()  # a bare number corrects no rhythm
    match understand(fact, rest, moment):
        case Understood(values):
            return Told(values, corrects=True)
        case Doubted(pending) if number and (now is None or isinstance(now, Missed)):
            return Told(doubts=(pending,), corrects=True)
        case _:
            return Told()


def answer_in(text: str) -> str:
    """``text`` without words that take something back and leave it an answer: "oops, yes"."""
    rest, cue = _taken_back(text)
    return rest if cue is not None and not cue["verb"] and rest.strip() else text


def _told(clauses: Sequence[_Clause], moment: Moment, least: int) -> Told:
    """What ``clauses`` tell, if that is about ``least`` facts or more.

    A value is what `understand` makes of its clause in `knowing` what the others tell.
    """
    alone = _agreeing([_heard(clause, knowing(moment, {})) for clause in clauses])
    others = [_values([each for at, each in enumerate(alone) if at != this]) for this in range(len(alone))]
    heard = _agreeing(
        [_heard(clause, knowing(moment, known)) for clause, known in zip(clauses, others, strict=True)]
    )
    values = _values(heard)
    doubts = tuple(dict.fromkeys(each[1].pending for each in heard if each and isinstance(each[1], Doubted)))
    if len(values.keys() | {pending.fact for pending in doubts}) < least:
        return Told()
    unread = (
        clause.text for clause, each in zip(clauses, heard, strict=True) if each is None and clause.matters
    )
    return Told(values, doubts, tuple(unread))


def knowing(moment: Moment, values: Mapping[str, object]) -> Moment:
    """The moment in which a clause is heard: ``values`` are told, too, and there is one job as long as none is told.

    With that the limit on deferrals is known, which what is deferred elsewhere only makes smaller.
    """
    answers = {Employee.other_plan.name: False, **moment.session.answers, **values}
    return moment.at(replace(moment.session, answers=answers))


def _heard(clause: _Clause, moment: Moment) -> _Heard | None:
    """What a clause is heard as; None if it is about no fact, or may be about two.

    "Maxing my 401k" is left to the question: what the most is depends on answers that may still be missing. So is a
    choice that is in doubt without any number: the question itself offers the same.
    """
    found = [(fact, understand(fact, clause.text, moment)) for fact in sorted(clause.facts)]
    match [(fact, heard) for fact, heard in found if not isinstance(heard, Missed)]:
        case [(fact, Understood(values) as heard)]:
            limited = fact == Employee.deferral.name and values[fact] and not _has_number(clause.text)
            return None if limited else (fact, heard)
        case [(fact, Doubted() as heard)] if len(found) == 1 and _has_number(clause.text):
            return fact, heard
        case _:
            return None


def _has_number(text: str) -> bool:
    """Whether there is a number in a cleaned text; the name of a plan is none."""
    return bool(scan(text).every(Number))


def _values(every: Sequence[_Heard | None]) -> dict[str, object]:
    return {
        name: value
        for each in every
        if each and isinstance(each[1], Understood)
        for name, value in each[1].values.items()
    }


def _agreeing(every: Sequence[_Heard | None]) -> list[_Heard | None]:
    """Drop what is told twice, unless both tell the same."""

    def told_of(each: _Heard) -> Mapping[str, object]:
        return each[1].values if isinstance(each[1], Understood) else {each[0]: each[1]}

    def disagrees(one: _Heard, other: _Heard) -> bool:
        mine, theirs = told_of(one), told_of(other)
        return any(mine[name] != theirs[name] for name in mine.keys() & theirs.keys())

    heard = [each for each in every if each]
    return [None if each and any(disagrees(each, other) for other in heard) else each for each in every]


# --- clauses --------------------------------------------------------------------------------------------------------


def _clauses(text: str, moment: Moment, among: Set[str], *, first: bool) -> Iterator[_Clause]:
    """The clauses of a message: in each sentence the pieces, those joined that belong together.

    They are about facts ``among`` these; a bare number may be an age where a piece is the ``first`` of all.
    """
    topic = ""
    for sentence in filter(None, map(_opened, _SENTENCE.split(text))):
        pieces: list[_Clause] = []
        for part, joint in _pieces(sentence):
            facts = _facts(part, moment, among, first)
            topic, first = _topic(part, facts, topic), False
            pieces.append(_Clause(part, joint, frozenset() if topic else facts, bool(topic)))
        if looks_like_question(sentence) or any(looks_like_question(piece.text) for piece in pieces):
            yield _Clause(sentence)
        else:
            yield from _joined(pieces)


def _opened(sentence: str) -> str:
    """A sentence in small letters, without a greeting or a bullet before it."""
    cleaned = clean(sentence)
    opening = _OPENING.match(cleaned)
    return cleaned[opening.end() :] if opening else cleaned


def _pieces(sentence: str) -> Iterator[tuple[str, str]]:
    """Cut a cleaned sentence at commas and "and" (at a plus if there is no formula), each piece with its joint.

    A joint inside a number, a rhythm or a name is none: "1,500", "the 1st and the 15th".
    """
    items = scan(sentence).items
    start, before = 0, ""
    for joint in (_JOINT if _SHARE.search(sentence) else _JOINT_OR_PLUS).finditer(sentence):
        if any(item.start < joint.start() < item.end for item in items):
            continue
        if sentence[start : joint.start()].strip():
            yield sentence[start : joint.start()].strip(), before
        start, before = joint.end(), joint.group()
    if sentence[start:].strip():
        yield sentence[start:].strip(), before


def _topic(piece: str, facts: frozenset[str], before: str) -> str:
    """Whether from ``piece`` on the talk is of another ``job`` or ``person``; empty for this one."""
    found = None if facts else next((f for f in _APART.finditer(_plain(piece)) if f.lastgroup), None)
    if found is not None:
        return str(found.lastgroup)
    back = {"job": _BACK["job"].search(piece), "person": _BACK["person"].match(piece)}
    return "" if back.get(before) else before


def _joined(pieces: Sequence[_Clause]) -> Iterator[_Clause]:
    """Put pieces that belong together into one clause, to be read as a whole or not at all."""
    clause: _Clause | None = None
    for piece in pieces:
        if clause is not None and _belongs(piece, clause):
            between = ", " if piece.joint == "," else f" {piece.joint} "
            clause = replace(
                clause, text=f"{clause.text}{between}{piece.text}", facts=clause.facts or piece.facts
            )
        else:
            if clause is not None:
                yield clause
            clause = piece
    if clause is not None:
        yield clause


def _belongs(piece: _Clause, clause: _Clause) -> bool:
    """Whether a piece is a part of the clause before it."""
    if piece.apart or clause.apart:
        return False
    if piece.facts and clause.facts:
        return piece.facts == clause.facts
    if not piece.facts and _GOES_ON.match(piece.text):
        return True
    nameless, about = clause.text if piece.facts else piece.text, piece.facts | clause.facts
    if _SHARE.search(nameless) and (not about or about & _PARTS):
        return True
    return piece.joint == "and" and _has_number(nameless) and bool(about & _SUMS)


def _plain(text: str) -> str:
    """``text`` for finding words in it: no hyphens, no parentheses."""
    return " ".join(text.replace("-", " ").replace("(", "").replace(")", "").split())


_Names = Sequence[tuple[range, str]]
"""Where in a piece which fact is called."""


def _facts(piece: str, moment: Moment, among: Set[str], first: bool) -> frozenset[str]:
    """The facts that a piece calls; none if it speaks of another job, person or year than they are about.

    Last year's pay is called so: "made 170k last year" is no pay of this year.
    """
    said = _plain(piece)
    if _AGE.fullmatch(said) and (not said.isdigit() or (first and _LIKELY_AGE.fullmatch(said))):
        return frozenset({Employee.age_band.name})
    names = _names(said, moment, among)
    this_year = str(moment.world.year)
    apart = [range(*each.span()) for each in _APART.finditer(said) if not each.group().endswith(this_year)]
    facts = frozenset(fact for _, fact in names)
    meant = frozenset(fact for fact in facts if all(_covers(names, fact, each) for each in apart))
    return meant if facts - meant <= {Employee.pay.name} else frozenset()


def _names(said: str, moment: Moment, among: Set[str]) -> _Names:
    """Find the names of facts ``among`` these. One inside a longer one does not count: "after-tax" in "after-tax cap"."""
    found = [
        (range(*match.span()), fact)
        for fact in among
        if (called := moment.world.library.questions[fact].front.called)
        for match in _calling(called).finditer(said)
    ]
    return [
        (at, fact) for at, fact in found if not any(_within(at, other) and at != other for other, _ in found)
    ]


@cache
def _calling(called: tuple[str, ...]) -> re.Pattern[str]:
    """The pattern of any of the names, a longer one before one that it begins with."""
    names = sorted((re.escape(_plain(name)) for name in called), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)")


def _covers(names: _Names, fact: str, apart: range) -> bool:
    return any(name == fact and _within(apart, at) for at, name in names)


def _within(one: range, other: range) -> bool:
    return other.start <= one.start and one.stop <= other.stop
