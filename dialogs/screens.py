"""What a person sees at each place, as cards. Words come from the library, buttons carry what they mean.

A button's data is ``verb`` or ``verb:argument``; `dialogs.turn` lists the verbs. It names a fact and an option, a
topic or a verb, never a position, an amount or a secret: an old button still means what it said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from hashlib import blake2s
from typing import Any

from dialogs.flows import Access
from dialogs.menu import COMMANDS
from dialogs.moment import Asking, Confirming, Deciding, Menu, Moment, Reviewing, Showing, known
from dialogs.reading import paychecks_left
from dialogs.replies import Button, Reply, Rows
from dialogs.session import FACTS, Pending
from dialogs.survey import World, unsure_answers
from dialogs.values import COUNT_KEY, describe
from knowledge.core.employee import Employee
from knowledge.core.facts import AgeBand, CapKind, OverWages, PaySchedule
from knowledge.core.limits import Figure
from knowledge.core.match import ZERO, EmployerMoney
from knowledge.core.sheet import NOT_SURE, Derived, Line, Origin, Supposition, Unanswered
from knowledge.words import dollars

LONGEST = 3_500
"""Characters of a card before its lines go on in the next one; Telegram takes 4,096 of what is seen."""
LONGEST_LABEL = 20
_TWO_A_ROW = 14
_PARTS = ("plan", "you", "numbers")
_NUMBERS_A_ROW = 5


def card(moment: Moment, note: str = "") -> Reply:
    """The live card of the moment's place; ``note`` (HTML) comes before it."""
    match moment.place:
        case Menu():
            return menu(moment, note)
        case Deciding(what):
            return deciding(moment, what, note)
        case Confirming(pending):
            return confirming(moment, pending, note)
        case Asking(fact, changing):
            return asking(moment, fact, changing=changing, note=note)
        case Reviewing():
            return reviewing(moment, note)
        case Showing():  # pragma: no branch
            return showing(moment, note)


def page_buttons(moment: Moment) -> Rows:
    """The buttons of the live card where nothing is asked: what a person can name there."""
    match moment.place:
        case Menu():
            return _menu_rows(moment)
        case Reviewing():
            return _review_rows(moment)
        case _:
            return _result_rows(moment)


def button(moment: Moment, phrase: str, data: str) -> Button:
    """The button with the words of ``button_<phrase>``."""
    return Button(moment.world.library.say(f"button_{phrase}"), data)


def _row(moment: Moment, *buttons: tuple[str, str]) -> tuple[Button, ...]:
    return tuple(button(moment, phrase, data) for phrase, data in buttons)


def _live(note: str, body: str, rows: Rows) -> Reply:
    return Reply(f"{note}\n\n{body}" if note else body, rows, live=True)


# --- the frame ----------------------------------------------------------------------------------------------------


def hello(moment: Moment) -> Reply:
    """The first card that a person sees."""
    return Reply(moment.world.library.say("hello", year=moment.world.year), _ways(moment), live=True)


def welcome_back(moment: Moment) -> Reply:
    """The first card of a person with answers: where they stand and how to go on."""
    session, library = moment.session, moment.world.library
    needed = moment.survey.needed
    following = library.questions[needed.fact.name].front.short if needed else ""
    day = f"{session.day:%B} {session.day.day}" if session.day else ""
    body = library.say("welcome_back", count=len(moment.path), day=day, next=following)
    return Reply(body, _ways(moment), live=True)


def menu(moment: Moment, note: str = "") -> Reply:
    """What can be done from here when no flow runs."""
    return _live(note, moment.world.library.say("menu"), _menu_rows(moment))


def _menu_rows(moment: Moment) -> Rows:
    more = [_row(moment, ("letter", "letter"), ("help", "help"))]
    if moment.path:
        more += [_row(moment, ("privacy", "privacy"), ("what", "topic:what-is-mega-backdoor"))]
    return (*_ways(moment), *more)


def _ways(moment: Moment) -> Rows:
    """The ways in, or on: the first buttons of the first card and of the menu alike."""
    if moment.path:
        return (
            _row(moment, ("continue", "continue")),
            _row(moment, ("answers", "answers"), ("restart", "restart")),
            _row(moment, ("check", "flow:check"), ("room", "flow:room")),
        )
    return (
        _row(moment, ("check", "flow:check")),
        _row(moment, ("room", "flow:room"), ("what", "topic:what-is-mega-backdoor")),
        _row(moment, ("privacy", "privacy")),
    )


def help_card(moment: Moment) -> Reply:
    """How the conversation works, and the commands."""
    return Reply(moment.world.library.say("help", commands=COMMANDS))


def privacy(moment: Moment) -> Reply:
    """What is kept, and how to have it removed."""
    return Reply(moment.world.library.say("privacy"), (_row(moment, ("delete", "delete")),))


def deciding(moment: Moment, what: str, note: str = "") -> Reply:
    """Ask once before answers go."""
    row = _row(moment, (f"{what}_yes", f"{what}_yes"), ("keep_all", "keep_all"))
    return _live(note, moment.world.library.say(f"{what}_ask"), (row,))


def sources(moment: Moment) -> Reply:
    """Every figure of the year with its citation."""
    library, limits = moment.world.library, moment.world.limits
    figures = [
        {"name": library.cells[figure.name].name, "value": figure.value, "citation": figure.citation}
        for figure in vars(limits).values()
        if isinstance(figure, Figure)
    ]
    return Reply(library.say("sources", figures=figures, year=moment.world.year))


# --- asking -------------------------------------------------------------------------------------------------------


def asking(moment: Moment, fact: str, *, changing: bool = False, note: str = "") -> Reply:
    """The question about ``fact``; with a ``note`` only its headline is repeated."""
    library = moment.world.library
    question = library.questions[fact]
    body = library.render(question, **moment.world.terms)
    if note:
        body = body.split("\n", 1)[0]
    now = describe(fact, moment.session.answers[fact], library) if changing else ""
    numbered = "part" if moment.session.flow == "check" else "part_name"  # the other flow has one part only
    part = library.say(f"{numbered}_{question.front.part}")
    html = library.say("question", part=part, body=body, now=now)
    rows = _answer_rows(moment, fact, changing=changing)
    return _live(note, html, (*rows, _frame(moment, f"back:{fact}")))


def _frame(moment: Moment, back: str) -> tuple[Button, ...]:
    return _row(moment, ("back", back), ("help", "about"))


MISSES = 3
"""After so many misses in a row on one question its "Not sure" stands out."""


def _answer_rows(moment: Moment, fact: str, *, changing: bool) -> Rows:
    """Everything that answers ``fact``.

    A number that is typed at a choice is the place of an option, so there the options come first. Elsewhere it is an
    amount, and what gets a person on comes first.
    """
    front = moment.world.library.questions[fact].front
    missed = moment.session.misses >= MISSES
    picks = [Button(label, f"a:{fact}:{key}") for key, label in _quick_picks(moment, fact)]
    options = [Button(o.label, f"a:{fact}:{key}") for key, o in front.options.items() if key != "not_sure"]
    answers = tuple(_in_rows([*picks, *options]))
    keep = ((button(moment, "keep", f"keep:{fact}"),),) if changing else ()
    unsure: Rows = ()
    if "not_sure" in front.options:
        plain = Button(front.options["not_sure"].label, f"a:{fact}:not_sure")
        unsure = ((button(moment, "not_sure_on", plain.data) if missed else plain,),)
    if front.unit == "choice":
        return (*answers, *unsure, *keep)
    return (*keep, *unsure, *answers) if missed else (*keep, *answers, *unsure)


def _in_rows(buttons: Sequence[Button]) -> Iterator[tuple[Button, ...]]:
    wide = 2 if all(len(b.label) <= _TWO_A_ROW for b in buttons) else 1
    for start in range(0, len(buttons), wide):
        yield tuple(buttons[start : start + wide])


def _quick_picks(moment: Moment, fact: str) -> Iterator[tuple[str, str]]:
    """The answers to a number question that have a meaning of their own, as (key, label)."""
    say = moment.world.library.say
    for key in _PICKS:
        amount = picked(moment, fact, key)
        if amount is not None:
            whole = amount == moment.world.limits.elective_deferral.value
            words = "pick_catch_up" if key == "with_catch_up" else "pick_limit" if whole else "pick_left"
            label = say(words, amount=amount)
            yield key, label if len(label) <= LONGEST_LABEL else dollars(amount)
    if fact in _ZERO:
        yield "zero", say("pick_zero")
    if fact == Employee.checks_left.name:
        schedule = moment.answer_to(Employee.pay_schedule)
        for count in paychecks_left(schedule, moment.world.day) if schedule else ():
            yield f"{COUNT_KEY}{count}", say("pick_calendar", count=count)


_PICKS = ("limit", "with_catch_up")
_ZERO = frozenset(
    fact.name
    for fact in (
        Employee.deferral,
        Employee.deferred_elsewhere,
        Employee.employer_money,
        Employee.after_tax_so_far,
    )
)


def picked(moment: Moment, fact: str, key: str) -> Decimal | None:
    """The amount behind a quick pick that depends on the law or on other answers; None where there is none."""
    if fact != Employee.deferral.name or key not in _PICKS:
        return None
    left = known(lambda: moment.case.deferral_limit_left)
    pay = known(lambda: moment.case.pay_this_year)
    extra = known(lambda: moment.case.catch_up_allowed) or ZERO
    if not left or (key == "with_catch_up" and not extra):
        return None
    amount = left + extra if key == "with_catch_up" else left
    return amount if pay is None or amount <= pay else None


def about(moment: Moment) -> Reply:
    """Help with the question that is asked, in the place of its card."""
    front = moment.world.library.questions[moment.asked].front
    html = moment.world.library.say(
        "about_question", short=front.short, why=front.why, example=front.example, spd=front.spd
    )
    rows = (tuple(_topic_buttons(moment, (front.see,))), _row(moment, ("question", "question")))
    return Reply(html, rows, edits=True, live=True)


def meaning(moment: Moment) -> Reply:
    """The same help, beside the question."""
    return replace(about(moment), buttons=about(moment).buttons[:1], edits=False, live=False)


def confirming(moment: Moment, pending: Pending, note: str = "") -> Reply:
    """A doubtful reading, with a button for each meaning."""
    buttons = [Button(label, f"c:{pending.fact}:{token(chosen)}") for label, chosen in pending.candidates]
    none = none_of_these(moment, pending)
    return _live(note, pending.question, (*_in_rows(buttons), (none,), _frame(moment, none.data)))


def none_of_these(moment: Moment, pending: Pending) -> Button:
    """The button for a reading that is not what was meant."""
    words = "no_change" if len(pending.candidates) == 1 else "something_else"
    return button(moment, words, f"no:{pending.fact}")


def token(*words: str) -> str:
    """What a button carries in the place of ``words``: it fits these alone, and shows nothing of them."""
    return blake2s("\n".join(words).encode(), digest_size=4).hexdigest()


# --- answers --------------------------------------------------------------------------------------------------------


def echo(moment: Moment, facts: Iterable[str]) -> str:
    """One line for each of the answers just given."""
    library = moment.world.library
    return "\n".join(
        library.say(
            "echo",
            short=library.questions[fact].front.short,
            value=describe(fact, moment.session.answers[fact], library),
        )
        for fact in facts
    )


def changed(moment: Moment, before: Moment, facts: Iterable[str]) -> Reply:
    """What answers were and are now, with a way back."""
    library, lines = moment.world.library, []
    for fact in facts:
        old, now = (each.session.answers.get(fact) for each in (before, moment))
        if old is None:
            lines.append(echo(moment, (fact,)))
        elif old != now:
            short = library.questions[fact].front.short
            shown, value = (describe(fact, each, library) for each in (old, now))
            lines.append(library.say("changed", short=short, before=shown, value=value))
    return Reply("\n".join(lines), ((button(moment, "undo", undoing(moment)),),), edits=True)


def undoing(moment: Moment) -> str:
    """What the button carries that takes the last answer back: it fits that answer alone."""
    undo, library = moment.session.undo, moment.world.library
    before = (f"{fact} {'' if old is None else describe(fact, old, library)}" for fact, old in undo.items())
    return f"undo:{next(iter(undo), '')}:{token(*before)}"


def reviewing(moment: Moment, note: str = "") -> Reply:
    """Every answer, numbered, each one tap away from being changed."""
    library = moment.world.library
    lines: dict[str, list[str]] = {part: [] for part in _PARTS}
    for number, fact in enumerate(moment.path, 1):
        front = library.questions[fact].front
        value = describe(fact, moment.session.answers[fact], library)
        lines[front.part].append(library.say("review_line", number=number, short=front.short, value=value))
    parts = [(library.say(f"part_name_{part}"), lines[part]) for part in _PARTS if lines[part]]
    html = library.say("review", parts=parts, complete=moment.complete)
    return _live(note, html, _review_rows(moment))


def _review_rows(moment: Moment) -> Rows:
    buttons = [Button(str(number), f"change:{fact}") for number, fact in enumerate(moment.path, 1)]
    rows = [tuple(buttons[i : i + _NUMBERS_A_ROW]) for i in range(0, len(buttons), _NUMBERS_A_ROW)]
    following = "show" if moment.complete else "continue"
    return (*rows, (button(moment, following, following),))


# --- results --------------------------------------------------------------------------------------------------------


def showing(moment: Moment, note: str = "") -> Reply:
    """The result, with what to do next."""
    notes = [note] if note else []
    if moment.world.today.year != moment.world.year:
        notes.append(year_not_known(moment))
    return _live("\n\n".join(notes), outcome(moment), _result_rows(moment))


def year_not_known(moment: Moment) -> str:
    """That this year's limits are not there, and which are shown instead."""
    world = moment.world
    return world.library.say("year_not_known", year=world.today.year, known=world.year)


def _result_rows(moment: Moment) -> Rows:
    library, survey = moment.world.library, moment.survey
    near = _in_rows(_topic_buttons(moment, library.outcomes[survey.verdict].front.see))
    change, menu = _row(moment, ("change", "answers")), _row(moment, ("menu", "menu"))
    if all(world.verdict.access is Access.NOT for world in survey.worlds):
        return (_row(moment, ("letter", "letter"), ("why", "why")), change, *near, menu)
    if moment.session.flow != "check":
        menu = _row(moment, ("check", "flow:check"), ("menu", "menu"))
    hows = _row(moment, ("how", "how"), ("why", "why"))
    return (hows, _row(moment, ("letter", "letter")), change, *near, menu)


def _topic_buttons(moment: Moment, topics: Iterable[str]) -> list[Button]:
    explainers = moment.world.library.explainers
    return [Button(explainers[topic].front.button, f"topic:{topic}") for topic in topics]


def outcome(moment: Moment) -> str:
    """The words of the result as HTML."""
    survey, library = moment.survey, moment.world.library
    best = survey.best
    return library.render(
        library.outcomes[survey.verdict],
        **moment.world.terms,
        case=best.case,
        best=best,
        flow=moment.session.flow,
        assumed=_assumed(moment, best),
        low=survey.low,
        high=survey.high,
        over_low=survey.over_low,
        over_high=survey.over_high,
        access=sorted({world.verdict.access.value for world in survey.worlds}),
        verdicts=sorted({world.verdict.value for world in survey.worlds}),
        unsure=list(survey.unsure),
        stakes=[
            {"short": library.questions[fact].front.short, "dollars": at_stake}
            for fact, at_stake in survey.stakes().items()
        ],
    )


def _assumed(moment: Moment, world: World) -> list[str]:
    library = moment.world.library
    return [
        library.say(f"assumed_{line.cell}")
        for line in world.case.facts_read()
        if line.origin is Origin.ASSUMED
    ]


# --- why and how ----------------------------------------------------------------------------------------------------


def why(moment: Moment) -> Reply:
    """Why the fact is asked, or which answers decide the result."""
    return why_asked(moment, moment.asked) if moment.asked else why_result(moment)


def why_asked(moment: Moment, fact: str) -> Reply:
    """What the answer to ``fact`` is needed for, and the rule that needs it."""
    library = moment.world.library
    front = library.questions[fact].front
    because = _because(moment, fact)
    citation = getattr(Employee, because[-1]).citation if because else ""
    chain = " → ".join(library.cells[cell].name for cell in reversed(because))
    return Reply(library.say("why", short=front.short, why=front.why, chain=chain, citation=citation))


def _because(moment: Moment, fact: str) -> tuple[str, ...]:
    """The chain of cells that want ``fact``, outermost first: found by working them out without it."""
    session, world = moment.session, moment.world
    answers = {
        name: value for name, value in session.answers.items() if name != fact and value is not NOT_SURE
    }
    assumed = {name: value for name, value in _STAND_INS.items() if name != fact}
    case = Employee(answers, world.limits, world.last_year, assumed=assumed)
    try:
        for cell in (_room_of(moment), "excess_deferral", "roth_catch_up"):
            getattr(case, cell)
    except Unanswered as unanswered:
        return unanswered.because
    return ()


_STAND_INS: Supposition = {
    "age_band": AgeBand.FROM_50,
    "over_wages": OverWages.NOT_SURE,
    "other_plan": False,
    "deferred_elsewhere": ZERO,
    "employers_related": False,
    "additions_elsewhere": ZERO,
    "pay_elsewhere": ZERO,
    "pay": Decimal(10**6),
    "whole_year": True,
    "pay_schedule": PaySchedule.MONTHLY,
    "checks_so_far": 0,
    "checks_left": 1,
    "cap_kind": CapKind.NONE,
    "cap_percent": ZERO,
    "cap_dollars": ZERO,
    "cap_counts_all_pay": True,
    "deferral": Decimal(10**6),
    "employer_money": EmployerMoney(),
    "after_tax_so_far": ZERO,
}
"""Other facts, as they have to be for the chain to come to the one that is asked about."""


def _room_of(moment: Moment) -> str:
    """The cell that the flow is about."""
    return "room" if moment.session.flow == "check" else "year_room"


def why_result(moment: Moment) -> Reply:
    """The answers that decide the result."""
    supposed = f" ({moment.world.library.say('from_supposed')})"
    lines = [
        f"{moment.world.library.name_of(line.cell)}: {_value(moment, line)}{supposed if line.origin is Origin.SUPPOSED else ''}"
        for line in _deciding(moment)
    ]
    return Reply(moment.world.library.say("why_result", lines=lines))


def _deciding(moment: Moment) -> tuple[Line, ...]:
    """The answers that the result rests on."""
    best = moment.survey.best
    if best.verdict.access is Access.NOT:
        return best.case.facts_read()[-1:]
    facts = {line.cell for line in best.case.worksheet(*_cells(moment)) if line.cell in FACTS}
    return tuple(
        line for line in best.case.facts_read() if line.cell in facts or line.cell in _ALWAYS_DECIDING
    )


_ALWAYS_DECIDING = frozenset(fact.name for fact in (Employee.takes_after_tax, Employee.way_to_roth))


def _cells(moment: Moment) -> tuple[Derived[Employee, object], ...]:
    """The cells that the result shows, worked out in the case with the most room."""
    best, room = moment.survey.best, _room_of(moment)
    cells = [room, "per_check"] if room == "room" else [room]
    if best.case.over_limit:
        cells = ["over_limit"]
    for cell in cells:
        getattr(best.case, cell)
    return tuple(getattr(Employee, cell) for cell in cells)


def how(moment: Moment) -> tuple[Reply, ...]:
    """The worksheet of the result, line by line with citations, in as many cards as it needs."""
    library, survey = moment.world.library, moment.survey
    if survey.best.verdict.access is Access.NOT:
        return (why_result(moment),)
    lines = [_worksheet_line(moment, line) for line in survey.best.case.worksheet(*_cells(moment))]
    cards: list[list[str]] = [[]]
    for line in lines:
        if sum(map(len, cards[-1])) + len(line) > LONGEST:
            cards.append([])
        cards[-1].append(line)
    opened = not survey.certain
    return tuple(
        Reply(library.say("how", lines=lines, first=not at, open=opened and not at))
        for at, lines in enumerate(cards)
    )


def _worksheet_line(moment: Moment, line: Line) -> str:
    library = moment.world.library
    return library.say(
        "how_line",
        name=library.name_of(line.cell),
        value=_value(moment, line),
        how=library.how(line.cell),
        source=library.source(line),
    )


def _value(moment: Moment, line: Line) -> str:
    library = moment.world.library
    if line.cell in FACTS:
        return describe(line.cell, line.value, library)
    match line.value:
        case None:
            return library.say("no_cap")
        case bool(value):
            return library.say("yes" if value else "no")
        case Decimal() as value:
            return dollars(value)
        case value:
            ceilings: Any = value if isinstance(value, tuple) else (value,)
            return "; ".join(f"{dollars(c.amount)} ({library.say(f'stop_{c.stop}')})" for c in ceilings)


# --- the letter -----------------------------------------------------------------------------------------------------


def letter(moment: Moment) -> Reply:
    """The questions to HR: what is open first, by the dollars at stake, then what is worth having in writing."""
    library = moment.world.library
    asked = tuple(_letter_facts(moment))
    lines = [
        {"text": library.questions[fact].front.hr, "spd": library.questions[fact].front.spd, "open": is_open}
        for fact, is_open in asked
    ]
    more = ["letter_true_up"]
    if Employee.highly_paid.name not in dict(asked):  # its question asks for refunds, too
        more.append("letter_refunds")
    lines += [{"text": library.say(phrase), "spd": "", "open": False} for phrase in more]
    html = library.say("letter", lines=lines, year=moment.world.year)
    return Reply(html, ((Button(library.say("button_copy"), copy=library.say("letter_short")),),))


def _letter_facts(moment: Moment) -> Iterator[tuple[str, bool]]:
    """Each fact that HR can settle, and whether it is open: what is not sure, by its stakes, then the standard ones."""
    session, library = moment.session, moment.world.library
    stakes = moment.survey.stakes() if moment.complete else {}
    told = {*moment.path, *moment.at(replace(session, flow="check")).path}
    unsure = [fact for fact in unsure_answers(session.answers) if fact in told]
    open_facts = dict.fromkeys(f for f in (*stakes, *moment.path, *_STANDARD) if f in stakes or f in unsure)
    yield from ((fact, True) for fact in open_facts if library.questions[fact].front.hr)
    yield from ((fact, fact not in told) for fact in _STANDARD if fact not in open_facts)


_STANDARD = tuple(
    fact.name
    for fact in (Employee.takes_after_tax, Employee.way_to_roth, Employee.cap_kind, Employee.employer_money)
)


# --- knowledge ------------------------------------------------------------------------------------------------------


def explained(moment: Moment, topic: str) -> Reply:
    """The answer to ``topic``, with the buttons of what is near it; not live."""
    library, world = moment.world.library, moment.world
    html = library.explain(
        topic, limit=world.limits, limit_before=world.last_year, year=world.year, me=moment.about_reader()
    )
    return Reply(html, tuple(_in_rows(_topic_buttons(moment, library.explainers[topic].front.see))))


def topics(moment: Moment, names: Sequence[str], words: str) -> Reply:
    """Offer some explainers by their buttons; not live."""
    return Reply(words, tuple(_in_rows(_topic_buttons(moment, names))))


FIRST_TOPICS = (
    "what-is-mega-backdoor",
    "eligibility-after-tax-allowed",
    "room-calculation",
    "in-plan-conversion",
    "acp-test",
    "front-loading",
    "conversion-frequency",
    "ask-hr-what",
)
"""What is offered to a person who asks nothing in particular."""


def subjects(moment: Moment) -> Reply:
    """What can be asked about, for a person who asks nothing in particular; not live."""
    return topics(moment, FIRST_TOPICS, moment.world.library.say("ask_me"))


def subjects_in_public(moment: Moment) -> Reply:
    """The same where others read along, with the way into the private chat."""
    offered = subjects(moment)
    return replace(offered, buttons=(*offered.buttons, *in_public(moment, "ask_me").buttons))


def in_public(moment: Moment, phrase: str, start: str = "hello") -> Reply:
    """A card for a chat where others read along; its one button opens the private chat."""
    say = moment.world.library.say
    return Reply(say(phrase), ((Button(say("button_private"), start=start),),))


def unknown_command(moment: Moment, name: str) -> Reply:
    """What works in the place of a command that is none."""
    library = moment.world.library
    lines = [f"/{command.name}: {command.text}" for command in COMMANDS]
    return Reply(library.say("unknown_command", name=name, lines=lines))
